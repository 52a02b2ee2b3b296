"""What a network did: order parameter, frequencies, and what was recorded of its devices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import sympy as sp

from ...devices.core.metadata import Column, column_information, device_table
from ...devices.core.oscillator_protocols import Oscillation
from ...devices.core.vectors import compiled
from ...devices.language.array_checks import reals
from ...devices.language.checks import known, real
from ...devices.language.checks import names as check_names
from ...devices.language.errors import ParameterError, shown
from ...devices.language.memory import require_memory
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.networks.march import March
from ...devices.simulation.networks.structure import DRIVE
from ..resumable import progress_bar
from .declared import DeclaredNetwork, constant_of, waveform_of

#: Numbers of the states of all devices that are looked at at a time.
TRACES = 1 << 22
#: Turn between two samples beyond which it is not known how often a device turned.
MOST_TURN = 0.8 * math.pi


@dataclass(frozen=True)
class NetworkRun:
    """What a network did.

    Attributes
    ----------
    device : CompactModel
        The nominal device.
    time : ndarray
        Times of the samples. [s]
    time_step : float
        Step that was taken. [s]
    values : dict of ndarray
        Recorded quantities by name, shape (samples, devices).
    devices : ndarray of int
        Numbers of the devices that were recorded.
    final : ndarray
        States at the end, shape (states, devices).
    order : ndarray or None
        Complex order parameter at the samples, the mean of exp(i phase); None where nothing has a phase.
    phases : ndarray or None
        Phases of all devices at the end. [rad]
    seed, temperature : int, float
        Of the noise. [K]
    """

    device: CompactModel
    time: FloatArray
    time_step: float
    values: dict[str, FloatArray]
    devices: Any
    final: FloatArray
    order: Any
    phases: FloatArray | None
    seed: int
    temperature: float
    _turned: FloatArray | None
    _counted: float
    _largest_turn: float
    _fastest: float

    def __repr__(self) -> str:
        """What ran, without its numbers."""
        devices, samples = self.final.shape[1], len(self.time)
        return (
            f"NetworkRun({devices} devices of {self.device.model_name()}, {samples} samples up to {self.time[-1]:g} s, "
            f"recorded: {', '.join(self.values) or 'nothing'})"
        )

    @property
    def order_parameter(self) -> FloatArray:
        """Order parameter r at the samples: 1 where all phases are alike, 1/sqrt(N) where they are at random.

        Raises
        ------
        ParameterError
            If the devices have no phase.
        """
        if self.order is None:
            raise ParameterError(f"{self.device.model_name()} has no phase by itself: run(phase=(x, y)) names one")
        return np.asarray(np.abs(self.order))

    @property
    def frequencies(self) -> FloatArray:
        r"""Mean frequency of every device since the settling, positive in the sense of an oscillator's turning [Hz].

        Times are weighted by :math:`\sin^2`, from 0 at the settling to 0 at the end: so a part of a beat at the ends
        does not count, and the mean converges faster than one over the time.

        Raises
        ------
        ParameterError
            If the devices have no phase, or turned too far between two samples to tell how often.
        """
        if self._turned is None:
            raise ParameterError(f"{self.device.model_name()} has no phase by itself: run(phase=(x, y)) names one")
        if self._counted <= 0:
            raise ParameterError("no two samples are after the settling")
        if self._largest_turn > MOST_TURN or self._too_rare():
            raise ParameterError(
                f"between two of {len(self.time)} samples devices turn too far to tell how often: ask for more points"
            )
        return self._turned / (2 * math.pi * self._counted)

    def _too_rare(self) -> bool:
        """Whether more than half a turn of the oscillator fits between two samples."""
        return bool(self._fastest * (self.time[1] - self.time[0]) > 0.45)

    def mean_order(self, start: float = 0.0) -> tuple[float, float]:
        """Mean and standard deviation of the order parameter from a time on.

        Parameters
        ----------
        start : float
            The time. [s]
        """
        chosen = self.order_parameter[self.time >= real("start", start, "s")]
        if not len(chosen):
            raise ParameterError(f"the run ends at {self.time[-1]:g} s, before {start:g} s")
        return float(chosen.mean()), float(chosen.std())

    def table(self) -> pd.DataFrame:
        """The recorded quantities: columns ``time`` [s], ``device`` and their names.

        Raises
        ------
        ParameterError
            If none were.
        """
        if not self.values:
            raise ParameterError("nothing was recorded: run(record=...) names what is")
        count, known_columns = len(self.devices), column_information(self.device)
        require_memory(len(self.time) * count, "rows", 24.0 * (2 + len(self.values)))
        columns: dict[str, Column] = {
            "time": (np.repeat(self.time, count), "s", "time"),
            "device": (np.tile(self.devices, len(self.time)), "1", "number of the device"),
        }
        for name, values in self.values.items():
            unit, about = known_columns.get(name, ("V", "voltage of the node"))
            columns[name] = (values.ravel(), unit, about)
        about_run = {"seed": self.seed, "temperature": self.temperature, "time_step": self.time_step}
        return device_table(self.device, columns, engine="numeric", **about_run)


class Recorder:
    """Looks at a network on its way."""

    def __init__(
        self,
        network: DeclaredNetwork,
        samples: int,
        stride: int,
        time_step: float,
        record: str | Sequence[str],
        devices: Sequence[int] | None,
        phase: Sequence[str] | None,
        settling: float,
        seed: int,
        temperature: float,
        drives: Mapping[str, Any],
    ) -> None:
        self.network, self.samples, self.stride, self.step = network, samples, stride, time_step
        self.seed, self.temperature = seed, temperature
        device, states = network.device, network.states
        observables = list(map(str, device.system.observables))
        self.names = check_names("record", record, empty=True)
        for name in self.names:
            known(f"state or observable of {device.model_name()}", name, [*states, *observables])
        self.constants = {name: constant_of(value) for name, value in drives.items() if name != DRIVE}
        moving = {coupling.to for coupling in network.couplings}
        moving |= {name for name, value in drives.items() if waveform_of(value) is not None}
        for name in set(self.names) - set(states):
            expression = device.system.flat.observables[sp.Symbol(name, real=True)]
            alone = compiled(device).observable_of_states(name) is not None
            if not alone or moving & {str(symbol) for symbol in expression.free_symbols}:
                raise ParameterError(f"{name} depends on more than the states: record these")
        if devices is None:
            self.chosen = np.arange(network.size)
        else:
            given = reals("devices", devices)
            self.chosen = given.astype(np.int64)
            if np.any(self.chosen != given) or self.chosen.min() < 0 or self.chosen.max() >= network.size:
                raise ParameterError(f"devices must be whole numbers from 0 to {network.size - 1}")
        require_memory(
            float(samples) * len(self.chosen) * len(self.names),
            "recorded numbers",
            8,
            "record fewer devices or points,",
        )
        if phase is None:
            turning = device.suits(Oscillation) and len(states) > 1
            self.phase = (0, 1) if turning else None
        else:
            if not isinstance(phase, list | tuple) or len(phase) != 2:
                raise ParameterError(f"phase must be two states, not {shown(phase)}")
            first, second = (states.index(known(f"state of {device.model_name()}", name, states)) for name in phase)
            self.phase = (first, second)
        self.settling = real("settling", settling, "s")
        if not 0 <= self.settling < samples * stride * time_step:
            raise ParameterError(f"settling must be within the duration, not {self.settling:g} s")

    def run(self, march: March) -> NetworkRun:
        """Let it go to the end."""
        network, samples = self.network, self.samples
        number, size, interval = len(network.states), network.size, self.stride * self.step
        everything = np.arange(size, dtype=np.int64)
        some = max(1, min(samples - 1, TRACES // (number * size)))
        values = {name: np.empty((samples, len(self.chosen))) for name in self.names}
        sense = -1.0 if _turns_backwards(network.device) else 1.0
        phases = None if self.phase is None else _Phases(samples, size, interval, self.settling)
        at, traces = 0, march.rows(number)[:, np.newaxis]
        with progress_bar(samples, None) as bar:
            while True:
                for name in self.names:
                    values[name][at : at + traces.shape[1]] = self._quantity(name, traces[:, :, self.chosen])
                if self.phase is not None and phases is not None:
                    phases.add(at, traces[self.phase[0]] + 1j * sense * traces[self.phase[1]])
                at += traces.shape[1]
                bar.update(traces.shape[1])
                if at == samples:
                    break
                traces = np.empty((number, min(some, samples - at), size))
                march.advance(self.stride * traces.shape[1], self.stride, traces, everything)
        return NetworkRun(
            network.device,
            interval * np.arange(samples, dtype=np.float64),
            self.step,
            values,
            self.chosen,
            march.rows(number),
            None if phases is None else phases.order,
            None if phases is None else np.asarray(np.angle(phases.last[0]), dtype=float),
            self.seed,
            self.temperature,
            None if phases is None else phases.turned,
            0.0 if phases is None else phases.counted,
            0.0 if phases is None else phases.largest,
            max((d.protocol(Oscillation).frequency for d in network.extremes() if d.suits(Oscillation)), default=0.0),
        )

    def _quantity(self, name: str, traces: FloatArray) -> FloatArray:
        """A quantity of some devices, shape (samples, devices)."""
        network = self.network
        if name in network.states:
            return np.asarray(traces[network.states.index(name)])
        functions = compiled(network.device)
        of_states = functions.observable_of_states(name)
        assert of_states is not None
        names = functions.parameter_names
        columns = network.columns(names, 0, network.size, self.constants)
        parameters = [columns[each][self.chosen][np.newaxis] for each in names]
        states = list(traces[: len(network.device.system.states)])
        return np.broadcast_to(of_states([], states, parameters)[0], traces.shape[1:])


class _Phases:
    """Order parameter and turns of all devices, sample by sample."""

    def __init__(self, samples: int, size: int, interval: float, settling: float) -> None:
        self.interval = interval
        self.order = np.empty(samples, dtype=complex)
        self.turned, self.counted, self.largest = np.zeros(size), 0.0, 0.0
        self.last = np.empty((0, size), dtype=complex)
        # The first sample that counts, and how many turns do.
        self.first = math.ceil(settling / interval - 1e-9)
        self.turns = samples - 1 - self.first

    def add(self, at: int, z: Any) -> None:
        """Take further samples of points in the plane, the first of which has the number ``at``."""
        unit = z / np.maximum(np.abs(z), 1e-300)
        self.order[at : at + len(z)] = unit.mean(axis=1)
        joined = np.concatenate([self.last, unit])
        begin = at - len(self.last)
        joined = joined[max(0, self.first - begin) :]
        if len(joined) > 1:
            turns = np.angle(joined[1:] * joined[:-1].conj())
            places = max(0, begin - self.first) + np.arange(len(turns))
            weights = np.sin(np.pi * (places + 0.5) / self.turns) ** 2
            self.turned += weights @ turns
            self.counted += self.interval * float(weights.sum())
            self.largest = max(self.largest, float(np.abs(turns).max()))
        self.last = unit[-1:]


def _turns_backwards(device: CompactModel) -> bool:
    """Whether the plane of a device's first two states turns clockwise, as an amplitude exp(-i omega t) does."""
    return [str(x) for x in device.system.states][:2] == ["c_re", "c_im"]
