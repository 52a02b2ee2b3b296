"""Functions as the writer of machine code takes them."""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import textwrap
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from .kinds import F64, I64, TRUTH, Number

Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True)
class Intrinsic:
    """A function that is written by a function: of an :class:`Arithmetic` and the values of its arguments."""

    write: Callable[..., Any]

    def __call__(self, *_: Any) -> Any:
        raise TypeError("this function exists in machine code alone")


def routine(function: Function) -> Function:
    """Mark a function as one of its own in machine code: a large one, or one that returns early.

    What it returns follows from its annotation: ``float``, ``int``, ``bool`` or ``None``.
    """
    vars(function)["is_routine"] = True
    return function


@dataclass(frozen=True, eq=False)
class Text:
    """A function given as text, as :func:`routine` marks one that is given as a function.

    Attributes
    ----------
    tree : ast.FunctionDef
        The text, parsed.
    around : mapping
        Names that it sees.
    returned : Number, optional
        What it returns.
    """

    tree: ast.FunctionDef
    around: Mapping[str, Any]
    returned: Number | None = None


class MachineCodeError(Exception):
    """A text has no machine code: it is not of the part of Python that is known here."""


@functools.cache
def text_of(function: Any, returned: Number | None = None) -> Text:
    """A function's text; a marked one promises by its annotation what it returns."""
    if vars(function).get("is_routine"):
        promised = str(inspect.signature(function).return_annotation).removeprefix("<class '").removesuffix("'>")
        returned = {"None": None, "float": F64, "int": I64, "bool": TRUTH}[promised]
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.FunctionDef)
    enclosed = inspect.getclosurevars(function).nonlocals
    return Text(tree, {**vars(builtins), **function.__globals__, **enclosed}, returned)
