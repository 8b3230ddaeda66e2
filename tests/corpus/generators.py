"""Bad inputs that must not lie in a repository: too large, or a name that a file system or an editor would stumble over.

Each generator gets a fresh folder and returns the bad input and its good twin.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path

STUDY = """\
title: {{en: "{title}"}}
languages: [en]
notebooks: [load]
enters_at: load_per_1000
results: {{observe: results.csv}}
correction_factor: {{none: true}}
errors: {{none: true}}
"""


def one_megabyte(folder: Path) -> tuple[bytes, bytes]:
    """Write a title of one megabyte; the twin's is as long as a title may be."""
    return STUDY.format(title="x" * 1_000_000).encode(), STUDY.format(title="x" * 500).encode()


def three_hundred_bytes(folder: Path) -> tuple[str, str]:
    """Name something with 300 bytes; the twin has 40."""
    return "x" * 300, "x" * 40


def report_linked_elsewhere(folder: Path) -> tuple[str, str]:
    """Put a link out of the reports folder where a study publishes; the twin's place is free."""
    outside = folder / "outside"
    outside.mkdir()
    (folder / "reports").mkdir()
    (folder / "reports" / "first").symlink_to(outside, target_is_directory=True)
    return "first", "firs"


def report_in_other_case(folder: Path) -> tuple[str, str]:
    """Publish `first`, then ask for `First`; the twin is `first` itself."""
    (folder / "reports" / "first").mkdir(parents=True)
    return "First", "first"


GENERATORS: dict[str, Callable[[Path], tuple[bytes, bytes] | tuple[str, str]]] = {
    one.__name__: one for one in (one_megabyte, three_hundred_bytes, report_linked_elsewhere, report_in_other_case)
}
for module in map(
    importlib.import_module,
    sorted(
        path.stem
        for path in Path(__file__).parent.glob("*s.py")
        if path.stem not in ("doors", "generators") and not path.stem.startswith("test_")
    ),
):
    GENERATORS |= {
        name: one for name, one in vars(module).items() if inspect.isfunction(one) and one.__module__ == module.__name__
    }
