"""Machine code of a model's functions: rates, Jacobian, currents, conduction; compiled loops call it by its address.

The text of a generated function (:mod:`synaspice.devices.core.codegen`) is straight-line arithmetic, with the functions
of C's mathematical library. It takes C pointers to voltages, states, parameters and results.
"""

from __future__ import annotations

import builtins
import ctypes
import functools
import math
from collections.abc import Sequence
from typing import Any

from llvmlite import ir

from ...core.cache import PARSING
from ...core.codegen import SCALAR_NAMESPACE
from ...core.compiled import compiled_for
from ...language.equations.functions import EXP_LIMIT
from ...language.waveforms.shapes import FloatArray
from ..machine.kinds import F64, WIDE, Number, View, alignment
from ..machine.lanes import fma
from ..machine.program import Program, address_of, compile_unit, functions_of
from ..machine.writer import Frame, Unit
from .prepared import prepared_rates

GROUPS = ("_v", "_x", "_p")
#: x coth(x) is its series below this argument.
SMALL = 1e-3


def ramp(x: Any) -> Any:
    """Positive part. Of NaN it is NaN: a step that went there must be seen."""
    return 0.0 if x < 0.0 else x


def step(x: Any) -> Any:
    """Unit step, 1/2 at zero."""
    above = 1.0 if x > 0.0 else 0.0
    return 0.5 if x == 0.0 else above


def sign(x: Any) -> Any:
    """Sign, 0 at zero."""
    return 0.0 if x == 0.0 else math.copysign(1.0, x)


def ramp_power(x: Any, a: Any) -> Any:
    """Power of the positive part."""
    return math.pow(ramp(x), a)


def limexp(x: Any) -> Any:
    """Exponential up to its limit, then its tangent."""
    inside = math.exp(min(x, EXP_LIMIT))
    return inside if x < EXP_LIMIT else inside * (1.0 + (x - EXP_LIMIT))


def x_coth(x: Any) -> Any:
    """X coth x, 1 at zero."""
    series = 1.0 + x * x / 3.0
    exact = x / math.tanh(x)
    return series if abs(x) < SMALL else exact


def square(x: Any) -> Any:
    """x^2."""
    return x * x


def cube(x: Any) -> Any:
    """x^3."""
    return x * x * x


def fourth(x: Any) -> Any:
    """x^4."""
    y = x * x
    return y * y


_OWN = (ramp, step, sign, ramp_power, limexp, x_coth, square, cube, fourth)
#: The functions of the library are those of plain numbers; the package's own are written for registers.
_NAMES: dict[str, Any] = {
    **vars(builtins),
    **SCALAR_NAMESPACE,
    **{function.__name__: function for function in _OWN},
    "power": math.pow,
    "fma": fma,
}


class MachineCode:
    """A compiled function.

    Parameters
    ----------
    source : str
        Text of a generated function, whose arguments are among ``_v``, ``_x`` and ``_p``.
    number : Number
        What it takes: single numbers, or numbers in lanes.

    Attributes
    ----------
    address : int
        Where it lies: ``void f(double *v, double *x, double *p, double *results)``.
    """

    def __init__(self, source: str, number: Number = F64) -> None:
        ((name, tree),) = functions_of(source).items()
        unit, pointer = Unit(), number.llvm.as_pointer()
        function = ir.Function(unit.module, ir.FunctionType(ir.VoidType(), [pointer] * (len(GROUPS) + 1)), name)
        builder = ir.IRBuilder(function.append_basic_block())
        frame = Frame(unit, builder, _NAMES, is_inlined=True)
        *given, results = (View(number, argument, [0]) for argument in function.args)
        frame.names.update(zip(GROUPS, given, strict=True))
        frame.statements(tree.body)
        for k, value in enumerate(frame.result):
            place = frame.element(results, frame.places(k))
            builder.store(frame.cast(frame.value(value), number).llvm, place, align=alignment(number))
        builder.ret_void()
        self._program = Program(compile_unit(unit), {})
        self.address = self._program.address(name)
        self._at_pointers: Any = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * (len(GROUPS) + 1))(self.address)

    def __call__(self, groups: Sequence[Sequence[float]], results: int) -> list[float]:
        """Call it from Python, with three sequences of numbers; the list of its results."""
        out = (ctypes.c_double * results)()
        self._at_pointers(*((ctypes.c_double * len(group))(*group) for group in groups), out)
        return list(out)

    def append(self, parameters: FloatArray, count: int) -> None:
        """Put the results of a function of parameters alone behind them, so many numbers from the beginning."""
        at = address_of(parameters)
        self._at_pointers(at, at, at, at + count * parameters.itemsize)


def machine_code(model: Any, options: tuple[tuple[str, str], ...], name: str, *, in_lanes: bool = False) -> MachineCode:
    """A model's rates, Jacobian, currents or conduction as machine code, for a choice of its options.

    ``pace`` and ``preparation`` are the rates of :mod:`.prepared` and what they need. It stays as long as the process:
    loops hold its address.
    """
    with PARSING:
        return _machine_code(model, options, name, in_lanes)


@functools.cache
def _machine_code(model: Any, options: tuple[tuple[str, str], ...], name: str, in_lanes: bool) -> MachineCode:
    if name in ("pace", "preparation"):
        source = str(getattr(prepared_rates(model, options), name))
    else:
        source = compiled_for(model, options).source(name)
    return MachineCode(source, WIDE if in_lanes else F64)
