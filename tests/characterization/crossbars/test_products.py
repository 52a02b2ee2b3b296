"""Products with periphery and with stuck cells: ideal converters, means over maps of faults, energies added up."""

from __future__ import annotations

import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import pytest

from synaspice.characterization import read_table, write_table
from synaspice.characterization.cells.periphery import PERIPHERY
from synaspice.characterization.crossbars.effective_bits import effective_bits
from synaspice.characterization.crossbars.fault_errors import fault_errors
from synaspice.characterization.crossbars.product_cost import product_cost
from synaspice.circuits import Crossbar
from synaspice.circuits.crossbars.crosspoints.crossings import DeviceCells
from synaspice.circuits.periphery.chain import Periphery
from synaspice.circuits.periphery.converters import ADC
from synaspice.circuits.periphery.costs import FIGURES
from synaspice.devices import ParameterError, StanfordRRAM
from synaspice.figures import plot, save

MATRIX = np.random.default_rng(1).uniform(2e-6, 5e-5, (32, 16))
CROSSBAR = Crossbar(MATRIX)
PERIPHERY_OF_ALL = Periphery.fitted(CROSSBAR)


@pytest.fixture(scope="module")
def bits():
    return effective_bits(CROSSBAR, [4, 6, 8], [0.0, 1.0, 10.0], bandwidth=1e5, vectors=300)


def test_without_wires_and_noise_the_converter_s_bits_are_left(bits):
    """Of a slow amplifier noise is far below a step; what is left to settle costs a tenth of a bit."""
    part = bits[bits["segment_resistance"] == 0]
    np.testing.assert_allclose(part["effective_bits"], part["bits"], atol=0.2)


def test_wires_cost_bits_and_a_calibration_gets_most_of_them_back(bits):
    eight = bits[bits["bits"] == 8].set_index("segment_resistance")
    assert np.all(np.diff(eight["effective_bits"]) < -1) and eight.loc[10.0, "effective_bits"] < 4
    assert np.all(eight["corrected_bits"] >= eight["effective_bits"] - 0.01)
    assert eight.loc[1.0, "corrected_bits"] > 7
    # With wires more bits of the converter are of little use.
    wired = bits[bits["segment_resistance"] == 10]["effective_bits"]
    assert np.ptp(wired) < 0.5


def test_the_exact_products_have_no_wires_whatever_the_method():
    """A crossbar with wires of its own has the bits of the same one without; of ohmic cells both methods are one."""
    wired = Crossbar(MATRIX, 10.0, 10.0)
    expected = effective_bits(CROSSBAR, [8], [0.0, 10.0], vectors=50)["effective_bits"]
    for method in ("linear", "nonlinear"):
        found = effective_bits(wired, [8], [0.0, 10.0], vectors=50, method=method)["effective_bits"]
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_the_exact_products_are_of_the_cells_that_the_method_has():
    """Without wires the converters alone err, of ohmic cells as of bent ones."""
    bent = Crossbar(DeviceCells.of(StanfordRRAM(), (4, 3)))
    for method in ("linear", "nonlinear"):
        found = effective_bits(bent, [6], [0.0], method=method, vectors=100, bandwidth=1e5)
        assert found["effective_bits"].item() == pytest.approx(6, abs=0.4)


def test_noise_of_a_wide_band_costs_bits():
    slow, fast = (
        effective_bits(CROSSBAR, [12], [0.0], bandwidth=width, vectors=100)["effective_bits"].item()
        for width in (1e6, 1e9)
    )
    # White noise: half a bit for each factor of two, where it is most of the error.
    faster = effective_bits(CROSSBAR, [12], [0.0], bandwidth=4e9, vectors=100)["effective_bits"].item()
    assert slow > fast + 1 and fast - faster == pytest.approx(1.0, abs=0.1)


def test_the_error_of_open_cells_is_the_binomial_one():
    """p (1 - p) sum (G V)^2 + p^2 (sum G V)^2, averaged over maps and lines."""
    volts = np.random.default_rng(2).uniform(0, 0.1, 32)
    table = fault_errors(CROSSBAR, volts, [0.02, 0.2], on_conductance=1e-4, maps=400, seed=3)
    each = MATRIX * volts[:, np.newaxis]
    for row in table.to_dict("records"):
        p = row["rate"]
        lost = -each if row["kind"] == "open" else 1e-4 * volts[:, np.newaxis] - each
        square = p * (1 - p) * (lost**2).sum(axis=0) + p**2 * lost.sum(axis=0) ** 2
        expected = np.sqrt(square.mean() / np.mean(each.sum(axis=0) ** 2))
        assert row["error"] == pytest.approx(expected, rel=0.05)


def test_energies_are_those_of_the_parts():
    periphery = Periphery.fitted(CROSSBAR, shared=4)
    codes = np.random.default_rng(2).integers(0, 256, 32)
    table = product_cost(periphery, CROSSBAR, codes)
    part = table.set_index("part")
    volts, time = periphery.dac.voltages(codes), periphery.settling_time + 4 * periphery.adc.conversion_time
    assert part.loc["array", "energy"] == pytest.approx(volts**2 @ MATRIX.sum(axis=1) * time)
    assert part.loc["word lines", "energy"] == pytest.approx(0.4e-15 * 16 * np.sum(volts**2))
    assert part.loc["ADC", "energy"] == pytest.approx(16 * 256 * 21e-15) and part.loc["ADC", "number"] == 4
    assert part.loc["TIA", "energy"] == pytest.approx(16 * 100e-6 * time)
    assert part.loc["all", "energy"] == pytest.approx(part["energy"].iloc[:-1].sum())
    assert part["share"].iloc[:-1].sum() == pytest.approx(1)
    assert table.attrs["energy_per_operation"] == pytest.approx(part.loc["all", "energy"] / (2 * 32 * 16))
    assert set(part["provenance"].iloc[:-1]) == {"derived", "assumed", "second-hand"}
    own = dataclasses.replace(periphery, adc=ADC(8, 0.0, 1.0, figure_of_merit=1e-15))
    assert product_cost(own, CROSSBAR, codes).set_index("part").loc["ADC", "provenance"] == "given"


def test_lines_are_charged_by_the_capacitances_that_the_crossbar_has():
    """C V^2 of a word line and of the cells behind it, which bit lines at virtual grounds leave its whole voltage."""
    crossbar = dataclasses.replace(
        CROSSBAR, word_line_capacitance=3e-15, bit_line_capacitance=5e-15, cell_capacitance=1e-15
    )
    codes = np.random.default_rng(2).integers(0, 256, (3, 32))
    table = product_cost(PERIPHERY_OF_ALL, crossbar, codes).set_index("part")
    squares = np.sum(PERIPHERY_OF_ALL.dac.voltages(codes) ** 2, axis=1).mean()
    assert table.loc["lines", "energy"] == pytest.approx((3e-15 + 1e-15) * 16 * squares, rel=1e-9)
    assert table.loc["lines", "provenance"] == "derived" and table.loc["lines", "number"] == 48
    with pytest.raises(ParameterError, match="has its own"):
        product_cost(PERIPHERY_OF_ALL, crossbar, codes, cell_capacitance=1e-15)


def test_figures_agree_with_those_of_cells():
    """The converter of 1 bit and the amplifier of 10 ns are the circuits that cells are counted with."""
    assert FIGURES["dac energy"].value == PERIPHERY["DAC"].energy
    assert FIGURES["tia power"].value * 1e-8 == pytest.approx(PERIPHERY["TIA"].energy)
    assert 128 * FIGURES["cell capacitance"].value == pytest.approx(PERIPHERY["driver"].energy, rel=0.03)  # at 1 V
    # One published converter of 8 bits lies within the quartiles of the survey.
    assert 4e-15 < PERIPHERY["ADC"].energy / 2**8 < 41e-15


@pytest.mark.parametrize("name", ["bits", "faults", "cost"])
def test_tables_and_figures(name, bits, tmp_path):
    table = {
        "bits": lambda: bits,
        "faults": lambda: fault_errors(CROSSBAR, np.full(32, 0.1), [0.01, 0.1], on_conductance=1e-4, maps=5),
        "cost": lambda: product_cost(Periphery.fitted(CROSSBAR), CROSSBAR, np.full(32, 100)),
    }[name]()
    again = read_table(write_table(table, tmp_path / "t.csv"))
    assert again.attrs == table.attrs and len(again) == len(table)
    assert save(plot(table), tmp_path / "t.png").stat().st_size > 10_000
    plt.close("all")


@pytest.mark.parametrize("method", ["linear", "ideal"])
def test_no_vectors_have_no_currents(method):
    assert CROSSBAR.output(np.zeros((0, 32)), method=method).shape == (0, CROSSBAR.shape[1])


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: effective_bits(CROSSBAR, [0]), "bits"),
        (lambda: effective_bits(CROSSBAR, [8], [-1.0]), "not be negative"),
        (lambda: effective_bits(CROSSBAR, [8], vectors=2), "vectors"),
        (lambda: effective_bits(MATRIX), "crossbar"),
        (lambda: fault_errors(CROSSBAR, np.full(32, 0.1), [0.0], on_conductance=1.0), "rate"),
        (lambda: fault_errors(CROSSBAR, np.zeros((0, 32)), on_conductance=1.0), "at least one vector"),
        (lambda: fault_errors(CROSSBAR, np.zeros(32), on_conductance=1.0), "all currents"),
        (lambda: fault_errors(CROSSBAR, np.full(32, 0.1), on_conductance=1.0, maps=1), "maps"),
        (lambda: product_cost(None, CROSSBAR, np.full(32, 1)), "periphery"),
        (lambda: effective_bits(CROSSBAR, []), "bits"),
        (lambda: effective_bits(CROSSBAR, [8], method="ideal"), "knows no wires"),
        (
            lambda: product_cost(PERIPHERY_OF_ALL, CROSSBAR, np.zeros((0, 32), int)),
            r"\(32,\), or \(K, 32\) .* \(0, 32\)",
        ),
        (lambda: product_cost(PERIPHERY_OF_ALL, CROSSBAR, np.full(31, 1)), r"codes must have the shape \(32,\)"),
        (lambda: product_cost(PERIPHERY_OF_ALL, CROSSBAR, np.zeros((1, 1, 32), int)), "codes must have the shape"),
        (lambda: product_cost(PERIPHERY_OF_ALL, CROSSBAR, np.full(32, 1), cell_capacitance=-1.0), "cell_capacitance"),
        (lambda: product_cost(PERIPHERY_OF_ALL, CROSSBAR, np.full(32, 1), cell_capacitance=np.nan), "cell_capacitance"),
    ],
)
def test_what_makes_no_sense_is_refused(call, says):
    with pytest.raises(ParameterError, match=says):
        call()
