"""The room that runs notebooks: one tiny notebook end to end, and the walls before and after it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.errors import NotebookFailed, Refusal
from labkit.runner import Chapter, Executed, Progress, declared_parameters, in_language, read_notebook, run_chapters, to_bytes
from labkit.runner.engine import Watch, inject
from labkit.runner.normalise import publishable
from labkit.runner.notebook import INJECTED, tags
from labkit.runner.scrub import scrub
from labkit.runner.wall import check_injected, check_names

PARAMETERS = 'study: str = "first"  # the params file\'s stem\nlanguage: str = "en"\nchoices: dict = {}'
FIGURE = (
    "import base64\nfrom IPython.display import publish_display_data\n"
    "png = base64.b64encode(b'\\x89PNG\\r\\n\\x1a\\n' + study.encode()).decode()\n"
    "publish_display_data({'image/png': png, 'text/plain': 'c'}, {'image/png': {'labkit': {'name': 'load'}}})"
)
TABLE = (
    "import json, os, pathlib\n"
    "file = pathlib.Path(json.loads(pathlib.Path(os.environ['LABKIT_RUN']).read_text())['tables'], language, 'load.csv')\n"
    "size = file.write_text('site\\nA\\n')"
)


def prose(source: str, *tagged: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "id": "x", "source": source, "metadata": {"tags": list(tagged)}}


def code(source: str, *tagged: str) -> dict[str, Any]:
    metadata = {"tags": list(tagged)} if tagged else {}
    return {"cell_type": "code", "id": "x", "source": source, "metadata": metadata, "outputs": [], "execution_count": None}


def notebook(*cells: dict[str, Any], **metadata: Any) -> Any:
    numbered = [cell | {"id": f"c{place}"} for place, cell in enumerate(cells)]
    return nbformat.from_dict({"cells": numbered, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., list[Executed]]:
    """Return a function that runs cells as one notebook in the languages given."""

    def execute(
        *cells: dict[str, Any], languages: tuple[str, ...] = ("en",), place: str = "here", **options: Any
    ) -> list[Executed]:
        folder = tmp_path / place / "notebooks"
        folder.mkdir(parents=True)
        path = folder / "tiny.ipynb"
        path.write_bytes(to_bytes(notebook(*cells, labkit={"title": {"en": "Tiny", "zh": "小"}})))
        run_file = folder.parent / "run.json"
        run_file.write_text(json.dumps({"tables": str(folder.parent)}), encoding="utf-8")
        chapters = []
        for language in languages:
            (folder.parent / language).mkdir()
            parameters = {"study": "城", "language": language, "choices": {"名": ['a"b\\n', -0.0, None, True]}}
            expected = {key: options[key] for key in ("tables", "figures") if key in options}
            chapters.append(Chapter(path, "tiny", language, parameters, folder.parent / language, **expected))
        progress = options.get("progress", lambda news: None)
        return run_chapters(chapters, workspace=folder.parent / "work", run_file=run_file, progress=progress)

    return execute


def test_a_notebook_in_two_languages_end_to_end(run: Callable[..., list[Executed]]) -> None:
    told: list[tuple[str, int, int]] = []

    def progress(news: Progress) -> None:
        told.append((news.chapter.language, news.cell, news.cells))

    cells = [prose("Hello", "en"), prose("你好", "zh"), prose("$x$"), code(PARAMETERS, "parameters"), code(FIGURE), code(TABLE)]
    cells += [code("print(study, language, choices)"), code("")]
    english, chinese = run(*cells, languages=("en", "zh"), tables=("load",), figures=("load",), progress=progress)
    assert [cell.source for cell in english.notebook.cells if cell.cell_type == "markdown"] == ["Hello", "$x$"]
    assert [cell.source for cell in chinese.notebook.cells if cell.cell_type == "markdown"] == ["你好", "$x$"]
    assert chinese.figures == {"load": b"\x89PNG\r\n\x1a\n" + "城".encode()}
    assert chinese.notebook.cells[-2].outputs[0].text == "城 zh {'名': ['a\"b\\\\n', -0.0, None, True]}\n"
    injected = [cell.source for cell in chinese.notebook.cells if INJECTED in tags(cell)]
    assert injected == ["# Parameters\nstudy = '城'\nlanguage = 'zh'\nchoices = {'名': ['a\"b\\\\n', -0.0, None, True]}"]
    assert english.notebook.metadata.labkit.title.zh == "小"
    assert (english.log, english.seconds > 0) == ((), True)
    # the empty cell is counted, as a reader counts it, and is not run
    assert [news for news in told if news[0] == "en"] == [("en", 1, 5), ("en", 2, 5), ("en", 3, 5), ("en", 4, 5)]


def test_the_same_bytes_whatever_the_person_has_set(
    run: Callable[..., list[Executed]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = (
        "import os, time\n"
        "print(hash('a'), time.tzname, [os.environ.get(k) for k in ('LC_ALL', 'MPLBACKEND', 'OMP_NUM_THREADS')])"
    )
    cells = [
        code(PARAMETERS, "parameters"),
        code(seen),
        code("print(sorted(name for name in dir() if name.startswith('mine')))"),
        code("import importlib.util\nimportlib.util.find_spec('beside')"),
    ]
    first = to_bytes(run(*cells, place="a")[0].notebook)
    home = tmp_path / "home"
    startup = home / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("mine_startup = 1", encoding="utf-8")
    (home / "rc.py").write_text("mine_rc = 1", encoding="utf-8")
    changed = {
        "HOME": str(home), "PYTHONSTARTUP": str(home / "rc.py"), "TZ": "Asia/Shanghai", "LC_ALL": "zh_CN.UTF-8",
        "MPLBACKEND": "svg", "OMP_NUM_THREADS": "3", "PYTHONHASHSEED": "7", "JUPYTER_PREFER_ENV_PATH": "0",
    }  # fmt: skip
    for name, value in changed.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "beside.py").write_text("", encoding="utf-8")
    assert to_bytes(run(*cells, place="b b 乙")[0].notebook) == first
    assert b"mine_" not in first


@pytest.mark.parametrize("home", ["", "/nowhere", None])
def test_a_missing_home_is_no_hindrance(
    run: Callable[..., list[Executed]], monkeypatch: pytest.MonkeyPatch, home: str | None
) -> None:
    if home is None:
        monkeypatch.delenv("HOME", raising=False)
    else:
        monkeypatch.setenv("HOME", home)
    assert run(code(PARAMETERS, "parameters"), code("1 + 1"))[0].notebook.cells[-1].outputs[0].data == {"text/plain": "2"}


def test_warnings_go_to_the_log_and_not_into_the_notebook(run: Callable[..., list[Executed]]) -> None:
    cell = code("import warnings\nwarnings.warn('careful')\nprint('result')")
    (done,) = run(code(PARAMETERS, "parameters"), cell)
    assert [output.name for output in done.notebook.cells[-1].outputs] == ["stdout"]
    assert done.log[0] == "tiny.ipynb (en), code cell 2: the cell:2: UserWarning: careful"
    assert str(os.getpid()) not in "".join(done.log)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("object()", "an address in memory"),
        ("print(object())", "an address in memory"),
        ("import os\nos.getcwd()", "a path of this"),
    ],
)
def test_what_differs_from_run_to_run_is_no_result(run: Callable[..., list[Executed]], source: str, reason: str) -> None:
    with pytest.raises(NotebookFailed, match=reason) as failure:
        run(code(PARAMETERS, "parameters"), code(source))
    assert failure.value.cell == 2


def test_the_published_notebook_keeps_results_and_drops_circumstances() -> None:
    executed = notebook(
        code("1", "mine") | {"execution_count": 1, "outputs": [
            {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": "0xFF"}},
        ]},
        papermill={"input_path": "/srv/x"}, widgets={},
    )  # fmt: skip
    executed.cells[0].metadata |= {"papermill": {"duration": 1}, "execution": {"iopub": 1}, "scrolled": True}
    published, log = publishable(executed, "tiny")
    assert published.metadata == {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                                  "language_info": {"name": "python"}}  # fmt: skip
    assert (published.cells[0].id, published.cells[0].metadata, log) == ("cell-01", {"tags": ["mine"]}, ())
    assert published.cells[0].outputs[0].data["text/plain"] == "0xFF"
    assert executed.cells[0].metadata["scrolled"] is True  # the notebook given is not changed


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([prose("a", "en")], "cell 1 is tagged en; the next cell must be its twin"),
        ([prose("a", "zh"), prose("b", "en")], "cell 1 is tagged zh; the cell before it"),
        ([prose("a", "en"), prose("b"), prose("c", "zh")], "cell 1 is tagged en"),
        ([prose("a", "en"), prose("b", "en"), prose("c", "zh")], "cell 1 is tagged en"),
        ([prose("a", "en", "zh")], "cell 1 is tagged en and zh"),
        ([code("1", "en"), prose("b", "zh")], "cell 1 is code and tagged en"),
    ],
)
def test_prose_comes_in_adjacent_pairs(cells: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(NotebookFailed, match=reason):
        in_language(notebook(*cells), "en")


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ([code("1")], "0 code cells are tagged parameters"),
        ([code("a: int = 1", "parameters")] * 2, "2 code cells are tagged parameters"),
        ([code("a = 1", "parameters")], "line 1 of the parameters is not"),
        ([code("a: int", "parameters")], "line 1 of the parameters is not"),
        ([code("a: int = f()", "parameters")], "the default of a is not a literal"),
        ([code("a: int = 1\na: int = 2", "parameters")], "declared twice"),
        ([code("a: int = ", "parameters")], "is not plain Python in line 1"),
    ],
)
def test_the_parameters_cell_declares_literals_once(cells: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(NotebookFailed, match=reason):
        declared_parameters(notebook(*cells))
    assert declared_parameters(notebook(code(PARAMETERS, "parameters"))) == ("study", "language", "choices")


@pytest.mark.parametrize("content", [b"", b"{}", b'{"cells": 3, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', b"\xff"])
def test_a_file_that_is_no_notebook_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.ipynb").write_bytes(content)
    with pytest.raises(NotebookFailed, match="not a valid notebook"):
        read_notebook(tmp_path / "a.ipynb")
    for missing in (tmp_path / "b.ipynb", Path('{"cells": []}'), tmp_path):
        with pytest.raises(NotebookFailed, match="there is no such notebook"):
            read_notebook(missing)


def test_parameters_are_exactly_the_declared_ones() -> None:
    with pytest.raises(Refusal) as refusal:
        check_names({"yaer": 1, "x\nimport os": 2, "print": 3, "class": 4}, ("year", "print", "class"), "a.ipynb")
    lines = refusal.value.report().splitlines()
    assert [line.split()[1] for line in lines] == ["RUN-UNDECLARED"] * 4 + ["RUN-MISSING"]
    assert "did you mean year?" in lines[0]
    check_names({"year": 1}, ("year",), "a.ipynb")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(("study", "language", "choices")), JSON, min_size=1))
def test_every_json_value_passes_the_second_wall_unchanged(parameters: dict[str, Any]) -> None:
    ready = inject(notebook(code(PARAMETERS, "parameters")), parameters)
    check_injected(ready.cells[1].source, parameters, "a.ipynb")
    seen: dict[str, Any] = {}
    exec(ready.cells[1].source, seen)
    assert {name: repr(seen[name]) for name in parameters} == {name: repr(value) for name, value in parameters.items()}


@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), (1, 2), {1: 2}, {"a": {1}}, b"a", {1, 2}, [(1,)], {"a": Path("x")}],
)
def test_a_value_papermill_would_change_is_refused(value: Any) -> None:
    ready = inject(notebook(code(PARAMETERS, "parameters")), {"study": value})
    with pytest.raises(Refusal, match="RUN-WALL"):
        check_injected(ready.cells[1].source, {"study": value}, "a.ipynb")


@given(st.text(min_size=1))
def test_a_name_never_becomes_code(name: str) -> None:
    if name.isidentifier():
        return
    ready = inject(notebook(code(PARAMETERS, "parameters")), {name: 1})
    with pytest.raises(Refusal):
        check_injected(ready.cells[1].source, {name: 1}, "a.ipynb")


@pytest.mark.parametrize(
    "source",
    ["", "study = f()", "study = 'a'; x = 1", "study: str = 'a'", "study = x = 'a'", "study, x = 'ab'", "study = 'b'",
     "study = 'a'\nstudy = 'a'", "import os\nstudy = 'a'", "study += 'a'", "study.x = 'a'", "study = ["],
)  # fmt: skip
def test_the_second_wall_lets_only_the_given_literals_through(source: str) -> None:
    with pytest.raises(Refusal, match="RUN-WALL"):
        check_injected(source, {"study": "a"}, "a.ipynb")
    check_injected("# Parameters\nstudy = 'a'  # what was chosen\n", {"study": "a"}, "a.ipynb")


@pytest.mark.parametrize(
    ("cell", "given"), [("0.0", -0.0), ("1.5", 1.25), ("1", 1.0), ("True", 1), ("[1, 2]", [1]), ("'0012'", 12)]
)
def test_the_second_wall_sees_a_changed_value(cell: str, given: Any) -> None:
    with pytest.raises(Refusal, match="another value"):
        check_injected(f"study = {cell}", {"study": given}, "a.ipynb")


def test_a_refused_parameter_starts_no_kernel(run: Callable[..., list[Executed]], tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="RUN-UNDECLARED"):
        run(code('study: str = "first"', "parameters"), code("1"))
    assert not (tmp_path / "here" / "work").exists()


def test_the_second_wall_stands_before_the_kernel(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_bytes(to_bytes(notebook(code(PARAMETERS, "parameters"))))
    chapter = Chapter(path, "a", "en", {"study": "a", "language": "en", "choices": {"level": (1, 2)}}, tmp_path)
    with pytest.raises(Refusal, match="RUN-WALL"):
        run_chapters([chapter], workspace=tmp_path / "work", run_file=tmp_path / "run.json")
    assert not (tmp_path / "work").exists()


def test_a_cell_changed_after_it_was_checked_is_not_run() -> None:
    checked = notebook(code("1"), code("2"))
    begun: list[int] = []
    watch = Watch("a.ipynb", checked, begun.append, lambda: False)
    watch.cell_starts(checked.cells[0], 0)
    checked.cells[1].source = "3"
    with pytest.raises(NotebookFailed, match="changed after it was checked"):
        watch.cell_starts(checked.cells[1], 1)
    assert begun == [0]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("no '/srv/town/flow.csv'", "no '…/flow.csv'"),
        ("in /home/x/project/labkit/a.py:3", "in labkit/a.py:3"),
        ("mg/day/1000 inh, 1/2/3, https://example.org/a/b", "mg/day/1000 inh, 1/2/3, https://example.org/a/b"),
        (r"no C:\Users\x\flow.csv", r"no …\flow.csv"),
        ("\x1b[0;31mError\x1b[0m", "Error"),
        ("/tmp/ipykernel_12/345.py:1: UserWarning", "the cell:1: UserWarning"),
    ],
)
def test_a_message_names_no_folder_of_this_machine(text: str, shown: str) -> None:
    assert scrub(text, ("/home/x/project",)) == shown
