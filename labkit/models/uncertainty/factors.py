"""What an uncertain factor of a chain can be, by its quantiles; and by whom its error is shared.

Two things people confuse: how large an error is, and whether it is made anew each time. An error shared by all cancels in every
ratio and shrinks with no number of samples; one made anew on each sample shrinks and never cancels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from labkit.models.inputs import BadInput, Floats

SHARED = ("none", "site", "all")


@dataclass(frozen=True)
class Factor:
    """One factor of a chain.

    Attributes
    ----------
    name : str
        Its name in shares and prints.
    shared : {"none", "site", "all"}
        Whether its error is made anew on each sample (analysis, sampling), is the same for all samples of one site
        (population), or the same for everything (excretion, dose).
    exponent : float
        1 multiplies, -1 divides.
    persons : bool
        It belongs only to the step from amounts to persons (dose, days of use).
    """

    name: str
    shared: str = "none"
    exponent: float = 1.0
    persons: bool = False

    dimensions = 1

    def __post_init__(self) -> None:
        """Refuse an unknown kind of sharing."""
        if self.shared not in SHARED:
            raise BadInput("shared", repr(self.shared), ", ".join(SHARED))

    def values(self, u: Floats) -> Floats:
        """Return the quantiles at probabilities `u`, shape (draws, dimensions) in and (draws,) out."""
        raise NotImplementedError


def _positive(name: str, value: float) -> None:
    if not (value > 0 and np.isfinite(value)):
        raise BadInput(name, f"{value}", "a finite number above zero")


@dataclass(frozen=True)
class Lognormal(Factor):
    """Median and coefficient of variation ``v``: the standard deviation on the log scale is ``sqrt(ln(1 + v²))``."""

    median: float = 1.0
    cv: float = 0.0

    def __post_init__(self) -> None:
        """Check median and cv."""
        super().__post_init__()
        _positive("median", self.median)
        if not 0 <= self.cv < np.inf:
            raise BadInput("cv", f"{self.cv}", "zero or more")

    def values(self, u: Floats) -> Floats:
        """Return the quantiles."""
        return self.median * np.exp(np.sqrt(np.log1p(self.cv**2)) * special.ndtri(u[:, 0]))


@dataclass(frozen=True)
class Beta(Factor):
    """A share between 0 and 1 with mean and standard deviation."""

    mean: float = 0.5
    sd: float = 0.1

    def __post_init__(self) -> None:
        """Check that such a beta exists."""
        super().__post_init__()
        if not 0 < self.mean < 1 or not 0 < self.sd**2 < self.mean * (1 - self.mean):
            raise BadInput("mean, sd", f"{self.mean}, {self.sd}", "0 < mean < 1 and 0 < sd² < mean (1 - mean)")

    def values(self, u: Floats) -> Floats:
        """Return the quantiles."""
        total = self.mean * (1 - self.mean) / self.sd**2 - 1
        return special.betaincinv(self.mean * total, (1 - self.mean) * total, u[:, 0])


@dataclass(frozen=True)
class Gamma(Factor):
    """A positive quantity with mean and standard deviation."""

    mean: float = 1.0
    sd: float = 0.1

    def __post_init__(self) -> None:
        """Check mean and sd."""
        super().__post_init__()
        _positive("mean", self.mean)
        _positive("sd", self.sd)

    def values(self, u: Floats) -> Floats:
        """Return the quantiles."""
        shape = (self.mean / self.sd) ** 2
        return special.gammaincinv(shape, u[:, 0]) * self.mean / shape


@dataclass(frozen=True)
class DirichletShare(Factor):
    """One of several shares that sum to 1, given the counts (or concentrations) behind all of them."""

    concentrations: tuple[float, ...] = (1.0, 1.0)
    which: int = 0

    def __post_init__(self) -> None:
        """Check the concentrations and which share is meant."""
        super().__post_init__()
        for value in self.concentrations:
            _positive("concentrations", value)
        if not 0 <= self.which < len(self.concentrations) or len(self.concentrations) < 2:
            raise BadInput("which", f"{self.which} of {len(self.concentrations)} shares", "one of two or more shares")

    def values(self, u: Floats) -> Floats:
        """Return the quantiles of the share: its marginal is a beta."""
        mine = self.concentrations[self.which]
        return special.betaincinv(mine, sum(self.concentrations) - mine, u[:, 0])
