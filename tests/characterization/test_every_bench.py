"""Benches on devices that they were not made for: a table that can be drawn, or an error of this package."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest

from synaspice.characterization.bench import BENCHES
from synaspice.characterization.benches.oscillators.amplitude import _threshold
from synaspice.devices import MTJ, SynaspiceError
from synaspice.devices.catalog import find_model, models
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.figures import plot

#: Sizes with which a bench is quick.
SMALL = {
    "iv": {"voltage": [-0.1, 0.0, 0.1]},
    "noise": {"frequency": [1e6, 1e7], "method": "small-signal", "seed": 1},
}
#: Every device, with its first preset.
DEVICES = [
    (name, next(iter(model.presets()), None))
    for name, model in models().items()
    if model.__module__.startswith("synaspice.")
]


@pytest.mark.parametrize(
    ("bench", "name", "preset"),
    [("iv", *device) for device in DEVICES] + [("noise", *device) for device in DEVICES[::5]],
)
def test_a_bench_measures_a_device_or_says_why_not(bench, name, preset):
    model = find_model(name)
    device = model.preset(preset) if preset else model()
    try:
        table = BENCHES[bench](device, **SMALL[bench])
    except SynaspiceError as error:
        assert "\n" not in str(error)
        return
    assert len(table) and plot(table)
    plt.close("all")


def test_a_suggested_current_may_be_the_threshold_itself():
    """That of faria2021 is among its currents: the growth beside it is zero but for rounding, of either sign."""
    device = MTJ.preset("faria2021")
    currents = device.protocol(Oscillation).currents
    assert _threshold(device, currents) == pytest.approx(currents[2], rel=1e-6)
