"""Coverage of the censored line's slope, of the bivariate likelihood's intervals and of the rank correlations' intervals.

Simulated data. Half the limit stands beside: least squares on values with half the limit put for what is below it.
"""

from __future__ import annotations

import math

import numpy as np
from evaluation import Study
from scipy import stats

from labkit.models.association import (
    akritas_theil_sen,
    bootstrap_correlation,
    fit_bivariate_lognormal,
    kendall_interval,
    pearson_correlation,
    spearman_correlation,
)
from labkit.models.inputs import NotEstimable

SLOPE, NOISE = 1.0, 0.8
ENOUGH = 0.95 - 3 * math.sqrt(0.95 * 0.05 / 2000)  # three standard errors below the level
GRID = [{"n": n, "censored": censored} for n in (24, 60, 200) for censored in (0.0, 0.3, 0.6, 0.8)]


def logs(cell: dict, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float, float]:
    """Log x and log y with true slope 1, and the limits that hide the share asked for."""
    x = rng.normal(size=cell["n"])
    y = SLOPE * x + NOISE * rng.normal(size=cell["n"])
    z = stats.norm.ppf(cell["censored"]) if cell["censored"] else -np.inf
    return x, y, float(z), float(z * math.hypot(SLOPE, NOISE))


def half(log_values: np.ndarray, limit: float) -> np.ndarray:
    return np.where(log_values < limit, limit - math.log(2), log_values)


def least_squares(x: np.ndarray, y: np.ndarray) -> tuple[float, bool]:
    """Slope, and whether its t interval holds the truth."""
    if np.ptp(x) == 0:
        return 0.0, False  # every x is half the limit
    line = stats.linregress(x, y)
    return float(line.slope), bool(abs(line.slope - SLOPE) <= stats.t.ppf(0.975, x.size - 2) * line.stderr)


def line(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """y censored, x known."""
    x, y, _, limit = logs(cell, rng)
    hidden = y < limit
    fit = akritas_theil_sen(x, np.where(hidden, limit, y), y_censored=hidden)
    found: dict[str, float] = {"estimable": 0.0}
    if not isinstance(fit.slope_or_reason, NotEstimable):
        low, high = fit.slope_interval
        found = {"estimable": 1.0, "covers slope": float(low <= SLOPE <= high), "error slope": fit.slope - SLOPE}
        if math.isfinite(high - low):
            found["width slope"] = high - low
        if not isinstance(fit.intercept_or_reason, NotEstimable):
            found["error intercept"] = fit.intercept
    if cell["censored"]:
        slope, covers = least_squares(x, half(y, limit))
        found |= {"covers slope half the limit": float(covers), "error slope half the limit": slope - SLOPE}
    return found


def both(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Both censored: likelihood; the doubly censored line and half the limit beside."""
    x, y, limit_x, limit_y = logs(cell, rng)
    hidden = {"x_censored": x < limit_x, "y_censored": y < limit_y}
    seen = np.maximum(x, limit_x), np.maximum(y, limit_y)
    found: dict[str, float] = {"estimable": 0.0}
    try:
        fit = fit_bivariate_lognormal(np.exp(seen[0]), np.exp(seen[1]), **hidden)
        rho = SLOPE / math.hypot(SLOPE, NOISE)
        found = {
            "estimable": 1.0,
            "covers slope profile": float(fit.deviance(slope=SLOPE) <= fit.deviance_limit),
            "covers correlation profile": float(fit.deviance(correlation=rho) <= fit.deviance_limit),
            "error slope": fit.slope - SLOPE,
            "error correlation": fit.correlation - rho,
        }
    except NotEstimable:
        pass
    if cell["censored"]:
        doubly = akritas_theil_sen(*seen, **hidden, censored_x="doubly")
        if not isinstance(doubly.slope_or_reason, NotEstimable):
            found["slope doubly censored line"] = doubly.slope
        slope, covers = least_squares(half(x, limit_x), half(y, limit_y))
        found |= {"covers slope half the limit": float(covers), "error slope half the limit": slope - SLOPE}
    return found


def ranks(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Nothing censored, bivariate normal: what each coefficient of the population is, is known."""
    rho = cell["rho"]
    x = rng.normal(size=cell["n"])
    y = rho * x + math.sqrt(1 - rho * rho) * rng.normal(size=cell["n"])
    spearman = 6 / math.pi * math.asin(rho / 2)
    tau = 2 / math.pi * math.asin(rho)
    found = {"covers Pearson Fisher": float(rho in pearson_correlation(x, y).interval)}
    for name in ("bonett-wright", "fieller", "fisher"):
        found[f"covers Spearman {name}"] = float(spearman in spearman_correlation(x, y, interval=name).interval)
    found["covers Kendall fieller"] = float(tau in kendall_interval(x, y))
    return found


def resampled(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Bootstrap intervals, 199 draws (more draws narrow their Monte-Carlo error, not their coverage)."""
    rho = 0.5
    x = rng.normal(size=cell["n"])
    y = rho * x + math.sqrt(1 - rho * rho) * rng.normal(size=cell["n"])
    truth = {"spearman": 6 / math.pi * math.asin(rho / 2), "kendall": 2 / math.pi * math.asin(rho)}
    found = {}
    for kind, value in truth.items():
        summary = bootstrap_correlation(x, y, kind, draws=199, seed=int(rng.integers(1 << 30)))
        found[f"covers {kind} percentile"] = float(value in summary.percentile)
        found[f"covers {kind} BCa"] = float(value in summary.bca)
    return found


STUDIES = [
    Study(
        name="association-line",
        sources=tuple(
            f"labkit/models/association/{name}.py"
            for name in ("line", "zero_score", "line_search", "order", "score", "dominance_kernel", "residual_median")
        ),
        seed=4021,
        cells=GRID,
        simulate=line,
        promises={"covers slope": (ENOUGH, 1.0)},
    ),
    Study(
        name="association-bivariate",
        sources=tuple(f"labkit/models/association/bivariate{name}.py" for name in ("", "_likelihood", "_kernel")),
        seed=4022,
        cells=GRID,
        simulate=both,
        promises={"covers slope profile": (ENOUGH, 1.0), "covers correlation profile": (ENOUGH, 1.0)},
    ),
    Study(
        name="association-ranks",
        sources=("labkit/models/association/intervals.py", "labkit/models/association/correlation.py"),
        seed=4023,
        cells=[{"n": n, "rho": rho} for n in (24, 60, 200) for rho in (0.0, 0.5, 0.9)],
        simulate=ranks,
        promises={"covers Spearman bonett-wright": (ENOUGH, 1.0), "covers Kendall fieller": (ENOUGH, 1.0)},
    ),
    Study(
        name="association-bootstrap",
        sources=("labkit/models/association/bootstrap.py", "labkit/models/association/resampled_tau.py"),
        seed=4024,
        cells=[{"n": n} for n in (24, 60)],
        simulate=resampled,
        promises={"covers spearman BCa": (ENOUGH, 1.0), "covers kendall BCa": (ENOUGH, 1.0)},
    ),
]
