r"""Noisy trajectories: the stochastic Heun scheme (Stratonovich), compiled with Numba.

.. math::

    \tilde x = x_k + f(t_k, x_k, w_k)\,\Delta t, \qquad
    x_{k+1} = x_k + \tfrac12\left[f(t_k, x_k, w_k) + f(t_{k+1}, \tilde x, w_k)\right]\Delta t

with :math:`w_k = \sqrt{S/\Delta t}\,\mathcal N(0, 1)` held over the step, which converges to the Stratonovich
solution (Rümelin 1982, doi:10.1137/0719041).

A telegraph process keeps its value over the step and then jumps with the exact probability of a two-state Markov
process whose rates are those at the beginning of the step,

.. math::

    P_{0 \to 1} = \frac{r_\uparrow}{r_\uparrow + r_\downarrow}
    \left[1 - e^{-(r_\uparrow + r_\downarrow)\,\Delta t}\right],

and :math:`P_{1 \to 0}` with the rates exchanged (Machlup 1954, doi:10.1063/1.1721637).
"""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import sympy as sp

from ..declaration import TEMPERATURE
from ..errors import ParameterError, SimulationError
from ..waveforms import FloatArray
from .codegen import SCALAR_NAMESPACE, define, function_source
from .numeric import Request, compiled, compiled_for, initial_state, parameter_vector, positive, tabulate, whole

if TYPE_CHECKING:
    import pandas as pd


#: Numbers in a table above which a request is refused rather than the machine's memory filled.
LARGEST_TABLE = 200_000_000


@functools.cache
def _namespace() -> dict[str, Any]:
    """The scalar namespace with its Python functions compiled."""
    import numba

    return {name: numba.njit(f) if hasattr(f, "__code__") else f for name, f in SCALAR_NAMESPACE.items()}


@functools.lru_cache(maxsize=64)
def _kernel(model: Any, options: tuple[tuple[str, str], ...], branch: int, by_current: bool) -> Callable[..., None]:
    """Compile the Heun loop for a model: one trajectory, its noise drawn from a NumPy generator."""
    import numba

    functions = compiled_for(model, options)
    system = functions.system
    flat = system.flat
    # Telegraph processes are parameters that move: where they stand among the parameters, and their rates.
    telegraphs = np.array([list(model.parameter_declarations()).index(n) for n in model.telegraph_declarations()], int)
    unit_noise = [sp.Symbol(f"w_{k}", real=True) for k in range(len(system.noises))]
    noise = {n: sp.sqrt(density) * w for (n, density), w in zip(flat.noises.items(), unit_noise, strict=True)}
    groups = {"v": system.voltages, "x": system.states, "p": (*functions.parameters, TEMPERATURE)}

    def compile_function(name: str, groups: dict[str, Any], outputs: list[sp.Expr]) -> Any:
        function = define(function_source(name, groups, outputs), name, _namespace())
        return numba.njit(function, error_model="numpy")

    noisy = [rate.xreplace(noise) for rate in flat.rates.values()]
    rates = compile_function("rates", groups | {"w": unit_noise}, noisy)
    jump_rates = compile_function("jump_rates", groups, list(flat.jumps.values()) or [sp.S.Zero])
    driven = list(flat.currents.values())[branch]
    current = compile_function("current", groups, [driven, sp.diff(driven, system.voltages[branch])])
    spheres = np.array([[system.states.index(x) for x in sphere] for sphere in system.spheres], dtype=np.int64)
    spheres = spheres.reshape(-1, 3)
    bounds = [state.bounds or (-math.inf, math.inf) for state in model.state_declarations().values()]
    low, high = np.array(bounds).T.copy()
    noises = len(unit_noise)

    @numba.njit(nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
    def impose(value: float, v: FloatArray, x: FloatArray, p: FloatArray) -> None:
        """Set the driven branch's voltage, by Newton's method where its current is what is given."""
        if not by_current:
            v[branch] = value
            return
        v[branch] = 0.0
        for _ in range(100):
            i, slope = current(v, x, p)
            correction = (value - i) / slope
            v[branch] += correction
            if abs(correction) <= 1e-14 * abs(v[branch]) + 1e-30:
                return

    @numba.njit(nogil=True, error_model="numpy")
    def run(  # type: ignore[no-untyped-def]
        generator, drive, others, other_index, inputs, input_index, x, v, p, dt, stride, states, voltages, occupied
    ):
        n, steps = len(x), len(drive) - 1
        predicted, slope, w = np.empty(n), np.empty(n), np.zeros(max(noises, 1))
        amplitude = 1 / math.sqrt(dt)
        row = 0
        for k in range(steps + 1):
            for j in range(len(input_index)):
                p[input_index[j]] = inputs[j, k]
            for j in range(len(other_index)):
                v[other_index[j]] = others[j, k]
            impose(drive[k], v, x, p)
            if k % stride == 0:
                states[row, :] = x
                voltages[row] = v[branch]
                for j in range(len(telegraphs)):
                    occupied[row, j] = p[telegraphs[j]]
                row += 1
            if k == steps:
                break
            for j in range(noises):
                w[j] = generator.standard_normal() * amplitude
            if len(telegraphs):
                jumps = jump_rates(v, x, p)
            f = rates(v, x, p, w)
            for j in range(n):
                slope[j] = f[j]
                predicted[j] = x[j] + dt * f[j]
            for j in range(len(input_index)):
                p[input_index[j]] = inputs[j, k + 1]
            for j in range(len(other_index)):
                v[other_index[j]] = others[j, k + 1]
            impose(drive[k + 1], v, predicted, p)
            f = rates(v, predicted, p, w)
            for j in range(n):
                x[j] = min(max(x[j] + 0.5 * dt * (slope[j] + f[j]), low[j]), high[j])
            for sphere in spheres:
                norm = math.sqrt(x[sphere[0]] ** 2 + x[sphere[1]] ** 2 + x[sphere[2]] ** 2)
                for j in sphere:
                    x[j] /= norm
            for j in range(len(telegraphs)):
                up, down = jumps[2 * j], jumps[2 * j + 1]
                away = down if p[telegraphs[j]] else up
                if away > 0 and generator.random() < -math.expm1(-(up + down) * dt) * away / (up + down):
                    p[telegraphs[j]] = 1 - p[telegraphs[j]]

    compiled_run: Callable[..., None] = run
    return compiled_run


def integrate(
    request: Request,
    *,
    points: int | None,
    temperature: float,
    trajectories: int,
    seed: int | None,
    time_step: float | None,
) -> pd.DataFrame:
    """Compute noisy trajectories of a request; see :meth:`CompactModel.simulate`."""
    device = request.device
    step, recorded = _check(request, points, temperature, trajectories, time_step)
    seed = int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else whole("seed", seed, 0, 2**64 - 1)
    # The step is shortened so that a whole number of steps lies between the times to report.
    intervals = max(recorded - 1, 1)
    stride = math.ceil(request.duration / intervals / step * (1 - 1e-12))
    steps = stride * intervals
    if steps > LARGEST_TABLE:
        raise ParameterError(f"{steps:g} steps of {step:g} s do not fit into memory; take longer ones or a shorter run")
    grid = np.linspace(0.0, request.duration, steps + 1)
    drive = request.waveform(grid)
    inputs = np.array([waveform(grid) for waveform in request.inputs.values()]).reshape(-1, steps + 1)
    others = np.array([waveform(grid) for waveform in request.voltages.values()]).reshape(-1, steps + 1)
    other_index = np.array(list(request.voltages), dtype=np.int64)
    names = list(map(str, compiled(device).parameters))
    input_index = np.array([names.index(name) for name in request.inputs], dtype=np.int64)
    parameters = np.array([*parameter_vector(device), temperature])
    start = np.array(initial_state(device))
    run = _kernel(*device.structure, request.branch, request.by_current)
    states = np.empty((trajectories, intervals + 1, len(start)))
    voltages = np.empty((trajectories, intervals + 1))
    occupied = np.empty((trajectories, intervals + 1, len(device.telegraph_declarations())))
    branches = len(device.branches())

    def run_one(index: int) -> None:
        # One stream per trajectory: the result depends on the seed and the index alone.
        generator = np.random.Generator(np.random.Philox(key=np.array([seed, index], dtype=np.uint64)))
        local = (start.copy(), np.zeros(branches), parameters.copy(), request.duration / steps, stride)
        rows = states[index], voltages[index], occupied[index]
        run(generator, drive, others, other_index, inputs, input_index, *local, *rows)

    run_one(0)  # compiles, before threads would all wait for it
    if trajectories > 1:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            list(pool.map(run_one, range(1, trajectories), chunksize=max(1, trajectories // 64)))
    if not np.all(np.isfinite(states)):
        raise SimulationError(f"a state left the finite numbers; try a time_step shorter than {step:g} s")
    kept = slice(intervals + 1 - recorded, None)
    times = grid[::stride][kept]
    table = tabulate(
        request,
        np.tile(times, trajectories),
        voltages[:, kept].ravel(),
        states[:, kept].reshape(-1, len(start)),
        telegraphs={name: occupied[:, kept, j].ravel() for j, name in enumerate(device.telegraph_declarations())},
        temperature=temperature,
        seed=seed,
        time_step=request.duration / steps,
    )
    if trajectories > 1:
        table.insert(0, "trajectory", np.repeat(np.arange(trajectories), len(times)))
        table.attrs["units"]["trajectory"] = "1"
        table.attrs["descriptions"]["trajectory"] = "number of the trajectory"
    return table


def _check(
    request: Request, points: int | None, temperature: float, trajectories: int, time_step: float | None
) -> tuple[float, int]:
    """Refuse what makes no sense; return the step and the number of times to report."""
    if isinstance(temperature, bool | str) or not 0 <= temperature < math.inf:
        raise ParameterError(f"the temperature must be finite and not negative, not {temperature!r} K")
    trajectories = whole("trajectories", trajectories, 1)
    recorded = whole("points", points if points is not None else 1001 if trajectories == 1 else 1, 1)
    if time_step is None:
        step = min(request.device.settling_time / 1000, request.duration)
    else:
        step = positive("time_step", time_step, "s")
        if step > request.duration:
            raise ParameterError(f"time_step must be positive and not above the duration, not {step:g} s")
    if recorded * trajectories * len(request.device.state_declarations()) > LARGEST_TABLE:
        raise ParameterError(f"{trajectories} trajectories of {recorded} points do not fit; report fewer points")
    return step, recorded
