"""Reading the conductance of a device in given states, at a small voltage that does not move them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ....devices.core.protocols import Sweep, WallMotion
from ....devices.core.vectors import initial_state, scales_of
from ....devices.language.declarations.declaration import Branch
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.time_step import LONGEST

#: Name of the branch by which a device with a read path of its own is read.
READING = "read_voltage"
#: Share of a state's way that a step of a noisy trajectory may cross.
CROSSED = 0.05


@dataclass(frozen=True)
class Reader:
    """A device, and how its conductance is read.

    Attributes
    ----------
    device : CompactModel
        The device.
    voltage : float
        Voltage across the branch that is read. [V]
    """

    device: CompactModel
    voltage: float

    @property
    def branch(self) -> Branch:
        """The branch that is read: a synapse with a terminal for it has one of that name."""
        branches = self.device.branches()
        return branches.get(READING) or next(iter(branches.values()))

    def conductance(self, **states: Any) -> Any:
        """Chord conductance in states, by default the initial ones [S]."""
        branch = self.branch
        return self.device.static(**{branch.name: self.voltage}, **states)[branch.current] / self.voltage

    def of(self, table: pd.DataFrame) -> FloatArray:
        """Conductance in the states of the rows of a table [S]."""
        states = {name: table[name].to_numpy() for name in self.device.state_declarations()}
        return np.broadcast_to(np.asarray(self.conductance(**states), dtype=float), len(table))

    def at(self, state: Mapping[str, float]) -> Reader:
        """The same with the device in a reference state."""
        return Reader(self.device.replace(**state), self.voltage)

    def highest(self) -> Reader:
        """The device in its reference state of the highest conductance."""
        found = [self.at(state) for state in self.device.reference_states().values()]
        return max(found, key=lambda one: float(one.conductance()))

    def ends(self) -> tuple[Reader, float]:
        """The device in its reference state of the lowest conductance, and the highest one [S]."""
        found = [self.at(state) for state in self.device.reference_states().values()]
        levels = [float(one.conductance()) for one in found]
        low, high = int(np.argmin(levels)), max(levels)
        if not high > levels[low] * (1 + 1e-6) or not levels[low] > 0:
            raise ParameterError(
                f"{self.device.model_name()} has no two reference states of different positive conductances at "
                f"{self.voltage:g} V"
            )
        return found[low], high

    def step(self, voltages: Sequence[float]) -> float:
        """Step of a noisy trajectory in which no state crosses more than :data:`CROSSED` of its way [s].

        Parameters
        ----------
        voltages : sequence of float
            Voltages at which states move fastest. [V]

        Returns
        -------
        float
            The step; that of the model's time scale if it is shorter.
        """
        branch = next(iter(self.device.branches().values()))
        ends = [initial_state(self.device.replace(**state)) for state in self.device.reference_states().values()]
        states = {
            str(name): value for name, value in zip(self.device.system.states, np.mean(ends, axis=0), strict=True)
        }
        shortest = LONGEST * self.device.settling_time
        for voltage in voltages:
            found = self.device.static(**{branch.name: voltage}, **states)
            for name, scale in zip(states, scales_of(self.device), strict=True):
                rate = abs(float(found[f"d{name}/dt"])) / scale
                shortest = min(shortest, CROSSED / rate if rate else math.inf)
        return shortest


def voltage_sweep(device: CompactModel) -> Sweep:
    """How a device suggests to be swept; a wall, of which it is the current, in the voltage that drives that."""
    sweep = device.protocol(Sweep)
    return device.protocol(Sweep, "voltage") if sweep.quantity == "current" and device.suits(WallMotion) else sweep
