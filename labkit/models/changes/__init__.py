"""Where a series changes, since when, and how sure that is."""

from labkit.models.changes.breakpoints import Breakpoints, find_breakpoints
from labkit.models.changes.date_set import ChangeDates, change_date_set
from labkit.models.changes.online import OnlineChanges, online_changes
from labkit.models.changes.search import ChangePoints, find_changes, noise_spread
from labkit.models.changes.single import ChangeTest, one_change

__all__ = [
    "Breakpoints",
    "ChangeDates",
    "ChangePoints",
    "ChangeTest",
    "OnlineChanges",
    "change_date_set",
    "find_breakpoints",
    "find_changes",
    "noise_spread",
    "one_change",
    "online_changes",
]
