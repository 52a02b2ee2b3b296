"""Pulse shape: how the write error depends on the edges of a pulse, and on what comes before or between."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.distributions import wilson_interval
from ....devices.core.metadata import device_table
from ....devices.core.protocols import Switching, Writing
from ....devices.core.validity import warn_of_limits
from ....devices.language.array_checks import reals
from ....devices.language.checks import known, positive
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import PiecewiseLinear
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ....devices.simulation.ensembles.plan import CHUNK
from ....devices.simulation.numerics.threads import in_chunks
from ...arguments import Checkpoint, Choice, Name, Names, Progress, Quantity, Range, Seed, Surroundings, Whole
from ...arguments import reference_states as states_of
from ...bench import bench
from ...rare_events.axial_magnet import from_reference_state
from ...rare_events.event import RareEvent
from ...rare_events.shaped_pulses import still_there_after
from ...resumable import check_seed, compute_pieces, describe
from ..pulses import PulseRequest, require_bearable
from ..write_error import PULSED, critical_amplitude

#: Width by default in decays of a precession.
LONG = 8.0
#: Edges by default, in widths of the pulse.
EDGES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
#: Shortest edge of a waveform over the width of the pulse: a jump.
JUMP = 1e-6
#: Points of a Gaussian pulse, and where it begins and ends, in widths at half its height.
GAUSSIAN, REACH = 41, 1.5
#: Part of the amplitude and of the width that precharge takes, and pause between the halves of a double pulse.
PRECHARGE, PAUSE = 0.5, 0.5


def trapezoid(amplitude: float, width: float, edge: float, keep: str) -> tuple[list[float], list[float]]:
    """Corners of a pulse with edges of a length: of the same charge, or with the same flat top [s, V or A]."""
    edge = max(edge, JUMP * width)
    top = width - edge if keep == "charge" else width
    # The jump's edges belong to the pulse, so that its area is that of its width.
    return [0.0, edge, edge + top, 2 * edge + top], [0.0, amplitude, amplitude, 0.0]


def _gaussian(amplitude: float, width: float, edge: float, keep: str) -> tuple[list[float], list[float]]:
    spread = width / (2 * math.sqrt(math.log(2) / math.pi)) if keep == "charge" else width
    times = np.linspace(-REACH, REACH, GAUSSIAN) * spread
    values = amplitude * np.exp(-4 * math.log(2) * (times / spread) ** 2)
    if keep == "charge":
        values *= abs(amplitude) * width / float(np.trapezoid(np.abs(values), times))
    return (times - times[0]).tolist(), values.tolist()


def _double(amplitude: float, width: float, edge: float, keep: str) -> tuple[list[float], list[float]]:
    times, values = trapezoid(amplitude, width / 2, edge, "charge")
    later = times[-1] + PAUSE * width
    return [*times, *(later + t for t in times)], [*values, *values]


def _precharge(amplitude: float, width: float, edge: float, keep: str) -> tuple[list[float], list[float]]:
    """A lower level before the pulse, which is so much shorter as keeps the charge, or is as long."""
    before, low = PRECHARGE * width, PRECHARGE * amplitude
    main = width - PRECHARGE * before if keep == "charge" else width
    times, values = trapezoid(amplitude, main, edge, "charge")
    first = max(edge, JUMP * width)
    start = first + before - times[1] * (1 - PRECHARGE) / 2
    rise = times[1] * (1 - PRECHARGE)
    rest = [start + rise + t - times[1] for t in times[2:]]
    return [0.0, first, start, start + rise, *rest], [0.0, low, low, amplitude, *values[2:]]


#: Shapes by name; those of the second set have no edges to vary.
SHAPES: dict[str, Callable[[float, float, float, str], tuple[list[float], list[float]]]] = {
    "trapezoid": trapezoid,
    "gaussian": _gaussian,
    "double": _double,
    "precharge": _precharge,
}
KEPT = ("charge", "top")


@bench(needs=(Switching, Writing), long=True, name="pulse-shape", gallery=lambda device: {"pulse-shape": {"seed": 1}})
def pulse_shape(
    device: CompactModel,
    *,
    shapes: Annotated[str | Sequence[str] | None, Names("shapes; default: all", choices=tuple(SHAPES))] = None,
    edge: Annotated[
        ArrayLike | None, Range("s", "lengths of the trapezoid's edges; default: none to the width of the pulse")
    ] = None,
    keep: Annotated[
        str, Choice(KEPT, "what a pulse with edges shares with the rectangular one, its charge or its flat top")
    ] = "charge",
    quantity: Annotated[
        str | None,
        Name("what the pulse imposes: current or voltage; default: the device's suggestion", choices=PULSED),
    ] = None,
    overdrive: Annotated[float, Quantity("1", "amplitude in units of the critical one", positive=True)] = 2.0,
    width: Annotated[
        float | None, Quantity("s", "width of the rectangular pulse; default: eight decays of a precession")
    ] = None,
    method: Annotated[
        str | None,
        Name(
            "fokker-planck or ensemble; default: the former if it suits the junction",
            choices=("fokker-planck", "ensemble"),
        ),
    ] = None,
    start: Annotated[
        str | None, Name("reference state before the pulse; default: the device's suggestion", of=states_of)
    ] = None,
    end: Annotated[
        str | None, Name("reference state of a written device; default: the device's suggestion", of=states_of)
    ] = None,
    trajectories: Annotated[int, Whole("trajectories per pulse of the ensemble", 1)] = 10_000,
    temperature: Surroundings = None,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
    progress: Progress = False,
) -> pd.DataFrame:
    r"""Measure how the write error depends on the shape of the pulse.

    The rectangular pulse of amplitude :math:`a` and width :math:`w` is compared with others. A trapezoid rises and
    falls in an edge of the length :math:`e`; with the same charge :math:`a w` its top is :math:`w - e` long, with the
    same top its charge is :math:`a (w + e)`. A Gaussian has its width at half its height, or the charge. A double pulse
    is two halves with a pause of :math:`w / 2`; a precharge is a level of :math:`a / 2` for :math:`w / 2` before the
    pulse. The magnet is in thermal equilibrium before, and is looked at when the pulse has ended: an error is one on
    the same side of the equator.

    Edges of no length are those of the bench ``write-error``. While the tilt is small its mean square grows from the
    thermal one, in units of that and of the decay :math:`\tau` of a precession, as

    .. math:: \tau \dot g = 2 (i - 1)\, g + 2, \qquad P \approx 1 - \exp\left[-\frac{\pi^2 \Delta}{4\, g}\right]

    with the largest :math:`g`. For a rectangle that is Butler's closed form; for other shapes it follows in the same
    way. With a torque that does not depend on the angle it is an upper bound, as that one is for small overdrives,
    which the end of a falling edge has: three times too large for i = 3 and edges of half the width
    (:func:`~synaspice.characterization.benches.write_error.butler_write_error`). Below the critical current nothing
    grows, so that of pulses of the same charge that with steep edges has the fewest errors.

    Returns
    -------
    pandas.DataFrame
        One row per shape and edge: ``shape``, ``edge`` [s] (NaN without one), ``duration`` [s], ``charge`` over that of
        the rectangular pulse, ``growth``: the largest :math:`g`, ``probability`` of an error, ``lower`` and ``upper``
        (error of grid and steps; of the ensemble 95 % confidence), and ``closed_form``. ``attrs`` has the ``method``
        and the ``rectangle``'s probability.

    Raises
    ------
    ParameterError
        If an edge is negative or, at the same charge, longer than the pulse (of a double one than its half); if the
        device has no critical current, or the method does not suit it.
    UnknownNameError
        If there is no such shape, method or state.
    """
    device, kelvin = in_surroundings(device, temperature)
    device.protocol(Switching), device.protocol(Writing)
    if kelvin == 0:
        raise ParameterError("without noise there are no write errors: give a temperature above 0 K")
    request = PulseRequest.of(device, start, end, quantity, width, [LONG * float(device.precession_decay)])  # type: ignore[attr-defined]
    long = request.widths[0]
    critical = critical_amplitude(request)
    if not math.isfinite(critical):
        raise ParameterError(f"{device!r} has no finite critical current to the state {request.end!r}")
    require_bearable(request.at(request.start), request.quantity, overdrive * critical)
    chosen = [shapes] if isinstance(shapes, str) else list(shapes or SHAPES)
    edges = np.array(EDGES) * long if edge is None else np.unique(reals("edges", edge, "s"))
    most = long if keep == "charge" else math.inf
    if edges.min() < 0 or edges.max() > most * (1 + 1e-12):
        raise ParameterError(f"an edge lies between 0 and {most:g} s, the width of a pulse of the same charge")
    how = method and known("method", method, ("fokker-planck", "ensemble"))
    if how != "ensemble":
        try:
            magnet = from_reference_state(device, request.start, request.quantity, kelvin, request.inputs)
            magnet.drift_and_diffusion(np.array([1.0]), 0.0)
            how = "fokker-planck"
        except ParameterError:
            if how:
                raise
            how = "ensemble"
    warn_of_limits(device)
    check_seed(seed, checkpoint)
    pulses: list[tuple[str, float, list[float], list[float]]] = [
        ("rectangle", 0.0, *trapezoid(overdrive * critical, long, 0.0, keep))
    ]
    for name in [known("shape", name, SHAPES) for name in chosen]:
        for length in edges.tolist() if name == "trapezoid" else [0.0]:
            times, values = SHAPES[name](overdrive * critical, long, min(length, (1 - JUMP) * most), keep)
            pulses.append((name, length if name == "trapezoid" else math.nan, times, values))
    seeds = np.random.SeedSequence(seed).generate_state(len(pulses)).tolist()
    common = {"request": request, "kelvin": kelvin, "method": how, "trajectories": int(trajectories)}
    results = compute_pieces(
        _failed,
        [common | {"times": t, "values": v, "seed": s} for (_, _, t, v), s in zip(pulses, seeds, strict=True)],
        description=describe(device, **common, pulses=pulses, seeds=seeds, bench="pulse-shape"),
        checkpoint=checkpoint,
        progress="pulses" if progress else None,
    )
    found = np.array([result["estimate"] for result in results])
    decay = float(device.precession_decay * (1 + device.damping**2))  # type: ignore[attr-defined]
    told = [_measures(t, np.array(v) / critical, overdrive * long, decay) for _, _, t, v in pulses]
    durations, charges, growth = np.array(told).T
    closed = -np.expm1(-(math.pi**2) * float(device.derived["thermal_stability"]) / 4 / growth)
    bound = "bound of the probability: error of grid and steps, or 95 % confidence"
    keep_rows = slice(1, None)
    columns: dict[str, Any] = {
        "shape": (np.array([name for name, *_ in pulses])[keep_rows], "", "shape of the pulse"),
        "edge": (np.array([length for _, length, *_ in pulses])[keep_rows], "s", "length of its edges"),
        "duration": (durations[keep_rows], "s", "time from its beginning to its end"),
        "charge": (charges[keep_rows], "1", "its integral over that of the rectangular pulse"),
        "growth": (growth[keep_rows], "1", "largest mean square of a small tilt over the thermal one"),
        "probability": (found[keep_rows, 0], "1", "probability that the pulse does not switch"),
        "lower": (found[keep_rows, 1], "1", f"lower {bound}"),
        "upper": (found[keep_rows, 2], "1", f"upper {bound}"),
        "closed_form": (closed[keep_rows], "1", "the probability by the growth of a small tilt"),
    }
    attributes: dict[str, Any] = {"bench": "pulse-shape", "engine": "numeric", "temperature": kelvin, "method": how}
    attributes |= {"seed": seed if how == "ensemble" else None, "overdrive": overdrive, "width": long, "keep": keep}
    attributes |= {"start": request.start, "end": request.end, "rectangle": float(found[0, 0])}
    return device_table(device, columns, **attributes)


def _measures(times: list[float], overdrives: np.ndarray, charge: float, decay: float) -> list[float]:
    """Length of a pulse [s], its charge over another, and the largest mean square of a small tilt."""
    fine = np.unique(np.concatenate([np.linspace(0.0, times[-1], 20_001), times]))
    values = np.interp(fine, times, overdrives)
    steps = np.diff(fine)
    exponent = np.concatenate([[0.0], np.cumsum((values[1:] + values[:-1] - 2) * steps)]) / decay
    fed = np.exp(-exponent)
    noise = np.concatenate([[0.0], np.cumsum((fed[1:] + fed[:-1]) * steps)]) / decay
    return [
        times[-1],
        float(np.trapezoid(values, fine)) / charge,
        float(np.exp(np.minimum(np.max(exponent + np.log1p(noise)), 700.0))),
    ]


def _failed(
    request: PulseRequest,
    kelvin: float,
    method: str,
    trajectories: int,
    times: list[float],
    values: list[float],
    seed: int,
) -> dict[str, Any]:
    """The probability that a pulse fails, with its bounds."""
    pulse, length = PiecewiseLinear(tuple(times), tuple(values)), positive("the duration", times[-1], "s")
    if method == "fokker-planck":
        magnet = from_reference_state(request.device, request.start, request.quantity, kelvin, request.inputs)
        there = still_there_after(magnet, pulse, length)
        return {"estimate": [there.value, there.lower, there.upper]}
    begin, coordinate = request.at(request.start), request.device.protocol(Writing).coordinate
    rising = bool(begin.static()[coordinate] > 0)
    common: dict[str, Any] = {"inputs": request.inputs, "temperature": kelvin, "seed": seed}
    event = RareEvent(begin, pulse, [length], coordinate, 0.0, rising=rising, source=request.quantity, **common)
    task = event.task(trajectories)
    failed = int(sum(in_chunks(range(trajectories), task.count, size=CHUNK), np.zeros(1, dtype=int))[0])
    return {"estimate": [failed / trajectories, *wilson_interval(failed, trajectories)]}
