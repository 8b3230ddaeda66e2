"""The evaluation cards are of this code, keep what they promise, and a twentieth of each, run again, gives the same numbers."""

from __future__ import annotations

import json

import pytest
from evaluation import CARDS, broken_promises, hashes, load, make_card, modules, run_slice

STUDIES = [(module, study) for module in modules() for study in load(module)]
NAMES = [study.name for _, study in STUDIES]


def test_every_card_has_its_study() -> None:
    assert sorted(path.stem for path in CARDS.glob("*.json")) == sorted(NAMES)


@pytest.mark.parametrize(("module", "study"), STUDIES, ids=NAMES)
def test_card_is_fresh_and_kept(module: str, study) -> None:
    card = json.loads(study.card.read_text("utf-8"))
    assert card["sources"] == hashes(study, module), f"stale: python tests/recovery/evaluation.py --write {module}"
    assert card["simulations"] == study.simulations
    assert broken_promises(study, card) == []


def make_class(module: str) -> type:
    """A class a study file, so that they run side by side."""

    class TestSlice:
        @pytest.mark.parametrize("study", load(module), ids=lambda study: study.name)
        def test_slice_gives_the_card(self, study) -> None:
            card = json.loads(study.card.read_text("utf-8"))
            for index, found in run_slice(study, module):
                kept = card["cells"][index]["slice"]
                assert found.keys() == kept.keys()
                for metric, summary in found.items():
                    if metric.startswith("covers"):  # one simulation at the edge may fall otherwise on another processor
                        assert abs(summary["mean"] - kept[metric]["mean"]) * summary["n"] <= 1.5, (study.name, index, metric)

    TestSlice.__name__ = TestSlice.__qualname__ = f"Test_{module}"
    return TestSlice


for module in modules():
    globals()[f"Test_{module}"] = make_class(module)


@pytest.mark.slow
@pytest.mark.parametrize(("module", "study"), STUDIES, ids=NAMES)
def test_whole_card_again(module: str, study) -> None:
    card = json.loads(study.card.read_text("utf-8"))
    again = make_card(study, module, study.simulations)
    for old, new in zip(card["cells"], again["cells"], strict=True):
        for metric, kept in old["all"].items():
            if metric.startswith("covers"):
                assert abs(kept["mean"] - new["all"][metric]["mean"]) * kept["n"] <= 0.002 * kept["n"] + 1
