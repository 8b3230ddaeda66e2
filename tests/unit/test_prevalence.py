"""How many people: sources alone and together, refusals by name, conflicts with a name, and the density held against PyMC's."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import special

from labkit.models.inputs import BadInput, NotEstimable
from labkit.prevalence import (
    Positives,
    Priors,
    Sources,
    approximate_joint,
    biases,
    contraction,
    days_of_use,
    multiverse,
    poststratify,
    register_evidence,
    sample_joint,
    source_conflicts,
    study_prevalence,
    users_from_water,
)

PRIORS = Priors(level=-6.5, level_sd=1.0, selection_sd=1.0)


def simulate(seed: int, areas: int = 6, quarters: int = 4, tested: int = 300) -> tuple[Sources, float]:
    """Simulated sources with biases drawn from the priors, coded apart from the model; returns the true mean share as well."""
    rng = np.random.default_rng(seed)
    intake = PRIORS.log_intake + PRIORS.intake_log_sd * rng.standard_normal()
    log_odds = -6.5 + rng.standard_normal() + 0.5 * rng.standard_normal((areas, 1))
    log_odds = log_odds + np.cumsum(0.1 * rng.standard_normal(quarters))
    share = special.expit(log_odds)
    noise = 0.15 * rng.standard_t(4, share.shape) + 0.1 * rng.standard_normal(share.shape)
    water = np.log(1000 * share) + intake + noise
    n = np.full(share.shape, float(tested))
    found = {}
    for name, (a, b) in (("hair", (13, 7)), ("blood", (3, 15))):
        se, sp = rng.beta(a, b), rng.beta(495, 5)
        chosen = special.expit(log_odds + PRIORS.selection + PRIORS.selection_sd * 0.5 * rng.standard_normal())
        found[name] = Positives(n, rng.binomial(tested, 1 - sp + (se + sp - 1) * chosen).astype(float))
    people = np.full(areas, 2e5)
    register = rng.poisson(people * share.mean(axis=1) * rng.beta(2, 5)).astype(float)
    names = tuple(f"D{k}" for k in range(areas)), tuple(f"2023-Q{k + 1}" for k in range(quarters))
    sources = Sources("methamphetamine", *names, people, water_low=water, water_high=water,
                      water_error=np.full(share.shape, 0.1), register=register, **found)  # fmt: skip
    return sources, float(share.mean())


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: {"hair": Positives(s.hair.tested * 0, s.hair.positive * 0)}, "nobody tested"),
        (lambda s: {"hair": Positives(s.hair.tested, s.hair.tested + 1)}, "more positive than tested"),
        (lambda s: {"register": s.people * 2}, "more persons than live there"),
        (lambda s: {"people": s.people * 0}, "above zero in each area"),
        (lambda s: {"water_low": s.water_low * np.nan, "water_high": s.water_high * np.nan}, "no area has any"),
        (lambda s: {"water_error": s.water_error * 0}, "error > 0"),
        (lambda s: {"hair": None, "blood": None, "register": None, "water_low": None}, "a register"),
        (lambda s: {"water_as": "both"}, "never both"),
    ],
)
def test_sources_that_say_nothing_are_refused(change, words: str) -> None:
    sources, _ = simulate(1)
    with pytest.raises(BadInput, match=words):
        approximate_joint(replace(sources, **change(sources)))


def test_a_test_that_invents_more_than_it_finds_is_refused() -> None:
    with pytest.raises(BadInput, match="above 1"):
        Priors(hair_occasional=(0.01, 0.5), specificity=(0.5, 0.5))
    with pytest.raises(BadInput, match="between 0 and 1"):
        Priors(regular=(1.0, 0.5))


def test_the_joint_answer_holds_the_truth_and_is_no_wider_than_its_best_source() -> None:
    held, narrower, asked = 0, [], 0
    for seed in range(24):
        sources, truth = simulate(seed)
        try:
            joint = approximate_joint(sources, PRIORS)
            alone = approximate_joint(replace(sources, hair=None, blood=None, register=None), PRIORS)
        except NotEstimable:
            continue
        asked += 1
        _, low, high = joint.interval()
        _, first, last = alone.interval()
        held += low <= truth <= high
        narrower.append(np.log(high / low) / np.log(last / first))
    assert asked >= 20 and held >= asked - 3
    assert np.mean(narrower) < 1.0


def test_what_the_data_do_not_tell_is_called_an_assumption() -> None:
    sources, _ = simulate(3)
    joint = approximate_joint(replace(sources, hair=None, blood=None, register=None), PRIORS)
    assert set(contraction(joint)) == {"intake", "regular"} and contraction(joint)["intake"] < 0.2
    assert biases(joint)["bias"].iloc[0] == "intake", "what the answer leans on most stands first"
    assert joint.change() is None, "without a bound on drift a trend is one of mass, not of people"
    loose, tight = joint.change(drift_log_sd=0.5), joint.change(drift_log_sd=0.01)
    assert loose is not None and tight is not None and np.log(loose).std() > np.log(tight).std()
    assert contraction(approximate_joint(sources, PRIORS))["hair selection"] > 0.2


def test_limits_stay_limits() -> None:
    sources, _ = simulate(4)
    below = sources.water_low.copy()
    below[0] = -np.inf
    limit = np.where(np.isinf(below), sources.water_high + 1.0, sources.water_high)
    alone = replace(sources, hair=None, blood=None, register=None)
    found = approximate_joint(replace(alone, water_low=below, water_high=limit), PRIORS)
    full = approximate_joint(alone, PRIORS)
    first = [np.quantile(one.prevalence[:, 0, 0], [0.025, 0.975]) for one in (found, full)]
    assert np.log(first[0][1] / first[0][0]) > np.log(first[1][1] / first[1][0])


def test_the_same_seed_gives_the_same_numbers() -> None:
    sources, _ = simulate(5)
    one, other = (approximate_joint(sources, PRIORS, seed=7) for _ in range(2))
    assert (one.prevalence == other.prevalence).all() and one.pareto_k == other.pareto_k


def test_a_planted_conflict_names_its_matrix() -> None:
    right, quiet = 0, 0
    for seed in range(20):
        sources, _ = simulate(seed, areas=12, quarters=8, tested=400)
        quiet += (source_conflicts(sources, PRIORS)["conflict"] == "yes").any()
        water = sources.water_low.copy()
        water[4] += np.log(2)
        clash = source_conflicts(replace(sources, water_low=water, water_high=water), PRIORS)
        called = clash[clash["conflict"] == "yes"]
        right += bool(((called["place"] == "D4") & (called["source"] == "water")).any())
    assert right >= 16 and quiet <= 4


def test_days_first_then_users_with_their_assumptions() -> None:
    assert days_of_use(232.558, 30.0) == pytest.approx(7.752, abs=5e-4)
    inputs = {"dose_mg": (30.0, 0.3), "doses_a_day": (1.4, 0.2), "days_a_month": (10.0, 0.4)}
    found = users_from_water(232.6, consumption_cv=0.25, **inputs)
    assert sum(share for _, share in found.assumptions) == pytest.approx(1) and len(found.assumptions) == 4
    wider = users_from_water(232.6, consumption_cv=0.25, **(inputs | {"days_a_month": (10.0, 0.8)}))
    assert wider.interval.high / wider.interval.low > found.interval.high / found.interval.low
    with pytest.raises(BadInput, match="above zero"):
        users_from_water(0.0, consumption_cv=0.25, **inputs)


def test_groups_are_weighted_and_the_offset_is_explicit() -> None:
    exact = {"sensitivity": (9e4, 1e4), "specificity": (99e4, 1e4)}
    plain = poststratify([20, 80], [100, 100], [1.0, 1.0], **exact)
    assert plain.like_the_tested == pytest.approx((0.5 + 0.01 - 0.02) / 0.89, abs=0.03)
    tilted = poststratify([20, 80], [100, 100], [9.0, 1.0], **exact)
    assert tilted.like_the_tested < 0.4
    chosen = poststratify([20, 80], [100, 100], [1.0, 1.0], selection=(3.0, 0.5), **exact)
    assert chosen.share < 0.2 < plain.share and chosen.interval.high < plain.interval.low
    with pytest.raises(BadInput, match="their sum above 1"):
        poststratify([1], [10], [1.0], sensitivity=(1, 99), specificity=(50, 50))
    with pytest.raises(BadInput, match="nobody"):
        poststratify([0], [0], [1.0], sensitivity=(9, 1))


def test_a_register_is_a_bound_only_where_everybody_was_confirmed() -> None:
    sure, loose = register_evidence(1350, confirmed=True), register_evidence(1350, confirmed=False)
    assert sure.kind == "lower bound" and sure.interval.high == np.inf
    assert loose.kind == "leans upwards" and loose.interval.high < 1350
    with pytest.raises(BadInput):
        register_evidence(0, confirmed=True)


def test_every_choice_is_crossed_with_every_other() -> None:
    choices = {f"choice {k}": {"low": 0.9, "middle": 1.0, "high": 1.1} for k in range(5)}
    found = multiverse({"all": 100.0}, choices)
    assert len(found.table) == 3**5 and found.grade == "depends on choices"
    assert found.table["users_per_1000"].min() == pytest.approx(100 * 0.9**5)
    assert multiverse({"all": 1.0}, {"a": {"one": 1.0}}).grade == "robust"
    with pytest.raises(BadInput, match="one option or more"):
        multiverse({"all": 1.0}, {"a": {}})


def test_a_source_that_cannot_inform_is_left_out_with_a_sentence() -> None:
    sources, _ = simulate(6)
    few = replace(sources, hair=Positives(sources.hair.tested, sources.hair.tested * 0), register=None, blood=None)
    found = study_prevalence(few, PRIORS, choices={"intake": {"43": 1 / 43}})
    assert set(found.sources["source"]) == {"all sources", "water", "hair"}
    for row in found.sources.itertuples():
        assert np.isfinite(row.low) or row.reason


def test_a_total_is_a_benchmark_and_says_nothing_of_areas() -> None:
    plain, _ = simulate(7)
    sources = replace(plain, blood=None, register=None)
    apart, together = (approximate_joint(replace(sources, water_as=way), PRIORS) for way in ("likelihood", "benchmark"))
    logs = [np.log(one.prevalence) for one in (apart, together)]
    spread = [(one - one.mean(axis=(1, 2), keepdims=True)).std(axis=0).mean() for one in logs]
    assert spread[1] > spread[0], "areas are known less well from their total"
    assert apart.interval()[0] == pytest.approx(together.interval()[0], rel=0.3)
    low, high, error, weights = replace(sources, water_low=sources.water_low * 0 - np.inf).benchmark
    assert low == -np.inf < high and error > 0 and weights.sum() == pytest.approx(1), (
        "a total of limits is a bound, not a value"
    )


def test_a_survey_and_a_confirmed_register_speak_as_well() -> None:
    sources, _ = simulate(9)
    said = np.minimum(np.round(sources.hair.tested * np.exp(sources.water_low) / 4e4), sources.hair.tested)
    one = replace(sources, survey=Positives(sources.hair.tested * 50, said * 25), register_confirmed=True)
    joint = approximate_joint(one, PRIORS)
    told = set(biases(joint)["bias"])
    assert {"survey selection", "survey regular", "coverage"} <= told and "retention" not in told
    assert "retention" in set(biases(approximate_joint(sources, PRIORS))["bias"])


def test_two_sources_that_differ_are_both_named() -> None:
    sources, _ = simulate(3, areas=12, quarters=8, tested=400)
    water = sources.water_low.copy()
    water[4] += np.log(8)
    two = replace(sources, water_low=water, water_high=water, blood=None, register=None)
    clash = source_conflicts(two, PRIORS)
    called = clash[(clash["conflict"] == "yes") & (clash["place"] == "D4")]
    assert set(called["source"]) == {"water", "hair"}
    assert source_conflicts(sources.only("water"), PRIORS).empty


@pytest.mark.slow
def test_the_density_is_the_one_that_pymc_samples() -> None:
    """The log densities differ by one constant over random places: the approximation and the sampler ask the same model."""
    from labkit.prevalence.approximation import start_at
    from labkit.prevalence.density import Layout, log_posterior
    from labkit.prevalence.sampler import build

    plain, _ = simulate(8, areas=5, quarters=3)
    low, high = plain.water_low.copy(), plain.water_high.copy()
    low[0], low[1, 0], high[1, 0] = -np.inf, np.nan, np.nan
    limits = replace(plain, water_low=low, water_high=high, register_confirmed=True)
    survey = replace(plain, survey=Positives(plain.hair.tested, plain.hair.positive // 50), water_as="benchmark")
    for sources in (plain, limits, survey, replace(limits, water_as="benchmark")):
        layout = Layout.of(sources)
        logp = build(sources, PRIORS, layout).compile_logp()
        rng = np.random.default_rng(1)
        start = np.concatenate([start_at(sources, PRIORS, layout), np.zeros(layout.size - len(layout.names))])
        vectors = start + 0.2 * rng.standard_normal((6, layout.size))
        ours = log_posterior(vectors, sources, PRIORS, layout)
        theirs = []
        for vector in vectors:
            point = {name: np.asarray(vector[k]) for k, name in enumerate(layout.names)}
            point |= {"areas": vector[layout.areas], "quarters": vector[layout.quarters]}
            theirs.append(float(logp(point)))
        assert np.ptp(ours - np.array(theirs)) < 1e-6


@pytest.mark.slow
def test_nineteen_in_twenty_ends_of_the_approximation_are_within_a_tenth_of_the_samplers_width() -> None:
    within = []
    for seed in (2, 5):
        sources, _ = simulate(seed, areas=12, quarters=8)
        quick, whole = approximate_joint(sources, PRIORS), sample_joint(sources, PRIORS, draws=6000)
        ends = [np.quantile(one.prevalence, [0.025, 0.975], axis=0) for one in (quick, whole)]
        within.append(np.abs(ends[0] - ends[1]) / (ends[1][1] - ends[1][0]) <= 0.1)
        assert whole.r_hat is not None and whole.ess is not None and whole.r_hat < 1.01 and whole.ess > 400
    assert np.mean(within) >= 0.95


@pytest.mark.slow
def test_a_cold_and_a_warm_compile_cache_give_the_same_numbers(tmp_path: Path) -> None:
    code = "import test_prevalence as t; print(t.sample_joint(t.simulate(1, 4, 3)[0], t.PRIORS).prevalence.sum().hex())"
    folders = {"PYTENSOR_FLAGS": f"base_compiledir={tmp_path}", "NUMBA_CACHE_DIR": str(tmp_path / "numba")}
    env = os.environ | folders | {"PYTHONPATH": str(Path(__file__).parent)}
    run = [subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True) for _ in range(2)]
    assert run[0].stdout == run[1].stdout != ""
