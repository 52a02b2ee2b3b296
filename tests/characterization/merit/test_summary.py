"""Figures of merit are those of closed forms and of the benches, and say why they cannot be had."""

from __future__ import annotations

import math

import numpy as np
import pytest
from shell import synaspice

from synaspice.characterization import summary
from synaspice.characterization.bench import BENCHES
from synaspice.characterization.merit import figures
from synaspice.characterization.merit.figures import COLLECTORS, half_way
from synaspice.devices import (
    MTJ,
    AutoOscillator,
    DomainWallMagnet,
    ParameterError,
    PhaseChangeMemory,
    SpinMagnet,
    StanfordRRAM,
    VortexOscillator,
)
from synaspice.devices.core.base import MODELS
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.devices.core.protocols import Switching, WallMotion


def values(device, **how):
    table = summary(device, **how)
    return dict(zip(table["figure"], table["value"], strict=True)), table


def test_a_junction_has_its_resistances_stability_and_critical_currents():
    device = MTJ.preset("ikeda2010")
    found, table = values(device)
    parallel = device.derived["parallel_resistance"]
    assert found["resistance, parallel"] == pytest.approx(parallel, rel=1e-4)
    assert found["resistance-area product, parallel"] == pytest.approx(parallel * device.derived["area"], rel=1e-4)
    assert found["ratio of the resistances"] == pytest.approx(1 + device.tmr, rel=1e-4)
    assert found["thermal stability"] == device.derived["thermal_stability"]
    for state in ("parallel", "antiparallel"):
        critical = abs(device.derived[f"critical_current_to_{state}"])
        assert found[f"critical current to {state}"] == critical
        assert found[f"critical current density to {state}"] == critical / device.derived["area"]
    pulsed = found["amplitude that switches antiparallel to parallel"]
    assert pulsed > found["critical current to parallel"]  # a pulse of some nanoseconds
    assert table.loc[table["figure"] == "resistance, parallel", "unit"].item() == "ohm"
    assert set(table["device"]) == {"Perpendicular tunnel junction (Ikeda 2010)"}


@pytest.mark.parametrize(
    ("device", "why"),
    [
        (MTJ(field_x=1e4), "of no field, and there is one of 10 kA/m"),
        (MTJ(reference_polar_angle=math.pi / 2), "of a reference layer along the easy axis"),
    ],
)
def test_formulas_that_do_not_hold_give_no_numbers(device, why):
    table = summary(device)
    told = table[table["figure"].str.contains("critical|stability")]
    assert len(told) == 5 and told["value"].isna().all() and told["source"].str.contains(why).all()


def test_dwell_times_are_those_of_the_bench_of_retention():
    device = MTJ.preset("ikeda2010")
    found, table = values(device)
    held = BENCHES["retention"](device, temperature=[300.0, 358.15], time=[1.0])
    for state in ("parallel", "antiparallel"):
        own = table[table["figure"] == f"dwell time, {state}"]
        expected = held[held["state"] == state]
        np.testing.assert_allclose(own["value"], expected["lifetime"])
        assert own["condition"].tolist() == ["0 V, 300 K", "0 V, 358.15 K"]
    assert found["barrier over k_B T, parallel"] < device.derived["thermal_stability"]  # the last row is the hot one


def test_an_orbit_that_is_not_stable_gives_no_numbers(monkeypatch):
    real = figures.orbit

    def unstable(*arguments, **how):
        return real(*arguments, **how).assign(stable=0.0)

    monkeypatch.setattr(figures, "orbit", unstable)
    found, table = values(AutoOscillator())
    assert math.isnan(found["frequency"]) and "linewidth" not in found
    assert "not stable" in table["source"].iloc[-1]


def test_an_oscillator_has_the_threshold_and_the_frequency_of_its_closed_form():
    device = AutoOscillator()
    found, _ = values(device)
    assert found["threshold current"] == pytest.approx(device.threshold_current, rel=1e-6)
    strongest = max(device.protocol(Oscillation).currents)
    power = device.stationary_power(strongest)
    frequency = device.frequency + device.nonlinear_frequency_shift / (2 * math.pi) * power
    assert found["frequency"] == pytest.approx(frequency, rel=1e-9)
    assert found["quality factor"] == pytest.approx(found["frequency"] / found["linewidth"])
    step = 1e-4 * strongest
    slope = (device.stationary_power(strongest + step) - device.stationary_power(strongest - step)) / (2 * step)
    tuning = device.nonlinear_frequency_shift / (2 * math.pi) * slope
    assert found["frequency over current"] == pytest.approx(tuning, rel=2e-3)


def test_an_orbit_that_does_not_begin_at_a_rest_has_no_threshold_and_the_table_says_why():
    found, table = values(MTJ.preset("kiselev2003-like"))
    assert math.isnan(found["threshold current"]) and math.isfinite(found["frequency"])
    assert "end at a rest" in table.loc[table["figure"] == "threshold current", "source"].item()


def test_where_noise_is_not_weak_there_is_no_linewidth_and_the_table_says_why():
    hot = AutoOscillator().replace(initial_power=0.2)
    found, table = values(hot, temperature=30000.0)
    assert math.isnan(found["linewidth"])
    assert "not weak" in table.loc[table["figure"] == "linewidth", "source"].item()


def test_a_phase_change_memory_drifts_with_the_exponent_of_its_state():
    """With the usual noise of reads and preparation, whose scatter is that of twenty devices."""
    table = BENCHES["drift"](PhaseChangeMemory(), devices=20, seed=1)
    assert values(PhaseChangeMemory())[0]["drift exponent of conductance"] == table.attrs["exponent"]


def test_a_wall_has_mobility_and_velocity_and_no_exponent_of_a_drift_that_is_none():
    device = DomainWallMagnet()
    found, table = values(device)
    assert found["wall mobility"] == device.protocol(WallMotion).mobility
    assert 0 < found["wall velocity"] < 1.01 * found["wall mobility"] * device.protocol(WallMotion).largest
    drift = table[table["figure"].str.startswith("drift exponent")].iloc[0]
    assert math.isnan(drift["value"]) and drift["source"] == "no power law, but: linear"


def test_a_memristor_switches_at_a_voltage_of_its_pulses():
    found, _ = values(StanfordRRAM())
    volts = found["amplitude that switches off to on"]
    width = float(np.median(StanfordRRAM().protocol(Switching).widths))
    table = BENCHES["switching"](
        StanfordRRAM(), amplitude=[0.9 * volts, 1.1 * volts], width=[width], trajectories=64, seed=2
    )
    assert table["probability"].iloc[0] < 0.5 < table["probability"].iloc[1]


def test_several_devices_stand_beside_each_other():
    thin = MTJ(free_layer_thickness=1.1e-9)
    table = summary([MTJ(), thin], seed=3)
    half = len(table) // 2
    assert table["figure"].tolist()[:half] == table["figure"].tolist()[half:] and table.attrs["seed"] == 3


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (([],), "no device"),
        (("mtj",), "devices must be"),
        ((MTJ(), {"temperature": 0.0}), "above 0 K"),
        ((MTJ(), {"temperature": float("nan")}), "temperature"),
        ((MTJ(), {"seed": -1}), "seed"),
        ((SpinMagnet(),), "offers nothing"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments, problem):
    *given, how = arguments if isinstance(arguments[-1], dict) else (*arguments, {})
    with pytest.raises(ParameterError, match=problem):
        summary(*given, **how)


def test_half_way_is_between_the_points_around_it():
    sizes = np.array([1.0, 2.0, 3.0])
    assert half_way(sizes, np.array([0.0, 0.25, 0.75])) == 2.5
    assert math.isnan(half_way(sizes, np.array([0.6, 1.0, 1.0])))  # it may be anywhere below
    assert math.isnan(half_way(sizes, np.array([0.0, 0.1, 0.2])))


def test_every_model_that_offers_something_has_figures():
    """What they are of is looked at in the models of each kind above; here that none is left out."""
    offered = {name for name in MODELS.own() if any(MODELS[name]().suits(protocol) for protocol in COLLECTORS)}
    assert set(MODELS.own()) - offered == {"neuron-magnet", "spin-magnet"}


def test_the_command_tells_them(tmp_path):
    done = synaspice("summary", "vortex-oscillator", "-o", "merit.csv", cwd=tmp_path)
    threshold = VortexOscillator().threshold_current
    assert done.returncode == 0 and "threshold current" in done.stdout
    assert f"{1e6 * threshold:.4g}"[:4] in done.stdout and (tmp_path / "merit.csv").exists()
