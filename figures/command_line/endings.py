"""Ways in which the command line ends before its end: signals, and standard streams that are closed or full.

It imports nothing but the standard library, so that it is there before anything that takes time.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

#: Signals that end the command, and what is said of them.
SIGNALS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up"}
#: Time in which a command clears up after itself when it is ended; then it is ended as it is. [s]
PATIENCE = 1.5


class Ended(BaseException):
    """A signal that ends the command; no error, so that nothing on the way takes it for one.

    Parameters
    ----------
    number : int
        The signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def name_of(number: int) -> str:
    """What is said of a signal."""
    return SIGNALS.get(signal.Signals(number).name, f"ended by signal {number}")


@contextlib.contextmanager
def endings() -> Iterator[None]:
    """Signals that end a process raise :class:`Ended` meanwhile, and end it for sure when it does not end by itself.

    Python hears of a signal only between two of its own instructions, and some libraries swallow what is raised then.
    A thread, which the system tells at once, waits and ends the process. Signals that are ignored, as in ``nohup``,
    stay so.
    """
    numbers = [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]
    usual = {signal.SIG_DFL, signal.default_int_handler}
    heard = [number for number in numbers if signal.getsignal(number) in usual]
    if threading.current_thread() is not threading.main_thread() or not heard:
        yield
        return
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    _watched.update({number: signal.signal(number, _raise) for number in heard})
    woken = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    hook = sys.unraisablehook
    sys.unraisablehook = lambda lost: None if issubclass(lost.exc_type, Ended) else hook(lost)
    threading.Thread(target=_end_for_sure, args=(reader, set(heard)), daemon=True, name="synaspice-endings").start()
    try:
        yield
    finally:
        if not _raised:  # otherwise the watch goes on until the process has ended
            signal.set_wakeup_fd(woken)
            for number, handler in _watched.items():
                signal.signal(number, handler)
            _watched.clear()
            sys.unraisablehook = hook
            os.close(writer)


#: Signals that were raised.
_raised: list[int] = []


def ended_by() -> int | None:
    """The signal that ends the command, if one does."""
    return _raised[0] if _raised else None


def _forget() -> None:
    """In a fork, signals do what they usually do, and are not told to the thread of the process that it comes from."""
    if _watched:
        signal.set_wakeup_fd(-1)
        for number, handler in _watched.items():
            signal.signal(number, handler)


#: What watched signals did before.
_watched: dict[int, Any] = {}
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def _raise(number: int, frame: Any) -> None:
    if not _raised:  # what clears up after the first one is not disturbed
        _raised.append(number)
        raise Ended(number)


def _end_for_sure(reader: int, ending: set[int]) -> None:
    """Wait for a signal that ends the process, then for its end; end it."""
    while (told := os.read(reader, 1)) and told[0] not in ending:
        pass
    if not told:
        os.close(reader)
        return
    time.sleep(PATIENCE)
    files = sys.modules.get(f"{__name__.partition('.')[0]}.devices.core.files")
    if files is not None:
        files.discard_unfinished()
    if not _raised:
        with contextlib.suppress(OSError):
            os.write(2, f"synaspice: {name_of(told[0])}\n".encode())
    os._exit(128 + told[0])


def leave_if_ended(status: int) -> None:
    """Leave the process if a signal ends it: after what others do at its end, but without what Python itself does.

    That takes seconds on a busy machine, for all that was imported.
    """
    if _raised:
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        _end_children()
        atexit._run_exitfuncs()
        with contextlib.suppress(OSError, ValueError):
            sys.stderr.flush()
        os._exit(status)


def _end_children() -> None:
    """End the processes that others started, such as those of a Dask cluster, and what is said of their end.

    Python ends them too, but late, after they have complained that this process does not answer, and waits for them.
    """
    if (processes := sys.modules.get("multiprocessing")) is not None:
        for child in processes.active_children():
            # Not child.kill(): the processes of some versions of joblib have none.
            with contextlib.suppress(ProcessLookupError, TypeError):  # it has ended, or was not begun
                os.kill(child.pid, signal.SIGKILL)
    if (log := sys.modules.get("logging")) is not None:
        log.disable()


def leave_interrupts() -> None:
    """Let Ctrl-C end the process as it is from now on: while Python ends, an exception would only be shown."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def open_streams() -> None:
    """Open standard streams that are closed on nothing, so that no file of the run gets their numbers.

    Output that goes nowhere is an error, as it is to a full disk: standard output cannot be written.
    """
    for number, mode in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, mode)  # the lowest number that is free
    if sys.stderr is None:
        sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), write_through=True)
    if sys.stdout is None or sys.stdout is sys.__stdout__:
        kept = {"encoding": sys.stdout.encoding, "errors": sys.stdout.errors} if sys.stdout else {"encoding": "utf-8"}
        raw = _Output(1, "w", closefd=False)
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw), line_buffering=raw.isatty(), **kept)


class _Output(io.FileIO):
    """Standard output, which remembers what was said against writing to it: what prints does not tell it apart."""

    failed: OSError | None = None

    def write(self, data: Any) -> int:
        try:
            return super().write(data)
        except OSError as error:
            _Output.failed = error
            raise


def finish_output() -> OSError | None:
    """Write out what was printed; if that cannot be done or could not, return why, and drop it."""
    try:
        sys.stdout.flush()
    except ValueError:  # it was closed
        return None
    except OSError as error:
        _Output.failed = error
    if _Output.failed is not None:
        with contextlib.suppress(OSError, io.UnsupportedOperation):
            nothing = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nothing, sys.stdout.fileno())
            os.close(nothing)
    return _Output.failed
