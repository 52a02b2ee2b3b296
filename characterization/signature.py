"""A bench's function read: its arguments by name, their checks, and the docstring that they make."""

from __future__ import annotations

import functools
import inspect
import textwrap
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

from ..devices.language.checks import instance
from ..devices.language.errors import ParameterError
from .arguments import Argument

Given = ParamSpec("Given")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Setting:
    """An argument of a bench's function, with its name and default.

    Attributes
    ----------
    name : str
        Name in Python.
    argument : Argument
        Its annotation: kind, unit and meaning.
    default : object
        Its value if none is given; :data:`inspect.Parameter.empty` if one must be.
    """

    name: str
    argument: Argument
    default: Any

    @property
    def required(self) -> bool:
        """Whether a value must be given."""
        return self.default is inspect.Parameter.empty

    @property
    def option(self) -> str:
        """Name on the command line."""
        return "--" + self.name.replace("_", "-")

    @property
    def help(self) -> str:
        """What it means, its unit and its default, in one line."""
        if self.default in (None, inspect.Parameter.empty):
            return self.argument.description
        shown = self.default
        if isinstance(shown, bool):
            shown = "yes" if shown else "no"
        elif isinstance(shown, tuple | list):
            shown = ", ".join(f"{value:g}" if isinstance(value, float) else str(value) for value in shown)
        elif isinstance(shown, float):
            shown = f"{shown:g}"
        return f"{self.argument.description}; default: {shown}"

    def parse(self, text: str, unit: str) -> Any:
        """The value that a command line writes so; see :meth:`Argument.parse`."""
        try:
            return self.argument.parse(text, unit)
        except ParameterError as error:
            raise ParameterError(f"{self.option}: {error}") from None

    def check(self, value: Any) -> Any:
        """Return the value in the form that is meant, or refuse it; None stays if that is the default."""
        return None if value is None and self.default is None else self.argument.check(self.name, value)


def settings_of(function: Callable[..., Any]) -> dict[str, Setting]:
    """The arguments of a bench's function by name, without the first one, the measured thing.

    Raises
    ------
    ParameterError
        If one is not annotated with an :class:`~synaspice.characterization.arguments.Argument`.
    """
    hints = typing.get_type_hints(function, include_extras=True)
    _, *parameters = inspect.signature(function).parameters.values()
    found = {}
    for parameter in parameters:
        described = [item for item in _metadata(hints.get(parameter.name)) if isinstance(item, Argument)]
        if not described:
            raise ParameterError(
                f"the argument {parameter.name!r} of {function.__qualname__} does not say what it is: annotate it as "
                f'\'{parameter.name}: Annotated[float, Quantity("V", "voltage across the device")]\''
            )
        found[parameter.name] = Setting(parameter.name, described[-1], parameter.default)
    return found


def _metadata(hint: Any) -> tuple[Any, ...]:
    """What ``Annotated`` adds to a type, also where the type is optional."""
    own = tuple(hint.__metadata__) if typing.get_origin(hint) is typing.Annotated else ()
    return own or tuple(item for part in typing.get_args(hint) for item in _metadata(part))


def checked(
    function: Callable[Given, Result],
    settings: Mapping[str, Setting],
    further: Callable[[Any, Mapping[str, Any]], None] = lambda measured, arguments: None,
) -> Callable[Given, Result]:
    """The function, which checks its arguments first, with a docstring that describes them.

    Parameters
    ----------
    function : callable
        Function of what is measured, and of the settings.
    settings : Mapping
        Its settings.
    further : callable
        Function of what is measured and of the values of the settings, which refuses what does not go together.
    """
    signature = inspect.signature(function)
    first = next(iter(signature.parameters))
    hint = typing.get_type_hints(function).get(first)
    measured = hint if isinstance(hint, type) else object

    @functools.wraps(function)
    def measure(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            bound = signature.bind(*args, **kwargs)
        except TypeError:  # the function itself says best which argument is missing or too much
            return function(*args, **kwargs)
        instance(f"the {first}", bound.arguments.get(first), measured)
        for name, value in bound.arguments.items():
            if name in settings:
                bound.arguments[name] = settings[name].check(value)
        further(bound.arguments[first], bound.arguments)
        return function(*bound.args, **bound.kwargs)

    measure.__doc__ = _docstring(function, settings)
    return measure


def summary_of(function: Callable[..., Any]) -> str:
    """First sentence of a function's docstring, without its full stop."""
    return (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ").rstrip(".")


def _docstring(function: Callable[..., Any], settings: Mapping[str, Setting]) -> str:
    """The function's docstring with its section on parameters."""
    first = next(iter(inspect.signature(function).parameters))
    lines = ["Parameters", "----------", f"{first} : {_annotation(function, first)}", f"    The {first}."]
    for setting in settings.values():
        optional = "" if setting.required else ", optional"
        lines.append(f"{setting.name} : {setting.argument.type_name}{optional}")
        lines += textwrap.wrap(
            f"{setting.help[0].upper()}{setting.help[1:]}.", 110, initial_indent="    ", subsequent_indent="    "
        )
    text = inspect.getdoc(function) or ""
    before, section, after = text.partition("\nReturns\n-------")
    return f"{before.rstrip()}\n\n" + "\n".join(lines) + f"\n{section}{after}"


def _annotation(function: Callable[..., Any], name: str) -> str:
    hint = inspect.signature(function).parameters[name].annotation
    return hint if isinstance(hint, str) else getattr(hint, "__name__", str(hint))
