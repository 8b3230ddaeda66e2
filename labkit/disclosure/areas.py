"""Counts of tested and positive persons by area and period, with nothing in them that stands for few persons.

Two things people confuse: few *positive* and few *tested*. One positive among two hundred tested points at nobody; one among
three may. So the rule looks at the persons tested, and a count that is withheld travels as an interval and not as a zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pandas as pd

from labkit.models.inputs import BadInput

SMALLEST = 10  # persons tested
COLUMNS = ("matrix", "drug", "area", "period", "months", "tested", "positive_low", "positive_high", "withheld")
_OF_PERSONS = ("subject", "sample", "sex", "birth_year", "date", "concentration_ng_mg", "concentration_ng_mL")


@dataclass(frozen=True)
class AreaTable:
    """A table that may be shown; made by `suppress_small`, and held to its rule by itself.

    Attributes
    ----------
    frame : DataFrame
        `matrix, drug, area, period, months` (how many were merged), `tested` (persons; the upper end where withheld),
        `positive_low`, `positive_high` (equal where shown), `withheld` (yes or no).
    smallest : int
        Fewest persons tested in a row that is shown.
    """

    frame: pd.DataFrame
    smallest: int

    def __post_init__(self) -> None:
        """Refuse whatever is not an area table or breaks the rule."""
        if list(self.frame.columns) != list(COLUMNS):
            raise BadInput("frame", ", ".join(map(str, self.frame.columns)), "the columns " + ", ".join(COLUMNS))
        shown = self.frame[self.frame["withheld"] == "no"]
        if (shown["tested"] < self.smallest).any() or (shown["positive_low"] != shown["positive_high"]).any():
            raise BadInput("frame", f"a shown row of fewer than {self.smallest} persons", "rows merged or withheld by the rule")
        hidden = self.frame[self.frame["withheld"] == "yes"]
        if (hidden["tested"] != self.smallest - 1).any() or (hidden["positive_high"] != self.smallest - 1).any():
            raise BadInput("frame", "a withheld row that says how many", "only that there were fewer than the smallest number")

    @property
    def n_withheld(self) -> int:
        """Rows withheld."""
        return int((self.frame["withheld"] == "yes").sum())


def suppress_small(counts: pd.DataFrame, smallest: int = SMALLEST) -> AreaTable:
    """Return counts by area and month so that no shown row stands for few persons.

    The rule, declared before any count is seen: where a month of an area and drug has fewer than `smallest` persons tested, its
    whole quarter is one row; where the quarter has, its whole year is; where the year has, the row is withheld: only that fewer
    than `smallest` were tested is said, and the positive count is the interval from 0 to `smallest` - 1.

    Parameters
    ----------
    counts : DataFrame
        `matrix`, `drug`, `area`, `month` (YYYY-MM), `tested`, `positive`: distinct persons.
    smallest : int
        5 or more.

    Raises
    ------
    BadInput
        A smaller rule than 5, a column of persons, more positive than tested.

    Examples
    --------
    >>> rows = pd.DataFrame({"matrix": "hair", "drug": "ketamine", "area": "D1", "month": ["2023-01", "2023-02", "2023-04"],
    ...                      "tested": [12, 3, 40], "positive": [2, 1, 5]})
    >>> suppress_small(rows).frame[["period", "tested", "positive_low"]].values.tolist()
    [['2023-Q1', 15, 3], ['2023-04', 40, 5]]
    """
    if smallest < 5:
        raise BadInput("smallest", f"{smallest}", "5 or more")
    if persons := [name for name in counts if name in _OF_PERSONS]:
        raise BadInput("counts", "columns of persons: " + ", ".join(persons), "counts by area and month")
    if (counts["positive"] > counts["tested"]).any():
        raise BadInput("counts", "more positive than tested", "positive <= tested")
    years = counts["month"].str[:4]
    quarters = years + "-Q" + ((counts["month"].str[5:7].astype(int) + 2) // 3).astype(str)
    rows: list[dict[str, Any]] = []
    keys = [counts[name] for name in ("matrix", "drug", "area")]
    for about, part in counts.groupby([*keys, years], sort=False):
        for period, group in _merged(part, quarters[part.index], str(about[3]), smallest):
            tested, positive = int(group["tested"].sum()), int(group["positive"].sum())
            hidden = tested < smallest
            rows.append(
                dict(zip(COLUMNS[:3], about[:3], strict=True))
                | {
                    "period": period,
                    "months": len(group),
                    "tested": smallest - 1 if hidden else tested,
                    "positive_low": 0 if hidden else positive,
                    "positive_high": smallest - 1 if hidden else positive,
                    "withheld": "yes" if hidden else "no",
                }
            )
    return AreaTable(pd.DataFrame(rows, columns=list(COLUMNS)), smallest)


def _merged(part: pd.DataFrame, quarters: pd.Series, year: str, smallest: int) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the periods of one area, drug and year: months, quarters, or the year."""
    sums = part.groupby(quarters)["tested"].sum()
    if (sums < smallest).any():
        yield year, part
        return
    for quarter, months in part.groupby(quarters, sort=False):
        if (months["tested"] < smallest).any():
            yield str(quarter), months
        else:
            for _, month in months.groupby("month", sort=False):
                yield str(month["month"].iloc[0]), month
