"""The profiles of the three simulated laboratories: how each writes, and which limits hold from which day.

Two things people confuse: limits *in a file* hold for the row they stand in; limits *in a profile* are all there is where the
file has none, as in the wide water file of the east. There `未检出` means below the loq, since that laboratory does not tell
what it detected from what it quantified.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from labkit.simulate.city import city_analytes
from labkit.simulate.house_styles import SHEET, TITLE_ROWS
from labkit.simulate.laboratory import LABORATORIES, NEW_INSTRUMENT_DAY, SMALLER_UNITS_IN_ONE, limit_texts
from labkit.simulate.persons import person_analytes

START = date(2022, 1, 3)  # the Monday on which the simulated cities of params/ begin
_NAMES = {"north": "北", "east": "东", "west": "西"}
_HABITS = {
    "north": (),
    "east": ("encoding: gb18030",),
    "west": (f"sheet: {SHEET}", f"header_row: {TITLE_ROWS + 1}"),
}


def profile_text(laboratory: str, start: date = START) -> str:
    """Return the profile of a simulated laboratory as YAML; the days of its limits count from the start of the city.

    >>> print(profile_text("west")[:90])
    # How a SIMULATED laboratory writes: it does not exist, and all its numbers are made up by
    """
    renewal = start + timedelta(days=NEW_INSTRUMENT_DAY)
    lines = [
        "# How a SIMULATED laboratory writes: it does not exist, and all its numbers are made up by labkit.",
        f"# For water-{laboratory}, hair-{laboratory} and blood-{laboratory} of a simulated city that starts on {start}.",
        "title:",
        f"  en: Simulated laboratory {laboratory}",
        f"  zh: 模拟实验室（{_NAMES[laboratory]}）",
        f"laboratory: {laboratory}",
        *_HABITS[laboratory],
        "time_zone: Asia/Shanghai",
    ]
    lines.append(f"limits:  # a new instrument from {renewal} on" if LABORATORIES[laboratory].renews else "limits:")
    lines += [f"  - {{{', '.join(f'{name}: {value}' for name, value in one)}}}" for one in _limits(laboratory, renewal)]
    return "\n".join(lines) + "\n"


def _limits(laboratory: str, renewal: date) -> Iterator[list[tuple[str, str]]]:
    """Give the limits in water, before the new instrument and with it, and those in hair and blood."""
    who = LABORATORIES[laboratory]
    for one in city_analytes().to_dict("records"):
        unit = who.unit_of(one["analyte"])
        about = [("analyte", one["analyte"]), ("matrix", "wastewater")]
        for renewed in (False, True) if who.renews else (False,):
            lod, loq = limit_texts((one["lod_ng_L"], one["loq_ng_L"]), renewed, SMALLER_UNITS_IN_ONE[unit])
            told = [("loq", loq)] if who.below == who.between else [("lod", lod), ("loq", loq)]
            days = [("from", str(renewal))] if renewed else [("to", str(renewal - timedelta(days=1)))] if who.renews else []
            yield [*about, *told, ("unit", unit.replace("µ", "u")), *days]
    for one in person_analytes().to_dict("records"):
        yield [(name, one[name]) for name in ("analyte", "matrix", "lod", "loq", "cutoff", "unit")]
