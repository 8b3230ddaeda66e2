"""What is lost between the toilet and the sampling point: decay in the sewer, and what sticks to solids.

Two things people confuse: a loss that is known (a half-life and a time in the sewer) and one that is assumed away; "stable"
means that nobody saw a loss within the time looked at.
"""

from __future__ import annotations

import numpy as np

from labkit.models.inputs import BadInput


def decay_factor(half_life_hours: float, residence_hours: float) -> float:
    r"""Return what a load is multiplied by to undo decay: :math:`\exp(k \cdot HRT),\; k = \ln 2 / t_{1/2}`.

    Parameters
    ----------
    half_life_hours : float
        At the water's temperature; half-lives at 20 °C are optimistic for warm sewers.
    residence_hours : float
        Mean time from the toilet to the sampler.

    Examples
    --------
    >>> round(decay_factor(35.0, 12.0), 3)
    1.268
    """
    if not half_life_hours > 0:
        raise BadInput("half_life_hours", f"{half_life_hours}", "above zero")
    if not 0 <= residence_hours <= 240:
        raise BadInput("residence_hours", f"{residence_hours}", "0 to 240 hours")
    return float(np.exp(np.log(2) / half_life_hours * residence_hours))


def sorption_factor(share_on_solids: float) -> float:
    """Return what a load of the filtered water is multiplied by to count what sticks to solids: ``1 / (1 - share)``.

    >>> round(sorption_factor(0.42), 3), round(sorption_factor(0.90), 3)
    (1.724, 10.0)
    """
    if not 0 <= share_on_solids < 1:
        raise BadInput("share_on_solids", f"{share_on_solids}", "0 or more and below 1")
    return 1 / (1 - share_on_solids)
