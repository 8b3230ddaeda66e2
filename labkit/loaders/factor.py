"""What turns the unit of the file into the unit of the project, for all rows or for each.

Two things people confuse: the unit *in a cell* holds for its row; the unit in the header or in the profile for all of them, and
only where there is no column of units.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from labkit.loaders.door_rules import CONVERTED, NO_UNIT
from labkit.loaders.header import split_unit
from labkit.loaders.piece import Factor, Piece
from labkit.loaders.spread import NOTHING, Column, Spread
from labkit.loaders.texts.word import read_unit
from labkit.loaders.texts.written import Outcome
from labkit.units import SOLID, known_units


def unit_column(header: str | None, letter: str | None, quantity: str) -> Column:
    """Return the column of units, read as units of `quantity`."""
    return Column("unit", header, letter, lambda text: _read_unit(text, quantity))


def factor_of(piece: Piece, out: dict[str, Any]) -> Factor:
    """Return what turns the file's unit into ours: one number, or one for each row."""
    if not piece.kind.quantity:
        return 1.0
    solid = np.zeros(piece.rows.size, bool)
    if (medium := piece.columns.get("medium")) is not None and "medium" in piece.codes:
        solid = np.array([word == "sludge" for word in medium.words] + [False])[piece.codes["medium"]]
    elif piece.profile.medium == "sludge":
        solid[:] = True
    if piece.kind.name == "environment":
        words = pa.array([piece.kind.quantity, SOLID], pa.string())
        out["unit"] = pa.DictionaryArray.from_arrays(pa.array(solid.astype(np.int8)), words)
    if solid.all() or not solid.any():
        return _unit(piece, SOLID if solid.any() else piece.kind.quantity, None)
    factor = np.full(piece.rows.size, np.nan)
    for quantity, where in ((piece.kind.quantity, ~solid), (SOLID, solid)):
        factor[where] = _unit(piece, quantity, where)
    return factor


def _unit(piece: Piece, quantity: str, where: NDArray[np.bool_] | None) -> Factor:
    """Read the unit of all rows, or of some."""
    rows = piece.rows if where is None else piece.rows[where]
    if "unit" in piece.spreads:
        spread = piece.spreads["unit"] if where is None else piece.spreads["unit"][where]
        if quantity != piece.kind.quantity:
            spread = _read_again(piece, spread, quantity)
        spread.column.tell(spread, rows, piece.findings)
        for number, here in spread.groups((spread.table.numbers != 1.0) & (spread.table.codes != NOTHING) & ~spread.table.told):
            piece.findings.note(
                CONVERTED, rows[here], spread.column.header, spread.column.letter, unit=spread.texts[number].strip(),
                ours=quantity,
            )  # fmt: skip
        analytes = piece.columns.get("analyte")
        if analytes is not None:
            lab = piece.codes.get("laboratory", np.zeros(piece.rows.size, np.int32))
            some = slice(None) if where is None else where
            piece.watch.units(
                (spread.column, spread), piece.codes["analyte"][some], [str(one) for one in analytes.words], lab[some], rows,
                piece.findings,
            )  # fmt: skip
        numbers = spread.table.numbers
        return float(numbers[0]) if numbers.size and (numbers == numbers[0]).all() else spread.numbers()
    said = split_unit(piece.source.header[piece.place])[1] if piece.place is not None else ""
    said = said or piece.heading.units.get(piece.kind.value, "")
    outcome = _read_unit(said, quantity)
    place = piece.place if piece.place is not None else piece.heading.places[piece.kind.value]
    if outcome.rule is not None:
        put = piece.findings.note if outcome.rule.noted and outcome.value is not None else piece.findings.refuse
        put(outcome.rule, [piece.source.header_row], piece.source.header[place], piece.source.letters[place], **outcome.fields)
    return float("nan") if outcome.value is None else outcome.value


def _read_again(piece: Piece, spread: Spread, quantity: str) -> Spread:
    """Read the column of units as units of another quantity."""
    column = piece.units.get(quantity)
    if column is None:
        column = piece.units[quantity] = unit_column(spread.column.header, spread.column.letter, quantity)
    return column.spread(pa.DictionaryArray.from_arrays(pa.array(spread.at), pa.array(spread.texts, pa.string())))


def _read_unit(text: str, quantity: str) -> Outcome[float]:
    if not text.strip():
        return Outcome(None, NO_UNIT, {"known": ", ".join(known_units(quantity))})
    return read_unit(text, quantity)
