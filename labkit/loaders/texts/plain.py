"""Many plain numbers read at once, each as the careful reader would read it alone.

Two things people confuse: a *plain* number is digits with at most one point; whatever else may be a number is left to the
careful reader, which knows why it is one, or why not.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from labkit.params.profile import Profile

_PLAIN = r"^[0-9]{1,15}(\.[0-9]{1,15})?$"
_SMALLEST = 1e-14


class PlainNumbers:
    """Reads plain numbers for one profile."""

    def __init__(self, profile: Profile) -> None:
        """Take the profile: it may write a decimal comma, or have numbers that stand for something else."""
        self._points = profile.decimal == "."
        self._words = pa.array([*profile.missing, *profile.not_detected], pa.string())

    def read(self, texts: list[str]) -> NDArray[np.float64]:
        """Return a number for each text, NaN where it has to be read with care.

        >>> PlainNumbers(Profile()).read(["12.5", "0", "ND", "1e3"]).tolist()
        [12.5, nan, nan, nan]
        """
        if not self._points:
            return np.full(len(texts), np.nan)
        array = pa.array(texts, pa.string())
        plain = pc.and_not(pc.match_substring_regex(array, _PLAIN), pc.is_in(array, value_set=self._words))
        numbers = pc.cast(pc.if_else(plain, array, pa.scalar(None, pa.string())), pa.float64())
        found = np.asarray(numbers.to_numpy(zero_copy_only=False))
        return np.where(found >= _SMALLEST, found, np.nan)  # zero and less have a sentence of their own
