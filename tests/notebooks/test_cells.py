"""Notebooks are thin: what a cell may hold, how the two languages pair, which sections follow one another."""

from __future__ import annotations

import ast
import json
import re
from itertools import pairwise
from pathlib import Path

import nbformat
import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
SECTIONS = ["The bottom line", "Choices", "Data", "Method", "Results", "Checks", "Limits", "How to run this again"]
LOGIC = (
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.IfExp),
    *(ast.Try, ast.TryStar, ast.With, ast.Match, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)
# Numbers that name a convention and not a result.
CONVENTIONS = re.compile(r"(?<![\d.,])1[,\u202f ]?000(?![\d.,]| samples| sites)|(?:90|95|99)\s?[%％]")
COUNTED = "ng|pg|µg|mg|kg|g|m3|m³|L|mL|doses|inhabitants|people|samples|sites|毫克|人|个样品|个点位"
LIKE_DATA = re.compile(rf"\d+(?:[.,]\d+)+|\d+\s*[%％‰]|\d+\s*(?:{COUNTED})\b")
PARAMETER = re.compile(r"[a-z_]+: [\w\[\], ]+ = .+  # .+")


def prose(notebook: nbformat.NotebookNode, language: str) -> list[str]:
    cells = [cell for cell in notebook.cells if cell.cell_type == "markdown"]
    return [cell.source for cell in cells if language in cell.metadata.get("tags", [])]


def plain(text: str) -> str:
    """Prose without what is no prose: formulas, code, links, identifiers of papers."""
    text = re.sub(r"\$\$.*?\$\$|\$[^$\n]+\$|```.*?```|`[^`\n]+`", " ", text, flags=re.DOTALL)
    return re.sub(r"https?://\S+|\b10\.\d{4,}/\S+", " ", text)


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request: pytest.FixtureRequest) -> nbformat.NotebookNode:
    return nbformat.read(request.param, as_version=4)


def code(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


def test_code_cells_are_few_and_short(notebook: nbformat.NotebookNode) -> None:
    assert 8 <= len(code(notebook)) <= 20
    assert {number: cell.source for number, cell in enumerate(code(notebook), 1) if len(cell.source.splitlines()) > 6} == {}


def test_no_logic_in_a_cell(notebook: nbformat.NotebookNode) -> None:
    for number, cell in enumerate(code(notebook), 1):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, LOGIC), f"code cell {number}: {type(node).__name__} belongs in labkit"
            assert not isinstance(node, ast.Import), f"code cell {number}: only `from labkit import …`"
            if isinstance(node, ast.ImportFrom):
                assert (node.module, node.level) == ("labkit", 0), f"code cell {number}: only `from labkit import …`"


def test_one_parameters_cell_with_name_type_default_and_meaning(notebook: nbformat.NotebookNode) -> None:
    tagged = [cell for cell in code(notebook) if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    lines = tagged[0].source.splitlines()
    assert [line for line in lines if not PARAMETER.fullmatch(line)] == []
    assert [line.split(":")[0] for line in lines] == ["study", "language", "choices"]


def test_prose_comes_in_adjacent_pairs(notebook: nbformat.NotebookNode) -> None:
    languages = []
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            tags = [tag for tag in cell.metadata.get("tags", []) if tag in ("en", "zh")]
            assert len(tags) == 1, f"cell {number} is tagged {tags}"
            languages.append((number, tags[0]))
    assert [language for _, language in languages] == ["en", "zh"] * (len(languages) // 2)
    assert all(after == before + 1 for (before, en), (after, _) in pairwise(languages) if en == "en")


def test_prose_is_long_enough_to_explain_and_short_enough_to_read(notebook: nbformat.NotebookNode) -> None:
    english = re.findall(r"[A-Za-z][A-Za-z'’-]*", plain("\n".join(prose(notebook, "en"))))
    chinese = re.findall(r"[\u4e00-\u9fff]", plain("\n".join(prose(notebook, "zh"))))
    assert 800 <= len(english) <= 2000
    assert 1200 <= len(chinese) <= 4500


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_typed_result_in_prose(notebook: nbformat.NotebookNode, language: str) -> None:
    text = CONVENTIONS.sub(" ", plain("\n".join(prose(notebook, language))))
    assert LIKE_DATA.findall(text) == [], "numbers that depend on data are written by labkit.wording"


def test_typed_results_would_be_found() -> None:
    for typed in ["12.5 of", "rose 22 %", "300 people", "1,234 samples", "1,000 sites", "21,000 L", "2.60 mg", "上升 22％"]:
        assert LIKE_DATA.search(CONVENTIONS.sub(" ", plain(typed))), typed
    for allowed in ["a 95 % interval", "per 1,000 inhabitants", "flow ÷ 1,000", "24-hour samples", "$E = 0.43$", "`0.43`"]:
        assert not LIKE_DATA.search(CONVENTIONS.sub(" ", plain(allowed))), allowed


def test_sections_in_their_order(notebook: nbformat.NotebookNode) -> None:
    heading_line = re.compile(r"^(#{1,2}) +(.+?)\s*$", re.MULTILINE)
    english, chinese = (heading_line.findall("\n".join(prose(notebook, language))) for language in ("en", "zh"))
    assert [marks for marks, _ in english] == ["#"] + ["##"] * len(SECTIONS)
    assert english[0][1].endswith("?"), "the title is a question"
    for (_, heading), section in zip(english[1:], SECTIONS, strict=True):
        assert heading.casefold().startswith(section.casefold())
    assert [marks for marks, _ in chinese] == [marks for marks, _ in english]
    assert chinese[0][1].endswith("？")
    assert set(notebook.metadata.labkit.title) == {"en", "zh"}


def test_outputs_are_kept_only_where_they_are_checked(notebook: nbformat.NotebookNode) -> None:
    checked = 0
    for number, cell in enumerate(code(notebook), 1):
        if "# NBVAL_CHECK_OUTPUT" in cell.source:
            assert cell.outputs, f"code cell {number} checks its output and has none"
            assert cell.execution_count == number, f"code cell {number}: keep the count of a run from the top"
            assert not re.search(r"0x[0-9a-f]{6,}", json.dumps(cell.outputs)), f"code cell {number}: an address in memory"
            checked += 1
        else:
            assert cell.outputs == [], f"code cell {number}: strip its output"
            assert cell.execution_count is None, f"code cell {number}: strip its count"
    assert checked, "no cell checks anything"
