"""Likelihood of exact, censored and missing rows under a structural model: exact part times a box probability.

Two things people confuse: a limit put in as a value and the probability of lying below the limit. The first needs a Kalman
filter only and says something the laboratory did not; the second is what was reported.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labkit.models.structural.box import BoxProbability, box_probability
from labkit.models.structural.design import Design

Floats = NDArray[np.float64]
TOLERANCE = 1e-7
ROUNDED = 1e-9  # an interval narrower than this share of the spread is an exact value


@dataclass(frozen=True)
class Observed:
    """What is known of each row, on the model's scale: kind 0 missing, 1 exact, 2 censored."""

    low: Floats
    high: Floats
    kind: NDArray[np.int64]

    @classmethod
    def of(cls, low: Floats, high: Floats, spread: float) -> Observed:
        """Sort rows by kind."""
        open_ends = np.isneginf(low) & np.isposinf(high)
        kind = np.where(open_ends, 0, np.where(high - low <= ROUNDED * spread, 1, 2)).astype(np.int64)
        return cls(low, high, kind)


@dataclass
class Sites:
    """Precision, and precision times value, of the pseudo-observation of each censored row; changed in place."""

    weight: Floats
    pull: Floats

    @classmethod
    def none(cls, n: int) -> Sites:
        """Start without pseudo-observations."""
        return cls(np.zeros(n), np.zeros(n))


def approximate_loglik(design: Design, seen: Observed, variances: Mapping[str, float], sites: Sites) -> tuple[float, bool]:
    """Log likelihood by expectation propagation (exact with nothing or one row censored), and whether it settled."""
    from labkit.models.structural.propagation_kernel import ROUNDS, propagate

    value, rounds = propagate(
        design.loads,
        design.steps,
        design.shock(variances),
        design.mean0,
        design.cov0,
        seen.kind,
        seen.low,
        seen.high,
        float(variances["noise"]),
        sites.weight,
        sites.pull,
        TOLERANCE,
    )
    return float(value), rounds < ROUNDS


def box_loglik(
    design: Design, seen: Observed, variances: Mapping[str, float], *, points: int = 1024, seed: int = 20
) -> tuple[float, BoxProbability]:
    r"""Log likelihood as the exact rows' density times the probability of the box of the others given them.

    .. math:: \ell = \ln N(y_e; \mu_e, K_{ee}) + \ln P(low_c \le Y_c \le high_c \mid y_e), \quad K = Z P Z' + \sigma^2 I

    Deterministic to about 1e-9 for up to five censored rows (`box_probability`), by Sobol sampling with a stated error beyond.
    Cost grows with the square of the rows times states, and the cube of the rows.
    """
    from labkit.models.structural.filter_kernel import prior_moments

    rows = np.flatnonzero(seen.kind)
    centre, joint = prior_moments(design.loads, design.steps, design.shock(variances), design.mean0, design.cov0)
    centre, joint = centre[rows], joint[np.ix_(rows, rows)] + variances["noise"] * np.eye(rows.size)
    exact, censored = seen.kind[rows] == 1, seen.kind[rows] == 2
    log_lik, mean, cov = 0.0, centre[censored], joint[np.ix_(censored, censored)]
    if exact.any():
        chol = np.linalg.cholesky(joint[np.ix_(exact, exact)])
        white = np.linalg.solve(chol, seen.low[rows][exact] - centre[exact])
        cross = np.linalg.solve(chol, joint[np.ix_(exact, censored)])
        log_lik = float(-0.5 * white @ white - np.log(np.diag(chol)).sum() - 0.5 * exact.sum() * np.log(2 * np.pi))
        mean, cov = mean + cross.T @ white, cov - cross.T @ cross
    box = box_probability(mean, cov, seen.low[rows][censored], seen.high[rows][censored], points=points, seed=seed)
    return log_lik + box.log, box
