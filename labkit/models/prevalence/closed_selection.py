"""Which lists lead to one another: all hierarchical models, the one chosen, and the average over them.

Two things people confuse: the interval of the model that was chosen and the interval of the number. The first forgets that the
choice itself came from the data; the average over models keeps it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from labkit.models.inputs import BadInput, NotEstimable, check_level
from labkit.models.interval import Interval
from labkit.models.prevalence.closed_fit import Cells, ClosedPopulation, estimate, listed_cells
from labkit.models.prevalence.histories import Histories, read_histories

Terms = tuple[tuple[int, ...], ...]
MOST_MODELS = 8000
LARGE = 0.1  # of the number: a bias above this share leaves a model out of the average
CRITERIA = ("bic", "aic")


@dataclass(frozen=True)
class PopulationAverage:
    """The average over models with its interval, and the models it stands on."""

    value: float
    se: float
    interval: Interval
    seen: int
    models: tuple[ClosedPopulation, ...]  # best first
    weights: tuple[float, ...]
    left_out: tuple[tuple[str, str], ...]  # model and why it cannot be had
    criterion: str
    method: str
    level: float
    warnings: tuple[str, ...] = ()
    n_censored: int = 0

    @property
    def n(self) -> int:
        """Persons seen."""
        return self.seen

    @property
    def best(self) -> ClosedPopulation:
        """The model with the smallest criterion; its own interval is too narrow after the choice."""
        return self.models[0]

    def __str__(self) -> str:
        """Return one line."""
        said = f"; {'; '.join(self.warnings)}" if self.warnings else ""
        return (
            f"{self.value:,.1f} ({self.interval.low:,.0f} to {self.interval.high:,.0f}), {self.seen} seen (average of "
            f"{len(self.models)} models by {self.criterion.upper()}, best {self.best.model}{said})"
        )


def average_population(
    lists: ArrayLike,
    counts: ArrayLike | None = None,
    *,
    heterogeneity: str | None = None,
    theta: float | None = None,
    highest: int | None = None,
    criterion: str = "bic",
    level: float = 0.95,
) -> PopulationAverage:
    r"""Return the average number of persons over all hierarchical log-linear models of the lists.

    .. math:: \hat N = \sum_m w_m \hat N_m, \qquad w_m \propto e^{-IC_m / 2}

    The interval is where the average of the models' tail areas, each normal in the logarithm of the unseen, is
    :math:`(1 - level)/2`.

    Parameters
    ----------
    lists, counts
        As in `closed_population`; three lists or more.
    heterogeneity, theta
        Added to every model.
    highest : int, optional
        Most lists in one interaction (t - 1 unless given). Three lists have 8 models, four 113, five 6,893.
    criterion : {"bic", "aic"}
        BIC (with the number seen) prefers few terms, AIC more: the number then moves more and its interval is wider.
    level : float
        Probability of the interval.

    Raises
    ------
    BadInput
        Two lists (nothing can be said about their dependence), or too many models.
    NotEstimable
        No model gives a number.

    Examples
    --------
    >>> rows = [[1, 1, 1], [1, 1, 0], [1, 0, 1], [1, 0, 0], [0, 1, 1], [0, 1, 0], [0, 0, 1]]
    >>> print(average_population(rows, [20, 45, 40, 105, 38, 110, 98]))
    707.6 (646 to 790), 456 seen (average of 8 models by BIC, best [1,2,3])

    References
    ----------
    .. [1] E. B. Hook and R. R. Regal, "Validity of methods for model selection, weighting for model uncertainty, and small
       sample adjustment in capture-recapture estimation", American Journal of Epidemiology 1997;145:1138-1144.
    .. [2] D. Turek and D. Fletcher, "Model-averaged Wald confidence intervals", Computational Statistics and Data Analysis
       2012;56:2809-2815.
    """
    check_level(level)
    if criterion not in CRITERIA:
        raise BadInput("criterion", repr(criterion), " or ".join(CRITERIA))
    data = read_histories(lists, counts)
    if data.lists < 3:
        raise BadInput("lists", "two", "three or more: the dependence of two lists cannot be seen in them")
    most = data.lists - 1 if highest is None else highest
    if not 1 <= most < data.lists:
        raise BadInput("highest", f"{highest}", f"1 to {data.lists - 1}")
    found, left_out = fit_all(data, heterogeneity, theta, most, level)
    if not found:
        raise NotEstimable("the number of persons", left_out[0][1], "the number seen, as a lower bound")
    found.sort(key=lambda model: getattr(model, criterion))
    scores = np.array([getattr(model, criterion) for model in found])
    weights = np.exp(-(scores - scores[0]) / 2)
    weights /= weights.sum()
    values, errors = np.array([m.value for m in found]), np.array([m.se for m in found])
    value = float(weights @ values)
    se = math.sqrt(float(weights @ (errors**2 + (values - value) ** 2)))
    warnings = []
    if weights[[not _plain(model.model) for model in found]].sum() > 0.5:
        warnings.append("the lists are dependent")
    if found[0].df == 0:
        warnings.append("the best model fits every history: its fit cannot be tested")
    return PopulationAverage(
        value=value, se=se, interval=_tails(values - data.seen, errors, weights, data.seen, level), seen=data.seen,
        models=tuple(found), weights=tuple(float(w) for w in weights), left_out=tuple(left_out), criterion=criterion,
        method="model-averaged tails", level=level, warnings=tuple(warnings),
    )  # fmt: skip


def fit_all(
    data: Histories, heterogeneity: str | None, theta: float | None, most: int, level: float
) -> tuple[list[ClosedPopulation], list[tuple[str, str]]]:
    """Fit every hierarchical model; those that give no number are told with their reason."""
    found, left_out = [], []
    for terms in hierarchical(data.lists, most):
        name = name_of(terms, data.lists)
        empty = next((term for term in terms if data.together(term) == 0), None)
        if empty is not None:
            left_out.append((name, f"nobody is on lists {', '.join(str(part + 1) for part in empty)} together"))
            continue
        cells = listed_cells(data, "Mth" if heterogeneity else "Mt", heterogeneity, theta, terms)
        if cells.plain > cells.counts.size:
            left_out.append((name, "more parameters than histories"))
            continue
        try:
            model = estimate(cells, name, level, profile=False)
        except NotEstimable as why:
            left_out.append((name, why.found))
            continue
        if abs(bias_of(cells)) > LARGE * model.value:
            left_out.append((name, "its bias is above a tenth of the number"))
            continue
        found.append(model)
    return found, left_out


def bias_of(cells: Cells) -> float:
    """Return the first-order bias of the unseen."""
    fit = cells.fit()
    x = cells.design[:, [k for k in fit.kept if k < cells.design.shape[1]]] if fit.rank else cells.design
    if x.shape[1] != fit.covariance.shape[0] or fit.coefficients.size != cells.design.shape[1]:
        return 0.0  # columns were dropped: a smaller model, judged as itself
    leverage = np.einsum("ij,jk,ik->i", x, fit.covariance, x)
    psi = x.T @ (fit.fitted * leverage)
    psi[0] -= 1
    return -0.5 * math.exp(min(fit.coefficients[0], 50.0)) * float(fit.covariance[0] @ psi)


@cache
def hierarchical(lists: int, most: int) -> tuple[Terms, ...]:
    """Return the interactions of every hierarchical model: none first, each with all below its own.

    Raises
    ------
    BadInput
        More models than can be fitted.
    """
    found = [tuple(sorted(terms, key=lambda term: (len(term), term))) for terms in _closed_sets(lists, most)]
    return tuple(sorted(found, key=lambda terms: (len(terms), terms)))


def _closed_sets(lists: int, most: int) -> Iterator[frozenset[tuple[int, ...]]]:
    """Yield sets of interactions that hold every subset of their members."""
    level: set[frozenset[tuple[int, ...]]] = {frozenset()}
    for order in range(2, most + 1):
        grown: set[frozenset[tuple[int, ...]]] = set()
        for terms in level:
            allowed = [
                term
                for term in combinations(range(lists), order)
                if order == 2 or all(part in terms for part in combinations(term, order - 1))
            ]
            if len(grown) + 2 ** len(allowed) > 4 * MOST_MODELS:
                raise BadInput("highest", f"{most} with {lists} lists", "fewer: there would be too many models")
            for size in range(len(allowed) + 1):
                grown |= {terms | frozenset(chosen) for chosen in combinations(allowed, size)}
        level = grown
    yield from level


def name_of(terms: Terms, lists: int) -> str:
    """Return the model by its highest terms, the usual notation: [12,3] for lists 1 and 2 dependent, 3 alone."""
    kept = [term for term in terms if not any(set(term) < set(other) for other in terms)]
    kept += [(alone,) for alone in range(lists) if not any(alone in term for term in terms)]
    ordered = sorted(kept, key=lambda term: (-len(term), term))
    return "[" + ",".join("".join(str(part + 1) for part in term) for term in ordered) + "]"


def _plain(name: str) -> bool:
    return all(len(part) == 1 for part in name.strip("[]").split(","))


def _tails(unseen: np.ndarray, errors: np.ndarray, weights: np.ndarray, seen: int, level: float) -> Interval:
    """Return where the average tail area is that of the level, each model lognormal in its unseen."""
    spread = np.sqrt(np.log1p((errors / unseen) ** 2))
    centre = np.log(unseen)
    reach = 12 * float(spread.max())
    ends = (float(centre.min()) - reach, float(centre.max()) + reach)

    def area(at: float) -> float:
        return float(weights @ stats.norm.cdf((at - centre) / spread))

    low, high = (optimize.brentq(lambda at, p=p: area(at) - p, *ends) for p in ((1 - level) / 2, (1 + level) / 2))
    return Interval(seen + math.exp(low), seen + math.exp(high), level, "model-averaged tails")
