"""The Korean study as a whole: from params/korea.yml to the printed consumption figures, through the command a person types.

Source: daily loads of 15 plants in five cities of South Korea, carried over in params/published/korea.csv; the shared domain
brief, §1.1, holds the same 13 uncensored plants and is read here as the independent copy.
"""

from __future__ import annotations

import csv
import html
import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "params" / "published" / "korea.csv"
TEXT = {"site": str, "date": str, "analyte": str, "drug": str}
Command = Callable[..., subprocess.CompletedProcess[str]]


def read_consumption(report: Path) -> pd.DataFrame:
    """Read the published table, one row a plant and analyte."""
    table = pd.read_csv(report / "tables" / "consumption.csv", dtype=TEXT, keep_default_na=False, na_values=[""])
    return table.set_index(["site", "analyte"])


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, command: Command) -> Path:
    """The report of the study, made once for all tests here."""
    reports = tmp_path_factory.mktemp("korea")
    said = command("run", ROOT / "params" / "korea.yml", "--reports", reports, "--quiet")
    assert (said.returncode, said.stdout) == (0, f"{reports / 'korea'}\n"), said.stderr
    return reports / "korea"


@pytest.fixture(scope="module")
def consumption(report: Path) -> pd.DataFrame:
    return read_consumption(report)


@pytest.fixture(scope="module")
def printed() -> dict[tuple[str, str], dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as lines:
        return {(row["site"], row["analyte"]): row for row in csv.DictReader(lines)}


def test_all_printed_figures_within_half_a_percent(
    consumption: pd.DataFrame, printed: dict[tuple[str, str], dict[str, str]]
) -> None:
    """26 figures of 13 plants, and B-10's methamphetamine."""
    figures = {
        key: float(row["published_consumption"]) for key, row in printed.items() if row["published_consumption"][:1].isdigit()
    }
    assert len(figures) == 27
    assert ("B-10", "methamphetamine") in figures
    for key, figure in figures.items():
        row = consumption.loc[key]
        assert row["consumption_mg_day_1000inh"] == pytest.approx(figure, rel=0.005), key
        assert (row["censored"], row["unit"]) == ("exact", "mg/day/1000inh")
        assert row["low"] < row["consumption_mg_day_1000inh"] < row["high"]


def test_the_domain_brief_says_the_same(consumption: pd.DataFrame, shared: Callable[[str], Path]) -> None:
    """An independent copy of the 13 plants: loads as given, consumption within 0.5 %."""
    rows = re.findall(
        r"^\| ([BUK]-\d+) \| ([\d ]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$",
        shared("domain/domain.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(rows) == 13
    for site, _, *figures in rows:
        for analyte, load, taken in zip(("methamphetamine", "codeine"), figures[::2], figures[1::2], strict=True):
            row = consumption.loc[site, analyte]
            assert row["load_mg_day_1000inh"] == float(load)
            assert row["consumption_mg_day_1000inh"] == pytest.approx(float(taken), rel=0.005), (site, analyte)


def test_below_the_limit_stays_below_the_limit(consumption: pd.DataFrame) -> None:
    """B-9's methamphetamine, printed <2.60: a limit, whose interval reaches from nothing to beyond it."""
    row = consumption.loc["B-9", "methamphetamine"]
    assert row["censored"] == "below"
    assert row["consumption_mg_day_1000inh"] == pytest.approx(2.60, rel=0.005)
    assert row["low"] == 0
    assert row["high"] >= 2.60
    below = consumption[consumption["censored"] == "below"]
    assert sorted(below.index) == [("B-10", "codeine"), ("B-9", "methamphetamine")]


def test_amphetamine_ends_at_the_load(consumption: pd.DataFrame) -> None:
    rows = consumption.xs("amphetamine", level="analyte")
    assert len(rows) > 0
    assert rows["consumption_mg_day_1000inh"].isna().all()
    assert rows["load_mg_day_1000inh"].notna().all()


def test_the_anomaly_of_the_source_is_a_note(report: Path, consumption: pd.DataFrame) -> None:
    """B-10's codeine, printed <1.89, is <3.79 by its own load: computed as such, and said in manifest and pages."""
    row = consumption.loc["B-10", "codeine"]
    assert row["consumption_mg_day_1000inh"] == pytest.approx(2.42 / 0.638, rel=1e-4)
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    (note,) = [note for note in manifest["notes"] if "B-10" in note and note.startswith("Anomaly")]
    assert any("B-10" in note and "korea.csv" in note for note in manifest["notes"])  # the source's own row note as well
    assert all(word in note.lower() for word in ("anomaly", "codeine", "<1.89", "<3.79"))
    for language, notes in (("en", "What to know about this report"), ("zh", "B-10")):
        page = html.unescape((report / f"report.{language}.html").read_text(encoding="utf-8"))
        know = re.search(r'<aside class="know">.*?</aside>', page, re.DOTALL)
        assert know is not None
        assert all(word in know[0] for word in (notes, "B-10", "<1.89", "<3.79"))
    assert manifest["simulated"] is False
    assert "SIMULATED" not in (report / "report.en.html").read_text(encoding="utf-8")


def test_weighting_by_population_matters(consumption: pd.DataFrame, printed: dict[tuple[str, str], dict[str, str]]) -> None:
    """Mean methamphetamine of the 13 plants with both figures: 16.31 weighted, 22.09 plain (of the printed ones, so 0.5 %)."""
    sites = [site for site, analyte in printed if analyte == "codeine" and site not in ("B-9", "B-10")]
    assert len(sites) == 13
    people = np.array([float(printed[site, "methamphetamine"]["population"]) for site in sites])
    taken = np.array([consumption.loc[(site, "methamphetamine"), "consumption_mg_day_1000inh"] for site in sites])
    assert float((taken * people).sum() / people.sum()) == pytest.approx(16.31, rel=0.005)
    assert float(taken.mean()) == pytest.approx(22.09, rel=0.005)


def test_another_load_moves_the_output(
    tmp_path: Path, lay_project: Callable[[Path], Path], command: Command, consumption: pd.DataFrame
) -> None:
    """Twice the load of K-3 in a copy of the input: twice its consumption, and nothing else."""
    project = lay_project(tmp_path / "copy")
    copy = project / "params" / "published" / "korea.csv"
    text = copy.read_text(encoding="utf-8")
    assert text.count("K-3,methamphetamine,29.2,") == 1
    copy.write_text(text.replace("K-3,methamphetamine,29.2,", "K-3,methamphetamine,58.4,"), encoding="utf-8")
    said = command("run", "params/korea.yml", "--set", "languages=[en]", "--quiet", cwd=project)
    assert said.returncode == 0, said.stderr
    moved = read_consumption(project / "reports" / "korea")
    changed = [key for key in consumption.index if not moved.loc[key].equals(consumption.loc[key])]
    assert changed == [("K-3", "methamphetamine")]
    assert moved.loc[changed[0], "consumption_mg_day_1000inh"] == pytest.approx(58.4 / 0.43, rel=1e-4)
