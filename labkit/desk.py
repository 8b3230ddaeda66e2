"""The desk a notebook works at: the choices of its study, where its inputs lie and where its tables go.

Two things people confuse: under `labkit run` the desk is laid by the run (the file named in `LABKIT_RUN`), and what is
kept is published; in JupyterLab it is laid from `params/<study>.yml`, and what is kept goes to a scratch folder.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from labkit.compare import MatrixStudy
from labkit.edition import Edition
from labkit.errors import Note, Refusal
from labkit.loaders.euda import EudaRelease, read_euda
from labkit.loaders.euda_files import FILES
from labkit.loaders.euda_press import read_press
from labkit.loaders.samples import Samples, read_samples
from labkit.params import Choices, find_project, read_params, resolve_input, say_tree
from labkit.prevalence import PrevalenceStudy
from labkit.simulate import Operation, simulate_laboratories
from labkit.tables import TABLES, check, write_csv
from labkit.users import count_users
from labkit.zone import compare_matrices, read_zone

SIMULATED_FOLDER = "simulated"


@dataclass(frozen=True)
class Desk:
    """One study open in one language."""

    choices: Choices
    edition: Edition
    base: Path
    simulated: Path | None
    tables: Path

    @property
    def tree(self) -> str:
        """The choices as a tree, in the language of the edition."""
        return say_tree(self.choices, self.edition.language)

    @property
    def jurisdiction(self) -> str | None:
        """Which rows of the parameter library the study uses; None if it ends at the load."""
        chosen = self.choices.correction_factor
        return (getattr(chosen, "jurisdiction", None) or "") if hasattr(chosen, "assume") else None

    @property
    def errors(self) -> Mapping[str, float]:
        """The declared coefficients of variation; empty if the study declares none."""
        declared = getattr(self.choices.errors, "assume", None)
        return declared.model_dump() if declared is not None else {}

    @property
    def doses(self) -> bool:
        """Whether doses are taken from the parameter library."""
        return hasattr(self.choices.dose, "assume")

    def read_samples(self) -> Samples:
        """Read and join the study's files through their doors."""
        return read_samples(self.choices, self.base, self.simulated)

    def compare_matrices(self, loads: pd.DataFrame, draws: int = 999) -> MatrixStudy | None:
        """Compare the study's water with its hair and blood, inside the zone; None if it declares none."""
        zone = read_zone(self.choices, self.base, self.simulated)
        return compare_matrices(zone, loads, level=self.choices.level, draws=draws)

    def study_prevalence(self, loads: pd.DataFrame) -> PrevalenceStudy | None:
        """Ask how many people use the drug that the study names; None if it names none, or has no areas."""
        zone = read_zone(self.choices, self.base, self.simulated)
        truth = self.simulated / "truth_use.csv" if self.simulated is not None else None
        return count_users(zone, loads, self.choices, self.jurisdiction or "", truth)

    def read_quality(self) -> pd.DataFrame:
        """Read the study's quality-control samples; empty if it declares none."""
        return read_zone(self.choices.model_copy(update={"hair": None, "blood": None}), self.base, self.simulated).quality

    def read_release(self) -> EudaRelease:
        """Read the EUDA release that the study names."""
        files = self.choices.results.files
        wanted = resolve_input(files, self.base, None) if files else None
        return read_euda(self.release_folder, wanted)

    @property
    def release_folder(self) -> Path:
        """Where the release lies; a folder that is not there keeps its name, for the door names the files it wants."""
        name = self.choices.results.folder
        try:
            return resolve_input(name, self.base, None)
        except Refusal:
            return Path(name)

    def read_press(self, release: EudaRelease) -> pd.DataFrame:
        """Read the published figures that the release is held against."""
        if self.choices.compare_with is None:
            raise ValueError("the study names no published figures (compare_with)")
        return read_press(resolve_input(self.choices.compare_with.observe, self.base, None), release)

    def keep(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Hold a frame to the promise of its table, write it as `<name>.csv`, and return it as written."""
        kept = check(frame, TABLES[name])
        write_csv(kept, self.tables / f"{name}.csv")
        return kept

    def keep_all(self, frames: Mapping[str, pd.DataFrame]) -> tuple[str, ...]:
        """Keep several tables by name, and return the names."""
        for name, frame in frames.items():
            self.keep(name, frame)
        return tuple(frames)


def false_alerts_a_month(desk: Desk) -> float:
    """Return the contract of the alarms: what the study declares, or one false alert a month over all series."""
    return desk.choices.alerts.false_alerts_a_month if desk.choices.alerts else 1.0


def open_study(study: str, language: str = "en", choices: Mapping[str, Any] | None = None) -> Desk:
    """Lay the desk for a notebook.

    Parameters
    ----------
    study : str
        The params file's stem.
    language : str
        `en` or `zh`.
    choices : mapping, optional
        The choices of a run, filled by `labkit run`; empty means: read `params/<study>.yml`.
    """
    run_file = os.environ.get("LABKIT_RUN")
    if run_file and choices:
        run = json.loads(Path(run_file).read_text(encoding="utf-8"))
        simulated = Path(run["simulated"]) if run["simulated"] else None
        return lay_desk(Choices.from_plain(choices), language, Path(run["base"]), simulated, Path(run["tables"]) / language)
    project = find_project(Path.cwd() / "here")
    params = read_params(project / "params" / f"{study}.yml")
    scratch = project / "reports" / ".scratch" / study
    simulated = simulate_into(params.choices, scratch)
    return lay_desk(params.choices, language, project / "params", simulated, scratch / "tables" / language)


def lay_desk(choices: Choices, language: str, base: Path, simulated: Path | None, tables: Path) -> Desk:
    """Return the desk of one language; a study with a simulation block is stamped."""
    return Desk(choices, Edition(language, choices.simulation is not None), base, simulated, tables)


def simulate_into(choices: Choices, folder: Path) -> Path | None:
    """Let the laboratories of the simulated city write their files, if the study asks for one; return where they lie."""
    asked = choices.simulation
    if asked is None:
        return None
    target = folder / SIMULATED_FOLDER
    target.mkdir(parents=True, exist_ok=True)
    simulate_laboratories(
        target,
        seed=asked.seed,
        sites=asked.sites,
        weeks=asked.weeks,
        days_per_week=asked.days_per_week,
        start=asked.start,
        operation=Operation(**dict(asked.operation)) if asked.operation else None,
        waves=asked.waves,
        subjects=asked.subjects,
    )
    return target


@dataclass(frozen=True)
class Inputs:
    """What a study was made from: files with their rows, and what the doors took with a remark."""

    files: tuple[tuple[str, Path], ...]
    notes: tuple[Note, ...]
    rows: Mapping[str, int] = field(default_factory=dict)  # read from each file, where a door counted them


def read_inputs(desk: Desk) -> Inputs:
    """Read every input of a study once, so that whatever a door refuses is refused before any notebook starts."""
    choices = desk.choices
    if choices.results.format == "euda":
        release = desk.read_release()
        files = [(f"{choices.results.folder}/{name}", desk.release_folder / name) for name in FILES.values()]
        if choices.results.files:
            files.append((choices.results.files, resolve_input(choices.results.files, desk.base, None)))
        if choices.compare_with:
            desk.read_press(release)
            files.append((choices.compare_with.observe, resolve_input(choices.compare_with.observe, desk.base, None)))
        notes = tuple(Note(note.sentence("en"), note.sentence("zh"), note.rule.id) for note in release.notes)
        return Inputs(tuple(files), (*release.taken, *notes))
    samples = desk.read_samples()
    zone = read_zone(choices, desk.base, desk.simulated)
    taken = dict((*samples.files, *zone.files))
    return Inputs(tuple(taken.items()), (*samples.notes, *zone.notes), {**samples.rows, **zone.rows})
