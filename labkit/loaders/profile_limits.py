"""The limits that a laboratory's profile gives to results whose file gives none.

Two things people confuse: the limits *in the file* hold for their row; the limits *of the profile* hold for an analyte, a
matrix and a method over some days.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

from labkit.loaders.distinct import distinct
from labkit.loaders.kinds import Kind
from labkit.loaders.piece import Factor, Floats, Piece
from labkit.params.profile import Profile, find_limit
from labkit.units import to_factor
from labkit.vocabulary import Matrix


class ProfileLimits:
    """The limits that a laboratory's profile gives, looked up once for each analyte, method and day."""

    def __init__(self, profile: Profile, kind: Kind) -> None:
        """Nothing is looked up where the profile has no limits."""
        self.profile = profile
        self.matrix = kind.name if kind.name in set(Matrix) else None
        self._found: dict[tuple[str, str | None, str], Any] = {}

    def give(self, name: str) -> bool:
        """Return whether any of them is a `lod`, `loq` or `cutoff`."""
        return any(getattr(one, name) is not None for one in self.profile.limits)

    def find(self, analyte: str, method: str | None, day: str) -> Any:
        """Return the limits that hold, or None."""
        key = (analyte, method, day)
        if key not in self._found:
            self._found[key] = find_limit(self.profile, analyte, self.matrix, method, date.fromisoformat(day))
        return self._found[key]


def fill_limits(piece: Piece, given: dict[str, Floats], limits: ProfileLimits, factor: Factor) -> None:
    """Put the limits of the profile, in the unit of the file, where the file gives none."""
    analytes, days = piece.columns["analyte"].words, piece.columns["date"].words
    methods = piece.columns["method"].words if "method" in piece.codes else []
    method = piece.codes.get("method", np.full(piece.rows.size, -1, np.int32))
    key = ((piece.codes["analyte"].astype(np.int64) + 1) * (len(methods) + 1) + method + 1) * (len(days) + 1)
    key += piece.codes["date"] + 1
    kinds = distinct(key)
    kind_of = np.searchsorted(kinds, key)
    found = []
    for one in kinds:
        rest, day = divmod(one, len(days) + 1)
        analyte, by = divmod(rest, len(methods) + 1)
        known = analyte and day
        found.append(limits.find(analytes[analyte - 1], str(methods[by - 1]) if by else None, days[day - 1]) if known else None)
    for name in ("lod", "loq", "cutoff"):
        if piece.kind.field(name) and limits.give(name):
            theirs, ours = np.transpose([_limit(one, name, piece.kind.quantity) for one in found])
            said = np.where(np.isnan(ours), theirs, ours)[kind_of] / np.where(np.isnan(ours)[kind_of], 1.0, factor)
            given[name] = np.where(np.isnan(given[name]), said, given[name]) if name in given else said


def _limit(limit: Any, name: str, quantity: str) -> tuple[float, float]:
    """Return a limit in the unit of the file, where it has no unit of its own, and in the project's."""
    number = getattr(limit, name) if limit is not None else None
    scale = to_factor(limit.unit, quantity) if number is not None and limit.unit else None
    if number is None:
        return float("nan"), float("nan")
    return (number, float("nan")) if scale is None else (float("nan"), number * scale)
