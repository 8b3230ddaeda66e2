"""Which of two values is surely the larger when each is known only to lie between two ends.

Two things people confuse: a tie (two values that are equal) and a pair that cannot be compared (their intervals overlap). Both
count 0 in Kendall's score, but only comparable pairs stand in the denominator of tau-b.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.models.inputs import BadInput, Flags, Floats, check_enough, to_flags, to_floats, to_intervals

Integers = NDArray[np.int64]


@dataclass(frozen=True)
class Side:
    """One variable as intervals: `low == high` where the value is known, the open interval between them where it is not."""

    low: Floats
    high: Floats

    @property
    def open(self) -> Flags:
        """Where the value is censored."""
        return self.low != self.high

    def keys(self) -> tuple[Integers, Integers]:
        """Return ranks of both ends, so that i is surely above j exactly where low rank i > high rank j.

        At one number the end of an open interval comes first, then the known value, then the start of an open interval: a value
        below 5 is below a measured 5.
        """
        ends = np.concatenate([self.low, self.high])
        at = np.unique(ends, return_inverse=True)[1].astype(np.int64) * 3 + 1
        n = self.low.size
        at[:n] += self.open
        at[n:] -= self.open
        ranks = np.unique(at, return_inverse=True)[1].astype(np.int64)
        return ranks[:n], ranks[n:]

    def take(self, rows: Flags) -> Side:
        """Return the side of some rows."""
        return Side(self.low[rows], self.high[rows])


def read_side(
    name: str, values: ArrayLike | None, censored: ArrayLike | None, low: ArrayLike | None, high: ArrayLike | None
) -> Side:
    """Return one variable from values with left-censoring flags, or from the two ends of its intervals.

    Raises
    ------
    BadInput
        Both forms or neither are given; lengths differ; NaN; low above high; an end on the wrong infinite side.
    """
    if (values is None) == (low is None and high is None):
        raise BadInput(name, "given twice or not at all", f"{name} (with {name}_censored), or {name}_low and {name}_high")
    if values is not None:
        known = to_floats(name, values)
        flags = to_flags(f"{name}_censored", censored, known.size)
        return Side(np.where(flags, -np.inf, known), known)
    if low is None or high is None or censored is not None:
        raise BadInput(f"{name}_low", "one end alone, or flags beside it", f"both {name}_low and {name}_high and no flags")
    ends = to_intervals(low, high, (f"{name}_low", f"{name}_high"))
    if (ends[0] == np.inf).any() or (ends[1] == -np.inf).any():
        raise BadInput(f"{name}_low", "an end at the wrong infinity", "low < infinity and high > -infinity")
    return Side(*ends)


def check_pairs(x: Side, y: Side, fewest: int, why: str) -> int:
    """Return the number of pairs, or refuse."""
    if x.low.size != y.low.size:
        raise BadInput("y", f"{y.low.size} values beside {x.low.size}", "as many as x")
    check_enough("x", x.low.size, fewest, why)
    return int(x.low.size)


@dataclass(frozen=True)
class RowScores:
    """What the order of one variable gives for the variance: pairs that can be compared, and the squared sums of the rows."""

    comparable: int
    squares: float

    @classmethod
    def of(cls, low: NDArray[np.number], high: NDArray[np.number]) -> RowScores:
        """Count from ranks of both ends (see `Side.keys`)."""
        below = np.searchsorted(np.sort(high), low, side="left")
        above = low.size - np.searchsorted(np.sort(low), high, side="right")
        rows = (below - above).astype(float)
        return cls(int(below.sum()), float(rows @ rows))


def permutation_variance(n: int, x: RowScores, y: RowScores) -> float:
    r"""Return the variance of Kendall's score over all n! pairings of the two variables.

    With scores :math:`a_{ij}, b_{ij} \in \{-1, 0, 1\}` of the pairs (0: equal or not comparable), rows
    :math:`a_i = \sum_j a_{ij}` and :math:`S = \frac12 \sum_{ij} a_{ij} b_{ij}`:

    .. math:: \mathrm{Var}\, S = \frac{(\sum a_i^2 - \sum a_{ij}^2)(\sum b_i^2 - \sum b_{ij}^2)}{n(n-1)(n-2)}
              + \frac{\sum a_{ij}^2 \sum b_{ij}^2}{2n(n-1)}

    Exact for every pattern of ties and intervals; with ties alone it is the usual tie-corrected variance.

    References
    ----------
    .. [1] H. E. Daniels, "The relation between measures of correlation in the universe of sample permutations",
       Biometrika 1944;33:129-135.
    """
    pairs_x, pairs_y = 2.0 * x.comparable, 2.0 * y.comparable
    variance = pairs_x * pairs_y / (2.0 * n * (n - 1))
    if n > 2:
        variance += (x.squares - pairs_x) * (y.squares - pairs_y) / (n * (n - 1.0) * (n - 2.0))
    return variance
