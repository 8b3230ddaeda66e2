"""Kalman filter, backward smoother and prior covariance of a linear Gaussian state, with gaps and noise row by row.

Two things people confuse: what the rows before an observation say of it (filter) and what all other rows say of it (the
cavity, which the treatment of censored rows needs). The backward pass gives both, without inverting a matrix.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@njit(cache=True)
def is_still(step: Floats) -> bool:
    """Tell whether a step is the identity, as it is for every state but a level with slope and seasonal dummies."""
    m = step.shape[0]
    for j in range(m):
        for k in range(m):
            if step[j, k] != (1.0 if j == k else 0.0):
                return False
    return True


@njit(cache=True)
def smooth(
    loads: Floats, step: Floats, shock: Floats, mean0: Floats, cov0: Floats, y: Floats, noise: Floats, states: bool
) -> tuple[float, Floats, Floats, Floats, Floats, Floats, Floats]:
    """Filter and smooth rows y = loads·state + noise; infinite noise is a missing row.

    Returns log likelihood, mean and variance of loads·state given all rows, mean and variance of it given all rows but its
    own, and (with `states`) mean and covariance of the state itself.
    """
    n, m = loads.shape
    a, p = np.empty((n, m)), np.empty((n, m, m))
    error, spread = np.zeros(n), np.full(n, np.inf)
    mean, cov = mean0.copy(), cov0.copy()
    pz, ng = np.empty(m), np.empty(m)
    log_lik = 0.0
    for i in range(n):
        if not is_still(step[i]):
            mean[:] = step[i] @ mean
            cov[:] = step[i] @ cov @ step[i].T
        total, fitted = 0.0, 0.0
        for j in range(m):
            a[i, j] = mean[j]
            fitted += loads[i, j] * mean[j]
            pz[j] = 0.0
            for k in range(m):
                cov[j, k] += shock[i, j, k]
                p[i, j, k] = cov[j, k]
                pz[j] += cov[j, k] * loads[i, k]
            total += loads[i, j] * pz[j]
        if math.isinf(noise[i]):
            continue
        spread[i] = total + noise[i]
        if not spread[i] > 0.0:
            log_lik = -np.inf
            spread[i] = 1e-300
        error[i] = y[i] - fitted
        log_lik -= 0.5 * (math.log(2.0 * math.pi * spread[i]) + error[i] ** 2 / spread[i])
        for j in range(m):
            mean[j] += pz[j] * error[i] / spread[i]
            for k in range(m):
                cov[j, k] -= pz[j] * pz[k] / spread[i]
    f, v, f_out, v_out = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    hat = np.zeros((n if states else 1, m))
    cov_hat = np.zeros((n if states else 1, m, m))
    r, big = np.zeros(m), np.zeros((m, m))
    for i in range(n - 1, -1, -1):
        if i < n - 1 and not is_still(step[i + 1]):
            r[:] = step[i + 1].T @ r
            big[:] = step[i + 1].T @ big @ step[i + 1]
        z = loads[i]
        plain, wide, pull, narrowed = 0.0, 0.0, 0.0, 0.0
        for j in range(m):
            pz[j], ng[j] = 0.0, 0.0
            for k in range(m):
                pz[j] += p[i, j, k] * z[k]
        for j in range(m):
            for k in range(m):
                ng[j] += big[j, k] * pz[k]
            plain += z[j] * a[i, j]
            wide += z[j] * pz[j]
            pull += pz[j] * r[j]
        for j in range(m):
            narrowed += pz[j] * ng[j]
        if math.isinf(noise[i]):
            f[i] = plain + pull
            v[i] = max(wide - narrowed, 0.0)
            f_out[i], v_out[i] = f[i], v[i]
        else:
            u = (error[i] - pull) / spread[i]
            d = (1.0 + max(narrowed, 0.0) / spread[i]) / spread[i]
            for j in range(m):
                r[j] += z[j] * u
                ng[j] /= spread[i]
            for j in range(m):
                for k in range(m):
                    big[j, k] += z[j] * z[k] * d - z[j] * ng[k] - ng[j] * z[k]
            f[i] = y[i] - noise[i] * u
            v[i] = max(noise[i] - noise[i] * noise[i] * d, 0.0)
            f_out[i] = y[i] - u / d
            v_out[i] = max(1.0 / d - noise[i], 0.0)
            if v[i] < 0.5 * noise[i]:
                weight = 1.0 / v[i] - 1.0 / noise[i] if v[i] > 0.0 else np.inf
                v_out[i] = 1.0 / weight
                f_out[i] = (f[i] / v[i] - y[i] / noise[i]) * v_out[i] if v[i] > 0.0 else f[i]
        if states:
            hat[i] = a[i] + p[i] @ r
            cov_hat[i] = p[i] - p[i] @ big @ p[i]
    return log_lik, f, v, f_out, v_out, hat, cov_hat


@njit(cache=True)
def prior_moments(loads: Floats, step: Floats, shock: Floats, mean0: Floats, cov0: Floats) -> tuple[Floats, Floats]:
    """Mean and covariance of loads·state over all rows, before any row is seen."""
    n = loads.shape[0]
    centre, joint = np.empty(n), np.empty((n, n))
    mean, cov = mean0.copy(), cov0.copy()
    for i in range(n):
        mean = step[i] @ mean
        cov = step[i] @ cov @ step[i].T + shock[i]
        centre[i] = loads[i] @ mean
        ahead = cov @ loads[i]
        joint[i, i] = loads[i] @ ahead
        for j in range(i + 1, n):
            ahead = step[j] @ ahead
            joint[i, j] = loads[j] @ ahead
            joint[j, i] = joint[i, j]
    return centre, joint
