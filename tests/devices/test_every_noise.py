"""The noise of every device that conducts: thermal at least, and what its model and its preset add to it."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization.engines import uses_native
from synaspice.characterization.benches.noise import noise
from synaspice.devices.catalog import models
from synaspice.devices.simulation.noise import noise_spectrum

DEVICES = {
    f"{name}/{preset}": (model, preset)
    for name, model in models().items()
    if model.__module__.startswith("synaspice.")
    for preset in (None, *model.presets())
}


def made(model, preset):
    return model() if preset is None else model.preset(preset)


@pytest.mark.parametrize("name", DEVICES)
def test_every_branch_that_conducts_is_as_noisy_as_its_conductance(name):
    """S_I = 4 k T G at no voltage (Nyquist), in every reference state; more of it, not less, at a voltage."""
    device = made(*DEVICES[name])
    kelvin = device.temperature
    first = next(iter(device.branches().values()))
    for overrides in device.reference_states().values():
        held = device.replace(**overrides)
        conductance = float(held.static()[f"d{first.current}/d{first.name}"])
        at_rest = noise_spectrum(held, np.array([1e6]), {first.name: 0.0}, kelvin)
        assert conductance > 0
        assert sum(at_rest.values())[0] == pytest.approx(4 * codata.k * kelvin * conductance, rel=0.01)
        at_bias = noise_spectrum(held, np.array([1e6]), {first.name: 0.05}, kelvin)
        chord = float(held.static(**{first.name: 0.05})[first.current]) / 0.05
        assert at_bias["white"][0] >= 4 * codata.k * kelvin * chord * (1 - 1e-9)


@pytest.mark.parametrize("name", DEVICES)
def test_no_device_declares_no_noise(name):
    assert made(*DEVICES[name]).is_noisy
