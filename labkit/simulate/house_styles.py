"""The three house styles: the same rows as an English CSV, a Chinese GBK CSV, and a Chinese workbook.

Two things people confuse: a *house style* changes how a number is written, in which column and under which name; it never
changes the number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from labkit.simulate.workbook import Cell, write_workbook
from labkit.vocabulary import ANALYTES, analyte_name

Rows = Sequence[Mapping[str, str]]

HEADERS = {
    "subject": "受试者编号", "site": "采样点", "date": "采样日期", "analyte": "检测物", "concentration": "检测结果",
    "unit": "单位", "lod": "检出限", "loq": "定量限", "cutoff": "阈值", "sample": "样品编号",
    "segment_from_cm": "段起", "segment_to_cm": "段止", "sex": "性别", "birth_year": "出生年份", "area": "街道",
    "reason": "送检原因",
}  # fmt: skip
WORDS = {
    "ND": "未检出", "female": "女", "male": "男", "driving": "驾驶", "referral": "查处", "treatment": "戒毒", "survey": "调查",
}  # fmt: skip
NUMBERS = ("concentration", "lod", "loq", "cutoff", "segment_from_cm", "segment_to_cm", "birth_year")
TITLE_ROWS = 2  # of a workbook, above its header
SHEET = "结果"


def write_plain(path: Path, columns: Sequence[str], rows: Rows) -> None:
    """Write an English CSV: UTF-8, our own column names, days as 2024-03-05, lines ended by a bare newline."""
    lines = [",".join(columns), *(",".join(row[name] for name in columns) for row in rows)]
    path.write_bytes(("\n".join(lines) + "\n").encode("utf-8"))


def write_gbk(path: Path, columns: Sequence[str], rows: Rows) -> None:
    """Write a Chinese CSV: GBK, CRLF, days as 2024年3月5日, words in Chinese.

    A name that is no column of ours (a header with an analyte and its unit, in a wide file) is written as it is.
    """
    lines = [",".join(HEADERS.get(name, name) for name in columns)]
    lines += [",".join(_chinese(name, row[name]) for name in columns) for row in rows]
    path.write_bytes(("\r\n".join(lines) + "\r\n").replace("µ", "μ").encode("gbk"))  # GBK has the Greek letter only


def write_sheet(path: Path, title: str, columns: Sequence[str], rows: Rows) -> None:
    """Write a Chinese workbook: a title and a line below it, the header in row 3, days and numbers as such."""
    above: list[list[Cell]] = [[title], ["模拟数据，非真实检测结果"]]
    body = [[_typed(name, row[name]) for name in columns] for row in rows]
    write_workbook(path, SHEET, [*above, [HEADERS[name] for name in columns], *body])


def _chinese(name: str, text: str) -> str:
    """Return a cell as a Chinese laboratory writes it."""
    if name == "date":
        day = date.fromisoformat(text)
        return f"{day.year}年{day.month}月{day.day}日"
    return analyte_name(text, "zh") if name == "analyte" and text in ANALYTES else WORDS.get(text, text)


def _typed(name: str, text: str) -> Cell:
    """Return a cell of a workbook: a day, a number, or a text."""
    if name == "date":
        return date.fromisoformat(text)
    if name in NUMBERS:
        try:
            return int(text) if text.isdecimal() else float(text)
        except ValueError:  # a mark such as <LOQ
            return WORDS.get(text, text)
    return _chinese(name, text)
