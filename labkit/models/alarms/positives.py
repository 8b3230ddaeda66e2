"""Positives among tested: the share against what earlier periods lead to expect."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from labkit.models.alarms.outcome import Alarms, check_alpha, to_counts
from labkit.models.inputs import BadInput, Floats


def positives(positive: ArrayLike, tested: ArrayLike, *, baseline: int = 12, skip: int = 0, alpha: float = 0.01) -> Alarms:
    r"""Compare each number of positives with a beta-binomial prediction from the periods before.

    With share p and design effect :math:`\phi = \max\{1, X^2 / (m - 1)\}` of the m baseline periods, the next share has
    variance :math:`p(1 - p)\{\rho + \phi / (N + 1)\}` (between periods, and of the estimate;
    :math:`\rho = (\phi - 1) / (\bar n - 1)`), and positives are beta-binomial with it.

    Parameters
    ----------
    positive, tested : array, shape (n,)
        Persons (or samples) of each period; a period with none tested is not judged and says nothing.
    baseline, skip : int
        Periods in the baseline, and how many just before the tested one are left out.
    alpha : float
        Level of one test; the design effect of few periods is poorly known, see the evaluation card.

    Returns
    -------
    Alarms
        Counts, expected and limit are numbers of positives.

    Raises
    ------
    BadInput
        What `ears` refuses; more positive than tested; a baseline below 4.

    Examples
    --------
    >>> print(positives([3, 2, 4, 3, 2, 12], [100] * 6, baseline=5))
    1 alarms in 1 tests at alpha 0.01 (beta-binomial, baseline 5); last at places: 5
    """
    check_alpha(alpha)
    if baseline < 4 or baseline != int(baseline) or skip < 0:
        raise BadInput("baseline", f"{baseline}", "a whole number, 4 or more, and skip zero or more")
    x = to_counts(positive, baseline + skip + 1, "positive")
    n = to_counts(tested, baseline + skip + 1, "tested")
    if x.size != n.size:
        raise BadInput("tested", f"{n.size} values beside {x.size}", "one a number of positives")
    if (x > n).any():
        where = int(np.argmax(x > n))
        raise BadInput("positive", f"{x[where]:g} of {n[where]:g} tested at position {where}", "at most as many as tested")
    expected, upper = np.full(x.size, np.nan), np.full(x.size, np.nan)
    for t in range(baseline + skip, x.size):
        part = slice(t - skip - baseline, t - skip)
        used = n[part] > 0
        if n[t] > 0 and used.sum() >= 4:
            expected[t], upper[t] = _predict(x[part][used], n[part][used], n[t], alpha)
    with np.errstate(invalid="ignore"):
        alarm = x > upper
    return Alarms(x, expected, upper, alarm, alpha, f"beta-binomial, baseline {baseline}")


def _predict(x: Floats, n: Floats, now: float, alpha: float) -> tuple[float, float]:
    share = (x.sum() + 0.5) / (n.sum() + 1)
    spread = ((x - n * share) ** 2 / (n * share * (1 - share))).sum() / (x.size - 1)
    phi = max(1.0, float(spread))
    typical = max((n.sum() - (n**2).sum() / n.sum()) / (n.size - 1), 1.0 + 1e-9)
    rho = min((phi - 1) / max(typical - 1, 1e-9), 0.99)
    variance = min(rho + phi / (n.sum() + 1), 0.999)
    precision = 1 / variance - 1
    upper = stats.betabinom.isf(alpha, int(now), share * precision, (1 - share) * precision)
    return now * share, float(upper)
