"""Trend tests against Kendall, rkt, EnvStats, trend and NADA2."""

from __future__ import annotations

import numpy as np
import pytest
from r_entries import Entry, NotCompared, better, not_offered, same

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.trend import mann_kendall, seasonal_kendall
from labkit.models.trend.randomness import bartels_test, cox_stuart_test, wald_wolfowitz_test, wallis_moore_test

TIGHT = 1e-8
SINGLE = 2e-6  # the Kendall package computes in single precision


def close(ours: float, theirs: float | None, rel: float = TIGHT, floor: float = 1e-12) -> None:
    if theirs is None:
        return
    assert ours == pytest.approx(theirs, rel=rel, abs=floor), (ours, theirs)


def series(entry: Entry) -> tuple[np.ndarray, np.ndarray]:
    table = entry.table()
    return table["y"].to_numpy(float), table.iloc[:, 0].to_numpy(float)


def seasons(entry: Entry) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    table = entry.table()
    return tuple(table[name].to_numpy(float) for name in ("y", "season", "year"))


@same("Kendall", "MannKendall", how="trend.mann_kendall")
def mann_kendall_of_kendall(entry: Entry) -> None:
    y, t = series(entry)
    found, result = mann_kendall(y, t), entry.result
    assert found.score == result["S"]
    close(found.variance, result["varS"], SINGLE)
    close(found.tau_b, result["tau"], SINGLE)
    close(found.p, result["p"], 2e-3)  # what single precision of S and its variance leaves of p


@same("trend", "mk.test", how="trend.mann_kendall")
def mk_test(entry: Entry) -> None:
    y, t = series(entry)
    for name, continuity in (("cc", True), ("nocc", False)):
        found, result = mann_kendall(y, t, continuity=continuity), entry.result[name]
        assert found.score == result["estimates"]["S"]
        close(found.variance, result["estimates"]["varS"])
        close(found.z, result["statistic"]["z"])
        close(found.p, result["p.value"])
        close(found.tau_b, result["estimates"]["tau"])


@better("trend", "sens.slope", how="trend.mann_kendall: slope per unit of time, also where values are missing (R: per place)")
def sens_slope(entry: Entry) -> None:
    y, t = series(entry)
    result = entry.result
    kept = y[~np.isnan(y)]
    by_place = mann_kendall(kept, rounded_ranks=True)
    close(by_place.slope, result["slope"])
    if isinstance(by_place.slope_interval_or_reason, NotEstimable):
        raise NotCompared("the ranks of the ends lie outside the slopes")
    close(by_place.slope_interval.low, result["ci"][0])
    close(by_place.slope_interval.high, result["ci"][1])
    step = np.diff(t)
    if np.isnan(y).any() and np.allclose(step, step[0]):
        assert mann_kendall(y, t).slope != pytest.approx(result["slope"], rel=1e-6)
    elif np.allclose(step, 1):
        close(mann_kendall(y, t).slope, result["slope"])


@same("EnvStats", "kendallTrendTest", how="trend.mann_kendall")
def kendall_trend_test(entry: Entry) -> None:
    y, t = series(entry)
    found, result = mann_kendall(y, t), entry.result
    assert found.score == result["S"]
    close(found.variance, result["varS"])
    close(found.z, result["z"])
    close(found.p, result["p"]["z"] if isinstance(result["p"], dict) else result["p"])
    close(found.tau_a, result["tau"])
    close(found.slope, result["slope"])
    if result.get("slope_ci") and not isinstance(found.slope_interval_or_reason, NotEstimable):
        close(found.slope_interval.low, result["slope_ci"][0])
        close(found.slope_interval.high, result["slope_ci"][1])


@same("rkt", "rkt", how="trend.mann_kendall, trend.seasonal_kendall(correlation='hirsch_slack')")
def rkt(entry: Entry) -> None:
    result, table = entry.result, entry.table()
    if "cv" in entry.call:
        raise NotCompared("no covariate: regress on it first")
    if "season" not in table:
        found = mann_kendall(*series(entry))
    else:
        how = {'"m"': "median", '"a"': "mean"}.get(entry.call.split("rep=")[-1].rstrip(")"), "all")
        y, season, year = seasons(entry)
        counts = {g: np.count_nonzero((season == g) & ~np.isnan(y)) for g in np.unique(season)}
        full = np.array([counts[g] >= 4 for g in season])  # rkt leaves out blocks of fewer than four values, labkit does not
        y, season, year = y[full], season[full], year[full]
        found = seasonal_kendall(y, season, year, replicates=how)
        if result.get("varS.corrected") is not None:
            corrected = seasonal_kendall(y, season, year, replicates=how, correlation="hirsch_slack")
            close(corrected.variance, result["varS.corrected"])
            close(corrected.p, result["sl.corrected"])
    assert found.score == result["S"]
    close(found.variance, result["varS"])
    close(found.slope, result["B"])
    close(found.tau_a, result["tau"])
    close(found.p, result["sl"])


def complete(entry: Entry) -> bool:
    """Whether every season has a value in every year."""
    y, season, year = seasons(entry)
    return y.size == np.unique(season).size * np.unique(year).size and not np.isnan(y).any()


def untied_excess(y: np.ndarray, season: np.ndarray, year: np.ndarray, found) -> float:
    """What R's variances within seasons differ by where values are tied: R takes the formula of the covariances for them."""
    total = -sum(found.group_variances)
    for g in np.unique(season):
        here = y[(season == g) & ~np.isnan(y)]
        signs = np.sign(here[:, None] - here[None, :])
        total += ((signs**2).sum() / 2 + (signs.sum(axis=1) ** 2).sum()) / 3
    return total


@better(
    "EnvStats",
    "kendallSeasonalTrendTest",
    how="trend.seasonal_kendall: tau over all pairs; with covariances too, variances within seasons keep their ties",
)
def seasonal_test(entry: Entry) -> None:
    y, season, year = seasons(entry)
    result = entry.result
    dependent = "independent.obs=FALSE" in entry.call
    try:
        found = seasonal_kendall(y, season, year, correlation="hirsch_slack" if dependent else "none")
    except BadInput as why:
        raise NotCompared(str(why)) from None
    assert list(found.group_scores) == result["seasonal.S"]
    score, spread = found.score, found.variance
    if dependent and not complete(entry):
        raise NotCompared("with missing years R's covariances are of other pairs; rkt's are compared")
    if dependent:
        spread += untied_excess(y, season, year, found)
    close((score - np.sign(score)) / np.sqrt(spread), result["statistic"]["z (Trend)"])
    if not dependent:
        close(found.p, result["p"]["z (Trend)"])
    close(found.slope, result["estimate"]["slope"])
    chi = result["statistic"].get("Chi-Square (Het)")
    if chi is not None and found.heterogeneity is not None and not dependent:
        close(found.heterogeneity[0], chi, 1e-7)
        assert found.heterogeneity[2] == result["parameters"]["df"]
    if result.get("slope_ci") and not dependent and not isinstance(found.slope_interval_or_reason, NotEstimable):
        close(found.slope_interval.low, result["slope_ci"]["LCL"])
        close(found.slope_interval.high, result["slope_ci"]["UCL"])


@same("Kendall", "SeasonalMannKendall", how="trend.seasonal_kendall(continuity=False)")
def seasonal_mann_kendall(entry: Entry) -> None:
    found, result = seasonal_kendall(*seasons(entry), continuity=False), entry.result
    assert found.score == result["S"]
    if result["p"] is None:
        raise NotCompared("R gives no p where a season is all missing or tied")
    close(found.variance, result["varS"], SINGLE)
    close(found.p, result["p"], 1e-3 if result["p"] < 1e-6 else 2e-5)


@same("trend", "smk.test", how="trend.seasonal_kendall")
def smk_test(entry: Entry) -> None:
    found, result = seasonal_kendall(*seasons(entry)), entry.result
    close(found.z, result["z"])
    close(found.p, result["p"])
    assert list(found.group_scores) == result["S_i"]
    close(found.variance, result["estimates"]["varS"])


@better(
    "trend", "csmk.test", how="trend.seasonal_kendall(correlation='hirsch_slack'): variances within seasons corrected for ties"
)
def csmk_test(entry: Entry) -> None:
    found, result = seasonal_kendall(*seasons(entry), correlation="hirsch_slack", continuity=False), entry.result
    if not complete(entry):
        raise NotCompared("with missing years R's covariances are of other pairs; rkt's are compared")
    excess = untied_excess(*seasons(entry), found)
    close(found.variance + excess, result["estimates"]["varS"])
    if entry.table()["y"].is_unique:
        close(found.z, result["z"])
        close(found.p, result["p"])


@same("trend", "sea.sens.slope", how="trend.seasonal_kendall().slope")
def sea_sens_slope(entry: Entry) -> None:
    close(seasonal_kendall(*seasons(entry)).slope, entry.result["slope"])


@same("trend", "bartels.test", how="trend.randomness.bartels_test")
def bartels(entry: Entry) -> None:
    y = series(entry)[0]
    found = bartels_test(y[~np.isnan(y)])
    close(found.statistic, entry.result["statistic"]["RVN"])
    close(found.p, entry.result["p"], 1e-6)


@same("trend", "wm.test", how="trend.randomness.wallis_moore_test")
def wallis_moore(entry: Entry) -> None:
    y = series(entry)[0]
    steps = np.diff(y[~np.isnan(y)])
    if (steps == 0).mean() > 0.5:
        raise NotCompared("most steps are zero: what a phase is there is a matter of convention")
    found = wallis_moore_test(y[~np.isnan(y)])
    close(found.statistic, entry.result["statistic"]["z"])
    close(found.p, entry.result["p"])


@same("trend", "ww.test", how="trend.randomness.wald_wolfowitz_test")
def wald_wolfowitz(entry: Entry) -> None:
    y = series(entry)[0]
    if entry.result["statistic"]["z"] is None or entry.result["p"] is None:
        with pytest.raises(NotEstimable):
            wald_wolfowitz_test(y[~np.isnan(y)])
        return
    found = wald_wolfowitz_test(y[~np.isnan(y)])
    close(found.statistic, entry.result["statistic"]["z"])
    close(found.p, entry.result["p"])


@same("trend", "cs.test", how="trend.randomness.cox_stuart_test")
def cox_stuart(entry: Entry) -> None:
    y = series(entry)[0]
    found = cox_stuart_test(y[~np.isnan(y)])
    close(found.statistic, entry.result["statistic"]["z"])
    close(found.p, entry.result["p"])


@better(
    "NADA2",
    "censeaken",
    how="trend.seasonal_kendall(censored=…): the permutation variance exactly, not by resampling; logs change no rank",
)
def censeaken(entry: Entry) -> None:
    table = entry.table()
    numeric = table.select_dtypes("number").columns
    flag = table.select_dtypes("bool").columns[0]
    time, value = ("dectime", "TCr") if "dectime" in table else (numeric[0], numeric[1])
    season = next(name for name in table if name.lower() in ("season", "month"))
    found = seasonal_kendall(table[value], table[season], table[time], censored=table[flag], continuity=False)
    assert found.score == entry.result["S_SK"]
    assert found.tau_a == pytest.approx(
        entry.result["tau_SK"], abs=6e-4 if entry.result["tau_SK"] != round(entry.result["tau_SK"], 2) else 6e-3
    )
    if "LOG" not in entry.call:  # there R's p changes with a transformation that keeps every rank
        assert found.p == pytest.approx(entry.result["pval"], abs=0.012)


not_offered(
    "NADA2",
    "centrend",
    "centrendsea",
    why="a smooth of flow is fitted to values at their limits; use a censored regression with flow in it",
)
