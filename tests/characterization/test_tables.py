"""Tables survive their files; benches give the same columns on both engines."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.pandas import column, data_frames, range_indexes

from synaspice.characterization import hysteresis, iv, read_table, write_table
from synaspice.characterization.tables import write_whole
from synaspice.devices import MTJ, VTEAM, LinearIonDrift, ParameterError, UnknownNameError
from synaspice.devices.core.metadata import device_table
from synaspice.figures import plot, save

FRAMES = data_frames(
    [
        column("number", elements=st.floats(allow_nan=True, allow_infinity=True, width=64)),
        column("count", dtype=int, elements=st.integers(-(2**53), 2**53)),
        column("state", dtype=object, elements=st.sampled_from(["parallel", "on", 'µ, quoted "x"', "no # comment"])),
    ],
    index=range_indexes(min_size=1, max_size=20),
)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
@given(frame=FRAMES, seed=st.none() | st.integers(0, 2**31))
def test_a_table_is_read_back_as_it_was_written(ending, frame, seed, tmp_path_factory):
    frame["state"] = frame["state"].astype("str")
    frame.attrs = {"units": {"number": "V"}, "seed": seed, "device": "µ"}
    file = tmp_path_factory.getbasetemp() / f"t{ending}"
    file.unlink(missing_ok=True)
    path = write_table(frame, file)
    back = read_table(path)
    pd.testing.assert_frame_equal(back, frame, check_exact=True)
    assert back.attrs == frame.attrs


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_texts_stay_what_they_are_where_they_look_like_nothing(ending, tmp_path):
    texts = {"text": ["", "NA", "None"], "empty": ["", "", ""], "nan": ["nan", "a", ""]}
    numbers = {"number": [1.5, np.nan, np.inf], "none": [np.nan] * 3}
    columns = {name: (values, "", name) for name, values in texts.items()}
    columns |= {name: (values, "1", name) for name, values in numbers.items()}
    table = device_table(MTJ(), columns)
    again = read_table(write_table(table, tmp_path / f"t{ending}"))
    assert again.equals(table) and again.attrs == table.attrs


def test_pandas_reads_the_files_by_itself(tmp_path):
    frame = pd.DataFrame({"x": [1.5, float("nan"), -2e-9], "count": [1, 2, 3], "state": ["on", "#2, # off", 'µ "x"']})
    frame.attrs = {"units": {"x": "V"}, "device": "# µ", "seed": None}
    pd.testing.assert_frame_equal(pd.read_csv(write_table(frame, tmp_path / "t.csv"), comment="#"), frame)
    back = pd.read_parquet(write_table(frame, tmp_path / "t.parquet"))
    pd.testing.assert_frame_equal(back, frame)
    assert back.attrs == frame.attrs
    assert 'pandas.read_csv(path, comment="#")' in (tmp_path / "t.csv").read_text().splitlines()[1]


def test_every_column_has_a_unit_and_a_description():
    device = VTEAM.preset("kvatinsky2015-like")
    table = device_table(device, {"time": [0.0], "x": [0.5], "share": ([0.1], "1", "a share")}, bench="own")
    assert table.attrs["units"] == {"time": "s", "x": "1", "share": "1"}
    assert table.attrs["descriptions"]["share"] == "a share" and table.attrs["descriptions"]["x"]
    assert table.attrs["device"] == "vteam" and table.attrs["bench"] == "own" and table.attrs["version"]
    with pytest.raises(ParameterError, match="share"):
        device_table(device, {"time": [0.0], "share": [0.1]})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("t.csv", b"# synaspice table"),
        ("t.csv", b"# synaspice table\n#\n# bench: iv\nx\n1\n"),
        ("t.csv", b"# synaspice table\n#\n# no attribute\nx\n1\n"),
        ("t.csv", b"# synaspice table\n#\n# bench: " + b"[" * 100_000 + b"\nx\n1\n"),
        ("t.csv", b"# synaspice table\n#\n# bench: \xff\nx\n1\n"),
        ("t.csv", b'# synaspice table\n#\n# bench: "iv"\nx,y\n1\n1,2,3\n'),
        ("t.csv", b'# synaspice table\n#\n# bench: "iv"\n'),
        ("t.parquet", b"PAR1"),
        ("t.parquet", b"PAR1" + bytes(100) + b"PAR1"),
        ("t.parquet", b""),
    ],
)
def test_a_damaged_file_is_refused_in_a_line(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ParameterError, match=r"t\.(csv|parquet)") as refused:
        read_table(tmp_path / name)
    assert "\n" not in str(refused.value)


def test_a_table_that_lacks_what_its_figure_needs_is_refused():
    table = iv(VTEAM(), [0.0, 1.0])
    for damaged in (
        table.drop(columns="current"),
        table.astype({"current": str}),
        table.iloc[:0].drop(columns="state"),
    ):
        damaged.attrs |= table.attrs
        with pytest.raises(ParameterError, match="cannot be drawn as one of 'iv', it is foreign or damaged"):
            plot(damaged)
    table.attrs["bench"] = ["iv"]
    with pytest.raises(UnknownNameError, match="standard figure"):
        plot(table)


@pytest.mark.parametrize("ending", [".csv", ".parquet"])
def test_a_foreign_file_is_refused(ending, tmp_path):
    path = tmp_path / f"foreign{ending}"
    frame = pd.DataFrame({"a": [1.0]})
    frame.to_csv(path) if ending == ".csv" else frame.to_parquet(path)
    with pytest.raises(ParameterError, match="not a table of this package"):
        read_table(path)


def test_unknown_endings_and_folders_are_refused(tmp_path):
    frame = pd.DataFrame({"a": [1.0]})
    with pytest.raises(UnknownNameError, match="csv, .parquet"):
        write_table(frame, tmp_path / "t.xlsx")
    with pytest.raises(ParameterError, match="cannot write"):
        write_table(frame, tmp_path / "nowhere" / "t.csv")


def test_a_write_that_fails_leaves_what_was_there(tmp_path):
    target = tmp_path / "t.csv"
    target.write_text("old")

    def fail(path):
        path.write_text("half")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_whole(target, fail)
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


def test_iv_gives_the_bias_dependent_tmr():
    """TMR(V) = T_0 / (1 + (V / V_h)^2): half at V_h, whole at zero volt."""
    junction = MTJ(tmr=1.5, tmr_half_voltage=0.4)
    table = iv(junction, [0.4, 0.0, -0.4]).set_index(["state", "voltage"])["resistance_change"]
    assert table["antiparallel", 0.4] == pytest.approx(0.75)
    # the ratio at zero is taken beside it, at a millionth of the largest voltage
    assert table["antiparallel", 0.0] == pytest.approx(1.5, rel=1e-10)
    assert (table["parallel"] == 0).all()


@pytest.mark.ngspice
def test_iv_takes_any_voltages_and_states_on_both_engines():
    device = LinearIonDrift()
    states = {"half": {"initial_state": 0.5}, "start": {}}
    tables = [iv(device, [0.3, -1.0, 0.0, 0.3], states=states, engine=engine) for engine in ("numeric", "ngspice")]
    assert list(tables[0].columns) == list(tables[1].columns)
    assert list(tables[0]["state"].unique()) == ["half", "start"]
    np.testing.assert_allclose(tables[0]["current"], tables[1]["current"], rtol=1e-9, atol=1e-18)


LOOPS = {
    "memristor": (VTEAM(window="biolek"), None),
    "R-I": (MTJ.preset("ikeda2010"), "current"),
    "R-V": (MTJ.preset("ikeda2010"), "voltage"),
    "R-H": (MTJ.preset("ikeda2010"), "field"),
}


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_has_the_same_columns_and_switches_alike_on_both_engines(loop):
    device, quantity = LOOPS[loop]
    numeric, spice = (hysteresis(device, quantity=quantity, engine=engine) for engine in ("numeric", "ngspice"))
    assert list(numeric.columns) == list(spice.columns)
    assert numeric.attrs["units"] == spice.attrs["units"]
    signal = "cosine" if "cosine" in numeric else "x"
    middle = (numeric[signal].min() + numeric[signal].max()) / 2
    turns = [np.flatnonzero(np.diff(np.sign(table[signal] - middle))) for table in (numeric, spice)]
    assert len(turns[0]) == len(turns[1]) >= 1 + (loop != "memristor")
    # Both switch at the same drive to 1 % of the period: the resonant precession before it is fast, and steps of 1 ps
    # turn it by some degrees per nanosecond too slowly.
    np.testing.assert_allclose(turns[0], turns[1], atol=10)


def test_a_junction_switches_near_its_anisotropy_field():
    junction = MTJ.preset("ikeda2010")
    table = hysteresis(junction, quantity="field", period=1e-6, points=4001)
    crossings = np.flatnonzero(np.diff(np.sign(table["cosine"])))
    fields = np.abs(table["field_z"].to_numpy()[crossings])
    assert len(fields) == 2
    # The transverse field of 1 % lowers Stoner and Wohlfarth's field to (1 - 0.01^(2/3))^(3/2) = 0.93 of it; a sweep of
    # 1 us runs on by some percent while the magnetisation falls over (by a third in one of 100 ns).
    assert np.all((fields > 0.93 * junction.anisotropy_field) & (fields < 1.05 * junction.anisotropy_field)), fields


@pytest.mark.parametrize("device", [LinearIonDrift.preset("strukov2008"), VTEAM()], ids=repr)
def test_a_memristors_loop_is_pinched(device):
    table = hysteresis(device, points=1001)
    crossing = np.abs(table["voltage"]) < 1e-12
    assert crossing.sum() >= 3
    assert np.abs(table["current"][crossing]).max() < 1e-12


def test_noise_belongs_to_the_numeric_engine():
    with pytest.raises(ParameterError, match="numeric engine"):
        hysteresis(MTJ(), temperature=300.0, engine="ngspice")
    one, two = (hysteresis(MTJ(), temperature=300.0, seed=seed, period=1e-9, points=51) for seed in (1, 2))
    assert one.attrs["seed"] == 1 and not one.equals(two)


@pytest.mark.parametrize("ending", [".png", ".svg", ".pdf"])
@pytest.mark.parametrize("bench", ["iv", "hysteresis"])
def test_every_bench_has_a_figure_with_units(bench, ending, tmp_path):
    device = LinearIonDrift.preset("strukov2008")
    table = iv(device) if bench == "iv" else hysteresis(device, points=101)
    figure = plot(write_table(table, tmp_path / "t.parquet"))
    for axes in figure.axes:
        assert axes.get_xlabel() or axes.get_ylabel()
    assert figure.axes[0].get_xlabel() == "Voltage (V)"
    name = "|I| (" if bench == "iv" else "Current ("  # of states that are decades apart
    assert figure.axes[0].get_ylabel().startswith(name) and figure.axes[0].get_ylabel().endswith("A)")
    assert figure.axes[0].get_legend() is not None
    magic = {".png": b"\x89PNG", ".svg": b"<?xml", ".pdf": b"%PDF"}[ending]
    assert save(figure, tmp_path / f"f{ending}").read_bytes().startswith(magic)


def test_a_table_without_a_bench_has_no_figure(tmp_path):
    with pytest.raises(ParameterError, match="bench"):
        plot(pd.DataFrame({"a": [1.0]}))
    with pytest.raises(UnknownNameError, match="figure format"):
        save(plot(iv(MTJ())), tmp_path / "f.gif")
