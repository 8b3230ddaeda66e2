"""The watch: what stands out is called, what rises everywhere is called as that, and what is not known is not called."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from labkit.models.inputs import BadInput
from labkit.wastewater.hotspots import (
    COMMON_MODE,
    balance,
    funnel,
    positive_share_bound,
    presence_table,
    scan_table,
    to_panels,
    watch,
)
from labkit.wastewater.hotspots.residuals import against_others, departures
from labkit.wastewater.hotspots.scan import _search


def simulated(sites: int = 8, weeks: int = 80, sd: float = 0.2, seed: int = 1, limit: float = 0.0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    levels = rng.normal(3, 0.5, sites)
    y = np.exp(levels + sd * rng.normal(size=(weeks, sites)))
    days = np.datetime64("2022-01-03") + 7 * np.arange(weeks)
    rows = [(f"S{i}", str(days[t]), y[t, i]) for t in range(weeks) for i in range(sites)]
    frame = pd.DataFrame(rows, columns=["site", "date", "load_mg_day_1000inh"])
    below = frame["load_mg_day_1000inh"] < limit
    return frame.assign(
        analyte="ketamine",
        drug="ketamine",
        low=frame["load_mg_day_1000inh"].mask(below, 0.0),
        high=frame["load_mg_day_1000inh"].mask(below, limit),
        censored=np.where(below, "below", "exact"),
        flow_m3_day=50_000.0,
        population=100_000.0,
        file=np.where(frame["site"].isin(["S0", "S1"]), "north.csv", "east.csv"),
    )


def raised(loads: pd.DataFrame, times: float, sites: tuple[str, ...], last: int = 3) -> pd.DataFrame:
    weeks = sorted(loads["date"].unique())[-last:]
    hit = loads["site"].isin(sites) & loads["date"].isin(weeks)
    out = loads.copy()
    for name in ("low", "high", "load_mg_day_1000inh"):
        out[name] = out[name].where(~hit, out[name] * times)
    return out


def test_one_site_that_triples_is_called_and_nobody_else() -> None:
    found = watch(raised(simulated(), 3.0, ("S5",)))
    late = found.alerts[found.alerts["week"] >= "2023-06-26"]
    late = late[late["site"] != COMMON_MODE]
    assert set(late["site"]) == {"S5"}
    assert set(late["tier"]) & {"alert", "confirmed"}
    row = late.iloc[-1]
    assert row["low"] < 3 < row["high"] and row["p_more"] > 0.99


def test_a_rise_everywhere_is_the_common_mode_and_no_sites() -> None:
    loads = simulated()
    found = watch(raised(loads, 2.0, tuple(loads["site"].unique())))
    late = found.alerts[found.alerts["week"] >= "2023-06-26"]
    assert COMMON_MODE in set(late["site"])
    assert not (set(late["site"]) - {COMMON_MODE}) or len(late[late["site"] != COMMON_MODE]) <= 1


def test_a_site_below_its_limit_is_never_raised() -> None:
    loads = simulated(limit=1e5)
    found = watch(loads)
    assert not len(found.alerts)
    assert "mostly below limits" in found.refused["ketamine"]


def test_against_the_others_is_the_median_without_itself() -> None:
    panel = to_panels(simulated(sites=5, weeks=20))[0]
    d = against_others(panel)
    expected = panel.low[7, 2] - np.median(np.delete(panel.high[7], 2))
    assert d[7, 2] == pytest.approx(expected)


def test_scores_are_standard_where_nothing_happens() -> None:
    part = departures(to_panels(simulated(sites=40, weeks=150))[0])
    z = part.z[~np.isnan(part.z)]
    assert abs(z.mean()) < 0.05 and z.std() == pytest.approx(1.0, abs=0.08)
    assert stats.kstest(z[::7], "norm").pvalue > 0.001


def test_small_sites_are_watched_and_not_named() -> None:
    loads = raised(simulated(), 4.0, ("S5",))
    loads.loc[loads["site"] == "S5", "population"] = 800.0
    found = watch(loads)
    assert "S5" not in set(found.alerts["site"])
    assert found.refused["sites"] == "1 with fewer than 5,000 people are not named"


def test_the_budget_is_the_contract() -> None:
    loads = simulated(sites=12, weeks=150)
    few, many = (watch(loads, false_alerts_a_month=budget) for budget in (0.2, 4.0))
    assert few.alpha == pytest.approx(many.alpha / 20)
    assert len(few.alerts) < len(many.alerts)
    assert len(many.alerts) < 3 * many.expected_false


def test_triage_names_the_dull_explanations() -> None:
    loads = raised(simulated(), 4.0, ("S0", "S1"))
    last = loads["date"] == loads["date"].max()
    loads.loc[last & (loads["site"] == "S0"), "flow_m3_day"] = 150_000.0
    loads.loc[last & (loads["site"] == "S1"), "population"] = 140_000.0
    found = watch(loads, false_alerts_a_month=4.0)
    here = found.alerts[found.alerts["week"] == loads["date"].max()].set_index("site")["check"]
    assert "flow" in here["S0"] and "population" in here["S1"]
    assert "laboratory" in here["S0"], "both sites of north.csv are called"
    blind = watch(loads.drop(columns=["flow_m3_day", "file"]), false_alerts_a_month=4.0).alerts["check"]
    assert blind.str.contains("not checked: flow, laboratory").all()


@pytest.mark.parametrize("case", ["one site", "two weeks", "a gap of a year"])
def test_thin_data_are_refused_by_name_or_carried(case: str) -> None:
    loads = simulated()
    if case == "one site":
        found = watch(loads[loads["site"] == "S0"])
        assert "three or more" in found.refused["ketamine"]
    elif case == "two weeks":
        found = watch(loads[loads["date"] < "2022-01-17"])
        assert "baseline of twelve weeks" in found.refused["ketamine"]
    else:
        found = watch(loads[(loads["date"] < "2022-04-01") | (loads["date"] > "2023-05-01")])
        assert len(found.alerts) < 10
    assert found.tests >= 0


def test_loads_balance_along_a_sewer() -> None:
    closed = balance((1000, 1000, 0.1), {"north": (600, 600, 0.1), "south": (400, 400, 0.1)})
    assert closed.closure == 1.0 and closed.difference_interval.low < 0 < closed.difference_interval.high
    assert closed.next_to_sample == "north"
    below = balance((1000, 1000, 0.1), {"north": (0, 300, 0.1), "south": (200, 200, 0.1)})
    assert below.n_censored == 1 and below.closure_interval.high - below.closure_interval.low > 0.2
    with pytest.raises(BadInput, match="below a limit"):
        balance((0, 10, 0.1), {"north": (1, 1, 0.1)})
    with pytest.raises(BadInput, match="one or more"):
        balance((10, 10, 0.1), {})


def test_nothing_found_has_a_bound_and_blind_samples_do_not_count() -> None:
    assert positive_share_bound(59) == pytest.approx(1 - 0.05 ** (1 / 59))
    loads = simulated(sites=3, weeks=30, limit=1e5)
    table = presence_table(loads)
    assert table["share_upper"].tolist() == pytest.approx([positive_share_bound(30)] * 3)
    blind = presence_table(loads, matters_mg_day_1000inh=1.0)
    assert (blind["n_sensitive"] == 0).all() and blind["share_upper"].isna().all()
    seen = presence_table(simulated(sites=3, weeks=30))
    assert (seen["first_found"] == "2022-01-03").all() and seen["share_upper"].isna().all()


def test_funnel_finds_what_is_not_chance_alone() -> None:
    rng = np.random.default_rng(4)
    people = rng.uniform(1e4, 1e6, 60)
    y = rng.poisson(1e-4 * people)
    y[0] = 3 * y[0] + 10
    found = funnel(y, people, per=1e5)
    assert found.outside[0] and found.outside[1:].mean() < 0.12
    wild = funnel(rng.poisson(1e-4 * people * rng.gamma(4, 0.25, 60)), people)
    assert wild.overdispersion > 3 and wild.outside.mean() < 0.25
    with pytest.raises(BadInput, match="5 or more"):
        funnel([1, 2], [1, 2])


def test_the_scan_finds_sites_that_rise_a_little_together() -> None:
    parts = watch(raised(simulated(sites=14, weeks=90), 2.2, ("S2", "S5", "S9"), last=3)).parts
    row = scan_table(parts).iloc[0]
    assert (
        set(row["sites"].split(", ")) >= {"S2", "S5", "S9"}
        and row["n_sites"] <= 7
        and row["p"] <= 0.02
        and 1.5 < row["ratio"] < 2.6
    )
    assert row["last_week"] == str(parts[0].panel.weeks[-1])
    near = {"S2": ["S5", "S9"], "S5": ["S2"], "S9": ["S2"]}
    assert set(scan_table(parts, neighbours=near).iloc[0]["sites"].split(", ")) == {"S2", "S5", "S9"}
    apart = {site: [] for site in parts[0].panel.sites}
    assert scan_table(parts, neighbours=apart).iloc[0]["n_sites"] == 1, "without neighbours a set is one site"


def test_the_best_set_of_the_scan_is_the_best_of_all_sets() -> None:
    rng = np.random.default_rng(4)
    z = rng.normal(size=(9, 6))
    known = rng.random(z.shape) > 0.2
    z = np.where(known, z, 0.0)
    best = max(
        z[t - length + 1 : t + 1, list(chosen)].sum() / np.sqrt(known[t - length + 1 : t + 1, list(chosen)].sum())
        for length in (1, 2, 3)
        for t in range(length - 1, 9)
        for size in range(1, 7)
        for chosen in combinations(range(6), size)
        if known[t - length + 1 : t + 1, list(chosen)].any()
    )
    assert _search(z, known, [np.arange(6)], 3)[0] == pytest.approx(best)


def test_the_scan_keeps_its_p_where_nothing_happens() -> None:
    found = [scan_table(watch(simulated(sites=10, weeks=60, seed=seed)).parts, draws=19).iloc[0]["p"] for seed in range(40)]
    assert np.mean(np.array(found) <= 0.1) <= 0.1 + 3 * np.sqrt(0.1 * 0.9 / 40)
    with pytest.raises(BadInput, match="19 draws"):
        scan_table([], draws=3)
