"""A connection to a database that can only read, and what is said when there is none.

Two things people confuse: *no connection* (host, port, a server that is down) is mended by whoever runs the database; *not
accepted* (user, password) by whoever asks. Neither sentence shows what was asked with.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, CursorResult, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from labkit.errors import Problem, Refusal, Rule
from labkit.loaders.sources.address import Address

SECONDS_TO_CONNECT = 10

NO_DRIVER = Rule(
    "DB-DRIVER",
    en=("the driver “{driver}” is not installed", "a driver that labkit's environment brings", "set the environment up again"),
    zh=("未安装驱动程序“{driver}”", "须为 labkit 环境自带的驱动程序", "请重新安装 labkit 环境"),
    example=("psycopg: –", "psycopg: 3.2"),
)
NO_CONNECTION = Rule(
    "DB-CONNECT",
    en=("no connection{reason}", "a running database at this address", "check host, port and database, and that it runs"),
    zh=("无法连接数据库{reason}", "该地址须有正在运行的数据库", "请核对主机、端口和数据库名，并确认其正在运行"),
    example=("…//host:5433/lab#results", "…//host:5432/lab#results"),
)
NO_ENTRY = Rule(
    "DB-PASSWORD",
    en=("the database did not accept the user or the password", "a user who may read this table", "set PGPASSWORD rightly"),
    zh=("数据库不接受该用户名或密码", "须为有权读取该表的用户", "请将环境变量 PGPASSWORD 设为正确的密码"),
    example=("…//lab:***@host/lab#results", "…//lab@host/lab#results + PGPASSWORD"),
)
NOT_READ = Rule(
    "DB-READ",
    en=("the database stopped with {error}", "rows that can all be read", "look at its rows from here on in the database"),
    zh=("数据库读取中断（{error}）", "所有行均须可读", "请在数据库中查看自此行起的内容"),
    example=("infinity", "2024-03-05"),
)


def to_engine(address: Address, file: str) -> Engine:
    """Return an engine that keeps no connection open.

    SQLite opens its file for reading only, and makes none where there is none.

    Raises
    ------
    Refusal
        The driver is not installed (DB-DRIVER).
    """
    options: dict[str, Any] = {"poolclass": NullPool, "hide_parameters": True}
    if address.url.get_backend_name() == "sqlite":
        path = Path(address.url.database or "").absolute().as_uri()
        options["creator"] = lambda: sqlite3.connect(f"{path}?mode=ro", uri=True)
    elif "connect_timeout" not in address.url.query:
        options["connect_args"] = {"connect_timeout": SECONDS_TO_CONNECT}
    try:
        return create_engine(address.url, **options)
    except ModuleNotFoundError as missing:
        driver = missing.name
    raise Refusal(NO_DRIVER.at(file, 1, driver=driver))


@contextmanager
def reading(engine: Engine, address: Address, file: str) -> Iterator[Connection]:
    """Open one read-only transaction, which sees one state of the database, and close it at the end.

    Raises
    ------
    Refusal
        No connection (DB-CONNECT), or not for this user and password (DB-PASSWORD); the driver's own exception, which may
        know more than may be shown, does not travel with it.
    """
    connection = _connected(engine)
    if isinstance(connection, Exception):
        raise Refusal(_no_connection(connection, address, file))
    with closing_whatever(connection):
        yield connection


@contextmanager
def closing_whatever(thing: Connection | CursorResult[Any]) -> Iterator[None]:
    """Close what was opened, also where the database has gone away: it then cannot be closed well, and nothing is lost."""
    try:
        yield
    finally:
        with suppress(SQLAlchemyError):
            thing.close()


@contextmanager
def told(file: str, row: int) -> Iterator[None]:
    """Say in one sentence that the database stopped at `row` or after it; its own words may hold values and stay unsaid."""
    try:
        yield
    except (SQLAlchemyError, ValueError) as error:
        kind = type(getattr(error, "orig", None) or error).__name__
        raise Refusal(NOT_READ.at(file, row, error=kind)) from None


def _connected(engine: Engine) -> Connection | Exception:
    """Return a connection inside its transaction, or why there is none."""
    connection: Connection | None = None
    try:
        connection = engine.connect()
        if engine.dialect.name == "postgresql":
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            connection.execute(text("SET LOCAL extra_float_digits = 1"))  # or floats may come without their last digits
        else:
            connection.execute(text("SELECT 1 FROM sqlite_master")).close()  # SQLite looks into the file only now
        return connection
    except DBAPIError as error:
        if connection is not None:
            connection.close()
        return error


def _no_connection(error: Exception, address: Address, file: str) -> Problem:
    """Say why there is no connection, in the driver's words unless the password could be among them."""
    cause = getattr(error, "orig", None) or error
    tried = getattr(cause, "pgconn", None)
    said = str(cause).strip().partition("\n")[0]
    if getattr(tried, "needs_password", False) or (getattr(tried, "used_password", False) and "password" in said.casefold()):
        return NO_ENTRY.at(file, 1)
    reason = said.rpartition("failed: ")[2]
    secret = str(address.url.password or "")
    return NO_CONNECTION.at(file, 1, reason=f": {reason}" if reason and not (secret and secret in reason) else "")
