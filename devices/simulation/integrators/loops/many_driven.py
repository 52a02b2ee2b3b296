"""Many driven devices of one structure, as the compiled loop in lanes takes them, and what the lanes hold."""

from __future__ import annotations

import ast
import math
from typing import Any, NamedTuple

from ....language.waveforms.shapes import FloatArray
from ...machine.kinds import F64, I64, TRUTH, Array, Group, Kind, Value, View
from ...machine.texts import Intrinsic, routine
from .driven import CURRENT, Driven, voltages_at


class Batch(NamedTuple):
    """Driven devices of one structure; fields as of :class:`.Driven`, those of many have the trajectory in front."""

    pace: int
    conduction: int
    wide_pace: int
    wide_conduction: int
    voltages: FloatArray
    states: FloatArray
    results: FloatArray
    scales: FloatArray
    parameters: FloatArray
    waves: FloatArray
    starts: Any
    inputs: Any
    others: Any
    branch: int
    source: int
    #: Whether nothing that drives the devices changes with time.
    steady: bool


_VECTOR, _MATRIX, _PLACES = Array(F64), Array(F64, 2), Array(I64)
_KINDS: list[Kind] = [*[I64] * 4, *[_VECTOR] * 4, _MATRIX, _VECTOR, Array(I64, 2), _PLACES, _PLACES, I64, I64, TRUTH]
#: Kind of the argument that a batch is.
BATCH = Group(tuple(zip(Batch._fields, _KINDS, strict=True)))


class Lanes(NamedTuple):
    """What the lanes hold: the arguments of wide machine code, and for each lane its trajectory and where it is."""

    voltages: Any
    states: Any
    parameters: Any
    results: Any
    target: Any
    #: Trajectories, or FREE.
    who: Any
    #: Time at the beginning of the stretch between corners, and since then. [s]
    origin: FloatArray
    time: FloatArray
    #: Time at which rates are asked for, since the beginning of the stretch. [s]
    later: Any


def _row(writer: Any, view: View, k: Any) -> View:
    return View(view.kind, writer.element(view, writer.places(k)), view.lengths[1:])


def _alone(writer: Any, batch: Any, k: Any) -> dict[str, Any]:
    """One of a batch as a driven device."""
    none = Value(I64, I64.llvm(0))
    own = {name: batch[name] for name in Driven._fields if name in batch}
    own |= {"jacobian": none, "currents": none}
    own |= {name: _row(writer, batch[name], k) for name in ("parameters", "starts")}
    own |= {"low": writer.value(-math.inf), "high": writer.value(math.inf)}
    own["steady"] = writer.binary(ast.BitAnd(), batch["steady"], writer.compare(ast.NotEq(), batch["source"], CURRENT))
    return {name: own[name] for name in Driven._fields}


alone = Intrinsic(_alone)
lanes_of = Intrinsic(lambda _writer, *fields: dict(zip(Lanes._fields, fields, strict=True)))


@routine
def voltages_over(b: Batch, reported: FloatArray, samples: Any, into: FloatArray, imposed: Any) -> None:
    """Voltages of the driven branch of all trajectories at the reported times."""
    for k in range(len(into)):
        for i in range(len(b.voltages)):
            b.voltages[i] = 0.0
        voltages_at(alone(b, k), reported, samples[k], into[k], imposed)
