"""Noise of a junction's current, on both engines and in both methods."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import noise
from synaspice.characterization.benches.noise import pink_noise
from synaspice.devices import MTJ, ParameterError, SpinOrbitTorqueMTJ, UnknownNameError
from synaspice.devices.core.protocols import Spectrum
from synaspice.devices.language.declarations.declaration import Branch, Parameter
from synaspice.devices.model import CompactModel
from synaspice.devices.models.junctions.mtj import FIELD_ACROSS
from synaspice.devices.simulation.operating_points.noise import noise_spectrum

HOOGE = {"hooge_parallel": 1e-19, "hooge_antiparallel": 5e-19}


class _Silent(CompactModel):
    """A conductor that says nothing of its noise."""

    voltage = Branch("p", "n", "voltage")
    conductance = Parameter(1e-3, "S", "conductance")

    @classmethod
    def equations(cls, s):
        return {"current": s.conductance * s.voltage}


def plateau(device, voltage, temperature):
    return noise(device, voltage=voltage, frequency=[1e6], temperature=temperature).set_index("state")["current_noise"]


def test_thermal_noise_crosses_over_to_shot_noise():
    """S_I = 2 e I coth(e V / 2 k T): 4 k T / R at no voltage, 2 e I well above k T / e (Spietz et al. 2003,
    doi:10.1126/science.1084647)."""
    device = MTJ(tmr_half_voltage=100.0)
    temperature = 77.0
    for state, resistance in (
        ("parallel", device.parallel_resistance),
        ("antiparallel", device.antiparallel_resistance),
    ):
        johnson = plateau(device, 0.0, temperature)[state]
        assert johnson == pytest.approx(4 * codata.k * temperature / resistance, rel=1e-9)
        shot = plateau(device, 0.3, temperature)[state]
        assert shot == pytest.approx(2 * codata.e * 0.3 / resistance, rel=1e-4)
        voltage = 2 * codata.k * temperature / codata.e
        crossing = plateau(device, voltage, temperature)[state]
        assert crossing == pytest.approx(2 * codata.e * voltage / resistance / math.tanh(1), rel=1e-6)


def test_flicker_noise_has_its_slope_and_its_hooge_parameter():
    """S_V / V^2 = alpha_H / (A f), the same relative to the current; larger where the state's parameter is."""
    device = MTJ(**HOOGE)
    table = noise(device, voltage=0.2, frequency=np.logspace(0, 4, 9))
    for state, hooge in (("parallel", 1e-19), ("antiparallel", 5e-19)):
        part = table[table["state"] == state]
        slope = np.polyfit(np.log(part["frequency"]), np.log(part["current_noise"]), 1)[0]
        assert slope == pytest.approx(-1, abs=1e-3)
        first = part.iloc[0]
        assert first["relative_noise"] * first["frequency"] == pytest.approx(hooge / device.area, rel=1e-3)


def tilted():
    """A junction at rest off its axis, whose precession is seen in its resistance; rounded to its own equilibrium."""
    device = MTJ(field_x=1e5, damping=0.1, vcma_coefficient=5e-13, initial_polar_angle=0.3, **HOOGE)
    rest = device.simulate(0.2, 1e-7, points=2).iloc[-1]
    return device.replace(
        initial_polar_angle=math.acos(rest["m_z"]), initial_azimuth=math.atan2(rest["m_y"], rest["m_x"])
    )


@pytest.mark.ngspice
def test_small_signal_noise_agrees_with_ngspice():
    device = tilted()
    grid = np.logspace(4, 11, 29)
    common = {"voltage": 0.2, "frequency": grid, "temperature": 320.0, "states": {"initial": {}}}
    numeric, spice = (noise(device, engine=engine, **common) for engine in ("numeric", "ngspice"))
    assert list(numeric.columns) == list(spice.columns)
    np.testing.assert_allclose(spice["frequency"], numeric["frequency"], rtol=1e-9)
    # ngspice's and CODATA's constants differ in the seventh digit.
    np.testing.assert_allclose(spice["current_noise"], numeric["current_noise"], rtol=1e-5)
    # The precession shows beside the noise of the barrier.
    parts = noise_spectrum(device, grid, {"voltage": 0.2}, 320.0)
    assert np.max(parts["states"] / (parts["white"] + parts["flicker"])) > 0.02


@pytest.mark.slow
def test_the_spectrum_of_trajectories_is_the_small_signal_one():
    """Noise of the magnetisation around a tilted equilibrium: linear theory against Welch's spectrum.

    A stiff junction, so that the fluctuations are small and the theory linear.
    """
    device = tilted().replace(hooge_parallel=0.0, hooge_antiparallel=0.0, diameter=200e-9)
    rest = device.simulate(0.2, 1e-7, points=2).iloc[-1]
    device = device.replace(
        initial_polar_angle=math.acos(rest["m_z"]), initial_azimuth=math.atan2(rest["m_y"], rest["m_x"])
    )
    options = {"voltage": 0.2, "states": {"initial": {}}}
    measured = noise(
        device, method="transient", duration=4e-7, points=32768, trajectories=8, seed=1, temperature=300.0, **options
    )
    theory = noise(device, frequency=measured["frequency"].to_numpy(), temperature=300.0, **options)
    ratio = measured["current_noise"].to_numpy() / theory["current_noise"].to_numpy()
    frequency = measured["frequency"].to_numpy()
    resonance = frequency[np.argmax(theory["current_noise"])]
    for low, high in ((0.8, 1.2), (1.5, 2.5), (2.5, 3.5)):
        band = (frequency > low * resonance) & (frequency < high * resonance)
        # Some hundred frequencies, eight segments and eight trajectories: a scatter of about a per cent. Below the
        # resonance there is more noise than this, from products of fluctuations.
        assert np.mean(ratio[band]) == pytest.approx(1, abs=0.03)


def test_pink_noise_has_the_density_one_over_f():
    """The mean periodogram of many records against 1/f, bin by bin within its scatter."""
    generator = np.random.default_rng(3)
    points, interval, records = 4096, 1e-9, 400
    power = np.zeros(points // 2 + 1)
    for _ in range(records):
        power += np.abs(np.fft.rfft(pink_noise(points, interval, generator))) ** 2
    frequency = np.fft.rfftfreq(points, interval)[1:-1]
    density = 2 * interval / points * power[1:-1] / records
    assert np.mean(density * frequency) == pytest.approx(1, abs=5 / math.sqrt(records * len(frequency)))
    assert np.std(density * frequency) == pytest.approx(1 / math.sqrt(records), rel=0.1)


@pytest.mark.parametrize(
    ("device", "arguments", "complaint"),
    [
        (_Silent(), {}, "declares no noise"),
        (MTJ(), {"temperature": -1.0}, "temperature must be finite and not negative"),
        (MTJ(), {"frequency": [0.0, 1e3]}, "frequencies must be positive"),
        (MTJ(), {"method": "guess"}, "unknown method"),
        (MTJ(), {"method": "transient", "engine": "ngspice"}, "numeric engine"),
        (MTJ(), {"states": ["up"]}, "unknown state"),
        (MTJ(), {"engine": "ngspice", "frequency": [1e3, 2e3, 1e5]}, "evenly spaced"),
    ],
)
def test_what_makes_no_sense_is_refused(device, arguments, complaint):
    with pytest.raises((ParameterError, UnknownNameError), match=complaint):
        noise(device, **arguments)


@pytest.mark.parametrize("preset", ["ikeda2010", "kim2015-interface", "lee2013-like"])
def test_a_junction_s_spectrum_has_flicker_white_and_magnetic_noise(preset):
    """1/f at low frequencies, a plateau, and the precession about the field across, at sqrt(H_k^2 - H^2)."""
    model = SpinOrbitTorqueMTJ if preset == "lee2013-like" else MTJ
    device = model.preset(preset)
    states = device.reference_states() | device.protocol(Spectrum).further
    tilted = device.replace(**states["parallel, field across"])
    rates = tilted.static()
    for axis in "xyz":  # at rest without current
        assert abs(rates[f"dm_{axis}/dt"]) < 1e-9 * device.gamma_0 * device.anisotropy_field
    grid = np.logspace(3, 11, 161)
    table = noise(device, voltage=1e-3, frequency=grid)
    assert set(table["state"]) == {"parallel", "antiparallel", "parallel, field across"}
    heard = noise_spectrum(tilted, grid, {"voltage": 0.02}, 300.0)
    total, white = sum(heard.values()), heard["white"]
    assert total[0] > 10 * white[0]
    middle = (grid > 1e8) & (grid < 5e8)
    assert np.min(total[middle] / white[middle]) < 1.5
    fast = grid > 5e8
    peak = grid[fast][np.argmax(heard["states"][fast])]
    field = FIELD_ACROSS * device.anisotropy_field
    assert peak == pytest.approx(
        device.gamma_0 * math.sqrt(device.anisotropy_field**2 - field**2) / (2 * math.pi), rel=0.06
    )
    # Of a junction along its axis the resistance does not feel the precession.
    aligned = noise_spectrum(device.replace(**states["parallel"]), grid, {"voltage": 0.02}, 300.0)
    assert np.max(aligned["states"][fast]) < 1e-6 * np.max(heard["states"][fast])
