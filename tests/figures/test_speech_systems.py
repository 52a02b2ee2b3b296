"""Spoken digits and vowels by the command: their quick form, files, and what is told of the data."""

from __future__ import annotations

import json

import pytest

from synaspice.characterization import read_table
from synaspice.devices import AutoOscillator, ParameterError, VortexOscillator
from synaspice.figures import make_systems
from synaspice.figures.systems.layout import percent_bars


def numbers(folder, name):
    return json.loads((folder / f"{name}.json").read_text())["numbers"]


def test_vowels_of_synthetic_formants_say_that_they_are(tmp_path):
    make_systems(tmp_path, ["vowels"], quick=True, seed=1, tell=lambda line: None)
    told = numbers(tmp_path, "vowels")
    assert "stand-in" in told[0] and "synthetic" in told[0] and "88 %" in told[-1]
    assert (tmp_path / "vowels.pdf").stat().st_size > 10_000
    assert set(read_table(tmp_path / "vowels.csv")["method"]) >= {"oscillators", "formants"}
    with pytest.raises(ParameterError, match="vowels"):
        make_systems(tmp_path, ["vowels"], device=VortexOscillator(), quick=True, tell=lambda line: None)


@pytest.mark.slow
def test_digits_are_told_beside_the_front_ends_alone(tmp_path):
    make_systems(tmp_path, ["digits"], device=AutoOscillator(initial_power=0.2), quick=True, tell=lambda line: None)
    told = numbers(tmp_path, "digits")
    assert "300 recordings by 6 speakers" in told[0] and "ships with the package" in told[0]
    assert all("alone" in line and "gain" in line for line in told[1:-1]) and len(told) == 6
    assert (tmp_path / "digits.pdf").stat().st_size > 10_000
    table = read_table(tmp_path / "digits.csv")
    assert table.attrs["device"] == "auto-oscillator" and table["accuracy"].between(0, 1).all()


def test_error_bars_of_shares_end_at_0_and_100_per_cent():
    bars = percent_bars([0.0, 2.0, 50.0, 99.0], [3.0, 3.0, 10.0, float("nan")])
    assert bars.tolist() == [[0.0, 2.0, 10.0, 0.0], [3.0, 3.0, 10.0, 0.0]]
    assert percent_bars(99.0, 4.0).tolist() == [[4.0], [1.0]]
