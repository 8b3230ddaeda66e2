"""Proportions, corrected prevalence and diagnostic tables against epiR, prevalence, BlakerCI and base R."""

from __future__ import annotations

import re

import numpy as np
import pytest
from r_entries import Entry, NotCompared, better, same

from labkit.models.inputs import NotEstimable
from labkit.models.prevalence import (
    Between,
    bayesian_prevalence,
    chapman,
    diagnostic_table,
    estimate_proportion,
    rogan_gladen,
)

NAMES = {"wilson": "wilson", "c-p": "clopper_pearson", "blaker": "blaker", "sterne": "sterne"}


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


def prior_of(given: object) -> float | tuple[float, float] | Between:
    """What is written after SE= or SP=: a share, dunif, dbeta or dpert."""
    if isinstance(given, int | float):
        return float(given)
    kind, inside = re.fullmatch(r"~?\s*d(unif|beta|pert)\((.*)\)", str(given).strip()).groups()
    numbers = [float(part.split("=")[-1]) for part in inside.split(",")]
    if kind == "unif":
        return Between(*numbers[:2])
    if kind == "beta":
        return numbers[0], numbers[1]
    low, middle, high = numbers[:3]
    return Between(low, high, 1 + 4 * (middle - low) / (high - low), 1 + 4 * (high - middle) / (high - low))


@same("prevalence", "truePrev", how="prevalence.bayesian_prevalence, by integration: no error of drawing, no seed")
def true_prevalence(entry: Entry) -> None:
    given, theirs = entry.arguments, entry.result
    prior = re.search(r"prior\s*=\s*c\(([^)]*)\)", entry.call)
    shape = tuple(float(v) for v in prior[1].split(",")) if prior else (1.0, 1.0)
    try:
        tests = prior_of(given["SE"]), prior_of(given["SP"])
    except AttributeError:
        raise NotCompared("a prior that is not offered") from None
    found = bayesian_prevalence(int(given["x"]), int(given["n"]), *tests, prior=shape)
    middle = bayesian_prevalence(int(given["x"]), int(given["n"]), *tests, prior=shape, level=1e-9)
    # 150,000 draws of a chain: worth a tenth of independent ones
    error = theirs["sd"] / np.sqrt(theirs["n_draws"] / 10)
    assert found.value == pytest.approx(theirs["mean"], abs=4 * error)
    assert middle.interval.low == pytest.approx(theirs["median"], abs=5 * error)
    assert tuple(found.interval) == pytest.approx((theirs["q025"], theirs["q975"]), abs=10 * error)


SHARES = {
    "ap": "apparent", "tp": "prevalence", "se": "sensitivity", "sp": "specificity", "diag.ac": "accuracy",
    "pv.pos": "positive_value", "pv.neg": "negative_value",
}  # fmt: skip
RATIOS = {
    "diag.or": "odds_ratio", "nndx": "number_needed_to_diagnose", "youden": "youden",
    "lr.pos": "likelihood_ratio_positive", "lr.neg": "likelihood_ratio_negative",
}  # fmt: skip
TURNED = {
    "p.rout": "apparent",
    "p.tpdn": "specificity",
    "p.tndp": "sensitivity",
    "p.dntp": "positive_value",
    "p.dptn": "negative_value",
}


@same("epiR", "epi.tests", how="prevalence.diagnostic_table; a ratio over an empty cell says why it is none")
def epi_tests(entry: Entry) -> None:
    given = entry.arguments
    level = float((re.search(r"conf.level\s*=\s*([\d.]+)", entry.call) or ["", "0.95"])[1])
    found = diagnostic_table(*(int(given[k]) for k in ("tp", "fp", "fn", "tn")), level=level)
    rows = zip(*(entry.result[k] for k in ("stat", "est", "lower", "upper")), strict=True)
    for name, value, low, high in rows:
        if name in RATIOS:
            try:
                ours = getattr(found, RATIOS[name])
            except NotEstimable:
                assert None in (value, low, high)
                continue
        else:
            ours = getattr(found, {**SHARES, **TURNED, "p.rin": "apparent"}[name])
        three = (ours.value, *ours.interval)
        if name in TURNED:
            three = (1 - three[0], 1 - three[2], 1 - three[1])
        for mine, theirs in zip(three, (value, low, high), strict=True):
            assert theirs is None or mine == pytest.approx(theirs, rel=1e-8, abs=1e-9), name
