"""Several seasons at once (weekday and year), each taken out in turn by STL."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from labkit.models.decompose.outcome import Decomposition
from labkit.models.decompose.stl import stl
from labkit.models.inputs import BadInput, Floats, to_floats


def mstl(
    values: ArrayLike,
    periods: Sequence[int],
    *,
    censored: ArrayLike | None = None,
    scale: str = "identity",
    seasonal_widths: Sequence[int | None] | None = None,
    turns: int = 2,
    jumps: tuple[int, int, int] | None = (1, 1, 1),
    robust: bool = False,
) -> Decomposition:
    """Take a regular series with gaps apart into a trend and one seasonal component for each period.

    In each turn, and from the shortest period to the longest, a season is added back, estimated again by `stl` on what the
    other seasons leave, and taken out. The trend is that of the last STL. Arguments are those of `stl`; `seasonal_widths`
    (None among them: periodic) defaults to 11, 15, 19 and so on. A period of which the series does not hold two is
    refused, never dropped.

    Raises
    ------
    BadInput
        No period, one named twice, widths that do not match, or what `stl` refuses.

    Examples
    --------
    >>> days = np.arange(7 * 60)
    >>> values = 5 + np.sin(2 * np.pi * days / 7) + 2 * np.sin(2 * np.pi * days / 60)
    >>> found = mstl(values, [7, 60])
    >>> found.periods, bool(np.abs(found.remainder).max() < 0.2)
    ((7, 60), True)

    References
    ----------
    .. [1] K. Bandara, R. J. Hyndman, C. Bergmeir, "MSTL: a seasonal-trend decomposition algorithm for time series with multiple
       seasonal patterns", arXiv:2107.13462 (2021).
    """
    ordered = sorted(int(period) for period in periods)
    if not ordered or len(set(ordered)) < len(ordered):
        raise BadInput("periods", f"{list(periods)}", "one or more different periods")
    widths: list[int | None] = [11 + 4 * k for k in range(len(ordered))]
    if seasonal_widths is not None:
        widths = list(seasonal_widths)
    if len(widths) != len(ordered):
        raise BadInput("seasonal_widths", f"{len(widths)} for {len(ordered)} periods", "one for each period")
    observed = to_floats("values", values, gaps=True, positive=scale == "log")
    seasons: list[Floats] = [np.zeros(observed.size) for _ in ordered]
    rest = np.log(observed) if scale == "log" else observed.copy()
    found: Decomposition | None = None
    for _ in range(turns if len(ordered) > 1 else 1):
        for k, (period, width) in enumerate(zip(ordered, widths, strict=True)):
            rest = rest + seasons[k]
            found = stl(rest, period, censored=censored, seasonal_width=width, robust=robust, jumps=jumps)
            seasons[k] = found.seasonal
            rest = rest - seasons[k]
    if found is None:
        raise BadInput("turns", f"{turns}", "1 or more")
    return Decomposition(
        observed=np.log(observed) if scale == "log" else observed,
        trend=found.trend,
        seasonals=tuple(seasons),
        periods=tuple(ordered),
        weights=found.weights,
        censored=found.censored,
        scale=scale,
        method="robust MSTL" if robust else "MSTL",
    )
