import pytest
from fontTools.ttLib import TTFont

from labkit.fonts import CHINESE, LATIN, WEIGHTS, characters, font_families, font_files, font_path, missing_characters

FIELD = "³²¹¼½¾µμ×÷±–—−≥≤≈≠√∞∑∫‰%‱°℃→←↑↓‘’“”…·•†‡§©αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΦΨΩ⁰⁴⁵⁶⁷⁸⁹⁻⁺₀₁₂₃₄₅₆₇₈₉"
FRAME = "├─└│┬┤┼┌┐┘═║■□●○◆◇▲△▼▽★☆✓①②③、。，．：；！？（）《》〈〉「」【】～％＜＞＝＋－"
PLACES = "České Budějovice Domžale Łódź Plzeň Šaleške Târgu Mureș Győr İstanbul Malmö Århus Ústí Αθήνα София Краків"


SPACES = "a\u00a0b\u2009c\u202fd\u3000e"
UNSEEN = ["\u202e", "\u200b", "\u200f", "\ufeff", "\x1b", "\t", "\x00", "\ud800"]


@pytest.mark.parametrize("text", [FIELD, FRAME, PLACES, SPACES, "甲基苯丙胺 氯胺酮 依托咪酯 未检出 深圳 䶮"])
def test_what_the_field_writes_can_be_shown(text):
    assert missing_characters(text) == ""


@pytest.mark.parametrize("character", ["✗", "►", "𠮷", "☐", "😀", *UNSEEN])
def test_what_no_reader_could_see_is_missing(character):
    assert missing_characters(f"before{character}after{character}") == character


def test_both_weights_hold_the_same_characters():
    for family in (CHINESE, LATIN):
        for weight in WEIGHTS:
            with TTFont(font_path(weight, family), lazy=True) as font:
                assert frozenset(font.getBestCmap()) == characters(family)
                assert font["name"].getDebugName(1) == family
                assert font["OS/2"].usWeightClass == weight


def test_each_language_asks_its_own_family_first_and_the_licence_lies_beside():
    assert font_families("en")[0] == LATIN
    assert font_families("zh")[0] == CHINESE
    licence = (font_path().parent / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence
    assert all(file.name in licence for file in font_files())
    assert licence.count("Copyright 20") == 2


def test_a_weight_that_is_not_shipped_is_an_error():
    with pytest.raises(KeyError):
        font_path(500)
