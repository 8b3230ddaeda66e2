"""What there is to run: the studies of a project, its notebooks, and the profiles of its laboratories, one line each."""

from __future__ import annotations

import json
from pathlib import Path

from labkit.errors import Refusal, printable
from labkit.params import profiles_of, read_params, read_profile

TEMPLATE = "template"
HEADS = {
    "en": ("studies (params/)", "notebooks (notebooks/)", "laboratory profiles (params/labs/)"),
    "zh": ("研究（params/）", "笔记本（notebooks/）", "实验室配置（params/labs/）"),
}


def say_catalogue(project: Path, language: str = "en") -> str:
    """Return the studies (params files), notebooks and laboratory profiles of a project as lines of text.

    The templates are the start of a study or a profile and neither of them; without profiles there is no heading for them.
    """
    files = sorted(path for path in (project / "params").glob("*.yml") if path.stem != TEMPLATE)
    studies = [(path.stem, _title(path, language)) for path in files]
    profiles = [(path.stem, _laboratory(path, language)) for path in profiles_of(project)]
    notebooks = [(path.stem, _about(path, language)) for path in sorted((project / "notebooks").glob("*.ipynb"))]
    width = max((len(name) for name, _ in studies + notebooks + profiles), default=0)
    heads = HEADS[language]
    lines = []
    for head, entries in zip(heads, (studies, notebooks, profiles), strict=True):
        if entries is profiles and not profiles:
            continue
        lines += [head, *(f"  {name:<{width}}  {text}" for name, text in entries)]
    return "\n".join(lines)


def _title(path: Path, language: str) -> str:
    try:
        title = read_params(path).choices.title
    except Refusal as refusal:
        return {"en": "not readable: ", "zh": "无法读取："}[language] + refusal.problems[0].sentence(language)
    return (title.zh if language == "zh" else title.en) or title.en or title.zh or ""


def _laboratory(path: Path, language: str) -> str:
    try:
        profile = read_profile(path)
    except Refusal as refusal:
        return {"en": "not readable: ", "zh": "无法读取："}[language] + refusal.problems[0].sentence(language)
    title = profile.title
    return (title.zh if language == "zh" else title.en) or title.en or title.zh or profile.laboratory or "–"


def _about(path: Path, language: str) -> str:
    try:
        return printable(str(json.loads(path.read_text(encoding="utf-8"))["metadata"]["labkit"]["title"][language]))
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return {"en": "not readable, or without a title", "zh": "无法读取，或没有标题"}[language]
