"""Coupled spin-torque oscillators against published code, at the same method and step; and coupled layers of cmtj.

``--peers FOLDER`` names a clone of the public repository mathowl/reservoir_acceleration, the code of de Jong et al.,
arXiv:2312.01121: N macrospins whose x components drive each other through a full matrix, by the Runge-Kutta method of
fourth order with steps of 10 ps, compiled by Numba. The faster of its parallel and its plain form is compared. Without
the folder the peer is the same method of the same equations in NumPy, whose matrix products are those of its BLAS.

The device is declared here, in the equations of that work. Both run in one process; the rows say by how much the
first oscillator differs at the end. ``held`` computes the product once a step and carries it on by a cubic,
``single`` keeps the matrix in single precision: both say what error that makes. In the rows of exponents, of the time
over N, less is better, and the ratio the peer's over ours. Layers with an exchange between neighbours follow, against
cmtj's Runge-Kutta method with the same step, whose neighbours stand still during a step, and magnets that are dipoles
to all others, against cmtj's group of junctions; a test compares what becomes of them.
"""

from __future__ import annotations

import importlib.util
import math
import sys
import time
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import cmtj
import numpy as np
import scipy.constants as codata
from cmtj.reservoir import GroupInteraction, computeDipoleInteractionNoumra
from harness import Record, main
from scipy import sparse

from synaspice.characterization import Coupling, Network
from synaspice.characterization.networks.couplings import dipoles
from synaspice.devices import MTJ
from synaspice.devices.language.declarations.declaration import Branch, Input, Parameter, State, Symbols
from synaspice.devices.model import CompactModel

#: Values of that work, in its units: saturation and anisotropy field, field, torque [Oe], asymmetry, damping, rate.
DEMAGNETISING, ANISOTROPY, FIELD, ASYMMETRY, DAMPING, GYRO = 4 * math.pi * 1448.3, 18616.0, 200.0, 0.288, 0.005, 1.764e7
TORQUE = 1.05457266e9 * 2.5 * 0.537 / (2 * 1.60217733 * 720 * math.pi * 1448.3)
NORMAL = ANISOTROPY - DEMAGNETISING
STEP, TILT, OERSTED = 1e-11, 2 * math.pi / 360, 1e3 / (4 * math.pi)
REPOSITORY = "reservoir_acceleration (arXiv:2312.01121)"


class CoupledOscillator(CompactModel):
    """The oscillator of arXiv:2312.01121: a free layer with a torque towards x, and a field along z."""

    time_scale = 1e-9
    voltage = Branch("p", "n", "voltage, which does nothing")
    field_z = Parameter(FIELD * OERSTED, "A/m", "field along z", (0.0, 1e7))
    anisotropy_field = Parameter(NORMAL * OERSTED, "A/m", "anisotropy less demagnetising field", (-1e7, 1e7))
    torque_field = Parameter(TORQUE * OERSTED, "A/m", "field of the torque", (0.0, 1e7))
    asymmetry = Parameter(ASYMMETRY, "1", "asymmetry of the torque", (0.0, 0.9))
    damping = Parameter(DAMPING, "1", "Gilbert damping", (0.0, 1.0))
    gyromagnetic = Parameter(GYRO / OERSTED, "m/(A*s)", "gyromagnetic ratio over the field", (1.0, 1e7))
    field_x = Input(0.0, "A/m", "field along x", (-1e7, 1e7))
    m = State(
        "1", "direction", vector=True, unit_sphere=True,
        initial=lambda s: (math.sin(TILT) * math.cos(TILT), math.sin(TILT) * math.sin(TILT), math.cos(TILT)),
    )  # fmt: skip

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        m = s.m
        x, y, z = m
        torque = s.torque_field / (1 + s.asymmetry * x)
        # b = H - torque m x p, with p along x.
        b = type(m)([s.field_x, -torque * z, s.field_z + s.anisotropy_field * z + torque * y])
        turn = m.cross(b)
        rate = -s.gyromagnetic / (1 + s.damping**2) * (turn + s.damping * m.cross(turn))
        return {"current": 1e-3 * s.voltage, "dm/dt": rate}


def matrix_of(size: int) -> np.ndarray:
    """Couplings at random, of about spectral radius 1 (by the circular law) [Oe]."""
    generator = np.random.default_rng(0)
    if size == 1:
        return np.zeros((1, 1))
    found = generator.random((size, size)) * 2 - 1
    np.fill_diagonal(found, 0.0)
    return found / math.sqrt(size / 3)


def peer_in_numpy(size: int, matrix: np.ndarray, steps: int) -> np.ndarray:
    """The method of the published code in NumPy: directions of the first oscillator at all steps."""
    unit = 1 / NORMAL
    m = np.tile([math.sin(TILT) * math.cos(TILT), math.sin(TILT) * math.sin(TILT), math.cos(TILT)], (size, 1))
    h, pinned = GYRO * STEP * NORMAL, np.array([1.0, 0.0, 0.0])

    def rate(m: np.ndarray) -> np.ndarray:
        b = np.zeros_like(m)
        b[:, 2] = FIELD * unit + m[:, 2]
        b[:, 0] = unit * (matrix @ m[:, 0])
        b -= np.cross(m, pinned) * (TORQUE * unit / (1 + ASYMMETRY * m[:, :1]))
        turn = np.cross(m, b)
        return -(turn + DAMPING * np.cross(m, turn)) / (1 + DAMPING**2)

    found = [m[0]]
    for _ in range(steps):
        k1 = h * rate(m)
        k2 = h * rate(m + k1 / 2)
        k3 = h * rate(m + k2 / 2)
        k4 = h * rate(m + k3)
        m = m + (k1 + 2 * k2 + 2 * k3 + k4) / 6
        found.append(m[0])
    return np.array(found)


def published(folder: Path) -> list[Callable[[int, np.ndarray, int], np.ndarray]]:
    """The same by both forms of the published code."""
    scripts = ("test_time_numba-parallel.py", "test_time_numba-vanilla.py")
    return [_published(next(folder.rglob(script))) for script in scripts]


def _published(script: Path) -> Callable[[int, np.ndarray, int], np.ndarray]:
    specification = importlib.util.spec_from_file_location(script.stem.replace("-", "_"), script)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    pinned = np.array([1.0, 0.0, 6.123234e-17])
    torque = TORQUE / NORMAL
    numbers = np.array([DAMPING, 1 / (1 + DAMPING**2), 1.0, 1 / NORMAL, 8500, torque, ASYMMETRY, FIELD / NORMAL])

    def run(size: int, matrix: np.ndarray, steps: int) -> np.ndarray:
        return np.asarray(module.frk4(module.Minitial(size), matrix, GYRO * STEP * NORMAL, numbers, pinned, steps))

    return run


def network_of(size: int, matrix: np.ndarray, **how: Any) -> Network:
    """The oscillators with their couplings [A/m]."""
    couplings = [Coupling("m_x", "field_x", OERSTED * matrix, **how)] if size > 1 else []
    return Network(CoupledOscillator(), size, couplings, source="voltage")


def seconds(function: Callable[[int], object], steps: int, repeats: int = 3) -> float:
    """Time of a step [s]: what three times as many take more, by the least of some calls of each."""
    function(max(1, steps // 10))
    least = [math.inf, math.inf]
    for _ in range(repeats):
        for k, number in enumerate((steps, 3 * steps)):
            start = time.perf_counter()
            function(number)
            least[k] = min(least[k], time.perf_counter() - start)
    return (least[1] - least[0]) / (2 * steps)


def ours(network: Network, steps: int, exact: np.ndarray, repeats: int) -> tuple[float, float]:
    """Time of a step [s], and how far the first oscillator is from another one."""

    def run(number: int) -> None:
        network.run(number * STEP, points=number + 1, time_step=STEP, record=["m_x", "m_y", "m_z"], devices=[0])

    last = network.run(steps * STEP, points=2, time_step=STEP)
    return seconds(run, steps, repeats), float(np.max(np.abs(last.final[:, 0] - exact)))


def of_published_work(quick: bool, folder: Path | None) -> list[Record]:
    """Steps per second of N oscillators, all of whose steps of the first are kept."""
    if folder is None:
        print("without --peers FOLDER, a clone of mathowl/reservoir_acceleration, the peer is its method in NumPy")
    forms = [peer_in_numpy] if folder is None else published(folder)
    name = f"NumPy {version('numpy')}, method of arXiv:2312.01121" if folder is None else REPOSITORY
    records: list[Record] = []
    sizes = {1: 20_000, 100: 2000, 1000: 100, 10_000: 2}
    if quick:
        sizes = {1: 5000, 100: 500, 1000: 20}
    times: dict[str, list[float]] = {"peer": [], "ours": []}
    for size, steps in sizes.items():
        matrix = matrix_of(size)
        repeats = 2 if size > 1000 else 4
        theirs = min(seconds(lambda n, s=size, w=matrix, f=form: f(s, w, n), steps, repeats) for form in forms)
        exact = forms[-1](size, matrix, steps)[-1]
        times["peer"].append(theirs)
        how: dict[str, Any]
        for label, how in FORMS.items():
            if size < 1000 and label:
                continue
            mine, off = ours(network_of(size, matrix, **how), steps, exact, repeats)
            times["ours"] += [mine] if not label else []
            label = f"{size} oscillators{label} (differ by {off:.0e})"
            records.append(Record(label, 1 / mine, 1 / theirs, name, theirs / mine, "steps/s"))
    for k, (small, large) in enumerate(zip(list(sizes), list(sizes)[1:], strict=False)):
        mine, theirs = (
            math.log(times[who][k + 1] / times[who][k]) / math.log(large / small) for who in ("ours", "peer")
        )
        label = f"exponent of the time, {small} to {large} oscillators"
        records.append(Record(label, mine, theirs, name, theirs / mine, "1"))
    return records


#: How the product is computed, and what is said of it.
FORMS: dict[str, dict[str, Any]] = {
    "": {},
    ", single": {"single": True},
    ", held, single": {"single": True, "each_stage": False},
}


def chain_here(size: int) -> Network:
    """Layers with an exchange between neighbours."""
    magnet = MTJ(
        **LAYER, diameter=WIDTH, width=WIDTH, free_layer_thickness=THICKNESS, vcma_coefficient=0.0,
        interfacial_anisotropy=0.0, anisotropy_polar_angle=math.pi / 2, anisotropy_azimuth=0.0,
        demagnetizing_factor_x=0.0, demagnetizing_factor_y=0.0, demagnetizing_factor_z=1.0, field_x=FIELD_X,
    )  # fmt: skip
    field = EXCHANGE / (codata.mu_0 * LAYER["saturation_magnetization"] * THICKNESS)
    neighbours = sparse.diags_array([field, field], offsets=[1, -1], shape=(size, size)) if size > 1 else [[0.0]]
    couplings = [Coupling(f"m_{a}", f"field_{a}", neighbours) for a in "xyz"]
    angles = {"initial_polar_angle": np.full(size, 1.3), "initial_azimuth": azimuths(size)}
    return Network(magnet, size, couplings, source="voltage", parameters=angles)


def azimuths(size: int) -> np.ndarray:
    """Directions at the beginning [rad]."""
    return 0.5 * np.sin(np.arange(size))


def layer_in_cmtj(name: str, azimuth: float) -> cmtj.Layer:
    """A layer that begins in a direction [rad]."""
    direction = (math.sin(1.3) * math.cos(azimuth), math.sin(1.3) * math.sin(azimuth), math.cos(1.3))
    return cmtj.Layer(
        id=name, mag=cmtj.CVector(*direction), anis=cmtj.CVector(1, 0, 0),
        Ms=codata.mu_0 * LAYER["saturation_magnetization"], thickness=THICKNESS,
        cellSurface=math.pi / 4 * WIDTH**2, damping=LAYER["damping"],
        demagTensor=[cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 1)],
    )  # fmt: skip


def chain_in_cmtj(size: int, steps: int) -> np.ndarray:
    """The same layers in cmtj: directions at the end, shape (layers, 3)."""
    layers = [layer_in_cmtj(f"layer{k}", azimuth) for k, azimuth in enumerate(azimuths(size))]
    stack = cmtj.Junction(layers)
    stack.setLayerAnisotropyDriver("all", cmtj.constantDriver(LAYER["uniaxial_anisotropy"]))
    stack.setLayerExternalFieldDriver("all", cmtj.AxialDriver(FIELD_X, 0.0, 0.0))
    for k in range(size - 1):
        stack.setIECDriver(f"layer{k}", f"layer{k + 1}", cmtj.constantDriver(EXCHANGE))
    duration = steps * FINE
    stack.runSimulation(duration + FINE / 2, FINE, duration, False, False, cmtj.SolverMode.RK4)
    return np.array([[getattr(stack.getLayerMagnetisation(f"layer{k}"), a) for a in "xyz"] for k in range(size)])


#: Layers of a chain [m, A/m, J/m^3, J/m^2], and the step [s].
LAYER = {"saturation_magnetization": 9e5, "damping": 0.02, "uniaxial_anisotropy": 5e3, "gyromagnetic_ratio": 1.76e11}
WIDTH, THICKNESS, FIELD_X, EXCHANGE, FINE = 60e-9, 2e-9, 3e4, 1e-4, 1e-13
#: Steps after which directions are compared.
SPAN = 1024


def of_cmtj(quick: bool) -> list[Record]:
    """N layers with an exchange between neighbours, by cmtj's RK4 and ours: steps, and simulated time, per second."""
    from _cmtj.constants import PhysicalConstants

    PhysicalConstants.set_magnetic_permeability(codata.mu_0)
    PhysicalConstants.set_gyromagnetic_ratio(MTJ(**LAYER).gamma_0)
    records = []
    name = f"cmtj {version('cmtj')}"
    sizes = {2: 4000, 100: 1000} if quick else {2: 20_000, 100: 2000, 1000: 400}
    for size, steps in sizes.items():
        network = chain_here(size)

        def run(number: int, step: float = FINE, network: Network = network) -> np.ndarray:
            return np.asarray(network.run(number * step, points=2, time_step=step).final.T)

        theirs = seconds(lambda n, s=size: chain_in_cmtj(s, n), steps)
        mine = seconds(run, steps)
        exact, found = run(2 * SPAN, FINE / 2), chain_in_cmtj(size, SPAN)
        off = float(np.max(np.abs(found - exact)))
        label = f"chain of {size} layers, the same step (differ by {off:.0e})"
        records.append(Record(label, 1 / mine, 1 / theirs, name, theirs / mine, "steps/s"))
        longer = 32
        while np.max(np.abs(run(SPAN // longer, longer * FINE) - exact)) > off:
            longer //= 2
        label = f"chain of {size} layers, the same error (steps {longer} times as long)"
        records.append(
            Record(label, 1e9 * FINE * longer / mine, 1e9 * FINE / theirs, name, longer * theirs / mine, "ns/s")
        )
    return records


def magnets_here(size: int) -> tuple[Network, np.ndarray]:
    """Magnets in a square lattice with the fields of each other's dipoles, and where they are [m]."""
    places = np.array([[PITCH * (k % 10), PITCH * (k // 10), 0.0] for k in range(size)])
    alone = chain_here(size)
    moment = LAYER["saturation_magnetization"] * math.pi / 4 * WIDTH**2 * THICKNESS
    return Network(alone.device, size, dipoles(places, moment), source="voltage", parameters=alone.values), places


def magnets_in_cmtj(places: np.ndarray, steps: int) -> np.ndarray:
    """The same magnets in cmtj: direction of the first at the end."""
    junctions = []
    for azimuth in azimuths(len(places)):
        junction = cmtj.Junction([layer_in_cmtj("free", azimuth)])
        junction.setLayerAnisotropyDriver("all", cmtj.constantDriver(LAYER["uniaxial_anisotropy"]))
        junction.setLayerExternalFieldDriver("all", cmtj.AxialDriver(FIELD_X, 0.0, 0.0))
        junctions.append(junction)
    group = GroupInteraction([cmtj.CVector(*place) for place in places], junctions, "free")
    group.setInteractionFunction(computeDipoleInteractionNoumra)
    group.runSimulation((steps + 0.5) * FINE, FINE, steps * FINE)
    return np.array([group.getLog(0)[f"free_m{a}"][-1] for a in "xyz"])


def of_dipoles(quick: bool) -> list[Record]:
    """Steps per second of N magnets in the fields of all others, by cmtj's group of junctions and ours."""
    records = []
    for size in (10,) if quick else (10, 100):
        network, places = magnets_here(size)
        theirs = seconds(lambda n, p=places: magnets_in_cmtj(p, n), 2000 // size)
        mine = seconds(lambda n, w=network: w.run(n * FINE, points=2, time_step=FINE), 20_000 // size)
        name = f"cmtj {version('cmtj')}, GroupInteraction"
        records.append(Record(f"dipoles of {size} magnets", 1 / mine, 1 / theirs, name, theirs / mine, "steps/s"))
    return records


#: Distance of magnets. [m]
PITCH = 80e-9


def measure(quick: bool, folder: Path | None) -> list[Record]:
    """All of them."""
    return [*of_published_work(quick, folder), *of_cmtj(quick), *of_dipoles(quick)]


if __name__ == "__main__":
    sys.exit(main(__doc__, measure, "clone of mathowl/reservoir_acceleration"))
