"""Vortex oscillator against the closed forms of its Thiele equation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import amplitude
from synaspice.characterization.benches.oscillators.amplitude import linewidth
from synaspice.devices import ParameterError, ValidityWarning, VortexOscillator


def orbit(device, current, duration, **options):
    return device.simulate(current, duration, source="current", **options)


def test_the_gyrotropic_frequency_is_that_of_the_two_vortex_ansatz():
    """omega_0 = (20 / 9) gamma M_s L / R in Gaussian units, 4 pi M_s = mu_0 M_s in SI (doi:10.1063/1.1450816)."""
    device = VortexOscillator(initial_radius=0.01, damping=1e-4, nonlinear_stiffness=0.0, nonlinear_damping=0.0)
    gauss = device.saturation_magnetization * 1e-3  # emu/cm^3
    gaussian_gamma = device.gyromagnetic_ratio * 1e-4  # rad/(s Oe)
    formula = 20 / 9 * gaussian_gamma * gauss * device.thickness / device.radius
    assert device.gyrotropic_frequency == pytest.approx(formula, rel=1e-9)
    trace = orbit(device, 0.0, 10 * device.period, points=401)
    phase = np.unwrap(np.arctan2(trace["y"], trace["x"]))
    slope = np.polyfit(trace["time"], phase, 1)[0]
    assert slope == pytest.approx(formula / (1 + device.relative_damping**2), rel=1e-6)


@pytest.mark.parametrize("chirality", ["none", "positive", "negative"])
def test_gyration_begins_at_the_threshold(chirality):
    """a = d_0 omega: a small orbit shrinks at 0.99 and grows at 1.01 of the threshold current."""
    device = VortexOscillator(initial_radius=1e-3, chirality=chirality, resistance_swing=0.0)
    by_hand = 0.01 * (math.log(150 / 10) / 2 + 0.375)
    assert device.relative_damping == pytest.approx(by_hand, rel=1e-12)
    torque = (
        device.gyromagnetic_ratio
        * codata.hbar
        * device.polarization
        / (4 * codata.e * device.saturation_magnetization * device.thickness * math.pi * device.radius**2)
    )
    oersted = {"none": 0, "positive": 1, "negative": -1}[chirality] * (4 * math.pi / 15) / (2 * math.pi)
    oersted *= device.gyromagnetic_ratio * codata.mu_0 / (math.pi * device.radius)
    threshold = by_hand * device.gyrotropic_frequency / (torque - by_hand * oersted)
    assert device.threshold_current == pytest.approx(threshold, rel=1e-9)
    growth = [
        orbit(device, factor * threshold, 50 * device.period, points=2)["envelope"].iloc[-1] / 1e-3
        for factor in (0.99, 1.01)
    ]
    assert growth[0] < 1 < growth[1]


@pytest.mark.parametrize("factor", [1.05, 1.3])
def test_the_orbit_grows_until_torque_and_damping_balance(factor):
    """a = d_0 (1 + xi s^2) omega_0 (1 + kappa' s^2)."""
    device = VortexOscillator(initial_radius=0.3, resistance_swing=0.0)
    xi, kappa = device.nonlinear_damping, device.nonlinear_stiffness
    # 1 + (xi + kappa) s^2 + xi kappa s^4 = factor
    square = (-(xi + kappa) + math.sqrt((xi + kappa) ** 2 + 4 * xi * kappa * (factor - 1))) / (2 * xi * kappa)
    rate = device.relative_damping * device.gyrotropic_frequency
    trace = orbit(device, factor * device.threshold_current, 15 / (rate * (factor - 1)), points=2)
    assert trace["envelope"].iloc[-1] == pytest.approx(math.sqrt(square), rel=1e-3)


def zeeman_energy(s):
    """Energy of the two-vortex ansatz in the field of a uniform current, over -C mu_0 M_s L R^3 J: the average of
    m_phi r / 2 over the disc, m at the angle arg(z - s) + arg(1 - s z) + pi / 2, which has no charges at the edge."""
    nodes, weights = np.polynomial.legendre.leggauss(200)
    turn = np.exp(2j * np.pi * (np.arange(2000) + 0.5) / 2000)
    total = 0.0
    for low, high in ((0.0, s), (s, 1.0)):
        r = low + (high - low) * (nodes + 1) / 2
        z = r[:, None] * turn
        along = np.exp(1j * (np.angle(z - s) + np.angle(1 - s * z))) / turn
        total += (high - low) / 2 * np.sum(weights * r**2 * along.real.mean(axis=1)) * math.pi
    return total


@pytest.mark.parametrize("s", [0.05, 0.2, 0.4, 0.6, 0.8])
def test_the_oersted_stiffness_is_that_of_the_two_vortex_ansatz(s):
    """kappa(s) = (1 / s) dW / ds, 4 pi / 15 in the middle of the disc and half of it at s = 0.8."""
    quiet = {"damping": 1e-4, "nonlinear_damping": 0.0, "resistance_swing": 0.0, "polarization": 1e-3}
    device = VortexOscillator(chirality="positive", **quiet)
    current = 2e-3
    turning = device.static(voltage=current * device.static_resistance, x=s, y=0.0)["dy/dt"] / s
    own = device.gyrotropic_frequency * (1 + device.nonlinear_stiffness * s**2)
    step = 1e-3
    share = -(zeeman_energy(s + step) - zeeman_energy(s - step)) / (2 * step * s)
    density = current / (math.pi * device.radius**2)
    scale = device.gyromagnetic_ratio * codata.mu_0 * device.radius * density / (2 * math.pi)
    # mu_0 M_s L R J over the gyrovector 2 pi M_s L / gamma; the fit is good to 6e-4
    assert (turning - own) / scale == pytest.approx(share, rel=2e-3)


H = 0.25  # the tilt of the following: a quarter of the saturation field


@pytest.mark.parametrize("tilt", [H, -H])
def test_a_perpendicular_field_shifts_the_frequency_in_proportion(tilt):
    """omega = omega_0 (1 + h), doi:10.1103/PhysRevLett.102.177602; damping over gyrovector as well."""
    device = VortexOscillator(initial_radius=0.01, nonlinear_stiffness=0.0, nonlinear_damping=0.0)
    lifted = device.replace(perpendicular_field=tilt * device.saturation_magnetization)
    assert lifted.tilt == pytest.approx(tilt, rel=1e-12)
    turns, rates = [], []
    for one in (device, lifted):
        trace = orbit(one, 0.0, 5 * device.period, points=401)
        turns.append(np.polyfit(trace["time"], np.unwrap(np.arctan2(trace["y"], trace["x"])), 1)[0])
        rates.append(np.polyfit(trace["time"], np.log(trace["envelope"]), 1)[0])
    d = 0.01 * (math.log(150 / 10) / 2 + 0.375)  # turning has the factor 1 / (1 + d^2)
    assert turns[1] / turns[0] == pytest.approx((1 + tilt) * (1 + d**2) / (1 + d**2 * (1 + tilt) ** 2), rel=1e-6)
    assert rates[1] / rates[0] == pytest.approx((1 + tilt) ** 2, rel=1e-3)


def test_the_threshold_of_a_tilted_polariser_falls_with_the_field():
    """I_th = (1 + h) / p_z times that of a perpendicular one without field, p_z = H / H_s,ref."""
    upright = VortexOscillator(initial_radius=1e-3, resistance_swing=0.0)
    for field in (1e5, 2e5, 3e5, 8e5):
        settings = {"polarizer": "tilted", "perpendicular_field": field, "saturation_field": 1e6}
        device = upright.replace(**settings, reference_saturation_field=6e5)
        threshold = upright.threshold_current * (1 + field / 1e6) / min(field / 6e5, 1.0)
        assert device.threshold_current == pytest.approx(threshold, rel=1e-12)
        growth = [
            orbit(device, factor * threshold, 50 * device.period, points=2)["envelope"].iloc[-1] / 1e-3
            for factor in (0.99, 1.01)
        ]
        assert growth[0] < 1 < growth[1]


def test_a_tilted_reference_layer_is_read_by_its_part_in_the_plane():
    device = VortexOscillator(polarizer="tilted", perpendicular_field=2e5, reference_saturation_field=4e5)
    away, middle = (float(device.static(x=x, y=0.0)["resistance"]) for x in (0.3, 0.0))
    h, p = 2e5 / 8e5, 0.5
    assert away - middle == pytest.approx(2 / 3 * 10.0 * 0.3 * math.sqrt((1 - h**2) * (1 - p**2)), rel=1e-12)
    assert middle == pytest.approx(50.0 - 10.0 * h * p, rel=1e-12)


def test_the_swing_falls_with_the_bias_as_that_of_a_junction():
    """Half of it at the half voltage; the parallel resistance stays."""
    device = VortexOscillator(swing_half_voltage=0.4, initial_radius=0.0)
    low, high = ([float(device.static(voltage=v, x=x, y=0.0)["resistance"]) for x in (0.9, 0.0)] for v in (0.0, 0.4))
    assert high[0] - high[1] == pytest.approx((low[0] - low[1]) / 2, rel=1e-12)
    assert high[1] - 5.0 == pytest.approx(low[1] - 10.0, rel=1e-12)


# --- orbits in closed form --------------------------------------------------------------------


@pytest.mark.parametrize("chirality", ["none", "positive", "negative"])
@pytest.mark.parametrize("preset", [None, *VortexOscillator.presets()])
def test_the_orbit_is_that_of_the_closed_form(preset, chirality):
    """Radius, frequency, and the rate at which the radius returns to that of the orbit."""
    device = VortexOscillator.preset(preset) if preset else VortexOscillator()
    device = device.replace(chirality=chirality, resistance_swing=0.0)
    current = (device.threshold_current + 2 * device.expulsion_current) / 3
    s, rate = device.stationary_radius(current), device.relaxation_rate(current)
    trace = orbit(device.replace(initial_radius=0.99 * s), current, 3 / rate, points=601)
    ratio = 1 - trace["envelope"] / s
    assert ratio.iloc[0] == pytest.approx(0.01, rel=1e-6)
    assert np.polyfit(trace["time"], np.log(ratio), 1)[0] == pytest.approx(-rate, rel=0.02)
    trace = orbit(device.replace(initial_radius=s), current, 10 * device.period, points=401)
    np.testing.assert_allclose(trace["envelope"], s, rtol=1e-6)
    phase = np.unwrap(np.arctan2(trace["y"], trace["x"]))
    slope = np.polyfit(trace["time"], phase, 1)[0]
    assert slope / (2 * math.pi) == pytest.approx(device.stationary_frequency(current), rel=1e-6)
    assert device.stationary_radius(0.99 * device.threshold_current) == 0.0
    assert device.stationary_radius(1.01 * device.threshold_current) < 0.2


def test_the_largest_orbit_is_that_of_the_expulsion_current():
    for chirality in ("none", "positive", "negative"):
        device = VortexOscillator(chirality=chirality, largest_radius=0.7)
        radius = device.stationary_radius(device.expulsion_current * (1 - 1e-9))
        assert radius == pytest.approx(0.7, abs=1e-6)
        with pytest.raises(ParameterError, match="expelled"):
            device.stationary_radius(1.001 * device.expulsion_current)
    with pytest.raises(ParameterError, match="nothing gyrates"):
        device.generation_linewidth(0.9 * device.threshold_current)


@pytest.mark.slow
def test_the_linewidth_has_its_nonlinear_factor():
    """S (1 + nu^2) / (2 pi s^2), from the correlation of noisy orbits."""
    device = VortexOscillator(resistance_swing=1e-3, nonlinear_stiffness=0.5)
    current = 1.3 * device.threshold_current
    s, rate = device.stationary_radius(current), device.relaxation_rate(current)
    # At 10 K, where the line is narrow against the rate of relaxation, and not a Gaussian one of frequency noise.
    expected = device.generation_linewidth(current, 10.0)
    assert expected < 0.1 * rate
    interval, points = device.period / 4, 2**13
    table = device.replace(initial_radius=s).simulate(
        current,
        interval * (points - 1),
        source="current",
        temperature=10.0,
        trajectories=64,
        seed=3,
        points=points,
        time_step=device.period / 128,
    )
    signals = (table["x"] + 1j * table["y"]).to_numpy().reshape(64, points)
    assert interval * points > 50 / rate
    # 64 records of some twenty coherence times each
    assert linewidth(signals[:, points // 10 :], interval) == pytest.approx(expected, rel=0.15)


# --- beyond the orbits ------------------------------------------------------------------------


@pytest.mark.parametrize("chirality", ["positive", "negative"])
@pytest.mark.parametrize("factor", [1.2, 10.0, 100.0])
def test_an_expelled_core_is_told(chirality, factor):
    """No clamp and no overflow: ``valid`` is 0 from the largest radius on, and a warning says so."""
    device = VortexOscillator(chirality=chirality, initial_radius=0.5)
    with pytest.warns(ValidityWarning, match="vortex-oscillator left the range"):
        trace = orbit(device, factor * device.expulsion_current, 60 * device.period, points=601)
    np.testing.assert_array_equal(trace["valid"], trace["envelope"] < device.largest_radius)
    assert trace["valid"].iloc[0] == 1 and trace["valid"].iloc[-1] == 0
    assert np.all(np.isfinite(trace["voltage"])) and np.all(trace["resistance"] > 0)


def test_within_the_range_nothing_is_told():
    device = VortexOscillator(initial_radius=0.5)
    assert np.all(orbit(device, 0.9 * device.expulsion_current, 60 * device.period, points=601)["valid"] == 1)


# --- the oscillator that recognised spoken digits ------------------------------------------------


def test_the_oscillator_of_spoken_digits_at_its_field_and_currents():
    """Threshold near 3 mA, 250 MHz to 420 MHz, ten to twenty mV in a line of 50 ohm at 6 mA and 7 mA."""
    device = VortexOscillator.preset("torrejon2017-like")
    assert device.perpendicular_field * codata.mu_0 == pytest.approx(0.43, rel=1e-3)
    assert device.threshold_current == pytest.approx(3e-3, rel=0.03)
    assert device.expulsion_current > 7.5e-3
    currents = np.array([2.5e-3, 3.5e-3, 5e-3, 6e-3, 7e-3])
    table = amplitude(device, current=currents, duration=100e-9)
    assert np.all(np.diff(table["amplitude"]) > 0) and table["amplitude"].iloc[0] < 1e-5
    for row in table.iloc[1:].itertuples():
        assert row.frequency == pytest.approx(device.stationary_frequency(row.current), rel=2e-3)
        assert 250e6 < row.frequency < 420e6
    resistance = (table["dc_voltage"] / table["current"]).to_numpy()
    line = table["amplitude"].to_numpy() * 50 / (50 + resistance)
    assert 0.010 < line[3] < line[4] < 0.020
    # The numbers of the preset's notes.
    radii = [device.stationary_radius(current) for current in (6e-3, 7e-3)]
    np.testing.assert_allclose(radii, [0.61, 0.70], atol=0.005)
    np.testing.assert_allclose([1 / device.relaxation_rate(i) for i in (6e-3, 7e-3)], [20e-9, 15e-9], atol=0.5e-9)
    np.testing.assert_allclose(table["frequency"].iloc[3:], [406e6, 417e6], atol=1e6)
    np.testing.assert_allclose(table["amplitude"].iloc[3:], [0.0226, 0.0276], atol=2e-4)
    linewidths = [device.generation_linewidth(current) for current in (6e-3, 7e-3)]
    np.testing.assert_allclose(linewidths, [130e3, 50e3], atol=5e3)


@pytest.mark.parametrize("tilt", [0.0, H])
def test_a_core_at_rest_fluctuates_by_equipartition(tilt):
    """<x^2> R^2 = k_B T / (G omega_0), the stiffness of the core."""
    device = VortexOscillator(initial_radius=0.0, damping=0.05, nonlinear_stiffness=0.0, nonlinear_damping=0.0)
    device = device.replace(perpendicular_field=tilt * device.saturation_magnetization)
    stiffness = 10 / 9 * codata.mu_0 * device.saturation_magnetization**2 * device.thickness**2 / device.radius
    rate = device.relative_damping * device.gyrotropic_frequency
    final = device.simulate(0.0, 4 / rate, temperature=300.0, trajectories=1500, seed=6, time_step=device.period / 100)
    expected = codata.k * 300 / (stiffness * (1 - tilt**2) * device.radius**2)
    both = np.concatenate([final["x"], final["y"]])
    # 3000 samples of a square: 2.6 %
    assert np.mean(both**2) == pytest.approx(expected, rel=0.1)


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize("preset", ["dussaux2012-like", "torrejon2017-like"])
def test_ngspice_gyrates_alike(preset):
    """With a perpendicular and with a tilted polarizer: others have the same equations with other numbers."""
    device = VortexOscillator.preset(preset)
    device = device.replace(initial_radius=0.5)
    current = 1.3 * device.threshold_current
    numeric, spice = (amplitude(device, current=current, engine=engine) for engine in ("numeric", "ngspice"))
    assert spice["frequency"].item() == pytest.approx(numeric["frequency"].item(), rel=5e-3)
    assert spice["amplitude"].item() == pytest.approx(numeric["amplitude"].item(), rel=1e-2)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"diameter": 30e-9}, "at least 8 exchange lengths"),
        ({"resistance_swing": 49.0}, "must not exceed"),
        ({"polarization": 0.0}, "bounds"),
        ({"thickness": "5 V"}, "unit"),
        ({"perpendicular_field": 8e5}, "leaves no vortex"),
        ({"polarizer": "tilted", "perpendicular_field": 0.0}, "must not be zero"),
        ({"largest_radius": 1.5}, "bounds"),
    ],
)
def test_discs_that_cannot_be_are_refused(values, complaint):
    with pytest.raises(ParameterError, match=complaint):
        VortexOscillator(**values)
