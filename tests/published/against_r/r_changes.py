"""Change points against R's changepoint: every place, with R's penalty on R's scale."""

from __future__ import annotations

import re

import numpy as np
import pytest
from r_entries import Entry, NotCompared, better, not_offered

from labkit.models.changes import find_breakpoints, find_changes, noise_spread, one_change
from labkit.models.changes.cost import SegmentCost

PENALTIES = {"MBIC": "mbic", "BIC": "bic", "AIC": "aic", "Hannan-Quinn": "hannan_quinn"}


def listed(entry: Entry) -> list[int]:
    theirs = entry.result["cpts"]
    return [theirs] if isinstance(theirs, int) else list(theirs)


def compare(entry: Entry, change: str) -> None:
    y = entry.table()["y"].to_numpy(float)
    method = re.search(r'method="(\w+)"', entry.call)
    if method is None or method[1] not in ("PELT", "AMOC", "SegNeigh") or "CROPS" in entry.call:
        raise NotCompared("binary segmentation is not the optimum; for a range of penalties the search is run for each")
    y = y[~np.isnan(y)]
    if y.size > 2000 and (change != "mean" or "MBIC" in entry.call or method[1] != "PELT"):
        raise NotCompared("thousands of places take half a minute in Python")
    change = "rate" if "Poisson" in entry.call else change
    asked = re.search(r"\bQ=(\d+)", entry.call)
    most = {"AMOC": 1, "SegNeigh": int(asked[1]) - 1 if asked else 4}.get(method[1])
    spread = None
    if change == "mean":
        spread = 1.0
        if "mad(diff(y))" in entry.call:
            spread = noise_spread(y)
            assert spread == pytest.approx(entry.result.get("sigma", spread), rel=1e-8)
    name = re.search(r'penalty="([\w-]+)"', entry.call)[1]
    theirs = entry.result.get("pen")
    penalty = theirs if method[1] == "AMOC" else PENALTIES.get(name, theirs)  # AMOC counts fewer parameters than PELT
    found = find_changes(y, change=change, penalty=penalty, spread=spread, most=most)
    if theirs is not None:
        assert found.penalty == pytest.approx(theirs, rel=1e-8)
    variances = np.ravel(entry.result.get("params", {}).get("variance", [0.0])).astype(object)
    if method[1] == "AMOC" and any(one is None for one in variances):
        return  # R makes a last segment of one value, which has no variance
    if list(found.places) != listed(entry):  # R pruned the optimum away: ours has to cost less
        cost = SegmentCost(change, penalty == "mbic").fit(y / (spread or 1.0))
        ours, its = ([*places, y.size] for places in (found.places, listed(entry)))
        assert cost.sum_of_costs(ours) + found.penalty * len(ours) < cost.sum_of_costs(its) + found.penalty * len(its)


@better("changepoint", "cpt.mean", how="changes.find_changes: divided by the spread of the noise, where R presumes variance 1")
def cpt_mean(entry: Entry) -> None:
    compare(entry, "mean")


@better("changepoint", "cpt.var", how="changes.find_changes(change='variance'), by the exact search only")
def cpt_var(entry: Entry) -> None:
    compare(entry, "variance")


@better("changepoint", "cpt.meanvar", how="changes.find_changes(change='mean and variance'), by the exact search only")
def cpt_meanvar(entry: Entry) -> None:
    compare(entry, "mean and variance")


@better(
    "strucchange",
    "breakpoints",
    how="changes.find_breakpoints; the date by changes.change_date_set, which may hold “no change”",
)
def compare_breakpoints(entry: Entry) -> None:
    table = entry.table()
    formula = re.search(r"breakpoints\((.*?), h", entry.call)[1].replace(" ", "")
    y = table["y"].to_numpy(float)
    terms = [term for term in formula.partition("~")[2].split("+") if term != "1"]
    if any(term not in table for term in terms):
        raise NotCompared(f"the formula {formula}")
    covariates = {term: table[term].to_numpy(float) for term in terms}
    h = float(re.search(r"h=([\d.]+)", entry.call)[1])
    found = find_breakpoints(y, covariates, shortest=h)
    theirs = entry.result
    if theirs.get("n") not in (None, y.size):
        raise NotCompared("another part of the series")
    table_of_sums = theirs["RSS_BIC"]
    rows = dict(zip(table_of_sums["rows"], table_of_sums["values"], strict=True))
    assert found.residual_sums == pytest.approx(rows["RSS"], rel=1e-8)
    assert found.bic == pytest.approx(rows["BIC"], rel=1e-8)
    chosen = theirs["breakpoints"]
    listed_breaks = [] if chosen is None else [chosen] if isinstance(chosen, int) else [one for one in chosen if one]
    assert list(found.places) == listed_breaks


@better("trend", "pettitt.test", "snh.test", "br.test", "bu.test", how="changes.one_change, which refuses a constant series")
def compare_one_change(entry: Entry) -> None:
    y = entry.table()["y"].dropna().to_numpy(float)
    kind = {"pettitt.test": "pettitt", "snh.test": "snht", "br.test": "buishand_range", "bu.test": "buishand_u"}
    found = one_change(y, method=kind[entry.function[1]])
    theirs = entry.result
    assert found.statistic == pytest.approx(next(iter(theirs["statistic"].values())), rel=1e-8)
    place = next(iter(theirs["estimate"].values()))
    assert found.place in (place if isinstance(place, list) else [place])
    if found.method == "Pettitt":
        assert found.p == pytest.approx(min(theirs["p"], 1.0), rel=1e-8)
    else:  # R divides the data by one standard deviation (n - 1) and its draws by the other (n): p is off for short series
        known = drawn_as_r(kind[entry.function[1]], y.size)
        his = float((known >= found.statistic * (1 - 1e-9)).mean())
        assert abs(his - theirs["p"]) < 4 * np.sqrt(2 * max(his * (1 - his), 1e-3) / 20_000)


def drawn_as_r(method: str, n: int) -> np.ndarray:
    rows = np.random.default_rng(1).standard_normal((20_000, n))
    sums = np.cumsum(rows - rows.mean(axis=1, keepdims=True), axis=1)[:, :-1] / rows.std(axis=1)[:, None]
    k = np.arange(1, n)
    if method == "snht":
        return (sums**2 * n / (k * (n - k))).max(axis=1)
    if method == "buishand_range":
        return (np.maximum(sums.max(axis=1), 0) - np.minimum(sums.min(axis=1), 0)) / np.sqrt(n)
    return (sums**2).sum(axis=1) / (n * (n + 1))


not_offered("trend", "lanzante.test", why="its p takes the place that the same data chose as given: far too small")
not_offered("strucchange", "Fstats", "efp", why="asymptotic; changes.change_date_set tests “no change” exactly, and says when")
not_offered("tsoutliers", "tso", why="outliers of named shapes are not among the questions asked here")
not_offered(
    "bfast", "bfast", "bfast01", why="decompose.stl with changes.find_breakpoints on its trend answers the same, step by step"
)
