"""Structural models, exponential smoothing and autocorrelation against R: labkit's filter, or statsmodels where it is right."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pandas as pd
from r_entries import FOLDER, Entry, NotCompared, not_offered, same

from labkit.models.structural import fit_structural
from labkit.models.structural.components import smooth_points
from labkit.models.structural.design import Design, make_design
from labkit.models.structural.likelihood import Observed, Sites, approximate_loglik
from labkit.models.structural.variances import Point, likeliest

NAMES = {"epsilon": "noise", "level": "level", "slope": "slope"}


def series(entry: Entry) -> tuple[np.ndarray, int]:
    """Values and steps a year (1 where the table has no time)."""
    table = pd.read_csv(
        FOLDER / entry.content["input"], skip_blank_lines=False
    )  # a blank line of one column is a missing value
    y = table["y"].to_numpy(float)
    if "t" not in table:
        return y, 1
    return y, max(1, round(1 / float(np.median(np.diff(table["t"])))))


def as_r_starts(y: np.ndarray, kind: str, frequency: int) -> tuple[Design, Observed]:
    """R's start: the first value, and a matrix *full* of var/100 × 1e6, of rank one, so that its slope and seasons are not
    diffuse; and one step of movement before the first row."""
    seasons = [(frequency, "dummy")] if kind == "BSM" else []
    design = make_design(
        np.arange(y.size, dtype=float),
        "level" if kind == "level" else "linear",
        seasons,
        {},
        changing_seasons=True,
        centre=float(y[0]),
        spread=float(np.std(y, ddof=1)),
    )
    steps = design.steps.copy()
    steps[0] = steps[1]
    shocks = {name: np.concatenate([unit[1:2], unit[1:]]) for name, unit in design.shocks.items()}
    cov = np.full_like(design.cov0, 1e6 * np.var(y, ddof=1) / 100)
    return replace(design, steps=steps, shocks=shocks, cov0=cov), Observed.of(y, y, 1.0)


@same("stats", "StructTS", how="models.structural.fit_structural(variances='likelihood')")
def struct_ts(entry: Entry) -> None:
    y, frequency = series(entry)
    kind = re.search(r'type="(\w+)"', entry.call)[1]
    result = entry.result
    design, seen = as_r_starts(y, kind, frequency)
    theirs = {NAMES.get(name, f"season {frequency:g}"): value for name, value in result["variances"].items()}
    here, _settled = approximate_loglik(design, seen, theirs, Sites.none(y.size))
    assert abs(here - result["loglik"]) < 1e-4 * max(1, abs(result["loglik"]) / 100), (here, result["loglik"])
    smoothed = smooth_points(design, seen, [Point(theirs, 1.0, here)]).components
    states = np.array(result["smooth"]["values"], dtype=float)
    ours = smoothed["trend"][0][0]
    assert np.allclose(ours, states[:, 0], rtol=0, atol=1e-3 * y.std())
    if kind == "BSM":
        assert np.allclose(smoothed[f"season {frequency:g}"][0][0], states[:, 2], rtol=0, atol=1e-3 * y.std())
    best = likeliest(design, seen)
    assert best.loglik > result["loglik"] - 1e-4  # at least as likely as R's optimum
    if best.loglik < result["loglik"] + 1e-3:  # the same optimum; else R stopped early and the variances are to differ
        for name, value in theirs.items():  # the likelihood is flat: its own tolerance of 1e-4 leaves about 1 % of a variance
            assert abs(best.variances[name] - value) < max(1e-3 * sum(theirs.values()), 1e-2 * value), (name, best, theirs)
    if kind == "level":
        found = fit_structural(y, y, scale="identity", variances="likelihood")
        assert abs(found.loglik - best.loglik) < 1e-2  # the broad prior is centred on the median, not on the first value
        for name, value in best.variances.items():
            assert abs(found.variances[name] - value) < 2e-3 * sum(best.variances.values())


def holt_winters_start(y: np.ndarray, f: int, multiplicative: bool) -> tuple[float, float, np.ndarray]:
    """R's start values: a line through, and the seasonal figure of, the decomposition of the first two periods."""
    weights = np.r_[0.5, np.ones(f - 1), 0.5] / f if f % 2 == 0 else np.ones(f) / f
    half = weights.size // 2
    first = y[: 2 * f]
    trend = np.full(2 * f, np.nan)
    trend[half : 2 * f - half] = np.convolve(first, weights, "valid")
    season = first / trend if multiplicative else first - trend
    figure = np.nanmean(season.reshape(2, f), axis=0)
    figure = figure / figure.mean() if multiplicative else figure - figure.mean()
    dat = trend[~np.isnan(trend)]
    slope, start = np.polyfit(np.arange(1, dat.size + 1), dat, 1)
    return float(start), float(slope), figure


def multiplicative_holt_winters(y: np.ndarray, f: int, result: dict, start: float, slope: float, figure: np.ndarray) -> None:
    """A multiplicative season moved by the new level, as R does: statsmodels' ETSModel does so."""
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    model = ETSModel(pd.Series(y), error="add", trend="add", seasonal="mul", seasonal_periods=f)
    alpha, beta, gamma = result["alpha"], result["beta"], result["gamma"]
    params = {
        "smoothing_level": alpha,
        "smoothing_trend": alpha * beta,
        "smoothing_seasonal": gamma * (1 - alpha),
        "initial_level": start,
        "initial_trend": slope,
    }
    params |= {f"initial_seasonal.{k}": value for k, value in enumerate(figure[::-1])}
    smoothed = model.smooth(np.array([params[name] for name in model.param_names]))
    assert np.isclose(np.sum((y - np.asarray(smoothed.fittedvalues)) ** 2), result["SSE"], rtol=1e-3)
    if "pred" in result:
        assert np.allclose(smoothed.forecast(len(result["pred"])), result["pred"], rtol=1e-3)


@same("stats", "HoltWinters", how="statsmodels ExponentialSmoothing or ETSModel with R's start values")
def holt_winters(entry: Entry) -> None:
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    y, f = series(entry)
    result = entry.result
    if re.search(r"gamma\s*=\s*FALSE", entry.call):
        if not re.search(r"beta\s*=\s*FALSE", entry.call):
            raise NotCompared("Holt without seasons is not offered")
        model = ExponentialSmoothing(y[1:], initialization_method="known", initial_level=y[0])
        given = {"smoothing_level": result["alpha"]}
    else:
        if f == 1:
            f = 12
        multiplicative = "mult" in entry.call
        start, slope, figure = holt_winters_start(y, f, multiplicative)
        if multiplicative:
            return multiplicative_holt_winters(y[f:], f, result, start, slope, figure)
        model = ExponentialSmoothing(
            y[f:],
            trend="add",
            seasonal="add",
            seasonal_periods=f,
            initialization_method="known",
            initial_level=start,
            initial_trend=slope,
            initial_seasonal=figure,
        )
        given = {"smoothing_level": result["alpha"], "smoothing_trend": result["beta"]}
        given["smoothing_seasonal"] = result["gamma"] * (1 - result["alpha"])  # R takes the new level, statsmodels the old
    at_theirs = model.fit(optimized=False, **given)
    assert np.isclose(at_theirs.sse, result["SSE"], rtol=1e-3), (at_theirs.sse, result["SSE"])
    free = model.fit(optimized=True, method="L-BFGS-B")
    assert free.sse < result["SSE"] * 1.01
    if "pred" in result:
        assert np.allclose(at_theirs.forecast(len(result["pred"])), result["pred"], rtol=1e-3)
    if "level" in result:
        assert np.isclose(at_theirs.level[-1], result["level"], rtol=1e-3)


@same("forecast", "ets", how="statsmodels ETSModel")
def ets(entry: Entry) -> None:
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    y, f = series(entry)
    result = entry.result
    found = re.search(r'model\s*=\s*"([ANMZ])([ANMZ])([ANMZ])"', entry.call)
    if found is None or "Z" in found[0].split('"')[1]:
        raise NotCompared("a search over models is not offered")
    if found[3] == "M":
        raise NotCompared(
            "statsmodels moves a multiplicative season by the new level, R by the old: its log likelihood is .2 lower"
        )
    words = {"A": "add", "M": "mul", "N": None}
    error, trend, seasonal = (words[letter] for letter in found.groups())
    periods = f if f > 1 else 12
    model = ETSModel(pd.Series(y), error=error, trend=trend, seasonal=seasonal, seasonal_periods=periods if seasonal else None)
    par = result["par"]
    params = {"smoothing_level": par["alpha"]}
    if trend:
        params["smoothing_trend"] = par["beta"]
    if seasonal:
        params["smoothing_seasonal"] = par["gamma"]
    params["initial_level"] = par["l"]
    if trend:
        params["initial_trend"] = par["b"]
    if seasonal:
        given = [par[f"s{k}"] for k in range(periods - 1)]
        whole = periods - sum(given) if seasonal == "mul" else -sum(given)
        for k, value in enumerate([*given, whole]):  # R's s0 is the newest season
            params[f"initial_seasonal.{k}"] = value
    values = np.array([params[name] for name in model.param_names])
    smoothed = model.smooth(values)
    expected = np.asarray(smoothed.fittedvalues)
    relative = (y - expected) / (expected if error == "mul" else 1.0)
    # R leaves the constant n/2 (log(2 pi) + 1 - log n) out of the likelihood
    here = -0.5 * y.size * np.log(np.sum(relative**2)) - (np.log(np.abs(expected)).sum() if error == "mul" else 0.0)
    assert np.isclose(here, result["loglik"], rtol=1e-4), (here, smoothed.llf, result["loglik"])
    assert np.allclose(smoothed.forecast(len(result["forecast"])), result["forecast"], rtol=1e-3)


@same("stats", "arima", how="statsmodels ARIMA")
def arima(entry: Entry) -> None:
    from statsmodels.tsa.arima.model import ARIMA

    found = re.search(r"order\s*=\s*c\((\d),\s*(\d),\s*(\d)\)", entry.call)
    if found is None or "LakeHuron" not in entry.call:
        raise NotCompared("the regressors of this call are not in its input")
    y, _f = series(entry)
    year = np.arange(1875, 1875 + y.size) - 1920.0
    fit = ARIMA(y, exog=year, order=tuple(int(part) for part in found.groups()), trend="c").fit()
    assert abs(fit.llf - entry.result["loglik"]) < 1e-3
    theirs = list(entry.result["coef"].values())
    ours = [fit.params[2], fit.params[3], fit.params[0], fit.params[1]]
    assert np.allclose(ours, theirs, rtol=2e-3)
    assert np.isclose(fit.params[4], entry.result["sigma2"], rtol=1e-3)


@same("stats", "acf", how="statsmodels acf, pacf, acorr_ljungbox")
def autocorrelation(entry: Entry) -> None:
    from statsmodels.stats.diagnostic import acorr_ljungbox
    from statsmodels.tsa.stattools import acf, pacf

    y, _f = series(entry)
    y = y[~np.isnan(y)]
    result = entry.result
    assert np.allclose(acf(y, nlags=len(result["acf"]) - 1, fft=False), result["acf"], rtol=1e-7, atol=1e-9)
    assert np.allclose(pacf(y, nlags=len(result["pacf"]), method="ldb")[1:], result["pacf"], rtol=1e-6, atol=1e-8)
    lags = int(re.search(r"Box\.test\(x,\s*(\d+)", entry.call)[1])
    box = acorr_ljungbox(y, lags=[lags])
    assert np.isclose(float(box["lb_stat"].iloc[0]), result["Q"], rtol=1e-8)
    assert np.isclose(float(box["lb_pvalue"].iloc[0]), result["p"], rtol=1e-6, atol=1e-12)


@same("forecast", "na.interp", how="numpy.interp (series without a season); labkit itself fills no gap, it models it")
def na_interp(entry: Entry) -> None:
    y, f = series(entry)
    if f > 1:
        raise NotCompared("filling gaps of a seasonal series is not offered: fit_structural and stl take the gap as one")
    gap = np.isnan(y)
    at = np.arange(y.size)
    filled = np.interp(at[gap], at[~gap], y[~gap])
    assert (at[gap] + 1).tolist() == entry.result["idx"]
    assert np.allclose(filled, entry.result["value"], rtol=1e-8)


not_offered(
    "forecast",
    "tsoutliers",
    "tsclean",
    why="replaces values that look unusual by smoothed ones; labkit flags (models.alarms) and never writes over a measurement",
)
