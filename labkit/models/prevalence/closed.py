"""How many were never on any list: log-linear models of closed populations, dependent lists and people who differ.

Two things people confuse: a model that fits the lists and a number that is right. Models that fit equally well can give numbers
that differ twofold, because what differs between them is just what happens where nobody looked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from labkit.models.inputs import BadInput, NotEstimable, check_level
from labkit.models.prevalence.closed_behaviour import fit_behaviour
from labkit.models.prevalence.closed_fit import Cells, ClosedPopulation, estimate, listed_cells
from labkit.models.prevalence.histories import Histories, heterogeneity_columns, read_histories, read_terms

LISTED = ("M0", "Mt", "Mh", "Mth", "Mb", "Mbh")


def closed_population(
    lists: ArrayLike,
    counts: ArrayLike | None = None,
    *,
    model: str = "Mt",
    heterogeneity: str | None = None,
    theta: float | None = None,
    terms: Sequence[str | Sequence[int]] = (),
    level: float = 0.95,
) -> ClosedPopulation:
    r"""Return the number of persons behind two or more lists, by a log-linear model of who is on which.

    .. math:: \ln \mu_\omega = \gamma + \sum_j \beta_j \omega_j + \sum_{jk} \lambda_{jk} \omega_j \omega_k + \dots
              + \tau\, \psi(\textstyle\sum_j \omega_j), \qquad N = n + e^{\gamma}

    Parameters
    ----------
    lists : array of 0 and 1, shape (rows, t)
        On which of t lists (occasions) each person, or each group of `counts` persons, is.
    counts : array of int, shape (rows,), optional
        Persons of each row; one each unless given.
    model : {"M0", "Mt", "Mh", "Mth", "Mb", "Mbh"}
        M0: all lists reach a person alike. Mt: lists differ. h: persons differ, by `heterogeneity`. Mb: after the first time a
        person is easier or harder to reach (lists in order of time); Mbh: and the first occasion is a case of its own.
    heterogeneity : {"chao", "poisson", "darroch", "gamma"}, optional
        Needed for Mh and Mth. Chao's is a lower bound, which needs no distribution; the others assume how persons differ (in
        this order the number grows) and cannot be told apart by their fit. Costs one parameter, or t - 2 under "chao".
    theta : float, optional
        Of "poisson" (2 unless given) and "gamma" (3.5).
    terms : sequence of str or of tuples
        Lists that lead to one another: "12" or (1, 2). Only with Mt and Mth. Each costs a parameter and widens the interval.
    level : float
        Probability of the interval (profile likelihood; for Mb and Mbh lognormal in the unseen).

    Raises
    ------
    BadInput
        No zeros and ones, an empty list, an unknown model, or more parameters than histories.
    NotEstimable
        Nobody is on two lists; the number runs off because the cells of a term are empty; with Mb, no depletion.

    Examples
    --------
    >>> print(closed_population([[1, 1], [1, 0], [0, 1]], [50, 150, 250]))
    1,200.0 (976 to 1,515), 450 seen (Mt, profile likelihood; independence of two lists cannot be tested)

    References
    ----------
    .. [1] R. M. Cormack, "Interval estimation for mark-recapture studies of closed populations", Biometrics 1992;48:567-576.
    .. [2] L.-P. Rivest and S. Baillargeon, "Applications and extensions of Chao's moment estimator", Biometrics
       2007;63:999-1006.
    """
    check_level(level)
    if model not in LISTED:
        raise BadInput("model", repr(model), ", ".join(LISTED))
    if (heterogeneity is not None) != ("h" in model and "b" not in model):
        raise BadInput("heterogeneity", repr(heterogeneity), "one kind with Mh and Mth, none with the other models")
    if terms and model not in ("Mt", "Mth"):
        raise BadInput("terms", f"with {model}", "interactions of lists with Mt or Mth")
    data = read_histories(lists, counts)
    if model in ("Mb", "Mbh"):
        return fit_behaviour(data, model, level)
    members = read_terms(terms, data.lists)
    cells = listed_cells(data, model, heterogeneity, theta, members)
    name = model + (f" {heterogeneity}" if heterogeneity else "")
    if terms:
        name += " [" + ",".join("".join(str(part) for part in term) for term in terms) + "]"
    return estimate(cells, name, level, _warnings_of(data, model, members, heterogeneity))


def count_population(
    frequencies: ArrayLike,
    *,
    occasions: float = math.inf,
    heterogeneity: str | None = None,
    theta: float | None = None,
    level: float = 0.95,
) -> ClosedPopulation:
    """Return the number of persons from how many were seen once, twice, …: M0, or Mh with `heterogeneity`.

    Parameters
    ----------
    frequencies : array of int
        Persons seen exactly 1, 2, 3, … times.
    occasions : int or infinity
        How often a person could have been seen; infinite for contacts in continuous time (a Poisson number).
    heterogeneity, theta, level
        As in `closed_population`.

    Examples
    --------
    >>> found = count_population([6, 4, 5, 2, 0, 2], heterogeneity="chao")
    >>> round(found.value, 2)
    22.51
    """
    check_level(level)
    f = np.asarray(frequencies, dtype=float)
    if f.ndim != 1 or f.size < 2 or not np.isfinite(f).all() or (f < 0).any() or (f != np.round(f)).any() or f.sum() == 0:
        raise BadInput("frequencies", "no whole counts of two or more kinds", "persons seen 1, 2, … times: whole, zero or more")
    if math.isfinite(occasions) and (occasions != int(occasions) or occasions < 2 or f[int(occasions) :].any()):
        raise BadInput("occasions", f"{occasions}", "a whole number, no smaller than the most often anyone was seen")
    most = int(np.flatnonzero(f)[-1]) + 1 if math.isinf(occasions) else int(occasions)
    y = np.zeros(max(most, 2))
    y[: min(f.size, y.size)] = f[: y.size]
    times = np.arange(1.0, y.size + 1)
    if y[1:].sum() == 0:
        raise NotEstimable("the number of persons", "everybody was seen once", "the number seen, as a lower bound")
    offset = -special.gammaln(times + 1)
    if math.isfinite(occasions):
        offset = special.gammaln(occasions + 1) - special.gammaln(times + 1) - special.gammaln(occasions - times + 1)
    extra = heterogeneity_columns(times, heterogeneity, theta, y.size)
    design = np.column_stack([np.ones(times.size), times, extra])
    cells = Cells(design, y, offset, 2, int(f.sum()), heterogeneity == "chao")
    name = f"Mh {heterogeneity}" if heterogeneity else "M0"
    return estimate(cells, name, level, ("a lower bound",) if heterogeneity == "chao" else ())


def _warnings_of(data: Histories, model: str, members: Sequence[tuple[int, ...]], heterogeneity: str | None) -> tuple[str, ...]:
    """Say what the data show against the model, and refuse where nobody was seen twice."""
    if data.counts[data.times > 1].sum() == 0:
        raise NotEstimable("the number of persons", "nobody is on two lists", "the number seen, as a lower bound")
    for term in members:
        if data.together(term) == 0:
            name = ", ".join(str(part + 1) for part in term)
            raise NotEstimable(f"the term of lists {name}", "nobody is on all of them", "a model without it")
    found = ["a lower bound"] if heterogeneity == "chao" else []
    if model == "Mt" and not members:
        if data.lists == 2:
            return ("independence of two lists cannot be tested",)
        independent = listed_cells(data, "Mt", None, None, ())
        fit = independent.fit()
        if stats.chi2.sf(fit.deviance, independent.counts.size - fit.rank) < 0.05:
            found.append("the lists are dependent (the fit is rejected at 5 %): see average_population")
    return tuple(found)
