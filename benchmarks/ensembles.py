"""Ensembles of noisy macrospins: device-steps per second and core, against cmtj, NumPy, SciPy and diffrax.

The same perpendicular junction, step and temperature for all, under a constant voltage; cmtj logs at its sparsest,
once, at the end. Then how it grows with cores, trajectories and memory, and how far it is from the machine's limit: the
same loop without noise, the noise alone, and the floating-point operations against a loop of nothing else.
"""

from __future__ import annotations

import ast
import os
import resource
import time
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
from harness import Record, main, median_seconds, side_by_side
from macrospin import STEP, TEMPERATURE, cmtj_run
from scipy.constants import k, mu_0
from scipy.integrate import solve_ivp

from synaspice.devices import MTJ
from synaspice.devices.core.vectors import compiled, parameter_vector
from synaspice.devices.simulation.ensembles.ensemble import Ensemble
from synaspice.devices.simulation.ensembles.plan import Chunk, Plan
from synaspice.devices.simulation.machine.kinds import F64, I64, Array
from synaspice.devices.simulation.machine.program import compiled_function

VOLTAGE = -0.2
UNIT = "device-steps/s"
JUNCTION = MTJ.preset("ikeda2010", initial_polar_angle=0.1)


def ensemble(trajectories: int, steps: int, **arguments: int) -> Ensemble:
    return JUNCTION.ensemble(
        VOLTAGE, steps * STEP, temperature=TEMPERATURE, trajectories=trajectories, seed=1, time_step=STEP, **arguments
    )


def rate(trajectories: int, steps: int, repeats: int, **arguments: int) -> float:
    """Device-steps per second of an ensemble that keeps only statistics."""
    run = ensemble(trajectories, steps, **arguments)
    return trajectories * steps / median_seconds(lambda: run.statistics("m_z"), repeats)


def quiet_plan(trajectories: int, steps: int) -> Plan:
    request = ensemble(1, steps)._request
    return Plan(request, 0.0, 1, steps, noise=False, trajectories=trajectories)


def operations(plan: Plan) -> tuple[int, int, int]:
    """Fused products, other sums and products, and divisions and roots in one step, from the kernel's source."""
    kernel, _ = plan.kernel(None, plan.nominal[0])
    functions = ast.parse(kernel.source).body
    run = next(each for each in functions if isinstance(each, ast.FunctionDef) and each.name == "run")
    body = ast.get_source_segment(kernel.source, run) or ""
    # What the drive decides stands before the loop over the trajectories.
    lines = [
        line.split(" = ", 1)[1]
        for line in body.partition("for j in range(B):")[2].splitlines()
        if " = " in line and "k = " not in line and "[" not in line.split(" = ")[1][:4]
    ]
    text = "\n".join(line for line in lines if not line.startswith(("s[", "now", "z[", "drive")))
    squares = text.count("square(")
    return (
        text.count("fma("),
        sum(text.count(c) for c in ("*", " + ", " - ")) + squares,
        text.count("/") + text.count("sqrt("),
    )


def without_noise(trajectories: int, steps: int) -> None:
    """The same loop, its noise removed."""
    plan = quiet_plan(trajectories, steps)
    for first in range(0, trajectories, 1024):
        Chunk(plan, first, min(1024, trajectories - first)).advance(steps)


def numpy_rate(trajectories: int, steps: int, repeats: int) -> float:
    """A plain vectorised Heun loop over the same generated equations."""
    functions = compiled(JUNCTION)
    p = parameter_vector(JUNCTION)
    generator = np.random.default_rng(1)
    # Brown's field: its density, as the ensembles have it.
    d = JUNCTION
    moment = mu_0 * d.saturation_magnetization * d.volume
    density = 2 * d.damping * k * TEMPERATURE / (mu_0 * d.gyromagnetic_ratio * moment)
    amplitude = np.sqrt(density / STEP)
    field = [list(map(str, functions.parameters)).index(f"field_{axis}") for axis in "xyz"]

    def rates(m: np.ndarray, h: np.ndarray) -> np.ndarray:
        q = list(p)
        for axis, row in enumerate(field):
            q[row] = h[axis]
        return np.stack(functions.static_array([VOLTAGE], list(m), q)[-3:])

    def run() -> None:
        m = np.tile(np.array([[0.1], [0.0], [0.995]]), trajectories)
        for _ in range(steps):
            h = amplitude * generator.standard_normal((3, trajectories))
            first = rates(m, h)
            m = m + STEP / 2 * (first + rates(m + STEP * first, h))
            m /= np.sqrt((m * m).sum(axis=0))

    return trajectories * steps / median_seconds(run, repeats)


def scipy_rate(steps: int, repeats: int) -> float:
    """SciPy, one trajectory at a time: noise held over each step, RK23 bound to one step of its own per step."""
    functions = compiled(JUNCTION)
    p = parameter_vector(JUNCTION)
    generator = np.random.default_rng(1)
    field = [list(map(str, functions.parameters)).index(f"field_{axis}") for axis in "xyz"]

    def run() -> None:
        m = np.array([0.1, 0.0, 0.995])
        q = list(p)
        for _ in range(steps):
            for row, value in zip(field, 1e3 * generator.standard_normal(3), strict=True):
                q[row] = value
            m = solve_ivp(
                lambda _, x: functions.rates([VOLTAGE], x, q), (0, STEP), m, "RK23", first_step=STEP, rtol=1, atol=1
            ).y[:, -1]
            m /= np.linalg.norm(m)

    return steps / median_seconds(run, repeats)


def diffrax_rate(trajectories: int, steps: int, repeats: int) -> float | None:
    """Diffrax's Heun scheme on the CPU, vectorised over trajectories, where it is installed."""
    try:
        import diffrax
        import jax
        import jax.numpy as jnp
    except ImportError:
        return None
    jax.config.update("jax_enable_x64", True)
    d, gamma = JUNCTION, JUNCTION.derived["gamma_0"]
    hard = d.derived["anisotropy_field"]
    alpha = d.damping
    amplitude = 1e3 * np.sqrt(STEP)  # its size does not matter for its speed

    def llg(m: jax.Array, h: jax.Array) -> jax.Array:
        torque = jnp.cross(m, h)
        return -gamma / (1 + alpha**2) * (torque + alpha * jnp.cross(m, torque))

    def drift(_t: float, m: jax.Array, _args: None) -> jax.Array:
        return llg(m, jnp.array([0.0, 0.0, hard * m[2]]))

    def diffusion(_t: float, m: jax.Array, _args: None) -> jax.Array:
        return jnp.stack([llg(m, amplitude * e) for e in jnp.eye(3)], axis=1)

    def one(key: jax.Array) -> jax.Array:
        path = diffrax.VirtualBrownianTree(0, steps * STEP, STEP / 2, (3,), key)
        terms = diffrax.MultiTerm(diffrax.ODETerm(drift), diffrax.ControlTerm(diffusion, path))
        start = jnp.array([0.1, 0.0, 0.995])
        return diffrax.diffeqsolve(terms, diffrax.Heun(), 0, steps * STEP, STEP, start, max_steps=steps + 1).ys

    many = jax.jit(jax.vmap(one))
    keys = jax.random.split(jax.random.PRNGKey(1), trajectories)
    return trajectories * steps / median_seconds(lambda: many(keys).block_until_ready(), repeats)


def peak_rate() -> float:
    """Fused multiply-adds per second of one core, in a loop of nothing else (two operations each)."""

    def work(x, count):  # type: ignore[no-untyped-def]
        for _ in range(count):
            for j in range(64):
                a, b, c, d = x[j], x[64 + j], x[128 + j], x[192 + j]
                for _ in range(16):
                    a, b, c, d = a * 0.999 + 1e-3, b * 0.999 + 1e-3, c * 0.999 + 1e-3, d * 0.999 + 1e-3
                x[j], x[64 + j], x[128 + j], x[192 + j] = a, b, c, d

    compiled = compiled_function(work, Array(F64), I64, contracting=True)
    x = np.ones(256)
    count = 20_000
    return count * 64 * 64 / median_seconds(lambda: compiled(x, count), 5)


def report(name: str, function: Callable[[], float], unit: str = UNIT) -> float:
    value = function()
    print(f"  {name:66} {value:10.3g} {unit}")
    return value


def measure(quick: bool) -> list[Record]:
    """Measure all of it."""
    repeats = 3 if quick else 7
    steps, long, number = 10_000, 10**7, 200_000  # of many trajectories, of a long one, and of cmtj's
    cores = os.cpu_count() or 1
    peer_name = f"cmtj {version('cmtj')}, one core"
    many, alone = ensemble(10_240, steps, threads=1), ensemble(1, long, threads=1)
    shared = ensemble(10_240, steps)
    tasks = [
        (number, lambda: cmtj_run(JUNCTION, number * STEP, TEMPERATURE)),
        (10_240 * steps, lambda: many.statistics("m_z")),
        (10_240 * steps, lambda: without_noise(10_240, steps)),
        (10_240 * steps, lambda: shared.statistics("m_z")),
        (long, lambda: alone.statistics("m_z")),
    ]
    seconds = side_by_side([task for _, task in tasks], repeats)
    rates = [count / span for (count, _), span in zip(tasks, seconds, strict=True)]
    peer, one_core, quiet, all_cores, single_rate = rates
    records = [
        Record("10 240 junctions, 300 K, one core", one_core, peer, peer_name, one_core / peer, UNIT),
        Record("one long trajectory, 300 K", single_rate, peer, peer_name, single_rate / peer, UNIT),
        Record(f"{cores} cores", all_cores, one_core, "ours, one core", all_cores / one_core, UNIT),
        Record("with noise", one_core, quiet, "the same loop without noise", one_core / quiet, UNIT),
    ]
    plain = numpy_rate(10_240, 20, repeats)
    records.append(Record("against NumPy", one_core, plain, f"NumPy {version('numpy')}, Heun", one_core / plain, UNIT))
    single = scipy_rate(200, repeats)
    records.append(
        Record("against SciPy", one_core, single, f"SciPy {version('scipy')}, RK23", one_core / single, UNIT)
    )
    other = diffrax_rate(1024, 200, repeats)
    if other is None:
        print("diffrax is not installed: not compared")
    else:
        name = f"diffrax {version('diffrax')}, {cores} cores"
        records.append(Record("against diffrax", all_cores, other, name, all_cores / other, UNIT))

    print("Growth with the number of trajectories, all cores, statistics only:")
    for exponent in (2, 3, 4, 5, 6):
        count = 10**exponent
        number = max(100, min(steps, 10**8 // count if quick else 10**9 // count))
        report(f"{count:9,} trajectories of {number:6,} steps", lambda c=count, n=number: rate(c, n, 1))
        print(f"  {'':66} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:10.0f} MB largest resident memory")

    print("Distance to the limit, one core:")
    fused, plain_operations, divisions = operations(quiet_plan(10_240, steps))
    peak = peak_rate()
    flops = (2 * fused + plain_operations) * quiet
    print(f"  {fused} fused, {plain_operations} other operations and {divisions} divisions and roots per device-step")
    report("multiply-adds in a loop of nothing else", lambda: 2 * peak, "flop/s")
    report("the loop without noise, divisions not counted", lambda: flops, "flop/s")
    noise_time = 1 / one_core - 1 / quiet
    report("noise alone, from the difference", lambda: 1 / noise_time)
    return records


if __name__ == "__main__":
    start = time.perf_counter()
    main(__doc__, measure)
    print(f"in {time.perf_counter() - start:.0f} s")
