"""Designs of sampling: the formula against brute force, and a budget that is kept; CLI-DESIGN is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner
from scipy import stats

from labkit.cli import main
from labkit.design import Scatter, designs, detectable_change, scatter_of
from labkit.edition import Edition
from labkit.figures import plot_designs
from labkit.models.inputs import BadInput
from labkit.wording import say_designs

PARAMS = Path(__file__).parents[2] / "params"
SCATTER = (Scatter("methamphetamine", 0.25, 0.02, 400, 0, 6, 0), Scatter("MDMA", 0.5, 0.0, 400, 300, 6, 0))


@pytest.mark.parametrize(("days", "weeks"), [(1, 1), (2, 4), (7, 13)])
def test_the_formula_is_the_scatter_of_two_neighbouring_means(days: int, weeks: int) -> None:
    rng = np.random.default_rng(5)
    level = 0.05 * rng.standard_normal((40_000, 2 * weeks)).cumsum(axis=1)
    means = level + 0.3 / np.sqrt(days) * rng.standard_normal(level.shape)
    seen = (means[:, weeks:].mean(axis=1) - means[:, :weeks].mean(axis=1)).std()
    wanted = np.log1p(detectable_change(0.3, 0.05, days, weeks)) / (stats.norm.ppf(0.975) + stats.norm.ppf(0.8))
    assert wanted == pytest.approx(seen, rel=0.015)


def test_the_budget_is_kept_and_the_best_is_the_smallest() -> None:
    found = designs(SCATTER, 300, 6)
    assert found["samples"].max() <= 300
    for _, mine in found.groupby("analyte"):
        assert mine.loc[mine["best"], "one_site"].tolist() == [mine["one_site"].min()]
    assert (found["all_sites"] < found["one_site"]).all()


def test_a_level_that_wanders_has_a_best_number_of_weeks() -> None:
    rises = [detectable_change(0.2, 0.1, 7, weeks) for weeks in range(1, 53)]
    assert 0 < int(np.argmin(rises)) < 51


@pytest.mark.parametrize("bad", [(0.0, 0.1, 2, 2), (0.2, -1.0, 2, 2), (0.2, 0.1, 8, 2), (0.2, 0.1, 2, 0)])
def test_what_is_no_design_is_refused(bad: tuple[float, float, int, int]) -> None:
    with pytest.raises(BadInput):
        detectable_change(*bad)
    with pytest.raises(BadInput, match="12 or more"):
        designs(SCATTER, 11, 6)


def test_scatter_of_a_series_with_known_scatter() -> None:
    rng = np.random.default_rng(3)
    days = np.arange(0, 700, 2)
    y = 20 * np.exp(0.3 * rng.standard_normal(days.size))
    loads = pd.DataFrame({
        "site": "A", "analyte": "ketamine", "date": (np.datetime64("2022-01-03") + days).astype(str),
        "low": y, "high": y, "censored": "exact",
    })  # fmt: skip
    (found,) = scatter_of(loads)
    assert (found.n, found.refused) == (350, 0)
    assert found.day_log_sd == pytest.approx(0.3, rel=0.15)
    assert found.week_step_log_sd < 0.03
    with pytest.raises(BadInput):
        scatter_of(loads.head(2))


def test_said_and_drawn_in_both_languages() -> None:
    found = designs(SCATTER, 300, 6)
    assert "none within the budget" in say_designs(found, SCATTER, 0.001, "en")
    assert "75 % below limits" in say_designs(found, SCATTER, 0.25, "en")
    assert "最省方案" in say_designs(found, SCATTER, 0.25, "zh")
    for language in ("en", "zh"):
        rise = f"{100 * detectable_change(0.25, 0.02, 4, 13):.0f} %"
        assert rise in plot_designs(SCATTER, Edition(language, True)).alt


def test_the_command_writes_a_figure(tmp_path: Path) -> None:
    figure = tmp_path / "designs.png"
    said = CliRunner().invoke(main, ["design", str(PARAMS / "first.yml"), "--samples", "312", "--figure", str(figure)])
    assert said.exit_code == 0, said.output
    assert "methamphetamine" in said.output and figure.read_bytes().startswith(b"\x89PNG")
