"""A cell of a workbook as the text that the doors read: its number, its day or its words.

Two things people confuse: what a cell *shows* (3.5.24, 12.3) and what it *holds* (the day number 45416, 12.34567); the second
is read. Day 1 is 1 January 1900 in one system and 2 January 1904 in the other, and the workbook says which of them it uses.
"""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from decimal import Decimal

EXACT = 10**15  # whole numbers from here on may have lost digits: they are written with an exponent
# Day formats that have no code of their own in the file; 27-36 and 50-58 are those of Chinese, Japanese and Korean programs.
_DAYS, _TIMES = (
    {*range(14, 18), 22, *range(27, 32), 36, *range(50, 55), 57, 58},
    {*range(18, 22), *range(32, 36), 45, 47, 55, 56},
)
_ELAPSED = 46
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_UNSHOWN = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]', re.IGNORECASE)
_LOOKS_LIKE_NUMBER = re.compile(r"\s*[+-]?(0|[1-9][0-9]{0,14})(\.[0-9]+)?([eE][+-]?[0-9]+)?\s*")
_LOOKS_LIKE_DAY = re.compile(r"\s*[0-9]{4}([-/.][0-9]{1,2}[-/.][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}日).{0,20}", re.DOTALL)


def number_text(number: float) -> str:
    """Return the shortest text that reads back as the same float64.

    >>> number_text(12.0), number_text(0.1), number_text(1234567890123456.0), number_text(-0.0)
    ('12', '0.1', '1.234567890123456e+15', '-0')
    """
    if not math.isfinite(number):
        return repr(number)
    if abs(number) >= EXACT:
        return f"{Decimal(repr(number)).normalize():e}"
    return repr(number).removesuffix(".0")


def stored_number(text: str) -> float:
    """Return the number that a cell holds.

    Raises
    ------
    ValueError
        The text in the file is no number.
    """
    if not _NUMBER.fullmatch(text.strip()):
        raise ValueError(f"not a number: {text!r}")
    return float(text)


def format_kind(number: int, code: str | None) -> str:
    r"""Return what a number format shows: `number`, `day` (with or without a time), `time` of day, or `elapsed` time.

    >>> format_kind(14, None), format_kind(31, None), format_kind(164, 'yyyy"年"m"月"'), format_kind(165, "0.00E+00")
    ('day', 'day', 'day', 'number')
    >>> format_kind(166, "[h]:mm"), format_kind(167, "h:mm"), format_kind(168, "[Red]0.0")
    ('elapsed', 'time', 'number')
    """
    if code is None:
        return "day" if number in _DAYS else "time" if number in _TIMES else "elapsed" if number == _ELAPSED else "number"
    shown = _UNSHOWN.sub("", code).split(";")[0].casefold()
    if "general" in shown:
        return "number"
    if "[" in shown:
        return "elapsed"
    if any(one in shown for one in "yd") or ("m" in shown and not any(one in shown for one in "hs")):
        return "day"
    return "time" if any(one in shown for one in "hs") else "number"


def day_text(serial: float, kind: str, first: int) -> str | None:
    """Return the day (and time, to the millisecond) of a day number, or None if it stands for none.

    Parameters
    ----------
    serial
        Days since the system's first day; the part behind the point is the time.
    kind
        What the cell's format shows, see `format_kind`.
    first
        The system: 1900 or 1904. Before day 60 the 1900 system has a 29 February 1900 that never was, so that programs
        differ by one day on what a number means: these give None. Elapsed times give None too.

    >>> day_text(45356, "day", 1900), day_text(43894, "day", 1904), day_text(45356.354166666664, "day", 1900)
    ('2024-03-05', '2024-03-05', '2024-03-05 08:30:00')
    >>> day_text(0.5, "time", 1900), day_text(59, "day", 1900), day_text(1.5, "elapsed", 1900)
    ('12:00:00', None, None)
    """
    if kind == "elapsed" or not math.isfinite(serial) or not 0 <= serial < 2_958_466:
        return None
    milliseconds = round(serial * 86_400_000)
    if kind == "time" and serial < 1:
        return _clock(timedelta(milliseconds=milliseconds)) if milliseconds < 86_400_000 else None
    if first == 1900 and milliseconds < 60 * 86_400_000:
        return None
    epoch = datetime(1899, 12, 30) if first == 1900 else datetime(1904, 1, 1)
    try:
        return moment_text(epoch + timedelta(milliseconds=milliseconds))
    except OverflowError:
        return None


def moment_text(moment: datetime) -> str:
    """Return a day, with its time unless that is midnight without a zone.

    >>> moment_text(datetime(2024, 3, 5)), moment_text(datetime(2024, 3, 5, 8, 30))
    ('2024-03-05', '2024-03-05 08:30:00')
    """
    time = moment.time()
    bare = moment.tzinfo is None and (time.hour, time.minute, time.second, time.microsecond) == (0, 0, 0, 0)
    return moment.date().isoformat() if bare else moment.isoformat(" ", "auto")


def looks_like_number(text: str) -> bool:
    """Tell whether a text is a number written as text; a code with leading zeros or 16 digits is none.

    >>> looks_like_number("12.5"), looks_like_number("0012"), looks_like_number("<5")
    (True, False, False)
    """
    return _LOOKS_LIKE_NUMBER.fullmatch(text) is not None


def looks_like_day(text: str) -> bool:
    """Tell whether a text is a day that begins with its year.

    >>> looks_like_day("2024-03-05"), looks_like_day("2024年3月5日 8:30"), looks_like_day("S2024")
    (True, True, False)
    """
    return _LOOKS_LIKE_DAY.fullmatch(text) is not None


def _clock(time: timedelta) -> str:
    return (datetime(2000, 1, 1) + time).time().isoformat("auto")
