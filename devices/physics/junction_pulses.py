"""With which pulses to switch a tunnel junction: by the torque of its current, or by its voltage alone."""

from __future__ import annotations

import math

import numpy as np

from ..core.base import DeviceModel
from ..core.protocols import Switching
from ..simulation.newton import voltage_at_current


def precession_decay(junction: DeviceModel) -> float:
    r"""Time in which a small precession about the easy axis decays [s].

    .. math:: \frac{1}{\tau} = \alpha\gamma_0\,\frac{H_k + H_\mathrm{hard}}{2}
    """
    stiffness = junction.derived["anisotropy_field"] + junction.derived["hard_axis_field"]
    return float(2 / (junction.values["damping"] * junction.derived["gamma_0"] * stiffness))


def written_by_voltage(junction: DeviceModel) -> bool:
    """Whether the voltage of the critical current would take the anisotropy away before the current switches."""
    voltage = voltage_at_current(junction, junction.derived["critical_current_to_parallel"])
    return bool(junction.derived["vcma_field_per_volt"] * voltage > junction.derived["anisotropy_field"])


def switching_pulses(junction: DeviceModel) -> Switching:
    r"""Pulses from antiparallel to parallel, shorter and longer than switching takes.

    Current pulses around the critical current, whose widths are once to four times the time in which a small precession
    decays; or, for a junction :func:`written_by_voltage`, voltage pulses around
    :math:`V_c = H_k / (\partial H_k / \partial V)`, which takes the anisotropy away, in a field across the easy axis of
    :math:`H_k / 10`, for a quarter, half and once the period of the precession about it (Shiota et al. 2012,
    doi:10.1038/nmat3172): after half a period the magnetisation is reversed, after a whole one it is back.

    Parameters
    ----------
    junction : DeviceModel
        The junction.
    """
    hold = junction.derived["anisotropy_field"]
    if written_by_voltage(junction):
        across = 0.1 * hold
        period = 2 * math.pi / (junction.derived["gamma_0"] * across)
        voltages = np.linspace(0.5, 1.5, 11) * hold / junction.derived["vcma_field_per_volt"]
        widths = [factor * period for factor in (0.25, 0.5, 1.0)]
        field = {"field_x": junction.values["field_x"] + across}
        pulses = tuple(voltages.tolist()), _rounded(widths)
        return Switching("voltage", *pulses, "antiparallel", "parallel", field)
    widths = [factor * precession_decay(junction) for factor in (1.0, 2.0, 4.0)]
    critical = junction.derived["critical_current_to_parallel"]
    pulses = tuple((critical * np.linspace(0.25, 3.0, 12)).tolist()), _rounded(widths)
    return Switching("current", *pulses, "antiparallel", "parallel")


def _rounded(values: list[float]) -> tuple[float, ...]:
    """The values to two digits: widths that one would set a pulse generator to."""
    return tuple(float(f"{value:.1e}") for value in values)
