"""Crossbars with resistive wires: one input vector, a thousand, and write-verify sequences, against badcrossbar.

The same cells (10 kohm to 1 Mohm), segments of 1 ohm and voltages for both, one core each; the currents are compared
to 1e-9 before anything is timed. The peer solves its equations anew for every call, as one who calls it must; what it
takes for a thousand vectors in one call, where it factorises once, is measured beside. Then the growth with the size
and with the resistance of the wires.
"""

from __future__ import annotations

import logging
import os
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version

# One core each: threads of a linear algebra library say more about the machine than about the method.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import numpy as np  # noqa: E402
from harness import Record, main, side_by_side  # noqa: E402

from synaspice.circuits.crossbars.crossbar import Crossbar  # noqa: E402
from synaspice.circuits.crossbars.wires.solver import ChangingTransfer  # noqa: E402

with warnings.catch_warnings(record=True):  # it warns that it cannot plot without cairo
    try:
        from badcrossbar.compute import compute
    except ImportError:
        raise SystemExit("pip install sigfig pathvalidate, and pip install --no-deps badcrossbar") from None

SEGMENT = 1.0  # ohm
AGREEMENT = 1e-9
VECTORS, PULSES, CELLS = 1000, 10, 10
#: Of the peer's calls, all alike, some are made and the time of all follows.
FEW = 10


def case(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Conductances of a square crossbar, and a vector of voltages."""
    generator = np.random.default_rng(size)
    return generator.uniform(1e-6, 1e-4, (size, size)), generator.uniform(0.0, 0.2, size)


def peer(conductance: np.ndarray, voltages: np.ndarray) -> np.ndarray:
    """Output currents by badcrossbar; voltages of shape (N,) or (K, N)."""
    applied = np.atleast_2d(voltages).T
    found = compute(applied, 1 / conductance, r_i=SEGMENT, node_voltages=False, all_currents=False).currents.output
    return found[0] if voltages.ndim == 1 else found


def ours(conductance: np.ndarray, voltages: np.ndarray) -> np.ndarray:
    return Crossbar(conductance, SEGMENT, SEGMENT).output(voltages)


def agree(first: np.ndarray, second: np.ndarray) -> float:
    """Largest relative difference; too large a one ends the benchmark."""
    difference = float(np.max(np.abs(first / second - 1)))
    if not difference <= AGREEMENT:
        raise SystemExit(f"the currents differ by {difference:.1e}: there is nothing to compare")
    return difference


def seconds(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def one_by_one(conductance: np.ndarray, vectors: np.ndarray) -> np.ndarray:
    """Vectors as they come: one call for each, the transfer matrix once they are many."""
    crossbar = Crossbar(conductance, SEGMENT, SEGMENT)
    return np.array([crossbar.output(vector) for vector in vectors])


def pulses(size: int) -> list[tuple[int, int, float]]:
    """A write-verify sequence: some pulses on each of some cells, after each of which a vector is read."""
    generator = np.random.default_rng(1)
    cells = generator.integers(size, size=(CELLS, 2)).tolist()
    return [(i, j, float(g)) for i, j in cells for g in generator.uniform(1e-6, 1e-4, PULSES)]


def write_verify(conductance: np.ndarray, vector: np.ndarray) -> np.ndarray:
    changing = ChangingTransfer(Crossbar(conductance, SEGMENT, SEGMENT).network)
    found = []
    for i, j, value in pulses(len(conductance)):
        changing.update(i, j, value)
        found.append(changing.output(vector))
    return np.array(found)


def peer_write_verify(conductance: np.ndarray, vector: np.ndarray, count: int) -> np.ndarray:
    changed, found = conductance.copy(), []
    for i, j, value in pulses(len(conductance))[:count]:
        changed[i, j] = value
        found.append(peer(changed, vector))
    return np.array(found)


def measure(quick: bool) -> list[Record]:
    """Measure all of it."""
    logging.disable(logging.INFO)
    name = f"badcrossbar {version('badcrossbar')}"
    records = []

    def compare(what: str, own: float, other: float, who: str = name) -> None:
        records.append(Record(what, own, other, who, other / own, "s"))

    ours(*case(16))  # compiles
    for size in (64, 128) if quick else (64, 128, 256, 512):
        conductance, vector = case(size)
        difference = agree(ours(conductance, vector), peer(conductance, vector))
        print(f"{size} x {size}: largest relative difference of the currents {difference:.1e}")
        repeats = 5 if size < 256 else 1
        one = side_by_side([lambda f=f, g=conductance, v=vector: f(g, v) for f in (ours, peer)], repeats)
        compare(f"one vector, {size} x {size}", *one)

    for size in (64,) if quick else (64, 128, 256):
        conductance, vector = case(size)
        vectors = np.random.default_rng(2).uniform(0.0, 0.2, (VECTORS, size))
        agree(one_by_one(conductance, vectors)[:FEW], np.array([peer(conductance, v) for v in vectors[:FEW]]))
        own = seconds(lambda g=conductance, v=vectors: one_by_one(g, v))
        other = seconds(lambda g=conductance, v=vectors: [peer(g, x) for x in v[:FEW]]) * VECTORS / FEW
        compare(f"{VECTORS} vectors, one call each, {size} x {size}", own, other, f"{name}, from {FEW}")
        agree(ours(conductance, vectors), peer(conductance, vectors))
        own = seconds(lambda g=conductance, v=vectors: ours(g, v))
        other = seconds(lambda g=conductance, v=vectors: peer(g, v))
        compare(f"{VECTORS} vectors in one call, {size} x {size}", own, other)
        agree(write_verify(conductance, vector)[:FEW], peer_write_verify(conductance, vector, FEW))
        own = seconds(lambda g=conductance, v=vector: write_verify(g, v))
        other = seconds(lambda g=conductance, v=vector: peer_write_verify(g, v, FEW)) * PULSES * CELLS / FEW
        compare(f"{PULSES * CELLS} pulses on {CELLS} cells, {size} x {size}", own, other, f"{name}, from {FEW}")

    print("Growth with the size, one vector:")
    print(f"  {'cells':>12} {'segment':>8} {'steps':>6} {'time':>10}   balance of the currents")
    for size in (64, 128, 256) if quick else (64, 128, 256, 512, 1024):
        conductance, vector = case(size)
        for segment in (0.1, 1.0, 10.0):
            network = Crossbar(conductance, segment, segment).network
            start = time.perf_counter()
            found = network.solve(vector, np.zeros(size))
            spent = time.perf_counter() - start
            balance = (found.word_current.sum() + found.bit_current.sum()) / found.bit_current.sum()
            print(f"  {size:5} x {size:4} {segment:6g} Ω {found.steps:6} {1e3 * spent:7.1f} ms   {abs(balance):.0e}")
    return records


if __name__ == "__main__":
    begin = time.perf_counter()
    main(__doc__, measure)
    print(f"in {time.perf_counter() - begin:.0f} s")
