"""What an operation changed: the treated area against its synthetic control, before and after, with placebos in space and time.

Two things people confuse: a fall after an operation and a fall because of it. Operations start where the last sample was
highest, and what is highest falls by itself; the weeks just before the start are therefore no part of the comparison.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labkit.models.inputs import NotEstimable
from labkit.models.interval import Interval
from labkit.wastewater.effect.donors import MOST_DONORS, filled, synthetic_weights
from labkit.wastewater.hotspots.panel import Panel

Floats = NDArray[np.float64]
LEFT_OUT = 4  # weeks just before the start: chosen because they were high
LONGEST_BEFORE, SHORTEST_BEFORE, SHORTEST_AFTER, FEWEST_DONORS = 52, 26, 4, 3
MOST_CENSORED = 0.2
SPATIAL = 19  # donors below which a rank among them cannot reach one in twenty


@dataclass(frozen=True)
class Effect:
    """The ratio of the treated area's loads to what they would have been, with its interval and how it was judged."""

    ratio: float
    ratio_interval: Interval
    p: float  # two-sided, of no effect
    p_spatial: float | None  # rank among placebo areas; None with fewer than 19 of them
    log_effect: float
    standard_error: float
    gap: Floats  # treated minus synthetic, by week of the window
    weeks: NDArray[np.datetime64]
    start: int  # place of the first week of the operation in `weeks`
    weights: dict[str, float]
    placebo_z: tuple[float, ...]
    n: int  # weeks used
    n_before: int
    n_after: int
    n_censored: int
    level: float
    method: str

    def __str__(self) -> str:
        """Return one line."""
        seen = f"{self.n_before} weeks before, {self.n_after} after"
        return f"ratio {self.ratio:.3f} ({self.ratio_interval}), p = {self.p:.3g}, {seen}"


def operation_effect(
    panel: Panel, treated: Sequence[str], start: str, weeks: int, *, level: float = 0.95, exclude: Sequence[str] = ()
) -> Effect:
    r"""Estimate the effect of an operation on one analyte.

    .. math:: g_t = y_t - \sum_j w_j y_{jt}, \qquad \hat\delta = \bar g_{after} - \bar g_{before}, \qquad
       s^2 = \sigma_g^2 \frac{1 + \phi}{1 - \phi}\Big(\frac1{n_a} + \frac1{n_b}\Big) \max\{1, \overline{z^2_{placebo}}\}

    with y the mean log load of the treated sites, each freed of its level; σ and φ are those of the gap before, σ widened for
    the weights that were fitted. Each donor is treated in its turn as if it had had the operation; where such placebos
    scatter more than their errors say, all errors are widened by as much.

    Parameters
    ----------
    panel : Panel
        Weekly log loads of one analyte, from `hotspots.to_panels`.
    treated : sequence of str
        Sites of the operation.
    start : str
        Its first day.
    weeks : int
        Weeks from there on.
    level : float
        Probability of the interval.
    exclude : sequence of str
        Sites that are neither treated nor comparison, as neighbours that may receive what moved away.

    Returns
    -------
    Effect
        A ratio below 1 is less than without the operation.

    Raises
    ------
    NotEstimable
        The design cannot carry a claim: no such site, too few weeks before or after, fewer than three comparison areas, or
        more than a fifth of the treated weeks not known exactly. The sentence says which.
    """
    first = int(np.searchsorted(panel.weeks, np.datetime64(start, "D") - np.timedelta64(6, "D")))
    begin, end = max(0, first - LEFT_OUT - LONGEST_BEFORE), min(first + weeks, panel.weeks.size)
    y = panel.exact[begin:end]
    before = np.arange(begin, end) < first - LEFT_OUT
    after = np.arange(begin, end) >= first
    columns = [panel.sites.index(site) for site in treated if site in panel.sites]
    if not columns:
        raise NotEstimable("the effect", f"no result at {', '.join(treated)}", "the sites of the operation among those sampled")
    sampled = panel.n[begin:end][:, columns] > 0
    unknown = sampled & np.isnan(y[:, columns])
    if sampled.any() and unknown.sum() > MOST_CENSORED * sampled.sum():
        share = unknown.sum() / sampled.sum()
        raise NotEstimable("the effect", f"{share:.0%} of the treated weeks lie below a limit", "the share of positive samples")
    others = [k for k, site in enumerate(panel.sites) if k not in columns and site not in exclude]
    donors = [
        k for k in others if (~np.isnan(y[before, k])).mean() > 1 - MOST_CENSORED and (~np.isnan(y[after, k])).mean() > 0.5
    ]
    if len(donors) < FEWEST_DONORS:
        raise NotEstimable("the effect", f"{len(donors)} comparison areas with enough results", "three or more")
    donors = donors[:MOST_DONORS]
    known = ~np.isnan(y[before])
    level_before = np.where(known, np.nan_to_num(y[before]), 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    centred = np.where(known.any(axis=0), y - level_before, np.nan)  # a site never known before has no place in it
    with np.errstate(invalid="ignore"):
        own = np.array([np.nan if np.isnan(row).all() else np.nanmean(row) for row in centred[:, columns]])
    pool = centred[:, donors]
    gap, weights = _gap(own, pool, before)
    n_before, n_after = int((before & ~np.isnan(gap)).sum()), int((after & ~np.isnan(gap)).sum())
    if n_before < SHORTEST_BEFORE:
        raise NotEstimable("the effect", f"{n_before} weeks before the operation", f"{SHORTEST_BEFORE} or more")
    if n_after < SHORTEST_AFTER:
        raise NotEstimable("the effect", f"{n_after} weeks after its start", f"{SHORTEST_AFTER} or more")
    others_gaps = [_gap(pool[:, j], np.delete(pool, j, axis=1), before)[0] for j in range(len(donors))]
    phi = float(np.mean([_memory(one, before) for one in (gap, *others_gaps)]))
    delta, error = _step(gap, before, after, len(donors), phi)
    placebo = []
    for other in others_gaps:
        if (after & ~np.isnan(other)).sum() >= SHORTEST_AFTER:
            step, spread = _step(other, before, after, len(donors) - 1, phi)
            placebo.append(step / spread)
    wider = max(1.0, float(np.mean(np.square(placebo)))) if placebo else 1.0
    error *= np.sqrt(wider)
    freedom = max(n_before * (1 - phi) / (1 + phi) - 1 - 0.25 * np.sqrt(len(donors)), 2.0)  # as many as are independent
    reach = float(stats.t.ppf((1 + level) / 2, freedom)) * error
    z = delta / error
    rank = (1 + sum(abs(one) >= abs(z) * np.sqrt(wider) for one in placebo)) / (len(placebo) + 1)
    method = f"synthetic control of {len(donors)} areas, placebos in space, serial correlation"
    return Effect(
        ratio=float(np.exp(delta)),
        ratio_interval=Interval(float(np.exp(delta - reach)), float(np.exp(delta + reach)), level, method),
        p=float(2 * stats.t.sf(abs(z), freedom)),
        p_spatial=float(rank) if len(placebo) >= SPATIAL else None,
        log_effect=float(delta),
        standard_error=float(error),
        gap=gap,
        weeks=panel.weeks[begin:end],
        start=first - begin,
        weights={panel.sites[k]: float(weight) for k, weight in zip(donors, weights, strict=True)},
        placebo_z=tuple(float(one) for one in placebo),
        n=n_before + n_after,
        n_before=n_before,
        n_after=n_after,
        n_censored=int(unknown.sum()),
        level=level,
        method=method,
    )


def _gap(own: Floats, pool: Floats, before: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    full = filled(pool)
    use = before & ~np.isnan(own)
    weights = synthetic_weights(own[use], full[use])
    return own - full @ weights, weights


def _memory(gap: Floats, before: NDArray[np.bool_]) -> float:
    """Return the correlation of neighbouring weeks before the operation, its bias mended."""
    rest = np.where(before, gap, np.nan)
    rest = rest - np.nanmean(rest)
    pairs = rest[:-1] * rest[1:]
    seen = int((~np.isnan(pairs)).sum())
    raw = float(np.nanmean(pairs) / np.nanmean(rest**2)) if seen > 5 else 0.0
    return float(np.clip(raw + (1 + 4 * max(raw, 0.0)) / max(seen, 1), 0.0, 0.8))


def _step(gap: Floats, before: NDArray[np.bool_], after: NDArray[np.bool_], donors: int, phi: float) -> tuple[float, float]:
    """Return the step of the mean and its standard error with the memory that the areas share."""
    first, second = (gap[part & ~np.isnan(gap)] for part in (before, after))
    lost = 1 + 0.5 * np.sqrt(donors)  # the mean, and what the fitted weights took from the scatter
    variance = float(
        ((first - first.mean()) ** 2).sum() / max(first.size * (1 - (1 + phi) / (1 - phi) / first.size) - lost + 1, 1)
    )
    memory = (1 + phi) / (1 - phi)
    return float(second.mean() - first.mean()), float(np.sqrt(variance * memory * (1 / second.size + 1 / first.size)))
