"""Disturbance of cells that share a line with a written one: the state over the number of half-select pulses."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import brentq

from ....circuits.crossbars.crosspoints.stepping import SELECTIONS
from ....devices.core.metadata import device_table
from ....devices.core.protocols import Sweep
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ...arguments import Names, Quantity, Range, Whole
from ...bench import bench
from .reader import Reader, voltage_sweep
from .write_pulses import default_width, require_way, write_voltages

#: The schemes in which cells are disturbed.
SCHEMES = tuple(name for name in SELECTIONS if name != "isolated")
#: Numbers of pulses by default, and the largest that is looked for.
NUMBERS, MOST = tuple(np.geomspace(1, 1e9, 37).tolist()), 1e15
#: Relative change of the conductance in the time of a pulse at no voltage, above which a device forgets.
FORGETS = 1e-9
#: Points of the transient in which the number of pulses is looked for.
POINTS = 241


def disturbing_share(scheme: str) -> float:
    """Largest voltage across a cell that is not selected, over that across the selected one [1].

    Parameters
    ----------
    scheme : str
        One of the selections of :mod:`synaspice.circuits.crossbars.crosspoints.stepping`.
    """
    own_word, own_bit, word, bit = SELECTIONS[scheme]
    return max(abs(own_word - bit), abs(word - own_bit), abs(word - bit))


@bench(needs=(Sweep,), long=True, name="half-select")
def half_select(
    device: CompactModel,
    *,
    scheme: Annotated[Any, Names("how the lines are held; default: all", of=lambda device: SCHEMES)] = SCHEMES,
    amplitude: Annotated[
        float | None,
        Quantity("V", "voltage of a write that raises the conductance; default: that of the device's sweep"),
    ] = None,
    depression: Annotated[
        float | None, Quantity("V", "voltage of a write that lowers it; default: minus that which raises it")
    ] = None,
    width: Annotated[
        float | None,
        Quantity("s", "width of a write; default: for each direction that which covers 90 % of the way", positive=True),
    ] = None,
    pulses: Annotated[
        ArrayLike | None, Range("1", "numbers of half-select pulses; default: 1 to 1e9", positive=True)
    ] = None,
    share: Annotated[
        float, Quantity("1", "share of the way between the reference states that is a disturbance", positive=True)
    ] = 0.1,
    required: Annotated[float, Quantity("1", "number of pulses for the voltage margin", positive=True)] = 1e6,
    lines: Annotated[int, Whole("word lines and bit lines of a square array that is written whole", 2)] = 128,
    read_voltage: Annotated[float, Quantity("V", "voltage at which the conductance is read", positive=True)] = 0.1,
) -> pd.DataFrame:
    r"""Measure what the writes of its neighbours do to a cell of a crossbar, over their number.

    A cell on a line of the selected one sees a half of the write voltage, or a third
    (:data:`~synaspice.circuits.crossbars.crosspoints.stepping.SELECTIONS`; ideal wires). The cell of low conductance is
    pulsed in the direction that raises it, that of high conductance in the other one. Between pulses nothing moves it,
    so that N of them are one of N times the width; a device that forgets by itself is refused. With the way
    :math:`\Delta G` between the reference states and the number :math:`N_d` of pulses that change the conductance by
    the share s of it,

    .. math:: |G(N_d) - G(0)| = s\, \Delta G, \qquad \text{margin} = \frac{V_d}{V_\mathrm{write}} - \frac{V}{
        V_\mathrm{write}}

    where the voltage :math:`V_d` does that in the ``required`` number of pulses.

    Returns
    -------
    pandas.DataFrame
        One row per scheme, state and number: ``scheme``, ``state`` that is disturbed, ``voltage`` across the cell [V],
        ``pulses``, ``conductance`` [S], and ``moved``, its change over the way. ``attrs["disturbed"]`` has, for each
        scheme and state, ``voltage``, ``width``, ``pulses``: how many move it by the share, infinite if 1e15 do not;
        ``largest_voltage`` [V] up to which the required number does not, and the ``margin``; and ``array_writes``, how
        often the array can be written whole before, with :math:`2 (n - 1)` such pulses at each cell in one write.

    Raises
    ------
    ParameterError
        If the device forgets without a voltage, does not move by the pulses that write, has no two reference states
        to tell apart, or a number makes no sense.
    """
    sweep = voltage_sweep(device)
    if not 0 < share < 1:
        raise ParameterError(f"the share lies between 0 and 1, not at {share:g}")
    chosen = list(dict.fromkeys(scheme))
    if unknown := [name for name in chosen if name not in SCHEMES]:
        raise ParameterError(f"schemes are {', '.join(SCHEMES)}, not {', '.join(map(str, unknown))}")
    numbers = np.unique(reals("numbers of pulses", NUMBERS if pulses is None else pulses))
    reader = Reader(device.replace(**sweep.overrides), read_voltage)
    low, top = reader.ends()
    bottom = float(low.conductance())
    high = reader.highest()
    begun = sweep.period or device.settling_time
    up, down = write_voltages(low, sweep, begun, amplitude, depression)
    writes = {"low": (low, up, top), "high": (high, down, bottom)}
    rows, disturbed = [], []
    for state, (start, write, goal) in writes.items():
        way = goal - float(start.conductance())
        length = default_width(start, (write,), goal, begun, 1) if width is None else width
        require_way(start, write, length, goal)
        require_rest(start, length * float(numbers[-1]))
        for name in chosen:
            part = disturbing_share(name)
            volts = part * write
            read = _after(start, volts, length, numbers)
            first = float(start.conductance())
            rows += [[name, state, volts, n, g, abs(g - first) / abs(way)] for n, g in zip(numbers, read, strict=True)]
            until = _until(start, volts, length, share * way)
            largest = _largest(start, write, length * required, share * way)
            disturbed.append({
                "scheme": name, "state": state, "voltage": volts, "width": length, "pulses": until,
                "largest_voltage": largest, "margin": abs(largest / write) - part,
                "array_writes": until / (2 * (lines - 1)),
            })  # fmt: skip
    found = pd.DataFrame(rows, columns=["scheme", "state", "voltage", "pulses", "conductance", "moved"])
    return device_table(
        device,
        {
            "scheme": (found["scheme"], "", "how the lines are held"),
            "state": (found["state"], "", "the state that is disturbed, by its conductance"),
            "voltage": (found["voltage"], "V", "voltage across the cell"),
            "pulses": (found["pulses"], "1", "number of half-select pulses"),
            "conductance": (found["conductance"], "S", "conductance after them"),
            "moved": (found["moved"], "1", "its change over the way between the reference states"),
        },
        bench="half-select", engine="numeric", disturbed=disturbed, share=share, required=required, lines=lines,
        amplitudes=[up, down], read_voltage=read_voltage,
    )  # fmt: skip


def require_rest(start: Reader, duration: float) -> None:
    """Refuse a device that moves without a voltage: then it matters how fast pulses follow each other."""
    branch = next(iter(start.device.branches()))
    names = list(start.device.state_declarations())
    found = start.device.static(**{branch: 0.0})
    moving = {name: float(found[f"d{name}/dt"]) for name in names}
    after = start.of(start.device.simulate(0.0, duration, points=2))
    if any(moving.values()) and abs(after[-1] / after[0] - 1) > FORGETS:
        raise ParameterError(
            f"{start.device!r} forgets by itself: within {duration:.3g} s at no voltage its conductance changes by "
            f"{100 * abs(after[-1] / after[0] - 1):.2g} %, so that the pace of the pulses matters"
        )


def _after(start: Reader, volts: float, width: float, numbers: FloatArray) -> FloatArray:
    """Conductance after numbers of pulses [S]."""
    times = width * numbers
    run = start.of(start.device.simulate(volts, float(times[-1]), times=np.concatenate([[0.0], times])))
    return np.asarray(run[1:])


def _until(start: Reader, volts: float, width: float, change: float) -> float:
    """Number of pulses that change the conductance by so much; infinite if :data:`MOST` do not."""
    first = float(start.conductance())
    numbers = np.concatenate([np.geomspace(1e-3, 1.0, 10)[:-1], np.geomspace(1.0, MOST, POINTS)])
    moved = (_after(start, volts, width, numbers) - first) / change
    there = np.flatnonzero(moved >= 1)
    if not len(there):
        return math.inf
    k = int(there[0])
    low, high = (numbers[k - 1] if k else 0.0), numbers[k]
    for _ in range(3):  # ever closer, each time between the neighbours
        inner = np.linspace(low, high, 66)[1:]
        passed = (_after(start, volts, width, inner) - first) / change
        at = int(np.argmax(passed >= 1))
        before = inner[at - 1] if at else low
        low, high = float(before), float(inner[at])
    return float(high)


def _largest(start: Reader, write: float, duration: float, change: float) -> float:
    """Voltage that changes the conductance by so much in a time; that of the write if no smaller one does [V]."""
    first = float(start.conductance())

    def excess(part: float) -> float:
        run = start.of(start.device.simulate(part * write, duration, points=2))
        return float((run[-1] - first) / change) - 1

    if excess(1.0) <= 0:
        return write
    return write * float(brentq(excess, 0.0, 1.0, xtol=1e-12, rtol=1e-9))
