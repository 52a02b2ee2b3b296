r"""Networks on their way: Runge-Kutta steps of all devices together.

.. math::

    \dot x_i = f(x_i, u_i), \qquad
    u_i(t) = u_i^\mathrm{ext}(t) + \sum_k \sum_j W^{(k)}_{ij}\, y^{(k)}_j(t - \tau_k)

Without noise it is the classical method of fourth order, with noise the stochastic scheme of Heun (Stratonovich) as in
:mod:`synaspice.devices.simulation.ensembles.plan`, each stage of which sees the outputs of that stage. What a delayed
coupling gives is kept at every step, and a polynomial goes through it; before the beginning it was what it is then.

The random numbers of a device follow from the seed, its number and the step alone, sums over devices have one order:
results do not depend on threads.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...language.errors import SimulationError
from ...language.waveforms.shapes import FloatArray
from ..expressions.folding import FOLDED
from ..machine.kinds import LANES
from .kernel import AT_A_TIME, CompiledNetwork, load_network
from .matrices import arrays_of, blocks_of, interpolation
from .structure import TABLEAUS, NetworkStructure

#: Multiplications that a kernel does at a time, a part of a second: while it runs, nothing is heard of Ctrl-C.
PAUSE = 1 << 26
#: Multiplications in a stage from which its blocks are shared out among threads.
SHARED_OUT = 1 << 20
#: Operations of a device's stage for each of its rows, about.
ROW = 4
#: Stages of which waves are tabulated at a time.
SEGMENT = 1 << 16
#: Steps of all devices together from which a kernel without operations with 0 and 1 pays.
LARGE = 3e7


@dataclass(frozen=True)
class Prepared:
    """All numbers of a network that is to be run.

    Attributes
    ----------
    structure : NetworkStructure
        Its form.
    count : int
        Number of devices.
    columns : callable
        From the first device and how many there are to rows of the kernel's parameters, in the order that it tells.
    states : ndarray
        States and telegraph processes at the beginning, shape (number, devices).
    base, gains : mapping
        Constant part of each port that is driven or coupled, and what its wave is multiplied with; by port number.
    waves : mapping
        Waveforms, functions of times [s], by port number.
    matrices : sequence
        Matrices of the links.
    delays : sequence of float
        Delay of each link. [s]
    voltages : callable
        Voltages of the driven branch at the beginning, where they are searched for. [V]
    time_step : float
        Step. [s]
    seed : int
        Seed of the noise.
    first : int
        Number of the first device's random stream.
    steps : int
        How many steps there will be, about.
    """

    structure: NetworkStructure
    count: int
    columns: Callable[[tuple[str, ...], int, int], FloatArray]
    states: FloatArray
    base: dict[int, Any]
    gains: dict[int, Any]
    waves: dict[int, Callable[[FloatArray], FloatArray]]
    matrices: Sequence[Any]
    delays: Sequence[float]
    voltages: Callable[[], FloatArray]
    time_step: float
    seed: int
    first: int
    steps: int


class March:
    """A network on its way.

    Attributes
    ----------
    step : int
        Steps done.
    """

    def __init__(self, prepared: Prepared, threads: int) -> None:
        self.prepared, self.step = prepared, 0
        self._compiled, fixed, varying = _kernel(prepared)
        kernel = self._compiled.kernel
        structure, count = prepared.structure, prepared.count
        block = structure.block
        self._blocks = blocks_of(count, block)
        self.times = TABLEAUS[structure.method][2]
        rows = kernel.rows
        self._room = np.zeros((self._blocks, len(rows), block))
        self._put(range(len(prepared.states)), prepared.states)
        hoisted = [name for name in rows if name.startswith("h_")]
        self._put([rows[name] for name in hoisted], varying)
        for k, port in enumerate(structure.ports):
            if port.timed or port.coupled:
                self._put([rows[f"base_{k}"]], np.broadcast_to(prepared.base[k], count)[np.newaxis])
            if port.timed:
                self._put([rows[f"gain_{k}"]], np.broadcast_to(prepared.gains[k], count)[np.newaxis])
        if "v_0" in rows:
            self._put([rows["v_0"]], prepared.voltages()[np.newaxis])
        noise = kernel.noise
        deviates = np.zeros(self._blocks * noise.window * noise.noises * block, dtype=np.float32)
        streams = prepared.first + np.arange(self._blocks * block, dtype=np.uint64)
        key = np.uint32(prepared.seed & 0xFFFFFFFF), np.uint32(prepared.seed >> 32)
        self._streams = streams.astype(np.uint32), (streams >> np.uint64(32)).astype(np.uint32), *key
        outputs, links = len(structure.outputs), len(structure.links)
        sums = np.zeros((2, max(links, 1), self._blocks))
        self._ys = np.zeros((2, outputs, self._blocks * block))
        self._matrices = [
            array
            for link, matrix in zip(structure.links, prepared.matrices, strict=True)
            for array in arrays_of(link.form, matrix, count, block)
        ]
        flat = self._room.reshape(-1)
        self._fixed = (flat, self._room.reshape(*self._room.shape[:2], block // LANES, LANES), fixed, self._ys, sums)
        self._noise = deviates
        self._scratch = [
            (np.zeros(max(links, 1)), np.zeros(max(noise.words, 1), dtype=np.uint32)) for _ in range(max(threads, 1))
        ]
        self._history = self._histories()
        pairs = zip(prepared.matrices, structure.links, strict=True)
        work = count * ROW * len(rows) + sum(_work(matrix, link.form, count) for matrix, link in pairs)
        self._threads = min(threads, self._blocks) if work >= SHARED_OUT else 1
        self._at_a_time = max(1, int(PAUSE / work / len(self.times)))
        wave = self._waves(0, 1)
        self._compiled.start(flat, fixed, self._ys, sums, wave, 0, self._blocks, count, *self._matrices)

    def _put(self, rows: Any, values: FloatArray) -> None:
        """Write rows of all devices; the places of the last block that are empty are those of the last device."""
        count, (blocks, _, block) = self.prepared.count, self._room.shape
        for row, value in zip(rows, values, strict=True):
            whole = np.empty(blocks * block)
            whole[:count] = value
            whole[count:] = whole[count - 1]
            self._room[:, row, :] = whole.reshape(blocks, block)

    def rows(self, number: int) -> FloatArray:
        """The first rows of all devices: states and telegraph processes, shape (number, devices)."""
        block = self._room.shape[2]
        found = self._room[:, :number].transpose(1, 0, 2).reshape(number, self._blocks * block)
        return np.ascontiguousarray(found[:, : self.prepared.count])

    def _histories(self) -> tuple[Any, Any, Any]:
        structure = self.prepared.structure
        held = [(link, delay) for link, delay in zip(structure.links, self.prepared.delays, strict=True) if link.held]
        if not held:
            return np.zeros((1, 1, 1)), np.zeros((1, 1, 1)), np.zeros((1, 1), dtype=np.int64)
        found = [interpolation(delay / self.prepared.time_step, link.points, self.times) for link, delay in held]
        most = max(link.points for link, _ in held)
        weights = np.zeros((len(held), len(self.times), most))
        for k, (own, _) in enumerate(found):
            weights[k, :, : own.shape[1]] = own
        lags = np.array([lag for _, lag in found])
        depth = int(lags.max()) + most + 1
        return np.zeros((len(held), depth, self._ys.shape[2])), weights, lags

    def _waves(self, first: int, steps: int) -> FloatArray:
        """Waveforms at all stages of some steps, and at the end; shape (ports, stages)."""
        prepared = self.prepared
        stages = np.append(np.add.outer(np.arange(first, first + steps), self.times).ravel(), first + steps)
        found = np.zeros((max(len(prepared.structure.ports), 1), len(stages)))
        for k, waveform in prepared.waves.items():
            found[k] = waveform(stages * prepared.time_step)
        return found

    def advance(self, steps: int, stride: int = 0, traces: FloatArray | None = None, chosen: Any = None) -> None:
        """Take some steps; every ``stride`` steps, states and telegraph processes of chosen devices are written.

        Parameters
        ----------
        steps : int
            How many.
        stride : int
            Steps between two samples; 0 for none.
        traces : ndarray, optional
            Room for the samples, shape (states, samples, devices).
        chosen : ndarray of int, optional
            Numbers of the devices.

        Raises
        ------
        SimulationError
            If a state is not finite any more.
        """
        traces = np.zeros((1, 1, 1)) if traces is None else traces
        chosen = np.zeros(0, dtype=np.int64) if chosen is None else chosen
        origin = self.step // stride + 1 if stride else 0
        record = (traces, chosen, stride, origin)
        end, stages = self.step + steps, len(self.times)
        while self.step < end:
            last = min(end, self.step + SEGMENT)
            wave, begin = self._waves(self.step, last - self.step), self.step * stages
            while self.step < last:
                some = min(last - self.step, self._at_a_time)
                if self._threads > 1:
                    self._together(some, wave, begin, record)
                else:
                    self._call(0, (self.step, some, 0, stages, 0, self._blocks), wave, begin, record)
                self.step += some
        states = self.rows(len(self.prepared.states))
        if not np.all(np.isfinite(states)):
            raise SimulationError(
                f"a state left the finite numbers: try a time_step shorter than {self.prepared.time_step:g} s, "
                "or a weaker coupling"
            )

    def _together(self, steps: int, wave: FloatArray, begin: int, record: tuple[Any, ...]) -> None:
        """Take steps with the blocks of every stage shared out among threads."""
        ends = np.linspace(0, self._blocks, self._threads + 1).astype(int).tolist()
        with ThreadPoolExecutor(self._threads) as pool:
            for number in range(self.step, self.step + steps):
                for stage in range(len(self.times)):
                    spans = [(number, 1, stage, stage + 1, a, b) for a, b in itertools.pairwise(ends)]
                    jobs = [pool.submit(self._call, k, span, wave, begin, record) for k, span in enumerate(spans)]
                    for job in jobs:
                        job.result()

    def _call(self, thread: int, span: tuple[int, ...], wave: Any, begin: int, record: tuple[Any, ...]) -> None:
        totals, words = self._scratch[thread]
        self._compiled.advance(
            *self._fixed, totals, self._noise, words, *self._streams, *self._history, wave, begin, *record, *span,
            self.prepared.count, *self._matrices,
        )  # fmt: skip


def _work(matrix: Any, form: str, count: int) -> float:
    """Multiplications of a coupling."""
    if form == "shared":
        return 2.0 * count
    return float(4 * matrix.nnz) if form == "sparse" else float(count) ** 2 / 2


def _kernel(prepared: Prepared) -> tuple[CompiledNetwork, FloatArray, FloatArray]:
    """The kernel, the hoisted quantities that are the same for all devices, and those that are not."""
    structure, count = prepared.structure, prepared.count

    def hoisted(compiled: CompiledNetwork) -> tuple[FloatArray, FloatArray]:
        kernel = compiled.kernel
        one = compiled.hoisted(prepared.columns(kernel.parameters, 0, 1))[:, 0]
        fixed = np.array([one[int(name[2:])] for name in kernel.uniform] or [0.0])
        rows = [int(name[2:]) for name in kernel.rows if name.startswith("h_")]
        varying = np.empty((len(rows), count))
        for begin in range(0, count, AT_A_TIME) if rows else ():
            some = min(AT_A_TIME, count - begin)
            varying[:, begin : begin + some] = compiled.hoisted(prepared.columns(kernel.parameters, begin, some))[rows]
        return fixed, varying

    compiled = load_network(structure)
    fixed, varying = hoisted(compiled)
    if count * prepared.steps >= LARGE:
        values = zip(compiled.kernel.uniform, fixed.tolist(), strict=False)
        known = tuple((name, value + 0.0) for name, value in values if value in FOLDED)
        if known:
            compiled = load_network(replace(structure, known=known))
    return compiled, fixed, varying
