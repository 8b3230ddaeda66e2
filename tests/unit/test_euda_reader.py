"""The door of the European release: a small good release is read, and each slip in it is refused at its row and column."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from labkit.errors import Refusal
from labkit.loaders.euda import EudaRelease, read_euda
from labkit.loaders.euda_files import FILES
from labkit.loaders.euda_press import read_press
from labkit.wastewater.official import changes, cities, official_trend
from labkit.wastewater.weekly import as_consumption, census_of_zeros, weekly_pattern

DAYS = '"Wednesday","Thursday","Friday","Saturday","Sunday","Monday","Tuesday","Weekday mean","Weekend mean","Daily mean"'
YEARS = '"year_current","year_previous"'
GOOD = {
    "weeks": f""""Year","Metabolite","Site ID","Country","City",{DAYS}
2024,"cocaine","AA001","AA","Alpha",12,12,12,24,24,12,12,12,18,15.43
2023,"cocaine","AA001","AA","Alpha",10,11,10,20,22,11,10,10.33,15.75,13.43
2024,"MDMA","AA001","AA","Alpha",0,0,0,0,0,0,0,0,0,0
2023,"MDMA","AA001","AA","Alpha",1,1,1,2,3,,1,1,2,1.5
2024,"cocaine","H001","H","Beta",5,5,0,5,5,5,5,5,3.75,4.29
""",
    "sites": """"SiteID","Country","City","Location","Latitude","Longitude","Population","Institution","Website"
"AA001","AA","Alpha","N/A","47.07","15.43",9e+05,"A laboratory, of sorts","N/A"
"H001","H","Beta","East","not known","15.43",36000,"B","N/A"
""",
    "changes": f""""country","city","metabolite","value_current","value_previous",{YEARS},"change_percent2","SiteID"
"AA","Alpha","cocaine",15.43,13.43,2024,2023,"increase","AA001"
"AA","Alpha","MDMA",0,1.5,2024,2023,"decrease","AA001"
"H","Beta","cocaine",4.29,,2024,,"no previous data","H001"
""",
    "trend": """"metabolite","2023","2024"
"Benzoylecgonine",13.43,15.43
""",
}
PRESS = """city,country,site,drug,year,measure,unit,published,source
Alpha,AA,AA001,cocaine,2024,daily mean,mg/day/1000inh,15,a newspaper
Alpha,AA,AA001,cocaine,2024,weekday mean,mg/day/1000inh,12,a newspaper
Alpha,AA,AA001,cocaine,2024,saturday,mg/day/1000inh,24,a newspaper
"""


def write(folder: Path, **parts: str | bytes) -> Path:
    """Write the small release, with `parts` in place of the good ones."""
    for part, name in FILES.items():
        content = parts.get(part, GOOD[part])
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def wanted_list(folder: Path) -> Path:
    """Write the list of files wanted, with the hashes of the files that lie in `folder`."""
    lines = ["file,sha256,bytes,rows,page"]
    for name in FILES.values():
        content = (folder / name).read_bytes()
        lines.append(f"{name},{hashlib.sha256(content).hexdigest()},{len(content)},1,https://example.org/page")
    path = folder / "wanted.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def refusal_of(folder: Path, wanted: Path | None = None) -> Refusal:
    """Return how the release in `folder` is refused."""
    with pytest.raises(Refusal) as caught:
        read_euda(folder, wanted)
    assert caught.value.exit_code == 2
    return caught.value


@pytest.fixture
def small(tmp_path: Path) -> EudaRelease:
    """Return the small good release."""
    return read_euda(write(tmp_path), None)


def test_a_good_release(small: EudaRelease) -> None:
    """Names become ours, a missing day stays missing, a zero stays as published, and H is Hungary."""
    first, third = small.weeks.iloc[0], small.weeks.iloc[3]
    assert (first["year"], first["analyte"], first["drug"], first["saturday"]) == (2024, "benzoylecgonine", "cocaine", 24.0)
    assert third["monday"] != third["monday"] and small.weeks["monday"].isna().sum() == 1
    assert small.weeks["country"].to_list() == ["AA", "AA", "AA", "AA", "HU"]
    assert small.sites["population"].to_list() == [900_000, 36_000]
    assert small.sites["location"].to_list() == ["N/A", "East"]
    assert small.changes["label"].to_list() == ["increase", "decrease", "no previous data"]
    assert list(small.trend.itertuples(index=False, name=None)) == [
        (2023, "benzoylecgonine", "cocaine", 13.43),
        (2024, "benzoylecgonine", "cocaine", 15.43),
    ]
    assert [note.rule.id.removeprefix("EUDA-NOTED-") for note in small.notes] == ["COUNTRY", "ZEROS", "MEANS", "POPULATION"]
    assert all(note.sentence("zh") for note in small.notes)


def test_figures_of_the_small_release(small: EudaRelease, tmp_path: Path) -> None:
    """The official figures of two sites, countable by hand."""
    assert official_trend(small)["load_mg_day_1000inh"].to_list() == [13.43, 15.43]
    table = changes(small)
    assert table["label"].to_list() == ["increase", "decrease"] == table["published_label"].to_list()
    assert table["statement"].to_list() == ["rise", "not estimable"] and table["n_days"].to_list() == [7, 6]
    press = tmp_path / "press.csv"
    press.write_text(PRESS)
    assert cities(small, read_press(press, small))["load_mg_day_1000inh"].to_list() == pytest.approx([108 / 7, 12, 24])
    pattern = weekly_pattern(small, 2024).set_index(["drug", "day"])
    assert pattern.loc[("cocaine", "saturday"), "share_of_mean"] == pytest.approx(24 / (108 / 7))
    assert tuple(pattern.loc[("MDMA", "monday"), ["n", "n_zero", "n_incomplete"]]) == (0, 1, 0)
    assert pattern.loc["MDMA", "share_of_mean"].isna().all()
    assert list(census_of_zeros(small).itertuples(index=False, name=None)) == [
        ("MDMA", 2, 1, 0, 0.5),
        ("cocaine", 3, 0, 1, 0.0),
    ]
    rows = as_consumption(small).set_index(["site", "analyte", "date"])
    assert rows.loc[("AA001", "MDMA", "2023"), "load_mg_day_1000inh"] == 1.5
    assert rows.loc[("H001", "benzoylecgonine", "2024"), "censored"] == "below"
    assert rows["load_mg_day_1000inh"].isna().sum() == 2


@pytest.mark.parametrize(
    ("part", "old", "new", "rule", "row", "column"),
    [
        ("weeks", '2024,"cocaine","AA001"', '2024,"cocain","AA001"', "EUDA-METABOLITE", 2, "Metabolite"),
        ("weeks", "12,18,15.43", "12,18,", "PUB-NUMBER", 2, "Daily mean"),
        ("weeks", "12,12,12,24", "12,12,12,<24", "PUB-NUMBER", 2, "Saturday"),
        ("weeks", "12,12,12,24", "12,12,12,-24", "PUB-NUMBER", 2, "Saturday"),
        ("weeks", "12,12,12,24", "12,12,12,nan", "PUB-NUMBER", 2, "Saturday"),
        ("weeks", "12,12,12,24", "12,12,12,1_0", "PUB-NUMBER", 2, "Saturday"),
        ("weeks", "1,1,1,2,3,,1", "1,1,1,2,3,1", "ROW-FIELDS", 5, None),
        ("weeks", '2023,"MDMA"', '2024,"MDMA"', "PUB-TWICE", 5, "Site ID"),
        ("weeks", '2023,"MDMA"', '23,"MDMA"', "PUB-YEAR", 5, "Year"),
        ("weeks", '"Daily mean"', '"Mean"', "PUB-COLUMN", 1, "Daily mean"),
        ("weeks", '"H001","H","Beta"', '"H009","H","Beta"', "EUDA-SITE", 6, "Site ID"),
        ("weeks", '"H001","H","Beta"', '"","H","Beta"', "PUB-BLANK", 6, "Site ID"),
        ("weeks", '"H001","H","Beta"', '"H001","H","Bet"a"', "QUOTE-PAIR", 6, None),
        ("sites", '"H001"', '"AA001"', "PUB-TWICE", 3, "SiteID"),
        ("sites", "36000", "0", "PUB-NUMBER", 3, "Population"),
        ("sites", "36000", "36,000", "ROW-FIELDS", 3, None),
        ("changes", '"increase"', '"rise"', "EUDA-LABEL", 2, "change_percent2"),
        ("changes", '"no previous data"', '"stable"', "EUDA-PREVIOUS", 4, "value_previous"),
        ("changes", "15.43,13.43,2024,2023", "15.43,13.43,2024,2022", "EUDA-WEEK", 2, "SiteID"),
        ("trend", "Benzoylecgonine", "Benzoyl", "EUDA-METABOLITE", 2, "metabolite"),
        ("trend", "13.43", "", "PUB-NUMBER", 2, "2023"),
    ],
)
def test_each_slip_is_refused_at_its_place(
    tmp_path: Path, part: str, old: str, new: str, rule: str, row: int, column: str | None
) -> None:
    """One slip in one file: one problem, with file, row, column and rule; without it the same release is read."""
    assert GOOD[part].count(old) == 1
    refusal = refusal_of(write(tmp_path, **{part: GOOD[part].replace(old, new)}))
    assert [(one.rule.id, one.row, one.column) for one in refusal.problems] == [(rule, row, column)]
    assert FILES[part] in str(refusal) and FILES[part] in refusal.report("zh")


def test_all_problems_of_all_files_at_once(tmp_path: Path) -> None:
    """Slips in three files are told together, in the order of the files."""
    parts = {
        part: GOOD[part].replace(old, new)
        for part, old, new in [("weeks", "5,5,0,5", "5,x,0,y"), ("sites", "36000", "-1"), ("trend", "15.43", "many")]
    }
    refusal = refusal_of(write(tmp_path, **parts))
    assert [(one.rule.id, one.column) for one in refusal.problems] == [
        ("PUB-NUMBER", "Thursday"),
        ("PUB-NUMBER", "Saturday"),
        ("PUB-NUMBER", "Population"),
        ("PUB-NUMBER", "2024"),
    ]


def test_not_utf8_names_byte_and_line(tmp_path: Path) -> None:
    """A byte that is not UTF-8 is named by its offset and its line, and breaks no other rule."""
    content = GOOD["sites"].replace("East", "Öst").encode("latin-1")
    refusal = refusal_of(write(tmp_path, sites=content))
    assert [(one.rule.id, one.row) for one in refusal.problems] == [("ENC-UNKNOWN", 3)]
    assert f"byte {content.index(0xD6)}" in str(refusal)


def test_what_is_odd_about_the_files_is_said(tmp_path: Path) -> None:
    """A mark before the first name and a blank row change no number, and each is remarked."""
    release = read_euda(write(tmp_path, sites="\ufeff" + GOOD["sites"], trend=GOOD["trend"] + "\n"), None)
    assert [(note.rule, note.en.startswith(str(tmp_path))) for note in release.taken] == [
        ("ENC-BOM", True),
        ("ROW-BLANK", True),
    ]
    assert release.sites["population"].to_list() == [900_000, 36_000] and len(release.trend) == 2


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    """A file without rows is told once, not once for each of its columns."""
    assert [one.rule.id for one in refusal_of(write(tmp_path, trend="")).problems] == ["TEXT-EMPTY"]


def test_the_files_wanted(tmp_path: Path) -> None:
    """With the right hashes it is read; one byte changed is refused, naming both hashes and the page."""
    folder = write(tmp_path)
    wanted = wanted_list(folder)
    assert len(read_euda(folder, wanted).weeks) == 5
    right = hashlib.sha256((folder / FILES["weeks"]).read_bytes()).hexdigest()
    (folder / FILES["weeks"]).write_text(GOOD["weeks"].replace("15.43", "15.44"))
    refusal = refusal_of(folder, wanted)
    assert [one.rule.id for one in refusal.problems] == ["EUDA-DIFFERS"]
    assert right in str(refusal) and "https://example.org/page" in str(refusal) and FILES["weeks"] in str(refusal)


@pytest.mark.parametrize(
    ("old", "new"),
    [("ww2025-all-data.csv", "../ww2025-all-data.csv"), ("ww2025-all-data.csv", "ww2025-aggregated-trends.csv")],
)
def test_a_list_without_all_four_files_is_refused(tmp_path: Path, old: str, new: str) -> None:
    """A file left out of the list would be read unchecked, one outside the folder would be read at all: neither happens."""
    wanted = wanted_list(write(tmp_path))
    wanted.write_text(wanted.read_text().replace(old, new))
    assert [(one.rule.id, one.column) for one in refusal_of(tmp_path, wanted).problems] == [("EUDA-WANTED", "file")]
    assert [one.rule.id for one in refusal_of(tmp_path, tmp_path / "none.csv").problems] == ["EUDA-UNREADABLE"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_missing_folder_names_the_variable_every_file_and_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    """From under $LABKIT_DATA the variable is named, not the machine's path; each file with its sha256."""
    folder = tmp_path / "euda"
    folder.mkdir()
    wanted = wanted_list(write(folder))
    monkeypatch.setenv("LABKIT_DATA", str(tmp_path))
    refusal = refusal_of(tmp_path / "elsewhere", wanted)
    text = refusal.report(language)
    assert [one.rule.id for one in refusal.problems] == ["EUDA-MISSING"] * 4
    assert all(hashlib.sha256(GOOD[part].encode()).hexdigest() in text and name in text for part, name in FILES.items())
    assert "$LABKIT_DATA/elsewhere" in text and str(tmp_path) not in text and "https://example.org/page" in text


def test_a_folder_of_its_own_is_named_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that does not come from $LABKIT_DATA does not name it."""
    monkeypatch.delenv("LABKIT_DATA", raising=False)
    refusal = refusal_of(tmp_path / "elsewhere")
    assert "LABKIT_DATA" not in str(refusal) and str(tmp_path / "elsewhere") in str(refusal)


@pytest.mark.parametrize(
    ("old", "new", "rule", "row", "column"),
    [
        ("cocaine,2024,daily", "cocaine,2022,daily", "EUDA-WEEK", 2, "site"),
        ("weekday mean", "weekend", "EUDA-MEASURE", 3, "measure"),
        ("mg/day/1000inh,24", "g/day,24", "EUDA-UNIT", 4, "unit"),
        ("inh,15,", "inh,fifteen,", "PUB-NUMBER", 2, "published"),
    ],
)
def test_a_slip_in_the_press_figures(
    tmp_path: Path, small: EudaRelease, old: str, new: str, rule: str, row: int, column: str
) -> None:
    """A figure without its week, measure, unit or number is refused at its row; its twin was read above."""
    assert PRESS.count(old) == 1
    path = tmp_path / "press.csv"
    path.write_text(PRESS.replace(old, new))
    with pytest.raises(Refusal) as caught:
        read_press(path, small)
    assert [(one.rule.id, one.row, one.column) for one in caught.value.problems] == [(rule, row, column)]


def test_press_figures_that_are_not_there(tmp_path: Path, small: EudaRelease) -> None:
    """A missing file of press figures is a refusal, not a traceback."""
    with pytest.raises(Refusal, match="EUDA-UNREADABLE"):
        read_press(tmp_path / "none.csv", small)
