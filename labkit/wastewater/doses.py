"""Consumption as doses: `doses_day_1000inh = consumption_mg_day_1000inh / dose [mg]`."""

from __future__ import annotations

import numpy as np
import pandas as pd

from labkit.constants import find_constant


def with_doses(samples: pd.DataFrame, assumed: bool = True) -> pd.DataFrame:
    """Return the samples with `dose_mg` and `doses_day_1000inh`.

    A dose is a convention that makes drugs comparable; it is not what one person takes.

    Parameters
    ----------
    samples : DataFrame
        `drug`, `consumption_mg_day_1000inh`.
    assumed : bool
        Whether the study takes its doses from the parameter library; if not, both columns are missing.
    """
    rows = {drug: find_constant("dose", drug) if assumed else None for drug in samples["drug"].unique()}
    dose = samples["drug"].map({drug: row.value if row else np.nan for drug, row in rows.items()}).astype(float)
    return samples.assign(dose_mg=dose, doses_day_1000inh=samples["consumption_mg_day_1000inh"] / dose)
