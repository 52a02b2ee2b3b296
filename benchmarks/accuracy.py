"""Correctness at speed: weak order of the stochastic scheme, and tails of its normal deviates to 6 standard deviations.

A magnet without anisotropy diffuses freely over the sphere, and its mean magnetisation decays with Debye's relaxation
time: the error of the mean is known exactly, for steps as coarse as one likes. The deviates are counted beyond 1 to 6
standard deviations, in both tails together.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from harness import Record, main
from scipy import stats
from scipy.constants import k

from synaspice.devices import MTJ
from synaspice.devices.simulation.machine.kinds import F64, I64, Array
from synaspice.devices.simulation.machine.program import compiled_function
from synaspice.devices.simulation.numerics.philox import NORMALS, philox, six_normals

TEMPERATURE = 300.0
FREE = MTJ(
    diameter=10e-9,
    free_layer_thickness=1e-9,
    damping=0.1,
    interfacial_anisotropy=0.0,
    demagnetizing_factor_x=1 / 3,
    demagnetizing_factor_y=1 / 3,
    demagnetizing_factor_z=1 / 3,
    initial_polar_angle=0.0,
)
LEVELS = np.arange(1.0, 7.0)


def debye_time(magnet: MTJ) -> float:
    """Relaxation time of free rotational diffusion, (1 + alpha^2) M_s V / (2 alpha gamma k_B T) [s]."""
    moment = magnet.saturation_magnetization * magnet.volume
    thermal = 2 * magnet.damping * magnet.gyromagnetic_ratio * k * TEMPERATURE
    return float((1 + magnet.damping**2) * moment / thermal)


def weak_errors(steps: list[int], trajectories: int) -> list[tuple[float, float]]:
    """Error of the mean of m_z after one relaxation time, and its standard error, for so many steps."""
    duration = debye_time(FREE)
    found = []
    for number in steps:
        run = FREE.ensemble(
            0.0, duration, temperature=TEMPERATURE, trajectories=trajectories, seed=number, time_step=duration / number
        )
        moments = run.statistics("m_z").moments["m_z"]
        error = float(moments.mean[0] - np.exp(-1))
        found.append((error, float(np.sqrt(moments.squares[0]) / moments.count)))
    return found


def add_beyond(first, calls, levels, counts):  # type: ignore[no-untyped-def]
    sizes = np.empty(NORMALS)
    for call in range(first, first + calls):
        low, high = np.uint32(call & 0xFFFFFFFF), np.uint32(call >> 32)
        a, b, c, d = philox(low, high, np.uint32(0), np.uint32(0), np.uint32(7), np.uint32(0))
        sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], sizes[5] = six_normals(a, b, c, d)
        for i in range(NORMALS):
            for j in range(len(levels)):
                if abs(sizes[i]) <= levels[j]:
                    break
                counts[j] += 1


def count_beyond(first: int, calls: int) -> np.ndarray:
    """How many of NORMALS * calls deviates are beyond each level, on either side."""
    counts = np.zeros(len(LEVELS), dtype=np.int64)
    ADD_BEYOND(first, calls, np.array(LEVELS, dtype=float), counts)
    return counts


ADD_BEYOND = compiled_function(add_beyond, I64, I64, Array(F64), Array(I64))


def tails(draws: int) -> np.ndarray:
    """Counts of deviates beyond the levels."""
    part = min(10**7, draws // NORMALS)
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return np.sum(list(pool.map(lambda k: count_beyond(k, part), range(0, draws // NORMALS, part))), axis=0)


def measure(quick: bool) -> list[Record]:
    """Measure both."""
    steps = [8, 16, 32, 64] if quick else [8, 16, 32, 64, 128]
    errors = weak_errors(steps, 10**6 if quick else 10**7)
    print(f"Mean of m_z after one Debye time ({debye_time(FREE):.4g} s), exactly {np.exp(-1):.6f}:")
    print(f"  {'steps':>6} {'error':>12} {'standard error':>15}")
    for number, (error, spread) in zip(steps, errors, strict=True):
        print(f"  {number:6} {error:12.6f} {spread:15.6f}")
    # The finer half alone: the coarse steps show higher orders too.
    (one, spread_one), (two, spread_two) = errors[-3], errors[-1]
    order = np.log2(one / two) / 2
    spread = np.hypot(spread_one / one, spread_two / two) / np.log(4)
    print(f"  order, from the last and the last but two: {order:.3f} +- {spread:.3f}")
    # The rest without the term of first order.
    extrapolated = [2 * b - a for (a, _), (b, _) in pairwise(errors)]
    print("  extrapolated from pairs: " + ", ".join(f"{value:.6f}" for value in extrapolated))

    draws = NORMALS * 10**7 * (10 if quick else 250)
    start = time.perf_counter()
    counts = tails(draws)
    seconds = time.perf_counter() - start
    expected = draws * 2 * stats.norm.sf(LEVELS)
    print(f"{draws:.3g} deviates in {seconds:.0f} s:")
    print(f"  {'level':>6} {'beyond':>14} {'expected':>16} {'deviation/sqrt(expected)':>26}")
    for level, count, mean in zip(LEVELS, counts, expected, strict=True):
        print(f"  {level:6.0f} {count:14,} {mean:16,.1f} {(count - mean) / np.sqrt(mean):26.2f}")
    beyond = int(np.flatnonzero(expected > 10).max())
    return [
        Record("weak order", order, 1.0, "theory, Heun's scheme", order / 1.0, "1"),
        Record(
            f"deviates beyond {LEVELS[beyond]:.0f} sigma",
            float(counts[beyond]),
            float(expected[beyond]),
            "normal distribution",
            float(counts[beyond] / expected[beyond]),
            "1",
        ),
    ]


if __name__ == "__main__":
    main(__doc__, measure)
