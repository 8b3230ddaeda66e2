"""Each site against the others, and all together: standardised departures from what the past leads to expect.

Two things people confuse: a site that rises and a city that rises. Against the others only the first is seen; the common mode
is looked at beside it, and the two never share a chart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labkit.models.inputs import BadInput
from labkit.wastewater.hotspots.panel import Panel

Floats = NDArray[np.float64]
BASELINE, LAG, FEWEST, FEWEST_SITES = 52, 4, 12, 3


@dataclass(frozen=True)
class Departures:
    """Of one analyte: `z` (weeks × sites) against the others, the log ratio it stands on and its error, and the common mode."""

    panel: Panel
    z: Floats
    log_ratio: Floats  # against the site's own usual standing among the others
    error: Floats
    common_z: Floats  # weeks
    common_log_ratio: Floats


def departures(panel: Panel, *, baseline: int = BASELINE, lag: int = LAG) -> Departures:
    r"""Return standardised one-step departures.

    .. math:: d_{it} = y_{it} - \operatorname{median}_{j \ne i} y_{jt}, \qquad
       z_{it} = \Phi^{-1}\Big\{T_{m-1}\Big(\frac{(d_{it} - \bar d_i) - \phi_i (d_{i,t-1} - \bar d_i)}{s_i
       \sqrt{(1 + 1/m)(1 - \phi_i^2)}}\Big)\Big\}

    with mean, standard deviation and correlation of neighbouring weeks over the m weeks of the baseline that ends `lag` weeks
    before, so that an outbreak does not hide itself. Student's t makes z standard normal also for short baselines. A value
    below a limit enters with its upper end for the median of others and with its lower end for itself: a site counts as
    raised only as far as it surely is.

    Parameters
    ----------
    panel : Panel
        From `to_panels`.
    baseline, lag : int
        Weeks looked back, and weeks left out just before.

    Raises
    ------
    BadInput
        Fewer than three sites: there are no others to compare with.
    """
    d = against_others(panel)
    z, ratio, error = one_step(d, baseline, lag)
    own = one_step(panel.exact, baseline, lag)[1]
    seen = (~np.isnan(own)).sum(axis=1) >= 3
    common = np.full(own.shape[0], np.nan)
    common[seen] = np.nanmedian(own[seen], axis=1)
    common_z = one_step(common[:, None], baseline, lag)[0][:, 0]
    return Departures(panel, z, ratio, error, common_z, common)


def against_others(panel: Panel) -> Floats:
    """Return each site's log load against the median of the others, as far as it surely is; NaN where that is not known.

    Raises
    ------
    BadInput
        Fewer than three sites.
    """
    if len(panel.sites) < FEWEST_SITES:
        raise BadInput(
            "sites", f"{len(panel.sites)}", "three or more; one site is compared with its own past by the trend notebook"
        )
    d = np.full(panel.low.shape, np.nan)
    for i in range(len(panel.sites)):
        others = np.delete(panel.high, i, axis=1)
        enough = (~np.isnan(others)).sum(axis=1) >= 2
        middle = np.full(others.shape[0], np.nan)
        middle[enough] = np.nanmedian(others[enough], axis=1)
        d[:, i] = panel.low[:, i] - middle
    d = np.where(np.isfinite(d), d, np.nan)
    return d


def one_step(values: Floats, baseline: int, lag: int) -> tuple[Floats, Floats, Floats]:
    """Return z, departure and its error of each week and column with a baseline of twelve weeks or more."""
    z, ratio, error = (np.full(values.shape, np.nan) for _ in range(3))
    for t in range(FEWEST + lag, len(values)):
        window = values[max(0, t - lag - baseline) : t - lag]
        known = ~np.isnan(window)
        m = known.sum(axis=0)
        use = (m >= FEWEST) & ~np.isnan(values[t])
        if not use.any():
            continue
        window, known, m = window[:, use], known[:, use], m[use]
        mean = np.where(known, window, 0.0).sum(axis=0) / m
        rest = np.where(known, window - mean, 0.0)
        variance = (rest**2).sum(axis=0) / (m - 1)
        wide = np.sqrt(variance * (1 + 1 / m))
        phi = _memory(rest, known, variance)
        step = values[t, use] - mean
        before = np.nan_to_num(values[t - 1, use] - mean)
        with np.errstate(divide="ignore", invalid="ignore"):
            new = (step - phi * before) / (wide * np.where(before == 0, 1.0, np.sqrt(1 - phi**2)))
            score = np.sign(new) * stats.norm.isf(np.maximum(stats.t.sf(np.abs(new), m - 1), 1e-300))
        flat = ~(variance > 0)
        z[t, use], ratio[t, use], error[t, use] = (np.where(flat, np.nan, part) for part in (score, step, wide))
    return z, ratio, error


def _memory(rest: Floats, known: NDArray[np.bool_], variance: Floats) -> Floats:
    """Return the correlation of neighbouring weeks, bias mended, between 0 and .6: what wanders is not called every week."""
    both = known[:-1] & known[1:]
    pairs = np.maximum(both.sum(axis=0), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        raw = (rest[:-1] * rest[1:]).sum(axis=0) / pairs / variance
    mended = raw + (1 + 3 * np.maximum(raw, 0.0)) / pairs
    found: Floats = np.where(both.sum(axis=0) >= FEWEST, np.clip(np.nan_to_num(mended), 0.0, 0.6), 0.0)
    return found
