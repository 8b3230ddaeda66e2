"""What the sources of one drug say, laid side by side by area and quarter, before any model is asked.

Two things people confuse: what a source counts and what is asked. Water counts milligrams of everybody, hair and blood count
persons of whoever was tested, a survey those who say so, a register counts those who came; none of them counts users.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from labkit.models.inputs import BadInput

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Positives:
    """Persons tested and positive in one matrix, areas × quarters; nobody tested is zero tested."""

    tested: Floats
    positive: Floats


@dataclass(frozen=True)
class Sources:
    """Sources of one drug; `people` are those of the age range asked about, by area.

    Attributes
    ----------
    drug, age_range, window : str
        What, in whom (as 15-64), and over which time a person counts as a user (as past month).
    areas, quarters : tuple of str
        The sides of all tables.
    people : array, shape (areas,)
        Persons of the age range.
    water_low, water_high : array, shape (areas, quarters), optional
        Log of consumption, mg/day per 1,000 of these people: ends alike where known, -inf below a limit, NaN without a sample.
    water_error : array, same shape, optional
        Standard deviation of the log.
    water_as : str
        "likelihood": each cell speaks; "benchmark": only the mean of all areas and quarters does. Never both.
    hair, blood, survey : Positives, optional
        Counts of persons tested; of persons asked, and of those who said that they use.
    register : array, shape (areas,), optional
        Persons of the area known to a register in the period.
    register_confirmed : bool
        Whether each was confirmed as a user in this window, area and age range; if not, the dead, the moved and the abstinent
        are among the names, and how many of them is a parameter.
    """

    drug: str
    areas: tuple[str, ...]
    quarters: tuple[str, ...]
    people: Floats
    age_range: str = "15-64"
    window: str = "past quarter"
    water_low: Floats | None = None
    water_high: Floats | None = None
    water_error: Floats | None = None
    water_as: str = "likelihood"
    hair: Positives | None = None
    blood: Positives | None = None
    survey: Positives | None = None
    register: Floats | None = None
    register_confirmed: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Sources that are there, in the order water, hair, blood, survey, register."""
        given = {name: getattr(self, name) for name in ("hair", "blood", "survey", "register")}
        return tuple(name for name, one in {"water": self.water_low, **given}.items() if one is not None)

    @property
    def water(self) -> tuple[Floats, Floats, Floats]:
        """Ends and error of the log of consumption."""
        assert self.water_low is not None and self.water_high is not None and self.water_error is not None
        return self.water_low, self.water_high, self.water_error

    @property
    def benchmark(self) -> tuple[float, float, float, Floats]:
        """Ends of the log of the mean consumption of all sampled cells, its error, and the weights of cells: people, to 1."""
        low, high, error = self.water
        weights = np.where(np.isnan(low), 0.0, self.people[:, None])
        weights = weights / weights.sum()
        used = weights > 0
        sums = [float((weights[used] * np.exp(one[used])).sum()) for one in (low, high)]
        parts = weights[used] * np.exp(high[used]) / sums[1] * error[used]
        with np.errstate(divide="ignore"):
            ends = np.log(sums)
        return float(ends[0]), float(ends[1]), float(np.sqrt((parts**2).sum())), weights

    def only(self, name: str) -> Sources:
        """Return the sources with one of them left."""
        gone: dict[str, None] = {one: None for one in ("hair", "blood", "survey", "register") if one != name}
        if name != "water":
            gone |= {"water_low": None, "water_high": None, "water_error": None}
        return replace(self, **gone)  # type: ignore[arg-type]


def check_sources(sources: Sources) -> None:
    """Refuse sources that contradict themselves or say nothing.

    Raises
    ------
    BadInput
        No source; another shape; more positive than tested; nobody tested at all; a register larger than its people; an area
        without people; water without an error.
    """
    shape = (len(sources.areas), len(sources.quarters))
    if not sources.names:
        raise BadInput("sources", "none", "water, hair, blood, a survey or a register")
    if sources.water_as not in ("likelihood", "benchmark"):
        raise BadInput("water_as", sources.water_as, "likelihood or benchmark, never both")
    if sources.people.shape != shape[:1] or not (sources.people > 0).all():
        raise BadInput("people", "none in some area", "persons above zero in each area")
    for name in ("hair", "blood", "survey"):
        one: Positives | None = getattr(sources, name)
        if one is None:
            continue
        if one.tested.shape != shape or one.positive.shape != shape:
            raise BadInput(name, f"shape {one.tested.shape}", f"areas × quarters, {shape}")
        if (one.positive > one.tested).any() or (one.positive < 0).any():
            raise BadInput(name, "more positive than tested", "0 <= positive <= tested")
        if one.tested.sum() == 0:
            raise BadInput(name, "nobody tested", "persons tested, or the source left out")
    if sources.water_low is not None:
        low, high, error = sources.water_low, sources.water_high, sources.water_error
        if high is None or error is None or low.shape != shape or high.shape != shape or error.shape != shape:
            raise BadInput("water", "ends or errors missing, or another shape", f"low, high and error, {shape}")
        if np.isnan(low).all():
            raise BadInput("water", "no area has any", "a sampled area, or the source left out")
        if (low > high).any() or not (error[~np.isnan(low)] > 0).all():
            raise BadInput("water", "low above high, or an error that is not above zero", "low <= high, error > 0")
    if sources.register is not None and ((sources.register > sources.people).any() or (sources.register < 0).any()):
        raise BadInput("register", "more persons than live there, or below zero", "0 to the people of the area")
