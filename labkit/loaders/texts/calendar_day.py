"""A calendar day in the writings of laboratories, to a date: the year first, or last in a declared order, or a serial.

Two things people confuse: `03/04/2024` is one text and two days, a month apart; and 45292 is a day only where somebody said
from which year the numbers are counted.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal, NamedTuple

from labkit.errors import Rule
from labkit.loaders.texts import day_rules as rules
from labkit.params.profile import Profile

_YEAR_FIRST = re.compile(r"([0-9]{4})(?:([-/.])([0-9]{1,2})\2([0-9]{1,2})|\s*年\s*([0-9]{1,2})\s*月\s*([0-9]{1,2})\s*[日号]?)")
_CLOSED = re.compile(r"((?:19|20)[0-9]{2})([0-9]{2})([0-9]{2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TWO_DIGIT = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{1,2}|[0-9]{6}|[0-9]{2}\s*年.*")
_SERIAL = re.compile(r"([0-9]{5})(\.[0-9]+)?")
_OTHER = re.compile(
    r"民[国國]|农历|農曆|夏历|阴历|陰曆|旧历|正月|冬月|腊月|臘月|闰|閏|初[一二三四五六七八九十]|廿|令和|平成|昭和|佛历|R\.?O\.?C"
)
_DAYS_OF: dict[int, date] = {1900: date(1899, 12, 30), 1904: date(1904, 1, 1)}


class Parsed(NamedTuple):
    """A day, the minutes that a serial number carries, and how it was taken; without a day, why not."""

    day: date | None
    rule: Rule | None = None
    minutes: int | None = None


def parse_day(plain: str, profile: Profile) -> Parsed:
    """Read a half-width text without a time of day; whether the day can be right is not asked here."""
    if found := _YEAR_FIRST.fullmatch(plain):
        year, month, day = found[1], found[3] or found[5], found[4] or found[6]
        return _made(year, month, day, None if _ISO.fullmatch(plain) or profile.date_order == "ymd" else rules.WRITTEN)
    if found := _CLOSED.fullmatch(plain):
        return _made(found[1], found[2], found[3], None if profile.date_order == "ymd" else rules.WRITTEN)
    if found := _YEAR_LAST.fullmatch(plain):
        return _year_last(found[1], found[3], found[4], profile.date_order)
    if found := _SERIAL.fullmatch(plain):
        return _serial(int(found[1]), float(found[2] or 0), profile.serial_dates)
    if _TWO_DIGIT.fullmatch(plain):
        return Parsed(None, rules.TWO_DIGIT_YEAR)
    return Parsed(None, rules.OTHER_CALENDAR if _OTHER.search(plain) else rules.NOT_A_DAY)


def day_order_evidence(text: str) -> Literal["dmy", "mdy"] | None:
    """Tell which order a day with the year last proves, None if it proves neither.

    >>> day_order_evidence("25/04/2024"), day_order_evidence("04/25/2024"), day_order_evidence("03/04/2024")
    ('dmy', 'mdy', None)
    """
    found = _YEAR_LAST.match(text.strip())
    if not found:
        return None
    first, second = int(found[1]), int(found[3])
    if first > 12 >= second >= 1:
        return "dmy"
    return "mdy" if second > 12 >= first >= 1 else None


def from_serial(number: int, system: int) -> date | None:
    """Return the day of a spreadsheet's day number: the 1900 system counts from 1 and has a 29 February 1900.

    >>> from_serial(45292, 1900), from_serial(43830, 1904), from_serial(1, 1900), from_serial(60, 1900)
    (datetime.date(2024, 1, 1), datetime.date(2024, 1, 1), datetime.date(1900, 1, 1), None)
    """
    if system == 1900 and number == 60:
        return None  # 1900 was no leap year; the spreadsheet counts the day all the same
    return _DAYS_OF[system] + timedelta(days=number + (system == 1900 and number < 60))


def _year_last(first: str, second: str, year: str, order: str | None) -> Parsed:
    if order is None:
        return Parsed(None, rules.AMBIGUOUS)
    if order == "ymd":
        return Parsed(None, rules.NOT_DECLARED_ORDER)
    day, month = (first, second) if order == "dmy" else (second, first)
    made = _made(year, month, day)
    if made.day is None and _made(year, day, month).day is not None:
        return Parsed(None, rules.NOT_DECLARED_ORDER)
    return made


def _serial(number: int, part: float, system: int | None) -> Parsed:
    if system is None:
        return Parsed(None, rules.SERIAL)
    days, minutes = divmod(round(part * 1440), 1440)
    return Parsed(from_serial(number + days, system), rules.SERIAL_READ, minutes if part else None)


def _made(year: str, month: str, day: str, rule: Rule | None = None) -> Parsed:
    try:
        return Parsed(date(int(year), int(month), int(day)), rule)
    except ValueError:
        return Parsed(None, rules.NO_SUCH_DAY)
