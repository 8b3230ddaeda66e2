"""What a published table promises, read from `tables.csv` and `columns.csv`, and a frame held to it."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Column:
    """One column: `kind` is text, number or integer; numbers may have a `minimum`, texts a closed list of `words`."""

    name: str
    kind: str
    unit: str
    required: bool
    minimum: float | None
    words: tuple[str, ...]
    en: str
    zh: str


@dataclass(frozen=True)
class Table:
    """A published table: its name (the file is `<name>.csv`), what one row is, and its columns in order."""

    name: str
    en: str
    zh: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.name for column in self.columns]


def _read_promises() -> dict[str, Table]:
    here = Path(__file__).parent
    with (here / "columns.csv").open(encoding="utf-8", newline="") as file:
        columns = [
            (
                row["table"],
                Column(
                    name=row["column"],
                    kind=row["kind"],
                    unit=row["unit"],
                    required=row["required"] == "yes",
                    minimum=float(row["minimum"]) if row["minimum"] else None,
                    words=tuple(row["words"].split("|")) if row["words"] else (),
                    en=row["en"],
                    zh=row["zh"],
                ),
            )
            for row in csv.DictReader(file)
        ]
    with (here / "tables.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["table"]: Table(
                row["table"], row["en"], row["zh"], tuple(column for table, column in columns if table == row["table"])
            )
            for row in csv.DictReader(file)
        }


TABLES = _read_promises()


def check(frame: pd.DataFrame, table: Table) -> pd.DataFrame:
    """Return the columns of `table` from `frame`, in order, each held to its type, words and minimum.

    Raises
    ------
    ValueError
        Naming the table, the column and the first row that breaks the promise.
    """
    missing = [name for name in table.names if name not in frame]
    if missing:
        raise ValueError(f"table {table.name}: the column {missing[0]} is missing")
    frame = frame[table.names].reset_index(drop=True)
    for column in table.columns:
        _check_column(frame[column.name], column, table.name)
    return frame


def _check_column(values: pd.Series, column: Column, table: str) -> None:
    empty = values.isna() | (values.astype(str) == "")
    wrong = empty if column.required else pd.Series(False, index=values.index)
    if column.words:
        wrong = wrong | ~(values.astype(str).isin(column.words) | empty)
    if column.kind != "text":
        numbers = pd.to_numeric(values, errors="raise")
        if column.minimum is not None:
            wrong = wrong | (numbers < column.minimum)
    if wrong.any():
        row = int(wrong.to_numpy().argmax())
        raise ValueError(f"table {table}, row {row + 1}, column {column.name}: {values.iloc[row]!r} is not allowed")


def to_dictionary(names: Iterable[str]) -> pd.DataFrame:
    """Return the data dictionary of the named tables: one row a column, with type, unit and meaning in both languages."""
    return pd.DataFrame(
        [
            {
                "table": table.name,
                "column": column.name,
                "type": column.kind,
                "unit": column.unit,
                "allowed": " | ".join(column.words),
                "may_be_empty": "no" if column.required else "yes",
                "meaning_en": column.en,
                "meaning_zh": column.zh,
                "one_row_is_en": table.en,
                "one_row_is_zh": table.zh,
            }
            for table in map(TABLES.__getitem__, names)
            for column in table.columns
        ]
    )
