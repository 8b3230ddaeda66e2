"""What there is to run: the studies of a project and its notebooks, one line each."""

from __future__ import annotations

import json
from pathlib import Path

from labkit.errors import Refusal, printable
from labkit.params import read_params


def say_catalogue(project: Path, language: str = "en") -> str:
    """Return the studies (params files) and notebooks of a project as lines of text."""
    studies = [(path.stem, _title(path, language)) for path in sorted((project / "params").glob("*.yml"))]
    notebooks = [(path.stem, _about(path, language)) for path in sorted((project / "notebooks").glob("*.ipynb"))]
    width = max((len(name) for name, _ in studies + notebooks), default=0)
    heads = {"en": ("studies (params/)", "notebooks (notebooks/)"), "zh": ("研究（params/）", "笔记本（notebooks/）")}[language]
    lines = []
    for head, entries in zip(heads, (studies, notebooks), strict=True):
        lines += [head, *(f"  {name:<{width}}  {text}" for name, text in entries)]
    return "\n".join(lines)


def _title(path: Path, language: str) -> str:
    try:
        title = read_params(path).choices.title
    except Refusal as refusal:
        return {"en": "not readable: ", "zh": "无法读取："}[language] + refusal.problems[0].sentence(language)
    return (title.zh if language == "zh" else title.en) or title.en or title.zh or ""


def _about(path: Path, language: str) -> str:
    try:
        return printable(str(json.loads(path.read_text(encoding="utf-8"))["metadata"]["labkit"]["title"][language]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {"en": "not readable, or without a title", "zh": "无法读取，或没有标题"}[language]
