"""Codes and units: texts that are kept exactly as written, or turned into a factor, and what may not stand in them.

Two things people confuse: *different writings* of one code (full-width, composed or not: made the same, with a note) and
*different letters* that look the same (A in Latin and in Cyrillic: refused, since a join on them fails without a word).
"""

from __future__ import annotations

import re
import unicodedata

from labkit.errors import Rule
from labkit.loaders.texts.written import Outcome, noted, refused
from labkit.params.characters import CONTROL
from labkit.units import known_units, plain_unit, to_factor

INVISIBLE = Rule(
    "CSV-CHARACTER",
    en=(
        "the character {code} is invisible, breaks the line or turns the writing direction",
        "visible characters",
        "delete it and type the text again",
    ),
    zh=("字符 {code} 不可见、会换行或改变书写方向", "须为可见字符", "请删除后重新输入"),
    example=("A\u200b1", "A1"),
)
LOOK_ALIKE = Rule(
    "KEY-LOOK-ALIKE",
    en=(
        "the character {code} ({name}) looks like a Latin letter and is not",
        "letters of one script, so that the same code is found again in every file",
        "type the code again on a Latin keyboard",
    ),
    zh=(
        "字符 {code}（{name}）形似拉丁字母，实为另一字母",
        "同一代码只用一种文字的字母，否则与其他文件对不上",
        "请切换到英文键盘重新输入该代码",
    ),
    example=("\u04101", "A1"),
)
PRECISION = Rule(
    "KEY-PRECISION",
    en=(
        "“{value}” is a code that a spreadsheet turned into a number: its last digits are lost",
        "the code exactly as the laboratory gave it",
        "format the column as text, enter the codes again from the original list, and export once more",
    ),
    zh=(
        "“{value}”是被电子表格转成数字的编号，末尾几位已丢失",
        "须为实验室给出的原编号",
        "请将该列设为文本格式，按原始记录重新录入编号后再导出",
    ),
    example=("1.23457E+18", "1234567890123456789"),
)
FORMULA = Rule(
    "KEY-FORMULA",
    en=("“{value}”, which a spreadsheet would run as a formula", "a code that begins with a letter or digit", "write the code"),
    zh=("“{value}”会被电子表格当作公式执行", "代码须以字母或数字开头", "请填写代码本身"),
    example=("=HYPERLINK(…)", "A"),
)
_FORMULA = ("=", "@", "\uff1d", "\uff20")
WRITTEN = Rule(
    "KEY-WRITTEN",
    en=(
        "“{value}” with {code}, a full-width character or a space",
        "read as the plain code",
        "type codes in half-width, without spaces around",
    ),
    zh=("“{value}”含 {code}（全角字符或空格）", "已按半角代码读入", "代码请用半角输入，前后不留空格"),
    example=("\uff211", "A1"),
    noted=True,
)
COMPOSED = Rule(
    "KEY-COMPOSED",
    en=("“{value}” spells a letter and its accent apart ({code})", "read as one composed letter (NFC)", "save the file in NFC"),
    zh=("“{value}”将字母与附加符号分开编码（{code}）", "已合为一个字符（NFC）读入", "请以 NFC 形式保存文件"),
    example=("Zu\u0308rich", "Z\u00fcrich"),
    noted=True,
)
UNKNOWN_UNIT = Rule(
    "UNI-UNKNOWN",
    en=(
        "the unit “{value}”",
        "one of {known}",
        "say which of these it is (ppb may be per litre or per kilogram), or convert the column before handing it in",
    ),
    zh=("单位“{value}”", "须为 {known} 之一", "请写明是其中哪一个（ppb 可指每升，也可指每千克），或换算后再提交"),
    example=("ppb", "ug/L"),
)
UNIT_WRITTEN = Rule(
    "UNI-WRITTEN",
    en=("the unit “{value}”", "read as {plain}", "write {plain}: it looks the same in every font and encoding"),
    zh=("单位“{value}”", "已按 {plain} 读入", "请写 {plain}：在任何字体和编码下都一样"),
    example=("μg/L", "ug/L"),
    noted=True,
)

_SAFE = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_MANGLED = re.compile(r"[0-9](?:\.[0-9]+)?[eE]\+[0-9]{2,}|[0-9]{16,}\.0+")
# What takes room and shows nothing, or shows nothing by itself, beside what params.characters knows.
_UNSEEN = re.compile(
    "[\t\n\r\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2800\u3164\ufe00-\ufe0f\uffa0\ud800-\udfff]"
)
# Letters, digits and the signs codes are made of; （）and ， are what Chinese names are properly written with.
_FULL = {0xFF01 + i: 0x21 + i for i in range(94) if chr(0x21 + i).isalnum() or chr(0x21 + i) in "-_./#"}
_OTHER_SCRIPT = re.compile("[\u0370-\u03ff\u0400-\u052f]")
_LATIN = re.compile("[A-Za-z]")
_LOOKS_LATIN = frozenset("АВЕЅІЈКМНОРСТУХҮԚԜаеѕіјорсухһԁԛԝΑΒΕΖΗΙΚΜΝΟΡΤΥΧνοϲϳ")


def read_code(text: str) -> Outcome[str]:
    """Read a site, sample, subject or area code: the text itself; `NA`, `0012` and `12E3` are codes.

    Full-width letters and digits, spaces around the code and letters spelled apart from their accents are made plain, with a
    note that names the code point. Invisible characters, look-alikes from other scripts and numbers in a spreadsheet's rounded
    writing are refused.

    >>> read_code("0012").value, read_code("\uff211").value, read_code("1.23457E+18").rule.id
    ('0012', 'A1', 'KEY-PRECISION')
    """
    if text.lstrip()[:1] in _FORMULA:
        return refused(FORMULA, text)
    if _SAFE.fullmatch(text):
        return refused(PRECISION, text) if _MANGLED.fullmatch(text) else Outcome(text)
    # a tab or a line end beside the code is a space around it; inside, it is not
    if found := CONTROL.search(text) or _UNSEEN.search(text.strip()):
        return refused(INVISIBLE, text, code=_code(found[0]))
    spaced = "".join(" " if unicodedata.category(one) == "Zs" else one for one in text)
    plain = spaced.translate(_FULL).strip()
    code = unicodedata.normalize("NFC", plain)
    if not code:
        return Outcome(None)
    if other := _look_alike(code):
        return refused(LOOK_ALIKE, text, code=_code(other), name=unicodedata.name(other, "?").lower())
    if _MANGLED.fullmatch(code):
        return refused(PRECISION, text)
    if plain != text:
        return noted(code, WRITTEN, text, code=_code(_unlike_plain(text)))
    return noted(code, COMPOSED if code != text else None, text, code=_code(_apart(text)))


def read_unit(text: str, quantity: str) -> Outcome[float]:
    """Return the factor that turns the unit `text` into that of `quantity` (of `labkit.units`).

    >>> from labkit.units import CONCENTRATION
    >>> read_unit("ug/L", CONCENTRATION).value, read_unit("μg/L", CONCENTRATION).rule.id
    (1000.0, 'UNI-WRITTEN')
    """
    plain, factor = plain_unit(text, quantity), to_factor(text, quantity)
    if plain is None or factor is None:
        return refused(UNKNOWN_UNIT, text, known=", ".join(known_units(quantity)))
    if text.strip().casefold() == plain.casefold():
        return Outcome(factor)
    return noted(factor, UNIT_WRITTEN, text, plain=plain)


def _look_alike(text: str) -> str | None:
    """Return the first letter that only looks Latin, where the text could be taken for Latin; a name in Cyrillic is a name."""
    others = _OTHER_SCRIPT.findall(text)
    alike = [one for one in others if one in _LOOKS_LATIN]
    return alike[0] if alike and (len(alike) == len(others) or _LATIN.search(text)) else None


def _unlike_plain(text: str) -> str:
    """Return the first character that is full-width or no common space, else the space at one of the ends."""
    odd = (one for one in text if ord(one) in _FULL or (unicodedata.category(one) == "Zs" and one != " "))
    return next(odd, text[-1] if text[-1].isspace() else text[0])


def _apart(text: str) -> str:
    odd = (one for one in text if unicodedata.combining(one) or unicodedata.normalize("NFC", one) != one)
    return next(odd, text[0])


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
