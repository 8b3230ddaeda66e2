"""What is assumed before any data: the hidden amount a user takes, how testing chooses, what tests and registers miss.

Two things people confuse: a wide prior and no assumption. The amount per user and day decides how many users a load stands
for, and no sample of water says anything about it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.models.inputs import BadInput

TESTS = ("hair", "blood", "survey")
Share = tuple[float, float]  # middle, and standard deviation of its log odds


@dataclass(frozen=True)
class Priors:
    """Priors of one drug; chosen here and unverified unless a study gives its own.

    Everything unknown is normal on its own scale (log for amounts and scales, log odds for shares), but the offset of the
    tested, which has the heavy tails of Student's t with 4 degrees of freedom.

    Attributes
    ----------
    intake_mg_user_day, intake_log_sd : float
        Median and log standard deviation of the milligrams of pure drug a user takes a day, over all days, where regular and
        occasional users are mixed as in `regular`.
    regular : (middle, log-odds sd)
        Share of users who take it regularly; the others do now and then.
    times_more : float
        Days of use of a regular user over those of an occasional one.
    regular_tested : float
        Log odds by which tested users are more often regular ones.
    selection, selection_sd : float
        Log odds by which the tested exceed the people they stand for, and its standard deviation.
    hair_regular, hair_occasional, blood_regular, blood_occasional : (middle, log-odds sd)
        Share of such users that a test finds: hair misses occasional use, blood sees days.
    survey_regular, survey_occasional : (middle, log-odds sd)
        Share of such users who say so when asked.
    specificity : (middle, log-odds sd)
        Of each test, and of each answer.
    coverage : (middle, log-odds sd)
        Share of users that a register knows.
    retention : (middle, log-odds sd)
        Share of the names of a register that still stand for a user here, where they were not confirmed.
    level, level_sd : float
        Log odds of use before any data.
    areas_sd, quarters_sd, water_sd, scales_log_sd : float
        Middle scales of how areas differ, how quarters step, and what water does on its own; and how uncertain these are.
    survey_sd : float
        Log odds by which those who answer a survey may differ from the people.
    """

    intake_mg_user_day: float = 40.0
    intake_log_sd: float = 0.5
    regular: Share = (0.3, 0.6)
    times_more: float = 6.0
    regular_tested: float = 1.0
    selection: float = 5.0
    selection_sd: float = 2.0
    hair_regular: Share = (0.85, 0.6)
    hair_occasional: Share = (0.3, 0.6)
    blood_regular: Share = (0.3, 0.6)
    blood_occasional: Share = (0.06, 0.6)
    survey_regular: Share = (0.5, 0.6)
    survey_occasional: Share = (0.6, 0.6)
    specificity: Share = (0.99, 0.5)
    coverage: Share = (0.25, 0.8)
    retention: Share = (0.6, 0.6)
    level: float = -6.0
    level_sd: float = 2.0
    areas_sd: float = 0.5
    quarters_sd: float = 0.1
    water_sd: float = 0.15
    scales_log_sd: float = 0.6
    survey_sd: float = 0.2

    def __post_init__(self) -> None:
        """Refuse scales that are not above zero, shares outside 0 to 1, and tests that find less than they invent."""
        scales = (self.intake_mg_user_day, self.intake_log_sd, self.selection_sd, self.level_sd, self.times_more)
        if not min(*scales, self.survey_sd, self.areas_sd, self.quarters_sd, self.water_sd, self.scales_log_sd) > 0:
            raise BadInput("priors", "a scale that is not above zero", "scales above zero")
        found = [f"{test}_{kind}" for test in TESTS for kind in ("regular", "occasional")]
        for name in ("regular", *found, "specificity", "coverage", "retention"):
            middle, sd = getattr(self, name)
            if not (0 < middle < 1 and sd > 0):
                raise BadInput(name, f"{middle:g} ({sd:g})", "a share between 0 and 1, and a scale above zero")
        for name in found:
            if getattr(self, name)[0] + self.specificity[0] <= 1:
                told = f"{getattr(self, name)[0]:.2f} beside specificity {self.specificity[0]:.2f}"
                raise BadInput(name, told, "sensitivity + specificity above 1")

    @property
    def log_intake(self) -> float:
        """Log of milligrams a user and day."""
        return float(np.log(self.intake_mg_user_day))

    def logit(self, name: str) -> float:
        """Return the middle of a share as log odds."""
        middle: float = getattr(self, name)[0]
        return float(np.log(middle / (1 - middle)))
