r"""Threshold of a perpendicular magnet under a spin-orbit torque, in a field along the current.

The damping-like field :math:`a` of spins across the line turns a magnet along z in the plane of z and the current.
At the angle :math:`\theta` it is held by the anisotropy, and pushed or held by a field :math:`H` along the current,
counted positive where the torque tilts it to:

.. math:: a = H_k \sin\theta \cos\theta - H \cos\theta

There is no such angle above the largest value of the right side, at :math:`\sin\theta = (h + \sqrt{h^2 + 8}) / 4` with
:math:`h = H / H_k`: the state is lost at :math:`a_c`, which for small fields is :math:`H_k / 2 - H / \sqrt2`, in full

.. math:: a_c = H_k \sqrt{\frac{8 + 20 h^2 - h^4 - h (8 + h^2)^{3/2}}{32}}

This is for a damping that is not so small that a precession sets in before, for a current that rises slowly, and
without a field-like torque. Current and field that rise at once let the magnet overshoot: with little damping it
switches below.

References
----------
K.-S. Lee, S.-W. Lee, B.-C. Min, K.-J. Lee, Appl. Phys. Lett. 102, 112410 (2013), doi:10.1063/1.4798288; the equations
are derived here, of the article the abstract alone was read.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ....devices.language.array_checks import reals
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel


def spin_orbit_threshold(field: ArrayLike) -> FloatArray:
    """Damping-like field at which a perpendicular state is lost, over the anisotropy field.

    Parameters
    ----------
    field : array_like
        Field along the current over the anisotropy field, positive where the torque tilts the magnet to; from 1 on the
        state is lost without a torque. [-]
    """
    h = np.clip(reals("the field", field, dimensions=None), -np.inf, 1.0)
    sine = np.minimum((h + np.sqrt(h**2 + 8)) / 4, 1.0)
    return np.asarray(np.sqrt(1 - sine**2) * (sine - h))


def line_of_spin_orbit_torque(device: CompactModel) -> dict[str, Any]:
    """What the threshold of a device is made of, where it holds: the anisotropy field, and the current of that field.

    ``hold`` [A/m]; ``current`` of the line whose damping-like field it is, in a positive field along x, from the upper
    state [A]; and ``upper``, the name of that state. Empty for other devices.
    """
    values = device.values
    bent = ("field_like_ratio", "field_y", "field_z", "vcma_coefficient", "anisotropy_polar_angle")
    if not getattr(device, "perpendicular", False) or any(values.get(name) for name in bent):
        return {}
    hold = float(device.derived["anisotropy_field"])
    up = device.derived["reference_layer_z"] > 0
    return {
        "hold": hold,
        "current": hold / float(device.derived["spin_orbit_field_per_ampere"]),
        "upper": "parallel" if up else "antiparallel",
    }
