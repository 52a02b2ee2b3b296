"""Single trajectories to tolerance: by compiled loops, or by SciPy's integrators with generated rates and Jacobian."""

from __future__ import annotations

import math
import threading
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import integrate as quadrature

from ...core.vectors import compiled, initial_state, parameter_vector, scales_of
from ...language.checks import known, positive
from ...language.errors import OutOfReachError, ParameterError, SimulationError
from ...language.waveforms.shapes import FloatArray
from ..integrators.compiled_batch import integrate_abreast
from ..integrators.compiled_trajectory import MOST_STEPS, integrate_compiled, is_implicit
from ..numerics.newton import voltage_solver
from ..request import Request
from .tables import tabulate

if TYPE_CHECKING:
    import pandas as pd

    from ...core.base import DeviceModel

METHODS: dict[str, Any] = {
    name: getattr(quadrature, name) for name in ("RK23", "RK45", "DOP853", "Radau", "BDF", "LSODA")
}
#: More corners than these, if evenly spaced as of a long sampled drive, are not stopped at: steps are kept shorter
#: than their distance instead.
MAX_STOPS = 1000
#: SciPy's integrators take no smaller relative tolerance.
SMALLEST_RTOL = 2.3e-14
#: Larger errors per step, in units of a state or of its scale, let a trajectory leave its model.
LARGEST_TOLERANCE = 0.1
EXPLICIT = ("RK23", "RK45", "DOP853")
#: SciPy's integrators warn, and warnings are those of a process: one thread at a time.
_ALONE = threading.Lock()


class Dynamics:
    """The right-hand side of a driven device in scaled states, as SciPy's integrators want it."""

    def __init__(self, request: Request) -> None:
        device = request.device
        self.functions = compiled(device)
        self.scales = scales_of(device)
        self._parameters = parameter_vector(device)
        names = self.functions.parameter_names
        self._inputs = [(names.index(name), waveform.scalar()) for name, waveform in request.inputs.items()]
        self._drive = request.waveform.scalar()
        self._others = [(branch, waveform.scalar()) for branch, waveform in request.voltages.items()]
        self._branch, self._branches = request.branch, len(self.functions.system.voltages)
        self._by_current, self._limits = request.by_current, request.limits
        self._conduction = self.functions.conduction if request.limited else None
        self._solve = voltage_solver(self.functions, request.branch)

    def _at(self, time: float, states: Sequence[float]) -> tuple[list[float], list[float], bool]:
        """Branch voltages and parameters at a time, and whether the source imposes the current."""
        time = float(time)  # NumPy's numbers are slower
        for index, waveform in self._inputs:
            self._parameters[index] = waveform(time)
        voltages = [0.0] * self._branches
        for branch, waveform in self._others:
            voltages[branch] = waveform(time)
        value = self._drive(time)
        target = value if self._by_current else self._limit(value, voltages, states)
        if target is not None:
            value = self._solve(target, voltages, states, self._parameters)
        voltages[self._branch] = value
        return voltages, self._parameters, target is not None

    def _limit(self, value: float, voltages: list[float], states: Sequence[float]) -> float | None:
        """The current that a source of a voltage imposes because more would flow than it lets through."""
        if self._conduction is None:
            return None
        voltages[self._branch] = value
        try:
            current = self._conduction(voltages, states, self._parameters)[self._branch]
        except ArithmeticError:  # more than there are numbers for
            current = math.copysign(math.inf, value)
        low, high = self._limits
        return low if current < low else high if current > high else None

    def voltage(self, time: float, scaled: FloatArray) -> float:
        """Voltage of the driven branch."""
        return self._at(time, (scaled * self.scales).tolist())[0][self._branch]

    def rates(self, time: float, scaled: FloatArray) -> FloatArray:
        """d(scaled state)/dt."""
        states = (scaled * self.scales).tolist()
        voltages, parameters, _ = self._at(time, states)
        return np.asarray(np.array(self.functions.rates(voltages, states, parameters)) / self.scales)

    def jacobian(self, time: float, scaled: FloatArray) -> FloatArray:
        """d(rates)/d(scaled state), including the voltage's dependence on the state under a current drive."""
        states = (scaled * self.scales).tolist()
        voltages, parameters, by_current = self._at(time, states)
        n, b = len(states), self._branches
        flat = np.array(self.functions.jacobian(voltages, states, parameters))
        by_state = flat[: n * n].reshape(n, n)
        if by_current:
            by_voltage = flat[n * n :].reshape(n, b)[:, self._branch]
            currents = np.array(self.functions.currents(voltages, states, parameters))
            slope = currents[b + self._branch * b + self._branch]
            by_state = by_state - np.outer(by_voltage, currents[b + b * b :].reshape(b, n)[self._branch] / slope)
        return np.asarray(by_state * self.scales[None, :] / self.scales[:, None])


def integrate(
    request: Request,
    *,
    points: int | None,
    times: Sequence[float] | FloatArray | None,
    method: str | None,
    rtol: float,
    atol: float,
    states: FloatArray | None = None,
    longest: float = np.inf,
) -> pd.DataFrame:
    """Integrate a request to tolerance; see :meth:`CompactModel.simulate`.

    With ``states`` it begins there rather than in the initial state; no step is longer than ``longest``.
    """
    reported = request.reporting_times(points, times)
    found, voltage = solve(request, reported, method=method, rtol=rtol, atol=atol, states=states, longest=longest)
    return tabulate(request, reported, voltage, found)


def check_tolerances(rtol: float, atol: float) -> tuple[float, float]:
    """Relative and absolute error per step, if an integrator can keep to them.

    Raises
    ------
    ParameterError
        If it cannot, or they are so large that there is no result.
    """
    rtol, atol = positive("rtol", rtol), positive("atol", atol)
    if max(rtol, atol) > LARGEST_TOLERANCE:
        raise ParameterError(f"rtol and atol must be at most {LARGEST_TOLERANCE:g}: a larger error is no result")
    if rtol < SMALLEST_RTOL:
        raise ParameterError(f"rtol must be at least {SMALLEST_RTOL:g}: the integrators' arithmetic has no more digits")
    return rtol, atol


def solve(
    request: Request,
    reported: FloatArray,
    *,
    method: str | None = None,
    rtol: float,
    atol: float,
    states: FloatArray | None = None,
    longest: float = np.inf,
    begin: float = 0.0,
    patience: float = MOST_STEPS,
) -> tuple[FloatArray, FloatArray]:
    """States in rows, and voltages of the driven branch, at increasing times; arguments as of :func:`integrate`.

    It may ``begin`` later than at 0, so that the drives are those of then. It gives up once it is seen to take more
    steps than there is ``patience`` for.

    Raises
    ------
    ParameterError
        If the tolerances or the method cannot be had.
    SimulationError
        If no integrator comes to an end.
    """
    rtol, atol = check_tolerances(rtol, atol)
    if method is not None:
        known("integration method", method, METHODS)
    scales = scales_of(request.device)
    start = (np.array(initial_state(request.device)) if states is None else states) / scales
    corners, max_step = _stretches(request, begin, longest)
    rtol, atol = _finest(request.device, rtol, atol)
    spheres = compiled(request.device).sphere_places

    def project(scaled: FloatArray) -> FloatArray:
        for indices in spheres:
            scaled[..., indices] /= np.linalg.norm(scaled[..., indices], axis=-1, keepdims=True)
        return scaled

    limits = {"rtol": rtol, "atol": atol, "max_step": max_step}
    found = None
    if method is None:
        try:
            found = integrate_compiled(request, start, reported, corners, patience=patience, **limits)
        except OutOfReachError:
            raise
        except SimulationError:
            # What ended there may be that a source's current had no voltage: SciPy's run says so.
            if not (is_implicit(request.device) or request.by_current or request.limited):
                raise
    if found is not None:
        scaled, voltage = found
    else:
        # Radau gets over what stops the linearly implicit method.
        name = method or ("DOP853" if spheres else "Radau")
        dynamics, settings = Dynamics(request), dict[str, Any](limits)
        if name not in EXPLICIT:
            settings["jac"] = dynamics.jacobian
        projected = project if spheres and name in EXPLICIT else None
        with _ALONE:
            scaled = project(_march(METHODS[name], dynamics.rates, start, reported, corners, settings, projected))
        if request.by_current or request.limited:
            voltage = np.array([dynamics.voltage(t, y) for t, y in zip(reported, scaled, strict=True)])
        else:
            voltage = request.waveform(reported)
    if not np.all(np.isfinite(scaled)):
        raise SimulationError("the states left the realm of numbers: ask for a smaller rtol")
    return _within_bounds(request.device, scaled * scales), voltage


def solve_abreast(
    requests: Sequence[Request], reported: FloatArray, *, rtol: float, atol: float
) -> list[tuple[FloatArray, FloatArray] | None]:
    """What :func:`solve` returns for each of many requests of one structure; None of those that came to no end.

    Raises
    ------
    ParameterError
        If the tolerances cannot be had.
    SimulationError
        If steps become too many.
    """
    rtol, atol = _finest(requests[0].device, *check_tolerances(rtol, atol))
    scales = scales_of(requests[0].device)
    stretches = [_stretches(request, 0.0, math.inf) for request in requests]
    starts: dict[int, Any] = {}
    for request in requests:
        if id(request.device) not in starts:
            starts[id(request.device)] = np.array(initial_state(request.device)) / scales
    samples, voltages, failed = integrate_abreast(
        requests,
        np.array([starts[id(request.device)] for request in requests]),
        reported,
        [corners for corners, _ in stretches],
        np.array([max_step for _, max_step in stretches]),
        rtol=rtol,
        atol=atol,
    )
    found: list[tuple[FloatArray, FloatArray] | None] = [None] * len(requests)
    for k in sorted({*range(len(requests))} - {*failed}):
        found[k] = _within_bounds(requests[k].device, samples[k] * scales), voltages[k]
    return found


def _stretches(request: Request, begin: float, longest: float) -> tuple[FloatArray, float]:
    """Times from the beginning to the end at which the integration begins anew, and the longest step between them."""
    waveforms = request.waveforms()
    found = [w.breakpoints(request.duration) for w in waveforms]
    max_step = min(longest, *(w.max_step() for w in waveforms))
    if not any(map(len, found)):
        return np.array([begin, request.duration]), max_step
    corners = np.unique(np.concatenate(found))
    corners = corners[corners > begin]
    inner, corners = corners, np.concatenate([[begin], corners, [request.duration]])
    if len(inner) > MAX_STOPS:
        gaps = np.diff(inner)
        if np.max(np.diff(corners)) < 2 * np.min(gaps):
            max_step, corners = min(max_step, float(np.min(gaps))), corners[[0, -1]]
    return corners, max_step


def _finest(device: DeviceModel, rtol: float, atol: float) -> tuple[float, float]:
    """Errors per step, finer where a window closes.

    Where a state under a closing window has been is known from its distance to the bound, a part of the layer there.
    """
    declared = device.state_declarations()
    finest = min((declared[str(symbol)].boundary_layer for symbol in compiled(device).system.closing), default=1.0)
    return max(finest * rtol, SMALLEST_RTOL), finest * atol


def _within_bounds(device: DeviceModel, states: FloatArray) -> FloatArray:
    """Take the integrator's rounding errors off states at their bounds, and refuse anything larger.

    The rates already lead no further than the bounds; anything beyond is the error of a step.
    """
    for k, (name, state) in enumerate(device.state_declarations().items()):
        if state.bounds is None:
            continue
        low, high = state.bounds
        excess = max(low - states[:, k].min(), states[:, k].max() - high)
        if excess > state.boundary_layer * (high - low):
            raise SimulationError(f"{name} left its bounds by {excess:.2g}: ask for a smaller rtol or another method")
        states[:, k] = np.clip(states[:, k], low, high)
    return states


def _march(
    solver_class: Any,
    rates: Callable[[float, FloatArray], FloatArray],
    start: FloatArray,
    reported: FloatArray,
    corners: FloatArray,
    settings: dict[str, Any],
    project: Callable[[FloatArray], FloatArray] | None,
) -> FloatArray:
    """Step from corner to corner of the drive, so that no step straddles a kink, and sample on the way.

    A step may be tried so far that its state is no state of the device: it overflows, or no voltage gives the current
    that a source imposes. There the rates are not a number, for which the integrators take the step back and make it
    smaller; only where the smallest step fails does the run.

    ``project``, where given, returns each accepted step to the manifold that the states live on; one-step methods
    continue from there without loss of order (Hairer, Lubich, Wanner, Geometric Numerical Integration, IV.4).
    """
    samples = np.empty((len(reported), len(start)))
    samples[reported <= corners[0]] = start
    state = start
    trouble = ""

    def tried(time: float, scaled: FloatArray) -> FloatArray:
        nonlocal trouble
        try:
            return rates(time, scaled)
        except (ArithmeticError, ValueError, SimulationError) as error:
            trouble = str(error)
            return np.full_like(scaled, np.nan)

    for begin, end in pairwise(corners):
        rates(begin, state)  # what cannot be had where a step begins cannot be had by smaller ones
        solver = solver_class(tried, begin, state, end, **settings)
        while solver.status == "running":
            trouble = ""
            # What there is to warn of, the exception says.
            with warnings.catch_warnings(), np.errstate(all="ignore"):
                warnings.simplefilter("ignore", UserWarning)
                try:
                    message = solver.step()
                except ValueError as error:  # of an implicit one that solves equations with them
                    raise SimulationError(
                        f"the integrator gave up at t = {solver.t:.6g} s: {trouble or error}"
                    ) from None
            if solver.status == "failed" or not np.all(np.isfinite(solver.y)):
                raise SimulationError(
                    f"the integrator gave up at t = {solver.t:.6g} s: {trouble or message or 'state not finite'}"
                )
            first, last = np.searchsorted(reported, [solver.t_old, solver.t], side="right")
            if last > first:
                samples[first:last] = solver.dense_output()(reported[first:last]).T
            if project is not None:
                solver.y = project(solver.y)
                solver.f = rates(solver.t, solver.y)
        state = solver.y
    return samples
