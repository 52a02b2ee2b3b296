"""How surely neurons with a junction fire: the spread of their threshold, and the errors of their readout."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ....circuits.cells.neurons.neurons import MTJNeuron
from ....devices.core.distributions import normal_quantile
from ....devices.language.waveforms.shapes import FloatArray
from ..errors.junction_errors import write_error_rate
from ..readout import sense_balance

#: Currents over the critical one between which the threshold lies, and to how much of it it is found.
BETWEEN, TO = (0.8, 5.0), 1e-2
#: Least probability of a switching, or of none, that is told from none at all.
RAREST = 1e-15
#: Least voltage across a junction of which a resistance is asked [V].
LEAST = 1e-3


def switching_probability(cell: MTJNeuron, current: float, width: float) -> float:
    """Probability that a pulse of the input current [A] of a width [s] switches the junction, at the temperature."""
    return 1 - write_error_rate(cell.junction, "parallel", -current, width, cell.temperature)


def threshold_and_spread(cell: MTJNeuron, width: float) -> tuple[float, float]:
    """Current that switches the junction in half of the trials, and half of what lies between 16 and 84 % of them [A].

    Parameters
    ----------
    cell : MTJNeuron
        The neuron.
    width : float
        Of a pulse into the input. [s]
    """
    critical = abs(float(cell.junction.critical_current_to_antiparallel))

    @functools.cache
    def deviate(ratio: float) -> float:
        # Nearly a line over the current, which makes the search short.
        probability = switching_probability(cell, ratio * critical, width)
        return float(normal_quantile(min(max(probability, RAREST), 1 - RAREST)))

    def current(z: float) -> float:
        return critical * float(brentq(lambda ratio: deviate(ratio) - z, *BETWEEN, xtol=TO))

    low, middle, high = map(current, (-1.0, 0.0, 1.0))
    return middle, (high - low) / 2


@dataclass(frozen=True)
class EvaluationErrors:
    """Probabilities of what may go wrong in an evaluation, each by itself [1].

    Attributes
    ----------
    fired, missed : float
        That the smallest current switches the junction, and that the largest does not.
    reading : float
        That the sense amplifier takes one state for the other, by mismatch and noise.
    reset : float
        That the reset fails.
    """

    fired: float
    missed: float
    reading: float
    reset: float

    @property
    def rate(self) -> float:
        """Probability that an evaluation goes wrong, with the smallest or the largest current, whichever is more."""
        return 1 - (1 - max(self.fired, self.missed)) * (1 - self.reading) * (1 - self.reset)


def evaluation_errors(
    cell: MTJNeuron, currents: tuple[float, float], width: float, reset: float, reset_width: float
) -> EvaluationErrors:
    """Errors of a neuron at its temperature.

    Parameters
    ----------
    cell : MTJNeuron
        The neuron.
    currents : tuple of float
        The smallest and the largest current into the input. [A]
    width : float
        Of their pulses. [s]
    reset, reset_width : float
        Current [A] and width [s] of the reset.
    """
    fired, switched = (switching_probability(cell, current, width) for current in currents)
    failed = write_error_rate(cell.junction, "antiparallel", reset, reset_width, cell.temperature)
    return EvaluationErrors(fired, 1 - switched, reading_error(cell), failed)


def reading_error(cell: MTJNeuron) -> float:
    r"""Probability that the neuron's sense amplifier takes one state of the junction for the other [1].

    The margin is the logarithm of the junction's resistance over the reference's, averaged over the voltages that the
    branch has while the decision falls: the tunnel magnetoresistance gets smaller with them.
    """
    junction, reference = cell.junction, cell.reference_resistance
    decision = sense_balance(cell.amplifier(), reference).decision()
    if not decision.decides:
        return decision.error_rate(0.0)

    def margin(state: str) -> float:
        held = junction.replace(**junction.reference_states()[state])

        def logarithm(volts: FloatArray) -> FloatArray:
            currents = np.asarray(held.static(voltage=-np.maximum(volts, LEAST))["current"])
            return np.asarray(np.log(np.maximum(volts, LEAST) / np.abs(currents) / reference))

        return decision.mean_at("left", logarithm)

    return max(decision.error_rate(margin("antiparallel")), decision.error_rate(-margin("parallel")))


def agreement_with_tanh(means: np.ndarray, sigmoid: np.ndarray, errors: np.ndarray) -> tuple[float, float]:
    """Largest distance of a p-bit's mean output from its sigmoid, and the standard error of the mean there.

    A p-bit whose mean follows (1 + tanh) / 2 samples Boltzmann's distribution of one spin in a field: the distance is
    the variation distance of the two.
    """
    away = np.abs(means - sigmoid)
    worst = int(np.argmax(away))
    return float(away[worst]), float(errors[worst])
