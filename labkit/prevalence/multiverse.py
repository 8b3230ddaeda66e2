"""Every defensible choice crossed with every other: how far the headline moves although the data stay the same.

Two things people confuse: an interval and a multiverse. The first says how far the answer may be off if the choices are
right; the second says how far it moves when another laboratory makes others, each of which could be defended.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from labkit.models.inputs import BadInput

GRADES = ((1.5, "robust"), (3.0, "depends on choices"), (np.inf, "an assumption more than a finding"))


@dataclass(frozen=True)
class Multiverse:
    """One row a combination of choices with its answer; `grade` says how far they lie apart (the middle 90 %)."""

    table: pd.DataFrame
    ratio: float
    grade: str
    shares: Mapping[str, float]  # of the variance of the log, by choice


def multiverse(consumption_mg_day_1000inh: Mapping[str, float], choices: Mapping[str, Mapping[str, float]]) -> Multiverse:
    r"""Return users per 1,000 people for each combination of choices, by the chain of back-calculation.

    .. math:: N = C \prod_j f_j

    Each choice multiplies: another excretion fraction, intake, population, share of ages, window.

    Parameters
    ----------
    consumption_mg_day_1000inh : mapping of str to float
        Way of taking limits and population -> consumption.
    choices : mapping of str to mapping of str to float
        Choice -> option -> what it multiplies the number of users by.

    Raises
    ------
    BadInput
        A choice without an option, or a number that is not above zero.

    Examples
    --------
    >>> found = multiverse({"limits as intervals": 100.0}, {"intake": {"43 mg": 1 / 43, "54 mg": 1 / 54}, "ages": {"all": 1.0}})
    >>> len(found.table), found.grade
    (2, 'robust')
    """
    named: dict[str, Mapping[str, float]] = {"consumption": consumption_mg_day_1000inh, **choices}
    for name, options in named.items():
        if not options or not min(options.values()) > 0:
            raise BadInput(name, f"{dict(options)}", "one option or more, each above zero")
    rows = []
    for picked in product(*(options.items() for options in named.values())):
        rows.append({**{name: option for name, (option, _) in zip(named, picked, strict=True)},
                     "users_per_1000": float(np.prod([value for _, value in picked]))})  # fmt: skip
    table = pd.DataFrame(rows).sort_values("users_per_1000", kind="stable", ignore_index=True)
    low, high = np.quantile(table["users_per_1000"], [0.05, 0.95])
    ratio = float(high / low)
    grade = next(name for most, name in GRADES if ratio <= most)
    return Multiverse(table, ratio, grade, _shares(named))


def _shares(named: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    spread = {name: float(np.var(np.log(list(options.values())))) for name, options in named.items()}
    total = sum(spread.values()) or 1.0
    return {name: value / total for name, value in sorted(spread.items(), key=lambda pair: -pair[1])}


def crossed(options: Sequence[Mapping[str, float]]) -> int:
    """Return how many combinations a multiverse has.

    >>> crossed([{"a": 1.0, "b": 2.0}, {"c": 1.0}])
    2
    """
    return int(np.prod([len(one) for one in options]))
