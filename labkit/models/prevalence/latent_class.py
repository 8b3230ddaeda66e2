"""Prevalence, sensitivity and specificity without a gold standard: latent class analysis of several tests.

Two things people confuse: what the tests agree on and what is true. The hidden class is whatever makes the tests independent of
one another; if they share a cause of error, the class is partly that error, and the fit of three tests can never show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special, stats

from labkit.models.inputs import BadInput, Floats, NotEstimable, check_level
from labkit.models.interval import Interval
from labkit.models.prevalence.latent_model import LatentModel, Maximum, climb, highest, identified

MOST_TESTS = 10
EDGE = 1e-6


@dataclass(frozen=True)
class LatentClass:
    """Two hidden classes; arrays over tests or populations, in the order given."""

    prevalences: Floats
    sensitivity: Floats
    specificity: Floats
    patterns: Floats
    posterior: Floats  # probability of having it, one a population and pattern
    deviance: float
    df: int
    aic: float
    bic: float
    n: int
    assumption: str
    warnings: tuple[str, ...]
    level: float
    model: LatentModel
    counts: Floats
    found: Maximum
    method: str = "maximum likelihood, profile intervals"
    n_censored: int = 0

    @property
    def prevalence(self) -> float:
        """Of the only population."""
        if self.prevalences.size > 1:
            raise NotEstimable("the prevalence", "there are several populations", "prevalences, one each")
        return float(self.prevalences[0])

    @property
    def prevalence_interval(self) -> Interval:
        """Of the only population."""
        return self.interval("prevalence", 0)

    def interval(self, quantity: str, which: int = 0) -> Interval:
        """Return the profile interval of the prevalence of a population, or the sensitivity or specificity of a test.

        Costs about ten fits; an end where the likelihood never falls far enough is 0 or 1.
        """
        place, turned = self._place(quantity, which)
        limit = float(stats.chi2.ppf(self.level, 1))
        top = float(np.clip(special.expit(self.found.theta[place]), EDGE, 1 - EDGE))
        ends = []
        for edge in (EDGE, 1 - EDGE):
            if abs(top - edge) < 2 * EDGE or self._fall(place, edge) <= limit:
                ends.append(round(edge))
                continue
            ends.append(optimize.brentq(lambda at: self._fall(place, at) - limit, top, edge, xtol=1e-7))
        low, high = (1 - ends[1], 1 - ends[0]) if turned else (ends[0], ends[1])
        return Interval(float(low), float(high), self.level, "profile likelihood")

    def deviance_at(self, quantity: str, value: float, which: int = 0) -> float:
        """Return twice the fall of the log likelihood if a quantity had this value."""
        place, turned = self._place(quantity, which)
        return self._fall(place, 1 - value if turned else value)

    def _place(self, quantity: str, which: int) -> tuple[int, bool]:
        g, k = self.model.populations, self.model.tests
        places = {"prevalence": (0, g), "sensitivity": (g, k), "specificity": (g + k, k)}
        if quantity not in places or not 0 <= which < places[quantity][1]:
            raise BadInput(
                "quantity, which", f"{quantity!r}, {which}", "prevalence, sensitivity or specificity, and one of its places"
            )
        return places[quantity][0] + which, quantity == "specificity"

    def _fall(self, place: int, share: float) -> float:
        start = self.found.theta.copy()
        start[place] = special.logit(min(max(share, EDGE), 1 - EDGE))
        return 2 * (self.found.loglik - climb(self.model, self.counts, start, fixed=place).loglik)

    def __str__(self) -> str:
        """Return one line."""
        shares = ", ".join(f"{v:.2%}" for v in self.prevalences)
        tests = "; ".join(f"{a:.3f}/{b:.3f}" for a, b in zip(self.sensitivity, self.specificity, strict=True))
        said = f"; {'; '.join(self.warnings)}" if self.warnings else ""
        return f"prevalence {shares}; sensitivity/specificity {tests}; n = {self.n} ({self.assumption}{said})"


def latent_class(
    results: ArrayLike,
    counts: ArrayLike | None = None,
    *,
    population: ArrayLike | None = None,
    dependence: str | Sequence[tuple[int, int]] | None = None,
    level: float = 0.95,
    starts: int = 8,
    seed: int = 1,
) -> LatentClass:
    r"""Fit two hidden classes to the results of several tests on the same persons.

    .. math:: P(y) = \pi_g \, P_1(y) + (1 - \pi_g) \, P_0(y), \qquad P_c(y) = \prod_j p_{cj}^{y_j} (1 - p_{cj})^{1 - y_j}

    where the product is the assumption that within a class the tests are independent. Three tests on one population, or two
    tests on two populations of different prevalence (Hui and Walter), are the least that can be had; both fit perfectly and
    leave nothing to test the assumption by.

    Parameters
    ----------
    results : array of 0 and 1, shape (rows, k)
        Results of k tests, one row a person or (with `counts`) a pattern.
    counts : array of int, shape (rows,), optional
        Persons of each row.
    population : array, shape (rows,), optional
        To which population each row belongs; tests are taken to be equally good in all.
    dependence : "random effect" or pairs of tests, optional
        Pairs such as ``[(1, 2)]`` (counted from one, no test twice) have a covariance of their own in each class: two
        parameters a pair. "random effect": persons of a class differ along one line that moves all tests: two parameters.
    level : float
        Probability of the intervals (profile likelihood, computed when asked for).
    starts, seed : int
        Climbs from different places, the first from the obvious one, and the seed of the others.

    Raises
    ------
    BadInput
        Not 0 and 1, other lengths, a test with only one result, a pair that is none.
    NotEstimable
        Not identified: more parameters than the data give, or populations of one prevalence.

    Examples
    --------
    >>> rows = [[0, 0, 0], [0, 0, 1], [0, 1, 0], [0, 1, 1], [1, 0, 0], [1, 0, 1], [1, 1, 0], [1, 1, 1]]
    >>> print(latent_class(rows, [513, 68, 68, 44, 68, 44, 44, 151]))  # doctest: +ELLIPSIS
    prevalence 2...%; sensitivity/specificity 0.8...; n = 1000 (tests independent within a class, assumed; not testable...)

    References
    ----------
    .. [1] S. L. Hui and S. D. Walter, "Estimating the error rates of diagnostic tests", Biometrics 1980;36:167-171.
    .. [2] P. M. Vacek, "The effect of conditional dependence on the evaluation of diagnostic tests", Biometrics
       1985;41:959-968.
    .. [3] Y. Qu, M. Tan, M. H. Kutner, "Random effects models in latent class analysis for evaluating accuracy of diagnostic
       tests", Biometrics 1996;52:797-810.
    """
    check_level(level)
    table = _read(results, counts, population)
    tests = int(np.log2(table.shape[1]))
    model = LatentModel(tests, table.shape[0], *_dependence(dependence, tests))
    if model.size > model.free_cells:
        raise NotEstimable(
            "the latent classes",
            f"{model.size} parameters from {model.free_cells} numbers ({tests} tests, {table.shape[0]} populations)",
            "three tests on one population, or two on two, without dependence; four tests with it",
        )
    found = highest(model, table, starts, seed)
    if not identified(model, found.theta):
        raise NotEstimable(
            "the latent classes",
            "the likelihood is flat in some direction",
            "populations that differ more, or fewer parameters",
        )
    n = int(table.sum())
    observed = table / table.sum(axis=1, keepdims=True)
    deviance = 2 * (float(special.xlogy(table, observed).sum()) - found.loglik)
    df = model.free_cells - model.size
    shares, with_it, without, _ = model.split(found.theta)
    in_class, _ = model.by_class(found.theta)
    assumption = "tests independent within a class, assumed"
    if dependence is not None:
        assumption = (
            "random effect"
            if model.random_effect
            else "covariance of " + ", ".join(f"tests {i + 1} and {j + 1}" for i, j in model.pairs)
        )
    warnings = [] if df else ["not testable: the model fits any data"]
    if df and stats.chi2.sf(deviance, df) < 0.05:
        warnings.append("the fit is rejected at 5 %: the tests are dependent within a class")
    if (np.abs(found.theta[: model.populations + 2 * tests]) > 10).any():
        warnings.append("an estimate is 0 or 1")
    loglik = found.loglik + float(special.gammaln(table.sum(axis=1) + 1).sum() - special.gammaln(table + 1).sum())
    return LatentClass(
        prevalences=shares, sensitivity=with_it, specificity=1 - without, patterns=model.patterns,
        posterior=shares[:, None] * in_class / np.maximum(model.cells(found.theta), 1e-300), deviance=max(deviance, 0.0), df=df,
        aic=2 * model.size - 2 * loglik, bic=float(np.log(n)) * model.size - 2 * loglik, n=n,
        assumption=assumption, warnings=tuple(warnings), level=level, model=model, counts=table, found=found,
    )  # fmt: skip


def _read(results: ArrayLike, counts: ArrayLike | None, population: ArrayLike | None) -> Floats:
    """Return counts by population and pattern."""
    rows = np.asarray(results, dtype=float)
    if rows.ndim != 2 or not 2 <= rows.shape[1] <= MOST_TESTS or rows.shape[0] == 0:
        raise BadInput("results", f"shape {rows.shape}", f"rows of zeros and ones, two to {MOST_TESTS} tests")
    if not np.isin(rows, (0, 1)).all():
        raise BadInput(
            "results", "something that is neither 0 nor 1", "1 (positive) or 0; leave out persons with a missing result"
        )
    number = np.ones(rows.shape[0]) if counts is None else np.asarray(counts, dtype=float)
    if number.shape != (rows.shape[0],) or not np.isfinite(number).all() or (number < 0).any() or (number % 1 != 0).any():
        raise BadInput("counts", "another length, or not whole", f"whole numbers, zero or more, shape ({rows.shape[0]},)")
    group = np.zeros(rows.shape[0], dtype=int)
    if population is not None:
        if np.shape(population) != (rows.shape[0],):
            raise BadInput("population", f"shape {np.shape(population)}", f"one a row, shape ({rows.shape[0]},)")
        group = np.unique(np.asarray(population), return_inverse=True)[1]
    place = (rows @ (1 << np.arange(rows.shape[1])[::-1])).astype(int)
    size = 1 << rows.shape[1]
    table = (
        np.bincount(group * size + place, weights=number, minlength=(int(group.max()) + 1) * size)
        .reshape(-1, size)
        .astype(float)
    )
    if (table.sum(axis=1) == 0).any():
        raise BadInput("counts", "a population without persons", "one person or more in each")
    positive = number @ rows
    if (positive == 0).any() or (positive == number.sum()).any():
        raise BadInput("results", "a test with one result only", "tests with positives and negatives")
    return table


def _dependence(given: str | Sequence[tuple[int, int]] | None, tests: int) -> tuple[tuple[tuple[int, int], ...], bool]:
    if given is None:
        return (), False
    if isinstance(given, str):
        if given != "random effect":
            raise BadInput("dependence", repr(given), "None, 'random effect', or pairs of tests counted from one")
        return (), True
    pairs = tuple((min(pair) - 1, max(pair) - 1) for pair in given)
    members = [member for pair in pairs for member in pair]
    if not pairs or len(set(members)) < len(members) or min(members) < 0 or max(members) >= tests:
        raise BadInput("dependence", f"{given}", f"pairs of different tests of 1 to {tests}, no test twice")
    return pairs, False
