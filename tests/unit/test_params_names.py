"""Names that become paths are plain on every system."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.errors import Refusal
from labkit.params import check_report_name, study_name, to_study_name
from labkit.params.names import hostile_piece

HOSTILE = {
    "../x": "..",
    "a/../x": "..",
    "./x": ".",
    "a//b": "/",
    "/srv/x": "/",
    "a/": "/",
    "..\\x": "\\",
    "C:\\x": "C:",
    "c:x": "c:",
    "https://h/x": "https:",
    "s3://b/k": "s3:",
    "file:x": "file:",
    "-": "-",
    "-rf": "-…",
    "a/-": "-",
    " x": " …",
    "x ": "… ",
    "x.": "….",
    "x./y": "….",
    "CON": "CON",
    "con.csv": "con",
    "a/Lpt1.txt": "Lpt1",
    "nul .txt": "nul ",
    "COM¹": "COM¹",
    "{site}": "{",
    "a$b": "$",
    "~/x": "~",
    "a*b": "*",
    "a\0b": "U+0000",
    "a\nb": "U+000A",
    "a\u202eb": "U+202E",
    "a\u2028b": "U+2028",
    "a\u00a0b": "U+00A0",
    "\ufeffx": "U+FEFF",
    "x" * 256: "256 > 255 bytes",
    "站" * 86: "258 > 255 bytes",
    "": "/",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_known_by_its_piece(name: str) -> None:
    assert hostile_piece(name).rstrip() == HOSTILE[name].rstrip()


@pytest.mark.parametrize(
    "name", ["own/results.csv", "B-10 (2).csv", "深圳/站点 1.csv", "console.csv", "a.b.c", "..a", "x" * 255, "🌊.csv"]
)
def test_a_plain_name_passes(name: str) -> None:
    assert hostile_piece(name) == ""


@pytest.mark.parametrize("stem", ["first", "First-2_b", "0", "x" * 61, "console"])
def test_a_plain_stem_is_the_study(stem: str) -> None:
    assert study_name(f"somewhere/{stem}.yml") == stem


@pytest.mark.parametrize(
    "stem", ["", "-x", "_x", "a b", "a.b", "x" * 62, "CON", "nul", "站 点", "站.点", "（站）", "a\u202e站", "<站>", "站" * 90]
)
def test_another_stem_is_refused(stem: str) -> None:
    with pytest.raises(Refusal, match="PAR-STUDY"):
        to_study_name(stem)


def test_chinese_and_emoji_stems_get_a_slug_and_a_hash_of_their_own() -> None:
    names = [
        to_study_name(stem) for stem in ("深圳2025", "广州2025", "深圳", "🌊", "👩‍🔬", "São Paulo".replace(" ", "-"), "CON站")
    ]
    assert len(set(names)) == len(names)
    assert [name.rsplit("-", 1)[0] for name in names] == ["2025", "2025", "study", "study", "study", "sao-paulo", "con"]
    assert to_study_name("é") == to_study_name("e\u0301"), "composed or decomposed, it is one name"


def test_a_report_folder_of_its_own(tmp_path: Path) -> None:
    reports = tmp_path / "reports"
    assert check_report_name("first", reports) == reports / "first"
    (reports / "First").mkdir(parents=True)
    assert check_report_name("First", reports) == reports / "First"
    with pytest.raises(Refusal, match="PAR-CASE"):
        check_report_name("first", reports)
    (reports / "gone").symlink_to(tmp_path / "nowhere")
    with pytest.raises(Refusal, match="PAR-LINK"):
        check_report_name("gone", reports)
    with pytest.raises(Refusal, match="PAR-STUDY"):
        check_report_name("../x", reports)
