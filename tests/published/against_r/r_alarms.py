"""EARS and CUSUM against surveillance: every alarm, and every limit where the weekly tables are provided."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from r_entries import FOLDER, Entry, NotCompared, better
from scipy import stats

from labkit.models.alarms import cusum, ears


def span(entry: Entry) -> tuple[np.ndarray, int, int]:
    y = entry.table()["observed"].to_numpy(float)
    found = re.search(r"range=(\d+):(\d+)", entry.call)
    if not found:
        raise NotCompared("the range of weeks is not named")
    return y, int(found[1]), int(found[2])


def weekly(entry: Entry) -> pd.DataFrame | None:
    name = (entry.result.get("file") or "").split("/")[-1]
    path = FOLDER / "series" / name
    return pd.read_csv(path).set_index("i") if name and path.exists() else None


def alarms_in(found, first: int, last: int) -> list[int]:
    return [int(i) + 1 for i in np.flatnonzero(found.alarm) if first <= i + 1 <= last]


def listed(entry: Entry) -> list[int]:
    theirs = entry.result.get("alarm_i", [])
    return [theirs] if isinstance(theirs, int) else list(theirs)


def c3_of_r(y: np.ndarray, baseline: int, alpha: float) -> np.ndarray:
    """R's limit of C3: it adds the excess of the two places before and leaves out the place that is tested.

    So a count as high as can be calls no alarm, and the day after does, whatever its own count; labkit adds all three.
    """
    z = stats.norm.ppf(1 - alpha)
    two = ears(y, method="C2", baseline=baseline, alpha=alpha, smallest_sd=0.0)
    spread = (two.upper - two.expected) / z
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.nan_to_num(np.maximum(0, (y - two.expected) / spread - 1), posinf=np.inf)
        past = np.r_[0, 0, excess[1:-1] + excess[:-2]]
        return np.nan_to_num(np.maximum(0, y + spread * (z - past)), nan=np.inf)


@better(
    "surveillance",
    "earsC",
    how="alarms.ears: C3 counts the place it tests, which R leaves out; a lower bound of the spread",
)
def compare_ears(entry: Entry) -> None:
    y, first, last = span(entry)
    method = re.search(r'method="(C\d)"', entry.call)[1]
    baseline, alpha = int(re.search(r"baseline=(\d+)", entry.call)[1]), float(re.search(r"alpha=([\d.]+)", entry.call)[1])
    found = ears(y, method=method, baseline=baseline, alpha=alpha, smallest_sd=0.0)
    if method == "C3":
        limits = c3_of_r(y, baseline, alpha)
        assert [t + 1 for t in range(first - 1, last) if y[t] > limits[t]] == listed(entry)
        return
    assert alarms_in(found, first, last) == listed(entry)
    table = weekly(entry)
    column = entry.id.split("earsC_")[1] + "_upper"
    if table is not None and column in table:
        theirs = table[column]
        for week, limit in theirs.items():
            if np.isfinite(limit) and np.isfinite(found.upper[week - 1]):
                assert found.upper[week - 1] == pytest.approx(limit, rel=1e-8, abs=1e-8)


@better("surveillance", "cusum", how="alarms.cusum: real limits; R's 'none' standardises all the same and is not offered")
def compare_cusum(entry: Entry) -> None:
    y, first, last = span(entry)
    transform = re.search(r'trans="(\w+)"', entry.call)[1]
    k, h = (float(re.search(rf"{name}=([\d.]+)", entry.call)[1]) for name in ("k", "h"))
    mean = float(entry.result["m"])
    assert mean == pytest.approx(y[: first - 1].mean(), rel=1e-9)
    found = cusum(
        y, mean=y[: first - 1].mean(), k=k, h=h, transform={"none": "standard"}.get(transform, transform), start=first - 1
    )
    assert alarms_in(found, first, last) == listed(entry)
