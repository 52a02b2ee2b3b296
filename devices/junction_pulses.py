"""With which pulses to switch a tunnel junction: by the torque of its current, or by its voltage alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from .suggestions import Switching
from .targets.numeric import voltage_at_current

if TYPE_CHECKING:
    from .mtj import MTJ


def precession_decay(junction: MTJ) -> float:
    r"""Time in which a small precession about the easy axis decays [s].

    .. math:: \frac{1}{\tau} = \alpha\gamma_0\,\frac{H_k + H_\mathrm{hard}}{2}
    """
    stiffness = junction.anisotropy_field + junction.hard_axis_field
    return float(2 / (junction.damping * junction.gamma_0 * stiffness))


def written_by_voltage(junction: MTJ) -> bool:
    """Whether the voltage of the critical current would take the anisotropy away before the current switches."""
    voltage = voltage_at_current(junction, junction.critical_current_to_parallel)
    return bool(junction.vcma_field_per_volt * voltage > junction.anisotropy_field)


def switching_pulses(junction: MTJ) -> Switching:
    r"""Pulses from antiparallel to parallel, shorter and longer than switching takes.

    Current pulses around the critical current, whose widths are once to four times the time in which a small precession
    decays; or, for a junction :func:`written_by_voltage`, voltage pulses around
    :math:`V_c = H_k / (\partial H_k / \partial V)`, which takes the anisotropy away, in a field across the easy axis of
    :math:`H_k / 10`, for a quarter, half and once the period of the precession about it (Shiota et al. 2012,
    doi:10.1038/nmat3172): after half a period the magnetisation is reversed, after a whole one it is back. A preset may
    name the voltage and the width of its publication's pulse (``drive``): then voltages and widths around those, in
    the junction's own field.

    Parameters
    ----------
    junction : MTJ
        The junction.
    """
    hold = junction.anisotropy_field
    drive = junction.provenance.drive if junction.provenance else {}
    if "pulse" in drive:
        voltages = np.linspace(0.5, 1.1, 7) * drive["pulse"]
        widths = [factor * drive["width"] for factor in (0.5, 1.0, 1.5, 2.0)]
        return Switching("voltage", tuple(voltages.tolist()), _rounded(widths), "antiparallel", "parallel")
    if written_by_voltage(junction):
        across = 0.1 * hold
        period = 2 * math.pi / (junction.gamma_0 * across)
        voltages = np.linspace(0.5, 1.5, 11) * hold / junction.vcma_field_per_volt
        widths = [factor * period for factor in (0.25, 0.5, 1.0)]
        field = {"field_x": junction.field_x + across}
        pulses = tuple(voltages.tolist()), _rounded(widths)
        return Switching("voltage", *pulses, "antiparallel", "parallel", field)
    widths = [factor * precession_decay(junction) for factor in (1.0, 2.0, 4.0)]
    critical = junction.critical_current_to_parallel
    pulses = tuple((critical * np.linspace(0.25, 3.0, 12)).tolist()), _rounded(widths)
    return Switching("current", *pulses, "antiparallel", "parallel")


def _rounded(values: list[float]) -> tuple[float, ...]:
    """The values to two digits: widths that one would set a pulse generator to."""
    return tuple(float(f"{value:.1e}") for value in values)
