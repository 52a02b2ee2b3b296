"""The child process in which a run of ngspice happens.

It works in a temporary folder of its own, so that no start-up file of ngspice is found there and nothing is left
behind; relative paths in a netlist start from the caller's folder. See ``guard.py`` for how it ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from .guard import GRACE, STOPPED

#: Longer time limits than this are none: more than the system's clocks can wait for. [s]
LONGEST = 1e6
#: Where ngspice looks for a file that is not in the folder where it runs.
INPUT_VARIABLE = "NGSPICE_INPUT_DIR"
#: Names another folder with a start-up file (ngspice 43 and later).
_START_FILE_VARIABLE = "SPICE_USERINIT_DIR"


def work(
    folder: Path, library: str, lines: Sequence[str], commands: Sequence[str], osdi: Sequence[str], time_limit: float
) -> tuple[tuple[int, str] | None, list[str]]:
    """Let a child process run a job in a folder: its status and standard error, None in time-out; and ngspice's log.

    The files ``osdi`` are given to ngspice under names of its folder: a path may have blanks and semicolons.
    """
    job, log, names = folder / "job.json", folder / "log.txt", []
    for number, file in enumerate(osdi):
        names.append(f"./device{number}.osdi")
        (folder / names[-1]).symlink_to(Path(file).absolute())
    content = {"library": library, "netlist": "\n".join(lines), "commands": [*commands], "osdi": names}
    job.write_text(json.dumps(content), encoding="utf-8")
    worker = Path(__file__).with_name("worker.py")
    ended = run_guarded([str(worker), str(job), str(folder)], folder, Path.cwd(), time_limit)
    said = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
    return (None if ended is None else (ended.returncode, ended.stderr)), said


def run_guarded(
    command: Sequence[str], folder: Path, inputs: Path, time_limit: float
) -> subprocess.CompletedProcess[str] | None:
    """Run a program, or a script of Python, that does not outlive this process or its time limit.

    Parameters
    ----------
    command : sequence of str
        The program's path, and its arguments.
    folder : Path
        A temporary folder, where a program runs.
    inputs : Path
        The folder that a netlist's relative paths start from.
    time_limit : float
        Wall-clock time. [s]

    Returns
    -------
    subprocess.CompletedProcess or None
        Its end and what it wrote; None if it had to be stopped.
    """
    time_limit = min(time_limit, LONGEST)
    environment = {name: value for name, value in os.environ.items() if name != _START_FILE_VARIABLE}
    environment.setdefault(INPUT_VARIABLE, str(inputs.absolute()))
    if hasattr(os, "fork"):
        guard = str(Path(__file__).with_name("guard.py"))
        whole = [sys.executable, guard, str(os.getpid()), repr(float(time_limit)), str(folder), *command]
    else:
        whole = [*([sys.executable] if command[0].endswith(".py") else []), *command]
    with subprocess.Popen(
        whole,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        env=environment,
        start_new_session=True,
    ) as child:
        try:
            output, errors = child.communicate(timeout=time_limit + 2 * GRACE)
        except BaseException as reason:  # an interrupt from the keyboard, too
            _stop(child)
            if isinstance(reason, subprocess.TimeoutExpired):
                return None
            raise
    if (folder / STOPPED).exists():
        return None
    return subprocess.CompletedProcess([*command], child.returncode, output, errors)


def _stop(child: subprocess.Popen[str]) -> None:
    """Ask the guard to end its job, and end what does not follow."""
    child.terminate()
    try:
        child.wait(GRACE)
    except subprocess.TimeoutExpired:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)
        child.kill()
