"""Ferromagnetic resonance of the magnetisation at rest: frequency and width over the field and the current."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import column_information, device_table
from ....devices.core.protocols import Resonance
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.noisy_trajectories import in_surroundings
from ....devices.simulation.request import Request
from ....devices.simulation.stability import Equilibrium, equilibrium
from ...arguments import Choice, Range, Surroundings
from ...bench import bench
from ...fields import AXES, Fields, field_of, in_field

#: Half the difference of fields from which the slope of the dispersion is taken, relative to the field, and the field
#: below which it is relative to that. [A/m]
STEP, SMALL = 1e-4, 1e4


@bench(needs=(Resonance,))
def fmr(
    device: CompactModel,
    *,
    field: Fields = None,
    axis: Annotated[str | None, Choice(AXES, "axis of the field; default: that of the device's suggestion")] = None,
    current: Annotated[ArrayLike, Range("A", "dc currents through the first branch")] = 0.0,
    temperature: Surroundings = None,
) -> pd.DataFrame:
    r"""Find the ferromagnetic resonance of a device at rest over the field and the current: frequency and width.

    At each field the states come to rest, as in a sweep: from those at the field before, and first from the initial
    ones. Small deviations from the rest follow the eigenvalues :math:`\mu` of the linearised equations, of which a pair
    of complex ones is a resonance,

    .. math:: f = \frac{|\mathrm{Im}\,\mu|}{2\pi}, \qquad \Delta f = -\frac{\mathrm{Re}\,\mu}{\pi}, \qquad
        \Delta H = \frac{\Delta f}{|\partial f / \partial H|}

    with the full widths at half maximum of the absorbed power over the frequency and over the field. For a magnet whose
    two stiffnesses are :math:`\omega_{1,2} = \gamma_0 H_{1,2}` this is Kittel's frequency :math:`\sqrt{\omega_1
    \omega_2}` and the width :math:`\alpha (\omega_1 + \omega_2) / 2 \pi`, but for terms of the order
    :math:`\alpha^2`. A current changes the width by its torque; where that reaches 0 the rest turns unstable.

    Returns
    -------
    pandas.DataFrame
        Columns ``current`` [A], ``field`` [A/m], the states at rest, ``frequency``, ``linewidth`` [Hz] and
        ``field_linewidth`` [A/m], NaN where no deviation oscillates, or the device does not come to rest; and
        ``stable``: 1 where it does. Of several resonances that with the least width.

    Raises
    ------
    ParameterError
        If the device has no magnetisation, no such field, or it comes to rest at none of the fields.

    References
    ----------
    C. Kittel, "On the theory of ferromagnetic resonance absorption", Phys. Rev. 73, 155 (1948),
    doi:10.1103/PhysRev.73.155.
    """
    device, kelvin = in_surroundings(device, temperature)
    suggested = device.protocol(Resonance)
    along = suggested.axis if axis is None else axis
    field_of(device, along)
    given = field is None and along == suggested.axis
    if field is None and not given:
        raise ParameterError(f"the device suggests fields along {suggested.axis}: give those along {along}")
    started = device.replace(**suggested.overrides) if given else device
    fields = reals("fields", suggested.fields if field is None else field, "A/m")
    currents = reals("currents", current, "A")
    states = list(device.state_declarations())
    rows = []
    for at in currents.tolist():
        last: FloatArray | None = None
        for value in fields.tolist():
            rest = resting(in_field(started, along, value), at, last)
            last = rest.states if rest.settled else last
            rows.append([at, value, *_row(started, along, value, at, rest, len(states))])
    table = np.array(rows, dtype=float).T
    if not table[-1].any():
        raise ParameterError(f"{device.model_name()} comes to rest at none of these fields and currents")
    names = {
        "current": ("A", "dc current"),
        "field": ("A/m", f"external field along {along}"),
        **{name: column_information(device)[name] for name in states},
        "frequency": ("Hz", "frequency of the resonance"),
        "linewidth": ("Hz", "full width at half maximum over the frequency"),
        "field_linewidth": ("A/m", "full width at half maximum over the field"),
        "stable": ("1", "1 where the device comes to rest"),
    }
    columns = {name: (values, *names[name]) for name, values in zip(names, table, strict=True)}
    return device_table(device, columns, bench="fmr", engine="numeric", axis=along, temperature=kelvin)


def resting(device: CompactModel, current: float, states: FloatArray | None = None) -> Equilibrium:
    """Where a device comes to rest under a constant current [A], from given states or the initial ones."""
    return equilibrium(Request.of(device, current, 1.0, "current", {}), states)


def resonance(rest: Equilibrium) -> complex:
    """Eigenvalue of the least damped oscillating deviation from a rest [1/s]; not a number if there is none."""
    turning = rest.eigenvalues[rest.eigenvalues.imag > 0] if rest.stable else np.empty(0)
    return complex(turning[np.argmax(turning.real)]) if len(turning) else complex(np.nan, np.nan)


def _row(device: CompactModel, axis: str, field: float, current: float, rest: Equilibrium, count: int) -> list[float]:
    if not rest.stable:
        return [np.nan] * (count + 3) + [0.0]
    mode = resonance(rest)
    frequency, width = mode.imag / (2 * np.pi), -mode.real / np.pi
    change = STEP * max(abs(field), SMALL)
    beside = [
        resonance(resting(in_field(device, axis, field + side * change), current, rest.states)).imag for side in (1, -1)
    ]
    slope = abs(beside[0] - beside[1]) / (2 * np.pi * 2 * change)
    across = width / slope if slope > 0 else np.nan
    return [*rest.states.tolist(), frequency, width, across, 1.0]
