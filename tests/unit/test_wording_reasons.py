"""Reasons of refusals: told again in Chinese with the same numbers, and never left out."""

from __future__ import annotations

import re

import pytest

from labkit.edition import Edition
from labkit.wording import say_reason

ZH, EN = Edition("zh"), Edition("en")
REASONS = [
    "a change is not estimable: 3 results in the earlier part; instead: four or more in each part",
    "a change is not estimable: a gap of 41 weeks in the later part; instead: a shorter gap",
    "a decomposition is not estimable: 18 results; instead: 24 or more",
    "a decomposition is not estimable: results in 14 of 53 quarters; instead: results in half of them or more",
    "the effect is not estimable: 35% of the treated weeks lie below a limit; instead: the share of positive samples",
    "the effect is not estimable: 2 comparison areas with enough results; instead: three or more",
    "the effect is not estimable: 9 weeks before the operation; instead: 26 or more",
    "the level is not estimable: every value is censored on one side; instead: the share of values beyond each limit",
    "the level is not estimable: 1 values are known from both sides; instead: 2 or more are needed",
    "the variances is not estimable: all known values are equal (constant series); instead: that value",
    "sites: 2; allowed: three or more; one site is compared with its own past by the trend notebook",
    "no week has a baseline of twelve weeks known from below: too short, or mostly below limits",
    "3 with fewer than 5,000 people are not named",
    "an association is not estimable: 4 areas and 30 months with both; instead: 5 areas and 8 months",
    "an association is not estimable: one matrix shows nothing beyond its sampling noise; instead: more samples or persons",
]


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_keeps_its_numbers_and_loses_its_english(reason: str) -> None:
    told = say_reason(reason, ZH)
    assert not re.search("[A-Za-z]", told) and told
    assert sorted(re.findall(r"\d+", told)) == sorted(re.findall(r"\d+", reason))
    assert say_reason(reason, EN) == reason


def test_an_unknown_phrase_stays() -> None:
    assert say_reason("something new", ZH) == "something new"
    assert say_reason("a change is not estimable: something new", ZH) == "无法估计变化：something new"
