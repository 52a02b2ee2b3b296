"""Back-switching: how probably a magnet that a pulse has switched comes back while it lasts, over the voltage."""

from __future__ import annotations

import math
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
from ....devices.model import CompactModel
from ....devices.physics.macrospin import Macrospin
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ....devices.simulation.numerics.newton import voltage_at_current
from ...arguments import Checkpoint, Progress, Quantity, Range, Seed, States, Surroundings, Whole
from ...bench import bench
from ...resumable import check_seed, compute_pieces, describe
from ...slow_time.wells import Wells
from ..iv import chosen_states
from .pulses import pulse

#: Voltages by default over the critical one of each state, and the largest one [V].
OVERDRIVES, LARGEST = tuple(np.linspace(1.0, 4.0, 13).tolist()), 2.0
#: Default width in decays of a precession, rest after the pulse, and samples of a trajectory.
LONG, REST, SAMPLES = 20.0, 8.0, 601
#: The other state has been reached beyond this cosine.
REACHED = 0.5


@bench(
    needs=(Switching, Writing), long=True, name="back-switching", gallery=lambda device: {"back-switching": {"seed": 1}}
)
def back_switching(
    device: CompactModel,
    *,
    voltage: Annotated[
        ArrayLike | None,
        Range("V", "sizes of the voltage, in both polarities; default: one to four times the critical one, to 2 V"),
    ] = None,
    width: Annotated[
        float | None, Quantity("s", "width of the pulse; default: twenty decays of a precession", positive=True)
    ] = None,
    states: States = None,
    trajectories: Annotated[int, Whole("trajectories per voltage", 1)] = 500,
    temperature: Surroundings = None,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
    progress: Progress = False,
) -> pd.DataFrame:
    r"""Measure how probably a magnet that a pulse has switched is back in its state when the pulse has ended.

    From each state the pulse has the polarity that switches out of it. A trajectory has switched if it was in the other
    state at some time of the pulse, and has come back if it is in its first state after a rest.

    Beside the noisy trajectories stands the two-state picture, where both are states under the voltage (NaN elsewhere).
    With the rates :math:`\Gamma_1` out of the first state and :math:`\Gamma_2` out of the other one, and the
    probability :math:`p(w)` of the first state after the pulse's width, of those that have left it are back

    .. math:: \frac{p(w) - e^{-\Gamma_1 w}}{1 - e^{-\Gamma_1 w}}, \qquad
        p(w) = \frac{\Gamma_2 + \Gamma_1 e^{-(\Gamma_1 + \Gamma_2) w}}{\Gamma_1 + \Gamma_2}

    What one free layer under a fixed reference can show: its damping-like torque holds the state that it has switched
    to the more, the larger it is, so that nothing comes back by it. Magnets come back where the voltage weakens that
    state otherwise, by an anisotropy that falls with the voltage (``vcma_coefficient``) or a field-like torque in
    proportion to its square (``field_like_per_square_volt``). What it cannot show: the back-hopping of a reference
    layer that is itself moved by the torque: see the bench ``back-hopping`` of stacks of layers.

    Returns
    -------
    pandas.DataFrame
        One row per start and voltage: ``start``, ``voltage`` [V], ``overdrive`` over the critical voltage,
        ``trajectories``, ``switched``, ``returned``, ``probability`` that one that has switched returns (NaN if none
        has), ``lower`` and ``upper`` (95 % confidence, Wilson), ``two_state``: that of the two-state picture.

    Raises
    ------
    ParameterError
        If the device has no magnetisation that turns as a whole, no finite critical current, or a voltage is not
        positive.
    UnknownNameError
        If there is no such state.

    References
    ----------
    J. Z. Sun et al., J. Appl. Phys. 105, 07D109 (2009), doi:10.1063/1.3058614 (observation; as remembered).
    """
    settled, kelvin = in_surroundings(device, temperature)
    if not isinstance(settled, Macrospin):
        raise ParameterError(f"{device.model_name()} has no magnetisation that turns as a whole")
    writing = settled.protocol(Writing)
    starts = chosen_states(settled, states)
    names = list(settled.reference_states())
    if any(name not in names for name in starts):
        raise ParameterError(f"a pulse switches from {' or '.join(names)}")
    long = LONG * settled.precession_decay if width is None else positive("the width", width, "s")
    sizes = None if voltage is None else np.unique(reals("voltages", voltage, "V"))
    if sizes is not None and sizes.min() <= 0:
        raise ParameterError(f"sizes of voltages are positive, not {sizes.min():g} V")
    warn_of_limits(settled)
    check_seed(seed, checkpoint)
    pieces, rows = [], []
    for name, overrides in starts.items():
        other = names[1 - names.index(name)]
        begun = settled.replace(**overrides)
        current = writing.critical_currents[other]
        if not math.isfinite(current) or not current:
            raise ParameterError(f"{device!r} has no finite critical current to {other!r}")
        critical = voltage_at_current(begun, current)
        usual = abs(critical) * np.array(OVERDRIVES)
        for size in (usual[usual <= max(LARGEST, usual[0])] if sizes is None else sizes).tolist():
            level = math.copysign(size, critical)
            rows.append([name, level, size / abs(critical), _back(settled, level, name, other, kelvin, long)])
            pieces.append({"device": begun, "voltage": level})
    seeds = np.random.SeedSequence(seed).generate_state(len(pieces)).tolist()
    common: dict[str, Any] = {"width": long, "kelvin": kelvin, "coordinate": writing.coordinate}
    common["trajectories"] = int(trajectories)
    results = compute_pieces(
        _counts,
        [common | piece | {"seed": own} for piece, own in zip(pieces, seeds, strict=True)],
        description=describe(settled, **common, rows=[row[:3] for row in rows], seeds=seeds, bench="back-switching"),
        checkpoint=checkpoint,
        progress="voltages" if progress else None,
    )
    counts = np.array([np.asarray(result["counts"]) for result in results], dtype=int)
    switched, back = counts.T
    share = np.where(switched > 0, back / np.maximum(switched, 1), math.nan)
    bounds = [wilson_interval(b, s) if s else (0.0, 1.0) for b, s in zip(back.tolist(), switched.tolist(), strict=True)]
    lower, upper = np.array(bounds).T
    found = pd.DataFrame(rows, columns=["start", "voltage", "overdrive", "two_state"])
    columns: dict[str, Any] = {
        "start": (found["start"], "", "state before the pulse"),
        "voltage": (found["voltage"], "V", "voltage of the pulse"),
        "overdrive": (found["overdrive"], "1", "voltage over that of the critical current out of the state"),
        "trajectories": (np.full(len(found), trajectories), "1", "number of trajectories"),
        "switched": (switched, "1", "number of them that were in the other state during the pulse"),
        "returned": (back, "1", "number of these that were in the first state after it"),
        "probability": (share, "1", "share of those that had switched which came back"),
        "lower": (lower, "1", "lower bound of the probability, 95 % confidence (Wilson)"),
        "upper": (upper, "1", "upper bound of the probability, 95 % confidence (Wilson)"),
        "two_state": (found["two_state"], "1", "the same in the two-state picture"),
    }
    attributes: dict[str, Any] = {"bench": "back-switching", "engine": "numeric", "temperature": kelvin, "seed": seed}
    return device_table(device, columns, **attributes, width=long)


def _back(device: CompactModel, voltage: float, start: str, other: str, kelvin: float, width: float) -> float:
    """Share of those that have left a state which are back after the pulse, of a chain of two states; NaN without."""
    try:
        wells = Wells(device, temperature=kelvin)
        first, second = (1 / wells.dwell_time(voltage, name) for name in (start, other))
    except ParameterError:
        return math.nan
    left, total = -math.expm1(-first * width), first + second
    # p(w) less those that have never left.
    back = left - first / total * -math.expm1(-total * width)
    return max(back, 0.0) / left if left > 0 else math.nan


def _counts(
    device: Any, voltage: float, width: float, kelvin: float, coordinate: str, trajectories: int, seed: int
) -> dict[str, Any]:
    """How many trajectories have been in the other state during the pulse, and how many of them are back."""
    shape = pulse(0.0, voltage, width)
    total = shape.rise + width + REST * device.precession_decay
    run = device.ensemble(shape, total, temperature=kelvin, trajectories=trajectories, seed=seed)
    table = run.traces(SAMPLES).sort_values(["trajectory", "time"], kind="stable")
    values = table[coordinate].to_numpy().reshape(trajectories, SAMPLES)
    times = table["time"].to_numpy()[:SAMPLES]
    sign = math.copysign(1.0, float(device.static()[coordinate]))
    there = np.any(sign * values[:, times <= width] < -REACHED, axis=1)
    back = there & (sign * values[:, -1] > 0)
    return {"counts": np.array([np.count_nonzero(there), np.count_nonzero(back)])}
