"""Write-error map: the error rate of a pulse over two of its amplitude, its width, the temperature and a field."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import device_table
from ....devices.core.protocols import Switching, Writing
from ....devices.core.validity import warn_of_limits
from ....devices.language.array_checks import reals
from ....devices.language.checks import instance
from ....devices.language.errors import ParameterError
from ....devices.language.memory import require_memory, table_size
from ....devices.model import CompactModel
from ....devices.physics.macrospin import Macrospin
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...arguments import Checkpoint, Name, Progress, Range, Seed, Whole, reference_states
from ...bench import bench
from ...fields import AXES, field_of
from ...rare_events.axial_magnet import from_reference_state
from ...resumable import check_seed, compute_pieces, describe
from ..pulses import PulseRequest, require_bearable
from ..write_error import METHODS, Pulses, critical_amplitude

#: Overdrives and widths (in decays of a precession) of a default range.
OVERDRIVES, DECAYS = tuple(np.linspace(1.25, 3.0, 15).tolist()), tuple(np.linspace(1.0, 20.0, 39).tolist())
#: Errors whose lines are drawn.
LEVELS = (1e-3, 1e-6, 1e-9)
UNITS = {"current": "A", "voltage": "V", "width": "s", "temperature": "K", "field": "A/m"}


@bench(needs=(Switching, Writing), long=True, name="write-error-map")
def write_error_map(
    device: CompactModel,
    *,
    current: Annotated[
        ArrayLike | None, Range("A", "currents of the pulse; default: 1.25 to 3 times the critical one")
    ] = None,
    voltage: Annotated[ArrayLike | None, Range("V", "voltages of the pulse, instead of currents")] = None,
    width: Annotated[
        ArrayLike | None, Range("s", "widths of the pulse; default: up to twenty decays of a precession", positive=True)
    ] = None,
    temperature: Annotated[
        ArrayLike | None,
        Range("K", "temperatures of the surroundings and of the noise; default: that of the device", positive=True),
    ] = None,
    field: Annotated[
        ArrayLike | None,
        Range("A/m", "constant fields along the easy axis, before the pulse too; default: that of the device"),
    ] = None,
    method: Annotated[
        str | None,
        Name(
            "fokker-planck or splitting; default: the former if it suits the junction",
            choices=("fokker-planck", "splitting"),
        ),
    ] = None,
    start: Annotated[
        str | None, Name("reference state before the pulse; default: the device's suggestion", of=reference_states)
    ] = None,
    end: Annotated[
        str | None, Name("reference state of a written device; default: the device's suggestion", of=reference_states)
    ] = None,
    walkers: Annotated[int, Whole("weighted trajectories in a replica of splitting", 2)] = 512,
    replicas: Annotated[int, Whole("independent replicas of splitting", 2)] = 8,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
    progress: Progress = False,
) -> pd.DataFrame:
    r"""Map the write error rate over two of a pulse's amplitude, its width, the temperature and a field, below 1e-9.

    An error is what the bench ``write-error`` takes for one: a magnetisation that was in thermal equilibrium, and is on
    the same side of the equator at the end of a rectangular pulse. The two quantities of the map are those of several
    values; others have one. The Fokker-Planck equation gives all widths of a pulse in one run; devices that are not
    symmetric about their axis take weighted trajectories.

    Where the width is on the map, the width at which the error is 1e-3, 1e-6 and 1e-9 follows from it
    (:func:`iso_error_widths`). For a torque that does not depend on the angle, and without field, Butler's closed form
    has it at

    .. math:: \frac{w}{\tau} = \frac{1}{2 (i - 1)} \ln\left\{\frac1i \left[1 +
        \frac{\pi^2 \Delta (i - 1)}{-4 \ln(1 - P)}\right]\right\}

    Returns
    -------
    pandas.DataFrame
        One row per point: the quantities ``current`` [A] or ``voltage`` [V], ``width`` [s], ``temperature`` [K],
        ``field`` [A/m]; ``probability`` of an error, ``lower`` and ``upper`` (error of the grid, or 95 % confidence).
        ``attrs`` has ``map``, the two quantities, ``method``, the ``axis`` of the field, and of a map over current
        and width what the closed form takes: ``critical``, ``decay`` [s] and ``stability``.

    Raises
    ------
    ParameterError
        If other than two quantities have several values, the device has no magnetisation that turns as a whole or no
        critical current, or the method does not suit it.
    UnknownNameError
        If there is no such state or method.
    """
    if not isinstance(device, Macrospin):
        raise ParameterError(f"{device.model_name()} has no magnetisation that turns as a whole")
    device.protocol(Switching), device.protocol(Writing)
    if voltage is not None and current is not None:
        raise ParameterError("give currents or voltages, not both")
    drive = "current" if voltage is None else "voltage"
    easy = device.axes_by_pull()[-1]
    name = field_of(device, easy)
    request = PulseRequest.of(device, start, end, drive, None, [1e-9])
    given = {drive: current if voltage is None else voltage, "width": width, "temperature": temperature, "field": field}
    grid = _grid(device, request, given, drive, name)
    require_bearable(request.at(request.start), drive, grid[drive])
    chosen = [quantity for quantity, values in grid.items() if len(values) > 1]
    if len(chosen) != 2:
        raise ParameterError(
            f"a map has two quantities of several values each, not {len(chosen)}"
            f"{': ' + ', '.join(chosen) if chosen else ''}; give {drive}, width, temperature and field, two of them as "
            "ranges"
        )
    points = [*itertools.product(grid[drive], grid["temperature"], grid["field"])]
    require_memory(len(points) * len(grid["width"]), "points of a map", table_size(8))
    warn_of_limits(device)
    how = _method(method, request, grid, name)
    if how == "splitting":
        check_seed(seed, checkpoint)
    seeds = np.random.SeedSequence(seed if how == "splitting" else 0).generate_state(len(points)).tolist()
    common: dict[str, Any] = {"field_name": name, "method": how, "quantity": drive}
    common |= {"start": request.start, "end": request.end, "widths": grid["width"]}
    common |= {"walkers": int(walkers), "replicas": int(replicas)}
    results = compute_pieces(
        _errors,
        [common | {"device": device, "point": point, "seed": own} for point, own in zip(points, seeds, strict=True)],
        description=describe(device, **common, points=points, seeds=seeds, bench="write-error-map"),
        checkpoint=checkpoint,
        progress="pulses" if progress else None,
    )
    rows = [
        [level, long, kelvin, size, *bounds]
        for (level, kelvin, size), result in zip(points, results, strict=True)
        for long, bounds in zip(grid["width"], np.asarray(result["estimates"]).tolist(), strict=True)
    ]
    found = pd.DataFrame(rows, columns=[drive, "width", "temperature", "field", "probability", "lower", "upper"])
    bound = "bound of the probability: error of the grid, or 95 % confidence"
    columns: dict[str, Any] = {
        drive: (found[drive], UNITS[drive], "amplitude of the pulse"),
        "width": (found["width"], "s", "width of the pulse"),
        "temperature": (found["temperature"], "K", "temperature"),
        "field": (found["field"], "A/m", f"external field along {easy}"),
        "probability": (found["probability"], "1", "probability that the pulse does not switch"),
        "lower": (found["lower"], "1", f"lower {bound}"),
        "upper": (found["upper"], "1", f"upper {bound}"),
    }
    attributes: dict[str, Any] = {"bench": "write-error-map", "engine": "numeric", "map": chosen, "axis": easy}
    attributes |= {"method": how, "seed": seed if how == "splitting" else None, "start": request.start}
    attributes["end"] = request.end
    kelvins = grid["temperature"]
    attributes |= {"temperature": kelvins[0]} if len(kelvins) == 1 else {"temperatures": kelvins}
    if set(chosen) == {drive, "width"} and how == "fokker-planck" and grid["field"] == [0.0]:
        settled = in_surroundings(device, kelvins[0])[0]
        own = PulseRequest.of(settled, request.start, request.end, drive, None, [1e-9])
        attributes |= {"critical": critical_amplitude(own), "stability": float(settled.derived["thermal_stability"])}
        attributes["decay"] = float(settled.precession_decay * (1 + settled.damping**2))
    return device_table(device, columns, **attributes)


def iso_error_widths(table: pd.DataFrame, levels: Sequence[float] = LEVELS) -> pd.DataFrame:
    """Widths at which the error of a map has given values, over the map's other quantity.

    Between two widths of the map the logarithm of the error is taken for straight.

    Parameters
    ----------
    table : pandas.DataFrame
        A table of :func:`write_error_map` over the width.
    levels : sequence of float
        Error rates.

    Returns
    -------
    pandas.DataFrame
        Columns ``level``, the other quantity, and ``width`` [s], which is NaN where the map does not reach the level.

    Raises
    ------
    ParameterError
        If the table is no such map, or a level no error rate.
    """
    instance("the table", table, pd.DataFrame, "a table of write-error-map")
    if "width" not in table.attrs.get("map", ()) or "probability" not in table:
        raise ParameterError("lines of equal error take a map of write-error-map over the width")
    (other,) = (quantity for quantity in table.attrs["map"] if quantity != "width")
    rates = reals("levels", levels)
    if not np.all((rates > 0) & (rates < 1)):
        raise ParameterError("levels are error rates between 0 and 1")
    rows = []
    for value, part in table.groupby(other, sort=True):
        ordered = part.sort_values("width")
        logarithms = np.log(np.maximum(ordered["probability"].to_numpy(), 1e-300))
        widths = ordered["width"].to_numpy()
        for rate in rates.tolist():
            below = np.flatnonzero(logarithms <= math.log(rate))
            k = int(below[0]) if len(below) else 0
            between = math.nan
            if k > 0:
                share = (logarithms[k - 1] - math.log(rate)) / (logarithms[k - 1] - logarithms[k])
                between = float(widths[k - 1] + share * (widths[k] - widths[k - 1]))
            rows.append([rate, value, between])
    return pd.DataFrame(rows, columns=["level", other, "width"])


def _grid(device: Any, request: PulseRequest, given: dict[str, Any], drive: str, name: str) -> dict[str, list[float]]:
    """Values of the four quantities: those given; of others the device's, or a range of drive, then of width."""
    grid: dict[str, list[float]] = {
        quantity: np.unique(reals(f"{quantity}s", values, UNITS[quantity])).tolist()
        for quantity, values in given.items()
        if values is not None
    }
    several = sum(len(values) > 1 for values in grid.values())
    critical = critical_amplitude(request)
    ranges = {
        drive: [critical * share for share in OVERDRIVES],
        "width": [device.precession_decay * number for number in DECAYS],
    }
    for quantity, usual in ranges.items():
        if quantity in grid:
            continue
        if quantity == drive and not math.isfinite(critical):
            raise ParameterError(f"{device!r} has no finite critical current to {request.end!r}: give the {drive}s")
        middle = usual[len(usual) // 2]
        grid[quantity] = usual if several < 2 else [middle]
        several += several < 2
    grid.setdefault("temperature", [float(device.temperature)])
    grid.setdefault("field", [float(device.values[name])])
    return {quantity: grid[quantity] for quantity in (drive, "width", "temperature", "field")}


def _placed(device: CompactModel, field_name: str, field: float) -> CompactModel:
    return device.replace(**{field_name: field})


def _method(method: str | None, request: PulseRequest, grid: dict[str, list[float]], name: str) -> str:
    """The method asked for, or the one that suits the device."""
    if method == "splitting":
        return method
    others = [axis for axis in AXES if request.device.values.get(f"field_{axis}") and f"field_{axis}" != name]
    try:
        if others:
            raise ParameterError(f"the Fokker-Planck equation takes no field along {others[0]}")
        there = _placed(request.device, name, max(grid["field"], key=abs))
        magnet = from_reference_state(there, request.start, request.quantity, grid["temperature"][0])
        magnet.drift_and_diffusion(np.array([1.0]), 0.0)
    except ParameterError:
        if method is not None:
            raise
        return "splitting"
    return "fokker-planck"


def _errors(
    device: CompactModel,
    field_name: str,
    method: str,
    quantity: str,
    start: str,
    end: str,
    widths: list[float],
    walkers: int,
    replicas: int,
    point: tuple[float, float, float],
    seed: int,
) -> dict[str, Any]:
    """Error rates of all widths at an amplitude, a temperature and a field."""
    level, kelvin, field = point
    settled, _ = in_surroundings(_placed(device, field_name, field), kelvin)
    request = PulseRequest.of(settled, start, end, quantity, widths)
    pulses = Pulses(request, level, math.nan, kelvin, None, seed, 0, walkers, replicas)
    return {"estimates": [[found.value, found.lower, found.upper] for found in METHODS[method](pulses)]}
