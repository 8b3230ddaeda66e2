"""What weekdays do to a load in whole weeks, what noise is left, and the change between two weeks that this noise lets be seen.

Two things people confuse: a change that is *just significant* (half of such changes would be missed) and one that a design
*finds* (with four chances in five, movements between weeks included).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from labkit.models.inputs import BadInput

DAYS = 7


@dataclass(frozen=True)
class WeekPattern:
    """Factors of the seven days as given, against the geometric mean of the week, and the scatter left within a week."""

    factors: tuple[float, ...]
    within_week_log_sd: float  # of the median week
    n: int  # whole weeks
    n_left_out: int

    def __str__(self) -> str:
        """Return one line."""
        told = " ".join(f"{one:.2f}" for one in self.factors)
        return f"{told}, scatter {self.within_week_log_sd:.3f} (n = {self.n} whole weeks, {self.n_left_out} left out)"


def week_pattern(loads: ArrayLike) -> WeekPattern:
    r"""Return day factors :math:`\exp\{\overline{\log y_{wd} - \overline{\log y_w}}\}` and the scatter left.

    Parameters
    ----------
    loads : array, shape (weeks, 7)
        Loads of one drug, any sites; a week with a day missing or below its limit (zero) is left out and counted.

    Raises
    ------
    BadInput
        Another shape, negative loads, fewer than two whole weeks.

    Examples
    --------
    >>> print(week_pattern([[1, 1, 1, 2, 2, 1, 1], [2, 2, 2, 4, 4.4, 2, 2]]))
    0.81 0.81 0.81 1.63 1.71 0.81 0.81, scatter 0.018 (n = 2 whole weeks, 0 left out)
    """
    y = np.asarray(loads, dtype=float)
    if y.ndim != 2 or y.shape[1] != DAYS or (y < 0).any():
        raise BadInput("loads", f"shape {y.shape}, or a negative load", "an array of shape (weeks, 7), zero or more")
    whole = (~np.isnan(y)).all(axis=1) & (np.nan_to_num(y) > 0).all(axis=1)
    if whole.sum() < 2:
        raise BadInput("loads", f"{int(whole.sum())} whole weeks", "two or more")
    relative: NDArray[np.float64] = np.log(y[whole])
    relative = relative - relative.mean(axis=1, keepdims=True)
    factors = relative.mean(axis=0)
    scatter = np.sqrt(((relative - factors) ** 2).sum(axis=1) / (DAYS - 1))
    return WeekPattern(tuple(np.exp(factors).tolist()), float(np.median(scatter)), int(whole.sum()), int((~whole).sum()))


def just_significant_change(within_week_log_sd: float, days: int = DAYS, level: float = 0.95) -> float:
    r"""Return the relative rise between two weeks that is just significant: :math:`\exp\{z \sqrt{2}\, s / \sqrt{n}\} - 1`.

    Only the noise within the two weeks is in it; weeks differ by more than that.

    >>> round(just_significant_change(0.236), 2), round(just_significant_change(0.236, days=2), 2)
    (0.28, 0.59)
    """
    return _change(within_week_log_sd, 0.0, days, float(stats.norm.ppf((1 + level) / 2)))


def smallest_change(
    within_week_log_sd: float,
    between_weeks_log_sd: float,
    days: int = DAYS,
    *,
    weeks: int = 1,
    level: float = 0.95,
    power: float = 0.8,
) -> float:
    r"""Return the relative rise that a design finds with the power asked for.

    .. math:: \exp\Big\{(z_{(1 + level)/2} + z_{power}) \sqrt{\tfrac2m \Big(\sigma_b^2 + \frac{s^2}{n}\Big)}\Big\} - 1

    with n days in each of m weeks on both sides.

    >>> round(smallest_change(0.236, 0.15, 7), 2), round(smallest_change(0.236, 0.15, 7, weeks=13), 2)
    (1.0, 0.21)
    """
    if weeks < 1 or not between_weeks_log_sd >= 0:
        raise BadInput("weeks", f"{weeks} with {between_weeks_log_sd}", "one week or more, and a spread of zero or more")
    z = float(stats.norm.ppf((1 + level) / 2) + stats.norm.ppf(power))
    return _change(within_week_log_sd, between_weeks_log_sd, days, z, weeks)


def _change(within: float, between: float, days: int, z: float, weeks: int = 1) -> float:
    if not within > 0 or not 1 <= days <= DAYS:
        raise BadInput("days", f"{days} days with a scatter of {within}", "1 to 7 days, and a scatter above zero")
    return float(np.expm1(z * np.sqrt(2 / weeks * (between**2 + within**2 / days))))
