"""The joint answer in seconds and without a compiler: a normal approximation corrected by importance weights.

Two things people confuse: an approximation and an answer. This one holds the scales (how areas differ, how quarters step,
what water does on its own) at their likeliest values, says by a number (Pareto k) whether the rest may stand, and refuses
where it may not.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from labkit.models.inputs import NotEstimable
from labkit.prevalence.data import Sources, check_sources
from labkit.prevalence.density import SCALES, Layout, log_posterior
from labkit.prevalence.joint import Joint, to_joint
from labkit.prevalence.priors import Priors

Floats = NDArray[np.float64]
Density = Callable[[Floats], Floats]
DRAWS, FREE, WORST_K, GOOD_K, ROUNDS = 16000, 15.0, 0.7, 0.5, 6
STEP = 1e-4


def approximate_joint(sources: Sources, priors: Priors | None = None, *, draws: int = DRAWS, seed: int = 1) -> Joint:
    """Return an approximation of the joint posterior.

    The mode is found with numerical derivatives. With the scales held there, draws of a multivariate Student's t around the
    mode are weighted by the density, the largest weights smoothed by a generalised Pareto [1]_; the t is moved to where the
    weight is until k is small; draws are resampled.

    Parameters
    ----------
    sources, priors
        What is known, and what is assumed.
    draws, seed : int
        Of the resampling.

    Raises
    ------
    BadInput
        As `check_sources`.
    NotEstimable
        No mode is found, or Pareto's k is .7 or more: then only the sampler can answer.

    References
    ----------
    .. [1] A. Vehtari, D. Simpson, A. Gelman, Y. Yao, J. Gabry, "Pareto smoothed importance sampling", J. Mach. Learn. Res.
       2024;25(72).
    """
    check_sources(sources)
    priors = priors or Priors()
    layout = Layout.of(sources)

    def whole(vectors: Floats) -> Floats:
        return log_posterior(vectors, sources, priors, layout)

    mode = find_mode(whole, start_at(sources, priors, layout))
    free = np.array([name not in SCALES for name in layout.names] + [True] * (layout.size - len(layout.names)))

    def held(parts: Floats) -> Floats:
        vectors = np.tile(mode, (len(parts), 1))
        vectors[:, free] = parts
        return whole(vectors)

    rng = np.random.default_rng(seed)
    centre, covariance = mode[free], covariance_at(held, mode[free])
    parts, weights, k = _weighted(held, centre, covariance, draws, rng)
    for _ in range(ROUNDS):
        if k < GOOD_K:
            break
        centre = weights @ parts
        rest = parts - centre
        covariance = 0.5 * covariance + 0.5 * (rest * weights[:, None]).T @ rest
        found = _weighted(held, centre, covariance, draws, rng)
        if found[2] < k:
            parts, weights, k = found
    if k >= WORST_K:
        raise NotEstimable("the approximation", f"Pareto k is {k:.2f}, and 0.7 is the limit", "the sampler (sample_joint)")
    vectors = np.tile(mode, (draws, 1))
    vectors[:, free] = parts[rng.choice(draws, draws, p=weights)]
    return to_joint(vectors, sources, priors, layout, "approximation: scales held, importance resampled", pareto_k=k)


def _weighted(
    density: Density, centre: Floats, covariance: Floats, draws: int, rng: np.random.Generator
) -> tuple[Floats, Floats, float]:
    """Return draws of a multivariate Student's t, their smoothed weights, and Pareto's k."""
    half = np.linalg.cholesky(covariance)
    offsets = rng.standard_normal((draws, centre.size)) * np.sqrt(FREE / rng.chisquare(FREE, draws))[:, None]
    log_t = -0.5 * (FREE + centre.size) * np.log1p((offsets**2).sum(axis=1) / FREE)
    parts = centre + offsets @ half.T
    return (parts, *smoothed_weights(density(parts) - log_t))


def start_at(sources: Sources, priors: Priors, layout: Layout) -> Floats:
    """Return where to start looking for the mode."""
    told = {
        "log_intake": priors.log_intake,
        "log_areas_sd": np.log(priors.areas_sd / 2),
        "log_quarters_sd": np.log(priors.quarters_sd / 2),
        "log_water_sd": np.log(priors.water_sd / 2),
        "water_level": priors.level + priors.log_intake,
        "logit_coverage": np.log(priors.coverage[0] / priors.coverage[1]),
    }
    if sources.water_low is not None and np.isfinite(sources.water_low).any():
        told["water_level"] = float(np.median(sources.water_low[np.isfinite(sources.water_low)])) - np.log(1000)
    for matrix in ("hair", "blood"):
        a, b = getattr(priors, f"{matrix}_sensitivity")
        told[f"{matrix}_level"] = told["water_level"] - priors.log_intake + priors.selection
        told[f"logit_{matrix}_sensitivity"] = np.log(a / b)
        told[f"logit_{matrix}_specificity"] = np.log(priors.specificity[0] / priors.specificity[1])
    vector = np.zeros(layout.size)
    vector[: len(layout.names)] = [told[name] for name in layout.names]
    return vector


def find_mode(density: Density, start: Floats) -> Floats:
    """Return where the density is highest.

    Raises
    ------
    NotEstimable
        If no such place is found.
    """
    done = optimize.minimize(
        lambda at: -float(density(at[None])[0]),
        start,
        jac=lambda at: -_gradient(density, at),
        method="BFGS",
        options={"gtol": 1e-4, "maxiter": 500},
    )
    if not np.isfinite(done.fun) or np.abs(done.jac).max() > 0.05:
        raise NotEstimable("the approximation", "no mode was found", "the sampler (sample_joint)")
    mode: Floats = done.x
    return mode


def _gradient(density: Density, at: Floats) -> Floats:
    steps = STEP * np.eye(at.size)
    values = density(np.vstack([at + steps, at - steps]))
    found: Floats = (values[: at.size] - values[at.size :]) / (2 * STEP)
    return found


def covariance_at(density: Density, mode: Floats) -> Floats:
    """Return the inverse of minus the second derivatives, bent to be positive definite."""
    hessian = np.array([_gradient(density, mode + step) - _gradient(density, mode - step) for step in 1e-3 * np.eye(mode.size)])
    hessian /= 2e-3
    values, vectors = np.linalg.eigh(-(hessian + hessian.T) / 2)
    bent: Floats = (vectors / np.maximum(values, 1e-2)) @ vectors.T
    return bent


def smoothed_weights(log_ratios: Floats) -> tuple[Floats, float]:
    """Return importance weights whose largest are smoothed by a generalised Pareto, and its shape k.

    >>> weights, k = smoothed_weights(np.zeros(1000))
    >>> bool(np.allclose(weights, 1 / 1000)), k
    (True, 0.0)
    """
    weights = np.exp(log_ratios - log_ratios.max())
    tail = int(min(0.2 * weights.size, 3 * np.sqrt(weights.size)))
    order = np.argsort(weights)
    top, cut = order[-tail:], weights[order[-tail - 1]]
    beyond = weights[top] - cut
    if not (beyond > 0).all():
        return weights / weights.sum(), 0.0
    k, _, scale = stats.genpareto.fit(beyond, floc=0)
    smooth = cut + stats.genpareto.ppf((np.arange(tail) + 0.5) / tail, k, 0, scale)
    weights[top] = np.minimum(smooth, weights.max())
    return weights / weights.sum(), float(k)
