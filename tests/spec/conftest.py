"""The `spec` fixture: a table drawn in text, with visible arithmetic, held against a function of labkit."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

OPERATORS = {ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
MISSING = "–"

Step = Callable[[pd.DataFrame], pd.DataFrame]
Spec = Callable[[str, Step], None]


def arithmetic(node: ast.expr) -> float:
    """Return what a formula of numbers, + - * / and brackets comes to; anything else raises `ValueError`."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id == "inf":
        return math.inf
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return float(OPERATORS[type(node.op)](arithmetic(node.left), arithmetic(node.right)))
    raise ValueError(f"not arithmetic: {ast.dump(node)}")


def cell(text: str) -> float | str:
    """Return a number for arithmetic, NaN for a dash, an empty text for an empty cell, and else the text itself."""
    if text == MISSING:
        return math.nan
    if DAY.fullmatch(text) or not text:
        return text
    try:
        return arithmetic(ast.parse(text, mode="eval").body)
    except (SyntaxError, ValueError):
        return text


def tables(drawn: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the columns before `||` (what goes in) and those after it (what must come out); nothing after it is no row."""
    lines = [line.strip() for line in drawn.strip().splitlines()]
    sides = [[[text.strip() for text in side.split("|")] for side in line.split("||")] for line in lines]
    assert all(len(one) == 2 for one in sides), "each line has one ||"
    before, after = ([one[side] for one in sides] for side in (0, 1))
    after = [row for row in after if row != [""]]
    for side in (before, after):
        assert {len(row) for row in side} == {len(side[0])}, "each line has as many cells as the header"
    return tuple(pd.DataFrame([map(cell, row) for row in side[1:]], columns=side[0]) for side in (before, after))  # type: ignore


@pytest.fixture
def spec() -> Spec:
    """Return the function that draws a table into a test: columns before `||` go in, those after it must come out."""

    def holds(drawn: str, step: Step) -> None:
        given, expected = tables(drawn)
        found = step(given)
        assert len(found) == len(expected), f"{len(found)} rows came out, {len(expected)} are drawn"
        for name in expected:
            for row, (one, other) in enumerate(zip(found[name], expected[name], strict=True), start=1):
                same = one == other if isinstance(other, str) else one == pytest.approx(other, rel=1e-9, nan_ok=True)
                assert same, f"row {row}, {name}: {one!r} came out where {other!r} is drawn"

    return holds


@pytest.fixture
def handed_in(tmp_path: Path) -> Callable[[pd.DataFrame, str], Path]:
    """Return the function that writes a table as the file a laboratory would hand in."""

    def write(frame: pd.DataFrame, name: str) -> Path:
        path = tmp_path / name
        whole = frame.map(lambda value: f"{value:g}" if isinstance(value, float) and not math.isnan(value) else value)
        whole.to_csv(path, index=False, encoding="utf-8")
        return path

    return write
