"""The commands about laboratory files: check, profile, simulate, key."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click

from labkit.cli.group import EXIT_CODES, language
from labkit.cli.main import main
from labkit.cli.options import AS_KIND, PROFILE, SITES, to_profile
from labkit.errors import Refusal


@main.command(epilog=EXIT_CODES, short_help="Is this file understood, and what is wrong with it?")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@AS_KIND
@PROFILE
@SITES
@click.option("--json", "as_json", is_flag=True, help="Every note and problem for machines.")
def check(files: tuple[str, ...], kind: str | None, profile: str | None, sites: str | None, as_json: bool) -> None:
    """Send each FILE through its door alone, to see whether it is understood and what is wrong with it.

    FILE may be CSV, TSV, .xlsx, Parquet, or a database: postgresql+psycopg://user@host/name#table. Without --as, the kind is
    told from the columns. Nothing is kept.
    """
    from labkit.loaders.check import check_files, say_checked, to_json

    checked = check_files(files, kind, to_profile(profile), sites)
    taken, refused = say_checked(checked, language())
    if as_json:
        click.echo(to_json(checked))
    elif taken:
        click.echo(taken)
    if refused:
        click.echo(refused, err=True)
        sys.exit(Refusal.exit_code)


@main.command(short_help="Draft a laboratory profile from a sample file.")
@click.argument("file")
@AS_KIND
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write the draft to [default: standard output].")
def profile(file: str, kind: str | None, output: Path | None) -> None:
    """Draft a profile (params/labs/) from FILE, and ask for what it cannot know."""
    from labkit.loaders.draft import draft_profile
    from labkit.vocabulary import FileKind

    draft = draft_profile(Path(file), file, FileKind(kind) if kind else None)
    if output is None:
        click.echo(draft.text, nl=False)
    else:
        with output.open("x", encoding="utf-8") as new:  # a profile that is there has been worked on
            new.write(draft.text)
        click.echo(output)
    click.echo("\n".join(note.text(language()) for note in draft.questions), err=True)


@main.command(short_help="Write a simulated city as laboratory files.")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--seed", default=1, show_default=True, help="Names the city, with its start.")
@click.option("--sites", default=6, show_default=True, help="Sampling points.")
@click.option("--weeks", default=52, show_default=True, help="Weeks of seven days.")
@click.option("--start", default="2022-01-03", show_default=True, type=click.DateTime(["%Y-%m-%d"]), help="First day.")
def simulate(folder: Path, seed: int, sites: int, weeks: int, start: datetime) -> None:
    """Write a SIMULATED city to FOLDER: water, hair and blood as laboratory files in three house styles, and the truth."""
    from labkit.simulate import simulate_laboratories

    written = simulate_laboratories(folder, seed=seed, sites=sites, weeks=weeks, start=start.date())
    click.echo("\n".join(map(str, written)))


@main.command(short_help="Make the key of the pseudonyms of hair and blood.")
def key() -> None:
    """Make the key that turns subjects into pseudonyms, at $LABKIT_KEY or in your configuration folder; never overwritten."""
    from labkit.loaders.people.pseudonyms import make_key

    click.echo(f"fingerprint {make_key().fingerprint}")


@main.command(short_help="Every rule, in both languages, with an example.")
@click.argument("ids", metavar="[ID]...", nargs=-1)
def rules(ids: tuple[str, ...]) -> None:
    """Print the rule catalogue as Markdown, or the rules whose ID begins so (VAL, VAL-ZERO)."""
    from labkit.rulebook import load_rules, say_rules

    click.echo(say_rules(rule for rule in load_rules().values() if not ids or rule.id.startswith(ids)), nl=False)
