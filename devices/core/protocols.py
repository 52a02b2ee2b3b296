"""How a model suggests to be driven and measured: the sweeps, pulses and readings, as data.

Each type here is a protocol between devices and benches. A model offers one by a method that returns it, marked with
:func:`~synaspice.devices.core.offers.offers`; a bench says which it needs and asks for it with
``device.protocol(Switching)``. A protocol may be any type, so other packages define their own beside these.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..language.checks import known, positive
from ..language.waveforms.shapes import Waveform

#: Polarities in which a source may limit its current.
POLARITIES = ("both", "positive", "negative")


@dataclass(frozen=True)
class Compliance:
    """The largest current that a voltage source lets through, as a source-measure unit or a transistor in series does.

    Attributes
    ----------
    current : float
        That current, a magnitude; infinite if nothing limits it. [A]
    polarity : str
        In which polarity it limits: ``both``, ``positive`` or ``negative``. A filament is set with a limit, and reset
        without one.
    """

    current: float = math.inf
    polarity: str = "both"

    def __post_init__(self) -> None:
        known("polarity of the compliance", self.polarity, POLARITIES)
        positive("the compliance current", self.current, "A", infinite=True)

    @property
    def limits(self) -> tuple[float, float]:
        """Smallest and largest current [A]."""
        low = -math.inf if self.polarity == "positive" else -self.current
        return low, math.inf if self.polarity == "negative" else self.current

    @property
    def is_limit(self) -> bool:
        """Whether there is a limit at all."""
        return self.current < math.inf

    def of(self, current: float | None) -> Compliance:
        """The same with another current [A]; None keeps it, infinity lifts the limit."""
        return self if current is None else Compliance(current, self.polarity)


@dataclass(frozen=True)
class Statics:
    """States in which static curves of a device are worth looking at.

    Attributes
    ----------
    states : Mapping
        Parameter values that hold the device in each of them, by the state's name.
    compliance : Compliance
        How the source limits its current.
    largest : float
        Largest voltage that is worth looking at. [V]
    """

    states: Mapping[str, Mapping[str, float]]
    compliance: Compliance = Compliance()
    largest: float = 1.0


@dataclass(frozen=True)
class Spectrum:
    """At which voltage and frequencies a model suggests to look at its noise.

    Attributes
    ----------
    voltage : float
        Voltage across the first branch. [V]
    frequencies : tuple of float
        Frequencies, evenly spaced in the logarithm. [Hz]
    further : Mapping
        States to look at beside the reference states: parameter values that hold the device in each, by its name.
    """

    voltage: float
    frequencies: tuple[float, ...]
    further: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def below(self, threshold: float, line: float) -> Spectrum:
        """The same at half of an oscillator's threshold [V] at most, over two decades around its line [Hz]."""
        frequencies = tuple((line * np.logspace(-1, 1, 81)).tolist())
        return replace(self, voltage=min(self.voltage, float(f"{0.5 * threshold:.2g}")), frequencies=frequencies)


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
    compliance : Compliance
        How a voltage source limits its current.
    """

    quantity: str
    amplitude: float | None = None
    period: float | None = None
    waveform: str = "sine"
    max_step: float | None = None
    overrides: Mapping[str, float] = field(default_factory=dict)
    agitation: Mapping[str, Waveform] = field(default_factory=dict)
    inputs: Mapping[str, Waveform] = field(default_factory=dict)
    compliance: Compliance = Compliance()


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
        Imposed quantity: ``voltage``, ``current``, or the name of a branch's voltage or current.
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
    compliance : Compliance
        How a voltage source limits its current.
    relaxation : float, optional
        Rest before a pulse, and between its end and the reading [s]; default: twice the device's time scale.
    """

    quantity: str
    amplitudes: tuple[float, ...]
    widths: tuple[float, ...]
    start: str
    end: str
    inputs: Mapping[str, Waveform | float] = field(default_factory=dict)
    compliance: Compliance = Compliance()
    relaxation: float | None = None


@dataclass(frozen=True)
class BackHopping:
    """Pulses under which a device may switch, and switch back because what it is read against gives way.

    Attributes
    ----------
    voltages : tuple of float
        Voltages of the pulses, of the sign that switches. [V]
    width : float
        Their width. [s]
    start : str
        The reference state from which they switch.
    coordinate : str
        The observable whose sign is the state.
    reference : Mapping
        The states that must not reverse, by name, and the sign that each has before the pulse.
    """

    voltages: tuple[float, ...]
    width: float
    start: str
    coordinate: str
    reference: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PulseVoltages:
    """By which voltages a memory is written whose two directions are no matter of the sign alone.

    Attributes
    ----------
    raising, lowering : float
        Voltages of pulses that raise and lower the conductance. [V]
    """

    raising: float
    lowering: float


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
        Time from which a power law counts: q is proportional to (t + origin)^-exponent. [s]
    sample : callable, optional
        Takes a number and a generator of random numbers, and returns for each of so many devices the parameter values
        that their preparation gives them; None if all are alike.
    read : callable, optional
        Takes values of the quantity, their times [s] and a generator, and returns reads of them; None if
        reads are exact.
    overrides : Mapping
        Parameter values to start from.
    """

    quantity: str
    times: tuple[float, ...]
    bias: float = 0.0
    origin: float = 0.0
    sample: Callable[[int, np.random.Generator], Sequence[Mapping[str, float]]] | None = None
    read: Callable[[np.ndarray, np.ndarray, np.random.Generator], np.ndarray] | None = None
    overrides: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class WallMotion:
    """How a model suggests to measure the velocity of its domain wall.

    Attributes
    ----------
    quantity : str
        Drive of the wall: ``current``, or the name of an input.
    largest : float
        Largest drive. [A or A/m]
    duration : float
        How long to drive. [s]
    mobility : float
        Velocity over drive at low drive. [m/s per A or A/m]
    length : float
        Length of the strip, the value of the parameter ``length``. [m]
    period : float, optional
        Distance of the sites of a periodic pinning, of which one is at the strip's left end; None without it. [m]
    """

    quantity: str
    largest: float
    duration: float
    mobility: float
    length: float
    period: float | None = None


@dataclass(frozen=True)
class Writing:
    """How the errors of writing a magnetic memory are told.

    Attributes
    ----------
    coordinate : str
        The observable whose sign is the state.
    critical_currents : Mapping
        Critical current into each reference state, by the state's name. [A]
    """

    coordinate: str
    critical_currents: Mapping[str, float]


@dataclass(frozen=True)
class NegativeResistance:
    """How a model tells its static curve, of which a voltage or a current may have several points, in a parameter.

    Attributes
    ----------
    state : str
        The state that tells one point from the others, such as a temperature. It rests at one voltage only.
    values : tuple of float
        Values of it along the curve, rising.
    branches : Mapping
        By the name of each branch of the curve a function that takes those values and returns those of the other
        states, by their names: one branch, or two where the way up is not that down.
    """

    state: str
    values: tuple[float, ...]
    branches: Mapping[str, Callable[[np.ndarray], Mapping[str, np.ndarray]]]


@dataclass(frozen=True)
class Dwelling:
    """How thermal agitation takes a device from one of two states to the other, and back.

    Attributes
    ----------
    coordinate : str
        The observable whose sign is the state.
    states : tuple of str
        The reference states: that of the positive coordinate and that of the negative one.
    escape : callable
        Takes the voltage of the first branch [V], the temperature [K] and the name of a state, and returns the rate
        [1/s] at which the state is left and the barrier over k_B T; raises ``ParameterError`` if there are no two
        states. With a fourth argument ``"current"`` the first is the current of that branch [A].
    """

    coordinate: str
    states: tuple[str, str]
    escape: Callable[..., tuple[float, float]]
