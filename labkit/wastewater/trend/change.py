"""Is it rising? The change of each series with interval and probabilities, and the smallest change the design could find.

Two things people confuse: "no change was found" and "there was none". The smallest change that this design finds in four of
five cases stands beside every statement; a change below it was never within reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from labkit.models.inputs import BadInput
from labkit.wastewater.trend.decomposition import TakenApart

POWER = 0.8
OFFICIAL = 0.10  # the European label: more than a tenth up or down, whatever the noise
COLUMNS = (
    *("site", "analyte", "n", "n_censored", "weeks", "ratio", "low", "high", "p_rise", "p_more", "p_less"),
    *("smallest_ratio", "population_ratio", "official_label", "statement", "reason"),
)


def change_table(parts: Sequence[TakenApart], policy_change: float = 0.25, level: float = 0.95) -> pd.DataFrame:
    r"""Return one row a series: the ratio of the later to the earlier mean trend, and what can be said of it.

    .. math:: r = \exp\{\bar\mu_{later} - \bar\mu_{earlier}\}, \quad P(\text{rise}) = \Phi(\hat\delta / s), \quad
       P(r > 1 + \Delta), \quad P(r < 1 / (1 + \Delta)), \quad r_{min} = \exp\{(z_{(1+level)/2} + z_{.8})\, s\}

    with :math:`s` the standard deviation of the difference of the two means, movements of the level between weeks included.
    Errors that a site has every day alike (its meter, its census, the excretion fraction) cancel in its own ratio.

    Parameters
    ----------
    parts : sequence of TakenApart
        From `take_apart`.
    policy_change : float
        Δ: the change that would matter.
    level : float
        Probability of the interval.

    Returns
    -------
    DataFrame
        The columns of the table `change`; `statement` is rise, fall, not distinguishable, or not estimable with a `reason`.
    """
    return pd.DataFrame([_row(part, policy_change, level) for part in parts], columns=list(COLUMNS))


def _row(part: TakenApart, policy_change: float, level: float) -> dict[str, Any]:
    series = part.series
    row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
    row |= {"site": series.site, "analyte": series.analyte, "n": series.n, "n_censored": series.n_censored}
    row |= {"official_label": "", "statement": "not estimable", "reason": part.refused}
    if part.fit is None or part.window is None:
        return row
    try:
        found = part.fit.contrast("change")
    except BadInput as reason:
        return row | {"reason": str(reason)}
    ends = found.ratio_interval
    z = stats.norm.ppf((1 + level) / 2) + stats.norm.ppf(POWER)
    ratio = found.ratio
    row |= {
        "weeks": part.window.weeks,
        "ratio": ratio,
        "low": ends.low,
        "high": ends.high,
        "p_rise": float(stats.norm.cdf(found.estimate / found.sd)),
        "p_more": float(stats.norm.sf((np.log1p(policy_change) - found.estimate) / found.sd)),
        "p_less": float(stats.norm.cdf((-np.log1p(policy_change) - found.estimate) / found.sd)),
        "smallest_ratio": float(np.exp(z * found.sd)),
        "population_ratio": _population_ratio(part),
        "official_label": "increase" if ratio > 1 + OFFICIAL else "decrease" if ratio < 1 - OFFICIAL else "stable",
        "statement": "rise" if ends.low > 1 else "fall" if ends.high < 1 else "not distinguishable",
    }
    return row


def _population_ratio(part: TakenApart) -> float:
    """Return how the people behind the site changed between the two stretches: log load = log people + log load per head."""
    series, window = part.series, part.window
    if window is None or np.isnan(series.population).any() or (series.population <= 0).any():
        return float("nan")
    means = [
        np.log(series.population[(series.weeks > start - 1e-9) & (series.weeks <= stop + 1e-9)]).mean()
        for start, stop in (window.earlier, window.later)
    ]
    return float(np.exp(means[1] - means[0]))
