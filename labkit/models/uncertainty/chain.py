"""A chain of uncertain factors, and the interval each kind of statement needs.

Two things people confuse: the interval of a level and that of a ratio. What two periods of one site share cancels in their
ratio; what all sites share cancels between sites; a level keeps everything, and persons add what turns amounts into people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri
from scipy.stats import qmc

from labkit.models.inputs import BadInput, Floats, check_level
from labkit.models.uncertainty.factors import Factor, Lognormal

STATEMENTS = ("level", "persons", "trend", "comparison")
MOST_SAMPLES = 400


@dataclass(frozen=True)
class Propagated:
    """Quantiles of a chain, for one kind of statement."""

    statement: str
    median: float
    mean: float
    low: float
    high: float
    level: float
    n: int  # samples averaged
    draws: int
    shared: tuple[str, ...]  # factors that do not shrink with n
    cancelled: tuple[str, ...]  # factors that are not in this statement
    method: str = "scrambled Sobol points"

    def __str__(self) -> str:
        """Return one line."""
        gone = f"; cancelled: {', '.join(self.cancelled)}" if self.cancelled else ""
        return (
            f"{self.statement}: {self.median:.4g} ({self.low:.4g} to {self.high:.4g}, {self.level:.0%}, n = {self.n}, "
            f"{self.draws} {self.method}; shared: {', '.join(self.shared) or 'none'}{gone})"
        )


def propagate(
    factors: Sequence[Factor],
    statement: str = "level",
    *,
    n: int = 1,
    n_before: int | None = None,
    level: float = 0.95,
    draws: int = 2**14,
    seed: int = 1,
) -> Propagated:
    r"""Return the interval of one kind of statement about ``X = Π factor^exponent``.

    With :math:`A_i` the factors made anew on each sample, :math:`S` those of a site and :math:`G` those of everything:

    ========== ==================================================================
    level      :math:`G \, S \, \frac1n \sum_{i=1}^n A_i`, without factors of persons
    persons    the same with them
    trend      :math:`\overline{A}_{now} / \overline{A}_{before}`: S and G cancel
    comparison :math:`S_1 \overline{A}_1 / (S_2 \overline{A}_2)`: G cancels
    ========== ==================================================================

    Parameters
    ----------
    factors : sequence of Factor
        Lognormal, Beta, Gamma or DirichletShare, with how each is shared. Two shares of one Dirichlet in one chain are not
        independent and are refused.
    statement : {"level", "persons", "trend", "comparison"}
        What is to be said. The interval of one kind is wrong for another.
    n, n_before : int
        Samples averaged now (or at the first site), and before (at the second; n unless given).
    level : float
        Probability of the interval, equally split.
    draws : int
        A power of two. Lognormal factors in front of every mean are integrated exactly; only the others are drawn, so that
        2**14 points fix the quantiles of five factors better than a million plain draws
        (tests/bench/bench_models_uncertainty.py).
    seed : int
        Of the scrambling.

    Raises
    ------
    BadInput
        No factor, a name twice, an unknown statement, draws that are no power of two, more than 400 samples.

    Examples
    --------
    >>> from labkit.models.uncertainty import Beta, Lognormal
    >>> chain = [Lognormal("load", median=100, cv=0.1), Lognormal("population", "site", -1, cv=0.2),
    ...          Beta("excretion", "all", -1, mean=0.43, sd=0.06)]
    >>> print(propagate(chain, "trend", n=7))
    trend: 1 (0.8999 to 1.111, 95%, n = 7, 16384 scrambled Sobol points; shared: none; cancelled: population, excretion)

    References
    ----------
    .. [1] A. B. Owen, "Scrambling Sobol' and Niederreiter-Xing points", J. Complexity 1998;14:466-489.
    """
    check_level(level)
    if statement not in STATEMENTS:
        raise BadInput("statement", repr(statement), ", ".join(STATEMENTS))
    names = [factor.name for factor in factors]
    if not names or len(set(names)) < len(names):
        raise BadInput("factors", f"{names}", "one or more factors, each with a name of its own")
    dirichlets = [factor.concentrations for factor in factors if hasattr(factor, "concentrations")]
    if len(set(dirichlets)) < len(dirichlets):
        raise BadInput("factors", "two shares of one Dirichlet", "one share: shares of one whole are not independent")
    if draws < 2 or draws & (draws - 1):
        raise BadInput("draws", f"{draws}", "a power of two")
    before = n if n_before is None else n_before
    if not 1 <= n <= MOST_SAMPLES or not 1 <= before <= MOST_SAMPLES:
        raise BadInput("n", f"{n}, {before}", f"1 to {MOST_SAMPLES} samples")

    used = [factor for factor in factors if statement == "persons" or not factor.persons]
    twice = statement in ("trend", "comparison")
    each = [factor for factor in used if factor.shared == "none"]
    kept = [f for f in used if (f.shared == "site" and statement != "trend") or (f.shared == "all" and not twice)]
    if not each and not kept:
        return _exactly_one(statement, level, n, draws, used)
    rounds = [(n, 1.0), (before, -1.0)] if twice else [(n, 1.0)]
    spread2, centre, drawn = _take_lognormals(kept, each, rounds)
    rest = _draw(drawn, each, rounds, draws, seed)
    tails = [(1 - level) / 2, 0.5, (1 + level) / 2]
    low, middle, high = (float(np.exp(centre + v)) for v in _quantiles(np.log(rest), np.sqrt(spread2), tails))
    return Propagated(
        statement=statement,
        median=middle,
        mean=float(np.exp(centre + spread2 / 2) * rest.mean()),
        low=low,
        high=high,
        level=level,
        n=n,
        draws=draws,
        shared=tuple(factor.name for factor in kept),
        cancelled=tuple(factor.name for factor in factors if factor not in each and factor not in kept),
    )


def _take_lognormals(
    kept: Sequence[Factor], each: Sequence[Factor], rounds: Sequence[tuple[int, float]]
) -> tuple[float, float, list[Factor]]:
    """Take out what is lognormal in front of every mean: its variance and centre on the log scale, and what has to be drawn."""
    spread2, centre, drawn = 0.0, 0.0, []
    for factor in kept:
        if isinstance(factor, Lognormal):
            spread2 += len(rounds) * factor.exponent**2 * np.log1p(factor.cv**2)
            centre += sum(sign for _, sign in rounds) * factor.exponent * np.log(factor.median)
        else:
            drawn.append(factor)
    for count, sign in rounds:  # a mean of one sample is that sample
        for factor in each:
            if count == 1 and isinstance(factor, Lognormal):
                spread2 += factor.exponent**2 * np.log1p(factor.cv**2)
                centre += sign * factor.exponent * np.log(factor.median)
    return float(spread2), float(centre), drawn


def _draw(kept: Sequence[Factor], each: Sequence[Factor], rounds: Sequence[tuple[int, float]], draws: int, seed: int) -> Floats:
    """Return draws of what is not taken out, on scrambled Sobol points."""
    fresh = {count: [f for f in each if not (count == 1 and isinstance(f, Lognormal))] for count, _ in rounds}
    width = sum(count * len(fresh[count]) for count, _ in rounds) + len(kept) * len(rounds)
    if width == 0:
        return np.ones(1)
    points = qmc.Sobol(width, scramble=True, rng=np.random.default_rng(seed)).random(draws)
    columns = iter(np.clip(points, 1e-12, 1 - 1e-12).T[:, :, None])
    value = np.ones(draws)
    for count, sign in rounds:
        for factor in kept:
            value *= factor.values(next(columns)) ** (sign * factor.exponent)
        if fresh[count]:
            total = np.zeros(draws)
            for _ in range(count):
                sample = np.ones(draws)
                for factor in fresh[count]:
                    sample *= factor.values(next(columns)) ** factor.exponent
                total += sample
            value *= (total / count) ** sign
    return value


def _quantiles(logs: Floats, spread: float, probabilities: Sequence[float]) -> list[float]:
    """Return quantiles of ``spread Z + logs``: the normal part exactly, so that only the rest carries error of drawing."""
    if spread == 0:
        return [float(v) for v in np.quantile(logs, probabilities)]
    if logs.size == 1:
        return [float(logs[0] + spread * ndtri(p)) for p in probabilities]
    reach = 9 * spread
    ends = (logs.min() - reach, logs.max() + reach)
    return [brentq(lambda x, p=p: ndtr((x - logs) / spread).mean() - p, *ends, xtol=1e-9) for p in probabilities]


def _exactly_one(statement: str, level: float, n: int, draws: int, used: Sequence[Factor]) -> Propagated:
    """Return the ratio in which every factor cancels."""
    names = tuple(factor.name for factor in used)
    return Propagated(statement, 1.0, 1.0, 1.0, 1.0, level, n, draws, (), names, "nothing is left to draw")
