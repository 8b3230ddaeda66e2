"""Whether the interval of each statement about a chain holds the chain drawn anew, and how exact its quantiles are.

Simulated data. The wrong statement's interval stands beside: what is shared must neither be left in a ratio nor taken out of a
level.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from evaluation import Study
from scipy import stats

from labkit.models.uncertainty import Beta, Gamma, Lognormal, Propagated, propagate

ENOUGH = 0.95 - 3 * math.sqrt(0.95 * 0.05 / 2000)
ROOF = 0.95 + 3 * math.sqrt(0.95 * 0.05 / 2000)
CHAIN = [
    Lognormal("analysis", cv=0.15),
    Lognormal("flow", cv=0.05),
    Lognormal("population", "site", -1, cv=0.2),
    Beta("excretion", "all", -1, mean=0.43, sd=0.06),
    Gamma("dose", "all", -1, persons=True, mean=43, sd=20),
]


@cache
def interval_of(statement: str, n: int, draws: int = 2**12) -> Propagated:
    return propagate(CHAIN, statement, n=n, draws=draws)


def statements(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """One pair of sites or periods; their truths share what is declared as shared."""
    n = cell["n"]

    def mean_of_samples() -> float:
        spread = math.sqrt(math.log1p(0.15**2) + math.log1p(0.05**2))
        return float(np.exp(rng.normal(0, spread, n)).mean())

    def population() -> float:
        return math.exp(-rng.normal(0, math.sqrt(math.log1p(0.2**2))))

    total = 0.43 * 0.57 / 0.06**2 - 1
    first, second, one, two = mean_of_samples(), mean_of_samples(), population(), population()
    everything = 1 / rng.beta(0.43 * total, 0.57 * total)
    level = first * one * everything
    truths = {
        "level": level,
        "persons": level / rng.gamma((43 / 20) ** 2, 20**2 / 43),
        "trend": first / second,
        "comparison": first * one / (second * two),
    }
    found = {}
    for statement, truth in truths.items():
        got = interval_of(statement, n)
        found[f"covers {statement}"] = float(got.low <= truth <= got.high)
    wrong = interval_of("trend", n)
    found["comparison, by the interval of a trend"] = float(wrong.low <= truths["comparison"] <= wrong.high)
    return found


def quantiles(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Relative error of the ends against the closed product of lognormals, and against a fine mixture with a beta."""
    seed = int(rng.integers(1 << 30))
    cvs = [0.3, 0.2, 0.1, 0.15, 0.25]
    closed = propagate([Lognormal(f"f{k}", cv=cv) for k, cv in enumerate(cvs)], draws=cell["draws"], seed=seed)
    end = math.exp(float(stats.norm.ppf(0.975)) * math.sqrt(sum(math.log1p(cv * cv) for cv in cvs)))
    mixed = propagate(CHAIN[:4], draws=cell["draws"], seed=seed)
    fine = reference()
    return {
        "error lognormal product": abs(closed.high / end - 1),
        "covers lognormal product to 1e-6": float(abs(closed.high / end - 1) < 1e-6),
        "error with a beta": abs(mixed.high / fine - 1),
        "covers with a beta to 1e-3": float(abs(mixed.high / fine - 1) < 1e-3),
    }


@cache
def reference() -> float:
    """The upper end of level by 200,000 midpoints of the beta and the normal distribution in front of it."""
    total = 0.43 * 0.57 / 0.06**2 - 1
    spread = math.sqrt(sum(math.log1p(cv * cv) for cv in (0.15, 0.05, 0.2)))
    logs = -np.log(stats.beta.ppf((np.arange(200_000) + 0.5) / 200_000, 0.43 * total, 0.57 * total))
    low, high = logs.min() - 9 * spread, logs.max() + 9 * spread
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if stats.norm.cdf((middle - logs) / spread).mean() < 0.975 else (low, middle)
    return math.exp((low + high) / 2)


STUDIES = [
    Study(
        name="uncertainty-statements",
        sources=("labkit/models/uncertainty/chain.py", "labkit/models/uncertainty/factors.py"),
        seed=4081,
        cells=[{"n": n} for n in (1, 7, 30)],
        simulate=statements,
        promises={f"covers {statement}": (ENOUGH, ROOF) for statement in ("level", "persons", "trend", "comparison")},
    ),
    Study(
        name="uncertainty-quantiles",
        sources=("labkit/models/uncertainty/chain.py", "labkit/models/uncertainty/factors.py"),
        seed=4082,
        cells=[{"draws": 2**12}, {"draws": 2**14}],
        simulate=quantiles,
        promises={"covers lognormal product to 1e-6": (1.0, 1.0), "covers with a beta to 1e-3": (1.0, 1.0)},
    ),
]
