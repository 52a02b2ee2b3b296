"""The errors that a user of the package can meet, each saying what to do next."""

from __future__ import annotations

import difflib
import functools
import sys
import warnings
from collections.abc import Iterable
from typing import Any

#: Letters of a value in a message: the rest of a longer one says nothing more.
MOST_SHOWN = 160
#: Letters of a name for which the nearest one is looked for.
LONGEST_NAME = 100
#: The package whose warnings point at the line outside it that called it.
PACKAGE = __name__.partition(".")[0]


def shown(value: object) -> str:
    """A value in one line of a message, cut where it is long; of one that cannot be written its type."""
    try:
        text = " ".join(repr(value).split())
    except Exception:  # an integer of more digits than Python writes; whatever a foreign class does
        return f"{with_article(type(value).__name__)} that cannot be written"
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}..."


class SynaspiceError(Exception):
    """Base of every error raised on purpose by this package."""


class ParameterError(SynaspiceError, ValueError):
    """A value that a parameter, drive or option cannot take."""


class UnknownNameError(SynaspiceError, LookupError):
    """A name (device, preset, parameter, column, ...) that does not exist.

    Parameters
    ----------
    kind : str
        Kind of the named thing.
    name : object
        The name.
    choices : iterable of str
        The names there are.
    where : str
        Where the name stands, if not in the call itself: a file.
    hint : str
        What else there is to say.
    """

    def __init__(self, kind: str, name: object, choices: Iterable[str], *, where: str = "", hint: str = "") -> None:
        known = sorted(choices)
        self._given = kind, str(name), known, where, hint
        folded = {choice.casefold(): choice for choice in reversed(known)}
        written = name if isinstance(name, str) else ""
        nearest = [] if len(written) > LONGEST_NAME else difflib.get_close_matches(written.casefold(), folded, 1, 0.5)
        meant = f"; did you mean {folded[nearest[0]]!r}?" if nearest else ""
        #: The message without the list of names.
        self.brief = f"{where and f'{where}: '}unknown {kind} {shown(name)}{hint and f': {hint}'}{meant}"
        super().__init__(f"{self.brief} (known: {', '.join(known) if known else 'none'})")

    def __reduce__(self) -> tuple[Any, ...]:
        """Made again from its arguments, so that it comes whole out of another process."""
        *arguments, where, hint = self._given
        return functools.partial(type(self), where=where, hint=hint), tuple(arguments)


class SimulationError(SynaspiceError, RuntimeError):
    """A simulation that could not be carried to its end."""


class OutOfReachError(SimulationError):
    """A simulation would take more steps than there is patience for."""


class OutputError(SynaspiceError, OSError):
    """A result that could not be written, as to a full disk."""


class MissingDependencyError(SynaspiceError, ImportError):
    """An optional package or library that the requested operation needs."""


class CompilationError(SynaspiceError, RuntimeError):
    """Generated code that a compiler could not make a library of."""


def with_article(noun: str) -> str:
    """A noun with its indefinite article: a device, an export format."""
    return f"{'an' if noun[:1].lower() in 'aeiou' else 'a'} {noun}"


class DuplicateNameError(SynaspiceError, ValueError):
    """A name under which something else is registered already; names that differ by case alone are the same."""

    def __init__(self, kind: str, name: str, there: str, new: str) -> None:
        self._given = kind, name, there, new
        super().__init__(f"there is {with_article(kind)} {name!r} already, {there}: give {new} another name")

    def __reduce__(self) -> tuple[Any, ...]:
        """Made again from its arguments, so that it comes whole out of another process."""
        return type(self), self._given


class SynaspiceWarning(UserWarning):
    """Base of the package's warnings: a result that holds within limits which it names."""


class ResolutionWarning(SynaspiceWarning):
    """Steps or grids that are too coarse for the computation."""


class ValidityWarning(SynaspiceWarning):
    """A result beyond the range in which a model holds."""


class ConversionWarning(SynaspiceWarning):
    """A value in the unit of another quantity, which is converted by a law: a flux density for a field."""


class PatienceWarning(SynaspiceWarning):
    """Work that takes minutes or more, told before it begins."""


class CacheWarning(SynaspiceWarning):
    """The folder of compiled files is not used: others can write it, or the user cannot."""


class CheckpointWarning(SynaspiceWarning):
    """Kept results that cannot be used, and are computed again."""


class PlugInWarning(SynaspiceWarning):
    """Something of another package, or a preset, that is left out because of a mistake in it."""


def warn_user(message: str, category: type[SynaspiceWarning]) -> None:
    """Warn, and point at the line outside this package that called it, however deep in it the reason was found.

    Parameters
    ----------
    message : str
        What there is to say.
    category : type
        Kind of the warning.
    """
    frame = sys._getframe()
    stack = [frame]
    while frame.f_back is not None:
        stack.append(frame := frame.f_back)
    # The outermost call of the package is the user's: inside, other libraries call it back.
    entered = max(k for k, frame in enumerate(stack) if _is_ours(frame.f_globals.get("__name__")))
    caller = stack[min(entered + 1, len(stack) - 1)]
    warnings.warn_explicit(
        message,
        category,
        caller.f_code.co_filename,
        caller.f_lineno,
        caller.f_globals.get("__name__"),
        caller.f_globals.setdefault("__warningregistry__", {}),
    )


def _is_ours(module: object) -> bool:
    return isinstance(module, str) and module.partition(".")[0] == PACKAGE
