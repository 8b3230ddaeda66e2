"""The day to which a row belongs, as ISO text.

Two things people confuse: the *day* of a sample and a *moment*: a time of day belongs to another day in another time zone, so
it is taken for a day only where the zone is known.
"""

from __future__ import annotations

import re
from datetime import date

from labkit.loaders.texts.calendar_day import day_order_evidence, from_serial
from labkit.loaders.texts.clock import read_moment
from labkit.loaders.texts.day_rules import NO_SUCH_DAY, ZONE
from labkit.loaders.texts.written import Outcome, refused
from labkit.params.profile import Profile

__all__ = ["day_order_evidence", "from_serial", "read_day"]

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_day(text: str, profile: Profile, today: date) -> Outcome[str]:
    """Read a day from the profile's `since` up to `today`.

    Returns
    -------
    Outcome of str
        The day as `2024-03-05`; noted for 2024/3/5, 2024.3.5, 20240305 and 2024年3月5日 (unless the profile declares the order
        ymd), for serial numbers that the profile declares, and for 24:00, which is the next day. A time of day is refused
        unless it is midnight or the profile has a time zone, in which the day is then counted.

    >>> today = date(2026, 1, 1)
    >>> read_day("2024年3月5日", Profile(), today).value, read_day("2024-02-30", Profile(), today).rule.id
    ('2024-03-05', 'DAT-NO-SUCH-DAY')
    """
    if _ISO.fullmatch(text):
        try:
            if profile.since <= date.fromisoformat(text) <= today:
                return Outcome(text)
        except ValueError:
            return refused(NO_SUCH_DAY, text)
    outcome = read_moment(text, profile, today)
    moment = outcome.value
    if moment is None:
        return Outcome(None, outcome.rule, outcome.fields)
    if profile.time_zone is None and (moment.zone == 0 or (moment.zone is None and moment.minutes)):
        return refused(ZONE, text)
    return Outcome(moment.day, outcome.rule, outcome.fields)
