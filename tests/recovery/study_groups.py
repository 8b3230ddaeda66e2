"""Size of tests between groups and pairs, and intervals of a censored regression, with half the limit beside them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from evaluation import Study

from labkit.models.groups import compare_groups, compare_means, paired_sign_test, paired_signed_ranks
from labkit.models.inputs import NotEstimable
from labkit.models.regression import fit_tobit

SLOPE = 0.5


def simulate_null(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    n, share = int(cell["n"]), float(cell["censored"])
    x = rng.lognormal(0, 1, n)
    groups = np.arange(n) % 2
    # each group has limits of its own, as two laboratories have
    limit = np.quantile(x, share) * np.where(groups, 1.3, 0.8) if share else np.zeros(n)
    flags = x < limit
    kept = np.where(flags, limit, x)
    out: dict[str, float] = {}
    try:
        out["covers no difference, generalised Wilcoxon"] = float(compare_groups(kept, groups, censored=flags).p >= 0.05)
        out["covers no difference, log-rank"] = float(compare_groups(kept, groups, censored=flags, rho=0.0).p >= 0.05)
        out["covers no difference, censored means"] = float(compare_means(kept, groups, censored=flags).p >= 0.05)
        half = compare_groups(np.where(flags, limit / 2, x), groups)
        out["covers no difference, half the limit"] = float(half.p >= 0.05)
    except NotEstimable:
        pass
    person = rng.normal(0, 1, n)
    a, b = (np.exp(person + rng.normal(0, 0.5, n)) for _ in range(2))
    low = np.quantile(np.r_[a, b], share) if share else 0.0
    ac, bc = a < low, b < low
    pair = {"x_censored": ac, "y_censored": bc}
    try:
        first, second = np.where(ac, low, a), np.where(bc, low, b)
        out["covers no difference, sign test"] = float(paired_sign_test(first, second, **pair, ties="dropped").p >= 0.05)
        out["covers no difference, signed ranks"] = float(paired_signed_ranks(first, second, **pair).p >= 0.05)
    except NotEstimable:
        pass
    return out


def simulate_slope(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    n, share, kind = int(cell["n"]), float(cell["censored"]), str(cell["noise"])
    x = rng.normal(size=n)
    sites = np.arange(n) % 15
    noise = rng.normal(size=n)
    spread = None
    if kind == "growing":
        noise, spread = np.exp(0.5 * x) * noise, {"x": x}
    if kind == "clustered":
        x = rng.normal(size=15)[sites] + 0.3 * x
        noise = 0.8 * rng.normal(size=15)[sites] + 0.6 * noise
    y = SLOPE * x + noise
    limit = np.quantile(y, share) if share else -np.inf
    flags = y < limit
    kept = np.exp(np.where(flags, limit, y))
    options = {"spread": spread} if spread else {"clusters": sites} if kind == "clustered" else {}
    out: dict[str, float] = {}
    for name, values, known, extra in (
        ("", kept, flags, options),
        (", plain", kept, flags, {}),
        (", half the limit", np.where(flags, kept / 2, kept), None, options),
    ):
        try:
            found = fit_tobit(values, {"x": x}, censored=known, **extra).coefficients["x"]
        except NotEstimable:
            continue
        out[f"covers the slope{name}"] = float(SLOPE in found.interval)
        out[f"error of the slope{name}"] = found.estimate - SLOPE
        out[f"width of the slope{name}"] = found.interval.high - found.interval.low
    return out


SOURCES = ("labkit/models/groups", "labkit/models/regression", "labkit/models/inputs.py")
GRID = [{"n": n, "censored": share} for n in (24, 60, 200) for share in (0.0, 0.3, 0.6, 0.8)]
STUDIES = [
    Study(
        "groups_none",
        SOURCES,
        seed=41_901,
        cells=GRID,
        simulate=simulate_null,
        promises={
            "covers no difference, generalised Wilcoxon": (0.935, 1.0),
            "covers no difference, log-rank": (0.93, 1.0),
            "covers no difference, sign test": (0.935, 1.0),
            "covers no difference, signed ranks": (0.935, 1.0),
        },
    ),
    Study(
        "regression_slope",
        ("labkit/models/regression", "labkit/models/inputs.py"),
        seed=41_902,
        cells=[
            {**cell, "noise": kind}
            for kind in ("even", "growing", "clustered")
            for cell in GRID
            if kind == "even" or cell["n"] > 24
        ],
        simulate=simulate_slope,
        promises={"covers the slope": (0.90, 1.0)},
    ),
]
