"""Incremental step pulse programming: the number of pulses in closed form, noise, and refusals."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization import read_table, step_programming, write_table
from synaspice.devices import VTEAM, DomainWallSynapse, ParameterError
from synaspice.figures import plot, save

LINEAR = {"rate_on": -1.0, "rate_off": 1.0, "exponent_on": 1.0, "exponent_off": 1.0}


def test_the_number_of_pulses_is_that_of_the_linear_rate():
    """Pulse n moves x by (k w / D)((V_1 + (n - 1) s) / v_on - 1): the first n whose sum comes within the tolerance."""
    device = VTEAM(**LINEAR)
    width, first, tolerance = 2e-11, 0.25, 0.03
    table = step_programming(device, step=[0.001, 0.005], first=first, width=width, tolerance=tolerance)
    low, high = 1 / device.resistance_off, 1 / device.resistance_on
    goal = (low + high) / 2
    for row in table.to_dict("records"):
        sizes = first + row["step"] * np.arange(300)
        x = 1 - np.cumsum(width / device.travel * (sizes / 0.2 - 1))
        conductance = 1 / (device.resistance_on + np.maximum(x, 0) * (device.resistance_off - device.resistance_on))
        off = (conductance - goal) / (high - low)
        number = int(np.argmax(np.abs(off) <= tolerance)) + 1
        assert np.all(off[: number - 1] < 0), "the closed form is that of a way without a turn"
        assert row["pulses"] == number and row["reached"] == 1.0
        assert row["bias"] == pytest.approx(off[number - 1], abs=1e-5)
        assert row["error"] == pytest.approx(abs(row["bias"]), rel=1e-12)
    assert table["pulses"].is_monotonic_decreasing


def test_cells_with_noise_need_different_numbers_and_a_seed_repeats_them(tmp_path):
    device = VTEAM(cycle_to_cycle=0.05, **LINEAR)
    how = {"step": [0.01], "cells": 24, "temperature": 300.0, "seed": 3}
    table, again = (step_programming(device, **how, checkpoint=tmp_path / "kept") for _ in range(2))
    assert again.equals(table) and table["cells"].iloc[0] == 24
    row = table.iloc[0]
    assert row["pulses_95"] > row["pulses"] and row["reached"] == 1.0 and abs(row["bias"]) < row["error"] <= 0.02
    back = read_table(write_table(table, tmp_path / "t.csv"))
    assert back.equals(table) and back.attrs == table.attrs
    assert save(plot(table), tmp_path / "t.png").stat().st_size > 10_000


def test_cells_that_do_not_get_there_are_told_with_the_reason():
    device = VTEAM(**LINEAR)
    table = step_programming(device, step=[1e-4], first=0.201, largest=0.202, width=1e-12, most_pulses=10)
    assert table["reached"].iloc[0] == 0.0 and sum(table.attrs["reasons"][0].values()) == 1


@pytest.mark.parametrize(
    ("device", "how", "complaint"),
    [
        (VTEAM(), {"target": 1.0}, "between 0 and 1"),
        (VTEAM(), {"step": [0.0]}, "positive"),
        (VTEAM(), {"first": 0.3, "largest": 0.2}, "no less than the first"),
        (VTEAM(), {"tolerance": -1.0}, "tolerance"),
        (VTEAM(), {"most_pulses": 0}, "at least 1"),
        (VTEAM(), {"seed": 1}, "give a temperature"),
        (DomainWallSynapse(), {"width": 1e-9}, "two terminals"),
    ],
)
def test_what_makes_no_sense_is_refused(device, how, complaint):
    with pytest.raises(ParameterError, match=complaint):
        step_programming(device, **how)
