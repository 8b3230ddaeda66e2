"""A table or a view of a database as a source: read as it stands, in one read-only transaction, a batch at a time.

Two things people confuse: the *row* of a database is a position, counted from 1 in the order of the primary key, and no line
of any file; without a primary key the order is the database's own, and the next reading may count otherwise.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from sqlalchemy import (
    ColumnClause,
    Connection,
    CursorResult,
    Engine,
    Inspector,
    Row,
    Select,
    column,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.sql import quoted_name

from labkit.errors import Note, Refusal, Rule
from labkit.loaders.sources.address import Address, is_url, read_address
from labkit.loaders.sources.database_cells import Unreadable, has_zone, is_plain, to_text
from labkit.loaders.sources.database_connection import closing_whatever, reading, to_engine, told
from labkit.loaders.sources.source import PREVIEW, Batch, Source, letter
from labkit.params.profile import Profile
from labkit.vocabulary import nearest

__all__ = ["is_url", "open_database"]

BATCH_ROWS = 50_000
FETCHED_ROWS = 5_000  # at a time; as objects of Python they take several times their room
_SHOWN_TABLES = 20
_SYSTEM_SCHEMAS = {"information_schema", "pg_catalog"}

NO_TABLE = Rule(
    "DB-NO-TABLE",
    en=("no table is named", "#table at the end of the address, one of: {tables}", "add # and the name of the table or view"),
    zh=("地址中没有写明表名", "地址末尾须有 #表名，可选：{tables}", "请在地址末尾加上 # 及表或视图的名称"),
    example=("sqlite:///lab.db", "sqlite:///lab.db#results"),
)
UNKNOWN_TABLE = Rule(
    "DB-TABLE",
    en=("there is no table or view “{table}”{meant}", "one of: {tables}", "correct the name behind the #"),
    zh=("没有名为“{table}”的表或视图{meant}", "须为以下之一：{tables}", "请更正 # 后的名称"),
    example=("sqlite:///lab.db#reslts", "sqlite:///lab.db#results"),
)
BAD_TYPE = Rule(
    "DB-TYPE",
    en=("the type {type}", "text, a number, a day, a time or true/false", "read a view that leaves it out or writes it so"),
    zh=("类型为 {type}", "须为文本、数字、日期、时间或真假值", "请另建视图，去掉该列或转为上述类型后再读取"),
    example=("bytea", "text"),
)  # fmt: skip
OWN_ORDER = Rule(
    "DB-ORDER",
    en=(
        "no primary key, so rows are counted in the database's own order",
        "as they came, which may change from one reading to the next",
        "give the table a primary key, or read a table that has one",
    ),
    zh=("没有主键，行号按数据库自身的顺序计", "按读到的顺序，下次读取可能不同", "请为表设置主键，或读取有主键的表"),
    example=("create table results (…)", "create table results (…, primary key (id))"),
    noted=True,
)
OWN_ZONE = Rule(
    "DB-ZONE",
    en=(
        "times with a zone are given in {zone}, the zone of the database session",
        "each with its offset",
        "write time_zone in the laboratory's profile, and they are given in that zone",
    ),
    zh=("带时区的时间按数据库会话的时区 {zone} 给出", "均附时差", "请在实验室配置中写明 time_zone，则按该时区给出"),
    example=("2024-03-05 00:30:00+00:00", "time_zone: Asia/Shanghai"),
    noted=True,
)


def open_database(url: str, file: str, profile: Profile) -> Source:
    """Open one table or view of a PostgreSQL or SQLite database.

    Texts are what the database holds, written out: numbers exactly (`numeric`) or as the shortest text that reads back as the
    same float64, days as `2024-03-05`, times as `2024-03-05 08:30:00`, with `+08:00` where the type has a zone, null as an
    empty text. Row numbers are positions counted from 1 in the order of the primary key. The header has no row of its own;
    what is wrong with it is said at row 1. Nothing is written, and the batches are read in one read-only transaction that is
    opened when the walk begins and closed when it ends.

    Parameters
    ----------
    url
        An SQLAlchemy URL and the table: `postgresql+psycopg://user@host:5432/lab#public.results`, `sqlite:///lab.db#results`.
        The password is better left out and set as PGPASSWORD (or in a pgpass file).
    file
        The name for messages; of an address its own name without the password is taken.
    profile
        Its `time_zone` is the zone in which times with a zone are given.

    Raises
    ------
    Refusal
        Rules DB-…: an address that is not let through, no connection, no such table, columns that hold no plain values. No
        message ever carries the password.
    """
    address = read_address(url)
    file = address.name if is_url(file) else file
    engine = to_engine(address, file)
    zone = ZoneInfo(profile.time_zone) if profile.time_zone else None
    with reading(engine, address, file) as connection, told(file, 1):
        rows, names, notes = _chosen(connection, address, file, zone)
        first = connection.execute(rows.limit(PREVIEW)).all()
    source = Source(
        file=file,
        header=names,
        header_row=1,
        letters=tuple(letter(index) for index in range(len(names))),
        batches=iter(()),
        preview=tuple((row, tuple(_shown(value, zone) for value in values)) for row, values in enumerate(first, 1)),
        notes=notes,
    )
    source.batches = _walk(engine, address, rows, source, zone)
    return source


def _chosen(
    connection: Connection, address: Address, file: str, zone: tzinfo | None
) -> tuple[Select[Any], tuple[str, ...], list[Note]]:
    """Return the query for the table, the names of its columns and the remarks on its reading.

    The names are those that the database itself lists: of the address nothing enters a query.
    """
    inspector, dialect = inspect(connection), connection.dialect.name
    schema, name = _found(inspector, address, file)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Did not recognize type")  # refused below, by name
        columns = inspector.get_columns(name, schema)
        key = inspector.get_pk_constraint(name, schema)["constrained_columns"]
    problems = [
        BAD_TYPE.at(file, 1, one["name"], letter(index), type=str(one["type"]).partition("(")[0].casefold())
        for index, one in enumerate(columns)
        if not is_plain(one["type"], dialect)
    ]
    if problems:
        raise Refusal(problems)
    names = tuple(one["name"] for one in columns)
    picked: dict[str, ColumnClause[Any]] = {one: column(quoted_name(one, quote=True)) for one in names}
    of_schema = quoted_name(schema, quote=True) if schema else None
    source = table(quoted_name(name, quote=True), *picked.values(), schema=of_schema)
    notes = [] if key else [OWN_ORDER.note(file)]
    if zone is None and any(has_zone(one["type"]) for one in columns):
        session = connection.execute(text("SHOW TimeZone")).scalar_one()
        notes.append(OWN_ZONE.note(file, zone=session))
    return select(*source.c).order_by(*(picked[one] for one in key)), names, notes


def _found(inspector: Inspector, address: Address, file: str) -> tuple[str | None, str]:
    """Return schema and name of the table or view as the database lists them, or refuse with those there are."""
    default = inspector.default_schema_name
    listed: dict[str, tuple[str | None, str]] = {}
    for schema in sorted(set(inspector.get_schema_names()) - _SYSTEM_SCHEMAS, key=lambda one: (one != default, one)):
        found = [*inspector.get_table_names(schema), *inspector.get_view_names(schema)]
        if inspector.dialect.name == "postgresql":
            found += inspector.get_materialized_view_names(schema)
        for name in sorted(found):
            listed[name if schema == default else f"{schema}.{name}"] = (schema, name)
    wanted = (address.schema or default, address.table)
    for place in listed.values():
        if place == wanted:
            return place
    more = f", … ({len(listed)})" if len(listed) > _SHOWN_TABLES else ""
    tables = (", ".join(list(listed)[:_SHOWN_TABLES]) or "–") + more
    if address.table is None:
        raise Refusal(NO_TABLE.at(file, 1, tables=tables))
    asked = f"{address.schema}.{address.table}" if address.schema else address.table
    close = nearest(asked, list(listed))
    raise Refusal(UNKNOWN_TABLE.at(file, 1, table=asked, meant=f" (→ {close}?)" if close else "", tables=tables))


def _walk(engine: Engine, address: Address, rows: Select[Any], source: Source, zone: tzinfo | None) -> Iterator[Batch]:
    """Give the rows a batch at a time; the connection lives from the first batch to the last."""
    with reading(engine, address, source.file) as connection:
        with told(source.file, 1):
            # without this a driver would carry the whole table over before the first row is seen
            result = connection.execution_options(yield_per=FETCHED_ROWS).execute(rows)
        with closing_whatever(result):
            yield from _batches(result, source, zone)


def _batches(result: CursorResult[Any], source: Source, zone: tzinfo | None) -> Iterator[Batch]:
    """Gather what is fetched into batches."""
    done, more = 0, True
    while more:
        parts: list[list[pa.Array]] = []
        first = done
        while more and done - first < BATCH_ROWS:
            with told(source.file, done + 1):
                values = result.fetchmany(FETCHED_ROWS)
            more = bool(values)
            if values:
                parts.append(_cells(values, done, source, zone))
                done += len(values)
        if parts:
            numbers = np.arange(first + 1, done + 1, dtype=np.int64)
            cells = tuple(pa.concat_arrays(column) for column in zip(*parts, strict=True))
            parts.clear()  # or the rows would be held twice for as long as the reader works on them
            yield Batch(numbers, cells)


def _cells(values: Sequence[Row[Any]], done: int, source: Source, zone: tzinfo | None) -> list[pa.Array]:
    """Write the values of some rows out, a column at a time."""
    cells = []
    for index, column_values in enumerate(zip(*values, strict=True)):
        texts = []
        for place, value in enumerate(column_values, done + 1):
            try:
                texts.append(to_text(value, zone))
            except Unreadable as kind:
                name, mark = source.header[index], source.letters[index]
                source.problems.append(BAD_TYPE.at(source.file, place, name, mark, type=str(kind)))
                texts.append("")
        cells.append(pa.array(texts, pa.string()))
    return cells


def _shown(value: object, zone: tzinfo | None) -> str:
    """Write a value of the preview; one that cannot be written is told of in the walk."""
    try:
        return to_text(value, zone)
    except Unreadable:
        return ""
