"""Experiments in which thermal agitation switches a junction: probabilities without a random number.

What a bench counts in trajectories has steps as a function of the parameters, along which no least squares descends.
Here the same probability is the solution of an equation, smooth in all parameters.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.interpolate import CubicSpline
from scipy.linalg import solve_banded

from ...devices.core.protocols import Switching
from ...devices.language.checks import known, positive, real
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ..benches.resonance.fmr import resting
from ..fields import AXES, field_of, in_field
from ..rare_events.axial_magnet import AxialMagnet, from_reference_state
from ..rare_events.fokker_planck import PolarGrid
from ..slow_time.wells import ARRIVED, READ, Wells

#: What of every device an experiment gives: one array for each observed column, as long as the data.
Predicted = list[dict[str, FloatArray]]
#: Columns of the data that were set, and what devices give at its rows.
Made = tuple[tuple[str, ...], Callable[[Sequence[CompactModel], pd.DataFrame], Predicted]]

#: Cells of the coarser of two grids, from which probabilities are extrapolated; and points of the contour.
CELLS, CONTOUR = 80, 28
#: Fields at which rates are computed, and the largest of them over the anisotropy field.
FIELDS, LARGEST = 9, 0.9
#: Steps of the probability between two rows of a loop.
STEPS = 20
#: Rate at which a state that is none any more is left. [1/s]
AT_ONCE = 1e10


def is_axial(device: CompactModel, source: str = "voltage", inputs: dict[str, float] | None = None) -> bool:
    """Whether a device is a magnet that is symmetric about its axis, with an input away from zero too."""
    try:
        state = device.protocol(Switching).start
        magnet = from_reference_state(device, state, source, in_surroundings(device, None)[1], inputs)
        magnet.drift_and_diffusion(np.array([1.0]), 0.0)
    except ParameterError:
        return False
    return True


def pulsed(device: CompactModel, data: pd.DataFrame, arguments: dict[str, Any]) -> Made | None:
    r"""The probability that a pulse switches a junction, by the Fokker-Planck equation.

    .. math:: P = \int_\mathrm{beyond} \rho(u, t_p)\,\mathrm{d}u

    at the end of the pulse, from the equilibrium in the state at its start
    (:mod:`~synaspice.characterization.rare_events.fokker_planck`). The data have ``voltage`` or ``current``, ``width``
    [s] unless it is an argument, and ``probability``. Further arguments: ``start``, ``temperature`` [K].

    Returns
    -------
    tuple or None
        None of a device that is not symmetric about its axis, and of data that have no such column.
    """
    sources = [name for name in ("voltage", "current", *device.imposed_quantities()) if name in data]
    if not sources or not device.suits(Switching) or not is_axial(device, sources[0]):
        return None
    source, suggested = sources[0], device.protocol(Switching)
    start = known("state", str(arguments.pop("start", suggested.start)), tuple(device.reference_states()))
    temperature = arguments.pop("temperature", None)
    width = arguments.pop("width", None)
    given = (source, *([] if width is not None else ["width"]))
    _no_more(arguments)

    def predict(devices: Sequence[CompactModel], data: pd.DataFrame) -> Predicted:
        sizes = data[source].to_numpy(float)
        fixed = None if width is None else positive("the width", width, "s")
        widths = data["width"].to_numpy(float) if fixed is None else np.full(len(data), fixed)
        if not np.all(widths > 0):
            raise ParameterError("widths of pulses are positive")
        found: Predicted = []
        for one in devices:
            kelvin = in_surroundings(one, temperature)[1]
            magnet = from_reference_state(one, start, source, kelvin)
            found.append({"probability": _switched(magnet, sizes, widths)})
        return found

    return given, predict


def _switched(magnet: AxialMagnet, sizes: FloatArray, widths: FloatArray) -> FloatArray:
    """Probability of having switched at the end of each pulse."""
    found = np.empty((2, len(sizes)))
    for row, cells in zip(found, (CELLS, 2 * CELLS), strict=True):
        rest = PolarGrid.of(magnet, 0.0, cells)
        start = rest.equilibrium(rest.barrier())
        for size in np.unique(sizes):
            driven = PolarGrid.of(magnet, float(size), cells)
            here = np.flatnonzero(sizes == size)
            times, places = np.unique(widths[here], return_inverse=True)
            beyond = driven.edges[1:] > np.pi / 2 * (1 + 1e-12)
            row[here] = np.array([_after(driven, start, time)[beyond].sum() for time in times])[places]
    return np.asarray(np.clip(found[1] + (found[1] - found[0]) / 3, 0.0, 1.0), dtype=np.float64)


def _after(grid: PolarGrid, probabilities: FloatArray, duration: float) -> FloatArray:
    r"""Probabilities of the cells after a time [s], to 1e-5.

    The exponential of the matrix Q of their rates on Talbot's contour,

    .. math:: e^{Qt} p = \frac{1}{2\pi i} \int e^z (z - Qt)^{-1} p\,\mathrm{d}z

    at a few points, each with a system of equations in three diagonals (contour as remembered of L. N. Trefethen,
    J. A. C. Weideman, T. Schmelzer, BIT Numer. Math. 46, 653 (2006), and compared with the sums over jumps, which keep
    the relative accuracy of the smallest probabilities and take much longer).
    """
    out, back = grid.rates()
    leaving = np.zeros(len(probabilities))
    leaving[:-1] += out
    leaving[1:] += back
    angle = np.pi * np.arange(1, CONTOUR, 2) / CONTOUR
    bent = 0.6407 * angle
    z = CONTOUR * (0.5017 * angle / np.tan(bent) - 0.6122 + 0.2645j * angle)
    slope = CONTOUR * (0.5017 / np.tan(bent) - 0.5017 * bent / np.sin(bent) ** 2 + 0.2645j)
    weights = -2j / CONTOUR * np.exp(z) * slope
    total = np.zeros(len(probabilities))
    bands = np.zeros((3, len(probabilities)), dtype=complex)
    bands[0, 1:], bands[2, :-1] = -back * duration, -out * duration
    for point, weight in zip(z, weights, strict=True):
        bands[1] = point + leaving * duration
        total += (weight * solve_banded((1, 1), bands, probabilities)).real
    return total


def field_loop(device: CompactModel, data: pd.DataFrame, arguments: dict[str, Any]) -> Made | None:
    r"""The loop of a junction in a field: resistance, or current at a voltage, in the order of the measured fields.

    Along the axis of symmetry the device is in either of two states, and the loop is the mean of many,

    .. math:: \bar R(H) = p\,R_1 + (1 - p)\,R_2, \qquad \frac{dp}{dt} = -\Gamma_1(H)\,p + \Gamma_2(H)\,(1 - p)

    with the rates of the Fokker-Planck equation; a single loop jumps at one field, and tells less. Otherwise the
    magnetisation rests at every field where it came to from the one before, without thermal agitation. The data have
    one of the columns ``field_x``, ``field_y``, ``field_z``. Arguments: ``rate`` of the field [A/m/s], 1e4 if not
    given, ``read_voltage`` [V], ``temperature`` [K].

    Returns
    -------
    tuple or None
        None of data without a field.
    """
    fields = [f"field_{axis}" for axis in AXES if f"field_{axis}" in data]
    if not fields:
        return None
    if len(fields) > 1:
        raise ParameterError(f"a loop has one field that is swept, not {', '.join(fields)}")
    name = fields[0]
    field_of(device, name[-1])
    read = positive("the read voltage", arguments.pop("read_voltage", READ), "V")
    rate = positive("the rate of the field", arguments.pop("rate", 1e4), "A/m/s")
    temperature = arguments.pop("temperature", None)
    _no_more(arguments)
    some = 0.01 * float(device.derived.get("anisotropy_field", 1e4)) or 1.0
    axial = is_axial(device, "voltage", {name: some})

    def predict(devices: Sequence[CompactModel], data: pd.DataFrame) -> Predicted:
        path = data[name].to_numpy(float)
        found: Predicted = []
        for one in devices:
            if axial:
                wells = Wells(one, name, temperature, read)
                first, second = _two_resistances(wells)
                share = _share(wells, path, rate)
                resistance, current = (share * a + (1 - share) * b for a, b in zip(first, second, strict=True))
            else:
                resistance, current = _rests(in_surroundings(one, temperature)[0], name[-1], path, read)
            found.append({"resistance": resistance, "current": current})
        return found

    return (name,), predict


def _no_more(arguments: dict[str, Any]) -> None:
    if arguments:
        raise ParameterError(f"the experiment has no argument {', '.join(arguments)}")


def _read(device: CompactModel, voltage: float, **states: float) -> tuple[float, float]:
    branch = next(iter(device.branches().values()))
    current = float(device.static(**{branch.name: voltage}, **states)[branch.current])
    return voltage / current, current


def _two_resistances(wells: Wells) -> list[tuple[float, float]]:
    """Resistance [ohm] and current [A] of the two states."""
    references = wells.device.reference_states()
    return [_read(wells.device.replace(**references[state]), wells.read_voltage) for state in wells.states]


def _rate(wells: Wells, field: float, state: str) -> float:
    """Rate at which a state is left in a field [1/s]; NaN where there is no such state."""
    grid = PolarGrid.of(wells.magnet(field, state), wells.read_voltage, 2 * CELLS)
    try:
        top = grid.edges[grid.barrier()]
    except ParameterError:
        return float("nan")
    edge = top + ARRIVED * (np.pi - top)
    return 1 / grid.passage_time(int(np.count_nonzero(grid.edges[1:] <= edge)))


def _share(wells: Wells, path: FloatArray, pace: float) -> FloatArray:
    """Probability of the first state at every field of a path that is swept at a pace [A/m/s]."""
    nodes = LARGEST * wells.scale * np.linspace(-1.0, 1.0, FIELDS)
    laws = []
    for state in wells.states:
        rates = np.array([_rate(wells, float(node), state) for node in nodes])
        there = (rates > 0) & (rates < AT_ONCE)  # neither NaN, nor slower than there are numbers for
        if np.count_nonzero(there) < 4:
            raise ParameterError(f"{wells.device!r} has no two states at {wells.kelvin:g} K")
        laws.append((CubicSpline(nodes[there], np.log(rates[there])), nodes[there][[0, -1]]))
    fine = np.concatenate([np.linspace(a, b, STEPS, endpoint=False) for a, b in itertools.pairwise(path)] + [path[-1:]])
    rates = np.array([_along(law, ends, fine, state == 1) for state, (law, ends) in enumerate(laws)])
    means = 0.5 * (rates[:, 1:] + rates[:, :-1])
    total = means.sum(axis=0)
    target, kept = means[1] / total, np.exp(-total * np.abs(np.diff(fine)) / pace)
    share = np.empty(len(fine))
    share[0] = rates[1, 0] / rates[:, 0].sum()
    for k in range(len(kept)):
        share[k + 1] = target[k] + (share[k] - target[k]) * kept[k]
    return share[::STEPS]


def _along(law: Any, ends: FloatArray, fields: FloatArray, rises: bool) -> FloatArray:
    """Rates at fields: at once where the state is none any more, never where the other one is none."""
    found = np.exp(law(np.clip(fields, *ends)))
    gone = fields > ends[1] if rises else fields < ends[0]
    return np.asarray(np.where(gone, AT_ONCE, found))


def _rests(device: CompactModel, axis: str, path: FloatArray, read: float) -> tuple[FloatArray, FloatArray]:
    """Resistance and current where the magnetisation rests at every field of a path."""
    states, found = None, []
    names = list(device.state_declarations())
    for value in path.tolist():
        rest = resting(in_field(device, axis, real("the field", value, "A/m")), 0.0, states)
        states = rest.states
        found.append(_read(device, read, **dict(zip(names, states.tolist(), strict=True))))
    resistance, current = np.array(found).T
    return resistance, current
