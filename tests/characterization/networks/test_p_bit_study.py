"""The study of p-bits of a real junction: shares against the master equation, and the numbers of the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from synaspice.characterization.networks.p_bits import PBitNetwork
from synaspice.characterization.networks.problems import and_gate
from synaspice.characterization.networks.study import NUMBERS, study_p_bits
from synaspice.devices import MTJ, ParameterError
from synaspice.devices.language.quantities.quantity import format_si
from synaspice.figures.systems.p_bits import draw_p_bits

PAGE = Path(__file__).resolve().parents[3] / "docs" / "article" / "p-bit-networks.md"


@pytest.fixture(scope="module")
def tables():
    return study_p_bits(MTJ.preset("borders2019-like"), seed=0)


def test_a_full_adder_of_junctions_samples_its_distribution(tables):
    states = tables["states"]
    pulls = (states["share"] - states["stationary"]) / states["error"]
    assert 0.5 < np.mean(pulls**2) < 1.7 and np.abs(pulls).max() < 4
    # The logarithm of the ratio of its rates is straight to some 1e-4, and up to 7 here.
    assert states["stationary"].to_numpy() == pytest.approx(states["boltzmann"].to_numpy(), rel=2e-3)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_product_that_is_visited_most_is_the_number(tables, number):
    own = tables["products"][tables["products"]["number"] == number].set_index("product")
    assert own["share"].idxmax() == number and own["share"].sum() == pytest.approx(1)
    second = own["share"].drop(number).idxmax()
    assert own["share"][number] - own["share"][second] > 4 * np.hypot(own["error"][number], own["error"][second])
    assert own["share"][number] == pytest.approx(own["boltzmann"][number], abs=4 * own["error"][number])


def test_the_documentation_has_these_numbers(tables):
    text = PAGE.read_text(encoding="utf-8")
    for row in tables["times"].to_dict("records"):
        cells = [f"{row['number']:.0f}", f"{row['p_bits']:.0f}", f"{row['random_states']:.0f}"]
        cells += [f"{row['dwell_times']:.3g} ± {row['error'] / row['time'] * row['dwell_times']:.1g}"]
        cells += [format_si(row["time"], "s", 3), format_si(row["energy"], "J", 3), f"{row['clipped']:.1%}"]
        assert f"| {' | '.join(cells)} |" in text
    for column, name in enumerate(("borders2019-like", "hayakawa2021-like"), 1):
        network = PBitNetwork(MTJ.preset(name), and_gate())
        most = min(abs(end) for end in network.inputs)
        off = network.nonlinearity(most * (1 - 1e-9))
        told = [
            format_si(network.dwell_time, "s", 3),
            format_si(abs(network.drive_per_input), "V", 3),
            f"{most:.3g}",
            f"{off:.1%}".replace("%", " %"),
        ]
        rows = re.findall(r"^\| (?:dwell|voltage|largest|\$).*\|$", text, re.MULTILINE)
        assert [row.split("|")[column + 1].strip() for row in rows[:4]] == told
    assert format_si(PBitNetwork(MTJ.preset("borders2019-like"), and_gate()).most_power(), "W", 3) in text


def test_the_figure_has_a_panel_for_each_number(tables):
    figure = draw_p_bits(tables)
    assert [axes.get_title() for axes in figure.axes][1:] == [f"factors of {number}" for number in NUMBERS]


@pytest.mark.parametrize("arguments", [("junction",), (MTJ.preset("faria2021"),)])
def test_what_is_no_junction_of_two_states_is_refused(arguments):
    with pytest.raises(ParameterError):
        study_p_bits(*arguments)


def test_other_arguments_of_the_study_are_refused():
    with pytest.raises(ParameterError, match="seed"):
        study_p_bits(MTJ.preset("borders2019-like"), seed=-1)
    with pytest.raises(ParameterError, match="Size"):
        study_p_bits(MTJ.preset("borders2019-like"), size=3)
