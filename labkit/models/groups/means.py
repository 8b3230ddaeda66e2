"""Means of groups of censored values: by a model, and by permutation with bounds that assume nothing.

Two things people confuse: means of logarithms (whose differences are log ratios of geometric means) and means of values; two
groups may agree in one and differ in the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.inputs import BadInput, Flags, Floats, check_enough, to_flags, to_floats
from labkit.models.interval import Interval


@dataclass(frozen=True)
class MeanComparison:
    """Means of groups on `scale` with the likelihood ratio that they are equal, and the difference of each pair."""

    groups: tuple[str, ...]
    means: Floats
    sd: float
    chi_square: float
    differences: dict[tuple[str, str], Interval]  # second minus first, each at the level alone
    n: int
    n_censored: int
    level: float
    scale: str
    method: str = "normal groups of one spread by maximum likelihood, likelihood ratio"

    @property
    def freedom(self) -> int:
        """Degrees of freedom."""
        return len(self.groups) - 1

    @property
    def p(self) -> float:
        """Of the likelihood ratio."""
        return float(stats.chi2.sf(self.chi_square, self.freedom))

    def __str__(self) -> str:
        """Return one line."""
        told = ", ".join(f"{name} {mean:.4g}" for name, mean in zip(self.groups, self.means, strict=True))
        test = f"chi-square {self.chi_square:.4g} on {self.freedom}, p = {self.p:.3g}"
        return f"means {told} on the {self.scale} scale, {test} (n = {self.n}, {self.n_censored} censored)"


@dataclass(frozen=True)
class PermutedMeans:
    """What permuting says of equal means, with every censored value at its lowest and at its limit."""

    groups: tuple[str, ...]
    statistic_low: float  # with the censored values at `floor`
    statistic_high: float  # at their limits
    p_low: float
    p_high: float
    n: int
    n_censored: int
    permutations: int
    method: str

    def __str__(self) -> str:
        """Return one line: two p, for nobody knows where below the limits the values lie."""
        a, b = sorted((self.p_low, self.p_high))
        seen = f"n = {self.n}, {self.n_censored} censored, {self.permutations} permutations"
        return f"p from {a:.3g} to {b:.3g} ({self.method}; {seen})"


def _read(
    values: ArrayLike, groups: ArrayLike, censored: ArrayLike | None, positive: bool
) -> tuple[Floats, Flags, list[str], np.ndarray]:
    x = to_floats("values", values, positive=positive)
    flags = to_flags("censored", censored, x.size)
    labels = np.asarray(groups)
    if labels.shape != x.shape:
        raise BadInput("groups", f"shape {labels.shape}", f"one label a value, shape {x.shape}")
    names, number = np.unique(labels.astype(str), return_inverse=True)
    if names.size < 2:
        raise BadInput("groups", f"{names.size} group", "two or more")
    check_enough("values", x.size, names.size + 2, "one mean a group and a spread")
    return x, flags, [str(name) for name in names], number


def compare_means(
    values: ArrayLike, groups: ArrayLike, *, censored: ArrayLike | None = None, scale: str = "log", level: float = 0.95
) -> MeanComparison:
    """Compare group means by censored regression on the groups.

    Parameters
    ----------
    values, groups, censored
        As in `compare_groups`.
    scale : {"log", "identity"}
        "log" compares geometric means; "identity" takes censored values as normal below their limit, with no floor.
    level : float
        Probability of each pair's interval alone; over many pairs use a level nearer to one.

    Raises
    ------
    BadInput
        As `compare_groups`.
    NotEstimable
        A group of limits alone.

    Examples
    --------
    >>> found = compare_means([1, 2, 3, 1, 5, 6, 7, 8], list("aaaabbbb"), censored=[1, 0, 0, 1, 0, 0, 0, 0])
    >>> found.groups, round(found.p, 4)
    (('a', 'b'), 0.0015)
    """
    from labkit.models.regression import fit_tobit

    x, flags, names, number = _read(values, groups, censored, scale == "log")
    columns = {name: (number == k).astype(float) for k, name in enumerate(names) if k}
    fit = fit_tobit(x, columns, censored=flags, scale=scale, level=level)
    base = fit.coefficients["intercept"].estimate
    steps = np.array([0.0, *(fit.coefficients[name].estimate for name in names[1:])])
    reach = stats.norm.ppf((1 + level) / 2)
    differences = {}
    for g in range(len(names)):
        for h in range(g + 1, len(names)):
            weights = np.zeros(fit.covariance.shape[0])
            weights[h] = 1.0
            weights[g] = -1.0 if g else 0.0
            half = reach * float(np.sqrt(weights @ fit.covariance @ weights))
            middle = float(steps[h] - steps[g])
            differences[names[g], names[h]] = Interval(middle - half, middle + half, level, "Wald")
    return MeanComparison(tuple(names), base + steps, fit.sd, fit.chi_square, differences, fit.n, fit.n_censored, level, scale)


def compare_means_permuted(
    values: ArrayLike,
    groups: ArrayLike,
    *,
    censored: ArrayLike | None = None,
    floor: float = 0.0,
    permutations: int = 9999,
    seed: int = 20,
) -> PermutedMeans:
    r"""Compare arithmetic means by permuting labels, once with censored values at the floor and once at their limits.

    Statistic: the difference of means of two groups (first minus second by name), or
    :math:`\sum_g n_g (\bar x_g - \bar x)^2` of more. Neither end is an estimate: they bound what any values below the limits
    could give.

    Parameters
    ----------
    values, groups, censored
        As in `compare_groups`.
    floor : float
        Below which no value can lie.
    permutations, seed : int
        Drawn; p counts the observed arrangement too.

    Raises
    ------
    BadInput
        As `compare_groups`; fewer than 99 permutations.

    Examples
    --------
    >>> print(compare_means_permuted([1, 2, 3, 1, 5, 6, 7, 8], list("aaaabbbb"), censored=[1, 0, 0, 1, 0, 0, 0, 0]))
    p from 0.0287 to 0.0287 (permutation of 2 groups; n = 8, 2 censored, 9999 permutations)
    """
    x, flags, names, number = _read(values, groups, censored, False)
    if permutations < 99:
        raise BadInput("permutations", f"{permutations}", "99 or more")
    sizes = np.bincount(number)
    orders = np.array([np.random.default_rng([seed, k]).permutation(number) for k in range(permutations)])
    found = []
    for filled in (np.where(flags, floor, x), x):
        seen = _statistic(filled, number[None, :], sizes)[0]
        drawn = _statistic(filled, orders, sizes)
        close = 1e-9 * max(1.0, abs(seen))
        extreme = np.abs(drawn) >= abs(seen) - close
        found.append((float(seen), float((1 + extreme.sum()) / (permutations + 1))))
    return PermutedMeans(
        tuple(names),
        found[0][0],
        found[1][0],
        found[0][1],
        found[1][1],
        int(x.size),
        int(flags.sum()),
        permutations,
        f"permutation of {len(names)} groups",
    )


def _statistic(x: Floats, number: np.ndarray, sizes: np.ndarray) -> Floats:
    """Return the statistic of each row of labels."""
    means = np.stack([(np.where(number == g, x, 0.0)).sum(axis=1) / sizes[g] for g in range(sizes.size)], axis=1)
    if sizes.size == 2:
        return means[:, 0] - means[:, 1]
    return (sizes * (means - x.mean()) ** 2).sum(axis=1)
