"""Runs one job of ngspice in a process that ends with its caller, at its time limit, and with all that it started.

Started as a script: ``guard.py CALLER LIMIT FOLDER PROGRAM ARGUMENT...``. It imports nothing of the package. The job is
a process of its own below this one, which waits for it:

- it is stopped at the time limit; the file ``stopped`` in the folder tells that it was;
- it is stopped where the caller is gone, however that ended, and then the folder goes too;
- should this process itself be killed, the kernel ends the job at once (Linux), or an alarm does after the time limit;
- with the job ends everything in its process group.

This process ends as the job did: with its status, or by its signal.
"""

from __future__ import annotations

import contextlib
import os
import runpy
import select
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

#: How often to look whether the caller is there. [s]
POLL = 0.25
#: Time after the limit until the alarm, which is for the case that nobody is left to enforce the limit. [s]
GRACE = 2.0
#: What scripts do that are imported already, by their paths.
LOADED: dict[str, Callable[..., object]] = {}
#: Name of the file that tells of the time limit.
STOPPED = "stopped"


def main(caller: str, limit: str, folder: str, program: str, *arguments: str, stop: int | None = None) -> None:
    """Run a program in a folder; one that is named ``*.py`` in an interpreter like this one.

    Where there is a file ``stop``, the job is also stopped when something comes from it; at its end the caller is gone.
    """
    if os.getppid() != int(caller):  # gone already
        shutil.rmtree(folder, ignore_errors=True)
        return
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the thread that began this process may block signals
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    job = os.fork()
    if job == 0:
        if stop is not None:
            os.close(stop)
        _run(float(limit), folder, program, arguments)
    status, gone = _watch(job, int(caller), float(limit), folder, [woken, *([] if stop is None else [stop])])
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(job, signal.SIGKILL)  # what the job left running
    if gone or os.getppid() != int(caller):
        shutil.rmtree(folder, ignore_errors=True)
    if status < 0:
        _end_by(-status)
    os._exit(status)


def _watch(job: int, caller: int, limit: float, folder: str, watched: list[int]) -> tuple[int, bool]:
    """Wait for the end of the job, or bring it about.

    Its status, or the negative of the signal that ended it; and whether the caller is known to be gone.
    """
    end = time.monotonic() + limit
    while True:
        left = end - time.monotonic()
        ready, _, _ = select.select(watched, [], [], max(0.0, min(POLL, left)))
        said = [os.read(file, 64) if file in ready else None for file in watched]
        signals, orders = said[0] or b"", said[1:]
        ended, status = os.waitpid(job, os.WNOHANG)
        gone = b"" in orders or os.getppid() != caller
        if ended:
            return os.waitstatus_to_exitcode(status), gone
        if left <= 0:
            (Path(folder) / STOPPED).touch()
        if left <= 0 or signal.SIGTERM in signals or any(orders) or gone:
            for kill in (os.killpg, os.kill):  # the job may not have made its group yet
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    kill(job, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(job, 0)[1]), gone


def _run(limit: float, folder: str, program: str, arguments: tuple[str, ...]) -> None:
    """Become the job."""
    guard = os.getppid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.setpgid(0, 0)
        _end_with_parent()
        if os.getppid() != guard:
            os._exit(1)
        signal.setitimer(signal.ITIMER_REAL, limit + GRACE)
        if program.endswith(".py"):
            sys.argv = [program, *arguments]
            if program in LOADED:
                LOADED[program](*arguments)
            else:
                runpy.run_path(program, run_name="__main__")
            _leave(0)
        os.chdir(folder)
        os.execv(program, [program, *arguments])
    except SystemExit as asked:
        _leave(asked.code if isinstance(asked.code, int) else 1)
    except BaseException:
        import traceback

        traceback.print_exc()
        _leave(1)


def _leave(status: int) -> None:
    """Leave without the guard's own clearing up; what was printed is not lost."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            stream.flush()
    os._exit(status)


def _end_with_parent() -> None:
    """Have the kernel end this process with its parent: Linux's ``PR_SET_PDEATHSIG``."""
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)


def _end_by(number: int) -> None:
    """End as the job did, without another image of the memory."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):  # SIGKILL has no handler
        signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


if __name__ == "__main__":
    if not sys.flags.safe_path:
        sys.path.pop(0)  # the names in this folder are nobody else's
    main(*sys.argv[1:])
