"""Tables to files and back: the same bytes on every machine, and no text a spreadsheet would run."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from labkit.tables.promise import TABLES

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table in UTF-8 with line feeds and numbers to seven significant digits.

    A text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers.
    """
    texts = frame.select_dtypes(exclude="number").columns
    guarded = frame.assign(**{name: frame[name].map(_without_formula) for name in texts})
    path.parent.mkdir(parents=True, exist_ok=True)
    guarded.to_csv(path, index=False, float_format="%.7g", lineterminator="\n", encoding="utf-8")


def read_csv(path: Path) -> pd.DataFrame:
    """Read back a table that `write_csv` wrote, its texts as they were.

    Only an empty cell is missing: `NA` and `0012` are texts. In a file that is no table of a report every column is text.
    """
    table = TABLES.get(path.stem)
    numbers = {column.name for column in table.columns if column.kind != "text"} if table else set()
    frame = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding="utf-8")
    return frame.assign(
        **{name: pd.to_numeric(frame[name]) if name in numbers else frame[name].map(_with_formula) for name in frame}
    )


def _without_formula(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.lstrip("'").startswith(FORMULA_STARTS) else value


def _with_formula(value: object) -> object:
    guarded = isinstance(value, str) and value.startswith("'") and value.lstrip("'").startswith(FORMULA_STARTS)
    return str(value)[1:] if guarded else value
