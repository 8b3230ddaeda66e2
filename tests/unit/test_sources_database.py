"""A table of a database as a source: what comes out of it, what is refused, and that no password is ever said."""

from __future__ import annotations

import sqlite3
import sys
import traceback
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import Refusal
from labkit.loaders.sources.address import read_address, shown
from labkit.loaders.sources.database import is_url, open_database
from labkit.loaders.sources.database_cells import Unreadable, to_text
from labkit.loaders.sources.source import Source
from labkit.params.profile import Profile

SECRET = "Hide4me"


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., str]:
    def database(*statements: str) -> str:
        path = tmp_path / "实验室 lab.db"
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements:
                connection.execute(statement)
            connection.commit()
        return f"sqlite:///{path}"

    return database


def read(url: str) -> tuple[Source, list[list[str]], list[int]]:
    source = open_database(url, url, Profile())
    rows, numbers = [], []
    for batch in source.batches:
        rows += [list(row) for row in zip(*(column.to_pylist() for column in batch.cells), strict=True)]
        numbers += batch.rows.tolist()
    return source, rows, numbers


def refused(url: str) -> str:
    with pytest.raises(Refusal) as caught:
        read(url)
    told = "".join(traceback.format_exception(caught.value)) + caught.value.report("zh") + repr(caught.value.__context__)
    assert SECRET not in told
    assert all(problem.row is not None for problem in caught.value.problems)
    return caught.value.report()


def test_cells_are_written_out_in_the_order_of_the_key(make: Callable[..., str]) -> None:
    url = make(
        "create table results (site text, n integer, concentration real, note text, id integer primary key)",
        "insert into results values ('浦东', 12, 0.1, null, 2), ('A ', -3, 12.0, '<0.5', 1)",
        "insert into results values ('NA', 9007199254740993, 1e17, '', 3)",
    )
    source, rows, numbers = read(f"{url}#results")
    assert source.header == ("site", "n", "concentration", "note", "id")
    assert source.letters == ("A", "B", "C", "D", "E")
    assert source.header_row == 1
    assert rows == [
        ["A ", "-3", "12", "<0.5", "1"],
        ["浦东", "12", "0.1", "", "2"],
        ["NA", "9007199254740993", "1e+17", "", "3"],
    ]
    assert numbers == [1, 2, 3]
    assert source.preview == tuple((row, tuple(cells)) for row, cells in zip(numbers, rows, strict=True))
    assert source.file == f"{url}#results"
    assert source.problems == source.notes == []


def test_without_a_key_the_order_is_the_databases_own_and_that_is_said(make: Callable[..., str]) -> None:
    url = make("create table t (a text)", "insert into t values ('x')", "create view v as select a, 1 as b from t")
    for name in ("t", "v"):
        source, rows, _ = read(f"{url}#{name}")
        assert rows[0][0] == "x"
        assert [note.rule for note in source.notes] == ["DB-ORDER"]
        assert "no primary key" in source.notes[0].en


def test_a_file_has_the_name_that_it_is_given(make: Callable[..., str]) -> None:
    url = make("create table t (a text primary key)")
    assert open_database(f"{url}#t", "our results", Profile()).file == "our results"


def test_an_empty_table_has_its_header_and_no_batch(make: Callable[..., str]) -> None:
    source, rows, _ = read(make("create table t (a text primary key, b real)") + "#t")
    assert (source.header, rows, source.preview) == (("a", "b"), [], ())


def test_batches_are_of_fifty_thousand_rows(make: Callable[..., str]) -> None:
    count = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 120000) select i, 'A' from n"
    url = make("create table t (i integer primary key, site text)", f"insert into t {count}")
    batches = list(open_database(f"{url}#t", "t", Profile()).batches)
    assert [len(batch.rows) for batch in batches] == [50_000, 50_000, 20_000]
    assert [len(batch.cells[1]) for batch in batches] == [50_000, 50_000, 20_000]
    assert (batches[1].rows[0], batches[2].rows[-1]) == (50_001, 120_000)
    assert batches[2].cells[0][-1].as_py() == "120000"


def test_an_unwalked_or_abandoned_source_leaves_nothing_open(make: Callable[..., str], tmp_path: Path) -> None:
    url = make("create table t (i integer primary key)", "insert into t values (1), (2)")
    open_database(f"{url}#t", "t", Profile())
    walk = open_database(f"{url}#t", "t", Profile()).batches
    next(walk)
    walk.close()
    with closing(sqlite3.connect(next(tmp_path.iterdir()))) as connection:
        connection.execute("drop table t")


def test_columns_that_hold_no_plain_values_are_all_named(make: Callable[..., str]) -> None:
    report = refused(make("create table t (a text primary key, b blob, c json, d)") + "#t")
    assert [line.partition(" → ")[0].rpartition("#t")[2] for line in report.splitlines()] == [
        ":1:b (B) DB-TYPE the type blob",
        ":1:c (C) DB-TYPE the type json",
    ]


def test_bytes_in_a_column_of_text_are_a_problem_of_their_row(make: Callable[..., str]) -> None:
    url = make("create table t (i integer primary key, a text)", "insert into t values (1, 'x'), (2, x'00ff'), (3, 'y')")
    source, rows, _ = read(f"{url}#t")
    assert rows == [["1", "x"], ["2", ""], ["3", "y"]]
    assert [(one.rule.id, one.row, one.column, one.letter) for one in source.problems] == [("DB-TYPE", 2, "a", "B")]
    assert source.preview[1] == (2, ("2", ""))


def test_text_that_is_no_unicode_stops_in_one_sentence(make: Callable[..., str]) -> None:
    url = make("create table t (i integer primary key, a text)", "insert into t values (1, cast(x'ff41' as text))")
    assert "DB-READ the database stopped with OperationalError" in refused(f"{url}#t")


def test_nothing_can_be_written(make: Callable[..., str], tmp_path: Path) -> None:
    url = make("create table t (a text primary key)", "insert into t values ('x')")
    before = next(tmp_path.iterdir()).read_bytes()
    read(f"{url}#t")
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [before]
    assert "DB-CONNECT no connection: unable to open database file" in refused(f"sqlite:///{tmp_path}/none.db#t")
    assert not (tmp_path / "none.db").exists()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "a.db").write_text("site,date\n" * 100, encoding="utf-8")
    assert "DB-CONNECT no connection: file is not a database" in refused(f"sqlite:///{tmp_path}/a.db#t")


def test_a_missing_table_is_told_the_nearest_and_no_table_the_list(make: Callable[..., str]) -> None:
    url = make("create table results (a text)", "create table flow (a text)")
    assert "“reslts” (→ results?) → one of: flow, results;" in refused(f"{url}#reslts")
    assert "DB-NO-TABLE no table is named → #table at the end of the address, one of: flow, results;" in refused(url)
    assert "“other.results”" in refused(f"{url}#other.results")
    assert read(f"{url}#main.results")[0].header == ("a",)


@pytest.mark.parametrize(
    "name",
    [
        "results; drop table results",
        'results"; drop table results; --',
        "results' or '1'='1",
        "results where 1=0",
        "(select 1)",
        "results union select name from sqlite_master",
        "sqlite_master",
        "main.sqlite_master",
        "%00",
        "%22results%22",
        "\N{RIGHT-TO-LEFT OVERRIDE}stluser",
        "{table}",
        "RESULTS",
    ],
)
def test_hostile_names_are_names_that_are_not_there(make: Callable[..., str], name: str) -> None:
    url = make("create table results (a text primary key)", "insert into results values ('x')")
    report = refused(f"{url}#{name}")
    assert "DB-TABLE" in report
    assert report.isprintable()
    assert read(f"{url}#results")[1] == [["x"]]


def test_hostile_names_that_are_there_are_read_as_they_stand(make: Callable[..., str]) -> None:
    url = make(
        'create table "a.b""; drop table c; --" ("x""; drop table c; --" text primary key, "%s :d {e}" text)',
        """insert into "a.b""; drop table c; --" values ('1', '2')""",
        "create table c (a text)",
    )
    source, rows, _ = read(f'{url}#a%2Eb"; drop table c; --')
    assert source.header == ('x"; drop table c; --', "%s :d {e}")
    assert rows == [["1", "2"]]
    assert read(f"{url}#c")[1] == []


def test_only_two_kinds_of_database_are_let_through(monkeypatch: pytest.MonkeyPatch) -> None:
    for dialect in ("mysql", "postgresql", "postgresql+psycopg2", "sqlite+pysqlite", "https", "duckdb", "mssql+pyodbc"):
        report = refused(f"{dialect}://lab:{SECRET}@host/lab#results")
        assert f"{dialect}://…:1 DB-DIALECT a database of the kind “{dialect}” → one of: postgresql+psycopg, sqlite;" in report
    monkeypatch.setitem(sys.modules, "psycopg", None)
    report = refused(f"postgresql+psycopg://lab:{SECRET}@127.0.0.1:1/lab#results")
    assert "lab:***@127.0.0.1:1/lab#results:1 DB-DRIVER the driver “psycopg” is not installed" in report


@pytest.mark.parametrize(
    "address",
    [
        f"lab:x@{SECRET}@host:5432/lab#t",
        f"lab:x#{SECRET}@host:5432/lab#t",
        f"lab:x#{SECRET}@host:5432/lab",
        f"lab:x/{SECRET}@y@host/lab#t",
        f"l/ab:{SECRET}@host/lab#t",
        f"lab:{SECRET}@host:port/lab#t",
        f"lab:{SECRET}/lab#t",
        f"lab:{SECRET}@host#t",
        f"lab:{SECRET}@ho st/lab#t",
        f"lab:{SECRET}@host/lab/x#t",
        f"lab@host/lab?password={SECRET}#t",
        f"lab@host/lab?passfile={SECRET}#t",
        f"lab@host/lab?options=-c%20default_transaction_read_only%3Doff&{SECRET}=1#t",
        f"lab:{SECRET}@host/lab#",
        f"lab:{SECRET}@host/lab#a.b.c",
        f"lab:{SECRET}@host/lab#.t",
    ],
)
def test_an_address_in_doubt_shows_nothing_of_itself(address: str) -> None:
    url = f"postgresql+psycopg://{address}"
    assert refused(url).startswith("postgresql+psycopg://…:1 DB-URL an address of a database that cannot be read → ")
    assert shown(url) == "postgresql+psycopg://…"


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite://#t", "sqlite:///#t", "sqlite://host/lab.db#t", "sqlite:///lab.db?mode=rwc#t"]
)
def test_sqlite_is_a_file_and_no_more(url: str) -> None:
    assert "DB-URL" in refused(url)


def test_the_password_is_given_to_the_driver_and_shown_to_nobody() -> None:
    url = "postgresql+psycopg://lab:Hide4me%2Fp%40ss%23@host:5433/lab?sslmode=require#public.水 样"
    address = read_address(url)
    assert address.url.password == "Hide4me/p@ss#"
    assert (address.schema, address.table) == ("public", "水 样")
    for told in (repr(address), str(address), shown(url), address.name):
        assert SECRET not in told
        assert "lab:***@host:5433/lab" in told
    assert shown("results.csv") == "results.csv"


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_no_address_ends_in_a_traceback_or_shows_its_password(noise: str) -> None:
    for url in (f"postgresql+psycopg://lab:{SECRET}{noise}@host/lab#t", f"postgresql+psycopg://lab:{noise}{SECRET}@host/lab#t"):
        assert SECRET not in shown(url)
        try:
            assert SECRET not in repr(read_address(url))
        except Refusal as refusal:
            assert SECRET not in refusal.report()


def test_what_is_an_address() -> None:
    assert is_url("postgresql+psycopg://lab@host/lab#t")
    assert not any(is_url(name) for name in ("results.csv", "C:\\lab\\results.csv", "a/b://c", "lab:x", "://x", ""))


def test_values_are_written_as_the_contract_says() -> None:
    east = ZoneInfo("Asia/Shanghai")
    moment = datetime(2024, 3, 5, 0, 30, tzinfo=UTC)
    written = {
        Decimal("1.500"): "1.500",
        Decimal("1E+20"): "100000000000000000000",
        Decimal("1E-7"): "0.0000001",
        0.1 + 0.2: "0.30000000000000004",
        1e-7: "1e-07",
        999_999_999_999_999.0: "999999999999999",
        12_345_678_901_234_567.0: "1.2345678901234568e+16",
        1e15: "1e+15",
        float("inf"): "inf",
        12_345_678_901_234_567: "12345678901234567",
        True: "true",
        date(2024, 3, 5): "2024-03-05",
        datetime(2024, 3, 5): "2024-03-05 00:00:00",
        time(8, 30): "08:30:00",
        UUID(int=1): "00000000-0000-0000-0000-000000000001",
    }
    assert {value: to_text(value, east) for value in written} == written
    assert (to_text(moment), to_text(moment, east)) == ("2024-03-05 00:30:00+00:00", "2024-03-05 08:30:00+08:00")
    for value in (b"x", [1], {"a": 1}, timedelta(1)):
        with pytest.raises(Unreadable):
            to_text(value)


@given(st.floats(allow_nan=False))
def test_every_float_reads_back_as_itself(value: float) -> None:
    assert float(to_text(value)) == value
