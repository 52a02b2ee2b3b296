"""Reservoirs of one oscillator: virtual-neuron steps per second, against a plain NumPy loop and cmtj's macrospin.

All on one core, at 300 K, with the same steps per virtual neuron. The NumPy loop is what one writes by hand: the
amplitude equation of Slavin and Tiberkevich for one oscillator, and for many at once; without noise it must come to
the same amplitudes. Of cmtj only the trajectory counts, under one constant current: it is not stopped at each neuron.

The last line is of spoken digits: the recordings of the Free Spoken Digit Dataset that ship with the package through
400 virtual neurons of the vortex oscillator, on two cores, times five for the 3,000 of the whole; the peer is the
minute that it must not take.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from importlib.metadata import version

import numpy as np
from harness import Record, main
from macrospin import STEP, cmtj_run

from synaspice.characterization.systems.spoken_digits import task as digits
from synaspice.characterization.systems.spoken_digits.study import FULL, candidates
from synaspice.devices import MTJ, AutoOscillator, VortexOscillator, held_response
from synaspice.devices.language.equations.constants import CONSTANTS, k_B

NODES, STEPS = 24, 40
TEMPERATURE = 300.0
UNIT = "neuron-steps/s"
OSCILLATOR = AutoOscillator(initial_power=0.2)
JUNCTION = MTJ.preset("ikeda2010", initial_polar_angle=0.1)
VORTEX = VortexOscillator.preset("torrejon2017-like")
#: Sequences that are run in one call.
MANY = 256


def seconds(function: Callable[[], object], repeats: int) -> float:
    """Smallest CPU time of some calls, after one that does not count [s]: other processes do not count."""
    function()
    times = []
    for _ in range(repeats):
        start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        function()
        times.append(resource.getrusage(resource.RUSAGE_SELF).ru_utime - start)
    return min(times)


def levels(sequences: int, inputs: int, current: float, swing: float) -> np.ndarray:
    """Masked inputs as currents."""
    generator = np.random.default_rng(1)
    mask = generator.choice([-1.0, 1.0], NODES)
    masked = generator.uniform(-1, 1, (sequences, inputs, 1)) * mask
    return current * (1 + swing * masked.reshape(sequences, -1))


def by_hand(currents: np.ndarray, node_time: float, temperature: float) -> np.ndarray:
    """Amplitude at the end of each level by a Heun loop over complex amplitudes, one for each row of currents."""
    d, step = OSCILLATOR, node_time / STEPS
    thermal = CONSTANTS[k_B][0] * temperature
    generator = np.random.default_rng(1)
    c = np.full(len(currents), np.sqrt(d.initial_power), dtype=complex)
    found = np.empty(currents.shape)

    def rate(c: np.ndarray, current: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        power = c.real**2 + c.imag**2
        omega = d.derived["angular_frequency"] + d.nonlinear_frequency_shift * power
        damping = d.damping_rate * (1 + d.nonlinear_damping * power)
        growth = d.damping_rate * current / d.threshold_current * (1 - power) - damping
        return (growth - 1j * omega) * c, damping, omega

    for k in range(currents.shape[1]):
        current = currents[:, k]
        for _ in range(STEPS):
            noise = generator.standard_normal((2, len(c)))
            first, damping, omega = rate(c, current)
            w = np.sqrt(damping * thermal / (d.action * omega) / step) * (noise[0] + 1j * noise[1])
            second, damping, omega = rate(c + step * (first + w), current)
            v = np.sqrt(damping * thermal / (d.action * omega) / step) * (noise[0] + 1j * noise[1])
            c = c + 0.5 * step * (first + second + w + v)
        found[:, k] = np.abs(c)
    return found


def ours(
    device: AutoOscillator | MTJ, currents: np.ndarray, node_time: float, temperature: float, name: str
) -> np.ndarray:
    """The same by the package."""
    held = held_response(
        device, currents, node_time, observable=name, temperature=temperature, time_step=node_time / STEPS, seed=1,
        threads=1,
    )  # fmt: skip
    return held.amplitudes


def spoken_digits(quick: bool) -> Record:
    """Wall-clock time of 3,000 recordings through the neurons, from that of the recordings of the package [s]."""
    recordings = digits.load_recordings(None, FULL.repetitions, FULL.blocks)
    found = digits.frames_of(recordings, "gammatone", None, (0,))
    frames, nodes = [found[number] for number in sorted(found)], FULL.nodes // (10 if quick else 1)
    point = max((each.point for each in candidates(VORTEX, 1)), key=lambda point: point.node_time)
    mask = digits.mask_of([0], 0, nodes, frames[0].shape[1])
    digits.driven(point, frames[:2], mask[:4], temperature=TEMPERATURE, seed=1)
    start = time.perf_counter()
    digits.driven(point, frames, mask, temperature=TEMPERATURE, seed=1)
    whole = (time.perf_counter() - start) * 3000 / len(frames) * FULL.nodes / nodes
    return Record(f"3,000 spoken digits, {FULL.nodes} neurons", whole, 60.0, "a minute", 60.0 / whole, "s")


def measure(quick: bool) -> list[Record]:
    """Measure all of it."""
    repeats, inputs = (3, 4) if quick else (5, 16)
    node_time = STEPS * OSCILLATOR.settling_time / 40
    few = levels(1, 1, 1.3e-3, 0.2)
    same = np.abs(by_hand(few, node_time, 0.0) / ours(OSCILLATOR, few, node_time, 0.0, "envelope") - 1).max()
    print(f"largest difference of the amplitudes without noise: {same:.1e}")
    assert same < 1e-9

    def rate(function: Callable[..., object], currents: np.ndarray, *how: object) -> float:
        return currents.size / seconds(lambda: function(*how[:1], currents, *how[1:]), repeats)

    def loop(currents: np.ndarray) -> float:
        return currents.size / seconds(lambda: by_hand(currents, node_time, TEMPERATURE), repeats)

    numpy = f"NumPy {version('numpy')}, one core"
    alone, many = levels(1, 25 * inputs, 1.3e-3, 0.2), levels(MANY, inputs, 1.3e-3, 0.2)
    own_alone = rate(ours, alone, OSCILLATOR, node_time, TEMPERATURE, "envelope")
    own_many = rate(ours, many, OSCILLATOR, node_time, TEMPERATURE, "envelope")
    loop_alone, loop_many = loop(levels(1, 1, 1.3e-3, 0.2)), loop(levels(MANY, 1, 1.3e-3, 0.2))
    records = [
        Record("one sequence", own_alone, loop_alone, f"{numpy}, one sequence", own_alone / loop_alone, UNIT),
        Record(f"{MANY} sequences", own_many, loop_alone, f"{numpy}, one sequence", own_many / loop_alone, UNIT),
        Record(f"{MANY} sequences", own_many, loop_many, f"{numpy}, {MANY} at once", own_many / loop_many, UNIT),
    ]
    nodes = 100 * inputs
    peer = nodes / seconds(lambda: cmtj_run(JUNCTION, nodes * STEPS * STEP, TEMPERATURE), repeats)
    for count, word in ((1, "one sequence"), (MANY, f"{MANY} sequences")):
        currents = levels(count, 10 * inputs if count == 1 else inputs, 1e-6, 0.5)
        own = rate(ours, currents, JUNCTION, STEPS * STEP, TEMPERATURE, "m_z")
        records.append(Record(f"macrospin, {word}", own, peer, f"cmtj {version('cmtj')}", own / peer, UNIT))
    records.append(spoken_digits(quick))
    return records


if __name__ == "__main__":
    main(__doc__, measure)
