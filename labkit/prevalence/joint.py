"""The joint answer as draws, however they were made, and what is read off them.

Two things people confuse: an interval of one source and the joint one. The joint one is narrower only as far as the sources
agree and their assumptions hold; both stand side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from labkit.prevalence.data import Sources
from labkit.prevalence.density import Layout, log_odds
from labkit.prevalence.priors import Priors

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
        """Return draws of the last quarter over the first, or None where only mass can be spoken of.

        Parameters
        ----------
        drift_log_sd : float, optional
            How much the intake per user may have drifted meanwhile (log standard deviation). A load that rises may stand for
            more users or for more a user; without a bound on the second, water alone says nothing of the first.
        """
        if drift_log_sd is None and self.sources.names == ("water",):
            return None
        weights = self.sources.people / self.sources.people.sum()
        by_quarter = np.einsum("daq,a->dq", self.prevalence, weights)
        drift = np.random.default_rng(seed).standard_normal(len(by_quarter)) * (drift_log_sd or 0.0)
        ratio: Floats = by_quarter[:, -1] / by_quarter[:, 0] * np.exp(drift)
        return ratio


def to_joint(vectors: Floats, sources: Sources, priors: Priors, layout: Layout, method: str, **told: float) -> Joint:
    """Return draws of parameters as a joint answer."""
    singles = {name: np.asarray(layout.single(vectors, name)) for name in layout.names}
    return Joint(sources, priors, special.expit(log_odds(vectors, layout)), singles, method, **told)


def contraction(joint: Joint) -> dict[str, float]:
    """Return how much narrower each bias is after the data than before: 1 - posterior over prior standard deviation.

    Below .2 the data said next to nothing of it: it is an assumption, and stands beside the headline as one.
    """
    priors, singles = joint.priors, joint.singles
    level = singles["water_level"] - singles["log_intake"]
    found = {"intake": 1 - float(singles["log_intake"].std()) / priors.intake_log_sd}
    for matrix in ("hair", "blood"):
        if f"{matrix}_level" in singles:
            found[f"{matrix} selection"] = 1 - float((singles[f"{matrix}_level"] - level).std()) / priors.selection_sd
            a, b = getattr(priors, f"{matrix}_sensitivity")
            before = np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
            found[f"{matrix} sensitivity"] = 1 - float(special.expit(singles[f"logit_{matrix}_sensitivity"]).std()) / before
    if "logit_coverage" in singles:
        a, b = priors.coverage
        before = np.sqrt(a * b / ((a + b) ** 2 * (a + b + 1)))
        found["register coverage"] = 1 - float(special.expit(singles["logit_coverage"]).std()) / before
    return found
