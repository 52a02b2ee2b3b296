"""Switching probability of a device against amplitude and width of a pulse."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

import numpy as np
import pandas as pd
import sympy as sp
from numpy.typing import ArrayLike

from ...devices.core.base import VALID
from ...devices.core.distributions import wilson_interval
from ...devices.core.metadata import device_table
from ...devices.core.protocols import Compliance, Switching
from ...devices.language.array_checks import reals
from ...devices.language.errors import ParameterError
from ...devices.language.memory import require_memory
from ...devices.language.waveforms.shapes import Pulse
from ...devices.model import CompactModel
from ...devices.simulation.ensembles.noisy_trajectories import in_surroundings, whole_steps
from ...devices.simulation.request import Request
from ..arguments import (
    SWEPT,
    Checkpoint,
    ComplianceCurrent,
    Name,
    Progress,
    Quantity,
    Range,
    Seed,
    Surroundings,
    Whole,
    reference_states,
)
from ..bench import bench
from ..resumable import check_seed, compute_pieces, describe
from ..studies.ensembles import PART, PIECE
from .pulses import PulseRequest, require_bearable

#: Share of a pulse's width that each of its edges takes.
EDGE = 0.01
#: Voltage at which the device is read after the pulse. [V]
READ = 1e-3
#: Times at which a pulse without noise is looked at, for states beyond the range of the model.
LOOKS = 201


@bench(
    needs=(Switching,),
    swept=lambda device, quantity: quantity or device.protocol(Switching).quantity,
    gallery=lambda device: {"switching": {"trajectories": 40, "seed": 1}},
)
def switching(
    device: CompactModel,
    *,
    quantity: Annotated[
        str | None,
        Name(
            "what the pulse imposes: voltage, current, or a branch's voltage or current by name; default: the "
            "device's suggestion",
            of=lambda device: device.imposed_quantities(),
        ),
    ] = None,
    amplitude: Annotated[
        ArrayLike | None, Range(SWEPT, "amplitudes of the pulses; default: the device's suggestion")
    ] = None,
    width: Annotated[ArrayLike | None, Range("s", "widths of the pulses; default: the device's suggestion")] = None,
    start: Annotated[
        str | None, Name("reference state before the pulse; default: the device's suggestion", of=reference_states)
    ] = None,
    end: Annotated[
        str | None, Name("reference state of a switched device; default: the device's suggestion", of=reference_states)
    ] = None,
    relaxation: Annotated[
        float | None,
        Quantity(
            "s",
            "time before the pulse, and between its end and the reading; default: the device's suggestion, or twice "
            "the time scale",
        ),
    ] = None,
    compliance: ComplianceCurrent = None,
    trajectories: Annotated[int, Whole("pulses per point", 1)] = 500,
    temperature: Surroundings = None,
    seed: Seed = None,
    time_step: Annotated[float | None, Quantity("s", "step of the noisy trajectories", positive=True)] = None,
    checkpoint: Checkpoint = None,
    progress: Progress = False,
) -> pd.DataFrame:
    """Measure the switching probability over amplitude and width of a pulse.

    Each trajectory starts in one reference state, comes to thermal equilibrium in it, takes a pulse, rests, and is read
    at 1 mV: it has switched if its conductance is on the other side of the geometric middle between the two reference
    states. Arguments not given follow the device's suggestion. Only the numeric engine has noise in transients.
    A device without noise of its states does the same at every pulse: it takes one; so does one whose source limits the
    current, during which the traps beside a filament stay as they are. Each point has its own seed, derived from the
    one given, so that points do not depend on each other.

    Returns
    -------
    pandas.DataFrame
        Columns ``width`` [s], the quantity, ``trajectories``, ``switched``, ``probability``, and ``lower`` and
        ``upper``, the bounds of its 95 % confidence interval (Wilson).

    Raises
    ------
    ParameterError
        If a number makes no sense, no device bears the amplitude, the reference states cannot be told apart, or the
        current of a device with noisy states shall be limited.
    UnknownNameError
        If a reference state or the quantity does not exist.
    """
    device, kelvin = in_surroundings(device, temperature)
    request, suggested = PulseRequest.of(device, start, end, quantity, width), device.protocol(Switching)
    chosen = request.quantity
    if amplitude is None and chosen != suggested.quantity:
        raise ParameterError(f"give the amplitudes: the device suggests some for {suggested.quantity} only")
    amplitudes = reals("amplitudes", suggested.amplitudes if amplitude is None else amplitude)
    begin = request.at(request.start)
    require_bearable(begin, chosen, amplitudes)
    levels = [float(_conductance(request.at(name))) for name in (request.start, request.end)]
    if abs(levels[1] - levels[0]) <= 1e-9 * abs(levels[0]):
        raise ParameterError(f"the states {request.start!r} and {request.end!r} have the same conductance")
    usual = 2 * device.settling_time if suggested.relaxation is None else suggested.relaxation
    rest = usual if relaxation is None else relaxation
    limit = suggested.compliance.of(compliance)
    if limit.is_limit and _shaken(device):
        raise ParameterError(
            f"the states of {device.model_name()} are noisy, and a compliance belongs to pulses without noise, "
            "of voltage or current; an infinite one limits nothing"
        )
    if limit.is_limit and request.unit != "V":
        raise ParameterError(
            f"a compliance limits the current of a pulsed voltage, and {chosen} is pulsed: pulse the voltage with "
            "quantity='voltage' and amplitude in volts (--quantity voltage --amplitude 0.1:1:10)"
        )
    noisy = not limit.is_limit and _is_random(begin)
    count = int(trajectories) if noisy else 1
    if noisy:
        check_seed(seed, checkpoint)
    number = len(request.widths) * len(amplitudes)
    if noisy:
        pulse, total = _pulse(float(np.max(np.abs(amplitudes))), max(request.widths), rest)
        whole_steps(Request.of(begin, pulse, total, chosen, request.inputs), 1, time_step, count * number)
    require_memory(number * -(-count // PART), f"parts of {PART} pulses", PIECE)
    points = [(w, a) for w in request.widths for a in amplitudes.tolist()]
    root = np.random.SeedSequence(seed if noisy else 0)  # without noise a seed is no part of what was asked for
    seeds = [int(child.generate_state(1)[0]) for child in root.spawn(len(points))]
    common: dict[str, Any] = {"device": begin, "source": chosen, "inputs": dict(request.inputs), "rest": rest}
    common |= {"levels": levels, "temperature": kelvin if noisy else None, "time_step": time_step}
    common["compliance"] = limit
    _warn_of_validity(common, request.widths, amplitudes.tolist())
    pieces = [
        common | {"width": w, "amplitude": a, "seed": own, "trajectories": count, "first": first_of_part}
        for (w, a), own in zip(points, seeds, strict=True)
        for first_of_part in range(0, count, PART)
    ]
    description = describe(**common, points=points, seeds=seeds, trajectories=count, bench="switching")
    results = compute_pieces(
        _switched, pieces, description=description, checkpoint=checkpoint, progress="pulses" if progress else None
    )
    rows = []
    for (w, a), group in zip(points, _groups(results, len(pieces) // len(points)), strict=True):
        switched = sum(int(result["switched"]) for result in group)
        interval = wilson_interval(switched, count)
        lower, upper = interval if noisy else (switched, switched)
        rows.append([w, a, count, switched, switched / count, lower, upper])
    found = pd.DataFrame(rows, columns=["width", chosen, "trajectories", "switched", "probability", "lower", "upper"])
    columns = {
        "width": (found["width"], "s", "width of the pulse"),
        chosen: (found[chosen], request.unit, "amplitude of the pulse"),
        "trajectories": (found["trajectories"], "1", "number of pulses"),
        "switched": (found["switched"], "1", "number of pulses after which the device had switched"),
        "probability": (found["probability"], "1", "share of them"),
        "lower": (found["lower"], "1", "lower bound of the probability, 95 % confidence (Wilson)"),
        "upper": (found["upper"], "1", "upper bound of the probability, 95 % confidence (Wilson)"),
    }
    attributes: dict[str, Any] = {"engine": "numeric", "bench": "switching"}
    attributes |= {"temperature": kelvin, "seed": seed} if noisy else {"temperature": None, "seed": None}
    if limit.is_limit:
        attributes["compliance"] = list(limit.limits)
    return device_table(device, columns, **attributes, swept=chosen, start=request.start, end=request.end)


def _switched(
    device: CompactModel,
    source: str,
    inputs: dict[str, Any],
    rest: float,
    levels: Sequence[float],
    temperature: float | None,
    time_step: float | None,
    compliance: Compliance,
    width: float,
    amplitude: float,
    seed: int,
    trajectories: int,
    first: int,
) -> dict[str, int]:
    """How many of a part of the trajectories of a point have switched."""
    pulse, total = _pulse(amplitude, width, rest)
    if temperature is None:
        drive: dict[str, Any] = {"source": source, "inputs": inputs, "compliance": compliance}
        final = device.simulate(pulse, total, times=[0.0, total], **drive).iloc[[-1]]
    else:
        noise: dict[str, Any] = {"temperature": temperature, "seed": seed, "time_step": time_step}
        run = device.ensemble(pulse, total, source=source, inputs=inputs, trajectories=trajectories, **noise)
        final = run.part(first, min(PART, trajectories - first)).final()
    read = _conductance(device, **{name: final[name].to_numpy() for name in device.state_declarations()})
    middle = np.sqrt(levels[0] * levels[1])
    return {"switched": int(np.count_nonzero((read > middle) == (levels[1] > middle)))}


def _pulse(amplitude: float, width: float, rest: float) -> tuple[Pulse, float]:
    """A pulse with a rest before and after it [s], and the time that all of it takes [s]."""
    edge = EDGE * width
    return Pulse(0.0, amplitude, rest, edge, edge, width - edge), width + edge + 2 * rest


def _shaken(device: CompactModel) -> bool:
    """Whether its states are noisy: a noise that the device's own values make zero is none."""
    values = {sp.Symbol(name, real=True): value for name, value in {**device.values, **device.derived}.items()}
    return any(density.xreplace(values) != 0 for density in device.system.flat.noises.values())


def _is_random(device: CompactModel) -> bool:
    """Whether pulses of a device differ: its states are noisy, or there is a trap that its current feels."""
    if _shaken(device):
        return True
    filled = {name: 1.0 - getattr(device, name) for name in device.telegraph_declarations()}
    return bool(_conductance(device) != _conductance(device.replace(**filled)))


def _warn_of_validity(common: Mapping[str, Any], widths: Sequence[float], amplitudes: Sequence[float]) -> None:
    """Warn if the model does not hold during the largest pulse of either polarity, the longest of them."""
    device, rest = common["device"], common["rest"]
    if VALID not in device.declarations():
        return
    for amplitude in sorted({max(amplitudes), min(amplitudes)}):
        pulse, total = _pulse(amplitude, max(widths), rest)
        given = {name: common[name] for name in ("source", "inputs", "compliance")}
        looks = np.linspace(rest, total - rest, LOOKS)
        device.simulate(pulse, total, times=[0.0, *looks.tolist(), total], **given)


def _groups(results: Iterator[Any], size: int) -> Iterator[list[Any]]:
    while group := list(itertools.islice(results, size)):
        yield group


def _conductance(device: CompactModel, **states: Any) -> Any:
    """Chord conductance of the first branch at the reading voltage [S]."""
    branch = next(iter(device.branches().values()))
    return device.static(**{branch.name: READ}, **states)[branch.current] / READ
