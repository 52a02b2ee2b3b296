"""How a model suggests to be driven and measured: the sweeps, pulses and readings, as data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..language.waveforms import Waveform


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
