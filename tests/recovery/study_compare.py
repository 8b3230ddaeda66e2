"""Matrices side by side: is the latent correlation held, is nothing called where there is nothing, is a planted conflict found?

Hair is a moving average of its latent months, all series share trend and season, areas drift apart by lines of their own; water
has little noise, hair and blood that of some forty persons a month.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations

import numpy as np
from evaluation import Study

from labkit.compare import Side, associate, conflicts, lag_profile, one_factor
from labkit.compare.lags import false_discovery
from labkit.models.inputs import NotEstimable

WEIGHTS = np.array([0.21, 0.33, 0.30, 0.13, 0.03])  # of the months of hair, close to those that labkit computes and not equal
NOISE = {"water": 0.1, "hair": 0.25, "blood": 0.25}
MEMORY, SD, Q = 0.6, 0.5, 0.05


def waves(areas: int, months: int, rng: np.random.Generator) -> np.ndarray:
    z = rng.normal(size=(areas, months))
    for t in range(1, months):
        z[:, t] = MEMORY * z[:, t - 1] + np.sqrt(1 - MEMORY**2) * z[:, t]
    return z


def city(
    areas: int, months: int, rho: float, rng: np.random.Generator, drug: str = "ketamine", own_lines: bool = True
) -> dict[str, Side]:
    pad = WEIGHTS.size - 1
    t = np.arange(months + pad)
    shared = waves(areas, months + pad, rng)
    names = tuple(f"D{k}" for k in range(areas)), tuple(map(str, np.datetime64("2022-01", "M") + np.arange(months)))
    line = rng.normal(0, 0.3, (areas, 1)) * t / 12
    sides = {}
    for matrix, noise in NOISE.items():
        own = waves(areas, months + pad, rng)
        latent = SD * (np.sqrt(rho) * shared + np.sqrt(1 - rho) * own) + 0.03 * t + 0.4 * np.cos(2 * np.pi * t / 12)
        drift = rng.normal(0, 0.3, (areas, 1)) * t / 12
        latent = latent + (drift if own_lines else line) + rng.normal(0, 0.5, (areas, 1))
        seen = latent[:, pad:]
        if matrix == "hair":
            seen = sum(weight * latent[:, pad - k : months + pad - k] for k, weight in enumerate(WEIGHTS))
        y = seen + noise * rng.normal(size=seen.shape)
        sides[matrix] = Side(matrix, drug, *names, y, y, np.full(y.shape, noise**2), np.full(y.shape, 40.0))
    return sides


def true_lag() -> int:
    """Return the lag at which water's months go best with hair's: both are waves with the same memory."""
    lags = np.arange(-6, 7)
    return int(lags[np.argmax([(WEIGHTS * MEMORY ** np.abs(lag - np.arange(WEIGHTS.size))).sum() for lag in lags])])


def simulate_association(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    rho = float(cell["rho"])
    sides = city(20, 24, rho, rng)
    out: dict[str, float] = {}
    for name, pair in (("water-hair", ("water", "hair")), ("water-blood", ("water", "blood"))):
        try:
            found = associate(*(sides[one] for one in pair), draws=99)
        except NotEstimable:
            continue
        out[f"covers {name}"] = float(rho in found.interval)
        out[f"called {name}"] = float(found.p <= 0.05)
        out[f"width {name}"] = found.interval.high - found.interval.low
    if rho:
        try:
            profile = lag_profile(sides["water"], sides["hair"], draws=19)
            out["lag set holds the lag"] = float(true_lag() in profile.lag_set)
            out["lags in the set"] = float(len(profile.lag_set))
        except NotEstimable:
            pass
        try:
            loadings = one_factor(sides["water"], sides["hair"], sides["blood"])
            out["covers loading of water"] = float(np.sqrt(rho) in loadings.interval[0])
        except NotEstimable:
            out["Heywood or not estimable"] = 1.0
        out.setdefault("Heywood or not estimable", 0.0)
    return out


def questions(sides: dict[str, Side]) -> tuple[list[float], list[float], int, int]:
    """Return p of the pairs, p of all lags, and how many a plain correlation of the columns calls."""
    from scipy import stats

    pairs, lags, naive, asked = [], [], 0, 0
    for one, other in combinations(sides.values(), 2):
        asked += 1
        naive += int(stats.pearsonr(one.value.ravel(), other.value.ravel()).pvalue < 0.05)
        try:
            pairs.append(associate(one, other, draws=199).p)
            lags += lag_profile(one, other, draws=199).p.tolist()
        except NotEstimable:
            continue
    return pairs, lags, naive, asked


def simulate_findings(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    planted = float(cell["planted"])
    drugs = [city(20, 24, planted, rng, "ketamine"), city(20, 24, 0.0, rng, "MDMA")]
    told = [questions(sides) for sides in drugs]
    p = np.array([one for pairs, lags, _, _ in told for one in (*pairs, *lags)])
    adjusted = false_discovery(p)
    first = len(told[0][0]) + len(told[0][1])
    called = adjusted <= Q
    out = {"naive calls some pair": float(sum(one[2] for one in told) > 0)}
    if planted:
        out["false share"] = float(called[first:].sum() / max(called.sum(), 1))
        out["planted is found"] = float(called[: len(told[0][0])].any())
    else:
        out["any finding"] = float(called.any())
    return out


def simulate_conflict(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    sides = city(60, 36, 0.6, rng, own_lines=False)  # a line of one matrix alone is a conflict
    moved = sides["hair"].low.copy()
    areas = rng.choice(60, 3, replace=False)
    moved[areas, 24:] += np.log(float(cell["ratio"]))
    hair = Side(
        "hair", "ketamine", *(sides["hair"].areas, sides["hair"].months), moved, moved, sides["hair"].error, sides["hair"].n
    )
    found = conflicts(sides["water"], hair)
    called = set(found.loc[found["conflict"] == "yes", "area"])
    planted = {f"D{k}" for k in areas} if float(cell["ratio"]) != 1 else set()
    out = {"false areas of those called": len(called - planted) / max(len(called), 1)}
    if planted:
        out["planted areas found"] = len(called & planted) / 3
    else:
        out["any area called"] = float(bool(called))
    return out


SOURCES = ("labkit/compare", "labkit/hair.py")
STUDIES = [
    Study(
        "compare_association",
        SOURCES,
        seed=60_101,
        cells=[{"rho": rho} for rho in (0.0, 0.3, 0.6)],
        simulate=simulate_association,
        simulations=2000,
        promises={"covers water-hair": (0.90, 1.0), "covers water-blood": (0.90, 1.0), "lag set holds the lag": (0.93, 1.0)},
    ),
    Study(
        "compare_findings",
        SOURCES,
        seed=60_201,
        cells=[{"planted": planted} for planted in (0.0, 0.6)],
        simulate=simulate_findings,
        simulations=500,
        promises={"any finding": (0.0, 0.08), "false share": (0.0, 0.05), "planted is found": (0.8, 1.0)},
    ),
    Study(
        "compare_conflict",
        SOURCES,
        seed=60_301,
        cells=[{"ratio": ratio} for ratio in (1.0, 3.0, 4.0)],
        simulate=simulate_conflict,
        simulations=300,
    ),
]
