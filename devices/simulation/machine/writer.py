"""Writes numeric functions of a small part of Python in LLVM's language.

The part: numbers, arrays that are passed in or made with ``np.empty``, views of them; assignments, arithmetic,
comparisons, conditional expressions, ``if``, ``while``, ``for`` over ``range``; calls of such functions. Types follow
from those of the arguments; nothing is reordered or contracted, so that the same text gives the same bits everywhere.
Integers wrap round, indices count from zero and are not looked at, and a division by zero follows IEEE 754. Both sides
of a conditional expression are computed, ``and`` and ``or`` stop early.

Functions are written into their caller, unless they are :func:`routine`.
"""

from __future__ import annotations

import ast
import builtins
import functools
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from llvmlite import ir

from . import arithmetic
from .arithmetic import Arithmetic
from .kinds import F64, I64, KINDS, TRUTH, Array, Group, Kind, Number, Value, View, llvm_types, memory, number_of

#: Loops of so many turns, known when the code is made, are written turn by turn.
UNROLLED = 16

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


class Unit:
    """Functions that are compiled together.

    Parameters
    ----------
    contracting : bool
        Whether a product and a sum may be rounded once; what comes out then depends on the processor.
    """

    def __init__(self, *, contracting: bool = False) -> None:
        self.flags = ("contract",) if contracting else ()
        self.module = ir.Module("synaspice")
        self._written: dict[Any, Any] = {}

    def write(self, text: Text, kinds: Sequence[Kind], *, name: str, inner: bool = False) -> Any:
        """Write a function for arguments of given kinds."""
        types = [part for kind in kinds for part in llvm_types(kind)]
        result = ir.VoidType() if text.returned is None else llvm_types(text.returned)[0]
        function = ir.Function(self.module, ir.FunctionType(result, types), name)
        if inner:
            function.linkage = "internal"
            function.attributes.add("noinline")
        builder = ir.IRBuilder(function.append_basic_block())
        frame = Frame(self, builder, text.around, text.returned)
        raw = list(function.args)
        for argument, kind in zip(text.tree.args.args, kinds, strict=True):
            frame.bind(argument.arg, frame.received(kind, raw))
        frame.statements(text.tree.body)
        if not builder.block.is_terminated:
            builder.ret_void() if text.returned is None else builder.unreachable()
        return function

    def called(self, text: Text, kinds: tuple[Kind, ...]) -> Any:
        """A function of its own, written once for the kinds of its arguments."""
        key = text, kinds
        if key not in self._written:
            name = f"{text.tree.name}.{len(self._written)}"
            self._written[key] = self.write(text, kinds, name=name, inner=True)
        return self._written[key]


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


class Frame(Arithmetic):
    """Writes the body of one function."""

    def __init__(self, unit: Unit, builder: Any, around: Mapping[str, Any], returned: Number | None = None,
                 is_inlined: bool = False) -> None:  # fmt: skip
        super().__init__(unit.module, builder, unit.flags)
        self.unit, self.around, self.returned, self.is_inlined = unit, around, returned, is_inlined
        self.names: dict[str, Any] = {}
        self.result: Any = None
        self.loops: list[tuple[Any, Any]] = []

    # Names

    def received(self, kind: Kind, raw: list[Any]) -> Any:
        """An argument, from the machine's arguments that are left."""
        match kind:
            case Number():
                value = raw.pop(0)
                return Value(kind, self.builder.trunc(value, kind.llvm) if kind is TRUTH else value)
            case Array():
                return View(kind.kind, raw.pop(0), [Value(I64, raw.pop(0)) for _ in range(kind.rank)])
            case Group():
                return {name: self.received(part, raw) for name, part in kind.fields}

    def bind(self, name: str, value: Any) -> None:
        """Give a name a value; numbers are kept in memory, which the compiler makes into registers."""
        if isinstance(value, bool | int | float | np.generic):
            value = self.value(value)
        if not isinstance(value, Value):
            self.names[name] = value
            return
        there = self.names.get(name)
        if not isinstance(there, _Variable):
            with self.builder.goto_entry_block():
                there = self.names[name] = _Variable(value.kind, self.builder.alloca(value.kind.llvm, name=name))
        if there.kind != value.kind:
            value = self.cast(value, there.kind) if there.kind.rank >= value.kind.rank and there.kind.rank else value
            if there.kind != value.kind:
                raise MachineCodeError(f"{name} is of {there.kind.name}, and becomes {value.kind.name}")
        self.builder.store(value.llvm, there.place)

    def look_up(self, name: str) -> Any:
        if name in self.names:
            found = self.names[name]
            return Value(found.kind, self.builder.load(found.place)) if isinstance(found, _Variable) else found
        if name not in self.around:
            raise MachineCodeError(f"nothing is called {name}")
        found = self.around[name]
        return number_of(found) if isinstance(found, np.generic) and not isinstance(found, np.float64) else found

    # Statements

    def statements(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            if self.builder.block.is_terminated or (self.result is not None and self.is_inlined):
                return
            self.statement(statement)

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                return
            case ast.Expr(value=ast.Call() as call):
                self.write(call)
            case ast.Assign(targets=targets, value=value):
                found = self.write(value)
                for target in targets:
                    self.assign(target, found)
            case ast.AugAssign(target=target, op=operation, value=value):
                self.assign(target, self.binary(operation, self.write(_loaded(target)), self.write(value)))
            case ast.If(test=test, body=body, orelse=other):
                self.branch(test, body, other)
            case ast.While(test=test, body=body, orelse=[]):
                self.loop(lambda: self.truth(test), lambda: self.statements(body), lambda: None)
            case ast.For(
                target=ast.Name(id=name), iter=ast.Call(func=ast.Name(id="range"), args=limits), body=body, orelse=[]
            ):
                self.counted(name, [self.write(limit) for limit in limits], body)
            case ast.Break():
                self.builder.branch(self.loops[-1][1])
            case ast.Continue():
                self.builder.branch(self.loops[-1][0])
            case ast.Return(value=value):
                self.finish(None if value is None else self.write(value))
            case _:
                raise MachineCodeError(f"{ast.unparse(node)} has no machine code")

    def finish(self, value: Any) -> None:
        if self.is_inlined:
            if self.loops:
                raise MachineCodeError("a function that returns early must be a routine")
            self.result = () if value is None else value
        elif self.returned is None:
            self.builder.ret_void()
        else:
            number = self.cast(self.value(value), self.returned)
            byte = ir.IntType(8)
            self.builder.ret(self.builder.zext(number.llvm, byte) if self.returned is TRUTH else number.llvm)

    def assign(self, target: ast.expr, value: Any) -> None:
        match target:
            case ast.Name(id=name):
                self.bind(name, value)
            case ast.Tuple(elts=targets):
                for one, part in zip(targets, value, strict=True):
                    self.assign(one, part)
            case ast.Subscript(value=array, slice=index):
                view, places = self.write(array), self.indices(index)
                assert isinstance(view, View) and len(places) == len(view.lengths), ast.unparse(target)
                number = self.cast(self.value(value), view.kind)
                stored = self.builder.zext(number.llvm, memory(view.kind)) if view.kind is TRUTH else number.llvm
                self.builder.store(stored, self.element(view, places))
            case _:
                raise MachineCodeError(f"{ast.unparse(target)} cannot be assigned to")

    def branch(self, test: ast.expr, body: Sequence[ast.stmt], other: Sequence[ast.stmt]) -> None:
        condition = self.truth(test)
        if isinstance(condition, bool):
            self.statements(body if condition else other)
            return
        if self.is_inlined and any(isinstance(part, ast.Return) for line in [*body, *other] for part in ast.walk(line)):
            raise MachineCodeError("a function that returns early must be a routine")
        then, otherwise, after = (self.builder.append_basic_block() for _ in range(3))
        self.builder.cbranch(condition.llvm, then, otherwise)
        for block, lines in ((then, body), (otherwise, other)):
            self.builder.position_at_end(block)
            self.statements(lines)
            if not self.builder.block.is_terminated:
                self.builder.branch(after)
        self.builder.position_at_end(after)

    def loop(self, condition: Callable[[], Any], body: Callable[[], None], step: Callable[[], None]) -> None:
        head, inside, following, after = (self.builder.append_basic_block() for _ in range(4))
        self.builder.branch(head)
        self.builder.position_at_end(head)
        met = condition()
        self.builder.cbranch(self.value(met).llvm, inside, after)
        self.builder.position_at_end(inside)
        self.loops.append((following, after))
        body()
        self.loops.pop()
        if not self.builder.block.is_terminated:
            self.builder.branch(following)
        self.builder.position_at_end(following)
        step()
        self.builder.branch(head)
        self.builder.position_at_end(after)

    def counted(self, name: str, limits: list[Any], body: Sequence[ast.stmt]) -> None:
        start, stop, stride = {1: [0, *limits, 1], 2: [*limits, 1], 3: limits}[len(limits)]
        jumps = any(isinstance(part, ast.Break | ast.Continue) for line in body for part in ast.walk(line))
        fixed = all(isinstance(limit, int) for limit in (start, stop, stride))
        if fixed and not jumps and len(range(start, stop, stride)) <= UNROLLED:
            for turn in range(start, stop, stride):
                self.names[name] = turn
                self.statements(body)
            return
        self.names.pop(name, None)
        with self.builder.goto_entry_block():
            counter = self.builder.alloca(I64.llvm)
        self.builder.store(self.cast(self.value(start), I64).llvm, counter)
        end, by = self.cast(self.value(stop), I64), self.cast(self.value(stride), I64)

        def turn() -> None:
            self.bind(name, Value(I64, self.builder.load(counter)))
            self.statements(body)

        def step() -> None:
            self.builder.store(self.builder.add(self.builder.load(counter), by.llvm, flags=["nsw"]), counter)

        sign = ast.Gt() if isinstance(stride, int) and stride < 0 else ast.Lt()
        self.loop(lambda: self.compare(sign, Value(I64, self.builder.load(counter)), end), turn, step)

    # Expressions

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
                return not truth if isinstance(truth, bool) else Value(TRUTH, self.builder.not_(truth.llvm))
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
            return value if value.kind is TRUTH else self.value(self.compare(ast.NotEq(), value, 0))
        return bool(value)

    def stopping_early(self, is_and: bool, parts: Sequence[ast.expr]) -> Any:
        first, *rest = parts
        truth = self.truth(first)
        if isinstance(truth, bool):
            return truth if truth is not is_and or not rest else self.stopping_early(is_and, rest)
        if not rest:
            return truth
        if not any(self.may_fail(part) for p in rest for part in ast.walk(p)):
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
        if isinstance(index, ast.Slice):
            start = self.cast(self.value(0 if index.lower is None else self.write(index.lower)), I64)
            stop = array.lengths[0] if index.upper is None else self.write(index.upper)
            length = self.value(self.binary(ast.Sub(), stop, start))
            return View(array.kind, self.element(array, [start]), [length, *array.lengths[1:]])
        places = self.indices(index)
        pointer = self.element(array, places)
        if len(places) < len(array.lengths):
            return View(array.kind, pointer, array.lengths[len(places) :])
        loaded = self.builder.load(pointer, typ=memory(array.kind))
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
        inner = Frame(self.unit, self.builder, text.around, is_inlined=True)
        for argument, value in zip(text.tree.args.args, arguments, strict=True):
            # What is known when the code is made stays known.
            if isinstance(value, bool | int | float):
                inner.names[argument.arg] = value
            else:
                inner.bind(argument.arg, value)
        inner.statements(text.tree.body)
        return inner.result

    def call_routine(self, text: Text, arguments: list[Any]) -> Any:
        values = [self.value(a) if isinstance(a, bool | int | float | np.generic) else a for a in arguments]
        code = self.unit.called(text, tuple(_kind_of(value) for value in values))
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
        lengths = [self.cast(self.value(length), I64) for length in (shape if isinstance(shape, tuple) else (shape,))]
        size = functools.reduce(lambda one, other: self.binary(ast.Mult(), one, other), lengths)
        return View(kind, self.builder.alloca(memory(kind), self.value(size).llvm), lengths)


@dataclass(frozen=True)
class _Variable:
    kind: Number
    place: Any


def _loaded(target: ast.expr) -> ast.expr:
    """A target as the expression that reads it."""
    return ast.parse(ast.unparse(target), mode="eval").body


def _kind_of(value: Any) -> Kind:
    match value:
        case Value(kind=kind):
            return kind
        case View(kind=kind, lengths=lengths):
            return Array(kind, len(lengths))
        case dict():
            return Group(tuple((name, _kind_of(part)) for name, part in value.items()))
    raise MachineCodeError(f"{value} cannot be passed")
