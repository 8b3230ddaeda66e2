"""A day with or without a time of day and a time zone: the start and end of a composite, the moment of analysis.

Two things people confuse: a *naive* time (08:30, on some clock) and a *moment* (08:30+08:00, everywhere the same). A naive time
gets its zone from the profile or stays naive; the zone of the computer is never asked.
"""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta, timezone
from typing import NamedTuple
from zoneinfo import ZoneInfo

from labkit.errors import Rule
from labkit.loaders.texts import day_rules as rules
from labkit.loaders.texts.calendar_day import parse_day
from labkit.loaders.texts.written import Outcome, half_width, noted, refused
from labkit.params.profile import Profile

_CLOCK = re.compile(
    r"(?P<day>.*?[^\sT])(?:T|\s+|(?<=[日号]))(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?P<part>[.,][0-9]+)?)?"
    r"\s*(?P<zone>Z|UTC|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)?"
)
_DAY = 24 * 60
LONGEST = 60  # characters of a cell that may be a moment


class Moment(NamedTuple):
    """A day (ISO), minutes since its midnight and minutes east of UTC; None where the text and the profile do not say them."""

    day: str
    minutes: int | None = None
    zone: int | None = None

    def __str__(self) -> str:
        """Return `2024-03-05`, `2024-03-05 08:30` or `2024-03-05 08:30+08:00`, whatever is known.

        >>> str(Moment("2024-03-05", 510, 480)), str(Moment("2024-03-05"))
        ('2024-03-05 08:30+08:00', '2024-03-05')
        """
        if self.minutes is None:
            return self.day
        east = "" if self.zone is None else f"{'-' if self.zone < 0 else '+'}{_clock(abs(self.zone))}"
        return f"{self.day} {_clock(self.minutes)}{east}"


def read_moment(text: str, profile: Profile, today: date) -> Outcome[Moment]:
    """Read a day, with or without a time of day.

    Returns
    -------
    Outcome of Moment
        Where the profile has a time zone, the moment in that zone: a naive time is taken to be in it, another one is converted,
        by which its day may change. Seconds are left out. A day alone has neither minutes nor zone.

    >>> read_moment("2024-03-05T23:30Z", Profile(), date(2026, 1, 1)).value
    Moment(day='2024-03-05', minutes=1410, zone=0)
    >>> read_moment("2024-03-05T23:30Z", Profile(time_zone="Asia/Shanghai"), date(2026, 1, 1)).value
    Moment(day='2024-03-06', minutes=450, zone=480)
    """
    plain = half_width(text)
    if len(plain) > LONGEST:
        return refused(rules.NOT_A_DAY, text)
    clock = _CLOCK.fullmatch(plain)
    parsed = parse_day(clock["day"] if clock else plain, profile)
    if parsed.day is None:
        unread = parsed.rule is rules.NOT_A_DAY and not clock and (":" in plain or "时" in plain or "点" in plain)
        return refused(rules.TIME if unread else parsed.rule or rules.NO_SUCH_DAY, text, order=profile.date_order)
    if wrong := _bound(parsed.day, profile, today, timedelta(days=1)):  # of a day, which a zone may move
        return _out_of_bounds(wrong, text, profile, today)
    rule = parsed.rule or (rules.WRITTEN if plain != text.strip() else None)
    minutes, zone, day = parsed.minutes, None, parsed.day
    if clock:
        minutes = int(clock["hour"]) * 60 + int(clock["minute"])
        second = int(clock["second"] or 0)
        if (
            int(clock["minute"]) > 59
            or second > 59
            or minutes > _DAY
            or (minutes == _DAY and second)
            or parsed.minutes is not None
        ):
            return refused(rules.TIME, text)
        zone = _zone(clock["zone"])
        if minutes == _DAY:
            day, minutes, rule = day + timedelta(days=1), 0, rules.MIDNIGHT
    moment = _placed(day, minutes, zone, profile.time_zone)
    if wrong := _bound(date.fromisoformat(moment.day), profile, today):
        return _out_of_bounds(wrong, text, profile, today)
    return noted(moment, rule, text, system=profile.serial_dates)


def _placed(day: date, minutes: int | None, zone: int | None, name: str | None) -> Moment:
    """Return the moment in the zone of that name; without a time or a name there is nothing to convert."""
    if minutes is None or name is None:
        return Moment(day.isoformat(), minutes, zone)
    local = ZoneInfo(name)
    clock = time(*divmod(minutes, 60))
    if zone is None:
        here = datetime.combine(day, clock, local)
    else:
        here = datetime.combine(day, clock, timezone(timedelta(minutes=zone))).astimezone(local)
    east = here.utcoffset() or timedelta()
    return Moment(here.date().isoformat(), here.hour * 60 + here.minute, int(east.total_seconds()) // 60)


def _clock(minutes: int) -> str:
    return "{:02d}:{:02d}".format(*divmod(minutes, 60))


def _zone(text: str | None) -> int | None:
    if text is None or text in ("Z", "UTC"):
        return None if text is None else 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    return (-1 if text[0] == "-" else 1) * (int(digits[:2]) * 60 + int(digits[2:]))


def _bound(day: date, profile: Profile, today: date, margin: timedelta = timedelta()) -> Rule | None:
    if day - today > margin:
        return rules.FUTURE
    return rules.TOO_EARLY if profile.since - day > margin else None


def _out_of_bounds(rule: Rule, text: str, profile: Profile, today: date) -> Outcome[Moment]:
    return refused(rule, text, today=today.isoformat(), since=profile.since.isoformat())
