"""Commands made of benches: their arguments become options, beside those that every such command has."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .completion import complete_argument

if TYPE_CHECKING:
    from ....characterization.signature import Setting

#: What the help says below the options, where there are ranges and numbers with a unit.
RANGES = "START:STOP:POINTS is a range, as in -1:1:201; values with commas do as well."
NUMBERS = "Numbers are in the unit in brackets, and may carry a suffix and the unit: 40n, '40 nm'."


def make_command(
    name: str, summary: str, settings: Mapping[str, Setting], run: Callable[..., None]
) -> typer.core.TyperCommand:
    """The command of a bench.

    Parameters
    ----------
    name : str
        Name of the bench.
    summary : str
        Its purpose.
    settings : Mapping
        The bench's arguments.
    run : callable
        The command's function: takes the given settings, as text or for switches as a boolean, by name;
        and its own options.
    """
    from ....devices.language.errors import ParameterError, UnknownNameError

    _, *common = inspect.signature(run, eval_str=True).parameters.values()
    own = [_option(setting) for setting in settings.values()]
    if doubled := {parameter.name for parameter in own} & {parameter.name for parameter in common}:
        raise ParameterError(f"{name}: an argument of a bench cannot be called {doubled.pop()!r} on the command line")

    def command(context: typer.Context, **values: Any) -> None:
        for word in context.args:
            if word.startswith("-"):
                known = [option for parameter in context.command.params for option in parameter.opts]
                raise UnknownNameError(f"option of {name}", word.partition("=")[0], known)
            raise ParameterError(f"{word!r} is not understood: what {name} can be told is given as --name value")
        given = {key: values.pop(key) for key in settings}
        run({key: value for key, value in given.items() if value is not None}, **values)

    keyword = inspect.Parameter.KEYWORD_ONLY
    context = inspect.Parameter("context", keyword, annotation=typer.Context)
    parameters = [context, *own, *(parameter.replace(kind=keyword) for parameter in common)]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    vars(command)["__signature__"] = inspect.Signature(parameters)
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    app.command(
        name,
        help=f"{summary}.",
        epilog=_note(settings),
        context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    )(command)
    made = typer.main.get_command(app)
    assert isinstance(made, typer.core.TyperCommand)
    return made


def parsed(given: Mapping[str, Any], settings: Mapping[str, Setting], unit_of: Callable[[str], str]) -> dict[str, Any]:
    """The values of the given settings.

    Parameters
    ----------
    given : Mapping
        Text, or for switches a boolean, by the setting's name.
    settings : Mapping
        The settings.
    unit_of : callable
        Returns the unit of a setting's value, by its name.
    """
    return {
        name: value if isinstance(value, bool) else settings[name].parse(value, unit_of(name))
        for name, value in given.items()
    }


def _note(settings: Mapping[str, Setting]) -> str:
    """How the values of the settings are written, as far as it needs to be said."""
    from ....characterization.arguments import Quantity, Range

    kinds = [setting.argument for setting in settings.values()]
    notes = ((RANGES, Range), (NUMBERS, Quantity | Range))
    return " ".join(text for text, kind in notes if any(isinstance(argument, kind) for argument in kinds))


def _option(setting: Setting) -> inspect.Parameter:
    """The option for a setting."""
    argument, text = setting.argument, f"{setting.help[0].upper()}{setting.help[1:]}."
    default = inspect.Parameter.empty if setting.required else None
    kind: Any
    if argument.metavar:
        option = typer.Option(
            setting.option,
            metavar=argument.metavar,
            help=text,
            autocompletion=lambda incomplete: complete_argument(argument, incomplete),
            show_default=False,
        )
        kind = str if setting.required else str | None
    else:
        option = typer.Option(f"{setting.option}/--no-{setting.option[2:]}", help=text, show_default=False)
        kind = bool if setting.required else bool | None
    return inspect.Parameter(
        setting.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[kind, option]
    )
