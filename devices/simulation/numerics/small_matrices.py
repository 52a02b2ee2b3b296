"""NumPy's linear algebra on one thread, which is enough for matrices of some hundred rows.

OpenBLAS shares the work on larger ones than about 100 x 100 with threads that wait for each other in a busy loop: on a
machine that has other work a solution then takes a hundred times as long.
"""

from __future__ import annotations

import contextlib
import ctypes
import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any

#: Names of the functions of OpenBLAS that get and set the number of threads, in its builds.
NAMES = ("scipy_openblas_{}_num_threads64_", "scipy_openblas_{}_num_threads", "openblas_{}_num_threads")
_LOCK = threading.Lock()


@functools.cache
def _threads() -> tuple[Callable[[], int], Callable[[int], Any]] | None:
    """Functions that get and set the number of OpenBLAS's threads; None if NumPy has another library."""
    from numpy.linalg import _umath_linalg

    library = ctypes.CDLL(_umath_linalg.__file__)
    for name in NAMES:
        with contextlib.suppress(AttributeError):
            return getattr(library, name.format("get")), getattr(library, name.format("set"))
    return None


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let NumPy's linear algebra work on one thread meanwhile, in this process."""
    functions = _threads()
    if functions is None or not _LOCK.acquire(blocking=False):  # by another thread it is one already
        yield
        return
    get, set_ = functions
    before = get()
    try:
        set_(1)
        yield
    finally:
        set_(before)
        _LOCK.release()
