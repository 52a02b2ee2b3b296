"""Kinds of values in machine code: numbers of C, and arrays of them."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from llvmlite import ir


@dataclass(frozen=True)
class Number:
    """A kind of number.

    Attributes
    ----------
    name : str
        NumPy's name of it.
    llvm : llvmlite.ir.Type
        LLVM's type.
    rank : int
        Zero for integers and truths; floating-point numbers by their precision.
    signed : bool
        Whether integers are.
    lanes : int
        Numbers side by side in one register, on all of which an operation works.
    """

    name: str
    llvm: Any = field(compare=False)
    rank: int = 0
    signed: bool = True
    lanes: int = 1

    @functools.cached_property
    def dtype(self) -> np.dtype[Any]:
        """NumPy's type of it."""
        return np.dtype(self.name)


F64, F32 = Number("float64", ir.DoubleType(), 2), Number("float32", ir.FloatType(), 1)
I64, I32 = Number("int64", ir.IntType(64)), Number("int32", ir.IntType(32))
U64, U32 = Number("uint64", ir.IntType(64), signed=False), Number("uint32", ir.IntType(32), signed=False)
TRUTH = Number("bool", ir.IntType(1), signed=False)
#: Numbers and truths side by side: two registers where these are half as wide.
LANES = 8
WIDE = Number("float64 in lanes", ir.VectorType(F64.llvm, LANES), 2, lanes=LANES)
MASK = Number("bool in lanes", ir.VectorType(TRUTH.llvm, LANES), signed=False, lanes=LANES)
#: As they are called in sources and signatures.
KINDS = {kind.name: kind for kind in (F64, F32, I64, I32, U64, U32, TRUTH)}


@dataclass(frozen=True)
class Array:
    """An array of numbers, its rows one after another.

    Attributes
    ----------
    kind : Number
        Of its elements.
    rank : int
        Number of its dimensions.
    lengths : tuple of (int or None), optional
        Their lengths, as far as they are known when the code is made: loops over them are written turn by turn.
    """

    kind: Number
    rank: int = 1
    lengths: tuple[int | None, ...] = ()


@dataclass(frozen=True)
class Group:
    """Values under names, such as the fields of a named tuple.

    Attributes
    ----------
    fields : tuple of (str, kind)
        Names and kinds.
    """

    fields: tuple[tuple[str, Any], ...]


Kind = Number | Array | Group


@dataclass(frozen=True)
class Value:
    """A number in a register."""

    kind: Number
    llvm: Any


@dataclass(frozen=True)
class View:
    """An array in memory: where it begins, and the length of every dimension."""

    kind: Number
    pointer: Any
    lengths: Sequence[Any]


def llvm_types(kind: Kind) -> list[Any]:
    """Types of the arguments in which a value of a kind is passed: an array's are its address and its lengths."""
    match kind:
        case Number():
            return [ir.IntType(8) if kind is TRUTH else kind.llvm]
        case Array():
            return [memory(kind.kind).as_pointer(), *[I64.llvm] * kind.rank]
        case Group():
            return [kind_ for _, part in kind.fields for kind_ in llvm_types(part)]


def memory(kind: Number) -> Any:
    """Type of an element of an array: truths are bytes."""
    return ir.IntType(8) if kind is TRUTH else kind.llvm


def constant(kind: Number, number: Any) -> Value:
    """A number known when the code is made."""
    plain = float(number) if kind.rank else int(number)
    return Value(kind, ir.Constant(kind.llvm, plain if kind.lanes == 1 else [plain] * kind.lanes))


def alignment(kind: Number) -> int | None:
    """Alignment of an element in memory, if it is less than the machine likes, as of arrays from NumPy [byte]."""
    return None if kind.lanes == 1 else F64.dtype.itemsize


def number_of(scalar: np.generic) -> Value:
    """A constant from a scalar of NumPy."""
    return constant(KINDS[scalar.dtype.name], scalar.item())
