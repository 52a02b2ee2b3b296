"""Work on trajectories in threads, which stop when nobody wants the rest: compiled loops run beside each other."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, ThreadPoolExecutor
from typing import TypeVar

from ...core.processors import usual_threads

Result = TypeVar("Result")


def in_chunks(
    trajectories: range, task: Callable[[int, int], Result], *, size: int, threads: int | None = None
) -> Iterator[Result]:
    """Do a task for each chunk of trajectories, given the first and how many, in threads; results come in order."""
    starts = trajectories[::size]
    workers = threads or usual_threads()
    if workers == 1 or len(starts) == 1:
        yield from (task(start, min(size, trajectories.stop - start)) for start in starts)
        return
    stop = threading.Event()
    with ThreadPoolExecutor(workers, initializer=_obey, initargs=(stop,)) as pool:
        try:
            # As many at a time as keep the workers busy: results that wait take memory.
            for k in range(0, len(starts), 16 * workers):
                part = starts[k : k + 16 * workers]
                yield from pool.map(task, part, [min(size, trajectories.stop - start) for start in part])
        finally:  # who does not want the rest does not wait for it
            stop.set()


#: What tells a thread of a pool to stop.
_told = threading.local()


def _obey(stop: threading.Event) -> None:
    _told.stop = stop


def heed_stop() -> None:
    """End the task of this thread if nobody waits for it any more."""
    stop = getattr(_told, "stop", None)
    if stop is not None and stop.is_set():
        raise CancelledError
