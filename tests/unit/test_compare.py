"""The matrices side by side: windows, places, selection, noise taken out, and what is refused or set aside by name."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from labkit.compare import (
    Side,
    area_profiles,
    associate,
    conflicts,
    count_persons,
    lag_profile,
    one_factor,
    pair_persons,
    person_side,
    study_matrices,
    to_areas,
    water_side,
)
from labkit.compare.windows import kernel
from labkit.disclosure import AreaTable, suppress_small
from labkit.models.inputs import BadInput, NotEstimable

HAIR = kernel("hair")


def city(
    seed: int, *, rho: float = 0.7, areas: int = 20, months: int = 30, noise: float = 0.15, sd: float = 0.5
) -> dict[str, Side]:
    """Three matrices of one latent series an area, hair over its window, and a trend and season that all share."""
    rng = np.random.default_rng(seed)
    pad = HAIR.size - 1

    def series() -> np.ndarray:
        z = rng.normal(size=(areas, months + pad))
        for t in range(1, months + pad):
            z[:, t] = 0.6 * z[:, t - 1] + 0.8 * z[:, t]
        return z

    shared, t = series(), np.arange(months + pad)
    names = tuple(f"D{k}" for k in range(areas)), tuple(map(str, np.datetime64("2022-01", "M") + np.arange(months)))
    sides = {}
    for matrix in ("water", "hair", "blood"):
        latent = sd * (np.sqrt(rho) * shared + np.sqrt(1 - rho) * series()) + 0.04 * t + 0.4 * np.cos(2 * np.pi * t / 12)
        seen = latent[:, pad:]
        if matrix == "hair":
            seen = sum(weight * latent[:, pad - k : months + pad - k] for k, weight in enumerate(HAIR))
        y = seen + noise * rng.normal(size=seen.shape)
        sides[matrix] = Side(matrix, "ketamine", *names, y, y, np.full(y.shape, noise**2), np.full(y.shape, 40.0))
    return sides


def test_hair_remembers_months_and_water_its_own() -> None:
    assert kernel("water").tolist() == kernel("blood").tolist() == [1.0]
    assert HAIR.sum() == pytest.approx(1) and HAIR.size == 5 and HAIR.argmax() in (1, 2)


def test_the_correlation_is_of_what_the_samples_stand_for() -> None:
    found = [associate(*(city(seed, noise=0.35)[name] for name in ("water", "blood")), draws=99) for seed in range(12)]
    latent, plain = (np.mean([getattr(one, name) for one in found]) for name in ("correlation", "attenuated"))
    assert latent == pytest.approx(0.7, abs=0.08) and plain < 0.6
    assert sum(0.7 in one.interval for one in found) >= 10
    assert all(one.p < 0.02 and 0 < one.smallest < 0.7 and one.tau_b > 0.15 for one in found)


def test_two_series_that_only_share_trend_and_season_are_not_associated() -> None:
    rows = [city(seed, rho=0.0) for seed in range(30)]
    p = [associate(one["water"], one["hair"], draws=99).p for one in rows]
    assert np.mean(np.array(p) <= 0.05) <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 30)
    plain = [np.corrcoef(one["water"].value.ravel(), one["hair"].value.ravel())[0, 1] for one in rows]
    assert np.median(plain) > 0.25, "and a plain correlation of the columns calls them all"


def test_hair_lags_water_by_its_own_memory() -> None:
    found = lag_profile(*(city(3, rho=0.95, areas=40)[name] for name in ("water", "hair")), draws=99)
    best = int(found.lags[np.argmax(found.correlation)])
    assert best in (1, 2, 3) and best in found.lag_set and -3 not in found.lag_set
    assert (found.low <= found.correlation).all() and (found.correlation <= found.high).all()
    assert found.p[found.lags == best][0] < 0.01


def test_one_factor_finds_its_loadings_or_says_heywood() -> None:
    sides = [city(seed, rho=0.6, areas=40, months=36) for seed in range(8)]
    found = [one_factor(one["water"], one["hair"], one["blood"]) for one in sides]
    middle = np.mean([one.loading for one in found], axis=0)
    assert np.abs(middle - np.sqrt(0.6)).max() < 0.1
    assert sum(np.sqrt(0.6) in one.interval[0] for one in found) >= 6
    with pytest.raises(NotEstimable, match="Heywood"):
        against = sides[0]["water"].low - 1.5 * sides[0]["hair"].low
        one_factor(sides[0]["water"], sides[0]["hair"], replace(sides[0]["blood"], low=against, high=against))
    with pytest.raises(BadInput, match="this order"):
        one_factor(sides[0]["hair"], sides[0]["water"], sides[0]["blood"])


def test_a_planted_conflict_is_found_and_nobody_else_is_named() -> None:
    sides = city(5, areas=40, months=36)
    moved = sides["hair"].low.copy()
    moved[[3, 17], 24:] += 1.2
    found = conflicts(sides["water"], replace(sides["hair"], low=moved, high=moved))
    called = found[found["conflict"] == "yes"]
    assert set(called["area"]) >= {"D3", "D17"} and len(set(called["area"]) - {"D3", "D17"}) <= 1
    quiet = conflicts(sides["water"], sides["hair"])
    assert (quiet["conflict"] == "yes").sum() <= 2


def test_what_the_design_cannot_carry_is_refused() -> None:
    sides = city(1)
    with pytest.raises(NotEstimable, match="4 areas"):
        associate(*(_cut(sides[name], 4, 30) for name in ("water", "hair")))
    with pytest.raises(NotEstimable, match="6 months"):
        associate(*(_cut(sides[name], 20, 6) for name in ("water", "hair")))
    with pytest.raises(NotEstimable, match="beyond its sampling noise"):
        loud = replace(sides["hair"], error=np.full(sides["hair"].error.shape, 4.0))
        associate(sides["water"], loud)
    with pytest.raises(BadInput, match="other areas"):
        associate(sides["water"], _cut(sides["hair"], 6, 30))


def _cut(side: Side, areas: int, months: int) -> Side:
    part = {name: getattr(side, name)[:areas, :months] for name in ("low", "high", "error", "n")}
    return replace(side, areas=side.areas[:areas], months=side.months[:months], **part)


def results(**columns: object) -> pd.DataFrame:
    base = {
        "subject": ["a", "a", "b", "c", "d"], "date": "2023-05-02", "analyte": ["ketamine", "norketamine", *["ketamine"] * 3],
        "low": [0.5, 0.0, 0.0, 0.1, 0.0], "high": [0.5, 0.02, 0.02, 0.1, 0.6], "cutoff": 0.2, "area": "D1", "reason": "survey",
        "segment_from_cm": 0.0, "segment_to_cm": 3.0,
    }  # fmt: skip
    return pd.DataFrame(base | columns)


def test_one_row_a_person_and_three_kinds_of_answer() -> None:
    counted = count_persons(results(), "hair")
    row = counted.counts.iloc[0]
    assert (row["tested"], row["positive"], row["undecided"], row["drug"]) == (4, 1, 1, "ketamine") and not counted.aside


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"segment_to_cm": [3.0, 3.0, np.nan, 3.0, 0.0]}, "hair without the length of its segment"),
        ({"area": ["D1", "D1", "", "D1", ""]}, "no area"),
        ({"area": ["D1", "D1", "D9", "D1", "D9"]}, "an area in no catchment"),
        ({"cutoff": np.nan, "date": ["2023-05-02"] * 3 + ["2017-05-02"] * 2}, "no cut-off in force"),
    ],
)
def test_what_is_set_aside_is_counted_by_name(columns: dict, why: str) -> None:
    counted = count_persons(results(**columns), "hair", areas=["D1", "D2"])
    assert counted.aside == {why: 2}
    with pytest.raises(BadInput, match="none left"):
        count_persons(results(area=""), "hair")


def test_more_suspects_are_no_more_use() -> None:
    """Selection: twice the suspects in some months, each group's share unchanged: nothing is raised."""
    rows = []
    for month in range(1, 13):
        suspects = 80 if month > 6 else 40
        for reason, n, k in (("referral", suspects, suspects // 2), ("survey", 40, 4)):
            rows.append(("hair", "ketamine", "D1", f"2023-{month:02}", reason, n, k, 0))
    counts = pd.DataFrame(rows, columns=["matrix", "drug", "area", "month", "reason", "tested", "positive", "undecided"])
    side = person_side(counts, "ketamine", ["D1"], [f"2023-{m:02}" for m in range(1, 13)])
    assert np.abs(side.value).max() < 0.01
    with pytest.raises(NotEstimable, match="expected in the median cell"):
        person_side(counts.assign(positive=0), "ketamine", ["D1"], ["2023-01"])


def test_areas_from_catchments_keep_limits() -> None:
    loads = pd.DataFrame({"site": ["A", "B"], "date": "2024-01-01", "analyte": "MDMA", "low": [10.0, 0.0], "high": [10.0, 4.0]})
    sites = pd.DataFrame({"site": ["A", "B"], "area": "D1", "area_share": [0.6, 0.2]})
    side = water_side(to_areas(loads, sites), "MDMA", ["D1"], ["2024-01"])
    assert np.isnan(side.value[0, 0]) and side.n_not_exact == 1 and side.low[0, 0] == pytest.approx(np.log(7.5))
    with pytest.raises(BadInput, match="together"):
        to_areas(loads, sites.assign(area_share=0.7))
    with pytest.raises(BadInput, match="no area"):
        to_areas(loads.assign(site="Z"), sites)


def test_a_table_of_areas_holds_its_rule_by_type() -> None:
    counts = pd.DataFrame(
        {"matrix": "hair", "drug": "MDMA", "area": ["D1", "D1", "D2"], "month": ["2023-01", "2023-02", "2023-05"],
         "tested": [30, 4, 3], "positive": [3, 1, 2]}
    )  # fmt: skip
    shown = suppress_small(counts)
    assert shown.frame[["period", "tested", "positive_low", "positive_high", "withheld"]].to_numpy().tolist() == [
        ["2023-Q1", 34, 4, 4, "no"],
        ["2023", 9, 0, 9, "yes"],
    ]
    with pytest.raises(BadInput, match="fewer than 10"):
        AreaTable(shown.frame.assign(tested=3), 10)
    with pytest.raises(BadInput, match="columns"):
        AreaTable(results(), 10)
    with pytest.raises(BadInput, match="columns of persons"):
        suppress_small(counts.assign(subject="a"))
    with pytest.raises(BadInput, match="5 or more"):
        suppress_small(counts, 2)


def test_pairs_of_persons_leave_as_numbers_only() -> None:
    rng = np.random.default_rng(1)
    users = rng.random(400) < 0.4
    rows = {"subject": [f"p{k}" for k in range(400)], "date": "2023-05-02", "analyte": "ketamine", "cutoff": 0.2}
    values = np.where(users, 1.0, 0.1)
    hair = pd.DataFrame(rows | {"low": values, "high": values})
    recent = np.where(users & (rng.random(400) < 0.5) | (rng.random(400) < 0.05), 50.0, 1.0)
    blood = pd.DataFrame(rows | {"low": recent, "high": recent, "cutoff": 20.0})
    found = pair_persons(hair, blood, "ketamine")
    assert found.persons == 400 and found.interval.low > 3 and found.neither > 100
    with pytest.raises(NotEstimable, match="fewer than five"):
        pair_persons(hair, blood.assign(low=1.0, high=1.0).head(30), "ketamine")
    with pytest.raises(NotEstimable, match="persons with both"):
        pair_persons(hair.head(3), blood, "ketamine")


def test_areas_fall_into_groups_that_stand_apart() -> None:
    rng = np.random.default_rng(2)
    months = tuple(f"2023-{m:02}" for m in range(1, 13))
    level = np.repeat([0.0, 2.0, 4.0], 4)[:, None]
    names = tuple(f"D{k}" for k in range(12))
    small = np.full((12, 12), 0.01)
    sides = [
        Side("water", drug, names, months, *[sign * level + 0.1 * rng.normal(size=(12, 12))] * 2, small, small)
        for drug, sign in (("ketamine", 1), ("MDMA", -1))
    ]  # fmt: skip
    found = area_profiles(sides, [replace(sides[0], matrix="hair")])
    assert found.silhouette > 0.8 and len(set(found.group)) == 3 and found.q2 > 0.8
    with pytest.raises(NotEstimable, match="9 areas"):
        area_profiles([_cut(side, 6, 12) for side in sides])


def test_the_study_shows_findings_and_no_person() -> None:
    rng = np.random.default_rng(3)
    days = np.datetime64("2022-01-03") + np.arange(0, 7 * 104, 3)
    loads = pd.DataFrame(
        [(f"S{k}", str(day), "ketamine", *[float(np.exp(rng.normal(2, 0.3)))] * 2) for k in range(6) for day in days],
        columns=["site", "date", "analyte", "low", "high"],
    )
    sites = pd.DataFrame({"site": [f"S{k}" for k in range(6)], "area": [f"D{k}" for k in range(6)], "area_share": 0.8})
    n = 9000
    people = pd.DataFrame({
        "subject": [f"p{k}" for k in range(n)], "date": rng.choice(days.astype(str), n), "analyte": "ketamine",
        "area": [f"D{k}" for k in rng.integers(0, 6, n)], "reason": "survey", "cutoff": 0.2,
        "segment_from_cm": 0.0, "segment_to_cm": 3.0, "low": rng.lognormal(-1.6, 1, n),
    })  # fmt: skip
    people["high"] = people["low"]
    found = study_matrices(
        loads, sites, [count_persons(people, "hair"), count_persons(people, "blood")], {"ketamine": "ketamine"}, draws=99
    )
    assert len(found.table) + sum("ketamine, " in key and "conflict" not in key for key in found.refused) >= 3
    assert set(found.table["finding"]) <= {"no"}
    assert isinstance(found.areas, AreaTable) and not {"subject", "sample"} & set(found.areas.frame.columns)
    early = people.assign(date="2019-01-01")
    with pytest.raises(BadInput, match="share none"):
        study_matrices(loads, sites, [count_persons(early, "hair")], {"ketamine": "ketamine"})
