"""The European study as a whole: the official figures found again in the published tables, through the command.

Source: EUDA and SCORE, release ww2025; what was checked by hand stands in the data folder's SOURCE.md.
"""

from __future__ import annotations

import csv
import html
import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
RELEASE = "data/euda_ww2025"
Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, command: Command, shared: Callable[[str], Path]) -> Path:
    """The report of the study, made once for all tests here."""
    data = shared(RELEASE).parent
    reports = tmp_path_factory.mktemp("europe")
    said = command(
        "run", ROOT / "params" / "europe.yml", "--reports", reports, "--quiet", env=os.environ | {"LABKIT_DATA": str(data)}
    )
    assert (said.returncode, said.stdout) == (0, f"{reports / 'europe'}\n"), said.stderr
    return reports / "europe"


def table(report: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(report / "tables" / f"{name}.csv", dtype={"site": str, "date": str})


def test_official_trend_to_a_hundredth(report: Path, shared: Callable[[str], Path]) -> None:
    """14 years, each within 0.01 of the publisher's own file, which is read here beside labkit."""
    trend = table(report, "official_trend")
    assert list(trend.columns[:3]) == ["year", "load_mg_day_1000inh", "published"]
    assert list(trend["year"]) == list(range(2011, 2025))
    assert ((trend["load_mg_day_1000inh"] - trend["published"]).abs() <= 0.01).all()
    with (shared(RELEASE) / "ww2025-aggregated-trends.csv").open(encoding="utf-8-sig", newline="") as lines:
        numbers = [float(cell) for row in csv.reader(lines) for cell in row if re.fullmatch(r"\d+\.\d+", cell)]
    assert len(numbers) == 14
    assert list(trend["published"]) == pytest.approx(numbers, abs=1e-4)
    checked = trend.set_index("year")["load_mg_day_1000inh"]
    assert [round(checked[year], 2) for year in (2011, 2015, 2019, 2024)] == [340.93, 237.23, 589.77, 848.15]


def test_every_label_of_change(report: Path) -> None:
    """380 of 380, and the counts by drug of SOURCE.md."""
    changes = table(report, "changes")
    assert {"site", "drug", "previous", "current", "label", "published_label"} <= set(changes)
    assert len(changes) == 380
    assert (changes["label"] == changes["published_label"]).all()
    counts = changes.groupby(["drug", "label"]).size()
    found = {
        drug: tuple(counts[drug].get(label, 0) for label in ("increase", "stable", "decrease")) for drug in ("MDMA", "cocaine")
    }
    assert found == {"MDMA": (41, 11, 24), "cocaine": (39, 17, 16)}


@pytest.mark.parametrize(
    ("city", "drug", "measure", "figure"),
    [
        ("London", "cocaine", "daily mean", 710.65),
        ("London", "cocaine", "saturday", 903.65),
        ("London", "cocaine", "weekday mean", 799.35),
        ("Amsterdam", "cocaine", "daily mean", 393.00),
        ("Paris", "cocaine", "daily mean", 242.66),
        ("Milan", "cocaine", "daily mean", 233.17),
        ("London", "MDMA", "weekday mean", 26.68),
        ("London", "MDMA", "saturday", 68.80),
        ("London", "methamphetamine", "saturday", 15.33),
        ("Prague", "methamphetamine", "daily mean", 326.60),
    ],
)
def test_figures_of_the_cities(report: Path, city: str, drug: str, measure: str, figure: float) -> None:
    """Within 0.01, the rounding of the figures in SOURCE.md."""
    cities = table(report, "cities")
    rows = cities[(cities["city"] == city) & (cities["drug"] == drug) & (cities["measure"] == measure)]
    assert len(rows) == 1
    assert float(rows["load_mg_day_1000inh"].iloc[0]) == pytest.approx(figure, abs=0.01)


def test_europe_ends_at_the_load(report: Path) -> None:
    """No consumption, and a zero is a value below a limit that nobody gives: said in manifest and pages."""
    consumption = table(report, "consumption")
    assert len(consumption) > 4000
    assert consumption[["consumption_mg_day_1000inh", "low", "high"]].isna().all(axis=None)
    assert (consumption["source_status"] == "not used").all()
    manifest = json.loads((report / "manifest.json").read_text(encoding="utf-8"))
    assert any(re.search(r"zero.*limit that is not given", note) for note in manifest["notes"])
    assert manifest["simulated"] is False
    for language, words in (("en", "a zero is below a limit that is not given"), ("zh", "零")):
        page = (report / f"report.{language}.html").read_text(encoding="utf-8")
        (taken,) = re.findall(r'<aside class="taken">.*?</aside>', page, re.DOTALL)  # how the files were taken, at the end
        assert words in html.unescape(taken)


def test_inputs_are_named_without_the_machine(report: Path, shared: Callable[[str], Path]) -> None:
    inputs = json.loads((report / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    names = [one["name"] for one in inputs]
    assert "$LABKIT_DATA/euda_ww2025/ww2025-all-data.csv" in names
    published = b"".join(
        path.read_bytes() for path in sorted(report.rglob("*")) if path.suffix in {".json", ".ipynb", ".html", ".csv"}
    )
    for folder in {str(shared("data")), str(shared("data").resolve()), str(report.parent), str(ROOT)}:
        assert folder.encode() not in published


@pytest.mark.parametrize("data", ["", "empty", "nowhere"])
def test_without_the_data(data: str, tmp_path: Path, command: Command) -> None:
    """Refused before anything starts: the variable, each file wanted with its sha256, and the publisher's page."""
    (tmp_path / "empty").mkdir()
    reports = tmp_path / "reports"
    environment = {name: value for name, value in os.environ.items() if name != "LABKIT_DATA"}
    if data:
        environment["LABKIT_DATA"] = str(tmp_path / data)
    said = command("run", ROOT / "params" / "europe.yml", "--reports", reports, env=environment)
    assert said.returncode == 2
    with (ROOT / "params" / "published" / "euda_ww2025.csv").open(encoding="utf-8", newline="") as lines:
        wanted = list(csv.DictReader(lines))
    assert len(wanted) == 4
    for one in wanted:
        (line,) = [line for line in said.stderr.splitlines() if one["file"] in line]
        assert line.startswith(f"$LABKIT_DATA/euda_ww2025/{one['file']} EUDA-MISSING ")
        assert one["sha256"] in line
        assert one["page"] in line
    assert not reports.exists()


def test_another_release_is_not_taken(tmp_path: Path, command: Command, shared: Callable[[str], Path]) -> None:
    """One byte more in one file: refused, naming the sha256 found and the one wanted."""
    folder = tmp_path / "euda_ww2025"
    folder.mkdir()
    for path in shared(RELEASE).glob("*.csv"):
        (folder / path.name).write_bytes(path.read_bytes() + (b"\n" if "changes" in path.name else b""))
    said = command(
        "run",
        ROOT / "params" / "europe.yml",
        "--reports",
        tmp_path / "reports",
        env=os.environ | {"LABKIT_DATA": str(tmp_path)},
    )
    assert said.returncode == 2
    refused = [line for line in said.stderr.splitlines() if "EUDA-" in line]
    assert len(refused) == 1
    assert refused[0].startswith("$LABKIT_DATA/euda_ww2025/ww2025-changes-all-substances.csv EUDA-DIFFERS ")
    assert not (tmp_path / "reports").exists()
