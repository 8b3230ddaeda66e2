"""What others published is refused like any other file: when it is not there, empty, cut off, or in another encoding."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from labkit.errors import Refusal
from labkit.loaders.published import nnal, scotland, statcan
from labkit.loaders.published.sheet import Sheet, refuse_all

READERS: list[tuple[Callable[[Path], object], list[str]]] = [
    (scotland.read_scotland, list(scotland.FILES.values())),
    (statcan.read_statcan, [statcan.FILE]),
    (nnal.read_nnal, [nnal.FILE]),
]


def refusal_of(read: Callable[[Path], object], folder: Path) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read(folder)
    return caught.value


@pytest.mark.parametrize(("read", "names"), READERS)
def test_files_that_are_not_there(read: Callable[[Path], object], names: list[str], tmp_path: Path) -> None:
    """Each is named once, and nothing else is said of it."""
    assert [(one.file, one.rule.id) for one in refusal_of(read, tmp_path).problems] == [
        (name, "FILE-MISSING") for name in names
    ]


@pytest.mark.parametrize(("read", "names"), READERS)
def test_files_of_another_kind(read: Callable[[Path], object], names: list[str], tmp_path: Path) -> None:
    """Other columns: each one missing is named, in every file."""
    for name in names:
        (tmp_path / name).write_text("site,load\nA,1\n", encoding="utf-8")
    problems = refusal_of(read, tmp_path).problems
    assert {one.rule.id for one in problems} == {"PUB-COLUMN"} and {one.file for one in problems} == set(names)
    assert len({(one.file, one.column) for one in problems}) == len(problems) >= 5 * len(names) - 5


@pytest.mark.parametrize(
    ("content", "rule", "row"),
    [
        ("site,load\n", "TEXT-EMPTY", 1),
        ("site,load\nA,1\nB\n", "ROW-FIELDS", 3),
        ("site,load\nA,1\nB", "ROW-CUT", 3),
        ('site,load\nA,1\n"B,2\n', "QUOTE-PAIR", 3),
        ("site;load\nA;1\n", "DELIM-OTHER", 1),
        ("site,load\nA,1\nÖ,2\n".encode("latin-1"), "ENC-UNKNOWN", 3),
        ("site,load\nA,1\n站点,2\n".encode("gb18030"), "ENC-UNKNOWN", 3),
    ],
)
def test_a_file_is_cut_as_every_file_is(tmp_path: Path, content: str | bytes, rule: str, row: int) -> None:
    """The one way of cutting files says what is wrong; a publication in another encoding is never guessed."""
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    sheet = Sheet(path, "table.csv")
    sheet.texts({"site": "site"})
    with pytest.raises(Refusal) as caught:
        refuse_all([sheet])
    assert [(one.rule.id, one.row) for one in caught.value.problems] == [(rule, row)]
    assert "profile" not in caught.value.report() or rule == "DELIM-OTHER"


def sheet_of(tmp_path: Path, cells: list[str], **options: object) -> Sheet:
    path = tmp_path / "table.csv"
    path.write_text("\n".join(["cell,n", *(f"{cell},{n}" for n, cell in enumerate(cells))]) + "\n", encoding="utf-8")
    return Sheet(path, "table.csv", **options)  # type: ignore[arg-type]


def test_numbers_are_the_nearest_to_their_text(tmp_path: Path) -> None:
    """Seventeen digits and powers of ten; digits of other scripts, nan, infinity and what is too large are no numbers."""
    texts = ["0.1", "57.4989010637052", "9007199254740993", "2.2250738585072014e-08", "9e+05", "-1.210661792"]
    sheet = sheet_of(tmp_path, texts)
    assert sheet.numbers("cell", least=-2).to_list() == [float(text) for text in texts] and not sheet.problems
    wrong = sheet_of(tmp_path, ["١٢", "nan", "inf", "1_0", "0x1p3", "1,5".replace(",", "."), "1e999", "-3", " 7 "])
    assert wrong.numbers("cell").dropna().to_list() == [1.5, 7]
    assert [one.row for one in wrong.problems] == [2, 3, 4, 5, 6, 8, 9]


def test_a_missing_word_is_an_empty_cell(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, ["1", "NA", "3"], missing=("NA",))
    assert sheet.numbers("cell", blank=True).isna().to_list() == [False, True, False] and not sheet.problems
    sheet.numbers("cell")
    assert [(one.rule.id, one.row, one.letter) for one in sheet.problems] == [("PUB-NUMBER", 3, "A")]


def test_a_person_level_file_repeats_no_value(tmp_path: Path) -> None:
    sheet = sheet_of(tmp_path, ["secret"], person_level=True)
    sheet.numbers("cell")
    sheet.days("cell")
    sheet.words("cell", {"a": "b"})
    sheet.refuse_repeated("cell", pd.DataFrame({"cell": ["secret", "secret"]}, index=[2, 3]))
    assert len(sheet.problems) == 4
    assert not any("secret" in one.sentence(language) for one in sheet.problems for language in ("en", "zh"))
