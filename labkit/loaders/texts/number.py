"""A positive number as laboratories write it: plain, with an exponent, full-width, grouped; and why a text is not one.

Two things people confuse: `1,5` and `1,234` look alike and differ by a factor of 1000 in what they may mean; neither is
guessed. What the profile declares (decimal, thousands) is read, everything else is refused with the sentence that fits it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from labkit.errors import Rule
from labkit.loaders.texts import number_rules as rules
from labkit.loaders.texts.written import BLANKS, HALF_WIDTH, NARROW, Outcome, half_width, noted, refused, to_mark
from labkit.params.profile import Profile
from labkit.units import CONCENTRATION, FLOW, LOAD, to_factor

LEAST, MOST = 1e-15, 1e15  # in whatever unit the file is written; past them a product overflows without a word
LONGEST = 150  # characters of a cell that may be a number
PLAIN = re.compile(r"[0-9]{1,60}(?:\.[0-9]{1,60})?(?:[eE][+-]?[0-9]{1,9})?")

_EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
_MINUS = "-\u2212\u2010\u2011\u2012\u2013\ufe63"
_GROUPED = re.compile(rf"[1-9][0-9]{{0,2}}([,. ])[0-9]{{3}}(?:\1[0-9]{{3}})*(?:[.,][0-9]+)?{_EXPONENT}")
_COMMA_GROUPS = re.compile(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+")
_DECIMAL_COMMA = re.compile(rf"(?:[0-9]+|[0-9]{{1,3}}(?:[. ][0-9]{{3}})+),[0-9]+{_EXPONENT}")
_CHINESE_COMMA = re.compile(r"[0-9][，、][0-9]")
_PLUS_MINUS = re.compile(r"[0-9]\s*(?:±|\+\s*/?\s*[-\u2212])\s*[0-9.]")
_HEX = re.compile(r"[+-]?0[xX][0-9a-fA-F]+")
_INFINITE = re.compile(r"[+-]?(?:inf|infinity|∞)")
_NAN = re.compile(r"[+-]?nan")
_BEHIND = re.compile(r"[0-9][0-9.,]*\s*([^0-9.,\s].*)")
_PER = re.compile(r"[^\W\d_]+\s*/\s*[^\W\d_].*")
_UNITS = {"ng", "pg", "ug", "µg", "μg", "mg", "g", "kg", "l", "ml", "m3", "m³", "ppb", "ppm", "ppt", "人", "吨", "升", "克"}
_FOUND = {
    "✓", "✔", "√", "☑", "+", "++", "+++", "(+)", "阳性", "positive", "pos", "yes", "是", "有", "痕量", "trace",
}  # fmt: skip
_UNSAID = {
    "-", "--", "---", "—", "——", "–", "−", "/", "//", "\\", ".", "...", "…", "?", "*", "x", "×", "无", "空", "缺", "缺失",
    "缺测", "未测", "未测定", "未检测", "n/a", "na", "n.a.", "none", "null", "nil", "missing", "nottested",
}  # fmt: skip


def read_number(text: str, profile: Profile) -> Outcome[float]:
    """Read a positive number that is no result: a flow, a population, a limit.

    Returns
    -------
    Outcome of float
        The number in the unit of the file, from 1e-15 to 1e15; noted where full-width characters or spaces that do not break
        were taken for plain ones. A word that the profile lists as missing is nothing: no value, no rule.

    >>> profile = Profile()
    >>> read_number("12.5", profile).value, read_number("1,5", profile).rule.id
    (12.5, 'VAL-DECIMAL-COMMA')
    """
    if PLAIN.fullmatch(text) and profile.decimal == "." and text not in profile.missing:
        number = float(text)
        if LEAST <= number <= MOST:
            return Outcome(number)
    if profile.missing and to_mark(text) in missing_marks(profile.missing):
        return Outcome(None)
    outcome = parse(text, profile)
    return refused(rules.ABOVE_ZERO, text) if outcome.value == 0 else outcome


def has_decimal_comma(text: str) -> bool:
    """Tell whether a text can only be a number with a decimal comma, maybe behind `<` or `>`.

    >>> has_decimal_comma("1,5"), has_decimal_comma("<0,25"), has_decimal_comma("1,234"), has_decimal_comma("1.5")
    (True, True, False, False)
    """
    plain = half_width(text).lstrip("<> ")[: LONGEST + 1]
    return bool(_DECIMAL_COMMA.fullmatch(plain)) and not _COMMA_GROUPS.fullmatch(plain)


@lru_cache(maxsize=64)
def missing_marks(words: tuple[str, ...]) -> frozenset[str]:
    """Return the words for “not measured” as they are compared."""
    return frozenset(map(to_mark, words))


def parse(text: str, profile: Profile, whole: str | None = None, marks: str = "") -> Outcome[float]:
    """Read a number that may be zero; `whole` is the cell if `text` is what stands behind `<`, `marks` what else may stand."""
    cell = text if whole is None else whole
    bare = text.strip(BLANKS)
    plain = half_width(bare)
    if len(plain) > LONGEST:
        return refused(rules.NOT_A_NUMBER, cell, marks=marks)
    found = _form(profile.decimal, profile.thousands).fullmatch(plain)
    if not found:
        rule, mark = _why_not(plain, profile)
        return refused(rule, cell, marks=marks, mark=mark)
    gap = found["gap"] or ""
    digits = (found["whole"].replace(gap, "") if gap else found["whole"]) + (f".{found['part']}" if found["part"] else "")
    number = float(digits + (found["power"] or ""))
    if number == float("inf"):
        return refused(rules.INFINITE, cell)
    if not LEAST <= number <= MOST and any(one in "123456789" for one in digits):
        return refused(rules.BEYOND, cell, least=f"{LEAST:g}", most=f"{MOST:g}")
    if bare.translate(HALF_WIDTH) != bare:
        return noted(number, rules.FULL_WIDTH, cell)
    spaced = bare != plain or (gap and gap in NARROW and profile.thousands != "space")
    return noted(number, rules.SPACE if spaced else None, cell)


@lru_cache(maxsize=8)
def _form(decimal: str, thousands: str) -> re.Pattern[str]:
    gap = NARROW + {"none": "", "space": " "}.get(thousands, thousands)
    grouped = rf"[0-9]{{1,3}}(?P<gap>[{re.escape(gap)}])[0-9]{{3}}(?:(?P=gap)[0-9]{{3}})*"
    return re.compile(rf"(?P<whole>{grouped}|[0-9]+)(?:{re.escape(decimal)}(?P<part>[0-9]+))?(?P<power>[eE][+-]?[0-9]+)?")


def _why_not(plain: str, profile: Profile) -> tuple[Rule, str]:
    """Return the rule that says best why a text is no number, and the mark its sentence speaks of."""
    form = _form(profile.decimal, profile.thousands)
    mark = to_mark(plain)
    if plain and plain[0] in _MINUS and form.fullmatch(plain[1:].strip()):
        return rules.NEGATIVE, ""
    if _CHINESE_COMMA.search(plain):
        return rules.FULL_WIDTH_COMMA, ""
    if profile.decimal == "." and has_decimal_comma(plain):
        return rules.DECIMAL_COMMA, ""
    if (grouped := _GROUPED.fullmatch(plain)) and (gap := grouped[1]) != profile.thousands and gap != profile.decimal:
        return rules.THOUSANDS, {" ": "space"}.get(gap, f"'{gap}'")
    if profile.decimal == "," and PLAIN.fullmatch(plain):
        return rules.DECIMAL_POINT, ""
    for rule, told in (
        (rules.PLUS_MINUS, _PLUS_MINUS.search(plain)),
        (rules.HEX, _HEX.fullmatch(plain)),
        (rules.INFINITE, _INFINITE.fullmatch(mark)),
        (rules.NAN, _NAN.fullmatch(mark)),
        (rules.TICK, mark in _FOUND),
        (rules.MISSING_WORD, mark in _UNSAID),
        (rules.PERCENT, mark[-1:] in "%‰" and mark[:1].isdigit()),
        (rules.UNIT_IN_CELL, _is_unit_behind(plain)),
    ):
        if told:
            return rule, ""
    return rules.NOT_A_NUMBER, ""


def _is_unit_behind(plain: str) -> bool:
    found = _BEHIND.fullmatch(plain)
    if not found:
        return False
    unit = found[1].strip()
    known = any(to_factor(unit, quantity) is not None for quantity in (CONCENTRATION, FLOW, LOAD))
    return known or unit.casefold() in _UNITS or bool(_PER.fullmatch(unit))
