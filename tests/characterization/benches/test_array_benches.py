"""Disturbance and reads in whole arrays: the effect of wires and of the position, and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.characterization import (
    array_disturb,
    array_effective_bits,
    array_fault_errors,
    array_product_cost,
    read_table,
    sneak_paths,
    write_table,
)
from synaspice.characterization.benches.crossbars.array_products import random_array
from synaspice.characterization.benches.crossbars.sneak_paths import sneak_conductance
from synaspice.devices import MTJ, VTEAM, MottSwitch, SpinOrbitTorqueMTJ, StanfordRRAM, SynaspiceError, Yakopcic
from synaspice.figures import plot, save

#: A memristor of 10 kohm and 1 Mohm with a threshold of 0.1 V, a quarter of the write.
SOFT = VTEAM(
    resistance_on=1e4, resistance_off=1e6, threshold_on=-0.1, threshold_off=0.1, rate_on=-1e-3, rate_off=1e-3,
    exponent_on=1.0, exponent_off=1.0,
)  # fmt: skip
WRITE = {"amplitude": -0.4, "width": 1e-8, "word_lines": 6, "bit_lines": 6, "writes": [1.0, 10.0, 100.0]}


@pytest.fixture(scope="module")
def tables():
    return {
        how: array_disturb(SOFT, segment=50.0, compensated=how == "compensated", **WRITE)
        for how in ("plain", "compensated")
    }


def written(table, scheme, state):
    return next(one for one in table.attrs["written"] if (one["scheme"], one["state"]) == (scheme, state))


def test_wires_take_from_the_written_cell_and_drivers_make_up_for_it(tables):
    for scheme in ("half", "third"):
        for state in ("low", "high"):
            plain, made_up = (written(tables[how], scheme, state) for how in ("plain", "compensated"))
            assert 0.3 < abs(plain["voltage"]) < 0.4 and abs(plain["drivers"]) == 0.4
            assert abs(made_up["voltage"]) == pytest.approx(0.4, rel=1e-6) and abs(made_up["drivers"]) > 0.4


def test_making_up_for_the_wires_disturbs_more(tables):
    plain, made_up = (tables[how][tables[how]["group"] == "word line"] for how in ("plain", "compensated"))
    assert np.all(made_up["voltage"].abs().to_numpy() > plain["voltage"].abs().to_numpy())
    assert np.all(made_up["moved"].to_numpy() >= plain["moved"].to_numpy())
    assert made_up["moved"].sum() > 1.02 * plain["moved"].sum()


def test_the_nearest_cell_moves_most_and_cells_of_neither_line_hardly(tables):
    table = tables["plain"]
    lines = table[table["group"] != "neither"]
    assert np.all(lines["moved"] >= lines["mean"]) and (lines["moved"] > lines["mean"] * 1.001).any()
    # In the V/2 scheme only the wires' drops put a voltage across the others, here far below the threshold.
    neither = table[(table["group"] == "neither") & (table["scheme"] == "half")]
    assert neither["voltage"].abs().max() < 0.1 and neither["moved"].max() == 0


def test_steps_between_solutions_are_short_enough(tables, monkeypatch):
    from synaspice.characterization.benches.crossbars import array_disturb as module

    monkeypatch.setattr(module, "CHANGE", 0.003)
    finer = array_disturb(SOFT, segment=50.0, scheme=["half"], **WRITE)
    coarse = tables["plain"][tables["plain"]["scheme"] == "half"]
    np.testing.assert_allclose(coarse["moved"], finer["moved"], rtol=3e-3, atol=1e-9)


def test_below_the_threshold_no_number_of_writes_disturbs():
    table = array_disturb(SOFT.replace(threshold_on=-0.21, threshold_off=0.21), segment=0.0, **WRITE)
    assert table["moved"].max() == 0
    assert all(math.isinf(one["disturbed"]) for one in table.attrs["written"]) and plot(table)


def test_a_curved_characteristic_lets_less_past_than_the_formula_says():
    """The cells of a sneak path have a part of the voltage each, at which a sinh conducts less than in proportion."""
    table = sneak_paths(Yakopcic(current_slope=3.0), lines=[4, 16], held=["floating"], read_voltage=1.0)
    assert np.all(table["margin"] > table["formula"] * 1.05)


def test_wires_cost_margin_far_from_the_driver():
    far, near = (
        sneak_paths(SOFT, lines=[32], segment=20.0, held=["grounded"], position=where)["margin"].item()
        for where in ("far", "near")
    )
    assert far < near < 1 - 1e-2 + 1e-9


def test_the_closed_form_of_one_line_has_no_way_past():
    assert sneak_conductance(1e-4, 1, 8) == 0.0
    assert sneak_conductance(1e-4, 2, 2) == pytest.approx(1e-4 / 3)


def test_a_random_array_has_conductances_between_the_reference_states():
    cells = random_array(SOFT, (20, 30), seed=1).cells
    volts = np.full((20, 30), 0.1)
    found = cells.current(volts)[0] / volts
    assert 1e-6 <= found.min() < 5e-6 and 9.5e-5 < found.max() <= 1e-4
    assert found.mean() == pytest.approx(5.05e-5, rel=0.05)
    # A magnet has two states to be in.
    junctions = random_array(MTJ(), (8, 8)).cells.current(np.full((8, 8), 0.1))[0]
    assert len(np.unique(np.round(junctions, 12))) == 2


def test_products_depend_on_the_device_and_on_the_seed_alone():
    one, again, other = (array_effective_bits(SOFT, bits=[6], word_lines=8, bit_lines=4, seed=k) for k in (1, 1, 2))
    assert one.equals(again) and not one.equals(other)
    # The more a cell conducts, the more wires cost.
    leaky = array_effective_bits(SOFT.replace(resistance_on=1e3), bits=[6], word_lines=8, bit_lines=4, seed=1)
    assert np.all(leaky["effective_bits"].iloc[1:] < one["effective_bits"].iloc[1:])
    assert array_fault_errors(SOFT, rate=[0.1], maps=5).attrs["on_conductance"] == pytest.approx(1e-4)


TABLES = {
    "sneak": lambda: sneak_paths(MTJ(), lines=[2, 8]),
    "bits": lambda: array_effective_bits(SOFT, bits=[4, 8], segment=[0.0, 10.0], vectors=20),
    "faults": lambda: array_fault_errors(MTJ(), rate=[0.01, 0.1], maps=5),
    "cost": lambda: array_product_cost(SOFT, word_lines=16),
}


@pytest.mark.parametrize("bench", ["array", *TABLES])
def test_tables_and_figures(bench, tables, tmp_path):
    table = tables["plain"] if bench == "array" else TABLES[bench]()
    again = read_table(write_table(table, tmp_path / "t.csv"))
    assert again.equals(table) and again.attrs == table.attrs
    assert save(plot(table), tmp_path / "t.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda: array_disturb(SOFT, share=1.0), "between 0 and 1"),
        (lambda: array_disturb(SOFT, segment=-1.0), "segment"),
        (lambda: array_disturb(SOFT, scheme=["quarter"]), "schemes are"),
        (lambda: array_disturb(SOFT, word_lines=1), "at least 2"),
        (lambda: array_disturb(SOFT, position="middle"), "position"),
        (lambda: array_disturb(StanfordRRAM(retention="arrhenius", retention_energy=0.5), width=1e-9), "forgets"),
        (
            lambda: array_disturb(SOFT, segment=1e5, compensated=True, writes=[1.0], width=1e-9),
            "of the drivers",
        ),
        (lambda: sneak_paths(SOFT, lines=[1]), "two lines"),
        (lambda: sneak_paths(SOFT, held=["tied"]), "floating or grounded"),
        (lambda: sneak_paths(SOFT, segment=-2.0), "segment"),
        (lambda: sneak_paths(SpinOrbitTorqueMTJ()), "two terminals"),
        (lambda: array_effective_bits(SpinOrbitTorqueMTJ()), "two terminals"),
        (lambda: array_effective_bits(SOFT, segment=[-1.0]), "resistance must not be negative"),
        (lambda: array_effective_bits(MottSwitch()), "is volatile"),
        (lambda: array_effective_bits(SOFT, bits=[0]), "bits"),
        (lambda: array_effective_bits(SOFT, read_voltage=0.0), "positive"),
        (lambda: array_fault_errors(SOFT, segment=-1.0), "segment"),
        (lambda: array_fault_errors(SOFT, rate=[1.5]), "at most 1"),
        (lambda: array_fault_errors(SOFT, open_conductance=-1.0), "conductance"),
        (lambda: array_product_cost(SOFT, word_lines=0), "at least 1"),
        (lambda: array_product_cost(SOFT, method="ideal"), "linear"),
    ],
)
def test_what_makes_no_sense_is_refused(call, complaint):
    with pytest.raises(SynaspiceError, match=complaint):
        call()
