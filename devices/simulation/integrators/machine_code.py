"""Machine code of generated functions, made by LLVM in some milliseconds; loops of Numba call it by its address.

The text of a generated function (:mod:`synaspice.devices.core.codegen`) is straight-line arithmetic. It is taken apart
by Python's own parser and written in LLVM's language, operation by operation: no reordering, no contraction. The
functions take C pointers to voltages, states, parameters and results.
"""

from __future__ import annotations

import ast
import ctypes
import ctypes.util
import functools
import math
from collections.abc import Sequence
from typing import Any

from llvmlite import binding, ir

from ...core.cache import PARSING
from ...core.compiled import compiled_for
from ...language.functions import EXP_LIMIT

DOUBLE = ir.DoubleType()
POINTER = DOUBLE.as_pointer()
#: Functions of C's mathematical library, with the number of their arguments.
LIBRARY = {
    **dict.fromkeys(("exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh"), 1),
    "atan2": 2,
    "pow": 2,
}
GROUPS = ("_v", "_x", "_p")
#: x coth(x) is its series below this argument.
SMALL = 1e-3

Value = Any


class _Writer:
    """Writes one function; its methods named after functions of the generated text print these."""

    def __init__(self, module: ir.Module, source: str) -> None:
        tree = ast.parse(source).body[0]
        assert isinstance(tree, ast.FunctionDef)
        kind = ir.FunctionType(ir.VoidType(), [POINTER] * (len(GROUPS) + 1))
        function = ir.Function(module, kind, tree.name)
        self.name: str = tree.name
        self.module, self.builder = module, ir.IRBuilder(function.append_basic_block())
        self.arrays = dict(zip(GROUPS, function.args, strict=False))
        self.values: dict[str, Value] = {"pi": self.number(math.pi)}
        for line in tree.body:
            if isinstance(line, ast.Assign):
                (target,) = line.targets
                assert isinstance(target, ast.Name)
                self.values[target.id] = self.write(line.value)
            else:
                assert isinstance(line, ast.Return) and isinstance(line.value, ast.Tuple)
                for k, element in enumerate(line.value.elts):
                    self.builder.store(self.write(element), self.element(function.args[-1], k))
        self.builder.ret_void()

    def number(self, value: float) -> Value:
        return ir.Constant(DOUBLE, float(value))

    def element(self, array: Value, index: int) -> Value:
        return self.builder.gep(array, [ir.Constant(ir.IntType(64), index)])

    def write(self, node: ast.expr) -> Value:
        """Value of an expression."""
        build = self.builder
        match node:
            case ast.Constant(value=int() | float() as value):
                return self.number(value)
            case ast.Name(id=name):
                return self.values[name]
            case ast.Subscript(value=ast.Name(id=group), slice=ast.Constant(value=int() as index)):
                return build.load(self.element(self.arrays[group], index))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return build.fneg(self.write(operand))
            case ast.BinOp(left=left, op=ast.Pow(), right=right):
                return self.power(left, right)
            case ast.BinOp(left=left, op=operation, right=right):
                print_it = {ast.Add: build.fadd, ast.Sub: build.fsub, ast.Mult: build.fmul, ast.Div: build.fdiv}
                return print_it[type(operation)](self.write(left), self.write(right))
            case ast.Call(func=ast.Name(id=name), args=arguments):
                return self.call(name, [self.write(argument) for argument in arguments])
            case ast.IfExp(test=test, body=one, orelse=other):
                return build.select(self.condition(test), self.write(one), self.write(other))
        raise NotImplementedError(f"{ast.unparse(node)} has no machine code")

    def condition(self, node: ast.expr) -> Value:
        """Truth of a comparison, or of several."""
        signs: dict[type, str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
        match node:
            case ast.Compare(left=left, ops=[sign], comparators=[right]):
                return self.builder.fcmp_ordered(signs[type(sign)], self.write(left), self.write(right))
            case ast.BoolOp(op=operation, values=values):
                join = self.builder.and_ if isinstance(operation, ast.And) else self.builder.or_
                return functools.reduce(join, map(self.condition, values))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self.builder.not_(self.condition(operand))
            case ast.Constant(value=bool() as truth):
                return ir.Constant(ir.IntType(1), int(truth))
        raise NotImplementedError(f"{ast.unparse(node)} has no machine code")

    def power(self, base: ast.expr, exponent: ast.expr) -> Value:
        value = self.write(base)
        sign, size = (-1, exponent.operand) if isinstance(exponent, ast.UnaryOp) else (1, exponent)
        if not (isinstance(size, ast.Constant) and isinstance(size.value, int) and 0 < size.value <= 4):
            return self.call("pow", [value, self.write(exponent)])
        product = functools.reduce(self.builder.fmul, [value] * size.value)
        return product if sign > 0 else self.builder.fdiv(self.number(1), product)

    def call(self, name: str, arguments: list[Value]) -> Value:
        if name in LIBRARY:
            kind = ir.FunctionType(DOUBLE, [DOUBLE] * LIBRARY[name])
            symbol = _library_symbol(name)
            function = self.module.globals.get(symbol) or ir.Function(self.module, kind, symbol)
            return self.builder.call(function, arguments)
        return getattr(self, f"print_{name}")(*arguments)

    def intrinsic(self, name: str, *arguments: Value) -> Value:
        kind = ir.FunctionType(DOUBLE, [DOUBLE] * len(arguments))
        return self.builder.call(self.module.declare_intrinsic(f"llvm.{name}", [DOUBLE], kind), arguments)

    def choose(self, left: Value, sign: str, right: Value, one: Value, other: Value) -> Value:
        return self.builder.select(self.builder.fcmp_ordered(sign, left, right), one, other)

    def print_sqrt(self, x: Value) -> Value:
        return self.intrinsic("sqrt", x)

    def print_abs(self, x: Value) -> Value:
        return self.intrinsic("fabs", x)

    def print_min(self, *values: Value) -> Value:
        return functools.reduce(lambda a, b: self.choose(b, "<", a, b, a), values)

    def print_max(self, *values: Value) -> Value:
        return functools.reduce(lambda a, b: self.choose(b, ">", a, b, a), values)

    def print_ramp(self, x: Value) -> Value:
        # Of NaN it is NaN: a step that went there must be seen.
        return self.choose(x, "<", self.number(0), self.number(0), x)

    def print_step(self, x: Value) -> Value:
        zero = self.number(0)
        above = self.choose(x, ">", zero, self.number(1), zero)
        return self.choose(x, "==", zero, self.number(0.5), above)

    def print_sign(self, x: Value) -> Value:
        zero = self.number(0)
        return self.choose(x, "==", zero, zero, self.intrinsic("copysign", self.number(1), x))

    def print_ramp_power(self, x: Value, exponent: Value) -> Value:
        return self.call("pow", [self.print_ramp(x), exponent])

    def print_limexp(self, x: Value) -> Value:
        limit, one = self.number(EXP_LIMIT), self.number(1)
        inside = self.call("exp", [self.print_min(x, limit)])
        beyond = self.builder.fadd(one, self.builder.fsub(x, limit))
        return self.choose(x, "<", limit, inside, self.builder.fmul(inside, beyond))

    def print_x_coth(self, x: Value) -> Value:
        build, one = self.builder, self.number(1)
        series = build.fadd(one, build.fdiv(build.fmul(x, x), self.number(3)))
        exact = build.fdiv(x, self.call("tanh", [x]))
        return self.choose(self.print_abs(x), "<", self.number(SMALL), series, exact)


@functools.cache
def _library_symbol(name: str) -> str:
    """Name under which LLVM finds a function of C's mathematical library."""
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    symbol = f"synaspice_{name}"
    binding.add_symbol(symbol, ctypes.cast(getattr(library, name), ctypes.c_void_p).value)
    return symbol


class MachineCode:
    """A compiled function.

    Parameters
    ----------
    source : str
        Text of a generated function, whose arguments are among ``_v``, ``_x`` and ``_p``.

    Attributes
    ----------
    address : int
        Where it lies: ``void f(double *v, double *x, double *p, double *results)``.
    """

    def __init__(self, source: str) -> None:
        binding.initialize_native_target()
        binding.initialize_native_asmprinter()
        module = ir.Module("synaspice")
        module.triple = binding.get_process_triple()
        name = _Writer(module, source).name
        machine = binding.Target.from_triple(module.triple).create_target_machine(opt=2)
        self._engine = binding.create_mcjit_compiler(binding.parse_assembly(str(module)), machine)
        self._engine.finalize_object()
        self.address: int = self._engine.get_function_address(name)

    def __call__(self, groups: Sequence[Sequence[float]], results: int) -> list[float]:
        """Call it from Python, with three sequences of numbers; the list of its results."""
        raw = ctypes.CFUNCTYPE(None, *[ctypes.POINTER(ctypes.c_double)] * 4)(self.address)
        out = (ctypes.c_double * results)()
        raw(*((ctypes.c_double * len(group))(*group) for group in groups), out)
        return list(out)


def machine_code(model: Any, options: tuple[tuple[str, str], ...], name: str) -> MachineCode:
    """A model's rates, Jacobian, currents or conduction as machine code, for a choice of its options.

    It stays as long as the process: loops hold its address.
    """
    with PARSING:
        return _machine_code(model, options, name)


@functools.cache
def _machine_code(model: Any, options: tuple[tuple[str, str], ...], name: str) -> MachineCode:
    return MachineCode(compiled_for(model, options).source(name))
