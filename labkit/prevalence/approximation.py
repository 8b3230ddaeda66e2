"""The joint answer in seconds and without a compiler: nested normal approximations corrected by importance weights.

Two things people confuse: an approximation and an answer. This one says by a number (Pareto k) whether its weights can mend
it, and refuses where they cannot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

from labkit.models.inputs import NotEstimable
from labkit.prevalence.conditional import Question, likeliest
from labkit.prevalence.data import Positives, Sources, check_sources
from labkit.prevalence.density import Layout
from labkit.prevalence.joint import Joint, to_joint
from labkit.prevalence.priors import TESTS, Priors

Floats = NDArray[np.float64]
FREE, WORST_K, TRIES, STEP, FAR = 10.0, 0.7, 15, 0.05, 8.0
DRAWS, PLACES, CHAINS, TURNS = 8000, 1000, 200, 60
LARGE = 300  # cells: from here on modes are near after one step, and fewer chains do
METHOD = "approximation: normal areas inside, importance weighted"


def approximate_joint(sources: Sources, priors: Priors | None = None, *, draws: int = DRAWS, seed: int = 1) -> Joint:
    """Return an approximation of the joint posterior.

    Areas and steps of quarters are normal around their mode given the singles (scales, levels, sensitivities …) [1]_. Singles
    are drawn from a multivariate Student's t around the mode of what is left of the density; every draw is weighted by the true
    density over the one it was drawn from, the largest weights smoothed by a generalised Pareto [2]_; the t is moved to where
    the weight is until k is small; draws are resampled.

    Parameters
    ----------
    sources, priors
        What is known, and what is assumed.
    draws, seed : int
        Of the resampling; large tables are asked at fewer places.

    Raises
    ------
    BadInput
        As `check_sources`.
    NotEstimable
        No mode is found, or Pareto's k is .7 or more: then only the sampler can answer.

    References
    ----------
    .. [1] H. Rue, S. Martino, N. Chopin, "Approximate Bayesian inference for latent Gaussian models", J. R. Stat. Soc. B
       2009;71:319-392.
    .. [2] A. Vehtari, D. Simpson, A. Gelman, Y. Yao, J. Gabry, "Pareto smoothed importance sampling", J. Mach. Learn. Res.
       2024;25(72).
    """
    check_sources(sources)
    priors = priors or Priors()
    layout = Layout.of(sources)
    question = Question(sources, priors, layout)
    rng = np.random.default_rng(seed)
    frame = find_frame(question, start_at(sources, priors, layout))
    u = walk(frame, rng)
    vectors, told, arrow = likeliest(question, frame.vectors(u), frame.newton)
    middle = told.value
    moved, log_drawn = arrow.draw(rng)
    vectors[:, frame.size :] += moved
    weights, k = smoothed_weights(question.ask(vectors).value - middle - log_drawn)
    if k >= WORST_K:
        raise NotEstimable("the approximation", f"Pareto k is {k:.2f}, and 0.7 is the limit", "the sampler (sample_joint)")
    steps = (np.arange(draws) + rng.random()) / draws  # systematic: the least noise a resampling can have
    chosen = np.minimum(np.searchsorted(np.cumsum(weights), steps), weights.size - 1)
    return to_joint(rng.permutation(vectors[chosen]), sources, priors, layout, METHOD, pareto_k=k)


def walk(frame: Frame, rng: np.random.Generator) -> Floats:
    """Return u drawn from the marginal density by many short chains side by side.

    They start from weighted draws of a Student's t. A move either shrinks towards the middle and adds what it lost (which
    leaves a normal as it is, in any number of dimensions), or steps at random, for tails that are not normal.
    """
    size, chains = frame.size, CHAINS // 2 if frame.large else CHAINS
    scale = np.sqrt(FREE / rng.chisquare(FREE, PLACES))[:, None]
    u = rng.standard_normal((PLACES, size)) * scale
    weights, _ = smoothed_weights(frame.marginal(u) + 0.5 * (FREE + size) * np.log1p((u**2).sum(axis=1) / FREE))
    mild = weights**0.5 / (weights**0.5).sum()  # a few heavy draws would else pull everything to themselves
    centre = mild @ u
    rest = u - centre
    half = np.linalg.cholesky(0.3 * np.eye(size) + 0.7 * (rest * mild[:, None]).T @ rest)
    z = np.linalg.solve(half, (u[rng.choice(PLACES, chains, p=weights)] - centre).T).T
    here = frame.marginal(centre + z @ half.T)
    kept = []
    for turn in range(TURNS):
        fresh = rng.standard_normal(z.shape)
        if turn % 2:
            tried, lost = z + rng.choice([0.15, 0.3, 0.6], (chains, 1)) * fresh, 0.0
        else:
            part = rng.choice([0.3, 0.6, 0.9], (chains, 1))
            tried = np.sqrt(1 - part**2) * z + part * fresh
            lost = 0.5 * (tried**2 - z**2).sum(axis=1)
        there = frame.marginal(centre + tried @ half.T)
        taken = np.log(rng.random(chains)) < there - here + lost
        z, here = np.where(taken[:, None], tried, z), np.where(taken, there, here)
        if turn >= TURNS // 3 and turn % 2:
            kept.append(centre + z @ half.T)
    return np.vstack(kept)


def start_at(sources: Sources, priors: Priors, layout: Layout) -> Floats:
    """Return where to start looking for the singles."""
    told = {"log_intake": priors.log_intake, "water_level": priors.level + priors.log_intake}
    for name in ("areas", "quarters", "water"):
        told[f"log_{name}_sd"] = float(np.log(getattr(priors, f"{name}_sd")))
    if "water" in sources.names:
        known = sources.water[1][np.isfinite(sources.water[1])]
        told["water_level"] = float(np.median(known)) - np.log(1000)
    for test in TESTS:
        told[f"{test}_level"] = told["water_level"] - priors.log_intake + (priors.selection if test != "survey" else 0.0)
        if test in sources.names:
            one: Positives = getattr(sources, test)
            found = special.expit([priors.logit(f"{test}_{kind}") for kind in ("regular", "occasional")]).mean()
            share = np.clip(one.positive.sum() / one.tested.sum() / found, 0.002, 0.9)
            told[f"{test}_level"] = float(special.logit(share))
    shares = {name: "specificity" if name.endswith("specificity") else name.removeprefix("logit_") for name in layout.names}
    return np.array([told[name] if name in told else priors.logit(shares[name]) for name in layout.names])


@dataclass(frozen=True)
class Frame:
    """Singles in units of their own spread around their mode, and areas and steps as they lean on them, to first order."""

    question: Question
    centre: Floats
    half: Floats  # singles are centre + half u
    inside: Floats  # areas and steps times their scales
    lean: Floats  # inside changes by lean u

    @property
    def size(self) -> int:
        """How many singles there are."""
        return int(self.centre.size)

    @property
    def large(self) -> bool:
        """Whether the tables are large."""
        sources = self.question.sources
        return len(sources.areas) * len(sources.quarters) > LARGE

    @property
    def newton(self) -> int:
        """How many Newton steps areas and steps take from where they lean to."""
        return 1 if self.large else 2

    def vectors(self, u: Floats) -> Floats:
        """Return the parameters at some u, a row each."""
        singles: Floats = self.centre + u @ self.half.T
        return np.hstack([singles, (self.inside + u @ self.lean.T) / self.scales(singles)])

    def scales(self, singles: Floats) -> Floats:
        """Return what areas and steps are multiplied by, a row each."""
        layout = self.question.layout
        steps = layout.quarters.stop - layout.quarters.start
        many = (layout.size - self.size - steps, steps)
        sds = (np.exp(layout.single(singles, f"log_{name}_sd"))[:, None] for name in ("areas", "quarters"))
        return np.hstack([np.repeat(sd, n, axis=1) for sd, n in zip(sds, many, strict=True)])

    def marginal(self, u: Floats) -> Floats:
        """Return the log density of singles with areas and steps integrated out by Laplace's rule; it falls off far away."""
        near = np.clip(u, -FAR, FAR)
        _, told, arrow = likeliest(self.question, self.vectors(near), self.newton)
        found: Floats = told.value - 0.5 * arrow.log_det() - ((u - near) ** 2).sum(axis=1)
        return np.where(np.isfinite(found), found, -1e9)

    def moved(self, u: Floats, half: Floats) -> Frame:
        """Return a frame around another place and with other units."""
        size = self.size
        here = likeliest(self.question, self.vectors(np.clip(u, -FAR, FAR)[None]), 8)[0]
        centre, wide = here[0, :size], 0.5
        inside = here[0, size:] * self.scales(here[:, :size])[0]
        half = self.half @ half
        ends = centre + wide * np.vstack([half.T, -half.T])
        scales = self.scales(ends)
        leant = likeliest(self.question, np.hstack([ends, inside / scales]), 5)[0][:, size:] * scales
        return Frame(self.question, centre, half, inside, ((leant[:size] - leant[size:]) / (2 * wide)).T)


def find_frame(question: Question, start: Floats) -> Frame:
    """Return a frame at the likeliest singles, in units in which they are about standard normal.

    Raises
    ------
    NotEstimable
        If no such place is found.
    """
    inner = question.layout.size - start.size
    frame = Frame(question, start, np.eye(start.size), np.zeros(inner), np.zeros((inner, start.size)))
    frame = frame.moved(np.zeros(start.size), np.eye(start.size) * 1e-3)
    for tries in range(TRIES):
        bends = second_derivatives(frame, 1.0 if tries == 0 else 0.5)
        if tries == 0:  # the units are unknown yet: each single for itself
            bends = np.diag(np.minimum(np.diag(bends), -1e-6))
        values, axes = np.linalg.eigh(-bends)
        frame = frame.moved(np.zeros(start.size), (axes / np.sqrt(np.maximum(values, 0.05 if tries else 1e-6))) @ axes.T)
        done = optimize.minimize(
            lambda u, at=frame: -float(at.marginal(u[None])[0]),
            np.zeros(start.size),
            jac=lambda u, at=frame: -_gradient(at, u),
            method="BFGS",
            options={"gtol": 0.03, "maxiter": 40},
        )
        if not np.isfinite(done.fun):
            break
        frame = frame.moved(done.x, np.eye(start.size))
        if tries > 1 and np.abs(done.x).max() < 1.0:
            return frame
    raise NotEstimable("the approximation", "no mode was found", "the sampler (sample_joint)")


def _gradient(frame: Frame, u: Floats) -> Floats:
    steps = STEP * np.eye(u.size)
    values = frame.marginal(np.vstack([u + steps, u - steps]))
    found: Floats = (values[: u.size] - values[u.size :]) / (2 * STEP)
    return found


def second_derivatives(frame: Frame, wide: float) -> Floats:
    """Return the second derivatives of the marginal log density at the middle of a frame."""
    size = frame.size
    moves = wide * np.eye(size)
    pairs = [(i, j) for i in range(size) for j in range(i)]
    crossed = [sign * (moves[i] + moves[j]) for i, j in pairs for sign in (1, -1)]
    values = frame.marginal(np.vstack([np.zeros((1, size)), moves, -moves, *(one[None] for one in crossed)]))
    middle, plus, minus, both = values[0], values[1 : 1 + size], values[1 + size : 1 + 2 * size], values[1 + 2 * size :]
    found = np.diag(plus + minus - 2 * middle)
    for (i, j), up, down in zip(pairs, both[0::2], both[1::2], strict=True):
        found[i, j] = found[j, i] = (up + down - plus[i] - minus[i] - plus[j] - minus[j] + 2 * middle) / 2
    bends: Floats = found / wide**2
    return bends


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
