"""Regression of a censored response by maximum likelihood (Tobit), with clusters and with a spread that changes.

Two things people confuse: scatter that is the same everywhere, which plain Tobit takes for granted, and scatter that grows with
what is measured. Least squares survives the second; plain Tobit does not, for the limit cuts unequal scatter unequally, and its
slope is then biased. `spread` models it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.models.inputs import BadInput, Floats, NotEstimable, check_enough, check_level, to_flags, to_floats, to_intervals
from labkit.models.regression.likelihood import joint_terms, maximise
from labkit.models.regression.outcome import Coefficient, TobitFit

INTERCEPT, LOG_SD = "intercept", "log sd"
FEW = 20  # values known from both sides below which a modelled spread leaves 95 % intervals too short
MEASURED_WITH_FEW = 0.905  # of 2,000 simulated: 60 rows, 80 % censored, spread growing


def fit_tobit(
    values: ArrayLike | None = None,
    covariates: Mapping[str, ArrayLike] | None = None,
    *,
    censored: ArrayLike | None = None,
    low: ArrayLike | None = None,
    high: ArrayLike | None = None,
    scale: str = "log",
    spread: Mapping[str, ArrayLike] | None = None,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
) -> TobitFit:
    r"""Fit :math:`y = x'\beta + \varepsilon,\; \varepsilon \sim N(0, \sigma^2),\; \log\sigma = w'\gamma`, y known by limits.

    .. math:: \ell = \sum_{exact} \log \tfrac1{\sigma_i} \phi\Big(\frac{y_i - x_i'\beta}{\sigma_i}\Big) + \sum_{rest} \log
       \Big\{\Phi\Big(\frac{h_i - x_i'\beta}{\sigma_i}\Big) - \Phi\Big(\frac{l_i - x_i'\beta}{\sigma_i}\Big) \Big\}

    Parameters
    ----------
    values : array, shape (n,)
        With `censored`: the limit where that is True, the value being somewhere below.
    covariates : mapping of name to array, shape (n,)
        None or empty: an intercept alone. The intercept is always there.
    censored : array of bool, shape (n,), optional
        Which values are limits.
    low, high : array, shape (n,)
        Instead of `values`: what is known of each, equal where exact, infinite (or 0 under "log") where a side is open.
    scale : {"log", "identity"}
        On natural logarithms a coefficient is a log ratio of medians.
    spread : mapping of name to array, optional
        What the noise may depend on; costs a parameter each.
    clusters : array, shape (n,), optional
        Labels of rows that belong together (site, person): errors are then robust to whatever they have in common, by leaving
        out one cluster after the other (one Newton step each), with a t of G - 1 degrees of freedom for G clusters. Below about
        ten clusters they are poorly known.
    level : float
        Probability of intervals. They are Wald's with a t of as many degrees of freedom as values are known from both sides,
        less the coefficients; `chi_square` is the likelihood ratio.

    Returns
    -------
    TobitFit
        A slope of a censored response is that of the uncensored one: nothing is attenuated by limits.

    Raises
    ------
    BadInput
        Lengths, NaN, low > high, values not above zero under "log", covariates that repeat each other, fewer than two clusters.
    NotEstimable
        Everything censored on one side, or a likelihood without a maximum (all values of a group below the limit).

    Examples
    --------
    >>> y, flags = [1, 1, 2.1, 2.9, 4.2, 5.1, 5.8], [True, True, False, False, False, False, False]
    >>> found = fit_tobit(y, {"x": [0, 1, 2, 3, 4, 5, 6]}, censored=flags, scale="identity")
    >>> print(found.coefficients["x"])
    x 0.9965 (0.8739 to 1.119 (95%, Tobit by maximum likelihood)), p = 0.000127

    References
    ----------
    .. [1] J. Tobin, "Estimation of relationships for limited dependent variables", Econometrica 1958;26:24-36.
    .. [2] T. Amemiya, "Tobit models: a survey", J Econom 1984;24:3-61.
    """
    check_level(level)
    a, b = _ends(values, censored, low, high, scale)
    n = a.size
    names, design = _columns("covariates", covariates or {}, n, INTERCEPT)
    spread_names, wide = _columns("spread", spread or {}, n, LOG_SD)
    check_enough("values", n, design.shape[1] + wide.shape[1] + 1, "one more than there are parameters")
    exact = a == b
    if not (np.isfinite(a) & np.isfinite(b)).any():
        raise NotEstimable("the coefficients", "every value is censored on one side", "the share beyond each limit")
    p = design.shape[1]
    shift, unit = design[:, 1:].mean(axis=0), design[:, 1:].std(axis=0)
    standard = np.column_stack([np.ones(n), (design[:, 1:] - shift) / unit])
    start = _start(a, b, standard, wide.shape[1])
    good, at, value, hessian, scores = maximise(start, a, b, standard, wide)
    none = maximise(_start(a, b, standard[:, :1], 1), a, b, standard[:, :1], wide[:, :1])
    if not good or np.linalg.eigvalsh(-hessian)[0] <= 1e-6 * abs(hessian).max() or np.abs(at).max() > 1e6:
        raise NotEstimable(
            "the coefficients", "the likelihood has no maximum: limits alone bound it", "fewer covariates or groups"
        )
    back = np.eye(at.size)
    back[1:p, 1:p] = np.diag(1 / unit)
    back[0, 1:p] = -shift / unit
    known = int((np.isfinite(a) & np.isfinite(b)).sum())
    covariance, freedom, how = _covariance(hessian, scores, clusters, max(known - p, 1), (a, b, standard, wide, at))
    covariance = back @ covariance @ back.T
    at = back @ at
    method = f"Tobit by maximum likelihood{', spread modelled' if spread else ''}{how}"
    errors = np.sqrt(np.diag(covariance))
    short = MEASURED_WITH_FEW if spread and known < FEW else None
    found = [
        Coefficient(name, float(at[k]), float(errors[k]), freedom, level, method, short)
        for k, name in enumerate([*names, *spread_names])
    ]
    return TobitFit(
        coefficients={one.name: one for one in found[:p]},
        spread={one.name: one for one in found[p:]},
        covariance=covariance,
        log_likelihood=value,
        log_likelihood_of_none=none[2],
        jacobian=float(-a[exact].sum()) if scale == "log" else 0.0,
        fitted=design @ at[:p],
        n=n,
        n_censored=int((~exact).sum()),
        level=level,
        scale=scale,
        method=method,
    )


def _ends(
    values: ArrayLike | None, censored: ArrayLike | None, low: ArrayLike | None, high: ArrayLike | None, scale: str
) -> tuple[Floats, Floats]:
    """Return both ends of each value on the model's scale."""
    if scale not in ("log", "identity"):
        raise BadInput("scale", repr(scale), "'log' or 'identity'")
    if values is not None:
        if low is not None or high is not None:
            raise BadInput("values", "values beside low and high", "values with censored, or low with high")
        b = to_floats("values", values, positive=scale == "log")
        flags = to_flags("censored", censored, b.size)
        a = np.where(flags, 0.0 if scale == "log" else -np.inf, b)
    else:
        if low is None or high is None:
            raise BadInput("low, high", "only one of them", "values with censored, or low with high")
        a, b = to_intervals(low, high)
    if scale == "log":
        if ((a < 0) & ~np.isneginf(a)).any() or (b <= 0).any():
            raise BadInput("low, high", "a value or limit at or below zero", "values above zero (the model takes logarithms)")
        with np.errstate(divide="ignore"):
            a, b = np.log(np.maximum(a, 0)), np.log(b)
    return a, b


def _columns(argument: str, columns: Mapping[str, ArrayLike], n: int, first: str) -> tuple[list[str], Floats]:
    design = [np.ones(n)]
    for name, column in columns.items():
        array = to_floats(f"{argument}[{name!r}]", column)
        if array.size != n:
            raise BadInput(f"{argument}[{name!r}]", f"{array.size} values beside {n} rows", "one a row")
        if np.ptp(array) == 0:
            raise BadInput(f"{argument}[{name!r}]", "a constant", "a column that varies; the intercept is there already")
        design.append(array)
    matrix = np.column_stack(design)
    if np.linalg.matrix_rank((matrix - np.r_[0, matrix[:, 1:].mean(0)]) / np.r_[1, matrix[:, 1:].std(0)]) < matrix.shape[1]:
        raise BadInput(argument, "columns that repeat each other", "columns none of which follows from the others")
    return [first, *map(str, columns)], matrix


def _start(a: Floats, b: Floats, design: Floats, spreads: int) -> Floats:
    """Return where to start: least squares on the middles, open ends at their limit."""
    middle = np.where(
        np.isfinite(a) & np.isfinite(b), (np.where(np.isfinite(a), a, 0) + np.where(np.isfinite(b), b, 0)) / 2, 0.0
    )
    middle = np.where(np.isfinite(a) & ~np.isfinite(b), a, np.where(~np.isfinite(a) & np.isfinite(b), b, middle))
    beta = np.linalg.lstsq(design, middle, rcond=None)[0]
    sd = max(float(np.std(middle - design @ beta)), 1e-3 * max(float(np.std(middle)), 1e-9))
    return np.r_[beta, np.log(sd), np.zeros(spreads - 1)]


def _covariance(
    hessian: NDArray[np.float64],
    scores: Floats,
    clusters: ArrayLike | None,
    freedom: int,
    model: tuple[Floats, Floats, Floats, Floats, Floats],
) -> tuple[NDArray[np.float64], float, str]:
    """Return the covariance of the parameters, degrees of freedom, and what to call it."""
    if clusters is None:
        inverse: NDArray[np.float64] = np.linalg.inv(-hessian).astype(np.float64)
        return inverse, float(freedom), ""
    labels = np.asarray(clusters)
    n = scores.shape[0]
    if labels.shape != (n,):
        raise BadInput("clusters", f"shape {labels.shape}", f"one label a row, shape ({n},)")
    groups = np.unique(labels, return_inverse=True)[1]
    count = int(groups.max()) + 1
    if count < 2:
        raise BadInput("clusters", "one cluster", "two or more; ten or more to be trusted")
    low, high, design, spread, at = model
    robust = np.zeros_like(hessian)
    for g in range(count):
        mine = groups == g
        own = joint_terms(at, low[mine], high[mine], design[mine], spread[mine])[2]
        step = np.linalg.lstsq(-(hessian - own), scores[mine].sum(axis=0), rcond=None)[0]
        robust += np.outer(step, step) * (count - 1) / count
    return robust, count - 1.0, f", errors robust to {count} clusters"
