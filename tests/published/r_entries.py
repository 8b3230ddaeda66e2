"""The entries of the R reference files and who compares them, read from the files themselves: a new one is met unseen."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pandas as pd

SHARED = Path(os.environ.get("LABKIT_SHARED") or Path(__file__).parents[3] / "shared")
FOLDER = SHARED / "reference" / "r"


class NotCompared(Exception):
    """Raised by a comparison: this entry cannot be compared, and why (R failed, or an option that labkit does not offer)."""


@dataclass(frozen=True)
class Entry:
    """One call of an R function with its result."""

    file: str
    content: dict

    @property
    def id(self) -> str:
        return self.content["id"]

    @property
    def call(self) -> str:
        return self.content["call"]

    @property
    def result(self) -> dict:
        if self.content.get("result") is None:
            raise NotCompared(f"R gave no result: {self.content.get('error')}")
        return self.content["result"]

    @property
    def warnings(self) -> str:
        return str(self.content.get("warnings") or "")

    @property
    def arguments(self) -> dict:
        """The scalar arguments, where the input is not a file."""
        given = self.content["input"]
        return given if isinstance(given, dict) else {}

    @property
    def function(self) -> tuple[str, str]:
        """Package and function: the first name of the call that is followed by a bracket, without its package."""
        package = (self.content.get("package") or "?").split()[0]
        names = [name.split("::")[-1] for name in re.findall(r"([A-Za-z][\w.]*(?:::[\w.]+)?)\(", self.call)]
        names = [name for name in names if name not in ("set.seed", "library", "c")]
        return package, names[0] if names else self.call[:30]

    def table(self) -> pd.DataFrame:
        """The input data; NA is NaN, TRUE and FALSE are booleans."""
        return pd.read_csv(FOLDER / self.content["input"], na_values=["NA", ""], keep_default_na=False)


@cache
def entries() -> tuple[Entry, ...]:
    """Every entry of every file; none where the folder is missing."""
    found = []
    for path in sorted(FOLDER.glob("0*.json")):
        found += [Entry(path.name, content) for content in json.loads(path.read_text("utf-8"))["entries"]]
    return tuple(found)


@dataclass(frozen=True)
class Verdict:
    """What labkit does where R has this function."""

    kind: str  # same, better, not offered
    how: str  # labkit's name; how it is better; why it is not offered
    compare: Callable[[Entry], None] | None
    area: str


VERDICTS: dict[tuple[str, str], Verdict] = {}


def _enter(package: str, function: str, verdict: Verdict) -> None:
    assert (package, function) not in VERDICTS, f"{package}::{function} has two verdicts"
    VERDICTS[package, function] = verdict


def same(package: str, *functions: str, how: str) -> Callable[[Callable[[Entry], None]], Callable[[Entry], None]]:
    """Enter a comparison: labkit gives the same numbers; `how` is labkit's own name for it."""
    return _decorate("same", package, functions, how)


def better(package: str, *functions: str, how: str) -> Callable[[Callable[[Entry], None]], Callable[[Entry], None]]:
    """Enter a comparison: labkit is defined better, `how` says in which way; what differs is shown."""
    return _decorate("better", package, functions, how)


def not_offered(package: str, *functions: str, why: str) -> None:
    """Enter a function that labkit does not have, and why."""
    area = _area()
    for function in functions:
        _enter(package, function, Verdict("not offered", why, None, area))


def _area() -> str:
    import inspect

    return next(frame.filename for frame in inspect.stack() if "against_r" in frame.filename).rsplit("against_", 1)[-1]


def _decorate(
    kind: str, package: str, functions: tuple[str, ...], how: str
) -> Callable[[Callable[[Entry], None]], Callable[[Entry], None]]:
    area = _area()

    def enter(compare: Callable[[Entry], None]) -> Callable[[Entry], None]:
        for function in functions:
            _enter(package, function, Verdict(kind, how, compare, area))
        return compare

    return enter
