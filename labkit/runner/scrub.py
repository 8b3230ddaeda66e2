"""Take the machine out of a message: no absolute path, no colour codes, no name of a temporary cell file.

Two things people confuse: a path inside the project is shown relative to it, since the reader must find the file; a path
elsewhere is cut to its last part, since where a person keeps files is nobody's business.
"""

from __future__ import annotations

import re
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path

_COLOUR = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_CELL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")
_ELSEWHERE = re.compile(r"(?<![\w.:/~…])(?:/[^\s:;,'\"<>()|/]+)+/(?=[^\s'\"/])")
_ELSEWHERE_WINDOWS = re.compile(r"(?<!\w)[A-Za-z]:(?:\\+[^\s:;,'\"<>()|\\]+)+\\+(?=[^\s'\"\\])")


def roots(*places: Path) -> tuple[str, ...]:
    """Return the folders whose names must not be shown, the longest first: the given ones, Python's, and temporary ones."""
    found = {str(path) for place in places for path in (place.absolute(), place.resolve())}
    found |= {sysconfig.get_path(key) for key in ("purelib", "platlib", "stdlib")} | {tempfile.gettempdir()}
    return tuple(sorted((one for one in found if len(Path(one).parts) > 1), key=len, reverse=True))


def scrub(text: str, hidden: Iterable[str] = ()) -> str:
    """Return `text` without the folders `hidden`, other absolute paths, colours and names of cell files.

    >>> scrub("no file '/srv/town/2025/flow.csv', see /home/x/labkit/a.py", ["/home/x/labkit"])
    "no file '…/flow.csv', see a.py"
    """
    text = _CELL_FILE.sub("the cell", _COLOUR.sub("", text))
    for root in hidden:
        text = re.sub(rf"(?<![\w.]){re.escape(root)}(?:[/\\]+|(?![\w.-]))", "", text)
    return _ELSEWHERE_WINDOWS.sub(lambda _: "…\\", _ELSEWHERE.sub("…/", text))
