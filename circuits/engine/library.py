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
    if found := installed_libraries():
        return found[0]
    raise MissingDependencyError(f"the ngspice shared library (libngspice) was not found; {INSTALL_HINT}")


def installed_libraries() -> list[str]:
    """Paths of the ngspice libraries that are installed, in the order in which they are looked for.

    Last comes one that the system's loader resolves by a name.
    """
    conda = os.environ.get("CONDA_PREFIX", "/nowhere")
    patterns = [place.format(prefix=sys.prefix, conda=conda) for place in _PLACES]
    found = [file for pattern in patterns for file in sorted(glob.glob(pattern))]  # noqa: PTH207 - absolute patterns
    name = ctypes.util.find_library("ngspice") if not found else None
    return [*found, *([name] if name else [])]


#: Packages through which ngspice's library is called: PySpice, and InSpice, its fork that is kept up.
PACKAGES = ("PySpice", "InSpice")


@functools.cache
def require_pyspice() -> str:
    """The name of the package through which ngspice is called: PySpice, or InSpice where only that is installed.

    Raises
    ------
    MissingDependencyError
        If neither is installed; the message says what to install.
    """
    for name in PACKAGES:
        if importlib.util.find_spec(name) is not None:
            return name
    raise MissingDependencyError("running ngspice needs PySpice: pip install PySpice (or InSpice)")
