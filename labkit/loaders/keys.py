"""No two rows about the same thing: the key of every row is remembered, and those that come twice are found at the end.

Two things people confuse: a row *written twice* (remove one) and two measurements of one sample (number them as replicates).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from labkit.errors import Rule
from labkit.loaders.findings import Findings

ROW_TWICE = Rule(
    "KEY-TWICE",
    en=("the same row as row {other}", "one row each", "remove one of the two"),
    zh=("与第 {other} 行完全相同", "每项仅一行", "请删除其一"),
    example=("A,2024-03-05,…,250 twice", "A,2024-03-05,…,250 once"),
)
SAMPLE_TWICE = Rule(
    "KEY-SAMPLE",
    en=("the same sample and analyte as row {other} with another value", "one value each, or numbered replicates",
        "say which is right, or add a column “replicate” with 1, 2, …"),
    zh=("与第 {other} 行为同一样品、同一检测物，数值却不同", "每个样品、每种检测物一个数值，或编号的平行样",
        "请确认哪一个正确，或添加“replicate”（平行号）列：1、2……"),
    example=("S-1,…,250 and S-1,…,260", "S-1,…,1,250 and S-1,…,2,260"),
)  # fmt: skip
REPLICATE = Rule(
    "KEY-REPLICATE",
    en=("the same {what} as row {other} with another value and no replicate number", "one row each, or numbered replicates",
        "remove one of the two, or add a column “replicate” with 1, 2, …"),
    zh=("{what} 与第 {other} 行相同，数值不同且无平行号", "每项仅一行，或编号的平行样",
        "请删除其一，或添加“replicate”（平行号）列：1、2……"),
    example=("A,2024-03-05,…,250 and …,260", "A,2024-03-05,…,1,250 and …,2,260"),
)  # fmt: skip
AGAIN = Rule(
    "KEY-AGAIN",
    en=("the same {what} as row {other} with another value", "one row each", "say which is right, and remove the other"),
    zh=("{what} 与第 {other} 行相同，数值不同", "每项仅一行", "请确认哪一个正确，并删除另一个"),
    example=("A,2024-03-05,200000 and …,210000", "A,2024-03-05,200000"),
)
PART = 16_000_000  # keys sorted at once
_WIDTHS = {"date": 17, "analyte": 9, "replicate": 10, "medium": 3, "type": 3, "kind": 3}
_CODE = 24  # bits of any other code
_ODD = np.uint64(0x9E3779B97F4A7C15)


class Keys:
    """Keys of all rows in eight bytes each: exact where the parts fit into 64 bits.

    Where they do not (a column of sample codes), the key is a hash: at 100 million rows the chance that two different rows are
    taken for one is below 1 in 3,000, and at a million rows below 1 in 30 million.
    """

    def __init__(self, names: tuple[str, ...]) -> None:
        """Take the names of the columns that make up the key, as far as the file has them."""
        self.names = names
        self._widths = [_WIDTHS.get(name, _CODE) for name in names]
        self._packed = sum(self._widths) <= 64
        self._keys: list[NDArray[np.uint64]] = []
        self._rows: list[NDArray[np.int64]] = []
        self._values: list[NDArray[np.uint16]] = []

    def see(self, parts: list[NDArray[np.int32]], rows: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Remember the keys of one batch; `values` tell a row written twice from a second measurement."""
        key = np.zeros(rows.size, dtype=np.uint64)
        for part, width in zip(parts, self._widths, strict=True):
            code = (part + np.int32(1)).view(np.uint32)
            if self._packed:
                key <<= np.uint64(width)
                if code.size and int(code.max()) >> width:  # more of them than the bits hold: the rest is mixed in
                    key ^= (code.astype(np.uint64) >> np.uint64(width)) * _ODD
                    code = code & np.uint32(2**width - 1)
                key |= code
            else:
                key ^= code
                key *= _ODD
                key ^= key >> np.uint64(29)
        start = int(rows[0]) if rows.size else 0
        together = rows.size and int(rows[-1]) - start == rows.size - 1
        self._rows.append(np.array([start, rows.size]) if together else np.concatenate([[-1], rows]))
        self._keys.append(key)
        self._values.append(((values.view(np.uint64) * _ODD) >> np.uint64(48)).astype(np.uint16))

    def tell(self, findings: Findings, column: tuple[str | None, str | None], what: str, again: Rule) -> None:
        """Write down every row whose key another row has."""
        twice = self._twice()
        if not twice.size:
            return
        found = [np.isin(keys, twice) for keys in self._keys]
        keys = np.concatenate([keys[where] for keys, where in zip(self._keys, found, strict=True)])
        rows = np.concatenate([_rows(one)[where] for one, where in zip(self._rows, found, strict=True)])
        values = np.concatenate([values[where] for values, where in zip(self._values, found, strict=True)])
        order = np.lexsort((rows, keys))
        keys, rows, values = keys[order], rows[order], values[order]
        first = np.concatenate([[True], keys[1:] != keys[:-1]])
        leader = np.maximum.accumulate(np.where(first, np.arange(keys.size), 0))
        for index in np.flatnonzero(~first)[: findings_cap(keys.size)].tolist():
            head = int(leader[index])
            if values[index] == values[head]:
                rule = ROW_TWICE
            else:
                rule = again
            findings.refuse(rule, [int(rows[index])], *column, other=int(rows[head]), what=what)
            if index == head + 1:
                findings.refuse(rule, [int(rows[head])], *column, other=int(rows[index]), what=what)

    def _twice(self) -> NDArray[np.uint64]:
        total = sum(keys.size for keys in self._keys)
        parts = np.uint64(max(1, -(-total // PART)))
        twice = []
        for part in range(int(parts)):
            some = self._keys if parts == 1 else [keys[_part(keys, parts) == part] for keys in self._keys]
            keys = np.concatenate(some) if some else np.empty(0, np.uint64)
            keys.sort()
            twice.append(np.unique(keys[1:][keys[1:] == keys[:-1]]))
        return np.concatenate(twice)


def _part(keys: NDArray[np.uint64], parts: np.uint64) -> NDArray[np.uint64]:
    """Return which part a key belongs to: its mixed upper bits, since multiplying is quicker than dividing."""
    return ((keys * _ODD) >> np.uint64(40)) * parts >> np.uint64(24)


def findings_cap(n: int) -> int:
    """Return how many doubled rows are told singly; every one of them is a row the laboratory has to look at."""
    return min(n, 100_000)


def _rows(kept: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows of a batch: kept as their start and number if they follow one another."""
    return kept[1:] if kept[0] < 0 else np.arange(kept[0], kept[0] + kept[1])
