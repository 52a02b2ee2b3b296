"""Writes expressions of functions in LLVM's language; see :mod:`.writer`."""

from __future__ import annotations

import ast
import functools
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from llvmlite import ir

from . import arithmetic
from .arithmetic import Arithmetic
from .kinds import I64, KINDS, MASK, TRUTH, Array, Group, Kind, Number, Value, View, alignment, memory, number_of
from .texts import Intrinsic, MachineCodeError, Text, text_of


@dataclass(frozen=True)
class Variable:
    """A number in memory, which the compiler makes into registers."""

    kind: Number
    place: Any


class Expressions(Arithmetic):
    """Writes the expressions of one function.

    Parameters
    ----------
    unit : Unit
        Where functions are written that it calls.
    builder : llvmlite.ir.IRBuilder
        Where it is written.
    around : mapping
        Names that it sees.
    """

    def __init__(self, unit: Any, builder: Any, around: Mapping[str, Any]) -> None:
        super().__init__(unit.module, builder, unit.flags)
        self.unit, self.around = unit, around
        self.names: dict[str, Any] = {}

    def inlined(self, text: Text, arguments: list[Any]) -> Any:
        """Result of a function that is written here."""
        raise NotImplementedError

    def look_up(self, name: str) -> Any:
        if name in self.names:
            found = self.names[name]
            return Value(found.kind, self.builder.load(found.place)) if isinstance(found, Variable) else found
        if name not in self.around:
            raise MachineCodeError(f"nothing is called {name}")
        found = self.around[name]
        return number_of(found) if isinstance(found, np.generic) and not isinstance(found, np.float64) else found

    def write(self, node: ast.expr) -> Any:
        """Value of an expression: a :class:`Value`, a view, a tuple, or whatever of Python is known already."""
        match node:
            case ast.Constant(value=value):
                return value
            case ast.Name(id=name):
                return self.look_up(name)
            case ast.Tuple(elts=elements):
                return tuple(self.write(element) for element in elements)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                truth = self.truth(operand)
                return not truth if isinstance(truth, bool) else Value(truth.kind, self.builder.not_(truth.llvm))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.negative(self.write(operand))
            case ast.BinOp(left=left, op=operation, right=right):
                return self.binary(operation, self.write(left), self.write(right))
            case ast.Compare(left=left, ops=signs, comparators=others):
                values = [self.write(part) for part in (left, *others)]
                truths = [self.compare(sign, *values[k : k + 2]) for k, sign in enumerate(signs)]
                return functools.reduce(lambda one, other: self.binary(ast.BitAnd(), one, other), truths)
            case ast.BoolOp(op=operation, values=parts):
                return self.stopping_early(isinstance(operation, ast.And), parts)
            case ast.IfExp(test=test, body=one, orelse=other):
                truth = self.truth(test)
                if isinstance(truth, bool):
                    return self.write(one if truth else other)
                return self.select(truth, self.write(one), self.write(other))
            case ast.Subscript(value=array, slice=index):
                return self.part(self.write(array), index)
            case ast.Attribute(value=owner, attr=name):
                return self.attribute(self.write(owner), name)
            case ast.Call(func=function, args=arguments, keywords=keywords):
                return self.call(self.write(function), [self.write(a) for a in arguments], keywords)
        raise MachineCodeError(f"{ast.unparse(node)} has no machine code")

    def truth(self, node: ast.expr) -> bool | Value:
        value = self.write(node)
        if isinstance(value, Value):
            return value if value.kind in (TRUTH, MASK) else self.value(self.compare(ast.NotEq(), value, 0))
        return bool(value)

    def stopping_early(self, is_and: bool, parts: Sequence[ast.expr]) -> Any:
        first, *rest = parts
        truth = self.truth(first)
        if isinstance(truth, bool):
            return truth if truth is not is_and or not rest else self.stopping_early(is_and, rest)
        if not rest:
            return truth
        if truth.kind is MASK or not any(self.may_fail(part) for p in rest for part in ast.walk(p)):
            return self.binary(ast.BitAnd() if is_and else ast.BitOr(), truth, self.stopping_early(is_and, rest))
        with self.builder.goto_entry_block():
            place = self.builder.alloca(TRUTH.llvm)
        self.builder.store(truth.llvm, place)
        more, after = self.builder.append_basic_block(), self.builder.append_basic_block()
        self.builder.cbranch(truth.llvm, *((more, after) if is_and else (after, more)))
        self.builder.position_at_end(more)
        self.builder.store(self.value(self.stopping_early(is_and, rest)).llvm, place)
        self.builder.branch(after)
        self.builder.position_at_end(after)
        return Value(TRUTH, self.builder.load(place))

    def may_fail(self, node: ast.AST) -> bool:
        """Whether a part of an expression must not be computed in vain: what else there is costs less than a branch."""
        if isinstance(node, ast.Call):
            function = self.write(node.func)
            return isinstance(function, Text) or "is_routine" in getattr(function, "__dict__", {})
        return isinstance(node, ast.Subscript | ast.Mod | ast.FloorDiv)

    def indices(self, index: ast.expr) -> list[Value]:
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        return self.places(*(self.write(part) for part in parts))

    def places(self, *numbers: Any) -> list[Value]:
        return [self.cast(self.value(number), I64) for number in numbers]

    def element(self, view: View, places: Sequence[Value]) -> Any:
        """Address of an element, or of the beginning of a row."""
        offset = places[0]
        for k, length in enumerate(view.lengths[1:], 1):
            offset = self.value(self.binary(ast.Mult(), offset, length))
            if k < len(places):
                offset = self.value(self.binary(ast.Add(), offset, places[k]))
        return self.builder.gep(view.pointer, [self.value(offset).llvm], source_etype=memory(view.kind))

    def part(self, array: Any, index: ast.expr) -> Any:
        if isinstance(array, tuple):
            return array[self.write(index)]
        if isinstance(array, np.ndarray):  # a table that is known when the code is made
            return array[self.write(index)].item()
        if isinstance(index, ast.Slice):
            start = self.cast(self.value(0 if index.lower is None else self.write(index.lower)), I64)
            stop = array.lengths[0] if index.upper is None else self.write(index.upper)
            length = self.value(self.binary(ast.Sub(), stop, start))
            return View(array.kind, self.element(array, [start]), [length, *array.lengths[1:]])
        places = self.indices(index)
        pointer = self.element(array, places)
        if len(places) < len(array.lengths):
            return View(array.kind, pointer, array.lengths[len(places) :])
        loaded = self.builder.load(pointer, typ=memory(array.kind), align=alignment(array.kind))
        return Value(array.kind, self.builder.trunc(loaded, TRUTH.llvm) if array.kind is TRUTH else loaded)

    def attribute(self, owner: Any, name: str) -> Any:
        if isinstance(owner, dict):
            return owner[name]
        if isinstance(owner, View):
            assert name == "shape", name
            return tuple(owner.lengths)
        found = getattr(owner, name)
        return number_of(found) if isinstance(found, np.generic) and not isinstance(found, np.float64) else found

    def call(self, function: Any, arguments: list[Any], keywords: Sequence[ast.keyword]) -> Any:
        if function is np.empty:
            named = {keyword.arg: self.write(keyword.value) for keyword in keywords}
            return self.room(arguments[0], KINDS[np.dtype(named.pop("dtype", np.float64)).name])
        if keywords:
            raise MachineCodeError("arguments are given by their place")
        if isinstance(function, Intrinsic):
            return function.write(self, *arguments)
        if isinstance(function, Text):
            return self.call_routine(function, arguments)
        if function in arithmetic.KNOWN:
            return arithmetic.KNOWN[function](self, *arguments)
        if not inspect.isfunction(function):
            raise MachineCodeError(f"{function} has no machine code")
        text = text_of(function)
        if vars(function).get("is_routine"):
            return self.call_routine(text, arguments)
        return self.inlined(text, arguments)

    def call_routine(self, text: Text, arguments: list[Any]) -> Any:
        values = [self.value(a) if isinstance(a, bool | int | float | np.generic) else a for a in arguments]
        code = self.unit.called(text, tuple(kind_of(value) for value in values))
        result = self.builder.call(code, [part for value in values for part in self.passed(value)])
        if text.returned is TRUTH:
            return Value(TRUTH, self.builder.trunc(result, TRUTH.llvm))
        return None if text.returned is None else Value(text.returned, result)

    def passed(self, value: Any) -> list[Any]:
        """A value as the machine's arguments."""
        match value:
            case Value(kind=kind, llvm=number):
                return [self.builder.zext(number, ir.IntType(8)) if kind is TRUTH else number]
            case View(pointer=pointer, lengths=lengths):
                return [pointer, *(self.cast(self.value(length), I64).llvm for length in lengths)]
            case dict():
                return [part for field in value.values() for part in self.passed(field)]
        raise MachineCodeError(f"{value} cannot be passed")

    def room(self, shape: Any, kind: Number) -> View:
        """A new array, for as long as the function runs."""
        lengths = shape if isinstance(shape, tuple) else (shape,)
        size = functools.reduce(lambda one, other: self.binary(ast.Mult(), one, other), lengths)
        return View(kind, self.builder.alloca(memory(kind), self.cast(self.value(size), I64).llvm), lengths)


def kind_of(value: Any) -> Kind:
    """Kind of an argument."""
    match value:
        case Value(kind=kind):
            return kind
        case View(kind=kind, lengths=lengths):
            known = tuple(length if isinstance(length, int) else None for length in lengths)
            return Array(kind, len(lengths), known if any(length is not None for length in known) else ())
        case dict():
            return Group(tuple((name, kind_of(part)) for name, part in value.items()))
    raise MachineCodeError(f"{value} cannot be passed")
