"""Compiled kernels: one program for each structure of a model."""

from __future__ import annotations

import builtins
import functools
import math
from typing import Any

import numpy as np

from ...core.cache import PARSING
from ...language.sources import digest_of
from ...language.waveforms.shapes import FloatArray
from ..machine.kept import load_program
from ..machine.kinds import F32, F64, I64, U32, Array
from ..machine.program import Entry, Program, functions_of
from ..machine.texts import Text
from ..machine.writer import Unit
from ..numerics import philox, vectormath
from ..numerics.newton import MOST_CORRECTIONS
from .kernel_source import LIBRARY_FUNCTIONS, RANDOM_FUNCTIONS, VECTOR_FUNCTIONS, write_kernel
from .kernel_structure import Kernel, Structure

_VECTOR, _MATRIX, _WORDS = Array(F64), Array(F64, 2), Array(U32)
_TRAJECTORIES = _MATRIX, _MATRIX, _VECTOR, _MATRIX, _VECTOR, Array(I64), _WORDS, _WORDS, U32, U32, I64, I64
_DRIVES = _VECTOR, _MATRIX, _MATRIX, F64, F64, I64, Array(F64, 3), _MATRIX, I64, I64
ENTRIES = {
    "prepare": Entry((_MATRIX, _MATRIX)),
    "advance": Entry((*_TRAJECTORIES, *_DRIVES, _VECTOR, Array(F32), _WORDS, _WORDS, _WORDS)),
}
#: Bytes of a page of memory.
PAGE = 4096


class CompiledKernel:
    """The kernel of a structure.

    Attributes
    ----------
    hoisted : int
        Number of the quantities that are computed once per trajectory.
    source : str
        Its text.
    """

    def __init__(self, kernel: Kernel, program: Program) -> None:
        self.hoisted, self.source = kernel.hoisted, kernel.source
        self._kernel, self._prepare, self._advance = kernel, program["prepare"], program["advance"]

    def prepare(self, parameters: FloatArray) -> FloatArray:
        """The hoisted quantities of every column of parameters."""
        hoisted = np.empty((self.hoisted, parameters.shape[1]))
        self._prepare(np.ascontiguousarray(parameters), hoisted)
        return hoisted

    def advance(self, *arguments: Any) -> None:
        """Let trajectories go some steps, see :class:`synaspice.devices.simulation.ensembles.plan.Chunk`."""
        kernel = self._kernel
        size = kernel.rows * kernel.block
        # One piece of memory from the beginning of a page on: where it lies decides over a quarter of the speed.
        deviates, words = (kernel.window * kernel.noises * kernel.block + 1) // 2, kernel.words // 2
        room = np.empty(size + deviates + words + PAGE // 8)
        numbers, normals, integers = np.split(room[(-room.ctypes.data % PAGE) // 8 :], [size, size + deviates])
        scratch = numbers, normals.view(np.float32), integers.view(np.uint32)
        block_streams = np.empty((2, kernel.block), dtype=np.uint32)
        self._advance(*arguments, *scratch, *block_streams)


def load_kernel(structure: Structure) -> CompiledKernel:
    """The kernel of a structure; the first time ever it is compiled, which takes some tenths of a second."""
    with PARSING:
        return _load_kernel(structure)


@functools.lru_cache(maxsize=64)
def _load_kernel(structure: Structure) -> CompiledKernel:
    kernel = write_kernel(structure)

    def write(unit: Unit) -> None:
        trees = functions_of(kernel.source)
        around: dict[str, Any] = {**vars(builtins), "np": np, "B": kernel.block, "MOST_CORRECTIONS": MOST_CORRECTIONS}
        around |= {"INFINITY": math.inf, "NAN": math.nan}
        around |= {name: getattr(math, name) for name in LIBRARY_FUNCTIONS}
        around |= {name: getattr(vectormath, name) for name in ("correct", *VECTOR_FUNCTIONS)}
        around |= {name: getattr(philox, name) for name in RANDOM_FUNCTIONS}
        around |= {name: Text(trees[name], around) for name in ("fill", "run")}
        for name, entry in ENTRIES.items():
            unit.write(Text(trees[name], around), entry.kinds, name=name)

    reached = digest_of(__name__)
    program = load_program(structure.model.__name__.lower(), kernel.source + reached, write, ENTRIES)
    return CompiledKernel(kernel, program)
