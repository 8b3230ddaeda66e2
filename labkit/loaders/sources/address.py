"""The address of a table in a database: what may be written, and what is ever shown of it.

Two things people confuse: the *address* holds a password and is given to the driver alone; the *name* of the source is the
address without it, and is all that messages, notes and stored files ever see.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from labkit.errors import Problem, Refusal, Rule

DIALECTS = ("postgresql+psycopg", "sqlite")
_OPTIONS = {"sslmode", "sslrootcert", "connect_timeout"}  # none of them holds a secret
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_LOOKS = {"postgresql+psycopg": "postgresql+psycopg://user@host:5432/lab#public.results", "sqlite": "sqlite:///lab.db#results"}

BAD_URL = Rule(
    "DB-URL",
    en=(
        "an address of a database that cannot be read",
        "{looks}; options: {options}",
        "write @ : / # % inside a name or a password as %40 %3A %2F %23 %25; better leave the password out and set PGPASSWORD",
    ),
    zh=(
        "无法读取的数据库地址",
        "须形如 {looks}；可用选项：{options}",
        "用户名或密码中的 @ : / # % 请写作 %40 %3A %2F %23 %25；更好的办法是不写密码，改设环境变量 PGPASSWORD",
    ),
    example=("…//user:p@ss@host/lab#results", "…//user:p%40ss@host/lab#results"),
)
BAD_DIALECT = Rule(
    "DB-DIALECT",
    en=("a database of the kind “{dialect}”", "one of: {allowed}", "begin the address with one of these, or export the table"),
    zh=("“{dialect}”类数据库", "须为以下之一：{allowed}", "请以其中之一开头，或先将表导出为文件"),
    example=("postgresql://host/lab#results", "postgresql+psycopg://host/lab#results"),
)


@dataclass(frozen=True)
class Address:
    """Where a table lies. `url` holds the password and goes to the driver; `name` is what may be shown."""

    url: URL
    schema: str | None
    table: str | None

    def __repr__(self) -> str:
        """Return the name: an address in a traceback shows no password."""
        return f"Address({self.name!r})"

    @property
    def name(self) -> str:
        """The address with the password hidden, and the table."""
        table = ".".join(part for part in (self.schema, self.table) if part)
        return unquote(self.url.render_as_string(hide_password=True)) + (f"#{table}" if table else "")


def is_url(name: str) -> bool:
    r"""Tell whether the name of an input is an address (of a database) and not that of a file.

    >>> is_url("sqlite:///lab.db#results"), is_url("results.csv"), is_url("C:\\lab\\results.csv")
    (True, False, False)
    """
    return _URL.match(name) is not None


def shown(name: str) -> str:
    """Return what may be shown of the name of an input: an address without its password, a file as it is called.

    Of an address that cannot be read nothing is shown but its kind, since the password may stand anywhere in it.

    >>> shown("postgresql+psycopg://lab:secret@host/lab#results")
    'postgresql+psycopg://lab:***@host/lab#results'
    >>> shown("postgresql+psycopg://lab:sec@ret@host/lab#results")
    'postgresql+psycopg://…'
    """
    if not is_url(name):
        return name
    address = _parse(name)
    return f"{name.partition('://')[0]}://…" if isinstance(address, Problem) else address.name


def read_address(name: str) -> Address:
    """Read an SQLAlchemy URL with `#table` or `#schema.table` behind it.

    Every part may be percent-encoded; a dot inside the name of a table has to be (`%2E`).

    Raises
    ------
    Refusal
        A kind of database that is not let through (DB-DIALECT); an address that cannot be read without doubt (DB-URL).
    """
    address = _parse(name)
    if isinstance(address, Problem):
        raise Refusal(address)
    return address


def _parse(name: str) -> Address | Problem:
    """Return the address, or what is wrong with it, said without any part of it that could be a secret."""
    dialect = name.partition("://")[0]
    file = f"{dialect}://…"
    if dialect not in DIALECTS:
        return BAD_DIALECT.at(file, 1, dialect=dialect, allowed=", ".join(DIALECTS))
    wrong = BAD_URL.at(file, 1, looks=_LOOKS[dialect], options=", ".join(sorted(_OPTIONS)))
    before, mark, table = name.partition("#")
    try:
        url = make_url(before)
    except (ArgumentError, ValueError):
        return wrong
    # A bare @ / # in a password moves the borders: its rest would then pass for a host, a database or a table.
    moved = any(character in table for character in "@/#?") or (dialect != "sqlite" and _moved(before, url))
    lacking = not url.database or (dialect == "sqlite" and bool(url.host or url.username or url.query))
    if moved or lacking or not set(url.query) <= _OPTIONS or (mark and not table):
        return wrong
    schema, dot, last = table.partition(".")
    names = [unquote(schema), unquote(last)] if dot else ["", unquote(table)]
    if "." in last or (dot and not all(names)):
        return wrong
    return Address(url, names[0] or None, names[1] or None)


def _moved(before: str, url: URL) -> bool:
    """Tell whether the user, the password and the host may have been cut in the wrong places."""
    return before.count("@") > 1 or ("@" in before and not url.username) or "/" in (url.database or "") or not _plain(url.host)


def _plain(host: str | None) -> bool:
    """Tell whether this can be the name of a host (none at all: the socket of this machine)."""
    return host is None or re.fullmatch(r"[\w.:%-]+", host) is not None
