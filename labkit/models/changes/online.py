"""A Bayesian online detector: after each value, how long the present level may have lasted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from labkit.models.inputs import BadInput, Floats, check_enough, to_floats


@dataclass(frozen=True)
class OnlineChanges:
    """The posterior of the run length after each value: `run_length[t, r]`, r = 0 being a level that starts with value t."""

    run_length: NDArray[np.float64]
    predicted: Floats  # mean of each value given those before
    hazard: float
    n: int
    method: str
    n_censored: int = 0
    level: float | None = None

    def recent(self, within: int) -> Floats:
        """Return after each value the probability that the level changed within the last `within` values."""
        return self.run_length[:, :within].sum(axis=1)

    @property
    def likeliest(self) -> NDArray[np.int64]:
        """The likeliest run length after each value."""
        return self.run_length.argmax(axis=1)

    def __str__(self) -> str:
        """Return one line."""
        now = self.run_length[-1]
        r = int(now.argmax())
        seen = f"hazard {self.hazard:g}, n = {self.n}"
        return f"present level since {r + 1} values (probability {now[r]:.2f}), {seen} ({self.method})"


def online_changes(
    values: ArrayLike, *, hazard: float, mean: float, spread: float, weight: float = 0.1, freedom: float = 4.0
) -> OnlineChanges:
    r"""Update the distribution of the run length value by value (Adams and MacKay).

    .. math:: P(r_t = r_{t-1} + 1) \propto P(r_{t-1})\, \pi_{r}(y_t) (1 - h), \qquad
       P(r_t = 0) \propto \pi_0(y_t)\, h

    with π the Student predictive of a normal of unknown mean and variance whose conjugate prior starts anew with each level. A
    value that starts a level is judged by the prior alone.

    Parameters
    ----------
    values : array, shape (n,)
        In order of time; NaN is a gap in which nothing is learned, but levels may change.
    hazard : float
        Probability of a change at each step: one over the length of level that is usual.
    mean, spread : float
        Prior of a level and its noise: where levels lie, and the noise's standard deviation.
    weight : float
        Of the prior mean, in values: 0.1 lets levels lie √10 spreads apart.
    freedom : float
        How firmly `spread` is believed, as degrees of freedom.

    Raises
    ------
    BadInput
        A hazard outside 0 to 1, spread, weight or freedom not above zero, no values.

    Examples
    --------
    >>> rng = np.random.default_rng(3)
    >>> y = np.r_[rng.normal(0, 1, 30), rng.normal(3, 1, 20)]
    >>> print(online_changes(y, hazard=0.02, mean=0, spread=1))
    present level since 20 values (probability 0.58), hazard 0.02, n = 50 (Adams-MacKay, normal levels)

    References
    ----------
    .. [1] R. P. Adams, D. J. C. MacKay, "Bayesian online changepoint detection", 2007, arXiv:0710.3742.
    """
    y = to_floats("values", values, gaps=True)
    check_enough("values", int((~np.isnan(y)).sum()), 1, "something to learn from")
    if not 0 < hazard < 1:
        raise BadInput("hazard", f"{hazard}", "between 0 and 1")
    for name, value in (("spread", spread), ("weight", weight), ("freedom", freedom)):
        if not value > 0:
            raise BadInput(name, f"{value}", "above zero")
    n = y.size
    posterior = np.zeros((n, n))
    predicted = np.full(n, float(mean))
    # state of each run length: mean, weight, shape, rate; the first entry is the prior
    m, k = np.array([float(mean)]), np.array([float(weight)])
    a, b = np.array([freedom / 2]), np.array([freedom / 2 * spread**2])
    log_r = np.zeros(1)
    for t in range(n):
        grown = np.log1p(-hazard) + log_r if t else np.zeros(0)
        fresh = np.log(hazard) + special.logsumexp(log_r) if t else 0.0
        prior = np.r_[fresh, grown]
        ms, ks, as_, bs = (np.r_[first, rest] if t else np.array([first]) for first, rest in zip(
            (float(mean), float(weight), freedom / 2, freedom / 2 * spread**2), (m, k, a, b), strict=True))  # fmt: skip
        share = np.exp(prior - special.logsumexp(prior))
        predicted[t] = float(share @ ms)
        if np.isnan(y[t]):
            log_r, m, k, a, b = prior - special.logsumexp(prior), ms, ks, as_, bs
        else:
            log_r = prior + _student(y[t], ms, ks, as_, bs)
            log_r -= special.logsumexp(log_r)
            step = y[t] - ms
            m, k, a, b = ms + step / (ks + 1), ks + 1, as_ + 0.5, bs + ks * step**2 / (2 * (ks + 1))
        posterior[t, : t + 1] = np.exp(log_r)
    return OnlineChanges(posterior, predicted, hazard, n, "Adams-MacKay, normal levels")


def _student(y: float, m: Floats, k: Floats, a: Floats, b: Floats) -> Floats:
    """Return the log predictive density of y."""
    scale = b * (k + 1) / (a * k)
    out: Floats = (
        special.gammaln(a + 0.5) - special.gammaln(a) - 0.5 * np.log(2 * np.pi * a * scale)
        - (a + 0.5) * np.log1p((y - m) ** 2 / (2 * a * scale))
    )  # fmt: skip
    return out
