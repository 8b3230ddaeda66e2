"""The outbreak of Salmonella Newport in Germany, October to December 2011: alerted when and where, and false alarms counted.

Source: `data/surveillance_r/SOURCE.md`, which prints the national alarms of 2011 for the windows alone, and that the improved
method finds 31 October as well; Bayer et al., Eurosurveillance 2014;19(1):20665 for the outbreak itself. Dates are those of
`epoch`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from labkit.models.alarms import farrington

LISTED = ("Berlin", "Brandenburg", "North.Rhine.Westphalia", "Lower.Saxony")


@pytest.fixture(scope="module")
def newport(shared: Callable[[str], Path]) -> tuple[np.ndarray, pd.DataFrame, str]:
    table = pd.read_csv(shared("data/surveillance_r/salmNewport_observed.csv"))
    days = np.datetime64("1970-01-01") + table["epoch"].to_numpy().astype("timedelta64[D]")
    return days, table.iloc[:, 5:], shared("data/surveillance_r/SOURCE.md").read_text("utf-8")


def between(days: np.ndarray, first: str, last: str) -> np.ndarray:
    return (days >= np.datetime64(first)) & (days <= np.datetime64(last))


def test_national_alarms_and_their_limits_are_the_printed_ones(newport: tuple) -> None:
    days, states, source = newport
    printed = re.search(r"alarms (2011-11-07[^;]*);", source)[1]
    weeks = [(month, int(count), int(limit)) for month, count, limit in re.findall(r"(\d\d-\d\d) \((\d+)>(\d+)\)", printed)]
    found = farrington(states.sum(axis=1), dates=days, years=4, periods=1, skip=3, alpha=0.01)
    autumn = np.flatnonzero(found.alarm & between(days, "2011-09-01", "2011-12-31"))
    assert [(str(days[k])[5:], int(found.counts[k]), int(found.upper[k])) for k in autumn] == weeks


def test_the_improved_method_finds_the_weak_signal_without_false_alarms_before(newport: tuple) -> None:
    days, states, source = newport
    assert "also 2011-10-31" in source
    found = farrington(states.sum(axis=1), dates=days, years=4, periods=10, skip=26, alpha=0.01)
    alarms = days[found.alarm & between(days, "2011-09-01", "2011-12-31")].astype(str)
    assert alarms[0] == "2011-10-31" and found.counts[days == np.datetime64("2011-10-31")] == 9
    quiet = between(days, "2008-01-01", "2010-12-31")
    assert int(found.alarm[quiet].sum()) == 0, "in 157 weeks at .01 one or two would be expected of a true Poisson"


def test_the_listed_states_are_alerted_and_false_alarms_are_counted(newport: tuple) -> None:
    days, states, _ = newport
    autumn, quiet = between(days, "2011-10-24", "2011-12-01"), between(days, "2008-01-01", "2010-12-31")
    alerted, false = set(), 0
    for name in states:
        found = farrington(states[name], dates=days, years=4, alpha=0.01)
        if found.alarm[autumn].any():
            alerted.add(name)
        false += int(found.alarm[quiet].sum())
    assert alerted >= set(LISTED)
    assert false == 1, "one false alarm in three years over sixteen states"


def test_nearly_all_states_rise_so_the_common_mode_is_the_alarm(newport: tuple) -> None:
    days, states, _ = newport
    outbreak = states[between(days, "2011-10-31", "2011-11-21")].mean()
    before = states[between(days, "2011-09-12", "2011-10-24")].mean()
    assert (outbreak > before).sum() >= 14, "against each other the states would hide what all of them show"
