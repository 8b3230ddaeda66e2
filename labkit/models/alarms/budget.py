"""From the false alerts a team is willing to look into, to the level of one test.

Two things people confuse: the level of one test and that of many. The contract over many series is the expected number of false
alerts a month over all of them; a false discovery rate is for a list made afterwards (`retrospective.py`).
"""

from __future__ import annotations

from labkit.models.inputs import BadInput


def alpha_for_budget(false_alerts_a_month: float, series: int, tests_a_month: float) -> float:
    """Return the level of one test that spends a budget of false alerts over all series.

    Expected false alerts add up whether series are independent or not: ``alpha = budget / (series * tests_a_month)``. It holds
    as far as one test holds its own level.

    Raises
    ------
    BadInput
        A budget, number of series or of tests not above zero, or a budget of more than half of all tests.

    Examples
    --------
    >>> round(alpha_for_budget(1.0, 60, 52 / 12), 6)
    0.003846
    """
    for name, value in (("false_alerts_a_month", false_alerts_a_month), ("series", series), ("tests_a_month", tests_a_month)):
        if not value > 0:
            raise BadInput(name, f"{value}", "a number above zero")
    alpha = false_alerts_a_month / (series * tests_a_month)
    if alpha >= 0.5:
        raise BadInput("false_alerts_a_month", f"{false_alerts_a_month}", "less than half of all tests")
    return float(alpha)
