r"""Drift and diffusion of a state, derived from a device's declared rates and noise.

With the rates :math:`f_i(x, n)` and noises :math:`n_k` of two-sided density :math:`S_k`, the Stratonovich equation is
:math:`\dot x_i = f_i(x, 0) + \sum_k b_{ik}\,\xi_k` with :math:`b_{ik} = \sqrt{S_k}\,\partial f_i / \partial n_k`,
and the probability density of the states obeys the Fokker-Planck equation with

.. math::

    a_i = f_i + \tfrac12 \sum_{jk} b_{jk}\,\frac{\partial b_{ik}}{\partial x_j}, \qquad
    D_{ij} = \tfrac12 \sum_k b_{ik}\, b_{jk}

as drift (Itô's) and diffusion.

References
----------
H. Risken, "The Fokker-Planck Equation", Springer (1989), doi:10.1007/978-3-642-61544-3, section 3.4.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from ...core.codegen import ARRAY_NAMESPACE, define, function_source
from ...core.compiled import compiled_for
from ...core.sharing import Slope
from ...core.vectors import parameter_vector
from ...language.declarations.declaration import TEMPERATURE
from ...language.errors import ParameterError
from ...language.waveforms.shapes import FloatArray

if TYPE_CHECKING:
    from ...core.base import DeviceModel


@dataclass(frozen=True)
class Coefficients:
    """Coefficients of the Fokker-Planck equation for one state, at some points.

    Attributes
    ----------
    rate : ndarray
        Rate of the state without noise. [1/s in the state's unit]
    induced : ndarray
        Drift that the noise adds to it.
    diffusion : ndarray
        Its diffusion :math:`D_{ii}`.
    gradient : ndarray
        Derivative of the diffusion by every state, one row each.
    """

    rate: FloatArray
    induced: FloatArray
    diffusion: FloatArray
    gradient: FloatArray


def _source(model: Any, options: tuple[tuple[str, str], ...], state: int) -> tuple[sp.Expr, ...]:
    functions = compiled_for(model, options)
    flat = functions.system.flat
    states, rates = list(flat.states), list(flat.rates.values())
    silence = dict.fromkeys(flat.noises, sp.S.Zero)
    by_noise, by_state = [Slope(n) for n in flat.noises], [Slope(x) for x in states]

    def strengths(rate: sp.Expr) -> list[sp.Expr]:
        return [sp.sqrt(density) * slope(rate) for slope, density in zip(by_noise, flat.noises.values(), strict=True)]

    b = [strengths(rate) for rate in rates]
    if any(entry.free_symbols & set(flat.noises) for row in b for entry in row):
        raise ParameterError(f"the noise of {model.model_name()} does not enter its rates linearly")
    own = b[state]
    gradients = [[slope(entry) for slope in by_state] for entry in own]
    induced = sum((b[j][k] * gradients[k][j] for k in range(len(own)) for j in range(len(states))), sp.S.Zero) / 2
    # The derivative of b^2/2 from that of b: nothing is differentiated twice.
    gradient = [sum((own[k] * gradients[k][j] for k in range(len(own))), sp.S.Zero) for j in range(len(states))]
    diffusion = sum((entry**2 for entry in own), sp.S.Zero) / 2
    return (rates[state].xreplace(silence), induced, diffusion, *gradient)


@functools.lru_cache(maxsize=64)
def _function(model: Any, options: tuple[tuple[str, str], ...], state: int) -> tuple[Callable[..., Any], bool]:
    functions = compiled_for(model, options)
    system = functions.system
    groups = {"v": system.voltages, "x": system.states, "p": (*functions.parameters, TEMPERATURE)}
    outputs = _source(model, options, state)
    by_voltage = any(output.free_symbols & set(system.voltages) for output in outputs[1:])
    return define(function_source("coefficients", groups, outputs), "coefficients", ARRAY_NAMESPACE), by_voltage


def noise_follows_voltage(device: DeviceModel, state: int) -> bool:
    """Whether the strength of the noise in a state, given by its number, depends on a voltage."""
    return _function(*device.structure, state)[1]


def coefficients(
    device: DeviceModel,
    state: int,
    voltages: Sequence[Any],
    states: Sequence[Any],
    temperature: float,
    parameters: Sequence[Any] | None = None,
) -> Coefficients:
    """Coefficients of the Fokker-Planck equation for a state.

    Parameters
    ----------
    device : DeviceModel
        The device.
    state : int
        Number of the state among the system's.
    voltages, states : sequence of array_like
        Voltages of the branches [V], held while the state moves, and the states, in the system's order.
    temperature : float
        Temperature of the noise. [K]
    parameters : sequence, optional
        Values of the parameter vector instead of the device's.

    Raises
    ------
    ParameterError
        If the noise does not enter the rates linearly.
    """
    function = _function(*device.structure, state)[0]
    given = parameter_vector(device) if parameters is None else parameters
    shape = np.broadcast_shapes(*(np.shape(x) for x in (*voltages, *states)))
    values = [np.broadcast_to(y, shape) for y in function(voltages, states, [*given, temperature])]
    return Coefficients(values[0], values[1], values[2], np.stack(values[3:]))
