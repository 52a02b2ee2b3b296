"""The errors that a user of the package can meet, each saying what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class SynaspiceError(Exception):
    """Base of every error raised on purpose by this package."""


class ParameterError(SynaspiceError, ValueError):
    """A value that a parameter, drive or option cannot take."""


class UnknownNameError(SynaspiceError, LookupError):
    """A name (device, preset, parameter, column, ...) that does not exist."""

    def __init__(self, kind: str, name: object, choices: Iterable[str]) -> None:
        known = sorted(choices)
        nearest = difflib.get_close_matches(str(name).lower(), known, n=1, cutoff=0.5)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
        listing = ", ".join(known) if known else "none"
        super().__init__(f"unknown {kind} {str(name)!r}{hint} (known: {listing})")


class SimulationError(SynaspiceError, RuntimeError):
    """A simulation that could not be carried to its end."""


class MissingDependencyError(SynaspiceError, ImportError):
    """An optional package or library that the requested operation needs."""


class CompilationError(SynaspiceError, RuntimeError):
    """Generated code that a compiler could not make a library of."""


class DuplicateNameError(SynaspiceError, ValueError):
    """A name under which something else is registered already."""

    def __init__(self, kind: str, name: str, there: str, new: str) -> None:
        super().__init__(f"there is a {kind} {name!r} already, {there}: give {new} another name")


class SynaspiceWarning(UserWarning):
    """Base of the package's warnings: a result that holds within limits which it names."""


class ResolutionWarning(SynaspiceWarning):
    """Steps or grids that are too coarse for the computation."""


class ValidityWarning(SynaspiceWarning):
    """A result beyond the range in which a model holds."""
