"""The distinct texts of one column, numbered in the order in which they come, the same in every batch of the file.

Two things people confuse: a *cell* is one of millions and only looked up; a *text* is one of few, and whatever is asked about
it is asked once.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

REMEMBERED = 1 << 17  # texts of a column kept from batch to batch; to look among more costs more than to read them again
FEW = 8  # numbers that are looked for one by one
COUNTED = 1 << 20  # numbers below it are counted, larger ones sorted


class Texts:
    """The distinct texts of a column seen so far."""

    def __init__(self) -> None:
        """Start with none."""
        self.texts: list[str] = []
        self._known = pa.array([], pa.string())
        self._flags: dict[str, NDArray[np.bool_]] = {}

    def number(self, cells: pa.Array) -> tuple[NDArray[np.int32], int]:
        """Return the number of the text of each cell, and the first number that is new in this batch.

        When more than `REMEMBERED` are known, numbering begins again at 0: the first new number is 0 then.
        """
        if len(self.texts) > REMEMBERED:
            self.texts, self._known, self._flags = [], self._known[:0], {}
        fresh = len(self.texts)
        if pa.types.is_dictionary(cells.type):
            words = self._find(cells.dictionary.cast(pa.string()))
            return words.take(cells.indices.to_numpy(zero_copy_only=False)), fresh
        if is_constant(cells):
            return np.full(len(cells), self._find(cells[:1])[0]), fresh
        return self._find(cells), fresh

    def flag(self, name: str, test: Callable[[str], bool]) -> NDArray[np.bool_]:
        """Return for every text whether `test`, known by its name, holds; each text is asked once."""
        known = self._flags.get(name, np.empty(0, bool))
        if known.size < len(self.texts):
            more = np.fromiter(map(test, self.texts[known.size :]), bool, len(self.texts) - known.size)
            known = self._flags[name] = np.concatenate([known, more])
        return known

    def _find(self, cells: pa.Array) -> NDArray[np.int32]:
        found = pc.index_in(cells, value_set=self._known)
        if not found.null_count:
            return _numbers(found)
        missing = found.is_null()
        unseen = cells.filter(missing)
        more = unseen.unique()
        start = len(self.texts)
        self.texts += more.to_pylist()
        self._known = pa.concat_arrays([self._known, more])
        codes = np.array(_numbers(found.fill_null(0)))
        where = np.flatnonzero(missing.to_numpy(zero_copy_only=False))
        codes[where] = _numbers(pc.index_in(unseen, value_set=more)) + np.int32(start)
        return codes


def is_constant(cells: pa.Array) -> bool:
    """Tell whether all cells hold one text: then their bytes equal the same bytes one cell further on.

    >>> is_constant(pa.array(["ng/L", "ng/L"])), is_constant(pa.array(["1", "11", ""]))
    (True, False)
    """
    if len(cells) < 2 or not cells[0].equals(cells[-1]):
        return False
    _, ends, data = cells.buffers()
    offsets = np.frombuffer(ends, np.int32)[cells.offset : cells.offset + len(cells) + 1]
    size = int(offsets[1] - offsets[0])
    if int(offsets[-1] - offsets[0]) != size * len(cells) or not (np.diff(offsets) == size).all():
        return False
    signs = np.frombuffer(data or b"", np.uint8)[offsets[0] : offsets[-1]]
    return bool((signs[size:] == signs[:-size]).all()) if size else True


def groups(at: NDArray[np.int32], wanted: NDArray[np.bool_]) -> list[tuple[int, NDArray[np.intp]]]:
    """Return each of the wanted numbers that is in `at` with its places, in the order in which they come.

    >>> [(number, rows.tolist()) for number, rows in groups(np.array([1, 0, 1, 2]), np.array([False, True, True]))]
    [(1, [0, 2]), (2, [3])]
    """
    some = np.flatnonzero(wanted)
    if not some.size:
        return []
    if some.size <= FEW:
        found = [(number, np.flatnonzero(at == number)) for number in some.tolist()]
    else:
        rows = np.flatnonzero(wanted.take(at, mode="clip"))
        rows = rows[np.argsort(at[rows], kind="stable")]
        cuts = np.flatnonzero(np.diff(at[rows])) + 1
        found = [(int(at[one[0]]), one) for one in np.split(rows, cuts) if one.size]
    return sorted(((number, rows) for number, rows in found if rows.size), key=lambda one: int(one[1][0]))


def firsts(at: NDArray[np.int32], wanted: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Return each of the wanted numbers that is in `at` with its first place, in the order in which they come.

    >>> firsts(np.array([1, 0, 1, 2]), np.array([False, True, True]))
    [(1, 0), (2, 3)]
    """
    if not wanted.any():
        return []
    rows = np.flatnonzero(wanted.take(at, mode="clip"))[::-1]
    first = np.full(wanted.size, -1)
    first[at[rows]] = rows  # backwards: the first of them is written last
    places = np.sort(first[first >= 0])
    return list(zip(at[places].tolist(), places.tolist(), strict=True))


def distinct(codes: NDArray[np.int64]) -> list[int]:
    """Return the different codes, none below 0, in order; small ones are counted, which needs no sorting.

    >>> distinct(np.array([7, 2, 7]))
    [2, 7]
    """
    small = codes.size and int(codes.max()) < COUNTED
    return (np.flatnonzero(np.bincount(codes)) if small else np.unique(codes)).tolist()


def _numbers(found: pa.Array) -> NDArray[np.int32]:
    return np.asarray(found.to_numpy(zero_copy_only=True))
