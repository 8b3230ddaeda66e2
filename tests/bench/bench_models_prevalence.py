"""Corrected prevalences, ROC areas, posteriors, lists, latent classes; scikit-learn and statsmodels beside in the same run."""

from __future__ import annotations

import platform
import time
import warnings

import numpy as np
import statsmodels.api as sm
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from labkit.models.prevalence import (
    average_population,
    bayesian_prevalence,
    closed_population,
    estimate_proportion,
    latent_class,
    roc_area,
    rogan_gladen,
)
from labkit.models.prevalence.histories import read_histories
from labkit.models.prevalence.loglinear import fit_loglinear

THREE = [[1, 1, 1], [1, 1, 0], [1, 0, 1], [1, 0, 0], [0, 1, 1], [0, 1, 0], [0, 0, 1]]
COUNTS = [20, 45, 40, 105, 38, 110, 98]


def fastest(work, times: int = 3) -> float:
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def main() -> None:
    warnings.simplefilter("ignore")
    rng = np.random.default_rng(2)
    print(f"{platform.machine()}, {platform.system()}, Python {platform.python_version()}; best of 3")
    x, flags = rng.normal(size=17_000), rng.random(17_000) < 0.3
    ours, theirs = fastest(lambda: roc_area(x, flags)), fastest(lambda: roc_auc_score(flags, x))
    print(f"area with interval, n = 17,000: {ours:.4f} s; scikit-learn's without one {theirs:.4f} s; ratio {ours / theirs:.2f}")
    for method in ("wilson", "clopper_pearson", "jeffreys", "blaker"):
        spent = fastest(lambda m=method: [rogan_gladen(20, 120, 0.9, 0.99, method=m) for _ in range(1000)])
        print(f"rogan_gladen, {method}: {spent:.3f} s a thousand")
    peer = fastest(lambda: [proportion_confint(20, 120, method="binom_test") for _ in range(20)]) * 50
    blaker = fastest(lambda: [estimate_proportion(20, 120, method="blaker") for _ in range(1000)])
    print(f"Blaker {blaker:.3f} s a thousand; statsmodels' inverted binomial test {peer:.3f} s; ratio {blaker / peer:.4f}")
    spent = fastest(lambda: bayesian_prevalence(20, 120, (90.0, 10.0), (99.0, 1.0)))
    print(f"posterior with uncertain sensitivity and specificity: {1000 * spent:.1f} ms")
    data = read_histories(THREE, COUNTS)
    design = np.column_stack([np.ones(7), data.table])
    ours = fastest(lambda: [fit_loglinear(design, data.counts) for _ in range(200)]) / 200
    theirs = fastest(lambda: [sm.GLM(data.counts, design, sm.families.Poisson()).fit() for _ in range(50)]) / 50
    print(f"log-linear fit: {1e6 * ours:.0f} µs; statsmodels' {1e6 * theirs:.0f} µs; ratio {ours / theirs:.3f}")
    print(f"three lists with profile: {1000 * fastest(lambda: closed_population(THREE, COUNTS)):.1f} ms")
    print(f"average over 8 models: {1000 * fastest(lambda: average_population(THREE, COUNTS)):.1f} ms")
    four = (rng.random((2000, 4)) < 0.3).astype(float)
    four = four[four.any(axis=1)]
    print(f"average over 113 models of four lists: {1000 * fastest(lambda: average_population(four)):.0f} ms")
    sick = rng.random(1000)[:, None] < 0.3
    tests = np.where(sick, rng.random((1000, 4)) < 0.85, rng.random((1000, 4)) < 0.1).astype(float)
    print(f"latent class, four tests: {1000 * fastest(lambda: latent_class(tests)):.1f} ms")
    print(f"  with its prevalence's profile: {1000 * fastest(lambda: latent_class(tests).prevalence_interval):.1f} ms")
    print(f"  with a random effect: {1000 * fastest(lambda: latent_class(tests, dependence='random effect'), 1):.0f} ms")


if __name__ == "__main__":
    main()
