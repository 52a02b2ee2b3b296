r"""Potentiation and depression: the conductance of a synapse over the number of equal pulses.

NeuroSim's curve through both ends, with its constant A in pulses, is

.. math::

    G_\uparrow(P) = B \left(1 - e^{-P/A}\right) + G_0, \qquad
    G_\downarrow(P) = G_1 - B \left(1 - e^{-P/A}\right), \qquad
    B = \frac{G_1 - G_0}{1 - e^{-P_1/A}}

for pulses 0 to :math:`P_1`. Its label of the nonlinearity, tabulated there over :math:`A/P_1`, is the largest distance
of the curve from the straight line through its ends in units of 0.099 of the range: derived from that table, with which
it agrees to 1e-4; positive for potentiation and negative for depression that saturate.

References
----------
P.-Y. Chen, X. Peng, S. Yu, IEEE Trans. Comput.-Aided Des. Integr. Circuits Syst. 37, 3067 (2018),
doi:10.1109/TCAD.2018.2789723; formula and table as in the authors' program MLP+NeuroSim V3.0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import pandas as pd

from ....devices.core.distributions import normal_quantile
from ....devices.core.metadata import device_table
from ....devices.core.protocols import Sweep, WallMotion
from ....devices.language.errors import ParameterError, ValidityWarning, warn_user
from ....devices.language.memory import require_memory, table_size
from ....devices.language.waveforms.shapes import Drive, FloatArray, PiecewiseLinear
from ....devices.model import CompactModel
from ...arguments import MOST_SPIKES, NoiseTemperature, Quantity, Seed, Whole
from ...bench import bench
from .neurosim_curve import LABEL_UNIT, curve, fitted_curvature, nonlinearity
from .reader import Reader, voltage_sweep
from .write_pulses import COVERED, EDGE, FACTOR, default_width, write_voltages

#: Rest between pulses for a wall, over the suggested length of a run.
RELAXED = 0.25
#: Least share of the pulses that cover most of the way, and how often the width is corrected for it.
ENOUGH, CORRECTIONS = 0.9, 12
#: Distance from a line below which a curve is one.
STRAIGHT = 1e-6
#: Share of the range: of what a device forgets between pulses, and by which the formula misses the curve, that is told.
TOLD = 0.05


@bench(needs=(Sweep,), long=True)
def potentiation(
    device: CompactModel,
    *,
    amplitude: Annotated[
        float | None,
        Quantity("V", "voltage of the pulses that raise the conductance; default: the amplitude of the sweep"),
    ] = None,
    depression: Annotated[
        float | None, Quantity("V", "voltage of those that lower it; default: the same with the other sign")
    ] = None,
    width: Annotated[
        float | None,
        Quantity("s", "width of the pulses; default: so that all cover 90 % of the way", positive=True),
    ] = None,
    depression_width: Annotated[
        float | None,
        Quantity("s", "width of those that lower it; default: likewise, or as the width that is given", positive=True),
    ] = None,
    rest: Annotated[
        float | None,
        Quantity(
            "s",
            "time between pulses; default: the longer width, and for a domain wall ten times that in which its angle "
            "relaxes",
            positive=True,
        ),
    ] = None,
    pulses: Annotated[int, Whole("pulses in each direction", 4, MOST_SPIKES)] = 64,
    cycles: Annotated[int, Whole("how often both directions follow each other", 1)] = 1,
    read_voltage: Annotated[float, Quantity("V", "voltage at which the conductance is read", positive=True)] = 0.1,
    read_noise: Annotated[
        float, Quantity("1", "standard deviation of a read over the conductance, for the number of levels")
    ] = 0.0,
    error_rate: Annotated[
        float, Quantity("1", "share of reads that may take a level for the next one", positive=True)
    ] = 0.01,
    temperature: NoiseTemperature = None,
    seed: Seed = None,
) -> pd.DataFrame:
    """Measure the conductance over the number of pulses that raise it, and then of pulses that lower it.

    The device starts in its reference state of the lowest conductance; a domain wall where the repulsion of the strip's
    end begins. A synapse with a read path is read there. The conductance is that of the state at the end of each rest.
    Levels are counted from the lowest reading of the potentiation: the next one is where the normal distributions of
    reads overlap by no more than the error rate, of the read noise and of the spread over cycles (of three or more).

    Returns
    -------
    pandas.DataFrame
        Columns ``cycle``, ``direction`` (``potentiation`` or ``depression``), ``pulse``, ``conductance`` [S], and
        ``fit`` [S], NeuroSim's formula. ``attrs`` has ``a_potentiation`` and ``a_depression`` (the constants A in
        pulses, infinite for a straight line), ``nonlinearity_potentiation`` and ``nonlinearity_depression`` (NeuroSim's
        labels), ``misfit_potentiation`` and ``misfit_depression`` (root mean square, of the mean of the cycles over the
        range), ``asymmetry`` (largest distance of the two curves over the range, 0 for none), ``levels``, the
        ``widths`` [s] and ``amplitudes`` [V].

    Raises
    ------
    ParameterError
        If the pulses do not move the conductance in the direction that they should, a voltage or noise makes no sense,
        or the device has no two reference states to tell apart.

    Warns
    -----
    ValidityWarning
        If the device forgets more than 5 % of the range between pulses, or the formula misses the curve by more.
    """
    sweep = voltage_sweep(device)
    if read_noise < 0 or not error_rate < 0.5:
        raise ParameterError("the read noise must not be negative, and the error rate below a half")
    reader = Reader(device.replace(**sweep.overrides), read_voltage)
    low, high = reader.ends()
    relaxed = 0.0
    if device.suits(WallMotion):  # a wall has inertia, and the very ends of its strip throw it out
        relaxed = RELAXED * device.protocol(WallMotion).duration
        low, top = _beside_end(low), _beside_end(reader.highest())
        high = float(top.conductance())
    begun = sweep.period or device.settling_time
    up, down = write_voltages(low, sweep, begun, amplitude, depression)
    between = relaxed if rest is None else rest
    first = default_width(low, (up,), high, begun, pulses) if width is None else width
    if width is None and relaxed:
        first = _pulsed_width(low, up, high, first, between, pulses)
    second = depression_width if depression_width is not None else width
    if second is None and relaxed:
        drive, ends = _train(up, first, first + between, pulses)
        written = _left_by(low, drive, float(ends[-1]))
        second = _pulsed_width(written, down, float(low.conductance()), first, between, pulses)
    elif second is None:
        second = default_width(low, (up, first * pulses, down), low, begun, pulses)
    noise: dict[str, Any] = {}
    if temperature is not None:
        noise = {"temperature": temperature, "seed": seed, "time_step": reader.step((up, down))}
    if temperature is None and seed is not None:
        raise ParameterError("a seed is of noise: give a temperature")
    require_memory(2 * pulses * cycles, "pulses", 4 * table_size(8))
    period = max(first, second) + (max(first, second) if rest is None and not relaxed else between)
    read, forgotten = _run(low, (up, down), (first, second), period, pulses, cycles, noise)
    directions = {"potentiation": read[:, : pulses + 1], "depression": read[:, pulses:]}
    return _table(device, directions, forgotten, (read_noise, error_rate), {
        "amplitudes": [up, down], "widths": [first, second], "pulses": pulses, "cycles": cycles,
        "read_voltage": read_voltage, "temperature": temperature, "seed": seed,
    })  # fmt: skip


def _beside_end(wall: Reader) -> Reader:
    """The wall where the repulsion of the end begins beside which it is."""
    values = wall.device.values
    free = values["end_width"] / values["length"]
    return wall.at({"initial_state": min(max(values["initial_state"], free), 1 - free)})


def _left_by(wall: Reader, drive: Drive, duration: float) -> Reader:
    """The wall where a drive leaves it after a time [s]."""
    final = wall.device.simulate(drive, duration, points=2).iloc[-1]
    angle = math.remainder(float(final["angle"]), 2 * math.pi)
    return wall.at({"initial_state": float(final["x"]), "initial_angle": angle})


def _train(volts: float, width: float, period: float, pulses: int) -> tuple[PiecewiseLinear, FloatArray]:
    """Equal pulses, and the times at which their periods end [s]."""
    edge, begins = EDGE * width, period * np.arange(pulses)
    corners = np.stack([begins, begins + edge, begins + width, begins + width + edge], axis=1).ravel()
    drive = PiecewiseLinear(tuple(corners.tolist()), tuple(np.tile([0.0, volts, volts, 0.0], pulses).tolist()))
    return drive, np.asarray(period * np.arange(pulses + 1), dtype=np.float64)


def _pulsed_width(low: Reader, volts: float, target: float, width: float, rest: float, pulses: int) -> float:
    """Width of pulses that cover most of the way with rests between them, in which a wall goes on or comes back."""
    start = float(low.conductance())
    for _ in range(CORRECTIONS):
        drive, ends = _train(volts, width, width + rest, pulses)
        covered = (low.of(low.device.simulate(drive, float(ends[-1]), times=ends)) - start) / (target - start)
        there = np.flatnonzero(covered >= COVERED)
        needed = int(there[0]) / pulses if len(there) else 1 / max(float(covered[-1]) / COVERED, 1 / FACTOR)
        if len(there) and needed > ENOUGH:
            return width
        width *= max(needed, 1 / FACTOR)
    raise ParameterError(
        f"pulses of {volts:g} V with rests do not move the conductance through {100 * COVERED:g} % of the way between "
        "the states of rest: give another voltage, or a width"
    )


def _run(
    low: Reader,
    amplitudes: tuple[float, float],
    widths: tuple[float, float],
    period: float,
    pulses: int,
    cycles: int,
    noise: Mapping[str, Any],
) -> tuple[FloatArray, float]:
    """Conductance before the first pulse and after each, a row for each cycle [S]; and what is forgotten in rests."""
    edge = EDGE * min(widths)
    number = 2 * pulses * cycles
    later = np.arange(number) // pulses % 2
    begins = period * np.arange(number)
    lengths, levels = np.array(widths)[later], np.array(amplitudes)[later]
    corners = np.stack([begins + edge, begins + 2 * edge, begins + edge + lengths, begins + 2 * edge + lengths], axis=1)
    values = np.stack([0 * levels, levels, levels, 0 * levels], axis=1)
    drive = PiecewiseLinear(tuple(corners.ravel().tolist()), tuple(values.ravel().tolist()))
    total = period * number
    if noise:
        found = low.of(low.device.simulate(drive, total, points=number + 1, **noise))
        forgotten = 0.0
    else:
        ends = np.append(begins + 3 * edge + lengths, 0.0)
        times = np.unique(np.concatenate([period * np.arange(number + 1), ends]))
        both = low.of(low.device.simulate(drive, total, times=times))
        found, after = both[::2], both[1::2]
        forgotten = float(np.max(np.abs(found[1:] - after)) / max(float(np.ptp(found)), np.finfo(float).tiny))
    rows = [found[2 * pulses * k : 2 * pulses * (k + 1) + 1] for k in range(cycles)]
    return np.array(rows), forgotten


def _table(
    device: CompactModel,
    directions: Mapping[str, FloatArray],
    forgotten: float,
    reading: tuple[float, float],
    attributes: dict[str, Any],
) -> pd.DataFrame:
    for sign, volts, read in zip((1, -1), attributes["amplitudes"], directions.values(), strict=True):
        mean = read.mean(axis=0)
        if not sign * (mean[-1] - mean[0]) > 1e-9 * abs(float(mean[0])):
            raise ParameterError(f"pulses of {volts:g} V do not {'raise' if sign > 0 else 'lower'} the conductance")
    if forgotten > TOLD:
        told = f"the device forgets up to {100 * forgotten:.2g} % of the range between pulses"
        warn_user(f"{told}: what is counted depends on how fast they follow each other", ValidityWarning)
    apart = max(float(np.max(np.ptp(read, axis=0)) / np.ptp(read)) for read in directions.values())
    if attributes["temperature"] is None and apart > TOLD:
        told = f"without noise the cycles differ by {100 * apart:.2g} % of the range"
        warn_user(f"{told}: the pulses of one direction outdo those of the other", ValidityWarning)
    columns: dict[str, list[Any]] = {"cycle": [], "direction": [], "pulse": [], "conductance": [], "fit": []}
    shares = np.linspace(0.0, 1.0, attributes["pulses"] + 1)
    for sign, (direction, read) in zip((1, -1), directions.items(), strict=True):
        mean = read.mean(axis=0)
        span = float(mean[-1] - mean[0])
        curvature = fitted_curvature(np.tile(shares, len(read)), ((read - mean[0]) / span).ravel())
        fit = mean[0] + span * curve(shares, curvature)
        label = nonlinearity(curvature)
        misfit = float(np.sqrt(np.mean((mean - fit) ** 2)) / abs(span))
        if misfit > TOLD:
            told = f"the formula misses the curve of the {direction} by {100 * misfit:.2g} % of its range"
            warn_user(f"{told}: its nonlinearity says little", ValidityWarning)
        straight = abs(label) * LABEL_UNIT < STRAIGHT
        attributes[f"a_{direction}"] = math.inf if straight else attributes["pulses"] / curvature
        attributes[f"nonlinearity_{direction}"] = 0.0 if straight else sign * label
        attributes[f"misfit_{direction}"] = misfit
        for k, row in enumerate(read):
            columns["cycle"] += [k] * len(row)
            columns["direction"] += [direction] * len(row)
            columns["pulse"] += list(range(len(row)))
            columns["conductance"] += row.tolist()
            columns["fit"] += fit.tolist()
    up, down = (read.mean(axis=0) for read in directions.values())
    whole = max(up.max(), down.max()) - min(up.min(), down.min())
    attributes["asymmetry"] = float(np.max(np.abs(up - down[::-1])) / whole)
    attributes["levels"] = _levels(directions["potentiation"], *reading)
    attributes |= {"read_noise": reading[0], "error_rate": reading[1], "engine": "numeric", "bench": "potentiation"}
    return device_table(
        device,
        {
            "cycle": (np.array(columns["cycle"]), "1", "number of the cycle"),
            "direction": (columns["direction"], "", "whether pulses raise or lower the conductance"),
            "pulse": (np.array(columns["pulse"]), "1", "number of pulses"),
            "conductance": (np.array(columns["conductance"]), "S", "conductance after them"),
            "fit": (np.array(columns["fit"]), "S", "conductance of NeuroSim's formula"),
        },
        **attributes,
    )


def _levels(read: FloatArray, noise: float, error_rate: float) -> int:
    """How many levels of a potentiation can be told apart."""
    means = read.mean(axis=0)
    spread = read.std(axis=0, ddof=1) if len(read) >= 3 else np.zeros_like(means)
    deviation = np.hypot(noise * means, spread)
    apart = float(normal_quantile(1 - error_rate))
    count, last = 1, 0
    for k in range(1, len(means)):
        if means[k] - means[last] > max(apart * (deviation[k] + deviation[last]), 1e-12 * means[last]):
            count, last = count + 1, k
    return count
