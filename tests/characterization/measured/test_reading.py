"""Measured data from files as instruments and colleagues write them."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspice.characterization import iv, read_measured, write_table
from synaspice.devices import MTJ, ParameterError, UnknownNameError

VOLTAGE, CURRENT = np.array([-0.5, 0.0, 0.25, 1.5]), np.array([-2e-6, 0.0, 1e-6, 7.5e-6])
ROWS = list(zip(VOLTAGE, CURRENT, strict=True))


def comma(value: float) -> str:
    return f"{value:g}".replace(".", ",")


FORMS = {
    "comma.csv": "V1 [mV],I1 (uA)\n" + "".join(f"{1e3 * v:g},{1e6 * i:g}\n" for v, i in ROWS),
    "german.csv": "V1 [mV];I1 (uA)\n" + "".join(f"{comma(1e3 * v)};{comma(1e6 * i)}\n" for v, i in ROWS),
    "tabs.tsv": "V1 / mV\tI1 / uA\n" + "".join(f"{1e3 * v:g}\t{1e6 * i:g}\n" for v, i in ROWS),
    "instrument.txt": (
        "Keithley 4200\nDate: 01.02.2020, 10:00\n\nSweep 1\n# V1\tI1\n# [mV]\t[µA]\n"
        + "".join(f"{1e3 * v:g}\t{1e6 * i:.3e}\n" for v, i in ROWS)
        + "\nend of sweep\n"
    ),
    "quoted.csv": '"V1 [mV]","I1 [uA]"\n' + "".join(f'"{1e3 * v:g}","{1e6 * i:g}"\n' for v, i in ROWS),
    "blanks.dat": "V1[mV]  I1[uA]\n" + "".join(f" {1e3 * v:10.4f}   {1e6 * i:8.3f}\n" for v, i in ROWS),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_is_read_whatever_wrote_it(name, encoding, tmp_path):
    path = tmp_path / name
    path.write_bytes(FORMS[name].encode(encoding))
    table = read_measured(path, voltage="V1", current=2)
    np.testing.assert_allclose(table["voltage"], VOLTAGE, rtol=1e-12)
    np.testing.assert_allclose(table["current"], CURRENT, rtol=1e-12)
    assert table.attrs["units"] == {"voltage": "V", "current": "A"}
    assert not table.attrs["assumed_units"] and table.attrs["source"] == name and len(table.attrs["sha256"]) == 64


def test_parquet_and_tables_of_the_package_are_read(tmp_path):
    made = pd.DataFrame({"U (V)": VOLTAGE, "I (A)": CURRENT, "note": ["a"] * 4})
    made.to_parquet(tmp_path / "lab.parquet")
    table = read_measured(tmp_path / "lab.parquet", voltage="U", current="I")
    np.testing.assert_array_equal(table["current"], CURRENT)
    ours = iv(MTJ(), [0.1, 0.2], states=["parallel"])
    for ending in ("csv", "parquet"):
        write_table(ours, tmp_path / f"ours.{ending}")
    back = read_measured(tmp_path / "ours.csv")
    np.testing.assert_array_equal(back["current"], ours["current"])
    assert not back.attrs["assumed_units"]


def test_a_unit_that_is_given_counts_more_than_the_head(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("H [A/m],M\n10,1\n-20,2\n")
    table = read_measured(path, field="H [kOe]", magnetization="2 [emu/cc]", sign="M")
    assert table["field"].iloc[0] == pytest.approx(10 * 1e6 / (4 * np.pi)) and table["magnetization"].iloc[1] == 2000.0
    assert "1 kOe = 79577.5 A/m" in table.attrs["conversions"]["field"]
    assert table.attrs["assumed_units"] == ["sign"]


def test_a_flux_density_for_a_field_is_told(tmp_path):
    (tmp_path / "b.csv").write_text("B [mT],R [kohm]\n100,1\n-100,2\n")
    table = read_measured(tmp_path / "b.csv", field="B", resistance="R")
    assert table["field"].iloc[0] == pytest.approx(0.1 / (4e-7 * np.pi), rel=1e-6)
    assert "H = B / mu_0" in table.attrs["conversions"]["field"] and table["resistance"].iloc[1] == 2e3


def test_a_temperature_in_degrees_has_another_zero_and_its_error_has_not(tmp_path):
    (tmp_path / "t.csv").write_text("T [°C],dT [°C]\n25,1\n85,2\n", encoding="utf-8")
    table = read_measured(tmp_path / "t.csv", temperature="T", temperature_error="dT")
    assert table["temperature"].tolist() == [298.15, 358.15] and table["temperature_error"].tolist() == [1.0, 2.0]


def test_pairs_of_columns_are_curves(tmp_path):
    path = tmp_path / "pairs.tsv"
    path.write_text("a_1.5_GHz\ta_1.5_GHz\ta_2.0_GHz\ta_2.0_GHz\n10\t1\t20\t3\n11\t2\t\t\n")
    table = read_measured(path, pairs=("field [Oe]", "voltage [uV]"), curves="frequency")
    assert table["frequency"].tolist() == [1.5e9, 1.5e9, 2e9] and table["curve"].nunique() == 2
    np.testing.assert_allclose(table["voltage"], [1e-6, 2e-6, 3e-6])
    np.testing.assert_allclose(table["field"], np.array([10, 11, 20]) * 1e3 / (4 * np.pi))


@pytest.mark.parametrize("missing", ["", "nan", "---"])
def test_missing_numbers_are_refused_or_dropped_and_counted(missing, tmp_path):
    path = tmp_path / "gap.csv"
    path.write_text(f"V,I\n1,2\n2,{missing}\n3,4\n")
    with pytest.raises(ParameterError, match=r"1 of 3 rows.*row 2 \(line 3\), current"):
        read_measured(path)
    table = read_measured(path, missing="drop")
    assert table["voltage"].tolist() == [1.0, 3.0] and table.attrs["dropped_rows"] == 1


@pytest.mark.parametrize(
    ("text", "how", "error", "complaint"),
    [
        ("V,I\n1,2\n", {"voltage": "U"}, UnknownNameError, "unknown column 'U'"),
        ("V,I\n1,2\n", {"voltage": 3}, UnknownNameError, "unknown column '3'"),
        ("V [furlong],I\n1,2\n", {"voltage": "V [furlong] [pint]"}, ParameterError, "pint"),
        ("V [uA],I\n1,2\n", {"voltage": "V"}, ParameterError, "another quantity"),
        ("V,I\n1,2\n", {"voltage": "V [Oe]"}, ParameterError, "another quantity"),
        ("V,V\n1,2\n", {"voltage": "V"}, ParameterError, "2 columns are called"),
        ("V,v\n1,2\n", {}, ParameterError, "two columns are called voltage"),
        ("a,b\n1,2\n", {}, ParameterError, "no column says what it is"),
        ("nothing here\n", {}, ParameterError, "no row of numbers"),
        ("", {}, ParameterError, "no row of numbers"),
        ("V,I\n1,2\nfault\n3,4\n", {}, ParameterError, "line 3.*no row of numbers, and more rows"),
        ("V,I\n1,2\n", {"voltage": True}, ParameterError, "a head or a number"),
        ("V,I\n1,2\n", {"decimal": ";"}, ParameterError, "decimal sign"),
        ("V,I\n1,2\n", {"missing": "guess"}, UnknownNameError, "guess"),
        ("V,I,R\n1,2,3\n", {"pairs": ("field", "voltage")}, ParameterError, "even number"),
        ("V,I\n1,2\n", {"pairs": ("field", "voltage"), "curves": "frequency"}, ParameterError, "0 numbers"),
        ("V,I\n1,2\n", {"pairs": ("field", "voltage"), "voltage": 1}, ParameterError, "no further columns"),
        ("V,I\n1,2\n", {"curves": "frequency"}, ParameterError, "give pairs"),
    ],
)
def test_what_is_not_clear_is_refused(text, how, error, complaint, tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(text)
    with pytest.raises(error, match=complaint):
        read_measured(path, **how)


def test_a_file_that_is_not_there_is_refused(tmp_path):
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ParameterError, match="no file"):
            read_measured(path)
    (tmp_path / "bad.parquet").write_bytes(b"no parquet")
    with pytest.raises(ParameterError, match="cannot be read"):
        read_measured(tmp_path / "bad.parquet")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_table_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            table = read_measured(path, first=1)
        except (ParameterError, UnknownNameError):
            return
    assert np.all(np.isfinite(table["first"]))
