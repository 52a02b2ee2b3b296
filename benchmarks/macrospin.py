"""Macrospin trajectories against cmtj: the same junction, step and temperature, one thread each.

A perpendicular junction under a constant current density. cmtj logs at its sparsest: once, at the end.
"""

from __future__ import annotations

import math
from importlib.metadata import version

import cmtj
from harness import Record, main, median_seconds

from synaspice.devices import MTJ

STEP = 1e-12
TEMPERATURE = 300.0


def cmtj_run(junction: MTJ, duration: float, temperature: float) -> None:
    """Run one trajectory in cmtj; its constants and conventions hardly matter for its speed."""
    tesla = 4e-7 * math.pi * junction.saturation_magnetization
    tensor = [cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 1)]
    layer = cmtj.Layer.createSTTLayer(
        id="free",
        mag=cmtj.CVector(0.1, 0, 1),
        anis=cmtj.CVector(0, 0, 1),
        Ms=tesla,
        thickness=junction.free_layer_thickness,
        cellSurface=junction.area,
        demagTensor=tensor,
        damping=junction.damping,
        SlonczewskiSpacerLayerParameter=1.0,
        beta=0.0,
        spinPolarisation=junction.polarization_reference,
    )
    layer.setReferenceLayer(cmtj.CVector(0, 0, 1))
    device = cmtj.Junction([layer])
    anisotropy = junction.interfacial_anisotropy / junction.free_layer_thickness
    device.setLayerAnisotropyDriver("free", cmtj.ScalarDriver.getConstantDriver(anisotropy))
    device.setLayerCurrentDriver("free", cmtj.ScalarDriver.getConstantDriver(-1e10))
    if temperature:
        device.setLayerTemperatureDriver("free", cmtj.ScalarDriver.getConstantDriver(temperature))
        device.runSimulation(duration, STEP, duration, solverMode=cmtj.SolverMode.Heun)
    else:
        device.runSimulation(duration, STEP, duration)


def measure(quick: bool) -> list[Record]:
    """Compare one noisy trajectory, and many, in device-steps per second."""
    junction = MTJ.preset("ikeda2010", initial_polar_angle=0.1)
    repeats = 3 if quick else 9
    duration = 20e-9 if quick else 200e-9
    steps = duration / STEP
    many = 200 if quick else 2000
    peer_name = f"cmtj {version('cmtj')}"
    peer = steps / median_seconds(lambda: cmtj_run(junction, duration, TEMPERATURE), repeats)

    def ours(trajectories: int) -> None:
        junction.simulate(
            -0.2,
            duration,
            temperature=TEMPERATURE,
            trajectories=trajectories,
            seed=1,
            time_step=STEP,
            points=2 if trajectories == 1 else 1,
        )

    one = steps / median_seconds(lambda: ours(1), repeats)
    all_cores = many * steps / median_seconds(lambda: ours(many), repeats)
    unit = "device-steps/s"
    return [
        Record("one noisy trajectory, 300 K, Heun", one, peer, peer_name, one / peer, unit),
        Record(f"{many} of them, all cores", all_cores, peer, f"{peer_name}, one core", all_cores / peer, unit),
    ]


if __name__ == "__main__":
    main(__doc__, measure)
