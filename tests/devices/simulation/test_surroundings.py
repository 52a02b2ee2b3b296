"""One temperature: that of a device's material is that of its noise, wherever it is said."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import RareEvent, noise, splitting, switching, write_error
from synaspice.characterization.rare_events.fokker_planck import AxialMagnet
from synaspice.circuits.crossbars.crosspoints.crossings import DeviceCells
from synaspice.devices import MTJ, AutoOscillator, ParameterError, PhaseChangeMemory, StanfordRRAM

LAWFUL = MTJ(temperature_law="bloch", damping=0.1)
HOT = LAWFUL.replace(ambient_temperature=400.0)


def equipartition(device):
    """<m_x^2> = k_B T / mu0 M_s V H_k at the device's temperature."""
    moment = codata.mu_0 * device.ambient_magnetization * device.volume
    return codata.k * device.temperature / (moment * device.anisotropy_field)


def test_the_device_follows_the_temperature_of_its_noise():
    assert LAWFUL.at(400.0) == HOT
    assert LAWFUL.at(300.0) is LAWFUL
    assert (LAWFUL.temperature, HOT.temperature) == (300.0, 400.0)
    final = LAWFUL.ensemble(0.0, 3e-9, trajectories=4000, temperature=400.0, seed=1).final()
    tilts = np.concatenate([final["m_x"], final["m_y"]]) ** 2
    assert np.mean(tilts) == pytest.approx(equipartition(HOT), rel=0.06)
    assert equipartition(HOT) > 1.5 * equipartition(LAWFUL), "softer as well as hotter"
    again = HOT.simulate(0.0, 1e-10, temperature=400.0, seed=1, points=3)
    np.testing.assert_array_equal(again, LAWFUL.simulate(0.0, 1e-10, temperature=400.0, seed=1, points=3))


def test_the_noise_follows_the_temperature_of_the_device():
    """Where none is given, it is that of the device."""
    found = [
        HOT.ensemble(0.0, 1e-10, trajectories=4, seed=1, **given).final() for given in ({}, {"temperature": 400.0})
    ]
    np.testing.assert_array_equal(found[0], found[1])
    tables = [noise(HOT, voltage=0.1, frequency=[1e9], **given) for given in ({}, {"temperature": 400.0})]
    assert tables[0]["current_noise"].tolist() == tables[1]["current_noise"].tolist()
    assert tables[0].attrs["temperature"] == 400.0
    cold = noise(LAWFUL, voltage=0.0, frequency=[1e9], states=["parallel"])["current_noise"][0]
    warm = noise(LAWFUL, voltage=0.0, frequency=[1e9], states=["parallel"], temperature=400.0)["current_noise"][0]
    assert warm / cold == pytest.approx(4 / 3, rel=1e-6), "Johnson and Nyquist, at rest"
    assert AxialMagnet(HOT).kelvin == 400.0


@pytest.mark.parametrize(
    "measure",
    [
        lambda device, t: device.simulate(0.0, 1e-10, temperature=t, seed=1),
        lambda device, t: device.ensemble(0.0, 1e-10, temperature=t, seed=1),
        lambda device, t: noise(device, temperature=t),
        lambda device, t: switching(device, temperature=t, seed=1, trajectories=1),
        lambda device, t: write_error(device, temperature=t, seed=1),
        lambda device, t: splitting(RareEvent(device, 0.0, [1e-9], "m_z", 0.0, temperature=t, seed=1)),
        lambda device, t: AxialMagnet(device, temperature=t),
    ],
)
def test_two_temperatures_are_refused(measure):
    with pytest.raises(ParameterError, match=r"the temperature is 350 K, but the device was given .* = 400 K"):
        measure(HOT, 350.0)


def test_a_presets_temperature_gives_way():
    preset = StanfordRRAM.preset("jiang2014")
    assert preset.temperature == 298.0 and preset.at(350.0).temperature == 350.0
    assert AutoOscillator().at(350.0) == AutoOscillator(), "has no material law"
    assert AutoOscillator().temperature == 300.0


def test_what_is_made_of_a_device_keeps_its_temperature():
    cells = DeviceCells.of(PhaseChangeMemory(), (2, 2))
    with pytest.raises(ParameterError, match=r"begin with device.at\(350\)"):
        cells.pulse(0.1, 1e-9, temperature=350.0, seed=1)


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, "300", True])
def test_what_is_no_temperature_is_refused(value):
    with pytest.raises(ParameterError, match="temperature"):
        LAWFUL.ensemble(0.0, 1e-10, temperature=value)


def test_text_may_be_in_degrees_celsius():
    """As on the command line; differences of temperature may not."""
    assert MTJ(ambient_temperature="85 degC").temperature == pytest.approx(358.15)
    assert MTJ(ambient_temperature="358 K").temperature == 358.0
    with pytest.raises(ParameterError, match="crystallization_width.*'K' is expected"):
        PhaseChangeMemory(crystallization_width="85 degC")
