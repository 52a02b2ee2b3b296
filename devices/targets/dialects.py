"""How SPICE dialects differ: a table of data, one entry per simulator.

Expressions are printed by :mod:`~synaspice.devices.targets.expressions` and statements by
:mod:`~synaspice.devices.targets.statements`, both from what stands here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..functions import EXP_LIMIT

#: Names that mean something else in an expression or on an instance line of the simulator.
RESERVED = {"m", "time", "temper", "hertz", "v", "i", "pi", "e"}


@dataclass(frozen=True)
class Dialect:
    """How one simulator spells what expressions and subcircuits are made of.

    Attributes
    ----------
    name : str
        What the dialect is called.
    functions, formula_functions : Mapping
        Templates of the functions that are spelled otherwise than in SymPy: in the sources, and (where they differ) in
        the formulas of parameters.
    temperature : str
        The absolute temperature [K] in an expression.
    statements : Mapping
        Templates of the statements, over ``name``, the nodes ``p`` and ``n`` and what the statement is about.
    formula : str
        Template of a formula where a number could stand.
    node, drop : str
        Templates of the voltage of a node and of the voltage between two of them.
    comment : str
        What a line of comment starts with.
    continuation : tuple of str
        What ends a line that goes on, and what starts the next one.
    """

    name: str
    functions: Mapping[str, str]
    formula_functions: Mapping[str, str]
    temperature: str
    statements: Mapping[str, str]
    formula: str = "{{{0}}}"
    node: str = "V({0})"
    drop: str = "V({0},{1})"
    comment: str = "* "
    continuation: tuple[str, str] = ("", "+ ")


DIALECTS = {
    "ngspice": Dialect(
        name="ngspice",
        functions={
            "ramp": "uramp({0})",
            "step": "u({0})",
            "ramp_power": "pow(uramp({0}), {1})",
            "limexp": f"exp(min({{0}}, {EXP_LIMIT:g}))*(1 + uramp(({{0}}) - {EXP_LIMIT:g}))",
            "x_coth": "(abs({0}) < 1e-3 ? 1 + ({0})*({0})/3 : ({0})/tanh({0}))",
            "sign": "sgn({0})",
            "Abs": "abs({0})",
            "log": "ln({0})",
            "Min": "min({0}, {1})",
            "Max": "max({0}, {1})",
        },
        formula_functions={
            "ramp": "max({0}, 0)",
            "step": "(sgn({0}) + 1)/2",
            "ramp_power": "pow(max({0}, 0), {1})",
            "limexp": f"exp(min({{0}}, {EXP_LIMIT:g}))*(1 + max(({{0}}) - {EXP_LIMIT:g}, 0))",
        },
        temperature="(temper + 273.15)",
        statements={
            "open": ".subckt {name} {pins} params:",
            "default": "+ {name}={value}",
            "close": ".ends {name}",
            "parameter": ".param {name}={value}",
            "current": "B_{name} {p} {n} I={value}",
            "voltage": "B_{name} {p} {n} V={value}",
            "resistor": "R_{name} {p} {n} {value}",
            "capacitor": "C_{name} {p} {n} {value}",
            "charged_capacitor": "C_{name} {p} {n} {value} ic={initial}",
            "constant_current": "I_{name} {p} {n} {value}",
            "ramped_voltage": "V_{name} {p} {n} PWL(0 0 {value} 1)",
            "flicker_model": ".model {name} r kf=1 af=1",
            "modelled_resistor": "R_{name} {p} {n} {model} {value}",
        },
    )
}
