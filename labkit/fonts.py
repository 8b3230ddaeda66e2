"""The fonts every figure and every report is set in, and the characters they can show.

Two families are shipped, both under the SIL Open Font License (`fonts/OFL.txt`). Noto Sans SC holds Chinese, box drawing
and signs; Noto Sans holds Latin with all its accents. Neither is enough: Noto Sans SC lacks `Č ž ł ₂ ⁵`, and its quotation
marks and dots are as wide as a Chinese character, which is right in Chinese and wrong in English. So the order of the two
follows the language.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont

from labkit.errors import Rule

GLYPH = Rule(
    "TXT-GLYPH",
    en=(
        "the fonts cannot show {character} ({code}), in the {kind} that begins “{begin}”",
        "characters of Noto Sans and Noto Sans SC, none of them invisible",
        "write it in other characters, in the notebook, the params file or the input it came from",
    ),
    zh=(
        "所用字体无法显示 {character}（{code}），位于以“{begin}”开头的 {kind} 中",
        "仅可使用 Noto Sans 与 Noto Sans SC 所含的可见字符",
        "请在笔记本、参数文件或相应的输入文件中换用其他字符",
    ),
)
CHINESE, LATIN = "Noto Sans SC", "Noto Sans"
WEIGHTS = (400, 700)
_FOLDER = Path(__file__).parent / "figures" / "fonts"
_FILES = {
    (CHINESE, 400): "NotoSansSC_400Regular.ttf",
    (CHINESE, 700): "NotoSansSC_700Bold.ttf",
    (LATIN, 400): "NotoSans_400Regular.ttf",
    (LATIN, 700): "NotoSans_700Bold.ttf",
}
# Invisible, or able to turn the text around them: a font may hold them, a reader cannot see them.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def font_path(weight: int = 400, family: str = CHINESE) -> Path:
    """Return the TTF file of one weight (400 or 700) of one family.

    Raises
    ------
    KeyError
        If the weight or the family is not shipped.

    >>> font_path(700).name
    'NotoSansSC_700Bold.ttf'
    """
    return _FOLDER / _FILES[family, weight]


def font_families(language: str = "en") -> tuple[str, str]:
    """Return the families in the order they are asked for a character: Latin first in English, Chinese first in Chinese.

    >>> font_families("zh")
    ('Noto Sans SC', 'Noto Sans')
    """
    return (CHINESE, LATIN) if language == "zh" else (LATIN, CHINESE)


def font_files() -> tuple[Path, ...]:
    """Return all font files: both weights of both families."""
    return tuple(_FOLDER / name for name in _FILES.values())


@cache
def characters(family: str) -> frozenset[int]:
    """Return the code points a family has a glyph for; its two weights hold the same."""
    with TTFont(font_path(400, family), lazy=True) as font:
        return frozenset(font.getBestCmap())


def missing_characters(text: str) -> str:
    """Return the characters of `text` that would not be seen, once each, in the order of the text.

    A character is missing if neither family has a glyph for it, or if it is a control or format character (those that turn
    the direction of writing among them). The line feed is not missing.

    >>> missing_characters("10 µg/L ≤ České Budějovice 未检出")
    ''
    >>> missing_characters("so ✗, twice ✗")
    '✗'
    """
    known = characters(LATIN) | characters(CHINESE) if not text.isascii() else characters(LATIN)
    return "".join(
        character
        for character in dict.fromkeys(text)
        if character != "\n" and (ord(character) not in known or unicodedata.category(character) in _UNSEEN)
    )
