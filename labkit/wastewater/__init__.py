"""From what is in the water to what was taken: load, load per 1,000 people, consumption, doses.

Two things people confuse: a *load* (mg/day) is what passes the sampling point; *consumption* (mg/day/1000inh) is what
people took, and hangs on an excretion fraction. Censoring is carried through every step: a value below a limit stays
below, and the limit moves with it.
"""

from labkit.wastewater.amounts import annual_mass_kg, intake_mg_user_day, per_head_ratio
from labkit.wastewater.comparison import compare_with_reference
from labkit.wastewater.consumption import with_consumption, with_interval
from labkit.wastewater.doses import with_doses
from labkit.wastewater.effect import declared_operation, study_effect
from labkit.wastewater.errors import declare, four_intervals, relative_error
from labkit.wastewater.hotspots import presence_table, scan_table, watch
from labkit.wastewater.ledger import constants_used, variance_shares
from labkit.wastewater.load import with_daily_load, with_load_per_1000
from labkit.wastewater.official import changes, cities, official_trend
from labkit.wastewater.sewer import decay_factor, sorption_factor
from labkit.wastewater.summary import summarise
from labkit.wastewater.trend import study_trend
from labkit.wastewater.weekdays import just_significant_change, smallest_change, week_pattern
from labkit.wastewater.weekly import as_consumption, census_of_zeros, weekly_pattern
from labkit.wastewater.weeks import adjusted_mean, weekly_means

__all__ = [
    "adjusted_mean",
    "annual_mass_kg",
    "as_consumption",
    "census_of_zeros",
    "changes",
    "cities",
    "compare_with_reference",
    "constants_used",
    "decay_factor",
    "declare",
    "declared_operation",
    "four_intervals",
    "intake_mg_user_day",
    "just_significant_change",
    "official_trend",
    "per_head_ratio",
    "presence_table",
    "relative_error",
    "scan_table",
    "smallest_change",
    "sorption_factor",
    "study_effect",
    "study_trend",
    "summarise",
    "variance_shares",
    "watch",
    "week_pattern",
    "weekly_means",
    "weekly_pattern",
    "with_consumption",
    "with_daily_load",
    "with_doses",
    "with_interval",
    "with_load_per_1000",
]
