"""Hair and blood of the same persons: an individual statement, made inside the secure zone, and only its summary leaves.

Two things people confuse: a person's hair is not their blood of last night. That both are positive together says that who uses
often is found by both, and nothing about amounts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from labkit.disclosure import SMALLEST
from labkit.models.inputs import NotEstimable
from labkit.models.interval import Interval
from labkit.models.limits import POSITIVE, against_cutoff
from labkit.vocabulary import ANALYTES


@dataclass(frozen=True)
class PersonPairs:
    """Of persons, not of areas: how much more often blood is positive where hair is; no row of a person is kept."""

    drug: str
    persons: int
    both: int
    only_hair: int
    only_blood: int
    odds_ratio: float
    interval: Interval
    days_apart: int

    @property
    def neither(self) -> int:
        """Persons negative in both."""
        return self.persons - self.both - self.only_hair - self.only_blood


def pair_persons(
    hair: pd.DataFrame, blood: pd.DataFrame, drug: str, *, days_apart: int = 90, level: float = 0.95
) -> PersonPairs:
    """Return the odds ratio of positive blood for positive hair, over persons with both within some days.

    Parameters
    ----------
    hair, blood : DataFrame
        `subject, date, analyte, low, high, cutoff`, subjects under one key.
    drug : str
        The drug.
    days_apart : int
        At most so many days between the two; one pair a person, the closest.
    level : float
        Probability of the (conditional) interval of the odds ratio.

    Raises
    ------
    NotEstimable
        Fewer than ten persons with both, or a cell of the four-fold table that stands for fewer than five: neither number nor
        table leaves then.
    """
    sides = []
    for rows in (hair, blood):
        mine = rows[rows["analyte"].map({key: one.drug for key, one in ANALYTES.items()}) == drug]
        standing = against_cutoff(mine["low"], mine["high"], mine["cutoff"])
        told = mine.assign(positive=standing == POSITIVE, day=pd.to_datetime(mine["date"]))
        sides.append(told.groupby(["subject", "day"], as_index=False)["positive"].any())
    both = sides[0].merge(sides[1], on="subject", suffixes=("_hair", "_blood"))
    both["apart"] = (both["day_hair"] - both["day_blood"]).abs().dt.days
    both = both[both["apart"] <= days_apart].sort_values("apart", kind="stable").drop_duplicates("subject")
    if len(both) < SMALLEST:
        raise NotEstimable("pairs of persons", f"fewer than {SMALLEST} persons with both", f"{SMALLEST} or more")
    table = np.array(
        [
            [int(((both["positive_hair"] == a) & (both["positive_blood"] == b)).sum()) for b in (True, False)]
            for a in (True, False)
        ]
    )
    if ((table > 0) & (table < 5)).any() or (table.sum(axis=1) == 0).any() or (table.sum(axis=0) == 0).any():
        raise NotEstimable("pairs of persons", "a group of fewer than five persons", "more persons with both")
    ratio = stats.contingency.odds_ratio(table)
    ends = ratio.confidence_interval(level)
    return PersonPairs(
        drug, len(both), int(table[0, 0]), int(table[0, 1]), int(table[1, 0]), float(ratio.statistic),
        Interval(float(ends.low), float(ends.high), level, "conditional odds ratio"), days_apart,
    )  # fmt: skip
