"""Operations: an effect is found with its size, and what the design cannot carry is refused by name."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from labkit.models.inputs import NotEstimable
from labkit.wastewater.effect import Operation, operation_effect, study_effect, synthetic_weights
from labkit.wastewater.hotspots import to_panels

START, WEEKS = "2023-02-27", 13


def simulated(*, sites: int = 12, ratio: float = 0.6, weeks: int = 80, limit: float = 0.0, seed: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    days = np.datetime64("2022-01-03") + 7 * np.arange(weeks)
    city = 0.1 * rng.normal(size=(weeks, 1))
    y = np.exp(rng.normal(3, 0.4, sites) + city + 0.2 * rng.normal(size=(weeks, sites)))
    y[days >= np.datetime64(START), 0] *= ratio
    rows = [(f"S{i}", str(days[t]), y[t, i]) for t in range(weeks) for i in range(sites)]
    frame = pd.DataFrame(rows, columns=["site", "date", "value"])
    below = frame["value"] < limit
    return frame.assign(
        analyte="MDMA", low=frame["value"].mask(below, 0.0), high=frame["value"].mask(below, limit), population=1e5,
        censored=np.where(below, "below", "exact"),
    )  # fmt: skip


def effect(loads: pd.DataFrame, sites: tuple[str, ...] = ("S0",), start: str = START, **options):
    return operation_effect(to_panels(loads)[0], sites, start, WEEKS, **options)


def test_an_effect_is_found_with_its_size() -> None:
    found = effect(simulated())
    assert found.ratio_interval.high < 1 and found.ratio_interval.low < 0.6 < found.ratio_interval.high
    assert found.n_after == 13 and found.n_before == 52
    assert sum(found.weights.values()) == pytest.approx(1) and min(found.weights.values()) >= 0
    assert found.p_spatial is None, "eleven placebo areas cannot carry a rank of one in twenty"
    assert effect(simulated(sites=24)).p_spatial == pytest.approx(1 / 21)  # twenty donors at most


def test_a_shock_shared_by_all_is_no_effect() -> None:
    loads = simulated(ratio=1.0)
    after = loads["date"] >= START
    for name in ("low", "high"):
        loads[name] = loads[name] * np.where(after, 0.5, 1.0)
    found = effect(loads)
    assert found.ratio_interval.low < 1 < found.ratio_interval.high


def test_the_weeks_just_before_are_not_used() -> None:
    loads = simulated(ratio=1.0)
    near = (loads["site"] == "S0") & (loads["date"] >= "2023-01-30") & (loads["date"] < START)
    for name in ("low", "high"):
        loads[name] = loads[name] * np.where(near, 3.0, 1.0)
    assert effect(loads).ratio == pytest.approx(effect(simulated(ratio=1.0)).ratio, rel=1e-9)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda one: one[one["site"].isin(["S0", "S1", "S2"])], "2 comparison areas"),
        (lambda one: one[one["date"] >= "2022-11-01"], "weeks before the operation"),
        (lambda one: one[one["date"] < "2023-03-13"], "weeks after its start"),
        (lambda one: one[one["site"] != "S0"], "no result at S0"),
    ],
    ids=["few areas", "short before", "short after", "not sampled"],
)
def test_what_the_design_cannot_carry_is_refused(change, words: str) -> None:
    with pytest.raises(NotEstimable, match=words):
        effect(change(simulated()))


def test_mostly_below_limits_is_refused() -> None:
    with pytest.raises(NotEstimable, match="below a limit"):
        effect(simulated(limit=25.0))


def test_a_week_a_year_and_eighteen_points_are_refused() -> None:
    loads = simulated(weeks=80)
    yearly = loads[loads["date"].isin(["2022-03-07", "2022-03-14", "2023-03-06"])]
    quarterly = loads[loads["date"].isin(sorted(loads["date"].unique())[::5])]
    for thin in (yearly, quarterly):
        table = study_effect(thin, Operation(("S0",), START, WEEKS, "simulated")).table
        assert table["claim"].tolist() == ["refused"] and table["reason"].str.len().min() > 20


def test_without_an_operation_there_is_nothing() -> None:
    found = study_effect(simulated(), None)
    assert found.operation is None and not len(found.table)


def test_every_analyte_is_asked_for_what_may_replace() -> None:
    loads = pd.concat([simulated(), simulated(ratio=1.6, seed=2).assign(analyte="ketamine")])
    table = study_effect(loads, Operation(("S0",), START, WEEKS, "simulated")).table.set_index("analyte")
    assert table.loc["MDMA", "claim"] == "fall" and table.loc["ketamine", "claim"] == "rise"
    assert table.loc["MDMA", "population_ratio"] == pytest.approx(1.0)


def test_weights_follow_the_donor_that_moves_alike() -> None:
    rng = np.random.default_rng(3)
    donors = rng.normal(size=(60, 4))
    weights = synthetic_weights(donors[:, 2] + 0.05 * rng.normal(size=60), donors)
    assert weights.argmax() == 2 and weights.sum() == pytest.approx(1) and (weights >= 0).all()
    assert synthetic_weights(donors[:, 0], donors[:, :1]).tolist() == [1.0]


def test_a_site_that_was_never_above_its_limit_before_is_left_out_quietly() -> None:
    loads = simulated()
    hidden = (loads["site"] == "S7") & (loads["date"] < START)
    loads.loc[hidden, "low"] = 0.0
    found = effect(loads)
    assert "S7" not in found.weights and len(found.weights) == 10
