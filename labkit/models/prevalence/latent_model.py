"""What every pattern of test results is expected to be, with two hidden classes; and the maximum of its likelihood.

Two things people confuse: tests that agree because both are right and tests that agree because they make the same mistakes.
Without a model of the second, all agreement counts as being right.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import special

from labkit.models.inputs import Floats

FARTHEST = 16.0  # logits beyond this are 0 or 1
STEPS = 200
NODES = 21  # of the quadrature over the random effect


@dataclass(frozen=True)
class LatentModel:
    """Parameters in order: logits of the prevalences, of positives with it, of positives without it, then the dependence."""

    tests: int
    populations: int
    pairs: tuple[tuple[int, int], ...] = ()
    random_effect: bool = False

    @property
    def size(self) -> int:
        """Number of parameters."""
        return self.populations + 2 * self.tests + 2 * len(self.pairs) + 2 * self.random_effect

    @property
    def patterns(self) -> Floats:
        """Every pattern of results, none positive first, shape (2^k, k)."""
        return _patterns(self.tests)

    @property
    def free_cells(self) -> int:
        """Numbers that the data give."""
        return int(self.populations * (2**self.tests - 1))

    def split(self, theta: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Return prevalences, positives with it, positives without it, and the parameters of dependence."""
        shares = special.expit(theta[: self.populations + 2 * self.tests])
        g, k = self.populations, self.tests
        return shares[:g], shares[g : g + k], shares[g + k :], theta[g + 2 * k :]

    def by_class(self, theta: Floats) -> tuple[Floats, Floats]:
        """Return the probability of each pattern with it and without it."""
        _, with_it, without, extra = self.split(theta)
        return self.one_class(with_it, extra[0::2]), self.one_class(without, extra[1::2])

    def one_class(self, share: Floats, extra: Floats) -> Floats:
        """Return the probability of each pattern in a class, from its shares of positives and its parameters of dependence."""
        patterns = self.patterns
        if self.random_effect:
            return _mixed(share, float(extra[0]), patterns)[0]
        each = np.where(patterns > 0, share, 1 - share)
        terms = np.ones(patterns.shape[0])
        for (i, j), logit in zip(self.pairs, extra, strict=True):
            low = max(0.0, share[i] + share[j] - 1) - share[i] * share[j]
            high = min(share[i], share[j]) - share[i] * share[j]
            shared = low + (high - low) * special.expit(logit)
            terms = terms * (each[:, i] * each[:, j] + shared * (2 * patterns[:, i] - 1) * (2 * patterns[:, j] - 1))
        paired = {member for pair in self.pairs for member in pair}
        alone = [j for j in range(self.tests) if j not in paired]
        return terms * each[:, alone].prod(axis=1)

    def cells(self, theta: Floats) -> Floats:
        """Return the probability of each pattern in each population, shape (populations, 2^k)."""
        with_it, without = self.by_class(theta)
        prevalence = special.expit(theta[: self.populations])[:, None]
        return prevalence * with_it + (1 - prevalence) * without

    def slopes(self, theta: Floats) -> NDArray[np.float64]:
        """Return the derivatives of the cells, shape (size, populations, 2^k)."""
        prevalence, in_it, out_of_it, extra = self.split(theta)
        patterns, g, k = self.patterns, self.populations, self.tests
        by_spread = by_spread_0 = np.zeros((0, 2**k))
        if self.random_effect:
            (with_it, by_test, by_spread), (without, by_test_0, by_spread_0) = (
                _mixed(share, float(size), patterns) for share, size in zip((in_it, out_of_it), extra, strict=True)
            )
        elif self.pairs:
            (with_it, by_test, by_spread), (without, by_test_0, by_spread_0) = (
                self._stepped(share, extra[place::2]) for place, share in enumerate((in_it, out_of_it))
            )
        else:
            with_it, without = self.by_class(theta)
            by_test, by_test_0 = with_it * (patterns - in_it).T, without * (patterns - out_of_it).T
        found = np.zeros((self.size, g, 2**k))
        for place in range(g):
            found[place, place] = prevalence[place] * (1 - prevalence[place]) * (with_it - without)
        found[g : g + k] = prevalence[None, :, None] * by_test[:, None, :]
        found[g + k : g + 2 * k] = (1 - prevalence)[None, :, None] * by_test_0[:, None, :]
        if by_spread.size:
            found[g + 2 * k :: 2] = prevalence[None, :, None] * by_spread[:, None, :]
            found[g + 2 * k + 1 :: 2] = (1 - prevalence)[None, :, None] * by_spread_0[:, None, :]
        return found

    def _stepped(self, share: Floats, extra: Floats) -> tuple[Floats, Floats, Floats]:
        """Return a class's patterns and, by differences, their slopes by the logits of its shares and its dependence."""
        logits = np.concatenate([special.logit(share), extra])
        found = np.empty((logits.size, 2**self.tests))
        for k in range(logits.size):
            ends = []
            for step in (1e-5, -1e-5):
                moved = logits.copy()
                moved[k] += step
                ends.append(self.one_class(special.expit(moved[: self.tests]), moved[self.tests :]))
            found[k] = (ends[0] - ends[1]) / 2e-5
        return self.one_class(share, extra), found[: self.tests], found[self.tests :]


@dataclass(frozen=True)
class Maximum:
    """Parameters at a maximum of the log likelihood (without the multinomial constant)."""

    theta: Floats
    loglik: float


def climb(model: LatentModel, counts: Floats, start: Floats, fixed: int | None = None) -> Maximum:
    """Return the maximum reached from `start` by Fisher's scoring with a growing damping; one parameter may be held."""
    free = np.array([k for k in range(model.size) if k != fixed])
    theta, damping = start.copy(), 1e-3
    totals = counts.sum(axis=1, keepdims=True)
    value, cells = _loglik(model, counts, theta)
    for _ in range(STEPS):
        slopes = model.slopes(theta)[free].reshape(free.size, -1)
        flat = np.maximum(cells, 1e-300).ravel()
        slope = slopes @ (counts.ravel() / flat)
        information = (slopes * (np.broadcast_to(totals, cells.shape).ravel() / flat)) @ slopes.T
        improved, got, trial, fitted = False, value, theta, cells
        for _ in range(12):
            scale = damping * (np.diag(information) + 1e-8 * float(totals.sum()))
            step = np.linalg.solve(information + np.diag(scale), slope)
            trial = theta.copy()
            trial[free] = np.clip(theta[free] + np.clip(step, -2, 2), -FARTHEST, FARTHEST)
            got, fitted = _loglik(model, counts, trial)
            if got >= value:
                improved = True
                break
            damping = max(4 * damping, 1e-6)
        if not improved:
            break
        gain, value, theta, cells = got - value, got, trial, fitted
        damping /= 8
        if gain < 1e-8:
            break
    return Maximum(theta, value)


def highest(model: LatentModel, counts: Floats, starts: int, seed: int) -> Maximum:
    """Return the best of several climbs; the class with more positives is the one that has it."""
    rng = np.random.default_rng(seed)
    g, k = model.populations, model.tests
    positive = (counts @ model.patterns) / counts.sum(axis=1, keepdims=True)
    best: Maximum | None = None
    for turn in range(starts):
        noise = rng.normal(0, 0.0 if turn == 0 else 1.0, model.size)
        theta = noise.copy()
        theta[:g] += special.logit(np.clip(positive.mean(axis=1), 0.05, 0.95))
        theta[g : g + k] += 1.5
        theta[g + k : g + 2 * k] -= 1.5
        theta[g + 2 * k :] = -1.0 + 0.5 * noise[g + 2 * k :]
        found = climb(model, counts, theta)
        if best is None or found.loglik > best.loglik + 1e-9:
            best = found
    assert best is not None
    theta = best.theta
    if special.expit(theta[g : g + k]).sum() < special.expit(theta[g + k : g + 2 * k]).sum():
        turned = theta.copy()
        turned[:g] *= -1
        turned[g : g + k], turned[g + k : g + 2 * k] = theta[g + k : g + 2 * k], theta[g : g + k]
        turned[g + 2 * k :] = theta[g + 2 * k :].reshape(-1, 2)[:, ::-1].ravel()
        best = Maximum(turned, best.loglik)
    return best


def identified(model: LatentModel, theta: Floats) -> bool:
    """Tell whether the cells, near the estimate, move with every parameter in a way of its own."""
    if model.size > model.free_cells:
        return False
    slopes = model.slopes(np.clip(theta, -4, 4)).reshape(model.size, -1)
    sizes = np.linalg.norm(slopes, axis=1)
    if (sizes < 1e-9).any():
        return False
    values = np.linalg.svd(slopes / sizes[:, None], compute_uv=False)
    return bool(values[-1] > 1e-5 * values[0])


def _loglik(model: LatentModel, counts: Floats, theta: Floats) -> tuple[float, Floats]:
    cells = model.cells(theta)
    return float(special.xlogy(counts, np.maximum(cells, 1e-300)).sum()), cells


def _mixed(share: Floats, logit: float, patterns: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the patterns' probabilities where persons of a class lie along a normal line, and their slopes.

    `logit` is that of the share r of the line in the variance behind each test: at node z a test is positive with probability
    Φ(a / sqrt(1 - r) + z sqrt(r / (1 - r))), which over all z is its share Φ(a).
    """
    r = float(special.expit(logit))
    stretch, size = 1 / np.sqrt(1 - r), np.sqrt(r / (1 - r))
    nodes, weights = _normal_nodes()
    p = np.clip(share, 1e-12, 1 - 1e-12)
    a = special.ndtri(p)
    at = a * stretch + size * nodes[:, None]
    positive = special.ndtr(at)[:, None, :]
    each = np.where(patterns > 0, positive, 1 - positive)
    density = np.exp(-(at**2) / 2)[:, None, :]
    others = np.stack([np.delete(each, j, axis=2).prod(axis=2) for j in range(p.size)], axis=2)
    slope = weights[:, None, None] * others * (2 * patterns - 1) * density  # by the place of each test, times sqrt(2 pi)
    by_test = slope.sum(axis=0) * (stretch * p * (1 - p) / np.exp(-(a**2) / 2))
    moved = a * stretch * r / 2 + size / 2 * nodes[:, None]
    by_spread = (slope * moved[:, None, :]).sum(axis=(0, 2))[None] / np.sqrt(2 * np.pi)
    return weights @ each.prod(axis=2), by_test.T, by_spread


@cache
def _patterns(tests: int) -> Floats:
    return np.array(list(product((0.0, 1.0), repeat=tests)))


@cache
def _normal_nodes() -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, weights / weights.sum()
