"""Fit a structural model to a sparse series with limits: level or trend, seasons, effects, with intervals.

Two things people confuse: a value below the limit and half the limit. Here a non-detect is only what it says, a value
somewhere below; many in a row pull the level down, one among high neighbours hardly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.models.inputs import BadInput, check_level, to_flags, to_floats
from labkit.models.structural.components import Component, mix, smooth_points
from labkit.models.structural.contrasts import with_contrasts
from labkit.models.structural.likelihood import box_loglik
from labkit.models.structural.result import StructuralFit
from labkit.models.structural.rows import prepare, untold
from labkit.models.structural.variances import averaged, likeliest

Floats = NDArray[np.float64]
MOST_CHECKED = 500  # rows beyond which the error of the likelihood is not measured: it costs their cube


def fit_structural(
    low: ArrayLike,
    high: ArrayLike,
    times: ArrayLike | None = None,
    *,
    trend: str = "level",
    seasons: Sequence[tuple[float, int | str]] = (),
    regressors: Mapping[str, ArrayLike] | None = None,
    contrasts: Mapping[str, ArrayLike] | None = None,
    scale: str = "log",
    changing_seasons: bool = False,
    variances: str = "averaged",
    level: float = 0.95,
    check_points: int = 128,
    seed: int = 20,
) -> StructuralFit:
    r"""Decompose a series known exactly, by limits, by intervals or not at all, without putting in a value for any.

    On the log (or identity) scale, at times :math:`t_i`,

    .. math::
        y_i = \mu(t_i) + \sum_{s,j} [a_{sj} \cos(2\pi j t_i/p_s) + b_{sj} \sin(2\pi j t_i/p_s)] + x_i'\beta + \varepsilon_i

    with :math:`\mu` a random walk in real time (`"level"`) or one with a slope that itself moves (`"linear"`), and noise
    :math:`\varepsilon_i \sim N(0, \sigma^2)`. What is known of a row is :math:`low_i \le y_i \le high_i`.
    Level, slope and seasons start from a broad normal prior (100 spreads of the data), an effect from one of 3 spreads over its
    range; the spread is that of a censored normal sample. The likelihood is the density of the exact rows times
    the probability of the box of the others given them; while fitting, expectation propagation stands for it (exact with up to
    one censored row), and the result says how far off it was at the end.

    Parameters
    ----------
    low, high : array, shape (n,), in the unit of the values
        Equal where exact; `low` 0 (log scale) or -inf with `high` the limit for a non-detect; `high` inf above a range; both
        NaN, or both ends open, for a row without value (a date to be told about).
    times : array, shape (n,), any unit, not decreasing
        0, 1, 2, … where left out; datetime64 is taken as days. Equal times are replicates.
    trend : {"level", "linear"}
        A linear one costs a variance more and wider ends.
    seasons : sequence of (period in the unit of times, harmonics)
        "dummy" instead of a number: one level a step of the period (times one apart).
    regressors : mapping of name to array, shape (n,)
        Weekday, holiday, rain, a step at a change of method; each has one constant effect per unit.
    contrasts : mapping of name to array, shape (n,)
        Weights over the rows of the trend: the mean of the last year minus that of the year before, say. Rows without value can
        carry weights. Each comes back with the interval of the sum (`StructuralFit.contrast`).
    scale : {"log", "identity"}
        Natural logarithms, for values above zero; or the values as they are.
    changing_seasons : bool
        Let the seasons move as a random walk, for one more variance each.
    variances : {"averaged", "likelihood"}
        Average over what the data leave open of the variances (wider, nearer their level), or take the likeliest.
    level : float
        Probability of the intervals.
    check_points : int
        Sobol points a set, a power of two, for the measured error of the likelihood; 0 leaves it out. Cost: points times rows².
    seed : int
        Of that measurement, the only random part.

    Returns
    -------
    StructuralFit
        Components by name; they sum, with the remainder, to the observation on `scale`.

    Raises
    ------
    BadInput
        Lengths, low > high, negative or zero under the log scale, decreasing times, too few rows for the states.
    NotEstimable
        All censored, fewer than three values known from both sides, or no spread among them.

    Examples
    --------
    >>> import numpy as np
    >>> rng = np.random.default_rng(4)
    >>> weeks = np.arange(40.0)
    >>> simulated = np.exp(2 + 0.1 * np.cumsum(rng.normal(size=40)) + 0.3 * rng.normal(size=40))
    >>> low, high = np.where(simulated < 6, 0, simulated), np.maximum(simulated, 6)
    >>> found = fit_structural(low, high, weeks)
    >>> found.n, found.n_censored, sorted(found.components)
    (40, 15, ['remainder', 'trend'])

    References
    ----------
    .. [1] A. C. Harvey, "Forecasting, Structural Time Series Models and the Kalman Filter", 1989.
    .. [2] J. P. Cunningham, P. Hennig, S. Lacoste-Julien, "Gaussian probabilities and expectation propagation", 2011.
    """
    check_level(level)
    if variances not in ("averaged", "likelihood"):
        raise BadInput("variances", repr(variances), "'averaged' or 'likelihood'")
    design, seen = prepare(low, high, times, trend, seasons, regressors or {}, scale, changing_seasons)
    points = averaged(design, seen) if variances == "averaged" else [likeliest(design, seen)]
    smoothed = smooth_points(with_contrasts(design, contrasts or {}), seen, points)
    weights = np.array([point.weight for point in points])
    n, n_censored = int((seen.kind > 0).sum()), int((seen.kind == 2).sum())
    mode = points[0]
    log_lik, off, error = mode.loglik, None, None
    method = "Kalman filter" if n_censored == 0 else "expectation propagation"
    if n_censored and check_points and n <= MOST_CHECKED:
        exact, box = box_loglik(design, seen, mode.variances, points=check_points, seed=seed)
        off, error = mode.loglik - exact, box.error
        if box.method == "nested Gauss-Legendre":
            log_lik, method = exact, f"{method}; the log likelihood by {box.method}"
    method += ", averaged over the variances" if len(points) > 1 else ", likeliest variances"
    noise = float(sum(point.weight * point.variances["noise"] for point in points))
    found = {
        name: Component(name, *mix(*pair, weights, level), level, scale, noise, n, n_censored, method)
        for name, pair in smoothed.components.items()
    }
    signal = found.pop("signal")
    total = np.sum([part.mean for part in found.values()], axis=0)
    rest = smoothed.observation - total
    known = seen.kind == 1
    reach = np.where(known, signal.sd, np.sqrt(noise))
    half = (signal.high - signal.low) / 2 / np.where(signal.sd > 0, signal.sd, 1) * reach
    found["remainder"] = Component("remainder", rest, reach, rest - half, rest + half, level, scale, 0.0, n, n_censored, method)
    return StructuralFit(
        times=design.times,
        components=found,
        signal=signal,
        observation=smoothed.observation,
        coefficients={name: mix(*smoothed.coefficients[name], weights, level) for name in design.coefficients},
        contrasts={name: mix(*smoothed.coefficients[name], weights, level) for name in contrasts or {}},
        untold=untold(design, seen),
        variances={name: float(sum(point.weight * point.variances[name] for point in points)) for name in design.variances},
        kind=seen.kind,
        n=n,
        n_censored=n_censored,
        level=level,
        scale=scale,
        method=method,
        loglik=float(log_lik),
        loglik_off=off,
        loglik_error=error,
        settled=smoothed.settled,
    )


def fit_structural_values(
    values: ArrayLike, censored: ArrayLike | None, times: ArrayLike | None = None, *, scale: str = "log", **options: object
) -> StructuralFit:
    """Fit to left-censored values: `values` hold the limit where `censored` is True; NaN is a row without value.

    Options and result as in `fit_structural`.
    """
    array = to_floats("values", values, gaps=True, positive=scale == "log")
    flags = to_flags("censored", censored, array.size)
    low = np.where(flags, 0.0 if scale == "log" else -np.inf, array)
    return fit_structural(np.where(np.isnan(array), np.nan, low), array, times, scale=scale, **options)  # type: ignore[arg-type]
