"""Networks against closed forms: locking ranges, delayed pairs, Kuramoto's threshold, dipoles, relaxation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy as sp
from scipy import sparse

from synaspice.characterization import Coupling, Network, Shared
from synaspice.characterization.networks.couplings import dipoles, resistors
from synaspice.devices import MTJ, AutoOscillator, TwoLayerStack, VolatileMemristor, VortexOscillator
from synaspice.devices.core.oscillator_protocols import Oscillation

#: The imaginary parts of two coupled amplitudes turn against the coupling: half of it acts, kappa W / 2.
KAPPA = 1e11


def pairs(device, strength, detunings, **how):
    """Pairs that differ in frequency, as one network."""
    one = Network(device, 2, [Coupling("c_re", "injection", [[0, strength], [strength, 0]], **how)])
    half = np.asarray(detunings) / 2
    frequencies = device.frequency + np.stack([-half, half], axis=1).ravel()
    phases = np.tile([0.0, 0.3], len(half))
    return one.copies(len(half), parameters={"frequency": frequencies, "initial_phase": phases})


@pytest.mark.parametrize("shift", [0.0, -1e9])
def test_two_oscillators_lock_up_to_the_range_of_slavin_and_tiberkevich(shift):
    r""":math:`\dot\psi = \Delta\omega - 2 \Omega \sqrt{1 + \nu^2} \cos(\arctan \nu) \sin\psi`: without a lag of the
    coupling the range is :math:`2 \Omega`, whatever the nonlinearity; in it :math:`\sin\psi = \Delta\omega / 2 \Omega`,
    outside the beat is :math:`\sqrt{\Delta\omega^2 - 4 \Omega^2}`."""
    power = 0.2
    device = AutoOscillator(nonlinear_frequency_shift=shift, initial_power=power)
    coupling = 0.5 * KAPPA * 3e-4
    edge = 2 * coupling / (2 * math.pi)
    share = np.array([0.3, 0.6, 0.9, 0.96, 1.04, 1.25, 2.0])
    network = pairs(device, 3e-4, share * edge)
    run = network.run(6e-6, drive=1.5e-3, points=90001, settling=3e-6)
    beats = np.diff(run.frequencies.reshape(-1, 2), axis=1).ravel()
    inside = share < 1
    assert np.abs(beats[inside]).max() < 1e-4 * edge
    expected = edge * np.sqrt(share[~inside] ** 2 - 1)
    np.testing.assert_allclose(beats[~inside], expected, rtol=0.03, atol=1 / 3e-6)  # a cycle that is not whole
    lags = np.angle(np.exp(1j * np.diff(run.phases.reshape(-1, 2), axis=1).ravel()))
    np.testing.assert_allclose(np.sin(lags[inside]), share[inside], atol=0.015)


def test_a_delay_turns_the_coupling():
    r"""Locking range :math:`2 \Omega \sqrt{1 + \nu^2}\,|\cos(\omega \tau - \arctan\nu)|`, with
    :math:`\arctan\nu < 0` of a frequency that falls with the power."""
    device = AutoOscillator(nonlinear_frequency_shift=-2e9, initial_power=0.2)
    nu = device.nonlinearity(1.5e-3)
    omega = device.angular_frequency + device.nonlinear_frequency_shift * device.stationary_power(1.5e-3)
    turn = 0.4
    coupling = 0.5 * KAPPA * 8e-5
    edge = 2 * coupling * math.hypot(1, nu) * abs(math.cos(turn - math.atan(nu))) / (2 * math.pi)
    assert edge < 0.7 * 2 * coupling / (2 * math.pi)  # narrower than without
    network = pairs(device, 8e-5, np.array([0.93, 1.07]) * edge, delay=turn / omega)
    run = network.run(5e-6, drive=1.5e-3, points=75001, settling=2.5e-6)
    locked, free = np.diff(run.frequencies.reshape(-1, 2), axis=1).ravel()
    assert abs(locked) < 1e-3 * edge and free > 0.2 * edge


@pytest.mark.parametrize("turns", [0.1, 0.9, 1.15])
def test_a_delayed_pair_has_the_frequency_of_its_transcendental_equation(turns):
    r""":math:`\Omega = \omega - K \sin \Omega \tau` of two in phase, which is stable where :math:`\cos\Omega\tau > 0`
    (Yeung and Strogatz, doi:10.1103/PhysRevLett.82.648)."""
    device = AutoOscillator(nonlinear_frequency_shift=0.0, initial_power=0.2)
    omega, k = device.angular_frequency, 0.5 * KAPPA * 2e-3
    delay = turns / device.frequency
    network = Network(device, 2, [Coupling("c_re", "injection", [[0, 2e-3], [2e-3, 0]], delay=delay, points=6)])
    run = network.run(200e-9, drive=1.5e-3, points=10001, settling=100e-9)
    found = omega
    for _ in range(200):
        found = omega - k * math.sin(found * delay)
    assert abs(found / omega - 1) > 1e-3
    # Terms that turn the other way move it by some K^2 / omega.
    np.testing.assert_allclose(run.frequencies, found / (2 * math.pi), rtol=2 * (k / omega) ** 2 + 1e-5)
    assert run.order_parameter[-1] > 0.9999


def spread_over_a_line(count, half_width):
    """Even quantiles of a Lorentzian."""
    return half_width * np.tan(np.pi * ((np.arange(count) + 0.5) / count - 0.5))


@pytest.mark.slow
def test_the_order_parameter_of_many_is_kuramotos():
    r""":math:`K_c = 2 \gamma` and :math:`r = \sqrt{1 - K_c / K}` of Lorentzian frequencies, by the whole amplitudes at
    their own frequency."""
    count, gamma = 200, 2 * math.pi * 2e6
    device = AutoOscillator(nonlinear_frequency_shift=0.0, initial_power=0.2)
    frequencies = device.frequency + spread_over_a_line(count, gamma) / (2 * math.pi)
    phases = np.random.default_rng(1).uniform(-np.pi, np.pi, count)
    for ratio, expected, within in ((0.5, 0.0, 0.12), (2.0, math.sqrt(0.5), 0.03), (4.0, math.sqrt(0.75), 0.03)):
        strength = ratio * 2 * gamma / (0.5 * KAPPA * count)
        network = Network(
            device, count, [Coupling("c_re", "injection", Shared(strength))],
            parameters={"frequency": frequencies, "initial_phase": phases},
        )  # fmt: skip
        run = network.run(1.2e-6, drive=1.5e-3, points=601)
        assert run.mean_order(0.6e-6)[0] == pytest.approx(expected, abs=within)


def test_oscillators_in_a_common_current_are_those_of_their_slow_amplitudes():
    """The frequencies of three, fed through a load by their voltages, by the equations without the carrier."""
    from synaspice.characterization.systems.vowels.coupled_oscillators import Circuit, coupled_frequencies

    device = AutoOscillator(nonlinear_frequency_shift=-2e9, initial_power=0.2, static_resistance=1e4)
    names = ("resistance_swing", "c_re", "current")
    voltage = math.prod(sp.Symbol(name, real=True) for name in names)
    network = Network(device, 3, [Coupling(voltage, "injection", Shared(1 / 50.0))])
    currents = np.array([1.49e-3, 1.5e-3, 1.51e-3])
    run = network.run(2e-6, drive=currents, points=30001, settling=1e-6)
    slow = coupled_frequencies(
        device, currents[np.newaxis], np.full((1, 1), 4e9), Circuit(load=50.0, tone=0.0), duration=1e-6, settling=1e-6
    )
    free = Network(device, 3).run(1e-7, drive=currents, points=2001, settling=5e-8).frequencies
    assert np.ptp(run.frequencies) < 1e-3 * np.ptp(free)  # locked, and they would not be
    np.testing.assert_allclose(run.frequencies, slow[0], rtol=2e-4)


def test_two_magnets_at_a_distance_move_as_a_stack_with_that_field():
    """The same two magnets as layers of a stack whose stray-field factors are those of point dipoles."""
    layer = {"saturation_magnetization": 8e5, "damping": 0.02}
    factors = {f"demagnetizing_factor_{a}": v for a, v in zip("xyz", (0.02, 0.05, 0.93), strict=True)}
    magnet = MTJ(
        diameter=60e-9, width=60e-9, free_layer_thickness=2e-9, interfacial_anisotropy=0.0, uniaxial_anisotropy=1e3,
        anisotropy_polar_angle=math.pi / 2, anisotropy_azimuth=0.0, vcma_coefficient=0.0, field_x=3e4,
        gyromagnetic_ratio=1.76e11, initial_polar_angle=1.2, initial_azimuth=0.4, **layer, **factors,
    )  # fmt: skip
    volume = math.pi / 4 * 60e-9**2 * 2e-9
    distance = 80e-9
    network = Network(
        magnet, 2, dipoles([[0, 0, 0], [distance, 0, 0]], 8e5 * volume), source="voltage",
        parameters={"initial_azimuth": [0.4, -0.6]},
    )  # fmt: skip
    assert len(network.couplings) == 3  # along the line and across it, nothing else
    strength = volume / (4 * math.pi * distance**3)
    stack = TwoLayerStack(
        length=60e-9, width=60e-9, field_x=3e4, half_voltage=100.0,
        stray_12_x=-2 * strength, stray_12_y=strength, stray_12_z=strength,
        spacer_bilinear_exchange=0.0, spacer_biquadratic_exchange=0.0,
        **{
            f"{name}_{key}": value
            for name in ("first", "second")
            for key, value in {
                **layer, **factors, "thickness": 2e-9, "uniaxial_anisotropy": 1e3, "interfacial_anisotropy": 0.0,
                "anisotropy_polar_angle": math.pi / 2, "anisotropy_azimuth": 0.0, "gyromagnetic_ratio": 1.76e11,
                "initial_polar_angle": 1.2,
            }.items()
        },
        first_initial_azimuth=0.4, second_initial_azimuth=-0.6,
    )  # fmt: skip
    run = network.run(2e-9, points=201, record=["m_x", "m_y", "m_z"], time_step=2e-13)
    table = stack.simulate(0.0, 2e-9, points=201)
    for k, name in enumerate(("first", "second")):
        for a in "xyz":
            np.testing.assert_allclose(run.values[f"m_{a}"][:, k], table[f"{name}_m_{a}"], atol=1e-6)
    alone = Network(magnet, 2, source="voltage", parameters={"initial_azimuth": [0.4, -0.6]})
    apart = alone.run(2e-9, points=201, record=["m_y"], time_step=2e-13).values["m_y"]
    assert np.abs(apart - run.values["m_y"]).max() > 0.1


def test_a_memristor_beside_a_capacitance_relaxes_as_its_circuit():
    """Period of a threshold switch behind a load: charge from the hold to the threshold voltage, and back."""
    device = VolatileMemristor()
    load, farad, supply = 20e3, 5e-9, 4.0
    network = Network(
        device, 1, [resistors([[0.0]], loads=1 / load)], capacitance=farad, source="current",
    )  # fmt: skip
    run = network.run(180e-6, drive=supply / load, points=9001, record=["node"], time_step=2e-10)
    v = run.values["node"][:, 0]
    late = v[run.time > 30e-6]
    rises = np.flatnonzero((late[1:] >= 1.5) & (late[:-1] < 1.5))
    period = np.diff(run.time[run.time > 30e-6][rises]).mean()

    def time_between(one, two, conductance):
        end, tau = supply / load / (1 / load + conductance), farad / (1 / load + conductance)
        return tau * math.log((one - end) / (two - end))

    expected = time_between(1.0, 2.0, 1e-5) + time_between(2.0, 1.0, 1e-3)
    assert period == pytest.approx(expected, rel=0.03)


def test_vortices_and_a_mean_field_of_a_thousand():
    """Coupled vortices lock to one frequency, and N equal ones are one with N times the coupling."""
    device = VortexOscillator()
    suggestion = device.protocol(Oscillation)
    current, size = suggestion.currents[-1], 500
    one = Network(device, 1).run(20 / suggestion.frequency, drive=current, points=401)
    many = Network(device, size).run(20 / suggestion.frequency, drive=current, points=401, threads=1)
    np.testing.assert_allclose(many.frequencies, one.frequencies[0], rtol=1e-12)
    np.testing.assert_allclose(many.order_parameter, 1.0, rtol=1e-12)


def test_sparse_chains_carry_what_dense_ones_do():
    """A ring of oscillators, with its matrix in all its forms."""
    device, size = AutoOscillator(initial_power=0.1), 70
    ring = sparse.csr_array(sparse.diags_array([2e-4, 2e-4], offsets=[1, -1], shape=(size, size)))
    frequencies = device.frequency * (1 + 1e-3 * np.cos(np.arange(size)))
    forms = [ring, ring.toarray()]
    found = [
        Network(device, size, [Coupling("c_re", "injection", matrix)], parameters={"frequency": frequencies})
        .run(5e-9, drive=1.5e-3, points=11)
        .final
        for matrix in forms
    ]
    np.testing.assert_allclose(found[0], found[1], atol=1e-12)
    single = Network(
        device,
        size,
        [Coupling("c_re", "injection", ring.toarray(), single=True)],
        parameters={"frequency": frequencies},
    ).run(5e-9, drive=1.5e-3, points=11)
    np.testing.assert_allclose(single.final, found[0], atol=1e-7)
