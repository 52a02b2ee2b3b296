r"""Which step a network needs: by the rates of its devices, and by what its couplings add to them.

With the derivatives :math:`F = \partial f / \partial u` of the rates by the drives and :math:`Y = \partial y / \partial
x` of the outputs by the states, couplings move the eigenvalues of the uncoupled devices by no more than

.. math:: \lVert F \rVert \, \lVert M \rVert \, \lVert Y \rVert, \qquad M_{ab} = \sum_k \lVert W^{(k)} \rVert

with the couplings k of the output b to the drive a, spectral norms, and states in their scales.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from ...devices.core.base import DeviceModel
from ...devices.core.vectors import compiled, parameter_vector, scales_of
from ...devices.language.errors import ParameterError, ResolutionWarning, SimulationError, warn_user
from ...devices.language.waveforms.shapes import DC, FloatArray
from ...devices.simulation.ensembles.time_step import fastest_rates, starts
from ...devices.simulation.networks.structure import DRIVE
from ...devices.simulation.numerics.newton import voltage_solver
from ...devices.simulation.request import Request
from .couplings import Coupling
from .declared import DeclaredNetwork, constant_of, waveform_of

#: Products by which the norm of a matrix is found.
PRODUCTS = 16
#: Phase in a step that is warned of, and rate times a step from which on the methods with and without noise diverge.
COARSE, UNSTABLE = 2 * math.pi / 8, {True: 2.0, False: 2.7}
#: Part of a drive's scale, and of a state's, by which derivatives are found.
SMALL = 1e-5


def requests(network: DeclaredNetwork, drives: Mapping[str, Any], duration: float) -> list[Request]:
    """What the devices of extreme parameters do alone, under the drive of the largest size."""
    value = drives.get(DRIVE, 0.0)
    waveform = waveform_of(value)
    if waveform is not None:
        wave = waveform[1](np.linspace(0.0, duration, 257))
        constant = np.outer([np.min(waveform[0]), np.max(waveform[0])], [wave.min(), wave.max()])
    else:
        constant = np.asarray(constant_of(value), dtype=float)
    largest = float(constant.flat[np.argmax(np.abs(constant))])
    source = network.source
    return [Request.of(device, DC(largest), duration, source, {}) for device in network.extremes()]


def coupled_rate(network: DeclaredNetwork, of: list[Request]) -> float:
    """Bound of what couplings add to the rates of the devices [1/s]."""
    couplings = network.couplings
    if not couplings:
        return 0.0
    outputs = list(dict.fromkeys(network.expression(c.output) for c in couplings))
    targets = list(dict.fromkeys(c.to for c in couplings))
    norms = np.zeros((len(targets), len(outputs)))
    for c in couplings:
        norms[targets.index(c.to), outputs.index(network.expression(c.output))] += network.norm_of(c, norm)
    if network.capacitance is not None:
        return float(norms.max() / network.capacitance.min())
    largest = 0.0
    compiled_outputs = _functions(of[0].device, outputs)
    for request in of:
        scales = scales_of(request.device)
        for _, state in starts(request.device):
            felt = _felt(request, state, targets) / scales[:, np.newaxis]
            given = _given(request, state, compiled_outputs) * scales
            bound = np.linalg.norm(felt, 2) * np.linalg.norm(norms, 2) * np.linalg.norm(given, 2)
            largest = max(largest, float(bound) if np.isfinite(bound) else 0.0)
    return largest


def resolved(rate: float) -> float:
    """The step that resolves a rate, or an angular frequency: forty to a turn [s]."""
    return 2 * math.pi / 40 / rate


def check_step(step: float, own: tuple[float, float], added: float, noisy: bool) -> None:
    """Refuse a step at which the method is not stable, and warn of one that resolves the turning badly.

    Parameters
    ----------
    step : float
        The step. [s]
    own : pair of float
        Largest rate of the devices alone, and largest angular frequency. [1/s]
    added : float
        What couplings may add to either. [1/s]
    noisy : bool
        Whether the method is that for noise.

    Raises
    ------
    ParameterError
        If a state would grow without bounds, or turn by more than some half of a turn.
    """
    fastest, turning = own[0] + added, own[1] + added
    unstable = step * fastest > UNSTABLE[noisy]
    if not unstable and step * turning <= COARSE:
        return
    whose = "couplings" if added > own[0] else "devices"
    seen = fastest if unstable else turning
    told = (
        f"time_step = {step:.3g} s is {'too long' if unstable else 'coarse'} for the time in which the states turn or "
    )
    told += f"decay, {1 / seen:.2g} s by the {whose}: {resolved(seen):.1g} s resolves it"
    if unstable:
        raise ParameterError(told)
    warn_user(told, ResolutionWarning)


def own_rate(network: DeclaredNetwork, of: list[Request]) -> tuple[float, float]:
    """Largest rate of a device alone, with its node, and largest angular frequency [1/s]."""
    rates = np.array([fastest_rates(request) for request in of])
    size, turning = (float(each) for each in rates.max(axis=0))
    if network.capacitance is None:
        return size, turning
    slopes = [_slope(request, state) for request in of for _, state in starts(request.device)]
    return max(size, max(slopes, default=0.0) / float(network.capacitance.min())), turning


def norm(coupling: Coupling, size: int) -> float:
    """About the spectral norm of a coupling's matrix, by :data:`PRODUCTS` products with it and its transpose."""
    if coupling.form == "shared":
        gains, weights = coupling.matrix.of(size)
        return float(np.linalg.norm(gains) * np.linalg.norm(weights))
    x = np.random.default_rng(0).standard_normal(size)
    largest = 0.0
    for _ in range(PRODUCTS):
        length = float(np.linalg.norm(x))
        if length == 0:
            break
        y = coupling.matrix @ (x / length)
        largest = float(np.linalg.norm(y))
        x = coupling.matrix.T @ y
    return largest


def _felt(request: Request, state: list[float], targets: list[str]) -> FloatArray:
    """Derivatives of the rates by the drives, shape (states, drives)."""
    functions, device = compiled(request.device), request.device
    usual = parameter_vector(device)
    base = float(request.waveform(0.0))

    def rates(target: str, by: float) -> FloatArray:
        parameters, volts, drive = list(usual), [0.0] * len(functions.system.voltages), base
        if target == DRIVE:
            drive += by
        else:
            parameters[functions.parameter_names.index(target)] += by
        if request.by_current:
            if drive:
                voltage_solver(functions, request.branch)(drive, volts, state, parameters)
        else:
            volts[request.branch] = drive
        return np.array(functions.rates(volts, state, parameters), dtype=float)

    columns = []
    for target in targets:
        value = base if target == DRIVE else float(device.values[target])
        small = SMALL * (abs(value) or 1.0)
        try:
            columns.append((rates(target, small) - rates(target, -small)) / (2 * small))
        except (ArithmeticError, ValueError, SimulationError):  # a state that is not under that drive
            columns.append(np.zeros(len(state)))
    return np.nan_to_num(np.array(columns).T)


def _functions(device: DeviceModel, outputs: list[sp.Expr]) -> list[tuple[list[str], Any]]:
    """Outputs as functions, and the names of what they depend on; the same for all devices of one model."""
    flat = device.system.flat
    inner = {sp.Symbol(str(name), real=True): value for name, value in {**flat.observables, **flat.currents}.items()}
    found = []
    for output in outputs:
        whole_one = output.subs(inner)
        symbols = sorted(whole_one.free_symbols, key=str)
        found.append((list(map(str, symbols)), sp.lambdify(symbols, whole_one, "numpy")))
    return found


def _given(request: Request, state: list[float], outputs: list[tuple[list[str], Any]]) -> FloatArray:
    """Derivatives of the outputs by the states, shape (outputs, states)."""
    device = request.device
    functions = compiled(device)
    values = {**dict(zip(functions.parameter_names, parameter_vector(device), strict=True))}
    values |= {str(symbol): 0.0 for symbol in device.system.voltages}
    names = list(map(str, device.system.states))
    rows = []
    for needed, function in outputs:
        row = []
        for k, scale in enumerate(scales_of(device)):
            ends = []
            for sign in (1, -1):
                moved = dict(zip(names, state, strict=True))
                moved[names[k]] += sign * SMALL * scale
                at = {**values, **moved}
                ends.append(float(np.real(function(*(at.get(symbol, 0.0) for symbol in needed)))))
            row.append((ends[0] - ends[1]) / (2 * SMALL * scale))
        rows.append(row)
    return np.nan_to_num(np.array(rows))


def _slope(request: Request, state: list[float]) -> float:
    """Conductance of the driven branch in a state, without a voltage [S]."""
    functions = compiled(request.device)
    count = len(functions.system.voltages)
    found = functions.conduction([0.0] * count, state, parameter_vector(request.device))
    return abs(float(found[count + request.branch * (count + 1)]))
