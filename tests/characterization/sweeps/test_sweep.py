"""Sweeps: every point is what the bench gives of it, points without a result are rows, samples are the same chips."""

from __future__ import annotations

import json
from dataclasses import replace

import joblib
import numpy as np
import pandas as pd
import pytest

from synaspice.characterization import checkpoints, read_table, simulate, sweep, vary, write_table, yields
from synaspice.characterization.checkpoints import open_checkpoint
from synaspice.characterization.sweeps.axes import axes_of
from synaspice.characterization.sweeps.point import made, measure_point
from synaspice.characterization.sweeps.sweep import PVT
from synaspice.circuits import Inverter, LatchComparator, MemristorBitCell
from synaspice.circuits.cells.building.cmos import TECHNOLOGIES
from synaspice.devices import MTJ, VTEAM, MottSwitch, ParameterError, SimulationError, SynaspiceError, UnknownNameError
from synaspice.devices.core.distributions import clopper_pearson_interval
from synaspice.devices.language.errors import ValidityWarning
from synaspice.figures import plot

#: Few points of the transfer curve: the bench of an inverter in a tenth of a second.
QUICK = {"settings": {"points": 11}}


def values(thing, settings=None, **axes):
    """Values of an axis."""
    (axis,) = axes_of(thing, settings or {}, axes)
    return list(axis.values)


def test_axes_are_written_as_ranges_lists_names_and_per_cents():
    cell = Inverter()
    assert values(cell, supply_voltage="0.8:1.2:5") == pytest.approx([0.8, 0.9, 1.0, 1.1, 1.2])
    assert values(cell, temperature="-40degC, 27degC") == pytest.approx([233.15, 300.15])
    assert values(cell, corner="slow,fast") == ["slow", "fast"]
    assert values(cell, nmos_width=np.array([1.0, 2.0])) == [1.0, 2.0]
    assert values(VTEAM(), resistance_on="1k:100k:3:log") == pytest.approx([1e3, 1e4, 1e5])
    (axis,) = axes_of(cell, {}, {"supply_voltage": "-10%,0%,10%"})
    assert axis.relative and axis.column == "supply_voltage_over_nominal"
    assert axis.values == pytest.approx((0.9, 1.0, 1.1))
    assert len(values(MemristorBitCell(), memristor="vteam,stanford-rram:jiang2014")) == 2


@pytest.mark.parametrize(
    ("axes", "complaint"),
    [
        ({"speed": [1.0]}, "unknown parameter, option, device or setting of inverter 'speed'"),
        ({"supply_voltage": []}, "at least one number"),
        ({"supply_voltage": [1.0, 1.0]}, "stands there twice"),
        ({"supply_voltage": "1:2"}, "START:STOP:POINTS"),
        ({"supply_voltage": "0:1:3:log"}, "ends of one sign"),
        ({"supply_voltage": "-10%,1"}, "'1' has no per cent sign"),
        ({"supply_voltage": "1 A"}, "supply_voltage: "),
        ({"corner": "slow,quick"}, "quick"),
        ({"corner": 3.0}, "expected a sequence"),
        ({"technology": "generic,sky13"}, "sky13"),
        ({"supply_voltage": "0:1:999999999"}, "memory"),
    ],
)
def test_axes_that_are_none_are_told_in_a_line(axes, complaint):
    with pytest.raises(SynaspiceError, match=complaint):
        sweep(Inverter(), axes)


def test_arguments_that_make_no_sense():
    junction = MTJ.preset("ikeda2010")
    for arguments, complaint in (
        ({}, "nothing is swept"),
        ({"axes": {"nmos_width": [1.0]}, "samples": 3}, "samples differ by mismatch or by distributions"),
        ({"axes": {"nmos_width": [1.0]}, "least": 1.0}, "limits are of the first measure"),
        ({"axes": {"points": [11, 21]}, **QUICK}, "points is swept and given as a setting"),
        ({"axes": {"points": [11]}, "bench": "iv"}, "leave the bench out"),
        ({"mismatch": True, "samples": 3, "checkpoint": "kept"}, "give a seed"),
    ):
        with pytest.raises(ParameterError, match=complaint):
            sweep(Inverter(), **arguments)
    with pytest.raises(ParameterError, match="say which numbers"):
        sweep(junction, {"tmr": [1.0]}, "iv")
    with pytest.raises(ParameterError, match="corners are of cells"):
        sweep(junction, {"tmr": [1.0]}, "iv", corners=True, measures=["max current"])
    with pytest.raises(ParameterError, match="a device has none"):
        sweep(junction, {"tmr": [1.0]}, "iv", mismatch=True, measures=["max current"])
    with pytest.raises(UnknownNameError, match="curent"):
        sweep(junction, {"tmr": [1.0]}, "iv", measures=["max curent"], settings={"voltage": [0.1]})


def test_relative_values_follow_what_else_is_swept():
    """Ten per cent below the supply of each technology; the memristor's threshold, which follows from it, too."""
    for technology, nominal in (("generic", 1.0), ("sky130", 1.8), ("gf180mcu", 3.3)):
        cell = made(Inverter(), {"technology": technology}, {"supply_voltage": 0.9})
        assert cell.supply_voltage == pytest.approx(0.9 * nominal) and cell.technology == technology


def test_a_device_over_its_parameters_follows_ohms_law():
    table = sweep(
        VTEAM(initial_state=1.0),
        {"resistance_on": "100,200,400"},
        "iv",
        measures=["current at state=on,voltage=0.01"],
        settings={"voltage": [0.0, 0.01]},
    )
    np.testing.assert_allclose(table["current at state=on,voltage=0.01"], 0.01 / table["resistance_on"], rtol=1e-6)
    assert set(table["status"]) == {"measured"} and table["passes"].all() and table.attrs["axes"] == ["resistance_on"]
    assert table.attrs["units"]["current at state=on,voltage=0.01"] == "A" and "criterion" in table.attrs


@pytest.mark.ngspice
def test_every_point_is_what_the_bench_gives_of_it(tmp_path):
    cell = Inverter(nmos_width=2.0)
    axes = {"corner": "slow,fast", "load": "1f,4f", "supply_voltage": [0.9, 1.0]}
    with joblib.parallel_config(n_jobs=2):
        table = sweep(cell, axes, measures=["max gain"], most=50.0, **QUICK)
    assert len(table) == 8 and list(table["corner"]) == ["slow"] * 4 + ["fast"] * 4
    row = table[(table["corner"] == "fast") & (table["load"] > 3e-15) & (table["supply_voltage"] == 0.9)].iloc[0]
    alone = simulate(cell.replace(corner="fast", supply_voltage=0.9), load=4e-15, points=11)
    for name in ("fall_delay", "rise_delay", "threshold", "error_rate"):
        assert row[name] == pytest.approx(alone.attrs[name], rel=1e-9)
    assert row["max gain"] == pytest.approx(alone["gain"].max(), rel=1e-9)
    (cost,) = alone.attrs["costs"]
    assert row["pair_of_transitions_energy"] == pytest.approx(cost["supply"] + cost["inputs"], rel=1e-9)
    assert row["status"] == "works" and row["passes"] and table.attrs["criterion"] == alone.attrs["criterion"]
    assert table.attrs["units"]["fall_delay"] == "s" and table.attrs["units"]["threshold"] == "V"
    assert (table["passes"] == (table["max gain"] <= 50.0)).all()
    read = read_table(write_table(table, tmp_path / "t.csv"))
    assert read.attrs == table.attrs
    empty = ["reason", "remarks"]
    pd.testing.assert_frame_equal(read.drop(columns=empty), table.drop(columns=empty), check_dtype=False)


@pytest.mark.ngspice
def test_a_point_without_a_result_is_a_row_with_the_reason():
    with pytest.warns(ValidityWarning, match="1 of 3 points have no result"):
        table = sweep(Inverter(), {"nmos_width": [1.0, 2.0, 1e9]}, **QUICK)
    assert list(table["status"]) == ["works", "works", "refused"] and "nmos_width" in table["reason"].iloc[2]
    assert np.isnan(table["threshold"].iloc[2]) and not table["passes"].iloc[2]
    assert table["technology"].iloc[2] == ""
    with pytest.raises(ParameterError, match="no point has a result; the first: .*nmos_width"):
        sweep(Inverter(), {"nmos_width": [1e9, 2e9]}, **QUICK)
    weak = sweep(Inverter(), {"supply_voltage": [0.15, 1.0]}, **QUICK)
    assert list(weak["status"]) == ["does not work", "works"] and weak["error_rate"].iloc[0] > 1e-3


@pytest.mark.ngspice
def test_a_number_that_a_bench_did_not_find_is_told_as_such():
    """A film that hardly depends on its temperature has no threshold."""
    film, axis, measure = (
        MottSwitch(activation_energy=0.05),
        {"ambient_temperature": [250.0, 260.0]},
        "threshold_voltage",
    )
    with pytest.raises(ParameterError, match="the bench found no threshold_voltage here"):
        sweep(film, axis, "ndr", measures=[f"attribute {measure}"])
    with pytest.raises(ParameterError, match="the bench says no number 'threshold'"):
        sweep(film, axis, "ndr", measures=["attribute threshold"])


def test_all_corners_are_every_process_voltage_and_temperature(monkeypatch):
    table = sweep(Inverter(), {"temperature": [300.15]}, corners=True, quick=True, **QUICK)
    assert table.attrs["axes"] == ["corner", "temperature", "supply_voltage_over_nominal"] and len(table) == 9
    assert sorted(set(table["supply_voltage"])) == pytest.approx([0.9, 1.0, 1.1]) and not any(table["remarks"])
    slow, fast = (table[table["corner"] == corner]["fall_delay"].mean() for corner in ("slow", "fast"))
    assert slow > 1.1 * fast
    assert set(PVT["corner"]) == set(table["corner"])


@pytest.mark.ngspice
def test_samples_are_the_same_chips_at_every_point_and_on_any_number_of_processes(tmp_path):
    how = {"mismatch": True, "samples": 4, "seed": 3, "measures": ["threshold"], "least": 0.45, "most": 0.55, **QUICK}
    axes = {"temperature": [280.0, 320.0]}
    table = sweep(Inverter(), axes, checkpoint=tmp_path / "kept", **how)
    assert len(list((tmp_path / "kept").glob("piece-*.npz"))) == 8
    next((tmp_path / "kept").glob("piece-*.npz")).unlink()
    with joblib.parallel_config(n_jobs=2):
        again = sweep(Inverter(), axes, checkpoint=tmp_path / "kept", **how)
    pd.testing.assert_frame_equal(table, again)
    cold, hot = (table[table["temperature"] == kelvin]["threshold"].to_numpy() for kelvin in axes["temperature"])
    assert np.ptp(cold) > 10 * np.ptp(cold - hot), "the chips differ more than each does at two temperatures"
    alone = simulate(Inverter(temperature=280.0).with_mismatch(None), points=11).attrs["threshold"]
    assert alone not in cold
    found = yields(table)
    assert list(found["temperature"]) == axes["temperature"] and list(found["samples"]) == [4, 4]
    inside = np.array([np.sum((each >= 0.45) & (each <= 0.55)) for each in (cold, hot)])
    np.testing.assert_array_equal(found["passed"], inside)
    np.testing.assert_allclose(found["mean_threshold"], [cold.mean(), hot.mean()])
    assert plot(table).axes[0].get_ylabel() == "Yield (%)"
    with pytest.raises(ParameterError, match="none of a sweep with samples"):
        yields(sweep(Inverter(), {"nmos_width": [1.0, 2.0]}, **QUICK))


@pytest.mark.ngspice
@pytest.mark.parametrize(
    "work",
    [
        lambda cell, **how: sweep(cell, {"nmos_width": [1.0]}, **how),
        lambda cell, **how: vary(cell, None, {"pmos_width": "normal 5%"}, samples=2, seed=1, **how),
    ],
    ids=["sweep", "vary"],
)
def test_a_folder_of_another_chip_is_not_this_one_s(tmp_path, work):
    how = {"checkpoint": tmp_path / "kept", **QUICK}
    work(Inverter().with_mismatch(3), **how)
    for other in (Inverter().with_mismatch(4), Inverter()):
        with pytest.raises(ParameterError, match="other work: chip differ"):
            work(other, **how)


def test_a_folder_of_other_values_under_the_same_name_is_not_this_one_s(tmp_path):
    """A preset of one's own that was edited meanwhile."""
    file = tmp_path / "mine.toml"
    how = {"measures": ["max current"], "settings": {"voltage": [0.1]}, "checkpoint": tmp_path / "kept"}
    for resistance in (100, 200):
        file.write_text(
            'model = "vteam"\ntitle = "mine"\nreference = "none"\ndoi = ""\n[parameters]\n'
            f'resistance_on = {{ value = {resistance}, provenance = "assumed", source = "mine" }}\n'
        )
        device = VTEAM.preset(str(file))
        if resistance == 100:
            sweep(device, {"initial_state": [0.5, 1.0]}, "iv", **how)
    with pytest.raises(ParameterError, match="other work: resistance_on differ"):
        sweep(device, {"initial_state": [0.5, 1.0]}, "iv", **how)


def described(folder, thing):
    """What a folder says of work on a thing."""
    open_checkpoint(folder, {"thing": thing})
    return json.loads((folder / "description.json").read_text())["thing"]


def test_a_folder_of_another_ngspice_is_not_this_one_s(tmp_path, monkeypatch):
    library = tmp_path / "libngspice.so"
    monkeypatch.setattr(checkpoints, "find_library", lambda: str(library))
    for content in (b"44", b"47"):
        library.write_bytes(content)
        checkpoints._simulators.cache_clear()
        if content == b"44":
            described(tmp_path / "kept", Inverter())
    with pytest.raises(ParameterError, match="other work: simulator differ"):
        described(tmp_path / "kept", Inverter())
    checkpoints._simulators.cache_clear()


def test_a_folder_tells_transistors_and_devices_of_a_cell(tmp_path, monkeypatch):
    cell = MemristorBitCell(memristor=VTEAM(resistance_on=2e3))
    nominal = described(tmp_path / "nominal", cell)
    assert nominal["devices"]["memristor"]["parameters"]["resistance_on"] == 2e3
    changed = replace(
        TECHNOLOGIES["generic"], mismatch={"nmos": 3e-9, "pmos": 2e-9}, cards=lambda corner: "* " + corner
    )
    monkeypatch.setitem(TECHNOLOGIES._items, "generic", changed)
    other = described(tmp_path / "other", cell)
    different = {name for name, value in other["transistors"].items() if value != nominal["transistors"][name]}
    assert different == {"mismatch", "cards"}
    assert described(tmp_path / "kit", Inverter(technology="sky130"))["transistors"]["name"] == "sky130"


@pytest.mark.ngspice
def test_scattered_parameters_lie_around_the_values_of_each_point():
    how = {"distributions": {"nmos_width": "uniform 10%"}, "samples": 3, "seed": 1, **QUICK}
    table = sweep(Inverter(), {"nmos_width": [2.0, 4.0]}, **how)
    alike = table["threshold"].to_numpy().reshape(2, 3)
    assert len(set(alike.ravel())) == 6
    assert (alike[0] > alike[1]).all(), "a wider transistor to ground, a lower threshold"
    order = np.argsort(alike, axis=1)
    np.testing.assert_array_equal(order[0], order[1])


@pytest.mark.ngspice
def test_a_comparator_on_chips_of_its_own_decides_by_their_offsets():
    cell = LatchComparator()
    shifts = [cell.with_mismatch(k).subcircuit().text.count("delvto") for k in range(2)]
    assert shifts[0] == shifts[1] > 0 and cell.subcircuit().text.count("delvto") == 0
    assert cell.with_mismatch(3).subcircuit().text == cell.subcircuit(mismatch=3).text
    assert cell.with_mismatch(1) == cell.with_mismatch(1).replace() != cell != cell.with_mismatch(2)
    table = sweep(
        cell, mismatch=True, samples=3, seed=1, settings={"differences": [2e-3]}, measures=["max decision"]
    )  # fmt: skip
    assert set(table["max decision"]) == {0.0, 1.0}, "2 mV are less than the offsets of such transistors"


def test_the_interval_of_clopper_and_pearson():
    """Of 8 of 10: the values of R's binom.test; of none of n the upper end is 1 - 0.025^(1/n)."""
    assert clopper_pearson_interval(8, 10) == pytest.approx((0.4439045, 0.9747893), abs=1e-6)
    low, high = clopper_pearson_interval(0, 20)
    assert low == 0.0 and high == pytest.approx(1 - 0.025 ** (1 / 20), rel=1e-12)
    assert clopper_pearson_interval(20, 20) == pytest.approx((1 - high, 1.0))


def test_a_simulation_that_fails_is_a_point_without_a_result():
    def broken(cell, **settings):
        raise SimulationError("the simulator is away")

    row = str(measure_point(broken, Inverter(), {}, {}, {})["row"])
    assert '"status": "failed"' in row and "the simulator is away" in row
