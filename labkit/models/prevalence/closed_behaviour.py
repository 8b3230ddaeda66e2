"""Persons who are easier or harder to reach after the first time: models Mb and Mbh of occasions in order.

Two things people confuse: a population that runs empty and persons who learn to keep away. Both leave fewer first contacts on
later occasions; Mb takes the fall for depletion.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize

from labkit.models.inputs import BadInput, Floats, NotEstimable
from labkit.models.prevalence.closed_fit import ClosedPopulation, wald
from labkit.models.prevalence.histories import Histories
from labkit.models.prevalence.loglinear import fit_loglinear


def fit_behaviour(data: Histories, model: str, level: float) -> ClosedPopulation:
    r"""Return the number under Mb or Mbh.

    With :math:`i` the first occasion of a history and :math:`r` the later ones it is on,
    :math:`\ln\mu = \gamma + \beta_1 (i - 1) + \beta_2 r`, where :math:`e^{\beta_2}` are the odds of being seen again and
    :math:`q = e^{\beta_1} / (1 + e^{\beta_2})` is the share that stays unseen at each occasion:

    .. math:: N = e^{\gamma} (1 + e^{\beta_2})^{t-1} / (1 - q)

    Mbh has a first occasion of its own and starts the series from the second.
    """
    t = data.lists
    if t < (3 if model == "Mbh" else 2):
        raise BadInput("lists", f"{t}", "three occasions or more for Mbh")
    first = data.table.argmax(axis=1).astype(float)
    columns = [np.ones(first.size), first, data.times - 1]
    if model == "Mbh":
        columns.insert(1, 1 - data.table[:, 0])
    fit = fit_loglinear(np.column_stack(columns), data.counts)
    beta = fit.coefficients
    share = math.exp(beta[-2]) / (1 + math.exp(beta[-1]))
    if not fit.bounded or share >= 1:
        raise NotEstimable("the number of persons", "no fewer were first seen on later occasions", "a model without behaviour")
    value = total(beta, t)
    slope = optimize.approx_fprime(beta, lambda at: np.log(total(at, t)), 1e-6) * value
    se = math.sqrt(max(float(slope @ fit.covariance @ slope) - value, 0.0))
    interval = wald(value, se, data.seen, level)
    return ClosedPopulation(
        value=value, se=se, interval=interval, most_likely=value, seen=data.seen, deviance=fit.deviance,
        df=data.counts.size - fit.rank, aic=2 * fit.rank - 2 * fit.loglik, bic=math.log(data.seen) * fit.rank - 2 * fit.loglik,
        model=model, method=interval.method, level=level,
    )  # fmt: skip


def total(beta: Floats, t: int) -> float:
    """Return all who would be seen in the end: those of the first occasion and the geometric series after it."""
    odds = math.exp(beta[-1])
    share = math.exp(beta[-2]) / (1 + odds)
    extra = math.exp(beta[1]) if beta.size == 4 else 1.0
    return math.exp(beta[0]) * (1 + odds) ** (t - 1) * (1 + extra * share / (1 - share))
