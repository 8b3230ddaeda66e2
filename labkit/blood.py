"""Blood: what a concentration can say of the hours before, and when it can say nothing.

Two things people confuse: whole blood, serum, plasma and post-mortem blood. Their concentrations differ for one dose, and after
death they go on changing; none of them is converted into another here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.interval import Interval

SPECIMENS = ("whole blood", "serum", "plasma", "post-mortem")
PHASES = ("elimination", "unknown", "repeated use")
# Half-lives in hours, low and high: S80, but ketamine and norketamine, which are unverified; benzoylecgonine 5 to 8 h in most
# texts against 12 to 15 h in S80, so both ends are kept.
HALF_LIFE_HOURS = {
    "amphetamine": (7.0, 30.0),
    "methamphetamine": (6.0, 15.0),
    "MDMA": (4.0, 6.0),
    "cocaine": (0.75, 1.5),
    "benzoylecgonine": (5.0, 15.0),
    "codeine": (2.0, 4.0),
    "morphine": (1.5, 6.5),
    "methadone": (15.0, 55.0),
    "ketamine": (2.0, 4.0),
    "norketamine": (4.0, 6.0),
}
NEVER = {"THC": "its concentration falls in several phases, and tells little of the time or the amount"}


@dataclass(frozen=True)
class Earlier:
    """A concentration some hours before the sample, in ng/mL; `method` says from which half-lives."""

    value: float
    interval: Interval
    hours: float
    specimen: str
    method: str


def back_extrapolate(
    analyte: str,
    concentration: float,
    hours: float,
    *,
    specimen: str,
    phase: str,
    cv: float = 0.1,
    level: float = 0.95,
    draws: int = 20_000,
    seed: int = 1,
) -> Earlier:
    r"""Return the concentration `hours` before the sample was taken, if the design can carry it.

    .. math:: c_0 = c\, 2^{h / t_{1/2}}, \qquad t_{1/2} \sim U(\text{low}, \text{high}),\; c \sim \text{lognormal}(cv)

    Parameters
    ----------
    analyte : str
        What was measured.
    concentration : float
        ng/mL, measured.
    hours : float
        From the event to the sample.
    specimen : str
        One of `SPECIMENS`.
    phase : str
        One of `PHASES`; only in the elimination phase of a single use does a half-life hold.
    cv : float
        Relative error of the measurement.
    level : float
        Probability of the interval.
    draws, seed : int
        Of the Monte Carlo.

    Raises
    ------
    BadInput
        A sample before the event, a concentration that is not above zero, an unknown specimen or phase.
    NotEstimable
        THC, post-mortem blood, an unknown phase, repeated use, or an analyte without a half-life.

    Examples
    --------
    >>> found = back_extrapolate("methamphetamine", 50.0, 4.0, specimen="whole blood", phase="elimination")
    >>> round(found.value), round(found.interval.low), round(found.interval.high)
    (66, 53, 86)
    """
    if specimen not in SPECIMENS or phase not in PHASES:
        raise BadInput("specimen, phase", f"{specimen!r}, {phase!r}", f"one of {SPECIMENS} and one of {PHASES}")
    if hours < 0:
        raise BadInput("hours", f"{hours:g}: the sample was taken before the event", "zero or more")
    if not (concentration > 0 and cv > 0):
        raise BadInput(
            "concentration, cv", f"{concentration:g}, {cv:g}", "above zero; a value below a limit has no earlier value"
        )
    quantity = "an earlier concentration"
    if specimen == "post-mortem":
        raise NotEstimable(quantity, "blood goes on changing after death", "the concentration as found")
    if analyte in NEVER:
        raise NotEstimable(quantity, f"{analyte}: {NEVER[analyte]}", "the concentration as found")
    if phase != "elimination":
        raise NotEstimable(quantity, f"the phase is {phase}", "the concentration as found")
    if analyte not in HALF_LIFE_HOURS:
        raise NotEstimable(quantity, f"no half-life of {analyte} is known here", "the concentration as found")
    rng = np.random.default_rng(seed)
    half = rng.uniform(*HALF_LIFE_HOURS[analyte], draws)
    c = concentration * np.exp(np.sqrt(np.log1p(cv**2)) * rng.standard_normal(draws))
    earlier = c * 2 ** (hours / half)
    ends = np.quantile(earlier, [(1 - level) / 2, (1 + level) / 2])
    low, high = HALF_LIFE_HOURS[analyte]
    method = f"one half-life between {low:g} and {high:g} h, single use"
    return Earlier(float(np.median(earlier)), Interval(float(ends[0]), float(ends[1]), level, method), hours, specimen, method)


def window_hours(analyte: str, peak: tuple[float, float], limit: float) -> tuple[float, float]:
    """Return for how many hours a concentration stays at or above a limit after its peak: the shortest and the longest.

    Parameters
    ----------
    analyte : str
        With a half-life here.
    peak : (low, high)
        Peak concentrations, ng/mL.
    limit : float
        A limit of detection or a cut-off, ng/mL.

    >>> low, high = window_hours("methamphetamine", (14.5, 33.8), 20)  # 10 mg by mouth against the limit for drivers
    >>> low, round(high, 1)
    (0.0, 11.4)
    """
    if analyte not in HALF_LIFE_HOURS or not 0 < peak[0] <= peak[1] or not limit > 0:
        raise BadInput(
            "analyte, peak, limit", f"{analyte}, {peak}, {limit}", "an analyte with a half-life, 0 < low <= high, limit > 0"
        )
    shortest, longest = HALF_LIFE_HOURS[analyte]
    return tuple(max(0.0, float(np.log2(c / limit)) * half) for c, half in zip(peak, (shortest, longest), strict=True))  # type: ignore[return-value]


def formed_in_the_tube(cocaine: tuple[float, float], benzoylecgonine: tuple[float, float], preserved: bool) -> str:
    """Say whether benzoylecgonine may come from cocaine that decayed in the tube: then only their sum is of the living.

    >>> formed_in_the_tube((0.0, 2.0), (80.0, 80.0), preserved=False)
    'possible: report the molar sum with cocaine'
    """
    if preserved or benzoylecgonine[1] <= 0:
        return "not expected" if preserved else "no benzoylecgonine"
    return "possible: report the molar sum with cocaine"
