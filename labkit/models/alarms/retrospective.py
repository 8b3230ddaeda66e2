"""A list made afterwards: which of many tests are discoveries, at a stated share of false ones."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.inputs import BadInput, Flags, Floats, to_floats


@dataclass(frozen=True)
class Discoveries:
    """Which tests are discoveries, and p values adjusted for the number of tests."""

    found: Flags
    adjusted: Floats
    share: float
    method: str
    n_censored: int = 0

    @property
    def n(self) -> int:
        """Tests."""
        return int(self.found.size)

    @property
    def level(self) -> float:
        """One minus the expected share of false discoveries."""
        return 1 - self.share

    def __str__(self) -> str:
        """Return one line."""
        return f"{int(self.found.sum())} of {self.n} tests at an expected share of false ones of {self.share:g} ({self.method})"


def false_discovery_rate(p: ArrayLike, *, share: float = 0.1, dependent: bool = True) -> Discoveries:
    """Pick from tests that are all at hand, so that at most `share` of those picked are expected to be false.

    It is for lists of the past. Week by week it is no contract: it promises nothing about how often one is called (that is
    `alpha_for_budget`).

    Parameters
    ----------
    p : array, shape (n,)
        P values.
    share : float
        Expected share of false ones among those picked.
    dependent : bool
        Benjamini-Yekutieli, valid whatever the tests have in common (areas and drugs share weather, batches and people); False
        is Benjamini-Hochberg, for independent or positively dependent tests, and finds more.

    Raises
    ------
    BadInput
        Values outside 0 to 1, NaN.

    Examples
    --------
    >>> print(false_discovery_rate([0.001, 0.2, 0.004, 0.9], dependent=False))
    2 of 4 tests at an expected share of false ones of 0.1 (Benjamini-Hochberg)
    """
    from statsmodels.stats.multitest import multipletests

    values = to_floats("p", p)
    if values.size == 0 or (values < 0).any() or (values > 1).any():
        raise BadInput("p", "no values or values outside 0 to 1", "probabilities")
    if not 0 < share < 1:
        raise BadInput("share", f"{share}", "between 0 and 1")
    picked, adjusted = multipletests(values, alpha=share, method="fdr_by" if dependent else "fdr_bh")[:2]
    return Discoveries(np.asarray(picked), adjusted, share, "Benjamini-Yekutieli" if dependent else "Benjamini-Hochberg")
