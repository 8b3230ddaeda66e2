"""What a regression with a censored response says: coefficients with their intervals, fit, and what it stands on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from labkit.models.inputs import BadInput, Floats
from labkit.models.interval import Interval


@dataclass(frozen=True)
class Coefficient:
    """One coefficient with its standard error; `freedom` is that of the t it is judged by, infinite for the normal."""

    name: str
    estimate: float
    standard_error: float
    freedom: float
    level: float
    method: str
    approximate: float | None = None

    @property
    def z(self) -> float:
        """Estimate over standard error."""
        return self.estimate / self.standard_error

    @property
    def p(self) -> float:
        """Two-sided."""
        tail = stats.norm.sf(abs(self.z)) if np.isinf(self.freedom) else stats.t.sf(abs(self.z), self.freedom)
        return float(2 * tail)

    @property
    def interval(self) -> Interval:
        """Estimate plus and minus the quantile times the standard error."""
        p = (1 + self.level) / 2
        reach = stats.norm.ppf(p) if np.isinf(self.freedom) else stats.t.ppf(p, self.freedom)
        half = float(reach) * self.standard_error
        return Interval(self.estimate - half, self.estimate + half, self.level, self.method, self.approximate)

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.name} {self.estimate:.4g} ({self.interval}), p = {self.p:.3g}"


@dataclass(frozen=True)
class TobitFit:
    """A fitted censored regression on `scale`; `covariance` is of (coefficients, coefficients of log sd)."""

    coefficients: dict[str, Coefficient]
    spread: dict[str, Coefficient]  # of log sd
    covariance: NDArray[np.float64]
    log_likelihood: float  # on the model's scale
    log_likelihood_of_none: float  # with an intercept alone
    jacobian: float  # what turns them into likelihoods of the values in their own unit: the sum of log y of exact rows
    fitted: Floats  # centre of each row on the model's scale: the log of the median on the log scale
    n: int
    n_censored: int
    level: float
    scale: str
    method: str

    @property
    def sd(self) -> float:
        """Standard deviation of the noise; with a model of the spread, at its intercept."""
        return float(np.exp(self.spread["log sd"].estimate))

    @property
    def parameters(self) -> int:
        """Number of parameters."""
        return len(self.coefficients) + len(self.spread)

    @property
    def aic(self) -> float:
        """Return -2 log L + 2 parameters, on the model's scale."""
        return -2 * self.log_likelihood + 2 * self.parameters

    @property
    def bic(self) -> float:
        """Return -2 log L + log(n) parameters; n counts censored rows too."""
        return float(-2 * self.log_likelihood + np.log(self.n) * self.parameters)

    @property
    def chi_square(self) -> float:
        """Likelihood ratio against an intercept alone; under clustering it is not a test and is not offered."""
        if "cluster" in self.method:
            raise BadInput("clusters", "a likelihood ratio under clustering", "the robust p of each coefficient")
        return 2 * (self.log_likelihood - self.log_likelihood_of_none)

    @property
    def p(self) -> float:
        """Of `chi_square`."""
        return float(stats.chi2.sf(self.chi_square, self.parameters - 2)) if self.parameters > 2 else 1.0

    @property
    def likelihood_r(self) -> float:
        """Return sqrt(1 - exp(-chi_square / n)), the correlation that the likelihood tells."""
        return float(np.sqrt(-np.expm1(-self.chi_square / self.n)))

    def __str__(self) -> str:
        """Return one line."""
        told = "; ".join(map(str, self.coefficients.values()))
        return f"{told}; sd {self.sd:.4g} on the {self.scale} scale (n = {self.n}, {self.n_censored} censored; {self.method})"
