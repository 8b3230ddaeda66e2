"""Which factor the uncertainty comes from: first-order and total shares of the variance.

Two things people confuse: the first-order share (what would go if this factor alone were known) and the total share (what would
stay if all others were known). They differ where factors act together; only the first sum to at most one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import qmc

from labkit.models.inputs import BadInput, Floats, NotEstimable
from labkit.models.uncertainty.factors import Factor


@dataclass(frozen=True)
class VarianceShares:
    """Shares of the variance by factor, with the spread over scramblings."""

    names: tuple[str, ...]
    first: Floats
    total: Floats
    first_error: Floats
    total_error: Floats
    scale: str
    draws: int
    method: str = "Saltelli and Jansen estimators on scrambled Sobol points"

    def __str__(self) -> str:
        """Return one line, largest first."""
        order = np.argsort(-self.total)
        told = ", ".join(f"{self.names[k]} {self.first[k]:.0%} (total {self.total[k]:.0%})" for k in order)
        return f"variance on the {self.scale} scale: {told}"


def variance_shares(
    factors: Sequence[Factor],
    *,
    formula: Callable[[dict[str, Floats]], Floats] | None = None,
    scale: str = "log",
    draws: int = 2**13,
    scramblings: int = 8,
    seed: int = 1,
) -> VarianceShares:
    r"""Return first-order and total shares of the variance of a chain for one sample.

    .. math:: S_i = V\{E(Y \mid X_i)\} / V(Y), \qquad T_i = E\{V(Y \mid X_{\sim i})\} / V(Y)

    Parameters
    ----------
    factors : sequence of Factor
        Independent factors.
    formula : callable, optional
        From a dictionary of arrays by name to the result; the product of ``factor ** exponent`` unless given.
    scale : {"log", "identity"}
        Of the variance. On "log" a product is a sum: shares add to one and total equals first.
    draws, scramblings, seed : int
        Points (a power of two) in each of several scramblings; their spread gives the errors.

    Raises
    ------
    BadInput
        No factor, an unknown scale, draws that are no power of two, or a result at or below zero under "log".
    NotEstimable
        The result does not vary.

    Examples
    --------
    >>> from labkit.models.uncertainty import Lognormal
    >>> print(variance_shares([Lognormal("flow", cv=0.1), Lognormal("population", cv=0.2)]))
    variance on the log scale: population 80% (total 80%), flow 20% (total 20%)

    References
    ----------
    .. [1] A. Saltelli et al., "Variance based sensitivity analysis of model output", Computer Physics Communications
       2010;181:259-270.
    """
    if not factors:
        raise BadInput("factors", "none", "one or more")
    if scale not in ("log", "identity"):
        raise BadInput("scale", repr(scale), "log or identity")
    if draws < 2 or draws & (draws - 1):
        raise BadInput("draws", f"{draws}", "a power of two")
    width = len(factors)

    def result(points: Floats) -> Floats:
        drawn = {f.name: f.values(points[:, k : k + 1]) for k, f in enumerate(factors)}
        value = formula(drawn) if formula else np.prod([drawn[f.name] ** f.exponent for f in factors], axis=0)
        if scale == "identity":
            return value
        if (value <= 0).any():
            raise BadInput("formula", "a result at or below zero", "results above zero on the log scale")
        return np.log(value)

    first, total = np.empty((scramblings, width)), np.empty((scramblings, width))
    for turn in range(scramblings):
        rng = np.random.default_rng([seed, turn])
        points = np.clip(qmc.Sobol(2 * width, scramble=True, rng=rng).random(draws), 1e-12, 1 - 1e-12)
        one, two = points[:, :width], points[:, width:]
        at_one, at_two = result(one), result(two)
        centre = 0.5 * (at_one.mean() + at_two.mean())
        variance = np.concatenate([at_one, at_two]).var()
        if not variance > 0:
            raise NotEstimable("the shares", "the result does not vary")
        for k in range(width):
            mixed = one.copy()
            mixed[:, k] = two[:, k]
            at_mixed = result(mixed)
            first[turn, k] = ((at_two - centre) * (at_mixed - at_one)).mean() / variance
            total[turn, k] = 0.5 * ((at_one - at_mixed) ** 2).mean() / variance
    errors = [table.std(axis=0, ddof=1) / np.sqrt(scramblings) for table in (first, total)]
    names = tuple(factor.name for factor in factors)
    return VarianceShares(names, first.mean(axis=0), total.mean(axis=0), errors[0], errors[1], scale, draws)
