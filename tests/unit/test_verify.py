"""A report is what was published, or every difference is named."""

import json
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

import labkit.report.verify
from labkit.errors import Damaged, Refusal
from labkit.report.manifest import FACTS, canonical, manifest_sha256, write_manifest
from labkit.report.verify import DamagedReport, Verified, verify_report


@pytest.fixture
def report(tmp_path: Path) -> Path:
    folder = tmp_path / "first"
    for name in ("report.en.html", "tables/consumption.csv", "tables/trend.csv", "figures/load.png"):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        (folder / name).write_text(name)
    write_manifest(folder, dict.fromkeys(FACTS, "x"))
    return folder


def damage(folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(Damaged) as caught:
        verify_report(folder)
    error = caught.value
    assert isinstance(error, DamagedReport)
    assert error.exit_code == 7
    for language in ("en", "zh"):
        assert len(error.report(language).splitlines()) == len(error.problems)
    return [(problem.rule.id, problem.file.removeprefix(f"{folder}/")) for problem in error.problems]


def rewrite(folder: Path, **changes: Any) -> None:
    """Forge a manifest that matches its own hash."""
    manifest = json.loads((folder / "manifest.json").read_bytes()) | changes
    manifest["manifest_sha256"] = manifest_sha256(manifest)
    (folder / "manifest.json").write_bytes(canonical(manifest))


def test_a_whole_report(report: Path) -> None:
    assert verify_report(report) == Verified(
        files=4, bytes=len("report.en.htmltables/consumption.csvtables/trend.csvfigures/load.png")
    )


def test_a_copy_is_as_good(report: Path, tmp_path: Path) -> None:
    shutil.copytree(report, tmp_path / "copy")
    (tmp_path / "link").symlink_to(tmp_path / "copy")
    assert verify_report(tmp_path / "copy") == verify_report(report) == verify_report(tmp_path / "link")


def test_all_damage_is_named_at_once(report: Path) -> None:
    (report / "figures" / "load.png").unlink()
    (report / "tables" / "consumption.csv").write_text("tables/consumption.CSV")  # as long as before
    (report / "tables" / "trend.csv").write_text("longer than it was before")
    (report / "tables" / "new.csv").write_text("")
    (report / ".hidden").write_text("")
    assert damage(report) == [
        ("REP-EXTRA", ".hidden"),
        ("REP-MISSING", "figures/load.png"),
        ("REP-CHANGED", "tables/consumption.csv"),
        ("REP-EXTRA", "tables/new.csv"),
        ("REP-CHANGED", "tables/trend.csv"),
    ]


def test_an_empty_manifest_folder(report: Path) -> None:
    shutil.rmtree(report / "tables")
    assert damage(report) == [("REP-MISSING", "tables/consumption.csv"), ("REP-MISSING", "tables/trend.csv")]
    (report / "manifest.json").unlink()
    assert damage(report) == [("REP-NO-MANIFEST", "manifest.json")]


@pytest.mark.parametrize("to", ["inside", "outside", "nowhere", "folder"])
def test_a_link_is_damage(report: Path, tmp_path: Path, to: str) -> None:
    same = tmp_path / "same"
    same.write_text("figures/load.png")
    targets = {"inside": report / "report.en.html", "outside": same, "nowhere": tmp_path / "no", "folder": tmp_path}
    (report / "figures" / "load.png").unlink()
    (report / "figures" / "load.png").symlink_to(targets[to])
    assert damage(report) == [("REP-LINK", "figures/load.png")]


def test_a_linked_folder_or_manifest_is_damage(report: Path, tmp_path: Path) -> None:
    (report / "tables").rename(tmp_path / "tables")
    (report / "tables").symlink_to(tmp_path / "tables")
    assert damage(report) == [
        ("REP-LINK", "tables"),
        ("REP-MISSING", "tables/consumption.csv"),
        ("REP-MISSING", "tables/trend.csv"),
    ]
    (report / "manifest.json").rename(tmp_path / "manifest.json")
    (report / "manifest.json").symlink_to(tmp_path / "manifest.json")
    assert damage(report) == [("REP-LINK", "manifest.json")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
def test_a_pipe_is_damage_and_is_not_read(report: Path) -> None:
    (report / "figures" / "load.png").unlink()
    os.mkfifo(report / "figures" / "load.png")
    assert damage(report) == [("REP-LINK", "figures/load.png")]


def test_a_folder_in_the_place_of_a_file(report: Path) -> None:
    for name in ("manifest.json", "report.en.html"):
        (report / name).unlink()
        (report / name).mkdir()
        assert damage(report) == [("REP-READ" if name == "manifest.json" else "REP-MISSING", name)]
        (report / name).rmdir()
        write_manifest(report, dict.fromkeys(FACTS, "x")) if name == "manifest.json" else None


@pytest.mark.parametrize(
    "path", ["../secret", "/etc/hostname", "tables/../../secret", "tables\\x", "c:x", "./x", "a//b", "", ".", "manifest.json"]
)
def test_a_path_outside_the_report_is_damage(report: Path, path: str) -> None:
    (report.parent / "secret").write_text("")
    rewrite(report, outputs=[{"path": path, "sha256": "0" * 64, "bytes": 0, "kind": "file"}])
    assert damage(report) == [("REP-OUTSIDE", "manifest.json")]


GOOD = {"path": "report.en.html", "sha256": "0" * 64, "bytes": 14, "kind": "report"}


@pytest.mark.parametrize(
    "changes",
    [
        {"outputs": None},
        {"outputs": {}},
        {"outputs": ["report.en.html"]},
        {"outputs": [GOOD, GOOD]},
        {"outputs": [GOOD | {"path": 1}]},
        {"outputs": [GOOD | {"sha256": "0"}]},
        {"outputs": [GOOD | {"sha256": None}]},
        {"outputs": [GOOD | {"bytes": "14"}]},
        {"outputs": [GOOD | {"bytes": True}]},
        {"schema_version": "1"},
        {"schema_version": True},
        {"schema_version": None},
    ],
)
def test_a_manifest_of_another_shape_is_damaged(report: Path, changes: dict[str, Any]) -> None:
    rewrite(report, **changes)
    assert damage(report) == [("REP-MANIFEST", "manifest.json")]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"1",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"outputs": [], "schema_version": 1}',
        b'{"a": NaN}',
        b"\xef\xbb\xbf{}",
    ],
)
def test_a_manifest_that_cannot_be_read_is_damaged(report: Path, content: bytes) -> None:
    (report / "manifest.json").write_bytes(content)
    assert damage(report) == [("REP-MANIFEST", "manifest.json")]


def test_half_a_character_in_the_manifest(report: Path) -> None:
    text = (report / "manifest.json").read_bytes()
    (report / "manifest.json").write_bytes(text.replace(b'"notes": "x"', b'"notes": "\\ud800"'))
    assert damage(report) == [("REP-MANIFEST", "manifest.json")]


def test_a_manifest_of_a_later_labkit(report: Path) -> None:
    rewrite(report, schema_version=2)
    with pytest.raises(Refusal) as caught:
        verify_report(report)
    assert caught.value.problems[0].rule.id == "REP-NEWER"


@pytest.mark.parametrize("name", ["nowhere", "first/report.en.html", "a\0b"])
def test_no_such_report(report: Path, name: str) -> None:
    with pytest.raises(Refusal) as caught:
        verify_report(report.parent / name)
    assert caught.value.problems[0].rule.id == "REP-FOLDER"


def test_no_flipped_bit_stays_unseen(report: Path) -> None:
    """300 flips, anywhere in the report, its manifest included: each is found."""
    draw = random.Random(20)
    files = sorted(path for path in report.rglob("*") if path.is_file())
    for _ in range(300):
        path = draw.choice(files)
        before = path.read_bytes()
        spoiled = bytearray(before)
        spoiled[draw.randrange(len(before))] ^= 1 << draw.randrange(8)
        path.write_bytes(spoiled)
        names = damage(report)
        assert names in ([("REP-CHANGED", path.relative_to(report).as_posix())], [("REP-MANIFEST", "manifest.json")])
        path.write_bytes(before)
    assert verify_report(report).files == 4


def test_a_name_that_no_terminal_should_print(report: Path) -> None:
    (report / "a\nb\u202e").write_text("")
    with pytest.raises(Damaged) as caught:
        verify_report(report)
    assert "a\\nb\\u202e" in str(caught.value) and "\n" not in str(caught.value)


def test_a_report_replaced_meanwhile_is_looked_at_again(report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The manifest of the old report, the files of the new one: not damage, only a look at the wrong moment."""
    new = report.parent / "new"
    shutil.copytree(report, new)
    (new / "figures" / "load.png").write_text("new")
    write_manifest(new, dict.fromkeys(FACTS, "y"))
    real, swapped = labkit.report.verify.walk, []

    def walk(folder: Path) -> Any:
        if not swapped:
            swapped.append(report.rename(report.parent / "old"))
            new.rename(report)
        return real(folder)

    monkeypatch.setattr(labkit.report.verify, "walk", walk)
    assert verify_report(report).files == 4
    (report / "figures" / "load.png").write_text("bad")
    assert damage(report) == [("REP-CHANGED", "figures/load.png")]


def test_a_damaged_report_is_looked_at_once(report: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, looks = labkit.report.verify.walk, []
    monkeypatch.setattr(labkit.report.verify, "walk", lambda folder: (looks.append(folder), real(folder))[1])
    (report / "figures" / "load.png").unlink()
    assert damage(report) == [("REP-MISSING", "figures/load.png")]
    assert looks == [report]


def test_an_empty_folder_beside_is_damage(report: Path) -> None:
    (report / "beside").mkdir()
    with pytest.raises(Damaged, match="REP-EXTRA"):
        verify_report(report)
