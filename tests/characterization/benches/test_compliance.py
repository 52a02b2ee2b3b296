"""Currents that a source limits, and warnings where a model leaves its range."""

from __future__ import annotations

import contextlib
import math
import warnings

import numpy as np
import pytest
from shell import synaspice

from synaspice.characterization import hysteresis, iv, switching, write_error
from synaspice.characterization.bench import BENCHES
from synaspice.characterization.engines import trajectory
from synaspice.circuits.engine.native import why_not_native
from synaspice.devices import MTJ, ElectrothermalMTJ, LinearIonDrift, ParameterError, Sky130RERAM, StanfordRRAM
from synaspice.devices.catalog import models
from synaspice.devices.core.protocols import Compliance, Spectrum, Statics
from synaspice.devices.language.errors import SimulationError, UnknownNameError, ValidityWarning
from synaspice.devices.language.waveforms.shapes import Triangle
from synaspice.devices.simulation.ensembles import noisy_trajectories as noisy
from synaspice.devices.simulation.trajectories import trajectory as integrated
from synaspice.devices.simulation.trajectories.tables import tabulate

FILAMENTS = [StanfordRRAM(), *(StanfordRRAM.preset(name) for name in StanfordRRAM.presets())]
FILAMENTS.append(Sky130RERAM.preset("skywater2020"))


@pytest.mark.parametrize("device", FILAMENTS, ids=str)
def test_a_filament_is_set_with_a_limited_current_and_stays_cool(device):
    """Default loops: no more current than the limit while it sets, all of it used, and no warning of too much heat."""
    table = hysteresis(device)
    limit = device.compliance.current
    assert limit < 1e-2
    assert table["current"].max() == pytest.approx(limit, rel=1e-9)
    # The state after a limited set is reset by about as much: the filament is as thick as its current made it.
    assert 0.5 * limit < -table["current"].min() < 2 * limit
    assert np.ptp(table["x"]) > 0.3
    limited = table["current"] > limit * (1 - 1e-9)
    assert np.all(table["voltage"][limited] <= table["source_voltage"][limited])
    np.testing.assert_array_equal(table["voltage"][~limited], table["source_voltage"][~limited])


MEMRISTORS = [
    model() if preset is None else model.preset(preset)
    for model in models().values()
    if model.__module__.startswith("synaspice.") and ".memristors." in model.__module__
    for preset in (None, *model.presets())
]


@pytest.mark.parametrize("device", MEMRISTORS, ids=str)
def test_no_default_measurement_exceeds_the_limit_of_its_current(device):
    """The limit of a filament's set, in both polarities of a held device, and of resets after the set."""
    limit = device.compliance.current
    filament = isinstance(device, StanfordRRAM | Sky130RERAM)
    assert (limit < math.inf) == filament
    static, loop = iv(device), hysteresis(device)
    assert static["current"].abs().max() <= limit * (1 + 1e-9)
    assert loop["current"].max() <= limit * (1 + 1e-9)
    assert -loop["current"].min() <= 1.25 * limit
    # So the limit is used, and does not hide the device.
    assert not filament or static["current"].max() == pytest.approx(limit, rel=1e-9)


@pytest.mark.parametrize("bench", ["iv", "hysteresis", "switching", "noise", "drift"])
@pytest.mark.parametrize("device", MEMRISTORS, ids=str)
def test_no_default_measurement_heats_beyond_the_model_in_silence(device, bench, monkeypatch):
    """Every temperature of every state that a bench computes, whether it reports it or not."""
    hottest = [0.0]
    if not {"temperature_rise", "local_temperature"} & set(device.declarations()):
        assert "largest_temperature" not in device.values
        return

    def watched(request, times, voltage, states, **more):
        table = tabulate(request, times, voltage, states, **more)
        hottest.append(temperature(request.device, table))
        return table

    def temperature(held, table):
        if "local_temperature" in table:
            return float(np.max(table["local_temperature"]))
        return held.ambient_temperature + float(np.max(table["temperature_rise"]))

    for module in (integrated, noisy):
        monkeypatch.setattr(module, "tabulate", watched)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            found = BENCHES[bench](device, **({"seed": 1} if bench in ("switching", "drift") else {}))
        except ParameterError as error:
            assert bench == "drift" and "does not drift" in str(error)
            return
    told = any(issubclass(warning.category, ValidityWarning) for warning in caught)
    if bench in ("iv", "noise"):  # a held device takes the power of its voltage and current
        power = np.max(np.abs(found["voltage"] * found["current"])) if bench == "iv" else held_power(device, found)
        hottest.append(device.ambient_temperature + power * thermal_resistance(device))
    else:
        assert len(hottest) > 1
    assert told == (max(hottest) > device.largest_temperature)
    assert not told


def thermal_resistance(device):
    return device.derived.get("thermal_resistance", device.values.get("thermal_resistance"))


def held_power(device, table):
    voltage = table.attrs["voltage"]
    states = device.reference_states() | device.protocol(Spectrum).further
    return max(
        voltage * abs(float(device.replace(**overrides).static(voltage=voltage)["current"]))
        for overrides in states.values()
    )


def test_the_limit_is_that_of_the_preset_or_of_the_unset_device_whatever_state_it_starts_in():
    assert StanfordRRAM.preset("cantudo2025").compliance == Compliance(2e-3, "positive")
    device = StanfordRRAM.preset("jiang2014")
    unset = float(device.static(voltage=device.drive["amplitude"])["current"])
    assert device.compliance.current == pytest.approx(10 * unset, rel=0.5) and device.compliance.current < 5e-3
    started_on = device.replace(initial_state=1.0)
    assert started_on.compliance == device.compliance
    assert hysteresis(started_on)["current"].max() == pytest.approx(device.compliance.current, rel=1e-9)


def test_pulses_are_limited_and_without_a_limit_their_heat_is_told():
    """A cell is set by pulses as it is by sweeps; with nothing in series the same pulses melt it, which is said."""
    device = Sky130RERAM.preset("skywater2020")
    pulse = {"amplitude": [2.0], "width": [1e-3]}
    limited = switching(device, **pulse)
    assert limited["switched"].tolist() == [1] and limited.attrs["compliance"][1] == device.compliance.current
    assert switching(device, amplitude=[0.4], width=[1e-3])["switched"].tolist() == [0]
    with pytest.warns(ValidityWarning, match="filament is not hotter"), contextlib.suppress(SimulationError):
        switching(device, compliance=math.inf, trajectories=1, seed=1, amplitude=[2.0], width=[1e-5])


def test_without_a_limit_the_current_is_that_of_the_model():
    device = StanfordRRAM.preset("jiang2014")
    free = hysteresis(device, compliance=math.inf)
    assert free["current"].max() > 0.1
    assert "source_voltage" not in free and "compliance" not in free.attrs
    # A limit that is never reached changes nothing.
    high = hysteresis(device, compliance=1.0)
    np.testing.assert_allclose(high["current"], free["current"], rtol=1e-6, atol=1e-9)


def test_a_limit_of_both_polarities_limits_both():
    table = hysteresis(LinearIonDrift.preset("strukov2008"), compliance=5e-5)
    assert table["current"].max() == pytest.approx(5e-5, rel=1e-9)
    assert table["current"].min() == pytest.approx(-5e-5, rel=1e-9)


@pytest.mark.ngspice
@pytest.mark.parametrize("native", [False, True])
def test_ngspice_limits_the_same_current(native):
    if native and (reason := why_not_native()):
        pytest.skip(reason)
    device = LinearIonDrift.preset("strukov2008")
    numeric = hysteresis(device, compliance=5e-5)
    spice = hysteresis(device, compliance=5e-5, engine="ngspice", native=native)
    assert list(spice.columns) == list(numeric.columns)
    # The element in series has 20 ohm of its own, and saturates over a millivolt of the sweep's volt.
    assert spice["current"].max() == pytest.approx(5e-5, rel=1e-3)
    np.testing.assert_allclose(spice["current"], numeric["current"], atol=5e-7)
    np.testing.assert_allclose(spice["x"], numeric["x"], atol=5e-3)


#: Native devices of all, and a subcircuit of each model: presets of one model have the same lines with other numbers.
IN_NGSPICE = [*((device, True) for device in FILAMENTS), (FILAMENTS[0], False), (FILAMENTS[-1], False)]


@pytest.mark.ngspice
@pytest.mark.parametrize(("device", "native"), IN_NGSPICE, ids=str)
def test_a_filament_set_with_a_limit_in_ngspice_is_as_thick(device, native):
    """The state after the limited set decides the reset, so both are compared; the onset itself is a jump."""
    if native and (reason := why_not_native()):
        pytest.skip(reason)
    numeric, spice = hysteresis(device), hysteresis(device, engine="ngspice", native=native)
    assert spice["current"].max() == pytest.approx(numeric["current"].max(), rel=2e-3)
    assert spice["current"].min() == pytest.approx(numeric["current"].min(), rel=0.01)
    assert spice["x"].max() == pytest.approx(numeric["x"].max(), abs=2e-4)
    assert spice["x"].iloc[-1] == pytest.approx(numeric["x"].iloc[-1], abs=1e-3)
    # Between two of the thousand reported times, of which one lies on the jump.
    np.testing.assert_allclose(spice["x"], numeric["x"], atol=0.01)


@pytest.mark.ngspice
def test_a_limited_trajectory_brings_tolerances_that_resolve_the_onset():
    """At ngspice's own (reltol 1e-3, trtol 7) version 39 lets the filament grow by a tenth more, 44 does not."""
    device = Sky130RERAM()
    sweep = device.suggested_sweep()
    common = {"source": "voltage", "inputs": {}, "points": 1001, "compliance": device.compliance}
    drive = Triangle(sweep.amplitude, sweep.period)
    numeric = trajectory(device, drive, sweep.period, engine="numeric", **common)
    resolved = trajectory(device, drive, sweep.period, engine="ngspice", native=False, **common)
    assert resolved["x"].max() == pytest.approx(numeric["x"].max(), abs=2e-4)


@pytest.mark.ngspice
@pytest.mark.parametrize("engine", ["numeric", "ngspice"])
def test_static_curves_end_where_the_source_limits(engine):
    device = StanfordRRAM.preset("jiang2014")
    table = iv(device, voltage=[-0.5, 0.0, 0.05, 0.5], states=["on"], compliance=1e-3, engine=engine)
    last = table.iloc[-1]
    assert last["source_voltage"] == 0.5 and last["current"] == pytest.approx(1e-3, rel=1e-5)
    held = device.replace(**device.reference_states()["on"])
    assert float(held.static(voltage=last["voltage"])["current"]) == pytest.approx(1e-3, rel=1e-5)
    assert last["resistance"] == pytest.approx(last["voltage"] / 1e-3, rel=1e-5)
    # Held in its state it is not reset: the limit is that of both polarities.
    assert table["current"].iloc[0] == pytest.approx(-1e-3, rel=1e-5) and table["voltage"].iloc[0] > -0.5
    assert list(table["source_voltage"][:3]) == [-0.5, 0.0, 0.05] and list(table["voltage"][1:3]) == [0.0, 0.05]


@pytest.mark.parametrize(
    ("run", "error", "message"),
    [
        (lambda: hysteresis(StanfordRRAM(), compliance=-1e-3), ParameterError, "must be positive"),
        (lambda: hysteresis(StanfordRRAM(), compliance=math.nan), ParameterError, "must be positive"),
        (lambda: hysteresis(MTJ(), quantity="field", compliance=1e-3), ParameterError, "field_z is swept"),
        (lambda: hysteresis(StanfordRRAM(), temperature=300.0), ParameterError, "infinite one limits nothing"),
        (
            lambda: LinearIonDrift().simulate(1e-5, 1e-3, source="current", compliance=1.0),
            ParameterError,
            "voltage source",
        ),
        (lambda: Compliance(1e-3, "up"), UnknownNameError, "polarity"),
        (
            lambda: switching(MTJ(), quantity="voltage", amplitude=[0.5], compliance=1e-3),
            ParameterError,
            "without noise",
        ),
        (
            lambda: switching(StanfordRRAM(), quantity="current", amplitude=[1e-5], compliance=1e-3),
            ParameterError,
            "pulsed voltage",
        ),
    ],
)
def test_limits_that_make_no_sense_are_refused(run, error, message):
    with pytest.raises(error, match=message):
        run()


def test_too_hot_a_filament_is_told():
    """Without a limit SkyWater's cell heats itself by thousands of kelvin."""
    device = Sky130RERAM.preset("skywater2020")
    with pytest.warns(ValidityWarning, match="filament is not hotter"):
        table = hysteresis(device, compliance=math.inf)
    hot = table["temperature_rise"] + device.ambient_temperature > device.largest_temperature
    np.testing.assert_array_equal(table["valid"] < 0.5, hot)
    assert np.any(hot)


def test_too_hot_a_junction_is_told():
    device = ElectrothermalMTJ(thermal_resistance=1e8, curie_temperature=600.0)
    with pytest.warns(ValidityWarning, match="not too hot"):
        device.simulate(0.5, 1e-6, points=11)
    cool = ElectrothermalMTJ(thermal_resistance=1e5).simulate(0.1, 1e-9, points=11)
    assert np.all(cool["valid"] == 1)


@pytest.mark.parametrize("conduction", ["brinkman", "simmons"])
def test_a_voltage_beyond_the_barrier_is_told(conduction):
    device = MTJ(conduction=conduction, barrier_height=0.4, barrier_thickness=1.5e-9)
    with pytest.warns(ValidityWarning, match="height of the barrier"):
        iv(device, voltage=[0.1, 0.5])
    with pytest.warns(ValidityWarning, match="height of the barrier"):
        device.simulate(0.5, 1e-10, points=3)
    # By default no further than the law holds.
    table = iv(device)
    assert table["voltage"].max() == 0.4 == device.protocol(Statics).largest
    roll_off = iv(device.replace(conduction="roll-off"))
    assert roll_off["voltage"].max() == 1.0


def test_a_layer_that_reverses_by_a_domain_is_told():
    """Perpendicular layers above 44 nm (Sato et al. 2011, doi:10.1063/1.3617429)."""
    large = MTJ(diameter=60e-9)
    assert large.perpendicular
    with pytest.warns(ValidityWarning, match="nucleation of a domain"):
        write_error(large, methods=["closed-form"], overdrive=[2.0])
    assert not MTJ.preset("ikeda2010").limits()
    assert not large.replace(interfacial_anisotropy=0.0, width=50e-9).limits()  # in its plane
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_error(MTJ.preset("ikeda2010"), methods=["closed-form"], overdrive=[2.0])


def test_the_command_line_tells_it_in_one_line(tmp_path):
    arguments = ["characterize", "sky130-reram", "hysteresis", "--preset", "skywater2020"]
    ended = synaspice(*arguments, "--compliance", "inf", "--output", tmp_path / "free.csv")
    assert ended.returncode == 0
    (line,) = [line for line in ended.stderr.splitlines() if "hotter" in line]
    assert line.startswith("synaspice: sky130-reram left the range in which its model holds")
    assert "Warning" not in ended.stderr and ".py" not in ended.stderr
    quiet = synaspice(*arguments, "--compliance", "80 uA", "--output", tmp_path / "limited.csv")
    assert quiet.returncode == 0 and "range" not in quiet.stderr


@pytest.mark.ngspice
def test_a_small_limit_of_one_polarity_leaves_the_other_free_in_ngspice():
    loops = [hysteresis(StanfordRRAM(), compliance=1e-9, engine=engine) for engine in ("numeric", "ngspice")]
    least = [loop["current"].min() for loop in loops]
    assert least[1] == pytest.approx(least[0], rel=5e-3) and least[0] < -1e-4
