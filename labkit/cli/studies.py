"""The commands about studies and their reports: run, restate, design, list, verify."""

from __future__ import annotations

from pathlib import Path

import click

from labkit.cli.group import EXIT_CODES, heard_once, language
from labkit.cli.main import main
from labkit.errors import Refusal, Rule

NO_PROJECT = Rule(
    "CLI-PROJECT",
    en=("no project here or above", "a folder with labkit/, notebooks/ and params/", "change into the folder of the project"),
    zh=("此处及上级文件夹都不是项目", "含有 labkit/、notebooks/ 和 params/ 的文件夹", "请进入项目文件夹后再运行"),
)

NO_DESIGN = Rule(
    "CLI-DESIGN",
    en=("no design can be computed: {reason}", "a study with series, and a budget of two samples a site", "change one of them"),
    zh=("无法计算采样方案：{reason}", "须为含有序列的研究，且每个采样点至少两个样品", "请更改其中之一"),
)


@main.command(epilog=EXIT_CODES, short_help="Run a study and publish its report.")
@click.argument("params", type=click.Path(path_type=Path))
@click.option("--reports", type=click.Path(path_type=Path), help="Folder of all reports [default: reports/ of the project].")
@click.option("--set", "settings", multiple=True, metavar="a.b=VALUE", help="Another choice for this run alone, as level=0.9.")
@click.option("-v", "--verbose", is_flag=True, help="One line for each cell.")
@click.option("--quiet", is_flag=True, help="Nothing but the report's folder.")
def run(params: Path, reports: Path | None, settings: tuple[str, ...], verbose: bool, quiet: bool) -> None:
    """Run the study PARAMS and publish its report; the last line printed is its folder."""
    if verbose and quiet:
        raise click.UsageError("--verbose and --quiet exclude one another")
    from labkit.progress import listener
    from labkit.study import run_study

    with heard_once(), listener(verbose=verbose, quiet=quiet) as listen:
        folder = run_study(params, reports, settings, listen)
    click.echo(folder)


@main.command(epilog=EXIT_CODES, short_help="What would a study say with another parameter?")
@click.argument("params", type=click.Path(path_type=Path))
@click.option(
    "--change", "changes", multiple=True, required=True, metavar="NAME=VALUE", help="As dose.cocaine=120; repeatable."
)
def restate(params: Path, changes: tuple[str, ...]) -> None:
    """Read the study PARAMS again with changed rows of the parameter library, and print old, new and factor.

    NAME is excretion.ANALYTE, dose.DRUG or molar_mass.SUBSTANCE, as in excretion.methamphetamine=0.39. Loads stay as
    they are, nothing is published, and the library is not changed.
    """
    from labkit.study import restate_study
    from labkit.wording import say_restated

    click.echo(say_restated(restate_study(params, changes), language()))


@main.command(epilog=EXIT_CODES, short_help="Which samples would show the change one wants to see?")
@click.argument("params", type=click.Path(path_type=Path))
@click.option("--samples", type=click.IntRange(min=2), required=True, help="Budget: before and after, over all sites.")
@click.option("--sites", type=click.IntRange(min=1), help="Sites sampled alike [default: those of the study].")
@click.option("--change", type=click.FloatRange(min=0, min_open=True), help="Rise to be found [default: policy_change].")
@click.option("--figure", type=click.Path(path_type=Path), help="PNG to write: 2, 4 and 7 samples a week.")
def design(params: Path, samples: int, sites: int | None, change: float | None, figure: Path | None) -> None:
    """Say which days and weeks find the smallest change, at the scatter of the study PARAMS and a budget of samples."""
    from labkit.design import designs, scatter_of
    from labkit.edition import Edition
    from labkit.figures import plot_designs
    from labkit.models.inputs import BadInput
    from labkit.study import study_loads
    from labkit.wording import say_designs

    desk, loads = study_loads(params)
    wanted = change or desk.choices.policy_change
    try:
        scatter = scatter_of(loads)
        found = designs(scatter, samples, sites or loads["site"].nunique(), level=desk.choices.level)
    except BadInput as reason:
        raise Refusal(NO_DESIGN.at(str(params), reason=str(reason))) from None
    click.echo(say_designs(found, scatter, wanted, language()))
    if figure is not None:
        drawn = plot_designs(scatter, Edition(language(), desk.edition.simulated), wanted, desk.choices.level)
        with figure.open("xb") as new:
            new.write(drawn.png)
        click.echo(figure)


@main.command(name="list", short_help="Studies and notebooks of this project, one line each.")
def list_() -> None:
    """List the studies of this project and its notebooks, one line each."""
    from labkit.catalogue import say_catalogue
    from labkit.params import find_project

    try:
        project = find_project(Path.cwd() / "here")
    except Refusal:
        try:
            project = find_project(Path(__file__))
        except Refusal:
            raise Refusal(NO_PROJECT.at(str(Path.cwd()))) from None
    click.echo(say_catalogue(project, language()))


@main.command(epilog=EXIT_CODES, short_help="Is this report whole and unchanged?")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
def verify(folder: Path) -> None:
    """Hold the report in DIR against its manifest: every file there, unchanged, and none beside."""
    from labkit.report.verify import verify_report

    verified = verify_report(folder)
    click.echo(f"{folder}: {verified.files} files, {verified.bytes:,} bytes, all as in the manifest")
