"""What counts were to be expected from a control period: level and harmonics of the year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.alarms.outcome import to_counts
from labkit.models.inputs import BadInput, Floats, NotEstimable


@dataclass(frozen=True)
class Expectation:
    """Expected counts at every place, from a regression on the first `n` of them."""

    expected: Floats
    overdispersion: float
    n: int
    method: str
    n_censored: int = 0

    def __str__(self) -> str:
        """Return one line."""
        last = self.expected[-1]
        return f"expected {last:.4g} at the last place, overdispersion {self.overdispersion:.3g} ({self.method}; n = {self.n})"


def seasonal_expectation(
    counts: ArrayLike, control: int, *, period: float = 52, harmonics: int = 1, overdispersed: bool = True
) -> Expectation:
    r"""Fit ``log mu = a + sum_s b_s sin(2 pi s t / period) + c_s cos(...)`` to the first `control` counts.

    Parameters
    ----------
    counts : array, shape (n,)
        Of equal steps.
    control : int
        How many of the first belong to the control period; an outbreak among them raises what is expected.
    period : float
        Steps a year.
    harmonics : int
        0 is a constant.
    overdispersed : bool
        Negative binomial with its dispersion by maximum likelihood (by statsmodels), else Poisson. An estimate at zero is
        given as zero.

    Raises
    ------
    BadInput
        Fewer control counts than two a coefficient, or more than there are.
    NotEstimable
        All control counts are zero, or the regression does not converge.

    Examples
    --------
    >>> import numpy as np
    >>> y = np.random.default_rng(0).poisson(5, 156)
    >>> print(seasonal_expectation(y, 104, overdispersed=False))
    expected 5.331 at the last place, overdispersion 0 (Poisson, 1 harmonics; n = 104)
    """
    import statsmodels.api as sm

    y = to_counts(counts, 4)
    columns = 1 + 2 * harmonics
    if not 2 * columns <= control <= y.size:
        raise BadInput("control", f"{control}", f"{2 * columns} to {y.size} counts")
    if not y[:control].any():
        raise NotEstimable("expected", "all control counts are zero", "a longer control period")
    angle = 2 * np.pi * np.arange(1, y.size + 1)[:, None] * np.arange(1, harmonics + 1) / period
    design = np.column_stack([np.ones(y.size), np.sin(angle), np.cos(angle)])
    fitted = sm.GLM(y[:control], design[:control], family=sm.families.Poisson()).fit(tol=1e-12)
    alpha = 0.0
    family = "Poisson"
    if overdispersed:
        beta, alpha = _negative_binomial(y[:control], design[:control], fitted.params)
        family = "negative binomial"
    else:
        beta = fitted.params
    return Expectation(np.exp(design @ beta), alpha, control, f"{family}, {harmonics} harmonics")


def _negative_binomial(y: Floats, design: Floats, start: Floats) -> tuple[Floats, float]:
    """Return coefficients and overdispersion; the profile over the overdispersion is searched on its logarithm."""
    import statsmodels.api as sm
    from scipy.optimize import minimize_scalar

    def at(log_alpha: float) -> tuple[float, Floats]:
        family = sm.families.NegativeBinomial(alpha=float(np.exp(log_alpha)))
        result = sm.GLM(y, design, family=family).fit(start_params=start, tol=1e-12)
        return -float(result.llf), result.params

    found = minimize_scalar(lambda log_alpha: at(log_alpha)[0], bounds=(-14.0, 5.0), method="bounded", options={"xatol": 1e-9})
    beta = at(found.x)[1]
    return beta, 0.0 if found.x < -13.0 else float(np.exp(found.x))
