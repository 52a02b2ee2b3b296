r"""Thermal noise of circuits without noise in their transients, against the margins of what they decide.

A capacitor has the voltage noise :math:`\sqrt{k_B T / C}`, a packet of charge on it :math:`\sqrt{k_B T C}`; a
transistor that passes a charge Q adds at most the shot noise :math:`\sqrt{e Q}`. A margin of z standard deviations errs
with the probability :math:`Q(z)` of the normal distribution.
"""

from __future__ import annotations

import math

import numpy as np

from ....circuits.cells.logic.logic import Inverter
from ....circuits.cells.neurons.neurons import MemristorNeuron
from ....circuits.cells.synapses.spike_synapse import SpikeSynapse
from ....devices.core.distributions import normal_sf
from ....devices.language.equations.constants import CONSTANTS, q_e
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.simulation.operating_points.noise import electrical_noise
from .arrhenius import BOLTZMANN, TEN_YEARS

ELECTRON = CONSTANTS[q_e][0]


def membrane_noise(cell: MemristorNeuron, voltage: float) -> float:
    r"""Standard deviation of the voltage of a membrane at rest [V].

    .. math:: \sigma^2 = \frac{k_B T}{C} + R^2 S_f \ln\frac{10\,\mathrm{years}}{2 \pi R C}

    with the flicker noise :math:`S_f / f` of the memristor's current; its white noise is that of the first term.

    Parameters
    ----------
    cell : MemristorNeuron
        The neuron.
    voltage : float
        At which the membrane rests. [V]
    """
    memristor = cell.memristor
    off, time = memristor.resistance_off, memristor.resistance_off * cell.capacitance
    _, flicker = electrical_noise(memristor, "voltage", {"voltage": voltage}, cell.temperature)
    slow = off**2 * float(flicker) * math.log(TEN_YEARS / (2 * math.pi * time))
    return math.sqrt(BOLTZMANN * cell.temperature / cell.capacitance + slow)


def false_spike(cell: MemristorNeuron, share: float) -> float:
    """Probability that noise takes a membrane that rests at a share of the threshold beyond it, at any moment [1]."""
    threshold = cell.memristor.threshold_voltage
    return float(normal_sf((1 - share) * threshold / membrane_noise(cell, share * threshold)))


def charge_noise(cell: SpikeSynapse, charge: float) -> float:
    r"""Standard deviation of the charge that a spike puts into the next membrane, an upper bound [C].

    .. math:: \sigma^2 = w^2 \left[k_B T\,(2 C_p + C_h) + e Q / w\right] + e Q

    of the packet, emptied and filled, of the gates, and of both sides of the mirror.

    Parameters
    ----------
    cell : SpikeSynapse
        The synapse.
    charge : float
        Of a spike, into the membrane. [C]
    """
    capacitance = 2 * cell.packet_capacitance + cell.holding_capacitance
    squared = cell.weight**2 * BOLTZMANN * cell.temperature * capacitance
    return math.sqrt(squared + (cell.weight + 1) * ELECTRON * charge)


def noise_margins(transfer: FloatArray, swept: FloatArray, gain: FloatArray) -> tuple[float, float]:
    """Noise margins of a low and of a high input, between the points of unit gain; NaN without a gain [V].

    The points lie between those of the curve, by straight lines: margins that jump from one point of it to the next
    would make an error rate jump by decades.
    """
    steep = np.flatnonzero(gain > 1)
    if not len(steep):
        return math.nan, math.nan
    first, last = int(steep[0]), int(steep[-1])

    def unit(inside: int, outside: int) -> tuple[float, float]:
        if not 0 <= outside < len(gain):
            return float(swept[inside]), float(transfer[inside])
        share = (gain[inside] - 1) / (gain[inside] - gain[outside])
        low, high = (each[inside] + share * (each[outside] - each[inside]) for each in (swept, transfer))
        return float(low), float(high)

    (low_input, high_output), (high_input, low_output) = unit(first, first - 1), unit(last, last + 1)
    return low_input - low_output, high_output - high_input


def logic_error(cell: Inverter, margin: float, load: float) -> float:
    """Probability that mismatch and kT/C of the driving inverter take an input across a margin [V], an upper bound."""
    process, length = cell.process, cell.length * cell.process.minimum_length
    widths = {"nmos": cell.nmos_width, "pmos": cell.pmos_width}
    shifts = (
        process.threshold_deviation(kind, width * process.minimum_width, length) for kind, width in widths.items()
    )
    return float(normal_sf(margin / math.hypot(*shifts, math.sqrt(BOLTZMANN * cell.temperature / load))))
