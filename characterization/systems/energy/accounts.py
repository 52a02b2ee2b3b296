r"""What systems spend, from the powers of their devices, the sizes of their networks, and the circuits around them.

Spin neurons: of every evaluation the preset, the latch with or without a spike, and of each line that is on at most

.. math:: E_\mathrm{line} = V^2\, G\, t

with the conductance G from a line through contact, channel and lead (what other lines take of the lead is left out).
Reservoirs: a device that oscillates takes :math:`I\,\overline{v}` for the time of each virtual node. Crossbars:
:math:`G V^2 t` of each cell, with the mean conductance of the device's reference states. Around them converters,
drivers and amplifiers of :data:`~synaspice.characterization.cells.periphery.PERIPHERY`.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ....circuits.cells.spin.decision import READ_TIME
from ....circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from ....devices.core.oscillator_protocols import Oscillation
from ....devices.core.protocols import Statics
from ....devices.language.checks import positive, real, whole
from ....devices.language.errors import ParameterError
from ....devices.model import CompactModel
from ....devices.simulation.orbits.search import periodic_orbit
from ...cells.periphery import energy_of_periphery
from ..hybrid.behavioural_neuron import NeuronEnergy
from ..hybrid.spin_layer import VOLTAGE
from ..hybrid.spin_netlists import PERIOD
from ..waveforms.task import working_point, working_range

#: Share of lines that are on, and of neurons that fire.
ACTIVITY = 0.5
#: Voltage [V] and time [s] of a read of a crossbar: the time for which its amplifiers are counted.
READ_VOLTAGE, READ = 0.1, 1e-8


@dataclass(frozen=True)
class Account:
    """What one operation of a system takes.

    Attributes
    ----------
    devices : float
        Energy of devices and of the transistors of their cells. [J]
    periphery : float
        Energy of the circuits around them. [J]
    events : int
        Synaptic events: products of a weight and an input.
    duration : float
        Time that it takes. [s]
    """

    devices: float
    periphery: float
    events: int
    duration: float

    @property
    def total(self) -> float:
        """Energy of all of it [J]."""
        return self.devices + self.periphery

    @property
    def power(self) -> float:
        """Power while one operation follows another [W]."""
        return self.total / self.duration

    def __add__(self, other: Account) -> Account:
        """Two operations one after another."""
        return Account(
            self.devices + other.devices,
            self.periphery + other.periphery,
            self.events + other.events,
            self.duration + other.duration,
        )


def spin_layer_account(
    inputs: int,
    neurons: int,
    valve: LateralSpinValve,
    energy: NeuronEnergy,
    *,
    evaluations: int = 1,
    analog: bool = False,
    activity: float = ACTIVITY,
) -> Account:
    """One layer of spin neurons that share lines.

    Parameters
    ----------
    inputs, neurons : int
        Lines, the threshold's not counted, and neurons.
    valve : LateralSpinValve
        Circuit of a neuron, of any number of inputs: one line's conductance is taken from it.
    energy : NeuronEnergy
        Of a neuron beside its inputs.
    evaluations : int
        How often the layer is evaluated, as for the steps of a ramp.
    analog : bool
        Whether a converter makes the lines' levels, once; otherwise a driver switches each in every evaluation.
    activity : float
        Share of the lines that are on, and of the neurons that fire.

    Raises
    ------
    ParameterError
        If a size is not positive, or the share not from 0 to 1.
    """
    lines, outputs, times = (
        whole("inputs", inputs, 1),
        whole("neurons", neurons, 1),
        whole("evaluations", evaluations, 1),
    )
    share = _share(activity)
    line = VOLTAGE**2 * valve.charge_conductance * READ_TIME
    latch = share * energy.spike + (1 - share) * energy.silent
    devices = times * outputs * (energy.preset + latch + line * (share * lines + 1))
    levels = {"DAC": lines + times} if analog else {"driver": times * lines}
    clocks = {"driver": 2 * times + levels.pop("driver", 0)}  # preset and clock
    return Account(devices, energy_of_periphery(levels | clocks), times * outputs * (lines + 1), times * PERIOD)


def oscillator_power(device: CompactModel) -> tuple[float, float]:
    """Power of an oscillator in the middle of its working range [W], and the time of a virtual node there [s].

    Raises
    ------
    ParameterError
        If it does not oscillate.
    """
    lowest, highest = working_range(device)
    bias = 0.5 * (lowest + highest)
    point = working_point(device, bias, 0.0)
    orbit = periodic_orbit(device.replace(**device.protocol(Oscillation).overrides), bias)
    return abs(bias * float(orbit.harmonics(count=1)[0])), point.node_time


def reservoir_account(
    device: CompactModel,
    nodes: int,
    steps: int,
    classes: int,
    *,
    mac: float = 0.0,
    power: tuple[float, float] | None = None,
) -> Account:
    """One input of some steps through an oscillator of virtual nodes, and a linear readout of every step.

    Parameters
    ----------
    device : CompactModel
        The oscillator.
    nodes, steps, classes : int
        Virtual nodes, steps of the input, and outputs of the readout.
    mac : float
        Energy of a product and a sum of the readout, which is counted as periphery. [J]
    power : tuple of float, optional
        What :func:`oscillator_power` gives, if it is known.

    Raises
    ------
    ParameterError
        If a size is not positive, or the device does not oscillate.
    """
    virtual = whole("nodes", nodes, 1) * whole("steps", steps, 1)
    readout = virtual * whole("classes", classes, 1)
    watts, node_time = power or oscillator_power(device)
    around = energy_of_periphery({"DAC": virtual, "ADC": virtual}) + readout * real("mac", mac, "J")
    return Account(watts * node_time * virtual, around, virtual + readout, node_time * virtual)


def read_conductance(device: CompactModel, voltage: float = READ_VOLTAGE) -> float:
    """Mean conductance of a device's reference states at a voltage [S].

    Raises
    ------
    ParameterError
        If it has none.
    """
    if not device.suits(Statics):
        raise ParameterError(f"{device.model_name()} has no states in which a crossbar could read it")
    branch = next(iter(device.branches()))
    volts = positive("voltage", voltage, "V")
    current = device.branches()[branch].current
    found = [
        abs(float(device.replace(**values).static(**{branch: volts})[current])) / volts
        for values in device.protocol(Statics).states.values()
    ]
    return float(np.mean(found))


def crossbar_account(rows: int, columns: int, conductance: float, *, activity: float = ACTIVITY) -> Account:
    """One product of a vector with a signed matrix, a differential pair of columns for each of its columns.

    Parameters
    ----------
    rows, columns : int
        Size of the matrix.
    conductance : float
        Mean conductance of a cell. [S]
    activity : float
        Mean square of the rows' voltages over that of a full one.

    Raises
    ------
    ParameterError
        If a size or the conductance is not positive, or the share not from 0 to 1.
    """
    height, width = whole("rows", rows, 1), whole("columns", columns, 1)
    cell = positive("conductance", conductance, "S") * READ_VOLTAGE**2 * READ
    around = energy_of_periphery({"DAC": height, "TIA": 2 * width, "ADC": width})
    return Account(_share(activity) * 2 * height * width * cell, around, height * width, READ)


def network_account(sizes: Sequence[int], layer: Callable[[int, int], Account]) -> Account:
    """Layer after layer of a network.

    Parameters
    ----------
    sizes : sequence of int
        Sizes of the layers, the inputs first.
    layer : callable
        The account of a layer of some inputs and outputs.

    Raises
    ------
    ParameterError
        If there are fewer than two sizes.
    """
    if len(sizes) < 2:
        raise ParameterError(f"a network has inputs and at least one layer, not the sizes {list(sizes)}")
    accounts = [layer(low, high) for low, high in itertools.pairwise(sizes)]
    total = accounts[0]
    for account in accounts[1:]:
        total = total + account
    return total


def _share(value: float) -> float:
    share = real("activity", value)
    if not 0 <= share <= 1:
        raise ParameterError(f"activity must be from 0 to 1, not {share:g}")
    return share
