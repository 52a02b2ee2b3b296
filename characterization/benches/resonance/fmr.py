"""Ferromagnetic resonance of the magnetisation at rest: frequency and width over the field and the current."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import column_information, device_table
from ....devices.core.oscillator_protocols import Resonance
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ....devices.simulation.request import Request
from ....devices.simulation.trajectories.stability import ComplexArray, Equilibrium, equilibrium, turning_modes
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

    Several magnetisations that are coupled have as many modes, each with a row. Deviations of a mode turn the layers
    by :math:`\boldsymbol\theta_k = \mathbf m_k \times \delta \mathbf m_k`: how much of the mode is in each layer, and
    whether neighbours turn together (acoustic) or against each other (optical), is

    .. math:: s_k = \frac{M_k t_k |\boldsymbol\theta_k|^2}{\sum_l M_l t_l |\boldsymbol\theta_l|^2}, \qquad
        p = \frac{\mathrm{Re} \sum_k \boldsymbol\theta_k^* \cdot \boldsymbol\theta_{k+1}}
            {\sum_k |\boldsymbol\theta_k| |\boldsymbol\theta_{k+1}|}

    Returns
    -------
    pandas.DataFrame
        Columns ``current`` [A], ``field`` [A/m], the states at rest, ``frequency``, ``linewidth`` [Hz] and
        ``field_linewidth`` [A/m], NaN where no deviation oscillates, or the device does not come to rest; and
        ``stable``: 1 where it does. Of several resonances of one magnetisation that with the least width; of several
        magnetisations also ``mode``, counted from the lowest frequency, ``in_phase``, :math:`p` from 1 to -1, and
        ``share_<state>`` for each.

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
    moments = suggested.moments
    rows = []
    for at in currents.tolist():
        last: FloatArray | None = None
        for value in fields.tolist():
            held = in_field(started, along, value)
            rest = resting(held, at, last)
            last = rest.states if rest.settled else last
            row = _Row(started, along, value, at, rest)
            rows += [[at, value, *found] for found in (row.modes(moments) if moments else [row.least_damped()])]
    table = np.array(rows, dtype=float).T
    names = {
        "current": ("A", "dc current"),
        "field": ("A/m", f"external field along {along}"),
        **{name: column_information(device)[name] for name in states},
        "frequency": ("Hz", "frequency of the resonance"),
        "linewidth": ("Hz", "full width at half maximum over the frequency"),
        "field_linewidth": ("A/m", "full width at half maximum over the field"),
        "stable": ("1", "1 where the device comes to rest"),
    }
    if moments:
        names["mode"] = ("1", "number of the mode, from the lowest frequency")
        names["in_phase"] = ("1", "1 where neighbours turn together, -1 where they turn against each other")
        names |= {f"share_{name}": ("1", f"part of the mode that is in {name}") for name in moments}
    columns = {name: (values, *names[name]) for name, values in zip(names, table, strict=True)}
    if not columns["stable"][0].any():
        raise ParameterError(f"{device.model_name()} comes to rest at none of these fields and currents")
    return device_table(device, columns, bench="fmr", engine="numeric", axis=along, temperature=kelvin)


def resting(device: CompactModel, current: float, states: FloatArray | None = None) -> Equilibrium:
    """Where a device comes to rest under a constant current [A], from given states or the initial ones."""
    return equilibrium(Request.of(device, current, 1.0, "current", {}), states)


def resonance(rest: Equilibrium) -> complex:
    """Eigenvalue of the least damped oscillating deviation from a rest [1/s]; not a number if there is none."""
    turning = rest.eigenvalues[rest.eigenvalues.imag > 0] if rest.stable else np.empty(0)
    return complex(turning[np.argmax(turning.real)]) if len(turning) else complex(np.nan, np.nan)


@dataclass(frozen=True)
class _Row:
    """What there is to tell about a rest in a field [A/m] along an axis, under a current [A]."""

    device: CompactModel
    axis: str
    field: float
    current: float
    rest: Equilibrium

    def least_damped(self) -> list[float]:
        """The states at rest, frequency and widths of the least damped deviation, and whether it is a rest."""
        if not self.rest.stable:
            return [np.nan] * (len(self.rest.states) + 3) + [0.0]
        beside = [resonance(self._beside(side)).imag for side in (1, -1)]
        return [*self.rest.states.tolist(), *self._line(resonance(self.rest), beside), 1.0]

    def modes(self, moments: Mapping[str, float]) -> list[list[float]]:
        """A list such as that of :meth:`least_damped` for every mode, and which it is and how the layers turn in it."""
        columns = 2 + len(moments)
        nothing = [np.nan] * columns
        if not self.rest.stable:
            return [[np.nan] * (len(self.rest.states) + 3) + [0.0, *nothing]]
        found, shapes = turning_modes(self._request(self.field), self.rest.states)
        beside = [_turning(self._beside(side)) for side in (1, -1)]
        rows = []
        for k, (value, shape) in enumerate(zip(found, shapes, strict=True)):
            # Beside the field as many modes turn, but where one of them stops to.
            near = [float(other[k]) if len(other) == len(found) else np.nan for other in beside]
            turned = self._line(complex(value), near)
            rows.append([*self.rest.states.tolist(), *turned, 1.0, k + 1.0, *self._turned(shape, moments)])
        return rows or [[*self.rest.states.tolist(), *[np.nan] * 3, 1.0, *nothing]]

    def _request(self, field: float) -> Request:
        return Request.of(in_field(self.device, self.axis, field), self.current, 1.0, "current", {})

    @property
    def _change(self) -> float:
        return STEP * max(abs(self.field), SMALL)

    def _beside(self, side: int) -> Equilibrium:
        return equilibrium(self._request(self.field + side * self._change), self.rest.states)

    def _line(self, mode: complex, beside: Sequence[float]) -> list[float]:
        """Frequency, its width, and that over the field, from the frequencies in fields beside."""
        frequency, width = mode.imag / (2 * np.pi), -mode.real / np.pi
        slope = abs(beside[0] - beside[1]) / (2 * np.pi * 2 * self._change)
        return [frequency, width, width / slope if slope > 0 else np.nan]

    def _turned(self, shape: ComplexArray, moments: Mapping[str, float]) -> list[float]:
        """Whether neighbours turn together in a mode, and how much of it is in each."""
        names = list(self.device.state_declarations())
        turns = []
        for state in moments:
            rows = [names.index(f"{state}_{axis}") for axis in AXES]
            turns.append(np.cross(self.rest.states[rows], shape[rows]))
        sizes = np.linalg.norm(np.array(turns), axis=1)
        pairs = [(k, k + 1) for k in range(len(turns) - 1)]
        whole = sum(sizes[a] * sizes[b] for a, b in pairs)
        together = sum(float(np.vdot(turns[a], turns[b]).real) for a, b in pairs)
        phase = float(np.clip(together / whole, -1.0, 1.0)) if whole > 0 else np.nan
        weights = np.array(list(moments.values())) * sizes**2
        return [phase, *(weights / np.sum(weights)).tolist()]


def _turning(rest: Equilibrium) -> FloatArray:
    """Imaginary parts of the eigenvalues of all deviations that turn, rising [1/s]."""
    return np.sort(rest.eigenvalues.imag[rest.eigenvalues.imag > 0]) if rest.stable else np.empty(0)
