"""How often detectors call an alarm where nothing happened: the share of tests that stay quiet, and what a doubling does."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from evaluation import Study

from labkit.models.alarms import bayes, cusum_of_residuals, ears, ewma, farrington, glr, positives

ALPHA = 0.01
YEARS, TESTED = 7, 104


def simulate_weeks(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    mean, spread = float(cell["mean"]), float(cell["overdispersion"])
    t = np.arange(52 * YEARS)
    mu = mean * np.exp(0.4 * np.sin(2 * np.pi * t / 52) + 0.0005 * t)
    y = (rng.negative_binomial(1 / spread, 1 / (1 + spread * mu)) if spread else rng.poisson(mu)).astype(float)
    out = {}
    for limit in ("negative_binomial", "negative_binomial_upper_mean", "two_thirds"):
        found = farrington(y, last=TESTED, alpha=ALPHA, limit=limit, fewest_cases=0)
        told = np.isfinite(found.upper)
        out[f"quiet Farrington {limit}"] = 1 - float(found.alarm.sum()) / max(int(told.sum()), 1)
    original = farrington(
        y, last=TESTED, alpha=ALPHA, limit="two_thirds", periods=1, skip=3, trend_alpha=0.05, reweight=1.0, fewest_cases=0
    )
    out["quiet Farrington original"] = 1 - float(original.alarm.sum()) / max(original.n, 1)
    for method in ("C1", "C2", "C3"):
        out[f"quiet EARS {method}, baseline 7"] = 1 - float(ears(y, method=method, alpha=ALPHA).alarm[-TESTED:].mean())
    out["quiet EARS C1, baseline 28"] = 1 - float(ears(y, baseline=28, alpha=ALPHA).alarm[-TESTED:].mean())
    out["quiet Bayes"] = 1 - float(bayes(y, alpha=ALPHA).alarm[-TESTED:].mean())
    out["quiet GLR 5, mean known"] = 1 - float(glr(y[-TESTED:], mu[-TESTED:], overdispersion=spread).alarm.mean())
    doubled = y.copy()
    doubled[-1] += rng.poisson(mu[-1])
    out["finds a doubling of the last week, Farrington negative_binomial"] = float(farrington(doubled, last=1).alarm[-1])
    return out


def simulate_shares(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    share, rho, tested = float(cell["share"]), float(cell["rho"]), int(cell["tested"])
    n = rng.poisson(tested, 13).clip(1)
    precision = 1 / rho - 1 if rho else np.inf
    p = rng.beta(share * precision, (1 - share) * precision, 13) if rho else np.full(13, share)
    return {"quiet shares, baseline 12": float(not positives(rng.binomial(n, p), n, alpha=ALPHA).alarm[-1])}


def simulate_residuals(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    known, ar = cell["spread"] == "known", float(cell["ar"])
    noise = rng.normal(size=208)
    for t in range(1, noise.size):
        noise[t] = ar * noise[t - 1] + np.sqrt(1 - ar**2) * noise[t]
    r = noise[104:] if known else (noise[104:] - noise[:104].mean()) / noise[:104].std(ddof=1)
    return {
        "quiet EWMA": 1 - float(ewma(r, alpha=ALPHA).alarm.mean()),
        "quiet CUSUM": 1 - float(cusum_of_residuals(r, alpha=ALPHA).alarm.mean()),
    }


SOURCES = ("labkit/models/alarms", "labkit/models/inputs.py")
STUDIES = [
    Study(
        "alarms_counts",
        SOURCES,
        seed=41_801,
        cells=[{"mean": mean, "overdispersion": spread} for mean in (1.0, 5.0, 50.0) for spread in (0.0, 0.2)],
        simulate=simulate_weeks,
        promises={"quiet Farrington negative_binomial_upper_mean": (0.988, 1.0)},
    ),
    Study(
        "alarms_shares",
        SOURCES,
        seed=41_802,
        cells=[
            {"share": share, "rho": rho, "tested": tested}
            for share in (0.02, 0.2)
            for rho in (0.0, 0.05)
            for tested in (30, 300)
        ],
        simulate=simulate_shares,
        simulations=4000,
        promises={"quiet shares, baseline 12": (0.96, 1.0)},
    ),
    Study(
        "alarms_residuals",
        SOURCES,
        seed=41_803,
        cells=[{"spread": spread, "ar": ar} for spread in ("known", "of 104 before") for ar in (0.0, 0.3)],
        simulate=simulate_residuals,
    ),
]
