"""Censored Kendall lines, correlations and their intervals against R's NADA, NADA2, Kendall, stats, boot and psych."""

from __future__ import annotations

import numpy as np
import pandas as pd
from r_entries import Entry, NotCompared, better, same

from labkit.models.association import (
    akritas_theil_sen,
    bonett_wright_interval,
    bootstrap_correlation,
    fieller_interval,
    fisher_interval,
    kendall_interval,
    kendall_tau,
    partial_correlation,
    pearson_correlation,
    spearman_correlation,
)
from labkit.models.inputs import BadInput, NotEstimable

SINGLE = 3e-7  # Kendall's Fortran is in single precision


def near(ours: float, theirs: float | None, relative: float = 1e-8, absolute: float = 1e-9) -> None:
    assert theirs is not None
    assert abs(ours - theirs) <= absolute + relative * abs(theirs), (ours, theirs)


def flags(column: pd.Series) -> np.ndarray:
    return column.astype(str).str.upper().eq("TRUE").to_numpy()


def pair(entry: Entry) -> dict[str, np.ndarray]:
    table = entry.table()
    x_censored = flags(table["xcen"]) if "xcen" in table else np.zeros(len(table), bool)
    return {
        "x": table["x"].to_numpy(float),
        "y": table["y"].to_numpy(float),
        "x_censored": x_censored,
        "y_censored": flags(table["ycen"]),
    }


def moved(y: np.ndarray, y_censored: np.ndarray) -> np.ndarray:
    """The limits as cenken moves them for its search: lower by a thousandth of the smallest y, so that the unit's zero matters.

    labkit leaves limits alone (a value below one is below a measured value there); for the comparison they are moved as in R.
    """
    return y - y.min() / 1000 * y_censored


def compare_test(given: dict[str, np.ndarray], tau: float, p: float, score: float | None) -> None:
    found = kendall_tau(**given, variance="nada")
    near(found.tau_a, tau)
    if score is not None:
        assert found.score == score
    near(found.p, p, 1e-8, 5e-16)  # R's 2*(1-pnorm(z)) keeps 1e-16 absolute, not relative
    exact = kendall_tau(**given)  # the default: exact permutation variance, the same score
    assert exact.score == found.score
    assert 0 <= exact.p <= 1


def compare_line(given: dict[str, np.ndarray], slope: float, shift: float = 0.0) -> None:
    """R's slope is a point of the zero-score interval of all rows, x's censoring ignored, limits moved; it stops at 1e-7."""
    y = given["y"] + shift
    y = moved(y, given["y_censored"])
    low, high = akritas_theil_sen(given["x"], y, y_censored=given["y_censored"]).zero_score_interval
    assert low - 2e-7 <= slope <= high + 2e-7, (low, slope, high)


@better(
    "NADA",
    "cenken",
    how="association.akritas_theil_sen: middle of the exact zero-score interval, interval of the slope, rows with censored x "
    "dropped from the line, intercept without EM; tau and p (variance='nada') the same",
)
def compare_cenken(entry: Entry) -> None:
    if "per Season" in entry.call:
        table = entry.table()
        for season, result in entry.result.items():
            part = table[table["Season"] == season]
            given = {
                "x": part["dectime"].to_numpy(float),
                "y": part["TCr"].to_numpy(float),
                "y_censored": flags(part["CrND"]),
            }
            compare_test(given, result["tau"], result["pval"], result["S"])
            compare_line(given, result["slope"])
            compare_intercept(given, result)
        return
    given, result = pair(entry), entry.result
    assert given["y"].size == result["n"]
    compare_test(given, result["tau"], result["p"], result["S"])
    compare_line(given, result["slope"])
    if result["intercept"] is not None:  # NA in R where y is negative: its residuals start at y = 0
        compare_intercept(given, result)
    line = akritas_theil_sen(**given)
    assert line.n_dropped == result["n_xcen"]


def compare_intercept(given: dict[str, np.ndarray], result: dict, lowest: float = 0.0) -> None:
    """R takes 0 for the lower end of a censored y; without it the median is that of the residuals' product limit."""
    known_x = ~given.get("x_censored", np.zeros(given["y"].size, bool))
    x, y, hidden = given["x"][known_x], given["y"][known_x], given["y_censored"][known_x]
    upper, lower = y - result["slope"] * x, np.where(hidden, lowest, y) - result["slope"] * x
    rounding = 1e-6 * (1 + np.abs(result["slope"] * x).max())
    half = (upper.size - 1) // 2  # any distribution in keeping with the intervals has its median between those of their ends
    assert np.sort(lower)[half] - rounding <= result["intercept"] <= np.sort(upper)[upper.size // 2] + rounding
    line = akritas_theil_sen(**given)
    ours = line.intercept_or_reason
    if isinstance(ours, NotEstimable):
        return
    assert ours <= np.median(y - line.slope * x) + rounding
    if not hidden.any():
        near(ours, float(np.median(y - line.slope * x)))


@same("NADA", "S", how="association.akritas_theil_sen(...).zero_score_interval")
def compare_zero_score(entry: Entry) -> None:
    given, result = pair(entry), entry.result
    y = moved(given["y"], given["y_censored"])
    low, high = akritas_theil_sen(given["x"], y, y_censored=given["y_censored"]).zero_score_interval
    near(low, result["b_lo"], 1e-8)
    near(high, result["b_hi"], 1e-8)
    line = akritas_theil_sen(given["x"], y, y_censored=given["y_censored"])
    near(line.slope, result["midpoint"], 1e-8)


@better(
    "NADA2",
    "ATS",
    how="association.akritas_theil_sen: without a shift of y above zero (it moves limits and intercept), with an interval",
)
def compare_ats(entry: Entry) -> None:
    given, result = pair(entry), entry.result
    compare_test(given, result["tau"], result["pval"], result["S"])
    shift = 0.0
    if "LOG=TRUE" in entry.call:
        given["y"] = np.log(given["y"])
    if given["y"].min() < 0:
        shift = abs(given["y"].min()) + 1e-4
    compare_line(given, result["slope"], shift)
    compare_intercept(given, result, -shift)


@better("NADA2", "ATSmini per month: slope, inte", how="association.akritas_theil_sen, one line a month")
def compare_mini(entry: Entry) -> None:
    table = entry.table()
    for month, result in entry.result.items():
        part = table[table["month"] == int(month)]
        given = {"x": part["t"].to_numpy(float), "y": part["y"].to_numpy(float), "y_censored": flags(part["cen"])}
        compare_test(given, result["tau"], result["pval"], result["S"])
        compare_line(given, result["slope"])
        compare_intercept(given, result)


def complete(entry: Entry, x: str, y: str) -> tuple[np.ndarray, np.ndarray]:
    table = entry.table()[[x, y]].astype(float).dropna()
    return table[x].to_numpy(), table[y].to_numpy()


def two(entry: Entry) -> tuple[np.ndarray, np.ndarray]:
    columns = entry.table().columns
    return complete(entry, *(("x", "y") if "x" in columns else ("t", "y")))


@same("Kendall", "Kendall", how="association.kendall_tau")
def compare_kendall(entry: Entry) -> None:
    x, y = two(entry)
    found, result = kendall_tau(x, y), entry.result
    assert found.score == result["S"]
    near(found.tau_b, result["tau"], SINGLE)
    near(found.variance, result["varS"], SINGLE)
    near(found.score / found.tau_b if found.score else 0.0, result["D"] if found.score else 0.0, SINGLE)
    near(found.p, result["p"], 1e-5, 1e-6)


@better(
    "stats",
    "cor.test",
    how="association.pearson_correlation, spearman_correlation, kendall_tau; no continuity correction of rho (it lowers p)",
)
def compare_cor_test(entry: Entry) -> None:
    x, y = two(entry)
    result, n = entry.result, x.size
    if "spearman" in entry.call:
        found = spearman_correlation(x, y)
        near(found.coefficient, result["rho"])
        near(found.statistic, result["S"])
        near(found.p, result["p_asym"], 1e-7, 0)
        if "ties" not in entry.warnings and n < 1290:  # R's exact p; 1290 is where it stops
            near(spearman_correlation(x, y, test="exact").p, result["p"], 1e-7, 1e-12)
        else:
            try:
                spearman_correlation(x, y, test="exact")
            except BadInput:
                return
            raise AssertionError("ties, but an exact p")
    elif "kendall" in entry.call:
        found = kendall_tau(x, y, test="uncorrected")
        near(found.tau_b, result["tau_b"])
        near(found.z, result["z_asym"])
        near(found.p, result["p_asym"], 1e-7, 0)
        near(kendall_tau(x, y).p, result["p_asym_cc"], 1e-7, 0)
        if "T" in result["stat"]:
            near(kendall_tau(x, y, test="exact").p, result["p"], 1e-7, 0)
    else:
        found = pearson_correlation(x, y)
        near(found.coefficient, result["r"])
        near(found.statistic, result["t"])
        near(found.p, result["p"], 1e-7, 0)
        for ours, theirs in zip(found.interval, result["ci"], strict=True):
            near(ours, theirs)


@same(
    "base",
    "sqrt",
    how="association.fisher_interval, fieller_interval, bonett_wright_interval (also spearman_correlation(interval=...))",
)
def compare_rho_intervals(entry: Entry) -> None:
    x, y = two(entry)
    found, result = spearman_correlation(x, y), entry.result
    near(found.coefficient, result["rho"])
    made = {
        "fisher": fisher_interval,
        "fieller": fieller_interval,
        "bonett_wright": bonett_wright_interval,
        "psych_r.con": fisher_interval,
    }
    for name, make in made.items():
        for ours, theirs in zip(make(found.coefficient, x.size), result[name], strict=True):
            near(ours, theirs)
    assert tuple(found.interval) == tuple(bonett_wright_interval(found.coefficient, x.size))


@same("base", "atanh", how="association.kendall_interval(method='fieller')")
def compare_tau_interval(entry: Entry) -> None:
    x, y = two(entry)
    near(kendall_tau(x, y).tau_b, entry.result["tau_b"])
    for ours, theirs in zip(kendall_interval(x, y), entry.result["fieller"], strict=True):
        near(ours, theirs)


@same("boot", "boot", how="association.bootstrap_correlation (percentile, BCa; basic and normal leave -1..1)")
def compare_boot(entry: Entry) -> None:
    """Other random numbers, so R's ends lie between ours at .95 -+ .024: at each end .012 of probability.

    That is three Monte-Carlo errors of the difference of two shares of 4999 draws (.0094), and of the bias that BCa estimates.
    """
    kind = "spearman" if "spearman" in entry.call else "kendall" if "kendall" in entry.call else "pearson"
    x, y = two(entry)
    found, result = bootstrap_correlation(x, y, kind), entry.result
    near(found.estimate, result["t0"])
    near(found.standard_error, result["se"], 0.05)  # 3 times the error of two standard deviations of 4999
    narrow, wide = (bootstrap_correlation(x, y, kind, level=0.95 + k * 0.024) for k in (-1, 1))
    for name, inner, outer in (("perc", narrow.percentile, wide.percentile), ("bca", narrow.bca, wide.bca)):
        low, high = result[name]
        assert outer.low - 1e-3 <= low <= inner.low + 1e-3, (name, outer.low, low, inner.low)
        assert inner.high - 1e-3 <= high <= outer.high + 1e-3, (name, inner.high, high, outer.high)


@same("psych", "partial.r", how="association.partial_correlation")
def compare_partial(entry: Entry) -> None:
    import re

    lists = [re.findall(r"'([\w.]+)'", part) for part in re.split(r"\]\s*,", entry.call)]
    wanted = re.search(r"c\(([^)]*)\)\s*,\s*(.+)\)$", lists and entry.call.split("],", 1)[-1])
    if wanted is None:
        raise NotCompared("a call of another form")
    names, held = re.findall(r"'([\w.]+)'", wanted[1]), re.findall(r"'([\w.]+)'", wanted[2])
    table = entry.table().astype({name: float for name in [*names, *held]})
    values = np.array(entry.result["values"], dtype=float)
    for i, a in enumerate(names):
        for j, b in enumerate(names):
            if i < j:
                found = partial_correlation(table[a], table[b], table[held].to_numpy())
                near(found.coefficient, values[i][j])
