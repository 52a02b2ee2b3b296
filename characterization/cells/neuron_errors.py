"""How surely neurons with a junction fire: the spread of their threshold, and the errors of their readout."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq
from scipy.stats import norm

from ...circuits.cells.neurons import MTJNeuron
from ...devices.language.waveforms import FloatArray
from .junction_errors import write_error_rate
from .readout import sense_balance

#: Currents over the critical one between which the threshold lies, and to how much of it it is found.
BETWEEN, TO = (0.8, 5.0), 1e-2
#: Least voltage across a junction of which a resistance is asked [V].
LEAST = 1e-3


@dataclass(frozen=True)
class FiringErrors:
    """How surely a neuron fires.

    Attributes
    ----------
    threshold : float
        Current of a pulse that switches the junction in half of the trials. [A]
    spread : float
        Half of the difference of the currents that switch it in 84 and in 16 % of them. [A]
    reading : float
        Probability that the sense amplifier takes one state for the other, by mismatch and noise. [1]
    reset : float
        Probability that the reset fails. [1]
    """

    threshold: float
    spread: float
    reading: float
    reset: float


def switching_probability(cell: MTJNeuron, current: float, width: float) -> float:
    """Probability that a pulse of the input current [A] of a width [s] switches the junction, at the temperature."""
    return 1 - write_error_rate(cell.junction(), "parallel", -current, width, cell.temperature)


def firing_errors(cell: MTJNeuron, width: float, reset: float, reset_width: float) -> FiringErrors:
    """Threshold, spread and errors of a neuron at its temperature.

    Parameters
    ----------
    cell : MTJNeuron
        The neuron.
    width : float
        Of a pulse into the input. [s]
    reset, reset_width : float
        Current [A] and width [s] of the reset.
    """
    critical = abs(float(cell.junction().critical_current_to_antiparallel))

    def current(probability: float) -> float:
        def missing(ratio: float) -> float:
            return switching_probability(cell, ratio * critical, width) - probability

        return critical * float(brentq(missing, *BETWEEN, xtol=TO))

    low, middle, high = (current(float(norm.cdf(z))) for z in (-1.0, 0.0, 1.0))
    failed = write_error_rate(cell.junction(), "antiparallel", reset, reset_width, cell.temperature)
    return FiringErrors(middle, (high - low) / 2, reading_error(cell), failed)


def reading_error(cell: MTJNeuron) -> float:
    r"""Probability that the neuron's sense amplifier takes one state of the junction for the other [1].

    The margin is the logarithm of the junction's resistance over the reference's, averaged over the voltages that the
    branch has while the decision falls: the tunnel magnetoresistance gets smaller with them.
    """
    junction, reference = cell.junction(), cell.reference_resistance
    decision = sense_balance(cell.amplifier(), reference).decision()

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
