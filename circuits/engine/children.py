"""The guarded child processes of this program: how they are started, waited for and stopped.

On Linux they are forked from a server, see ``fork_server.py``; elsewhere each starts an interpreter of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Protocol

from ...devices.language.errors import MissingDependencyError
from .fork_server import LENGTH
from .guard import GRACE
from .library import PACKAGES

#: How a program ended: its status or the negative of a signal, and what it wrote to both its streams.
Ended = tuple[int, str, str]
#: The linear algebra of runs has nothing to share out, and its threads would turn idly.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}


class Child(Protocol):
    """A guarded process."""

    def finished(self, timeout: float) -> Ended | None:
        """Wait for its end [s]; None if it does not come."""

    def stop(self) -> None:
        """Ask the guard to end its job, and wait until it has."""


def begin(command: Sequence[str], folder: Path, environment: Mapping[str, str], time_limit: float) -> Child:
    """Begin a program, or a script of Python, under a guard; see ``guard.py``.

    Parameters
    ----------
    command : sequence of str
        The program's path, and its arguments.
    folder : Path
        Where a program runs.
    environment : Mapping
        Its environment.
    time_limit : float
        Wall-clock time that it is given. [s]
    """
    kind = _Forked if _forks() else _Started
    return kind(command, folder, environment, time_limit)


def _forks() -> bool:
    """Whether the server works on this system."""
    return sys.platform == "linux"


def _interpreter() -> str:
    """The path of the interpreter that runs this program."""
    if not sys.executable:
        raise MissingDependencyError(
            "simulators run beside this program, in an interpreter of Python, and sys.executable does not name one: "
            "set it to the path of a python that has this one's packages"
        )
    return sys.executable


class _Started:
    """A process with an interpreter of its own."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str], time_limit: float) -> None:
        if hasattr(os, "fork"):
            guard = str(Path(__file__).with_name("guard.py"))
            whole = [_interpreter(), guard, str(os.getpid()), repr(float(time_limit)), str(folder), *command]
        else:
            whole = [*([_interpreter()] if command[0].endswith(".py") else []), *command]
        self._process = subprocess.Popen(
            whole,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**_ONE_THREAD, **environment},
            start_new_session=True,
        )

    def finished(self, timeout: float) -> Ended | None:
        """As of :class:`Child`."""
        try:
            output, errors = self._process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            return None
        return self._process.returncode, output, errors

    def stop(self) -> None:
        """As of :class:`Child`; what does not follow is ended."""
        self._process.terminate()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            if hasattr(os, "killpg"):
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()
        self._process.communicate()


class _Forked:
    """A process that is forked from the server."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str], time_limit: float) -> None:
        self._output, self._errors = (os.fdopen(os.memfd_create(name), "w+b") for name in ("output", "errors"))
        self._channel, theirs = socket.socketpair()
        task = {
            "command": [*command],
            "folder": str(folder),
            "limit": repr(float(time_limit)),
            "environment": {**environment},
        }
        words = json.dumps(task).encode()
        try:
            with theirs:
                _send([theirs.fileno(), self._output.fileno(), self._errors.fileno()])
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # its end is told below
                self._channel.sendall(len(words).to_bytes(LENGTH, "big") + words)
        except BaseException:
            self.stop()
            raise

    def finished(self, timeout: float) -> Ended | None:
        """As of :class:`Child`."""
        self._channel.settimeout(timeout)
        try:
            status = self._channel.recv(16)
        except TimeoutError:
            return None
        except ConnectionResetError:
            status = b""
        self._channel.close()
        # no status: the server was killed, and its processes end with it
        return int(status or -signal.SIGKILL), _text(self._output), _text(self._errors)

    def stop(self) -> None:
        """As of :class:`Child`."""
        with contextlib.suppress(OSError):
            self._channel.send(b"stop")
            self._channel.settimeout(2 * GRACE)
            self._channel.recv(16)
        for file in (self._channel, self._output, self._errors):
            file.close()


def _text(file: IO[bytes]) -> str:
    """What was written to a file, which goes."""
    with file:
        file.seek(0)
        return file.read().decode("utf-8", "replace").replace("\r\n", "\n")


class _Server:
    """The server's process, and the socket over which it is sent the files of runs."""

    def __init__(self) -> None:
        interpreter = _interpreter()
        modules = [f"{name}.Spice.NgSpice.Shared" for name in PACKAGES if importlib.util.find_spec(name) is not None]
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self.process = subprocess.Popen(
                [interpreter, str(Path(__file__).with_name("fork_server.py")), str(os.getpid()), *modules[:1]],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env={**os.environ, **_ONE_THREAD},
                start_new_session=True,
            )

    def close(self) -> None:
        """Let it end."""
        self.socket.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)


_server: _Server | None = None
_lock = threading.Lock()


def _send(files: Sequence[int]) -> None:
    """Send the files of a run to the server, which is started if there is none."""
    global _server
    with _lock:
        for last in (False, True):
            if _server is None:
                _server = _Server()
            try:
                socket.send_fds(_server.socket, [b"r"], files)
                return
            except (BrokenPipeError, ConnectionResetError):  # somebody has killed it
                _server.close()
                _server = None
                if last:
                    raise


def _close() -> None:
    global _server
    if _server is not None:
        _server.close()
        _server = None


def _forget() -> None:
    """In a fork of this program: its server is another's, and is not to be waited for."""
    global _server, _lock
    _lock = threading.Lock()
    if _server is not None:
        _server.socket.close()
        _server.process.returncode = 0
        _server = None


atexit.register(_close)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
