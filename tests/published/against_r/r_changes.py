"""Change points against R's changepoint: every place, with R's penalty on R's scale."""

from __future__ import annotations

import re

import numpy as np
import pytest
from r_entries import Entry, NotCompared, better

from labkit.models.changes import find_changes, noise_spread
from labkit.models.changes.cost import SegmentCost

PENALTIES = {"MBIC": "mbic", "BIC": "bic", "AIC": "aic", "Hannan-Quinn": "hannan_quinn"}


def listed(entry: Entry) -> list[int]:
    theirs = entry.result["cpts"]
    return [theirs] if isinstance(theirs, int) else list(theirs)


def compare(entry: Entry, change: str) -> None:
    y = entry.table()["y"].to_numpy(float)
    if 'method="PELT"' not in entry.call or "CROPS" in entry.call or "Poisson" in entry.call:
        raise NotCompared("one search is offered, the exact one; changes of a Poisson rate not yet")
    y = y[~np.isnan(y)]
    if y.size > 2000:
        raise NotCompared("thousands of places take half a minute in Python")
    spread = None
    if change == "mean":
        spread = 1.0
        if "mad(diff(y))" in entry.call:
            spread = noise_spread(y)
            assert spread == pytest.approx(entry.result.get("sigma", spread), rel=1e-8)
    name = re.search(r'penalty="([\w-]+)"', entry.call)[1]
    theirs = entry.result.get("pen")
    penalty = PENALTIES.get(name, theirs)
    found = find_changes(y, change=change, penalty=penalty, spread=spread)
    if theirs is not None:
        assert found.penalty == pytest.approx(theirs, rel=1e-8)
    if list(found.places) != listed(entry):  # R pruned the optimum away: ours has to cost less
        cost = SegmentCost(change, penalty == "mbic").fit(y / (spread or 1.0))
        ours, its = ([*places, y.size] for places in (found.places, listed(entry)))
        assert cost.sum_of_costs(ours) + found.penalty * len(ours) < cost.sum_of_costs(its) + found.penalty * len(its)


@better("changepoint", "cpt.mean", how="changes.find_changes: divided by the spread of the noise, where R presumes variance 1")
def cpt_mean(entry: Entry) -> None:
    compare(entry, "mean")


@better("changepoint", "cpt.var", how="changes.find_changes(change='variance'), by the exact search only")
def cpt_var(entry: Entry) -> None:
    compare(entry, "variance")


@better("changepoint", "cpt.meanvar", how="changes.find_changes(change='mean and variance'), by the exact search only")
def cpt_meanvar(entry: Entry) -> None:
    compare(entry, "mean and variance")
