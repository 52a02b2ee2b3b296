"""Values of laws that are written in SymPy, by the code that is generated from them."""

from __future__ import annotations

import inspect

import numpy as np
import sympy as sp

from synaspice.devices.core.codegen import ARRAY_NAMESPACE, define, function_source


def values(law, **arguments):
    """Values of a law at the given arguments, numbers or arrays, which are passed on by name.

    An argument that is no number, such as a set of symbols, goes to the law as it is.
    """
    known = inspect.signature(law).parameters
    numbers = {k: np.asarray(v, dtype=float) for k, v in arguments.items() if not isinstance(v, Given)}
    symbols = {name: sp.Symbol(name, real=True) for name in numbers}
    given = {name: value.what for name, value in arguments.items() if isinstance(value, Given)}
    assert set(arguments) <= set(known), law
    expressions = law(**symbols, **given)
    single = not isinstance(expressions, tuple)
    source = function_source("law", {"arguments": tuple(symbols.values())}, [expressions] if single else [*expressions])
    found = define(source, "law", ARRAY_NAMESPACE)([*numbers.values()])
    shape = np.broadcast_shapes(*(value.shape for value in numbers.values()))
    every = [np.broadcast_to(np.asarray(one, dtype=float), shape) for one in found]
    return every[0] if single else every


class Given:
    """An argument that is no number."""

    def __init__(self, what):
        self.what = what
