"""The record of a run under `reports/.runs/`: who, when, on which machine, how long, and how it ended.

None of this is ever published: a report is the same bytes whoever makes it, whenever.
"""

from __future__ import annotations

import getpass
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labkit.report.manifest import canonical
from labkit.report.staging import runs_folder


@contextmanager
def recorded(reports: Path, run_id: str, study: str) -> Iterator[dict[str, Any]]:
    """Give a run its record to write into, and keep it as `reports/.runs/<run-id>.json` however the run ends."""
    started = time.monotonic()
    record: dict[str, Any] = {
        "run": run_id,
        "study": study,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "who": _who(),
        "host": platform.node(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "time_zone": time.tzname[0],
        "outcome": "published",
    }
    try:
        yield record
    except BaseException as error:
        record["outcome"] = f"{type(error).__name__}: {error}"
        raise
    finally:
        record["seconds"] = round(time.monotonic() - started, 3)
        with suppress(OSError):  # a disk that fills up now must not call a published report a failure
            (runs_folder(reports) / f"{run_id}.json").write_bytes(canonical(record))


def _who() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a system without a name for this user
        return "unknown"
