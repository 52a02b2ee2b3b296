"""Precessional switching: whether a voltage pulse reverses a magnet, over the width of the pulse."""

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
from ....devices.language.checks import known, positive, real
from ....devices.language.errors import ParameterError
from ....devices.model import CompactModel
from ....devices.physics.macrospin import Macrospin
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...arguments import Checkpoint, Name, Progress, Quantity, Range, Seed, Surroundings, Whole, reference_states
from ...bench import bench
from ...resumable import check_seed, compute_pieces, describe
from .pulses import pulse

#: Widths by default, in half periods, and their number.
LONGEST, POINTS = 5.0, 41
#: Decays of a precession after the pulse, before the side of the equator is told.
REST = 3.0


def half_period(across: float, anisotropy: float, tilt: float, gamma: float) -> float:
    r"""Time in which a magnet precesses from its state to the mirrored one, about a field across its axis [s].

    With :math:`q = H_k' / 2 H` of the anisotropy field that the voltage leaves, and the magnet's sine :math:`s` towards
    the field at the beginning,

    .. math:: t = \frac{2}{\gamma_0 H \sqrt B}\, K\!\left(\frac{q^2 (1 - s^2)}{B}\right), \qquad B = 1 - 2 s q

    with the complete elliptic integral K of that parameter; :math:`\pi / \gamma_0 H` without anisotropy. It follows
    from the energy, which a precession without damping keeps.

    Parameters
    ----------
    across : float
        Field across the easy axis, H. [A/m]
    anisotropy : float
        Anisotropy field under the voltage. [A/m]
    tilt : float
        Sine of the angle to the easy axis at the beginning. [-]
    gamma : float
        Gyromagnetic ratio times vacuum permeability. [m/(A*s)]

    Raises
    ------
    ParameterError
        If the anisotropy that is left keeps the magnet on its side, or a value makes no sense.
    """
    from scipy.special import ellipk

    field, pace = positive("the field", abs(real("the field", across)), "A/m"), positive("gamma", gamma)
    q, sine = real("the anisotropy field", anisotropy) / (2 * field), real("the tilt", tilt)
    if not 0 <= sine < 1:
        raise ParameterError(f"the tilt is a sine from 0 to below 1, not {sine:g}")
    rest = 1 - 2 * sine * q
    parameter = q**2 * (1 - sine**2) / rest if rest > 0 else math.inf
    if not parameter < 1:
        raise ParameterError(
            f"a field of {field:.4g} A/m does not turn the magnet over against an anisotropy field of "
            f"{anisotropy:.4g} A/m: it precesses on one side"
        )
    return float(2 * ellipk(parameter) / (pace * field * math.sqrt(rest)))


@bench(
    needs=(Switching, Writing),
    long=True,
    name="precessional-switching",
    gallery=lambda device: {"precessional-switching": {"seed": 1}},
)
def precessional_switching(
    device: CompactModel,
    *,
    voltage: Annotated[
        float | None, Quantity("V", "voltage of the pulse; default: that which takes the anisotropy away")
    ] = None,
    field: Annotated[
        float | None,
        Quantity(
            "A/m", "constant field across the easy axis; default: the device's, or a tenth of the anisotropy field"
        ),
    ] = None,
    width: Annotated[
        ArrayLike | None, Range("s", "widths of the pulse; default: up to five half periods", positive=True)
    ] = None,
    start: Annotated[
        str | None, Name("reference state before the pulse; default: the device's suggestion", of=reference_states)
    ] = None,
    trajectories: Annotated[int, Whole("trajectories per width", 1)] = 400,
    temperature: Surroundings = None,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
    progress: Progress = False,
) -> pd.DataFrame:
    r"""Measure how probably a voltage pulse reverses a magnet by precession, over the width of the pulse.

    The voltage takes the anisotropy of the interface away, :math:`H_k' = H_k - (\partial H_k / \partial V) V`, and the
    magnet precesses about a constant field :math:`H` across its axis: after half a period it is reversed, after a
    whole one it is back. The half period is :math:`\pi / \gamma_0 H` where nothing of the anisotropy is left, and
    :func:`half_period` otherwise. The magnet comes to equilibrium without voltage before the pulse, and for three
    decays of a precession after it, when its side of the equator is told.

    Returns
    -------
    pandas.DataFrame
        One row per width: ``width`` [s], ``half_periods``: the width in half periods, ``trajectories``, ``switched``,
        ``probability`` of a reversal, ``lower`` and ``upper`` (95 % confidence, Wilson), ``error``: one less it.
        ``attrs`` has ``half_period`` [s], ``voltage`` [V], ``field`` and the ``anisotropy`` field left [A/m].

    Raises
    ------
    ParameterError
        If the device has no anisotropy that follows the voltage, is not perpendicular, or the voltage leaves so much of
        it that the magnet stays on its side.
    UnknownNameError
        If there is no such state.
    """
    settled, kelvin = in_surroundings(device, temperature)
    if not isinstance(settled, Macrospin) or "vcma_coefficient" not in settled.values:
        raise ParameterError(f"{device.model_name()} has no anisotropy that follows the voltage")
    if not settled.values["vcma_coefficient"]:
        raise ParameterError(f"{device!r} has no anisotropy that follows the voltage: set vcma_coefficient")
    if settled.axes_by_pull()[-1] != "z":
        raise ParameterError(f"{device!r} is not perpendicular: the voltage acts on an anisotropy along z")
    suggested, writing = settled.protocol(Switching), settled.protocol(Writing)
    begin = known("state", start or suggested.start, list(settled.reference_states()))
    hold, per_volt = float(settled.anisotropy_field), float(settled.derived["vcma_field_per_volt"])
    level = hold / per_volt if voltage is None else real("the voltage", voltage, "V")
    across = (settled.values["field_x"] or 0.1 * hold) if field is None else real("the field", field, "A/m")
    if not 0 < abs(across) < hold:
        raise ParameterError(f"the field across lies between 0 and the anisotropy field of {hold:.4g} A/m")
    left = hold - per_volt * level
    slowed = float(settled.gamma_0) / (1 + settled.damping**2)
    half = half_period(across, left, abs(across) / hold, slowed)
    widths = half * np.linspace(0.0, LONGEST, POINTS)[1:] if width is None else np.unique(reals("widths", width, "s"))
    warn_of_limits(settled)
    check_seed(seed, checkpoint)
    placed = settled.replace(field_x=across, **_at_rest(settled, begin, across / hold))
    seeds = np.random.SeedSequence(seed).generate_state(len(widths)).tolist()
    common: dict[str, Any] = {"voltage": level, "kelvin": kelvin, "coordinate": writing.coordinate}
    common["trajectories"] = int(trajectories)
    results = compute_pieces(
        _reversed,
        [common | {"device": placed, "width": w, "seed": s} for w, s in zip(widths.tolist(), seeds, strict=True)],
        description=describe(placed, **common, widths=widths.tolist(), seeds=seeds, bench="precessional-switching"),
        checkpoint=checkpoint,
        progress="widths" if progress else None,
    )
    switched = np.array([int(result["switched"]) for result in results])
    bounds = np.array([wilson_interval(some, trajectories) for some in switched.tolist()])
    columns: dict[str, Any] = {
        "width": (widths, "s", "width of the pulse"),
        "half_periods": (widths / half, "1", "width over half the period of the precession"),
        "trajectories": (np.full(len(widths), trajectories), "1", "number of trajectories"),
        "switched": (switched, "1", "number of them that were reversed"),
        "probability": (switched / trajectories, "1", "probability of a reversal"),
        "lower": (bounds[:, 0], "1", "lower bound of the probability, 95 % confidence (Wilson)"),
        "upper": (bounds[:, 1], "1", "upper bound of the probability, 95 % confidence (Wilson)"),
        "error": (1 - switched / trajectories, "1", "probability that the pulse does not reverse"),
    }
    attributes: dict[str, Any] = {"bench": "precessional-switching", "engine": "numeric", "temperature": kelvin}
    attributes |= {"seed": seed, "start": begin, "half_period": half, "voltage": level, "field": across}
    return device_table(device, columns, **attributes, anisotropy=left)


def _at_rest(device: CompactModel, state: str, sine: float) -> dict[str, float]:
    """Direction of a state at rest in a field along x, of that sine to the axis."""
    up = math.cos(device.reference_states()[state]["initial_polar_angle"]) > 0
    tilt = math.asin(abs(sine))
    return {
        "initial_polar_angle": tilt if up else math.pi - tilt,
        "initial_azimuth": 0.0 if sine > 0 else math.pi,
    }


def _reversed(
    device: Any, voltage: float, width: float, kelvin: float, coordinate: str, trajectories: int, seed: int
) -> dict[str, Any]:
    """How many trajectories are on the other side after a pulse and a rest."""
    rest = REST * device.precession_decay
    shape = pulse(0.0, voltage, width)
    drive = type(shape)(0.0, voltage, rest, shape.rise, shape.fall, shape.width)
    total = 2 * rest + shape.rise + width
    run = device.ensemble(drive, total, temperature=kelvin, trajectories=trajectories, seed=seed)
    final = run.final()[coordinate].to_numpy()
    return {"switched": int(np.count_nonzero(final * float(device.static()[coordinate]) < 0))}
