"""Maximum likelihood for a normal sample known only to lie in intervals; the loops of it, without a model around."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import optimize, stats
from scipy.special import log_ndtr, ndtri

from labkit.models.inputs import Floats, NotEstimable

LOG_SQRT_2PI = 0.5 * np.log(2 * np.pi)


class NormalSample:
    """Exact values, left- and right-open ones and intervals, each distinct one once with its count."""

    def __init__(self, low: Floats, high: Floats) -> None:
        pairs, counts = np.unique(np.c_[low, high], axis=0, return_counts=True)
        down, up = pairs.T
        exact, left, right = down == up, np.isneginf(down), np.isposinf(up)
        inner = ~(exact | left | right)
        self.exact, self.n_exact = down[exact], counts[exact].astype(float)
        self.left, self.n_left = up[left & ~right], counts[left & ~right].astype(float)
        self.right, self.n_right = down[right & ~left], counts[right & ~left].astype(float)
        self.low, self.high, self.n_inner = down[inner], up[inner], counts[inner].astype(float)
        self.total = float(self.n_exact.sum())
        middle = np.concatenate([self.exact, self.left, self.right, (self.low + self.high) / 2])
        self.start = float(np.mean(middle)), max(float(np.std(middle)), 1e-6 * (1 + abs(float(np.mean(middle)))))

    def log_likelihood(self, mu: float, sigma: float) -> float:
        """Return the log density of the exact ones plus the log probability of the others."""
        found = -self.total * (np.log(sigma) + LOG_SQRT_2PI)
        if self.exact.size:
            found -= 0.5 * float((self.n_exact * ((self.exact - mu) / sigma) ** 2).sum())
        if self.left.size:
            found += float((self.n_left * log_ndtr((self.left - mu) / sigma)).sum())
        if self.right.size:
            found += float((self.n_right * log_ndtr((mu - self.right) / sigma)).sum())
        if self.low.size:
            a, b = (self.low - mu) / sigma, (self.high - mu) / sigma
            swap = a > 0  # both in the upper tail: mirror, where differences keep their digits
            a, b = np.where(swap, -b, a), np.where(swap, -a, b)
            upper = log_ndtr(b)
            found += float((self.n_inner * (upper + np.log1p(-np.exp(np.minimum(log_ndtr(a) - upper, -1e-300))))).sum())
        return found

    def fit(self) -> tuple[float, float, float]:
        """Return mu, sigma and the log likelihood at the maximum."""
        mu, sigma = self.start
        scale = sigma

        def lost(at: Floats) -> float:
            if abs(at[1]) > 30:
                return np.inf
            return -self.log_likelihood(mu + at[0] * scale, scale * np.exp(at[1]))

        found = optimize.minimize(lost, [0.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-4, "fatol": 1e-6})
        at = found.x
        for _ in range(30):  # Newton from there: quadratic, and the same on every machine to the last digits
            step = 1e-4
            gradient, hessian = _derivatives(lost, at, step)
            try:
                move = np.linalg.solve(hessian, gradient)
            except np.linalg.LinAlgError:
                break
            if not np.isfinite(move).all() or np.abs(move).max() > 1:
                break
            at = at - move
            if np.abs(move).max() < 1e-9:
                break
        if abs(at[1]) > 20:
            raise NotEstimable("the spread", "the likelihood has no maximum: values above the limits hardly differ", "bounds")
        return float(mu + at[0] * scale), float(scale * np.exp(at[1])), -float(lost(at))

    def covariance(self, mu: float, sigma: float) -> Floats:
        """Return the inverse observed information of (mu, log sigma)."""
        _, hessian = _derivatives(
            lambda at: -self.log_likelihood(at[0], np.exp(at[1])), np.array([mu, np.log(sigma)]), 1e-4, sigma
        )
        return np.asarray(np.linalg.inv(hessian), dtype=np.float64)

    def profile(
        self, to_mu: Callable[[float, float], float], best: float, sigma: float, top: float, level: float, step: float
    ) -> tuple[float, float]:
        """Return where twice the drop of the likelihood, maximised over sigma, reaches the chi-square quantile.

        `to_mu(theta, sigma)` gives the location at which the quantity of interest is theta.
        """
        allowed = stats.chi2.ppf(level, 1) / 2
        state = {"log": np.log(sigma)}

        def drop(theta: float) -> float:
            def lost(log_sigma: float) -> float:
                value = self.log_likelihood(to_mu(theta, np.exp(log_sigma)), np.exp(log_sigma))
                return -value if np.isfinite(value) else 1e300

            at = state["log"]
            found = optimize.minimize_scalar(lost, bracket=(at - 0.1, at + 0.1), tol=1e-7)
            state["log"] = float(found.x)
            return float(top + found.fun - allowed)

        ends = []
        for sign in (-1.0, 1.0):
            state["log"] = np.log(sigma)
            near, far, width = best, best + sign * step, step
            for _ in range(60):
                if drop(far) > 0:
                    break
                near, width = far, width * 1.6
                far += sign * width
            else:
                ends.append(sign * np.inf)
                continue
            ends.append(float(optimize.brentq(drop, near, far, xtol=1e-9 * max(1.0, abs(far)), rtol=1e-10)))
        return ends[0], ends[1]


def normal_quantile(p: float) -> float:
    """Return the standard normal quantile."""
    return float(ndtri(p))


def _derivatives(function: Callable[[Floats], float], at: Floats, step: float, scale: float = 1.0) -> tuple[Floats, Floats]:
    """Return gradient and Hessian by central differences of fourth and second order."""
    steps = np.array([step * scale, step])
    k = at.size
    gradient, hessian = np.empty(k), np.empty((k, k))
    centre = function(at)
    for i in range(k):
        e = np.zeros(k)
        e[i] = steps[i]
        one, two, three, four = function(at + e), function(at - e), function(at + 2 * e), function(at - 2 * e)
        gradient[i] = (8 * (one - two) - (three - four)) / (12 * steps[i])
        hessian[i, i] = (16 * (one + two) - (three + four) - 30 * centre) / (12 * steps[i] ** 2)
        for j in range(i):
            f = np.zeros(k)
            f[j] = steps[j]
            cross = function(at + e + f) - function(at + e - f) - function(at - e + f) + function(at - e - f)
            hessian[i, j] = hessian[j, i] = cross / (4 * steps[i] * steps[j])
    return gradient, hessian
