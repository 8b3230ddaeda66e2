"""The bytes of a params file as characters: UTF-8, visible, and not too many.

Two things people confuse: a *byte* offset (where the file stops being UTF-8) and a *row* (where an editor shows it).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from labkit.errors import Problem, Refusal, Rule

LARGEST = 64 * 1024  # bytes

PAR_SIZE = Rule(
    "PAR-SIZE",
    en=(
        "the file has more than {largest} bytes",
        "a params file of at most {largest} bytes",
        "keep data in a CSV and name it under “observe”",
    ),
    zh=("文件超过 {largest} 字节", "参数文件至多 {largest} 字节", "请把数据放在 CSV 中，并在“observe”下写明文件名"),
)
PAR_UTF8 = Rule(
    "PAR-UTF8",
    en=("byte {offset} is not UTF-8", "a text file in UTF-8", "save the file again with the encoding UTF-8"),
    zh=("第 {offset} 字节不是 UTF-8", "UTF-8 编码的文本文件", "请以 UTF-8 编码重新保存"),
)
PAR_CONTROL = Rule(
    "PAR-CONTROL",
    en=(
        "the character {code} is invisible or turns the writing direction",
        "visible characters",
        "delete it and type the text again",
    ),
    zh=("字符 {code} 不可见，或改变书写方向", "可见字符", "请删除后重新输入"),
)
PAR_SURROGATE = Rule(
    "PAR-SURROGATE",
    en=("{code} is half a character", "whole characters", "type the character itself instead of the escape"),
    zh=("{code} 只是半个字符", "完整的字符", "请直接输入该字符，不用转义"),
)
PAR_TAB = Rule(
    "PAR-TAB",
    en=("a tab character", "spaces only", "replace the tab by two spaces"),
    zh=("有制表符", "只用空格", "请把制表符换成两个空格"),
)
# not C0 and C1 alone: the invisible marks that turn the writing direction, line separators, and what is no character at all
CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\U000e0000-\U000e007f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")


def to_characters(content: bytes, file: str) -> str:
    """Return the text that the bytes of a file hold; raise `Refusal` if there are too many, or they are not UTF-8."""
    if len(content) > LARGEST:
        raise Refusal(PAR_SIZE.at(file, largest=LARGEST))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refusal(PAR_UTF8.at(file, content.count(b"\n", 0, error.start) + 1, offset=error.start)) from None


def flaws_of(text: str, file: str, row: int | None) -> Iterator[Problem]:
    """Report the characters that may not stand in a text: tabs, invisible ones, halves of one."""
    if "\t" in text:
        yield PAR_TAB.at(file, row)
    if found := CONTROL.search(text):
        yield PAR_CONTROL.at(file, row, code=f"U+{ord(found[0]):04X}")
    if found := _SURROGATE.search(text):
        yield PAR_SURROGATE.at(file, row, code=f"U+{ord(found[0]):04X}")
