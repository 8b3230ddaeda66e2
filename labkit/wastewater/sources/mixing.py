"""One marker, several sources: what each may have contributed, as a distribution.

Two things people confuse: the load of a marker, which was measured, and its division among sources, which is mostly assumed.
Morphine comes from heroin, from medicines, from codeine and from poppy straw; a single factor for heroin hides an assumption
of ten to one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats
from scipy.stats import qmc

from labkit.models.inputs import BadInput, check_level
from labkit.models.interval import Interval

POINTS = 2**13


@dataclass(frozen=True)
class Source:
    """One source: its prior weight in the Dirichlet, and milligrams of drug taken per milligram of marker excreted."""

    name: str
    weight: float
    correction_factor: float


@dataclass(frozen=True)
class Mixture:
    """Share and consumption of each source, with their intervals; shares of one draw add up to one."""

    share: dict[str, float]
    share_interval: dict[str, Interval]
    consumption_mg_day_1000inh: dict[str, float]
    consumption_interval: dict[str, Interval]
    n: int
    level: float
    n_censored: int = 0
    method: str = "Dirichlet prior of shares"

    def __str__(self) -> str:
        """Return one line."""
        told = "; ".join(
            f"{name} {self.share[name]:.0%} ({self.share_interval[name].low:.0%} to {self.share_interval[name].high:.0%})"
            for name in self.share
        )
        return f"{told} ({self.method})"


def apportion(
    load_mg_day_1000inh: float,
    sources: Sequence[Source],
    *,
    known: dict[str, tuple[float, float]] | None = None,
    level: float = 0.95,
    seed: int = 20,
) -> Mixture:
    r"""Divide the load of a marker among its sources.

    .. math:: s \sim Dirichlet(\alpha), \qquad C_j = L\, s_j\, f_j

    and where a source is told by something else (dispensed amounts, 6-acetylmorphine), draws are weighted by how well
    :math:`L s_j` agrees with it, lognormal with the error given.

    Parameters
    ----------
    load_mg_day_1000inh : float
        Of the marker.
    sources : sequence of Source
        Two or more; weights of 1 each say that nothing is known, larger ones that more is.
    known : mapping of name to (load, cv), optional
        What of the marker's load is known to come from a source.
    level, seed
        Probability of the intervals; of the scrambled points.

    Raises
    ------
    BadInput
        A load not above zero, fewer than two sources, weights or factors not above zero, `known` about no source, or so far off
        that hardly any draw agrees.

    Examples
    --------
    >>> heroin, clinical = Source("heroin", 1.0, 3.08), Source("clinical", 1.0, 5.0)
    >>> found = apportion(6.7, [heroin, clinical], known={"clinical": (5.0, 0.1)})
    >>> print(found)
    heroin 24% (9% to 38%); clinical 76% (62% to 91%) (Dirichlet prior of shares)
    """
    check_level(level)
    if not load_mg_day_1000inh > 0:
        raise BadInput("load_mg_day_1000inh", f"{load_mg_day_1000inh}", "above zero; a load below a limit has no division")
    names = [one.name for one in sources]
    if len(names) < 2 or len(set(names)) < len(names):
        raise BadInput("sources", f"{len(names)} sources", "two or more, each once")
    if any(one.weight <= 0 or one.correction_factor <= 0 for one in sources):
        raise BadInput("sources", "a weight or factor not above zero", "weights and factors above zero")
    u = qmc.Sobol(len(names), seed=np.random.default_rng(seed)).random(POINTS)
    gammas = stats.gamma.ppf(np.clip(u, 1e-12, 1 - 1e-12), np.array([one.weight for one in sources]))
    share = gammas / gammas.sum(axis=1, keepdims=True)
    log_weight = np.zeros(POINTS)
    for name, (load, cv) in (known or {}).items():
        if name not in names or not (load > 0 and cv > 0):
            raise BadInput("known", f"{name}: {load}, {cv}", f"one of {', '.join(names)}, with load and cv above zero")
        mine = np.log(load_mg_day_1000inh * share[:, names.index(name)])
        log_weight -= 0.5 * (mine - np.log(load)) ** 2 / np.log1p(cv**2)
    weight = np.exp(log_weight - log_weight.max())
    if weight.sum() ** 2 / (weight**2).sum() < 50:
        raise BadInput("known", "hardly any division agrees with it", "a load within that of the marker, or a larger cv")
    weight /= weight.sum()
    taken = load_mg_day_1000inh * share * np.array([one.correction_factor for one in sources])
    return Mixture(
        {name: float(weight @ share[:, j]) for j, name in enumerate(names)},
        {name: _interval(share[:, j], weight, level) for j, name in enumerate(names)},
        {name: float(weight @ taken[:, j]) for j, name in enumerate(names)},
        {name: _interval(taken[:, j], weight, level) for j, name in enumerate(names)},
        n=1,
        level=level,
    )


def implied_share(consumption_mg_day_1000inh: float, load_mg_day_1000inh: float, correction_factor: float) -> float:
    """Return the share of a marker that a published consumption would presume at this load: ``C / (L · f)``.

    >>> round(implied_share(10.3, 6.7, 3.0824), 3)
    0.499
    """
    for name, value in (
        ("consumption_mg_day_1000inh", consumption_mg_day_1000inh),
        ("load_mg_day_1000inh", load_mg_day_1000inh),
        ("correction_factor", correction_factor),
    ):
        if not value > 0:
            raise BadInput(name, f"{value}", "above zero")
    return consumption_mg_day_1000inh / (load_mg_day_1000inh * correction_factor)


def _interval(values: np.ndarray, weight: np.ndarray, level: float) -> Interval:
    order = np.argsort(values)
    cumulated = np.cumsum(weight[order])
    low, high = (
        float(values[order][min(int(np.searchsorted(cumulated, p)), values.size - 1)])
        for p in ((1 - level) / 2, (1 + level) / 2)
    )
    return Interval(low, high, level, "Dirichlet prior")
