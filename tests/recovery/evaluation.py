"""Evaluation cards: how often intervals held the truth over simulations with frozen seeds, and the sources they judged.

A card is made by ``python tests/recovery/evaluation.py --write [study_file …]``; `make check` makes it again and compares.
Each simulation has a seed of its own, so that the first twentieth can be run again and has to give the card's numbers.
"""

from __future__ import annotations

import argparse
import ast
import hashlib
import importlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
CARDS = HERE / "cards"
SLICE = 0.05


@dataclass(frozen=True)
class Study:
    """Cells of one question, simulated the same number of times each."""

    name: str
    sources: tuple[str, ...]  # what is judged: paths below the project, or folders of them
    seed: int  # chosen before anything was tuned
    cells: Sequence[Mapping[str, float | int | str]]
    simulate: Callable[[Mapping, np.random.Generator], dict[str, float]]
    simulations: int = 2000
    promises: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # metric -> range of its mean in every cell

    @property
    def slice(self) -> int:
        return max(1, round(self.simulations * SLICE))

    @property
    def card(self) -> Path:
        return CARDS / f"{self.name}.json"


def bare_source(path: Path) -> str:
    """The code of a file without comments, docstrings and layout: what may change without making a card stale is left out."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
            if isinstance(body[0].value.value, str):
                body[0] = ast.Pass()
    return ast.dump(tree)


def hashes(study: Study, module: str) -> dict[str, str]:
    """The sources a card judged, and the study that judged them."""
    files = [HERE / f"{module}.py"]
    for name in study.sources:
        path = ROOT / name
        files += sorted(path.rglob("*.py")) if path.is_dir() else [path]
    return {path.relative_to(ROOT).as_posix(): hashlib.sha256(bare_source(path).encode()).hexdigest()[:16] for path in files}


def run_cell(module: str, name: str, index: int, first: int, last: int) -> list[dict[str, float]]:
    """Run simulations first..last-1 of one cell; each has its own seed."""
    study = next(study for study in load(module) if study.name == name)
    cell = study.cells[index]
    return [study.simulate(cell, np.random.default_rng([study.seed, index, k])) for k in range(first, last)]


def summarise(outcomes: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Count and mean of each metric."""
    metrics = sorted({key for outcome in outcomes for key in outcome})
    found = {}
    for metric in metrics:
        values = [outcome[metric] for outcome in outcomes if metric in outcome]
        found[metric] = {"n": len(values), "mean": float(f"{np.mean(values):.6g}")}
    return found


def load(module: str) -> list[Study]:
    if str(HERE) not in sys.path:
        sys.path.insert(0, str(HERE))
    return importlib.import_module(module).STUDIES


def modules() -> list[str]:
    return sorted(path.stem for path in HERE.glob("study_*.py"))


def run_slice(study: Study, module: str) -> Iterator[tuple[int, dict[str, dict[str, float]]]]:
    """Yield the summary of the first twentieth of every cell."""
    for index in range(len(study.cells)):
        yield index, summarise(run_cell(module, study.name, index, 0, study.slice))


def make_card(study: Study, module: str, simulations: int, jobs: int = 2) -> dict:
    """Run every cell of a study."""
    cells = []
    with ProcessPoolExecutor(jobs) as pool:
        work = [pool.submit(run_cell, module, study.name, index, 0, simulations) for index in range(len(study.cells))]
        for cell, done in zip(study.cells, work, strict=True):
            outcomes = done.result()
            cells.append({"cell": dict(cell), "all": summarise(outcomes), "slice": summarise(outcomes[: study.slice])})
            print(f"  {dict(cell)}", {k: v["mean"] for k, v in cells[-1]["all"].items()}, flush=True)
    return {
        "study": study.name,
        "seed": study.seed,
        "simulations": simulations,
        "sources": hashes(study, module),
        "cells": cells,
    }


def broken_promises(study: Study, card: dict) -> list[str]:
    """Metrics of a card outside the range promised for them."""
    found = []
    for metric, (low, high) in study.promises.items():
        for cell in card["cells"]:
            kept = cell["all"].get(metric)
            if kept and not low <= kept["mean"] <= high:
                found.append(f"{study.name} {cell['cell']}: {metric} {kept['mean']} outside {low}..{high}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the cards")
    parser.add_argument("--try", dest="tried", action="store_true", help="run COUNT simulations a cell and print them")
    parser.add_argument("words", nargs="*", help="study files, and with --try a count")
    given = parser.parse_args()
    counts = [int(word) for word in given.words if word.isdigit()]
    wrong = []
    for module in [word for word in given.words if not word.isdigit()] or modules():
        for study in load(module):
            print(study.name, flush=True)
            card = make_card(study, module, counts[0] if given.tried and counts else study.simulations)
            wrong += broken_promises(study, card)
            if given.write:
                CARDS.mkdir(exist_ok=True)
                study.card.write_text(json.dumps(card, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print("\n".join(wrong) or "every promise held")
    return bool(wrong)


if __name__ == "__main__":
    raise SystemExit(main())
