"""Single trajectories without noise against cmtj, at equal error of the final state, and against SciPy's integrators.

A perpendicular junction precesses in a field across, weak or strong, for 10 ns and reports its final state alone: one
trajectory, and one for each of 64 currents, one after another with cmtj and in one call with ours. The error of each
program is that to its own trajectory with steps so small that it no longer changes; each takes the largest steps or
tolerance that err by less than a target.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version

import cmtj
import numpy as np
import pandas as pd
from harness import Record, main, side_by_side

from synaspice.devices import MTJ, VTEAM, Triangle, VortexOscillator, simulate_many

CMTJ = f"cmtj {version('cmtj')}"
DURATION = 10e-9
#: Fields [A/m]: some turns in the time, and some hundred.
FIELDS = {"slow": 2e4, "fast": 1e6}
JUNCTION = MTJ.preset("ikeda2010", initial_polar_angle=0.5, initial_azimuth=0.3, field_x=FIELDS["slow"], damping=0.003)
#: Error of the final state; the steps [s] of cmtj's RK4 and the tolerances of its Dormand-Prince that are tried for it.
TARGET = 1e-6
STEPS, TOLERANCES = [4e-12, 2e-12, 1e-12, 5e-13, 2.5e-13, 1.25e-13], [1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10, 1e-11]
#: Currents of the sweep [A], and what flows per square metre in cmtj.
CURRENTS = np.linspace(-2e-5, 2e-5, 64)
AXES = ["m_x", "m_y", "m_z"]
RK4, ADAPTIVE = cmtj.SolverMode.RK4, cmtj.SolverMode.DormandPrince
AdaptiveParameters = sys.modules["_cmtj"].AdaptiveIntegrationParams


def cmtj_final(
    junction: MTJ, mode: cmtj.SolverMode, choice: float, current: float = 0.0, duration: float = DURATION
) -> np.ndarray:
    """Final magnetisation of cmtj's junction; ``choice`` is the step [s], or the tolerance of the adaptive method."""
    layer = cmtj.Layer.createSTTLayer(
        id="free",
        mag=cmtj.CVector(math.sin(0.5) * math.cos(0.3), math.sin(0.5) * math.sin(0.3), math.cos(0.5)),
        anis=cmtj.CVector(0, 0, 1),
        Ms=4e-7 * math.pi * junction.saturation_magnetization,
        thickness=junction.free_layer_thickness,
        cellSurface=junction.area,
        demagTensor=[cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 1)],
        damping=junction.damping,
        SlonczewskiSpacerLayerParameter=1.0,
        beta=0.0,
        spinPolarisation=junction.polarization_reference,
    )
    layer.setReferenceLayer(cmtj.CVector(0, 0, 1))
    if mode == ADAPTIVE:
        parameters = AdaptiveParameters()
        parameters.abs_tol = parameters.rel_tol = choice
        layer.setAdaptiveParams(parameters)
    device = cmtj.Junction([layer])
    anisotropy = junction.interfacial_anisotropy / junction.free_layer_thickness
    device.setLayerAnisotropyDriver("free", cmtj.ScalarDriver.getConstantDriver(anisotropy))
    device.setLayerCurrentDriver("free", cmtj.ScalarDriver.getConstantDriver(current / junction.area))
    field = cmtj.AxialDriver(*(cmtj.ScalarDriver.getConstantDriver(value) for value in (junction.field_x, 0.0, 0.0)))
    device.setLayerExternalFieldDriver("free", field)
    device.runSimulation(duration, choice if mode == RK4 else 1e-12, duration, solverMode=mode)
    end = device.getLayerMagnetisation("free")
    return np.array([end.x, end.y, end.z])


def our_final(junction: MTJ, rtol: float) -> np.ndarray:
    """Final magnetisation of ours."""
    return finals(junction.simulate(0.0, DURATION, points=2, rtol=rtol, atol=rtol))[0]


def finals(table: pd.DataFrame) -> np.ndarray:
    """Magnetisations in every second row; pandas takes longer to make a table of three columns than we to fill it."""
    return table.to_numpy()[1::2, [table.columns.get_loc(axis) for axis in AXES]]


def our_sweep(junction: MTJ, rtol: float) -> np.ndarray:
    """Final magnetisations of ours at all currents, in one call."""
    return finals(simulate_many(junction, CURRENTS, DURATION, source="current", points=2, rtol=rtol, atol=rtol))


def cmtj_sweep(junction: MTJ, mode: cmtj.SolverMode, choice: float) -> np.ndarray:
    """The same of cmtj's, one after another; its torque per current is another constant."""
    return np.array([cmtj_final(junction, mode, choice, current) for current in CURRENTS])


def cheapest(final: Callable[[float], np.ndarray], choices: Sequence[float], exact: np.ndarray) -> float | None:
    """The first of the choices, from the cheapest on, whose error is below the target."""
    return next((choice for choice in choices if np.abs(final(choice) - exact).max() <= TARGET), None)


def compare(
    what: str,
    ours: Callable[[float], np.ndarray],
    theirs: Callable[[cmtj.SolverMode, float], np.ndarray],
    repeats: int,
) -> list[Record]:
    """Each of cmtj's methods and ours, each as cheap as it can be for the target."""
    exact, best = theirs(RK4, 2e-13), ours(1e-13)
    rtol = cheapest(ours, list(10.0 ** np.arange(-4, -12, -0.5)), best)
    records = []
    for name, mode, choices in (("RK4", RK4, STEPS), ("adaptive Dormand-Prince", ADAPTIVE, TOLERANCES)):
        choice = cheapest(partial(theirs, mode), choices, exact)
        if choice is None or rtol is None:
            print(f"{what}: no choice errs by less than {TARGET:g}, of cmtj's {name} or of ours")
            continue
        peer, own = side_by_side([partial(theirs, mode, choice), partial(ours, rtol)], repeats)
        print(f"{what}, {name}: {'step' if mode == RK4 else 'tolerance'} {choice:g}, ours rtol {rtol:.2g}")
        records.append(Record(f"{what} to {TARGET:g}, against {name}", own, peer, CMTJ, peer / own, "s"))
    return records


def default_call(repeats: int) -> Record:
    """20 ns at default arguments, 1001 points, against cmtj's RK4 at 1 ps, which logs the end alone."""
    theirs, ours = side_by_side(
        [lambda: cmtj_final(JUNCTION, RK4, 1e-12, duration=2 * DURATION), lambda: JUNCTION.simulate(0.0, 2 * DURATION)],
        repeats,
    )
    return Record("20 ns, default arguments, 1001 points", ours, theirs, f"{CMTJ}, RK4 1 ps", theirs / ours, "s")


def side_by_side_in_registers(repeats: int) -> Record:
    """The 64 currents in one call and one thread, against single calls."""
    how = {"source": "current", "points": 2}
    alone, together = side_by_side(
        [
            lambda: [JUNCTION.simulate(current, DURATION, **how) for current in CURRENTS],
            lambda: simulate_many(JUNCTION, CURRENTS, DURATION, threads=1, **how),
        ],
        repeats,
    )
    return Record(f"{len(CURRENTS)} currents, one thread", together, alone, "single calls", alone / together, "s")


def against_scipy(name: str, run: Callable[..., object], method: str, repeats: int) -> Record:
    """One of our runs by default, and by a SciPy integrator over the same generated equations."""
    ours, theirs = side_by_side([run, lambda: run(method=method)], repeats)
    return Record(name, ours, theirs, f"SciPy {version('scipy')} {method}", theirs / ours, "s")


def measure(quick: bool) -> list[Record]:
    """Measure all of them."""
    repeats = 3 if quick else 15
    oscillator, memristor = VortexOscillator(), VTEAM(window="biolek")
    sweep = Triangle(1.0, 3e-8)
    compared = []
    for name, field in FIELDS.items():
        junction = JUNCTION.replace(field_x=field)
        sweep_name = f"{len(CURRENTS)} currents in one call, {name} precession"
        compared += compare(
            f"10 ns, {name} precession", partial(our_final, junction), partial(cmtj_final, junction), repeats
        )
        compared += compare(sweep_name, partial(our_sweep, junction), partial(cmtj_sweep, junction), 3 if quick else 5)
    return [
        *compared,
        default_call(repeats),
        side_by_side_in_registers(3 if quick else 5),
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
