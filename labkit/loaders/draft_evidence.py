"""What the texts of a sample file prove about how a laboratory writes numbers and days, and what they leave open.

Two things people confuse: a text that *allows* one reading (`1,5` has a decimal comma, `25/03/2024` begins with the day) and
one that is merely *usual* in it (`1,234`, `03/04/2024`). Only the first proves anything; the second becomes a question.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from labkit.loaders.texts.number import has_decimal_comma
from labkit.loaders.texts.written import half_width

_NUMERIC = re.compile(r"[0-9][0-9.,]*(?:[eE][+-]?[0-9]+)?")
_COMMA_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:(?:,[0-9]{3})+\.[0-9]+|(?:,[0-9]{3}){2,})")
_COMMA_DOUBT = re.compile(r"[1-9][0-9]{0,2},[0-9]{3}")
_POINT_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:\.[0-9]{3})+,[0-9]+")
_TURNED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-][0-9]{4}(?:[ T].*)?")
_SERIAL = re.compile(r"[1-9][0-9]{4}(?:\.[0-9]+)?")
_TIMED = re.compile(r"[0-9].*[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?")
_A_MONTH_AT_MOST = 12


@dataclass(frozen=True)
class Marks:
    """The marks of numbers as far as they are proved, and a text that leaves them open."""

    decimal: str | None = None
    thousands: str | None = None
    doubt: str | None = None
    mixed: bool = False  # both marks are used as decimal marks


def marks_of(texts: Iterable[str]) -> Marks:
    """Return the decimal mark and the thousands mark that allow only one reading of `texts`.

    >>> marks_of(["1,5", "20"]), marks_of(["1,234.5"]).thousands, marks_of(["1,234"]).doubt, marks_of(["1,5", "1.5"]).mixed
    (Marks(decimal=',', thousands=None, doubt=None, mixed=False), ',', '1,234', True)
    """
    numbers = [plain for text in texts if _NUMERIC.fullmatch(plain := half_width(text).lstrip("<> "))]
    commas = [one for one in numbers if has_decimal_comma(one)]
    grouped = any(_POINT_GROUPS.fullmatch(one) for one in commas)
    points = any("." in one for one in numbers if one not in commas)
    if commas and (points or any(_COMMA_GROUPS.fullmatch(one) for one in numbers)):
        return Marks(doubt=commas[0], mixed=True)
    if commas:
        return Marks(decimal=",", thousands="." if grouped else None)
    if any(_COMMA_GROUPS.fullmatch(one) for one in numbers):
        return Marks(thousands=",")
    return Marks(doubt=next((one for one in numbers if _COMMA_DOUBT.fullmatch(one)), None))


@dataclass(frozen=True)
class Days:
    """What the days and times of a file prove, and a text that leaves the order open."""

    order: str | None = None
    doubt: str | None = None
    mixed: bool = False  # one row proves the day first, another the month
    serial: str | None = None
    timed: bool = False  # times without a zone


def days_of(texts: Collection[str]) -> Days:
    """Return the order of day and month that some text proves, and what remains open.

    >>> days_of(["25/03/2024", "03/04/2024"]).order, days_of(["03/04/2024"]).doubt, days_of(["45292"]).serial
    ('dmy', '03/04/2024', '45292')
    """
    plain = [half_width(text) for text in texts]
    turned = [(one, int(found[1]), int(found[2])) for one in plain if (found := _TURNED.fullmatch(one))]
    day_first = any(first > _A_MONTH_AT_MOST >= second for _, first, second in turned)
    month_first = any(second > _A_MONTH_AT_MOST >= first for _, first, second in turned)
    order = None if day_first == month_first else "dmy" if day_first else "mdy"
    return Days(
        order,
        turned[0][0] if turned and order is None else None,
        day_first and month_first,
        next((one for one in plain if _SERIAL.fullmatch(one)), None),
        any(_TIMED.fullmatch(one) for one in plain),
    )
