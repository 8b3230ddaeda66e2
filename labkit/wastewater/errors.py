"""One declaration of errors, four intervals: which errors are shared by whom decides what cancels and what averages out.

Two things people confuse: a big error and a big error *of this statement*. A census that is twenty percent off is twenty
percent off in every year of its site: it moves the level, and not the site's own trend by anything.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labkit.models.inputs import BadInput
from labkit.models.uncertainty import Factor, Lognormal, Propagated, propagate

SHARING = {"day": "none", "site": "site", "all": "all"}
USUAL = {"sampling": "day", "analysis": "all", "flow": "site", "population": "site"}


@dataclass(frozen=True)
class DeclaredError:
    """One relative error: its coefficient of variation, and whether it is new every day, or shared within a site, or by all."""

    name: str
    cv: float
    shared_by: str

    def __post_init__(self) -> None:
        """Refuse what is no error."""
        if self.shared_by not in SHARING:
            raise BadInput("shared_by", repr(self.shared_by), ", ".join(SHARING))
        if not 0 <= self.cv < 2:
            raise BadInput("cv", f"{self.cv} of {self.name}", "0 or more and below 2")


@dataclass(frozen=True)
class FourIntervals:
    """What the same data say of a site's own trend, of two sites, of the level, and of persons; ratios for the first two."""

    own_trend: Propagated
    site_against_site: Propagated
    consumption_level: Propagated
    persons: Propagated | None  # None without an intake per person


def declare(errors: Mapping[str, float], shared_by: Mapping[str, str] | None = None) -> tuple[DeclaredError, ...]:
    """Return the declared errors of a study with who shares them.

    Parameters
    ----------
    errors : mapping of str to float
        Coefficients of variation, as of `analysis`, `sampling`, `flow`, `population`.
    shared_by : mapping of str to {"day", "site", "all"}, optional
        For those that differ from the usual: sampling is new every day, flow and population belong to a site, analysis to all.

    Examples
    --------
    >>> [(one.name, one.shared_by) for one in declare({"sampling": 0.1, "flow": 0.05}, {"flow": "day"})]
    [('sampling', 'day'), ('flow', 'day')]
    """
    chosen = {**USUAL, **(shared_by or {})}
    unknown = [name for name in errors if name not in chosen]
    if unknown:
        raise BadInput("shared_by", f"nothing about {unknown[0]}", "day, site or all for every error")
    return tuple(DeclaredError(name, float(cv), chosen[name]) for name, cv in errors.items())


def relative_error(errors: Sequence[DeclaredError], n: int = 1) -> float:
    r"""Return the relative standard deviation of a mean of `n` days, added in quadrature.

    .. math:: u = \sqrt{\sum_{day} cv^2 / n + \sum_{shared} cv^2}

    Examples
    --------
    >>> budget = {"sampling": 0.1, "analysis": 0.1, "flow": 0.05, "population": 0.2}
    >>> [round(relative_error(declare(budget), n), 3) for n in (1, 2, 7)]
    [0.25, 0.24, 0.232]
    """
    if n < 1 or n != int(n):
        raise BadInput("n", f"{n}", "a whole number of days, 1 or more")
    return float(np.sqrt(sum(one.cv**2 / (n if one.shared_by == "day" else 1) for one in errors)))


def four_intervals(
    value: float,
    errors: Sequence[DeclaredError],
    *,
    n: int = 1,
    n_before: int | None = None,
    excretion: Factor | None = None,
    intake: Factor | None = None,
    level: float = 0.95,
) -> FourIntervals:
    """Return the four intervals of one declaration.

    Parameters
    ----------
    value : float
        Consumption in mg/day per 1,000 people at the point values (or the load, without an excretion fraction).
    errors : sequence of DeclaredError
        From `declare`.
    n, n_before : int
        Days averaged now, and before (or at the other site).
    excretion : Factor, optional
        The excretion fraction relative to its point value, with exponent -1, shared by all.
    intake : Factor, optional
        Milligrams a user and day, with exponent -1 and `persons=True`: then persons per 1,000 people follow.
    level : float
        Probability of the intervals.

    Returns
    -------
    FourIntervals
        `own_trend` and `site_against_site` are of a ratio whose point value is 1.

    Examples
    --------
    >>> errors = declare({"sampling": 0.1, "analysis": 0.1, "flow": 0.05, "population": 0.2})
    >>> found = four_intervals(100.0, errors, n=7, n_before=7)
    >>> [round(one.high / one.median, 2) for one in (found.own_trend, found.site_against_site, found.consumption_level)]
    [1.11, 1.78, 1.57]
    """
    if not value > 0:
        raise BadInput("value", f"{value}", "above zero; a value below a limit has no interval of this kind")
    factors: list[Factor] = [Lognormal("value", "all", median=float(value))]
    factors += [Lognormal(one.name, SHARING[one.shared_by], cv=one.cv) for one in errors if one.cv > 0]
    if excretion is not None:
        factors.append(excretion)
    whole = [*factors, intake] if intake is not None else factors
    return FourIntervals(
        own_trend=propagate(factors, "trend", n=n, n_before=n_before, level=level),
        site_against_site=propagate(factors, "comparison", n=n, n_before=n_before, level=level),
        consumption_level=propagate(factors, "level", n=n, level=level),
        persons=propagate(whole, "persons", n=n, level=level) if intake is not None else None,
    )
