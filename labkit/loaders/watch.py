"""What only shows over the whole file: units that change, sites that differ by capitals, dates in two orders, one number.

Two things people confuse: a cell that is wrong, and two cells that are each right and contradict one another; of the second
kind both rows are told.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from labkit.errors import Rule
from labkit.loaders.distinct import distinct
from labkit.loaders.findings import Findings
from labkit.loaders.spread import NOTHING, Column, Spread
from labkit.loaders.texts.day import day_order_evidence
from labkit.loaders.texts.number import has_decimal_comma
from labkit.units import SOLID, to_factor

UNITS_MIXED = Rule(
    "UNI-MIXED",
    en=("{what} in {unit} here and in {other} in row {row}", "one unit an analyte and laboratory",
        "correct the unit that is wrong; if two laboratories report in two units, add a column “laboratory”"),
    zh=("{what} 此处单位为 {unit}，第 {row} 行为 {other}", "同一实验室的同一检测物只用一种单位",
        "请更正错误的单位；若两个实验室单位不同，请添加“laboratory”（实验室）列"),
    example=("ng/L in row 2, ng/mL in row 3", "ng/L in both"),
)  # fmt: skip
CASE = Rule(
    "KEY-CASE",
    en=("“{value}”, and “{other}” in row {row}", "codes that differ by more than capitals", "write the code in one way"),
    zh=("“{value}”，而第 {row} 行为“{other}”", "代码不能仅有大小写之别", "请统一写法"),
    example=("S1 and s1", "S1"),
)
DAYS_MIXED = Rule(
    "DAT-ORDER",
    en=("day and month stand in another order than in row {row}", "one order of day and month in a file",
        "write all days as 2024-03-05"),
    zh=("日、月顺序与第 {row} 行不同", "同一文件中日、月顺序须一致", "请将所有日期写作 2024-03-05"),
    example=("25/03/2024 and 03/26/2024", "2024-03-25 and 2024-03-26"),
)  # fmt: skip
DECIMALS_MIXED = Rule(
    "VAL-DECIMAL-MIXED",
    en=(
        "another decimal mark than in row {row}",
        "one decimal mark in a file",
        "write all numbers with a point",
    ),
    zh=("小数点写法与第 {row} 行不同", "同一文件只用一种小数点", "请统一用圆点作小数点"),
    example=("1,5 and 1.5", "1.5 and 1.5"),
)
ZONES_MIXED = Rule(
    "DAT-ZONES",
    en=(
        "the time zone {zone} here, and {other} in row {row}",
        "one time zone in a file",
        "write all times in the zone of the site",
    ),
    zh=("此处时区为 {zone}，而第 {row} 行为 {other}", "同一文件只用一个时区", "请统一用采样点所在时区"),
    example=("08:00+08:00 and 08:00Z", "08:00+08:00 twice"),
)
IDENTICAL = Rule(
    "VAL-IDENTICAL",
    en=("one and the same number in all {n} rows", "taken as they are", "check that the column was not filled down by mistake"),
    zh=("全部 {n} 行为同一数字", "照原样读入", "请确认不是误用了向下填充"),
    example=("250, 250, 250", "250, 251, 249"),
    noted=True,
)
FEW = 3  # rows from which equal numbers are remarkable


class Watch:
    """What has been seen of the file so far, for contradictions between its rows."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._units: dict[tuple[int, int, bool], tuple[str, float, int]] = {}
        self._seen: dict[tuple[str, str], tuple[int, Column]] = {}
        self._zone: tuple[int | None, int] | None = None
        self._number: float | None = None
        self._numbers, self.equal = 0, True  # whether all numbers so far are one and the same

    def units(
        self, unit: tuple[Column, Spread], analytes: NDArray[np.int32], names: Sequence[str], laboratories: NDArray[np.int32],
        rows: NDArray[np.int64], findings: Findings,
    ) -> None:  # fmt: skip
        """Hold each analyte of each laboratory to the size of its first unit; ug/L and ng/mL are of one size."""
        column, spread = unit
        texts, kinds = len(spread.texts), int(analytes.max(initial=-1)) + 2
        combined = ((laboratories.astype(np.int64) + 1) * kinds + analytes + 1) * texts + spread.at
        for key in distinct(combined):
            who, text = divmod(key, texts)
            laboratory, analyte = divmod(who, kinds)
            factor, said = spread.value(text), spread.texts[text].strip()
            if factor is None or analyte == 0:
                continue
            what = (laboratory, analyte, to_factor(said, SOLID) is not None)  # sludge and water of one file differ in theirs
            if (known := self._units.get(what)) is None:
                self._units[what] = (said, factor, int(rows[np.argmax(combined == key)]))
            elif known[1] != factor:
                first, _, row = known
                where, name = rows[combined == key], names[analyte - 1]
                findings.refuse(UNITS_MIXED, where, column.header, column.letter, what=name, unit=said, other=first, row=row)
                findings.refuse(
                    UNITS_MIXED, [row], column.header, column.letter, what=name, unit=first, other=said, row=int(where[0])
                )

    def days(self, column: Column, spread: Spread, rows: NDArray[np.int64], findings: Findings) -> None:
        """Tell the first row that proves the day first, if another proves the month first."""
        for index, where in spread.groups(spread.table.codes == NOTHING):
            if order := day_order_evidence(spread.texts[index]):
                self._two("days", order, int(rows[where[0]]), column, findings, DAYS_MIXED)

    def decimals(self, column: Column, spread: Spread, rows: NDArray[np.int64], findings: Findings) -> None:
        """Tell the first decimal comma, if another row has a decimal point."""
        commas = spread.flag("comma", lambda text: "," in text or "，" in text)
        if ("decimals", "comma") not in self._seen and spread.first(commas) is None:
            return
        decimals = spread.flag("decimal comma", has_decimal_comma)
        for way, wanted in (("comma", decimals), ("point", spread.flag("point", lambda text: "." in text) & ~decimals)):
            if (first := spread.first(wanted)) is not None:
                self._two("decimals", way, int(rows[first]), column, findings, DECIMALS_MIXED)

    def zones(self, column: Column, spread: Spread, rows: NDArray[np.int64], findings: Findings) -> None:
        """Hold all times of the file to one zone, or to none."""
        for index, where in spread.groups(np.ones(len(spread.texts), bool)):
            moment = spread.value(index)
            if moment is None or moment.minutes is None:
                continue
            first, at = self._zone = self._zone or (moment.zone, int(rows[where[0]]))
            if moment.zone != first:
                findings.refuse(
                    ZONES_MIXED, rows[where], column.header, column.letter, zone=_zone(moment.zone), other=_zone(first), row=at
                )

    def numbers(self, numbers: NDArray[np.float64]) -> None:
        """Remember whether all numbers of the column are one and the same."""
        if self.equal and numbers.size:
            self._number = float(numbers[0]) if self._number is None else self._number
            self.equal = bool((numbers == self._number).all())
        self._numbers += numbers.size

    def tell(self, findings: Findings, value: Column | None, codes: Sequence[Column]) -> None:
        """Write down what shows only at the end."""
        if value is not None and self.equal and self._numbers >= FEW:
            findings.note(IDENTICAL, [], value.header, value.letter, n=self._numbers)
        for column in codes:
            spelled: dict[str, int] = {}
            for code, word in enumerate(column.words):
                other = spelled.setdefault(str(word).casefold(), code)
                if other != code:
                    for one, two in ((code, other), (other, code)):
                        findings.refuse(
                            CASE, [column.first[one]], column.header, column.letter,
                            value=column.words[one], other="…" if findings.person_level else column.words[two],
                            row=column.first[two],
                        )  # fmt: skip

    def _two(self, what: str, way: str, row: int, column: Column, findings: Findings, rule: Rule) -> None:
        if (what, way) in self._seen:
            return
        self._seen[what, way] = row, column
        ways = [key for key in self._seen if key[0] == what]
        if len(ways) == 2:
            (one, first), (two, second) = (self._seen[key] for key in ways)
            findings.refuse(rule, [one], first.header, first.letter, row=two)
            findings.refuse(rule, [two], second.header, second.letter, row=one)


def _zone(minutes: int | None) -> str:
    return "–" if minutes is None else f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
