"""Rates for the inner loops of integrators: what parameters alone decide is computed once, before a trajectory.

They are rates of the scaled states over the scaled states. Terms of parameters are taken out of them, and products are
added by fused operations, as in the kernels of ensembles; what is taken out follows the parameters in their vector.
Inputs, which drives may change, stay inside, and so do voltages.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ...core.compiled import compiled_for
from ...core.sharing import Replacement
from ...language.equations.constants import CONSTANTS
from ..expressions.hoisting import Hoist, KernelPrinter, statements
from ..expressions.ordering import in_order


@dataclass(frozen=True)
class Prepared:
    """Texts of functions of voltages, scaled states and a parameter vector.

    Attributes
    ----------
    preparation : str
        Function of the declared and derived parameters for what follows them in the vector.
    pace : str
        Function of voltages, scaled states and the whole vector for the rates of the scaled states.
    count : int
        How many numbers follow the parameters.
    """

    preparation: str
    pace: str
    count: int


@functools.lru_cache(maxsize=256)
def prepared_rates(model: Any, options: tuple[tuple[str, str], ...]) -> Prepared:
    """The rates of a model for a choice of its options."""
    functions = compiled_for(model, options)
    system, parameters = functions.system, functions.parameters
    groups = {"v": system.voltages, "x": system.states, "p": parameters}
    # Names that nothing in the texts can clash with.
    names = {
        symbol: sp.Symbol(f"{letter}_{k}", real=True)
        for letter, group in groups.items()
        for k, symbol in enumerate(group)
    }
    scales = [state.scale for state in model.state_declarations().values()]
    scaled = {
        names[x]: sp.Float(scale) * names[x] for x, scale in zip(system.states, scales, strict=True) if scale != 1
    }
    numbers = {symbol: sp.Float(value, 17) for symbol, (value, _, _) in CONSTANTS.items()}
    changing = {*model.input_declarations(), *model.telegraph_declarations()}
    hoist = Hoist(names[p] for p in parameters if str(p) not in changing)
    renamed, with_scales = Replacement({**numbers, **names}), Replacement(scaled)
    rates = {
        f"f_{k}": hoist(with_scales(renamed(rate)) / (sp.Float(scale) if scale != 1 else 1))
        for k, (rate, scale) in enumerate(zip(functions.quiet.rates.values(), scales, strict=True))
    }
    places = {str(symbol): len(parameters) + k for k, symbol in enumerate(hoist.found.values())}
    found = {str(symbol): expression for expression, symbol in hoist.found.items()}
    return Prepared(_text("preparation", found, {}), _text("pace", rates, places), len(found))


def _text(name: str, outputs: dict[str, sp.Expr], places: dict[str, int]) -> str:
    lines, values = in_order(*statements(outputs, KernelPrinter()), "x")
    used = sorted({str(symbol) for e in outputs.values() for symbol in e.free_symbols})
    return "\n    ".join(
        [f"def {name}(_v, _x, _p):", *_loads(used, places), *lines, f"return ({_listed(values.values())})"]
    )


def _loads(names: Iterable[str], places: dict[str, int]) -> list[str]:
    return [f"{name} = _p[{places[name]}]" if name in places else f"{name} = _{name[0]}[{name[2:]}]" for name in names]


def _listed(values: Iterable[str]) -> str:
    return "".join(f"{value}, " for value in values)
