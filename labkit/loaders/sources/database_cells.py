"""What a database holds in a cell, written as the text that the doors read.

Two things people confuse: an *exact* number (`numeric`) is written digit for digit; a *floating* one as the shortest text that
reads back as the same float64, which is the number itself and not a rounding of it.
"""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo
from decimal import Decimal
from uuid import UUID

from sqlalchemy.types import Boolean, Date, DateTime, Enum, Float, Integer, NullType, Numeric, String, Time, TypeEngine, Uuid

from labkit.loaders.sources.cell_texts import number_text

_PLAIN = (Boolean, Date, DateTime, Enum, Float, Integer, Numeric, String, Time, Uuid)


class Unreadable(Exception):
    """A value of a type that has no plain text; says which type."""


def is_plain(kind: TypeEngine[object], dialect: str) -> bool:
    """Tell whether a column of this type holds values with a plain text.

    SQLite lets any column hold anything, so that a column declared without a type is judged cell by cell.
    """
    base = getattr(kind, "data_type", kind)  # of a domain, what it is made of
    return isinstance(base, _PLAIN) or (dialect == "sqlite" and isinstance(base, NullType))


def has_zone(kind: TypeEngine[object]) -> bool:
    """Tell whether a column holds times with a zone."""
    base = getattr(kind, "data_type", kind)
    return isinstance(base, DateTime) and base.timezone


def to_text(value: object, zone: tzinfo | None = None) -> str:
    """Write one value out; a time with a zone in `zone`, if one is given.

    Raises
    ------
    Unreadable
        A value without a plain text: bytes, lists, maps, durations.

    Examples
    --------
    >>> from datetime import timezone
    >>> to_text(Decimal("0.10")), to_text(0.1), to_text(12.0), to_text(None), to_text(True)
    ('0.10', '0.1', '12', '', 'true')
    >>> to_text(date(2024, 3, 5)), to_text(datetime(2024, 3, 5, 8, 30, tzinfo=timezone.utc))
    ('2024-03-05', '2024-03-05 08:30:00+00:00')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime):
        return (value.astimezone(zone) if zone and value.tzinfo else value).isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise Unreadable(type(value).__name__)
