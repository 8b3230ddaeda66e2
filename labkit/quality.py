"""Can the laboratories be believed: recoveries, blanks, duplicates, control charts, limits over time, laboratories compared.

Two things people confuse: precision (the same again) and trueness (the right number). Duplicates speak of the first, spikes and
controls of both, and a blank of neither.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

COLUMNS = ("laboratory", "analyte", "type", "n", "ratio", "low", "high", "cv", "beyond", "z", "verdict")
CHART_FROM = 12  # results that set the limits of a control chart
FEWEST = 4
Z_QUESTIONABLE, Z_ACTION = 2.0, 3.0


def quality_table(quality: pd.DataFrame, *, analysis_cv: float = 0.10, level: float = 0.95) -> pd.DataFrame:
    r"""Return one row a laboratory, analyte and type of quality-control sample.

    * spike, control: geometric mean of found over expected with Student's interval, its scatter, results beyond the
      limits that the first twelve set (control chart), and the laboratory's score :math:`z = \overline{\ln r} / \sigma_{pt}`,
      with the study's declared error of analysis as :math:`\sigma_{pt}` [1]_: above 2 questionable, above 3 action;
    * duplicate: relative scatter :math:`\sqrt{\sum d^2 / 2n}` of log differences of pairs;
    * blank: the share with a finding, and its upper bound.

    Parameters
    ----------
    quality : DataFrame
        As the door of quality files gives it: `date, analyte, type, laboratory, sample, low, high, censored, expected`.
    analysis_cv : float
        The study's declared relative error of analysis.
    level : float
        Probability of intervals.

    Returns
    -------
    DataFrame
        The columns of the table `quality`; `verdict` is good, questionable, action, or too few.

    References
    ----------
    .. [1] ISO 13528, scores from a prescribed standard deviation for proficiency assessment.
    """
    rows: list[dict[str, Any]] = []
    if quality.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    kinds = quality.assign(laboratory=quality["laboratory"] if "laboratory" in quality else "")
    for (laboratory, analyte, kind), part in kinds.groupby(["laboratory", "analyte", "type"], sort=False):
        row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
        row |= {"laboratory": laboratory, "analyte": analyte, "type": kind, "n": len(part)}
        judge = {"blank": _blank, "duplicate": _duplicate}.get(str(kind), _against_expected)
        rows.append(row | judge(part.sort_values("date", kind="stable"), analysis_cv, level))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _against_expected(part: pd.DataFrame, analysis_cv: float, level: float) -> dict[str, Any]:
    r = log_ratios(part)
    if r.size < FEWEST:
        return {"verdict": "too few"}
    mean, sd = float(r.mean()), float(r.std(ddof=1))
    reach = float(stats.t.ppf((1 + level) / 2, r.size - 1)) * sd / np.sqrt(r.size)
    z = mean / float(np.sqrt(np.log1p(analysis_cv**2))) if analysis_cv > 0 else np.nan
    centre, limit = chart(r)
    beyond = int((np.abs(r - centre) > limit).sum())
    verdict = "action" if abs(z) > Z_ACTION else "questionable" if abs(z) > Z_QUESTIONABLE or beyond > 0.05 * r.size else "good"
    return {
        "ratio": float(np.exp(mean)), "low": float(np.exp(mean - reach)), "high": float(np.exp(mean + reach)), "cv": sd,
        "beyond": beyond, "z": z, "verdict": verdict,
    }  # fmt: skip


def log_ratios(part: pd.DataFrame) -> np.ndarray:
    """Return the log of found over expected of the results that are measured, in their order."""
    measured = part[(part["censored"] == "exact") & (part["expected"] > 0)]
    ratios: np.ndarray = np.log(measured["low"].to_numpy(float) / measured["expected"].to_numpy(float))
    return ratios


def chart(log_ratio: np.ndarray) -> tuple[float, float]:
    """Return centre and reach of a control chart from its first twelve results.

    The reach is that of three standard deviations, were they known; from few results it is Student's, and wider.

    >>> centre, reach = chart(np.array([0.0, 0.1, -0.1, 5.0])[:3])
    >>> round(centre, 3), reach > 3 * 0.1
    (0.0, True)
    """
    first = log_ratio[:CHART_FROM]
    width = stats.t.isf(stats.norm.sf(3), first.size - 1) * np.sqrt(1 + 1 / first.size)
    return float(first.mean()), float(width * first.std(ddof=1))


def _duplicate(part: pd.DataFrame, analysis_cv: float, level: float) -> dict[str, Any]:
    exact = part[part["censored"] == "exact"]
    pairs = [np.log(one["low"].to_numpy(float)) for _, one in exact.groupby(["date", "sample"], sort=False) if len(one) == 2]
    if len(pairs) < FEWEST:
        return {"verdict": "too few"}
    cv = float(np.sqrt(np.mean([np.diff(one)[0] ** 2 / 2 for one in pairs])))
    bound = float(np.sqrt(np.log1p(analysis_cv**2)) * np.sqrt(stats.chi2.ppf(level, len(pairs)) / len(pairs)))
    return {"cv": cv, "verdict": "good" if cv <= bound or analysis_cv == 0 else "questionable"}


def _blank(part: pd.DataFrame, analysis_cv: float, level: float) -> dict[str, Any]:
    found, n = int((part["censored"] != "below").sum()), len(part)
    high = 1.0 if found == n else float(stats.beta.ppf(level, found + 1, n - found))
    return {"beyond": found, "ratio": found / n, "high": high, "verdict": "good" if found == 0 else "questionable"}


def limits_over_time(samples: pd.DataFrame) -> pd.DataFrame:
    """Return the share of results that are not measured by file, analyte and quarter, with what kind of limit it was.

    Parameters
    ----------
    samples : DataFrame
        `file, analyte, date, censored`.

    Returns
    -------
    DataFrame
        The columns of the table `limits_over_time`: `n`, `below`, `between` and `above` as counts.
    """
    rows = samples[samples["date"] != ""]
    month = rows["date"].str[5:7].astype(int)
    keyed = rows.assign(quarter=rows["date"].str[:4] + "-Q" + ((month + 2) // 3).astype(str))
    grouped = keyed.groupby(["file", "analyte", "quarter"], sort=True)["censored"]
    table = grouped.agg(n="size").reset_index()
    for kind in ("below", "between", "above"):
        table[kind] = grouped.agg(lambda known, kind=kind: int((known == kind).sum())).to_numpy()
    return table
