"""A simulated city as its laboratories would hand it in: water, hair and blood, each laboratory in its own style.

Two things people confuse: `results.csv` is the city's water in one tidy file; `water-*.csv` and `water-*.xlsx` are the same
numbers as three laboratories write them, so that every way in is walked, from GBK and 未检出 to day numbers and title rows.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from labkit.errors import Refusal
from labkit.simulate.catchment import nth_site
from labkit.simulate.city import SIM_SIZE, simulate_city
from labkit.simulate.habits import use_of_areas, use_table
from labkit.simulate.house_profiles import START, profile_text
from labkit.simulate.house_styles import Rows, write_gbk, write_plain, write_sheet
from labkit.simulate.laboratory import LABORATORIES
from labkit.simulate.persons import HAIR_COLUMNS, PERSON_COLUMNS, draw_persons
from labkit.simulate.register import QUALITY_COLUMNS, SITE_COLUMNS, quality_rows, site_rows
from labkit.simulate.use import Operation
from labkit.vocabulary import analyte_name

MOST_SUBJECTS = 4_000
_TITLES = {"water": "污水检测结果", "hair": "毛发检测结果", "blood": "血液检测结果"}
_IN_PROFILE = ("lod", "loq")  # limits that the east leaves to its profile


def simulate_laboratories(
    folder: Path,
    *,
    seed: int,
    sites: int = 6,
    weeks: int = 156,
    days_per_week: int = 1,
    start: date = START,
    analytes: Sequence[str] | None = None,
    subjects: int = 120,
    operation: Operation | None = None,
    waves: float = 0.0,
) -> tuple[Path, ...]:
    """Simulate a city with `simulate_city`, and write it as the files that its laboratories would hand in.

    ==================================  =============================================================================
    `water-north.csv`, `hair-…`,        English, UTF-8, one row a result, limits in the file
    `blood-…`
    `water-east.csv`                    Chinese, GBK, CRLF, one row a sample and one column an analyte (µg/L for
                                        cotinine); 未检出 is below the loq, which stands in the laboratory's profile
    `hair-east.csv`, `blood-east.csv`   Chinese, GBK, CRLF, one row a result; lod and loq in the profile
    `water-west.xlsx`, `hair-…`,        Chinese workbook, header in row 3, real days, one row a result
    `blood-…`
    `sites.csv`, `quality.csv`          the sites with the areas they drain; blanks, spikes, controls, duplicates
    `simulated-<laboratory>.yml`        the laboratories' profiles, as in `params/labs/` for the usual start
    ==================================  =============================================================================

    The numbers of the water files are those of `results.csv`, which is written as before beside `flow.csv`, `population.csv`
    and `truth.csv`. Hair and blood follow the use of the areas (`labkit.simulate.habits`), which
    `truth_use.csv` holds. A laboratory that has none of the sites hands
    in no water.

    Parameters
    ----------
    folder, seed, sites, weeks, days_per_week, start, analytes, operation, waves
        As for `simulate_city`; `analytes` are those of the water.
    subjects
        How many persons each laboratory tested in hair, and how many in blood.

    Returns
    -------
    tuple of Path
        What can be read at the doors: laboratory files, then flow, population, sites, quality.

    Raises
    ------
    Refusal
        As `simulate_city`; nothing is written.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     paths = simulate_laboratories(Path(folder), seed=1, sites=1, weeks=4, subjects=5)
    >>> [path.name for path in paths][:4]
    ['water-north.csv', 'hair-north.csv', 'blood-north.csv', 'hair-east.csv']
    """
    if not 1 <= subjects <= MOST_SUBJECTS:
        raise Refusal(
            SIM_SIZE.at(file="simulate", column="subjects", name="subjects", value=subjects, low=1, high=MOST_SUBJECTS)
        )
    simulate_city(
        folder,
        seed=seed,
        sites=sites,
        weeks=weeks,
        days_per_week=days_per_week,
        start=start,
        analytes=analytes,
        operation=operation,
        waves=waves,
    )
    written = write_house_files(
        folder,
        seed=seed,
        sites=sites,
        weeks=weeks,
        start=start,
        subjects=subjects,
        operation=operation,
        waves=waves,
    )
    return (*written, *(folder / name for name in ("flow.csv", "population.csv", "sites.csv", "quality.csv")))


def write_house_files(
    folder: Path,
    *,
    seed: int,
    sites: int,
    weeks: int,
    start: date,
    subjects: int,
    operation: Operation | None = None,
    waves: float = 0.0,
) -> tuple[Path, ...]:
    """Write the laboratory files, the sites, the quality-control samples and the profiles of the city that lies in `folder`.

    Returns the laboratory files: those of water, hair and blood.
    """
    places = [nth_site(number, seed) for number in range(1, sites + 1)]
    laboratory_of = {site.code: site.laboratory for site in places}
    with (folder / "results.csv").open(encoding="utf-8", newline="") as file:
        results = list(csv.DictReader(file))
    _number_samples(results)
    use = use_of_areas(seed=seed, start=start, weeks=weeks, areas=sites, operation=operation, waves=waves)
    truth = use_table(use)
    write_plain(folder / "truth_use.csv", tuple(truth.columns), truth.astype(object).fillna("").astype(str).to_dict("records"))
    written = []
    for laboratory in LABORATORIES:
        water = [row for row in results if laboratory_of[row["site"]] == laboratory]
        if water:
            written.append(_write_water(folder, laboratory, water))
        for matrix, columns in (("hair", HAIR_COLUMNS), ("blood", PERSON_COLUMNS)):
            drawn = draw_persons(matrix, laboratory, use, seed=seed, subjects=subjects, weeks=weeks, areas=sites)
            written.append(_write(folder, matrix, laboratory, columns, drawn))
        text = profile_text(laboratory, start)
        (folder / f"simulated-{laboratory}.yml").write_text(text, encoding="utf-8", newline="\n")
    analytes = list(dict.fromkeys(row["analyte"] for row in results))
    who = [one for one in LABORATORIES if one in laboratory_of.values()]
    write_plain(folder / "sites.csv", SITE_COLUMNS, site_rows(places, seed))
    write_plain(folder / "quality.csv", QUALITY_COLUMNS, quality_rows(who, analytes, seed=seed, start=start, weeks=weeks))
    return tuple(written)


def _number_samples(results: list[dict[str, str]]) -> None:
    """Give each sample a number: site, and its place among the samples of the site."""
    seen: dict[str, dict[str, int]] = {}
    for row in results:
        days = seen.setdefault(row["site"], {})
        row["sample"] = f"{row['site']}-{days.setdefault(row['date'], len(days) + 1):04d}"


def _write_water(folder: Path, laboratory: str, rows: Rows) -> Path:
    """Write the water of one laboratory: in the east wide, elsewhere long."""
    if laboratory != "east":
        columns = ("site", "date", "sample", "analyte", "concentration", "unit", "lod", "loq")
        return _write(folder, "water", laboratory, columns, rows)
    samples: dict[str, dict[str, str]] = {}
    headers: dict[str, None] = {}
    for row in rows:
        header = f"{analyte_name(row['analyte'], 'zh')}（{row['unit']}）"
        headers[header] = None
        about = {name: row[name] for name in ("sample", "site", "date")}
        found = "ND" if row["concentration"].startswith("<") else row["concentration"]
        samples.setdefault(row["sample"], about)[header] = found
    path = folder / "water-east.csv"
    write_gbk(path, ("sample", "site", "date", *headers), list(samples.values()))
    return path


def _write(folder: Path, what: str, laboratory: str, columns: Sequence[str], rows: Rows) -> Path:
    """Write long rows in the style of their laboratory."""
    if laboratory == "west":
        path = folder / f"{what}-{laboratory}.xlsx"
        write_sheet(path, f"模拟实验室（西）{_TITLES[what]}", columns, rows)
        return path
    path = folder / f"{what}-{laboratory}.csv"
    if laboratory == "east":
        write_gbk(path, [name for name in columns if name not in _IN_PROFILE], rows)
    else:
        write_plain(path, columns, rows)
    return path
