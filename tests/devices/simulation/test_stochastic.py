"""Noisy trajectories: reproducible, on the sphere, of the right order, and of the right temperature."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.devices import MTJ, ParameterError, Sine
from synaspice.devices.language import memory

M = ["m_x", "m_y", "m_z"]
DEVICE = MTJ(initial_polar_angle=0.3)


def noisy(device=DEVICE, drive=0.1, duration=1e-10, **arguments):
    return device.simulate(drive, duration, **({"temperature": 300.0, "seed": 7} | arguments))


# --- reproducibility ------------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_table():
    first, second = noisy(trajectories=5, points=3), noisy(trajectories=5, points=3)
    np.testing.assert_array_equal(first, second)
    assert first.attrs == second.attrs
    assert first.attrs["seed"] == 7


def test_a_seed_that_was_drawn_is_recorded_and_repeats():
    drawn = noisy(seed=None)
    np.testing.assert_array_equal(noisy(seed=drawn.attrs["seed"]), drawn)
    assert noisy(seed=None).attrs["seed"] != drawn.attrs["seed"]


def test_different_seeds_differ():
    finals = {noisy(seed=seed, points=1)["m_x"].iloc[0] for seed in [*range(20), 2**32, 2**63]}
    assert len(finals) == 22


@pytest.mark.parametrize("count", [10, 100])
def test_a_trajectory_is_the_same_however_many_there_are(count):
    many = noisy(trajectories=count)
    fewer = noisy(trajectories=3)
    alone = noisy(trajectories=1, points=1)  # times to report divide the steps: the same here as above
    assert list(many["trajectory"]) == list(range(count))
    np.testing.assert_array_equal(many.iloc[:3], fewer)
    np.testing.assert_array_equal(many[alone.columns].iloc[:1], alone)
    assert many["m_x"].nunique() == count


def test_reporting_fewer_points_does_not_change_the_path():
    # 100 steps of 1 ps; 11, 6 and 2 points are multiples of whole steps.
    fine = noisy(points=101, time_step=1e-12)
    for points in (11, 6, 2):
        np.testing.assert_array_equal(noisy(points=points, time_step=1e-12), fine.iloc[:: 100 // (points - 1)])
    np.testing.assert_array_equal(noisy(points=1, time_step=1e-12), fine.iloc[-1:])


# --- the scheme -----------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["voltage", "current"])
def test_without_temperature_heun_converges_to_the_deterministic_solution_with_the_square_of_the_step(source):
    amount = 0.2 if source == "voltage" else 2e-5
    drive, inputs = Sine(0.0, amount, 1e9), {"field_x": Sine(0.0, 1e4, 2e9)}
    arguments = {"source": source, "inputs": inputs, "points": 11}
    exact = DEVICE.simulate(drive, 1e-9, rtol=1e-12, atol=1e-14, **arguments)[M].to_numpy()
    steps = [4e-13, 2e-13, 1e-13]
    errors = [
        np.abs(DEVICE.simulate(drive, 1e-9, temperature=0.0, time_step=dt, **arguments)[M].to_numpy() - exact).max()
        for dt in steps
    ]
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    # Second order, up to the next term of the expansion, a fraction omega dt < 0.1 of the error.
    np.testing.assert_allclose(orders, 2, atol=0.15)
    assert errors[-1] < 1e-4


def test_the_mean_of_a_freely_diffusing_moment_converges_with_weak_order_one():
    """Without anisotropy <m_z> = exp(-t/tau), tau = (1 + alpha^2) M_s V / (2 alpha gamma kB T) (Brown 1963,

    doi:10.1103/PhysRev.130.1677, of a free moment: Debye's relaxation)."""
    third = {f"demagnetizing_factor_{axis}": 1 / 3 for axis in "xyz"}
    size = {"diameter": 10e-9, "free_layer_thickness": 1e-9, "damping": 0.1}
    free = MTJ(**size, **third, interfacial_anisotropy=0.0, initial_polar_angle=0.0)
    moment = free.saturation_magnetization * free.volume
    tau = (1 + free.damping**2) * moment / (2 * free.damping * free.gyromagnetic_ratio * codata.k * 300.0)
    errors, spreads = [], []
    for number in (16, 32, 64):
        run = free.ensemble(0.0, tau, trajectories=1_000_000, seed=number, time_step=tau / number)
        m_z = run.statistics("m_z").moments["m_z"]
        errors.append(m_z.mean[0] - np.exp(-1))
        spreads.append(np.sqrt(m_z.squares[0]) / m_z.count)
    spread = np.hypot(spreads[0] / errors[0], spreads[2] / errors[2]) / np.log(4)
    # 10 % for the terms of second order that are left at these steps.
    assert np.log2(errors[0] / errors[2]) / 2 == pytest.approx(1, abs=0.1 + 3 * spread)
    # Without the first order of its error the mean is right, to a tenth of the finest step's error.
    assert abs(2 * errors[2] - errors[1]) < 0.1 * abs(errors[2]) + 3 * np.hypot(2 * spreads[2], spreads[1])


def test_temperature_zero_does_not_depend_on_the_seed():
    first, second = noisy(temperature=0.0, seed=1), noisy(temperature=0.0, seed=2)
    np.testing.assert_array_equal(first, second)


def test_the_first_steps_scatter_as_browns_thermal_field_says():
    # After one step dt from the pole, m_perp = gamma_0 / (1 + a^2) * |(h, a h)| * sqrt(S dt): variance per component
    # gamma_0^2 S dt / (1 + a^2), S = 2 a kT / (gamma mu_0^2 Ms V); Brown 1963.
    device = MTJ(damping=0.1)
    dt, count, temperature = 1e-14, 20_000, 300.0
    table = device.simulate(0.0, dt, temperature=temperature, time_step=dt, trajectories=count, seed=11)
    a, gamma = device.damping, device.gyromagnetic_ratio
    moment = device.saturation_magnetization * device.volume
    expected = gamma * 2 * a * codata.k * temperature / moment * dt / (1 + a**2)
    for name in ("m_x", "m_y"):
        # Standard error of a variance of N normal values: sqrt(2/N) = 1 %; four of them.
        assert table[name].var() == pytest.approx(expected, rel=4 * np.sqrt(2 / count))
        assert abs(table[name].mean()) < 4 * np.sqrt(expected / count)


def test_scatter_grows_with_the_square_root_of_temperature():
    spreads = [
        noisy(MTJ(), 0.0, 1e-13, time_step=1e-14, temperature=t, trajectories=500)["m_x"].std() for t in (75.0, 300.0)
    ]
    # The same random numbers, and deflections small enough (1e-2) to be linear.
    assert spreads[1] / spreads[0] == pytest.approx(2, rel=1e-3)


def test_the_magnetisation_stays_on_the_sphere():
    table = noisy(duration=1e-8, temperature=600.0, trajectories=3, points=500)
    np.testing.assert_allclose(np.linalg.norm(table[M], axis=1), 1, rtol=0, atol=1e-12)


def test_a_current_drive_imposes_its_current():
    drive = Sine(0.0, 2e-5, 1e9)
    table = noisy(drive=drive, duration=1e-9, source="current", points=101)
    np.testing.assert_allclose(table["current"], drive(table["time"]), rtol=1e-12, atol=1e-17)
    assert table["m_x"].nunique() > 90


# --- requests -------------------------------------------------------------------------------------


def test_one_trajectory_reports_a_thousand_steps_and_many_report_their_end():
    assert len(noisy()) == 1001
    assert "trajectory" not in noisy()
    ends = noisy(trajectories=4)
    assert list(ends["time"]) == [1e-10] * 4
    assert list(noisy(trajectories=2, points=3)["trajectory"]) == [0, 0, 0, 1, 1, 1]


def test_the_step_is_shortened_to_fit_between_the_times():
    table = noisy(points=8, time_step=1.5e-12)
    used = table.attrs["time_step"]
    assert 0 < used <= 1.5e-12
    steps = 1e-10 / 7 / used
    assert steps == pytest.approx(round(steps), abs=1e-9)


@pytest.mark.parametrize("duration", [1e-13, 5e-13])
def test_a_run_shorter_than_the_default_step_takes_a_shorter_one(duration):
    table = noisy(duration=duration, points=2)
    assert table.attrs["time_step"] <= duration
    assert table["m_x"].iloc[-1] != table["m_x"].iloc[0]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"time_step": 0.0}, "time_step must be positive"),
        ({"time_step": -1e-12}, "time_step must be positive"),
        ({"time_step": 1e-9}, "time_step must be positive and not above the duration"),
        ({"time_step": float("nan")}, "time_step"),
        ({"time_step": "1p"}, "time_step"),
        ({"trajectories": 0}, "trajectories must be at least 1"),
        ({"trajectories": 2.5}, "trajectories"),
        ({"points": 0}, "points must be at least 1"),
        ({"points": 1.5}, "points"),
        ({"seed": -1}, "seed"),
        ({"seed": 1.5}, "seed"),
        ({"seed": 2**64}, "seed"),
        ({"seed": "lucky"}, "seed"),
    ],
)
def test_requests_that_make_no_sense_are_refused(arguments, complaint):
    with pytest.raises(ParameterError, match=complaint):
        noisy(**arguments)


@pytest.mark.parametrize("size", [{"trajectories": 10**9}, {"trajectories": 10**6, "points": 1000}])
def test_a_table_that_does_not_fit_is_refused(size, monkeypatch):
    monkeypatch.setattr(memory, "free_memory", lambda: 10**9)
    with pytest.raises(ParameterError, match="of memory, and a request may take 500 MB"):
        noisy(**size)


def test_more_steps_than_fit_are_refused():
    # 1e18 steps of 1 ps: beyond any memory, so that nothing is allocated before the refusal.
    with pytest.raises(ParameterError, match="steps"):
        noisy(duration=1e6, points=2)


# --- statistics -----------------------------------------------------------------------------------


@pytest.mark.slow
def test_fluctuations_about_the_easy_axis_obey_equipartition():
    # Small angles: E = mu_0 Ms V H_k (m_x^2 + m_y^2) / 2, so that <m_x^2> = kT / (mu_0 Ms V H_k).
    field = 3e6
    device = MTJ(damping=0.2, field_z=field)
    duration, count, temperature = 1e-10, 4000, 100.0
    table = device.simulate(
        0.0, duration, temperature=temperature, time_step=2e-14, trajectories=count, seed=3, points=1
    )
    stiffness = field + device.anisotropy_field
    width = codata.k * temperature / (codata.mu_0 * device.saturation_magnetization * device.volume * stiffness)
    # The amplitude relaxes with a gamma_0 H / (1 + a^2), by exp(-2 * 10) = 2e-9 in its square: equilibrium is reached.
    relaxation = device.damping * device.gamma_0 * stiffness / (1 + device.damping**2) * duration
    assert relaxation > 10
    # On the sphere, exactly: <m_perp^2> / 2 with weight exp(s m_z), but for the quadratic part of the anisotropy;
    # its next order, a fraction of 1/s of the leading one, is far below the statistical error.
    for name in ("m_x", "m_y"):
        # Four standard errors of a variance, and 1 % for the step: (omega dt)^2 / 4 with omega dt = 0.02 is below it.
        assert (table[name] ** 2).mean() == pytest.approx(width, rel=4 * np.sqrt(2 / count) + 0.01)


@pytest.mark.slow
def test_the_free_moment_in_a_field_has_langevins_mean():
    # Without anisotropy <m_z> = coth(s) - 1/s with s = mu_0 Ms V H / kT, for any s: the whole sphere is visited,
    # which a wrong interpretation of the noise (Ito for Stratonovich) or a wrong projection would show.
    device = MTJ(
        diameter=5e-9,
        free_layer_thickness=1e-9,
        saturation_magnetization=1e6,
        damping=0.5,
        interfacial_anisotropy=0.0,
        demagnetizing_factor_x=0.0,
        demagnetizing_factor_y=0.0,
        demagnetizing_factor_z=0.0,
        initial_polar_angle=np.pi / 2,
    )
    temperature, count = 300.0, 4000
    s = 2.0
    field = s * codata.k * temperature / (codata.mu_0 * device.saturation_magnetization * device.volume)
    rate = device.damping * device.gamma_0 * field / (1 + device.damping**2)
    duration = 10 / rate
    table = device.replace(field_z=field).simulate(
        0.0, duration, temperature=temperature, trajectories=count, seed=5, points=1, time_step=duration / 4000
    )
    mean = 1 / np.tanh(s) - 1 / s
    variance = 1 - 2 * mean / s - mean**2
    assert table["m_z"].mean() == pytest.approx(mean, abs=4 * np.sqrt(variance / count))
    assert (table["m_z"] ** 2).mean() == pytest.approx(1 - 2 * mean / s, abs=4 / np.sqrt(count) * 0.3)
    assert abs(table["m_x"].mean()) < 4 * np.sqrt(mean / s / count)
