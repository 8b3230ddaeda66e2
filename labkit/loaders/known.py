"""How a value is known: what its mark and the limits of its row say together, for whole columns at once.

Two things people confuse: *not detected* is an interval from zero to a limit, and zero is a measurement nobody can make.
A mark that no limit goes with is refused, since the limit would have to be made up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labkit.errors import Rule
from labkit.loaders.texts.value import Kind as Mark
from labkit.vocabulary import Censored

NO_LIMIT = Rule(
    "VAL-NO-LIMIT",
    en=(
        "the mark “{value}” without the limit it needs",
        "a limit in the row (columns lod, loq), in the laboratory's profile or in the mark (“<10”)",
        "add the limit of the method (for “detected” both); labkit never makes one up",
    ),
    zh=(
        "标记“{value}”缺少所需的限值",
        "限值须在行内（lod、loq 列）、实验室配置中或标记内（“<10”）",
        "请补充方法的限值（“检出”须两者）；labkit 从不编造限值",
    ),
    example=("<LOQ", "<LOQ, loq 3"),
)
CONTRADICTION = Rule(
    "VAL-LIMITS",
    en=("{found}", "lod ≤ loq ≤ uloq, and a “<” mark that is one of the limits", "correct the limit or the mark"),
    zh=("{found}", "须 lod ≤ loq ≤ uloq，且“<”后的数为其中之一", "请更正限值或标记"),
    example=("<5, loq 0.5", "<0.5, loq 0.5"),
)
ZERO = Rule(
    "VAL-ZERO",
    en=("0", "a positive number, or a mark such as ND with its limit",
        "zero is not a measurement: write ND or “<limit”, or write “zero: nd” in the profile if the laboratory means that"),
    zh=("0", "须为正数，或 ND 等标记并附限值",
        "零不是测量值：请写 ND 或“<限值”；若 0 表示未检出，请在配置中写“zero: nd”"),
    example=("0", "ND"),
)  # fmt: skip
BELOW_LOQ = Rule(
    "VAL-BELOW-LOQ",
    en=("measured numbers below their loq", "kept as measured", "nothing to do: the number is worth more than the mark"),
    zh=("低于其 loq 的实测值", "按实测值保留", "无须处理：实测值比标记更有用"),
    example=("2, loq 3", "4, loq 3"),
    noted=True,
)
ORDER = (Censored.EXACT, Censored.BELOW, Censored.BETWEEN, Censored.ABOVE)
EXACT, BELOW, BETWEEN, ABOVE = range(4)
_CLOSE = 1e-9


@dataclass(frozen=True)
class Known:
    """For each row: `censored` (an index of `ORDER`), `value` (the limit, unless exact) and the interval it lies in."""

    censored: NDArray[np.int8]
    value: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    broken: dict[str, NDArray[np.bool_]]  # rule id -> rows that break it
    below_loq: NDArray[np.bool_]


def how_known(
    mark: NDArray[np.int8],
    number: NDArray[np.float64],
    lod: NDArray[np.float64],
    loq: NDArray[np.float64],
    uloq: NDArray[np.float64],
) -> Known:
    """Return how each value is known.

    ==================  =========================================================================
    written             known as
    ==================  =========================================================================
    `12.5`              exact (also below the loq, if the laboratory gives the number)
    `<10`               below 10; if the row has limits, 10 must be one of them
    `ND`, `未检出`       below the lod; below the loq where only that is known (wider, never wrong)
    `<LOQ`              below the loq
    `检出`              between lod and loq
    `>1000`, `>ULOQ`    above 1000, above the uloq
    ==================  =========================================================================

    Parameters
    ----------
    mark, number
        What was written, shape (n,): a `Mark`, and the number behind it (NaN where the mark has none).
    lod, loq, uloq
        Limits of the row in the same unit, NaN where unknown, shape (n,).
    """
    n = mark.size
    censored, marked = np.zeros(n, dtype=np.int8), np.flatnonzero(mark != Mark.NUMBER)
    with np.errstate(invalid="ignore"):
        wrong = (lod > loq) | (loq > uloq) | (lod > uloq)
        below_loq = number < loq
    broken = {CONTRADICTION.id: wrong, NO_LIMIT.id: np.zeros(n, bool), ZERO.id: np.zeros(n, bool)}
    if not marked.size:
        return Known(censored, number, number, number, broken, below_loq)
    some = _marked(mark[marked], number[marked], lod[marked], loq[marked], uloq[marked])
    value, low = number.copy(), number.copy()
    value[marked], low[marked], censored[marked] = some.value, some.low, some.censored
    high = value  # only what lies above has another: the upper end of all others is the limit, or the number itself
    if (some.censored == ABOVE).any():
        high = value.copy()
        high[marked] = some.high
    broken[NO_LIMIT.id][marked] = some.broken[NO_LIMIT.id] & ~wrong[marked]
    broken[ZERO.id][marked] = some.broken[ZERO.id]
    wrong[marked] |= some.broken[CONTRADICTION.id]
    below_loq[marked] = False
    return Known(censored, value, low, high, broken, below_loq)


def _marked(
    mark: NDArray[np.int8],
    number: NDArray[np.float64],
    lod: NDArray[np.float64],
    loq: NDArray[np.float64],
    uloq: NDArray[np.float64],
) -> Known:
    """Return how the values are known that have a mark; `broken` is of the mark alone."""
    censored = np.zeros(mark.size, dtype=np.int8)
    less, seen = mark == Mark.LESS, mark == Mark.DETECTED
    nothing, under = mark == Mark.NOT_DETECTED, mark == Mark.UNDER_LOQ
    above = (mark == Mark.GREATER) | (mark == Mark.OVER_ULOQ)
    below = less | nothing | under
    given = ~(np.isnan(lod) & np.isnan(loq))
    fits = (np.abs(number - lod) <= _CLOSE * lod) | (np.abs(number - loq) <= _CLOSE * loq)
    value = np.where(nothing, np.where(np.isnan(lod), loq, lod), np.where(under | seen, loq, number))
    value = np.where(mark == Mark.OVER_ULOQ, uloq, value)
    zero = mark == Mark.ZERO
    lacking = ~zero & (mark != Mark.MISSING) & (np.isnan(value) | (seen & np.isnan(lod)))
    censored[below], censored[seen], censored[above] = BELOW, BETWEEN, ABOVE
    low = np.where(below, 0.0, np.where(seen, lod, value))
    high = np.where(above, np.inf, value)
    broken = {CONTRADICTION.id: less & given & ~fits, NO_LIMIT.id: lacking, ZERO.id: zero}
    return Known(censored, value, low, high, broken, np.zeros(mark.size, bool))
