"""Who was on which list: capture histories, their counts, and the columns of a log-linear model of them.

Two things people confuse: lists that share people because few people exist, and lists that share people because one leads to
the other (a clinic that reports to the register). The second needs a term of its own in the model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.inputs import BadInput, Floats

MOST_LISTS = 12
HETEROGENEITY: dict[str, Callable[[Floats, float], Floats]] = {
    "poisson": lambda times, theta: theta**times - 1,
    "darroch": lambda times, theta: times**2 / 2,
    "gamma": lambda times, theta: np.log(theta) - np.log(theta + times),
}
THETA = {"poisson": 2.0, "darroch": 0.0, "gamma": 3.5}


@dataclass(frozen=True)
class Histories:
    """Every history but the one of nobody, with the persons who have it."""

    table: Floats  # (2^t - 1, t), 0 or 1
    counts: Floats

    @property
    def lists(self) -> int:
        """Number of lists."""
        return self.table.shape[1]

    @property
    def seen(self) -> int:
        """Persons on one list or more."""
        return int(self.counts.sum())

    @property
    def times(self) -> Floats:
        """On how many lists each history is."""
        return self.table.sum(axis=1)

    def together(self, members: Sequence[int]) -> int:
        """Persons on all of these lists (counted from zero), whatever else they are on."""
        return int(self.counts[self.table[:, list(members)].all(axis=1)].sum())


@dataclass(frozen=True)
class ListSummary:
    """By list or number of lists: what is looked at before any model."""

    seen: int
    times: Floats  # persons on exactly 1, 2, … lists
    first: Floats  # persons for whom list i is the first
    last: Floats
    sizes: Floats  # persons on list i

    def __str__(self) -> str:
        """Return one line."""
        return f"{self.seen} seen; on 1, 2, … lists: {', '.join(f'{v:g}' for v in self.times)}"


def read_histories(lists: ArrayLike, counts: ArrayLike | None = None) -> Histories:
    """Return the table of histories from rows of zeros and ones, one a person or (with `counts`) one a history.

    Raises
    ------
    BadInput
        Anything but 0 and 1, fewer than two lists or more than twelve, counts that are not whole or below zero, nobody seen, or
        an empty list.
    """
    rows = np.asarray(lists, dtype=float)
    if rows.ndim != 2 or not 2 <= rows.shape[1] <= MOST_LISTS:
        raise BadInput("lists", f"shape {rows.shape}", f"rows of zeros and ones, two to {MOST_LISTS} lists")
    if not np.isin(rows, (0, 1)).all():
        raise BadInput("lists", "something that is neither 0 nor 1", "1 (on the list) or 0")
    number = np.ones(rows.shape[0]) if counts is None else np.asarray(counts, dtype=float)
    if number.shape != (rows.shape[0],):
        raise BadInput("counts", f"shape {number.shape}", f"one count a row, shape ({rows.shape[0]},)")
    if not np.isfinite(number).all() or (number < 0).any() or (number != np.round(number)).any():
        raise BadInput("counts", "something not whole, or below zero", "whole numbers, zero or more")
    t = rows.shape[1]
    place = rows @ (1 << np.arange(t)[::-1])
    tally = np.bincount(place.astype(int), weights=number, minlength=1 << t)
    table = (np.arange(1, 1 << t)[::-1, None] >> np.arange(t)[::-1]) & 1  # 11…1 first
    found = Histories(table.astype(float), tally[1:][::-1].astype(float))
    if found.seen == 0:
        raise BadInput("counts", "nobody", "one person on a list, at least")
    sizes = found.counts @ found.table
    if (sizes == 0).any():
        raise BadInput("lists", f"nobody on list {int(np.argmin(sizes)) + 1}", "lists with one person or more")
    return found


def describe_lists(lists: ArrayLike, counts: ArrayLike | None = None) -> ListSummary:
    """Return how many are on how many lists, on which first and last, and the sizes.

    Examples
    --------
    >>> print(describe_lists([[1, 1], [1, 0], [0, 1]], [50, 150, 250]))
    450 seen; on 1, 2, … lists: 400, 50
    """
    data = read_histories(lists, counts)
    t, table, number = data.lists, data.table, data.counts
    return ListSummary(
        seen=data.seen,
        times=np.bincount(data.times.astype(int), weights=number, minlength=t + 1)[1:].astype(float),
        first=np.bincount(table.argmax(axis=1), weights=number, minlength=t).astype(float),
        last=np.bincount(t - 1 - table[:, ::-1].argmax(axis=1), weights=number, minlength=t).astype(float),
        sizes=number @ table,
    )


def heterogeneity_columns(times: Floats, kind: str | None, theta: float | None, most: int) -> Floats:
    """Return the columns that let people differ: one, or under "chao" one for each number of lists above two."""
    if kind is None:
        return np.zeros((times.size, 0))
    if kind == "chao":
        columns = [np.maximum(times - j + 1, 0) for j in range(3, most + 1)]
        return np.column_stack(columns) if columns else np.zeros((times.size, 0))
    if kind not in HETEROGENEITY:
        raise BadInput("heterogeneity", repr(kind), "None, chao, poisson, darroch or gamma")
    value = THETA[kind] if theta is None else float(theta)
    if kind != "darroch" and not value > (1 if kind == "poisson" else 0):
        raise BadInput("theta", f"{value:g}", "above 1 for poisson, above 0 for gamma")
    return HETEROGENEITY[kind](times, value)[:, None]


def read_terms(terms: Sequence[str | Sequence[int]], lists: int) -> list[tuple[int, ...]]:
    """Return interactions as tuples of lists counted from zero; "12" and (1, 2) both mean the first and the second list.

    Every term brings those below it along: "123" stands for 12, 13 and 23 too.
    """
    found: set[tuple[int, ...]] = set()
    for term in terms:
        members = tuple(sorted({int(part) - 1 for part in term}))
        if len(members) < 2 or members[0] < 0 or members[-1] >= lists or len(members) >= lists:
            raise BadInput("terms", repr(term), f"two to {lists - 1} different lists of 1 to {lists}")
        for order in range(2, len(members) + 1):
            found |= set(combinations(members, order))
    return sorted(found, key=lambda members: (len(members), members))


def term_columns(table: Floats, terms: Sequence[tuple[int, ...]]) -> Floats:
    """Return one product column an interaction."""
    columns = [table[:, list(members)].prod(axis=1) for members in terms]
    return np.column_stack(columns) if columns else np.zeros((table.shape[0], 0))
