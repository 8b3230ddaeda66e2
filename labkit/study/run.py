"""A study run from its params file to its published report, in reading order."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from labkit import desk as desks
from labkit import runner
from labkit.desk import SIMULATED_FOLDER
from labkit.errors import EnvironmentUnfit, NotebookFailed, Refusal, Rule
from labkit.params import Params, check_report_name, find_project, read_params, resolve_inputs
from labkit.report.commit import commit_of
from labkit.report.manifest import sha256_file, write_manifest
from labkit.report.preflight import check_reports_folder
from labkit.report.publish import publish
from labkit.report.staging import Staging, recover, staging, study_lock
from labkit.runner import Chapter
from labkit.study.contents import LOCK, facts_of, keep_notebooks, keep_tables, notes_of, render
from labkit.study.record import recorded

UNKNOWN_NOTEBOOK = Rule(
    "RUN-NOTEBOOK",
    en=("no notebook “{name}”", "one of {known}", "correct the name; `labkit list` shows all"),
    zh=("没有笔记本“{name}”", "须为 {known} 之一", "请更正名称；`labkit list` 可列出全部"),
)
CHANGED = Rule(
    "RUN-CHANGED",
    en=("the input changed while the study ran", "the same file from start to end", "run again when it is complete"),
    zh=("研究运行期间输入文件发生了变化", "文件须自始至终不变", "请在文件完整后重新运行"),
)
NO_LOCK = Rule(
    "RUN-LOCK",
    en=("the list of what is installed is missing", "requirements.lock of this project", "put it back: `git checkout` has it"),
    zh=("缺少已安装软件的清单", "须有本项目的 requirements.lock", "请恢复该文件：`git checkout` 即可"),
)


@dataclass(frozen=True)
class Step:
    """What a run is doing: a sentence, and for notebooks the code cell `done` of `of`."""

    text: str
    done: int = 0
    of: int = 0


Listener = Callable[[Step], None]


def run_study(
    params_file: Path, reports: Path | None = None, settings: Sequence[str] = (), listen: Listener = lambda _: None
) -> Path:
    """Run a study and publish its report.

    Parameters
    ----------
    params_file : Path
        The study.
    reports : Path, optional
        The folder of all reports; the project's own where it is not given.
    settings : sequence of str
        Choices for this run, `a.b=VALUE`.
    listen : callable
        Hears each `Step`.

    Returns
    -------
    Path
        The folder of the report.

    Raises
    ------
    Refusal, NotebookFailed, EnvironmentUnfit, Interrupted
        The report published before is then untouched.
    """
    listen(Step("reading the study"))
    params = read_params(params_file, settings)
    project = find_project(params.path)
    reports = reports if reports is not None else project / "reports"
    check_report_name(params.study, reports)
    check_reports_folder(reports, params.study)
    reports = reports.absolute()  # the kernels work in folders of their own
    if not (project / LOCK).is_file():
        raise EnvironmentUnfit(NO_LOCK.at(LOCK))
    notebooks = _notebooks(params, project)
    resolve_inputs(params, None)
    if params.choices.simulation is None:
        desk = desks.lay_desk(params.choices, "en", params.path.parent, None, project)
        desks.read_inputs(desk)  # what a door refuses is refused before anything is written
    with study_lock(reports, params.study):
        recover(reports)
        with staging(reports) as stage:
            return _run(params, project, reports, notebooks, stage, listen)


def _run(params: Params, project: Path, reports: Path, notebooks: dict[str, Path], stage: Staging, listen: Listener) -> Path:
    with recorded(reports, stage.run_id, params.study) as record:
        simulated = desks.simulate_into(params.choices, stage.folder)
        tables = stage.folder / "tables"
        desk = desks.lay_desk(params.choices, "en", params.path.parent.resolve(), simulated, tables)
        inputs = desks.read_inputs(desk)
        before = {name: sha256_file(path) for name, path in inputs.files}
        run_file, workspace = stage.folder / "run.json", stage.folder / "work"
        told = {"base": str(desk.base), "simulated": str(simulated) if simulated else None, "tables": str(tables)}
        run_file.write_text(json.dumps(told), encoding="ascii")  # escaped, for a folder's name need not be UTF-8
        workspace.mkdir()
        chapters = list(_chapters(params, notebooks, tables))
        if not any("consumption" in chapter.tables for chapter in chapters):
            raise NotebookFailed(", ".join(notebooks), None, "no notebook of the study announces the table consumption")
        executed = runner.run_chapters(
            chapters,
            workspace=workspace,
            run_file=run_file,
            progress=lambda one: listen(Step(f"notebook {one.chapter.id} ({one.chapter.language})", one.cell, one.cells)),
        )
        record["chapters"] = {one.chapter.name: round(one.seconds, 3) for one in executed}
        record["log"] = [line for one in executed for line in one.log]
        changed = [CHANGED.at(name) for name, path in inputs.files if not path.is_file() or sha256_file(path) != before[name]]
        if changed:
            raise Refusal(changed)
        listen(Step("writing the report"))
        names = keep_tables(chapters, stage.report / "tables")
        if simulated is not None:
            shutil.copytree(simulated, stage.report / "tables" / SIMULATED_FOLDER)
        keep_notebooks(executed, stage.report)
        notes = [*inputs.notes, *notes_of(stage.report / "tables", names, desk)]
        commit = commit_of(project)
        for language in params.choices.languages:
            render(params, language, executed, notes, commit, stage.report)
        write_manifest(stage.report, facts_of(params, project, desk, inputs, before, executed, notes, commit))
        listen(Step("publishing"))
        return publish(stage.report, reports, params.study)


def _notebooks(params: Params, project: Path) -> dict[str, Path]:
    known = {path.stem: path for path in sorted((project / "notebooks").glob("*.ipynb"))}
    strangers = [name for name in params.choices.notebooks if name not in known]
    if strangers:
        place = params.places.get(("notebooks",))
        row = getattr(place, "row", None)
        raise Refusal(
            UNKNOWN_NOTEBOOK.at(str(params.path), row, "notebooks", name=name, known=", ".join(known)) for name in strangers
        )
    return {name: known[name] for name in params.choices.notebooks}


def _chapters(params: Params, notebooks: dict[str, Path], tables: Path) -> Iterator[Chapter]:
    for name, path in notebooks.items():
        about = runner.read_notebook(path).metadata.get("labkit", {})
        if not {"tables", "figures"} <= set(about):
            raise NotebookFailed(path.name, None, "does not announce its tables and figures (metadata: labkit)")
        for language in params.choices.languages:
            yield Chapter(
                notebook=path,
                id=name,
                language=language,
                parameters={"study": params.study, "language": language, "choices": params.choices.to_plain()},
                tables_dir=tables / language,
                tables=tuple(about["tables"]),
                figures=tuple(about["figures"]),
                may_show=tuple(about.get("may_show", ())),
            )
