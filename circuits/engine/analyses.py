"""The analyses that ngspice can be asked for, as data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from ...devices.language.checks import flag, instance, positive, real, whole
from ...devices.language.errors import ParameterError, shown
from ...devices.language.memory import NUMBER, require_memory
from ...devices.targets.spice.statements import check_node, check_vector


@dataclass(frozen=True)
class Analysis:
    """One ngspice analysis; :meth:`command` is its command in ngspice."""

    sweep_name: ClassVar[str] = ""

    def command(self) -> str:
        """The analysis as an ngspice command."""
        raise NotImplementedError

    @property
    def steps(self) -> float:
        """Number of steps in time that it takes at least."""
        return 0.0


@dataclass(frozen=True)
class OperatingPoint(Analysis):
    """``op``: the operating point; one row."""

    def command(self) -> str:
        return "op"


@dataclass(frozen=True)
class DCSweep(Analysis):
    """``dc``: sweep of an independent source.

    Attributes
    ----------
    source : str
        Name of the source in the netlist.
    start, stop, step : float
        The sweep, in the source's unit.
    """

    source: str
    start: float
    stop: float
    step: float
    sweep_name: ClassVar[str] = "sweep"

    def __post_init__(self) -> None:
        start, stop, step = (real(name, getattr(self, name)) for name in ("start", "stop", "step"))
        if step == 0 or (stop - start) * step < 0:
            raise ParameterError(f"a sweep from {start:g} to {stop:g} cannot take steps of {step:g}")
        # The source's values, and at least one vector.
        require_memory((stop - start) / step, "points", 2 * NUMBER)
        check_node(self.source, "source")

    def command(self) -> str:
        return f"dc {self.source} {float(self.start)!r} {float(self.stop)!r} {float(self.step)!r}"


@dataclass(frozen=True)
class Transient(Analysis):
    """``tran``: response over time.

    Attributes
    ----------
    step : float
        Suggested step. [s]
    duration : float
        Length of the simulation. [s]
    max_step : float, optional
        Largest step [s]; ngspice's default is 1/50 of the duration or the step.
    use_initial_conditions : bool
        ``uic``: start from the given initial conditions without an operating point.
    """

    step: float
    duration: float
    max_step: float | None = None
    use_initial_conditions: bool = False
    sweep_name: ClassVar[str] = "time"

    def __post_init__(self) -> None:
        for name in ("step", "duration", "max_step"):
            if name != "max_step" or self.max_step is not None:
                positive(name, getattr(self, name), "s")
        flag("use_initial_conditions", self.use_initial_conditions)
        if self.max_step is not None:  # at least the times, and one vector
            require_memory(self.duration / self.max_step, "time steps", 2 * NUMBER)

    def command(self) -> str:
        largest = [] if self.max_step is None else ["0", repr(float(self.max_step))]
        words = ["tran", repr(float(self.step)), repr(float(self.duration)), *largest]
        return " ".join([*words, "uic"] if self.use_initial_conditions else words)

    @property
    def largest_step(self) -> float:
        """Longest step that it may take [s]."""
        return self.max_step or min(self.step, self.duration / 50)

    @property
    def steps(self) -> float:
        return self.duration / self.largest_step


@dataclass(frozen=True)
class ACSweep(Analysis):
    """``ac``: small-signal response over frequency, complex.

    Attributes
    ----------
    start, stop : float
        Frequency range. [Hz]
    points : int
        Points per decade, per octave, or in all.
    variation : str
        ``"dec"``, ``"oct"`` or ``"lin"``.
    """

    start: float
    stop: float
    points: int = 10
    variation: str = "dec"
    sweep_name: ClassVar[str] = "frequency"

    def __post_init__(self) -> None:
        if instance("variation", self.variation, str) not in ("dec", "oct", "lin"):
            raise ParameterError(f"variation must be 'dec', 'oct' or 'lin', not {shown(self.variation)}")
        require_memory(whole("points", self.points, 1), "points", 2 * NUMBER)
        if not positive("start", self.start, "Hz") <= positive("stop", self.stop, "Hz"):
            raise ParameterError("a frequency sweep needs 0 < start <= stop")
        whole_ones = {"dec": "a decade", "oct": "an octave"}
        steps = self.points * math.log(self.stop / self.start, 10 if self.variation == "dec" else 2)
        if self.variation in whole_ones and steps < 1 - 1e-9:  # for which ngspice never ends, or gives nothing
            raise ParameterError(
                f"between {self.start:g} and {self.stop:g} Hz there is no step of {self.points} in "
                f"{whole_ones[self.variation]}: give more points, or variation='lin'"
            )

    def command(self) -> str:
        return f"ac {self._sweep()}"

    def _sweep(self) -> str:
        return f"{self.variation} {int(self.points)} {float(self.start)!r} {float(self.stop)!r}"


@dataclass(frozen=True)
class Noise(ACSweep):
    """``noise``: spectral densities at an output, and referred to an input source.

    Attributes
    ----------
    output : str
        For example ``"v(out)"``.
    source : str
        Name of the input source.
    """

    output: str = ""
    source: str = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not (isinstance(self.output, str) and self.output and isinstance(self.source, str) and self.source):
            raise ParameterError("a noise analysis needs an output such as 'v(out)' and the name of an input source")
        check_vector(self.output)
        check_node(self.source, "source")

    def command(self) -> str:
        return f"noise {self.output} {self.source} {self._sweep()}"
