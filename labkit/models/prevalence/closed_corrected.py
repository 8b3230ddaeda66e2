"""The same numbers with their bias taken out: models of lists where few persons are on two of them.

Two things people confuse: bias of the model and bias of a small sample. Only the second is corrected here.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, special

from labkit.models.inputs import BadInput, Floats, NotEstimable, check_level
from labkit.models.prevalence.capture import Population, chapman
from labkit.models.prevalence.closed_fit import Cells, listed_cells, wald
from labkit.models.prevalence.histories import HETEROGENEITY, THETA, Histories, heterogeneity_columns, read_histories
from labkit.models.prevalence.loglinear import fit_loglinear

MODELS = ("M0", "Mt", "Mh", "Mth", "Mb", "Mbh")
FEWEST = {"M0": 2, "Mt": 2, "Mh": 3, "Mth": 3, "Mb": 3, "Mbh": 4}


def corrected_population(
    lists: ArrayLike,
    counts: ArrayLike | None = None,
    *,
    model: str = "Mt",
    heterogeneity: str | None = None,
    level: float = 0.95,
) -> Population:
    """Return the number of persons with the first-order bias removed by adding to the counts before the fit.

    With two lists Mt is Chapman's number. Arguments and models as in `closed_population`, without interactions; Mth not with
    "gamma". The interval is lognormal in the unseen.

    Examples
    --------
    >>> print(corrected_population([[1, 1], [1, 0], [0, 1]], [50, 150, 250]))
    1,185.3 (972 to 1,486), 450 seen (Mt, bias corrected)

    References
    ----------
    .. [1] L.-P. Rivest and T. Levesque, "Improved log-linear model estimators of abundance in capture-recapture experiments",
       Canadian Journal of Statistics 2001;29:555-572.
    """
    check_level(level)
    if model not in MODELS:
        raise BadInput("model", repr(model), ", ".join(MODELS))
    if (heterogeneity is not None) != (model in ("Mh", "Mth")) or (model, heterogeneity) == ("Mth", "gamma"):
        raise BadInput("heterogeneity", repr(heterogeneity), "one kind with Mh and Mth (there not gamma), none otherwise")
    data = read_histories(lists, counts)
    if data.lists < FEWEST[model]:
        raise BadInput("lists", f"{data.lists}", f"{FEWEST[model]} or more for {model}")
    if model == "Mt":
        value, se = _differing_lists(data)
    elif model in ("Mb", "Mbh"):
        value, se = _removal(data, model)
    elif (model, heterogeneity) == ("Mh", "chao"):
        value, se = _lower_bound(data)
    else:
        value, se = _adjusted(data, model, heterogeneity)
    name = f"{model}{f' {heterogeneity}' if heterogeneity else ''}, bias corrected"
    return Population(value, se, wald(value, se, data.seen, level), data.seen, name, level)


def _differing_lists(data: Histories) -> tuple[float, float]:
    t, n = data.lists, data.seen
    sizes = data.counts @ data.table
    if t == 2:
        found = chapman(int(sizes[0]), int(sizes[1]), data.together((0, 1)))
        return found.value, found.se
    if data.counts[data.times > 1].sum() == 0:
        raise NotEstimable("the number of persons", "nobody is on two lists", "the number seen, as a lower bound")
    more, whole = sizes + (t + 2) / (2 * t), n + t / 2

    def lack(total: float) -> float:
        return float(np.log1p(-more / total).sum() - math.log1p(-whole / total))

    far = 2.0 * n
    while lack(far) > 0:
        far *= 2
    total = float(optimize.brentq(lack, whole * (1 + 1e-12), far, xtol=1e-10 * far))
    variance = 1 / (1 / (total - whole) + (t - 1) / total - (1 / (total - more)).sum())
    return total - t / 2, math.sqrt(variance)


def _removal(data: Histories, model: str) -> tuple[float, float]:
    t = data.lists
    fresh = np.bincount(data.table.argmax(axis=1), weights=data.counts, minlength=t)
    aside = fresh[0] if model == "Mbh" else 0.0
    y = fresh[1:] if model == "Mbh" else fresh
    moved = np.zeros(y.size)
    moved[:3] = (2.0, -1.0, -1.0)
    fit = fit_loglinear(np.column_stack([np.ones(y.size), np.arange(y.size)]), np.maximum(y + moved, 0))
    stays = math.exp(fit.coefficients[1])
    if stays >= 1:
        raise NotEstimable("the number of persons", "no fewer were first seen on later occasions", "a model without behaviour")
    value = math.exp(fit.coefficients[0]) / (1 - stays)
    slope = value * np.array([1.0, stays / (1 - stays)])
    return value + aside, math.sqrt(max(float(slope @ fit.covariance @ slope) - value, 0.0))


def _times(data: Histories) -> Floats:
    return np.bincount(data.times.astype(int), weights=data.counts, minlength=data.lists + 1)[1:].astype(float)


def _lower_bound(data: Histories) -> tuple[float, float]:
    t, (one, two) = data.lists, _times(data)[:2]
    a = (t - 1) / t
    extra = a * one * (one - 1) / (2 * (two + 1))
    spread = a**2 * one * (one - 1) * (one**2 + 4 * one * two + 3 * one - 6 * two - 6) / (4 * (two + 1) ** 2 * (two + 2))
    return data.seen + extra, math.sqrt(extra + spread)


def _adjusted(data: Histories, model: str, heterogeneity: str | None) -> tuple[float, float]:
    t = data.lists
    if model == "Mth":
        moved = {
            "chao": ((t - 2) / (2 * t), 2 / (t * (t - 1)), 0.0),
            "poisson": ((2 * t - 5) / (4 * t), 3 / (t * (t - 1)), 3 / (2 * t * (t - 1) * (t - 2))),
            "darroch": ((t - 3) / (2 * t), 4 / (t * (t - 1)), 0.0),
        }[str(heterogeneity)]
        plain = listed_cells(data, model, heterogeneity, None, ())
    else:
        moved = (-0.5, 1.0, 0.0)
        if heterogeneity is not None:
            one, two, three = HETEROGENEITY[heterogeneity](np.array([1.0, 2.0, 3.0]), THETA[heterogeneity])
            c = (two - 2 * one) / (three - 2 * two + one)
            moved = (-(1 + c) / 2, 1 + c, (1 - c) / 2)
        times = np.arange(1.0, t + 1)
        design = np.column_stack([np.ones(t), times, heterogeneity_columns(times, heterogeneity, None, t)])
        offset = special.gammaln(t + 1) - special.gammaln(times + 1) - special.gammaln(t - times + 1)
        plain = Cells(design, _times(data), offset, 2, data.seen, lower_bound=False)
    times = data.times if model == "Mth" else np.arange(1.0, t + 1)
    counts = plain.counts + np.select([times == k for k in (1, 2, 3)], moved, 0.0)
    fit = Cells(plain.design, np.maximum(counts, 0), plain.offset, plain.plain, data.seen, plain.lower_bound).fit()
    unseen = math.exp(fit.coefficients[0])
    return data.seen + unseen, math.sqrt(unseen + unseen**2 * float(fit.covariance[0, 0]))
