"""The zone: person-level files go in, and nothing with a row of a person comes out, neither as a result nor into a report."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from labkit.errors import Refusal
from labkit.loaders.samples import read_samples
from labkit.params import Choices
from labkit.simulate import simulate_laboratories
from labkit.wastewater import with_daily_load, with_load_per_1000
from labkit.zone import compare_matrices, read_zone

FILES = ["north.csv", "east.csv", "west.xlsx"]
PROFILES = ["simulated-north", "simulated-east", "simulated-west"]
PERSONAL = {"subject", "sample", "sex", "birth_year", "concentration_ng_mg", "concentration_ng_mL"}


def choices(**more: object) -> Choices:
    plain = {
        "title": {"en": "q"}, "languages": ["en"], "notebooks": ["matrices"], "enters_at": "concentration",
        "simulation": {"seed": 5, "start": "2022-01-03", "sites": 6, "weeks": 100},
        "results": {"observe": [f"simulated/water-{one}" for one in FILES], "profile": PROFILES},
        "flow": {"observe": "simulated/flow.csv"}, "population": {"observe": "simulated/population.csv", "kind": "de_facto"},
        "correction_factor": {"assume": "constants"}, "errors": {"none": True},
        "hair": {"observe": [f"simulated/hair-{one}" for one in FILES], "profile": PROFILES},
        "blood": {"observe": [f"simulated/blood-{one}" for one in FILES], "profile": PROFILES},
        "areas": {"observe": "simulated/sites.csv"}, "quality": {"observe": "simulated/quality.csv"},
    }  # fmt: skip
    return Choices.from_plain(plain | more)


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("zone") / "simulated"
    folder.mkdir()
    simulate_laboratories(folder, seed=5, sites=6, weeks=100, start=date(2022, 1, 3), subjects=600, waves=0.6)
    return folder


def test_what_leaves_the_zone_holds_no_person(city: Path) -> None:
    asked = choices()
    zone = read_zone(asked, city, city)
    assert {name for name, _ in zone.files} >= {"simulated/hair-north.csv", "simulated/blood-west.xlsx", "simulated/sites.csv"}
    assert zone.rows["simulated/hair-north.csv"] == 600 * 6 and len(zone.quality) > 500
    loads = with_load_per_1000(with_daily_load(read_samples(asked, city, city).frame))
    found = compare_matrices(zone, loads, draws=49)
    assert found is not None and len(found.areas.frame) > 20
    for frame in _frames(zone) + _frames(found):
        assert not PERSONAL & set(frame.columns) or "type" in frame.columns, list(frame.columns)
    texts = " ".join(frame.to_csv() for frame in _frames(found))
    assert "N-0" not in texts and "E-0" not in texts and "W-0" not in texts, "no code of a subject"


def _frames(one: object) -> list[pd.DataFrame]:
    """All frames inside a result, however deep."""
    if isinstance(one, pd.DataFrame):
        return [one]
    if is_dataclass(one):
        return [frame for field in fields(one) for frame in _frames(getattr(one, field.name))]
    if isinstance(one, (tuple, list)):
        return [frame for each in one for frame in _frames(each)]
    return []


def test_without_persons_or_areas_there_is_nothing_to_compare(city: Path) -> None:
    for asked in (choices(hair=None, blood=None), choices(areas=None)):
        plain = {key: value for key, value in asked.to_plain().items()}
        zone = read_zone(Choices.from_plain(plain), city, city)
        assert compare_matrices(zone, pd.DataFrame()) is None


def test_a_file_that_is_refused_refuses_the_zone(city: Path) -> None:
    with pytest.raises(Refusal):
        read_zone(choices(hair={"observe": "simulated/flow.csv"}), city, city)
