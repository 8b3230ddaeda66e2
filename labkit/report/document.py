"""An executed notebook as a list of blocks, and what is said about the report as a whole.

A *document* is one notebook, read. A *page* is the whole report: one title, then all documents under it with their headings
brought into one order. Code is hidden; what a code cell showed is taken by the allow-list of `labkit.report.outputs`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from labkit.errors import NotebookFailed
from labkit.report.blocks import Block, Heading, Statement
from labkit.report.outputs import OutputRefused, read_output
from labkit.report.prose import ProseRefused, read_prose


@dataclass(frozen=True)
class Meta:
    """What a report says of itself. Dates come from the data or the params, never from the clock."""

    study: str  # the params file's stem
    title: str
    language: str  # en or zh
    simulated: bool
    version: str
    commit: str
    notes: tuple[str, ...] = ()  # "What to know about this report": one paragraph each
    period: str = ""
    data: str = ""  # one line: what came in
    taken: tuple[str, ...] = ()  # how the doors took what was odd in the files, at the end


@dataclass(frozen=True)
class Document:
    """One executed notebook, read."""

    notebook: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Page:
    """The whole report under its one title: the question it answers, if there is one, and every block in order."""

    question: str
    blocks: tuple[Block, ...]


def read_document(notebook: Mapping[str, Any], name: str) -> Document:
    """Read an executed notebook (nbformat 4) of one language.

    Parameters
    ----------
    notebook
        The notebook as nbformat gives it; prose of other languages has been dropped before.
    name
        What the notebook is called in messages and in the report's files, such as `load`.

    Raises
    ------
    NotebookFailed
        If an output is not on the allow-list (names the code cell, counted from 1, and the MIME type), or if the prose
        holds a picture or a link that is neither http, https nor relative (names the Markdown cell, counted from 1).

    >>> read_document({"cells": [{"cell_type": "markdown", "source": "# How much?"}]}, "load").blocks
    (Heading(level=1, text='How much?'),)
    """
    blocks: list[Block] = []
    code = prose = 0
    for cell in notebook["cells"]:
        source = cell.get("source", "")
        if cell["cell_type"] == "markdown":
            prose += 1
            try:
                blocks.extend(read_prose(source if isinstance(source, str) else "".join(source)))
            except ProseRefused as error:
                raise NotebookFailed(name, None, f"Markdown cell {prose}: {error}") from error
        elif cell["cell_type"] == "code":
            code += 1
            for output in cell.get("outputs", ()):
                try:
                    block = read_output(output)
                except OutputRefused as error:
                    raise NotebookFailed(name, code, str(error)) from error
                if block is not None:
                    blocks.append(block)
    return Document(name, tuple(_findings_first(blocks)))


def _findings_first(blocks: Sequence[Block]) -> list[Block]:
    """Put what was found under the first heading of level 2, the bottom line: it is computed late and read first."""
    findings = [block for block in blocks if isinstance(block, Statement) and block.kind == "finding"]
    rest = [block for block in blocks if block not in findings]
    heads = [place for place, block in enumerate(rest) if isinstance(block, Heading) and block.level == 2]
    after = heads[0] + 1 if heads else 0
    return [*rest[:after], *findings, *rest[after:]] if heads else list(blocks)


def compose(documents: Sequence[Document], title: str) -> Page:
    """Bring all documents under one title.

    One notebook: its first heading of level 1 is the question under the title (left out if it repeats the title). Several
    notebooks: each heading goes down by one level, so each notebook is a chapter. No level is skipped on the way down,
    and none but the title is level 1.

    >>> compose([Document("load", (Heading(1, "How much?"), Heading(2, "Results")))], "First result").question
    'How much?'
    """
    question = ""
    blocks: list[Block] = []
    single = len(documents) == 1
    depth = 1
    for document in documents:
        for block in document.blocks:
            if isinstance(block, Heading):
                if single and block.level == 1 and not question and not any(isinstance(one, Heading) for one in blocks):
                    question = block.text
                    continue
                depth = min(max(2, block.level + (0 if single else 1)), depth + 1)
                block = replace(block, level=depth)
            blocks.append(block)
    return Page("" if question == title else question, tuple(blocks))
