"""What a test is worth, from a table against the truth.

Two things people confuse: sensitivity (of those who have it, how many are positive) and the positive predictive value (of the
positives, how many have it). The second moves with the prevalence of the sample and holds for no other.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import stats

from labkit.models.inputs import BadInput, NotEstimable, check_level, known
from labkit.models.interval import Interval
from labkit.models.prevalence.proportion import Proportion, estimate_proportion


@dataclass(frozen=True)
class Ratio:
    """A ratio with its interval."""

    value: float
    interval: Interval


@dataclass(frozen=True)
class DiagnosticTable:
    """Shares as `Proportion`, ratios as `Ratio`; a ratio that cannot be had raises its reason."""

    apparent: Proportion
    prevalence: Proportion
    sensitivity: Proportion
    specificity: Proportion
    positive_value: Proportion
    negative_value: Proportion
    accuracy: Proportion
    youden: Ratio
    likelihood_positive: float | NotEstimable
    likelihood_negative: float | NotEstimable
    odds: float | NotEstimable
    intervals: dict[str, Interval]
    n: int
    level: float
    method: str = "Clopper-Pearson shares, log-normal ratios"
    n_censored: int = 0

    @property
    def likelihood_ratio_positive(self) -> Ratio:
        """How many times likelier a positive is among those who have it."""
        return Ratio(known(self.likelihood_positive), self.intervals["positive"])

    @property
    def likelihood_ratio_negative(self) -> Ratio:
        """How many times likelier a negative is among those who have it."""
        return Ratio(known(self.likelihood_negative), self.intervals["negative"])

    @property
    def odds_ratio(self) -> Ratio:
        """Odds of a positive among those who have it over those among the others."""
        return Ratio(known(self.odds), self.intervals["odds"])

    @property
    def number_needed_to_diagnose(self) -> Ratio:
        """One over Youden's index: persons to test for one more right positive than wrong ones."""
        index = self.youden
        if index.value <= 0:
            raise NotEstimable("the number needed to diagnose", "the test is no better than chance")
        low, high = index.interval
        ends = Interval(1 / high, math.inf if low <= 0 else 1 / low, self.level, index.interval.method)
        return Ratio(1 / index.value, ends)

    def __str__(self) -> str:
        """Return one line."""
        parts = [f"{name} {value}" for name, value in (("sensitivity", self.sensitivity), ("specificity", self.specificity))]
        return f"{'; '.join(parts)}; Youden {self.youden.value:.3f}; n = {self.n}"


def diagnostic_table(
    true_positive: int, false_positive: int, false_negative: int, true_negative: int, *, level: float = 0.95
) -> DiagnosticTable:
    r"""Return sensitivity, specificity, predictive values, likelihood ratios and Youden's index with their intervals.

    Shares have Clopper-Pearson intervals; likelihood and odds ratios are log-normal,
    :math:`\ln LR_+ \pm z \sqrt{1/a - 1/(a+c) + 1/b - 1/(b+d)}`; the ends of Youden's index :math:`Se + Sp - 1` are the sums of
    the ends of its parts, which is wider than it need be and holds the truth more often than it says.

    Parameters
    ----------
    true_positive, false_positive, false_negative, true_negative : int
        Counts against the truth.
    level : float
        Probability of each interval.

    Raises
    ------
    BadInput
        Counts not whole or below zero; nobody who has it, or nobody who has not.

    Examples
    --------
    >>> found = diagnostic_table(45, 5, 3, 97)
    >>> round(found.likelihood_ratio_positive.value, 3), round(found.youden.value, 4)
    (19.125, 0.8885)

    References
    ----------
    .. [1] D. L. Simel, G. P. Samsa, D. B. Matchar, "Likelihood ratios with confidence", J Clin Epidemiol 1991;44:763-770.
    """
    check_level(level)
    given = {
        "true_positive": true_positive,
        "false_positive": false_positive,
        "false_negative": false_negative,
        "true_negative": true_negative,
    }
    for name, value in given.items():
        if not math.isfinite(value) or value != int(value) or value < 0:
            raise BadInput(name, f"{value}", "a whole number, zero or more")
    a, b, c, d = (int(value) for value in given.values())
    for names, with_it in (("true_positive, false_negative", a + c), ("false_positive, true_negative", b + d)):
        if with_it == 0:
            raise BadInput(names, "nobody", "at least one person who has it and one who has not")

    def share(x: int, of: int) -> Proportion:
        return estimate_proportion(x, of, method="clopper_pearson", level=level)

    def nobody(name: str, of: int, x: int) -> Proportion:
        if of == 0:
            raise BadInput(name, "no positive or no negative result at all", "one result of each kind, at least")
        return share(x, of)

    se, sp, n = share(a, a + c), share(d, b + d), a + b + c + d
    z = float(stats.norm.ppf((1 + level) / 2))
    intervals: dict[str, Interval] = {}

    def ratio(name: str, quantity: str, top: float, bottom: float, variance: float | None) -> float | NotEstimable:
        if bottom == 0 or variance is None:
            return NotEstimable(quantity, "a cell of the table is empty", "sensitivity and specificity with their intervals")
        value = top / bottom
        factor = math.exp(z * math.sqrt(variance))
        intervals[name] = Interval(value / factor, value * factor, level, "log-normal")
        return value

    of_positive = 1 / a - 1 / (a + c) + 1 / b - 1 / (b + d) if a and b else None
    of_negative = 1 / c - 1 / (a + c) + 1 / d - 1 / (b + d) if c and d else None
    of_odds = 1 / a + 1 / b + 1 / c + 1 / d if a and b and c and d else None
    return DiagnosticTable(
        apparent=share(a + b, n), prevalence=share(a + c, n), sensitivity=se, specificity=sp,
        positive_value=nobody("true_positive, false_positive", a + b, a),
        negative_value=nobody("false_negative, true_negative", c + d, d),
        accuracy=share(a + d, n),
        youden=Ratio(
            se.value + sp.value - 1,
            Interval(se.interval.low + sp.interval.low - 1, se.interval.high + sp.interval.high - 1, level, "sum of the ends"),
        ),
        likelihood_positive=ratio("positive", "the positive likelihood ratio", se.value, 1 - sp.value if b else 0, of_positive),
        likelihood_negative=ratio("negative", "the negative likelihood ratio", 1 - se.value, sp.value, of_negative),
        odds=ratio("odds", "the odds ratio", a * d, b * c, of_odds),
        intervals=intervals, n=n, level=level,
    )  # fmt: skip
