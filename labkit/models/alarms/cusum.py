"""CUSUM of counts: small lasting rises, added up."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.alarms.outcome import Alarms, to_counts
from labkit.models.inputs import BadInput, Floats

TRANSFORMS = ("standard", "rossi", "anscombe")


def cusum(
    counts: ArrayLike, *, mean: float, k: float = 1.04, h: float = 2.26, transform: str = "rossi", start: int = 0
) -> Alarms:
    r"""Add up what standardised counts exceed k by, and call an alarm where the sum reaches h.

    .. math:: C_t = \max(0, C_{t-1} + x_t - k), \qquad \text{alarm if } C_t \ge h

    Parameters
    ----------
    counts : array, shape (n,)
        Of equal steps of time; the sum starts at zero at place `start` and goes on after an alarm until it sinks by itself.
    mean : float
        Expected count in control.
    k, h : float
        Reference value and decision limit on the scale of `transform`.
    transform : {"standard", "rossi", "anscombe"}
        ``(y - m) / √m``; ``(y - 3m + 2√(m y)) / (2√m)``; ``1.5 (y^(2/3) - m^(2/3)) / m^(1/6)``: these two are nearer to
        normal.

    Returns
    -------
    Alarms
        `upper` is the lowest count that would have called an alarm (real, not rounded up).

    Raises
    ------
    BadInput
        What `ears` refuses; mean, k or h not above zero; an unknown transform.

    Examples
    --------
    >>> print(cusum([2, 3, 2, 6, 7, 8, 2], mean=2.5))
    3 alarms in 7 tests at alpha 0 (CUSUM rossi, k 1.04, h 2.26); last at places: 4, 5, 6
    """
    y = to_counts(counts, 1)
    for name, value in (("mean", mean), ("k", k), ("h", h)):
        if not value > 0:
            raise BadInput(name, f"{value}", "a number above zero")
    if transform not in TRANSFORMS:
        raise BadInput("transform", repr(transform), ", ".join(TRANSFORMS))
    if not 0 <= start < y.size:
        raise BadInput("start", f"{start}", f"0 to {y.size - 1}")
    x = _transformed(y, mean, transform)
    total, upper, alarm = 0.0, np.full(y.size, np.nan), np.zeros(y.size, dtype=bool)
    for t in range(start, y.size):
        upper[t] = _back(h + k - total, mean, transform)
        total = max(0.0, total + x[t] - k)
        alarm[t] = total >= h
    expected = np.where(np.arange(y.size) >= start, mean, np.nan)
    return Alarms(y, expected, upper, alarm, 0.0, f"CUSUM {transform}, k {k:g}, h {h:g}")


def _transformed(y: Floats, m: float, transform: str) -> Floats:
    if transform == "standard":
        return (y - m) / np.sqrt(m)
    if transform == "rossi":
        return (y - 3 * m + 2 * np.sqrt(m * y)) / (2 * np.sqrt(m))
    return 1.5 * (y ** (2 / 3) - m ** (2 / 3)) / m ** (1 / 6)


def _back(x: float, m: float, transform: str) -> float:
    """Return the count whose transform is x."""
    if transform == "standard":
        return float(m + x * np.sqrt(m))
    if transform == "rossi":
        root = -np.sqrt(m) + np.sqrt(max(4 * m + 2 * x * np.sqrt(m), 0.0))
        return float(max(root, 0.0) ** 2)
    return float(max(m ** (2 / 3) + x * m ** (1 / 6) / 1.5, 0.0) ** 1.5)
