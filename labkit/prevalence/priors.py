"""What is assumed before any data: the hidden amount a user takes, how testing chooses, what tests and registers miss.

Two things people confuse: a wide prior and no assumption. The amount per user and day decides how many users a load stands
for, and no sample of water says anything about it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.models.inputs import BadInput


@dataclass(frozen=True)
class Priors:
    """Priors of one drug; chosen here and unverified unless a study gives its own.

    Attributes
    ----------
    intake_mg_user_day, intake_log_sd : float
        Median and log standard deviation of the milligrams of pure drug a user takes a day, over all days.
    selection, selection_sd : float
        Log odds by which the tested exceed the people they stand for, and its standard deviation.
    hair_sensitivity, blood_sensitivity : (float, float)
        Beta parameters of the share of users that a test in hair or blood finds: occasional use is missed, and blood sees days.
    specificity : (float, float)
        Beta parameters of both tests.
    coverage : (float, float)
        Beta parameters of the share of users that a register knows.
    level, level_sd : float
        Log odds of use before any data.
    areas_sd, quarters_sd, water_sd : float
        Scales (half-normal) of how areas differ, how quarters step, and of what water does on its own.
    """

    intake_mg_user_day: float = 40.0
    intake_log_sd: float = 0.5
    selection: float = 5.0
    selection_sd: float = 2.0
    hair_sensitivity: tuple[float, float] = (13.0, 7.0)
    blood_sensitivity: tuple[float, float] = (4.0, 16.0)
    specificity: tuple[float, float] = (495.0, 5.0)
    coverage: tuple[float, float] = (2.0, 6.0)
    level: float = -6.0
    level_sd: float = 2.0
    areas_sd: float = 0.7
    quarters_sd: float = 0.2
    water_sd: float = 0.2

    def __post_init__(self) -> None:
        """Refuse scales that are not above zero, and tests that find less than they invent."""
        scales = (self.intake_mg_user_day, self.intake_log_sd, self.selection_sd, self.level_sd)
        if not min(*scales, self.areas_sd, self.quarters_sd, self.water_sd) > 0:
            raise BadInput("priors", "a scale that is not above zero", "scales above zero")
        for name in ("hair_sensitivity", "blood_sensitivity"):
            a, b = getattr(self, name)
            c, d = self.specificity
            if a / (a + b) + c / (c + d) <= 1:
                raise BadInput(
                    name, f"{a / (a + b):.2f} beside specificity {c / (c + d):.2f}", "sensitivity + specificity above 1"
                )

    @property
    def log_intake(self) -> float:
        """Log of milligrams a user and day."""
        return float(np.log(self.intake_mg_user_day))
