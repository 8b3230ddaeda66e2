"""The uncertainty budget that the field adds up in quadrature: √(US²/n + UC² + UF² + UP²).

Source: the domain brief, section 1.5: sampling 10 %, analysis 10 %, flow 5 % and population 20 % give 0.250, 0.240 and 0.232
for 1, 2 and 7 samples. There the parts are relative standard deviations that add; labkit multiplies lognormal errors with the
same relative standard deviations. To the first order the two are one: labkit's log standard deviation is the smaller by about
1 %, since ln(1 + v²) < v², and the relative standard deviation of its product is the larger, since the parts multiply.
"""

from __future__ import annotations

import numpy as np
import pytest

from labkit.wastewater.consumption import interval_of_factor

ERRORS = {"sampling": 0.10, "analysis": 0.10, "flow": 0.05, "population": 0.20}
PRINTED = [(1, 0.250), (2, 0.240), (7, 0.232)]


def log_deviation(n: int) -> float:
    """Return the standard deviation of the logarithm that labkit's own interval implies, without an excretion fraction."""
    low, high = interval_of_factor("codeine", "codeine", ERRORS, 0.95, None, n)
    assert low * high == pytest.approx(1.0), "median 1, as wide upwards as downwards"
    return float(np.log(high) / 1.959963984540054)


@pytest.mark.parametrize(("n", "printed"), PRINTED)
def test_the_printed_budget(n: int, printed: float) -> None:
    quadrature = np.sqrt(ERRORS["sampling"] ** 2 / n + sum(ERRORS[name] ** 2 for name in ("analysis", "flow", "population")))
    assert round(float(quadrature), 3) == printed


@pytest.mark.parametrize(("n", "printed"), PRINTED)
def test_our_interval_carries_the_same_budget(n: int, printed: float) -> None:
    spread = log_deviation(n)
    assert spread == pytest.approx(printed, rel=0.015)
    assert spread < printed
    parts = [0.10 / np.sqrt(n), 0.10, 0.05, 0.20]
    assert spread == pytest.approx(np.sqrt(sum(np.log1p(np.square(parts)))), rel=1e-9)


@pytest.mark.parametrize(("n", "printed"), PRINTED)
def test_as_a_relative_standard_deviation(n: int, printed: float) -> None:
    """√(exp(s²) - 1): larger than quadrature by the products of the parts, less than 1.5 %."""
    relative = np.sqrt(np.expm1(log_deviation(n) ** 2))
    assert printed - 5e-4 < relative < 1.015 * printed
