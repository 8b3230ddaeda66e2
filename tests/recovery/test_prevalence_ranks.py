"""Simulation-based calibration of the joint model: ranks within simultaneous bands; a model that is wrong leaves them.

Bands as in T. Säilynoja, P.-C. Bürkner, A. Vehtari, "Graphical test for discrete uniformity and its applications in
goodness-of-fit evaluation and multiple sample comparison", Stat. Comput. 2022;32:32: binomial at each place, and as wide as it
takes for all places together.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from evaluation import CARDS
from scipy import stats
from study_prevalence_ranks import PLACES, QUANTITIES

TOGETHER = 0.05 / len(QUANTITIES)  # all quantities together leave their bands in one of twenty right models


def band(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Ends at each place, so that an even distribution stays between all of them but for a share of TOGETHER."""
    rng = np.random.default_rng(1)
    places = np.array(PLACES)
    counts = (rng.random((4000, n, 1)) <= places).sum(axis=1)
    tails = 2 * np.minimum(stats.binom.cdf(counts, n, places), stats.binom.sf(counts - 1, n, places)).min(axis=1)
    alpha = np.quantile(tails, TOGETHER)
    return stats.binom.ppf(alpha / 2, n, places) / n, stats.binom.isf(alpha / 2, n, places) / n


def distribution(cell: dict, quantity: str) -> tuple[np.ndarray, int]:
    told = [cell["all"][f"{quantity} up to {place:.2f}"] for place in PLACES]
    return np.array([one["mean"] for one in told]), told[0]["n"]


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_ranks_are_even_and_a_broken_model_is_seen(quantity: str) -> None:
    right, broken = json.loads((CARDS / "prevalence_joint_ranks.json").read_text("utf-8"))["cells"]
    found, n = distribution(right, quantity)
    assert n >= 490, "of 500 at most ten are refused"
    low, high = band(n)
    assert ((low <= found) & (found <= high)).all()
    if quantity in ("overall", "intake", "one cell"):
        wrong, _ = distribution(broken, quantity)
        assert not ((low <= wrong) & (wrong <= high)).all()
