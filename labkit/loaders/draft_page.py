"""A drafted profile as it grows: what was seen is written, what cannot be known is a question with its key commented out.

Two things people confuse: a *declaration* (counts from now on) and a *question* (counts for nothing until somebody answers it
by taking the `#` away). Only what the file itself proves becomes a declaration.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from labkit.errors import Note, Refusal, printable
from labkit.params.characters import CONTROL
from labkit.params.read_profile import parse_profile

_LONGEST = 200  # characters of a header or a word that is repeated


@dataclass(frozen=True)
class Draft:
    """A drafted profile: `text` is YAML that `read_profile` accepts, `questions` is what only the laboratory can answer."""

    text: str
    questions: tuple[Note, ...]


@dataclass
class Page:
    """Collects the declarations of a draft and, to stand below them, its questions."""

    lines: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    questions: list[Note] = field(default_factory=list)

    def remark(self, text: str) -> None:
        """Add a comment."""
        self.lines.append(f"# {_one_line(text)}")

    def declare(self, *lines: str) -> None:
        """Add lines that count."""
        self.lines += lines

    def ask(self, en: str, zh: str, *lines: str) -> None:
        """Add a question in both languages, with the `lines` that would answer it, commented out."""
        en, zh = _one_line(en), _one_line(zh)
        self.questions.append(Note(en, zh))
        answers = (line[: len(line) - len(line.lstrip(" "))] + _one_line(line) for line in lines)
        self.asked += ["", f"# ASK: {en}", f"#      {zh}", *(f"# {answer}" for answer in answers)]

    def draft(self) -> Draft:
        """Return the draft; a declaration that could not be read back is never handed out."""
        text = "\n".join([*self.lines, *self.asked]) + "\n"
        try:
            parse_profile(text.encode(), "draft")
        except Refusal as refusal:  # a header that no profile can hold: keep what is asked, declare nothing
            kept = [line if line.startswith("#") or not line else f"# {line}" for line in self.lines]
            reason = [f"# {_one_line(problem.sentence())}" for problem in refusal.problems[:5]]
            text = "\n".join(["title: {en: Draft, zh: 草稿}", *reason, *kept, *self.asked]) + "\n"
        return Draft(text, tuple(self.questions))


def quoted(text: str) -> str:
    """Return a text in YAML's double quotes."""
    return json.dumps(text, ensure_ascii=False)


def writable(text: str) -> bool:
    """Return whether a profile can hold `text` as it stands."""
    return 0 < len(text) <= _LONGEST and text.isprintable() and not CONTROL.search(text)


def _one_line(text: str) -> str:
    return CONTROL.sub("?", " ".join(printable(text).split()))
