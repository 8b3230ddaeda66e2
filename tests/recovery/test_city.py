"""The simulated city: what its files hold, and its truth found again by arithmetic written here.

The arithmetic below is deliberately its own: neither the simulator's nor labkit's.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labkit.simulate import Truth, simulate_city
from labkit.simulate.catchment import METER_LOG_SD
from labkit.simulate.laboratory import ANALYSIS_LOG_SD, SAMPLING_LOG_SD

START = date(2022, 1, 3)
SEED = 20220103
KEYS = ["site", "date", "analyte"]
# Independent errors of one day: composite, instrument, meter. All have median 1.
ONE_DAY_LOG_SD = (SAMPLING_LOG_SD**2 + ANALYSIS_LOG_SD**2 + METER_LOG_SD**2) ** 0.5
MASS_RATIO = {"benzoylecgonine": 303.35 / 289.33, "cotinine": 162.23 / 176.22}  # drug to analyte; 1 for the others


def read(folder: Path, name: str) -> pd.DataFrame:
    return pd.read_csv(folder / name, dtype=str, keep_default_na=False, encoding="utf-8")


@pytest.fixture(scope="module", params=[1, 3], ids=["one day a week", "three days a week"])
def city(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    folder = tmp_path_factory.mktemp("city")
    return folder, simulate_city(folder, seed=SEED, days_per_week=request.param, start=START)


def with_truth(folder: Path) -> pd.DataFrame:
    """Results, flow and truth side by side, with the load found by hand, mg/day."""
    table = read(folder, "results.csv").merge(read(folder, "flow.csv"), on=["site", "date"], suffixes=("", "_flow"))
    table = table.merge(read(folder, "truth.csv"), on=KEYS, validate="one_to_one")
    table["exact"] = table["concentration"].str.fullmatch(r"[0-9.]+")
    for name in ("lod", "loq", "flow", *(name for name in table.columns if name.startswith("true_"))):
        table[name] = table[name].astype(float)
    micrograms_in_litre = table["unit"].map({"ng/L": 0.001, "µg/L": 1.0})
    cubic_metres = table["flow"] * table["unit_flow"].map({"m3/day": 1.0, "万m3/d": 1e4})
    table["number"] = table["concentration"].where(table["exact"]).astype(float)
    table["load_mg_day"] = table["number"] * micrograms_in_litre * cubic_metres
    table["cubic_metres"] = cubic_metres
    table["true_number"] = table["true_load_mg_day"] / table["true_flow_m3_day"] / micrograms_in_litre
    return table


def assert_median_one(ratio: pd.Series, log_sd: float) -> None:
    """The median ratio is 1 within four standard errors of a median of n lognormal errors: 1.2533 · sd / √n."""
    error = np.log(ratio.to_numpy())
    allowed = 4 * 1.2533 * log_sd / np.sqrt(error.size)
    assert abs(np.median(error)) < allowed
    assert error.std() == pytest.approx(log_sd, rel=4 / np.sqrt(2 * error.size))


def test_loads_and_consumption_are_found_again(city: tuple[Path, Truth]) -> None:
    table = with_truth(city[0])
    for analyte in ("methamphetamine", "codeine", "cotinine"):  # hardly ever below a limit: the exact rows are all rows
        rows = table[(table["analyte"] == analyte) & table["exact"]]
        assert len(rows) > 0.99 * (table["analyte"] == analyte).sum()
        assert_median_one(rows["load_mg_day"] / rows["true_load_mg_day"], ONE_DAY_LOG_SD)
        thousands = rows["true_population"] / 1000
        consumption = rows["load_mg_day"] / thousands / rows["true_excretion"] * MASS_RATIO.get(analyte, 1.0)
        assert_median_one(consumption / rows["true_consumption_mg_day_1000inh"], ONE_DAY_LOG_SD)
    days = table.drop_duplicates(["site", "date"])
    assert_median_one(days["cubic_metres"] / days["true_flow_m3_day"], METER_LOG_SD)


def test_truth_agrees_with_itself(city: tuple[Path, Truth]) -> None:
    table = with_truth(city[0])
    ratio = table["analyte"].map(MASS_RATIO).fillna(1.0)
    load = table["true_consumption_mg_day_1000inh"] * table["true_population"] / 1000 * table["true_excretion"] / ratio
    assert np.allclose(load, table["true_load_mg_day"], rtol=1e-4)


def test_share_below_the_limits(city: tuple[Path, Truth]) -> None:
    share = 1 - with_truth(city[0]).groupby("analyte")["exact"].mean()
    assert share["MDMA"] > 0.60
    assert 0.20 <= share["ketamine"] <= 0.35
    assert 0.20 <= share["benzoylecgonine"] <= 0.50
    assert share[["methamphetamine", "cotinine", "codeine"]].max() < 0.01


@pytest.mark.parametrize("seed", range(5))
def test_mdma_is_mostly_below_the_limits_whatever_the_seed(tmp_path: Path, seed: int) -> None:
    simulate_city(tmp_path, seed=seed, start=date(2023, 1, 2))
    results = read(tmp_path, "results.csv")
    mdma = results.loc[results["analyte"] == "MDMA", "concentration"]
    assert (~mdma.str.fullmatch(r"[0-9.]+")).mean() > 0.60


def test_no_number_stands_below_its_limit_and_marks_are_honest(city: tuple[Path, Truth]) -> None:
    table = with_truth(city[0])
    assert (table["lod"] < table["loq"]).all()
    assert (table.loc[table["exact"], "number"] >= table.loc[table["exact"], "loq"]).all()
    digits = table.loc[table["exact"], "concentration"].str.replace(".", "").str.lstrip("0")
    assert (digits.str.len() >= 3).all()
    assert digits.str[3:].str.strip("0").eq("").all()

    marks = table[~table["exact"]]
    assert set(marks["concentration"].str.replace(r"[0-9.]+", "", regex=True)) == {"<", "<LOQ", "ND", "未检出"}
    limit = marks["concentration"].str.extract(r"^<([0-9.]+)$")[0].dropna().astype(float)
    assert (limit == marks.loc[limit.index, "loq"]).all()
    # six standard deviations of sampling and analysis: the true concentration cannot stand further on the wrong side
    far = np.exp(6 * np.hypot(SAMPLING_LOG_SD, ANALYSIS_LOG_SD))
    assert (marks["true_number"] < marks["loq"] * far).all()
    unseen = marks["concentration"].isin(["ND", "未检出"])
    assert (marks.loc[unseen, "true_number"] < marks.loc[unseen, "lod"] * far).all()
    seen = marks["concentration"] == "<LOQ"
    assert (marks.loc[seen, "true_number"] > marks.loc[seen, "lod"] / far).all()
    assert (marks["concentration"] == "未检出").mean() < 0.1


def test_units_and_limits(city: tuple[Path, Truth]) -> None:
    results, flow = read(city[0], "results.csv"), read(city[0], "flow.csv")
    assert set(results.drop_duplicates(["site", "analyte", "unit"]).groupby(["site", "analyte"]).size()) == {1}
    assert set(results.drop_duplicates(["analyte", "unit"]).groupby("analyte").size()) == {2}
    assert set(flow.drop_duplicates(["site", "unit"]).groupby("site").size()) == {1}
    assert sorted(flow.drop_duplicates("site")["unit"]) == ["m3/day"] * 5 + ["万m3/d"]
    steps = results.groupby(["site", "analyte"])["loq"].nunique()
    assert set(steps.loc["S1"]) == {2}
    assert set(steps.loc["S5"]) == {1}
    later = results[(results["site"] == "S1") & (results["analyte"] == "MDMA")].drop_duplicates("loq")
    assert later["loq"].tolist() == ["0.6", "0.42"]
    assert later["date"].iloc[1] >= str(date(2023, 7, 3))  # 78 weeks on


def test_sizes_and_order(city: tuple[Path, Truth]) -> None:
    folder, truth = city
    results, written = read(folder, "results.csv"), read(folder, "truth.csv")
    assert truth.sites == ("S1", "S2", "S3", "S4", "S5", "S6")
    assert len(results) == len(written) == len(truth.table) == 6 * len(read(folder, "flow.csv"))
    assert len(results) in (6 * 6 * 156, 6 * 6 * 156 * 3)
    assert results[KEYS].equals(written[KEYS])
    assert results[KEYS].equals(truth.table[KEYS].astype(results["site"].dtype))
    assert not results.duplicated(KEYS).any()
    for name in written.columns[written.columns.str.startswith("true_")]:
        assert np.array_equal(written[name].astype(float), truth.table[name].astype(float))


def test_orders_of_magnitude(city: tuple[Path, Truth]) -> None:
    middle = city[1].table.groupby(["analyte", "site"])["true_consumption_mg_day_1000inh"].median()
    for analyte, (low, high) in {
        "methamphetamine": (10, 150),
        "ketamine": (1, 13),
        "codeine": (7, 20),
        "benzoylecgonine": (1, 3),
        "MDMA": (0.3, 1),
        "cotinine": (2000, 3500),
    }.items():
        assert middle[analyte].between(low, high).all(), analyte
    people = city[1].table.groupby("site")["true_population"].median()
    assert people.min() == pytest.approx(40_000, rel=0.1)
    assert people.max() == pytest.approx(1_500_000, rel=0.1)


def test_population_moves_and_its_records_miss_it(city: tuple[Path, Truth]) -> None:
    folder, truth = city
    rows = read(folder, "population.csv")
    assert rows["source"].str.contains("simulated").all()
    for kind in ("census", "served"):
        assert rows.loc[rows["kind"] == kind, "site"].tolist() == ["S1", "S2", "S3", "S4", "S5", "S6"]
    assert (rows.loc[rows["kind"] != "de_facto", "date"] == "").all()
    monthly = rows[rows["kind"] == "de_facto"].assign(population=lambda table: table["population"].astype(float))
    assert monthly["date"].str.endswith("-01").all()
    assert monthly.groupby("site")["date"].agg(list).map(len).eq(36).all()
    by_month = monthly.pivot_table(index="date", columns="site", values="population")
    festival, before, after = by_month.loc["2024-02-01"], by_month.loc["2023-12-01"], by_month.loc["2024-04-01"]
    assert (festival[["S1", "S2", "S4", "S6"]] < 0.92 * np.minimum(before, after)[["S1", "S2", "S4", "S6"]]).all()
    assert festival["S2"] < 0.80 * after["S2"]

    heads = truth.table.drop_duplicates(["site", "date"])
    holiday = heads[heads["date"].between("2024-02-09", "2024-02-16")].groupby("site")["true_population"].mean()
    normal = heads[heads["date"].between("2024-04-01", "2024-06-30")].groupby("site")["true_population"].mean()
    assert len(holiday) >= 4  # with one day a week not every site is sampled in these eight days
    assert (holiday < 0.93 * normal[holiday.index]).all()

    census = rows[rows["kind"] == "census"].set_index("site")["population"].astype(float)
    miss = census / normal
    assert ((miss - 1).abs() > 0.01).any()
    assert miss.between(0.6, 1.3).all()


def test_mdma_is_a_weekend_drug_and_methamphetamine_is_not(city: tuple[Path, Truth]) -> None:
    table = city[1].table
    weekend = pd.to_datetime(table["date"]).dt.day_of_week >= 5
    log_use = np.log(table["true_consumption_mg_day_1000inh"])
    on, off = (log_use[days].groupby(table["analyte"]).mean() for days in (weekend, ~weekend))
    ratio = np.exp(on - off)
    assert ratio["MDMA"] > 1.4
    assert ratio["benzoylecgonine"] == pytest.approx(1.43, abs=0.2)
    assert ratio["methamphetamine"] == pytest.approx(1.07, abs=0.1)


def test_one_site_rises_and_one_falls_after_week_90(tmp_path: Path) -> None:
    table = simulate_city(tmp_path, seed=SEED, days_per_week=7, start=START).table
    by = [table["analyte"], table["site"], table["date"].str[:4]]
    log_use = np.log(table["true_consumption_mg_day_1000inh"]).groupby(by).mean()
    # the slow wandering has a log-SD of 0.1, hardly less in a yearly mean; a rise of 0.36 over two years stands out
    assert log_use["methamphetamine", "S2", "2024"] > log_use["methamphetamine", "S2", "2022"] + 0.15
    assert log_use["methamphetamine", "S5", "2024"] < log_use["methamphetamine", "S5", "2022"] - 0.15


def test_rain_dilutes_and_does_not_change_the_load(tmp_path: Path) -> None:
    table = simulate_city(tmp_path, seed=SEED, days_per_week=7, start=START, analytes=["cotinine"]).table
    flow_per_head = table["true_flow_m3_day"] / table["true_population"]
    for site in ("S3", "S5"):
        mine = table["site"] == site
        wet = flow_per_head[mine] > 1.5 * flow_per_head[mine].quantile(0.1)
        load = (table["true_load_mg_day"] / table["true_population"])[mine]
        assert wet.sum() > 50
        assert load[wet].median() == pytest.approx(load[~wet].median(), rel=0.05)
