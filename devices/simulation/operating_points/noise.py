r"""Small-signal noise: the spectral density of a branch's current around a point where the states are held.

.. math::

    S_I(f) = S_w + \frac{S_f}{f} + \sum_j \frac{S_j\, (\Delta I_j)^2}{\lambda_j^2 + (2 \pi f)^2}
        + \sum_k 2 S_k \left|\frac{\partial g}{\partial x}
        \left(2\pi i f - \frac{\partial f}{\partial x}\right)^{-1} \frac{\partial f}{\partial n_k}\right|^2

with the white and flicker part of the electrical noise, the spectra of the telegraph processes (what they do to the
current directly, :class:`~synaspice.devices.core.system.TelegraphNoise`) and the two-sided densities :math:`S_k` of the
noises of the states. As a circuit simulator's ``.noise`` does, it takes the point for one of equilibrium.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from ...core.codegen import ARRAY_NAMESPACE, SCALAR_NAMESPACE, define, function_source
from ...core.compiled import compiled_for
from ...core.sharing import Replacement, gradient
from ...core.vectors import compiled, initial_state, parameter_vector, tangent_of
from ...language.checks import known
from ...language.declarations.declaration import TEMPERATURE, ElectricalNoise
from ...language.waveforms.shapes import FloatArray

if TYPE_CHECKING:
    from ...core.base import DeviceModel


@functools.lru_cache(maxsize=64)
def _functions(
    model: Any, options: tuple[tuple[str, str], ...]
) -> tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any]]:
    """Functions of voltages, states and parameters with the temperature.

    Densities of the states' noises with df/dn row by row; the electrical densities, over arrays; and rate and strength
    of every telegraph process with its effect on the current of the first branch.
    """
    functions = compiled_for(model, options)
    flat = functions.system.flat
    groups = {"v": flat.voltages, "x": flat.states, "p": (*functions.parameters, TEMPERATURE)}
    silent = Replacement(dict.fromkeys(flat.noises, sp.S.Zero))
    coupling = list(map(silent, gradient(flat.rates.values(), flat.noises)))
    states = define(function_source("noises", groups, [*flat.noises.values(), *coupling]), "noises", SCALAR_NAMESPACE)
    densities = [density for pair in flat.electrical_noises.values() for density in pair]
    electrical = define(function_source("electrical", groups, densities), "electrical", ARRAY_NAMESPACE)
    first = next(iter(flat.currents))
    effects = [
        effect for made in functions.system.telegraph_noises.values() for effect in made if effect.current == first
    ]
    jumps = [part for effect in effects for part in (effect.rate, effect.strength * effect.step**2)]
    telegraph = define(function_source("telegraph", groups, jumps), "telegraph", SCALAR_NAMESPACE)
    return states, electrical, telegraph


def state_noises(
    device: DeviceModel, voltages: Sequence[float], states: Sequence[float], parameters: Sequence[float],
    temperature: float,
) -> tuple[FloatArray, FloatArray]:  # fmt: skip
    """Two-sided densities of the noises of the states, and how they enter the rates: a column for each noise.

    Parameters
    ----------
    device : DeviceModel
        The device.
    voltages, states, parameters : sequence of float
        Of its branches, its states, and the parameter vector.
    temperature : float
        Temperature of the noise. [K]
    """
    values = np.array(_functions(*device.structure)[0](voltages, states, [*parameters, temperature]))
    count = len(compiled(device).system.noises)
    return values[:count], values[count:].reshape(len(states), count)


def electrical_noise(
    device: DeviceModel, branch: str, quantities: Mapping[str, Any], temperature: float
) -> tuple[FloatArray, FloatArray]:
    """White [A^2/Hz] and flicker [A^2] density of a branch's own noise, at given voltages and states (arrays).

    Voltages that are not given are 0, states have their initial values.
    """
    functions = compiled(device)
    system = functions.system
    values: dict[str, Any] = dict.fromkeys(map(str, system.voltages), 0.0)
    values |= dict(zip(map(str, system.states), initial_state(device), strict=True))
    values |= {name: np.asarray(value, dtype=float) for name, value in quantities.items()}
    densities = _functions(*device.structure)[1](
        [values[str(v)] for v in system.voltages],
        [values[str(x)] for x in system.states],
        [*parameter_vector(device), temperature],
    )
    declared = device.declarations()
    own = [
        2 * k
        for k, name in enumerate(system.electrical_noises)
        if isinstance(item := declared[name], ElectricalNoise) and item.branch == branch
    ]
    return sum((densities[k] for k in own), np.zeros(())), sum((densities[k + 1] for k in own), np.zeros(()))


def _jumps(
    device: DeviceModel, voltages: Sequence[float], states: Sequence[float], parameters: Sequence[float],
    temperature: float,
) -> FloatArray:  # fmt: skip
    found = _functions(*device.structure)[2](voltages, states, [*parameters, temperature])
    return np.array(found, dtype=float).reshape(-1, 2)


def telegraph_strengths(
    device: DeviceModel, voltages: Sequence[float], states: Sequence[float], parameters: Sequence[float],
    temperature: float,
) -> FloatArray:  # fmt: skip
    """Strengths of the telegraph processes times the squares of their effects on the current of the first branch.

    Parameters
    ----------
    device : DeviceModel
        The device.
    voltages, states, parameters : sequence of float
        Of its branches, its states, and the parameter vector.
    temperature : float
        Temperature of the noise. [K]
    """
    return _jumps(device, voltages, states, parameters, temperature)[:, 1]


def noise_spectrum(
    device: DeviceModel,
    frequency: FloatArray,
    voltages: Mapping[str, float],
    temperature: float,
    states: Mapping[str, float] | None = None,
) -> dict[str, FloatArray]:
    """One-sided density of the current of the first branch, by contribution; see the module.

    Parameters
    ----------
    device : DeviceModel
        The device.
    frequency : array_like
        Frequencies. [Hz]
    voltages : mapping
        Voltages of the branches [V]; those not given are 0.
    temperature : float
        Temperature of the noise. [K]
    states : mapping, optional
        Where the states are; default: in the initial state.

    Returns
    -------
    dict of ndarray
        ``white``, ``flicker``, ``telegraph`` and ``states``. [A^2/Hz]

    Raises
    ------
    UnknownNameError
        If there is no such branch voltage.
    """
    functions = compiled(device)
    system = functions.system
    names = list(map(str, system.voltages))
    for name in voltages:
        known(f"voltage of {device.model_name()}", name, names)
    f = np.asarray(frequency, dtype=float)
    v = [float(voltages.get(name, 0.0)) for name in names]
    p = parameter_vector(device)
    at = dict(zip(map(str, system.states), initial_state(device), strict=True)) | dict(states or {})
    x = [float(at[str(symbol)]) for symbol in system.states]
    white, flicker = electrical_noise(device, names[0], {**voltages, **at}, temperature)
    n, count, b = len(x), len(system.noises), len(v)
    by_states = np.zeros_like(f)
    if count:
        densities, coupling = state_noises(device, v, x, p, temperature)
        jacobian = np.array(functions.jacobian(v, x, p))[: n * n].reshape(n, n)
        by_state = np.array(functions.currents(v, x, p))[b + b * b :].reshape(b, n)[0]
        # On the plane that touches the spheres of directions: along a direction its length, which nothing holds, would
        # pass its rounding errors on to modes that turn freely.
        plane = tangent_of(np.array(x), functions.sphere_places)
        jacobian, by_state, coupling = plane.T @ jacobian @ plane, by_state @ plane, plane.T @ coupling
        n = len(by_state)
        # One transposed solution per frequency serves all noises.
        operator = 2j * np.pi * f[:, None, None] * np.eye(n) - jacobian
        adjoint = np.linalg.solve(np.swapaxes(operator, 1, 2), np.broadcast_to(by_state[:, None], (len(f), n, 1)))
        by_states = 2 * (np.abs(adjoint[..., 0] @ coupling) ** 2) @ densities
    jumps = _jumps(device, v, x, p, temperature)
    telegraph = sum((s / (rate**2 + (2 * np.pi * f) ** 2) for rate, s in jumps), np.zeros_like(f))
    return {
        "white": white + np.zeros_like(f),
        "flicker": flicker / f,
        "telegraph": np.asarray(telegraph),
        "states": by_states,
    }
