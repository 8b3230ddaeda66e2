"""Ours beside the figure printed elsewhere, or beside the simulated truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labkit.tables import TABLES
from labkit.vocabulary import Censored


def compare_with_reference(consumption: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each value that has a reference.

    Parameters
    ----------
    consumption : DataFrame
        From `with_interval`; the columns `reference_mg_day_1000inh` and `reference_censored` may be absent.

    Returns
    -------
    DataFrame
        The columns of the table `comparison`: `ratio` is ours over the reference (both limits where both are censored),
        `inside` says whether the reference lies in our interval (`no interval` where the study declares no error). No row
        where nothing can be compared.
    """
    names = TABLES["comparison"].names
    if "reference_mg_day_1000inh" not in consumption:
        return pd.DataFrame(columns=names)
    rows = consumption[consumption["reference_mg_day_1000inh"].notna() & consumption["consumption_mg_day_1000inh"].notna()]
    reference = rows["reference_mg_day_1000inh"]
    reached = np.where(
        rows["reference_censored"] == Censored.BELOW, rows["low"] <= reference, reference.between(rows["low"], rows["high"])
    )
    stated = rows["low"].notna() & rows["high"].notna()
    compared = rows.assign(
        ratio=rows["consumption_mg_day_1000inh"] / reference,
        inside=np.where(stated, np.where(reached, "yes", "no"), "no interval"),
    )
    return compared[names].reset_index(drop=True)
