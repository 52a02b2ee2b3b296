r"""The two states of a device under a constant drive: how high the barriers are, and how long each is held.

The dwell time in a state is the mean time of the first passage from its pole to well beyond the barrier. For a magnet
that is symmetric about its axis it is that of the Fokker-Planck equation
(:mod:`synaspice.characterization.rare_events.fokker_planck`), with all that voltage, current or field do to energy and
torque. A device that is not has the closed form of Kramers, Brown and Langer
(:class:`~synaspice.devices.core.protocols.Dwelling`,
:mod:`synaspice.devices.physics.escape`), which takes fields and torques in full, as long as the states are what the
energy makes them: above a barrier of 4 k_B T it is right to about 10 %. Fields may lie along any direction; what is
swept is meant to be one along the easy axis.

References
----------
W. F. Brown, Phys. Rev. 130, 1677 (1963), doi:10.1103/PhysRev.130.1677; W. T. Coffey, Y. P. Kalmykov, J. Appl. Phys.
112, 121301 (2012), doi:10.1063/1.4754272 (review).
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from ...devices.core.protocols import Dwelling
from ...devices.language.checks import instance, known, positive, real
from ...devices.language.errors import ParameterError
from ...devices.model import CompactModel
from ...devices.simulation.dwelling import HIGH_BARRIER
from ...devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...devices.simulation.numerics.newton import voltage_at_current
from ..rare_events.axial_magnet import AxialMagnet, from_reference_state
from ..rare_events.fokker_planck import PolarGrid, mean_passage_time

#: Barriers over k_B T between which the device is a chain of two states: above the lower one it is in equilibrium in a
#: state before it leaves it, above the upper one numbers end.
LEAST_BARRIER, LARGEST_BARRIER = HIGH_BARRIER, 600.0
#: Cells of the middle grid, and the share of the way from the barrier to the other pole where the other state begins.
CELLS, ARRIVED = 100, 0.75
#: Voltage at which a device is read while a field is swept. [V]
READ = 0.01


@dataclass(frozen=True)
class Wells:
    """Two states of a device, and the drive that tilts them.

    Attributes
    ----------
    device : CompactModel
        The device, which offers :class:`~synaspice.devices.core.protocols.Dwelling`.
    quantity : str
        What is driven: ``voltage`` or ``current`` of the first branch, or an input such as ``field_z``.
    temperature : float, optional
        Temperature of the surroundings and of the noise [K]; default: that of the device.
    read_voltage : float
        Voltage across the first branch while an input is driven. [V]

    Raises
    ------
    ParameterError
        If the device has not two states that are directions and nothing else, or a value makes no sense.
    UnknownNameError
        If there is no such quantity.
    """

    device: CompactModel
    quantity: str = "voltage"
    temperature: float | None = None
    read_voltage: float = READ

    def __post_init__(self) -> None:
        device = instance("the device", self.device, CompactModel, "a device")
        settled, kelvin = in_surroundings(device, self.temperature)
        positive("the temperature", kelvin, "K")
        settled.protocol(Dwelling)
        states = [*settled.state_declarations(), *settled.telegraph_declarations()]
        if len(settled.system.spheres) != 1 or len(settled.system.states) != 3 or settled.telegraph_declarations():
            raise ParameterError(
                "the two-state mode is for a device whose only state is a direction; the states of "
                f"{settled.model_name()} are {', '.join(states)}"
            )
        known("driven quantity", self.quantity, ["voltage", "current", *settled.input_declarations()])
        real("the read voltage", self.read_voltage, "V")
        object.__setattr__(self, "device", settled)
        object.__setattr__(self, "temperature", kelvin)

    @property
    def kelvin(self) -> float:
        """Temperature of the surroundings and of the noise [K]."""
        assert self.temperature is not None
        return self.temperature

    @property
    def states(self) -> tuple[str, str]:
        """Names of the two states: of the positive coordinate, and of the negative one."""
        return self.device.protocol(Dwelling).states

    @property
    def electrical(self) -> bool:
        """Whether the drive is a voltage or a current."""
        return self.quantity in ("voltage", "current")

    @property
    def unit(self) -> str:
        """Unit of the drive."""
        return {"voltage": "V", "current": "A"}.get(self.quantity) or self.device.input_declarations()[
            self.quantity
        ].unit

    @functools.cached_property
    def method(self) -> str:
        """``fokker-planck`` for a magnet that is symmetric about its axis, ``closed-form`` for others."""
        some = 0.0 if self.electrical else 0.01 * self.scale  # a field may be across the axis
        try:
            self.magnet(some, self.states[0]).drift_and_diffusion(np.array([1.0]), self._amplitude(0.0))
        except ParameterError:
            return "closed-form"
        return "fokker-planck"

    @functools.cached_property
    def scale(self) -> float:
        """Drive that is expected to take a state away, or of that order."""
        if not self.electrical:
            return float(self.device.derived["anisotropy_field"])
        there = [float(self.device.derived[f"critical_current_to_{name}"]) for name in self.states]
        current = min((abs(value) for value in there if math.isfinite(value) and value), default=math.inf)
        if self.quantity == "current":
            return current if math.isfinite(current) else 1e-4
        if not math.isfinite(current):
            return 0.1
        parallel = self.device.replace(**self.device.reference_states()[self.states[0]])
        return abs(voltage_at_current(parallel, current))

    def barrier(self, drive: float, state: str) -> float:
        """Barrier in the way out of a state, over k_B T.

        Raises
        ------
        ParameterError
            If there is no such state under the drive.
        """
        if self.method == "closed-form":
            return self._closed(drive, state)[1]
        return self._potential(drive, state)[0]

    def dwell_time(self, drive: float, state: str) -> float:
        """Mean time in which a state is left [s].

        Parameters
        ----------
        drive : float
            Constant drive, in its unit.
        state : str
            Name of the state.

        Raises
        ------
        ParameterError
            If the barrier is too low for a state, so that the trajectories of the magnet are to be followed instead
            (Landau-Lifshitz-Gilbert); higher than there are numbers for; or if the closed form does not hold.
        UnknownNameError
            If there is no such state.
        """
        value = real(f"the {self.quantity}", drive, self.unit)
        known("state", state, self.states)
        barrier = self.barrier(value, state)
        if not LEAST_BARRIER <= barrier <= LARGEST_BARRIER:
            raise ParameterError(self.refusal(value, state, barrier))
        if self.method == "closed-form":
            return 1 / self._closed(value, state)[0]
        _, top = self._potential(value, state)
        edge = top + ARRIVED * (math.pi - top)
        return mean_passage_time(
            self.magnet(value, state), self._amplitude(value), threshold=math.cos(edge), cells=CELLS
        ).value

    def refusal(self, drive: float, state: str, barrier: float) -> str:
        """Why a barrier is none for two states, and what is to be done instead."""
        where = f"at {self.quantity} = {drive:.4g} {self.unit} and {self.kelvin:g} K"
        if barrier > LARGEST_BARRIER:
            return f"{where} the state {state!r} is {barrier:.4g} k_B T deep, beyond {LARGEST_BARRIER:g}: it never ends"
        return (
            f"{where} the state {state!r} has a barrier of {barrier:.3g} k_B T, below {LEAST_BARRIER:g}: it is no "
            "state to stay in; follow noisy trajectories instead (device.simulate or device.ensemble at a temperature)"
        )

    def magnet(self, drive: float, state: str) -> AxialMagnet:
        """The magnet under a drive, its pole that of a state."""
        source = self.quantity if self.electrical else "voltage"
        inputs = {} if self.electrical else {self.quantity: drive}
        return from_reference_state(self.device, state, source, self.kelvin, inputs)

    def _amplitude(self, drive: float) -> float:
        return drive if self.electrical else self.read_voltage

    def _potential(self, drive: float, state: str) -> tuple[float, float]:
        """Height of the barrier over k_B T, and its polar angle from the state's pole [rad]."""
        grid = PolarGrid.of(self.magnet(drive, state), self._amplitude(drive), 2 * CELLS)
        lowest = grid.barrier() - 1
        # Between the centres of the cells by a parabola: the angle is to change smoothly with the drive.
        before, least, after = grid.potential[lowest - 1 : lowest + 2]
        slope, bend = (after - before) / 2, after - 2 * least + before
        width = float(grid.edges[lowest + 1] - grid.edges[lowest])
        angle = float(grid.edges[lowest]) + width * (0.5 - slope / bend)
        return float(grid.potential[0] - least + slope**2 / (2 * bend)), angle

    def _closed(self, drive: float, state: str) -> tuple[float, float]:
        """Rate [1/s] and barrier over k_B T in closed form; kept, for it takes some tenths of a second."""
        kept = self._found.get((drive, state))
        if kept is None:
            kept = self._found[drive, state] = self._escape(drive, state)
        return kept

    @functools.cached_property
    def _found(self) -> dict[tuple[float, str], tuple[float, float]]:
        return {}

    def _escape(self, drive: float, state: str) -> tuple[float, float]:
        device = self.device
        if not self.electrical:
            device = device.replace(**{self.quantity: drive})
        source = "current" if self.quantity == "current" else "voltage"
        rate, barrier = device.protocol(Dwelling).escape(self._amplitude(drive), self.kelvin, state, source)
        return float(rate), float(barrier)

    def holds(self, drive: float) -> bool:
        """Whether the device has two states under a drive, and their dwell times can be told."""
        try:
            for state in self.states:
                barrier = self.barrier(drive, state)
                if not LEAST_BARRIER <= barrier <= LARGEST_BARRIER:
                    return False
        except ParameterError:
            return False
        return True
