"""STL, MSTL and the classical decomposition against R's stats and forecast."""

from __future__ import annotations

import re
import types

import numpy as np
import pandas as pd
from r_entries import FOLDER, Entry, NotCompared, better, same

from labkit.models.decompose import decompose_classically, mstl, stl

EXACT = 2e-9  # relative to the largest value: the components in R's files have ten digits


def components(entry: Entry) -> pd.DataFrame:
    path = FOLDER / "series" / entry.result["file"].split("/")[-1]
    if not path.exists():
        raise NotCompared("the component series of this entry is not provided")
    return pd.read_csv(path)


def frequency(entry: Entry) -> int:
    found = re.search(r"frequency ?= ?(\d+)", entry.call)
    if found:
        return int(found[1])
    return {"nottem": 12, "co2": 12, "logAirPassengers": 12, "UKgas_log10": 4}[entry.id.split("/")[0]]


def agree(ours: np.ndarray, theirs: pd.Series, size: float) -> None:
    theirs = theirs.to_numpy(float)
    assert (np.isnan(ours) == np.isnan(theirs)).all()
    assert np.nanmax(np.abs(ours - theirs)) < EXACT * size


def sort_partly(a: list[float], places: list[int]) -> None:
    """Singleton's partial sort as R's stl uses it, places counted from 1; it expects them in rising order."""
    i, j, jl, ju = 1, len(a), 1, len(places)
    waiting: list[list[int]] = []
    a.insert(0, float("nan"))  # counted from 1

    def next_segment() -> bool:
        nonlocal i, j, jl, ju
        while waiting:
            i, j, jl, ju = waiting.pop()
            if jl <= ju:
                return True
        return False

    fresh = i < j
    while True:
        if not fresh and not j - i > 10:
            if i == 1:
                if i < j:
                    fresh = True
                    continue
            else:
                for k in range(i, j):
                    t, m = a[k + 1], k
                    if a[k] > t:
                        while not t >= a[m]:
                            a[m + 1] = a[m]
                            m -= 1
                        a[m + 1] = t
            if not next_segment():
                break
            fresh = False
            continue
        fresh = False
        k, middle, last = i, (i + j) // 2, j
        for one, two in ((i, middle), (middle, last), (i, middle)):
            if a[one] > a[two]:
                a[one], a[two] = a[two], a[one]
        t = a[middle]
        while True:
            last -= 1
            if a[last] <= t:
                k += 1
                while not a[k] >= t:
                    k += 1
                if k > last:
                    break
                a[last], a[k] = a[k], a[last]
        if last - i <= j - k:
            kept = [k, j, jl, ju]
            j = last
            while jl <= ju and places[ju - 1] > j:
                ju -= 1
            kept[2] = ju + 1 if jl <= ju else jl
        else:
            kept = [i, last, jl, ju]
            i = k
            while jl <= ju and places[jl - 1] < i:
                jl += 1
            kept[3] = jl - 1 if jl <= ju else ju
        waiting.append(kept)
        if jl > ju and not next_segment():
            break
    del a[0]


def partly_sorted_median(values: np.ndarray) -> float:
    """The "median" of R's stl: the partial sort is asked for the two middle places in falling order."""
    x, n = list(map(float, values)), len(values)
    first = n // 2 + 1
    sort_partly(x, [first, n - first + 1])
    return 0.5 * (x[first - 1] + x[n - first])


class NumpyOfR:
    """numpy, with that median."""

    median = staticmethod(partly_sorted_median)

    def __getattr__(self, name: str) -> object:
        return getattr(np, name)


def as_r_does(y: np.ndarray, period: int, options: dict) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """labkit's own loop, uncompiled, with R's median in the place of the median."""
    from labkit.models.decompose import stl_kernel

    plain = stl_kernel.decompose_one.py_func
    loop = types.FunctionType(plain.__code__, {**plain.__globals__, "np": NumpyOfR()})
    width = options["seasonal_width"] or 10 * y.size + 1
    widths = np.array((width, options["trend_width"], options["low_width"]))
    trend, season, weights = loop(
        y, period, widths, np.array(options["degrees"]), np.array(options["jumps"]), options["inner"], options["outer"]
    )
    if options["seasonal_width"] is None:
        season = np.array([season[k % period :: period].mean() for k in range(y.size)])
    return trend, season, weights


@better(
    "stats",
    "stl",
    how="decompose.stl: the same, but robust weights from the median; R takes another number for even n (shown by taking it)",
)
def compare_stl(entry: Entry) -> None:
    result, y = entry.result, entry.table()["y"].to_numpy(float)
    options = {
        "seasonal_width": None if "periodic" in entry.call else int(result["win"]["s"]),
        "trend_width": int(result["win"]["t"]),
        "low_width": int(result["win"]["l"]),
        "degrees": tuple(int(result["deg"][k]) for k in "stl"),
        "jumps": tuple(int(result["jump"][k]) for k in "stl"),
        "inner": int(result["inner"]),
        "outer": int(result["outer"]),
    }
    found = stl(y, frequency(entry), **options)
    table, name = components(entry), entry.id.split("/stl_")[1]
    if options["outer"] and y.size % 2 == 0:
        trend, season, weights = as_r_does(y, frequency(entry), options)
        agree(season, table[f"{name}_seasonal"], float(np.abs(y).max()))
        agree(trend, table[f"{name}_trend"], float(np.abs(y).max()))
        agree(weights, table[f"{name}_weights"], 1.0)
        assert np.abs(found.trend - trend).max() < 0.1 * result["sd_remainder"]
        return
    size = float(np.abs(y).max())
    agree(found.seasonal, table[f"{name}_seasonal"], size)
    agree(found.trend, table[f"{name}_trend"], size)


@same("stats", "decompose", how="decompose.decompose_classically")
def compare_decompose(entry: Entry) -> None:
    y = entry.table()["y"].to_numpy(float)
    period, kind = frequency_of(entry), entry.id.split("/decompose_")[1]
    found = decompose_classically(y, period, multiplicative=kind == "multiplicative")
    figure = found.seasonal[:period]
    start = len(entry.result["figure"])
    assert start == period
    back = np.exp if kind == "multiplicative" else np.asarray
    table = components(entry)
    size = float(np.abs(y).max())
    agree(back(found.trend), table[f"dec_{kind}_trend"], size)
    agree(back(found.seasonal), table[f"dec_{kind}_seasonal"], size)
    assert np.allclose(np.sort(back(figure)), np.sort(entry.result["figure"]), rtol=0, atol=EXACT * size)


def frequency_of(entry: Entry) -> int:
    return len(entry.result["figure"])


@same("forecast", "mstl", how="decompose.mstl")
def compare_mstl(entry: Entry) -> None:
    y = entry.table()["y"].to_numpy(float)
    periods = [int(p) for p in re.search(r"seasonal\.periods ?= ?c\(([\d, ]+)\)", entry.call)[1].split(",")]
    periodic = "periodic" in entry.call
    widths = None if not periodic else [None] * len(periods)
    found = mstl(y, periods, seasonal_widths=widths, jumps=None)
    head = np.array(entry.result["head"]["values"])
    columns = entry.result["cols"]
    ours = [y, found.trend, *found.seasonals, found.remainder]
    assert len(columns) == len(ours)
    size = float(np.abs(y).max())
    for name, mine in zip(columns, ours, strict=True):
        k = columns.index(name)
        assert np.abs(mine[: len(head)] - head[:, k]).max() < 1e-8 * size, name
        assert np.isclose(mine.std(ddof=1), entry.result["sd"][name], rtol=1e-7), name
