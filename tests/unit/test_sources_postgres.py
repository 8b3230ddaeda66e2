"""The same against a real PostgreSQL server, which these tests start on loopback in a folder of their own and stop again."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
import traceback
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
import pytest

from labkit.errors import Refusal
from labkit.loaders.sources.database import open_database
from labkit.loaders.sources.source import Source
from labkit.params.profile import Profile

PASSWORD = "Hide4me/@#%"
ENCODED = "Hide4me%2F%40%23%25"
REQUIRED = os.environ.get("LABKIT_REQUIRE_SHARED") == "1"
# The server ends with its standard input, so also when the tests are killed.
WATCHED = '"$@" & server=$!; read -r line; kill -INT $server; wait $server'


@dataclass(frozen=True)
class Server:
    """A running server: how its owner reaches it, and the address that labkit is given."""

    port: int

    def run(self, *statements: str) -> None:
        with self.connected() as connection:
            for statement in statements:
                connection.execute(statement)

    def connected(self, **other: Any) -> psycopg.Connection:
        reached = {"host": "127.0.0.1", "port": self.port, "user": "lab", "password": PASSWORD, "dbname": "postgres"}
        return psycopg.connect(**(reached | other), autocommit=True)

    def url(self, table: str, login: str = f"lab:{ENCODED}", database: str = "postgres", host: str = "127.0.0.1") -> str:
        return f"postgresql+psycopg://{login}@{host}:{self.port}/{database}#{table}"


def binaries() -> Path | None:
    """The folder of `initdb` and `postgres`: Debian keeps them off the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    on_path = shutil.which("initdb")
    found += [Path(on_path).resolve()] if on_path else []
    return found[-1].parent if found and (found[-1].parent / "postgres").exists() else None


@contextmanager
def started(programs: Path) -> Iterator[Server]:
    """Start a server as user postgres when this is root (it refuses root), and stop it whatever happens."""
    as_root = os.geteuid() == 0
    owner: dict[str, Any] = {"user": "postgres", "group": "postgres", "extra_groups": []} if as_root else {}
    folder = Path(tempfile.mkdtemp(prefix="labkit-postgres-"))
    try:
        (folder / "password").write_text(PASSWORD + "\n", encoding="utf-8")
        for path in (folder, folder / "password"):
            if as_root:
                shutil.chown(path, "postgres", "postgres")
        data = str(folder / "data")
        settings = ["-U", "lab", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}", "-E", "UTF8", "--locale=C", "-N"]
        subprocess.run(
            [programs / "initdb", "-D", data, *settings],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            timeout=120,
            **owner,
        )
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            server = Server(free.getsockname()[1])
        words = [programs / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(server.port), "-k", str(folder), "-F"]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                ["sh", "-c", WATCHED, "sh", *words],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=folder,
                start_new_session=True,
                **owner,
            )
        try:
            wait_for(server, process, folder / "log")
            yield server
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(timeout=60)
    finally:
        shutil.rmtree(folder)


def wait_for(server: Server, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        try:
            server.connected().close()
            return
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text("utf-8", "replace")
            time.sleep(0.1)
    raise TimeoutError(log.read_text("utf-8", "replace"))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    programs = binaries()
    if programs is None:
        (pytest.fail if REQUIRED else pytest.skip)("needs PostgreSQL (Debian: postgresql)")
    with started(programs) as running:
        yield running


@pytest.fixture
def remade(server: Server) -> Callable[..., None]:
    def make(*statements: str) -> None:
        server.run("drop schema if exists other cascade", "drop schema public cascade", "create schema public", *statements)

    return make


def walked(url: str, profile: Profile | None = None) -> tuple[Source, list[tuple[str, ...]]]:
    source = open_database(url, url, profile or Profile())
    return source, [row for batch in source.batches for row in zip(*(one.to_pylist() for one in batch.cells), strict=True)]


def refused(url: str) -> str:
    with pytest.raises(Refusal) as caught:
        walked(url)
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.__context__) + caught.value.report("zh")
    assert "Hide4me" not in told
    return caught.value.report()


KINDS = """create table 结果 (
    id integer primary key, 采样点 text, amount numeric, fixed numeric(12,3), reading double precision, short real, "day" date,
    at timestamp, moment timestamptz, o'clock time, sure boolean, key uuid, code char(4)
)""".replace("o'clock", '"o\'clock"')
FIRST = """insert into 结果 values (2, '浦东新区，“甲”', 12345678901234567890.123456789, 1.5, 0.1, 0.1, '2024-03-05',
    '2024-03-05 08:30:00.25', '2024-03-05 08:30:00+08', '08:30', true, '00000000-0000-0000-0000-000000000001', 'ab')"""
SECOND = "insert into 结果 (id, reading, amount) values (1, 12, 'NaN'), (3, 1e23, 0.10), (4, 5e-324, null)"


def test_every_kind_of_value(server: Server, remade: Callable[..., None]) -> None:
    remade(KINDS, FIRST, SECOND)
    profile = Profile.model_validate({"time_zone": "Asia/Shanghai"})
    source, rows = walked(server.url("结果"), profile)
    assert source.header[:4] == ("id", "采样点", "amount", "fixed")
    assert rows == [
        ("1", "", "NaN", "", "12", *[""] * 8),
        (
            *("2", "浦东新区，“甲”", "12345678901234567890.123456789", "1.500", "0.1", "0.1", "2024-03-05"),
            *("2024-03-05 08:30:00.250000", "2024-03-05 08:30:00+08:00", "08:30:00", "true"),
            *("00000000-0000-0000-0000-000000000001", "ab  "),
        ),
        ("3", "", "0.10", "", "1e+23", *[""] * 8),
        ("4", "", "", "", "5e-324", *[""] * 8),
    ]
    assert source.preview == tuple(enumerate(rows, 1))
    assert source.file == f"postgresql+psycopg://lab:***@127.0.0.1:{server.port}/postgres#结果"
    assert (source.problems, source.notes) == ([], [])


def test_without_a_zone_in_the_profile_the_zone_of_the_session_is_said(server: Server, remade: Callable[..., None]) -> None:
    remade(
        "create table t (i integer primary key, moment timestamptz)",
        "insert into t values (1, '2024-03-05 00:30:00+08')",
        "alter database postgres set timezone = 'America/New_York'",
    )
    try:
        source, rows = walked(server.url("t"))
    finally:
        server.run("alter database postgres reset timezone")
    assert rows == [("1", "2024-03-04 11:30:00-05:00")]
    assert [note.rule for note in source.notes] == ["DB-ZONE"]
    assert "America/New_York" in source.notes[0].zh


def test_floats_come_whole_also_where_the_database_would_shorten_them(server: Server, remade: Callable[..., None]) -> None:
    remade(
        "create table t (i integer primary key, reading double precision)",
        "insert into t values (1, 0.1::float8 + 0.2::float8)",
        "alter database postgres set extra_float_digits = -10",
    )
    try:
        _, rows = walked(server.url("t"))
    finally:
        server.run("alter database postgres reset extra_float_digits")
    assert rows == [("1", "0.30000000000000004")]


def test_tables_of_other_schemas_views_and_domains(server: Server, remade: Callable[..., None]) -> None:
    remade(
        "create schema other",
        "create domain other.amount as numeric(8,2) check (value > 0)",
        "create type other.word as enum ('ND', '检出')",
        'create table other."Results 2024; --" (i integer primary key, amount other.amount, word other.word)',
        """insert into other."Results 2024; --" values (1, 12.5, '检出')""",
        'create view seen as select amount from other."Results 2024; --"',
        "create materialized view kept as select 1 as one",
    )
    assert walked(server.url("other.Results 2024; --"))[1] == [("1", "12.50", "检出")]
    source, rows = walked(server.url("seen"))
    assert (rows, [note.rule for note in source.notes]) == ([("12.50",)], ["DB-ORDER"])
    assert walked(server.url("public.kept"))[1] == [("1",)]
    listed = "one of: kept, seen, other.Results 2024; --;"
    assert f"“Results 2024” (→ other.Results 2024; --?) → {listed}" in refused(server.url("Results 2024"))
    assert f"“pg_catalog.pg_shadow” → {listed}" in refused(server.url("pg_catalog.pg_shadow"))
    assert f"“seeen” (→ seen?) → {listed}" in refused(server.url("seeen"))


@pytest.mark.parametrize(
    "name",
    [
        "t; drop table t",
        't"; drop table t; --',
        "t' or '1'='1",
        "(select 1)",
        "t, pg_shadow",
        "T",
        "t%00",
        "public.t.x",
        "%73elect",
    ],
)
def test_hostile_names_reach_no_query(server: Server, remade: Callable[..., None], name: str) -> None:
    remade("create table t (a text primary key)", "insert into t values ('x')")
    assert "DB-TABLE" in refused(server.url(name)) or name == "public.t.x"
    assert walked(server.url("t"))[1] == [("x",)]


def test_columns_without_plain_values_are_all_named(server: Server, remade: Callable[..., None]) -> None:
    kinds = ("bytea", "jsonb", "integer[]", "interval", "point", "xml", "money", "inet", "tsvector", "int4range")
    remade("create table t (i integer primary key, " + ", ".join(f"c{n} {kind}" for n, kind in enumerate(kinds)) + ")")
    report = refused(server.url("t"))
    assert [line.split("#t")[1].split(" DB-TYPE ")[0] for line in report.splitlines()] == [
        f":1:c{n} ({'BCDEFGHIJK'[n]})" for n in range(len(kinds))
    ]
    assert "DB-TYPE the type bytea → " in report


def test_a_value_that_cannot_be_carried_is_one_sentence(server: Server, remade: Callable[..., None]) -> None:
    remade("create table t (i integer primary key, day date)", "insert into t values (1, 'infinity')")
    assert "#t:1 DB-READ the database stopped with DataError" in refused(server.url("t"))


def test_a_table_that_may_not_be_read(server: Server, remade: Callable[..., None]) -> None:
    remade("create table t (i integer primary key)", "drop role if exists guest", "create role guest login password 'Hide4me'")
    server.run("grant usage on schema public to guest")
    assert "#t:1 DB-READ the database stopped with InsufficientPrivilege" in refused(server.url("t", login="guest:Hide4me"))


def test_no_entry_and_no_connection(server: Server) -> None:
    entry = "DB-PASSWORD the database did not accept the user or the password"
    assert entry in refused(server.url("t", login="lab:Hide4me-wrong"))
    assert entry in refused(server.url("t", login="nobody:Hide4me"))
    assert entry in refused(server.url("t", login="lab"))
    told = refused(server.url("t", database="none"))
    assert f"lab:***@127.0.0.1:{server.port}/none#t:1 DB-CONNECT no connection: FATAL" in told
    with socket.socket() as held:  # bound and not listening: nobody answers there
        held.bind(("127.0.0.1", 0))
        told = refused(Server(held.getsockname()[1]).url("t"))
    assert "DB-CONNECT no connection: Connection refused →" in told
    assert "DB-CONNECT no connection" in refused(server.url("t", host="no-such-host.invalid"))


def test_the_password_of_the_environment_is_enough(
    server: Server, remade: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    remade("create table t (i integer primary key)", "insert into t values (1)")
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    assert walked(server.url("t", login="lab"))[1] == [("1",)]


def test_two_hundred_thousand_rows_pass_through_little_memory(server: Server, remade: Callable[..., None]) -> None:
    remade(
        "create table t (i integer primary key, site text, concentration double precision, note text)",
        "insert into t select i, 'S' || i % 50, i / 7.0, repeat('检', 300) from generate_series(200000, 1, -1) as i",
    )
    source = open_database(server.url("t"), "t", Profile())
    size = 50_000 * (900 + 30)  # bytes of a batch; the whole table has four times as many
    before, seen = pa.total_allocated_bytes(), 0
    tracemalloc.start()
    try:
        for batch in source.batches:
            assert int(batch.cells[0][0].as_py()) == batch.rows[0]
            seen += len(batch.rows)
            with server.connected() as other:
                asked = other.execute(
                    "select query, backend_xid is null from pg_stat_activity where query like 'FETCH%'"
                ).fetchall()
            assert [(query.startswith("FETCH FORWARD 5000 FROM"), wrote_nothing) for query, wrote_nothing in asked] == [
                (True, True)
            ]
            assert pa.total_allocated_bytes() - before < 2.2 * size, "this batch, and the one before it"
            assert tracemalloc.get_traced_memory()[1] < 0.6 * size
    finally:
        tracemalloc.stop()
    assert seen == 200_000


def test_a_server_that_goes_away_is_one_sentence(
    server: Server, remade: Callable[..., None], caplog: pytest.LogCaptureFixture
) -> None:
    remade("create table t (i integer primary key)", "insert into t select generate_series(1, 200000)")
    source = open_database(server.url("t"), "t", Profile())
    next(source.batches)
    server.run("select pg_terminate_backend(pid) from pg_stat_activity where query like 'FETCH%'")
    with pytest.raises(Refusal, match=r"^t:50001 DB-READ the database stopped with AdminShutdown"):
        next(source.batches)
    assert caplog.text == ""


def test_rows_that_come_during_the_walk_are_not_seen_and_nothing_is_left_open(
    server: Server, remade: Callable[..., None]
) -> None:
    remade("create table t (i integer primary key)", "insert into t select generate_series(2, 120000)")
    source = open_database(server.url("t"), "t", Profile())
    first = next(source.batches)
    server.run("insert into t values (1), (200000)")
    rest = list(source.batches)
    assert len(first.rows) + sum(len(batch.rows) for batch in rest) == 119_999
    assert first.cells[0][0].as_py() == "2"
    with server.connected() as other:
        sessions = other.execute("select count(*) from pg_stat_activity where backend_type = 'client backend'").fetchone()
    assert sessions == (1,)
