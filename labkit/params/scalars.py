"""Scalars of a params file: the text as it was written, and what it becomes under the type that a choice declares.

Two things people confuse: what YAML would *guess* from a text (`NO` a boolean, `0012` ten or twelve, `12:30:00` 45000) and
what the choice *declares*. Only the declaration counts here; a text that does not fit it is refused, never bent.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from pydantic_core import PydanticCustomError

from labkit.errors import Rule
from labkit.vocabulary import nearest

INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")  # 18 digits fit in 64 bits
NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
FIRST_YEAR, LAST_YEAR = 1900, 2100

PAR_EMPTY = Rule(
    "PAR-EMPTY",
    en=("“{name}” has no value", "every name that is written has a value", "write one after the colon, or take the line out"),
    zh=("“{name}”没有值", "写出的每个名称都要有值", "请在冒号后写上值，或删去这一行"),
)
PAR_TEXT = Rule(
    "PAR-TEXT",
    en=("a list or a map stands where a text belongs", "one text on one line, up to {most} characters", "write a single text"),
    zh=("此处应为文字，却是列表或映射", "一行文字，至多 {most} 个字符", "请写成一段文字"),
)
PAR_LINE = Rule(
    "PAR-LINE",
    en=("a text of {length} characters or of several lines", "one line of 1 to {most} characters", "shorten it to one line"),
    zh=("文字长 {length} 个字符，或有多行", "一行，1 至 {most} 个字符", "请缩短为一行"),
)
PAR_INT = Rule(
    "PAR-INT",
    en=(
        "{found} is not a whole number",
        "plain digits without quotes, leading zeros, colons or underscores",
        "write for instance 156",
    ),
    zh=("{found} 不是整数", "不加引号的十进制数字，不带前导零、冒号或下划线", "请写成例如 156"),
)
PAR_NUMBER = Rule(
    "PAR-NUMBER",
    en=("{found} is not a number", "a finite decimal number without quotes, such as 0.95 or 195000", "write it in that form"),
    zh=("{found} 不是数", "不加引号的有限十进制数，如 0.95 或 195000", "请按此格式书写"),
)
PAR_TRUE = Rule(
    "PAR-TRUE",
    en=(
        "{found} stands after “none”",
        "none: true, or another of the five words",
        "write {{none: true}}, or say how the input is known",
    ),
    zh=("“none”之后是 {found}", "none: true，或五个词中的另一个", "请写 {{none: true}}，或说明该输入如何得知"),
)
PAR_DATE = Rule(
    "PAR-DATE",
    en=("{found} is not a day of the calendar", "YYYY-MM-DD between 1900 and 2100", "write for instance 2022-01-03"),
    zh=("{found} 不是日历上的日期", "YYYY-MM-DD，1900 至 2100 年", "请写成例如 2022-01-03"),
)
PAR_CHOICE = Rule(
    "PAR-CHOICE",
    en=("{found} is not one of the words for “{name}”", "{allowed}", "choose one of these{nearest}"),
    zh=("{found} 不在“{name}”可用的词中", "{allowed}", "请从中选择一个{nearest}"),
)

LONGEST_TEXT = 500
_PLAIN = re.compile(r"[\w .,:/%+$@-]{0,60}")


@dataclass(frozen=True)
class Scalar:
    """One scalar of a YAML file: its text, and whether quotes (or a block sign) stood around it."""

    text: str
    quoted: bool

    @property
    def empty(self) -> bool:
        """Nothing was written."""
        return not self.text and not self.quoted


def shown(found: object) -> str:
    """Return `found` as a message may print it: its text when harmless, else only its length.

    >>> shown("yaer"), shown("<script>")
    ('“yaer”', '“…” (8)')
    """
    if isinstance(found, Scalar):
        return f'"{found.text}"' if found.quoted and _PLAIN.fullmatch(found.text) else shown(found.text)
    if isinstance(found, dict):
        return "{…}"
    if isinstance(found, list | tuple):
        return "[…]"
    text = f"{found:.15g}" if isinstance(found, float) else str(found)
    return f"“{text}”" if _PLAIN.fullmatch(text) else f"“…” ({len(text)})"


def broken(rule: Rule, **fields: object) -> PydanticCustomError:
    """Return the error that a validator raises; the reader adds file, row and column."""
    return PydanticCustomError("labkit", "labkit", {"rule": rule, "fields": fields})


def to_text(found: object) -> str:
    """Return the text exactly as written: `NO`, `0012`, `12:30:00` and `1.10` stay what they are."""
    if isinstance(found, dict | list | tuple):
        raise broken(PAR_TEXT, most=LONGEST_TEXT)
    if isinstance(found, Scalar):
        if found.empty:
            raise broken(PAR_EMPTY)
        found = found.text
    if not isinstance(found, str):
        raise broken(PAR_TEXT, most=LONGEST_TEXT)
    if not 0 < len(found) <= LONGEST_TEXT or len(found.splitlines()) > 1 or found.endswith("\n"):
        raise broken(PAR_LINE, length=len(found), most=LONGEST_TEXT)
    return found


def to_integer(found: object) -> int:
    """Return a whole number; text in quotes, `0012`, `1_000`, `1e3` and `12:30` are refused."""
    if isinstance(found, int) and not isinstance(found, bool):
        return found
    _refuse_empty(found)
    if isinstance(found, Scalar) and not found.quoted and INTEGER.fullmatch(found.text) and found.text != "-0":
        return int(found.text)
    raise broken(PAR_INT, found=shown(found))


def to_number(found: object) -> float:
    """Return a finite number; `.nan`, `.inf`, `1e999` and a whole number that a float cannot hold are refused."""
    if isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found):
        return float(found)
    _refuse_empty(found)
    if isinstance(found, Scalar) and not found.quoted and NUMBER.fullmatch(found.text):
        number = float(found.text)
        exact = not INTEGER.fullmatch(found.text) or int(found.text) == int(number)
        if math.isfinite(number) and exact:
            return number
    raise broken(PAR_NUMBER, found=shown(found))


def to_true(found: object) -> bool:
    """Return True for a plain `true`; `yes`, `on`, `"true"` and `false` are refused."""
    if found is True or (isinstance(found, Scalar) and found.text == "true" and not found.quoted):
        return True
    _refuse_empty(found)
    raise broken(PAR_TRUE, found=shown(found))


def to_day(found: object) -> date:
    """Return a calendar day written `YYYY-MM-DD`."""
    if isinstance(found, date):
        return found
    _refuse_empty(found)
    text = found.text if isinstance(found, Scalar) else found
    if isinstance(text, str) and DAY.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise broken(PAR_DATE, found=shown(text)) from None
        if FIRST_YEAR <= day.year <= LAST_YEAR:
            return day
    raise broken(PAR_DATE, found=shown(found))


def one_of(words: Iterable[str]) -> Callable[[object], str]:
    """Return a validator that takes one of `words`, letter for letter, and names the nearest to any other."""
    allowed = [str(word) for word in words]

    def to_word(found: object) -> str:
        text = to_text(found)
        if text in allowed:
            return text
        close = nearest(text, allowed)
        raise broken(PAR_CHOICE, found=shown(text), allowed=" · ".join(allowed), nearest=f" ({close}?)" if close else "")

    return to_word


def _refuse_empty(found: object) -> None:
    if isinstance(found, Scalar) and found.empty:
        raise broken(PAR_EMPTY)
