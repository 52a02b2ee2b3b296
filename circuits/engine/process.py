"""The child processes in which runs of ngspice happen.

Each works in a temporary folder of its own, so that no start-up file of ngspice is found there and nothing is left
behind; relative paths in a netlist start from the caller's folder. See ``guard.py`` for how it ends.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...devices.language.errors import ParameterError
from .children import Child, begin
from .guard import GRACE, STOPPED
from .library import require_pyspice

#: Wall-clock time after which a run of ngspice is stopped, unless another is asked for. [s]
TIME_LIMIT = 600.0
#: Longer time limits than this are none: more than the system's clocks can wait for. [s]
LONGEST = 1e6
#: Where ngspice looks for a file that is not in the folder where it runs.
INPUT_VARIABLE = "NGSPICE_INPUT_DIR"
#: Names another folder with a start-up file (ngspice 43 and later).
_START_FILE_VARIABLE = "SPICE_USERINIT_DIR"


@dataclass(frozen=True)
class Job:
    """What a child process does.

    Attributes
    ----------
    folder : Path
        A temporary folder of its own.
    lines, commands : sequence of str
        The netlist, and ngspice's commands.
    osdi : sequence of str
        Files of native devices; ngspice is given names in its folder, for a path may have blanks and semicolons.
    noise : Mapping, optional
        What has noise; see :func:`~synaspice.circuits.engine.noise.told`.
    """

    folder: Path
    lines: Sequence[str]
    commands: Sequence[str]
    osdi: Sequence[str] = ()
    noise: Mapping[str, Any] | None = None

    def written(self, library: str, package: str) -> Path:
        """The job as a file, for a library of ngspice and the package that calls it."""
        names = [f"./device{number}.osdi" for number in range(len(self.osdi))]
        for name, file in zip(names, self.osdi, strict=True):
            (self.folder / name).symlink_to(Path(file).absolute())
        content = {
            "library": library,
            "package": package,
            "netlist": "\n".join(self.lines),
            "commands": [*self.commands],
            "osdi": names,
        }
        job = self.folder / "job.json"
        job.write_text(json.dumps({**content, "noise": self.noise}), encoding="utf-8")
        return job

    def log(self) -> list[str]:
        """What ngspice has said."""
        log = self.folder / "log.txt"
        return log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []


#: Status and standard error of a job that came to an end; None of one that had to be stopped.
Ended = tuple[int, str] | None


def work(jobs: Sequence[Job], library: str, time_limit: float) -> list[Ended]:
    """Let child processes do jobs, all at the same time, within a time limit [s]."""
    package = require_pyspice()
    worker = str(Path(__file__).with_name("worker.py"))
    commands = [([worker, str(job.written(library, package)), str(job.folder)], job.folder) for job in jobs]
    ended = run_together(commands, current_folder(), time_limit)
    return [None if one is None else (one.returncode, one.stderr) for one in ended]


def current_folder() -> Path:
    """The current folder, from which a netlist's relative paths start.

    Raises
    ------
    ParameterError
        If it is there no more.
    """
    try:
        return Path.cwd()
    except FileNotFoundError:
        raise ParameterError("the current folder has been removed: change into another (cd, os.chdir)") from None


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
    return run_together([(command, folder)], inputs, time_limit)[0]


def run_together(
    commands: Sequence[tuple[Sequence[str], Path]], inputs: Path, time_limit: float
) -> list[subprocess.CompletedProcess[str] | None]:
    """Run several programs at the same time, each with a folder of its own; see :func:`run_guarded`."""
    time_limit = min(time_limit, LONGEST)
    found: list[subprocess.CompletedProcess[str] | None] = []
    children: list[Child] = []
    try:
        for command, folder in commands:
            children.append(begin(command, folder, _environment(inputs), time_limit))
        for child, (command, folder) in zip(children, commands, strict=True):
            ended = child.finished(time_limit + 2 * GRACE)
            if ended is None:
                child.stop()
            if ended is None or (folder / STOPPED).exists():
                found.append(None)
            else:
                found.append(subprocess.CompletedProcess([*command], *ended))
    except BaseException:  # an interrupt from the keyboard, too
        for child in children:
            child.stop()
        raise
    return found


def _environment(inputs: Path) -> dict[str, str]:
    """The environment of a run whose netlist's relative paths start from a folder."""
    environment = {name: value for name, value in os.environ.items() if name != _START_FILE_VARIABLE}
    environment.setdefault(INPUT_VARIABLE, str(inputs.absolute()))
    return environment
