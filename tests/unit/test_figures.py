"""Each figure of the notebook `load`, looked at in its artists: what is drawn, how it is known, and that it can be repeated."""

from __future__ import annotations

import base64
import io

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure as Canvas
from matplotlib.lines import Line2D
from matplotlib.text import Text
from PIL import Image

from labkit import figures
from labkit.edition import SIMULATED, Edition
from labkit.errors import Refusal
from labkit.figures import figure as house
from labkit.fonts import missing_characters
from labkit.wastewater import compare_with_reference, summarise, variance_shares, with_consumption, with_doses, with_interval

EN, ZH = Edition("en"), Edition("zh")
EDITIONS = pytest.mark.parametrize("edition", [EN, ZH], ids=["en", "zh"])
ERRORS = {"analysis": 0.10, "sampling": 0.10, "flow": 0.05, "population": 0.20}
SITES, DAYS, ANALYTES = ("A", "B"), ("2024-01-01", "2024-01-08", "2024-01-15"), ("tramadol", "codeine", "amphetamine")


@pytest.fixture
def drawn(monkeypatch) -> list[Canvas]:
    """Keep each drawing just before it is saved, so that a test can look at its artists."""
    kept: list[Canvas] = []
    save = house._to_png
    monkeypatch.setattr(house, "_to_png", lambda drawing: (kept.append(drawing), save(drawing))[1])
    return kept


def loads(sites: tuple[str, ...] = SITES, days: tuple[str, ...] = DAYS, analytes: tuple[str, ...] = ANALYTES) -> pd.DataFrame:
    """Return made-up loads: every third value is a limit."""
    keys = [(site, day, analyte) for site in sites for day in days for analyte in analytes]
    frame = pd.DataFrame(keys, columns=["site", "date", "analyte"])
    load = 2.0 + np.arange(len(frame))
    known = np.where(np.arange(len(frame)) % 3 == 2, "below", "exact")
    frame = frame.assign(drug=frame["analyte"], load_mg_day_1000inh=load, censored=known)
    return frame.assign(low=np.where(known == "below", 0.0, load), high=load, reference_mg_day_1000inh=3 * load,
                        reference_censored="exact", population=1000.0)  # fmt: skip


def results(frame: pd.DataFrame, errors: dict[str, float] = ERRORS, jurisdiction: str | None = ""):
    bounded = with_doses(with_consumption(frame, jurisdiction))
    return with_interval(bounded, errors, 0.95, jurisdiction), summarise(bounded, errors, 0.95, jurisdiction)


def all_figures(edition: Edition) -> list[figures.Figure]:
    consumption, summary = results(loads())
    return [
        figures.plot_load(loads(), edition),
        figures.plot_consumption(summary, edition),
        figures.plot_assumptions(variance_shares(consumption, ERRORS, ""), edition),
        figures.plot_comparison(compare_with_reference(consumption), edition),
    ]


def points(drawing: Canvas, open_: bool) -> int:
    """Count the markers in the panels that are filled, or open; the keys of the legend hang on no panel."""
    lines = [line for ax in drawing.axes for line in ax.lines if line.get_marker() not in ("", "None", None)]
    return sum(len(line.get_xdata()) for line in lines if (line.get_markerfacecolor() == "white") == open_)


def texts(drawing: Canvas) -> str:
    return "\n".join(text.get_text() for text in drawing.findobj(Text))


@EDITIONS
def test_each_figure_is_a_picture_with_caption_and_alternative_text(edition):
    made = all_figures(edition)
    assert [one.name for one in made] == ["load", "consumption", "assumptions", "comparison"]
    assert len({one.number for one in made}) == 4
    for one in made:
        picture = Image.open(io.BytesIO(one.png))
        assert picture.format == "PNG"
        assert picture.size[0] == round(house.WIDTH_INCHES * house.DOTS_PER_INCH)
        assert len(one.png) < 100_000
        assert one.caption and one.alt and one.caption != one.alt
        assert missing_characters(one.caption + one.alt) == ""
        assert "nan" not in one.caption + one.alt
        assert any("\u4e00" <= character for character in one.caption) == (edition is ZH)
        data, about = one._repr_mimebundle_()
        assert base64.b64decode(data["image/png"]) == one.png
        assert data["text/plain"] == one.caption
        assert about["image/png"]["labkit"] == {
            "name": one.name, "number": one.number, "caption": one.caption, "alt": one.alt
        }  # fmt: skip


def test_the_same_bytes_twice():
    assert [one.png for one in all_figures(EN)] == [one.png for one in all_figures(EN)]


@EDITIONS
def test_simulated_data_are_stamped_in_picture_and_caption(edition, drawn):
    stamped = all_figures(Edition(edition.language, simulated=True))
    assert all(one.caption.startswith(f"{SIMULATED} – ") for one in stamped)
    assert all(SIMULATED in texts(drawing) for drawing in drawn)
    drawn.clear()
    assert not any(SIMULATED in one.caption for one in all_figures(edition))
    assert not any(SIMULATED in texts(drawing) for drawing in drawn)


@pytest.mark.parametrize("days", [DAYS, ("",)], ids=["dated", "undated"])
def test_values_below_a_limit_are_open_markers_at_the_limit(days, drawn):
    frame = loads(days=days)
    censored = int((frame["censored"] == "below").sum())
    made = figures.plot_load(frame, EN)
    assert censored > 0
    assert points(drawn[0], open_=True) == censored
    assert points(drawn[0], open_=False) == len(frame) - censored
    assert f"{len(frame)} results from 2 sites, of which {censored} below a limit" in made.caption
    axis = "get_ydata" if days == DAYS else "get_xdata"
    at = sorted(float(one) for ax in drawn[0].axes for line in ax.lines for one in getattr(line, axis)())
    assert at == sorted(frame["load_mg_day_1000inh"])


def test_a_value_above_the_range_is_not_called_below_a_limit(drawn):
    frame = loads(sites=("A",), days=DAYS[:1], analytes=("tramadol", "codeine")).assign(censored="above", low=5.0, high=np.inf)
    made = figures.plot_load(frame, EN)
    assert "of which 0 below a limit and 2 above the range" in made.caption
    assert "below or above a limit, drawn at it" in texts(drawn[0])
    assert points(drawn[0], open_=True) == 2
    made = figures.plot_consumption(results(frame)[1], EN)
    assert "≥" in made.alt
    assert [line.get_marker() for line in drawn[1].axes[0].lines].count(">") == 1


def test_means_are_dots_where_all_is_measured_and_bars_between_bounds_elsewhere(drawn):
    frame = loads(days=DAYS[:2], analytes=("tramadol",)).iloc[:3]
    frame = frame.assign(censored=["exact", "exact", "below"], low=[2.0, 3.0, 0.0])
    _, summary = results(frame)
    figures.plot_consumption(summary, EN)
    markers = [line.get_marker() for line in drawn[0].axes[0].lines]
    assert markers.count("o") == 1
    assert markers.count("|") == 2, "site B, and all sites"
    assert markers.count("<") == 1, "an arrow where the lower end is zero"
    assert [label.get_text() for label in drawn[0].axes[0].get_yticklabels()] == [
        "all sites  n=3, 1 <",
        "B  n=1, 1 <",
        "A  n=2",
    ]


@EDITIONS
def test_one_row_of_one_site(edition):
    frame = loads(sites=("A",), days=DAYS[:1], analytes=("tramadol",))
    consumption, summary = results(frame)
    assert "1 " in figures.plot_load(frame, edition).caption
    assert figures.plot_consumption(summary, edition).png
    assert figures.plot_comparison(compare_with_reference(consumption), edition).png


def test_nothing_to_compare_is_no_figure():
    consumption, _ = results(loads(days=DAYS[:1], analytes=("tramadol",)).assign(censored="below", low=0.0))
    assert figures.plot_comparison(compare_with_reference(consumption), EN) is None


@EDITIONS
def test_where_no_error_is_declared_and_a_study_ends_at_the_load(edition, drawn):
    frame = loads(analytes=("tramadol",))
    consumption, summary = results(frame, {}, None)
    made = figures.plot_consumption(summary, edition)
    assert edition.pick("Load, mean of the sampled days", "采样日平均负荷") in made.caption
    assert edition.pick("pure drug", "纯毒品") not in texts(drawn[0])
    assert "nan" not in made.alt
    made = figures.plot_assumptions(variance_shares(consumption, {}, None), edition)
    assert edition.pick("No error is declared", "未声明误差") in made.alt
    assert sum(patch.get_width() for patch in drawn[1].axes[0].patches) == 0


def test_bars_of_assumptions_reach_one(drawn):
    consumption, _ = results(loads())
    made = figures.plot_assumptions(variance_shares(consumption, ERRORS, ""), EN)
    bars = drawn[0].axes[0].patches
    assert len(bars) == 3 * 5
    assert sum(bar.get_width() for bar in bars) == pytest.approx(3)
    assert made.alt == "Stacked bars by analyte; on average the largest part is population with 51 %."


def test_ratios_are_drawn_around_one(drawn):
    consumption, _ = results(loads(analytes=("tramadol",)))
    table = compare_with_reference(consumption)
    made = figures.plot_comparison(table, Edition("en", simulated=True))
    cloud = next(line for line in drawn[0].axes[0].lines if line.get_marker() == "o")
    assert sorted(cloud.get_xdata()) == pytest.approx(sorted(table.loc[table["censored"] == "exact", "ratio"]))
    assert "the simulated truth" in made.caption


@pytest.mark.parametrize("site", ["so ✗", "𠮷", "hid\u202eden"])
def test_a_character_no_reader_could_see_is_refused_by_name(site):
    with pytest.raises(Refusal) as refused:
        figures.plot_load(loads(sites=("A", site)), EN)
    (problem,) = refused.value.problems
    odd = next(character for character in site if missing_characters(character))
    assert (problem.rule.id, problem.file, problem.fields["code"]) == ("TXT-GLYPH", "figure load", f"U+{ord(odd):04X}")


def test_a_dollar_in_a_site_code_is_a_dollar(drawn):
    frame = loads(sites=(r"$\frac{$", "^_{}"), days=("",), analytes=("tramadol",))
    figures.plot_load(frame, EN)
    labels = [label for label in drawn[0].axes[0].get_yticklabels() if "$" in label.get_text()]
    assert len(labels) == 1
    assert not labels[0].get_parse_math()


def test_many_sites_have_each_a_mark_of_their_own(drawn):
    figures.plot_load(loads(sites=tuple(f"S{i}" for i in range(12)), analytes=("tramadol",), days=DAYS[:2]), EN)
    keys = [line for line in drawn[0].legends[0].get_lines() if isinstance(line, Line2D)][2:]
    assert len({(line.get_marker(), line.get_color()) for line in keys}) == 12
