"""Optional packages: imported when they are asked for, with a helpful error when they are missing."""

from __future__ import annotations

import importlib
import importlib.metadata
import re
import shlex
from types import ModuleType

from .errors import MissingDependencyError

#: A requirement in the metadata of a package: its name, and the extra that it belongs to.
_REQUIREMENT = re.compile(r"""(?P<name>[\w.-]+(?:\[[^\]]*\])?)[^;]*(?:;.*?\bextra\s*==\s*["'](?P<extra>[^"']+)["'])?""")


def installation(extra: str) -> str:
    """What to type for the packages of an extra: their names, and the extra itself, which only a clone knows.

    Parameters
    ----------
    extra : str
        Name of an extra of this package.
    """
    packages = shlex.join(packages_of(extra))
    in_the_clone = f"pip install -e '.[{extra}]' in the clone of synaspice"
    return f"pip install {packages}, or {in_the_clone}" if packages else in_the_clone


def packages_of(extra: str) -> list[str]:
    """Names of the packages that an extra brings, beside those that are needed anyway; none if that is not known."""
    try:
        required = importlib.metadata.requires("synaspice") or []
    except importlib.metadata.PackageNotFoundError:  # it runs from a checkout that is not installed
        return []
    found = [(match["name"], match["extra"]) for line in required if (match := _REQUIREMENT.fullmatch(line))]
    always = {name for name, of in found if of is None}
    return list(dict.fromkeys(name for name, of in found if of == extra and name not in always))


def require(package: str, purpose: str, extra: str | None = None) -> ModuleType:
    """Import an optional package.

    Parameters
    ----------
    package : str
        Name to import.
    purpose : str
        The part that needs it, for the error message.
    extra : str, optional
        The extra of this package that installs it; default: of the same name.

    Raises
    ------
    MissingDependencyError
        If it is not installed, or does not import; the message says what to install.
    """
    command = installation(extra or package)
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError:
        raise MissingDependencyError(f"{purpose} needs {package}: {command}") from None
    except Exception as error:  # packages fail in many ways on a NumPy that is too new for them
        raise MissingDependencyError(
            f"{purpose} needs {package}, which is installed but does not import ({error}): {command}"
        ) from error
