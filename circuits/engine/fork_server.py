"""Forks the processes of runs from one in which their imports stand already, so that each begins sooner (Linux).

Started by ``children.py`` as a script: ``fork_server.py CALLER MODULE...``, with a socket as its standard input. Of the
package it imports what the runs need, ``guard.py`` and ``worker.py``. For each run it is sent three open files: a
socket of the run's own, and the files for what the run prints. What to do comes over that socket, as JSON;
back comes the end's status. The server ends with its caller, and its runs with it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import importlib.util
import json
import os
import select
import signal
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

#: How often to look whether the caller is there, where the kernel cannot tell. [s]
POLL = 1.0
#: The files of a run: its socket, its standard output and its standard error.
FILES = 3
#: Bytes that tell the length of what a run is to do.
LENGTH = 8


def main(caller: str, *modules: str) -> None:
    """Serve until the caller is gone."""
    control = socket.socket(fileno=os.dup(0))
    guard, worker = _sibling("guard"), _sibling("worker")
    guard.LOADED[str(worker.__file__)] = worker.main
    for name in modules:
        with contextlib.suppress(Exception):  # a run that needs it will say why
            importlib.import_module(name)
    gc.collect()
    gc.freeze()  # so that processes go on sharing the memory of what is there now
    signal.pthread_sigmask(signal.SIG_SETMASK, ())  # the thread that began this process may block signals
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    gone = _watched(int(caller))
    runs: dict[int, socket.socket] = {}
    while os.getppid() == int(caller):
        watched = [control.fileno(), woken, *([] if gone is None else [gone])]
        ready, _, _ = select.select(watched, [], [], POLL if gone is None else None)
        if woken in ready:
            os.read(woken, 4096)
            _tell_ends(runs)
        if control.fileno() in ready:
            message, files, _, _ = socket.recv_fds(control, 1, FILES)
            if not message:
                return
            channel = socket.socket(fileno=files[0])
            run = os.fork()
            if run == 0:
                for other in (control, *runs.values()):
                    other.close()
                for number in (woken, wake, *([] if gone is None else [gone])):
                    os.close(number)
                _become(guard, channel, files[1], files[2])
            os.close(files[1])
            os.close(files[2])
            runs[run] = channel


def _sibling(name: str) -> ModuleType:
    """A module beside this one, without the rest of the package."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _watched(caller: int) -> int | None:
    """A file that can be read when a process has ended; None where the kernel has no such thing."""
    with contextlib.suppress(AttributeError, OSError):
        return os.pidfd_open(caller)
    return None


def _tell_ends(runs: dict[int, socket.socket]) -> None:
    """Tell of the runs that have ended."""
    while runs:
        run, status = os.waitpid(-1, os.WNOHANG)
        if run == 0:
            return
        with runs.pop(run) as channel, contextlib.suppress(OSError):
            channel.send(str(os.waitstatus_to_exitcode(status)).encode())


def _received(channel: socket.socket, length: int) -> bytes:
    """So many bytes, and none of what comes behind them, which is for the guard; nothing if the caller is gone."""
    found = bytearray()
    while len(found) < length:
        part = channel.recv(length - len(found))
        if not part:
            return b""
        found += part
    return bytes(found)


def _become(guard: Any, channel: socket.socket, output: int, errors: int) -> None:
    """Become the guard of a run."""
    try:
        server = os.getppid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        nothing = os.open(os.devnull, os.O_RDONLY)
        for number, place in ((nothing, 0), (output, 1), (errors, 2)):
            os.dup2(number, place)
            os.close(number)
        task = _received(channel, int.from_bytes(_received(channel, LENGTH), "big"))
        if task:
            told = json.loads(task)
            os.environ.clear()
            os.environ.update(told["environment"])
            guard.main(str(server), told["limit"], told["folder"], *told["command"], stop=channel.fileno())
    except BaseException:
        import traceback

        traceback.print_exc()
        sys.stderr.flush()
    os._exit(1)


if __name__ == "__main__":
    if not sys.flags.safe_path:
        sys.path.pop(0)  # the names in this folder are nobody else's
    main(*sys.argv[1:])
