"""The command `labkit` itself, its version and its help."""

from __future__ import annotations

from pathlib import Path

import click

from labkit import __version__
from labkit.cli.group import EXIT_CODES, Group
from labkit.errors import Refusal

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
