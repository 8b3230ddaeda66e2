"""The measured value of each row and the interval it lies in, in the unit of the project.

Two things people confuse: a limit that was *reported* stands beside its value; a limit that *replaces* a value stands in its
place, and `censored` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labkit.constants.plausible import plausible_range
from labkit.errors import Rule
from labkit.loaders.door_rules import LEFT_OUT, NOT_DETECTED, PLAUSIBLE, ZERO_READ
from labkit.loaders.factor import factor_of
from labkit.loaders.findings import LISTED
from labkit.loaders.kinds import Holds, Kind
from labkit.loaders.known import BELOW_LOQ, CONTRADICTION, NO_LIMIT, ORDER, ZERO, how_known
from labkit.loaders.piece import Factor, Floats, Piece
from labkit.loaders.profile_limits import ProfileLimits, fill_limits
from labkit.loaders.spread import Spread
from labkit.loaders.texts.value import Kind as Mark
from labkit.units import to_factor

_RULES: Mapping[str, Rule] = {rule.id: rule for rule in (CONTRADICTION, NO_LIMIT, ZERO)}
_ALWAYS = ("lod", "loq")  # of the checked table, whether the file has them or not
_WORDS = pa.array([str(one) for one in ORDER], pa.string())


def measure(piece: Piece, out: dict[str, Any], limits: ProfileLimits) -> NDArray[np.bool_]:
    """Put the value, its interval and its limits in the project's unit into `out`; return the rows that have one."""
    keep = np.ones(piece.rows.size, bool)
    if not piece.kind.value:
        return keep
    spread = piece.spreads[piece.kind.value]
    piece.watch.decimals(spread.column, spread, piece.rows, piece.findings)
    factor = factor_of(piece, out)
    number = spread.numbers()
    if spread_is_plain(piece.kind):
        out.pop(piece.kind.value, None)
        out[piece.kind.derived or piece.kind.value] = _scaled(number, factor)
        _check_plausible(piece, spread, number, out[piece.kind.derived or piece.kind.value])
        return keep
    mark = spread.marks()
    if piece.profile.zero == "nd" and (zero := mark == Mark.ZERO).any():
        mark[zero] = Mark.NOT_DETECTED
        piece.findings.note(ZERO_READ, piece.rows[zero], spread.column.header, spread.column.letter)
    if (spread.table.marks == Mark.MISSING).any():
        keep = mark != Mark.MISSING
    _note_marks(piece, spread)
    given = _limits(piece, limits, factor)
    unknown = np.broadcast_to(np.float64("nan"), piece.rows.size)
    known = how_known(mark, number, *(given.get(name, unknown) for name in ("lod", "loq", "uloq")))
    for name, where in known.broken.items():
        if where.any():
            readable = keep & ~(np.isnan(number) & (mark == Mark.NUMBER))
            _refuse(piece, _RULES[name], where & readable, spread, given)
    if known.below_loq.any():
        piece.findings.note(BELOW_LOQ, piece.rows[known.below_loq], spread.column.header, spread.column.letter)
    if piece.watch.equal:
        piece.watch.numbers(np.where(mark == Mark.NUMBER, number, np.nan)[keep])
    out[piece.kind.derived] = value = _scaled(known.value, factor)
    out["low"] = value if known.low is known.value else _scaled(known.low, factor)
    out["high"] = value if known.high is known.value else _scaled(known.high, factor)
    out["censored"] = pa.DictionaryArray.from_arrays(pa.array(known.censored), _WORDS, safe=False)
    for name in (*_ALWAYS, *(name for name in given if name not in _ALWAYS)):
        out[name] = _scaled(given.get(name, unknown), factor)
    _check_plausible(piece, spread, number, value)
    if "published_consumption" in piece.spreads:
        _reference(piece, piece.spreads["published_consumption"], out)
    return keep


def _reference(piece: Piece, spread: Spread, out: dict[str, Any]) -> None:
    """Put a published figure beside the computed one: a number, or a limit it lies below or above."""
    mark, number = spread.marks(), spread.numbers()
    words = np.array(["exact", "below", "above"], dtype=object)
    known = words[np.select([mark == Mark.LESS, mark == Mark.GREATER], [1, 2], 0)]
    out["reference_mg_day_1000inh"] = number
    out["reference_censored"] = pa.array(np.where(np.isnan(number), "", known).tolist(), pa.string())


def _limits(piece: Piece, limits: ProfileLimits, factor: Factor) -> dict[str, Floats]:
    """Return lod, loq, uloq, cutoff (and expected) of each row in the unit of the file."""
    names = [one.name for one in piece.kind.fields if one.holds is Holds.LIMIT and one.name in piece.spreads]
    given = {name: piece.spreads[name].numbers() for name in names}
    if piece.profile.limits and "analyte" in piece.codes and "date" in piece.codes:
        fill_limits(piece, given, limits, factor)
    return given


def _note_marks(piece: Piece, spread: Spread) -> None:
    table = spread.table
    for number, here in spread.groups((table.marks != Mark.NUMBER) & (table.marks != Mark.ZERO) & ~table.told):
        rule = LEFT_OUT if table.marks[number] == Mark.MISSING else NOT_DETECTED
        column = spread.column
        piece.findings.note(rule, piece.rows[here], column.header, column.letter, value=spread.texts[number])


def _refuse(piece: Piece, rule: Rule, where: NDArray[np.bool_], spread: Spread, given: Mapping[str, Floats]) -> None:
    def fields(at: int) -> dict[str, object]:
        text = spread.texts[spread.at[at]]
        if rule is ZERO:
            return {}
        if rule is NO_LIMIT:
            return {"value": text}
        limits = ", ".join(f"{name} {_shown(given, name, at)}" for name in ("lod", "loq", "uloq"))
        return {"found": f"“{text.strip()}”, {limits}"}

    _refuse_each(piece, rule, where, spread, fields)


def _refuse_each(
    piece: Piece, rule: Rule, where: NDArray[np.bool_], spread: Spread, fields: Callable[[int], dict[str, object]]
) -> None:
    """Write a sentence of its own for each row, as far as any will be read; the others are counted."""
    rows = np.flatnonzero(where)
    column = spread.column
    for at in rows[:LISTED].tolist():
        piece.findings.refuse(rule, [int(piece.rows[at])], column.header, column.letter, **fields(at))
    if rows.size > LISTED:
        piece.findings.refuse(rule, piece.rows[rows[LISTED:]], column.header, column.letter, **fields(int(rows[LISTED])))


def _check_plausible(piece: Piece, spread: Spread, number: Floats, value: Floats) -> None:
    """Refuse what lies outside of all experience: a slip of the unit or of the decimal mark."""
    general = plausible_range(piece.kind.name)
    if general is None:
        return
    low: float | Floats = general.low
    high: float | Floats = general.high
    if "analyte" in piece.codes and piece.profile.plausible:
        words = piece.columns["analyte"].words
        lows, highs = np.full(len(words) + 1, general.low), np.full(len(words) + 1, general.high)  # the last: not read
        for one in piece.profile.plausible:
            scale = to_factor(one.unit, piece.kind.quantity)
            if one.analyte in words and scale is not None:
                lows[words.index(one.analyte)], highs[words.index(one.analyte)] = one.low * scale, one.high * scale
        low, high = lows[piece.codes["analyte"]], highs[piece.codes["analyte"]]
    elif not value.size or (np.fmin.reduce(value) >= low and np.fmax.reduce(value) <= high):
        return
    with np.errstate(invalid="ignore"):
        wrong = ~np.isnan(number) & (number != 0) & ~np.isnan(value) & ((value < low) | (value > high))
    analyte = piece.codes.get("analyte")

    def fields(at: int) -> dict[str, object]:
        what = (
            str(piece.columns["analyte"].words[analyte[at]]) if analyte is not None and analyte[at] >= 0 else piece.kind.value
        )
        bounds = (f"{np.broadcast_to(bound, value.size)[at]:g}" for bound in (low, high))
        return {
            "value": spread.texts[spread.at[at]].strip(),
            "number": "…" if piece.kind.person_level else f"{value[at]:.3g}",
            "unit": piece.kind.quantity or "",
            **dict(zip(("low", "high"), bounds, strict=True)),
            "what": what,
        }

    _refuse_each(piece, PLAUSIBLE, wrong, spread, fields)


def spread_is_plain(kind: Kind) -> bool:
    """Return whether the value column holds numbers only, without marks: flow and population."""
    field = kind.field(kind.value)
    return field is not None and field.holds is Holds.NUMBER


def _shown(given: Mapping[str, Floats], name: str, at: int) -> str:
    return "–" if name not in given or np.isnan(given[name][at]) else f"{given[name][at]:g}"


def _scaled(numbers: Floats, factor: Factor) -> Floats:
    return numbers if isinstance(factor, float) and factor == 1 else numbers * factor
