"""Temperature: material laws, the dwell time of a thermal switch, and a junction that heats itself."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from scipy import integrate

from synaspice.devices import MTJ, ElectrothermalMTJ, ParameterError, SpinMagnet

ROOM = 300.0


# --- material laws --------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [4.0, 200.0, 300.0, 450.0])
def test_magnetisation_anisotropy_and_tmr_follow_their_laws(temperature):
    """Bloch: M ~ 1 - (T/T_C)^1.5; K ~ M^n; Shang: P ~ 1 - a T^1.5; Julliere: TMR = 2 P^2 / (1 - P^2)."""
    curie, exponent, decay, tmr = 1100.0, 2.4, 2.5e-5, 1.5
    values = {"curie_temperature": curie, "interfacial_exponent": exponent, "polarization_decay": decay, "tmr": tmr}
    values |= {"uniaxial_anisotropy": 3e5}
    hot = MTJ(temperature_law="bloch", ambient_temperature=temperature, **values)
    magnetic = (1 - (temperature / curie) ** 1.5) / (1 - (300 / curie) ** 1.5)
    assert hot.ambient_magnetization == pytest.approx(magnetic * hot.saturation_magnetization, rel=1e-12)
    assert hot.interfacial_field == pytest.approx(MTJ().interfacial_field * magnetic ** (exponent - 1), rel=1e-12)
    cold = MTJ(uniaxial_anisotropy=3e5)
    assert hot.uniaxial_field == pytest.approx(cold.uniaxial_field * magnetic**2, rel=1e-12), "Callen: K ~ M^3"
    # Julliere's polarisation of the given TMR, at the other temperature
    polarization = math.sqrt(tmr / (2 + tmr)) * (1 - decay * temperature**1.5) / (1 - decay * 300**1.5)
    expected = 2 * polarization**2 / (1 - polarization**2)
    resistances = hot.antiparallel_resistance / hot.parallel_resistance
    assert resistances - 1 == pytest.approx(expected, rel=1e-12)
    low = {name: hot.replace(**state) for name, state in hot.reference_states().items()}
    measured = [float(device.static(voltage=1e-6)["resistance"]) for device in low.values()]
    assert measured[1] / measured[0] - 1 == pytest.approx(expected, rel=1e-9)


def test_at_the_reference_temperature_the_laws_change_nothing():
    cold, lawful = MTJ(), MTJ(temperature_law="bloch")
    for name in ("ambient_magnetization", "ambient_tmr", "anisotropy_field", "critical_current_to_parallel"):
        assert lawful.derived[name] == pytest.approx(cold.derived[name], rel=1e-12)


def test_a_perpendicular_junction_stays_one_when_it_is_hot():
    """Interfaces of CoFeB on MgO soften with M^2.2, hardly faster than the shape: ikeda2010 stays out of plane."""
    hot = MTJ.preset("ikeda2010", temperature_law="bloch", ambient_temperature=450.0)
    assert hot.axes_by_pull()[-1] == "z" and 10 < hot.thermal_stability < 25
    assert hot.replace(interfacial_exponent=3.0).axes_by_pull()[-1] != "z"


def test_the_stability_is_over_the_temperature_of_the_surroundings():
    """Delta = E_b / k_B T, with the barrier of that temperature."""
    for model in (MTJ, SpinMagnet):
        room = model().thermal_stability
        assert model(ambient_temperature=400.0).thermal_stability == pytest.approx(room * 300 / 400, rel=1e-12)
    hot = MTJ(temperature_law="bloch", ambient_temperature=400.0)
    barrier = codata.mu_0 * hot.ambient_magnetization * hot.volume * hot.anisotropy_field / 2
    assert hot.thermal_stability == pytest.approx(barrier / (codata.k * 400), rel=1e-6)


@pytest.mark.parametrize(
    ("values", "complaint"),
    [
        ({"ambient_temperature": 1000.0, "curie_temperature": 1010.0}, "curie_temperature"),
        ({"polarization_decay": 1e-4, "ambient_temperature": 900.0}, "polarization_decay"),
        ({"tmr": 19.0, "polarization_decay": 3e-5}, "polarization_decay"),
        ({"ambient_temperature": -4}, "bounds"),
    ],
)
def test_temperatures_beyond_the_laws_are_refused(values, complaint):
    with pytest.raises(ParameterError, match=complaint):
        MTJ(temperature_law="bloch", **values)


# --- dwell time -----------------------------------------------------------------------------------------


def switch(barrier, damping=0.5):
    """A uniaxial macrospin of a given barrier over k_B T at 300 K, without shape anisotropy."""
    sphere = {f"demagnetizing_factor_{axis}": 1 / 3 for axis in "xyz"}
    junction = MTJ(interfacial_anisotropy=0.0, uniaxial_anisotropy=6e4, damping=damping, **sphere)
    size = junction.diameter * math.sqrt(barrier / junction.thermal_stability)
    return junction.replace(diameter=size)


def exact_relaxation_rate(junction, barrier):
    """Twice the inverse of the mean time from a well to the other, by quadrature of its first-passage integral.

    Along u = m_z the Fokker-Planck equation has the stationary density exp(Delta u^2) and the diffusion
    (1 - u^2) / (2 tau_N), tau_N = Delta (1 + alpha^2) / (alpha gamma_0 H_k) (Brown 1963): the time from u = -1 to the
    top of the barrier is the integral over -1 < u < 0 of [2 tau_N e^{-Delta u^2} / (1 - u^2)] times that of
    e^{Delta w^2} over -1 < w < u; from the top either well is reached with equal probability.
    """
    alpha = junction.damping
    tau = barrier * (1 + alpha**2) / (alpha * junction.gamma_0 * junction.anisotropy_field)

    def inner(u):
        return integrate.quad(lambda w: math.exp(barrier * (w * w - u * u)), -1, u)[0] / (1 - u * u)

    passage = 2 * tau * integrate.quad(inner, -1 + 1e-12, 0, limit=200)[0]
    return 1 / passage


@pytest.mark.slow
@pytest.mark.parametrize("barrier", [5.0, 7.0])
def test_the_dwell_time_is_that_of_neel_and_brown(barrier):
    """Rate of the decay of <m_z>, both directions of escape together, at high barriers:

        1 / tau = 2 [alpha gamma_0 H_k / (1 + alpha^2)] sqrt(Delta / pi) e^{-Delta} (1 - 1 / Delta)

    (W. F. Brown, Phys. Rev. 130, 1677 (1963), doi:10.1103/PhysRev.130.1677, with the expansion's first correction).
    """
    junction = switch(barrier)
    assert junction.thermal_stability == pytest.approx(barrier, rel=1e-9)
    alpha, hold = junction.damping, junction.gamma_0 * junction.anisotropy_field
    brown = 2 * alpha * hold / (1 + alpha**2) * math.sqrt(barrier / math.pi) * math.exp(-barrier) * (1 - 1 / barrier)
    duration, count = 0.8 / brown, 2000
    step = 0.02 / hold
    traces = junction.simulate(
        0.0, duration, temperature=ROOM, trajectories=count, seed=5, points=9, time_step=min(step, duration / 80)
    )
    m_z = traces["m_z"].to_numpy().reshape(count, 9)
    times = traces["time"].to_numpy()[:9]
    # From the second point on: before it the well itself comes to equilibrium.
    early, late = m_z[:, 1].mean(), m_z[:, -1].mean()
    rate = math.log(early / late) / (times[-1] - times[1])
    error = math.hypot(m_z[:, 1].std() / early, m_z[:, -1].std() / late) / math.sqrt(count) / (times[-1] - times[1])
    assert abs(rate - brown) < 0.1 * brown + 2 * error
    # The exact first-passage time is met within the statistical error alone, and that is some per cent.
    exact = exact_relaxation_rate(junction, barrier)
    assert abs(rate - exact) < 3 * error + 0.02 * exact
    assert error < 0.07 * rate


# --- self-heating ---------------------------------------------------------------------------------------


def heater(**values):
    return ElectrothermalMTJ(initial_polar_angle=0.0, tmr_half_voltage=1.0, **values)


def test_a_constant_power_heats_exponentially():
    """Delta T = R_th P [1 - exp(-t / R_th C_th)] in the parallel state, whose resistance does not depend on T."""
    junction = heater(thermal_resistance=2e6, thermal_capacitance=1e-15)
    voltage, duration = 0.4, 6e-9
    trace = junction.simulate(voltage, duration, points=31)
    power = voltage**2 * junction.parallel_conductance
    expected = 2e6 * power * (1 - np.exp(-trace["time"] / 2e-9))
    np.testing.assert_allclose(trace["temperature_rise"], expected, rtol=1e-6, atol=1e-6)
    assert trace["temperature_rise"].iloc[-1] > 10


def test_noisy_trajectories_report_the_heat_as_well():
    """Against the closed form: agitation of the magnetisation hardly moves the resistance of the parallel state."""
    trace = heater().simulate(0.3, 3e-9, temperature=300.0, seed=1, points=4)
    quiet = heater().simulate(0.3, 3e-9, points=4)
    np.testing.assert_allclose(trace["temperature_rise"], quiet["temperature_rise"], rtol=0.02)
    assert trace["temperature_rise"].iloc[-1] > 5


def test_heat_softens_the_layer():
    """The anisotropy field of a hot junction is that of a junction in hot surroundings: it precesses as slowly."""
    rise, angle = 120.0, 0.2
    options = {"interfacial_exponent": 2.2, "initial_polar_angle": angle}
    hot = ElectrothermalMTJ(initial_temperature_rise=rise, thermal_capacitance=1e-9, **options)
    oven = MTJ(temperature_law="bloch", ambient_temperature=300 + rise, **options)
    traces = [device.simulate(0.0, 1e-9, points=101) for device in (hot, oven)]
    np.testing.assert_allclose(traces[0]["m_x"], traces[1]["m_x"], atol=1e-6)
    cold = MTJ(temperature_law="bloch", **options).simulate(0.0, 1e-9, points=101)
    assert np.max(np.abs(cold["m_x"] - traces[0]["m_x"])) > 0.05


def test_heat_lowers_the_antiparallel_resistance():
    junction = ElectrothermalMTJ(**ElectrothermalMTJ().reference_states()["antiparallel"])
    resistance = junction.static(voltage=1e-3, temperature_rise=np.array([0.0, 200.0]))["resistance"]
    oven = MTJ(temperature_law="bloch", ambient_temperature=500.0)
    assert resistance[1] == pytest.approx(oven.antiparallel_resistance, rel=1e-5)
    assert resistance[1] < 0.95 * resistance[0]


def test_a_hot_junction_fluctuates_more():
    """Equipartition at the device's own temperature: <m_x^2> = k_B T / (mu0 M_s V H_k)."""
    rise = 300.0
    junction = ElectrothermalMTJ(
        temperature_law="none", initial_temperature_rise=rise, thermal_capacitance=1e-9, damping=0.1, diameter=60e-9
    )
    final = junction.simulate(0.0, 2e-8, temperature=ROOM, trajectories=2000, seed=2, time_step=2e-12)
    moment = codata.mu_0 * junction.saturation_magnetization * junction.volume
    expected = codata.k * (ROOM + rise) / (moment * junction.anisotropy_field)
    both = np.concatenate([final["m_x"], final["m_y"]])
    # 4000 samples of a square: 2.2 % (one standard deviation); the anharmonic part of the well adds some per cent.
    assert np.mean(both**2) == pytest.approx(expected, rel=0.12)
