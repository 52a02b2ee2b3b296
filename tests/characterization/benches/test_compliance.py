"""Currents that a source limits, and warnings where a model leaves its range."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from shell import synaspice

from synaspice.characterization import hysteresis, iv, write_error
from synaspice.circuits.engine.native import why_not_native
from synaspice.devices import MTJ, ElectrothermalMTJ, LinearIonDrift, ParameterError, Sky130RERAM, StanfordRRAM
from synaspice.devices.core.protocols import Compliance, Statics
from synaspice.devices.language.errors import UnknownNameError, ValidityWarning

FILAMENTS = [StanfordRRAM(), *(StanfordRRAM.preset(name) for name in StanfordRRAM.presets())]
FILAMENTS.append(Sky130RERAM.preset("skywater2020"))


@pytest.mark.parametrize("device", FILAMENTS, ids=str)
def test_a_filament_is_set_with_a_limited_current_and_stays_cool(device):
    """Default loops: no more current than the limit while it sets, all of it used, and no warning of too much heat."""
    table = hysteresis(device)
    limit = device.compliance.current
    assert limit < 1e-2
    assert table["current"].max() == pytest.approx(limit, rel=1e-9)
    # What the limited set leaves is reset by about as much: the filament is as thick as its current made it.
    assert 0.5 * limit < -table["current"].min() < 2 * limit
    assert np.ptp(table["x"]) > 0.3
    limited = table["current"] > limit * (1 - 1e-9)
    assert np.all(table["voltage"][limited] <= table["source_voltage"][limited])
    np.testing.assert_array_equal(table["voltage"][~limited], table["source_voltage"][~limited])


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


@pytest.mark.ngspice
def test_a_filament_set_with_a_limit_in_ngspice_is_as_thick():
    device = StanfordRRAM.preset("jiang2014")
    numeric, spice = hysteresis(device), hysteresis(device, engine="ngspice")
    assert spice["current"].max() == pytest.approx(numeric["current"].max(), rel=2e-3)
    assert spice["x"].max() == pytest.approx(numeric["x"].max(), abs=0.01)
    assert spice["x"].iloc[-1] == pytest.approx(0.0, abs=1e-3)


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
    # Only the polarity that sets is limited.
    assert table["current"].iloc[0] < -1e-3 and table["voltage"].iloc[0] == -0.5
    assert list(table["voltage"][:3]) == [-0.5, 0.0, 0.05]


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
