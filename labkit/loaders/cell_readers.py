"""Which reader reads the cells of which column.

Two things people confuse: an *empty* cell of a column that need not be there is nothing; of one that must be, it is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from labkit.errors import Rule
from labkit.loaders.door_rules import ALIAS, EMPTY_CELL, NO_VALUE, NOT_A_WORD, NOT_WHOLE, UNKNOWN_ANALYTE
from labkit.loaders.kinds import Field, Holds
from labkit.loaders.texts.clock import read_moment
from labkit.loaders.texts.day import read_day
from labkit.loaders.texts.number import read_number
from labkit.loaders.texts.value import read_value
from labkit.loaders.texts.word import read_code
from labkit.loaders.texts.written import Outcome
from labkit.params.profile import Profile
from labkit.vocabulary import ANALYTES, Hint, to_analyte

Reader = Callable[[str], Outcome[Any]]
NOTHING: Outcome[Any] = Outcome(None)


def reader(field: Field, profile: Profile, today: date) -> Reader:
    """Return what reads one cell of `field`."""
    readers: dict[Holds, Reader] = {
        Holds.CODE: read_code,
        Holds.TEXT: lambda text: Outcome(text.strip()),
        Holds.WORD: lambda text: _word(text, field),
        Holds.DAY: lambda text: read_day(text.strip(), profile, today),
        Holds.MOMENT: lambda text: read_moment(text.strip(), profile, today),
        Holds.ANALYTE: lambda text: _analyte(text, profile),
        Holds.VALUE: lambda text: read_value(text, profile),
        Holds.LIMIT: lambda text: read_number(text, profile),
        Holds.NUMBER: lambda text: read_number(text, profile),
        Holds.LENGTH: lambda text: Outcome(0.0) if re.fullmatch(r"0+(\.0+)?", text.strip()) else read_number(text, profile),
        Holds.COUNT: _count,
    }
    read = readers[field.holds]
    empty = _empty(field)
    return lambda text: read(text) if text and not text.isspace() else empty


def _empty(field: Field) -> Outcome[Any]:
    if not field.required:
        return NOTHING
    rule: Rule = NO_VALUE if field.holds is Holds.VALUE else EMPTY_CELL
    return Outcome(None, rule, {"column": field.name} if rule is EMPTY_CELL else {})


def _analyte(text: str, profile: Profile) -> Outcome[str]:
    word = text.strip()
    key = profile.analytes.get(word)
    if key is not None:
        return Outcome(key)
    key = to_analyte(word)
    if key is None:
        known = ", ".join(ANALYTES)
        return Outcome(None, UNKNOWN_ANALYTE, {"value": text, "hint": Hint(word, tuple(ANALYTES)), "known": known})
    if word.casefold() in (key.casefold(), ANALYTES[key].zh.casefold()):
        return Outcome(key)
    return Outcome(key, ALIAS, {"value": word, "key": key})


def _word(text: str, field: Field) -> Outcome[str]:
    word = field.words.get(" ".join(text.casefold().split()))
    if word is None:
        ours = sorted(set(field.words.values()))
        return Outcome(None, NOT_A_WORD, {"value": text, "hint": Hint(text.strip(), ours), "known": ", ".join(ours)})
    return Outcome(word)


def _count(text: str) -> Outcome[int]:
    word = text.strip()
    if word.isascii() and word.isdigit() and 0 < int(word) <= 999_999:
        return Outcome(int(word))
    return Outcome(None, NOT_WHOLE, {"value": text})
