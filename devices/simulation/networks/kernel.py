"""Compiled kernels of networks: one program for each structure."""

from __future__ import annotations

import builtins
import functools
import math
from typing import Any

import numpy as np

from ...core.cache import PARSING
from ...language.sources import digest_of
from ...language.waveforms.shapes import FloatArray
from ..ensembles.kernel_source import LIBRARY_FUNCTIONS, RANDOM_FUNCTIONS, VECTOR_FUNCTIONS
from ..machine import lanes
from ..machine.kept import load_program
from ..machine.kinds import F32, F64, I32, I64, LANES, U32, Array, Kind
from ..machine.program import Entry, Program, functions_of
from ..machine.texts import Text
from ..machine.writer import Unit
from ..numerics import philox, vectormath
from .source import NetworkKernel, write_network_kernel
from .structure import NetworkStructure

_VECTOR, _MATRIX, _CUBE, _WORDS, _WHOLES = Array(F64), Array(F64, 2), Array(F64, 3), Array(U32), Array(I64)
#: Devices whose hoisted quantities are computed at a time.
AT_A_TIME = 1 << 16


def _matrix_kinds(form: str, block: int) -> tuple[Kind, ...]:
    return {
        "dense": (Array(F64, 4, (None, None, block // LANES, LANES)),),
        "single": (Array(F32, 4, (None, None, block // LANES, LANES)),),
        "sparse": (_VECTOR, Array(I32), _WHOLES),
        "shared": (_VECTOR, _VECTOR),
    }[form]


class CompiledNetwork:
    """The kernel of a structure.

    Attributes
    ----------
    kernel : NetworkKernel
        Its text and sizes.
    start, advance : callable
        Outputs at the beginning; steps.
    """

    def __init__(self, kernel: NetworkKernel, program: Program) -> None:
        self.kernel = kernel
        self.start, self.advance, self._prepare = program["start"], program["advance"], program["prepare"]

    def hoisted(self, parameters: FloatArray) -> FloatArray:
        """The hoisted quantities of every column of parameters."""
        found = np.empty((self.kernel.hoisted, parameters.shape[1]))
        self._prepare(np.ascontiguousarray(parameters), found)
        return found


def load_network(structure: NetworkStructure) -> CompiledNetwork:
    """The kernel of a structure; the first time ever it is compiled, which takes about a second."""
    with PARSING:
        return _load_network(structure)


@functools.lru_cache(maxsize=64)
def _load_network(structure: NetworkStructure) -> CompiledNetwork:
    kernel = write_network_kernel(structure)
    block = structure.block
    matrices = tuple(kind for link in structure.links for kind in _matrix_kinds(link.form, block))
    wide = Array(F64, 4, (None, len(kernel.rows), block // LANES, LANES))
    state = (_VECTOR, wide, _VECTOR, _CUBE, _CUBE, _VECTOR, Array(F32), _WORDS, _WORDS, _WORDS, U32, U32)
    histories = (_CUBE, _CUBE, Array(I64, 2), _MATRIX, I64, _CUBE, _WHOLES, I64, I64)
    span = (I64,) * 7
    entries = {
        "prepare": Entry((_MATRIX, _MATRIX)),
        "start": Entry((_VECTOR, _VECTOR, _CUBE, _CUBE, _MATRIX, I64, I64, I64, *matrices)),
        "advance": Entry((*state, *histories, *span, *matrices)),
    }

    def write(unit: Unit) -> None:
        trees = functions_of(kernel.source)
        around: dict[str, Any] = {**vars(builtins), "np": np, "B": block}
        around |= {name: getattr(lanes, name) for name in ("side_by_side", "spread", "widened")}
        around |= {name: getattr(math, name) for name in LIBRARY_FUNCTIONS}
        around |= {name: getattr(vectormath, name) for name in VECTOR_FUNCTIONS}
        around |= {name: getattr(philox, name) for name in RANDOM_FUNCTIONS}
        around |= {name: Text(tree, around) for name, tree in trees.items() if name not in entries and name != "summed"}
        around["summed"] = Text(trees["summed"], around, F64)
        for name, entry in entries.items():
            unit.write(Text(trees[name], around), entry.kinds, name=name)

    program = load_program(
        f"network_{structure.model.__name__.lower()}", kernel.source + digest_of(__name__), write, entries
    )
    return CompiledNetwork(kernel, program)
