"""Optional packages: imported when they are asked for, with a helpful error when they are missing."""

from __future__ import annotations

import importlib
from types import ModuleType

from .errors import MissingDependencyError


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
    command = f"pip install 'synaspice[{extra or package}]'"
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError:
        raise MissingDependencyError(f"{purpose} needs {package}: {command}") from None
    except Exception as error:  # packages fail in many ways on a NumPy that is too new for them
        raise MissingDependencyError(
            f"{purpose} needs {package}, which is installed but does not import ({error}): {command}"
        ) from error
