"""The three matrices beside wastewater: windows, ratios, refusals, and what is never made of them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labkit import environment
from labkit.blood import back_extrapolate, formed_in_the_tube, window_hours
from labkit.constants import find_cutoff, read_cutoffs
from labkit.hair import left_after, ratio_standing, segment_window, wash_standing
from labkit.models.inputs import BadInput, NotEstimable
from labkit.models.limits import against_cutoff
from labkit.vocabulary import ANALYTES


def test_three_centimetres_are_two_to_five_months() -> None:
    """Growth of 0.6 to 1.4 cm a month: 3 cm take 2.1 to 5 months (domain brief §3.1); the middle is near 2.2 months old."""
    window = segment_window(0, 3)
    assert 3 / 1.4 == pytest.approx(2.1, abs=0.05) and 3 / 0.6 == 5
    assert window.weights.sum() == pytest.approx(1)
    assert window.weights[:5].sum() > 0.93 and window.weights[0] > 0.1
    assert 0.3 < window.low_months < window.mean_months < window.high_months < 5
    older = segment_window(3, 6)
    assert older.mean_months - window.mean_months == pytest.approx(3 / 1.04, rel=0.05)
    for bad in ((3, 3), (-1, 2), (5, 2)):
        with pytest.raises(BadInput, match="segment"):
            segment_window(*bad)


def test_ratios_say_use_contamination_or_nothing() -> None:
    """Hair of users: norketamine over ketamine 0.01 to 1.46, median 0.26 (S76); a rule of 0.05 (S65) calls the median use."""
    assert ratio_standing("norketamine", "ketamine", (0.26, 0.26), (1.0, 1.0))[2] == "use"
    assert ratio_standing("norketamine", "ketamine", (0.01, 0.01), (1.0, 1.0))[2] == "contamination possible"
    assert ratio_standing("norketamine", "ketamine", (0.0, 0.2), (1.0, 1.0))[2] == "undecided"
    assert ratio_standing("benzoylecgonine", "cocaine", (0.0, 0.0), (0.0, 0.0))[1] == np.inf
    assert wash_standing((1.3, 1.3), (0.2, 0.2), 0.2) == "stands" and wash_standing((1.0, 1.4), (0.2, 0.2), 0.2) == "undecided"
    with pytest.raises(BadInput, match="one of"):
        ratio_standing("morphine", "ketamine", (1, 1), (1, 1))
    with pytest.raises(BadInput):
        left_after(["bleaching by the sea"])
    assert left_after([]) == (1.0, 0.0) and left_after(["washing", "dyeing"])[0] == pytest.approx(0.767 * 0.674)


def test_cutoffs_have_a_day_and_a_country() -> None:
    assert find_cutoff("hair", "methamphetamine", "CN", "2018-10-30") is None
    assert find_cutoff("hair", "cocaine", "CN", "2018-10-31").cutoff == 0.5
    assert find_cutoff("blood", "benzoylecgonine", "CN", "2025-09-01").cutoff == 50
    assert find_cutoff("hair", "ketamine", "SoHT", "2024-01-01") is None, "the table seen has no ketamine"
    rows = read_cutoffs()
    assert all(row.analyte in ANALYTES and row.source and row.status in ("verified", "unverified") for row in rows)
    assert len({(row.matrix, row.analyte, row.jurisdiction, row.first) for row in rows}) == len(rows)


def test_negative_has_three_meanings_and_undecided_is_none_of_them() -> None:
    """Etomidate: lod 0.001, loq 0.010 ng/mg (S66); a method with an loq above the cut-off can neither say yes nor no."""
    low, high = [0.0, 0.001, 0.05, 0.3, 0.0, 0.2], [0.001, 0.010, 0.05, 0.3, 0.5, 0.2]
    assert against_cutoff(low, high, [0.2] * 6).tolist() == [
        "below lod", "lod to loq", "loq to cutoff", "positive", "undecided", "positive",
    ]  # fmt: skip
    assert against_cutoff([0.3], [0.3], [np.nan]).tolist() == ["undecided"], "no cut-off in force"
    with pytest.raises(BadInput):
        against_cutoff([2.0], [1.0], [0.2])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"analyte": "THC"}, "several phases"),
        ({"specimen": "post-mortem"}, "after death"),
        ({"phase": "unknown"}, "phase is unknown"),
        ({"phase": "repeated use"}, "repeated use"),
        ({"analyte": "mephedrone"}, "no half-life"),
    ],
)
def test_what_blood_cannot_say_is_refused(change: dict, words: str) -> None:
    asked = {"analyte": "methamphetamine", "concentration": 30.0, "hours": 3.0, "specimen": "serum", "phase": "elimination"}
    with pytest.raises(NotEstimable, match=words):
        back_extrapolate(**asked | change)
    with pytest.raises(BadInput, match="before the event"):
        back_extrapolate(**asked | {"hours": -1.0})
    assert back_extrapolate(**asked | {"hours": 0.0}).value == pytest.approx(30, rel=0.02)


def test_a_dose_of_ten_milligrams_is_above_the_drivers_limit_for_hours_only() -> None:
    """10 mg by mouth peak at 14.5 to 33.8 µg/L, 20 mg at 26.2 to 44.3 (S79); the limit for drivers is 20 ng/mL."""
    assert window_hours("methamphetamine", (14.5, 33.8), 20)[1] < 12
    low, high = window_hours("methamphetamine", (26.2, 44.3), 20)
    assert 2 < low < 3 and high < 24
    assert formed_in_the_tube((0, 1), (50, 50), preserved=False).startswith("possible")
    assert formed_in_the_tube((0, 1), (50, 50), preserved=True) == "not expected"


def test_a_river_has_no_inhabitants() -> None:
    rng = np.random.default_rng(1)
    y = rng.lognormal(size=12)
    one = pd.DataFrame({"site": "R1", "medium": "surface water", "date": [f"2024-01-{d:02}" for d in range(1, 13)]})
    rows = pd.concat([one.assign(analyte=name, low=values, high=values, censored="exact") for name, values in
                      (("ketamine", y), ("norketamine", 0.3 * y))])  # fmt: skip
    assert environment.agreement(rows, "ketamine", "norketamine") == 1.0
    assert environment.presence(rows)["share_high"].tolist() == [1.0, 1.0]
    with pytest.raises(BadInput, match="people"):
        environment.presence(rows.assign(population=1000))
    with pytest.raises(NotEstimable, match="samples with both"):
        environment.agreement(rows.head(3), "ketamine", "norketamine")
