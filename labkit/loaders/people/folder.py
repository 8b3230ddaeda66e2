"""Find the pseudonym key, or a list of who is who, in the folders of the data.

Two things people confuse: the key does not have to be used from there to do harm; that it lies beside the data is enough, as
whoever copies the folder copies both. A key is known by its first line, whatever its name; a list of who is who by its name.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from labkit.errors import Problem
from labkit.loaders.people.pseudonyms import FIRST_LINE
from labkit.loaders.people.rules import KEY_BESIDE

_LARGEST = 1024  # bytes of a file that could be a key
_NAME = re.compile(
    r"^(?:pseudonym|labkit|subject|patient|person|id|link|linkage)[ _.-]?keys?(?:$|[ _.-])"
    r"|^(?:pseudonym|subject|patient|person)[ _.-]?(?:link(?:s|age)?|map(?:ping)?)(?:$|[ _.-])"
    r"|(?:化名|假名|身份|姓名|人员)(?:编号|编码)?对[照应]|密钥"
)


def is_key(content: bytes) -> bool:
    """Return whether a file that begins with `content` is a pseudonym key: by its first line, in any common encoding."""
    return (
        content[:128]
        .replace(b"\0", b"")
        .lstrip(b"\xef\xbb\xbf\xff\xfe \r\n\t")
        .startswith(FIRST_LINE.rpartition(" ")[0].encode())
    )


def check_folder(file: str, path: Path, data: Path | None = None) -> list[Problem]:
    """Return a problem if a key lies in the folder of `path`, or above it up to the data folder, or is itself the file.

    The problem names neither the key nor its folder.

    Parameters
    ----------
    file : str
        What messages call the input.
    path : Path
        Where the input lies.
    data : Path, optional
        The data folder; without it, or if `path` is not inside, only the folder of `path` is searched.
    """
    here = path.resolve().parent
    top = data.resolve() if data is not None and here.is_relative_to(data.resolve()) else here
    folders = [folder for folder in (here, *here.parents) if folder.is_relative_to(top)]
    return [KEY_BESIDE.at(file, 1)] if any(_holds_key(folder) for folder in folders) else []


def _holds_key(folder: Path) -> bool:
    return any(
        _NAME.search(unicodedata.normalize("NFKC", name).casefold()) or _is_key_file(place) for name, place in _files(folder)
    )


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_file():
                    yield entry.name, entry.path
    except OSError:
        return  # a folder that may not be listed cannot be copied either


def _is_key_file(place: str) -> bool:
    try:
        if os.stat(place).st_size > _LARGEST:
            return False
        with open(place, "rb") as file:
            return is_key(file.read(128))
    except OSError:
        return False
