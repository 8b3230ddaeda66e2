"""From tests of chosen groups to the people: what tests miss, small groups pooled, groups weighted, and how they were chosen.

Two things people confuse: weighting and unbiasing. Weights mend which ages and districts were tested; they do not mend that a
suspect was a suspect, which is an offset that no count of the same tests tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from labkit.models.inputs import BadInput
from labkit.models.interval import Interval

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PostStratified:
    """Share of users among the people, and the same without the offset: of people like the tested."""

    share: float
    interval: Interval
    like_the_tested: float
    between_groups_log_odds_sd: float
    n: int
    groups: int


def poststratify(
    positive: Sequence[int],
    tested: Sequence[int],
    people: Sequence[float],
    *,
    sensitivity: tuple[float, float],
    specificity: tuple[float, float] = (495.0, 5.0),
    selection: tuple[float, float] = (0.0, 1e-9),
    level: float = 0.95,
    draws: int = 20_000,
    seed: int = 1,
) -> PostStratified:
    r"""Return the share of users by multilevel regression and post-stratification.

    .. math:: k_g \sim \text{Binomial}(n_g,\; 1 - Sp + (Se + Sp - 1)\,\sigma(\theta_g)), \quad
       \theta_g \sim N(\mu, \tau), \quad P = \sum_g w_g\, \sigma(\theta_g - \delta)

    Small groups lean on the others, as far as the groups resemble each other (τ at its likeliest value).

    Parameters
    ----------
    positive, tested : sequence of int
        By group; a group may have nobody tested.
    people : sequence of float
        People by group, for the weights w.
    sensitivity, specificity : (a, b)
        Beta parameters.
    selection : (mean, sd)
        δ, log odds by which the tested exceed their people.
    level, draws, seed
        Of the interval.

    Raises
    ------
    BadInput
        More positive than tested, nobody tested, no people, sensitivity + specificity not above 1.
    """
    k, n, w = (np.asarray(one, dtype=float) for one in (positive, tested, people))
    if not k.shape == n.shape == w.shape or (k > n).any() or (k < 0).any() or n.sum() == 0 or not w.sum() > 0:
        raise BadInput(
            "positive, tested, people", "another length, more positive than tested, or nobody", "0 <= positive <= tested"
        )
    se0, sp0 = (a / (a + b) for a, b in (sensitivity, specificity))
    if se0 + sp0 <= 1:
        raise BadInput("sensitivity", f"{se0:.2f} with specificity {sp0:.2f}", "their sum above 1")
    rng = np.random.default_rng(seed)
    nodes, weights = np.polynomial.hermite_e.hermegauss(31)
    weights = weights / weights.sum()

    def fitted(se: float, sp: float) -> tuple[Floats, float]:
        def loss(at: Floats) -> float:
            theta = at[0] + np.exp(at[1]) * nodes
            p = np.clip(1 - sp + (se + sp - 1) * special.expit(theta), 1e-9, 1 - 1e-9)
            log_l = k[:, None] * np.log(p) + (n - k)[:, None] * np.log1p(-p)
            return -float(special.logsumexp(log_l, b=weights, axis=1).sum()) + 0.5 * np.exp(2 * at[1])

        start = special.logit(np.clip((k.sum() / n.sum() + sp - 1) / (se + sp - 1), 1e-4, 1 - 1e-4))
        at = optimize.minimize(loss, [start, np.log(0.5)], method="Nelder-Mead").x
        return at, float(np.exp(at[1]))

    _, tau = fitted(se0, sp0)
    grid = np.linspace(-4, 4, 161)
    shares = []
    for se, sp in zip(rng.beta(*sensitivity, 60), rng.beta(*specificity, 60), strict=True):
        if se + sp <= 1.02:
            continue
        (mu, _), spread = fitted(se, sp)
        theta = mu + spread * grid
        p = np.clip(1 - sp + (se + sp - 1) * special.expit(theta), 1e-9, 1 - 1e-9)
        log_post = k[:, None] * np.log(p) + (n - k)[:, None] * np.log1p(-p) - 0.5 * grid**2
        post = np.exp(log_post - log_post.max(axis=1, keepdims=True))
        steps = np.cumsum(post, axis=1) / post.sum(axis=1, keepdims=True)
        u = rng.random((draws // 60, k.size))
        place = (steps[None, :, :] < u[:, :, None]).sum(axis=2)
        error = rng.standard_normal((draws // 60, 1)) * np.sqrt(1 / max(n.sum() * 0.05, 1))  # of the common level
        chosen = theta[np.minimum(place, grid.size - 1)] + error
        shares.append((chosen, selection[0] + selection[1] * rng.standard_normal((draws // 60, 1))))
    weight = w / w.sum()
    like = np.concatenate([special.expit(one) @ weight for one, _ in shares])
    people_share = np.concatenate([special.expit(one - delta) @ weight for one, delta in shares])
    low, middle, high = np.quantile(people_share, [(1 - level) / 2, 0.5, (1 + level) / 2])
    ends = Interval(float(low), float(high), level, "multilevel, post-stratified")
    return PostStratified(float(middle), ends, float(np.median(like)), tau, int(n.sum()), int(k.size))
