"""Whether the sources tell the same story of an area or a quarter, and if not, which of them stands apart.

Two things people confuse: a source that is off by a constant factor (a bias, which the model has a parameter for) and one
that is off in one area or one quarter, which no constant mends.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from labkit.prevalence.approximation import Frame, find_frame, start_at
from labkit.prevalence.conditional import Question, likeliest
from labkit.prevalence.data import Positives, Sources, check_sources
from labkit.prevalence.density import Layout, ask_source, log_odds, mixed_intake, walk_basis
from labkit.prevalence.priors import TESTS, Priors

Floats = NDArray[np.float64]
COLUMNS = ("place", "source", "ratio", "z", "p_adjusted", "conflict")
BETWEEN = 0.05  # log scale: sources that agree differ by as much for reasons of their own
WIDE = 0.5  # of a posterior standard deviation
SHIFTS = np.linspace(-4, 4, 161)
FARTHEST = 2.0  # log scale: shifts beyond are hardly believed before


def source_conflicts(
    sources: Sources, priors: Priors | None = None, *, false_share: float = 0.05, between: float = BETWEEN
) -> pd.DataFrame:
    r"""Return one row an area or quarter and source: how far it is from what all other data say of it, by node-splitting [1]_.

    The source is left out in that place, the model is asked again, and the shift κ by which the source differs from what is
    then expected of it is measured:

    .. math:: z = \frac{\hat\kappa}{\sqrt{v_{source} + v_{others} + \tau^2}}

    with v_others from areas, quarters, levels, sensitivities and all else that is uncertain. The farthest of a place is named;
    where two sources differ and there is no third, both are.

    Parameters
    ----------
    sources : Sources
        Two sources or more, else the table is empty.
    priors : Priors, optional
        What is assumed.
    false_share : float
        Benjamini and Hochberg over all rows.
    between : float
        τ.

    Raises
    ------
    BadInput, NotEstimable
        As `approximate_joint`.

    References
    ----------
    .. [1] E. C. Marshall, D. J. Spiegelhalter, "Identifying outliers in Bayesian hierarchical models: a simulation-based
       approach", Bayesian Analysis 2007;2:409-444.
    """
    check_sources(sources)
    pairs = _pairs(sources)
    if not pairs:
        return pd.DataFrame(columns=list(COLUMNS))
    priors = priors or Priors()
    layout = Layout.of(sources)
    frame = find_frame(Question(sources, priors, layout), start_at(sources, priors, layout))
    rows: list[dict[str, Any]] = []
    for k in range(0, len(pairs), AT_ONCE):
        rows += _split(frame, pairs[k : k + AT_ONCE], between)
    table = pd.DataFrame(rows, columns=list(COLUMNS[:4]))
    size = table["z"].abs()
    table["p_adjusted"] = stats.false_discovery_control(2 * stats.norm.sf(size))
    of_place = size.groupby(table["place"])
    named = (size >= of_place.transform("max") - 1e-9) | (of_place.transform("size") == 2)
    table["conflict"] = np.where((table["p_adjusted"] <= false_share) & named, "yes", "no")
    return table[list(COLUMNS)]


AT_ONCE = 40
Pair = tuple[str, int, int]  # source, axis of the place (0 area, 1 quarter), its number


def _pairs(sources: Sources) -> list[Pair]:
    """Return what can be split: a source with something to say of a place of which another speaks as well."""
    known: dict[str, Floats] = {}
    if "water" in sources.names and sources.water_as == "likelihood":
        known["water"] = ~np.isnan(sources.water[0])
    for test in TESTS:
        if test in sources.names:
            known[test] = getattr(sources, test).tested > 0
    found: list[Pair] = []
    for axis in (0, 1):
        told = {name: one.any(axis=1 - axis) for name, one in known.items()}
        if sources.register is not None and axis == 0:
            told["register"] = np.full(len(sources.areas), True)
        count = np.sum(list(told.values()), axis=0) if told else np.zeros(0)
        found += [(name, axis, int(k)) for name, one in told.items() for k in np.nonzero(one & (count > 1))[0]]
    return found


def _split(frame: Frame, pairs: list[Pair], between: float) -> list[dict[str, Any]]:
    """Return the rows of some pairs, asked side by side."""
    question, size = frame.question, frame.size
    sources, priors, layout = question.sources, question.priors, question.layout
    moves = WIDE * np.eye(size)
    around = np.vstack([np.zeros((1, size)), moves, -moves])
    each = len(around)
    shape = (len(pairs) * each, len(sources.areas), len(sources.quarters))
    masks = {name: np.ones(shape) for name in sources.names}
    for number, (name, axis, place) in enumerate(pairs):
        rows = slice(number * each, (number + 1) * each)
        masks[name][(rows, place) if axis == 0 else (rows, slice(None), place)] = 0.0
    split = replace(frame, question=replace(question, masks=masks))
    at = np.zeros((len(pairs), size))
    for _ in range(0 if frame.large else 2):  # to the mode without the pair; in large tables one place hardly moves it
        told = split.marginal((at[:, None] + around).reshape(-1, size)).reshape(len(pairs), each)
        slope = (told[:, 1 : 1 + size] - told[:, 1 + size :]) / (2 * WIDE)
        bend = (told[:, 1 : 1 + size] + told[:, 1 + size :] - 2 * told[:, :1]) / WIDE**2
        at = np.clip(at + np.clip(slope / np.maximum(-bend, 0.3), -1, 1), -3, 3)
    vectors, _, arrow = likeliest(split.question, split.vectors((at[:, None] + around).reshape(-1, size)), 3)
    theta = log_odds(vectors, layout, priors)
    intake = mixed_intake(vectors, layout, priors)
    by_area, by_step = (np.exp(layout.single(vectors, f"log_{name}_sd")) for name in ("areas", "quarters"))
    basis = walk_basis(len(sources.quarters))
    inverse = np.linalg.inv(arrow.schur[::each])
    found = []
    for number, (name, axis, place) in enumerate(pairs):
        rows = slice(number * each, (number + 1) * each)
        first = number * each
        if axis == 0:
            lean = arrow.e[first, place] / arrow.d[first, place]
            within = by_area[first] ** 2 * (1 / arrow.d[first, place] + lean @ inverse[number] @ lean)
        else:
            within = by_step[first] ** 2 * (basis[place] @ inverse[number] @ basis[place])
        get = {one: vectors[rows, k] for k, one in enumerate(layout.names)}
        here = theta[rows, place : place + 1] if axis == 0 else theta[rows, :, place : place + 1]
        middle, spread = _shift(name, here, get, intake[rows], _place(sources, axis, place), priors)
        tilt = (middle[1 : 1 + size] - middle[1 + size :]) / (2 * WIDE)
        z = middle[0] / np.sqrt(spread[0] ** 2 + within + (tilt**2).sum() + between**2)
        told_place = (sources.areas, sources.quarters)[axis][place]
        found.append({"place": told_place, "source": name, "ratio": float(np.exp(middle[0])), "z": float(z)})
    return found


def _place(sources: Sources, axis: int, place: int) -> Sources:
    """Return the sources of one area, or of one quarter."""

    def cut(one: Floats | None) -> Floats | None:
        return None if one is None else (one[place : place + 1] if axis == 0 else one[:, place : place + 1])

    told: dict[str, Any] = {name: cut(getattr(sources, name)) for name in ("water_low", "water_high", "water_error")}
    for test in TESTS:
        one: Positives | None = getattr(sources, test)
        if one is not None:
            rows = slice(place, place + 1)
            where = (rows, slice(None)) if axis == 0 else (slice(None), rows)
            told[test] = Positives(one.tested[where], one.positive[where])
    if axis == 0:
        told |= {"people": sources.people[place : place + 1]}
        told |= {"register": None if sources.register is None else sources.register[place : place + 1]}
    return replace(sources, **told)


def _shift(
    name: str, theta: Floats, get: dict[str, Floats], intake: Floats, sources: Sources, priors: Priors
) -> tuple[Floats, Floats]:
    """Return by how much a source says more than expected of a place: middle and spread of κ, a row each."""
    n, shifts = len(theta), len(SHIFTS)
    many = {one: np.repeat(values, shifts) for one, values in get.items()}
    moved = np.repeat(theta, shifts, axis=0) + np.tile(SHIFTS, n)[:, None, None]
    told = ask_source(name, moved, many, np.repeat(intake, shifts), sources, priors).value.sum(axis=(1, 2)).reshape(n, shifts)
    told = told - 0.5 * (SHIFTS / FARTHEST) ** 2
    weights = np.exp(told - told.max(axis=1, keepdims=True))
    weights /= weights.sum(axis=1, keepdims=True)
    middle = weights @ SHIFTS
    spread: Floats = np.sqrt(np.maximum(weights @ SHIFTS**2 - middle**2, 1e-6))
    return middle, spread
