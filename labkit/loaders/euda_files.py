"""The files of the European release: found, and held against the list of the files wanted.

Two things people confuse: a file that is missing, and one that is there but is not the one wanted (another year's release, or
the same one opened and saved again), whose numbers would differ without a word.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from labkit.errors import Problem, Refusal
from labkit.loaders.euda_rules import DIFFERS, MISSING, PAGE, UNREADABLE, WANTED
from labkit.loaders.published.sheet import Sheet, refuse_all

FILES = {
    "weeks": "ww2025-all-data.csv",
    "sites": "ww2025-site-info-table.csv",
    "changes": "ww2025-changes-all-substances.csv",
    "trend": "ww2025-aggregated-trends.csv",
}
UNKNOWN = "-"  # in place of a hash where no list of files is given


def read_wanted_bytes(folder: Path, wanted: Path | None) -> dict[str, bytes]:
    """Return the content of each file by name; each is read once, so that what was hashed is what is parsed.

    Raises Refusal for a list that does not hold the four files, and for every file missing (`EUDA-MISSING`) or not the one
    wanted (`EUDA-DIFFERS`), naming its sha256, the publisher's page and the folder.
    """
    hashes, page = _read_list(wanted) if wanted is not None else (dict.fromkeys(FILES.values(), UNKNOWN), PAGE)
    where = shown(folder)
    contents: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name, sha256 in hashes.items():
        try:
            contents[name] = (folder / name).read_bytes()
        except OSError as error:
            reason = error.strerror
            problems.append(MISSING.at(f"{where}/{name}", reason=reason, sha256=sha256, page=page, where=where))
            continue
        found = hashlib.sha256(contents[name]).hexdigest()
        if sha256 not in (UNKNOWN, found):
            size = len(contents[name])
            problems.append(DIFFERS.at(f"{where}/{name}", found=found, bytes=size, sha256=sha256, page=page, where=where))
    if problems:
        raise Refusal(problems)
    return contents


def open_list(path: Path) -> Sheet:
    """Open a small list that belongs to the project; Refusal if it cannot be read."""
    try:
        path.open("rb").close()
    except OSError as error:
        raise Refusal(UNREADABLE.at(str(path), reason=error.strerror)) from None
    return Sheet(path, path.name)


def shown(folder: Path) -> str:
    """Return the folder as messages name it: from `$LABKIT_DATA` where it lies inside, else as it is."""
    data = os.environ.get("LABKIT_DATA")
    if data and folder.resolve().is_relative_to(Path(data).resolve()):
        below = folder.resolve().relative_to(Path(data).resolve()).as_posix()
        return "$LABKIT_DATA" if below == "." else f"$LABKIT_DATA/{below}"
    return str(folder)


def _read_list(wanted: Path) -> tuple[dict[str, str], str]:
    sheet = open_list(wanted)
    table = sheet.texts({"file": "file", "sha256": "sha256", "page": "page"})
    if not sheet.problems and sorted(table["file"]) != sorted(FILES.values()):
        listed = ", ".join(table["file"]) or UNKNOWN
        sheet.problems.append(WANTED.at(wanted.name, column="file", listed=listed, names=", ".join(FILES.values())))
    refuse_all([sheet])
    return dict(zip(table["file"], table["sha256"], strict=True)), table["page"].iloc[0]
