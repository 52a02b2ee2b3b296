"""Write error rates: time to 1e-9 with an error of 10 %, by splitting, the Fokker-Planck equation, and plain ensembles.

A perpendicular junction at three times its critical current, the width chosen by the Fokker-Planck equation. The plain
ensemble is extrapolated: its time per trajectory is measured, its number follows from the probability, 100 / P.
Splitting is measured with as many replicas as are needed for the error to be known, and its time scaled by the square
of the error that it found. With what each of them answers, and how far from each other in standard errors.
"""

from __future__ import annotations

import time
from importlib.metadata import version

import numpy as np
from harness import Record, main, median_seconds
from scipy.optimize import brentq

from synaspice.characterization import RareEvent, splitting
from synaspice.characterization.rare_events.axial_magnet import from_reference_state
from synaspice.characterization.rare_events.fokker_planck import still_there
from synaspice.devices import MTJ
from synaspice.devices.simulation.numerics.threads import in_chunks

JUNCTION = MTJ.preset("ikeda2010")
START = JUNCTION.replace(**JUNCTION.reference_states()["antiparallel"])
CURRENT = 3 * JUNCTION.critical_current_to_parallel
TARGET, ERROR = 1e-9, 0.1


def width_of(probability: float) -> float:
    """Width of the pulse that fails with a probability [s]."""
    magnet = from_reference_state(JUNCTION, "antiparallel", "current", 300.0)

    def excess(width: float) -> float:
        return float(np.log(still_there(magnet, CURRENT, [width], cells=200)[0].value / probability))

    return float(brentq(excess, 1e-9, 20e-9, xtol=1e-12))


def plain_seconds(width: float, trajectories: int) -> float:
    """Time of one plain trajectory [s]."""
    task = RareEvent(START, CURRENT, [width], "m_z", 0.0, rising=False, source="current", seed=1).task()

    def run() -> None:
        for _ in in_chunks(range(trajectories), task.count, size=1024):
            pass

    return median_seconds(run, 3) / trajectories


def measure(quick: bool) -> list[Record]:
    """Measure all three."""
    width = width_of(TARGET)
    magnet = from_reference_state(JUNCTION, "antiparallel", "current", 300.0)
    (exact,) = still_there(magnet, CURRENT, [width])
    solved = median_seconds(lambda: still_there(magnet, CURRENT, [width]), 3 if quick else 7)
    print(f"  {width * 1e9:.2f} ns: {exact.value:.4g}, between {exact.lower:.4g} and {exact.upper:.4g}")

    walkers, replicas, runs = 512, 8 if quick else 16, 2 if quick else 8
    times, scores, errors = [], [], []
    for seed in range(runs):
        begin = time.perf_counter()
        table = splitting(
            RareEvent(START, CURRENT, [width], "m_z", 0.0, rising=False, source="current", seed=seed),
            walkers=walkers,
            replicas=replicas,
        )
        times.append(time.perf_counter() - begin)
        row = table.iloc[0]
        errors.append(row["standard_error"] / exact.value)
        scores.append((row["probability"] - exact.value) / row["standard_error"])
        print(f"  splitting, seed {seed}: {row['probability']:.3g}, {row['lower']:.3g} to {row['upper']:.3g}")
    # The first run compiles; the error of a run scales as one over the root of its time.
    split = float(np.median(times[1:])) * float(np.mean(np.square(errors))) / ERROR**2
    print(f"  deviations from the Fokker-Planck equation in standard errors: {np.round(scores, 1).tolist()}")
    plain = plain_seconds(width, 4096 if quick else 32_768) / (TARGET * ERROR**2)
    ours = f"synaspice {version('synaspice')}"
    return [
        Record("1e-9 to 10 %: splitting", split, plain, f"plain ensemble, {ours}, extrapolated", plain / split, "s"),
        Record("1e-9 to 0.1 %: Fokker-Planck", solved, plain, f"plain ensemble to 10 %, {ours}", plain / solved, "s"),
        Record("1e-9: Fokker-Planck and splitting", solved, split, "splitting to 10 %", split / solved, "s"),
    ]


if __name__ == "__main__":
    main(__doc__, measure)
