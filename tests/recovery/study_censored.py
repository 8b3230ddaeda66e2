"""Do profile intervals of lognormal summaries, and Kaplan-Meier limits of quantiles, hold the truth? Half the limit beside."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from evaluation import Study
from scipy import stats

from labkit.models.censored import fit_kaplan_meier, fit_lognormal
from labkit.models.inputs import BadInput

MU, SIGMA = 1.0, 1.0
MEAN, MEDIAN, UPPER = np.exp(MU + SIGMA**2 / 2), np.exp(MU), np.exp(MU + SIGMA * stats.norm.ppf(0.9))


def simulate(cell: Mapping, rng: np.random.Generator) -> dict[str, float]:
    n, share = int(cell["n"]), float(cell["censored"])
    x = rng.lognormal(MU, SIGMA, n)
    out: dict[str, float] = {}
    if share:
        middle = np.exp(MU + SIGMA * stats.norm.ppf(share))
        limits = np.where(rng.random(n) < 0.5, middle / 1.25, middle * 1.25)  # two limits, as two laboratories have
        flags = x < limits
        x = np.where(flags, limits, x)
    else:
        flags = np.zeros(n, dtype=bool)
    try:
        found = fit_lognormal(x, flags)
    except BadInput:
        return out
    out["covers the median"] = float(MEDIAN in found.median_interval)
    out["covers the 90 % quantile"] = float(UPPER in found.quantile_interval(0.9))
    if flags.mean() <= 0.8:
        ends = found.mean_interval
        out["covers the mean"] = float(MEAN in ends)
        out["error of the mean"] = np.log(found.mean / MEAN)
    try:
        out["covers the 90 % quantile, Kaplan-Meier"] = float(UPPER in fit_kaplan_meier(x, flags).quantile_interval(0.9))
    except BadInput:
        pass
    logs = np.log(np.where(flags, x / 2, x))
    reach = stats.t.ppf(0.975, n - 1) * logs.std(ddof=1) / np.sqrt(n)
    out["covers the median, half the limit"] = float(abs(logs.mean() - MU) <= reach)
    return out


PROMISES = {
    "covers the median": (0.935, 0.97),
    "covers the mean": (0.935, 0.97),
    "covers the 90 % quantile": (0.935, 0.97),
    "covers the 90 % quantile, Kaplan-Meier": (0.935, 1.0),
}
CELLS = [{"n": n, "censored": share} for n in (24, 60, 200) for share in (0.0, 0.3, 0.6, 0.8)]
STUDIES = [
    Study(
        "censored_summaries", ("labkit/models/censored", "labkit/models/inputs.py"), 41_201, CELLS, simulate, promises=PROMISES
    ),
]
