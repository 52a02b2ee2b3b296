r"""The step of the stochastic Heun scheme that a device needs.

Near a point the scheme multiplies a mode of the states, with the eigenvalue :math:`\mu = -\lambda + i\omega` of
:math:`\partial f / \partial x`, by :math:`R(\mu h) = 1 + \mu h + (\mu h)^2 / 2` in a step :math:`h`: as if its
eigenvalue were :math:`\ln R(\mu h) / h`. A precession gains

.. math:: \operatorname{Re} \frac{\ln R(\mu h)}{h} - \operatorname{Re} \mu \approx \frac{\omega^4 h^3}{8}

which competes with its damping: the thermal agitation of a stiff magnet with little damping comes out too hot,
:math:`\langle 1 - m_z^2 \rangle` by the factor :math:`1 / (1 - \omega^4 h^3 / 8\lambda)`. The step is the longest at
which that gain stays below :data:`TOLERANCE` of the damping, for every mode, in every reference state of the device, in
the initial one and, for a direction, along every axis, at rest and under the extremes of the drive. Where the drive
itself takes the damping away, as in an oscillator, the damping is the mode's frequency times the damping ratio at rest.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator

import numpy as np

from ...core.base import DeviceModel
from ...core.vectors import compiled, initial_state, parameter_vector, scales_of
from ...language.errors import ResolutionWarning, SimulationError, warn_user
from ...language.waveforms.shapes import FloatArray, Waveform
from ..numerics.newton import voltage_solver
from ..request import Request
from ..trajectories.stability import ComplexArray, eigenvalues, jacobian

#: Relative error of a mode's damping that the scheme may have.
TOLERANCE = 0.01
#: Longest step in units of the model's time scale.
LONGEST = 1e-3
#: Times at which a waveform is looked at beside its corners.
LOOKS = 65


def default_step(request: Request) -> float:
    """Longest step at which the noise of a request comes out right to :data:`TOLERANCE` [s]."""
    longest = LONGEST * request.device.settling_time
    modes, least = _modes(request)
    return longest if _error(modes, least, longest) <= TOLERANCE else _longest_step(modes, least, longest)


def check_step(request: Request, step: float) -> None:
    """Warn if a step that somebody chose falsifies the thermal agitation by more than :data:`TOLERANCE`.

    Parameters
    ----------
    request : Request
        The request.
    step : float
        The step. [s]
    """
    modes, least = _modes(request)
    error = _error(modes, least, step)
    if error > TOLERANCE:
        right = _longest_step(modes, least, step)
        what = f"by {error:.1%}" if error < 1 else "wholly"
        warn_user(
            f"a time_step of {step:.3g} s falsifies the damping of {request.device.model_name()} {what}; "
            f"{right:.2g} s keeps it to {TOLERANCE:.0%}",
            ResolutionWarning,
        )


def fastest_rates(request: Request) -> tuple[float, float]:
    """Largest size of an eigenvalue of a device's rates, and largest angular frequency of one [1/s].

    In the states and under the drives of a request.
    """
    found = [
        _modes_at(request, point, values, inputs)
        for point in starts(request.device)
        for values, inputs in _extremes(request)
    ]
    modes = np.concatenate([np.empty(0, dtype=complex), *found])
    modes = modes[np.isfinite(modes)]
    return float(np.max(np.abs(modes), initial=0.0)), float(np.max(np.abs(modes.imag), initial=0.0))


def _longest_step(modes: ComplexArray, least: FloatArray, start: float) -> float:
    low, high = 0.0, start
    for _ in range(60):  # halves until the step is found to six digits
        middle = 0.5 * (low + high) if low else 0.1 * high
        low, high = (middle, high) if _error(modes, least, middle) <= TOLERANCE else (low, middle)
        if high - low <= 1e-6 * high:
            break
    return low


def _error(modes: ComplexArray, least: FloatArray, step: float) -> float:
    """Largest gain of a mode in a step, over its damping."""
    if not len(modes):
        return 0.0
    z = modes * step
    with np.errstate(divide="ignore"):
        gained = np.log(np.abs(1 + z + z * z / 2)) - z.real
    return float(np.max(np.abs(gained) / (least * step)))


def _modes(request: Request) -> tuple[ComplexArray, FloatArray]:
    """Eigenvalues of the modes in the states and under the drives of a request, and the damping of each [1/s]."""
    device = request.device
    if not device.system.noises:
        return np.empty(0, dtype=complex), np.empty(0)
    rest: list[ComplexArray] = []
    driven: list[ComplexArray] = []
    for point in starts(device):
        for k, (values, inputs) in enumerate(_extremes(request)):
            found = _modes_at(request, point, values, inputs)
            (rest if k == 0 else driven).append(found)
    quiet = np.concatenate([np.empty(0, dtype=complex), *rest])
    turning = quiet[np.abs(quiet.imag) > 1e-6 * np.abs(quiet)]
    damped = turning[turning.real < 0]
    ratio = float(np.min(-damped.real / np.abs(damped.imag))) if len(damped) else 1.0
    # The effect of a drive on a mode that does not turn is a response, not agitation.
    modes = np.concatenate([quiet, *(found[found.imag != 0] for found in driven)])
    # Slower ones, of a moment that nothing holds for example, are rounding, and no step of interest disturbs them.
    modes = modes[np.isfinite(modes) & (np.abs(modes) * LONGEST * device.settling_time > 1e-6)]
    least = np.maximum(np.abs(modes.real), ratio * np.abs(modes.imag))
    return modes, least


def starts(device: DeviceModel) -> Iterator[tuple[DeviceModel, list[float]]]:
    """The states to look at: reference states, the initial one, and for a direction those across from it."""
    seen: set[tuple[float, ...]] = set()
    for overrides in ({}, *device.reference_states().values()):
        held = device.replace(**overrides) if overrides else device
        state = initial_state(held)
        if tuple(state) not in seen:
            seen.add(tuple(state))
            yield held, state
    names = list(map(str, device.system.states))
    for sphere in device.system.spheres:
        rows = [names.index(str(symbol)) for symbol in sphere]
        for axis, sign in itertools.product(range(3), (1.0, -1.0)):
            state = initial_state(device)
            for k, row in enumerate(rows):
                # A little beside the axis: a direction that is a symmetric point of the equations hides its modes.
                state[row] = sign * (math.cos(0.1) if k == axis else math.sin(0.1) / math.sqrt(2))
            yield device, state


def _extremes(request: Request) -> Iterator[tuple[float, dict[str, float]]]:
    """Values of the drive and of the driven inputs: all at their smallest size first, then their extremes."""

    def ends(waveform: Waveform) -> tuple[float, float]:
        values = waveform(np.union1d(np.linspace(0.0, request.duration, LOOKS), waveform.breakpoints(request.duration)))
        return float(np.min(values)), float(np.max(values))

    drive = ends(request.waveform)
    inputs = {name: ends(waveform) for name, waveform in request.inputs.items()}
    yield 0.0, {name: min(low_high, key=abs) for name, low_high in inputs.items()}
    for value in dict.fromkeys(drive):
        for chosen in itertools.product(*(dict.fromkeys(low_high) for low_high in inputs.values())):
            yield value, dict(zip(inputs, chosen, strict=True))


def _modes_at(
    request: Request, point: tuple[DeviceModel, list[float]], value: float, inputs: dict[str, float]
) -> ComplexArray:
    """Eigenvalues of the rates' Jacobian in a state under a drive, on the tangent of the sphere for a direction."""
    device, state = point
    functions = compiled(device)
    system = functions.system
    parameters = parameter_vector(device)
    for name, field in inputs.items():
        parameters[functions.parameter_names.index(name)] = field
    voltages = [0.0] * len(system.voltages)
    nothing: ComplexArray = np.empty(0, dtype=complex)
    try:
        if request.by_current and value:
            voltage_solver(functions, request.branch)(value, voltages, state, parameters)
        else:
            voltages[request.branch] = value
        entries = jacobian(lambda x: functions.rates(voltages, x, parameters), state, scales_of(device))
    except (ArithmeticError, ValueError, SimulationError):  # a state in which the device cannot be under that drive
        return nothing
    return eigenvalues(system, state, entries) if np.all(np.isfinite(entries)) else nothing
