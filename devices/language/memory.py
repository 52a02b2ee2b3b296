"""Memory and work that a request would take, weighed before they are taken."""

from __future__ import annotations

import math
import os
from pathlib import Path

from .errors import ParameterError

#: Part of the free memory that one request may take.
SHARE = 0.5
#: Bytes of a number, and how many copies of a table there are while it is made.
NUMBER, COPIES = 8, 3
#: What is not worth a look at the free memory. [byte]
SMALL = 2**26
#: Free memory where the system does not tell it. [byte]
ASSUMED = 4 * 2**30


def free_memory() -> int:
    """Memory that the process can still have [byte]: what the system has, and what the process's limits leave."""
    free = _system_memory()
    try:
        import resource
    except ImportError:  # a system without such limits
        return free
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return free if limit == resource.RLIM_INFINITY else max(0, min(free, limit - _own_memory()))


def require_memory(count: float, what: str, size: float, instead: str = "ask for") -> None:
    """Refuse a request for which there is no memory.

    Parameters
    ----------
    count : float
        How many things are asked for.
    what : str
        What they are, in the plural.
    size : float
        Memory that one of them takes. [byte]
    instead : str
        What to do instead, before "at most so many".

    Raises
    ------
    ParameterError
        If they take more than the share :data:`SHARE` of the free memory.
    """
    if count * size <= SMALL:
        return
    limit = SHARE * free_memory()
    if count * size > limit:
        most = math.floor(limit / size)
        advice = f"{instead} at most {most if most < 10**6 else f'{most:.2g}'}"
        raise ParameterError(
            f"{count:.4g} {what} take {readable(count * size)} of memory, and a request may take {readable(limit)} of "
            f"what is free: {advice if most else 'not even one of them has room'}"
        )


def table_size(columns: int) -> float:
    """Memory that a row of a table of numbers takes while it is made [byte]."""
    return NUMBER * COPIES * columns


def readable(size: float) -> str:
    """A size in bytes for people to read."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if size < 1000:
            return f"{size:.3g} {unit}"
        size /= 1000
    return f"{size:.3g} PB"


def _system_memory() -> int:
    """Memory that the system can still give [byte]."""
    try:
        with Path("/proc/meminfo").open(encoding="ascii") as file:
            entries = dict(line.split(":", 1) for line in file)
        return 1024 * int(entries["MemAvailable"].split()[0])
    except (OSError, KeyError, ValueError):  # not Linux
        pass
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (OSError, ValueError):
        return ASSUMED


def _own_memory() -> int:
    """Addresses that the process has taken [byte]."""
    try:
        with Path("/proc/self/statm").open(encoding="ascii") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0
