"""Single trajectories without noise against cmtj, at equal error of the final state, and against SciPy's integrators.

A perpendicular junction precesses in a field across for 10 ns, one thread, reports its final state alone. The error of
each program is that to its own trajectory with steps so small that it no longer changes; each takes the largest steps
or tolerance that err by less than a target.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib.metadata import version

import cmtj
import numpy as np
from harness import Record, main, side_by_side

from synaspice.devices import MTJ, VTEAM, Triangle, VortexOscillator

DURATION = 10e-9
FIELD = 2e4  # A/m
JUNCTION = MTJ.preset("ikeda2010", initial_polar_angle=0.5, initial_azimuth=0.3, field_x=FIELD, damping=0.003)
#: Error of the final state, and the steps of cmtj that are tried for it. [s]
TARGET, STEPS = 1e-6, [2e-12, 1e-12, 5e-13, 2.5e-13, 1.25e-13, 6e-14]
AXES = ["m_x", "m_y", "m_z"]


def cmtj_final(step: float, mode: cmtj.SolverMode) -> np.ndarray:
    """Final magnetisation of cmtj's junction."""
    start = cmtj.CVector(math.sin(0.5) * math.cos(0.3), math.sin(0.5) * math.sin(0.3), math.cos(0.5))
    layer = cmtj.Layer(
        id="free",
        mag=start,
        anis=cmtj.CVector(0, 0, 1),
        Ms=4e-7 * math.pi * JUNCTION.saturation_magnetization,
        thickness=JUNCTION.free_layer_thickness,
        cellSurface=JUNCTION.area,
        demagTensor=[cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 1)],
        damping=JUNCTION.damping,
    )
    device = cmtj.Junction([layer])
    anisotropy = JUNCTION.interfacial_anisotropy / JUNCTION.free_layer_thickness
    device.setLayerAnisotropyDriver("free", cmtj.ScalarDriver.getConstantDriver(anisotropy))
    field = cmtj.AxialDriver(*(cmtj.ScalarDriver.getConstantDriver(value) for value in (FIELD, 0.0, 0.0)))
    device.setLayerExternalFieldDriver("free", field)
    device.runSimulation(DURATION, step, DURATION, solverMode=mode)
    end = device.getLayerMagnetisation("free")
    return np.array([end.x, end.y, end.z])


def our_final(rtol: float) -> np.ndarray:
    """Final magnetisation of ours."""
    table = JUNCTION.simulate(0.0, DURATION, points=2, rtol=rtol, atol=1e-3 * rtol)
    return table[AXES].to_numpy()[-1]


def compare(name: str, mode: cmtj.SolverMode, repeats: int) -> list[Record]:
    """One of cmtj's methods with the largest steps that err by less than the target, and ours; nothing if none does."""
    exact, best = cmtj_final(2e-14, cmtj.SolverMode.RK4), our_final(1e-13)
    steps = [step for step in STEPS if np.abs(cmtj_final(step, mode) - exact).max() <= TARGET]
    if not steps:
        print(f"cmtj's {name} errs by more than {TARGET:g} with every step of {STEPS[-1]:g} to {STEPS[0]:g} s")
        return []
    rtol = max(rtol for rtol in 10.0 ** np.arange(-12, -3, 0.5) if np.abs(our_final(rtol) - best).max() <= TARGET)
    step = max(steps)
    peer, ours = side_by_side([lambda: cmtj_final(step, mode), lambda: our_final(rtol)], repeats)
    print(f"{name}: steps of {step:g} s, ours rtol {rtol:.2g}")
    return [Record(f"10 ns to {TARGET:g}, against {name}", ours, peer, f"cmtj {version('cmtj')}", peer / ours, "s")]


def default_call(repeats: int) -> Record:
    """20 ns at default arguments, 1001 points, against cmtj's RK4 at 1 ps that logs as many."""

    def peer() -> None:
        cmtj_final(1e-12, cmtj.SolverMode.RK4), cmtj_final(1e-12, cmtj.SolverMode.RK4)

    theirs, ours = side_by_side([peer, lambda: JUNCTION.simulate(0.0, 2 * DURATION)], repeats)
    return Record(
        "20 ns, default arguments, 1001 points", ours, theirs, f"cmtj {version('cmtj')}, RK4 1 ps", theirs / ours, "s"
    )


def against_scipy(name: str, run: Callable[..., object], method: str, repeats: int) -> Record:
    """One of our runs by default, and by a SciPy integrator over the same generated equations."""
    ours, theirs = side_by_side([run, lambda: run(method=method)], repeats)
    return Record(name, ours, theirs, f"SciPy {version('scipy')} {method}", theirs / ours, "s")


def measure(quick: bool) -> list[Record]:
    """Measure all of them."""
    repeats = 3 if quick else 15
    oscillator, memristor = VortexOscillator(), VTEAM(window="biolek")
    sweep = Triangle(1.0, 3e-8)
    return [
        *compare("RK4", cmtj.SolverMode.RK4, repeats),
        *compare("Dormand-Prince", cmtj.SolverMode.DormandPrince, repeats),
        default_call(repeats),
        against_scipy("junction, 10 ns", lambda **how: JUNCTION.simulate(0.0, DURATION, **how), "DOP853", repeats),
        against_scipy(
            "vortex oscillator, 200 ns of current",
            lambda **how: oscillator.simulate(3.2e-3, 2e-7, source="current", **how),
            "DOP853",
            repeats,
        ),
        against_scipy("VTEAM, two sweeps", lambda **how: memristor.simulate(sweep, 6e-8, **how), "LSODA", repeats),
    ]


if __name__ == "__main__":
    main(__doc__, measure)
