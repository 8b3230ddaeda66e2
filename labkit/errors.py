"""The message contract: every refusal names file, row, column and rule, and says what is allowed and what to do.

A `Rule` is the sentence, written once in both languages; a `Problem` is one place in one file where it was broken.
A `Refusal` carries all problems of a file at once, so that nobody mends a file one error at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

LANGUAGES = ("en", "zh")
SHOWN_PROBLEMS = 200


@dataclass(frozen=True)
class Rule:
    """One rule: what was found, what is allowed, what to do, in English and Chinese.

    Each sentence is a format string; its fields are given when a problem is reported.
    """

    id: str
    en: tuple[str, str, str]
    zh: tuple[str, str, str]
    example: tuple[str, str] = ("", "")  # as it was written, and as it should be
    noted: bool = False  # taken with a remark: found → how it was taken; how to write it plainly

    registry: ClassVar[dict[str, Rule]] = {}

    def __post_init__(self) -> None:
        """Enter the rule into the one catalogue; an id may be used once."""
        if self.id in Rule.registry:
            raise ValueError(f"the rule id {self.id} is used twice")
        Rule.registry[self.id] = self

    def at(
        self,
        file: str,
        row: int | None = None,
        column: str | None = None,
        letter: str | None = None,
        **fields: object,
    ) -> Problem:
        """Report this rule broken at one place; `fields` fill the sentences."""
        return Problem(rule=self, file=file, row=row, column=column, letter=letter, fields=fields)

    def note(self, file: str, rows: Iterable[int] = (), column: str | None = None, **fields: object) -> Note:
        """Remark that something of `file` was taken in the way this rule says; `rows` are the first of those it concerns."""
        rows = tuple(rows)
        problem = Problem(self, file, rows[0] if rows else None, column, fields=fields)
        return Note(problem.sentence("en"), problem.sentence("zh"), self.id, rows)


@dataclass(frozen=True)
class Problem:
    """One place where a rule is broken. `row` counts as the laboratory sees it: the header is row 1."""

    rule: Rule
    file: str
    row: int | None = None
    column: str | None = None
    letter: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    sheet: str | None = None

    @property
    def place(self) -> str:
        """`file[sheet]:row:column (letter)`, as far as it is known."""
        place = printable(self.file) + (f"[{printable(self.sheet)}]" if self.sheet else "")
        if self.row is not None:
            place += f":{self.row}"
        if self.column is not None:
            place += f":{printable(self.column)}" + (f" ({self.letter})" if self.letter else "")
        return place

    def sentence(self, language: str = "en") -> str:
        """`<place> <RULE-ID> <what was found> → <what is allowed>; <what to do>`."""
        found, allowed, advice = self.parts(language)
        return f"{self.place} {self.rule.id} {found} → {allowed}; {advice}"

    def parts(self, language: str = "en") -> tuple[str, str, str]:
        """Return what was found, what is allowed, and what to do."""
        values = {
            name: value.text(language) if isinstance(value, Shape) else printable(str(value))
            for name, value in self.fields.items()
        }
        found, allowed, advice = (text.format(**values) for text in getattr(self.rule, language))
        return found, allowed, advice

    def __str__(self) -> str:
        """Return the sentence in English."""
        return self.sentence()


@dataclass(frozen=True, init=False)
class Shape:
    """What a person-level message says in place of a value: its form, never the value itself, which is not kept either.

    >>> Shape("2024-3").text("en"), Shape("王").text("zh")
    ('a text of 6 characters (5 digits)', '1 个字符的文字')
    """

    n: int
    digits: int

    def __init__(self, value: str) -> None:
        """Take the form of `value`."""
        object.__setattr__(self, "n", len(value))
        object.__setattr__(self, "digits", sum(one.isdigit() for one in value))

    def text(self, language: str) -> str:
        """Return the form in `en` or `zh`."""
        n, digits = self.n, self.digits
        if not n:
            return {"en": "an empty text", "zh": "空文字"}[language]
        if digits == n:
            return {"en": f"a text of {n} digits", "zh": f"{n} 位数字"}[language]
        said = {"en": f"a text of {n} character" + "s" * (n > 1), "zh": f"{n} 个字符的文字"}[language]
        return said + ({"en": f" ({digits} digits)", "zh": f"（含 {digits} 位数字）"}[language] if digits else "")


@dataclass(frozen=True)
class Note:
    """Something taken with a remark; it stands in the report in the report's language.

    `rule` names the rule that took it so, and `rows` the first rows it concerns.
    """

    en: str
    zh: str
    rule: str = ""
    rows: tuple[int, ...] = ()

    def text(self, language: str) -> str:
        """Return the remark in `en` or `zh`."""
        return str(getattr(self, language))


class LabkitError(Exception):
    """Anything labkit says no to; the exit code tells a script which kind."""

    exit_code = 1


class Refusal(LabkitError):
    """An input or a params file that is not taken; nothing has been written."""

    exit_code = 2

    def __init__(self, problems: Problem | Iterable[Problem], total: int = 0) -> None:
        """Carry one problem, or all problems of a file in the order of its rows; `total` counts those not carried too."""
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        self.total = max(total, len(self.problems))
        super().__init__(self.report())

    def report(self, language: str = "en") -> str:
        """One line a problem; past the first 200 only their number."""
        lines = [problem.sentence(language) for problem in self.problems[:SHOWN_PROBLEMS]]
        more = self.total - len(lines)
        if more > 0:
            lines.append({"en": f"… and {more} more problems", "zh": f"……另有 {more} 处问题"}[language])
        return "\n".join(lines)


class NotebookFailed(LabkitError):
    """A notebook that did not prove it ran whole; the previous report is untouched."""

    exit_code = 3

    def __init__(self, notebook: str, cell: int | None, reason: str) -> None:
        """Name the notebook, the code cell (counted from 1 over code cells) and the reason."""
        self.notebook, self.cell, self.reason = notebook, cell, reason
        super().__init__(f"{notebook}, code cell {cell}: {reason}" if cell else f"{notebook}: {reason}")


class EnvironmentUnfit(LabkitError):
    """The machine cannot do it: a folder that cannot be written, a full disk, a missing package."""

    exit_code = 5


class Interrupted(LabkitError):
    """Stopped by a person or a signal."""

    exit_code = 6


class Damaged(LabkitError):
    """A published report that no longer matches its manifest."""

    exit_code = 7


def printable(text: str) -> str:
    """Return `text` with control, format and surrogate characters shown as escapes, cut at 300 characters."""
    shown = "".join(
        character if character.isprintable() else character.encode("unicode_escape", "surrogatepass").decode()
        for character in text
    )
    return shown if len(shown) <= 300 else f"{shown[:280]}… ({len(text)} characters)"
