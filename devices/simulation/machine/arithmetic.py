"""Arithmetic of machine code: operations of numbers, as Python and NumPy have them."""

from __future__ import annotations

import ast
import builtins
import ctypes
import ctypes.util
import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from llvmlite import binding, ir

from .kinds import F32, F64, I64, KINDS, MASK, TRUTH, WIDE, Number, Value, constant, number_of

#: Functions of C's mathematical library.
LIBRARY: tuple[str, ...] = ("exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh")
LIBRARY += ("atan2", "pow", "fmod", "nextafter")

SIGNS: dict[type, str] = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="}
_PYTHON: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: lambda a, b: a / b,
    ast.FloorDiv: lambda a, b: a // b,
    ast.Mod: lambda a, b: a % b,
    ast.Pow: lambda a, b: a**b,
    ast.LShift: lambda a, b: a << b,
    ast.RShift: lambda a, b: a >> b,
    ast.BitAnd: lambda a, b: a & b,
    ast.BitOr: lambda a, b: a | b,
    ast.BitXor: lambda a, b: a ^ b,
    ast.Lt: lambda a, b: a < b,
    ast.LtE: lambda a, b: a <= b,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
    ast.Eq: lambda a, b: a == b,
    ast.NotEq: lambda a, b: a != b,
}


class Arithmetic:
    """Writes operations; numbers of Python take the kind of what they meet."""

    def __init__(self, module: Any, builder: Any, flags: Sequence[str] = ()) -> None:
        self.module, self.builder, self.flags = module, builder, flags

    def value(self, number: Any) -> Value:
        """A number as a value: those of Python are int64, float64 or truths."""
        match number:
            case Value():
                return number
            case bool():
                return constant(TRUTH, number)
            case np.generic():
                return number_of(number)
            case int():
                return constant(I64, number)
            case float():
                return constant(F64, number)
        raise TypeError(f"{number} is no number")

    def cast(self, value: Value, kind: Number) -> Value:
        """The nearest number of another kind; bits are cut off where there are too many."""
        old, build, llvm = value.kind, self.builder, kind.llvm
        if old == kind:
            return value
        if kind.lanes > old.lanes:
            return self.in_lanes(self.cast(value, F64 if kind is WIDE else TRUTH), kind)
        if kind.lanes < old.lanes:
            raise TypeError(f"{old.name} for one {kind.name}")
        if old.rank and kind.rank:
            return Value(kind, (build.fptrunc if old.rank > kind.rank else build.fpext)(value.llvm, llvm))
        if kind.rank:
            return Value(kind, (build.sitofp if old.signed else build.uitofp)(value.llvm, llvm))
        if old.rank:
            return Value(kind, (build.fptosi if kind.signed else build.fptoui)(value.llvm, llvm))
        if kind is TRUTH:
            return Value(TRUTH, build.icmp_unsigned("!=", value.llvm, ir.Constant(old.llvm, 0)))
        if old.llvm.width > llvm.width:
            return Value(kind, build.trunc(value.llvm, llvm))
        if old.llvm.width < llvm.width:
            return Value(kind, (build.sext if old.signed else build.zext)(value.llvm, llvm))
        return Value(kind, value.llvm)

    def in_lanes(self, value: Value, kind: Number) -> Value:
        """A number, the same in all lanes."""
        one = self.builder.insert_element(ir.Constant(kind.llvm, ir.Undefined), value.llvm, I64.llvm(0))
        order = ir.Constant(ir.VectorType(ir.IntType(32), kind.lanes), [0] * kind.lanes)
        return Value(kind, self.builder.shuffle_vector(one, ir.Constant(kind.llvm, ir.Undefined), order))

    def alike(self, one: Any, other: Any) -> tuple[Value, Value]:
        """Two numbers in the kind in which an operation of them works."""
        if not isinstance(one, Value) and not isinstance(other, Value):
            one, other = self.value(one), self.value(other)
        elif not isinstance(one, Value):
            other, one = self.alike(other, one)
            return one, other
        if not isinstance(other, Value):
            whole = isinstance(other, int) and not isinstance(other, bool)
            other = constant(one.kind, other) if whole and one.kind not in (TRUTH, MASK) else self.value(other)
        if one.kind == other.kind:
            return one, other
        if one.kind.lanes > 1 or other.kind.lanes > 1:
            kind = WIDE if one.kind.rank or other.kind.rank else MASK
            return self.cast(one, kind), self.cast(other, kind)
        if one.kind.rank or other.kind.rank:
            mixed = {one.kind, other.kind} == {F64, F32}
            if not mixed and F32 in (one.kind, other.kind):
                raise TypeError(f"{one.kind.name} with {other.kind.name}")
            return self.cast(one, F64), self.cast(other, F64)
        if TRUTH in (one.kind, other.kind):
            kind = other.kind if one.kind is TRUTH else one.kind
            return self.cast(one, kind), self.cast(other, kind)
        raise TypeError(f"{one.kind.name} with {other.kind.name}: say which is meant")

    def binary(self, operation: ast.operator, one: Any, other: Any) -> Any:
        """Result of an operation."""
        if not isinstance(one, Value) and not isinstance(other, Value):
            return _PYTHON[type(operation)](one, other)
        if isinstance(operation, ast.Pow):
            return self.power(self.value(one), other)
        a, b = self.alike(one, other)
        if isinstance(operation, ast.Div) and not a.kind.rank:
            a, b = self.cast(a, F64), self.cast(b, F64)
        kind, build, x, y = a.kind, self.builder, a.llvm, b.llvm
        if kind.rank:
            if isinstance(operation, ast.Mod):
                return self.remainder(a, b)
            print_it = {ast.Add: build.fadd, ast.Sub: build.fsub, ast.Mult: build.fmul, ast.Div: build.fdiv}
            return Value(kind, print_it[type(operation)](x, y, flags=self.flags))
        match operation:
            case ast.FloorDiv() | ast.Mod():
                return self.floored(operation, a, b)
            case ast.RShift():
                return Value(kind, (build.ashr if kind.signed else build.lshr)(x, y))
        whole = {ast.Add: build.add, ast.Sub: build.sub, ast.Mult: build.mul, ast.LShift: build.shl}
        whole |= {ast.BitAnd: build.and_, ast.BitOr: build.or_, ast.BitXor: build.xor}
        return Value(kind, whole[type(operation)](x, y))

    def floored(self, operation: ast.operator, one: Value, other: Value) -> Value:
        """Quotient or remainder that belongs to rounding down."""
        build, kind = self.builder, one.kind
        if not kind.signed:
            print_it = build.urem if isinstance(operation, ast.Mod) else build.udiv
            return Value(kind, print_it(one.llvm, other.llvm))
        quotient, rest = build.sdiv(one.llvm, other.llvm), build.srem(one.llvm, other.llvm)
        zero = ir.Constant(kind.llvm, 0)
        differ = build.icmp_signed("<", build.xor(rest, other.llvm), zero)
        off = build.and_(build.icmp_signed("!=", rest, zero), differ)
        if isinstance(operation, ast.Mod):
            return Value(kind, build.select(off, build.add(rest, other.llvm), rest))
        return Value(kind, build.select(off, build.sub(quotient, ir.Constant(kind.llvm, 1)), quotient))

    def remainder(self, one: Value, other: Value) -> Value:
        """Remainder of positive numbers."""
        return self.library("fmod", one, other)

    def power(self, base: Value, exponent: Any) -> Value:
        """Power: small whole ones are products."""
        if isinstance(exponent, int) and 0 < abs(exponent) <= 4:
            product = functools.reduce(lambda a, b: self.binary(ast.Mult(), a, b), [base] * abs(exponent))
            return product if exponent > 0 else self.value(self.binary(ast.Div(), 1.0, product))
        return self.library("pow", base, self.value(exponent))

    def compare(self, sign: ast.cmpop, one: Any, other: Any) -> Any:
        """Truth of a comparison; with what is not a number only ``!=`` is true."""
        if not isinstance(one, Value) and not isinstance(other, Value):
            return bool(_PYTHON[type(sign)](one, other))
        a, b = self.alike(one, other)
        text, build = SIGNS[type(sign)], self.builder
        if a.kind.rank:
            print_it = build.fcmp_unordered if text == "!=" else build.fcmp_ordered
        else:
            print_it = build.icmp_signed if a.kind.signed else build.icmp_unsigned
        return Value(TRUTH if a.kind.lanes == 1 else MASK, print_it(text, a.llvm, b.llvm))

    def negative(self, number: Any) -> Any:
        if not isinstance(number, Value):
            return -number
        if number.kind.rank:
            return Value(number.kind, self.builder.fneg(number.llvm, flags=self.flags))
        return Value(number.kind, self.builder.neg(number.llvm))

    def select(self, truth: Value, one: Any, other: Any) -> Any:
        """One of two values, or of two tuples of them."""
        if isinstance(one, tuple):
            return tuple(self.select(truth, a, b) for a, b in zip(one, other, strict=True))
        a, b = self.alike(one, other)
        if truth.kind is MASK and a.kind.lanes == 1:
            kind = MASK if a.kind is TRUTH else WIDE
            a, b = self.cast(a, kind), self.cast(b, kind)
        return Value(a.kind, self.builder.select(truth.llvm, a.llvm, b.llvm))

    def library(self, name: str, *numbers: Any) -> Value:
        """A function of C's mathematical library; of numbers in lanes one after another."""
        given = [self.value(number) for number in numbers]
        if any(value.kind.lanes > 1 for value in given):
            return self.lane_by_lane(name, *given)
        values = [self.cast(value, F64) for value in given]
        kind = ir.FunctionType(F64.llvm, [F64.llvm] * len(values))
        symbol = library_symbol(name)
        function = self.module.globals.get(symbol) or ir.Function(self.module, kind, symbol)
        return Value(F64, self.builder.call(function, [value.llvm for value in values]))

    def lane_by_lane(self, name: str, *given: Value) -> Value:
        """A function of C's mathematical library, of one lane after another."""
        values = [self.cast(value, WIDE).llvm for value in given]
        result: Any = ir.Constant(WIDE.llvm, ir.Undefined)
        for lane in range(WIDE.lanes):
            place = I64.llvm(lane)
            parts = [Value(F64, self.builder.extract_element(value, place)) for value in values]
            result = self.builder.insert_element(result, self.library(name, *parts).llvm, place)
        return Value(WIDE, result)

    def intrinsic(self, name: str, *numbers: Any) -> Value:
        """A function that LLVM knows, of numbers of one kind."""
        values = [self.value(number) for number in numbers]
        wide = any(value.kind.lanes > 1 for value in values)
        kind = WIDE if wide else values[0].kind if values[0].kind.rank else F64
        values = [self.cast(value, kind) for value in values]
        function = ir.FunctionType(kind.llvm, [kind.llvm] * len(values))
        if wide:
            symbol = f"llvm.{name}.v{kind.lanes}f64"
            declared = self.module.globals.get(symbol) or ir.Function(self.module, function, symbol)
        else:
            declared = self.module.declare_intrinsic(f"llvm.{name}", [kind.llvm], function)
        return Value(kind, self.builder.call(declared, [value.llvm for value in values]))

    def call_at(self, address: Value, pointers: Sequence[Any]) -> None:
        """Call a function without a result at an address, with pointers."""
        kind = ir.FunctionType(ir.VoidType(), [pointer.type for pointer in pointers])
        self.builder.call(self.builder.inttoptr(address.llvm, kind.as_pointer()), pointers)

    def fused(self, a: Any, b: Any, c: Any) -> Value:
        """Product and sum, rounded once."""
        values = [self.value(number) for number in (a, b, c)]
        if any(value.kind.lanes > 1 for value in values):
            return self.intrinsic("fma", *values)
        kind = F32 if all(value.kind is F32 for value in values) else F64
        return Value(kind, self.builder.fma(*(self.cast(value, kind).llvm for value in values)))

    def bits(self, number: Value, kind: Number) -> Value:
        """The number of another kind with the same bits."""
        return Value(kind, self.builder.bitcast(number.llvm, kind.llvm))

    def extreme(self, sign: ast.cmpop, *numbers: Any) -> Any:
        """The first of the smallest or largest numbers."""

        def better(one: Any, other: Any) -> Any:
            truth = self.compare(sign, other, one)
            return (other if truth else one) if isinstance(truth, bool) else self.select(truth, other, one)

        return functools.reduce(better, numbers)

    def size(self, number: Any) -> Any:
        """Absolute value."""
        if not isinstance(number, Value):
            return abs(number)
        if number.kind.rank:
            return self.intrinsic("fabs", number)
        return self.select(self.value(self.compare(ast.Lt(), number, 0)), self.negative(number), number)

    def square_root(self, number: Any) -> Value:
        return self.intrinsic("sqrt", number)

    def is_finite(self, number: Any) -> Any:
        return self.compare(ast.Lt(), self.size(self.value(number)), math.inf)

    def next_after(self, number: Any, other: Any) -> Value:
        return self.library("nextafter", number, other)

    def converted(self, kind: Number, number: Any) -> Any:
        """``np.float64(x)`` and its like; of a text too."""
        if isinstance(number, str):
            return constant(kind, float(number))
        if not isinstance(number, Value):
            return constant(kind, number if kind.rank else int(number) & ((1 << kind.llvm.width) - 1))
        return self.cast(number, kind)

    def length(self, view: Any) -> Any:
        return view.lengths[0]


def _converter(kind: Number) -> Callable[..., Any]:
    return lambda writer, number: writer.converted(kind, number)


def _from_library(name: str) -> Callable[..., Any]:
    return lambda writer, *numbers: writer.library(name, *numbers)


#: Functions of Python and NumPy, and how they are written.
KNOWN: dict[Any, Callable[..., Any]] = {
    builtins.abs: Arithmetic.size,
    builtins.len: Arithmetic.length,
    builtins.min: lambda writer, *numbers: writer.extreme(ast.Lt(), *numbers),
    builtins.max: lambda writer, *numbers: writer.extreme(ast.Gt(), *numbers),
    builtins.float: _converter(F64),
    builtins.int: _converter(I64),
    math.sqrt: Arithmetic.square_root,
    math.isfinite: Arithmetic.is_finite,
    math.copysign: lambda writer, size, sign: writer.intrinsic("copysign", size, sign),
    np.nextafter: Arithmetic.next_after,
    **{getattr(np, name): _converter(kind) for name, kind in KINDS.items() if kind is not TRUTH},
    **{getattr(math, name): _from_library(name) for name in LIBRARY if hasattr(math, name)},
}


@functools.cache
def library_symbol(name: str) -> str:
    """Name under which LLVM finds a function of C's mathematical library."""
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    symbol = f"synaspice_{name}"
    binding.add_symbol(symbol, ctypes.cast(getattr(library, name), ctypes.c_void_p).value)
    return symbol
