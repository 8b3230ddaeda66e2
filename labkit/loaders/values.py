"""How a laboratory writes a value: a number, `<10`, `ND`, `未检出`, `<LOQ`, `>1000` – and how it is then known.

Two things people confuse: *not detected* is an interval from zero to a limit, and zero is a measurement nobody can make.
A mark that no limit goes with is refused, since the limit would have to be made up.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from labkit.errors import Rule
from labkit.loaders.delimited import Row, Sheet
from labkit.vocabulary import Censored

NOT_A_NUMBER = Rule(
    "VAL-NUMBER",
    en=(
        "“{value}” is not a number",
        "a plain decimal such as 12.5{marks}",
        "correct the cell; units and remarks have columns of their own",
    ),
    zh=("“{value}”不是数字", "须为普通小数，如 12.5{marks}", "请更正该单元格；单位与备注另列"),
)
NEGATIVE = Rule(
    "VAL-NEGATIVE",
    en=(
        "the negative number {value}",
        "a positive number",
        "check the sign; a result below its limit is written “<limit” or ND",
    ),
    zh=("负数 {value}", "须为正数", "请核对正负号；低于限值请写“<限值”或 ND"),
)
ZERO = Rule(
    "VAL-ZERO",
    en=("0", "a positive number, or a mark such as ND with its limit", "zero is not a measurement: write ND or “<limit”"),
    zh=("0", "须为正数，或 ND 等标记并附限值", "零不是测量值：请写 ND 或“<限值”"),
)
BEYOND = Rule(
    "VAL-RANGE",
    en=("{value}", "a number from {least} to {most}", "nothing measured lies beyond: check the exponent and the unit"),
    zh=("{value}", "须为 {least} 至 {most} 的数", "没有测量值会超出此范围：请核对指数和单位"),
)
NO_LIMIT = Rule(
    "VAL-NO-LIMIT",
    en=(
        "the mark “{value}” without the limit it needs",
        "a limit in the row (columns lod, loq) or in the mark (“<10”)",
        "add the limit of the method (for “detected” both); labkit never makes one up",
    ),
    zh=(
        "标记“{value}”缺少所需的限值",
        "行内须有限值（lod、loq 列），或写在标记中（“<10”）",
        "请补充方法的限值（“检出”须两者）；labkit 从不编造限值",
    ),
)
CONTRADICTION = Rule(
    "VAL-LIMITS",
    en=("{found}", "lod ≤ loq, and a “<” mark that is one of them", "correct the limit or the mark"),
    zh=("{found}", "须 lod ≤ loq，且“<”后的数为其中之一", "请更正限值或标记"),
)

_LEAST, _MOST = 1e-15, 1e15  # in whatever unit the file is written; past them a product overflows without a word
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_THOUSANDS = re.compile(r"(?<=[0-9])[\u00a0\u2009\u202f](?=[0-9]{3}(?![0-9]))")  # 1 200 with a space that does not break
# Full-width forms only: a full normalisation would read 10² as 102 and ① as 1.
_HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94)} | {0x3000: 0x20, 0x2212: 0x2D}
_NOT_DETECTED = {"nd", "n.d.", "n.d", "未检出", "阴性", "notdetected", "<lod"}
_BELOW_LOQ = {"<loq"}
_DETECTED = {"检出", "detected"}


@dataclass(frozen=True)
class Reading:
    """A value and how it is known; unless exact, `value` is the limit. `lod` and `loq` stay beside it."""

    value: float
    censored: Censored
    lod: float | None = None
    loq: float | None = None


def read_number(sheet: Sheet, row: Row, column: str, *, marks: str = "") -> float | None:
    """Read one positive number, or write the problem down and return None."""
    text = _plain(sheet, row, column)
    if text.startswith("-") and _NUMBER.fullmatch(text[1:]):
        sheet.refuse(NEGATIVE, row, column, value=text)
    elif not _NUMBER.fullmatch(text) or float(text) == float("inf"):
        sheet.refuse(NOT_A_NUMBER, row, column, value=row.cells[column], marks=marks)
    elif float(text) == 0:
        sheet.refuse(ZERO, row, column)
    elif not _LEAST <= float(text) <= _MOST:
        sheet.refuse(BEYOND, row, column, value=row.cells[column], least=f"{_LEAST:g}", most=f"{_MOST:g}")
    else:
        return float(text)
    return None


def read_limit(sheet: Sheet, row: Row, column: str) -> float | None:
    """Read an optional limit; an empty cell or an absent column is None."""
    return read_number(sheet, row, column) if row.cells.get(column) else None


def read_value(sheet: Sheet, row: Row, column: str, *, limits: bool = True) -> Reading | None:
    """Read a value with its mark and the limits of its row.

    ==================  =========================================================================
    written             known as
    ==================  =========================================================================
    `12.5`              exact (also below the loq, if the laboratory gives the number)
    `<10`               below 10; if the row has limits, 10 must be one of them
    `ND`, `未检出`       below the lod; below the loq where only that is known (wider, never wrong)
    `<LOQ`              below the loq
    `检出`              between lod and loq
    `>1000`             above 1000
    ==================  =========================================================================

    Without `limits` the columns lod and loq belong to another quantity and are not looked at. Returns None after writing a
    problem down.
    """
    lod, loq = (read_limit(sheet, row, name) if limits else None for name in ("lod", "loq"))
    if lod is not None and loq is not None and lod > loq:
        sheet.refuse(CONTRADICTION, row, "lod", found=f"lod {lod:g} > loq {loq:g}")
        return None
    written = row.cells[column]
    text = _plain(sheet, row, column).casefold()
    mark = text.replace(" ", "")
    limit: float | None
    if mark in _NOT_DETECTED:
        limit, known = (lod if lod is not None else loq), Censored.BELOW
    elif mark in _BELOW_LOQ:
        limit, known = loq, Censored.BELOW
    elif mark in _DETECTED:
        limit, known = (loq if lod is not None else None), Censored.BETWEEN
    elif text.startswith(("<", ">")) and _NUMBER.fullmatch(text[1:].strip()) and _LEAST <= float(text[1:]) <= _MOST:
        limit, known = float(text[1:]), Censored.BELOW if text[0] == "<" else Censored.ABOVE
        given = [one for one in (lod, loq) if one is not None]
        if known is Censored.BELOW and given and not any(abs(limit - one) <= 1e-9 * one for one in given):
            sheet.refuse(CONTRADICTION, row, column, found=f"“{written}”, lod {_shown(lod)}, loq {_shown(loq)}")
            return None
    else:
        number = read_number(sheet, row, column, marks=", <10, ND, 未检出")
        return None if number is None else Reading(number, Censored.EXACT, lod, loq)
    if limit is None:
        sheet.refuse(NO_LIMIT, row, column, value=written)
        return None
    return Reading(limit, known, lod, loq)


def _plain(sheet: Sheet, row: Row, column: str) -> str:
    written = row.cells[column]
    plain = _THOUSANDS.sub("", written.translate(_HALF_WIDTH)).strip()
    if plain != written:
        sheet.rewritten.add((row.line, column))
    return plain


def _shown(limit: float | None) -> str:
    return "–" if limit is None else f"{limit:g}"
