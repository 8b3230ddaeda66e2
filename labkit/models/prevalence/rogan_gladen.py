"""True prevalence from the positives of an imperfect test.

Two things people confuse: the share of positives (apparent prevalence) and the share of people. With a specificity of 99 % one
in a hundred of those without is positive, and at low prevalence most positives can be of that kind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

from labkit.models.inputs import BadInput, check_level
from labkit.models.interval import Interval
from labkit.models.prevalence.proportion import check_counts, estimate_proportion

Uncertain = float | tuple[int, int]


@dataclass(frozen=True)
class TruePrevalence:
    """The corrected share; outside 0 to 1 it is given as computed, and says so."""

    value: float
    interval: Interval
    apparent: float
    positive: int
    n: int
    sensitivity: float
    specificity: float
    method: str
    level: float
    n_censored: int = 0

    @property
    def outside(self) -> bool:
        """Whether the computed share is no share: fewer (or more) positives than the test errors alone would give."""
        return not 0 <= self.value <= 1

    def __str__(self) -> str:
        """Return one line."""
        odd = "; outside 0 to 1: specificity, sensitivity or the sample do not fit together" if self.outside else ""
        return (
            f"{self.value:.2%} ({self.interval.low:.2%} to {self.interval.high:.2%}), {self.positive} of {self.n} positive, "
            f"sensitivity {self.sensitivity:.3g}, specificity {self.specificity:.3g} ({self.method}{odd})"
        )


def rogan_gladen(
    positive: int,
    tested: int,
    sensitivity: Uncertain,
    specificity: Uncertain,
    *,
    method: str | None = None,
    level: float = 0.95,
) -> TruePrevalence:
    r"""Return the prevalence corrected for sensitivity and specificity.

    .. math:: \hat\pi = (\hat p + Sp - 1) / (Se + Sp - 1)

    Parameters
    ----------
    positive, tested : int
        Of the sample.
    sensitivity, specificity : float, or (right, validated)
        A share taken as known exactly; or counts: of `validated` known positives (negatives) `right` were found so. Taking an
        estimate for exact makes every interval too narrow.
    method : str, optional
        With exact shares one of wilson, clopper_pearson, blaker, jeffreys, sterne: the interval of the share of positives,
        carried over (blaker unless given). With counts "lang_reiczigel" (the default).
    level : float
        Probability of the interval.

    Raises
    ------
    BadInput
        Impossible counts or shares; a test no better than chance (Se + Sp <= 1); a method that does not fit.

    Examples
    --------
    >>> print(rogan_gladen(45, 150, 0.96, 0.89))
    22.35% (13.92% to 31.68%), 45 of 150 positive, sensitivity 0.96, specificity 0.89 (Rogan-Gladen, blaker)

    References
    ----------
    .. [1] W. J. Rogan and B. Gladen, "Estimating prevalence from the results of a screening test", Am J Epidemiol 1978;107:71.
    .. [2] Z. Lang and J. Reiczigel, "Confidence limits for prevalence of disease adjusted for estimated sensitivity and
       specificity", Preventive Veterinary Medicine 2014;113:13-22.
    """
    check_level(level)
    x, n = check_counts(positive, tested)
    (se, n_se), (sp, n_sp) = _share("sensitivity", sensitivity), _share("specificity", specificity)
    if se + sp <= 1:
        raise BadInput("sensitivity, specificity", f"{se:g} and {sp:g}", "a sum above 1: a test better than chance")
    value = (x / n + sp - 1) / (se + sp - 1)
    counted = n_se is not None or n_sp is not None
    if counted and method in (None, "lang_reiczigel"):
        low, high = _lang_reiczigel(x, n, se, n_se, sp, n_sp, level)
        method = "lang_reiczigel"
    elif counted or method == "lang_reiczigel":
        raise BadInput("method", repr(method), "lang_reiczigel with counts, an interval of a proportion with exact shares")
    else:
        method = method or "blaker"
        ends = estimate_proportion(x, n, method=method, level=level).interval
        low, high = ((end + sp - 1) / (se + sp - 1) for end in ends)
    name = f"Rogan-Gladen, {method}"
    return TruePrevalence(value, Interval(float(low), float(high), level, name), x / n, x, n, se, sp, name, level)


def _share(name: str, given: Uncertain) -> tuple[float, int | None]:
    if isinstance(given, tuple):
        right, validated = check_counts(*given, names=(f"{name} (right)", f"{name} (validated)"))
        return right / validated, validated
    if not 0 <= given <= 1:
        raise BadInput(name, f"{given}", "a share between 0 and 1, or (right, validated)")
    return float(given), None


def _lang_reiczigel(
    x: int, n: int, se: float, n_se: int | None, sp: float, n_sp: int | None, level: float
) -> tuple[float, float]:
    z = stats.norm.ppf((1 + level) / 2)
    p, size = (x + z**2 / 2) / (n + z**2), n + z**2
    if n_se is not None:
        se, n_se = (n_se * se + 1) / (n_se + 2), n_se + 2
    if n_sp is not None:
        sp, n_sp = (n_sp * sp + 1) / (n_sp + 2), n_sp + 2
    of_se = se * (1 - se) / n_se if n_se else 0.0
    of_sp = sp * (1 - sp) / n_sp if n_sp else 0.0
    middle = (p + sp - 1) / (se + sp - 1)
    shift = 2 * z**2 * (middle * of_se - (1 - middle) * of_sp)
    reach = z * np.sqrt(p * (1 - p) / size + middle**2 * of_se + (1 - middle) ** 2 * of_sp) / (se + sp - 1)
    return max(0.0, middle + shift - reach), min(1.0, middle + shift + reach)
