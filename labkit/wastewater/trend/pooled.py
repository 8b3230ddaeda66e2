"""All sites together: their common change, what is left between them, and each site in the light of the others.

Two things people confuse: the mean change of these sites (its interval shrinks with more sites) and the change to expect at one
more site (its interval does not).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.optimize import minimize_scalar

Floats = NDArray[np.float64]
COLUMNS = (
    *("analyte", "sites", "ratio", "low", "high", "p_rise", "p_more", "p_less", "between_sites_log_sd"),
    *("next_low", "next_high", "statement", "reason"),
)


def pooled_change(change: pd.DataFrame, policy_change: float = 0.25, level: float = 0.95) -> pd.DataFrame:
    r"""Return one row an analyte: the sites' common ratio by a random-effects model.

    .. math:: \hat\delta_i \sim N(\delta_i, s_i^2), \quad \delta_i \sim N(\delta, \tau^2)

    with τ by restricted maximum likelihood and the interval of δ by Hartung and Knapp (a t with sites - 1 degrees of freedom,
    and never narrower than without their factor). Errors shared by all sites (a laboratory's calibration that drifts) are not
    in it: they look like a common change.

    Parameters
    ----------
    change : DataFrame
        From `change_table`.
    policy_change, level : float
        As there.

    Returns
    -------
    DataFrame
        The columns of the table `pooled_change`; with fewer than three sites there is none, and the reason says so.
    """
    rows = []
    for analyte, part in change.groupby("analyte", sort=False):
        used = part[part["ratio"].notna()]
        row: dict[str, Any] = dict.fromkeys(COLUMNS, np.nan)
        row |= {"analyte": analyte, "sites": len(used), "statement": "not estimable", "reason": ""}
        if len(used) < 3:
            rows.append(row | {"reason": f"{len(used)} sites with an estimable change; three or more are needed"})
            continue
        estimate, spread = _logs(used, level)
        tau = between_sites(estimate, spread)
        mean, error = _hartung_knapp(estimate, spread, tau)
        t = stats.t(len(used) - 1)
        reach = t.ppf((1 + level) / 2)
        ends = np.exp([mean - reach * error, mean + reach * error])
        further = stats.t.ppf((1 + level) / 2, max(len(used) - 2, 1)) * np.hypot(tau, error)
        rows.append(
            row
            | {
                "ratio": float(np.exp(mean)),
                "low": float(ends[0]),
                "high": float(ends[1]),
                "p_rise": float(t.cdf(mean / error)),
                "p_more": float(t.sf((np.log1p(policy_change) - mean) / error)),
                "p_less": float(t.cdf((-np.log1p(policy_change) - mean) / error)),
                "between_sites_log_sd": tau,
                "next_low": float(np.exp(mean - further)),
                "next_high": float(np.exp(mean + further)),
                "statement": "rise" if ends[0] > 1 else "fall" if ends[1] < 1 else "not distinguishable",
            }
        )
    return pd.DataFrame(rows, columns=list(COLUMNS))


def between_sites(estimate: Floats, spread: Floats) -> float:
    """Return τ, the standard deviation between sites, by restricted maximum likelihood.

    >>> between_sites(np.array([0.1, 0.1, 0.1]), np.array([0.2, 0.2, 0.2]))
    0.0
    """

    def cost(tau: float) -> float:
        weight = 1 / (spread**2 + tau**2)
        mean = (weight * estimate).sum() / weight.sum()
        return float(0.5 * (np.log(weight.sum()) - np.log(weight).sum() + (weight * (estimate - mean) ** 2).sum()))

    top = 3 * float(np.std(estimate)) + 1e-9
    found = minimize_scalar(cost, bounds=(0.0, top), method="bounded", options={"xatol": 1e-8})
    return float(found.x) if cost(float(found.x)) < cost(0.0) - 1e-9 else 0.0


def _logs(used: pd.DataFrame, level: float) -> tuple[Floats, Floats]:
    """Return estimates and standard deviations on the log scale."""
    z = stats.norm.ppf((1 + level) / 2)
    estimate = np.log(used["ratio"].to_numpy(float))
    return estimate, (np.log(used["high"].to_numpy(float)) - np.log(used["low"].to_numpy(float))) / (2 * z)


def _hartung_knapp(estimate: Floats, spread: Floats, tau: float) -> tuple[float, float]:
    weight = 1 / (spread**2 + tau**2)
    mean = float((weight * estimate).sum() / weight.sum())
    scale = float((weight * (estimate - mean) ** 2).sum() / (estimate.size - 1))
    return mean, float(np.sqrt(max(scale, 1.0) / weight.sum()))
