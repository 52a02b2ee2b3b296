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
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from llvmlite import ir

from .expressions import Expressions, Variable
from .kinds import I64, TRUTH, Array, Group, Kind, Number, Value, View, alignment, llvm_types, memory
from .texts import MachineCodeError, Text

#: Loops of so many turns, known when the code is made, are written turn by turn.
UNROLLED = 16


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


class Frame(Expressions):
    """Writes the body of one function."""

    def __init__(
        self,
        unit: Unit,
        builder: Any,
        around: Mapping[str, Any],
        returned: Number | None = None,
        is_inlined: bool = False,
    ) -> None:
        super().__init__(unit, builder, around)
        self.returned, self.is_inlined = returned, is_inlined
        self.result: Any = None
        self.loops: list[tuple[Any, Any]] = []

    def received(self, kind: Kind, raw: list[Any]) -> Any:
        """An argument, from the machine's arguments that are left."""
        match kind:
            case Number():
                value = raw.pop(0)
                return Value(kind, self.builder.trunc(value, kind.llvm) if kind is TRUTH else value)
            case Array():
                pointer, lengths = raw.pop(0), [Value(I64, raw.pop(0)) for _ in range(kind.rank)]
                known = kind.lengths or [None] * kind.rank
                return View(kind.kind, pointer, [a if k is None else k for a, k in zip(lengths, known, strict=True)])
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
        if not isinstance(there, Variable):
            with self.builder.goto_entry_block():
                there = self.names[name] = Variable(value.kind, self.builder.alloca(value.kind.llvm, name=name))
        if there.kind != value.kind:
            if not there.kind.rank or there.kind.rank < value.kind.rank:
                raise MachineCodeError(f"{name} is of {there.kind.name}, and becomes {value.kind.name}")
            value = self.cast(value, there.kind)
        self.builder.store(value.llvm, there.place)

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
                self.builder.store(stored, self.element(view, places), align=alignment(view.kind))
            case _:
                raise MachineCodeError(f"{ast.unparse(target)} cannot be assigned to")

    def branch(self, test: ast.expr, body: Sequence[ast.stmt], other: Sequence[ast.stmt]) -> None:
        condition = self.truth(test)
        if isinstance(condition, bool):
            self.statements(body if condition else other)
            return
        if condition.kind is not TRUTH:
            raise MachineCodeError(f"{ast.unparse(test)} differs from lane to lane: say any_of, or choose by a value")
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
            for k in range(start, stop, stride):
                self.names[name] = k
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

    def inlined(self, text: Text, arguments: list[Any]) -> Any:
        inner = Frame(self.unit, self.builder, text.around, is_inlined=True)
        for argument, value in zip(text.tree.args.args, arguments, strict=True):
            # What is known when the code is made stays known.
            if isinstance(value, bool | int | float):
                inner.names[argument.arg] = value
            else:
                inner.bind(argument.arg, value)
        inner.statements(text.tree.body)
        return inner.result


def _loaded(target: ast.expr) -> ast.expr:
    """A target as the expression that reads it."""
    return ast.parse(ast.unparse(target), mode="eval").body
