"""Symbols as files of editors of schematics: what a file says, and the registry of the editors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ...language.registry import Registry
from .shapes import Symbol


@dataclass(frozen=True)
class SymbolFile:
    """What a file of a symbol says.

    Attributes
    ----------
    name : str
        Name of the subcircuit.
    symbol : Symbol
        What it looks like; its pins are in the order of the subcircuit.
    parameters : Mapping
        Parameters of the subcircuit that are attributes of the symbol, with their values.
    netlist : str
        Name of the file in which the subcircuit is.
    description : str
        What it is, in a line.
    """

    name: str
    symbol: Symbol
    parameters: Mapping[str, float]
    netlist: str
    description: str

    def assignments(self) -> str:
        """The parameters as an instance of the subcircuit sets them."""
        return " ".join(f"{name}={value!r}" for name, value in self.parameters.items())


@dataclass(frozen=True)
class Editor:
    """An editor of schematics.

    Attributes
    ----------
    name : str
        Its name in texts.
    suffix : str
        Ending of its files of symbols.
    dialect : str
        Dialect of the netlists that it usually runs.
    write : callable
        The text of the file of a symbol.
    """

    name: str
    suffix: str
    dialect: str
    write: Callable[[SymbolFile], str]


#: The editors for which symbols are written, by the name that is asked for.
EDITORS: Registry[Editor] = Registry(
    "editor of schematics",
    ("synaspice.devices.targets.symbols",),
    "synaspice.editors",
    lambda item: isinstance(item, Editor),
)
