"""Laboratory files into the store: through the door, under pseudonyms where persons are meant, with what was said of them.

Two things people confuse: *checking* reads a file and keeps nothing; *adding* reads it through the same door and keeps
every row, or none if the door refuses.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import math
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path

from labkit.errors import Note, Problem, Refusal, Rule
from labkit.loaders.door import Door
from labkit.loaders.kinds import KINDS
from labkit.loaders.people.pseudonyms import check_same_key, key_path, pseudonymise, read_key
from labkit.loaders.read import open_file, read_file
from labkit.params.profile import Profile
from labkit.store import Entry, Store, open_store
from labkit.vocabulary import Censored

SCOPE = "store"  # of the pseudonyms: hair and blood of one subject can be joined inside one store
STORE_VARIABLE = "LABKIT_STORE"
MEASURED = tuple(dict.fromkeys(kind.derived for kind in KINDS.values() if kind.derived))
SETTING = Rule(
    "STO-SET",
    en=("{found}", "COLUMN=VALUE, as concentration_ng_L=250", "correct the setting"),
    zh=("{found}", "须为 列=值，如 concentration_ng_L=250", "请更正该设置"),
)


def store_folder(given: Path | None = None, environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of the store: the one given, `$LABKIT_STORE`, or labkit/store in the user's data folder."""
    if given is not None:
        return given
    if environment.get(STORE_VARIABLE):
        return Path(environment[STORE_VARIABLE]).expanduser()
    data = environment.get("XDG_DATA_HOME", "")
    return (Path(data) if data.startswith("/") else Path("~/.local/share").expanduser()) / "labkit" / "store"


def add_files(
    folder: Path, names: Sequence[str], kind: str | None = None, profile: Profile | None = None, *, author: str | None = None,
    sites: str | None = None, now: datetime | None = None, today: date | None = None,
) -> list[tuple[Entry, Sequence[Note]]]:  # fmt: skip
    """Add files to the store in `folder`, made if it is not there; all files have to pass their doors first.

    Raises
    ------
    Refusal
        With the problems of every file that is not taken; nothing is stored then.
    """
    profile = profile or Profile()
    known = set(read_file(sites, sites, "sites", today=today).frame["site"]) if sites else None
    opened: Callable[[str], Door] = partial(
        _open, kind=kind, profile=profile, folder=folder, sites=known, sites_file=sites or "", today=today
    )
    if len(names) > 1:
        _refuse_all(names, opened)
    store = open_store(folder, create=True)
    return [_add(store, name, opened, profile, author or _who(), now) for name in names]


def correct_row(
    folder: Path, place: str, settings: Sequence[str], *, reason: str, author: str | None = None,
    where: Sequence[str] = (), now: datetime | None = None,
) -> Entry:  # fmt: skip
    """Give the row `ENTRY:ROW` of the store new values, `column=value` each; what it was stays readable.

    A new value moves its interval: it is known exactly, or with `censored` below or above it is the limit; what lies between
    two limits needs both. `where` says, as `column=value`, which of several results of that row is meant (a wide file).

    Raises
    ------
    Refusal
        A setting that is not understood, or what the store refuses.
    """
    entry, _, row = place.partition(":")
    if not (entry.isdecimal() and row.isdecimal()):
        raise Refusal(SETTING.at(str(folder), found=place))
    changes, chosen = _settings(folder, settings), _settings(folder, where)
    store = open_store(folder)
    columns = next((one.columns for one in store.list() if one.sequence == int(entry)), {})
    if "low" in columns:
        changes = _with_interval(folder, changes)
    return store.correct(int(entry), int(row), changes, reason=reason, author=author or _who(), where=chosen, now=now)


def _with_interval(folder: Path, changes: dict[str, str]) -> dict[str, str]:
    """Return the changes with the interval that a new value lies in, unless it is given."""
    value = next((changes[name] for name in MEASURED if changes.get(name)), "")
    if changes.keys() & {"low", "high"} or not _is_number(value):
        return changes  # what is no number is the store's to refuse
    word = changes.get("censored", Censored.EXACT.value)
    if word == Censored.BETWEEN:
        raise Refusal(SETTING.at(str(folder), found="censored=between, low=, high="))
    low, high = {Censored.BELOW.value: ("0", value), Censored.ABOVE.value: (value, "inf")}.get(word, (value, value))
    return {**changes, "low": low, "high": high, "censored": word}


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _settings(folder: Path, settings: Sequence[str]) -> dict[str, str]:
    """Return `column=value` texts as a mapping; what a column takes is the store's to say."""
    found = {}
    for setting in settings:
        name, equals, text = setting.partition("=")
        if not equals or not name.strip():
            raise Refusal(SETTING.at(str(folder), found=setting))
        found[name.strip()] = text.strip()
    return found


def _open(
    name: str,
    kind: str | None,
    profile: Profile,
    folder: Path,
    sites: Collection[str] | None,
    sites_file: str,
    today: date | None,
) -> Door:
    door = open_file(name, name, kind, profile, today=today, sites=sites, sites_file=sites_file)
    if not door.kind.person_level:
        return door
    data = [folder] if "://" in name else [folder, Path(name).absolute().parent]
    key = read_key(key_path(), data)
    if (folder / "STORE").exists():
        stored = {entry.source["key"] for entry in open_store(folder).list() if "key" in entry.source}
        check_same_key(name, stored, key)
    door.pseudonymous(lambda subjects: pseudonymise(subjects, key, SCOPE), key.fingerprint)
    return door


def _refuse_all(names: Sequence[str], opened: Callable[[str], Door]) -> None:
    """Walk every file once, so that the problems of all of them are told before anything is kept."""
    problems: list[Problem] = []
    total = 0
    for name in names:
        try:
            for _ in opened(name).batches():
                pass
        except Refusal as refusal:
            problems += refusal.problems
            total += refusal.total
    if problems:
        raise Refusal(problems, total)


def _add(
    store: Store, name: str, opened: Callable[[str], Door], profile: Profile, author: str, now: datetime | None
) -> tuple[Entry, Sequence[Note]]:
    door = opened(name)
    kind = door.kind.name
    facts = {"profile": json.dumps(profile.to_plain(), ensure_ascii=False, sort_keys=True)}
    if door.key:
        facts["key"] = door.key
    content = hashlib.sha256(f"{kind}\n{facts['profile']}\n{door.key}\n".encode())
    if "://" in name:
        for batch in opened(name).batches():
            content.update(repr(batch.to_pydict()).encode())
    else:
        with open(name, "rb") as file:
            content.update(hashlib.file_digest(file, "sha256").digest())
    entry = store.add(
        kind, door.batches(), content_hash=content.hexdigest(), file=door.source.file, author=author, source=facts,
        person_level=door.kind.person_level, now=now,
    )  # fmt: skip
    return entry, door.notes


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a system without a name for this user
        return "unknown"
