"""Coupled layers against closed forms: energies and their fields, torques, rests, resonances, resistance."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from scipy.integrate import cumulative_simpson

from synaspice.characterization import noise
from synaspice.devices import ParameterError, ThreeLayerStack, TwoLayerStack
from synaspice.devices.language.waveforms.shapes import Pulse
from synaspice.devices.physics.interlayer import (
    antiferromagnet_modes,
    antiparallel_limit,
    saturation_field,
    spin_flop_field,
)
from synaspice.devices.simulation.request import Request
from synaspice.devices.simulation.trajectories.stability import equilibrium

RANDOM = np.random.default_rng(1)
LAYERS = {TwoLayerStack: ("first", "second"), ThreeLayerStack: ("first", "second", "third")}
every_stack = pytest.mark.parametrize("model", LAYERS)

#: A stack in which every energy plays a part, by the parameters' names without prefix.
LAYER = {
    "thickness": [2e-9, 3e-9, 1.5e-9],
    "saturation_magnetization": [9e5, 1.2e6, 7e5],
    "damping": [0.02, 0.05, 0.01],
    "gyromagnetic_ratio": [1.76e11, 1.85e11, 1.7e11],
    "uniaxial_anisotropy": [3e4, -2e4, 5e4],
    "second_order_anisotropy": [2e4, 4e4, -1e4],
    "interfacial_anisotropy": [5e-4, 2e-4, 8e-4],
    "exchange_bias": [1e-4, 0.0, 3e-4],
    "anisotropy_polar_angle": [0.3, 1.2, 2.0],
    "anisotropy_azimuth": [0.4, -1.0, 2.5],
}
SPACER = {
    "bilinear_exchange": [-4e-4, 3e-4],
    "biquadratic_exchange": [-1e-4, 6e-5],
    "dmi_x": [5e-5, -3e-5],
    "dmi_y": [-7e-5, 4e-5],
    "dmi_z": [6e-5, 2e-5],
}


def everything(model, **more):
    """A device in which every energy plays a part."""
    values = {"width": 60e-9, "field_x": 2e4, "field_y": -3e4, "field_z": 5e4}
    for name, part in LAYER.items():
        values |= {f"{layer}_{name}": value for layer, value in zip(model.layers, part, strict=False)}
    for name, part in SPACER.items():
        values |= {f"{spacer}_{name}": value for spacer, value in zip(model.spacers, part, strict=False)}
    return model(**(values | more))


def directions(count, number):
    """Random directions for each of some layers: an array of count x number x 3."""
    found = RANDOM.normal(size=(count, number, 3))
    return found / np.linalg.norm(found, axis=-1, keepdims=True)


def states(model, m):
    """Directions of the layers as states by name."""
    return {f"{layer}_m_{axis}": m[:, k, i] for k, layer in enumerate(model.layers) for i, axis in enumerate("xyz")}


def rates(device, m, **more):
    """dm/dt of every layer [1/s] at some directions, as an array like them."""
    found = device.static(**states(type(device), m), **more)
    return np.stack(
        [np.stack([found[f"d{layer}_m_{axis}/dt"] for axis in "xyz"], axis=-1) for layer in device.layers], axis=1
    )


def torques(device, m, **more):
    """m x (field) of every layer, times -gamma_0, without the damping: by Gilbert's equation from the rates. [1/s]"""
    found = rates(device, m, **more)
    damping = np.array([device.values[f"{layer}_damping"] for layer in device.layers])[:, None]
    return found - damping * np.cross(m, found)


def moments(device):
    """M t / gamma of every layer: angular momentum per area [J s/m^2]."""
    values = device.values
    return np.array(
        [
            values[f"{k}_saturation_magnetization"] * values[f"{k}_thickness"] / values[f"{k}_gyromagnetic_ratio"]
            for k in device.layers
        ]
    )


@every_stack
def test_the_field_of_each_layer_is_the_derivative_of_the_energy(model):
    """Of all energies together, by differences of the observable: -m x H is the torque without damping."""
    device, step = everything(model), 1e-6
    m = directions(20, len(model.layers))
    expected = np.empty_like(m)
    for k in range(len(model.layers)):
        slope = []
        for axis in range(3):
            ends = []
            for sign in (1, -1):
                moved = m.copy()
                moved[:, k, axis] += sign * step
                ends.append(device.static(**states(model, moved))["energy"])
            slope.append((ends[0] - ends[1]) / (2 * step))
        expected[:, k] = np.cross(m[:, k], np.stack(slope, axis=-1)) / moments(device)[k]
    found = torques(device, m)
    np.testing.assert_allclose(found, expected, atol=1e-6 * np.max(np.abs(expected)))


@every_stack
def test_the_energy_falls_by_what_the_damping_takes(model):
    r"""-dw/dt = sum of alpha (M t / gamma) |dm/dt|^2: without damping the energy would stay as it is."""
    device = everything(model)
    table = device.simulate(0.0, 2e-9, points=4001, rtol=1e-11, atol=1e-13)
    m = np.stack([table[[f"{k}_m_{axis}" for axis in "xyz"]].to_numpy() for k in model.layers], axis=1)
    damping = np.array([device.values[f"{k}_damping"] for k in model.layers])
    power = np.sum(damping * moments(device) * np.sum(rates(device, m) ** 2, axis=-1), axis=-1)
    lost = cumulative_simpson(power, x=table["time"].to_numpy(), initial=0.0)
    energy = table["energy"].to_numpy()
    assert energy[0] - energy[-1] > 0.3 * np.ptp(energy), "much is lost"
    np.testing.assert_allclose(energy[0] - energy, lost, atol=1e-6 * lost[-1])


@every_stack
def test_exchange_through_spacers_keeps_the_angular_momentum(model):
    """With J1 and J2 alone the sum of M t dm/dt / gamma vanishes, with DMI along its vector; not with stray fields."""
    nothing = {f"{layer}_{name}": 0.0 for layer in model.layers for name in LAYER if "anisotropy_" not in name}
    keep = ("thickness", "saturation_magnetization", "damping", "gyromagnetic_ratio")
    nothing = {name: value for name, value in nothing.items() if not name.endswith(keep)}
    nothing |= {f"{layer}_demagnetizing_factor_{axis}": 0.0 for layer in model.layers for axis in "xyz"}
    nothing |= {f"field_{axis}": 0.0 for axis in "xyz"}
    flat = {f"{spacer}_dmi_{axis}": 0.0 for spacer in model.spacers for axis in "xyz"}
    m = directions(30, len(model.layers))
    weight = moments(everything(model))[:, None]

    def total(**more):
        found = weight * torques(everything(model, **nothing, **more), m)
        return np.max(np.abs(np.sum(found, axis=1))) / np.max(np.abs(found))

    assert total(stray_fields="none", **flat) < 1e-9
    assert total(**flat) > 1e-3, "stray fields pull at the lattice"
    only_z = flat | {f"{spacer}_dmi_z": 5e-5 for spacer in model.spacers}
    found = np.sum(weight * torques(everything(model, **nothing, stray_fields="none", **only_z), m), axis=1)
    assert np.max(np.abs(found[:, 2])) < 1e-9 * np.max(np.abs(found)), "turns about D cost nothing"


# --- synthetic antiferromagnets ------------------------------------------------------------------


M_S, THICKNESS, FLAT = (
    1.0e6,
    2e-9,
    {"demagnetizing_factor_x": 0.0, "demagnetizing_factor_y": 0.0, "demagnetizing_factor_z": 1.0},
)


def antiferromagnet(exchange, anisotropy=0.0, biquadratic=0.0, **more):
    """Two equal thin films with given H_E, H_K and H_B, whose easy axis is x. [A/m]"""
    moment = codata.mu_0 * M_S * THICKNESS
    layer = FLAT | {
        "saturation_magnetization": M_S,
        "thickness": THICKNESS,
        "damping": 1e-3,
        "uniaxial_anisotropy": codata.mu_0 * M_S * anisotropy / 2,
        "anisotropy_polar_angle": math.pi / 2,
    }
    values = {f"{name}_{key}": value for name in ("first", "second") for key, value in layer.items()}
    values |= {"spacer_bilinear_exchange": -exchange * moment, "spacer_biquadratic_exchange": -biquadratic * moment}
    return TwoLayerStack(stray_fields="none", **(values | more))


def rest(device, along=None, **values):
    """Where a device comes to rest, begun with its layers at some azimuths."""
    start = {f"{name}_initial_azimuth": a for name, a in zip(("first", "second"), along or (), strict=False)}
    return equilibrium(Request.of(device.replace(**start, **values), 0.0, 1.0, "voltage", {}))


def states_of(device, found):
    """The states at a rest by name."""
    return dict(zip(device.state_declarations(), found.states, strict=True))


@pytest.mark.parametrize("biquadratic", [0.0, 2e3])
def test_antiparallel_layers_turn_unstable_where_they_should(biquadratic):
    exchange, anisotropy = 2e4, 5e3
    device = antiferromagnet(exchange, anisotropy, biquadratic)
    limit = antiparallel_limit(exchange, anisotropy, biquadratic)
    assert limit == pytest.approx(math.sqrt(anisotropy * (2 * exchange - 4 * biquadratic + anisotropy)))
    along = (0.0, math.pi)
    assert rest(device, along, field_x=0.999 * limit).lasts
    assert not rest(device, along, field_x=1.001 * limit).lasts


def test_energies_are_equal_at_the_spin_flop():
    exchange, anisotropy = 2e4, 5e3
    device = antiferromagnet(exchange, anisotropy)
    field = spin_flop_field(exchange, anisotropy)
    assert field == pytest.approx(math.sqrt(2 * exchange * anisotropy - anisotropy**2))
    angle = math.acos(field / (2 * exchange - anisotropy))
    energies = []
    for along in ((0.0, math.pi), (angle, -angle)):
        found = rest(device, along, field_x=field)
        assert found.lasts
        energies.append(
            float(
                device.static(field_x=field, **dict(zip(device.state_declarations(), found.states, strict=True)))[
                    "energy"
                ]
            )
        )
    assert energies[0] == pytest.approx(energies[1], rel=1e-9)
    with pytest.raises(ParameterError, match="do not cant"):
        spin_flop_field(1e3, 2e3)


@pytest.mark.parametrize(("anisotropy", "axis"), [(5e3, "x"), (5e3, "y"), (0.0, "x")])
@pytest.mark.parametrize("biquadratic", [0.0, 2e3])
def test_layers_are_parallel_beyond_the_saturation_field(anisotropy, axis, biquadratic):
    exchange = 2e4
    device = antiferromagnet(exchange, anisotropy, biquadratic)
    limit = saturation_field(exchange, anisotropy if axis == "x" else -anisotropy, biquadratic)
    assert limit == 2 * exchange + 4 * biquadratic - (anisotropy if axis == "x" else -anisotropy)
    along = (0.0, 0.0) if axis == "x" else (math.pi / 2, math.pi / 2)
    above = rest(device, along, **{f"field_{axis}": 1.001 * limit})
    assert above.lasts
    below = rest(device, along, **{f"field_{axis}": 0.999 * limit})
    values = states_of(device, below)
    assert sum(values[f"first_m_{k}"] * values[f"second_m_{k}"] for k in "xyz") < 0.9999


@pytest.mark.parametrize("field", [1e3, 1.5e4, 3.9e4, 5e4, 1.5e5])
def test_resonances_of_a_synthetic_antiferromagnet(field):
    exchange = 2e4
    device = antiferromagnet(exchange, field_x=field)
    angle = math.acos(min(field / (2 * exchange), 1.0))
    found = rest(device, (angle, -angle))
    turning = np.sort(np.abs(found.eigenvalues[found.eigenvalues.imag > 0]))  # which damping hardly changes
    gamma_0 = device.first.gamma_0
    expected = np.sort(gamma_0 * np.array(antiferromagnet_modes(field, exchange, M_S)))
    np.testing.assert_allclose(turning, expected, rtol=1e-5)


def test_a_layer_rests_on_its_easy_cone():
    """sin^2 = -K1 / 2 K2, with K1 of the shape too: the axis is hard, and the plane harder."""
    k1, k2 = -2e4, 4e4
    total = k1 + codata.mu_0 * M_S**2 / 2
    device = antiferromagnet(0.0).replace(
        first_uniaxial_anisotropy=total, first_anisotropy_polar_angle=0.0, first_second_order_anisotropy=k2,
        first_initial_polar_angle=0.2, spacer_bilinear_exchange=0.0,
    )  # fmt: skip
    m_z = rest(device).states[2]
    assert 1 - m_z**2 == pytest.approx(-k1 / (2 * k2), rel=1e-6)


# --- currents ------------------------------------------------------------------------------------


def test_torques_of_the_current_on_both_layers():
    """gamma_0 hbar I / (mu_0 e M V) P / 2 (1 + kappa cos), towards the other layer, and away from it."""
    device = TwoLayerStack(
        first_polarization=0.3, second_polarization=0.6, second_thickness=5e-9, spacer_magnetoresistance=0.8,
        spacer_bilinear_exchange=-1e-4,
    )  # fmt: skip
    m = directions(10, 2)
    current = device.static(voltage=0.2, **states(TwoLayerStack, m))["current"]
    found = torques(device, m, voltage=0.2) - torques(device, m, voltage=0.0)
    cosine = np.sum(m[:, 0] * m[:, 1], axis=-1)
    kappa = 0.8 / 2.8
    assert device.spacer.torque_asymmetry == pytest.approx(kappa)
    for k, (other, polarization, sign) in enumerate([(1, 0.6, 1), (0, 0.3, -1)]):
        layer = (device.first, device.second)[k]
        rate = (
            layer.gamma_0
            * codata.hbar
            * current
            / (codata.mu_0 * codata.e * layer.saturation_magnetization * layer.volume)
        )
        towards = np.cross(m[:, k], np.cross(m[:, other], m[:, k]))
        expected = sign * (rate * polarization / 2 / (1 + kappa * cosine))[:, None] * towards
        np.testing.assert_allclose(found[:, k], expected, atol=1e-7 * np.max(np.abs(expected)))


def test_layers_without_anisotropy_chase_each_other():
    """Equal layers in one plane turn the same way, both: at a right angle by gamma_0 beta P / 2 at first."""
    device = antiferromagnet(0.0).replace(spacer_bilinear_exchange=0.0, second_initial_azimuth=math.pi / 2)
    found = rates(device, np.array([[[1.0, 0, 0], [0, 1.0, 0]]]), voltage=0.5)[0]
    assert found[0, 1] > 0 and found[1, 0] < 0, "the first turns to the second, which turns away from it"
    assert found[0, 1] == pytest.approx(-found[1, 0])


def test_a_layer_at_rest_polarises_the_current_of_the_last_one():
    device = everything(ThreeLayerStack, polarizer_polarization=0.5, polarizer_polar_angle=1.0, polarizer_azimuth=0.7)
    m = directions(10, 3)
    without = device.replace(polarizer_polarization=0.0)
    change = torques(device, m, voltage=0.1) - torques(without, m, voltage=0.1)
    assert not np.any(change[:, :2])
    p = np.array([math.sin(1.0) * math.cos(0.7), math.sin(1.0) * math.sin(0.7), math.cos(1.0)])
    current = device.static(voltage=0.1, **states(ThreeLayerStack, m))["current"]
    third = device.third
    rate = (
        third.gamma_0 * codata.hbar * current / (codata.mu_0 * codata.e * third.saturation_magnetization * third.volume)
    )
    expected = (0.25 * rate)[:, None] * np.cross(m[:, 2], np.cross(p, m[:, 2]))
    np.testing.assert_allclose(change[:, 2], expected, atol=1e-6 * np.max(np.abs(expected)))


def test_resistances_are_in_series():
    device = ThreeLayerStack(
        spacer_resistance_area_product=8e-12, spacer_magnetoresistance=1.2, second_spacer_resistance_area_product=2e-12,
        second_spacer_magnetoresistance=0.3, half_voltage=0.4,
    )  # fmt: skip
    m = directions(10, 3)
    for volts in (1e-6, 0.3):
        found = device.static(voltage=volts, **states(ThreeLayerStack, m))["resistance"]
        one, two = (np.sum(m[:, k] * m[:, k + 1], axis=-1) for k in (0, 1))
        fall = 1 + (volts / 0.4) ** 2
        t = 1.2 / fall
        expected = 8e-12 * 2 * (1 + t) / (2 + t + t * one) + 2e-12 * (1 + 0.3 / fall * (1 - two) / 2)
        np.testing.assert_allclose(found, expected / device.area, rtol=1e-12)


def test_a_voltage_changes_the_exchange():
    device = everything(
        TwoLayerStack, spacer_exchange_per_square_volt=2e-4, first_polarization=0.0, second_polarization=0.0
    )
    m = directions(5, 2)
    other = device.replace(spacer_bilinear_exchange=-4e-4 + 2e-4 * 0.25, spacer_exchange_per_square_volt=0.0)
    np.testing.assert_allclose(rates(device, m, voltage=-0.5), rates(other, m), rtol=1e-9)


@pytest.mark.parametrize("kind", ["tunnel", "metal"])
def test_noise_of_a_barrier_and_of_a_metal(kind):
    """With parallel layers, whose angle nothing changes: 2 e I coth(e V / 2 k T) of a barrier, or 4 k T / R."""
    device, volts, kelvin = (
        antiferromagnet(0.0, 5e3).replace(spacer_bilinear_exchange=1e-4, spacer_kind=kind),
        0.02,
        300.0,
    )
    table = noise(device, voltage=volts, frequency=[1e3], states="parallel", temperature=kelvin)
    thermal = 4 * codata.k * kelvin / device.parallel_resistance
    u = codata.e * volts / (2 * codata.k * kelvin)
    expected = thermal * (u / math.tanh(u) if kind == "tunnel" else 1.0)
    assert table["current_noise"].iloc[0] == pytest.approx(expected, rel=1e-3)


@every_stack
def test_a_pulse_of_the_field_moves_all_layers(model):
    table = everything(model).simulate(
        0.0, 1e-9, points=11, inputs={"field_y": Pulse(0.0, 5e4, 1e-10, 1e-11, 1e-11, 5e-10)}
    )
    for layer in model.layers:
        assert np.ptp(table[f"{layer}_m_x"]) > 0.01
