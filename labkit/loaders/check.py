"""The doors alone: files sent through the readers of their kind, without a study.

Two things people confuse: *noted* (taken, and here is how) and *refused* (not taken, and here is what to do). A file that was
checked has been read to its last row; nothing of it is kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from labkit.errors import SHOWN_PROBLEMS, Note, Problem, Refusal
from labkit.loaders.door import Door
from labkit.loaders.people.names import looks_like_name, masked
from labkit.loaders.read import open_file, read_file
from labkit.params.profile import Profile

NO_SITES = Note(
    "sites were not checked: no sites table was given (--sites FILE)", "未核对采样点：没有给出站点表（--sites 文件）"
)


@dataclass(frozen=True)
class Checked:
    """What a door says of one file."""

    file: str
    kind: str
    rows: int
    summary: Note
    notes: tuple[Note, ...] = ()
    problems: tuple[Problem, ...] = ()
    total: int = 0

    @property
    def outcome(self) -> str:
        """`refused`, `noted` or `accepted`."""
        return "refused" if self.problems else "noted" if self.notes else "accepted"


def check_files(
    names: Sequence[str], kind: str | None = None, profile: Profile | None = None, sites: str | None = None,
    today: date | None = None,
) -> list[Checked]:  # fmt: skip
    """Send files through their doors.

    Parameters
    ----------
    names : sequence of str
        Files, or URLs of databases with `#table`.
    kind : str, optional
        What all of them hold; without it, each is recognised by its columns, and one that is a sites table is the one that the
        others' sites are held against.
    profile : Profile, optional
        How the laboratory writes.
    sites : str, optional
        The sites table.
    """
    known: Collection[str] | None = None
    if sites is None and kind is None and len(names) > 1:
        sites = next((name for name in names if _is_sites(name, profile)), None)
    if sites is not None:
        try:
            known = set(read_file(sites, sites, "sites", today=today).frame["site"])
        except Refusal as refusal:
            if sites not in names:
                return [Checked(_shown(sites), "sites", 0, _nothing(sites), (), refusal.problems, refusal.total)]
    return [check_file(name, kind, profile, known, sites or "", today) for name in names]


def check_file(
    name: str, kind: str | None = None, profile: Profile | None = None, sites: Collection[str] | None = None,
    sites_file: str = "", today: date | None = None,
) -> Checked:  # fmt: skip
    """Send one file through its door and return what the door says."""
    door: Door | None = None
    try:
        door = open_file(name, name, kind, profile, today=today, sites=sites, sites_file=sites_file)
        seen = _Seen()
        for batch in door.batches():
            seen.add(batch)
    except Refusal as refusal:
        word = door.kind.name if door else kind or "?"
        return Checked(_shown(name), word, 0, _nothing(name), (), refusal.problems, refusal.total)
    summary = seen.say(name, door)
    if "site" in door.heading.places and door.kind.name not in ("sites",) and sites is None:
        summary = Note(f"{summary.en}; {NO_SITES.en}", f"{summary.zh}；{NO_SITES.zh}")
    return Checked(name, door.kind.name, door.rows, summary, tuple(door.notes))


def say_checked(checked: Sequence[Checked], language: str = "en") -> tuple[str, str]:
    """Return what is said of the files that were taken, and of those that were not."""
    taken, refused = [], []
    for one in checked:
        if one.problems:
            refused.append(Refusal(one.problems[:SHOWN_PROBLEMS], one.total).report(language))
        else:
            taken += [one.summary.text(language), *(note.text(language) for note in one.notes)]
    return "\n".join(taken), "\n".join(refused)


def to_json(checked: Sequence[Checked]) -> str:
    """Return the same for machines: every problem and note with its place and rule, in both languages."""
    return json.dumps([_plain(one) for one in checked], ensure_ascii=False, indent=1)


class _Seen:
    """What a door has let through: enough for one line."""

    def __init__(self) -> None:
        self.words: dict[str, set[str]] = {"site": set(), "analyte": set(), "subject": set(), "date": set()}
        self.below = 0

    def add(self, batch: Any) -> None:
        for name, words in self.words.items():
            if name in batch.schema.names:
                words.update(word for word in batch.column(name).unique().to_pylist() if word)
        if "censored" in batch.schema.names:
            column = batch.column("censored")
            under = np.array([word in ("below", "between") for word in column.dictionary.to_pylist()])
            self.below += int(under[column.indices.to_numpy(zero_copy_only=False)].sum())

    def say(self, name: str, door: Door) -> Note:
        counts = [("site", "sites", "个采样点"), ("subject", "subjects", "名受试者"), ("analyte", "analytes", "种检测物")]
        en, zh = f"{name}: {door.kind.name}, {door.rows} rows understood", f"{name}：{door.kind.name}，已读入 {door.rows} 行"
        for word, said_en, said_zh in counts:
            if n := len(self.words[word]):
                en, zh = f"{en}, {n} {said_en}", f"{zh}，{n} {said_zh}"
        if days := self.words["date"]:
            en, zh = f"{en}, {min(days)} – {max(days)}", f"{zh}，{min(days)} – {max(days)}"
        if door.kind.value == "concentration":
            en, zh = f"{en}, {self.below} below a limit", f"{zh}，{self.below} 个低于限值"
        return Note(en, zh)


def _nothing(name: str) -> Note:
    return Note(f"{_shown(name)}: refused", f"{_shown(name)}：拒收")


def _shown(name: str) -> str:
    return masked(name) if looks_like_name(Path(name).stem) else name


def _is_sites(name: str, profile: Profile | None) -> bool:
    try:
        return open_file(name, name, None, profile).kind.name == "sites"
    except Refusal:
        return False


def _plain(one: Checked) -> dict[str, Any]:
    return {
        "file": one.file,
        "kind": one.kind,
        "outcome": one.outcome,
        "rows": one.rows,
        "summary": {"en": one.summary.en, "zh": one.summary.zh},
        "notes": [{"rule": note.rule, "rows": list(note.rows), "en": note.en, "zh": note.zh} for note in one.notes],
        "problems_total": one.total,
        "problems": [_problem(problem) for problem in one.problems],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    said = {
        language: dict(zip(("found", "allowed", "advice"), problem.parts(language), strict=True)) for language in ("en", "zh")
    }
    return {
        "file": problem.file,
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "letter": problem.letter,
        "rule": problem.rule.id,
        **said,
        "sentence": {language: problem.sentence(language) for language in ("en", "zh")},
    }
