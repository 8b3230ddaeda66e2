"""The doors alone: one file sent through the reader of its kind, without a study."""

from __future__ import annotations

from pathlib import Path

from labkit.loaders.flow import read_flow
from labkit.loaders.population import read_population
from labkit.loaders.results import read_results
from labkit.vocabulary import UNDER_A_LIMIT


def check_file(path: Path, kind: str, language: str = "en") -> list[str]:
    """Return what a door has to say of a file it accepts: how much it read, and its notes.

    Parameters
    ----------
    path : Path
        The file.
    kind : str
        `wastewater`, `flow` or `population`.
    language : str
        Of the notes.

    Raises
    ------
    Refusal
        With every problem of the file.
    """
    frame, sheet = {"wastewater": read_results, "flow": read_flow, "population": read_population}[kind](path, str(path))
    lines = [{"en": f"{path}: {len(frame)} rows understood", "zh": f"{path}：已读入 {len(frame)} 行"}[language]]
    if kind == "wastewater":
        below = int(frame["censored"].isin(UNDER_A_LIMIT).sum())
        days = f"{frame['date'].min()} – {frame['date'].max()}"
        lines[0] += {
            "en": f", {frame['site'].nunique()} sites, {frame['analyte'].nunique()} analytes, {days}, {below} below a limit",
            "zh": f"，{frame['site'].nunique()} 个采样点，{frame['analyte'].nunique()} 种检测物，{days}，{below} 个低于限值",
        }[language]
    return lines + [note.text(language) for note in sheet.notes]
