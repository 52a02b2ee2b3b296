"""How long a device stays in one of two states by itself, and the noise that its jumps make."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..core.protocols import Dwelling
from ..language.errors import ParameterError
from ..language.waveforms.shapes import FloatArray
from .simulated import SimulatedModel

#: Barrier over k_B T above which the closed form holds, to some 20 %.
HIGH_BARRIER = 4.0
#: Barrier over k_B T below which there is no state to stay in: the device wanders.
LOWEST_BARRIER = 1.0
#: First passages that are waited for, for how many of the closed form's dwell times, and where a state is reached.
PASSAGES, PATIENCE, ARRIVED = 256, 5.0, 0.7
#: A state that is taken for less than one part in so many needs no better time.
RARE = 1e4
#: Frequency at which the noise of jumps is white, in units of that at which it falls to half.
WHITE = 0.01


@dataclass(frozen=True)
class Dwell:
    """Mean times in two states.

    Attributes
    ----------
    times : dict of float
        Mean time until the state is left, by its name. [s]
    barriers : dict of float
        Barrier in the way, over k_B T.
    """

    times: dict[str, float]
    barriers: dict[str, float]

    @property
    def wanders(self) -> bool:
        """Whether thermal agitation is larger than both barriers: there are no states to be in."""
        return max(self.barriers.values()) < LOWEST_BARRIER

    def holds(self, state: str) -> bool:
        """Whether a state is one to be in; others than the two are."""
        return self.barriers.get(state, np.inf) >= LOWEST_BARRIER

    @property
    def correlation_time(self) -> float:
        """Time in which a probability returns to its equilibrium [s]: 1 / tau = 1 / tau_1 + 1 / tau_2."""
        return 1 / sum(1 / time for time in self.times.values())

    @property
    def shares(self) -> dict[str, float]:
        """Probability of each state."""
        total = sum(self.times.values())
        return {name: time / total for name, time in self.times.items()}

    def spectrum(self, frequency: FloatArray, step: float) -> FloatArray:
        r"""One-sided density of a quantity that jumps by a step between the states.

        .. math:: S(f) = 4\, \Delta^2\, p (1 - p)\, \frac{\tau}{1 + (2 \pi f \tau)^2}

        References
        ----------
        S. Machlup, J. Appl. Phys. 25, 341 (1954), doi:10.1063/1.1721637.
        """
        tau = self.correlation_time
        return 4 * step**2 * np.prod(list(self.shares.values())) * tau / (1 + (2 * np.pi * frequency * tau) ** 2)

    def below(self, grid: FloatArray) -> FloatArray:
        """Frequencies that a grid needs below its own to show where the jumps' noise is white [Hz]."""
        lowest = WHITE / (2 * np.pi * self.correlation_time)
        if lowest >= grid[0]:
            return np.empty(0)
        return np.geomspace(lowest, grid[0], int(np.ceil(10 * np.log10(grid[0] / lowest))) + 1)

    def states_at(
        self, times: FloatArray, start: str, count: int, generator: np.random.Generator
    ) -> npt.NDArray[np.bool_]:
        r"""Whether each of a number of devices is in the first state at each time, all of them in one at the beginning.

        The chain of two states is drawn exactly, with :math:`p(t + s) = \bar p + (p(t) - \bar p)\, e^{-s/\tau}`.

        Parameters
        ----------
        times : ndarray
            Increasing times. [s]
        start : str
            The state at time 0.
        count : int
            Number of devices.
        generator : numpy.random.Generator
            Source of random numbers.
        """
        first = next(iter(self.times))
        rest = self.shares[first]
        there = np.full(count, start == first)
        found = np.empty((count, len(times)), dtype=bool)
        for k, kept in enumerate(np.exp(-np.diff(times, prepend=0.0) / self.correlation_time)):
            there = generator.random(count) < rest + (there - rest) * kept
            found[:, k] = there
        return found


def dwell_times(device: SimulatedModel, voltage: float, temperature: float, seed: int | None = None) -> Dwell | None:
    """Mean dwell times of a device with two states; None if it has one at the voltage.

    With a barrier above :data:`HIGH_BARRIER` those of the device's closed form, below it the mean first passage from
    the one state into the other of an ensemble.

    Parameters
    ----------
    device : SimulatedModel
        A device that offers :class:`~synaspice.devices.core.protocols.Dwelling`.
    voltage : float
        Voltage of the first branch. [V]
    temperature : float
        Temperature of the noise. [K]
    seed : int, optional
        Seed of the ensemble.
    """
    offered = device.protocol(Dwelling)
    try:
        found = {name: tuple(map(float, offered.escape(voltage, temperature, name))) for name in offered.states}
    except ParameterError:
        return None
    barriers = {name: barrier for name, (_, barrier) in found.items()}
    times = {name: 1 / rate for name, (rate, _) in found.items()}
    rare = max(times.values()) > RARE * min(times.values())
    for name, barrier in barriers.items():
        if not rare and LOWEST_BARRIER <= barrier < HIGH_BARRIER:
            times[name] = _passage(device, name, voltage, temperature, times[name], seed)
    return Dwell(times, barriers)


def _passage(
    device: SimulatedModel, state: str, voltage: float, temperature: float, guess: float, seed: int | None
) -> float:
    """Mean time of the first passage into the other state [s], with the time of those that have not arrived."""
    offered = device.protocol(Dwelling)
    sign = 1.0 if state == offered.states[0] else -1.0
    started = device.replace(**device.reference_states()[state])
    length = PATIENCE * guess
    ensemble = started.ensemble(voltage, length, temperature=temperature, trajectories=PASSAGES, seed=seed)
    arrivals = ensemble.first_passage(offered.coordinate, -ARRIVED * sign, rising=sign < 0)["time"].to_numpy()
    missing = np.isnan(arrivals)
    return float(np.where(missing, length, arrivals).sum() / max(1, np.count_nonzero(~missing)))
