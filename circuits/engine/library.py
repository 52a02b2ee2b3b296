"""Where ngspice's shared library is."""

from __future__ import annotations

import ctypes.util
import functools
import glob
import importlib.util
import os
import sys
from pathlib import Path

from ...devices.language.errors import MissingDependencyError

LIBRARY_VARIABLE = "NGSPICE_LIBRARY_PATH"

#: Where distributions, Homebrew and conda put the library; {prefix} is the Python environment.
_PLACES = (
    "{prefix}/lib/libngspice.so*",
    "{prefix}/lib/libngspice*.dylib",
    "{conda}/lib/libngspice.so*",
    "{conda}/lib/libngspice*.dylib",
    "/usr/lib/*-linux-gnu/libngspice.so*",
    "/usr/lib64/libngspice.so*",
    "/usr/lib/libngspice.so*",
    "/usr/local/lib/libngspice.so*",
    "/usr/local/lib/libngspice*.dylib",
    "/opt/homebrew/lib/libngspice*.dylib",
    "/opt/homebrew/opt/libngspice/lib/libngspice*.dylib",
)

INSTALL_HINT = (
    "install it with 'sudo apt-get install libngspice0' (Debian, Ubuntu), 'sudo dnf install libngspice' (Fedora), "
    "'brew install libngspice' (macOS) or 'conda install -c conda-forge ngspice-lib', "
    f"or set {LIBRARY_VARIABLE} to the file of a library that you built"
)


def find_library() -> str:
    """Find ngspice's shared library.

    The environment variable ``NGSPICE_LIBRARY_PATH`` comes first; then the places where the Python environment, conda,
    the distribution and Homebrew put it.

    Returns
    -------
    str
        Its path, or a name that the system's loader resolves.

    Raises
    ------
    MissingDependencyError
        If there is none; the message says what to install.
    """
    given = os.environ.get(LIBRARY_VARIABLE)
    if given:
        if not Path(given).is_file():
            raise MissingDependencyError(f"{LIBRARY_VARIABLE} is set to {given!r}, which is not a file; {INSTALL_HINT}")
        return str(Path(given).absolute())
    for place in _PLACES:
        pattern = place.format(prefix=sys.prefix, conda=os.environ.get("CONDA_PREFIX", "/nowhere"))
        found = sorted(glob.glob(pattern))  # noqa: PTH207 - an absolute pattern
        if found:
            return found[0]
    name = ctypes.util.find_library("ngspice")
    if name:
        return name
    raise MissingDependencyError(f"the ngspice shared library (libngspice) was not found; {INSTALL_HINT}")


@functools.cache
def require_pyspice() -> None:
    """Say what to install where PySpice is missing."""
    if importlib.util.find_spec("PySpice") is None:
        raise MissingDependencyError("running ngspice needs PySpice: pip install PySpice")
