"""People from what they excrete: cotinine and ammonium nitrogen; and what a cotinine denominator does to a load.

Two things people confuse: a load per head by census, in which the flow's error stands, and one by cotinine of the same
sample, in which the flow cancels and the smoking rate's error stands instead, shared by every sample.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.models.inputs import BadInput
from labkit.units import daily_load

Floats = NDArray[np.float64]


def _all_positive(**columns: ArrayLike) -> None:
    for name, column in columns.items():
        array = np.asarray(column, dtype=float)
        if np.isnan(array).any() or not (array > 0).all():
            raise BadInput(name, "a missing value, zero or less", "numbers above zero")


def cotinine_population(
    cotinine_ng_L: ArrayLike, flow_m3_day: ArrayLike, cotinine_mg_day_1000inh: float, domestic_share: float = 1.0
) -> Floats:
    r"""Return people: :math:`P = 1000 \cdot COT \cdot Q / 1000 \cdot s / E_{cot}`.

    Parameters
    ----------
    cotinine_ng_L, flow_m3_day : array
        Of the same samples.
    cotinine_mg_day_1000inh : float
        What 1,000 people excrete a day: cigarettes per head and day times 0.14 mg times 1,000, where that rule is used.
    domestic_share : float
        Share of the sewage that is domestic.

    Examples
    --------
    >>> float(cotinine_population(1400.0, 100_000.0, 140.0)[()])
    1000000.0
    """
    _all_positive(cotinine_ng_L=cotinine_ng_L, flow_m3_day=flow_m3_day, cotinine_mg_day_1000inh=cotinine_mg_day_1000inh)
    if not 0 < domestic_share <= 1:
        raise BadInput("domestic_share", f"{domestic_share}", "above 0, at most 1")
    load = daily_load(np.asarray(cotinine_ng_L, dtype=float), np.asarray(flow_m3_day, dtype=float))
    return np.asarray(load) * domestic_share / cotinine_mg_day_1000inh * 1000


def nitrogen_population(nitrogen_mg_L: ArrayLike, flow_m3_day: ArrayLike, nitrogen_g_day_head: float) -> Floats:
    """Return people from ammonium nitrogen: ``NH4-N · Q / grams a head``; industry and leachate raise it.

    >>> float(nitrogen_population(40.0, 20_000.0, 8.0)[()])
    100000.0
    """
    _all_positive(nitrogen_mg_L=nitrogen_mg_L, flow_m3_day=flow_m3_day, nitrogen_g_day_head=nitrogen_g_day_head)
    return np.asarray(nitrogen_mg_L, dtype=float) * np.asarray(flow_m3_day, dtype=float) / nitrogen_g_day_head


def load_per_1000_by_cotinine(
    concentration_ng_L: ArrayLike, cotinine_ng_L: ArrayLike, cotinine_mg_day_1000inh: float, domestic_share: float = 1.0
) -> Floats:
    r"""Return the load per 1,000 people with cotinine as denominator: :math:`C / COT \cdot E_{cot} / s`, without the flow.

    A study normalised in this way declares no error of flow, and one of the smoking rate that all samples share. The `1/s` is
    in the load alone where the sheet that computes it leaves `s` out there; ask the laboratory whether that is meant.

    Examples
    --------
    >>> float(load_per_1000_by_cotinine(70.0, 1400.0, 140.0)[()])
    7.0
    """
    _all_positive(cotinine_ng_L=cotinine_ng_L, cotinine_mg_day_1000inh=cotinine_mg_day_1000inh)
    if not 0 < domestic_share <= 1:
        raise BadInput("domestic_share", f"{domestic_share}", "above 0, at most 1")
    ratio = np.asarray(concentration_ng_L, dtype=float) / np.asarray(cotinine_ng_L, dtype=float)
    return np.asarray(ratio * cotinine_mg_day_1000inh / domestic_share)
