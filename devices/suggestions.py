"""How a model suggests to be driven and measured: the drives, and the hooks by which a model chooses them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from .configured import Configured
from .errors import ParameterError, UnknownNameError
from .waveforms import Sine, Triangle

if TYPE_CHECKING:
    from .preset import Preset
    from .system import System
    from .waveforms import Waveform


@dataclass(frozen=True)
class Sweep:
    """How a model suggests to sweep a quantity through a hysteresis loop.

    Attributes
    ----------
    quantity : str
        ``voltage``, ``current``, that of another branch by its name, or the name of an input.
    amplitude : float, optional
        Amplitude, in the quantity's unit; None if the model cannot know.
    period : float, optional
        Length of a cycle. [s]
    waveform : str
        ``sine`` or ``triangle``.
    max_step : float, optional
        Largest step with which a circuit simulator follows the states. [s]
    overrides : Mapping
        Parameter values to measure with.
    agitation : Mapping
        Drives of inputs that stand for the thermal agitation or misalignment of a real device; left out
        when thermal noise is simulated.
    inputs : Mapping
        Drives of inputs that belong to the measurement, such as a field that assists.
    """

    quantity: str
    amplitude: float | None = None
    period: float | None = None
    waveform: str = "sine"
    max_step: float | None = None
    overrides: Mapping[str, float] = field(default_factory=dict)
    agitation: Mapping[str, Waveform] = field(default_factory=dict)
    inputs: Mapping[str, Waveform] = field(default_factory=dict)


@dataclass(frozen=True)
class Stimulus:
    """A drive that moves the states of a device from end to end, in one go.

    Attributes
    ----------
    drive : Waveform or float
        The drive of the first branch.
    duration : float
        Length of the transient. [s]
    source : str
        What the drive imposes: ``voltage``, ``current``, or the name of a branch's voltage or current.
    inputs : Mapping
        Drives of inputs and of other branches.
    max_step : float, optional
        Largest step with which a circuit simulator follows the states to 1e-2. [s]
    overrides : Mapping
        Parameter values to start from.
    """

    drive: Waveform | float
    duration: float
    source: str = "voltage"
    inputs: Mapping[str, Waveform] = field(default_factory=dict)
    max_step: float | None = None
    overrides: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Switching:
    """Pulses with which the switching of a device is measured.

    Attributes
    ----------
    quantity : str
        ``voltage``, ``current``, or the name of a branch's voltage or current.
    amplitudes : tuple of float
        Amplitudes of the pulses, in the quantity's unit.
    widths : tuple of float
        Their widths. [s]
    start, end : str
        The reference states from which, and towards which, the pulses switch.
    inputs : Mapping
        Drives of inputs during the pulse.
    """

    quantity: str
    amplitudes: tuple[float, ...]
    widths: tuple[float, ...]
    start: str
    end: str
    inputs: Mapping[str, Waveform | float] = field(default_factory=dict)


@dataclass(frozen=True)
class Oscillation:
    """How a model suggests to measure its oscillation.

    Attributes
    ----------
    currents : tuple of float
        DC currents through the first branch. [A]
    frequency : float
        About the frequency of the oscillation. [Hz]
    settling : float
        Time after which the amplitude has settled, near the threshold too. [s]
    linewidth : float
        About the largest linewidth to resolve. [Hz]
    overrides : Mapping
        Parameter values to start from.
    """

    currents: tuple[float, ...]
    frequency: float
    settling: float
    linewidth: float
    overrides: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Drift:
    """How a model suggests to watch a quantity drift.

    Attributes
    ----------
    quantity : str
        A state, an observable or a current.
    times : tuple of float
        When to look at it. [s]
    bias : float
        Voltage of the first branch meanwhile. [V]
    origin : float
        What a power law of time counts from: q is proportional to (t + origin)^-exponent. [s]
    """

    quantity: str
    times: tuple[float, ...]
    bias: float = 0.0
    origin: float = 0.0


class Suggestions(Configured):
    """The reference states, benches and drives of a device; base of :class:`~synaspice.devices.model.CompactModel`.

    A model overrides what the defaults do not do for it.
    """

    #: The benches that make sense for the device; see :mod:`synaspice.characterization`.
    benches: ClassVar[tuple[str, ...]] = ("iv", "hysteresis")
    #: The quantities whose loops are worth looking at; None is the one that :meth:`suggested_sweep` chooses.
    loops: ClassVar[tuple[str | None, ...]] = (None,)

    if TYPE_CHECKING:  # what the compact model brings

        @property
        def provenance(self) -> Preset | None: ...
        @property
        def system(self) -> System: ...
        @property
        def settling_time(self) -> float: ...
        def replace(self, **overrides: float | str) -> Self: ...
        def static(self, **quantities: Any) -> dict[str, np.ndarray]: ...

    def reference_states(self) -> dict[str, dict[str, float]]:
        """Named states in which the device is characterised, as values for its initial-state parameters."""
        return {"initial": {}}

    def suitable_benches(self) -> tuple[str, ...]:
        """The benches that make sense for this device: those of its model, unless its parameters say otherwise.

        After them those that its preset names.
        """
        return (*self.benches, *(self.provenance.benches if self.provenance else ()))

    def suggested_sweep(self, quantity: str | None = None) -> Sweep:
        """How to sweep a quantity through a hysteresis loop: the voltage as the preset's publication did.

        If there is none, by :meth:`default_sweep`.

        Raises
        ------
        UnknownNameError
            If the model has no such quantity.
        """
        branches = self.branches().values()
        known = ["voltage", "current", *self.input_declarations(), *(n for b in branches for n in (b.name, b.current))]
        chosen = quantity or "voltage"
        if chosen not in known:
            raise UnknownNameError(f"quantity to sweep for {self.model_name()}", chosen, known)
        if chosen != "voltage":
            return Sweep(chosen)
        drive = self.provenance.drive if self.provenance else {}
        if "amplitude" not in drive:
            return self.default_sweep()
        return Sweep(chosen, drive["amplitude"], 1 / drive["frequency"], drive["kind"])

    def default_sweep(self) -> Sweep:
        """The sweep of the voltage of a device whose preset names none: by default of unknown amplitude."""
        return Sweep("voltage")

    def suggested_stimulus(self) -> Stimulus:
        """How to move the states from end to end: by default one cycle of the suggested voltage sweep."""
        sweep = self.suggested_sweep("voltage")
        if sweep.amplitude is None or sweep.period is None:
            raise ParameterError(f"{self.model_name()} suggests no drive: neither the preset nor the model has one")
        triangle = sweep.waveform == "triangle"
        drive = Triangle(sweep.amplitude, sweep.period) if triangle else Sine(0.0, sweep.amplitude, 1 / sweep.period)
        return Stimulus(drive, sweep.period, max_step=sweep.max_step, overrides=sweep.overrides)

    def suggested_switching(self) -> Switching:
        """With which pulses to measure switching.

        By default by voltages around the amplitude of the suggested sweep, for 1 to 30 time scales: positive
        ones if they drive one of the reference states away, otherwise negative ones; from the state that they drive
        away most, to that which they drive least.
        """
        amplitude = self.suggested_sweep("voltage").amplitude
        if amplitude is None:
            raise ParameterError(f"{self.model_name()} suggests no pulses: neither the preset nor the model has them")
        # Of a state within bounds, if there is one: that is what is switched; a temperature goes with it.
        first, everything = next(iter(self.branches())), self.state_declarations()
        states = {name: state for name, state in everything.items() if state.bounds} or everything

        def motion(overrides: Mapping[str, float], voltage: float) -> float:
            static = self.replace(**overrides).static(**{first: voltage})
            return max(abs(float(static[f"d{name}/dt"])) / state.scale for name, state in states.items())

        for peak in (amplitude, -amplitude):
            moved = {name: motion(overrides, peak) for name, overrides in self.reference_states().items()}
            if any(moved.values()):
                break
        end, *_, start = sorted(moved, key=moved.__getitem__)
        amplitudes = tuple(peak * factor for factor in np.linspace(0.2, 1.5, 14).tolist())
        widths = tuple(factor * self.settling_time for factor in (1.0, 3.0, 10.0, 30.0))
        return Switching("voltage", amplitudes, widths, start, end)

    def suggested_drift(self) -> Drift:
        """Which quantity to watch drift, and when: by default the first observable or state, over four decades."""
        quantity = str(next(iter([*self.system.observables, *self.system.states])))
        return Drift(quantity, tuple(self.settling_time * np.geomspace(1e-2, 1e2, 25)), origin=self.settling_time)

    def drift_samples(self, count: int, generator: np.random.Generator) -> list[Self]:
        """Devices whose drift is to be compared, as their preparation makes them: by default all alike."""
        return [self] * count

    def with_read_noise(self, values: np.ndarray, times: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """What reads of the drifting quantity of a sample at the given times [s] give: by default its values."""
        return values
