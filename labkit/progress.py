"""How a run is heard: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from labkit.study import Step


@contextmanager
def listener(verbose: bool = False, quiet: bool = False) -> Iterator[Callable[[Step], None]]:
    """Give a listener for the steps of a run; what it prints goes to standard error."""
    if quiet or sys.stderr is None:  # closed by whoever started this, as some job runners do
        yield lambda _: None
    elif sys.stderr.isatty() and not verbose:
        with tqdm(total=100, bar_format="{desc:<32.32} {bar} {percentage:3.0f}%", leave=False, file=sys.stderr) as bar:
            yield _Bar(bar)
    else:
        yield _Lines(verbose)


class _Bar:
    """One bar for the whole run: reading 5, notebooks 80, report 10, publishing 5 percent."""

    def __init__(self, bar: tqdm) -> None:
        self.bar = bar
        self.cells: dict[str, tuple[int, int]] = {}

    def __call__(self, step: Step) -> None:
        self.bar.set_description_str(step.text)
        if step.of:
            self.cells[step.text] = (step.done - 1, step.of)
            done, of = (sum(pair) for pair in zip(*self.cells.values(), strict=True))
            self.bar.n = 5 + round(80 * done / of)
        else:
            self.bar.n = {"writing the report": 85, "publishing": 95}.get(step.text, 0)
        self.bar.refresh()


class _Lines:
    """A line when something else begins; with `verbose` a line for each cell."""

    def __init__(self, verbose: bool) -> None:
        self.verbose = verbose
        self.said: set[str] = set()

    def __call__(self, step: Step) -> None:
        if self.verbose or step.text not in self.said:
            self.said.add(step.text)
            where = f", cell {step.done} of {step.of}" if step.of and self.verbose else ""
            print(f"{step.text}{where}", file=sys.stderr, flush=True)  # noqa: T201 - progress is meant to be printed
