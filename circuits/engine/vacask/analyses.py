"""Analyses in VACASK's language, and those that ngspice does not have."""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import ClassVar

import numpy as np

from ....devices.language.checks import flag, positive, whole
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.memory import NUMBER, require_memory
from ....devices.targets.spice.statements import check_node
from ..analyses import ACSweep, Analysis, DCSweep, Noise, OperatingPoint, Transient

#: End of the name of the current of a source.
FLOW = ":flow(br)"
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
    at the frequencies :math:`k f`.

    Attributes
    ----------
    frequency : float
        Frequency of the sources. [Hz]
    harmonics : int
        Number of harmonics, beside the constant part.
    start_from_rest : bool
        Whether Newton's method starts with the sources at their full size; otherwise they grow step by step first.
    """

    frequency: float
    harmonics: int = 16
    start_from_rest: bool = True
    sweep_name: ClassVar[str] = "frequency"

    def __post_init__(self) -> None:
        positive("frequency", self.frequency, "Hz")
        require_memory(whole("harmonics", self.harmonics, 1), "harmonics", 4 * NUMBER)
        flag("start_from_rest", self.start_from_rest)

    def command(self) -> str:
        return f"hb {float(self.frequency)!r} {int(self.harmonics)}"


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
    skip = [] if analysis.start_from_rest else ["  options hb_skipinitial=1"]
    return [*skip, f"  analysis {name} hb freq=[{float(analysis.frequency)!r}] nharm={int(analysis.harmonics)}"]
