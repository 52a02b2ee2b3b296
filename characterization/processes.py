"""Work on several processes, none of which outlives the one that started it.

Calls go through :class:`joblib.Parallel`, in the backend and with the number of jobs of :func:`joblib.parallel_config`.
A process that computes looks twice a second whether the one that started it is still there, and ends itself if it is
not: even a process that is killed leaves none behind. Ctrl-C is for the first process alone, which ends the others.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import resource_tracker
from typing import Any

import joblib
from joblib.externals.loky import reusable_executor
from joblib.externals.loky.backend import resource_tracker as loky_tracker
from joblib.parallel import LokyBackend, get_active_backend

from ..devices.core.files import is_alive
from ..devices.language.errors import SimulationError, SynaspiceWarning, warn_user

#: Time between two looks at whether the process that started this one is there. [s]
LOOK = 0.5

_follows = False


class _Followed(LokyBackend):
    """Joblib's usual processes, which follow the one that started them from their beginning on."""

    def configure(self, *arguments: Any, **options: Any) -> int:
        number: int = super().configure(*arguments, initializer=_begin, **options)
        if hasattr(signal, "pthread_sigmask"):
            # These begin on first use, in the middle of what follows, and let Ctrl-C through afterwards.
            resource_tracker.ensure_running()
            loky_tracker.ensure_running()
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        return number


def in_processes(
    function: Callable[..., Any],
    calls: Iterable[Sequence[Any]],
    *,
    processes: int | None = None,
    ordered: bool = True,
    advice: str = "",
) -> Iterator[Any]:
    """Call a function with each of several sets of arguments; if the results are not taken, the rest is ended.

    Parameters
    ----------
    function : callable
        A function of a module.
    calls : iterable of sequences
        The arguments of each call.
    processes : int, optional
        Number of processes, -1 for one per core; default: that of :func:`joblib.parallel_config`.
    ordered : bool
        Whether results come in the order of the calls, or as they are finished.
    advice : str
        What to do if a process is killed.

    Yields
    ------
    object
        The result of each call.

    Raises
    ------
    SimulationError
        If a process was killed.
    """
    # Joblib warns in the thread that looks after its processes, when one was idle for minutes or has grown: as an error
    # it would end that thread, and nobody the wait for results.
    warnings.filterwarnings("ignore", "A worker stopped while some jobs were given", UserWarning)
    own = os.getpid()
    jobs = (joblib.delayed(_call)(own, function, arguments) for arguments in calls)
    results: Any = None
    try:
        with _followed(), _without_interrupts():
            run = joblib.Parallel(n_jobs=processes, return_as="generator" if ordered else "generator_unordered")
            results = run(jobs)
        for result, warned in results:
            for category, message in warned:
                warn_user(message, category)
            yield result
    except BrokenProcessPool as error:
        raise SimulationError(
            f"a process that computed a part was killed, by somebody or for want of memory{advice and f': {advice}'}"
        ) from error
    except Exception as error:
        if type(error).__module__.partition(".")[0] != "distributed":
            raise
        said = str(error).partition("\n")[0]
        raise SimulationError(f"the Dask cluster failed: {said}{advice and f'; {advice}'}") from error
    finally:
        if results is not None:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)
                results.close()


def end_processes() -> None:
    """End the idle processes that joblib keeps for the next work, in their own way: they have locks to give back."""
    kept = getattr(reusable_executor, "_executor", None)
    if kept is not None:
        kept.shutdown(wait=True, kill_workers=False)


def _begin() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    follow_parent()


def follow_parent() -> None:
    """From now on, end this process soon after the one that started it has ended."""
    global _follows
    parent = multiprocessing.parent_process()
    if parent is None or parent.pid is None or _follows:
        return
    _follows = True
    threading.Thread(target=_follow, args=(parent.pid,), daemon=True, name="synaspice-parent").start()


def _follow(parent: int) -> None:
    first = os.getppid()
    # One that was started by a server of processes, or whose parent is dead already, is the child of another.
    while os.getppid() == first and (first == parent or is_alive(parent)):
        time.sleep(LOOK)
    os._exit(1)


#: Kind and text of a warning.
Warned = tuple[type[SynaspiceWarning], str]


def _call(origin: int, function: Callable[..., Any], arguments: Sequence[Any]) -> tuple[Any, list[Warned]]:
    """The result, and what another process has to warn of: the user's filters are those of this one."""
    if os.getpid() == origin:
        return function(*arguments), []
    follow_parent()  # backends other than joblib's usual one have no place to say so at the beginning
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always", SynaspiceWarning)
        result = function(*arguments)
    ours = [(w.category, str(w.message)) for w in found if issubclass(w.category, SynaspiceWarning)]
    for other in found:
        if not issubclass(other.category, SynaspiceWarning):
            warnings.warn_explicit(other.message, other.category, other.filename, other.lineno)
    return result, ours


@contextlib.contextmanager
def _followed() -> Iterator[None]:
    """Joblib's usual backend, where it is chosen, with processes that follow this one."""
    backend, _ = get_active_backend()
    options = getattr(backend, "backend_kwargs", {})
    if type(backend) is not LokyBackend or "initializer" in options:
        yield
        return
    own = _Followed(nesting_level=backend.nesting_level, inner_max_num_threads=backend.inner_max_num_threads, **options)
    with joblib.parallel_config(backend=own):
        yield


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Processes that are started meanwhile never see Ctrl-C; this one sees it afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
