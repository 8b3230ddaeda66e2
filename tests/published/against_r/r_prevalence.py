"""Proportions, corrected prevalence and two lists against epiR, prevalence, BlakerCI and base R."""

from __future__ import annotations

import numpy as np
import pytest
from r_entries import Entry, better, not_offered, same

from labkit.models.prevalence import chapman, estimate_proportion, rogan_gladen

NAMES = {"wilson": "wilson", "c-p": "clopper_pearson", "blaker": "blaker", "sterne": "sterne"}
NOT_YET = "not yet: log-linear models of several lists"


@better(
    "epiR", "epi.prev", how="prevalence.rogan_gladen: Wilson's interval is Wilson's also at 1 and n - 1; Blaker's not on a grid"
)
def epi_prev(entry: Entry) -> None:
    given = entry.arguments
    method = NAMES[entry.id.split("/")[1]]
    x, n, se, sp = int(given["pos"]), int(given["n"]), float(given["se"]), float(given["sp"])
    apparent = estimate_proportion(x, n, method=method)
    corrected = rogan_gladen(x, n, se, sp, method=method)
    point, low, high = entry.result["ap"]
    assert apparent.value == pytest.approx(point, abs=1e-9)
    assert corrected.value == pytest.approx(entry.result["tp"][0] if (x / n + sp - 1) != 0 else 0, abs=1e-9)
    if method == "wilson" and x in (1, n - 1):
        theirs = low if x == 1 else 1 - high
        assert theirs == pytest.approx(-np.log(0.95) / n, rel=1e-6)  # R: another limit there, by a rule for rare events
        return
    tolerance = 1.1e-4 if method == "blaker" else 1e-5 if method == "sterne" else 1e-8  # R searches Blaker's on a grid of 1e-4
    assert apparent.interval.low == pytest.approx(low, abs=tolerance)
    assert apparent.interval.high == pytest.approx(high, abs=tolerance)
    assert corrected.interval.low == pytest.approx(entry.result["tp"][1], abs=2 * tolerance)
    assert corrected.interval.high == pytest.approx(entry.result["tp"][2], abs=2 * tolerance)


@same("prevalence", "propCI", how="prevalence.estimate_proportion; Wald and Agresti-Coull are not offered: they fall short")
def prop_ci(entry: Entry) -> None:
    x, n = int(entry.arguments["x"]), int(entry.arguments["n"])
    rows = {name: (low, high) for name, low, high in zip(*(entry.result[k] for k in ("method", "lower", "upper")), strict=True)}
    exact = estimate_proportion(x, n, method="clopper_pearson").interval
    assert tuple(exact) == pytest.approx(rows["exact"], abs=1e-8)
    if x not in (0, n):  # there R's are one-sided
        for name in ("jeffreys", "wilson"):
            assert tuple(estimate_proportion(x, n, method=name).interval) == pytest.approx(rows[name], abs=1e-8)


@same("stats", "binom.test", how="prevalence.estimate_proportion(method='clopper_pearson' or 'wilson')")
def binom_test(entry: Entry) -> None:
    x, n = int(entry.arguments["x"]), int(entry.arguments["n"])
    for name, method in (("cp", "clopper_pearson"), ("wilson", "wilson")):
        assert tuple(estimate_proportion(x, n, method=method).interval) == pytest.approx(entry.result[name], abs=1e-8)


@same("BlakerCI", "binom.blaker.limits", how="prevalence.estimate_proportion(method='blaker')")
def blaker(entry: Entry) -> None:
    x, n = int(entry.arguments["x"]), int(entry.arguments["n"])
    assert tuple(estimate_proportion(x, n, method="blaker").interval) == pytest.approx(entry.result, abs=2e-6)


@same("base", "(n1+1)(n2+1)/(m+1)-1; Seber va", how="prevalence.chapman")
def chapman_formula(entry: Entry) -> None:
    given = entry.arguments
    found = chapman(int(given["n1"]), int(given["n2"]), int(given["m"]))
    assert (found.value, found.se) == pytest.approx((entry.result["N"], entry.result["se"]), rel=1e-8)
    if entry.result["logn"] is not None and None not in entry.result["logn"]:
        assert tuple(found.interval) == pytest.approx(entry.result["logn"], rel=1e-8)


not_offered("prevalence", "truePrev", why="by sampling; bayesian_prevalence integrates the same model, not yet compared")
not_offered("epiR", "epi.tests", why="not yet: the table of a diagnostic test")
not_offered(
    "Rcapture", "closedp.bc", "closedpCI.0", "closedpCI.t", "closedp.0", "closedp.t", "closedpMS.t", "openp", "descriptive",
    why=NOT_YET,
)  # fmt: skip
