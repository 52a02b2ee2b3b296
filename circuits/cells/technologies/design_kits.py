"""Model libraries of design kits in packages of other people: found where they are installed, never copied."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ....devices.language.errors import MissingDependencyError


def library_of(module: str, file: str, *, technology: str, install: str) -> Path:
    """A file of a package, which is not imported for it.

    Parameters
    ----------
    module : str
        Name of the package, as of an import.
    file : str
        Path of the file in it.
    technology : str
        Name of the technology.
    install : str
        What is to be installed: an extra of this package, and by itself.

    Raises
    ------
    MissingDependencyError
        If the package is not installed.
    """
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        found = None
    if found is None or not found.submodule_search_locations:
        raise MissingDependencyError(
            f"technology {technology!r} needs its models: pip install {install}, or use technology 'generic', which is "
            "in the box"
        )
    return Path(next(iter(found.submodule_search_locations))) / file
