"""What a register says: a lower bound where every name was confirmed here and now, and otherwise evidence that leans upwards.

Two things people confuse: a list of known users and a number of users. A list keeps the dead, the moved and the abstinent,
and lacks everybody it never met.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from labkit.models.inputs import BadInput
from labkit.models.interval import Interval


@dataclass(frozen=True)
class RegisterEvidence:
    """Persons of a register who use now: a bound from below if all were confirmed, else an interval by retention."""

    kind: str  # "lower bound" or "leans upwards"
    persons: float
    interval: Interval


def register_evidence(
    known: int, *, confirmed: bool, retention: tuple[float, float] = (6.0, 4.0), level: float = 0.95
) -> RegisterEvidence:
    """Return what a register says of present users.

    Parameters
    ----------
    known : int
        Persons on it.
    confirmed : bool
        Whether each was confirmed as a user in this window, area and age range.
    retention : (a, b)
        Beta parameters of the share of names that still stand for a present user here, where not confirmed.
    level : float
        Probability of the interval.

    Raises
    ------
    BadInput
        An empty register, or parameters that are not above zero.

    Examples
    --------
    >>> register_evidence(1350, confirmed=True).kind, round(register_evidence(1000, confirmed=False).persons)
    ('lower bound', 607)
    """
    from scipy import stats

    if known < 1 or not min(retention) > 0:
        raise BadInput("known, retention", f"{known}, {retention}", "one person or more, parameters above zero")
    if confirmed:
        return RegisterEvidence("lower bound", float(known), Interval(float(known), np.inf, level, "all confirmed"))
    low, middle, high = stats.beta.ppf([(1 - level) / 2, 0.5, (1 + level) / 2], *retention) * known
    return RegisterEvidence("leans upwards", float(middle), Interval(float(low), float(high), level, "retention of names"))
