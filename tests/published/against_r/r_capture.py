"""Closed populations of several lists, or of how often each was seen, against Rcapture."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from r_entries import Entry, NotCompared, better, not_offered, same

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.prevalence import (
    average_population,
    closed_population,
    corrected_population,
    count_population,
    describe_lists,
)
from labkit.models.prevalence.histories import MOST_LISTS, read_histories
from labkit.models.prevalence.loglinear import fit_loglinear

COEFFICIENTS = 2e-5  # R stops when the deviance moves by 1e-8, so where it is flat its number is that far off
ERRORS = 1e-4  # and its covariance is that of the step before the last
KINDS = {"Chao": "chao", "LB": "chao", "Poisson": "poisson", "Darroch": "darroch", "Gamma": "gamma"}


def data_of(entry: Entry) -> tuple[np.ndarray, np.ndarray | None]:
    """Rows of lists and their counts."""
    given = entry.arguments
    if given:
        return np.array([[1, 1], [1, 0], [0, 1]]), np.array([given["n11"], given["n10"], given["n01"]])
    table = entry.table()
    if "dfreq=TRUE" in entry.call.replace(" ", ""):
        return table.iloc[:, :-1].to_numpy(float), table.iloc[:, -1].to_numpy(float)
    return table.to_numpy(float), None


def lists_of(entry: Entry) -> tuple[np.ndarray, np.ndarray | None]:
    rows, counts = data_of(entry)
    if rows.shape[1] > MOST_LISTS:
        raise NotCompared(f"more than {MOST_LISTS} lists")
    return rows, counts


def frequencies_of(entry: Entry) -> tuple[np.ndarray, float]:
    """Persons seen 1, 2, … times, and how often they could have been."""
    rows, counts = data_of(entry)
    counts = np.ones(len(rows)) if counts is None else counts
    times = rows[:, 0] if "nbcap" in entry.call else rows.sum(axis=1)
    said = re.search(r"[(, ]t\s*=\s*(Inf|\d+)", entry.call)
    occasions = math.inf if said and said[1] == "Inf" else float(said[1]) if said else rows.shape[1]
    if re.search(r"\bt0\s*=", entry.call):
        raise NotCompared("only the first frequencies: not offered")
    return np.bincount(times.astype(int), weights=counts, minlength=3)[1:], occasions


def kind_of(name: str) -> tuple[str, str | None, float | None]:
    """Model, heterogeneity and its parameter from a name as "Mth Gamma3.5" or "Mh Chao (LB)"."""
    parts = name.replace("*", "").split()
    if len(parts) == 1:
        return parts[0], None, None
    word, number = re.fullmatch(r"([A-Za-z]+)([\d.]*)", parts[1]).groups()
    if word not in KINDS:
        raise NotCompared(f"heterogeneity {word} is not offered")
    return parts[0], KINDS[word], float(number) if number else None


def rows_of(table: dict) -> list[tuple[str, dict]]:
    names = [table["rows"]] if isinstance(table["rows"], str) else table["rows"]
    return [(name, dict(zip(table["cols"], row, strict=True))) for name, row in zip(names, table["values"], strict=True)]


def same_fit(found: object, row: dict) -> None:
    assert found.value == pytest.approx(row["abundance"], rel=COEFFICIENTS)
    if row["infoFit"] in (0, 1):  # otherwise R warns that it stopped on the way
        assert found.deviance == pytest.approx(row["deviance"], rel=1e-6, abs=1e-7)
    if found.df != row["df"]:  # columns of Chao at their boundary: dropped or kept at zero
        assert "chao" in found.model
        return
    assert (found.aic, found.bic) == pytest.approx((row["AIC"], row["BIC"]), rel=1e-5)
    if row["infoFit"] in (0, 1) and found.model != "Mbh":
        assert found.se == pytest.approx(row["stderr"], rel=ERRORS, abs=1e-6)


def error_of_mbh(rows: np.ndarray, counts: np.ndarray | None) -> float:
    """R's standard error, whose last slope lacks the factor in brackets of N = e^b0 (1 + e^b3)^(t-1) (1 + e^(b1+b2) / d)."""
    data = read_histories(rows, counts)
    table, t = data.table, data.lists
    first = table.argmax(axis=1)
    fit = fit_loglinear(np.column_stack([np.ones(len(first)), 1 - table[:, 0], first, data.times - 1]), data.counts)
    a, b, c, odds = np.exp(fit.coefficients)
    d = 1 + odds - c
    whole = a * (1 + odds) ** (t - 1)
    slopes = np.array(
        [1 + b * c / d, b * c / d, b * c / d + b * c**2 / d**2, (t - 1) * odds / (1 + odds) - b * c * odds / d**2]
    )
    slopes *= whole
    return float(np.sqrt(slopes @ fit.covariance @ slopes - slopes[0]))


def may_refuse(row: dict, seen: float) -> bool:
    """R itself warns, or its number is none."""
    return row["infoFit"] != 0 or row["stderr"] is None or row["abundance"] is None or row["abundance"] < seen


@better(
    "Rcapture", "closedp.t",
    how="prevalence.closed_population(model=, heterogeneity=); the error of Mbh follows from its formula, R's lacks a factor",
)  # fmt: skip
def closedp_t(entry: Entry) -> None:
    rows, counts = lists_of(entry)
    for name, row in rows_of(entry.result["results"]):
        model, kind, theta = kind_of(name)
        try:
            found = closed_population(rows, counts, model=model, heterogeneity=kind, theta=theta)
        except NotEstimable:
            assert may_refuse(row, entry.result["n"]), name
            continue
        same_fit(found, row)
        if model == "Mbh" and row["infoFit"] == 0 and row["stderr"] is not None:
            assert error_of_mbh(rows, counts) == pytest.approx(row["stderr"], rel=1e-3)


@same("Rcapture", "closedp.0", how="prevalence.count_population(frequencies, occasions=, heterogeneity=)")
def closedp_0(entry: Entry) -> None:
    times, occasions = frequencies_of(entry)
    for name, row in rows_of(entry.result["results"]):
        _, kind, theta = kind_of(name)
        try:
            found = count_population(times, occasions=occasions, heterogeneity=kind, theta=theta)
        except NotEstimable:
            assert may_refuse(row, entry.result["n"]), name
            continue
        same_fit(found, row)


def same_interval(found: object, given: dict) -> None:
    """Above 100 persons R takes Stirling's formula without its next term: a thousandth at 100, nothing at 10,000."""
    row = dict(zip(given["cols"], given["values"][0], strict=True)) if "cols" in given else given
    names = {"most_likely": "abundance", "low": "infCL", "high": "supCL"}
    for mine, theirs in names.items():
        value = row[theirs]
        ours = found.most_likely if mine == "most_likely" else getattr(found.interval, mine)
        if isinstance(value, str):
            assert ours > float(value.lstrip(">"))
            continue
        tolerance = 1e-5 if value > 1000 else 1e-3 if value > 100 else 1e-4
        assert ours == pytest.approx(value, rel=tolerance), mine


def model_of(entry: Entry) -> tuple[str, str | None, float | None, list[str]]:
    """The model asked for in a call of closedpCI."""
    call = entry.call.replace(" ", "")
    h = re.search(r'h="(\w+)"', call)
    if h and h[1] not in KINDS:
        raise NotCompared(f"heterogeneity {h[1]} is not offered")
    theta = re.search(r"theta=([\d.]+)", call)
    model = re.search(r'\bm="(\w+)"', call)
    formula = re.search(r"mX=~([^,)]*)", call)
    if formula:
        if not re.fullmatch(r"[.+:c\d]*", formula[1]):
            raise NotCompared("a formula that is not offered")
        terms = [part.replace("c", "").replace(":", "") for part in formula[1].split("+") if ":" in part]
        return "Mth" if h else "Mt", KINDS[h[1]] if h else None, float(theta[1]) if theta else None, terms
    name = model[1] if model else "M0"
    kind = (KINDS[h[1]] if h else "chao") if name in ("Mh", "Mth") else None
    return name, kind, float(theta[1]) if theta else None, []


@same("Rcapture", "closedpCI.t", how="prevalence.closed_population: its interval is this profile")
def closedp_ci_t(entry: Entry) -> None:
    model, kind, theta, terms = model_of(entry)
    rows, counts = lists_of(entry)
    found = closed_population(rows, counts, model=model, heterogeneity=kind, theta=theta, terms=terms)
    same_fit(found, rows_of(entry.result["results"])[0][1])
    same_interval(found, entry.result["CI"])


@same("Rcapture", "closedpCI.0", how="prevalence.count_population: its interval is this profile")
def closedp_ci_0(entry: Entry) -> None:
    _, kind, theta, _ = model_of(entry)
    times, occasions = frequencies_of(entry)
    found = count_population(times, occasions=occasions, heterogeneity=kind, theta=theta)
    same_fit(found, rows_of(entry.result["results"])[0][1])
    if found.most_likely == found.seen:  # R stops its search a little above the edge, and looks from there
        assert found.interval.low == entry.result["CI"]["values"][0][1] == found.seen
        assert found.interval.high == pytest.approx(entry.result["CI"]["values"][0][2], rel=1e-2)
        return
    same_interval(found, entry.result["CI"])


@same("Rcapture", "closedp.bc", how="prevalence.corrected_population")
def closedp_bc(entry: Entry) -> None:
    model, kind, _, _ = model_of(entry)
    if "nbcap" in entry.call:
        raise NotCompared("from frequencies alone: not offered")
    rows, counts = lists_of(entry)
    table = entry.result.get("results") or entry.result["bc"]
    if entry.arguments:
        model = "Mt"
        plain = closed_population(rows, counts, model="Mt")
        same_fit(plain, rows_of(entry.result["ml"])[0][1])
        same_interval(plain, entry.result["CI"])
    row = rows_of(table)[0][1]
    try:
        found = corrected_population(rows, counts, model=model, heterogeneity=kind)
    except (NotEstimable, BadInput):
        assert may_refuse(row, 0) or row["abundance"] < 0 or kind == "gamma"
        return
    tolerance = 1e-4 / rows.shape[1] if model == "Mt" else COEFFICIENTS  # R's root is within 1e-4
    assert found.value == pytest.approx(row["abundance"], rel=tolerance)
    assert found.se == pytest.approx(row["stderr"], rel=ERRORS)


@better(
    "Rcapture", "closedpMS.t",
    how="prevalence.average_population: the same models, averaged; those whose term nobody supports are left out by name",
)  # fmt: skip
def closedp_ms(entry: Entry) -> None:
    rows, counts = lists_of(entry)
    model = model_of(entry)
    kind = model[1] or (KINDS[word[1]] if (word := re.search(r'h\s*=\s*"(\w+)"', entry.call)) else None)
    order = re.search(r"maxorder\s*=\s*(\d)", entry.call)
    if "forced" in entry.call:
        raise NotCompared("terms forced into every model: not offered")
    found = average_population(rows, counts, heterogeneity=kind, theta=model[2], highest=int(order[1]) if order else None)
    ours, left = {fit.model: fit for fit in found.models}, dict(found.left_out)
    table = rows_of(entry.result["results"])
    assert {name for name, _ in table} == set(ours) | set(left)
    compared = 0
    for name, row in table:
        if name in ours and row["infoFit"] == 0:
            same_fit(ours[name], row)
            compared += 1
        elif name in left and row["infoFit"] == 0:
            assert "nobody is on" in left[name] or "empty" in left[name]
    assert compared >= len(table) / 2
    assert sum(found.weights) == pytest.approx(1)


@same("Rcapture", "descriptive", how="prevalence.describe_lists")
def descriptive(entry: Entry) -> None:
    table = np.array(entry.result["base.freq"]["values"], dtype=float)
    if "nbcap" in entry.call:
        raise NotCompared("counts of counts need no description")
    found = describe_lists(*lists_of(entry))
    ours = np.column_stack([found.times, found.first, found.last, found.sizes])
    assert ours == pytest.approx(table)
    assert found.seen == entry.result["n"]


not_offered("Rcapture", "openp", why="people who come and go between occasions: only closed populations are asked for here")
