"""What is in force, for questions in SQL: DuckDB reads the Parquet files, and only those, after all have been hashed.

Two things people confuse: reading through DuckDB (it decodes pages itself and knows no page checksums, so the files are
hashed just before) and handing DuckDB Arrow tables (safe in one step, but measured at three times the time and seven times
the memory on 20 million rows).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from labkit.store.layout import ENTRY_DIGITS, ROWS
from labkit.store.state import Part, State, check, read_state


def connect(folder: Path, states: Iterable[State]) -> duckdb.DuckDBPyConnection:
    """Open a connection with one view a kind, named as the kind; close it, or use it in a `with`.

    A kind without rows has no view. The connection reads no other file, writes none (not even for space), loads no
    extension and knows no name of the calling program.

    Raises
    ------
    Refusal
        STORE-DAMAGED, STORE-LINK.
    """
    states = [state for state in states if state.parts]
    check(folder, [part for state in states for part in state.parts])
    corrected = {
        state.kind: read_state(folder, State(state.kind, (), state.corrections)) for state in states if state.corrections
    }
    connection = duckdb.connect()
    try:
        for setting in (
            "temp_directory = ''",
            "python_enable_replacements = false",
            "autoinstall_known_extensions = false",
            "autoload_known_extensions = false",
            f"allowed_directories = [{_quoted(str(folder / ROWS))}]",
            "enable_external_access = false",
            "lock_configuration = true",
        ):
            connection.execute(f"SET {setting}")
        for state in states:
            selects = _selects(folder, state)
            if state.kind in corrected:
                connection.register(f"{state.kind}_corrections", _plain(corrected[state.kind]))
                selects.append(f"SELECT * FROM {state.kind}_corrections")
            names = ", ".join(f'"{name}"' for name in state.columns)
            connection.execute(f"CREATE VIEW {state.kind} AS SELECT {names} FROM ({' UNION ALL BY NAME '.join(selects)})")
    except BaseException:
        connection.close()
        raise
    return connection


def _selects(folder: Path, state: State) -> list[str]:
    """Say where the rows are: files without corrected rows in one go, each of the others without those rows."""
    plain = [part for part in state.parts if not part.left_out]
    selects = [_select(folder, plain, "union_by_name = true", "filename", "")] if plain else []
    for part in state.parts:
        if part.left_out:
            places = ", ".join(map(str, part.left_out))
            where = f" WHERE file_row_number NOT IN ({places})"
            selects.append(_select(folder, [part], "file_row_number = true", "filename, file_row_number", where))
    return selects


def _select(folder: Path, parts: list[Part], option: str, without: str, where: str) -> str:
    files = ", ".join(_quoted(str(folder / ROWS / part.file.name)) for part in parts)
    entry = f"CAST(parse_filename(filename)[:{ENTRY_DIGITS}] AS INTEGER) AS entry"
    return (
        f"SELECT * EXCLUDE ({without}), {entry}, CAST(NULL AS INTEGER) AS corrected_by "
        f"FROM read_parquet([{files}], filename = true, {option}){where}"
    )


def _plain(table: pa.Table) -> pa.Table:
    """Write dictionaries of text out: DuckDB would make types of their own of them."""
    return table.cast(
        pa.schema([one.with_type(pa.string()) if pa.types.is_dictionary(one.type) else one for one in table.schema])
    )


def _quoted(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
