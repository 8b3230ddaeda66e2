"""What a file says of one subject in several rows must agree: the sex, the year of birth.

Two things people confuse: an empty cell does not contradict; two different ones do, and then two persons share a code or one
row is wrong. Which of the rows is wrong the file cannot say, so the later one is named with the first.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def differing_rows(subjects: pa.Array, facts: pa.Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions whose fact differs from the first one given for the same subject, and the positions of those first.

    Parameters
    ----------
    subjects, facts : pyarrow.Array
        Texts of one length; an empty or null fact says nothing.

    >>> subjects, years = pa.array(["S1", "S2", "S1", "S1"]), pa.array(["1990", "1985", "", "1991"])
    >>> [one.tolist() for one in differing_rows(subjects, years)]
    [[3], [0]]
    """
    who, what = (_codes(one) for one in (subjects, facts))
    given = np.flatnonzero(np.asarray(facts.fill_null("").cast(pa.string()).to_numpy(zero_copy_only=False) != "", dtype=bool))
    _, first, group = np.unique(who[given], return_index=True, return_inverse=True)
    earliest = given[first][group]
    wrong = what[given] != what[earliest]
    return given[wrong], earliest[wrong]


def _codes(texts: pa.Array) -> NDArray[np.int64]:
    encoded = texts.fill_null("").dictionary_encode()
    return np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)
