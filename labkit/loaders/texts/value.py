"""How a laboratory writes a result: a number, `<10`, `ND`, `未检出`, `<LOQ`, `>1000` – the cell, not its row.

Two things people confuse: *not detected* is an interval from zero to a limit, and zero is a measurement nobody can make.
What a mark is worth (which limit it stands for) is settled where the whole row is known.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from labkit.errors import Rule
from labkit.loaders.texts.number import LEAST, MOST, PLAIN, missing_marks, parse
from labkit.loaders.texts.number_rules import TICK
from labkit.loaders.texts.written import HALF_WIDTH, NARROW, Outcome, noted, refused, to_mark
from labkit.params.profile import Profile

UNDER_LIMIT = Rule(
    "VAL-UNDER-LIMIT",
    en=(
        "“{value}” in place of a number",
        "kept with its flag as an interval up to the limit it names, never as a number",
        "where the laboratory has the number itself, write the number",
    ),
    zh=("以“{value}”代替数字", "按截至该限值的区间保留并加标记，不当作数值", "实验室若有具体数值，请填写数值"),
    example=("<0.5", "0.4"),
    noted=True,
)
ABOVE = Rule(
    "VAL-ABOVE",
    en=(
        "“{value}” is above the working range",
        "kept with its flag as “at least the upper limit”, never as that number",
        "where a diluted sample was measured again, write that number",
    ),
    zh=("“{value}”超出测定范围", "按“不低于上限”保留并加标记，不当作该数值", "若已稀释复测，请填写复测数值"),
    example=(">1000", "1350"),
    noted=True,
)


class Kind(IntEnum):
    """What a result cell says; the number that goes with it is there for the first three only."""

    NUMBER = 0
    LESS = 1
    GREATER = 2
    NOT_DETECTED = 3
    UNDER_LOQ = 4
    DETECTED = 5
    OVER_ULOQ = 6
    ZERO = 7
    MISSING = 8


class Written(NamedTuple):
    """A result as written: its kind and the number in the unit of the file (NaN for a word, 0 for a zero)."""

    kind: Kind
    number: float


_NOTE: Mapping[Kind, Rule] = {
    Kind.LESS: UNDER_LIMIT,
    Kind.UNDER_LOQ: UNDER_LIMIT,
    Kind.DETECTED: UNDER_LIMIT,
    Kind.GREATER: ABOVE,
    Kind.OVER_ULOQ: ABOVE,
}
_WORDS: Mapping[str, Kind] = {
    **dict.fromkeys(("nd", "n.d.", "n.d", "未检出", "阴性", "阴", "notdetected", "negative"), Kind.NOT_DETECTED),
    **dict.fromkeys(("<lod", "bdl", "<mdl", "<检出限", "低于检出限", "小于检出限"), Kind.NOT_DETECTED),
    **dict.fromkeys(("<loq", "<lloq", "blq", "bloq", "<定量限", "低于定量限", "小于定量限"), Kind.UNDER_LOQ),
    **dict.fromkeys(("检出", "detected"), Kind.DETECTED),
    **dict.fromkeys((">uloq", ">定量上限", "高于定量上限", "大于定量上限"), Kind.OVER_ULOQ),
}
_MORE_THAN = {">lod", ">loq", ">检出限", ">定量限"}  # found, and the number is missing
_KINDS = {"<": Kind.LESS, ">": Kind.GREATER}
_NAN = math.nan
_NUMBER = Kind.NUMBER
_MARKS = ", <10, ND, 未检出"


def read_value(text: str, profile: Profile) -> Outcome[Written]:
    """Read one result as it is written.

    ==================  ==================  ==========================================
    written             kind                meaning, once the row's limits are known
    ==================  ==================  ==========================================
    `12.5`              NUMBER              exact
    `<0.5`              LESS                below 0.5
    `ND`, `未检出`       NOT_DETECTED        below the LOD
    `<LOQ`              UNDER_LOQ           below the LOQ
    `检出`              DETECTED            between LOD and LOQ
    `>1000`             GREATER             above 1000
    `>ULOQ`             OVER_ULOQ           above the working range
    `0`, `0.00`         ZERO                asked about, unless the profile says nd
    `/` if declared     MISSING             not measured
    ==================  ==================  ==========================================

    The kinds with `<`, `>` and DETECTED are noted here, NOT_DETECTED and MISSING where the limits of the row are known. Words
    that the profile declares (missing first, then not_detected) come before what labkit would make of them.

    >>> read_value("＜0.5", Profile()).value
    Written(kind=<Kind.LESS: 1>, number=0.5)
    >>> read_value("1.2±0.3", Profile()).rule.id
    'VAL-PLUS-MINUS'
    """
    if PLAIN.fullmatch(text) and profile.decimal == "." and text not in profile.missing and text not in profile.not_detected:
        number = float(text)
        if LEAST <= number <= MOST:
            return Outcome(Written(_NUMBER, number))
    mark = to_mark(text)
    kind = _words(profile.missing, profile.not_detected).get(mark)
    if kind is not None:
        return noted(Written(kind, _NAN), _NOTE.get(kind), text)
    kind, inner = _NUMBER, text
    if mark in _MORE_THAN:
        return refused(TICK, text)
    if mark[:1] in _KINDS and len(mark) > 1:
        kind, inner = _KINDS[mark[0]], text.translate(HALF_WIDTH).strip().strip(NARROW)[1:]
    parsed = parse(inner, profile, text, _MARKS)
    if parsed.value is None:
        return Outcome(None, parsed.rule, parsed.fields)
    if parsed.value == 0:
        return refused(TICK, text) if kind is Kind.GREATER else Outcome(Written(Kind.ZERO, 0.0), parsed.rule, parsed.fields)
    if kind is _NUMBER:
        return Outcome(Written(_NUMBER, parsed.value), parsed.rule, parsed.fields)
    return noted(Written(kind, parsed.value), _NOTE[kind], text)


@lru_cache(maxsize=64)
def _words(missing: tuple[str, ...], not_detected: tuple[str, ...]) -> Mapping[str, Kind]:
    declared = dict.fromkeys(map(to_mark, not_detected), Kind.NOT_DETECTED)
    return {**_WORDS, **declared, **dict.fromkeys(missing_marks(missing), Kind.MISSING)}
