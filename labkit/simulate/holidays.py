"""The calendar a city lives by: Spring Festival, National Day, and who is away when.

Two things people confuse: the *holiday* is the days off, when use per head changes; the *travel season* is the forty days
around it, when the number of heads changes.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.datetime64]
Floats = NDArray[np.float64]

# Spring Festival: New Year's Day, then the first and the last day off. Calendar fact, as published each autumn by the General
# Office of the State Council in its notice on the holidays of the next year (国务院办公厅关于…年部分节假日安排的通知):
# 国办发明电 2021 No. 11, 2022 No. 16, 2023 No. 7, 2024 No. 12, and the notice of 4 November 2025.
SPRING_FESTIVAL = {
    2022: (date(2022, 2, 1), date(2022, 1, 31), date(2022, 2, 6)),
    2023: (date(2023, 1, 22), date(2023, 1, 21), date(2023, 1, 27)),
    2024: (date(2024, 2, 10), date(2024, 2, 10), date(2024, 2, 17)),
    2025: (date(2025, 1, 29), date(2025, 1, 28), date(2025, 2, 4)),
    2026: (date(2026, 2, 17), date(2026, 2, 15), date(2026, 2, 23)),
}
FIRST_DAY = date(min(SPRING_FESTIVAL), 1, 1)
LAST_DAY = date(max(SPRING_FESTIVAL), 12, 31)

# The travel season (春运) runs from 15 days before New Year's Day to 25 days after it; the city is emptiest in between.
LEAVING, EMPTY_FROM, EMPTY_TO, BACK = -15, -1, 6, 25
NATIONAL_DAY_SHARE = 0.25  # of those who leave at Spring Festival, how many leave in the National Day week (simulated)


def on_holiday(days: Days) -> NDArray[np.bool_]:
    """Tell for each day whether it is a day off of Spring Festival or of National Day (1-7 October).

    >>> on_holiday(np.array(["2023-01-21", "2023-01-28", "2023-10-07"], dtype="datetime64[D]")).tolist()
    [True, False, True]
    """
    off = in_national_week(days)
    for _, first, last in SPRING_FESTIVAL.values():
        off |= (days >= np.datetime64(first)) & (days <= np.datetime64(last))
    return off


def in_national_week(days: Days) -> NDArray[np.bool_]:
    """Tell for each day whether it is one of 1-7 October."""
    month = days.astype("datetime64[M]")
    day_of_month = (days - month.astype("datetime64[D]")).astype(np.int64) + 1
    return ((month.astype(np.int64) % 12) == 9) & (day_of_month <= 7)


def share_away(days: Days) -> Floats:
    """Return how much of the travelling part of a city is away, 0-1: all of it around New Year's Day.

    >>> share_away(np.array(["2023-01-01", "2023-01-22", "2023-07-01"], dtype="datetime64[D]")).tolist()
    [0.0, 1.0, 0.0]
    """
    away = np.where(in_national_week(days), NATIONAL_DAY_SHARE, 0.0)
    for new_year, _, _ in SPRING_FESTIVAL.values():
        day = (days - np.datetime64(new_year)).astype(np.float64)
        away = np.maximum(away, np.interp(day, [LEAVING, EMPTY_FROM, EMPTY_TO, BACK], [0.0, 1.0, 1.0, 0.0]))
    return away
