"""Ratios between analytes, and one-day spikes: signs of dumping, production or chemistry instead of use.

Two things people confuse: a ratio outside what metabolism gives and proof of dumping. It is a reason to look before an alert is
believed; rules of different papers disagree, so each carries its source and status.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from labkit.models.inputs import BadInput
from labkit.vocabulary import Censored


@dataclass(frozen=True)
class RatioRule:
    """A ratio of two analytes of a sample, the range that use gives, and what lies outside of it may mean."""

    name: str
    upper_analyte: str
    lower_analyte: str
    low: float
    high: float
    status: str
    source: str


RULES = (
    RatioRule("amphetamine from methamphetamine", "amphetamine", "methamphetamine", 0.05, 0.25, "verified",
              "mtoou.info/tubiao/123024.html (Kunming): 0.05-0.25 is metabolism; another paper says 0.04-0.07"),
    RatioRule("cocaine dumped", "cocaine", "benzoylecgonine", 0.0, 0.75, "unverified",
              "attributed to van Nuijs: above about 0.75 suggests dumping"),
)  # fmt: skip


def flag_ratios(loads: pd.DataFrame, rules: Sequence[RatioRule] = RULES) -> pd.DataFrame:
    """Return the samples whose ratio lies outside of a rule's range, as far as values below limits allow to say so.

    Parameters
    ----------
    loads : DataFrame
        `site`, `date`, `analyte`, `low`, `high` (the ends between which a load lies).
    rules : sequence of RatioRule
        What is asked.

    Returns
    -------
    DataFrame
        `site, date, rule, ratio_low, ratio_high, side`: a sample is listed only if the whole interval of its ratio lies
        outside.
    """
    rows = []
    for rule in rules:
        sides = [
            loads[loads["analyte"] == analyte].groupby(["site", "date"], sort=True)[["low", "high"]].mean()
            for analyte in (rule.upper_analyte, rule.lower_analyte)
        ]
        both = sides[0].add_suffix("_upper").join(sides[1].add_suffix("_lower"), how="inner")
        with np.errstate(divide="ignore", invalid="ignore"):
            low, high = both["low_upper"] / both["high_lower"], both["high_upper"] / both["low_lower"]
        for side, outside in (("above", low > rule.high), ("below", high < rule.low)):
            found = both.index[outside.to_numpy()]
            rows += [
                {"site": site, "date": date, "rule": rule.name, "ratio_low": float(low[site, date]),
                 "ratio_high": float(high[site, date]), "side": side}
                for site, date in found
            ]  # fmt: skip
    return pd.DataFrame(rows, columns=["site", "date", "rule", "ratio_low", "ratio_high", "side"])


def flag_spikes(loads: pd.DataFrame, *, times: float = 5.0) -> pd.DataFrame:
    """Return exact results more than `times` their series' median, whose neighbours in time are not raised as well.

    Parameters
    ----------
    loads : DataFrame
        `site`, `date`, `analyte`, `load_mg_day_1000inh`, `censored`.
    times : float
        A day of use hardly ever takes a series to five times its median; a toilet that took a bag does.

    Returns
    -------
    DataFrame
        `site, date, analyte, times_median`.
    """
    if not times > 1:
        raise BadInput("times", f"{times}", "above 1")
    rows = []
    for (site, analyte), part in loads.groupby(["site", "analyte"], sort=False):
        part = part.sort_values("date", kind="stable")
        values = part["load_mg_day_1000inh"].to_numpy(float)
        if values.size < 5:
            continue
        exact = (part["censored"] == Censored.EXACT).to_numpy()
        ratio = values / np.median(values)  # limits stand at their limit: the median is at most raised
        before, after = np.r_[1.0, ratio[:-1]], np.r_[ratio[1:], 1.0]
        alone = (before < times / 2) & (after < times / 2)
        for k in np.flatnonzero(exact & (ratio > times) & alone):
            rows.append({"site": site, "date": part["date"].iloc[k], "analyte": analyte, "times_median": float(ratio[k])})
    return pd.DataFrame(rows, columns=["site", "date", "analyte", "times_median"])
