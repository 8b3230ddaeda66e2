"""The parameter library read from `parameters.csv`, strictly, and looked up by drug, biomarker and jurisdiction."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from scipy import stats

LIBRARY = Path(__file__).with_name("parameters.csv")
STATUSES = ("verified", "unverified")
_changed: ContextVar[tuple[Constant, ...]] = ContextVar("changed", default=())


@dataclass(frozen=True)
class Constant:
    """One number of the library.

    Parameters
    ----------
    parameter : str
        `excretion_fraction`, `dose` or `molar_mass`.
    drug, biomarker : str
        What it holds for; `biomarker` is empty where the parameter knows none.
    value, low, high : float or None
        The point value and the ends of its range, in `unit`.
    distribution : str
        `point` (no range is known, and none is made up: an interval takes the value as exact), `uniform`, `triangular`
        (mode at the value) or `beta` (mean at the value, standard deviation a quarter of the range). Chosen here, not by the
        sources; the range itself is cut off only for `uniform` and `triangular`.
    unit, source, place, jurisdiction, status : str
        As in the file. An empty jurisdiction is the row that holds where none is asked for.
    """

    parameter: str
    drug: str
    biomarker: str
    value: float
    low: float | None
    high: float | None
    distribution: str
    unit: str
    source: str
    place: str
    jurisdiction: str
    status: str


@cache
def read_constants(path: Path = LIBRARY) -> tuple[Constant, ...]:
    """Read the library.

    Raises
    ------
    ValueError
        If a row has no source, an unknown status or distribution, or repeats the key of another row.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = [_row(cells) for cells in csv.DictReader(file)]
    seen = set()
    for row in rows:
        key = (row.parameter, row.drug, row.biomarker, row.jurisdiction)
        if key in seen or not row.source or row.status not in STATUSES or row.distribution not in _QUANTILES:
            raise ValueError(f"{path.name}: the row {key} is repeated, or lacks a source, a status or a distribution")
        seen.add(key)
    return tuple(rows)


def find_constant(parameter: str, drug: str, biomarker: str = "", jurisdiction: str = "") -> Constant | None:
    """Return the row for a drug and biomarker in a jurisdiction, or None.

    A jurisdiction is never replaced by another: who asks for Korea gets Korea's row or nothing.

    >>> find_constant("excretion_fraction", "codeine", "codeine", "KR").value
    0.638
    """
    for row in (*_changed.get(), *read_constants()):
        if (row.parameter, row.drug, row.biomarker, row.jurisdiction) == (parameter, drug, biomarker, jurisdiction):
            return row
    return None


@contextmanager
def changed_constants(rows: Sequence[Constant]) -> Iterator[None]:
    """Let `rows` stand before the library's own while the block runs, to see what a result owes to them.

    >>> from dataclasses import replace
    >>> row = find_constant("excretion_fraction", "codeine", "codeine", "KR")
    >>> with changed_constants([replace(row, value=0.5)]):
    ...     find_constant("excretion_fraction", "codeine", "codeine", "KR").value
    0.5
    """
    token = _changed.set(tuple(rows))
    try:
        yield
    finally:
        _changed.reset(token)


def equally_likely(constant: Constant, n: int = 1000) -> np.ndarray:
    """Return `n` equally likely values of a constant: its quantiles at the middles of `n` equal probabilities.

    A point constant gives `n` times its value. No random number is drawn, so results do not depend on a seed.

    >>> equally_likely(find_constant("excretion_fraction", "MDMA", "MDMA"), 3).round(4).tolist()
    [0.1625, 0.1875, 0.2125]
    """
    middles = (np.arange(n) + 0.5) / n
    return np.asarray(_QUANTILES[constant.distribution](constant, middles), dtype=float)


def _row(cells: dict[str, str]) -> Constant:
    numbers = {"value": float(cells["value"]), "low": _number(cells["low"]), "high": _number(cells["high"])}
    return Constant(**{**cells, **numbers})  # type: ignore[arg-type]


def _number(text: str) -> float | None:
    return float(text) if text else None


def _range(constant: Constant) -> tuple[float, float]:
    if constant.low is None or constant.high is None:
        raise ValueError(f"{constant.parameter} of {constant.drug}: a {constant.distribution} needs low and high")
    return constant.low, constant.high


def _point(constant: Constant, middles: np.ndarray) -> np.ndarray:
    return np.full(middles.shape, constant.value)


def _uniform(constant: Constant, middles: np.ndarray) -> np.ndarray:
    low, high = _range(constant)
    return low + (high - low) * middles


def _triangular(constant: Constant, middles: np.ndarray) -> np.ndarray:
    low, high = _range(constant)
    return stats.triang.ppf(middles, (constant.value - low) / (high - low), loc=low, scale=high - low)


def _beta(constant: Constant, middles: np.ndarray) -> np.ndarray:
    low, high = _range(constant)
    mean, variance = constant.value, ((high - low) / 4) ** 2
    size = mean * (1 - mean) / variance - 1
    return stats.beta.ppf(middles, mean * size, (1 - mean) * size)


_QUANTILES = {"point": _point, "uniform": _uniform, "triangular": _triangular, "beta": _beta}
