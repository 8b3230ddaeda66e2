"""The joint answer as draws, however they were made, and what is read off them.

Two things people confuse: an interval of one source and the joint one. The joint one is narrower only as far as the sources
agree and their assumptions hold; both stand side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import special, stats

from labkit.prevalence.data import Sources
from labkit.prevalence.density import HEAVY, Layout, log_odds, mixed_intake
from labkit.prevalence.priors import TESTS, Priors

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Joint:
    """Draws of the joint answer, all of equal weight: `prevalence` (draws × areas × quarters) and the single parameters.

    `method` names how they were made; `pareto_k` is set by the approximation, `r_hat` and `ess` by the sampler.
    """

    sources: Sources
    priors: Priors
    prevalence: Floats
    singles: dict[str, Floats]
    method: str
    pareto_k: float | None = None
    r_hat: float | None = None
    ess: float | None = None

    def overall(self) -> Floats:
        """Return draws of the share of users over all areas and quarters, weighted by people."""
        weights = self.sources.people / self.sources.people.sum()
        found: Floats = np.einsum("daq,a->d", self.prevalence, weights) / self.prevalence.shape[2]
        return found

    def interval(self, level: float = 0.95) -> tuple[float, float, float]:
        """Return median and ends of the overall share."""
        low, middle, high = np.quantile(self.overall(), [(1 - level) / 2, 0.5, (1 + level) / 2])
        return float(middle), float(low), float(high)

    def change(self, drift_log_sd: float | None = None, seed: int = 1) -> Floats | None:
        """Return draws of users in the last quarter over those in the first, or None where only mass can be spoken of.

        Errors that all quarters share cancel; what does not cancel is a change of the intake itself.

        Parameters
        ----------
        drift_log_sd : float, optional
            How much the intake per user may have drifted meanwhile (log standard deviation). A load that rises may stand for
            more users or for more a user; without a bound on the second nothing is said of the first.
        """
        if drift_log_sd is None:
            return None
        ratio = self.mass_change()
        drift = np.random.default_rng(seed).standard_normal(ratio.size) * drift_log_sd
        found: Floats = ratio * np.exp(drift)
        return found

    def mass_change(self) -> Floats:
        """Return draws of what is consumed in the last quarter over the first: users, the intake being the same in both."""
        weights = self.sources.people / self.sources.people.sum()
        by_quarter = np.einsum("daq,a->dq", self.prevalence, weights)
        found: Floats = by_quarter[:, -1] / by_quarter[:, 0]
        return found


def to_joint(vectors: Floats, sources: Sources, priors: Priors, layout: Layout, method: str, **told: float) -> Joint:
    """Return draws of parameters as a joint answer."""
    singles = {name: np.asarray(layout.single(vectors, name)) for name in layout.names}
    return Joint(sources, priors, special.expit(log_odds(vectors, layout, priors)), singles, method, **told)


BIAS_COLUMNS = ("bias", "before_low", "before_high", "after_low", "after_high", "narrowed_by", "leans")
_T4 = float(stats.t.ppf(0.975, HEAVY))


def biases(joint: Joint) -> pd.DataFrame:
    """Return one row a bias: its 95 % range before and after the data, by how much that narrowed it, and how much hangs on it.

    A range that narrowed by less than a fifth was told by no data: it is an assumption, and stands beside the headline as one.
    `leans` is the squared correlation of the bias with the log of the overall share. Amounts are in mg a user and day, offsets
    in log odds, all others are shares.
    """
    priors, singles = joint.priors, joint.singles
    level = singles["water_level"] - mixed_intake(np.stack(list(singles.values()), axis=1), Layout.of(joint.sources), priors)
    headline = np.log(joint.overall())
    told: list[tuple[str, Floats, float, float, str]] = [
        ("intake", singles["log_intake"], priors.log_intake, 1.96 * priors.intake_log_sd, "log"),
    ]
    for test in TESTS:
        if f"{test}_level" in singles:
            if test == "survey":
                middle, wide = 0.0, 1.96 * priors.survey_sd
            else:
                middle, wide = priors.selection, _T4 * priors.selection_sd
            told.append((f"{test} selection", singles[f"{test}_level"] - level, middle, wide, "as it is"))
    for name, draws in singles.items():
        if name.startswith("logit_"):
            share = "specificity" if name.endswith("specificity") else name.removeprefix("logit_")
            bias = name.removeprefix("logit_").replace("_", " ")
            told.append((bias, draws, priors.logit(share), 1.96 * getattr(priors, share)[1], "logit"))
    shown = {"log": np.exp, "logit": special.expit, "as it is": np.asarray}
    rows = []
    for bias, draws, middle, wide, scale in told:
        ends = np.quantile(draws, [0.025, 0.975])
        lean = float(np.corrcoef(draws, headline)[0, 1] ** 2)
        before, after = shown[scale](np.array([middle - wide, middle + wide])), shown[scale](ends)
        rows.append((bias, *before, *after, 1 - float(np.ptp(ends)) / (2 * wide), lean))
    found = pd.DataFrame(rows, columns=list(BIAS_COLUMNS))
    return found.sort_values("leans", ascending=False, kind="stable", ignore_index=True)


def contraction(joint: Joint) -> dict[str, float]:
    """Return by how much the data narrowed each bias, as `biases`."""
    table = biases(joint)
    return dict(zip(table["bias"], table["narrowed_by"], strict=True))
