"""A day however it is written is that day or a refusal; a time of day belongs to the day of its zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import LANGUAGES, Rule
from labkit.loaders.texts import day_rules
from labkit.loaders.texts.clock import Moment, read_moment
from labkit.loaders.texts.day import day_order_evidence, from_serial, read_day
from labkit.loaders.texts.written import Outcome
from labkit.params.profile import Profile

TODAY = date(2026, 6, 30)
PLAIN, YMD, DMY, MDY = Profile(), Profile(date_order="ymd"), Profile(date_order="dmy"), Profile(date_order="mdy")
OF_1900, OF_1904 = Profile(serial_dates=1900), Profile(serial_dates=1904)
SHANGHAI = Profile(time_zone="Asia/Shanghai")
EVERY = [PLAIN, YMD, DMY, MDY, OF_1900, OF_1904, SHANGHAI]
DAYS = st.dates(date(2000, 1, 1), TODAY)


def said(outcome: Outcome) -> str | None:
    """Return the rule of an outcome, after filling both of its sentences."""
    if outcome.rule is None:
        return None
    for language in LANGUAGES:
        assert outcome.rule.at("f.csv", 2, **outcome.fields).sentence(language)
    return outcome.rule.id


def day(text: str, profile: Profile = PLAIN) -> Outcome[str]:
    return read_day(text, profile, TODAY)


@given(DAYS)
def test_the_plain_writing_is_taken_without_a_word(one):
    for profile in EVERY:
        assert day(one.isoformat(), profile) == Outcome(one.isoformat())
    assert day(f"{one} 00:00:00") == day(f"{one}T00:00") == day(f" {one} ") == Outcome(one.isoformat())


@given(DAYS)
def test_the_year_first_is_one_day_however_it_is_written(one):
    y, m, d = one.year, one.month, one.day
    for text in (
        f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}/{m:02d}/{d:02d}", f"{y}{m:02d}{d:02d}", f"{y}年{m}月{d}日",
        f"{y} 年 {m} 月 {d} 日", f"{y}年{m:02d}月{d:02d}号", f"{y}年{m}月{d}",
    ):  # fmt: skip
        assert (day(text).value, said(day(text))) == (one.isoformat(), "DAT-WRITTEN")
        assert day(text, YMD) == Outcome(one.isoformat())
        assert (day(text, DMY).value, said(day(text, DMY))) == (one.isoformat(), "DAT-WRITTEN")
    wide = str(one).translate({0x30 + i: 0xFF10 + i for i in range(10)})
    assert (day(wide).value, said(day(wide))) == (one.isoformat(), "DAT-WRITTEN")


@given(DAYS, st.sampled_from("/.-"))
def test_the_year_last_only_in_the_declared_order(one, mark):
    by_day, by_month = one.strftime(f"%d{mark}%m{mark}%Y"), one.strftime(f"%m{mark}%d{mark}%Y")
    assert day(by_day, DMY) == day(by_month, MDY) == Outcome(one.isoformat())
    assert said(day(by_day)) == said(day(by_month)) == "DAT-AMBIGUOUS"
    assert said(day(by_day, YMD)) == "DAT-ORDER-DECLARED"
    if one.day > 12:
        assert said(day(by_month, DMY)) == said(day(by_day, MDY)) == "DAT-ORDER-DECLARED"
        assert (day_order_evidence(by_day), day_order_evidence(by_month)) == ("dmy", "mdy")
    else:
        assert day_order_evidence(by_day) is None


@given(DAYS)
def test_a_serial_number_counts_from_the_declared_year(one):
    since_1900 = (one - date(1900, 1, 1)).days + 2  # the first day is 1, and the spreadsheet has a 29 February 1900
    since_1904 = (one - date(1904, 1, 1)).days
    assert (day(str(since_1900), OF_1900).value, said(day(str(since_1900), OF_1900))) == (one.isoformat(), "DAT-SERIAL-READ")
    assert day(str(since_1904), OF_1904).value == one.isoformat()
    assert said(day(str(since_1900))) == "DAT-SERIAL"


def test_the_leap_year_that_was_none():
    assert from_serial(59, 1900) == date(1900, 2, 28)
    assert from_serial(60, 1900) is None
    assert from_serial(61, 1900) == date(1900, 3, 1)
    assert from_serial(0, 1904) == date(1904, 1, 1)
    moment = read_moment("45292.354166667", OF_1900, TODAY).value
    assert moment == Moment("2024-01-01", 510)
    assert said(day("45292.5", OF_1900)) == "DAT-ZONE"


REFUSED = {
    "DAT-NO-SUCH-DAY": ("2024-13-02", "2024-02-30", "2023-02-29", "2024/4/31", "2024年2月30日", "20241301", "0000-01-01"),
    "DAT-AMBIGUOUS": ("03/04/2024", "25/04/2024", "3.4.2024", "99-99-2024"),
    "DAT-YEAR": ("24-03-05", "5/3/24", "240305", "24年3月5日", "05.03.24"),
    "DAT-FUTURE": ("2026-07-01", "2099/1/1", "9999-12-31", "9999-12-31 24:00"),
    "DAT-SINCE": ("1999-12-31", "0001-01-01", "1924/3/5"),
    "DAT-SERIAL": ("45292", "45292.0", "45292.25"),
    "DAT-CALENDAR": ("民国113年3月5日", "民國一一三年", "农历二月初五", "2024年正月初五", "令和6年3月5日", "R.O.C. 113"),
    "DAT-ZONE": ("2024-03-05 08:30:00", "2024-03-05T23:30", "2024/3/5 0:01", "2024-03-05T00:00Z", "2024-03-05T16:00:00+00:00"),
    "DAT-TIME": ("2024-03-05 25:00", "2024-03-05 12:60", "2024-03-05 24:01", "2024-03-05 24:00:01", "2024-03-05 8:30 PM"),
    "DAT-DAY": ("", "2024", "2024-03", "yesterday", "三月五日", "2024-03-05-06", "٢٠٢٤-٠٣-٠٥", "2024-03/05", "10²", "5"),
}  # fmt: skip


@pytest.mark.parametrize("rule", REFUSED)
def test_refused_with_the_sentence_that_fits(rule):
    assert {text: said(day(text)) for text in REFUSED[rule]} == dict.fromkeys(REFUSED[rule], rule)


def test_the_earliest_day_is_the_profiles():
    old = Profile(since=date(1990, 1, 1))
    assert day("1999-12-31", old) == Outcome("1999-12-31")
    assert said(day("1989-12-31", old)) == "DAT-SINCE"
    assert day("2000-01-01") == Outcome("2000-01-01")
    assert day(TODAY.isoformat()) == Outcome(TODAY.isoformat())


@given(DAYS)
def test_twenty_four_hours_are_the_next_day(one):
    following = one + timedelta(days=1)
    outcome = read_moment(f"{one} 24:00", PLAIN, TODAY + timedelta(days=2))
    assert (outcome.value, said(outcome)) == (Moment(following.isoformat(), 0), "DAT-MIDNIGHT")
    assert read_day(f"{one} 24:00", PLAIN, TODAY + timedelta(days=2)).value == following.isoformat()


@given(st.datetimes(datetime(2000, 1, 3), datetime(2026, 6, 28)), st.sampled_from([0, 60, 330, 480, -300, -570]))
def test_a_moment_is_the_same_wherever_its_clock_stood(at, east):
    at = at.replace(second=0, microsecond=0)
    zone = timezone(timedelta(minutes=east))
    suffix = f"{'-' if east < 0 else '+'}{abs(east) // 60:02d}:{abs(east) % 60:02d}"
    text = f"{at:%Y-%m-%d %H:%M}{suffix}"
    minutes = at.hour * 60 + at.minute
    assert read_moment(text, PLAIN, TODAY) == Outcome(Moment(f"{at:%Y-%m-%d}", minutes, east))
    local = at.replace(tzinfo=zone).astimezone(ZoneInfo("Asia/Shanghai"))
    there = read_moment(text, SHANGHAI, TODAY).value
    assert there == Moment(f"{local:%Y-%m-%d}", local.hour * 60 + local.minute, 480)
    assert day(text, SHANGHAI) == Outcome(f"{local:%Y-%m-%d}")
    naive = f"{at:%Y-%m-%dT%H:%M:%S}"
    assert read_moment(naive, PLAIN, TODAY) == Outcome(Moment(f"{at:%Y-%m-%d}", minutes))
    assert read_moment(naive, SHANGHAI, TODAY) == Outcome(Moment(f"{at:%Y-%m-%d}", minutes, 480))
    assert str(there) == f"{local:%Y-%m-%d %H:%M}+08:00"


def test_a_zone_may_be_written_in_five_ways():
    for zone in ("Z", "UTC", "+00:00", "+0000", "+00"):
        assert read_moment(f"2024-03-05 08:30:59.5{zone}", PLAIN, TODAY).value == Moment("2024-03-05", 510, 0)
    assert read_moment("2024年3月5日 8:30", PLAIN, TODAY).value == Moment("2024-03-05", 510)
    assert read_moment("2024年3月5日8：30", PLAIN, TODAY).value == Moment("2024-03-05", 510)
    assert day("2024-03-05 08:30+08:00").value == "2024-03-05"  # the day of the laboratory's own clock


def test_a_day_alone_has_no_time_and_no_zone():
    assert read_moment("2024-03-05", SHANGHAI, TODAY) == Outcome(Moment("2024-03-05"))
    assert [str(Moment("2024-03-05")), str(Moment("2024-03-05", 510)), str(Moment("2024-03-05", 510, -210))] == [
        "2024-03-05", "2024-03-05 08:30", "2024-03-05 08:30-03:30",
    ]  # fmt: skip


def test_today_in_shanghai_is_not_the_future():
    assert day("2026-06-29T16:30Z", SHANGHAI).value == "2026-06-30"
    assert said(day("2026-06-30T16:30Z", SHANGHAI)) == "DAT-FUTURE"
    assert day("2026-07-01 00:30+09:00", SHANGHAI).value == "2026-06-30"


@given(st.one_of(st.text(max_size=14), st.text(alphabet="0123456789-/.:TZ+ 年月日民", max_size=20)))
def test_any_text_is_taken_or_refused_and_never_raises(text):
    for profile in EVERY:
        for outcome in (day(text, profile), read_moment(text, profile, TODAY)):
            said(outcome)
            assert (outcome.value is None) == (outcome.rule is not None and not outcome.rule.noted)
            if outcome.rule is not None:
                assert outcome.fields["value"] == text
        value = day(text, profile).value
        assert value is None or date(2000, 1, 1) <= date.fromisoformat(value) <= TODAY


def test_a_cell_as_long_as_a_book_is_refused_at_once():
    for text in ("2024-03-05" + " " * 100_000 + "x", "9" * 1_000_000, "T" * 100_000):
        assert said(day(text)) == "DAT-DAY"


def test_every_rule_has_an_example_that_it_speaks_of():
    for rule in vars(day_rules).values():
        if isinstance(rule, Rule) and rule not in (day_rules.NOT_DECLARED_ORDER, day_rules.SERIAL_READ):
            assert said(day(rule.example[0])) == rule.id
