"""Farrington's detector: a count against the same season of earlier years, original and improved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from labkit.models.alarms.baseline import anniversaries, blocks, to_dates
from labkit.models.alarms.outcome import Alarms, check_alpha, to_counts
from labkit.models.inputs import BadInput, Floats

LIMITS = ("negative_binomial", "negative_binomial_upper_mean", "two_thirds", "square_root", "none")
EXPONENTS = {"two_thirds": 2 / 3, "square_root": 1 / 2, "none": 1.0}
MONTH = 4  # weeks over which the fewest cases have to have come


@dataclass(frozen=True)
class FarringtonAlarms(Alarms):
    """Alarms with what stands behind each: score (way from expectation to limit), p, dispersion, slope a step."""

    score: Floats = ()  # type: ignore[assignment]
    p: Floats = ()  # type: ignore[assignment]
    dispersion: Floats = ()  # type: ignore[assignment]
    slope: Floats = ()  # type: ignore[assignment]


def farrington(
    counts: ArrayLike,
    *,
    dates: ArrayLike | None = None,
    period: int = 52,
    years: int = 5,
    half_window: int = 3,
    periods: int = 10,
    skip: int = 26,
    last: int | None = None,
    alpha: float = 0.01,
    trend_alpha: float = 1.0,
    reweight: float | None = 2.58,
    limit: str = "negative_binomial",
    fewest_cases: int = 5,
    as_r: bool = False,
) -> FarringtonAlarms:
    r"""Compare each count with a quasi-Poisson regression on the past years, past outbreaks played down.

    .. math:: \log \mu_t = \alpha_{g(t)} + \beta t, \quad \operatorname{Var} = \phi \mu_t, \qquad
       \text{alarm if } y_0 > U_0 = Q_{1-\alpha}(\hat\mu_0, \hat\phi)

    The defaults are the improved method [2]_. The original [1]_: ``periods=1, skip=3, trend_alpha=0.05, reweight=1,
    limit="two_thirds"`` with half of its two-sided alpha.

    Parameters
    ----------
    counts : array, shape (n,)
        Of equal steps (weeks), none missing.
    dates : array of dates, shape (n,), optional
        Makes "a year before" the calendar's year instead of `period` steps: without them a week 53 shifts the season by one.
    period, years, half_window : int
        Steps in a year, years looked back, steps to either side of the anniversary.
    periods : int
        Groups a year is divided in; 1 uses the windows alone (fewer counts, less stable), 10 the whole year.
    skip : int
        Steps just before the tested one that are left out, so that an outbreak does not raise its own limit.
    last : int, optional
        Test only the last so many places; default all that have a full baseline.
    alpha : float
        Level of one test. The limit leaves out part of the uncertainty of the mean: the measured level is on the evaluation
        card (`limit="negative_binomial_upper_mean"` errs on the quiet side).
    trend_alpha : float
        Keep the slope if its p is below (1 keeps it always, 0 never); also only with three years or more and if it does not
        carry the expected count above all past ones.
    reweight : float, optional
        Standardised Anscombe residual above which a past count is played down; None uses plain weights: outbreaks of the past
        then hide those of today.
    limit : str
        "negative_binomial": quantile at the estimated mean; "negative_binomial_upper_mean": at the upper bound of the mean;
        "two_thirds", "square_root", "none": normal after that power, with the error of the mean (`none` has too low a limit for
        rare events).
    fewest_cases : int
        No limit and no alarm unless so many cases came in the last four steps.
    as_r : bool
        Give the same limits as R's ``surveillance::farringtonFlexible``, which computes the error of the mean and the test of
        the slope with a dispersion of the wrong weights (those of the reweighting instead of the regression's) and lets it sink
        below 1. Only for comparison.

    Returns
    -------
    FarringtonAlarms
        `expected`, `upper` NaN where the rule of the fewest cases or a regression without solution leaves nothing to say.

    Raises
    ------
    BadInput
        Counts that are not whole or negative, fewer than `years` years, unequal dates, an impossible option.

    Examples
    --------
    >>> import numpy as np
    >>> weekly = np.random.default_rng(1).poisson(6, 52 * 6)
    >>> weekly[-1] = 25
    >>> print(farrington(weekly, last=4))
    1 alarms in 4 tests at alpha 0.01 (Farrington, 10 periods, negative_binomial); last at places: 311

    References
    ----------
    .. [1] C. P. Farrington et al., "A statistical algorithm for the early detection of outbreaks of infectious disease",
       J R Stat Soc A 1996;159:547-563.
    .. [2] A. Noufaily et al., "An improved algorithm for outbreak detection in multiple surveillance systems", Stat Med
       2013;32:1206-1222.
    """
    check_alpha(alpha)
    if limit not in LIMITS:
        raise BadInput("limit", repr(limit), ", ".join(LIMITS))
    for name, value, least in (
        ("period", period, 2),
        ("years", years, 1),
        ("half_window", half_window, 0),
        ("periods", periods, 1),
    ):
        if value < least or value != int(value):
            raise BadInput(name, f"{value}", f"a whole number, {least} or more")
    if not 0 <= trend_alpha <= 1:
        raise BadInput("trend_alpha", f"{trend_alpha}", "between 0 and 1")
    if skip < half_window:
        raise BadInput("skip", f"{skip}", f"at least half_window, {half_window}")
    y = to_counts(counts, years * period + half_window + 2)
    days = to_dates(dates, y.size)
    marks = {place: anniversaries(place, years, period, days) for place in range(years * period, y.size)}
    whole = [place for place, past in marks.items() if past[-1] - half_window >= 0]
    places = np.array(whole[-last:] if last else whole, dtype=np.int64)
    found = _expect(y, places, marks, (half_window, periods, skip, years), trend_alpha, reweight, as_r)
    return _judge(y, places, found, alpha, limit, fewest_cases, f"Farrington, {periods} periods, {limit}")


def _expect(
    y: Floats,
    places: NDArray[np.int64],
    marks: dict[int, list[int]],
    window: tuple[int, int, int, int],
    trend_alpha: float,
    reweight: float | None,
    as_r: bool,
) -> Floats:
    from labkit.models.alarms.farrington_kernel import expect

    half_window, periods, skip, years = window
    starts, members, group, groups = [0], [], [], []
    for place in places:
        of = blocks(marks[int(place)], half_window, periods, y.size)
        of[max(place - skip, 0) :] = -1
        index = np.flatnonzero(of >= 0)
        present, number = np.unique(of[index], return_inverse=True)
        members.append(index)
        group.append(number)
        groups.append(present.size)
        starts.append(starts[-1] + index.size)
    longest = max(part.size for part in members)
    slopes = np.zeros(0)
    if trend_alpha > 0:
        slopes = stats.t.isf(trend_alpha / 2, np.maximum(np.arange(longest + 1), 1))
        slopes = np.where(trend_alpha >= 1, -1.0, slopes)
    return expect(
        y,
        places,
        np.array(starts, dtype=np.int64),
        np.concatenate(members).astype(np.int64),
        np.concatenate(group).astype(np.int64),
        np.array(groups, dtype=np.int64),
        slopes,
        years,
        reweight is not None,
        0.0 if reweight is None else float(reweight),
        as_r,
    )


def _judge(
    y: Floats, places: NDArray[np.int64], found: Floats, alpha: float, limit: str, fewest_cases: int, method: str
) -> FarringtonAlarms:
    mean, error, phi, slope = found.T
    upper, p = _limit(y[places], mean, error, phi, alpha, limit)
    recent = np.convolve(y, np.ones(MONTH), "full")[: y.size][places]
    told = recent >= fewest_cases
    with np.errstate(invalid="ignore", divide="ignore"):
        score = (y[places] - mean) / (upper - mean)
        alarm = told & (y[places] > upper)
    full = [np.full(y.size, np.nan) for _ in range(6)]
    parts = (np.where(told, mean, np.nan), np.where(told, upper, np.nan), score, p, phi, slope)
    for whole, part in zip(full, parts, strict=True):
        whole[places] = part
    flags = np.zeros(y.size, dtype=bool)
    flags[places] = alarm
    return FarringtonAlarms(y, full[0], full[1], flags, alpha, method, 0, *full[2:])


def _limit(y: Floats, mean: Floats, error: Floats, phi: Floats, alpha: float, limit: str) -> tuple[Floats, Floats]:
    """Return the limit and the probability of a count at least as high."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if limit in EXPONENTS:
            power = EXPONENTS[limit]
            spread = power * mean**power * np.sqrt(phi / mean + error**2)
            raised = mean**power + stats.norm.isf(alpha) * spread
            return raised ** (1 / power), stats.norm.sf((y**power - mean**power) / spread)
        if limit == "negative_binomial_upper_mean":
            mean = mean * np.exp(np.minimum(stats.norm.isf(alpha) * error, 700))
        wide = phi > 1
        size = np.where(wide, mean / np.where(wide, phi - 1, 1), 1)
        upper = np.where(wide, stats.nbinom.isf(alpha, size, 1 / phi), stats.poisson.isf(alpha, mean))
        p = np.where(wide, stats.nbinom.sf(y - 1, size, 1 / phi), stats.poisson.sf(y - 1, mean))
    return upper, p
