"""Numbers side by side in machine code: arrays of them, what they are one by one, and what they have in common."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from .kinds import F32, F64, I64, LANES, TRUTH, WIDE, Value, View
from .texts import Intrinsic


def _made(writer: Any, *lengths: Any) -> View:
    return writer.room(lengths, WIDE)  # type: ignore[no-any-return]


def _one_by_one(writer: Any, view: View) -> View:
    pointer = writer.builder.bitcast(view.pointer, F64.llvm.as_pointer())
    return View(F64, pointer, [*view.lengths, Value(I64, I64.llvm(LANES))])


def _side_by_side(writer: Any, view: View) -> View:
    return View(WIDE, writer.builder.bitcast(view.pointer, WIDE.llvm.as_pointer()), view.lengths[:-1])


def _widened(writer: Any, view: View) -> Value:
    kind = ir.VectorType(F32.llvm, LANES)
    found = writer.builder.load(
        writer.builder.bitcast(view.pointer, kind.as_pointer()), typ=kind, align=F32.dtype.itemsize
    )
    return Value(WIDE, writer.builder.fpext(found, WIDE.llvm))


def _any(writer: Any, truths: Value) -> Value:
    bits = writer.builder.bitcast(truths.llvm, ir.IntType(LANES))
    return Value(TRUTH, writer.builder.icmp_unsigned("!=", bits, ir.Constant(bits.type, 0)))


#: A new array of numbers in lanes, of given lengths; it stays as long as the function runs.
wide_array = Intrinsic(_made)
#: The same memory as an array of single numbers, whose last index is the lane.
one_by_one = Intrinsic(_one_by_one)
#: The reverse: an array of single numbers whose last index, of LANES, is the lane.
side_by_side = Intrinsic(_side_by_side)
#: Single-precision numbers, as many as there are lanes, in lanes of double precision.
widened = Intrinsic(_widened)
#: A number, the same in all lanes.
spread = Intrinsic(lambda writer, number: writer.cast(writer.value(number), WIDE))
#: A b + c, rounded once, of single numbers and in lanes: on every machine, by an instruction or by the C library.
fma = Intrinsic(lambda writer, a, b, c: writer.fused(a, b, c))
#: Whether something is true in some lane.
any_of = Intrinsic(_any)
