"""The bench of write errors: its methods agree, its table and figure, what it refuses."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
from scipy.stats import binom

from synaspice.characterization import read_table, write_error, write_table
from synaspice.devices import MTJ, VTEAM, ParameterError, UnknownNameError
from synaspice.figures import plot, save

IKEDA = MTJ.preset("ikeda2010")


@functools.cache
def measured():
    """All methods at 2 I_c0."""
    return write_error(
        IKEDA, overdrive=2.0, width=[3e-9, 4.5e-9, 6.5e-9], trajectories=1500, walkers=256, replicas=8, seed=1
    )


def by_method(method):
    table = measured()
    return table[table["method"] == method].reset_index(drop=True)


def test_plain_trajectories_agree_with_the_fokker_planck_equation():
    """Their number of errors is binomial, from 0.2 to 1e-3: within its central 99.9 %."""
    exact, plain = by_method("fokker-planck"), by_method("ensemble")
    assert exact["probability"].max() > 0.1 and exact["probability"].min() < 3e-3
    errors = np.round(plain["probability"] * 1500)
    tails = np.minimum(binom.cdf(errors, 1500, exact["probability"]), binom.sf(errors - 1, 1500, exact["probability"]))
    assert np.all(tails > 5e-4)


def test_splitting_agrees_with_the_fokker_planck_equation():
    """Within twice its 95 % interval, on a logarithmic scale, for which Student's t of 7 degrees gives 0.999."""
    exact, split = by_method("fokker-planck"), by_method("splitting")
    deviation = np.log(split["probability"] / exact["probability"])
    assert np.all(np.abs(deviation) < 2 * np.log(split["upper"] / split["probability"]))


@pytest.mark.parametrize(("law", "low", "high"), [("slonczewski", 1, 2), ("tunnelling", 0.5, 1)])
def test_the_closed_form_is_right_but_for_its_prefactor(law, low, high):
    """Too large with a torque that does not depend on the angle, too small with one that gets weaker on the way."""
    methods = ["closed-form", "fokker-planck"]
    table = write_error(IKEDA.replace(torque=law), overdrive=2.0, width=[3e-9, 4.5e-9, 6e-9], methods=methods)
    closed, exact = (table[table["method"] == method]["probability"].to_numpy() for method in methods)
    assert np.all((closed / exact > low) & (closed / exact < high))


def test_the_table_says_what_it_is(tmp_path):
    table = measured()
    assert list(table) == ["method", "width", "current", "overdrive", "probability", "lower", "upper"]
    assert list(dict.fromkeys(table["method"])) == ["closed-form", "fokker-planck", "ensemble", "splitting"]
    assert set(table.attrs["units"]) == set(table.attrs["descriptions"]) == set(table)
    assert table.attrs["bench"] == "write-error" and table.attrs["start"] == "antiparallel"
    np.testing.assert_allclose(table["current"], 2 * IKEDA.critical_current_to_parallel)
    assert np.all((table["lower"] <= table["probability"]) & (table["probability"] <= table["upper"]))
    read = read_table(write_table(table, tmp_path / "errors.csv"))
    assert read.equals(table) and read.attrs == table.attrs
    left, right = plot(read).axes
    assert left.get_yscale() == "log" and "Fokker-Planck" in right.get_ylabel()
    assert save(plot(read), tmp_path / "errors.png").stat().st_size > 10_000


def test_a_voltage_is_measured_in_units_of_that_of_the_critical_current():
    table = write_error(IKEDA, quantity="voltage", overdrive=[1.0], width=[1e-9], methods="fokker-planck")
    assert table["overdrive"][0] == 1.0
    carried = IKEDA.replace(initial_polar_angle=math.pi).static(voltage=table["voltage"][0])["current"]
    assert float(carried) == pytest.approx(IKEDA.critical_current_to_parallel, rel=1e-9)


def test_a_junction_in_the_plane_has_the_methods_with_trajectories_only():
    junction = MTJ.preset("kim2015-inplane", damping=0.02)
    arguments = {"overdrive": 3.0, "width": [0.2e-9], "trajectories": 100, "walkers": 64, "replicas": 2, "seed": 1}
    table = write_error(junction, **arguments)
    assert set(table["method"]) == {"ensemble", "splitting"}
    assert plot(table).axes[1].get_ylabel() == "Ratio to splitting"
    for method, reason in (("fokker-planck", "z axis"), ("closed-form", "z axis")):
        with pytest.raises(ParameterError, match=reason):
            write_error(junction, methods=method, **arguments)


def test_below_the_critical_current_there_is_no_closed_form():
    table = write_error(IKEDA, overdrive=0.5, width=1e-9, trajectories=10, walkers=8, replicas=2, seed=1)
    assert "closed-form" not in set(table["method"])
    with pytest.raises(ParameterError, match="above the critical one"):
        write_error(IKEDA, overdrive=0.5, width=1e-9, methods="closed-form")
    with pytest.raises(ParameterError, match="without external field"):
        write_error(IKEDA.replace(field_z=1e3), overdrive=2.0, width=1e-9, methods="closed-form")


def test_refusals():
    with pytest.raises(ParameterError, match="offers no Writing"):
        write_error(VTEAM())
    with pytest.raises(UnknownNameError, match="fokker-planck"):
        write_error(IKEDA, methods="fokker-plank")
    with pytest.raises(UnknownNameError, match="antiparallel"):
        write_error(IKEDA, start="up")
    with pytest.raises(UnknownNameError, match="voltage"):
        write_error(IKEDA, quantity="field_z")
    with pytest.raises(ParameterError, match="either amplitudes or overdrives"):
        write_error(IKEDA, amplitude=1e-4, overdrive=2.0)
    with pytest.raises(ParameterError, match="widths must be positive"):
        write_error(IKEDA, width=[0.0])
    with pytest.raises(ParameterError, match="above 0 K"):
        write_error(IKEDA, temperature=0.0)
    with pytest.raises(ParameterError, match="must be finite"):
        write_error(IKEDA, overdrive=[math.nan])
