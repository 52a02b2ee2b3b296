"""Analyses in VACASK's language, and those that ngspice does not have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import ClassVar

import numpy as np

from ....devices.language.array_checks import reals
from ....devices.language.checks import flag, positive, real, whole
from ....devices.language.errors import ParameterError
from ....devices.language.memory import NUMBER, require_memory
from ....devices.targets.spice.statements import check_node
from ....devices.targets.spice.vacask import identifier
from ..analyses import ACSweep, Analysis, DCSweep, Noise, OperatingPoint, Transient

#: End of the name of the current of a source.
FLOW = ":flow(br)"
#: Elements that hold nodes at a guess, and their conductance [S].
HOLD, PUSH, STIFFNESS = "hold_guess_", "push_guess_", 1e3
#: First step of a transient over the suggested step or a hundredth of the duration, as SPICE has it.
FIRST_STEP = 0.1


@dataclass(frozen=True)
class ListSweep(Analysis):
    """Operating points over a list of values of an independent source, in any order.

    Attributes
    ----------
    source : str
        Name of the source in the netlist.
    values : tuple of float
        Its values, in its unit.
    """

    source: str
    values: tuple[float, ...]
    sweep_name: ClassVar[str] = "sweep"

    def __post_init__(self) -> None:
        check_node(self.source, "source")
        if not len(reals("values", self.values)):
            raise ParameterError("a sweep needs a value")

    def command(self) -> str:
        return f"sweep {self.source} over {len(self.values)} values"


@dataclass(frozen=True)
class HarmonicBalance(Analysis):
    r"""The periodic state of a driven circuit by its Fourier coefficients.

    Of every vector :math:`x(t) = \operatorname{Re} \sum_k X_k e^{2 \pi i k f t}` the result has :math:`X_k`, complex,
    at the frequencies :math:`k f`. Newton's method begins with zeros, where the equations of many devices have no slope
    or a solution of no meaning (a magnetisation of length zero): give a ``guess``.

    Attributes
    ----------
    frequency : float
        Frequency of the sources. [Hz]
    harmonics : int
        Number of harmonics, beside the constant part.
    guess : tuple of pairs
        Nodes and voltages [V]: they are held there first, and let go from the solution with them held.
    """

    frequency: float
    harmonics: int = 16
    guess: tuple[tuple[str, float], ...] = ()
    sweep_name: ClassVar[str] = "frequency"

    def __post_init__(self) -> None:
        positive("frequency", self.frequency, "Hz")
        require_memory(whole("harmonics", self.harmonics, 1), "harmonics", 4 * NUMBER)
        for node, value in self.guess:
            check_node(node)
            real(f"the guess of {node}", value, "V")

    def command(self) -> str:
        return f"hb {float(self.frequency)!r} {int(self.harmonics)}"


@dataclass(frozen=True)
class PeriodicSteadyState(Analysis):
    """One period of the periodic state of a driven circuit, or of an oscillation by itself, by shooting.

    Attributes
    ----------
    period : float
        The period of the sources; of an oscillation about the period. [s]
    settling : float
        Length of the transient before. [s]
    driven : bool
        Whether the sources have that period; otherwise they are constant, and the period is found.
    steps : int
        Steps in a period, about.
    """

    period: float
    settling: float
    driven: bool = True
    steps: int = 1000
    sweep_name: ClassVar[str] = "time"

    def __post_init__(self) -> None:
        for name in ("period", "settling"):
            positive(name, getattr(self, name), "s")
        flag("driven", self.driven)
        require_memory(whole("steps", self.steps, 10), "steps", 2 * NUMBER)
        require_memory(self.settling / self.period * self.steps, "steps", NUMBER)

    def command(self) -> str:
        return f"pss {float(self.period)!r} {float(self.settling)!r}"


def added(analysis: Analysis) -> list[str]:
    """Elements that an analysis adds to the circuit."""
    if not isinstance(analysis, HarmonicBalance):
        return []
    lines = []
    for k, (node, value) in enumerate(analysis.guess):
        name = identifier(node)
        lines += [f"{HOLD}{k} ({name} 0 {name} 0) vccs gain={STIFFNESS!r}"]
        lines += [f"{PUSH}{k} (0 {name}) isource dc={STIFFNESS * float(value)!r}"]
    return lines


@singledispatch
def commands(analysis: Analysis, name: str) -> list[str]:
    """The lines of a ``control`` section that carry out an analysis under a name."""
    raise ParameterError(f"VACASK has no such analysis: {analysis!r}")


@commands.register
def _(analysis: OperatingPoint, name: str) -> list[str]:
    return [f"  analysis {name} op"]


@commands.register
def _(analysis: DCSweep, name: str) -> list[str]:
    # As in SPICE, the last point is the last one that the steps reach.
    count = int(np.floor((analysis.stop - analysis.start) / analysis.step * (1 + 1e-12) + 1e-9)) + 1
    values = analysis.start + analysis.step * np.arange(count)
    return commands(ListSweep(analysis.source, tuple(values.tolist())), name)


@commands.register
def _(analysis: ListSweep, name: str) -> list[str]:
    values = ", ".join(repr(float(value)) for value in analysis.values)
    return [
        f'  sweep {analysis.sweep_name} instance="{analysis.source}" parameter="dc" values=[{values}]',
        f"    analysis {name} op",
    ]


@commands.register
def _(analysis: Transient, name: str) -> list[str]:
    first = FIRST_STEP * min(analysis.step, analysis.duration / 100, analysis.largest_step)
    start = ' icmode="uic"' if analysis.use_initial_conditions else ""
    times = f"step={first!r} stop={float(analysis.duration)!r} maxstep={float(analysis.largest_step)!r}"
    return [f"  analysis {name} tran {times}{start}"]


def _frequencies(analysis: ACSweep) -> str:
    ends = f"from={float(analysis.start)!r} to={float(analysis.stop)!r}"
    return f'{ends} mode="{analysis.variation}" points={int(analysis.points)}'


@commands.register
def _(analysis: ACSweep, name: str) -> list[str]:
    return [f"  analysis {name} ac {_frequencies(analysis)}"]


@commands.register
def _(analysis: Noise, name: str) -> list[str]:
    head, _, nodes = analysis.output.rstrip(")").partition("(")
    if head != "v" or not nodes:
        raise ParameterError(f"VACASK's noise is that of a voltage, v(node) or v(node,node), not {analysis.output!r}")
    pair = ", ".join(f'"{node}"' for node in nodes.split(","))
    output = f"[{pair}]" if "," in nodes else pair
    return [f'  analysis {name} noise out={output} in="{analysis.source}" {_frequencies(analysis)}']


@commands.register
def _(analysis: HarmonicBalance, name: str) -> list[str]:
    balance = f"hb freq=[{float(analysis.frequency)!r}] nharm={int(analysis.harmonics)}"
    if not analysis.guess:
        return [f"  analysis {name} {balance}"]
    numbers = range(len(analysis.guess))
    return [
        f'  analysis held {balance} store="held" write=0',
        *(f'  alter instance("{HOLD}{k}") gain=0' for k in numbers),
        *(f'  alter instance("{PUSH}{k}") dc=0' for k in numbers),
        f'  analysis {name} {balance} nodeset="held"',
    ]


@commands.register
def _(analysis: PeriodicSteadyState, name: str) -> list[str]:
    step = analysis.period / analysis.steps
    times = f"tper={float(analysis.period)!r} tstab={float(analysis.settling)!r} stabstep={step!r}"
    return [
        f"  options pss_minpts={int(analysis.steps)}",
        f"  analysis {name} pss driven={int(analysis.driven)} {times}",
    ]
