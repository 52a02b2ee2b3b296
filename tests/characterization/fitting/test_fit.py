"""Fits of models to measured data: known answers, their errors, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from synaspice.characterization import TwoStateThermal, fit, hysteresis, iv, switching
from synaspice.characterization.fitting.experiments import experiment_for
from synaspice.characterization.fitting.recovery import recovery
from synaspice.characterization.fitting.scales import scales_of
from synaspice.characterization.fitting.thermal import _after
from synaspice.characterization.rare_events.axial_magnet import from_reference_state
from synaspice.characterization.rare_events.fokker_planck import PolarGrid
from synaspice.characterization.slow_time.sweeping import switching_drive
from synaspice.devices import MTJ, VTEAM, LinearIonDrift, ParameterError, PhaseChangeMemory, UnknownNameError, Yakopcic
from synaspice.figures import plot, save

VOLTAGES = np.linspace(-0.4, 0.4, 21)


def static(device, noise=0.0, seed=0):
    table = iv(device, VOLTAGES)[["state", "voltage", "current"]]
    table.attrs = {}
    size = noise * float(table["current"].abs().max())
    if noise:
        table["current_error"] = size
    table["current"] += size * np.random.default_rng(seed).standard_normal(len(table))
    return table


def divider(resistance, error, points=50, seed=3):
    """A straight line: the only model that has a solution in closed form."""
    current = VOLTAGES / resistance
    table = pd.DataFrame({"voltage": VOLTAGES, "current": current, "current_error": error})
    table["current"] += error * np.random.default_rng(seed).standard_normal(len(table))
    return table


def test_exact_data_give_back_the_parameters_exactly():
    device = MTJ.preset("ikeda2010")
    start = device.replace(resistance_area_product=1e-11, tmr=0.5, tmr_half_voltage=1.0)
    found = fit(start, static(device), ["resistance_area_product", "tmr", "tmr_half_voltage"])
    for row in found.parameters.to_dict("records"):
        assert row["value"] == pytest.approx(device.values[row["name"]], rel=1e-5), row["name"]
    assert found.statistics["r_squared"] > 1 - 1e-9 and not found.parameters["at_bound"].any()


def test_a_line_has_the_value_and_the_error_of_linear_regression():
    """R of i = v / R: the weighted slope g = sum(v i) / sum(v^2), with standard error sigma / sqrt(sum v^2)."""
    error = 2e-6
    data = divider(4e3, error)
    start = LinearIonDrift(resistance_on=100.0, resistance_off=1e3, initial_state=0.0)
    found = fit(start, data, ["resistance_off"], bench="iv")
    slope = float(np.sum(data["voltage"] * data["current"]) / np.sum(data["voltage"] ** 2))
    deviation = error / np.sqrt(float(np.sum(data["voltage"] ** 2)))
    row = found.parameters.iloc[0]
    assert row["value"] == pytest.approx(1 / slope, rel=1e-5)
    assert row["standard_error"] == pytest.approx(deviation / slope**2, rel=1e-3)
    chi = float(np.sum(((data["current"] - slope * data["voltage"]) / error) ** 2)) / (len(data) - 1)
    assert found.statistics["chi_square_reduced"] == pytest.approx(chi, rel=1e-6)
    # Without known errors the scatter about the line is the error.
    unknown = fit(start, data[["voltage", "current"]], ["resistance_off"], bench="iv")
    assert unknown.parameters["standard_error"].iloc[0] == pytest.approx(np.sqrt(chi) * row["standard_error"], rel=1e-3)


def test_a_robust_loss_bears_outliers_that_least_squares_do_not():
    data = divider(4e3, 1e-7)[["voltage", "current"]]
    data.loc[[18, 19, 20], "current"] *= 5.0
    start = LinearIonDrift(resistance_on=100.0, resistance_off=2e3, initial_state=0.0)
    squares = fit(start, data, ["resistance_off"]).parameters["value"].iloc[0]
    robust = fit(start, data, ["resistance_off"], loss="soft_l1").parameters["value"].iloc[0]
    assert squares < 2.5e3 and robust == pytest.approx(4e3, rel=0.02)


def test_a_loop_is_fitted_under_the_measured_waveform():
    device = Yakopcic.preset("yakopcic2013-chalcogenide")
    loop = hysteresis(device, points=101)[["time", "voltage", "current"]]
    loop.attrs = {}
    loop["time"] += 5.0  # of an instrument, whose clock begins somewhere
    start = device.replace(amplitude_positive=0.1, amplitude_negative=0.25, rate_positive=6000.0)
    free = ["amplitude_positive", "amplitude_negative", "rate_positive"]
    found = fit(start, loop, free)
    assert found.parameters["value"].tolist() == pytest.approx([device.values[name] for name in free], rel=2e-3)
    assert found.table.attrs["fitted_bench"] == "hysteresis"


def test_drift_is_fitted_at_the_measured_times():
    device = PhaseChangeMemory.preset("joshi2020")
    times = np.geomspace(1.0, 1e4, 12)
    run = device.simulate(0.0, times[-1], times=times)
    data = pd.DataFrame({"time": times, "conductance": run["conductance"].to_numpy()})
    found = fit(device.replace(conductance_max=2e-5, drift_smallest=0.08), data, ["conductance_max", "drift_smallest"])
    assert found.parameters["value"].tolist() == pytest.approx([3e-5, 0.049], rel=1e-4)


def test_logarithms_weigh_decades_alike():
    device = Yakopcic(current_slope=5.0, initial_state=0.5)
    data = iv(device, np.linspace(-2, 2, 41), states={"a": {}})[["voltage", "current"]]
    data.attrs = {}
    data["current"] *= 1 + 0.05 * np.random.default_rng(2).standard_normal(len(data))
    start = device.replace(current_slope=3.0, amplitude_positive=0.05, amplitude_negative=0.05)
    free = ["current_slope", "amplitude_positive", "amplitude_negative"]
    errors = {c: fit(start, data, free, compare=c).parameters for c in ("linear", "log")}
    assert errors["log"]["value"].iloc[0] == pytest.approx(5.0, rel=0.03)
    low = data["voltage"].abs() < 0.5
    fitted = fit(start, data, free, compare="log").table
    ratio = fitted["current_fit"][low & (data["voltage"] != 0)] / data["current"][low & (data["voltage"] != 0)]
    assert np.all(np.abs(ratio - 1) < 0.2)


def test_bounds_hold_and_a_parameter_at_one_has_no_error():
    device = MTJ.preset("ikeda2010")
    data = static(device, 0.001)
    found = fit(device.replace(tmr=0.5), data, ["tmr", "resistance_area_product"], bounds={"tmr": (0.1, 0.8)})
    row = found.parameters.set_index("name").loc["tmr"]
    assert row["value"] <= 0.8 and row["at_bound"] and np.isnan(row["standard_error"])
    assert any("ended at a bound" in line for line in found.told)


def test_scales_follow_the_declared_bounds():
    scales = {one.name: one for one in scales_of(VTEAM(), ["resistance_on", "rate_on", "exponent_on"], None)}
    assert scales["resistance_on"].logarithmic and scales["rate_on"].logarithmic
    assert not scales["exponent_on"].logarithmic
    for one, value in ((scales["rate_on"], -10.0), (scales["exponent_on"], 3.0)):
        assert one.to_value(one.to_search(value)) == pytest.approx(value)
        low, high = one.limits
        assert low < one.to_search(value) < high


def test_more_starts_find_what_one_misses_and_a_seed_repeats_them():
    device = Yakopcic.preset("yakopcic2013-chalcogenide")
    loop = hysteresis(device, points=81)[["time", "voltage", "current"]]
    loop.attrs = {}
    start = device.replace(rate_positive=400.0, amplitude_positive=0.05)
    free = ["rate_positive", "amplitude_positive"]
    both = [fit(start, loop, free, starts=3, seed=5) for _ in range(2)]
    assert both[0].parameters["value"].tolist() == both[1].parameters["value"].tolist()
    assert both[0].parameters["value"].iloc[0] == pytest.approx(4000.0, rel=0.01)


@pytest.mark.parametrize(
    ("change", "how", "error", "complaint"),
    [
        ({}, {"free": ["damping"]}, ParameterError, "damping does not matter.*singular"),
        ({}, {"free": ["tmr", "tmr"]}, ParameterError, "free once"),
        ({}, {"free": []}, ParameterError, "at least one name"),
        ({}, {"free": ["tmrr"]}, UnknownNameError, "tmrr"),
        ({}, {"bench": "hysteresis"}, ParameterError, "need the columns.*time"),
        ({}, {"bench": "histeresis"}, UnknownNameError, "histeresis"),
        ({}, {"observed": ["power"]}, UnknownNameError, "power"),
        ({}, {"compare": "square"}, UnknownNameError, "square"),
        ({}, {"loss": "cauchy"}, UnknownNameError, "cauchy"),
        ({}, {"starts": 0}, ParameterError, "at least 1"),
        ({}, {"bounds": {"tmr": (0.9, 0.1)}}, ParameterError, "lower and an upper"),
        ({}, {"bounds": {"tmr": (2.0, 3.0)}}, ParameterError, "outside the bounds"),
        ({}, {"bounds": {"damping": (0.1, 0.2)}}, ParameterError, "not free"),
        ({"current": np.nan}, {}, ParameterError, "no finite number in row 2"),
        ({"current_error": 0.0}, {}, ParameterError, "errors are positive"),
    ],
)
def test_what_cannot_be_fitted_is_refused(change, how, error, complaint):
    data = static(MTJ.preset("ikeda2010"), 0.01)
    for name, value in change.items():
        data.loc[2, name] = value
    arguments = {"free": ["tmr"]} | how
    with pytest.raises(error, match=complaint):
        fit(MTJ.preset("ikeda2010"), data, arguments.pop("free"), **arguments)


def test_other_units_too_few_points_and_parameters_that_only_act_together_are_refused():
    device = MTJ.preset("ikeda2010")
    data = static(device)
    data.attrs["units"] = {"voltage": "V", "current": "V"}
    with pytest.raises(ParameterError, match="current is in 'V', and that of the device in 'A'"):
        fit(device, data, ["tmr"])
    with pytest.raises(ParameterError, match="2 measured values do not determine 2 parameters"):
        fit(device, static(device).iloc[:2], ["tmr", "resistance_area_product"])
    cell = VTEAM(initial_state=1.0)
    ohmic = pd.DataFrame({"voltage": VOLTAGES, "current": VOLTAGES / 100.0})
    with pytest.raises(ParameterError, match="singular"):
        fit(cell.replace(initial_state=0.5), ohmic, ["resistance_on", "resistance_off"], bench="iv")
    rows = pd.DataFrame({"time": [0.0, 2.0, 1.0], "voltage": [0.0, 1.0, 0.0], "current": [0.0, 1e-3, 0.0]})
    with pytest.raises(ParameterError, match="must increase"):
        fit(cell, rows, ["resistance_on"])
    with pytest.raises(ParameterError, match="do not say what was measured"):
        fit(cell, pd.DataFrame({"power": [1.0, 2.0, 3.0]}), ["resistance_on"])


def test_the_preset_that_comes_of_a_fit_is_read_back_with_its_provenance(tmp_path):
    device = MTJ.preset("ikeda2010")
    data = static(device, 0.01)
    data.attrs |= {"source": "lab {7}.csv", "sha256": "0123456789abcdef"}
    found = fit(device.replace(tmr=0.8, damping="0.02"), data, ["tmr", "resistance_area_product"])
    path = found.write_preset(tmp_path / "lab.toml")
    back = MTJ.preset(path)
    assert back.values == found.device.values and back.options == found.device.options
    assert back.grade_of("tmr") == "derived" and "standard error" in back.source_of("tmr")
    assert "lab {7}.csv (SHA-256 0123456789ab)" in back.source_of("tmr")
    assert back.grade_of("damping") == "assumed" and back.grade_of("diameter") == device.grade_of("diameter")
    with pytest.raises(ParameterError, match=r"ends in \.toml"):
        found.write_preset(tmp_path / "lab.json")
    assert plot(found.table) and save(plot(found.table), tmp_path / "fit.png").stat().st_size > 10_000
    assert "tmr" in str(found)


def test_residuals_of_a_wrong_model_are_told_to_be_no_noise():
    data = divider(4e3, 1e-8)[["voltage", "current"]]
    data["current"] += 3e-5 * data["voltage"] ** 2
    start = LinearIonDrift(resistance_on=100.0, resistance_off=2e3, initial_state=0.0)
    assert any("not noise" in line for line in fit(start, data, ["resistance_off"]).told)


def test_the_posterior_of_a_line_is_the_normal_distribution_of_its_slope():
    pytest.importorskip("emcee")
    data = divider(4e3, 2e-6)
    start = LinearIonDrift(resistance_on=100.0, resistance_off=3e3, initial_state=0.0)
    found = fit(start, data, ["resistance_off"])
    sample = found.posterior(steps=150, seed=1)
    row = found.parameters.iloc[0]
    assert sample["resistance_off"].mean() == pytest.approx(row["value"], abs=0.3 * row["standard_error"])
    assert sample["resistance_off"].std() == pytest.approx(row["standard_error"], rel=0.25)
    assert found.posterior(steps=10, seed=1).equals(found.posterior(steps=10, seed=1))


@pytest.mark.slow
def test_noisy_data_give_back_the_device_within_two_standard_errors():
    """Ten data sets of two families; benchmarks/fitting.py makes fifty of all."""
    junction, other = MTJ.preset("ikeda2010"), MTJ.preset("kim2015-interface")
    names = list(junction.reference_states())
    rows = pd.DataFrame({"state": np.repeat(names, 21), "voltage": np.tile(VOLTAGES, 2)})
    table = recovery(
        junction, other, rows, ["resistance_area_product", "tmr"], ["current"], bench="iv", repetitions=10, seed=1
    )
    assert (table["within_two"] >= 0.8).all()
    assert table["standard_deviation"].to_numpy() == pytest.approx(table["standard_error"].to_numpy(), rel=0.7)


def test_probabilities_of_switching_are_fitted_without_random_numbers():
    """Exact data of the Fokker-Planck equation, and its agreement with noisy trajectories."""
    device = MTJ.preset("ikeda2010")
    threshold = float(device.derived["critical_current_to_parallel"])
    rows = pd.DataFrame({"current": threshold * np.array([1.6, 2.2, 3.0]), "width": 5e-9, "probability": 0.0})
    experiment = experiment_for(device, rows, None, None, {})
    assert experiment.name == "switching" and experiment.observed == ("probability",)
    rows["probability"] = experiment.predict([device], rows)[0]["probability"]
    count = switching(device, amplitude=rows["current"], width=[5e-9], trajectories=400, relaxation=2e-10, seed=1)
    assert np.all(np.abs(count["probability"] - rows["probability"]) < 0.09), "the bench reads after a rest"
    found = fit(device.replace(damping=0.02), rows, ["damping"])
    assert found.parameters["value"].iloc[0] == pytest.approx(device.damping, rel=1e-4)
    assert plot(found.table)


def test_loops_in_a_field_have_the_switching_fields_of_the_rates_and_are_fitted():
    device = MTJ.preset("ikeda2010")
    up = np.linspace(-7e4, 7e4, 29)
    rows = pd.DataFrame({"field_z": np.concatenate([up, up[-2::-1]]), "resistance": 0.0})
    experiment = experiment_for(device, rows, None, None, {"rate": 1e4})
    assert experiment.name == "hysteresis"
    rows["resistance"] = experiment.predict([device], rows)[0]["resistance"]
    middle = (rows["resistance"].min() + rows["resistance"].max()) / 2
    half = np.interp(-middle, -rows["resistance"][:29], up)
    model = TwoStateThermal.of(device, quantity="field_z", temperature=300.0)
    exact = switching_drive(model, "antiparallel", 1e4)
    assert half == pytest.approx(exact.quantiles[1], abs=0.1 * exact.standard_deviation + 100.0)
    start = device.replace(tmr=0.8, interfacial_anisotropy=0.99 * device.interfacial_anisotropy)
    found = fit(start, rows, ["tmr", "interfacial_anisotropy"])
    expected = [device.tmr, device.interfacial_anisotropy]
    assert found.parameters["value"].tolist() == pytest.approx(expected, rel=1e-4)


def test_across_its_axis_the_magnetisation_rests_at_every_field():
    """m_x = H / H_k of a hard axis, until it lies along the field; the angle between the layers is that from z."""
    device = MTJ.preset("ikeda2010")
    hard = float(device.derived["hard_axis_field"])
    rows = pd.DataFrame({"field_x": hard * np.array([0.2, 0.5, 0.8]), "resistance": 0.0})
    found = experiment_for(device, rows, None, None, {}).predict([device], rows)[0]["resistance"]
    share = np.sqrt(1 - np.array([0.2, 0.5, 0.8]) ** 2)
    low, high = 1 / device.parallel_conductance, 1 / device.parallel_conductance * (1 + device.tmr)
    sign = 1.0 if found[0] < 2 / (1 / low + 1 / high) else -1.0
    expected = 1 / ((1 / low + 1 / high) / 2 + sign * (1 / low - 1 / high) / 2 * share)
    np.testing.assert_allclose(found, expected, rtol=2e-3)


@pytest.mark.parametrize(
    ("rows", "arguments", "complaint"),
    [
        ({"field_z": [0.0, 1.0], "field_x": [0.0, 1.0], "resistance": [1.0, 2.0]}, {}, "one field"),
        ({"field_z": [0.0, 1.0], "resistance": [1.0, 2.0]}, {"rate": -1.0}, "rate"),
        ({"field_z": [0.0, 1.0], "resistance": [1.0, 2.0]}, {"speed": 1.0}, "no argument speed"),
        ({"current": [1e-5, 2e-5], "width": [-1.0, 1e-9], "probability": [0.1, 0.2]}, {}, "positive"),
        ({"current": [1e-5, 2e-5], "probability": [0.1, 0.2]}, {}, "need the columns.*width"),
    ],
)
def test_experiments_under_thermal_agitation_refuse_what_makes_no_sense(rows, arguments, complaint):
    with pytest.raises(ParameterError, match=complaint):
        fit(MTJ.preset("ikeda2010"), pd.DataFrame(rows), ["tmr"], arguments=arguments)


def test_the_linear_theory_of_the_same_noise_stands_beside_the_fits():
    """Of a straight line the two are the same: its fit is linear."""
    start = LinearIonDrift(resistance_on=100.0, resistance_off=2e3, initial_state=0.0)
    device = start.replace(resistance_off=4e3)
    rows = pd.DataFrame({"voltage": VOLTAGES})
    table = recovery(
        device, start, rows, ["resistance_off"], ["current"], bench="iv", noise=1e-4, repetitions=12, seed=0
    )
    assert table["within_two"].iloc[0] == table["within_two_linear"].iloc[0]
    with pytest.raises(ParameterError, match="trials"):
        recovery(device, start, rows, ["resistance_off"], ["current"], bench="iv", trials=0)


def test_probabilities_on_talbot_s_contour_are_those_of_the_sums_over_jumps():
    magnet = from_reference_state(MTJ.preset("ikeda2010"), "antiparallel", "current", 300.0)
    rest, driven = (PolarGrid.of(magnet, current, 60) for current in (0.0, 7e-5))
    start = rest.equilibrium(rest.barrier())
    for time in (1e-10, 1e-9, 5e-9):
        np.testing.assert_allclose(_after(driven, start, time), driven.evolve(start, [time])[0], atol=1e-5)
