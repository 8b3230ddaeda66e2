"""Profiles of a wide panel by non-negative factorisation, where many analytes were measured in many samples.

Two things people confuse: this factorisation, which weighs all values alike and knows no uncertainties, and positive matrix
factorisation, which weighs by them; it is not called by that name. Profiles are patterns, not proven sources.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.models.inputs import BadInput, NotEstimable
from labkit.vocabulary import Censored


@dataclass(frozen=True)
class Factorised:
    """Profiles over analytes (shares of each analyte's mean) and their strength in each sample."""

    analytes: tuple[str, ...]
    profiles: NDArray[np.float64]
    strengths: NDArray[np.float64]
    explained: float  # share of the sum of squares
    n: int
    n_censored: int
    method: str = "non-negative factorisation (scikit-learn)"

    def __str__(self) -> str:
        """Return one line."""
        what = f"{self.profiles.shape[0]} profiles of {len(self.analytes)} analytes"
        return f"{what} explain {self.explained:.0%} (n = {self.n} samples, {self.method})"


def factorise_panel(loads: pd.DataFrame, profiles: int, *, seed: int = 20) -> Factorised:
    """Factorise samples × analytes, each analyte divided by its mean.

    Analytes with any value below a limit, or missing in a sample, are left out: a factorisation needs a number in every place.

    Parameters
    ----------
    loads : DataFrame
        `site`, `date`, `analyte`, `load_mg_day_1000inh`, `censored`.
    profiles : int
        How many; fewer than half the analytes.
    seed : int
        Of the start.

    Raises
    ------
    BadInput
        Too many profiles.
    NotEstimable
        Fewer than four complete analytes or ten samples.
    """
    from sklearn.decomposition import NMF

    exact = loads.groupby("analyte", sort=False)["censored"].agg(lambda one: (one == Censored.EXACT).all())
    wide = loads[loads["analyte"].isin(exact.index[exact])].pivot_table(
        index=["site", "date"], columns="analyte", values="load_mg_day_1000inh", aggfunc="mean", sort=True
    )
    wide = wide.dropna(axis="columns")
    if wide.shape[1] < 4 or wide.shape[0] < 10:
        raise NotEstimable(
            "profiles", f"{wide.shape[1]} complete analytes in {wide.shape[0]} samples", "pairs of analytes as ratios"
        )
    if not 1 <= profiles < wide.shape[1] / 2 + 1:
        raise BadInput("profiles", f"{profiles}", f"1 to {wide.shape[1] // 2}")
    scaled = wide.to_numpy(float) / wide.to_numpy(float).mean(axis=0)
    model = NMF(n_components=profiles, init="nndsvda", max_iter=2000, random_state=seed, tol=1e-6)
    strengths = model.fit_transform(scaled)
    explained = 1 - ((scaled - strengths @ model.components_) ** 2).sum() / (scaled**2).sum()
    return Factorised(tuple(map(str, wide.columns)), model.components_, strengths, float(explained), wide.shape[0], 0)
