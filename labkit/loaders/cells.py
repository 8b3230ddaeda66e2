"""The cells every door reads the same way: a site, a day, a unit, an analyte."""

from __future__ import annotations

import re
from datetime import date

from labkit.errors import Rule
from labkit.loaders.delimited import INVISIBLE, Hint, Row, Sheet
from labkit.units import known_units, to_factor
from labkit.vocabulary import ANALYTES, to_analyte

NO_SITE = Rule(
    "KEY-SITE",
    en=("no site", "the code of the sampling point", "fill the cell: a row without a site belongs nowhere"),
    zh=("没有采样点", "须填采样点代码", "请填写：没有采样点的行无法归属"),
)
NOT_A_DAY = Rule(
    "DAT-DAY",
    en=("“{value}” is not a day", "a calendar day written 2024-03-05", "write year, month and day with hyphens"),
    zh=("“{value}”不是日期", "须写作 2024-03-05 形式的日期", "请按“年-月-日”书写"),
)
UNKNOWN_UNIT = Rule(
    "UNI-UNKNOWN",
    en=("the unit “{value}”", "one of {known}", "correct the unit, or convert the column before handing it in"),
    zh=("单位“{value}”", "须为 {known} 之一", "请更正单位，或换算后再提交"),
)
UNKNOWN_ANALYTE = Rule(
    "KEY-ANALYTE",
    en=("the analyte “{value}”{hint}", "an analyte of the vocabulary: {known}", "correct the name"),
    zh=("检测物“{value}”{hint}", "须为词表中的检测物：{known}", "请更正名称"),
)
TWICE = Rule(
    "KEY-TWICE",
    en=("the same {what} as row {other}", "one row each", "remove one of the two, or say which is right"),
    zh=("{what} 与第 {other} 行相同", "每项仅一行", "请删除其一，或确认哪一行正确"),
)

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_BREAK = re.compile(r"[\t\n\r]")


def read_site(sheet: Sheet, row: Row) -> str | None:
    """Read a site code as text, exactly: `0012` and `NA` are codes."""
    site = row.cells["site"]
    if not site:
        sheet.refuse(NO_SITE, row, "site")
    elif mark := _BREAK.search(site):
        sheet.refuse(INVISIBLE, row, "site", code=f"U+{ord(mark[0]):04X}")
    else:
        return site
    return None


def read_day(sheet: Sheet, row: Row, column: str = "date") -> str | None:
    """Read a day as ISO text, or write the problem down."""
    text = row.cells[column]
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    sheet.refuse(NOT_A_DAY, row, column, value=text)
    return None


def read_factor(sheet: Sheet, row: Row, quantity: str) -> float | None:
    """Read the unit cell and return its factor to the unit of `quantity`."""
    factor = to_factor(row.cells["unit"], quantity)
    if factor is None:
        sheet.refuse(UNKNOWN_UNIT, row, "unit", value=row.cells["unit"], known=", ".join(known_units(quantity)))
    return factor


def read_analyte(sheet: Sheet, row: Row) -> str | None:
    """Read an analyte under any spelling of the vocabulary and return its key."""
    word = row.cells["analyte"]
    key = to_analyte(word)
    if key is None:
        known = ", ".join(ANALYTES)
        sheet.refuse(UNKNOWN_ANALYTE, row, "analyte", value=word, hint=Hint(word, tuple(ANALYTES)), known=known)
    return key


def refuse_twice(sheet: Sheet, row: Row, seen: dict[tuple[str, ...], int], key: tuple[str, ...]) -> None:
    """Write down a problem if `key` has been seen on an earlier row; else remember it."""
    if key in seen:
        sheet.refuse(TWICE, row, "site", what=" · ".join(filter(None, key)), other=seen[key])
    else:
        seen[key] = row.line
