"""The command line: what a researcher types, and in which words labkit answers. No science, no loops over data."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from labkit import __version__
from labkit.errors import LANGUAGES, EnvironmentUnfit, Interrupted, LabkitError, Problem, Refusal, Rule, printable

ABOUT = """From a laboratory's files to a report that says how each number came about.

A study is a params file (see params/template.yml). `labkit run` reads its files, executes its notebooks, proves that
they ran whole, and publishes reports/<study>/ with a report as HTML and PDF in each language.

\b
First steps
  labkit run params/first.yml               a simulated city, to see what comes out
  labkit check results.csv --as wastewater  is my file understood?
  labkit verify reports/first               is this report whole and unchanged?

Shell completion: eval "$(_LABKIT_COMPLETE=bash_source labkit)" (or zsh_source, fish_source).
Messages in Chinese: LABKIT_LANGUAGE=zh."""
EXIT_CODES = """\b
Exit codes
  0   done
  2   an input or a params file was refused
  3   a notebook failed
  4   refused by disclosure control
  5   the environment cannot do it (disk, folder, package)
  6   interrupted
  7   a report is damaged
  64  the command was not understood
  70  labkit itself is at fault (LABKIT_DEBUG=1 shows where)"""
USAGE, DEFECT = 64, 70
KINDS = ("wastewater", "flow", "population")
NO_PROJECT = Rule(
    "CLI-PROJECT",
    en=("no project here or above", "a folder with labkit/, notebooks/ and params/", "change into the folder of the project"),
    zh=("此处及上级文件夹都不是项目", "含有 labkit/、notebooks/ 和 params/ 的文件夹", "请进入项目文件夹后再运行"),
)
STOPPED = {
    "en": "stopped; nothing half-made was published",
    "zh": "已停止；没有发布任何未完成的内容",
}


class Group(click.Group):
    """A click group whose mistakes in the command line exit with 64, as 2 means a refused input here."""

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run, and turn every refusal into its sentences and its exit code."""
        _settle()
        try:
            outcome: Any = super().main(*args, **{**options, "standalone_mode": False})
            sys.exit(outcome if isinstance(outcome, int) else 0)
        except click.exceptions.Exit as error:
            sys.exit(error.exit_code)
        except click.UsageError as error:
            error.show()
            sys.exit(USAGE)
        except (click.Abort, KeyboardInterrupt):
            _fail(Interrupted())
        except LabkitError as error:
            _fail(error)
        except OSError as error:
            parts = [printable(str(part)) for part in (error.strerror or error, error.filename) if part]
            _fail(EnvironmentUnfit(": ".join(parts)))
        except Exception as error:
            if os.environ.get("LABKIT_DEBUG"):
                raise
            said = printable(f"{type(error).__name__}: {error}")
            click.echo(f"labkit: this is a defect of labkit, please report it: {said} (LABKIT_DEBUG=1 shows where)", err=True)
            sys.exit(DEFECT)


def language() -> str:
    """Return the language of messages: `LABKIT_LANGUAGE`, or English."""
    chosen = os.environ.get("LABKIT_LANGUAGE", "en")
    return chosen if chosen in LANGUAGES else "en"


def _fail(error: LabkitError) -> NoReturn:
    # all that has a place says it in the person's language; what a notebook said stays as it was said
    first = error.args[0] if error.args else None
    if isinstance(error, Interrupted):
        said = f"labkit: {STOPPED[language()]}"
    elif isinstance(first, Problem):
        said = f"labkit: {first.sentence(language())}"
    elif callable(report := getattr(error, "report", None)):
        said = report(language())
    else:
        said = f"labkit: {error}"
    click.echo(said, err=True)
    sys.exit(error.exit_code)


def _settle() -> None:
    """Let neither a terminal that lacks a character nor a user without a home folder end in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        Path.home()
    except RuntimeError:
        os.environ["HOME"] = os.sep  # as containers do for a user whom the system does not know


@contextmanager
def _heard_once() -> Iterator[None]:
    """Take a request to stop, a person's or the system's, as one interrupt; a second one does not disturb the clearing up."""
    heard: list[int] = []

    def stop(number: int, frame: object) -> None:
        heard.append(number)
        if len(heard) == 1:
            raise KeyboardInterrupt

    before = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
            before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _version() -> str:
    from labkit.params import find_project
    from labkit.report.commit import commit_of

    try:
        return f"{__version__} ({commit_of(find_project(Path(__file__)))})"
    except Refusal:
        return __version__


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"labkit {_version()}")
        context.exit()


@click.group(
    cls=Group, help=ABOUT, epilog=EXIT_CODES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)  # fmt: skip
@click.option("--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help="Version and commit.")
def main() -> None:
    """From a laboratory's files to a report that says how each number came about."""


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

    with _heard_once(), listener(verbose=verbose, quiet=quiet) as listen:
        folder = run_study(params, reports, settings, listen)
    click.echo(folder)


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


@main.command(epilog=EXIT_CODES, short_help="Is this file understood, and what is wrong with it?")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--as", "kind", required=True, type=click.Choice(KINDS), help="What the file holds.")
def check(file: Path, kind: str) -> None:
    """Send FILE through its door alone, to see whether it is understood and what is wrong with it."""
    from labkit.loaders.check import check_file

    for line in check_file(file, kind, language()):
        click.echo(line)
