"""The commands about the store: add, list, show, correct."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from labkit.cli.group import EXIT_CODES, Group, language
from labkit.cli.options import AS_KIND, AS_OF, KINDS, PROFILE, SITES, STORE, to_moment, to_profile


@click.group(
    cls=Group, context_settings={"help_option_names": ["-h", "--help"]}, short_help="Keep files, and every past state."
)
def store() -> None:
    """Keep laboratory files with checksums, correct rows in the open, read any past state.

    The store lies in --store, $LABKIT_STORE, or labkit/store in your data folder.
    """


@store.command(epilog=EXIT_CODES)
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@AS_KIND
@PROFILE
@SITES
@STORE
@click.option("--author", help="Who brings it [default: the user].")
def add(
    files: tuple[str, ...], kind: str | None, profile: str | None, sites: str | None, folder: Path | None, author: str | None
) -> None:
    """Check each FILE and keep its rows; a file that is there already is left as it is."""
    from labkit.intake import add_files, store_folder
    from labkit.wording.store import say_added

    added = add_files(store_folder(folder), files, kind, to_profile(profile), author=author, sites=sites)
    click.echo(say_added(added, language()))


@store.command(name="list")
@AS_OF
@STORE
def list_store(as_of: datetime | None, folder: Path | None) -> None:
    """List what was added and corrected, the oldest first."""
    from labkit.intake import store_folder
    from labkit.store import open_store
    from labkit.wording.store import say_entries

    click.echo(say_entries(open_store(store_folder(folder)).list(to_moment(as_of)), language()))


@store.command()
@click.argument("kind", type=click.Choice(KINDS))
@AS_OF
@click.option("--rows", default=20, show_default=True, help="Rows to show; 0 for all.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV, all rows.")
@STORE
def show(kind: str, as_of: datetime | None, rows: int, as_csv: bool, folder: Path | None) -> None:
    """Show the rows of KIND that are in force, or were at a past moment."""
    from labkit.intake import store_folder
    from labkit.store import open_store
    from labkit.wording.store import say_rows

    table = open_store(store_folder(folder)).read(kind, as_of=to_moment(as_of))
    click.echo(say_rows(table, 0 if as_csv else rows, as_csv, language()), nl=False)


@store.command()
@click.argument("place", metavar="ENTRY:ROW")
@click.argument("settings", metavar="COLUMN=VALUE...", nargs=-1, required=True)
@click.option("--reason", required=True, help="Why: it is kept with the correction.")
@click.option("--author", help="Who corrects [default: the user].")
@click.option(
    "--where", multiple=True, metavar="COLUMN=VALUE", help="Which result of a row of a wide file, as analyte=ketamine."
)
@STORE
def correct(
    place: str, settings: tuple[str, ...], reason: str, author: str | None, where: tuple[str, ...], folder: Path | None
) -> None:
    """Give one row new values; what it was stays readable by date. ENTRY is the number that `store list` shows.

    A new value moves its interval: concentration_ng_L=250 is known exactly, with censored=below it is the limit.
    """
    from labkit.intake import correct_row, store_folder
    from labkit.wording.store import say_entries

    entry = correct_row(store_folder(folder), place, settings, reason=reason, author=author, where=where)
    click.echo(say_entries([entry], language()))
