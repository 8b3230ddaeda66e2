"""What reading one text gives, and the full-width characters and spaces that every reader takes for plain ones.

Two things people confuse: an outcome *refused* (`value` is None and the rule says why) and one taken with a *note* (`value` is
there and `rule.noted` says how it was taken). With neither value nor rule there is nothing to take: a word declared as missing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Generic, NamedTuple, TypeVar

from labkit.errors import Rule

T = TypeVar("T")

BLANKS = " \t\r\n"  # of the keyboard; around a number or a day they say nothing
NARROW = "\u00a0\u2007\u2009\u202f"  # spaces that do not break: what a typesetter puts between thousands
# Full-width forms only: a full normalisation would read 10² as 102 and ① as 1. The comma is left out: in Chinese text it parts
# two things as often as it marks decimals.
_COMMA = 0xFF0C
HALF_WIDTH = {0xFF01 + i: 0x21 + i for i in range(94) if 0xFF01 + i != _COMMA} | {0x3000: 0x20, 0xFE64: 0x3C, 0xFE65: 0x3E}
_NOTHING: Mapping[str, object] = MappingProxyType({})


class Outcome(NamedTuple, Generic[T]):
    """What one text says: its value, or None; the refusal or the note; and the fields of that sentence, the text as `value`."""

    value: T | None
    rule: Rule | None = None
    fields: Mapping[str, object] = _NOTHING


def refused(rule: Rule, text: str, **fields: object) -> Outcome[T]:
    """Return that `text` is not taken, and why."""
    return Outcome(None, rule, {"value": text, **fields})


def noted(value: T, rule: Rule | None, text: str, **fields: object) -> Outcome[T]:
    """Return `value` with the remark `rule`; without a rule, the plain value."""
    return Outcome(value) if rule is None else Outcome(value, rule, {"value": text, **fields})


def half_width(text: str) -> str:
    """Return `text` with full-width signs, letters and digits as those of the keyboard, without spaces around it.

    >>> half_width(" ＜\uff10\uff0e\uff15 "), half_width("1，5"), half_width("10²")
    ('<0.5', '1，5', '10²')
    """
    return text.translate(HALF_WIDTH).strip()


def to_mark(text: str) -> str:
    """Return a word in the one form in which words are compared: half-width, without spaces, capitals small.

    >>> to_mark("Not Detected"), to_mark("\uff2e\uff0e\uff24\uff0e")
    ('notdetected', 'n.d.')
    """
    return unicodedata.normalize("NFC", "".join(text.translate(HALF_WIDTH).split())).casefold()
