"""Thermal agitation of a magnet in a transient: random sources on the pins of its external field."""

from __future__ import annotations

import math

import sympy as sp

from ..devices.constants import CONSTANTS
from ..devices.declaration import TEMPERATURE
from ..devices.errors import ParameterError
from ..devices.model import CompactModel

AXES = "xyz"


def thermal_field_sources(
    device: CompactModel, name: str, temperature: float, step: float
) -> tuple[list[str], dict[str, str]]:
    r"""Sources of ngspice's ``trnoise`` that stand for Brown's thermal field, and the nodes that they drive.

    A source that takes a new Gaussian value every step has the two-sided density :math:`\sigma^2 \Delta t` at
    frequencies below :math:`1/\Delta t`, so that a field of the density :math:`S` needs
    :math:`\sigma = \sqrt{S / \Delta t}`.

    Parameters
    ----------
    device : CompactModel
        A device with a noise ``thermal_field`` that does not depend on its state, and inputs ``field_x`` and so on.
    name : str
        Name of the device in its cell, which the sources are named after.
    temperature : float
        Temperature. [K]
    step : float
        Time between new values: much shorter than a turn of the precession in the largest field. [s]

    Returns
    -------
    list of str, dict
        Netlist lines; and the node for every input of the device.

    Raises
    ------
    ParameterError
        If the device has no such noise.
    """
    noises = {str(symbol): density for symbol, density in device.system.noises.items()}
    if not {f"thermal_field_{axis}" for axis in AXES} <= set(noises):
        raise ParameterError(f"{device.model_name()} has no thermal field")
    known = {sp.Symbol(key, real=True): value for key, value in {**device.values, **device.derived}.items()}
    known |= {symbol: value for symbol, (value, *_) in CONSTANTS.items()} | {TEMPERATURE: temperature}
    lines, nodes = [], {}
    for axis in AXES:
        density = noises[f"thermal_field_{axis}"].xreplace(known)
        if not density.is_number:
            raise ParameterError(f"the thermal field of {device.model_name()} depends on its state")
        scale = device.input_declarations()[f"field_{axis}"].netlist_scale
        deviation = math.sqrt(float(density) / step) / scale
        nodes[f"field_{axis}"] = node = f"{name}_field_{axis}"
        lines.append(f"V_{node} {node} 0 dc 0 trnoise({deviation!r} {step!r} 0 0)")
    return lines, nodes
