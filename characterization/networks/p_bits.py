r"""Networks of p-bits: junctions that jump between two states, each under a drive that follows the others' states.

A bit :math:`m_i = \pm 1` is the state of a junction with the rates :math:`1/\tau_\pm(x)` over its drive. The drive
follows the input :math:`\beta I_i`, with the strength :math:`\beta` and :math:`I_i = \sum_j J_{ij} m_j + h_i`, in
general :math:`-\partial E/\partial m_i`:

.. math:: x_i = x_0 + \frac{2\,\beta I_i}{(d\ln(\tau_+/\tau_-)/dx)_{x_0}}, \qquad
    \left.\frac{\tau_+}{\tau_-}\right|_{x_0} = 1

A bit that is alone has the mean :math:`\tanh[\frac12 \ln(\tau_+/\tau_-)]`, which is :math:`\tanh(\beta I)` as far as
the logarithm is linear in the drive. Then :math:`\tau_+/\tau_- = e^{2\beta I_i}` is detailed balance with the energy,
and the network samples :math:`p \propto e^{-\beta E}`; otherwise it does not exactly, and
:meth:`PBitNetwork.stationary` tells what it samples.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from ...devices.language.array_checks import reals
from ...devices.language.checks import flag, instance, positive, real, whole
from ...devices.language.errors import ParameterError, shown
from ...devices.language.memory import require_memory
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ..processes import in_processes
from ..slow_time.two_states import TwoStateThermal
from .energies import BitEnergy
from .jumps import ENERGY, FACTS, GOAL, JUMPS, LARGEST, LOWEST, REACHED, SAMPLES, TIME, compiled_march

#: Inputs at which the logarithms of the rates are tabulated, and random numbers that are drawn at once.
POINTS, DRAWN = 4097, 2**15
#: Most bits of which the exact stationary distribution is computed.
MOST_EXACT = 10
#: Rounding of energies, relative to the sum of all terms.
ROUNDING = 1e-9


@dataclass(frozen=True)
class PBitRun:
    """One run of a network.

    Attributes
    ----------
    times : ndarray
        When the states were recorded. [s]
    states : ndarray of int8, shape (times, bits)
        The states then, 1 or -1.
    means : ndarray
        Mean of each bit over the whole run.
    jumps : int
        How often a bit jumped.
    lowest : float
        Lowest energy that was visited, at any time.
    reached : float
        When the energy was first at or below the goal [s]; infinite if it never was, or if there is none.
    largest_input : float
        Largest size of an input, times the strength.
    """

    times: FloatArray
    states: npt.NDArray[np.int8]
    means: FloatArray
    jumps: int
    lowest: float
    reached: float
    largest_input: float


@dataclass(frozen=True, eq=False)
class PBitNetwork:
    """P-bits of one kind of junction.

    Attributes
    ----------
    junction : TwoStateThermal or CompactModel
        The junction; a device is tabulated over its voltage.
    energy : BitEnergy
        The energy, of which each bit feels the derivative; :meth:`of_couplings` makes it of J and h.
    clip : bool
        Whether drives beyond the junction's two states stay at the end of the range, as at the rail of a driver. If
        not, a run that needs them is refused.
    """

    junction: Any
    energy: BitEnergy
    clip: bool = False
    balance: float = field(init=False, default=0.0)
    drive_per_input: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        instance("the energy", self.energy, BitEnergy)
        flag("clip", self.clip)
        junction = self.junction
        if isinstance(junction, CompactModel):
            junction = TwoStateThermal.of(junction)
        instance("the junction", junction, TwoStateThermal, "a TwoStateThermal or a device")
        object.__setattr__(self, "junction", junction)
        ends = [self._log_ratio(end) for end in junction.range]
        if ends[0] * ends[1] >= 0:
            raise ParameterError(
                f"{junction.wells.device!r} is in neither state for half of the time at any {junction.wells.quantity} "
                "of its range: it needs a field that balances its states"
            )
        low, high = junction.range
        balance = float(brentq(self._log_ratio, float(low), float(high), xtol=1e-12 * float(high - low)))
        first, second = (float(logarithm.deriv()(balance)) for logarithm in junction.logarithms)
        object.__setattr__(self, "balance", balance)
        object.__setattr__(self, "drive_per_input", 2 / (first - second))

    @classmethod
    def of_couplings(cls, junction: Any, couplings: Any, biases: ArrayLike, *, clip: bool = False) -> PBitNetwork:
        """A network of the couplings J and the biases h.

        Parameters
        ----------
        junction : TwoStateThermal or CompactModel
            The junction.
        couplings : array_like or scipy.sparse matrix
            Symmetric matrix, with a diagonal of zeros.
        biases : array_like
            Bias of each bit.
        clip : bool
            As of the class.

        Raises
        ------
        ParameterError
            If they do not fit each other, or the junction has not two states.
        """
        return cls(junction, BitEnergy.of_couplings(couplings, biases), clip)

    def _log_ratio(self, drive: float) -> float:
        first, second = self.junction.logarithms
        return float(first(drive) - second(drive))

    @property
    def dwell_time(self) -> float:
        """Mean time in either state where they are equally likely [s]."""
        return float(self.junction.dwell_times(self.balance)[0])

    @property
    def inputs(self) -> tuple[float, float]:
        """Smallest and largest input, times the strength, within the range of two states."""
        low, high = sorted((end - self.balance) / self.drive_per_input for end in self.junction.range)
        return low, high

    def drive(self, inputs: ArrayLike) -> FloatArray:
        """Drive at inputs times the strength, in the junction's unit; at the ends of the range beyond them."""
        wanted = self.balance + self.drive_per_input * reals("inputs", inputs, dimensions=None, empty=True)
        return np.asarray(np.clip(wanted, *self.junction.range))

    def mean(self, inputs: ArrayLike) -> FloatArray:
        r"""Mean of a bit at inputs times the strength, :math:`(\tau_+ - \tau_-) / (\tau_+ + \tau_-)`."""
        first, second = self.junction.dwell_times(self.drive(inputs), clip=True)
        return np.asarray((first - second) / (first + second))

    def nonlinearity(self, most: float) -> float:
        r"""How far the junction is from Boltzmann's law: the largest :math:`|\ln(\tau_+/\tau_-) / 2I - 1|`.

        Parameters
        ----------
        most : float
            Largest size of the input I, times the strength.
        """
        x = positive("most", most) * np.linspace(1 / 64, 1.0, 64)
        x = np.concatenate([-x[::-1], x])
        first, second = self.junction.dwell_times(self.drive(x), clip=True)
        return float(np.max(np.abs(np.log(first / second) / (2 * x) - 1)))

    def stationary(self, strength: float) -> FloatArray:
        """Exact probability of each state in the order of :meth:`BitEnergy.states`, by the master equation.

        Parameters
        ----------
        strength : float
            Strength of the inputs.

        Raises
        ------
        ParameterError
            If there are more than ten bits, or an input is beyond the range.
        """
        size = self.energy.size
        if size > MOST_EXACT:
            raise ParameterError(f"the distribution of at most {MOST_EXACT} bits is computed, not of {size}")
        states = self.energy.states()
        inputs = positive("strength", strength) * self.energy.inputs(states)
        self._refuse_beyond(float(np.abs(inputs).max(initial=0.0)))
        dwell = self.junction.dwell_times(self.drive(inputs), clip=True)
        rates = 1 / np.where(states > 0, dwell[0], dwell[1])
        number = np.arange(len(states))
        matrix = np.zeros((len(states), len(states)))
        for bit in range(size):
            matrix[number ^ (1 << bit), number] += rates[:, bit]
        matrix /= matrix.max()
        # Grassmann, Taksar and Heyman's elimination: no subtractions, right for the rarest states too.
        for n in range(len(states) - 1, 0, -1):
            matrix[n, :n] /= matrix[:n, n].sum()
            matrix[:n, :n] += np.outer(matrix[:n, n], matrix[n, :n])
        found = np.ones(len(states))
        for n in range(1, len(states)):
            found[n] = matrix[n, :n] @ found[:n]
        return np.asarray(found / found.sum())

    def most_power(self) -> float:
        """Largest power that a junction takes from its drive within the range of two states [W].

        Weights, the sums of the inputs and what senses the states are not in it.

        Raises
        ------
        ParameterError
            If the junction is not driven by a voltage.
        """
        wells = self.junction.wells
        if wells.quantity != "voltage":
            raise ParameterError(f"the power is told of a junction that a voltage drives, not a {wells.quantity}")
        (branch,) = wells.device.branches().values()
        found: list[float] = []
        for values in wells.device.reference_states().values():
            state = wells.device.replace(**values)
            found += [abs(float(end) * float(state.static(voltage=end)[branch.current])) for end in self.junction.range]
        return max(found)

    def _refuse_beyond(self, largest: float) -> None:
        most = min(abs(end) for end in self.inputs)
        if largest > most and not self.clip:
            raise ParameterError(
                f"an input of {largest:.3g} is beyond the {most:.3g} up to which {self.junction.wells.device!r} has "
                "two states: less strength, or clip=True, which holds the drive at the end of the range"
            )

    def run(
        self,
        duration: float,
        *,
        strength: ArrayLike = 1.0,
        interval: float | None = None,
        runs: int = 1,
        held: Mapping[int, int] | None = None,
        goal: float | None = None,
        seed: int = 0,
        processes: int | None = 1,
    ) -> list[PBitRun]:
        """Let the network jump from random states; run k depends on the seed and on k alone.

        Parameters
        ----------
        duration : float
            Length of a run. [s]
        strength : float or array_like
            Strength of the inputs; several are held one after the other for equal times, to anneal.
        interval : float, optional
            Time between two recorded states [s]; default: a thousandth of the duration.
        runs : int
            How many runs.
        held : mapping, optional
            Bits that are held, and their states, 1 or -1.
        goal : float, optional
            Energy of which the time is told when it is first reached.
        seed : int
            Seed of the random numbers.
        processes : int, optional
            Processes among which runs are shared out, -1 for one per core; the result is the same.

        Returns
        -------
        list of PBitRun
            The runs.

        Raises
        ------
        ParameterError
            If an argument makes no sense, an input was beyond the range of the junction's two states (without
            ``clip``), or the states to be recorded do not fit into memory.
        """
        length, number = positive("duration", duration, "s"), whole("runs", runs, 1)
        strengths = reals("strength", strength)
        if np.any(strengths < 0):
            raise ParameterError(f"strength must not be negative, not {strengths.min():g}")
        step = positive("interval", length / 1000 if interval is None else interval, "s")
        samples = length / step + 1
        require_memory(number * samples * self.energy.size, "states of bits", 10)
        bits = _held(held, self.energy.size)
        wanted = -math.inf if goal is None else real("goal", goal)
        whole("seed", seed, 0, 2**64 - 1)
        if processes is not None and whole("processes", processes, -1) == 0:
            raise ParameterError("processes must be at least 1, or -1 for one per core, not 0")
        task = _Task(self, length, tuple(strengths.tolist()), step, bits, wanted, seed)
        found = list(in_processes(_run, [(task, k) for k in range(number)], processes=processes))
        self._refuse_beyond(max(run.largest_input for run in found))
        return found


def _held(held: Any, size: int) -> dict[int, int]:
    found = {} if held is None else dict(instance("held", held, Mapping, "a mapping from bits to 1 or -1"))
    for bit, state in found.items():
        whole("a held bit", bit, 0, size - 1)
        if whole("its state", state, -1, 1) == 0:
            raise ParameterError(f"a bit is held at 1 or -1, not at {shown(state)}")
    if len(found) == size:
        raise ParameterError("all bits are held: nothing can jump")
    return found


@dataclass(frozen=True)
class _Task:
    """What all runs have in common."""

    network: PBitNetwork
    duration: float
    strengths: tuple[float, ...]
    interval: float
    held: dict[int, int]
    goal: float
    seed: int


def _lists(groups: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where each group begins, and all their items."""
    begin = np.concatenate([[0], np.cumsum([len(group) for group in groups])]).astype(np.int64)
    return begin, np.array([item for group in groups for item in group], dtype=np.int64)


def _run(task: _Task, index: int) -> PBitRun:
    network, energy = task.network, task.network.energy
    generator = np.random.Generator(np.random.Philox(key=np.array([task.seed, index], dtype=np.uint64)))
    spins = np.where(generator.random(energy.size) < 0.5, 1.0, -1.0)
    free = np.ones(energy.size, dtype=np.int64)
    for bit, state in task.held.items():
        spins[bit], free[bit] = state, 0
    products, inputs = energy.products([spins])[0], energy.inputs([spins])[0]
    members = [sorted(bits) for bits in energy.terms]
    of_bit: list[list[int]] = [[] for _ in range(energy.size)]
    for term, group in enumerate(members):
        for bit in group:
            of_bit[bit].append(term)
    low, high = network.inputs
    places = network.drive(np.linspace(low, high, POINTS))
    logarithms = np.ascontiguousarray(-np.log(network.junction.dwell_times(places, clip=True)))
    facts = np.zeros(FACTS)
    scale = math.fsum(abs(factor) for factor in energy.terms.values())
    facts[ENERGY] = facts[LOWEST] = products.sum()
    facts[GOAL] = task.goal + ROUNDING * scale
    facts[REACHED] = 0.0 if facts[ENERGY] <= facts[GOAL] else -1.0
    number = math.floor(task.duration / task.interval * (1 + 1e-12)) + 1
    times = task.interval * np.arange(number, dtype=np.float64)
    samples = np.zeros((len(times), energy.size))
    rates, sums, since = np.zeros(energy.size), np.zeros(energy.size), np.zeros(energy.size)
    wiring = (*_lists(of_bit), *_lists(members))
    march = compiled_march()
    waits, picks = np.empty(0), np.empty(0)
    for k, strength in enumerate(task.strengths):
        end = task.duration * (k + 1) / len(task.strengths)
        while facts[TIME] < end:
            if not len(waits):
                waits, picks = generator.standard_exponential(DRAWN), generator.random(DRAWN)
            own = (spins, inputs, products, rates, free, *wiring, logarithms)
            over = (low, (high - low) / (POINTS - 1), strength, end, waits, picks, task.interval)
            used = march(*own, *over, samples, sums, since, facts)
            waits, picks = waits[used:], picks[used:]
    sums += spins * (task.duration - since)
    recorded = int(facts[SAMPLES])
    return PBitRun(
        times[:recorded],
        samples[:recorded].astype(np.int8),
        sums / task.duration,
        int(facts[JUMPS]),
        float(facts[LOWEST]),
        float(facts[REACHED]) if facts[REACHED] >= 0 else math.inf,
        float(facts[LARGEST]),
    )
