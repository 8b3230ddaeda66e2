"""Numbers as they are read: three significant digits, `<` before a limit, an en dash between the ends of an interval."""

from __future__ import annotations

import math
from collections.abc import Iterable

from labkit.vocabulary import Censored

_SIGNS = {Censored.BELOW: "<", Censored.BETWEEN: "<", Censored.ABOVE: ">"}


def say_number(value: float, digits: int = 3) -> str:
    """Return a number with `digits` significant digits, without exponent, thousands apart.

    >>> say_number(47.953), say_number(0.0612), say_number(12345.6), say_number(2.6)
    ('48.0', '0.0612', '12,300', '2.60')
    """
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    decimals = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, decimals)
    decimals = digits - 1 - math.floor(math.log10(abs(rounded)))  # 9.996 has become 10.0
    return f"{rounded:,.{max(decimals, 0)}f}"


def say_known(value: float, censored: str) -> str:
    """Return a value with the sign of how it is known.

    >>> say_known(2.6047, "below"), say_known(12.05, "exact")
    ('<2.60', '12.1')
    """
    return _SIGNS.get(Censored(censored), "") + say_number(value)


def say_span(low: float, high: float) -> str:
    """Return two ends as one span; ends that read the same are one number, and an end that is not known is left open.

    >>> say_span(0.0, 1.25), say_span(3.0, 3.0), say_span(3.0, math.inf)
    ('0–1.25', '3.00', '≥3.00')
    """
    if math.isfinite(low) and high == math.inf:
        return f"≥{say_number(low)}"
    if not (math.isfinite(low) and math.isfinite(high)):
        return "–"
    ends = say_number(low), say_number(high)
    return ends[0] if ends[0] == ends[1] else f"{ends[0]}–{ends[1]}"


def say_list(names: Iterable[str]) -> str:
    """Return English names as one list.

    >>> say_list(["cocaine", "MDMA", "nicotine"]), say_list(["codeine"])
    ('cocaine, MDMA and nicotine', 'codeine')
    """
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def say_share(part: float, whole: float) -> str:
    """Return a share in whole percent; neither 0 % nor 100 % is said unless it is exact.

    >>> say_share(1, 1000), say_share(0, 10), say_share(999, 1000)
    ('<1 %', '0 %', '>99 %')
    """
    share = 100 * part / whole
    if 0 < share < 1:
        return "<1 %"
    if 99 < share < 100:
        return ">99 %"
    return f"{share:.0f} %"


def say_signed_percent(ratio: float) -> str:
    """Return a ratio as a signed percentage.

    >>> say_signed_percent(1.25), say_signed_percent(0.96)
    ('+25 %', '−4.0 %')
    """
    if not math.isfinite(ratio):
        return "–"
    percent = 100 * (ratio - 1)
    if abs(percent) < 0.05:
        return "0.0 %"
    text = f"{abs(percent):.0f}" if abs(percent) >= 10 else f"{abs(percent):.1f}"
    return f"{'−' if percent < 0 else '+'}{text} %"
