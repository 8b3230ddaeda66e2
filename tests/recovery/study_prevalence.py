"""Coverage of shares, corrected prevalences, ROC areas, numbers of persons from lists and latent classes.

Simulated data. Cells with ``p`` or ``prevalence`` of "drawn" take a new truth each time, uniform over the grid named there: for
intervals that promise their level on average.
"""

from __future__ import annotations

import math

import numpy as np
from evaluation import Study
from scipy import special, stats

from labkit.models.inputs import NotEstimable
from labkit.models.prevalence import (
    average_population,
    bayesian_prevalence,
    chao,
    chapman,
    closed_population,
    diagnostic_table,
    estimate_proportion,
    latent_class,
    multiplier,
    roc_area,
    rogan_gladen,
    zelterman,
    zero_truncated_poisson,
)
from labkit.models.prevalence.capture import FEW_TWICE

THREE_ERRORS = 3 * math.sqrt(0.95 * 0.05 / 2000)
ENOUGH = 0.95 - THREE_ERRORS
NEAR = (ENOUGH, 0.95 + 2 * THREE_ERRORS)
GRID = np.linspace(0.005, 0.995, 199)  # of shares, for those that hold their level on average
CHI2 = float(stats.chi2.ppf(0.95, 1))


def shares(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Exact intervals at one share, the others over the grid."""
    n = cell["n"]
    if cell["p"] == "drawn":
        p = float(rng.choice(GRID))
        x = int(rng.binomial(n, p))
        return {
            f"covers {m} on average": float(p in estimate_proportion(x, n, method=m).interval) for m in ("wilson", "jeffreys")
        }
    x, found = int(rng.binomial(n, cell["p"])), {}
    for method in ("clopper_pearson", "blaker", "wilson"):
        interval = estimate_proportion(x, n, method=method).interval
        found["holds wilson at this share" if method == "wilson" else f"covers {method}"] = float(cell["p"] in interval)
        found[f"width {method}"] = interval.high - interval.low
    return found


def corrected(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Known shares of the test, and shares from a validation study."""
    se, sp, n = 0.85, 0.95, cell["n"]
    truth = float(rng.random()) if cell["prevalence"] == "drawn" else cell["prevalence"]
    x = int(rng.binomial(n, truth * se + (1 - truth) * (1 - sp)))
    right, clean = int(rng.binomial(cell["validated"], se)), int(rng.binomial(cell["validated"], sp))
    validated = (right, cell["validated"]), (clean, cell["validated"])
    if cell["prevalence"] == "drawn":
        # the truth of the test is drawn from its prior too: that is what a posterior promises to hold on average
        se, sp = rng.beta(85, 15), rng.beta(95, 5)
        x = int(rng.binomial(n, truth * se + (1 - truth) * (1 - sp)))
        found = bayesian_prevalence(x, n, (85.0, 15.0), (95.0, 5.0), nodes=10)
        return {"covers Bayesian on average": float(truth in found.interval)}
    known, counted = rogan_gladen(x, n, se, sp), rogan_gladen(x, n, *validated)
    naive = rogan_gladen(x, n, right / cell["validated"], clean / cell["validated"]).interval
    return {
        "covers Rogan-Gladen, shares known": float(truth in known.interval),
        "covers Lang-Reiczigel": float(truth in counted.interval),
        "estimated shares taken for known hold": float(truth in naive),
        "width Lang-Reiczigel": counted.interval.high - counted.interval.low,
    }


def roc(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Two normal groups of one size, the area of the population known."""
    n = cell["n"] // 2
    shift = math.sqrt(2) * float(stats.norm.ppf(cell["area"]))
    x = np.concatenate([rng.normal(size=n), shift + rng.normal(size=n)])
    group = np.repeat([False, True], n)
    found = {
        "covers score": float(cell["area"] in roc_area(x, group, interval="score").interval),
        "covers area": float(cell["area"] in roc_area(x, group).interval),
    }
    if (1 - cell["area"]) * n >= 20:  # below 15 it is refused
        try:
            found["covers DeLong"] = float(cell["area"] in roc_area(x, group, interval="delong").interval)
        except NotEstimable:
            pass
    return found


def seen_times(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """How often each person was seen, Poisson or (spread above zero) gamma-Poisson; and two lists of the same people."""
    size, rate, spread = cell["persons"], cell["rate"], cell["spread"]
    rates = np.full(size, rate) if spread == 0 else rng.gamma(1 / spread, rate * spread, size)
    times = rng.poisson(rates)
    times = times[times > 0]
    found: dict[str, float] = {}
    name = "" if spread == 0 else ", people differ"
    for label, method in (("Chao", chao), ("Zelterman", zelterman), ("zero-truncated Poisson", zero_truncated_poisson)):
        try:
            number = method(times)
        except NotEstimable:
            continue
        if label == "Chao":
            found["covers Chao's bound"] = float(number.interval.low <= size)
        if spread == 0 or label != "Chao":
            found[f"{'covers' if spread == 0 else 'holds'} {label}{name}"] = float(size in number.interval)
        found[f"error {label}"] = number.value / size - 1
    if spread == 0:
        found["covers zero-truncated Poisson, lognormal"] = float(
            size in zero_truncated_poisson(times, interval="lognormal").interval
        )
        share = 1 - math.exp(-rate / 2)  # two independent halves of the same time
        one, two = rng.random(size) < share, rng.random(size) < share
        if one.any() and two.any():
            pair = chapman(int(one.sum()), int(two.sum()), int((one & two).sum()))
            few = size * share**2 < FEW_TWICE
            found["holds Chapman, few on both lists" if few else "covers Chapman"] = float(size in pair.interval)
        surveyed = rng.hypergeometric(int(one.sum()), size - int(one.sum()), 60)
        try:
            found["covers multiplier"] = float(size in multiplier(int(one.sum()), (int(surveyed), 60)).interval)
        except NotEstimable:
            pass
    return found


def lists(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Three lists, the second fed by the first where `odds` is not 1."""
    size, odds = cell["persons"], cell["odds"]
    table = np.empty((size, 3))
    table[:, 0] = rng.random(size) < 0.35
    chance = special.expit(special.logit(0.3) + math.log(odds) * (table[:, 0] - 0.35))
    table[:, 1] = rng.random(size) < chance
    table[:, 2] = rng.random(size) < 0.4
    table = table[table.any(axis=1)]
    right = closed_population(table, model="Mt", terms=["12"])
    average = average_population(table)
    alone = next(model for model in average.models if model.model == "[1,2,3]")
    return {
        "covers model with the term": float(size in right.interval),
        "covers average": float(size in average.interval),
        "independence assumed holds": float(size in alone.interval),
        "error model with the term": right.value / size - 1,
        "error average": average.value / size - 1,
        "error independence assumed": alone.value / size - 1,
        "width average": (average.interval.high - average.interval.low) / size,
    }


def times_of_differing(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Four lists reached through one normal line of persons: Chao's lower bound holds, the plain model does not."""
    size = cell["persons"]
    line = cell["spread"] * rng.normal(size=(size, 1))
    table = (rng.random((size, 4)) < special.expit(special.logit([0.25, 0.3, 0.2, 0.35]) + line)).astype(float)
    table = table[table.any(axis=1)]
    bound = closed_population(table, model="Mth", heterogeneity="chao")
    plain = closed_population(table, model="Mt")
    found = {
        "covers Chao's bound": float(bound.interval.low <= size),
        "error Chao": bound.value / size - 1,
        "error plain": plain.value / size - 1,
    }
    found["covers plain" if cell["spread"] == 0 else "plain holds"] = float(size in plain.interval)
    return found


def classes(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """Tests without a gold standard; the covered value is asked for by its deviance."""
    kind, n = cell["design"], cell["n"]
    prevalences = (0.15, 0.5) if kind == "two populations" else (cell["prevalence"],)
    tests = {"two populations": 2, "three tests": 3}.get(kind, 4)
    se, sp = np.array([0.85, 0.8, 0.9, 0.75])[:tests], np.array([0.95, 0.9, 0.92, 0.97])[:tests]
    rows, group = [], []
    for place, prevalence in enumerate(prevalences):
        size = n // len(prevalences)
        sick = rng.random(size) < prevalence
        u = rng.random((size, tests))
        if kind == "four tests, two dependent":  # the second copies the first's luck in a quarter of persons
            copied = rng.random(size) < 0.25
            u[copied, 1] = u[copied, 0]
        if kind == "four tests, one line":  # a third of the variance behind each test is the person's
            line = rng.normal(size=(size, 1))
            u = special.ndtr((line + math.sqrt(2) * special.ndtri(u)) / math.sqrt(3))
        rows.append(np.where(sick[:, None], u < se, u > sp))
        group += [place] * size
    data = np.vstack(rows).astype(float)
    dependence = {"four tests, two dependent": [(1, 2)], "four tests, one line": "random effect"}.get(kind)
    try:
        found = latent_class(data, population=group, dependence=dependence, starts=2)
    except NotEstimable:
        return {"estimable": 0.0}
    return {
        "estimable": 1.0,
        "covers prevalence": float(found.deviance_at("prevalence", prevalences[0]) <= CHI2),
        "covers sensitivity": float(found.deviance_at("sensitivity", se[0]) <= CHI2),
        "covers specificity": float(found.deviance_at("specificity", sp[0]) <= CHI2),
        "error prevalence": float(found.prevalences[0]) - prevalences[0],
    }


def against_truth(cell: dict, rng: np.random.Generator) -> dict[str, float]:
    """A test against the truth."""
    n, se, sp = cell["n"], 0.85, 0.9
    sick = max(int(rng.binomial(n, 0.3)), 1)
    sick = min(sick, n - 1)
    a, d = int(rng.binomial(sick, se)), int(rng.binomial(n - sick, sp))
    if a + (n - sick - d) == 0 or (sick - a) + d == 0:
        return {}
    found = diagnostic_table(a, n - sick - d, sick - a, d)
    outcome = {
        "covers sensitivity": float(se in found.sensitivity.interval),
        "covers Youden": float(se + sp - 1 in found.youden.interval),
    }
    try:
        outcome["covers likelihood ratio"] = float(se / (1 - sp) in found.likelihood_ratio_positive.interval)
    except NotEstimable:
        pass
    return outcome


ROOM = "labkit/models/prevalence/"
STUDIES = [
    Study(
        name="prevalence-shares",
        sources=(ROOM + "proportion.py",),
        seed=4071,
        cells=[{"n": n, "p": p} for n in (24, 60, 200) for p in (0.01, 0.05, 0.2, 0.5, "drawn")],
        simulate=shares,
        promises={
            "covers clopper_pearson": (ENOUGH, 1.0),
            "covers blaker": (ENOUGH, 1.0),
            "covers wilson on average": NEAR,
            "covers jeffreys on average": NEAR,
        },
    ),
    Study(
        name="prevalence-corrected",
        sources=(ROOM + "rogan_gladen.py", ROOM + "bayesian.py", ROOM + "proportion.py"),
        seed=4072,
        cells=[{"n": n, "prevalence": p, "validated": 100} for n in (60, 200, 1000) for p in (0.02, 0.1, 0.4, "drawn")],
        simulate=corrected,
        promises={
            "covers Rogan-Gladen, shares known": (ENOUGH, 1.0),
            "covers Lang-Reiczigel": (ENOUGH, 1.0),
            "covers Bayesian on average": NEAR,
        },
    ),
    Study(
        name="prevalence-roc",
        sources=(ROOM + "roc.py",),
        seed=4073,
        cells=[{"n": n, "area": area} for n in (24, 60, 200, 800) for area in (0.6, 0.8, 0.95)],
        simulate=roc,
        promises={"covers score": (ENOUGH, 1.0), "covers area": (ENOUGH, 1.0), "covers DeLong": (ENOUGH, 1.0)},
    ),
    Study(
        name="prevalence-times-seen",
        sources=(ROOM + "capture.py", ROOM + "multiplier.py"),
        seed=4074,
        cells=[{"persons": n, "rate": rate, "spread": s} for n in (200, 1000) for rate in (0.5, 1.0) for s in (0.0, 0.5)],
        simulate=seen_times,
        promises={
            "covers Chao's bound": (ENOUGH, 1.0),
            "covers Zelterman": (ENOUGH, 1.0),
            "covers zero-truncated Poisson": (ENOUGH, 1.0),
            "covers zero-truncated Poisson, lognormal": (ENOUGH, 1.0),
            "covers Chapman": (ENOUGH, 1.0),
            "holds Chapman, few on both lists": (0.91, 0.94),  # printed as approximate
            "covers multiplier": (ENOUGH, 1.0),
        },
    ),
    Study(
        name="prevalence-lists",
        sources=tuple(ROOM + f"{name}.py" for name in ("closed", "closed_fit", "closed_selection", "histories", "loglinear")),
        seed=4075,
        cells=[{"persons": n, "odds": odds} for n in (300, 1500) for odds in (1.0, 2.0, 4.0)],
        simulate=lists,
        promises={"covers model with the term": (ENOUGH, 1.0), "covers average": (ENOUGH, 1.0)},
    ),
    Study(
        name="prevalence-differing-persons",
        sources=tuple(ROOM + f"{name}.py" for name in ("closed", "closed_fit", "histories", "loglinear")),
        seed=4076,
        cells=[{"persons": n, "spread": spread} for n in (300, 1500) for spread in (0.0, 1.0)],
        simulate=times_of_differing,
        promises={"covers Chao's bound": (ENOUGH, 1.0), "covers plain": (ENOUGH, 1.0)},
    ),
    Study(
        name="prevalence-latent-class",
        sources=(ROOM + "latent_class.py", ROOM + "latent_model.py"),
        seed=4077,
        cells=[
            {"design": "three tests", "n": 300, "prevalence": 0.3},
            {"design": "three tests", "n": 1000, "prevalence": 0.1},
            {"design": "two populations", "n": 600, "prevalence": 0.15},
            {"design": "four tests, two dependent", "n": 1000, "prevalence": 0.3},
            {"design": "four tests, one line", "n": 1000, "prevalence": 0.3},
        ],
        simulate=classes,
        promises={f"covers {name}": (ENOUGH, 1.0) for name in ("prevalence", "sensitivity", "specificity")},
    ),
    Study(
        name="prevalence-diagnostic",
        sources=(ROOM + "diagnostic.py", ROOM + "proportion.py"),
        seed=4078,
        cells=[{"n": n} for n in (24, 60, 200)],
        simulate=against_truth,
        promises={f"covers {name}": (ENOUGH, 1.0) for name in ("sensitivity", "Youden", "likelihood ratio")},
    ),
]
