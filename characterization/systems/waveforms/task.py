r"""Sines and squares, told apart by one oscillator: the task, the networks that are compared, and their errors.

A sequence of periods, each a sine or a square at random, of 8 points. The target at each point is 0 within a sine and 1
within a square. The points 1 and -1 are of both: nothing without memory errs at fewer than 2 of 16 points, and a
readout that is linear in the input, which is odd as the waves are, at about half of them.

References
----------
J. Torrejon et al., Nature 547, 428 (2017), doi:10.1038/nature23011; D. Marković et al., Appl. Phys. Lett. 114, 012409
(2019), doi:10.1063/1.5079305.
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ....devices.core.oscillator_protocols import Oscillation
from ....devices.language.errors import ParameterError, SimulationError, ValidityWarning
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.orbits.search import periodic_orbit
from ....devices.simulation.reservoirs import held_response, random_mask, reservoir_states
from .. import validity
from ..linear_readout import LinearReadout, train_readout

#: Points of a period, and virtual nodes.
POINTS, NODES = 8, 24
#: Node time, and that of an oscillator without memory, in relaxation times; settling before the first point.
NODE_TIME, FORGOTTEN, SETTLING = 0.5, 5.0, 8.0
#: Input's current, over the range of currents in which the device oscillates.
SWING = 0.4
#: Steps between currents in which the range is sought, over its lowest one; and its largest ratio.
STEP, REACH = 0.1, 2.5
#: Least error at a point of what has no memory.
MEMORYLESS = 2 / 16
#: Periods of a sequence into which a longer one is cut where nothing is remembered.
CUT = 4
#: Samples of the amplitude in a node time, where it is drawn.
FINE = 4
#: The observable that is 1 where a model holds, of models that say so.
VALID = "valid"


@dataclass(frozen=True)
class WorkingPoint:
    """How an oscillator is driven as a reservoir.

    Attributes
    ----------
    device : CompactModel
        The oscillator, in its field.
    bias, swing : float
        DC current, and that of an input of 1. [A]
    relaxation_time : float
        Time in which deviations from the orbit decay. [s]
    node_time : float
        Time for which a node's current is held. [s]
    """

    device: CompactModel
    bias: float
    swing: float
    relaxation_time: float
    node_time: float

    @property
    def settling(self) -> float:
        """Time at the bias before the first input [s]."""
        return SETTLING * self.relaxation_time


@dataclass(frozen=True)
class Waves:
    """A sequence of periods: its points, and for each of them 1 within a square and 0 within a sine."""

    inputs: FloatArray
    targets: FloatArray


@dataclass(frozen=True)
class Score:
    """How a readout did on data that it was not trained on.

    Attributes
    ----------
    points, periods : float
        Share of points, and of whole periods by the mean of their outputs, that were told wrongly.
    outputs : ndarray
        The readout's outputs.
    """

    points: float
    periods: float
    outputs: FloatArray


def random_waves(periods: int, seed: int | np.random.Generator) -> Waves:
    """Periods of a sine or a square at random."""
    phase = 2 * np.pi * np.arange(POINTS) / POINTS
    shapes = np.array([np.sin(phase), np.where(np.arange(POINTS) < POINTS // 2, 1.0, -1.0)])
    kinds = np.random.default_rng(seed).integers(0, 2, periods)
    return Waves(shapes[kinds].ravel(), np.repeat(kinds, POINTS).astype(float))


def working_range(device: CompactModel) -> tuple[float, float]:
    """Lowest and highest current between which the device oscillates on stable orbits that its model describes [A].

    The lowest is the first of the device's suggested ones; from there on the orbit is followed, up to :data:`REACH`
    times that.

    Raises
    ------
    ParameterError
        If it is no oscillator, or does not oscillate at the suggested currents.
    """
    if not device.suits(Oscillation):
        raise ParameterError(
            f"{device.model_name()} with these values suggests no currents at which it oscillates: choose a device or "
            "preset that does"
        )
    suggested = device.protocol(Oscillation)
    started = device.replace(**suggested.overrides)
    lowest = next((float(c) for c in sorted(suggested.currents, key=abs) if _holds(started, float(c))), None)
    if lowest is None:
        raise ParameterError(f"{device.model_name()} oscillates at none of its suggested currents")
    steps = np.arange(1, round((REACH - 1) / STEP) + 1)
    higher = [lowest * (1 + STEP * float(k)) for k in steps]
    return lowest, [lowest, *itertools.takewhile(lambda current: _holds(started, current), higher)][-1]


def _holds(device: CompactModel, current: float) -> bool:
    """Whether there is a stable orbit at a current, within the model's range."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", ValidityWarning)
        try:
            return periodic_orbit(device, current).stable
        except (SimulationError, ValidityWarning):
            return False


def working_point(device: CompactModel, bias: float, swing: float, node_time: float | None = None) -> WorkingPoint:
    """A working point whose node time, unless it is given, is a fraction of the relaxation time of the device's orbit.

    Parameters
    ----------
    device : CompactModel
        The oscillator.
    bias, swing : float
        DC current, and that of an input of 1. [A]
    node_time : float, optional
        Time for which a node's current is held [s]; default: :data:`NODE_TIME` relaxation times.

    Raises
    ------
    SimulationError
        If it has no orbit there.
    """
    started = device.replace(**device.protocol(Oscillation).overrides)
    relaxation = 1 / periodic_orbit(started, bias).relaxation_rate
    return WorkingPoint(started, bias, swing, relaxation, NODE_TIME * relaxation if node_time is None else node_time)


def scored(states: FloatArray, waves: Waves, training: int, from_period: int = 1) -> tuple[Score, LinearReadout]:
    """Train a readout on the first periods of a sequence, and score it on the others.

    Parameters
    ----------
    states : ndarray
        States of the nodes, shape (points, nodes).
    waves : Waves
        The sequence.
    training : int
        Periods that it is trained on.
    from_period : int
        The first of them that counts: before, the reservoir may remember how it began.
    """
    begin, cut = POINTS * from_period, POINTS * training
    readout = train_readout(states[begin:cut], waves.targets[begin:cut])
    outputs = readout(states)
    told, truth = outputs[cut:], waves.targets[cut:]
    points = float(np.mean((told > 0.5) != (truth > 0.5)))
    periods = float(np.mean((told.reshape(-1, POINTS).mean(axis=1) > 0.5) != (truth[::POINTS] > 0.5)))
    return Score(points, periods, outputs), readout


def oscillator_states(
    points: Sequence[WorkingPoint],
    waves: Sequence[Waves],
    masks: Sequence[FloatArray],
    *,
    temperature: float,
    seed: int,
) -> FloatArray:
    """States of the virtual nodes of one oscillator, for each of some working points, shape (trials, points, nodes).

    The working points have one node time; there are a sequence and a mask for each of them.
    """
    longest = max(point.settling for point in points)
    return reservoir_states(
        [point.device for point in points],
        np.array([each.inputs for each in waves])[:, :, np.newaxis],
        np.array(masks),
        bias=[point.bias for point in points],
        amplitude=[point.swing for point in points],
        node_time=points[0].node_time,
        settling=longest,
        temperature=temperature,
        seed=seed,
    )


def forgetful_states(
    point: WorkingPoint, waves: Waves, mask: FloatArray, *, temperature: float, seed: int
) -> FloatArray:
    """The same of an oscillator whose node time is so long that its amplitude forgets, shape (points, nodes).

    As nothing is remembered, the sequence is cut into many that run side by side.
    """
    slow = replace(point, node_time=FORGOTTEN * point.relaxation_time)
    parts = waves.inputs.reshape(-1, CUT * POINTS) if len(waves.inputs) % (CUT * POINTS) == 0 else waves.inputs[None]
    found = oscillator_states(
        [slow] * len(parts),
        [Waves(part, part) for part in parts],
        [mask] * len(parts),
        temperature=temperature,
        seed=seed,
    )
    return found.reshape(-1, NODES)


def spatial_states(point: WorkingPoint, waves: Waves, *, temperature: float, seed: int) -> FloatArray:
    """States of as many oscillators side by side, each with a weight of its own, uniform from -1 to 1.

    Each point of the input is held for one node time: all neurons at once, in place of one after another. They
    are not coupled; what they remember is their own relaxation.
    """
    weights = np.random.default_rng(seed).uniform(-1, 1, NODES)
    inputs = weights[:, np.newaxis] * waves.inputs
    found = reservoir_states(
        point.device,
        inputs[:, :, np.newaxis],
        np.ones((1, 1)),
        bias=point.bias,
        amplitude=point.swing,
        node_time=point.node_time,
        settling=point.settling,
        temperature=temperature,
        seed=seed,
    )
    return np.asarray(found[:, :, 0].T)


def masked_input(waves: Waves, mask: FloatArray) -> FloatArray:
    """What the readout sees without an oscillator: the masked input itself."""
    return waves.inputs[:, np.newaxis] * mask[:, 0]


def drawn_amplitude(
    point: WorkingPoint, waves: Waves, mask: FloatArray, *, temperature: float, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Current [A] and amplitude of one oscillator under a sequence, :data:`FINE` times in each node time.

    The last sample of a node time is the state of its node.
    """
    currents = _masked_currents(point, waves, mask)
    held = held_response(point.device, currents[np.newaxis], point.node_time / FINE, temperature=temperature, seed=seed)
    begin = len(currents) - FINE * NODES * len(waves.inputs)
    return currents[begin:], held.amplitudes[0, begin:]


def share_outside(point: WorkingPoint, waves: Waves, mask: FloatArray, *, temperature: float, seed: int) -> float:
    """Share of the time of a noisy sequence in which the model does not hold; 0 of models that do not say."""
    currents = _masked_currents(point, waves, mask)
    return validity.share_outside(point.device, currents, point.node_time / FINE, temperature=temperature, seed=seed)


def _masked_currents(point: WorkingPoint, waves: Waves, mask: FloatArray) -> FloatArray:
    """The current [A] of a sequence after settling at the bias, :data:`FINE` times in each node time."""
    settled = int(np.ceil(point.settling / point.node_time))
    masked = (waves.inputs[:, np.newaxis] * mask[:, 0]).ravel()
    return np.repeat(point.bias + point.swing * np.concatenate([np.zeros(settled), masked]), FINE)


def stays_valid(point: WorkingPoint) -> bool:
    """Whether the model holds at the strongest current that the input brings; True of models that do not say."""
    if not validity.says_where_it_holds(point.device):
        return True
    strongest = point.bias + np.sign(point.bias) * abs(point.swing)
    levels = np.full((1, int(np.ceil(2 * SETTLING / NODE_TIME))), strongest)
    held = held_response(point.device, levels, NODE_TIME * point.relaxation_time, observable=VALID)
    return bool(np.all(held.amplitudes == 1))


def masks_and_waves(count: int, periods: int, seed: int | Sequence[int]) -> tuple[list[FloatArray], list[Waves]]:
    """Masks and sequences of some trials, which follow from a seed."""
    children = np.random.SeedSequence(seed).spawn(2 * count)
    generators = [np.random.default_rng(child) for child in children]
    return [random_mask(NODES, seed=g) for g in generators[:count]], [
        random_waves(periods, g) for g in generators[count:]
    ]
