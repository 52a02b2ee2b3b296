"""Switching map: whether a pulse switches a magnet, over two of its amplitude, its width and a field."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.distributions import wilson_interval
from ....devices.core.metadata import device_table
from ....devices.core.protocols import Switching, Writing
from ....devices.core.validity import warn_of_limits
from ....devices.language.array_checks import reals
from ....devices.language.checks import positive
from ....devices.language.errors import ParameterError
from ....devices.language.memory import require_memory
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.physics.macrospin import Macrospin
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ....devices.simulation.numerics.newton import voltage_at_current
from ....devices.simulation.request import row_size
from ....devices.simulation.trajectories.batch import simulate_many
from ...arguments import SWEPT, Checkpoint, Choice, Name, Progress, Quantity, Range, Seed, States, Whole
from ...bench import bench, unit_of_quantity
from ...fields import AXES, Fields, field_of
from ...resumable import check_seed, compute_pieces, describe
from ..iv import chosen_states
from ..pulses import require_bearable
from .pulses import REST, long_width, pulse, thermal_tilt, tilted
from .spin_orbit import line_of_spin_orbit_torque

#: Points of a quantity by default, and how far they go in units of the critical ones.
POINTS, REACH = 41, 1.5
#: Pulses of a default range of widths: from the decay of a precession to so many of it.
WIDEST = 50.0
#: A state is told by a coordinate beyond this.
TOLD = 0.5
#: Errors per step of the trajectories without noise.
TOLERANCE = 1e-6
#: Trajectories without noise in one piece.
PIECE = 2048


def _drive(device: CompactModel, quantity: str | None) -> str:
    """What the pulse imposes: the quantity asked for, or that of a branch beside the barrier by which it is written."""
    suggested = device.protocol(Switching).quantity
    return quantity or (suggested if suggested not in ("current", "voltage") else "current")


@bench(needs=(Writing, Switching), long=True, swept=_drive)
def switching_map(
    device: CompactModel,
    *,
    current: Annotated[
        ArrayLike | None, Range("A", "currents of the pulse; default: to 1.5 times the larger critical one")
    ] = None,
    voltage: Annotated[ArrayLike | None, Range("V", "voltages of the pulse, instead of currents")] = None,
    quantity: Annotated[
        str | None,
        Name(
            "voltage or current of another branch that the pulse imposes, such as line_current; default: that by which "
            "the device is written",
            of=lambda device: device.imposed_quantities(),
        ),
    ] = None,
    amplitude: Annotated[
        ArrayLike | None, Range(SWEPT, "amplitudes of that; default: to half the suggested ones")
    ] = None,
    field: Fields = None,
    width: Annotated[
        ArrayLike | None,
        Range("s", "widths of the pulse; default: one that raises thresholds by less than 2 %", positive=True),
    ] = None,
    axis: Annotated[
        str | None,
        Choice(AXES, "axis of the field; default: the easy one, or along the line of a spin-orbit torque"),
    ] = None,
    states: States = None,
    tilt: Annotated[
        float | None,
        Quantity("rad", "angle to the state at the beginning without noise; default: the thermal one", positive=True),
    ] = None,
    temperature: Annotated[
        float | None,
        Quantity("K", "temperature of the surroundings and of noisy trajectories; default: no noise", positive=True),
    ] = None,
    trajectories: Annotated[int, Whole("noisy trajectories per point", 1)] = 100,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
    progress: Progress = False,
) -> pd.DataFrame:
    r"""Map whether a pulse switches a magnet, over two of its amplitude, its width and a field.

    The field is a pulse as the current or voltage is: both are on for the width, from the start on, and the state is
    told after a rest of eight decays of a precession in the device's own field. The two quantities of the map are those
    of several values; without any these are field and current: the phase diagram.

    Without a temperature there is no noise; a magnet on its axis would feel no torque, and starts at the thermal angle
    :math:`\theta_0` to it, :math:`\theta_0^2 = (1 + H_k / H_\mathrm{hard}) / 2 \Delta`. With one, noisy trajectories
    start there, and the share that has switched is told. In long pulses a current along the easy axis switches from

    .. math:: I_c(H) = I_{c0} \left(1 \pm \frac{2 H}{H_k + H_\mathrm{hard}}\right)

    on, with plus where the field holds the state. Without current a field switches from :math:`H_k` on; a uniaxial
    magnet can be held beyond it by a current, for the line goes on. A pulse of the width :math:`w` needs
    less than :math:`(\tau / w) \ln(\sqrt2 / \theta_0)` of :math:`I_{c0}` more, with the time :math:`\tau` in which a
    precession decays: 2 % at the default width. The tilt lowers the threshold of an endless one to about
    :math:`\cos\theta_0` of it. Where the torque falls with the angle, as that of tunnelling from the antiparallel
    state does, a field that holds strongly lets the magnet precess from the line on, and reverse at a larger current.

    A device that is written by another branch, as by the line of a spin-orbit torque, is mapped over that branch's
    current and a field along the line. The threshold of a perpendicular one, dashed, is that of a slow rise
    (:mod:`synaspice.characterization.benches.maps.spin_orbit`): a pulse of steep edges switches it below with little
    damping.

    Returns
    -------
    pandas.DataFrame
        One row per start and point: ``start``, the quantities ``current`` [A] or ``voltage`` [V], ``field`` [A/m] and
        ``width`` [s], ``trajectories``, ``undecided``: those that were between the states after the rest, ``switched``,
        ``probability``: share of the decided ones that has switched (NaN without any), and ``lower`` and ``upper``, its
        bounds of 95 % confidence (Wilson; without noise the share itself). ``attrs`` has ``map``, the two quantities,
        ``drive``, ``tilt`` [rad], for a spin-orbit torque ``spin_orbit_line``, and where the line above holds
        ``critical_currents`` [A], and ``mean_hold`` and ``hold``, its denominator's half and H_k, with the sign of the
        field that holds each state [A/m].

    Raises
    ------
    ParameterError
        If the device has no magnetisation that turns as a whole or no field along the axis, if other than two
        quantities have several values, or an argument makes no sense.
    UnknownNameError
        If there is no such state.

    References
    ----------
    J. Z. Sun, Phys. Rev. B 62, 570 (2000), doi:10.1103/PhysRevB.62.570.
    """
    device, kelvin = in_surroundings(device, temperature)
    if not isinstance(device, Macrospin):
        raise ParameterError(f"{device.model_name()} has no magnetisation that turns as a whole")
    writing = device.protocol(Writing)
    if sum(values is not None for values in (voltage, current, amplitude)) > 1 or (
        quantity is not None and (voltage is not None or current is not None)
    ):
        raise ParameterError("give currents, voltages or amplitudes of a quantity, not both")
    own_drive = _drive(device, quantity) if voltage is None and current is None else None
    drive = own_drive or ("current" if voltage is None else "voltage")
    easy = device.axes_by_pull()[-1]
    along = axis or ("x" if drive.startswith("line_") and easy == "z" else easy)
    name = field_of(device, along)
    starts = chosen_states(device, states)
    noisy = temperature is not None
    angle = thermal_tilt(device) if tilt is None else positive("the tilt", tilt, "rad")
    if angle > 0.5:
        raise ParameterError(f"a tilt of {angle:g} rad is no start in a state: give one up to 0.5 rad")
    unit = unit_of_quantity(device, drive)
    values = next((values for values in (voltage, current, amplitude) if values is not None), None)
    given = {drive: values, "field": field, "width": width}
    grid = _grid(device, writing, given, drive, name, angle)
    chosen = [quantity for quantity, values in grid.items() if len(values) > 1]
    if len(chosen) != 2:
        raise ParameterError(
            f"a map has two quantities of several values each, not {len(chosen)}"
            f"{': ' + ', '.join(chosen) if chosen else ''}; give {drive}, field and width, two of them as ranges"
        )
    require_bearable(device, drive, grid[drive])
    points = list(itertools.product(*grid.values()))
    number = len(points) * len(starts)
    require_memory(number, "points of a map", 3 * row_size(device))
    warn_of_limits(device)
    if noisy:
        check_seed(seed, checkpoint)
    # Without noise a seed is no part of what was asked for.
    seeds = np.random.SeedSequence(seed if noisy else 0).generate_state(number).tolist()
    common: dict[str, Any] = {"source": drive, "input_name": name, "coordinate": writing.coordinate}
    common |= {"temperature": kelvin if noisy else None, "trajectories": int(trajectories) if noisy else 1}
    size = 1 if noisy else PIECE
    pieces = []
    for k, overrides in enumerate(starts.values()):
        begun = device.replace(**tilted(device, overrides, angle))
        for first in range(0, len(points), size):
            own = seeds[k * len(points) + first]
            pieces.append(common | {"device": begun, "points": points[first : first + size], "seed": own})
    description = describe(device, **common, points=points, states=starts, tilt=angle, seeds=seeds, bench="map")
    results = compute_pieces(
        _mapped, pieces, description=description, checkpoint=checkpoint, progress="points" if progress else None
    )
    counts = np.concatenate([np.asarray(result["counts"]).reshape(-1, 2) for result in results])
    found = pd.DataFrame([[start, *point] for start in starts for point in points], columns=["start", *grid])
    columns = _columns(found, counts, common["trajectories"], noisy, (drive, unit), along)
    attributes: dict[str, Any] = {"bench": "switching-map", "engine": "numeric", "map": chosen, "axis": along}
    attributes["drive"] = drive
    if drive == "line_current" and along == "x" and (line := line_of_spin_orbit_torque(device)):
        attributes["spin_orbit_line"] = line
    attributes |= {"temperature": kelvin if noisy else None, "seed": seed if noisy else None, "tilt": angle}
    attributes |= _threshold(device, writing, easy) if drive == "current" and along == easy else {}
    return device_table(device, columns, **attributes)


def _grid(
    device: Any, writing: Writing, given: Mapping[str, Any], drive: str, name: str, tilt: float
) -> dict[str, list[float]]:
    """Values of the three quantities: those given, and the default of others, as a range if the map needs one."""
    units = {drive: unit_of_quantity(device, drive), "field": "A/m", "width": "s"}
    values = {
        quantity: None if value is None else reals(f"{quantity}s", value, units[quantity]).tolist()
        for quantity, value in given.items()
    }
    several = sum(value is not None and len(value) > 1 for value in values.values())
    # The drive first, then the field, until there are two.
    for quantity in (drive, "field"):
        if values[quantity] is None:
            if several < 2:
                values[quantity] = _range(device, writing, quantity)
                several += 1
            else:
                values[quantity] = [0.0 if quantity == drive else float(device.values[name])]
    if values["width"] is None:
        decay = device.precession_decay
        wide = np.geomspace(decay, WIDEST * decay, POINTS).tolist()
        values["width"] = wide if several < 2 else [long_width(device, tilt)]
    return {quantity: value for quantity, value in values.items() if value is not None}


def _range(device: Any, writing: Writing, quantity: str) -> list[float]:
    shares = np.linspace(-REACH, REACH, POINTS)
    if quantity == "field":
        return [float(share * device.anisotropy_field) for share in shares]
    if quantity not in ("current", "voltage"):
        suggested = device.protocol(Switching)
        if suggested.quantity != quantity:
            raise ParameterError(f"give the range of the amplitudes: the device suggests none for {quantity}")
        return [float(share / 3 * max(map(abs, suggested.amplitudes))) for share in shares]
    largest = max(abs(value) for value in writing.critical_currents.values())
    if not 0 < largest < np.inf:
        raise ParameterError(f"{device!r} has no critical current: give the range of the {quantity}s")
    size = largest if quantity == "current" else abs(voltage_at_current(device, largest))
    return [float(share * size) for share in shares]


def _mapped(
    device: Any,
    source: str,
    input_name: str,
    coordinate: str,
    temperature: float | None,
    trajectories: int,
    points: list[tuple[float, float, float]],
    seed: int,
) -> dict[str, Any]:
    """Of the trajectories at each point, how many have switched, and how many are in neither state."""
    begin = float(device.static()[coordinate])
    own = float(device.values[input_name])
    rest = REST * device.precession_decay
    finals = np.empty((len(points), trajectories))
    widths = np.array([width for _, _, width in points])
    for width in np.unique(widths).tolist():
        rows = np.flatnonzero(widths == width).tolist()
        drives = [pulse(0.0, points[k][0], width) for k in rows]
        fields = [pulse(own, points[k][1], width) for k in rows]
        total = pulse(0.0, 1.0, width).rise + width + rest
        if temperature is None:
            table = simulate_many(
                device, drives, total, source=source, inputs={input_name: fields}, times=[0.0, total],
                rtol=TOLERANCE, atol=TOLERANCE,
            )  # fmt: skip
            finals[rows, 0] = table[coordinate].to_numpy()[1::2]
            continue
        for row, drive, field in zip(rows, drives, fields, strict=True):
            noise: dict[str, Any] = {"temperature": temperature, "trajectories": trajectories, "seed": seed}
            run = device.ensemble(drive, total, source=source, inputs={input_name: field}, **noise)
            finals[row] = run.final()[coordinate].to_numpy()
    undecided = np.abs(finals) < TOLD
    switched = ~undecided & (finals * begin < 0)
    return {"counts": np.column_stack([switched.sum(axis=1), undecided.sum(axis=1)])}


def _columns(
    found: pd.DataFrame, counts: FloatArray, trajectories: int, noisy: bool, driven: tuple[str, str], axis: str
) -> dict[str, Any]:
    drive, unit = driven
    switched, undecided = counts.astype(int).T
    decided = trajectories - undecided
    with np.errstate(invalid="ignore"):
        share = np.where(decided > 0, switched / decided, np.nan)
    bounds = np.column_stack([share, share])
    if noisy:
        for row, (some, all_of_them) in enumerate(zip(switched.tolist(), decided.tolist(), strict=True)):
            bounds[row] = wilson_interval(some, all_of_them) if all_of_them else (0.0, 1.0)
    return {
        "start": (found["start"], "", "state before the pulse"),
        drive: (found[drive], unit, f"{drive.replace('_', ' ')} of the pulse"),
        "field": (found["field"], "A/m", f"external field along {axis} during the pulse"),
        "width": (found["width"], "s", "width of the pulse"),
        "trajectories": (np.full(len(found), trajectories), "1", "number of trajectories"),
        "undecided": (undecided, "1", "number of them that were between the states after the rest"),
        "switched": (switched, "1", "number of them that had switched"),
        "probability": (share, "1", "share of the decided ones that had switched"),
        "lower": (bounds[:, 0], "1", "lower bound of the probability, 95 % confidence (Wilson)"),
        "upper": (bounds[:, 1], "1", "upper bound of the probability, 95 % confidence (Wilson)"),
    }


def _threshold(device: Any, writing: Writing, easy: str) -> dict[str, Any]:
    """What the line of the critical current over the field is made of, if it holds for the device."""
    along = float(device.derived[f"reference_layer_{easy}"])
    others = [device.values.get(f"field_{axis}", 0.0) for axis in AXES if axis != easy]
    bent = ["vcma_coefficient", "field_like_efficiency", "field_like_per_square_volt"]
    line = abs(along) > 1 - 1e-9 and not any(others) and not any(device.values.get(name, 0.0) for name in bent)
    if not line or device.options.get("torque") == "constant-torkance":
        return {}
    first, second = device.reference_states()
    mean = (device.anisotropy_field + device.hard_axis_field) / 2
    return {
        "critical_currents": {first: writing.critical_currents[second], second: writing.critical_currents[first]},
        "mean_hold": {first: along * mean, second: -along * mean},
        "hold": {first: along * device.anisotropy_field, second: -along * device.anisotropy_field},
    }
