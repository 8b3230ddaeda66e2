"""The watch over all sites and analytes: one contract of false alerts, three tiers, and what to check before anybody is told.

Two things people confuse: an alert and a finding. An alert says that chance alone would call one so seldom; the triage beside
it says which dull explanation has not been ruled out yet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from labkit.models.alarms import alpha_for_budget, cusum_of_residuals
from labkit.models.inputs import BadInput
from labkit.wastewater.hotspots.panel import Panel, to_panels
from labkit.wastewater.hotspots.residuals import Departures, departures
from labkit.wastewater.hotspots.triage import triage

WEEKS_A_MONTH = 52.1786 / 12
COMMON = 0.1  # share of the budget that the common mode may spend
QUICKEST = np.log(2.0)  # the rise that the charts find soonest: a doubling
CLEAR = 0.9  # probability of a rise that matters, for the tier "alert"
COLUMNS = ("site", "analyte", "week", "tier", "ratio", "low", "high", "p_more", "z", "check")
COMMON_MODE = "all sites"


@dataclass(frozen=True)
class Watch:
    """Alerts as a table, what was watched, and under which contract."""

    alerts: pd.DataFrame
    series: int
    tests: int
    alpha: float
    false_alerts_a_month: float
    expected_false: float  # over the tests made
    refused: Mapping[str, str]  # analyte -> reason
    parts: tuple[Departures, ...]


def watch(
    loads: pd.DataFrame,
    *,
    false_alerts_a_month: float = 1.0,
    policy_change: float = 0.25,
    smallest_population: float = 5000.0,
    level: float = 0.95,
) -> Watch:
    """Watch every site against the others, and all together.

    Parameters
    ----------
    loads : DataFrame
        Loads per 1,000; `population`, `flow_m3_day` and `file` are used for the triage where they are there.
    false_alerts_a_month : float
        Expected over all series; a tenth of it goes to the common mode. Limits follow from it (mean run length of the chart).
    policy_change : float
        The rise that would matter.
    smallest_population : float
        Sites with fewer people are watched with the others but never named: their rows are left out and counted in `refused`.
    level : float
        Probability of the interval of each ratio.

    Returns
    -------
    Watch
        Tiers: `watch` (the chart called), `alert` (it called, and the rise beyond `policy_change` has probability .9 in this
        week or the one before as well), `confirmed` (an alert of the same series in the following sample too).
    """
    panels = to_panels(loads)
    series = sum(len(panel.sites) for panel in panels)
    alpha = alpha_for_budget(false_alerts_a_month * (1 - COMMON), series, WEEKS_A_MONTH)
    alpha_common = alpha_for_budget(false_alerts_a_month * COMMON, len(panels), WEEKS_A_MONTH)
    small = _small_sites(loads, smallest_population)
    refused: dict[str, str] = {}
    parts, rows, tests = [], [], 0
    for panel in panels:
        try:
            part = departures(panel)
        except BadInput as reason:
            refused[panel.analyte] = str(reason)
            continue
        parts.append(part)
        tests += int((~np.isnan(part.z)).sum() + (~np.isnan(part.common_z)).sum())
        for i, site in enumerate(panel.sites):
            if site in small:
                continue
            rows += _alerts(part, part.z[:, i], part.log_ratio[:, i], part.error[:, i], site, alpha, policy_change, level)
        spread = np.abs(np.divide(part.common_log_ratio, part.common_z, out=np.full(part.common_z.size, np.nan),
                                  where=np.abs(part.common_z) > 1e-9))  # fmt: skip
        rows += _alerts(part, part.common_z, part.common_log_ratio, spread, COMMON_MODE, alpha_common, policy_change, level)
        if not (~np.isnan(part.z)).any():
            refused[panel.analyte] = (
                "no week has a baseline of twelve weeks known from below: too short, or mostly below limits"
            )
    if small:
        refused["sites"] = f"{len(small)} with fewer than {smallest_population:,.0f} people are not named"
    alerts = pd.DataFrame(rows, columns=list(COLUMNS))
    if len(alerts):
        alerts["check"] = triage(alerts, loads)
    return Watch(alerts, series, tests, alpha, false_alerts_a_month, alpha * tests, refused, tuple(parts))


def _alerts(
    part: Departures, z: Any, ratio: Any, error: Any, site: str, alpha: float, policy_change: float, level: float
) -> list[dict[str, Any]]:
    if not (~np.isnan(z)).any():
        return []
    chart = cusum_of_residuals(z, k=half_shift(error), alpha=alpha)
    judged = np.flatnonzero(~np.isnan(z))
    with np.errstate(invalid="ignore"):
        more = stats.norm.sf((np.log1p(policy_change) - ratio) / error)
    reach = stats.norm.ppf((1 + level) / 2)
    rows, last_alert = [], -1
    for place, t in enumerate(judged):
        if not chart.alarm[t]:
            continue
        before = judged[place - 1] if place else t
        after = judged[place + 1] if place + 1 < judged.size else None
        tier = "watch"
        if more[t] >= CLEAR and (more[before] >= CLEAR or last_alert == place - 1):
            tier = "alert"
        if more[t] >= CLEAR and after is not None and more[after] >= CLEAR:
            tier = "confirmed"
        last_alert = place if tier != "watch" else last_alert
        rows.append(
            {
                "site": site,
                "analyte": part.panel.analyte,
                "week": str(part.panel.weeks[t]),
                "tier": tier,
                "ratio": float(np.exp(ratio[t])),
                "low": float(np.exp(ratio[t] - reach * error[t])),
                "high": float(np.exp(ratio[t] + reach * error[t])),
                "p_more": float(more[t]),
                "z": float(z[t]),
                "check": "",
            }
        )
    return rows


def half_shift(error: Any) -> float:
    """Return the CUSUM's reference value: half a doubling in the series' own errors, between .5 and 2, in tenths."""
    return float(np.clip(np.round(QUICKEST / 2 / np.nanmedian(error), 1), 0.5, 2.0))


def _small_sites(loads: pd.DataFrame, smallest: float) -> set[str]:
    if "population" not in loads or loads["population"].isna().all():
        return set()
    people = loads.groupby("site")["population"].median()
    return set(people.index[people < smallest])


__all__ = ["COMMON_MODE", "Panel", "Watch", "watch"]
