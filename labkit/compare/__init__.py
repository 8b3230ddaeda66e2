"""The matrices side by side: one window, one place, selection allowed for, trend and season removed; then compared.

Two things people confuse: areas that go together and persons who do. What is found here is of areas and periods; what the hair
and blood of one person have in common is another question with another type (`PersonPairs`).
"""

from labkit.compare.association import Association, associate
from labkit.compare.conflict import conflicts
from labkit.compare.counts import Counted, count_persons
from labkit.compare.crosswalk import to_areas
from labkit.compare.factor import one_factor
from labkit.compare.lags import lag_profile
from labkit.compare.persons import PersonPairs, pair_persons
from labkit.compare.profiles import area_profiles
from labkit.compare.sides import Side, person_side, water_side
from labkit.compare.study import MatrixStudy, study_matrices, tables_of

__all__ = [
    "Association",
    "Counted",
    "MatrixStudy",
    "PersonPairs",
    "Side",
    "area_profiles",
    "associate",
    "conflicts",
    "count_persons",
    "lag_profile",
    "one_factor",
    "pair_persons",
    "person_side",
    "study_matrices",
    "tables_of",
    "to_areas",
    "water_side",
]
