"""Coupled layers against cmtj: dispersions of two and of three layers, and trajectories at the same error.

The stacks are those of both codes: exchange of first and second order, and anisotropies in the plane. The dispersion is
rest, all frequencies, linewidths and shapes over the field here, rest and frequencies by the Smit-Beljers solver there.
cmtj's Runge-Kutta method holds a layer's neighbours for a step, so that its error with coupled layers is of first
order; Heun's is of second. The faster of both is compared, each at the largest step, halved from 1 ps, that is good to
1e-3 all along the trajectory, with ours at a tolerance that is. cmtj runs on one thread.
"""

from __future__ import annotations

import math
from importlib.metadata import version
from typing import Any

import cmtj
import numpy as np
import scipy.constants as codata
from cmtj.models import LayerSB, Solver, VectorObj
from harness import Record, main, median_seconds, side_by_side

from synaspice.characterization import fmr
from synaspice.devices import ThreeLayerStack, TwoLayerStack, simulate_many

THIN = {"demagnetizing_factor_x": 0.0, "demagnetizing_factor_y": 0.0, "demagnetizing_factor_z": 1.0}
LAYER: dict[str, tuple[float, ...]] = {
    "thickness": (2e-9, 3e-9, 2.5e-9),
    "saturation_magnetization": (9e5, 1.1e6, 1e6),
    "uniaxial_anisotropy": (5e3, 8e3, 2e3),
    "anisotropy_azimuth": (0.1, 0.3, -0.2),
    "initial_azimuth": (0.2, -0.1, 0.15),
}
EXCHANGE, BIQUADRATIC = (-3e-4, -2e-4), (-4e-5, 1e-5)
DURATION, ROWS, ERROR, TOLERANCE, MANY = 5e-9, 50, 1e-3, 1e-6, 64
SOLVERS = ("RK4", "Heun")
PEER = f"cmtj {version('cmtj')}"


def stack(model: Any, **more: float) -> Any:
    """The stack in our form."""
    values: dict[str, Any] = {"stray_fields": "none"}
    for k, name in enumerate(model.layers):
        common = {**THIN, "damping": 0.01, "anisotropy_polar_angle": math.pi / 2, "gyromagnetic_ratio": 1.76e11}
        values |= {f"{name}_{key}": value for key, value in common.items()}
        values |= {f"{name}_{key}": part[k] for key, part in LAYER.items()}
    for k, name in enumerate(model.spacers):
        values |= {f"{name}_bilinear_exchange": EXCHANGE[k], f"{name}_biquadratic_exchange": BIQUADRATIC[k]}
    return model(**(values | more))


def solved(count: int, fields: np.ndarray) -> np.ndarray:
    """Frequencies at each field by cmtj's solver, from the rest at the field before [Hz]."""
    layers = [
        LayerSB(
            _id=k, thickness=LAYER["thickness"][k], Ks=0.0, Ms=LAYER["saturation_magnetization"][k],
            Kv=VectorObj(math.pi / 2, LAYER["anisotropy_azimuth"][k], LAYER["uniaxial_anisotropy"][k]),
        )
        for k in range(count)
    ]  # fmt: skip
    at = [value for k in range(count) for value in (math.pi / 2, LAYER["initial_azimuth"][k])]
    rows = []
    for field in fields:
        along = VectorObj(math.pi / 2, 0.0, field)
        solver = Solver(layers, J1=EXCHANGE[: count - 1], J2=BIQUADRATIC[: count - 1], H=along)
        at, frequencies = solver.solve(init_position=at, perturbation=1e-6)
        rows.append(np.sort(frequencies))
    return 1e9 * np.array(rows)


def run_cmtj(device: Any, solver: str, step: float) -> tuple[np.ndarray, np.ndarray]:
    """Times and directions of all layers by one of cmtj's methods."""
    start = device.simulate(0.0, 1e-15, points=2).iloc[0]
    layers = []
    for name in device.layers:
        part = getattr(device, name)
        layers.append(
            cmtj.Layer(
                id=name, mag=cmtj.CVector(*(float(start[f"{name}_m_{a}"]) for a in "xyz")),
                anis=cmtj.CVector(*part.easy_axis), Ms=codata.mu_0 * part.saturation_magnetization,
                thickness=part.thickness, cellSurface=device.area, damping=part.damping,
                demagTensor=[cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 1)],
            )
        )  # fmt: skip
    junction = cmtj.Junction(layers)
    for name in device.layers:
        junction.setLayerAnisotropyDriver(name, cmtj.constantDriver(getattr(device, name).uniaxial_anisotropy))
        junction.setLayerExternalFieldDriver(name, cmtj.AxialDriver(device.field_x, 0.0, 0.0))
    for k in range(len(device.spacers)):
        junction.setIECDriver(*device.layers[k : k + 2], cmtj.constantDriver(EXCHANGE[k]))
        junction.setQuadIECDriver(*device.layers[k : k + 2], cmtj.constantDriver(BIQUADRATIC[k]))
    method = getattr(cmtj.SolverMode, solver)
    junction.runSimulation(DURATION + step / 2, step, DURATION / ROWS + step / 2, False, False, method)
    log = junction.getLog()
    found = [log[f"{name}_m{a}"] for name in device.layers for a in "xyz"]
    return np.array(log["time"]) + step, np.array(found).T


def largest_step(device: Any, solver: str) -> tuple[float, float]:
    """The largest step, halved from 1 ps, with which a method of cmtj is good to the error, and how good it is then."""
    step = 2e-12
    off = math.inf
    while off > ERROR and step > 1e-15:
        step /= 2
        times, found = run_cmtj(device, solver, step)
        inside = times <= DURATION
        exact = device.simulate(0.0, DURATION, times=times[inside], rtol=1e-11, atol=1e-13)
        off = float(np.max(np.abs(found[inside] - exact[list(device.state_declarations())].to_numpy())))
    return step, off


def many(device: Any, drives: list[float]) -> None:
    """As many runs in one call."""
    simulate_many(device, drives, DURATION, times=[0.0, DURATION], rtol=TOLERANCE, atol=TOLERANCE)


def run_ours(device: Any) -> np.ndarray:
    """Directions of all layers, at tolerances that keep the same error."""
    table = device.simulate(0.0, DURATION, points=ROWS + 1, rtol=TOLERANCE, atol=TOLERANCE)
    return np.asarray(table[list(device.state_declarations())])


def measure(quick: bool) -> list[Record]:
    """Fields per second of dispersions, and runs per second of trajectories."""
    from _cmtj.constants import PhysicalConstants

    records = []
    for model, count in ((TwoLayerStack, 2), (ThreeLayerStack, 3)):
        fields = np.linspace(3e5, 1e4, 40 if not quick else 8)
        device = stack(model)
        ours = len(fields) / median_seconds(lambda d=device, f=fields: fmr(d, field=f, axis="x"), 3)
        some = fields if count == 2 and not quick else fields[:2]
        found: list[np.ndarray] = []
        theirs = len(some) / side_by_side([lambda c=count, f=some, into=found: into.append(solved(c, f))], 1)[0]
        table = fmr(device.replace(**{f"{name}_damping": 1e-3 for name in device.layers}), field=some, axis="x")
        own = table["frequency"].to_numpy().reshape(len(some), count)
        off = float(np.max(np.abs(own - found[-1]) / own))
        name = f"dispersion, {count} layers (differ by {off:.1e})"
        records.append(Record(name, ours, theirs, PEER, ours / theirs, "fields/s"))
    PhysicalConstants.set_magnetic_permeability(codata.mu_0)
    for model, count in ((TwoLayerStack, 2), (ThreeLayerStack, 3)):
        moved = {f"{name}_initial_azimuth": (2.0, -1.5, 1.0)[k] for k, name in enumerate(model.layers)}
        device = stack(model, field_x=5e4, **moved)
        PhysicalConstants.set_gyromagnetic_ratio(device.first.gamma_0)
        exact = device.simulate(0.0, DURATION, points=ROWS + 1, rtol=1e-11, atol=1e-13)
        own = np.max(np.abs(run_ours(device) - exact[list(device.state_declarations())].to_numpy()))
        if own > ERROR:
            raise SystemExit(f"ours is off by {own:.1e}")
        times = []
        for solver in SOLVERS:
            step, off = largest_step(device, solver)
            times.append((median_seconds(lambda d=device, s=solver, h=step: run_cmtj(d, s, h), 3), solver, step, off))
        other, solver, step, off = min(times)
        one = median_seconds(lambda d=device: run_ours(d), 3 if quick else 9)
        name = f"{DURATION * 1e9:g} ns, {count} layers to {ERROR:g} ({solver}, {step * 1e15:.3g} fs)"
        records.append(Record(name, 1 / one, 1 / other, PEER, other / one, "runs/s"))
        drives = [0.0] * MANY
        together = median_seconds(lambda d=device, v=drives: many(d, v), 3) / MANY
        records.append(Record(f"  {MANY} of them together", 1 / together, 1 / other, PEER, other / together, "runs/s"))
    PhysicalConstants.resetToDefaults()
    return records


if __name__ == "__main__":
    main(__doc__, measure)
