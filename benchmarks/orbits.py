"""Periodic orbits against trajectories that settle on them: the plot of amplitude against current, and the linewidth.

The linewidth of noisy trajectories has a standard error of about 1 / sqrt(trajectories x coherence times in a record);
its time is scaled to one of 5 %.
"""

from __future__ import annotations

import time
from unittest import mock

from harness import Record, main

from synaspice.characterization import amplitude, oscillations
from synaspice.characterization.benches.oscillators.amplitude import RECORD
from synaspice.devices import MTJ, VortexOscillator, periodic_orbit
from synaspice.devices.core.base import MODELS
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.devices.model import CompactModel

#: Error of the linewidth for which times are compared, and number of the bench's trajectories.
ERROR, TRAJECTORIES = 0.05, 8
#: Where the noise is weak, and the trajectories agree.
LINES = [(VortexOscillator, "torrejon2017-like", 4.25e-3), (MTJ, "taniguchi2013-like", -3.2e-3)]


def oscillators() -> dict[str, CompactModel]:
    """Every preset of which an oscillation is suggested."""
    found = {}
    for name, model in MODELS.items():
        for preset in model.presets() if issubclass(model, CompactModel) else ():
            if (device := model.preset(preset)).suits(Oscillation):
                found[f"{name} {preset}"] = device
    return found


def measure(quick: bool) -> list[Record]:
    """Time both ways on the same currents, after a run that compiles."""
    records = []
    for name, device in list(oscillators().items())[: 2 if quick else None]:
        amplitude(device)
        spans = []
        for way in (oscillations._on_orbit, lambda *arguments: None):
            with mock.patch.object(oscillations, "_on_orbit", way):
                start = time.perf_counter()
                table = amplitude(device)
                spans.append(time.perf_counter() - start)
        records.append(
            Record(f"{name}: default amplitude, {len(table)} currents", spans[0], spans[1], "settling trajectories",
                   spans[1] / spans[0], "s")
        )  # fmt: skip
    for model, name, current in LINES[: 1 if quick else None]:
        device = model.preset(name)
        started = device.replace(**device.protocol(Oscillation).overrides)
        periodic_orbit(started, current).linewidth(300.0)
        start = time.perf_counter()
        width = periodic_orbit(started, current).linewidth(300.0)
        orbit = time.perf_counter() - start
        start = time.perf_counter()
        measured = amplitude(device, current=[current], temperature=300.0, seed=1, trajectories=TRAJECTORIES)
        span = time.perf_counter() - start
        coherent = TRAJECTORIES * RECORD * measured["linewidth"].item() / device.protocol(Oscillation).linewidth
        span *= max(1.0, 1 / (ERROR**2 * coherent))
        difference = measured["linewidth"].item() / width - 1
        records.append(
            Record(f"{name}: linewidth, {difference:+.1%} of noisy trajectories'", orbit, span, "ensemble, to 5 %",
                   span / orbit, "s")
        )  # fmt: skip
    return records


if __name__ == "__main__":
    main(__doc__, measure)
