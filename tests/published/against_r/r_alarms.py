"""Detectors against surveillance: every alarm, and every limit where the weekly tables are provided."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from r_entries import FOLDER, Entry, NotCompared, better, not_offered, same
from scipy import stats

from labkit.models.alarms import bayes, cusum, ears, farrington, glr, reference_value, run_length_poisson, seasonal_expectation


def span(entry: Entry) -> tuple[np.ndarray, int, int]:
    y = entry.table()["observed"].to_numpy(float)
    found = re.search(r"range=(\d+):(\d+)", entry.call)
    if not found:
        raise NotCompared("the range of weeks is not named")
    return y, int(found[1]), int(found[2])


def weekly(entry: Entry) -> pd.DataFrame | None:
    name = (entry.result.get("file") or "").split("/")[-1]
    path = FOLDER / "series" / name
    return pd.read_csv(path).set_index("i") if name and path.exists() else None


def alarms_in(found, first: int, last: int) -> list[int]:
    return [int(i) + 1 for i in np.flatnonzero(found.alarm) if first <= i + 1 <= last]


def listed(entry: Entry) -> list[int]:
    theirs = entry.result.get("alarm_i", [])
    return [theirs] if isinstance(theirs, int) else list(theirs)


def c3_of_r(y: np.ndarray, baseline: int, alpha: float) -> np.ndarray:
    """R's limit of C3: it adds the excess of the two places before and leaves out the place that is tested.

    So a count as high as can be calls no alarm, and the day after does, whatever its own count; labkit adds all three.
    """
    z = stats.norm.ppf(1 - alpha)
    two = ears(y, method="C2", baseline=baseline, alpha=alpha, smallest_sd=0.0)
    spread = (two.upper - two.expected) / z
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.nan_to_num(np.maximum(0, (y - two.expected) / spread - 1), posinf=np.inf)
        past = np.r_[0, 0, excess[1:-1] + excess[:-2]]
        return np.nan_to_num(np.maximum(0, y + spread * (z - past)), nan=np.inf)


@better(
    "surveillance",
    "earsC",
    how="alarms.ears: C3 counts the place it tests, which R leaves out; a lower bound of the spread",
)
def compare_ears(entry: Entry) -> None:
    y, first, last = span(entry)
    method = re.search(r'method="(C\d)"', entry.call)[1]
    baseline, alpha = int(re.search(r"baseline=(\d+)", entry.call)[1]), float(re.search(r"alpha=([\d.]+)", entry.call)[1])
    found = ears(y, method=method, baseline=baseline, alpha=alpha, smallest_sd=0.0)
    if method == "C3":
        limits = c3_of_r(y, baseline, alpha)
        assert [t + 1 for t in range(first - 1, last) if y[t] > limits[t]] == listed(entry)
        return
    assert alarms_in(found, first, last) == listed(entry)
    table = weekly(entry)
    column = entry.id.split("earsC_")[1] + "_upper"
    if table is not None and column in table:
        theirs = table[column]
        for week, limit in theirs.items():
            if np.isfinite(limit) and np.isfinite(found.upper[week - 1]):
                assert found.upper[week - 1] == pytest.approx(limit, rel=1e-8, abs=1e-8)


@better("surveillance", "cusum", how="alarms.cusum: real limits; R's 'none' standardises all the same and is not offered")
def compare_cusum(entry: Entry) -> None:
    y, first, last = span(entry)
    transform = re.search(r'trans="(\w+)"', entry.call)[1]
    k, h = (float(re.search(rf"{name}=([\d.]+)", entry.call)[1]) for name in ("k", "h"))
    mean = float(entry.result["m"])
    assert mean == pytest.approx(y[: first - 1].mean(), rel=1e-9)
    found = cusum(
        y, mean=y[: first - 1].mean(), k=k, h=h, transform={"none": "standard"}.get(transform, transform), start=first - 1
    )
    assert alarms_in(found, first, last) == listed(entry)


LIMITS = {"delta": "two_thirds", "nbPlugin": "negative_binomial", "muan": "negative_binomial_upper_mean"}


def option(entry: Entry, name: str, default: float) -> float:
    found = re.search(rf"\b{name}=([\d.]+|TRUE|FALSE)", entry.call)
    if not found:
        return default
    return {"TRUE": 1.0, "FALSE": 0.0}.get(found[1], None) if found[1].isalpha() else float(found[1])


def farrington_of_r(entry: Entry, defaults: dict[str, float], **changed):
    """The call with labkit's names for R's options."""
    y, first, last = span(entry)
    dates = entry.table()["date"]
    half_window = int(option(entry, "w", 3))
    method = re.search(r'thresholdMethod="(\w+)"', entry.call)
    power = re.search(r"powertrans=[\"']([^\"']+)", entry.call)
    limit = LIMITS[method[1] if method else "delta"]
    if limit == "two_thirds" and power:
        limit = {"2/3": "two_thirds", "1/2": "square_root", "none": "none"}[power[1]]
    settings = {
        "years": int(option(entry, "b", 5)),
        "half_window": half_window,
        "periods": int(option(entry, "noPeriods", 1)),
        "skip": int(option(entry, "pastWeeksNotIncluded", half_window)),
        "alpha": option(entry, "alpha", 0.05),
        "trend_alpha": option(entry, "pThresholdTrend", 0.05) if option(entry, "trend", 1) else 0.0,
        "reweight": option(entry, "weightsThreshold", defaults["threshold"]) if option(entry, "reweight", 1) else None,
        "limit": limit,
    }
    settings |= changed
    if "halve" in settings:
        settings["alpha"] /= 2
        del settings["halve"]
    found = farrington(y, dates=None if dates.isna().all() else dates.to_numpy(str), last=y.size - first + 1, **settings)
    return found, first, last


def table_or_alarms(entry: Entry, found, first: int, last: int) -> pd.DataFrame | None:
    """Compare the alarms; return the weekly table where there is one."""
    assert alarms_in(found, first, last) == listed(entry)
    path = FOLDER / "series" / f"{entry.id.split('/')[0]}_farrington.csv"
    return pd.read_csv(path).set_index("i").loc[first:last] if path.exists() else None


@better(
    "surveillance",
    "farringtonFlexible",
    how="alarms.farrington: R takes the wrong weights for the error of the mean, and scores against the logarithm of the mean",
)
def compare_farrington_flexible(entry: Entry) -> None:
    found, first, last = farrington_of_r(entry, {"threshold": 2.58}, as_r=True)
    table = table_or_alarms(entry, found, first, last)
    right, _, _ = farrington_of_r(entry, {"threshold": 2.58})
    if option(entry, "reweight", 1) == 0:  # without reweighting nothing is wrong but a dispersion below 1
        kept = np.isfinite(right.upper) & (right.dispersion > 1)
        assert right.upper[kept] == pytest.approx(found.upper[kept], rel=1e-10)
    assert np.array_equal(np.isfinite(right.upper), np.isfinite(found.upper))
    if table is None:
        theirs = entry.result["sum_upper"]
        assert np.nansum(found.upper[first - 1 : last]) == pytest.approx(theirs, rel=1e-6)
        return
    name = entry.id.split("/")[1]
    rows = slice(first - 1, last)
    told = np.isfinite(found.upper[rows])
    assert np.array_equal(np.isfinite(table[f"{name}_upper"]), told)
    mean = np.log(found.expected) if "negative_binomial" in found.method else found.expected  # the slip of R's score
    score = (found.counts - mean) / (found.upper - mean)
    for column, values in (
        ("upper", found.upper),
        ("expected", found.expected),
        ("phi", found.dispersion),
        ("trend", found.slope),
        ("pvalue", found.p),
        ("score", score),
    ):
        theirs = table[f"{name}_{column}"].to_numpy(float)
        assert values[rows][told] == pytest.approx(theirs[told], rel=1e-6, abs=1e-8, nan_ok=True), column


@same("surveillance", "farrington", how="alarms.farrington with the settings of the original, named in its docstring")
def compare_farrington_original(entry: Entry) -> None:
    found, first, last = farrington_of_r(entry, {"threshold": 1.0}, halve=True)
    table = table_or_alarms(entry, found, first, last)
    assert np.nansum(found.upper[first - 1 : last]) == pytest.approx(entry.result["sum_upper"], rel=1e-6)
    if table is not None:
        assert np.nan_to_num(found.upper[first - 1 : last]) == pytest.approx(table["farr_upper"].to_numpy(float), rel=1e-6)


def other(entry: Entry, column: str) -> pd.Series | None:
    path = FOLDER / "series" / f"{entry.id.split('/')[0]}_other.csv"
    table = pd.read_csv(path) if path.exists() else None
    return table[column] if table is not None and column in table else None


@same("surveillance", "glrnb", "glrpois", how="alarms.glr with alarms.seasonal_expectation")
def compare_glr(entry: Entry) -> None:
    y = entry.table()["observed"].to_numpy(float)
    found = re.search(r"range=(\d+):(\d+)", entry.call)
    stem = {"glrnb_intercept_poisson": "glrnb_poisson", "glrnb_intercept_estalpha": "glrnb_estalpha"}
    name = stem.get(entry.id.split("/")[1], entry.id.split("/")[1])
    theirs = other(entry, f"{name}_stat")
    if theirs is None:
        raise NotCompared("no weekly table is provided")
    weeks = other(entry, "i").to_numpy(int)
    first, last = (int(found[1]), int(found[2])) if found else (weeks[0], weeks[-1])
    harmonics = int(option(entry, "S", 1))
    control = seasonal_expectation(
        y,
        first - 1,
        period=float(entry.table()["freq"].iloc[0]),
        harmonics=harmonics,
        overdispersed="alpha=NULL" in entry.call,
    )
    if "mu0_head" in entry.result:
        assert control.expected[first - 1 : first + 5] == pytest.approx(entry.result["mu0_head"], rel=2e-4)
    alpha = control.overdispersion
    if entry.result.get("alpha"):
        assert alpha == pytest.approx(entry.result["alpha"], rel=1e-3, abs=2e-4)
    shift = re.search(r"theta=log\(([\d.]+)\)", entry.call)
    chart = glr(
        y[first - 1 : last],
        control.expected[first - 1 : last],
        threshold=option(entry, "ARL", 5),
        overdispersion=alpha,
        shift=np.log(float(shift[1])) if shift else None,
    )
    assert [int(i) + first for i in np.flatnonzero(chart.alarm)] == listed(entry)
    assert chart.statistic == pytest.approx(theirs.to_numpy(float)[: chart.n], rel=2e-3, abs=2e-3)


@same("surveillance", "bayes", how="alarms.bayes (without earlier years)")
def compare_bayes(entry: Entry) -> None:
    if option(entry, "b", 0) != 0:
        raise NotCompared("earlier years are Farrington's task")
    y = entry.table()["observed"].to_numpy(float)
    theirs = other(entry, "bayes1_upper")
    weeks = other(entry, "i").to_numpy(int)
    found = bayes(y, window=int(option(entry, "w", 6)), alpha=option(entry, "alpha", 0.05))
    assert found.upper[weeks - 1] == pytest.approx(theirs.to_numpy(float), abs=1e-9)
    assert alarms_in(found, weeks[0], weeks[-1]) == listed(entry)


@same("surveillance", "findK", "findH", how="alarms.reference_value, alarms.run_length_poisson")
def compare_reference_value(entry: Entry) -> None:
    first, second = option(entry, "theta0", 0), option(entry, "theta1", 0)
    assert reference_value(first, second) == pytest.approx(entry.result["k"], rel=1e-9)
    limit = entry.result["H"]
    assert run_length_poisson(limit["theta0"], limit["k"], limit["h"]) == pytest.approx(limit["ARL"], rel=1e-6)


not_offered("surveillance", "rki", why="a rule of two standard deviations without a level; alarms.bayes asks the same with one")
not_offered(
    "surveillance", "outbreakP", why="its statistic means something from a flat baseline only; it alarmed in every week here"
)
not_offered("surveillance", "hhh4", why="epidemic spread between areas is not a question of drug monitoring")
