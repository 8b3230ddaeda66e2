"""The command line: what a researcher types, and in which words labkit answers. No science, no loops over data."""

from labkit.cli import files, studies
from labkit.cli.main import main
from labkit.cli.store import store

main.add_command(store)

__all__ = ["files", "main", "studies"]
