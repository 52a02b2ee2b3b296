"""Hysteresis loops: the pinched loop of a memristor, the switching loops of a junction."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import pandas as pd

from ...devices.core.metadata import insert_column
from ...devices.core.protocols import Dwelling, Sweep
from ...devices.core.vectors import initial_state
from ...devices.language.checks import positive
from ...devices.language.errors import ParameterError
from ...devices.language.memory import require_memory
from ...devices.language.waveforms.shapes import Drive, Sine, Triangle, Waveform
from ...devices.model import CompactModel
from ...devices.simulation.request import Request, row_size
from ...devices.simulation.trajectories.stability import jacobian
from ...devices.simulation.trajectories.trajectory import Dynamics
from ..arguments import SWEPT, Choice, ComplianceCurrent, Engine, Name, Native, NoiseTemperature, Quantity, Seed, Whole
from ..bench import bench
from ..engines import trajectory
from ..slow_time.loops import two_state_loop

WAVEFORMS = ("sine", "triangle")
MODES = ("auto", "trajectory", "two-state")
#: Turns of the states in a sweep that take some minutes, of the numeric engine.
MOST_TURNS = 1e7


def _loops(device: CompactModel) -> Mapping[str, Mapping[str, Any]]:
    """The loops that the gallery shows: of every quantity whose loop is worth looking at."""
    runs: dict[str, dict[str, Any]] = {}
    swept = set()
    for quantity in device.loops:
        sweep = device.protocol(Sweep, quantity)
        if sweep.quantity in swept:  # what the device suggests by itself may be one of the others
            continue
        swept.add(sweep.quantity)
        # The first cycle depends on where it starts; the second is the loop.
        name = f"{quantity.replace('_', '-')}-loop" if quantity else "hysteresis"
        runs[name] = {"quantity": quantity, "cycles": 2}
    return runs


@bench(needs=(Sweep,), swept=lambda device, quantity: device.protocol(Sweep, quantity).quantity, gallery=_loops)
def hysteresis(
    device: CompactModel,
    *,
    quantity: Annotated[
        str | None,
        Name(
            "what is swept: voltage, current, that of a branch by its name, or an input such as field_z; field is "
            "the field along a junction's easy direction; default: the device's suggestion",
            of=lambda device: dict.fromkeys(
                [*filter(None, device.loops), *device.imposed_quantities(), *device.input_declarations()]
            ),
        ),
    ] = None,
    amplitude: Annotated[float | None, Quantity(SWEPT, "amplitude of the sweep")] = None,
    period: Annotated[float | None, Quantity("s", "length of a cycle", positive=True)] = None,
    waveform: Annotated[str | None, Choice(WAVEFORMS, "form of the drive")] = None,
    cycles: Annotated[int, Whole("number of cycles", 1)] = 1,
    compliance: ComplianceCurrent = None,
    points: Annotated[int, Whole("reported points per cycle", 8)] = 1001,
    read_voltage: Annotated[
        float, Quantity("V", "voltage across the first branch while an input or another branch is swept")
    ] = 0.01,
    engine: Engine = "numeric",
    native: Native = None,
    temperature: NoiseTemperature = None,
    seed: Seed = None,
    max_step: Annotated[
        float | None, Quantity("s", "largest time step of a simulator; default: the device's suggestion", positive=True)
    ] = None,
    mode: Annotated[
        str,
        Choice(
            MODES,
            "whether the states are followed, or a magnet jumps between two of them by thermal agitation, in "
            "periods of seconds or years; auto follows them where that can be done",
        ),
    ] = "auto",
) -> pd.DataFrame:
    """Measure the response to a periodic drive, such as the loop of a memristor or a junction.

    Arguments that are not given follow the drive of the device's preset, or the device's own suggestion (a junction: a
    triangle well beyond its critical current or its anisotropy field, with a small transverse field in place of the
    thermal agitation without which a perfect macrospin would not switch in time).

    A period so long that the states of a junction would turn more than some 1e7 times is handed over to the two-state
    mode (:mod:`synaspice.characterization.slow_time`): the junction jumps between its two states with the rates of
    thermal agitation, at its own temperature if none is given, and ``attrs["mode"]`` is ``two-state``. A drive that is
    too fast for it is refused there.

    Returns
    -------
    pandas.DataFrame
        Columns ``cycle``, ``time`` [s], voltage and current, the swept input if it is one, states and observables.
        ``attrs["swept"]`` names the swept column. With a compliance the voltage is that of the device, and the column
        ``source_voltage`` [V] that of the source, which sweeps. In the two-state mode
        ``attrs`` has the ``mode``, the number of ``jumps``, the drive at the first of them (``switching``), the
        ``method`` of the rates and their ``interpolation_error``.

    Raises
    ------
    ParameterError
        If amplitude, period, cycles, points or compliance make no sense, the device suggests none and none is given,
        or its states turn so often in the sweep that to follow them would take too long and it is none that jumps
        between two.
    UnknownNameError
        If the quantity, waveform or engine does not exist.
    MissingDependencyError
        If native devices are demanded and cannot be had.
    """
    sweep = device.protocol(Sweep, quantity)
    shape = waveform or sweep.waveform
    size = _positive(f"amplitude of the {sweep.quantity}", amplitude if amplitude is not None else sweep.amplitude)
    length = _positive("period [s]", period if period is not None else sweep.period)
    drive: Waveform = Triangle(size, length) if shape == "triangle" else Sine(0.0, size, 1 / length)
    measured = device.replace(**sweep.overrides)
    first, *others = device.branches().values()
    elsewhere = [name for branch in others for name in (branch.name, branch.current)]
    reported = cycles * (points - 1) + 1
    require_memory(reported, "points of all cycles", row_size(device))
    common: dict[str, Any] = {"points": reported, "engine": engine, "temperature": temperature}
    limit = sweep.compliance.of(compliance)
    swept_voltage = sweep.quantity in ("voltage", first.name)
    if limit.is_limit and swept_voltage:
        common["compliance"] = limit
    elif compliance is not None and limit.is_limit:
        raise ParameterError(f"a compliance limits the current of a swept voltage, and {sweep.quantity} is swept")
    common |= {"native": native, "seed": seed, "max_step": max_step or sweep.max_step}
    inputs: dict[str, Drive] = {**sweep.inputs} if temperature is not None else {**sweep.inputs, **sweep.agitation}
    driven: Drive = drive
    source = sweep.quantity
    if sweep.quantity in elsewhere:
        inputs[first.name] = read_voltage
    elif sweep.quantity not in ("voltage", "current", first.name, first.current):
        inputs[sweep.quantity], driven, source = drive, read_voltage, "voltage"
    request = Request.of(measured, driven, cycles * length, source, inputs)
    refusal = _refusal(request, size, length) if mode != "two-state" else None
    if refusal is not None and (mode == "trajectory" or engine != "numeric" or Dwelling not in device.offered()):
        raise refusal
    if refusal is None and mode != "two-state":
        table = trajectory(measured, driven, cycles * length, source=source, inputs=inputs, **common)
    elif engine != "numeric" or "compliance" in common:
        raise ParameterError("the two-state mode belongs to the numeric engine, and to sources that limit no current")
    else:
        # Agitation takes no drive that stands for it.
        quiet = {name: waveform for name, waveform in request.inputs.items() if name not in sweep.agitation}
        slow = dataclasses.replace(request, inputs=quiet)
        try:
            table = two_state_loop(
                measured,
                slow,
                sweep.quantity,
                size,
                length,
                points=reported,
                temperature=temperature,
                seed=seed,
                read_voltage=read_voltage,
            )
        except ParameterError as error:
            if refusal is None:
                raise
            raise ParameterError(f"{refusal}; nor is it one for the two-state mode: {error}") from error
    number = np.minimum(np.arange(len(table)) // (points - 1), cycles - 1)
    insert_column(table, 0, "cycle", (number, "1", "number of the cycle"))
    table.attrs |= {"bench": "hysteresis", "swept": sweep.quantity, "waveform": shape}
    table.attrs |= {"amplitude": size, "period": length}
    return table


def _refusal(request: Request, amplitude: float, period: float) -> ParameterError | None:
    """Why a sweep is refused in which the states turn so often that to follow them takes too long; None of others.

    How fast they turn the eigenvalues of the rates tell, in the initial state at both ends of the sweep. A
    magnetisation's decay counts as well: its integrator is explicit, and takes no steps beyond it.
    """
    dynamics, device = Dynamics(request), request.device
    start = (np.array(initial_state(device)) / dynamics.scales).tolist()
    fastest = 0.0
    for time in (0.25 * period, 0.75 * period):

        def motion(x: list[float], time: float = time) -> list[float]:
            found: list[float] = dynamics.rates(time, np.array(x)).tolist()
            return found

        try:
            with np.errstate(all="ignore"):
                entries = jacobian(motion, start, np.ones(len(start)))
        except ArithmeticError:
            entries = np.array([[np.nan]])
        if not np.all(np.isfinite(entries)):
            raise ParameterError(f"an amplitude of {amplitude:.3g} is more than there are numbers for in the model")
        eigenvalues = np.linalg.eigvals(entries)
        rates = np.abs(eigenvalues) if device.system.spheres else np.abs(eigenvalues.imag)
        fastest = max(fastest, float(np.max(rates, initial=0.0)))
    turns = fastest * request.duration / (2 * np.pi)
    if turns <= MOST_TURNS:
        return None
    return ParameterError(
        f"at an amplitude of {amplitude:.3g} the states of {device.model_name()} turn {turns:.1g} times in "
        f"{request.duration:.3g} s, which takes too long to follow: ask for an amplitude or a period (--period) "
        f"{turns / MOST_TURNS:.1g} times smaller"
    )


def _positive(what: str, value: float | None) -> float:
    if value is None:
        raise ParameterError(f"give the {what}: neither the preset nor the model suggests one")
    return positive(f"the {what}", value)
