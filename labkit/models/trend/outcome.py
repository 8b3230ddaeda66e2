"""What a trend test returns: score, tau, slope and p, with how they were reached."""

from __future__ import annotations

from dataclasses import dataclass

from labkit.models.inputs import NotEstimable, known
from labkit.models.interval import Interval


@dataclass(frozen=True)
class Trend:
    """A monotone trend; tau and slope per unit of time."""

    score: int
    variance: float
    z_or_reason: float | NotEstimable
    p_or_reason: float | NotEstimable
    tau_a: float
    tau_b_or_reason: float | NotEstimable
    slope_or_reason: float | NotEstimable
    slope_interval_or_reason: Interval | NotEstimable
    n: int
    n_censored: int
    n_missing: int
    level: float
    method: str
    heterogeneity: tuple[float, float, int] | None = None  # chi-square, p, degrees of freedom: do the groups differ?
    group_scores: tuple[int, ...] = ()
    group_variances: tuple[float, ...] = ()

    @property
    def z(self) -> float:
        """The standardised score."""
        return known(self.z_or_reason)

    @property
    def p(self) -> float:
        """Two-sided."""
        return known(self.p_or_reason)

    @property
    def tau_b(self) -> float:
        """Tau with ties taken out of the denominator."""
        return known(self.tau_b_or_reason)

    @property
    def slope(self) -> float:
        """Sen's slope, in units of the values per unit of time."""
        return known(self.slope_or_reason)

    @property
    def slope_interval(self) -> Interval:
        """Interval of the slope."""
        if isinstance(self.slope_interval_or_reason, NotEstimable):
            raise self.slope_interval_or_reason
        return self.slope_interval_or_reason

    def __str__(self) -> str:
        """Return one line."""
        slope = self.slope_or_reason if isinstance(self.slope_or_reason, NotEstimable) else f"slope {self.slope_or_reason:.4g}"
        ends = "" if isinstance(self.slope_interval_or_reason, NotEstimable) else f" ({self.slope_interval_or_reason})"
        p = self.p_or_reason if isinstance(self.p_or_reason, NotEstimable) else f"p = {self.p_or_reason:.3g}"
        counts = f"n = {self.n}, {self.n_censored} censored, {self.n_missing} missing"
        return f"{slope}{ends}, tau {self.tau_a:.3f}, {p}, {counts} ({self.method})"
