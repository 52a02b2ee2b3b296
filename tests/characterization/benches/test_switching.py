"""The switching bench by its own suggestions: pulses that switch and pulses that do not."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization.bench import suitable_benches
from synaspice.characterization.benches.switching import switching
from synaspice.devices import MTJ, VTEAM, LinearIonDrift, ParameterError, VolatileMemristor
from synaspice.devices.catalog import models
from synaspice.devices.core.protocols import Switching

DEVICES = [
    pytest.param(made, id=repr(made))
    for model in models().values()
    for made in [model(), *(model.preset(name) for name in model.presets())]
]


@pytest.mark.parametrize("device", DEVICES)
def test_what_a_bench_is_offered_for_has_the_protocols_that_it_needs(device):
    for bench in suitable_benches(device).values():
        for kind in bench.needs:
            assert device.protocol(kind) is not None


def has_direction(device):
    return any(state.unit_sphere for state in device.state_declarations().values())


@pytest.mark.parametrize("device", [case for case in DEVICES if not has_direction(case.values[0])])
def test_suggested_pulses_switch_some_and_not_all(device):
    """The shortest of the smallest does not switch, the longest of the largest does."""
    try:
        suggested = device.protocol(Switching)
    except ParameterError as refusal:
        assert not device.suits(Switching)
        assert "suggests no pulses" in str(refusal)
        return
    ends = [suggested.amplitudes[0], suggested.amplitudes[-1]]
    widths = [suggested.widths[0], suggested.widths[-1]]
    try:
        table = switching(device, amplitude=ends, width=widths, trajectories=1, seed=1)
    except ParameterError as refusal:
        assert not device.suits(Switching)
        assert any(words in str(refusal) for words in ("have the same conductance", "are noisy, and a compliance"))
        return
    assert table["probability"].iloc[0] == 0.0
    assert table["probability"].iloc[-1] == 1.0


def test_pulses_last_as_long_as_the_device_needs():
    """Linear drift from R_off: t = D^2 (R_off^2 - R^2) / (2 mu R_on (R_off - R_on) V), to R^2 = R_off R_on."""
    device = LinearIonDrift.preset("strukov2008")
    on, off = device.resistance_on, device.resistance_off
    middle = device.drift_time * (off**2 - off * on) / (2 * on * (off - on)) / device.drive["amplitude"]
    # One of them is that time, to the distance of two looks at it.
    assert np.min(np.abs(np.log(np.array(device.protocol(Switching).widths) / middle))) < 0.06


def test_a_device_that_forgets_is_read_before():
    device = VolatileMemristor()
    assert device.protocol(Switching).relaxation == pytest.approx(0.1 * device.time_constant_off)
    pulse = {"amplitude": [3.0], "width": [1e-6], "trajectories": 1}
    assert switching(device, **pulse)["probability"].item() == 1.0
    assert switching(device, **pulse, relaxation=5 * device.time_constant_off)["probability"].item() == 0.0


def test_a_state_at_the_bound_of_a_closing_window_is_not_pulsed():
    with pytest.raises(ParameterError, match="nothing drives it out of its states on, off"):
        switching(LinearIonDrift(window="joglekar"))


def test_pulses_without_noise_are_not_repeated():
    """A density that the device's values make zero is no noise."""
    assert set(switching(VTEAM(), amplitude=[0.4], width=[1e-6], trajectories=7)["trajectories"]) == {1}
    noisy = switching(VTEAM(cycle_to_cycle=0.1), amplitude=[0.4], width=[1e-7], trajectories=7, seed=1)
    assert set(noisy["trajectories"]) == {7}


@pytest.mark.parametrize(
    ("quantity", "amplitude", "told"),
    [
        ("current", [1e-5, 0.9], "a pulse of 900 mA means 5.4 kV across the device"),
        ("voltage", [-17.0], "a pulse of -17 V is"),
    ],
)
def test_a_pulse_that_no_barrier_bears_is_refused_at_once(quantity, amplitude, told):
    """10 V/nm in a barrier of 1.6 nm; 0.9 A are beyond anything."""
    with pytest.raises(ParameterError, match=rf"{told}.* beyond the 16 V that mtj can bear at all"):
        switching(MTJ.preset("garciaredondo2021"), quantity=quantity, amplitude=amplitude, width=[1e-9], seed=1)
