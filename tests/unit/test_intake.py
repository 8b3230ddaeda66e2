"""The store as it is typed: what comes in through the door is kept once, put right in the open, and readable as it was."""

from __future__ import annotations

import io
import os
import re
import stat
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from labkit.cli import main
from labkit.errors import Refusal
from labkit.intake import add_files, correct_row, store_folder
from labkit.store import open_store

WATER = """\
site,date,analyte,concentration,unit,lod,loq
A,2024-03-05,methamphetamine,250,ng/L,3,10
B,2024-03-05,ketamine,ND,ng/L,3,10
"""
FLOW = "site,date,flow,unit\nA,2024-03-05,52000,m3/day\nB,2024-03-05,61000,m3/day\n"
WIDE = "site,date,methamphetamine (ng/L),ketamine (ng/L)\nA,2024-03-06,250,40\nB,2024-03-06,260,50\n"
HAIR = "subject,date,analyte,concentration,unit,lod,loq\nS01,2024-03-05,methamphetamine,1.25,ng/mg,0.05,0.1\n"
BLOOD = "subject,date,analyte,concentration,unit,lod,loq\nS01,2024-03-07,ketamine,25,ng/mL,0.5,1\n"
FIRST, LATER, LAST = (datetime(2024, 4, day, 12, tzinfo=UTC) for day in (1, 2, 3))
Typed = Callable[..., Result]


@pytest.fixture
def typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typed:
    """Return the function that types `labkit store …` in a folder of its own, with a store and a home beside it."""
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path / "data")
    for name in ("LABKIT_LANGUAGE", "LABKIT_KEY", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    monkeypatch.setenv("LABKIT_STORE", str(tmp_path / "store"))
    for name, text in {"water": WATER, "flow": FLOW, "wide": WIDE, "hair": HAIR, "blood": BLOOD}.items():
        Path(f"{name}.csv").write_text(text, encoding="utf-8")

    def run(*words: str | Path, **environment: str) -> Result:
        result = CliRunner().invoke(main, ["store", *map(str, words)], prog_name="labkit", env=environment)
        assert isinstance(result.exception, SystemExit | None), result.exception
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def shown(typed: Typed, kind: str, *words: str) -> pd.DataFrame:
    said = typed("show", kind, "--csv", *words)
    assert said.exit_code == 0, said.stderr
    return pd.read_csv(io.StringIO(said.stdout), keep_default_na=False)


def state(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rules(said: Result) -> list[str]:
    """Return the rule of each line of a refusal."""
    assert (said.exit_code, said.stdout) == (2, "")
    found = re.findall(r"^\S.*? ([A-Z]+(?:-[A-Z0-9]+)+) .+ → ", said.stderr, re.MULTILINE)
    assert len(found) == len(said.stderr.splitlines())
    return found


def test_added_listed_and_shown(typed: Typed) -> None:
    """The notes of the door stand under the entry; the rows carry their entry and the row of the file."""
    said = typed("add", "water.csv", "flow.csv", "--author", "Chemist, North")
    assert (said.exit_code, said.stderr) == (0, "")
    first, note, second = said.stdout.splitlines()
    assert re.fullmatch(r" +1  \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ  added  wastewater  water\.csv  2 rows · Chemist, North", first)
    assert note.startswith("    water.csv:3:concentration (D) VAL-NOT-DETECTED the mark “ND” → ")
    assert second.startswith("   2  ") and second.endswith("  added  flow  flow.csv  2 rows · Chemist, North")
    assert typed("list").stdout.splitlines() == [first, second]
    assert "已入库" in typed("list", LABKIT_LANGUAGE="zh").stdout
    frame = shown(typed, "wastewater")
    columns = ["row", "site", "date", "analyte", "concentration_ng_L", "low", "high", "censored", "entry"]
    assert frame[columns].to_numpy().tolist() == [
        [2, "A", "2024-03-05", "methamphetamine", 250.0, 250.0, 250.0, "exact", 1],
        [3, "B", "2024-03-05", "ketamine", 3.0, 0.0, 3.0, "below", 1],
    ]
    assert shown(typed, "flow")["flow_m3_day"].tolist() == [52000, 61000]
    text = typed("show", "flow", "--rows", "1").stdout
    assert "52000" in text
    assert "61000" not in text
    assert "1" in text.splitlines()[-1], "how many more there are"


def test_adding_again_changes_nothing(typed: Typed, folder: Path) -> None:
    """The same bytes under the same or another name; another profile makes other rows of them, and so another entry."""
    typed("add", "water.csv")
    before = state(folder)
    said = typed("add", "water.csv")
    assert said.exit_code == 0
    assert "  there already  wastewater  water.csv  2 rows" in said.stdout
    assert "已在库中" in typed("add", "water.csv", LABKIT_LANGUAGE="zh").stdout
    Path("copy.csv").write_text(WATER, encoding="utf-8")
    assert "there already" in typed("add", "copy.csv", "--as", "wastewater").stdout
    assert state(folder) == before
    Path("north.yml").write_text("laboratory: North\n", encoding="utf-8")
    assert "  added  " in typed("add", "water.csv", "--profile", "./north.yml").stdout
    assert [entry.sequence for entry in open_store(folder).list()] == [1, 2]


def test_one_refused_file_keeps_out_all(typed: Typed, folder: Path) -> None:
    """Every problem of every file is told, and none of the good ones is kept."""
    Path("bad.csv").write_text(WATER.replace("250", "-1"), encoding="utf-8")
    Path("worse.csv").write_text(FLOW.replace("52000", "many"), encoding="utf-8")
    assert rules(typed("add", "water.csv", "bad.csv", "worse.csv", "none.csv")) == [
        "VAL-NEGATIVE", "VAL-NUMBER", "FILE-MISSING",
    ]  # fmt: skip
    assert not folder.exists(), "not even an empty store"
    assert rules(typed("list")) == ["STORE-NONE"]
    typed("add", "water.csv")
    before = state(folder)
    assert rules(typed("add", "bad.csv")) == ["VAL-NEGATIVE"]
    assert rules(typed("add", "flow.csv", "bad.csv")) == ["VAL-NEGATIVE"]
    assert state(folder) == before
    said = typed("add", "bad.csv", LABKIT_LANGUAGE="zh")
    assert re.search("[\u4e00-\u9fff]", said.stderr)


def test_a_single_refused_file_leaves_no_rows(typed: Typed, folder: Path) -> None:
    Path("bad.csv").write_text(WATER.replace("250", "-1"), encoding="utf-8")
    assert rules(typed("add", "bad.csv")) == ["VAL-NEGATIVE"]
    if folder.exists():
        assert open_store(folder).list() == ()
    assert not [name for name in (state(folder) if folder.exists() else {}) if name.endswith(".parquet")]


def test_sites_are_held_against_a_table(typed: Typed, folder: Path) -> None:
    Path("sites.csv").write_text("site\nA\n", encoding="utf-8")
    assert rules(typed("add", "water.csv", "--sites", "sites.csv")) == ["KEY-SITE-LIST"]
    Path("sites.csv").write_text("site\nA\nB\n", encoding="utf-8")
    assert typed("add", "water.csv", "--sites", "sites.csv").exit_code == 0


def test_a_past_state_is_read_by_its_day(typed: Typed, folder: Path) -> None:
    """As of a day is as of its end; before anything there is nothing."""
    add_files(folder, ["water.csv"], now=FIRST)
    correct_row(folder, "1:2", ["concentration_ng_L=205"], reason="typing error", author="North", now=LATER)
    add_files(folder, ["wide.csv"], "wastewater", now=LAST)
    values = {
        day: shown(typed, "wastewater", "--as-of", day)["concentration_ng_L"].tolist()
        for day in ("2024-04-01", "2024-04-01T12:00:00", "2024-04-02", "2024-04-03")
    }
    assert values["2024-04-01"] == values["2024-04-01T12:00:00"] == [250.0, 3.0]
    assert sorted(values["2024-04-02"]) == [3.0, 205.0]
    assert sorted(values["2024-04-03"]) == [3.0, 40.0, 50.0, 205.0, 250.0, 260.0]
    assert len(typed("list", "--as-of", "2024-04-02").stdout.splitlines()) == 2
    assert typed("list", "--as-of", "2024-03-31").stdout == "the store is empty\n"
    assert typed("list", "--as-of", "2024-03-31", LABKIT_LANGUAGE="zh").stdout == "库中没有数据\n"
    assert shown(typed, "wastewater").shape[0] == 6


def test_a_correction_has_a_reason_and_an_author(typed: Typed, folder: Path) -> None:
    typed("add", "water.csv", "--author", "North")
    said = typed("correct", "1:2", "concentration_ng_L=205", "--reason", "digits exchanged", "--author", "Reviewer")
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout.startswith("   2  ")
    assert said.stdout.endswith("  corrected  wastewater  water.csv 1:2  1 rows · Reviewer · digits exchanged\n")
    assert typed("list").stdout.splitlines()[1] == said.stdout.strip("\n")
    assert "已更正" in typed("list", LABKIT_LANGUAGE="zh").stdout
    frame = shown(typed, "wastewater").set_index("row")
    assert frame.loc[2, ["concentration_ng_L", "low", "high", "censored"]].tolist() == [205.0, 205.0, 205.0, "exact"]
    assert frame.loc[3, "concentration_ng_L"] == 3.0
    (versions,) = open_store(folder).history(1, 2)
    concentrations = [one.values["concentration_ng_L"] for one in versions]  # noqa: PD011 - of a Version
    assert concentrations == [250.0, 205.0]
    assert [one.entry.author for one in versions] == ["North", "Reviewer"]
    before = state(folder)
    assert typed("correct", "1:2", "concentration_ng_L=206").exit_code == 64, "no reason"
    assert rules(typed("correct", "1:2", "concentration_ng_L=206", "--reason", " ")) == ["STORE-WHY"]
    assert state(folder) == before


@pytest.mark.parametrize(
    ("settings", "wanted"),
    [
        (["concentration_ng_L=5", "censored=below"], [5.0, 0.0, 5.0, "below"]),
        (["concentration_ng_L=500", "censored=above"], [500.0, 500.0, float("inf"), "above"]),
        (["concentration_ng_L=5", "censored=between", "low=3", "high=5"], [5.0, 3.0, 5.0, "between"]),
        (["concentration_ng_L=5", "low=4", "high=6"], [5.0, 4.0, 6.0, "exact"]),
    ],
)
def test_a_new_value_moves_its_interval(typed: Typed, settings: list[str], wanted: list[object]) -> None:
    """Whoever writes another number does not leave the old interval standing beside it."""
    typed("add", "water.csv")
    assert typed("correct", "1:2", *settings, "--reason", "measured again").exit_code == 0
    frame = shown(typed, "wastewater").set_index("row")
    found = frame.loc[2, ["concentration_ng_L", "low", "high", "censored"]].tolist()
    assert [float(one) for one in found[:3]] == wanted[:3]
    assert found[3] == wanted[3]


@pytest.mark.parametrize(
    ("place", "settings", "rule"),
    [
        ("1", ["concentration_ng_L=5"], "STO-SET"),
        ("1:two", ["concentration_ng_L=5"], "STO-SET"),
        ("-1:2", ["concentration_ng_L=5"], "STO-SET"),
        ("1:²", ["concentration_ng_L=5"], "STO-SET"),
        ("1:2", ["concentration_ng_L"], "STO-SET"),
        ("1:2", ["=5"], "STO-SET"),
        ("1:2", ["concentration_ng_L=5", "censored=between"], "STO-SET"),
        ("1:2", ["consentration=5"], "STORE-COLUMN"),
        ("1:2", ["concentration_ng_L=1,5"], "STORE-VALUE"),
        ("1:2", ["analyte=aspirin"], "STORE-VALUE"),
        ("1:2", ["site="], "STORE-VALUE"),
        ("1:2", ["date=2024-02-30"], "STORE-VALUE"),
        ("1:9", ["site=C"], "STORE-ROW"),
        ("9:2", ["site=C"], "STORE-ROW"),
    ],
)
def test_a_correction_that_is_not_understood(typed: Typed, folder: Path, place: str, settings: list[str], rule: str) -> None:
    typed("add", "water.csv")
    before = state(folder)
    assert set(rules(typed("correct", "--reason", "x", "--", place, *settings))) == {rule}
    assert set(rules(typed("correct", "--reason", "x", "--", place, *settings))) == {rule}
    assert state(folder) == before


def test_a_text_stays_a_text(typed: Typed) -> None:
    """A code of digits is no number, and NA is a site."""
    Path("coded.csv").write_text(WATER.replace("lod", "sample,lod").replace("ng/L,", "ng/L,S-1,"), encoding="utf-8")
    typed("add", "coded.csv")
    assert typed("correct", "1:2", "sample=0012", "site=NA", "--reason", "label read again").exit_code == 0
    said = typed("show", "wastewater", "--csv").stdout.splitlines()
    frame = pd.read_csv(io.StringIO("\n".join(said)), dtype=str, keep_default_na=False).set_index("row")
    assert frame.loc["2", ["sample", "site"]].tolist() == ["0012", "NA"]


def test_one_of_several_results_of_a_wide_row(typed: Typed) -> None:
    typed("add", "wide.csv")
    words = ("correct", "1:2", "concentration_ng_L=41", "--reason", "typing error")
    said = typed(*words)
    assert rules(said) == ["STORE-ROW"]
    assert "--where" in said.stderr
    assert typed(*words, "--where", "analyte=ketamine").exit_code == 0
    frame = shown(typed, "wastewater")
    assert sorted(frame["concentration_ng_L"]) == [41.0, 50.0, 250.0, 260.0]
    assert frame.set_index(["row", "analyte"]).loc[(2, "ketamine"), "concentration_ng_L"] == 41.0
    assert rules(typed(*words, "--where", "analyte")) == ["STO-SET"]


def make_key(tmp_path: Path) -> str:
    """Make a key as a person does; return its secret, of which nothing may show."""
    said = CliRunner().invoke(main, ["key"])
    assert said.exit_code == 0, said.output
    secret = (tmp_path / "settings" / "labkit" / "pseudonym.key").read_text(encoding="ascii").split("\n")[1]
    assert secret not in said.output
    assert str(tmp_path) not in said.output
    return secret


def test_hair_comes_in_only_with_a_key(typed: Typed, folder: Path, tmp_path: Path) -> None:
    """Subjects are kept under pseudonyms, the same in hair and blood; neither they nor the key stand anywhere."""
    assert rules(typed("add", "hair.csv")) == ["PER-KEY-ABSENT"]
    assert not folder.exists() or open_store(folder).list() == ()
    secret = make_key(tmp_path)
    said = typed("add", "hair.csv", "blood.csv")
    assert (said.exit_code, said.stderr) == (0, "")
    hair, blood = shown(typed, "hair"), shown(typed, "blood")
    assert re.fullmatch(r"P-[A-Z2-7]{20}", hair["subject"][0])
    assert hair["subject"].tolist() == blood["subject"].tolist()
    for one in (
        said,
        typed("list"),
        typed("show", "hair"),
        typed("show", "hair", LABKIT_LANGUAGE="zh"),
        typed("add", "hair.csv"),
    ):
        assert one.exit_code == 0
        assert secret not in one.output
        assert "S01" not in one.output
        assert "pseudonym.key" not in one.output
    for content in state(folder).values():
        assert b"S01" not in content
        assert secret.encode() not in content
        assert bytes.fromhex(secret) not in content
    assert "there already" in typed("add", "hair.csv").stdout


def test_another_key_is_refused(typed: Typed, folder: Path, tmp_path: Path) -> None:
    make_key(tmp_path)
    typed("add", "hair.csv")
    before = state(folder)
    (tmp_path / "settings" / "labkit" / "pseudonym.key").rename(tmp_path / "old.key")
    secret = make_key(tmp_path)
    for file in ("blood.csv", "hair.csv"):
        said = typed("add", file)
        assert rules(said) == ["PER-KEY-OTHER"]
        assert secret not in said.output
        assert len(set(re.findall(r"\b[0-9a-f]{12}\b", said.stderr))) == 2, "the two fingerprints"
    assert state(folder) == before
    assert typed("add", "blood.csv", LABKIT_KEY=str(tmp_path / "old.key")).exit_code == 0
    assert typed("add", "water.csv").exit_code == 0, "water knows no persons"


@pytest.mark.parametrize("place", ["data", "store"])
def test_a_key_beside_the_data_is_refused(typed: Typed, folder: Path, tmp_path: Path, place: str) -> None:
    make_key(tmp_path)
    typed("add", "water.csv")
    before = state(folder)
    key = tmp_path / place / "own.bin"
    (tmp_path / "settings" / "labkit" / "pseudonym.key").rename(key)
    said = typed("add", "hair.csv", LABKIT_KEY=str(key))
    assert rules(said)[0].startswith("PER-KEY-")
    key.rename(tmp_path / "own.bin")
    assert state(folder) == before


def test_of_a_person_no_value_is_repeated(typed: Typed, tmp_path: Path) -> None:
    """Neither by the door nor by a correction."""
    make_key(tmp_path)
    Path("bad.csv").write_text(HAIR.replace("1.25", "1.25 maybe").replace("S01", "13912345678"), encoding="utf-8")
    said = typed("add", "bad.csv", "--as", "hair")
    assert set(rules(said)) >= {"PER-MOBILE"}
    typed("add", "hair.csv")
    wrong = typed("correct", "1:2", "concentration_ng_mg=1,25 maybe", "--reason", "typing error")
    assert rules(wrong) == ["STORE-VALUE"]
    for one in (said, wrong):
        for secret in ("maybe", "1.25", "1,25", "13912345678", "S01"):
            assert secret not in one.output
    assert typed("correct", "1:2", "concentration_ng_mg=1.5", "--reason", "typing error").exit_code == 0


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_nobody_else_can_read_the_store(typed: Typed, folder: Path, tmp_path: Path, command: Callable[..., object]) -> None:
    """0600 and 0700 whatever the umask, in a process of its own."""
    make_key(tmp_path)
    for words in (("add", "water.csv", "hair.csv"), ("correct", "1:2", "site=C", "--reason", "label")):
        said = command("store", *words, cwd=Path.cwd(), umask=0)
        assert isinstance(said, subprocess.CompletedProcess)
        assert said.returncode == 0, said.stderr
    paths = [folder, *folder.rglob("*")]
    assert len(paths) > 5
    modes = {(path.is_dir(), stat.S_IMODE(path.stat().st_mode)) for path in paths}
    assert modes == {(True, 0o700), (False, 0o600)}
    assert stat.S_IMODE((tmp_path / "settings" / "labkit" / "pseudonym.key").stat().st_mode) == 0o600


def test_where_the_store_lies(tmp_path: Path) -> None:
    """The folder given, else $LABKIT_STORE, else the data folder of the user."""
    assert store_folder(Path("x"), {"LABKIT_STORE": "/y"}) == Path("x")
    assert store_folder(None, {"LABKIT_STORE": "/y", "XDG_DATA_HOME": "/z"}) == Path("/y")
    assert store_folder(None, {"XDG_DATA_HOME": "/z"}) == Path("/z/labkit/store")
    for environment in ({}, {"XDG_DATA_HOME": "relative"}, {"LABKIT_STORE": ""}):
        assert store_folder(None, environment).is_absolute()
        assert store_folder(None, environment).parts[-2:] == ("labkit", "store")


def test_a_folder_with_other_things_is_no_store(typed: Typed, tmp_path: Path) -> None:
    before = state(tmp_path / "data")
    assert rules(typed("add", "water.csv", "--store", tmp_path / "data")) == ["STORE-FOREIGN"]
    assert state(tmp_path / "data") == before
    with pytest.raises(Refusal):
        add_files(tmp_path / "data", ["water.csv"])
