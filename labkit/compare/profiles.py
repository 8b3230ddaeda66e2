"""Areas by their profile of drugs: which resemble each other in the water, and whether water foretells what persons show.

Two things people confuse: a cluster and a kind. Clustering always gives groups; the silhouette beside it says whether they
stand apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labkit.compare.sides import Side
from labkit.models.inputs import NotEstimable

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Profiles:
    """Groups of areas by mean log load of each drug; `q2` is what water foretells of persons in areas left out (≤ 1)."""

    areas: tuple[str, ...]
    drugs: tuple[str, ...]
    group: tuple[int, ...]
    silhouette: float
    q2: float | None


def area_profiles(water: Sequence[Side], persons: Sequence[Side] = (), *, groups: int = 3) -> Profiles:
    """Cluster areas (Ward, on standardised mean log loads), and ask with PLS whether water foretells persons.

    Parameters
    ----------
    water, persons : sequence of Side
        One a drug, same areas; persons may be left out.
    groups : int
        Number of groups.

    Raises
    ------
    NotEstimable
        Fewer than three areas a group, or fewer than two drugs known in all areas.
    """
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.cross_decomposition import PLSRegression
    from sklearn.metrics import silhouette_score
    from sklearn.model_selection import LeaveOneOut, cross_val_predict

    areas = water[0].areas
    known = [side for side in water if not np.isnan(_means(side)).any()]
    if len(areas) < 3 * groups or len(known) < 2:
        raise NotEstimable(
            "profiles", f"{len(areas)} areas, {len(known)} drugs known in all", f"{3 * groups} areas and two drugs"
        )
    x = np.column_stack([_means(side) for side in known])
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    label = AgglomerativeClustering(n_clusters=groups).fit_predict(x)
    q2 = None
    shown = [side for side in persons if not np.isnan(_means(side)).any()]
    if shown:
        y = np.column_stack([_means(side) for side in shown])
        foretold = cross_val_predict(PLSRegression(n_components=1), x, y, cv=LeaveOneOut())
        q2 = float(1 - ((y - foretold) ** 2).sum() / ((y - y.mean(axis=0)) ** 2).sum())
    score = float(silhouette_score(x, label))
    return Profiles(areas, tuple(side.drug for side in known), tuple(int(one) for one in label), score, q2)


def _means(side: Side) -> Floats:
    value = side.value
    some = ~np.isnan(value).all(axis=1)
    means = np.full(len(value), np.nan)
    means[some] = np.nanmean(value[some], axis=1)
    return means
