"""When did it change? The set of dates that the data do not rule out, "no change" among them where it is not ruled out either.

Two things people confuse: the most likely date, which a search always returns, and what is known of the date. For a small step
the set is long, and says so; where it holds "no change", nothing was shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labkit.models.inputs import BadInput, Floats, NotEstimable, check_enough, check_level, to_floats

FEWEST = 8


@dataclass(frozen=True)
class ChangeDates:
    """Places whose change is not ruled out (the first place of the new level), with the best one and the step there."""

    places: tuple[int, ...]
    no_change: bool  # whether "no change" is in the set
    best: int
    step: float  # second level minus first, at the best place
    p: Floats  # of each place 0 … n-1 (NaN for 0): the probability of data that fit it as badly
    p_no_change: float
    correlation: float  # of neighbouring values, allowed for
    n: int
    level: float
    method: str
    n_censored: int = 0

    @property
    def width(self) -> int:
        """From the first to the last place of the set, in steps; 0 where it is empty."""
        return self.places[-1] - self.places[0] + 1 if self.places else 0

    def __contains__(self, place: int | None) -> bool:
        """Tell whether a place (or None, "no change") is in the set."""
        return self.no_change if place is None else place in self.places

    def __str__(self) -> str:
        """Return one line."""
        span = f"{len(self.places)} places from {self.places[0]} to {self.places[-1]}" if self.places else "no place"
        none = "“no change” not ruled out" if self.no_change else f"“no change” ruled out (p = {self.p_no_change:.3g})"
        return f"{self.level:.0%} set: {span}; {none}; best {self.best}, step {self.step:.4g} (n = {self.n}, {self.method})"


def change_date_set(
    values: ArrayLike, *, level: float = 0.95, correlation: float | str = 0.0, draws: int = 999, seed: int = 20
) -> ChangeDates:
    r"""Return all dates of one change of level that the data do not rule out, and whether they rule out none.

    For each place k the hypothesis "the level changed just before k, and nowhere else" is tested by how much better another
    place fits: :math:`\max_j SS_j - SS_k`, with :math:`SS_j = (u_j'y)^2` and :math:`u_j` the step at j freed of its mean.
    Given the two means and the residual sum of squares under k, residuals are uniform on a sphere, whatever the levels and the
    spread: the tests, and so the set, are exact for normal noise that is independent (or has the correlation given).

    Parameters
    ----------
    values : array, shape (n,)
        Equal steps of time, none missing; on the scale on which noise is even (logarithms of loads, freed of season).
    level : float
        Probability that the set holds the true date, or "no change" where there was none.
    correlation : float or "estimate"
        Of neighbouring values. An estimate is taken from the residuals about the best step, moved up by its bias
        ``(1 + 4 φ) / n`` and by one standard error: it is itself uncertain, and too small a correlation makes changes of what
        merely wanders. The set is then approximate; measured on its evaluation card.
    draws : int
        For each p; their noise is one over their root, and the same seed draws the same noise for every series of one length.
    seed : int
        Of the draws.

    Raises
    ------
    BadInput
        Missing values, fewer than eight, a correlation outside (-1, 1), fewer than 99 draws.
    NotEstimable
        A constant series.

    Examples
    --------
    >>> rng = np.random.default_rng(2)
    >>> print(change_date_set(np.r_[rng.normal(0, 1, 30), rng.normal(2, 1, 30)]))
    95% set: 1 places from 30 to 30; “no change” ruled out (p = 0.001); best 30, step 2.31 (n = 60, exact inversion)

    References
    ----------
    .. [1] K. J. Worsley, "Confidence regions and tests for a change-point in a sequence of exponential family random
       variables", Biometrika 1986;73:91-104.
    .. [2] D. Siegmund, "Confidence sets in change-point problems", Int Stat Rev 1988;56:31-48.
    """
    check_level(level)
    y = to_floats("values", values)
    check_enough("values", y.size, FEWEST, "two levels and a spread")
    if draws < 99:
        raise BadInput("draws", f"{draws}", "99 or more")
    if not np.ptp(y) > 0:
        raise NotEstimable("the date", "a constant series", "nothing: there is no change")
    phi, how = _correlation(y, correlation)
    one, steps = _whitened(y.size, phi)
    z = _whiten(y, phi)
    z0 = z - one * (one @ z)
    fits = steps.T @ z0
    found = fits**2
    best = int(np.argmax(found)) + 1
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((draws, y.size))
    noise -= (noise @ one)[:, None] * one
    reach = noise @ steps
    size = (noise**2).sum(axis=1)
    total = float(z0 @ z0)
    close = 1e-10  # equal but for rounding: the best place always fits itself
    p_none = (1 + ((reach**2).max(axis=1) / size >= found.max() / total - close).sum()) / (draws + 1)
    gram = steps.T @ steps
    p = np.full(y.size, np.nan)
    for k in range(y.size - 1):
        left = size - reach[:, k] ** 2
        scale = np.sqrt(max(total - found[k], 0.0) / left)
        drawn = fits[k] * gram[k] + (reach - reach[:, k : k + 1] * gram[k]) * scale[:, None]
        gain = (drawn**2).max(axis=1) - found[k]
        p[k + 1] = (1 + (gain >= found.max() - found[k] - close * total).sum()) / (draws + 1)
    places = tuple(int(k) for k in np.flatnonzero(p > 1 - level))
    return ChangeDates(
        places=places,
        no_change=bool(p_none > 1 - level),
        best=best,
        step=float(y[best:].mean() - y[:best].mean()),
        p=p,
        p_no_change=float(p_none),
        correlation=phi,
        n=int(y.size),
        level=level,
        method=f"exact inversion{how}",
    )


def _correlation(y: Floats, asked: float | str) -> tuple[float, str]:
    if isinstance(asked, str):
        if asked != "estimate":
            raise BadInput("correlation", repr(asked), "a number between -1 and 1, or 'estimate'")
        cuts = np.arange(1, y.size)
        sums = np.cumsum(y)[:-1]
        gain = (sums - cuts * y.mean()) ** 2 * y.size / (cuts * (y.size - cuts))
        best = int(np.argmax(gain)) + 1
        rest = y - np.where(np.arange(y.size) < best, y[:best].mean(), y[best:].mean())
        raw = float((rest[1:] * rest[:-1]).sum() / max((rest**2).sum(), 1e-300))
        mended = raw + (1 + 4 * max(raw, 0.0)) / y.size
        phi = float(np.clip(mended + np.sqrt(max(1 - mended**2, 0.0) / y.size), 0.0, 0.95))
        return phi, f", correlation {phi:.2f} estimated"
    if not -1 < asked < 1:
        raise BadInput("correlation", f"{asked}", "a number between -1 and 1, or 'estimate'")
    return float(asked), f", correlation {asked:g}" if asked else ""


def _whiten(y: Floats, phi: float) -> Floats:
    """Return y with first-order correlation taken out."""
    return np.r_[y[0] * np.sqrt(1 - phi**2), y[1:] - phi * y[:-1]]


def _whitened(n: int, phi: float) -> tuple[Floats, NDArray[np.float64]]:
    """Return the unit vector of a constant and, as columns, unit steps at 1 … n-1 freed of it."""
    one = _whiten(np.ones(n), phi)
    one = one / np.linalg.norm(one)
    steps = np.stack([_whiten((np.arange(n) >= k).astype(float), phi) for k in range(1, n)], axis=1)
    steps = steps - np.outer(one, one @ steps)
    return one, steps / np.linalg.norm(steps, axis=0)
