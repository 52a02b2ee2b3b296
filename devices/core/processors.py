"""How many processors to use."""

from __future__ import annotations

import os


def usual_threads() -> int:
    """How many threads to use: the processors that the process may use, or ``NUMBA_NUM_THREADS``.

    That is the variable that one sets for a process, and that joblib sets in its workers.
    """
    from joblib import cpu_count

    named = os.environ.get("NUMBA_NUM_THREADS", "")
    return int(named) if named.isdigit() and int(named) else int(cpu_count())
