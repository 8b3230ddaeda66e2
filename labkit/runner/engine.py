"""Run one staged notebook through papermill's own client, in a kernel that is ended with everything it started.

Two things people confuse: a hook of this engine only watches and stops; whether the notebook ran whole is judged afterwards, by
`proof`. Importing this module costs about a second, all of it papermill's and nbformat's imports.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_core.utils import ensure_event_loop
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import NotebookExecutionManager
from papermill.parameterize import parameterize_notebook

from labkit.errors import EnvironmentUnfit, NotebookFailed
from labkit.runner.kernel import QUIET, kernel_environment, make_kernel, socket_folder
from labkit.runner.processes import end_kernel, register

IOPUB_PATIENCE = 60  # seconds for the last output of a finished cell, on a loaded machine
KILLED = -9


class Stopped(Exception):
    """The run was called off; nothing is wrong with this chapter."""


def inject(notebook: Any, parameters: dict[str, Any]) -> Any:
    """Return the notebook with papermill's own cell of parameters after the one tagged `parameters`."""
    notebook.metadata["papermill"] = {}  # papermill expects what its own reader would have put in
    for cell in notebook.cells:
        cell.metadata.setdefault("tags", [])
    return parameterize_notebook(notebook, parameters, kernel_name="python3", language="python")


class Watch:
    """What the hooks of a run see: the cell that runs, and that it is the cell that was checked."""

    def __init__(self, name: str, notebook: Any, begin: Callable[[int], None], called_off: Callable[[], bool]) -> None:
        """Remember what was checked; `begin` is told the index of each code cell that starts."""
        self.name, self.checked = name, [cell.source for cell in notebook.cells]
        self.begin, self.called_off = begin, called_off
        self.index: int | None = None
        self.process: Any = None  # the kernel's Popen: after its end only this knows the exit status
        self.asked_to_stop = False

    def cell_starts(self, cell: Any, cell_index: int) -> None:
        """Stop a cell that is not the one that was checked, before it goes to the kernel."""
        if self.called_off():
            raise Stopped
        if cell.source != self.checked[cell_index]:
            raise NotebookFailed(self.name, None, "a cell changed after it was checked; nothing of it was run")
        self.index = cell_index
        self.begin(cell_index)

    def cell_ended(self, cell: Any, cell_index: int, execute_reply: dict[str, Any]) -> None:
        """Stop after `exit()`: to the kernel it is an answer like any other, with a wish in its payload."""
        if any(item.get("source") == "ask_exit" for item in execute_reply["content"].get("payload", [])):
            self.asked_to_stop = True
            raise Stopped


def run_notebook(notebook: Any, watch: Watch, *, folder: Path, run_file: Path, mark: str, timeout: int) -> str:
    """Execute `notebook` in place and return why it stopped early, or an empty text.

    Raises `EnvironmentUnfit` when no kernel starts, `Stopped` when the run was called off.
    """
    folder = folder.absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # the connection file and the sockets are nobody else's
    for name in ("ipython", "runtime", "jupyter", "work"):
        (folder / name).mkdir(exist_ok=True)
    register(mark)
    with socket_folder(folder) as sockets, (folder / "kernel.log").open("wb") as said:
        kernel = make_kernel(folder, sockets, mark)

        def started(notebook: Any) -> None:
            watch.process = kernel.provisioner.process  # type: ignore[union-attr]
            register(mark, watch.process.pid)

        manager = NotebookExecutionManager(notebook, output_path=None, progress_bar=False, autosave_cell_every=0)
        client = PapermillNotebookClient(
            manager,
            km=kernel,
            timeout=timeout,
            iopub_timeout=IOPUB_PATIENCE,
            force_raise_errors=True,
            skip_cells_with_tag="",
            record_timing=False,
            coalesce_streams=True,
            store_widget_state=False,
            shutdown_kernel="immediate",
            on_notebook_start=started,
            on_cell_execute=watch.cell_starts,
            on_cell_executed=watch.cell_ended,
            log=QUIET,
        )
        manager.notebook_start()
        try:
            # the kernel's own folder: a file beside the person who runs this must not be imported, and papermill's
            # `cwd` would change the folder of the whole process
            client.execute(
                cleanup_kc=True,
                cwd=str(folder / "work"),
                env=kernel_environment(folder, run_file, mark),
                stdout=said,
                stderr=said,
            )
        except DeadKernelError:
            return _death(watch)
        except CellTimeoutError:
            return f"gave no result in {timeout} s (timeout)"
        except Stopped:
            if watch.asked_to_stop:
                return "asks the kernel to stop"
            raise
        except RuntimeError as error:
            if watch.called_off():
                raise Stopped from error
            if watch.process is None:
                raise EnvironmentUnfit(f"no notebook kernel could be started: {_last_line(folder) or error}") from error
            return _death(watch)
        finally:
            end_kernel(mark)
            if watch.process is not None:
                watch.process.wait()
            _close_loop()
    return ""


def _close_loop() -> None:
    """Close this thread's event loop; after a dead kernel tasks of nbclient still wait for its last output."""
    loop = ensure_event_loop()
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.close()


def _death(watch: Watch) -> str:
    if watch.called_off():
        raise Stopped
    status = watch.process.poll() if watch.process else KILLED
    return "the kernel died (out of memory?)" if status == KILLED else f"the kernel died (exit status {status})"


def _last_line(folder: Path) -> str:
    lines = (folder / "kernel.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return lines[-1] if lines else ""
