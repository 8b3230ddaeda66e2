"""How labkit answers on the command line: exit codes, the language of messages, and no traceback.

Two things people confuse: an exit code of 2 (an input was refused) and one of 64 (the command itself was not understood).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click

from labkit.errors import LANGUAGES, EnvironmentUnfit, Interrupted, LabkitError, Problem, printable

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
def heard_once() -> Iterator[None]:
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
