"""Spectra of noisy orbits against closed forms, and against Welch's estimates of noisy trajectories."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from scipy.signal import welch
from subcritical import Subcritical

from synaspice.devices import MTJ, AutoOscillator, ParameterError, ValidityWarning, VortexOscillator, periodic_orbit
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.devices.language.declarations.declaration import Branch, Noise, Parameter, State
from synaspice.devices.language.errors import SynaspiceError
from synaspice.devices.model import CompactModel
from synaspice.devices.simulation.operating_points.noise import electrical_noise
from synaspice.devices.simulation.orbits.cycle import Cycle, closed
from synaspice.devices.simulation.orbits.modes import modes
from synaspice.devices.simulation.orbits.orbit import orbit_of
from synaspice.devices.simulation.orbits.spectrum import Exponentials, slopes_along


def begun(device):
    return device.replace(**device.protocol(Oscillation).overrides)


@pytest.mark.parametrize("shift", [0.0, -1e10, 2e10])
@pytest.mark.parametrize("zeta", [1.2, 2.0])
def test_far_from_the_line_an_auto_oscillator_has_the_linear_response_of_its_amplitude_and_phase(shift, zeta):
    r"""Of :math:`c = \sqrt{p_0} (1 + a) e^{-i\phi}` with :math:`\dot a = -2\Gamma_p a + \dots`: one-sided
    :math:`\frac{S}{2} \{ [\Delta + 2 N p_0]^2 / [\Delta^2 (\Delta^2 + 4 \Gamma_p^2)] + 1 / \Delta^2 \}`."""
    device = AutoOscillator(resistance_swing=1e-3, action=1e-23, frequency=50e9, nonlinear_frequency_shift=shift)
    current = zeta * device.threshold_current
    found = periodic_orbit(device, current)
    power, relaxation = device.stationary_power(current), 2 * device.damping_rate * (zeta - 1)
    omega = device.angular_frequency + shift * power
    density = device.damping_rate * (1 + power) * codata.k * 300 / (device.action * omega)
    away = np.array([-3, -1, -0.3, -0.1, 0.1, 0.3, 1, 3]) * relaxation
    theory = (away + 2 * shift * power) ** 2 / (away**2 * (away**2 + relaxation**2)) + 1 / away**2
    table = found.spectrum(found.frequency + away / (2 * np.pi), 300.0, "c_re")
    np.testing.assert_allclose(table["noise"], density / 2 * theory, rtol=3e-4)
    np.testing.assert_array_equal(table["electrical_noise"], 0)


def test_a_line_holds_the_power_of_its_harmonic_and_has_the_width_of_slavin_and_tiberkevich():
    device = begun(VortexOscillator.preset("torrejon2017-like"))
    current = 4e-3
    found = periodic_orbit(device, current)
    noisy, sizes = found.noisy(300.0), found.harmonics(count=2)
    width = device.generation_linewidth(current)
    lines, _ = noisy.correlation(found.values(), slopes_along(found.motion, found.cycle, "voltage"))
    for k in (1, 2):
        of_this = np.abs(lines.exponents.imag - 2 * np.pi * k * noisy.frequency) < 1.0
        line = Exponentials(lines.amplitudes[of_this], lines.exponents[of_this])
        grid = k * noisy.frequency + k**2 * width * np.sinh(np.linspace(-1, 1, 20001) * math.asinh(1e4))
        density = line.density(grid)
        # a Lorentzian within +-1e4 of its widths
        assert np.trapezoid(density, grid) == pytest.approx(sizes[k] ** 2 / 2, rel=1e-4)
        assert np.ptp(grid[density > np.max(density) / 2]) == pytest.approx(k**2 * width, rel=1e-2)
        assert np.max(density) == pytest.approx(sizes[k] ** 2 / (np.pi * k**2 * width), rel=1e-3)
    # what the method gives is the sum of the lines
    near = noisy.frequency + width * np.linspace(-3, 3, 7)
    np.testing.assert_allclose(found.spectrum(near, 300.0)["phase_noise"], lines.density(near), rtol=1e-9)


def test_noise_shifts_the_line_by_the_curvature_of_the_isochrons():
    r"""For :math:`\dot c = [g(p) - i \omega(p)] c` with white noise S of each part the asymptotic phase is that of c
    plus h(p), :math:`h' = (\omega_0 - \omega) / 2 p g`, and drifts by
    :math:`\frac S2 \nabla^2 h = S \omega' g'' / 2 g'^2`."""
    device = Subcritical(strength=1e3)
    zeta = 1.2
    power = device.powers(zeta)[-1]
    found = periodic_orbit(device.replace(initial_power=0.9), zeta * device.threshold)
    slope, bend = device.growth(zeta, power) / (2 * power), -2 * device.damping * device.second
    expected = device.strength * device.shift * bend / (2 * slope**2)
    assert found.noisy(300.0).drift * 2 * np.pi * found.frequency == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize(("device", "current"), [
    (MTJ.preset("taniguchi2013-like"), -3e-3), (VortexOscillator.preset("torrejon2017-like"), 4e-3),
])  # fmt: skip
def test_modes_are_those_of_the_multipliers_and_orthogonal(device, current):
    found = periodic_orbit(begun(device), current)
    parts = modes(found.motion, found.cycle)
    tangent = [np.min(np.abs(np.exp(parts.exponents * found.period) - m)) for m in found.multipliers]
    assert np.max(tangent) < 1e-8
    products = np.einsum("jtn,ktn->jkt", parts.left, parts.right)
    np.testing.assert_allclose(products, np.broadcast_to(np.eye(len(products))[:, :, None], products.shape), atol=1e-8)


class _Followers(CompactModel):
    """An oscillator beside two states that relax alike, driven by noises of their own and by the oscillator."""

    time_scale = 1e-9
    voltage = Branch("p", "n", "voltage")
    rate = Parameter(1e8, "1/s", "rate of relaxation", (1e3, 1e12))
    a = State("1", "real part", initial=lambda s: 0.1)
    b = State("1", "imaginary part", initial=lambda s: 0)
    u = State("1", "first follower", initial=lambda s: 0)
    w = State("1", "second follower", initial=lambda s: 0)
    noise_a = Noise("1/s", "of the oscillator")
    noise_u = Noise("1/s", "of the first")
    noise_w = Noise("1/s", "of the second")

    @classmethod
    def equations(cls, s):
        growth, turning = 3e8 * (1 - s.a**2 - s.b**2), 6e9
        return {
            "current": 1e-3 * s.voltage,
            "da/dt": growth * s.a - turning * s.b + s.noise_a,
            "db/dt": growth * s.b + turning * s.a,
            "du/dt": -s.rate * s.u + s.noise_u,
            "dw/dt": -s.rate * s.w + 2e8 * s.a + s.noise_w,
            "noise_a": 1e3,
            "noise_u": 7e4,
            "noise_w": 2e4,
        }


def test_modes_of_the_same_rate_are_told_apart():
    r"""The first follower has the spectrum :math:`2 S / (\gamma^2 + \omega^2)` of Ornstein and Uhlenbeck."""
    device = _Followers()
    found = periodic_orbit(device, 0.1, source="voltage", frequency=1e9, settling=3e-7)
    grid = np.logspace(6, 9.5, 30)
    expected = 2 * 7e4 / (device.rate**2 + (2 * np.pi * grid) ** 2)
    np.testing.assert_allclose(found.spectrum(grid, 300.0, "u")["noise"], expected, rtol=1e-6)
    low = grid[grid < 1e8]
    # far below the oscillator's line the second one has its own noise, and hardly any of the oscillator's
    own = 2 * 2e4 / (device.rate**2 + (2 * np.pi * low) ** 2)
    assert np.all(found.spectrum(low, 300.0, "w")["noise"] > own)


def test_electrical_noise_is_averaged_and_its_flicker_is_about_the_harmonics_too():
    device = begun(MTJ.preset("taniguchi2013-like"))
    found = periodic_orbit(device, -1.02, source="voltage")
    states = {name: found.values(name) for name in device.state_declarations()}
    white, flicker = electrical_noise(device, "voltage", {"voltage": found.values("voltage"), **states}, 30.0)
    assert np.ptp(flicker) > 0.1 * np.mean(flicker)
    grid = np.array([1e6, 1e4 * found.frequency])
    table = found.spectrum(grid, 30.0)
    low, high = table["electrical_noise"]
    mean = np.mean(np.sqrt(flicker)) ** 2
    assert low == pytest.approx(np.mean(white) + mean / 1e6, rel=1e-2)
    assert high == pytest.approx(np.mean(white) + np.mean(flicker) / grid[1], rel=1e-6)
    assert table["noise"].iloc[1] >= table["electrical_noise"].iloc[1]


def expected_welch(orbit, quantity, temperature, interval, window):
    """Mean of the periodogram of a windowed record: the transform of the correlation times the window's own."""
    noisy = orbit.noisy(temperature)
    parts = noisy.correlation(orbit.values(quantity), slopes_along(orbit.motion, orbit.cycle, quantity))
    count = len(window)
    lags = interval * np.arange(count)
    correlation = sum(
        (part.amplitudes[:, None] * np.exp(part.exponents[:, None] * lags)).sum(axis=0).real for part in parts
    )
    overlap = np.correlate(window, window, "full")[count - 1 :] / np.sum(window**2)
    spectrum = np.fft.rfft(np.concatenate([correlation * overlap, np.zeros(count)]))[::2]
    return 2 * interval * (2 * spectrum.real - correlation[0])


@pytest.mark.slow
def test_the_spectrum_is_that_of_noisy_trajectories():
    """Line, wings and second harmonic within the statistical error of 64 records."""
    device = Subcritical(strength=3e3, initial_power=0.375, frequency=1e8, shift=-5e8)
    current, interval, count, records = device.threshold, 1.25e-9, 4096, 64
    orbit = periodic_orbit(device, current)
    assert orbit.weak_linewidth(300.0)[1]
    before = 400
    runs = device.simulate(
        current, (count + before) * interval, source="current", temperature=300.0, trajectories=records, seed=5,
        points=count + before + 1, time_step=interval / 64,
    )  # fmt: skip
    window = np.hanning(count + 1)[:-1]
    for quantity in ("c_re", "voltage"):
        traces = runs[quantity].to_numpy().reshape(records, -1)[:, before + 1 :]
        grid, density = welch(traces, 1 / interval, window=window, nperseg=count, detrend="constant", axis=1)
        measured = density.mean(axis=0)[3:-1]
        ratio = measured / expected_welch(orbit, quantity, 300.0, interval, window)[3:-1]
        grid = grid[3:-1]
        near = orbit.noisy(300.0).frequency
        for low, high in ((0.05, 0.5), (0.5, 0.9), (0.9, 0.99), (0.99, 1.01), (1.01, 1.1), (1.1, 1.9), (1.9, 2.1)):
            band = ratio[(grid > low * near) & (grid < high * near)]
            # neighbouring bins of a Hann window share a part: about half as many are independent
            error = math.sqrt(2 / (records * len(band)))
            assert np.mean(band) == pytest.approx(1, abs=4 * error + 0.03), (quantity, low)
        assert np.std(ratio) * math.sqrt(records) == pytest.approx(1, abs=0.15)


@pytest.mark.parametrize(("change", "complaint"), [
    ({"temperature": 0.0}, "temperature"),
    ({"frequency": [0.0, 1.0]}, "frequencies must be positive"),
    ({"quantity": "nonsense"}, "unknown quantity of the orbit"),
])  # fmt: skip
def test_what_makes_no_sense_is_refused(change, complaint):
    found = periodic_orbit(AutoOscillator(action=1e-26), 2e-3)
    with pytest.raises(SynaspiceError, match=complaint):
        found.spectrum(**{"frequency": [1e9], "temperature": 300.0} | change)


def test_orbits_that_do_not_last_have_no_spectrum_and_strong_noise_is_warned_of():
    device = Subcritical(initial_power=0.9)
    stable = periodic_orbit(device, 0.7 * device.threshold)
    unstable = device.powers(0.7)[0]
    smaller = stable.cycle.states * math.sqrt(unstable / device.powers(0.7)[1])
    saddle = orbit_of(stable.motion, closed(stable.motion, Cycle(smaller, stable.period)))
    assert not saddle.stable
    with pytest.raises(ParameterError, match="deviations from this orbit grow"):
        saddle.spectrum([1e9], 300.0)
    strong = AutoOscillator()
    with pytest.warns(ValidityWarning, match="not weak"):
        periodic_orbit(strong, 1.1 * strong.threshold_current).spectrum([5e9], 300.0)
