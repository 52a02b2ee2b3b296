"""The noise of every device that conducts: thermal at least, and what its model and its preset add to it."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization.benches.noise import noise
from synaspice.characterization.engines import uses_native
from synaspice.devices import MissingDependencyError
from synaspice.devices.catalog import models
from synaspice.devices.core.protocols import Spectrum
from synaspice.devices.simulation.operating_points.noise import noise_spectrum

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
        # A film in a hot state, or in surroundings of its own, is as hot as its noise.
        heat = {"ambient_temperature", "initial_temperature_rise"} <= {*held.values}
        hot = held.ambient_temperature + held.initial_temperature_rise if heat else kelvin
        assert conductance > 0
        assert sum(at_rest.values())[0] == pytest.approx(4 * codata.k * hot * conductance, rel=0.01)
        at_bias = noise_spectrum(held, np.array([1e6]), {first.name: 0.05}, kelvin)
        chord = float(held.static(**{first.name: 0.05})[first.current]) / 0.05
        assert at_bias["white"][0] >= 4 * codata.k * kelvin * chord * (1 - 1e-9)


@pytest.mark.parametrize("name", DEVICES)
def test_no_device_declares_no_noise(name):
    assert made(*DEVICES[name]).is_noisy


@pytest.mark.parametrize("name", DEVICES)
def test_the_bench_with_its_defaults_hears_at_least_nyquist_s_noise(name):
    """S_I >= 4 k T I / V at every frequency of every state, and more at the lower end of slow ones.

    Spectra of transients scatter by 1 / sqrt(32), by their 8 segments of 4: 64 frequencies are averaged.
    """
    device = made(*DEVICES[name])
    table = noise(device, seed=1)
    current = np.sqrt(table["current_noise"] / table["relative_noise"])
    least = 4 * codata.k * table.attrs["temperature"] * current / abs(table.attrs["voltage"])
    assert len(table) and np.all(current > 0)
    measured = table["method"] == "transient"
    assert np.all(table["current_noise"][~measured] >= (least * (1 - 1e-9))[~measured])
    for _, part in table[measured].groupby("state"):
        mean = part["current_noise"].groupby(np.arange(len(part)) // 64).mean()
        assert np.all(mean >= least[part.index].max())
    if device.values.get("flicker") or device.values.get("telegraph_amplitude"):
        for _, part in table.groupby("state"):
            assert part["current_noise"].iloc[0] > part["current_noise"].iloc[-1]


def test_a_trap_is_heard_from_a_decade_below_its_corner():
    """Default frequencies: the plateau of a trap that is there, and no more than usual where there is none."""
    device = made(*DEVICES["stanford-rram/jiang2014"])
    corner = (1 / device.capture_time + 1 / device.emission_time) / (2 * np.pi)
    first = device.protocol(Spectrum).frequencies[0]
    assert corner / 100 < first <= corner / 10
    assert device.replace(telegraph_amplitude=0.0).protocol(Spectrum).frequencies[0] == pytest.approx(1e3)
    slow = device.replace(capture_time=10.0, emission_time=10.0).protocol(Spectrum)
    assert slow.frequencies[0] == pytest.approx(1e-3) and slow.frequencies[-1] == pytest.approx(1e11)
    fast = device.replace(capture_time=1e-9).protocol(Spectrum)
    assert fast.frequencies == pytest.approx(np.logspace(3, 11, 81))


def with_trap(model, preset):
    device = made(model, preset)
    given = {"telegraph_amplitude": 0.1, "capture_time": 2e-4, "emission_time": 1e-3}
    return device.replace(**given) if "telegraph_amplitude" in device.values else device


COMPARED = [
    "phase-change-memory/joshi2020",
    "stanford-rram/jiang2014",
    "sky130-reram/skywater2020",
    "vteam/kvatinsky2014",
    "volatile-memristor/maffezzoni2015",
    "domain-wall-magnet/None",
    "auto-oscillator/None",
]


@pytest.mark.ngspice
@pytest.mark.parametrize("native", [False, True])
@pytest.mark.parametrize("name", COMPARED)
def test_ngspice_hears_the_same_noise(name, native):
    """White, 1/f and telegraph noise of the subcircuit and of the native device, against the numeric engine's."""
    try:
        uses_native("ngspice", native)
    except MissingDependencyError as reason:
        pytest.skip(str(reason))
    device = with_trap(*DEVICES[name])
    voltage = min(0.05, device.protocol(Spectrum).voltage)
    common = {"voltage": voltage, "frequency": np.logspace(0, 6, 13)}
    lasting = noise(device, **common)["state"].iloc[0]
    state = (lasting, device.reference_states()[lasting])
    common["states"] = dict([state])
    numeric = noise(device, **common)
    spice = noise(device, engine="ngspice", native=native, **common)
    np.testing.assert_allclose(spice["current_noise"], numeric["current_noise"], rtol=1e-5)
    if "telegraph_amplitude" in device.values:
        spectrum = noise_spectrum(device.replace(**state[1]), np.array([300.0]), {"voltage": voltage}, 300.0)
        assert spectrum["telegraph"][0] > spectrum["flicker"][0] + spectrum["white"][0]


def test_a_trap_s_spectrum_is_machlup_s_and_phase_change_memory_has_its_read_noise():
    """S_I = 4 dI^2 / (tau_c + tau_e) / ((1/tau_c + 1/tau_e)^2 + (2 pi f)^2); and Q^2 I^2 / f with the published Q."""
    device = with_trap(*DEVICES["phase-change-memory/joshi2020"]).at_conductance(2.5e-6)
    frequency = np.logspace(0, 5, 6)
    parts = noise_spectrum(device, frequency, {"voltage": 0.1}, 300.0)
    current = float(device.static(voltage=0.1)["current"])
    capture, emission = device.capture_time, device.emission_time
    rate = 1 / capture + 1 / emission
    expected = 4 * (0.1 * current) ** 2 / (capture + emission) / (rate**2 + (2 * np.pi * frequency) ** 2)
    np.testing.assert_allclose(parts["telegraph"], expected, rtol=1e-9)
    np.testing.assert_allclose(parts["flicker"], (0.0088 * 10**0.65 * current) ** 2 / frequency, rtol=1e-9)


def test_a_trap_s_spectrum_is_that_of_its_trajectories():
    """Welch's spectrum of the simulated current against the closed form; some hundred segments, 10 % each."""
    from scipy.signal import welch

    device = with_trap(*DEVICES["linear-ion-drift/strukov2008"]).replace(mobility=1e-20, initial_state=0.5)
    table = device.simulate(0.1, 2.0, points=2**16, temperature=300.0, seed=1, time_step=2.0 / (2**16 - 1))
    frequency, density = welch(table["current"].to_numpy(), 2**16 / 2.0, nperseg=512)
    chosen = (frequency > 100) & (frequency < 2000)
    exact = noise_spectrum(device, frequency[chosen], {"voltage": 0.1}, 300.0)["telegraph"]
    assert np.mean(density[chosen] / exact) == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("model", [m for m in models().values() if "flicker" in m.parameter_declarations()])
def test_filaments_have_the_published_current_noise(model):
    """0.01 to 1 % of the current from 100 Hz to 50 kHz (Santa et al. 2019, doi:10.1039/C8NR09985E)."""
    device = model()
    parts = noise_spectrum(device, np.array([1.0]), {"voltage": 0.1}, 300.0)
    current = float(device.static(voltage=0.1)["current"])
    ratio = np.sqrt(parts["flicker"][0] * np.log(5e4 / 100)) / current
    assert 1e-4 < ratio < 1e-2


def test_every_memristor_has_a_flicker_noise_and_a_trap():
    memristors = [
        m for m in models().values() if ".memristors." in m.__module__ and m.__module__.startswith("synaspice.")
    ]
    assert len(memristors) >= 7
    for model in memristors:
        device = model().replace(telegraph_amplitude=0.1)
        parts = noise_spectrum(device, np.array([1e2]), {"voltage": 0.1}, 300.0)
        assert parts["flicker"][0] > 0 and parts["telegraph"][0] > 0
