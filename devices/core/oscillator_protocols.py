"""What a device suggests to benches of oscillations and resonances: currents, fields, settling times, partners."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


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
class Resonance:
    """How a model suggests to look for the resonance of its magnetisation at rest.

    Attributes
    ----------
    axis : str
        Axis of the external field: ``x``, ``y`` or ``z``.
    fields : tuple of float
        Fields along it, in the order of a sweep. [A/m]
    overrides : Mapping
        Parameter values to start from.
    moments : Mapping
        Of a device with several magnetisations: the moment per area of each, by the name of its state, in the order in
        which they are next to each other; the bench then tells every mode and which of them turn in it. [A]
    """

    axis: str
    fields: tuple[float, ...]
    overrides: Mapping[str, float] = field(default_factory=dict)
    moments: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Rectifying:
    """How a model suggests to measure the dc voltage that an alternating current makes of it.

    Attributes
    ----------
    overrides : Mapping
        Parameter values with which its resistance feels the torque of the current.
    """

    overrides: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Locking:
    """How a model suggests to lock its oscillation to an alternating drive.

    Attributes
    ----------
    quantity : str
        What is driven: ``current``, or the name of an input.
    current : float
        DC current under which it oscillates. [A]
    """

    quantity: str
    current: float


@dataclass(frozen=True)
class Coupling:
    """How a model suggests to look at oscillators that share their alternating current.

    Attributes
    ----------
    current : float
        DC current of each. [A]
    spread : float
        Half width at half maximum of the distribution of their frequencies. [Hz]
    """

    current: float
    spread: float
