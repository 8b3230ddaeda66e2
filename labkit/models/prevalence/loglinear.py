"""A Poisson log-linear model of a table of counts, by Newton's method.

Two things people confuse: a cell that is empty and a cell that cannot be seen. The first is a count of zero and enters the fit;
the second (nobody on any list) has no row at all, and its expected count is what is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from labkit.models.inputs import Floats

STEPS = 100
FAR = 25.0  # a coefficient this large on the log scale runs off to infinity: an empty cell takes the fit along


@dataclass(frozen=True)
class LoglinearFit:
    """Coefficients (dropped columns hold NaN), their covariance, fitted counts and the fit's measures."""

    coefficients: Floats
    covariance: Floats  # of the kept columns
    kept: NDArray[np.intp]
    fitted: Floats
    deviance: float
    loglik: float
    bounded: bool  # False: the maximum lies at infinity

    @property
    def rank(self) -> int:
        """Parameters estimated."""
        return int(self.kept.size)


def independent_columns(design: Floats) -> NDArray[np.intp]:
    """Return the columns that are no combination of those before them; the same design is asked for often and kept."""
    return _independent(design.tobytes(), design.shape)


@lru_cache(maxsize=4096)
def _independent(held: bytes, shape: tuple[int, int]) -> NDArray[np.intp]:
    design = np.frombuffer(held).reshape(shape)
    kept: list[int] = []
    basis = np.zeros((design.shape[0], 0))
    for k in range(design.shape[1]):
        rest = design[:, k] - basis @ (basis.T @ design[:, k])
        rest -= basis @ (basis.T @ rest)
        size = np.linalg.norm(rest)
        if size > 1e-9 * max(1.0, float(np.linalg.norm(design[:, k]))):
            kept.append(k)
            basis = np.column_stack([basis, rest / size])
    return np.array(kept, dtype=np.intp)


def fit_loglinear(design: Floats, counts: Floats, offset: Floats | None = None, start: Floats | None = None) -> LoglinearFit:
    r"""Fit ``ln μ = offset + design β`` to counts (zero or more, whole or not) by maximum likelihood.

    Parameters
    ----------
    design : array, shape (cells, k)
        A column that depends on those before it is dropped.
    counts, offset : array, shape (cells,)
    start : array, shape (k,), optional
        Where to begin.
    """
    shift = np.zeros(counts.size) if offset is None else offset
    kept = independent_columns(np.ascontiguousarray(design, dtype=float))
    x = design[:, kept]
    beta: Floats
    if start is not None and np.isfinite(start[kept]).all():
        beta = start[kept].copy()
    else:
        guess = np.log(np.maximum(counts, 0.1)) - shift
        weight = np.sqrt(np.maximum(counts, 0.1))
        wide = x * weight[:, None]
        beta = np.linalg.solve(wide.T @ wide, wide.T @ (guess * weight)).astype(float)
    value, mu = _loglik(x, counts, shift, beta)
    for _ in range(STEPS):
        slope = x.T @ (counts - mu)
        information = (x * mu[:, None]).T @ x
        try:
            step = np.linalg.solve(information, slope)
        except np.linalg.LinAlgError:
            break
        gain, size = float(slope @ step), 1.0
        trial, fitted = value, mu
        if not gain > 1e-13 * (1 + abs(value)):
            break
        while size > 1e-8:
            trial, fitted = _loglik(x, counts, shift, beta + size * step)
            if trial > value:
                break
            size /= 2
        else:
            break
        beta, value, mu = beta + size * step, trial, fitted
    information = (x * mu[:, None]).T @ x
    try:
        covariance: Floats = np.linalg.inv(information).astype(float)
    except np.linalg.LinAlgError:
        covariance = np.full_like(information, np.inf)
    coefficients = np.full(design.shape[1], np.nan)
    coefficients[kept] = beta
    deviance = 2 * float((special.xlogy(counts, counts) - special.xlogy(counts, mu) - counts + mu).sum())
    runs_off = bool((np.abs(beta) > FAR).any() or ((counts == 0) & (mu < 1e-7 * max(1.0, float(counts.max())))).any())
    return LoglinearFit(
        coefficients, covariance, kept, mu, deviance, value - float(special.gammaln(counts + 1).sum()), not runs_off
    )


def _loglik(x: Floats, counts: Floats, shift: Floats, beta: Floats) -> tuple[float, Floats]:
    line = x @ beta + shift
    mu = np.exp(np.clip(line, -700, 300))
    return float((counts * line - mu).sum()), mu
