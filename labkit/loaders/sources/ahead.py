"""Work begun ahead of the one who needs it, in other threads and in order, a few items at a time.

Two things people confuse: *ahead* bounds how much is held in memory; it does not change what comes, or in which order. What
fails, fails where its turn is.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

AHEAD = 4  # items that may be in work or wait
WORKERS = 2


def ahead(items: Iterator[T], work: Callable[[T], R]) -> Iterator[R]:
    """Yield what `work` makes of each item; items are asked for one by one, in a thread of their own.

    >>> list(ahead(iter([1, 2, 3]), lambda item: item * item))
    [1, 4, 9]
    """
    asking, working = ThreadPoolExecutor(1), ThreadPoolExecutor(WORKERS)
    waiting: deque[Future[list[R]]] = deque()

    def done(asked: Future[list[T]]) -> list[R]:
        return [work(item) for item in asked.result()]

    try:
        while True:
            while len(waiting) < AHEAD:
                waiting.append(working.submit(done, asking.submit(list, islice(items, 1))))
            made = waiting.popleft().result()
            if not made:
                return
            yield from made
    finally:
        for pool in (asking, working):
            pool.shutdown(cancel_futures=True)
