"""Where the states of a device are while its noise is measured: at rest under the bias, if they come to rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from ..devices.core.oscillator_protocols import Oscillation
from ..devices.core.vectors import initial_state
from ..devices.language.errors import ParameterError
from ..devices.language.waveforms.shapes import FloatArray
from ..devices.model import CompactModel
from ..devices.simulation.orbits.approach import approached
from ..devices.simulation.orbits.cycle import Motion
from ..devices.simulation.orbits.orbit import PeriodicOrbit
from ..devices.simulation.request import Request
from ..devices.simulation.trajectories.stability import KICK, Equilibrium, equilibrium
from .benches.iv import chosen_states

#: Times in which deviations grow by e after which they have settled, about.
GROWTHS = 20.0
#: Start of the name of a state in which a device settles and which is not one of its reference states.
SETTLED = "settled from "
#: States this close, in units of their scales, are one.
SAME = 0.05
#: How closely values of initial-state parameters have to reproduce the states.
CLOSE = 1e-6
#: Points across the line of a mode, and how many of its half widths they reach to either side.
LINE_POINTS, LINE_REACH = 25, 8.0


@dataclass(frozen=True)
class WorkingPoint:
    """A device in a state, and where its states settle under the bias.

    Attributes
    ----------
    name : str
        Name of the state.
    held : CompactModel
        The device with that initial state.
    rest : Equilibrium
        Where its states settle.
    voltage : float
        Voltage of the first branch. [V]
    """

    name: str
    held: CompactModel
    rest: Equilibrium
    voltage: float

    @property
    def linear(self) -> bool:
        """Whether small fluctuations about the rest say what the noise is."""
        return self.rest.lasts or (self.name.startswith(SETTLED) and self.rest.stable)

    @property
    def states(self) -> dict[str, float]:
        """The states at rest, by name."""
        return dict(zip(self.held.state_declarations(), self.rest.states.tolist(), strict=True))

    def refusal(self) -> str:
        """Why its noise is not that of small fluctuations, and what to do."""
        what = f"the state {self.name!r} of {self.held.model_name()} does not last at {self.voltage:g} V: "
        if self.rest.stable:
            values = ", ".join(f"{name} = {value:.3g}" for name, value in self.states.items())
            why = f"it settles at {values}"
        elif self.rest.growth > 0:
            why = f"deviations grow at {self.rest.growth:.3g} 1/s"
        else:
            why = "it comes to no rest"
        return f"{what}{why}; lower the voltage, or measure with method='transient'"

    def orbit(self, temperature: float) -> tuple[PeriodicOrbit | None, str]:
        """The stable orbit that its states come to, if noise is weak there; else why there is none.

        Parameters
        ----------
        temperature : float
            Temperature of the noise. [K]
        """
        where = f"the state {self.name!r} of {self.held.model_name()} at {self.voltage:g} V"
        if self.linear:
            return None, f"{where} comes to rest; measure with method='small-signal'"
        suited = self.held.suits(Oscillation)
        growing = self.rest.eigenvalues[(self.rest.eigenvalues.real > 0) & (self.rest.eigenvalues.imag > 0)]
        if suited:
            suggested = self.held.protocol(Oscillation)
            pace, settling = suggested.frequency, suggested.settling
        elif len(growing):
            pace, settling = float(growing[0].imag) / (2 * np.pi), GROWTHS / float(growing[0].real)
        else:
            return None, f"{where} does not turn about its rest; measure with method='transient'"
        motion = Motion(Request.of(self.held, self.voltage, 1 / pace, next(iter(self.held.branches())), {}))
        # From beside the initial state, which may be an unstable rest.
        start = np.array(initial_state(self.held)) / motion.scales
        kick = KICK * np.array([(1.0, -0.7, 0.4)[k % 3] for k in range(len(start))])
        end = approached(motion, motion.normal((start + kick)[None, :])[0] * motion.scales, pace, settling)
        if not isinstance(end, PeriodicOrbit):
            return None, f"{where} comes to no stable orbit; measure with method='transient'"
        if end.jumps(temperature):
            return None, f"{where} has telegraph noise on its orbit; measure with method='transient'"
        if not end.weak_linewidth(temperature)[1]:
            return None, (
                f"noise at {temperature:g} K is not weak on the orbit of {where}: the phase is lost nearly as fast as "
                "deviations decay; measure with method='transient'"
            )
        return end, ""

    def resting(self) -> CompactModel:
        """The device with its rest as the initial state.

        Raises
        ------
        ParameterError
            If its parameters have no such initial state.
        """
        scales = np.array([state.scale for state in self.held.state_declarations().values()])
        names = [name for name in self.held.values if "_initial_" in f"_{name}"]  # of a part: first_initial_azimuth

        def excess(values: FloatArray) -> FloatArray:
            chosen = self.held.replace(**dict(zip(names, values.tolist(), strict=True)))
            return np.asarray((np.array(initial_state(chosen)) - self.rest.states) / scales)

        start = np.array([self.held.values[name] for name in names])
        if np.max(np.abs(excess(start)), initial=0.0) <= CLOSE:
            return self.held
        declared = self.held.parameter_declarations()
        low, high = np.array([declared[name].bounds for name in names]).T
        inside = np.clip(start, low + 1e-9 * (high - low), high - 1e-9 * (high - low))
        found = least_squares(excess, inside, bounds=(low, high), xtol=1e-14, ftol=1e-14, gtol=1e-14)
        if np.max(np.abs(found.fun)) > CLOSE:
            raise ParameterError(
                f"no initial state of {self.held.model_name()} is its rest at {self.voltage:g} V; use engine='numeric'"
            )
        return self.held.replace(**dict(zip(names, found.x.tolist(), strict=True)))

    def lines(self, grid: FloatArray) -> FloatArray:
        r"""Frequencies that resolve the lines of the modes within a grid [Hz].

        A mode of eigenvalue :math:`\mu` has its line at :math:`|\operatorname{Im} \mu| / 2\pi`, with a full width at
        half maximum of :math:`|\operatorname{Re} \mu| / \pi`.
        """
        across = np.sinh(np.linspace(-1.0, 1.0, LINE_POINTS) * np.arcsinh(LINE_REACH))
        modes = self.rest.eigenvalues[self.rest.eigenvalues.imag > 0]
        found = [(mode.imag + mode.real * across) / (2 * np.pi) for mode in modes]
        points = np.concatenate([np.empty(0), *found])
        return np.asarray(points[(points > grid[0]) & (points < grid[-1])])


def working_points(
    device: CompactModel, states: Sequence[str] | Mapping[str, Mapping[str, float]] | None, voltage: float
) -> list[WorkingPoint]:
    """The device in chosen states under a voltage of its first branch.

    By default in its reference states, as far as they last: a state that leads to another reference state is left out,
    and one that leads elsewhere is called ``settled from`` that state. One that comes to no rest is kept.

    Parameters
    ----------
    device : CompactModel
        The device.
    states : sequence of str or mapping, optional
        States, as :func:`~synaspice.characterization.benches.iv.chosen_states` takes them.
    voltage : float
        The voltage. [V]

    Raises
    ------
    UnknownNameError
        If a state does not exist.
    """
    points = []
    for name, overrides in chosen_states(device, states).items():
        held = device.replace(**overrides)
        points.append(WorkingPoint(name, held, _rest(held, voltage), voltage))
    if states is not None:
        return points
    kept = [point for point in points if point.rest.lasts or not point.rest.stable]
    scales = np.array([state.scale for state in device.state_declarations().values()])
    for point in points:
        if point.rest.stable and not any(
            other.rest.stable and np.max(np.abs((other.rest.states - point.rest.states) / scales), initial=0.0) < SAME
            for other in kept
        ):
            kept.append(WorkingPoint(SETTLED + point.name, point.held, point.rest, voltage))
    return kept


def _rest(held: CompactModel, voltage: float) -> Equilibrium:
    """Where the states settle; states that nothing agitates are held, as those of a memristor while it is read."""
    if held.system.noises:
        return equilibrium(Request.of(held, voltage, held.settling_time, next(iter(held.branches())), {}))
    return Equilibrium(np.array(initial_state(held)), np.empty(0, dtype=complex), True, True)
