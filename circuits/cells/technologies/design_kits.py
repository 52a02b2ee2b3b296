"""Model libraries of design kits in packages of other people: found where they are installed, never copied."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ....devices.language.errors import MissingDependencyError
from ....devices.language.optional import installation


def library_of(module: str, file: str, *, technology: str, extra: str) -> Path:
    """A file of a package, which is not imported for it.

    Parameters
    ----------
    module : str
        Name of the package, as of an import.
    file : str
        Path of the file in it.
    technology : str
        Name of the technology.
    extra : str
        The extra of this package that brings the models.

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
            f"technology {technology!r} needs its models: {installation(extra)}; 'generic' needs nothing more"
        )
    return Path(next(iter(found.submodule_search_locations))) / file
