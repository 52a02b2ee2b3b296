"""Hysteresis loops in the two-state mode: a period of seconds or years, which no trajectory of a magnet can follow."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pandas as pd

from ...devices.core.protocols import Dwelling
from ...devices.core.vectors import compiled, initial_state, parameter_vector
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import Waveform
from ...devices.model import CompactModel
from ...devices.simulation.ensembles.noisy_trajectories import checked_seed
from ...devices.simulation.numerics.newton import voltages_at_current
from ...devices.simulation.request import Request
from ...devices.simulation.trajectories.tables import tabulate
from .telegraph import Telegraph, telegraph_trace
from .two_states import TwoStateThermal, largest_drive
from .wells import Wells

#: Most jumps of which the drive is told.
MOST_TOLD = 100


def two_state_loop(
    device: CompactModel,
    request: Request,
    quantity: str,
    amplitude: float,
    period: float,
    *,
    points: int,
    temperature: float | None,
    seed: int | None,
    read_voltage: float,
) -> pd.DataFrame:
    """One run of a device under a slow drive as a chain of two states, with the columns of its trajectories.

    In each state the magnet is at the pole at which it lies without drive: thermal motion within a state is left out.

    Parameters
    ----------
    device : CompactModel
        The device, in the state at time 0.
    request : Request
        What drives it, for how long.
    quantity : str
        What is swept: ``voltage``, ``current``, their names, or an input that is a field along the easy axis.
    amplitude, period : float
        Amplitude of the sweep about zero, in its unit, and its length. [s]
    points : int
        Number of rows.
    temperature : float, optional
        Temperature of the surroundings and of the noise [K]; default: that of the device.
    seed : int, optional
        Seed of the jumps; default: a random one.
    read_voltage : float
        Voltage across the first branch while an input is swept. [V]

    Raises
    ------
    ParameterError
        If the device has no two states, other drives act on it, a field is not along its axis of symmetry, the source
        limits the current, or the drive is too fast.
    """
    first = next(iter(device.branches().values()))
    name = {first.name: "voltage", first.current: "current"}.get(quantity, quantity)
    own = {} if name in ("voltage", "current") else {name}
    if set(request.inputs) - set(own) or request.voltages or request.limited:
        raise ParameterError("the two-state mode knows one drive: no other inputs or voltages, and no limits")
    _require_time(Wells(device, name, temperature, read_voltage), amplitude, period)
    model = TwoStateThermal.of(device, quantity=name, temperature=temperature, read_voltage=read_voltage)
    settled = model.wells.device
    references = settled.reference_states()
    poles = np.array([initial_state(settled.replace(**references[state])) for state in model.states])
    start = checked_seed(seed)
    begins = model.states[0 if float(settled.static()[settled.protocol(Dwelling).coordinate]) > 0 else 1]
    drive = request.inputs[name] if own else request.waveform
    trace = telegraph_trace(model, drive, request.duration, start=begins, seed=start)
    times = request.reporting_times(points, None)
    states = np.where(trace.in_first(times)[:, None], poles[0], poles[1])
    imposed = np.asarray(request.waveform(times), dtype=float)
    if request.by_current:
        voltages = [np.zeros(len(times)) for _ in settled.branches()]
        imposed = voltages_at_current(
            compiled(settled), request.branch, imposed, voltages, list(states.T), parameter_vector(settled)
        )
    table = tabulate(
        dataclasses.replace(request, device=settled), times, imposed, states, temperature=model.wells.kelvin, seed=start
    )
    table.attrs |= {"mode": "two-state", "jumps": len(trace.jumps), "method": model.wells.method}
    table.attrs |= {"interpolation_error": model.error, "switching": _switching(trace, drive)}
    return table


def _require_time(wells: Wells, amplitude: float, period: float) -> None:
    """Refuse, before rates are tabulated, a sweep that is over before the magnet could turn once.

    Raises
    ------
    ParameterError
        If the drives under which there may be two states are passed in less than a turn in the anisotropy field.
    """
    derived = wells.device.derived
    most, turn = largest_drive(wells), 2 * math.pi / (derived["gamma_0"] * derived["anisotropy_field"])
    passage = 0.5 * period * most / amplitude  # of a triangle; of a sine it is shorter
    if amplitude > most and passage < turn:
        raise ParameterError(
            f"the drive passes {most:.3g} {wells.unit}, beyond which {wells.device!r} has no two states, within "
            f"{passage:.1g} s, while its magnet turns once in {turn:.1g} s: ask for a smaller amplitude, or sweep more "
            "slowly"
        )


def _switching(trace: Telegraph, drive: Waveform) -> list[float]:
    """The drive at the first jumps, which the rows of the table may be too far apart to show."""
    return [float(value) for value in drive(trace.jumps[:MOST_TOLD])]
