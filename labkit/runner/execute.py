"""Run all chapters: everything is checked first, then each runs in its own kernel, and one failure ends the rest.

Two things people confuse: threads wait, kernels work; so two workers mean two busy kernels. And an interrupt first ends
the kernels, then is reported; nothing that was started is left running.
"""

from __future__ import annotations

import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from labkit.errors import EnvironmentUnfit, Interrupted, NotebookFailed
from labkit.runner.normalise import publishable
from labkit.runner.notebook import (
    INJECTED,
    SENTINEL,
    check_honest,
    code_cells,
    declared_parameters,
    in_language,
    read_notebook,
    tags,
)
from labkit.runner.plan import Chapter, Executed, Progress
from labkit.runner.processes import kill_children
from labkit.runner.proof import prove, table_file
from labkit.runner.scrub import roots, scrub
from labkit.runner.wall import check_injected, check_names

LISTENING = 0.5  # seconds between looks for a signal on systems where waiting cannot be interrupted
SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


@dataclass(frozen=True)
class Staged:
    """A chapter whose notebook has passed every check that can be made without running it."""

    chapter: Chapter
    notebook: Any
    nonce: str
    hidden: tuple[str, ...]


def run_chapters(
    chapters: Sequence[Chapter],
    *,
    workspace: Path,
    run_file: Path,
    progress: Callable[[Progress], None] = lambda _: None,
    workers: int = 2,
) -> list[Executed]:
    """Execute all chapters, at most `workers` at once, and return them in the order given, each proven to have run whole.

    `workspace` is a folder of this run for the kernels' own files; `run_file` is what `LABKIT_RUN` names. `progress` is called
    in the calling thread. Raises `Refusal` (parameters) and `NotebookFailed` before any kernel starts where that is possible;
    `NotebookFailed` for the first chapter that fails; `EnvironmentUnfit` when no kernel starts; `Interrupted` on SIGINT,
    SIGTERM and SIGHUP. In each case every process that was started has ended.
    """
    hidden = roots(workspace, Path.cwd(), *{chapter.notebook.parent.parent for chapter in chapters}, Path("~").expanduser())
    staged = [stage(chapter, hidden) for chapter in chapters]
    news: SimpleQueue[Progress | Future[Executed]] = SimpleQueue()
    called_off = threading.Event()
    with _interrupts(), ThreadPoolExecutor(max(1, workers), "chapter") as pool:
        futures: list[Future[Executed]] = []
        try:
            for place, one in enumerate(staged, 1):
                folder = workspace / f"kernel-{place:02d}"
                futures.append(pool.submit(_run, one, folder, run_file, news.put, called_off))
                futures[-1].add_done_callback(news.put)
            _listen(news, len(futures), progress)
        except BaseException:
            called_off.set()
            for future in futures:
                future.cancel()
            while True:  # a kernel may just be starting; its thread then sees that the run is off
                kill_children()
                if not wait(futures, timeout=0.2).not_done:
                    break
            raise
    return [future.result() for future in futures]


def stage(chapter: Chapter, hidden: tuple[str, ...] = ()) -> Staged:
    """Return the chapter ready to run: one language, the parameters injected and checked again, the sentinel at the end."""
    import nbformat

    from labkit.runner.engine import inject

    written = read_notebook(chapter.notebook)
    check_honest(written, chapter.name)
    notebook = in_language(written, chapter.language, chapter.name)
    check_names(chapter.parameters, declared_parameters(notebook, chapter.name), chapter.notebook.name)
    notebook = inject(notebook, dict(chapter.parameters))
    (injected,) = [cell for cell in notebook.cells if INJECTED in tags(cell)]
    check_injected(injected.source, chapter.parameters, chapter.notebook.name)
    nonce = secrets.token_hex(16)
    notebook.cells.append(nbformat.v4.new_code_cell(f"print({nonce!r})", metadata={"tags": [SENTINEL]}))
    for table in chapter.tables:
        if table_file(chapter, table).exists():
            raise NotebookFailed(chapter.name, None, f"the table {table} is there before the run, so it would prove nothing")
    return Staged(chapter, notebook, nonce, hidden)


def _run(
    staged: Staged, folder: Path, run_file: Path, tell: Callable[[Progress], None], called_off: threading.Event
) -> Executed:
    from labkit.runner.engine import Watch, run_notebook

    chapter, notebook = staged.chapter, staged.notebook
    numbers = {id(cell): number for number, cell in code_cells(notebook)}
    numbered = [numbers.get(id(cell)) for cell in notebook.cells]
    cells = max((number for number in numbered if number), default=0)

    def begin(index: int) -> None:
        number = numbered[index]
        if number:
            tell(Progress(chapter, number, cells))

    watch = Watch(chapter.name, notebook, begin, called_off.is_set)
    start = time.monotonic()
    try:
        stopped = run_notebook(
            notebook, watch, folder=folder, run_file=run_file, mark=secrets.token_hex(16), timeout=chapter.timeout
        )
    except OSError as error:
        raise EnvironmentUnfit(scrub(f"the notebook kernel cannot work: {error}", staged.hidden)) from error
    if stopped:
        raise NotebookFailed(chapter.name, numbered[watch.index] if watch.index is not None else None, stopped)
    figures = prove(notebook, chapter, staged.nonce, staged.hidden)
    published, log = publishable(notebook, chapter.name, staged.hidden)
    return Executed(chapter, published, figures, log, time.monotonic() - start)


def _listen(news: SimpleQueue[Any], waiting: int, progress: Callable[[Progress], None]) -> None:
    while waiting:
        try:
            message = news.get(timeout=LISTENING)
        except Empty:
            continue
        if isinstance(message, Progress):
            progress(message)
        else:
            message.result()  # raises what made the chapter fail
            waiting -= 1


@contextmanager
def _interrupts() -> Iterator[None]:
    """Turn the first signal into `Interrupted`; the next ones are not heard until everything has been ended."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    first = threading.Event()

    def interrupt(number: int, frame: object) -> None:
        if not first.is_set():
            first.set()
            raise KeyboardInterrupt

    before = {}
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:  # nohup stays nohup
            before[number] = signal.signal(number, interrupt)
    try:
        yield
    except KeyboardInterrupt as error:
        raise Interrupted("stopped; no report was made, the previous one is untouched") from error
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
