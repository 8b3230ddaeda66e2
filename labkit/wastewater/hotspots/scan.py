"""A space-time scan: the sites that rose together, and when, out of all sets of sites and stretches of weeks.

Two things people confuse: the strongest cluster (there always is one) and a cluster that chance does not make. The scan looks
at many thousand sets, and its p counts all of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from labkit.models.inputs import BadInput
from labkit.wastewater.hotspots.residuals import BASELINE, LAG, Departures, one_step

Floats = NDArray[np.float64]
COLUMNS = ("analyte", "first_week", "last_week", "sites", "n_sites", "ratio", "statistic", "p", "draws")
MOST_SITES, LONGEST = 10, 4


def scan_table(
    parts: Sequence[Departures],
    *,
    neighbours: Mapping[str, Sequence[str]] | None = None,
    longest: int = LONGEST,
    draws: int = 99,
    seed: int = 1,
) -> pd.DataFrame:
    r"""Return the strongest cluster of each analyte.

    .. math:: F(S, w) = \frac{\sum_{i \in S} \sum_{t \in w} z_{it}}{\sqrt{\sum_{i \in S} n_{iw}}}, \qquad
       p = \frac{1 + \#\{\max F^* \ge \max F\}}{1 + \text{draws}}

    over windows w of 1 to `longest` weeks and sets S of at most ten sites. For one window the best set is found by sorting the
    sites by their mean departure [1]_, so that no set is left out. :math:`F^*` are maxima of the same search over noise that
    went through the same baselines: a baseline's own error lasts for weeks, and p has to know that. Departures are first freed
    of their week's median over sites: what all share is for the common mode.

    Parameters
    ----------
    parts : sequence of Departures
        From `watch(...).parts`.
    neighbours : mapping of str to sequence of str, optional
        The nearest sites of each site, nearest first: then a set lies within a site and its ten nearest. Without it the
        members of a set may lie anywhere.
    longest : int
        Weeks of the longest window.
    draws, seed : int
        Of the null: p is never below 1 / (draws + 1).

    Returns
    -------
    DataFrame
        The columns of the table `scan`: `ratio` is the geometric mean of the members against the others, in the window.

    Raises
    ------
    BadInput
        A window of no week, or fewer than 19 draws.

    References
    ----------
    .. [1] D. B. Neill, "Fast subset scan for spatial pattern detection", J. R. Stat. Soc. B 2012;74:337-360.
    """
    if longest < 1 or draws < 19:
        raise BadInput("longest, draws", f"{longest} and {draws}", "one week or more, and 19 draws or more")
    rows = [_strongest(part, neighbours, longest, draws, seed) for part in parts]
    return pd.DataFrame([row for row in rows if row], columns=list(COLUMNS))


def _strongest(
    part: Departures, neighbours: Mapping[str, Sequence[str]] | None, longest: int, draws: int, seed: int
) -> dict[str, Any]:
    known = ~np.isnan(part.z)
    if not known.any():
        return {}
    sites = part.panel.sites
    circles = _circles(sites, neighbours)
    seen = part.panel.n > 0
    found = _search(_centred(part.z), known, circles, longest)
    rng = np.random.default_rng(seed)
    beyond = 0
    for _ in range(draws):
        noise = np.where(seen, rng.standard_normal(seen.shape), np.nan)
        drawn = np.where(known, one_step(_centred(noise, seen), BASELINE, LAG)[0], np.nan)
        beyond += _search(_centred(drawn), known, circles, longest)[0] >= found[0] - 1e-12
    statistic, last, length, members = found
    weeks = part.panel.weeks
    inside = part.log_ratio[last - length + 1 : last + 1, members]
    return {
        "analyte": part.panel.analyte,
        "first_week": str(weeks[last - length + 1]),
        "last_week": str(weeks[last]),
        "sites": ", ".join(sites[k] for k in sorted(members)),
        "n_sites": len(members),
        "ratio": float(np.exp(np.nanmean(inside))),
        "statistic": statistic,
        "p": (1 + beyond) / (1 + draws),
        "draws": draws,
    }


def _centred(z: Floats, keep: NDArray[np.bool_] | None = None) -> Floats:
    """Return departures freed of their week's median, 0 where unknown: the median of others wanders for all sites alike.

    With `keep`, what is not to be kept stays unknown.
    """
    some = ~np.isnan(z).all(axis=1)
    middle = np.zeros(len(z))
    middle[some] = np.nanmedian(z[some], axis=1)
    centred: Floats = z - middle[:, None]
    return np.nan_to_num(centred) if keep is None else np.where(keep, centred, np.nan)


def _circles(sites: Sequence[str], neighbours: Mapping[str, Sequence[str]] | None) -> list[NDArray[np.intp]]:
    """Return the columns within which sets are sought: all of them, or each site with its nearest."""
    if neighbours is None:
        return [np.arange(len(sites))]
    place = {site: k for k, site in enumerate(sites)}
    near = [[site, *(one for one in neighbours.get(site, ()) if one in place and one != site)] for site in sites]
    return [np.array([place[one] for one in circle[:MOST_SITES]]) for circle in near]


def _search(
    z: Floats, known: NDArray[np.bool_], circles: Sequence[NDArray[np.intp]], longest: int
) -> tuple[float, int, int, list[int]]:
    """Return the largest statistic, the last week of its window, the window's length, and its members."""
    best: tuple[float, int, int, list[int]] = (-np.inf, 0, 1, [])
    total, count = np.cumsum(z, axis=0), np.cumsum(known, axis=0)
    for length in range(1, min(longest, len(z)) + 1):
        a, n = total[length - 1 :].copy(), count[length - 1 :].astype(float)
        a[1:] -= total[:-length]
        n[1:] -= count[:-length]
        mean = np.where(n > 0, a / np.maximum(n, 1), -np.inf)
        for circle in circles:
            order = np.argsort(-mean[:, circle], axis=1, kind="stable")[:, :MOST_SITES]
            chosen = circle[order]
            rises = np.cumsum(np.take_along_axis(a, chosen, axis=1), axis=1)
            sizes = np.cumsum(np.take_along_axis(n, chosen, axis=1), axis=1)
            score = np.where(sizes > 0, rises / np.sqrt(np.maximum(sizes, 1)), -np.inf)
            at = int(np.argmax(score))
            week, size = divmod(at, score.shape[1])
            if score[week, size] > best[0]:
                members = [int(k) for k in chosen[week, : size + 1] if n[week, k] > 0]
                best = (float(score[week, size]), week + length - 1, length, members)
    return best
