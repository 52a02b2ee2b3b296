"""Conductance errors against the published statistics, and in the terms of CrossSim and aihwkit."""

from __future__ import annotations

import gc
import sys
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from peers import peer
from reference_data import published

from synaspice.devices import MTJ, MissingDependencyError, ParameterError, PhaseChangeMemory, UnknownNameError
from synaspice.devices.core.variability import Normal
from synaspice.devices.simulation.conductance_errors import ConductanceErrors, measured_errors
from synaspice.devices.targets.frameworks.crossbar_adapters import aihwkit_noise_model, crosssim_device

REFERENCE = published("pcm_statistics")


@pytest.fixture(scope="module")
def joshi():
    return PhaseChangeMemory.preset("joshi2020").conductance_errors()


def test_the_preset_has_the_published_statistics(joshi):
    """Programming noise and drift exponent of Joshi et al. 2020, as aihwkit publishes the fits."""
    for kind, found in (
        ("programming", lambda g: 1e6 * joshi.programming_error(g)),
        ("drift_mean", lambda g: joshi.drift_exponent(g)[0]),
        ("drift_spread", lambda g: joshi.drift_exponent(g)[1]),
    ):
        table = REFERENCE[kind]
        conductance = 25e-6 * np.array(table["relative_conductance"])
        np.testing.assert_allclose(found(conductance), table.get("value", table.get("standard_deviation")), rtol=1e-6)
    read = REFERENCE["read"]
    noise = joshi.read_noise(25e-6 * np.array(read["relative_conductance"]), np.array(read["time"]))
    np.testing.assert_allclose(noise, read["value"], rtol=1e-6)
    assert "Joshi" in joshi.source


def test_samples_have_those_statistics(joshi):
    generator, count = np.random.default_rng(1), 40_000
    target = np.full(count, 15e-6)
    programmed = joshi.draw_programmed(target, generator)
    assert np.std(programmed) == pytest.approx(float(joshi.programming_error(15e-6)), rel=4 / np.sqrt(2 * count))
    exponents = joshi.draw_exponents(target, generator)
    mean, spread = joshi.drift_exponent(15e-6)
    assert abs(np.mean(exponents) - mean) < 4 * spread / np.sqrt(count)
    later = joshi.sample(target, 1e6, generator, read=False)
    # <G t^-nu> of a normal exponent: exp(-mu L + sigma^2 L^2 / 2), L = ln(1 + t / t_0)
    elapsed = np.log1p(1e6 / 20.0)
    assert np.mean(later) == pytest.approx(15e-6 * np.exp(-mean * elapsed + (spread * elapsed) ** 2 / 2), rel=2e-3)
    assert joshi.drift(10e-6, 180.0, 0.05) == pytest.approx(10e-6 * 10**-0.05, rel=1e-12)


@pytest.mark.parametrize("target", [0.25e-6, 1e-6, 5e-6, 20e-6])
def test_read_noise_belongs_to_the_target(joshi, target):
    """sqrt(<(G_prog Q(G_T))^2 ln[(t_0 + t_read) / (2 t_read)]>): at 0.25 uS 0.270 uS, a third more than of G_prog."""
    goal = np.full(200_000, target)
    programmed, read = (joshi.sample(goal, 0.0, np.random.default_rng(2), read=flag) for flag in (False, True))
    noise = read - programmed
    seen = np.sqrt(2 * np.mean(np.maximum(noise, 0.0) ** 2))  # the half that is not cut off at zero
    amplitude = min(0.0088 / (target / 25e-6) ** 0.65, 0.2) * np.sqrt(np.log((20 + 250e-9) / (2 * 250e-9)))
    expected = np.sqrt(np.mean((programmed * amplitude) ** 2))
    assert seen == pytest.approx(expected, rel=0.015)
    if target == 0.25e-6:
        assert expected == pytest.approx(0.270e-6, rel=5e-3)


def test_what_is_beyond_the_range_is_refused(joshi):
    for conductance in (26e-6, -1e-6, np.nan):
        with pytest.raises(ParameterError, match="beyond the range"):
            joshi.programming_error(conductance)
    with pytest.raises(ParameterError, match="beyond the range"):
        joshi.read_noise(26e-6)
    with pytest.raises(ParameterError, match="not before the first read"):
        joshi.drift(10e-6, -1.0)
    with pytest.raises(ParameterError, match="range of conductances"):
        ConductanceErrors(1e-6, 1e-6)
    with pytest.raises(ParameterError, match="declares no statistics"):
        MTJ().conductance_errors()


def test_a_junction_s_errors_follow_from_its_variability_and_noise():
    """An RA product that varies by 2 % varies each conductance by 2 %; the noise is that of its current."""
    junction = MTJ.preset("ikeda2010")
    settings = {"read_voltage": 0.05, "bandwidth": (1e3, 1e7), "devices": 300, "seed": 1}
    product = {"resistance_area_product": Normal(0.02, relative=True)}
    errors = measured_errors(junction, "initial_polar_angle", [3.1, 0.05], product, **settings)
    ends = np.array([errors.smallest, errors.largest])
    assert ends[1] / ends[0] > 1.5
    np.testing.assert_allclose(errors.programming_error(ends) / ends, 0.02, rtol=4 / np.sqrt(600))
    # thermal and shot noise of the current I, 2 e I coth(eV / 2kT), and whatever flickers, over a band of 1e7 Hz
    white = 2 * 1.602176634e-19 * 0.05 * ends / np.tanh(1.602176634e-19 * 0.05 / (2 * 1.380649e-23 * 300.0))
    assert np.all(errors.read_noise(ends) >= np.sqrt(white * (1e7 - 1e3)) / (0.05 * ends) * (1 - 1e-9))
    with pytest.raises(UnknownNameError, match="parameter of mtj"):
        measured_errors(junction, "angle", [3.1, 0.05], product)
    with pytest.raises(ParameterError, match="different conductances"):
        measured_errors(junction, "initial_polar_angle", [0.05, 0.05], product, devices=2)


# --- CrossSim ---------------------------------------------------------------------------------


@pytest.fixture
def crosssim(monkeypatch):
    """A stand-in for simulator.devices.idevice, with the attributes that its devices are documented to have."""

    class EmptyDevice:
        def __init__(self, device_params, weight_error_params):
            self.device_params = device_params
            for name in ("Gmin_norm", "Gmax_norm", "Grange_norm", "time"):
                setattr(self, name, getattr(device_params, name))

    for name in ("simulator", "simulator.devices", "simulator.devices.idevice"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["simulator.devices.idevice"].EmptyDevice = EmptyDevice

    def params(largest, time=0.0):
        return SimpleNamespace(Rmin=1 / largest, Gmin_norm=0.01, Gmax_norm=1.0, Grange_norm=0.99, time=time)

    return EmptyDevice, params


def test_a_crosssim_device_has_the_errors_in_normalised_conductances(crosssim, joshi):
    base, params = crosssim
    made = crosssim_device(joshi, seed=1, name="JoshiPCM")
    assert issubclass(made, base) and made.__name__ == "JoshiPCM"
    device = made(params(25e-6, time=1e4), SimpleNamespace(magnitude=0))
    matrix = np.full((200, 200), 0.6, dtype=np.float32)
    conductance = 0.6 * 25e-6  # 0.01 is 0.25 uS, 1 is 25 uS
    programmed = device.programming_error(matrix)
    assert programmed.dtype == np.float32 and programmed.shape == matrix.shape
    expected = float(joshi.programming_error(conductance)) / 25e-6
    assert np.std(programmed) == pytest.approx(expected, rel=4 / np.sqrt(8e4))
    drifted = device.drift_error(matrix, 1e4)
    exact = joshi.sample(np.full(matrix.shape, conductance), 1e4, np.random.default_rng(2), read=False) / 25e-6
    assert np.mean(drifted) == pytest.approx(np.mean(exact), rel=1e-3)
    # The noise belongs to the target, which CrossSim does not tell: it gives what has drifted.
    left = float(joshi.drift(conductance, 1e4)) / 25e-6
    read = device.read_noise(np.full_like(matrix, left))
    relative = float(joshi.read_noise(conductance, 1e4))
    assert np.std(read) == pytest.approx(left * relative, rel=4 / np.sqrt(8e4))
    with pytest.raises(ParameterError, match="beyond the range"):
        made(params(40e-6), SimpleNamespace(magnitude=0))


def test_a_crosssim_device_is_found_by_name_and_survives_the_probing(crosssim, joshi):
    """CrossSim looks for the class among its own classes' subclasses, and tries each model out with a zero."""
    base, params = crosssim
    crosssim_device(joshi, seed=1, name="Unkept")
    gc.collect()
    (found,) = (made for made in base.__subclasses__() if made.__name__ == "Unkept")
    device = found(params(25e-6, time=1.0), SimpleNamespace(magnitude=0))
    for probe in (device.programming_error(np.zeros(1)), device.read_noise(np.zeros(1))):
        assert probe.shape == (1,) and np.all(np.isfinite(probe)) and np.all(probe >= 0)
    assert np.all(np.isfinite(device.drift_error(np.zeros(1), 1.0)))


def test_without_the_simulators_the_error_says_what_to_install(joshi, monkeypatch):
    for name in ("simulator", "simulator.devices.idevice", "aihwkit", "aihwkit.inference.noise.base"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(MissingDependencyError, match="cross-sim"):
        crosssim_device(joshi)
    with pytest.raises(MissingDependencyError, match="pip install aihwkit"):
        aihwkit_noise_model(joshi)


def test_the_real_crosssim_programs_and_drifts_by_it(joshi):
    """A matrix of one weight of the offset core, 3/4 of the range: spread and median of its conductances."""
    simulator = peer("simulator")
    if not hasattr(simulator, "AnalogCore"):
        pytest.skip("another package named simulator is installed, not CrossSim")
    crosssim_device(joshi, seed=1, name="RealJoshi")
    params, most, least = simulator.CrossSimParameters(), 25e-6, 1e-6
    params.core.style = "OFFSET"
    device = params.xbar.device
    device.Rmin, device.Rmax = 1 / most, 1 / least
    for kind in (device.programming_error, device.drift_error):
        kind.enable, kind.model = True, "RealJoshi"
    matrix = np.full((200, 200), 0.5)
    matrix[0, :2] = 1.0, -1.0  # they set the range
    target = least + 0.75 * (most - least)

    def conductances():
        return most * np.asarray(simulator.AnalogCore(matrix, params).cores[0][0].core._read_matrix())

    assert conductances().std() == pytest.approx(joshi.programming_error(target), rel=0.03)
    device.time = 3600.0
    assert np.median(conductances()) == pytest.approx(joshi.drift(target, 3600.0), rel=0.01)


# --- aihwkit ----------------------------------------------------------------------------------


def test_the_noise_model_is_aihwkit_s_own(joshi):
    """Of the same distributions as its PCMLikeNoiseModel: means and deviations of many draws."""
    torch = pytest.importorskip("torch")
    pcm = pytest.importorskip("aihwkit.inference.noise.pcm")
    torch.manual_seed(1)
    ours, theirs = aihwkit_noise_model(joshi, seed=1), pcm.PCMLikeNoiseModel(g_max=25.0)
    weights = torch.full((200, 200), 0.6)
    draws = []
    for model in (ours, theirs):
        programmed, exponents = model.apply_programming_noise(weights)
        drifted = model.apply_drift_noise(programmed, exponents, 1e4)
        draws.append([programmed.numpy(), exponents[0].numpy(), drifted.numpy()])
        assert drifted.dtype == weights.dtype
    for found, expected in zip(*draws, strict=True):
        deviation = np.std(expected)
        assert deviation > 0
        assert abs(np.mean(found) - np.mean(expected)) < 6 * deviation / 200
        assert np.std(found) == pytest.approx(deviation, rel=6 / np.sqrt(8e4))
    converters = pytest.importorskip("aihwkit.inference.converter.conductance")
    other = converters.SinglePairConductanceConverter(g_max=50.0)
    with pytest.raises(ParameterError, match="g_max of the converter"):
        aihwkit_noise_model(joshi, other)


def test_the_noise_model_keeps_to_the_interface(joshi, monkeypatch):
    """A stand-in for the base class, where aihwkit is not installed."""
    torch = pytest.importorskip("torch")
    base, converters = ModuleType("base"), ModuleType("conductance")

    class BaseNoiseModel:
        def __init__(self, g_converter=None):
            self.g_converter = g_converter

    base.BaseNoiseModel = BaseNoiseModel
    converters.SinglePairConductanceConverter = lambda g_max, g_min: SimpleNamespace(g_max=g_max, g_min=g_min)
    monkeypatch.setitem(sys.modules, "aihwkit.inference.noise.base", base)
    monkeypatch.setitem(sys.modules, "aihwkit.inference.converter.conductance", converters)
    for name in ("aihwkit", "aihwkit.inference", "aihwkit.inference.noise", "aihwkit.inference.converter"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    model = aihwkit_noise_model(joshi, seed=1)
    assert isinstance(model, BaseNoiseModel) and model.g_converter.g_max == pytest.approx(25.0)
    target = torch.full((100, 100), 15.0)
    programmed = model.apply_programming_noise_to_conductance(target)
    assert float(programmed.std()) == pytest.approx(1e6 * float(joshi.programming_error(15e-6)), rel=0.05)
    drifted = model.apply_drift_noise_to_conductance(programmed, model.generate_drift_coefficients(target), 1e6)
    assert 5.0 < float(drifted.mean()) < 12.0
