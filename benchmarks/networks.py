"""Coupled spin-torque oscillators against published code, at the same method and step; and coupled layers of cmtj.

``--peers FOLDER`` names a clone of the public repository mathowl/reservoir_acceleration, the code of de Jong et al.,
arXiv:2312.01121: N macrospins whose x components drive each other through a full matrix, by the Runge-Kutta method of
fourth order with steps of 10 ps, compiled by Numba. Its parallel form, the faster one, is compared. Without the folder
the peer is the same method of the same equations in NumPy, whose matrix products are those of its BLAS.

The device is declared here, in the equations of that work. Both run in one process on the same threads; the rows say by
how much the first oscillator differs at the end. ``held`` computes the product once a step and carries it on by a cubic,
``single`` keeps the matrix in single precision: both say what error that makes. Exponents of the time over N are the
last rows, in which more is worse: ours over the peer's.
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

import numpy as np
from harness import Record, main

from synaspice.characterization import Coupling, Network
from synaspice.devices.language.declaration import Branch, Input, Parameter, State, Symbols
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


def published(folder: Path) -> Callable[[int, np.ndarray, int], np.ndarray]:
    """The same by the published code."""
    (script,) = folder.rglob("test_time_numba-parallel.py")
    specification = importlib.util.spec_from_file_location("published", script)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    pinned = np.array([1.0, 0.0, 6.123234e-17])
    torque = TORQUE / NORMAL
    numbers = np.array(
        [DAMPING, 1 / (1 + DAMPING**2), 1.0, 1 / NORMAL, 8500, torque, ASYMMETRY, FIELD / NORMAL]
    )

    def run(size: int, matrix: np.ndarray, steps: int) -> np.ndarray:
        return np.asarray(module.frk4(module.Minitial(size), matrix, GYRO * STEP * NORMAL, numbers, pinned, steps))

    return run


def network_of(size: int, matrix: np.ndarray, **how: Any) -> Network:
    """The oscillators with their couplings [A/m]."""
    couplings = [Coupling("m_x", "field_x", OERSTED * matrix, **how)] if size > 1 else []
    return Network(CoupledOscillator(), size, couplings, source="voltage")


def seconds(function: Callable[[int], object], steps: int) -> float:
    """Time of a step: what more steps take more, after a call that does not count [s]."""
    function(max(1, steps // 10))
    start = time.perf_counter()
    function(steps)
    return (time.perf_counter() - start) / steps


def measure(quick: bool, folder: Path | None) -> list[Record]:
    """Steps per second of N oscillators."""
    if folder is None:
        print("without --peers FOLDER, a clone of mathowl/reservoir_acceleration, the peer is its method in NumPy")
    peer = peer_in_numpy if folder is None else published(folder)
    name = f"NumPy {version('numpy')}, method of arXiv:2312.01121" if folder is None else REPOSITORY
    records: list[Record] = []
    sizes = {1: 50_000, 100: 5000, 1000: 500, 10_000: 6}
    if quick:
        sizes = {1: 5000, 100: 500, 1000: 50, 3000: 5}
    times: dict[str, list[float]] = {"peer": [], "ours": []}
    for size, steps in sizes.items():
        matrix = matrix_of(size)
        theirs = seconds(lambda n, s=size, w=matrix: peer(s, w, n), steps)
        exact = peer(size, matrix, steps)[-1]
        times["peer"].append(theirs)
        for form, how in {"": {}, ", single": {"single": True}, ", held, single": {"single": True, "each_stage": False}}.items():
            if size < 1000 and form:
                continue
            network = network_of(size, matrix, **how)
            ours, off = _ours(network, steps, exact)
            times["ours"] += [ours] if not form else []
            label = f"{size} oscillators{form} (differ by {off:.0e})"
            records.append(Record(label, 1 / ours, 1 / theirs, name, theirs / ours, "steps/s"))
    for k, (small, large) in enumerate(zip(list(sizes)[1:], list(sizes)[2:], strict=False), 1):
        exponents = {
            who: math.log(found[k + 1] / found[k]) / math.log(large / small) for who, found in times.items()
        }
        label = f"exponent of the time from {small} to {large}"
        records.append(Record(label, exponents["ours"], exponents["peer"], name, exponents["peer"] / exponents["ours"], "1"))
    return records


def _ours(network: Network, steps: int, exact: np.ndarray) -> tuple[float, float]:
    """Time of a step, and how far the first oscillator is from another one."""

    def run(number: int) -> Any:
        points = max(2, number // 10 + 1)
        every = math.ceil(number / (points - 1))
        return network.run(
            every * (points - 1) * STEP, points=points, time_step=STEP, record=["m_x", "m_y", "m_z"], devices=[0]
        )

    each = seconds(run, steps)
    last = network.run(steps * STEP, points=2, time_step=STEP)
    return each, float(np.max(np.abs(last.final[:, 0] - exact)))


if __name__ == "__main__":
    sys.exit(main(__doc__, measure, "clone of mathowl/reservoir_acceleration"))
