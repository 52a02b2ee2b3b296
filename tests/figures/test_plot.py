"""Figures of their own, and into given axes: overlays, labels, units, notebooks, titles."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from shell import synaspice

from synaspice.characterization import amplitude, hysteresis, iv, noise
from synaspice.devices import MTJ, VTEAM, LinearIonDrift
from synaspice.devices.catalog import models
from synaspice.devices.core.metadata import described_table
from synaspice.devices.language.errors import ParameterError
from synaspice.figures import plot, save
from synaspice.figures.drawing import drawing_of
from synaspice.figures.style import label_logarithmic_axes, words


def loop(size: float, unit: str = "V") -> pd.DataFrame:
    """A table of a hysteresis bench of a memristor whose current has a size."""
    time = np.linspace(0.0, 1.0, 101)
    drive = np.sin(2 * np.pi * time)
    columns = {
        "cycle": (0 * time, "1", ""),
        "time": (time, "s", ""),
        "voltage": (drive, unit, ""),
        "current": (size * drive * (1 + 0.3 * np.cos(2 * np.pi * time)), "A", ""),
        "x": (0.5 - 0.5 * np.cos(2 * np.pi * time), "1", ""),
    }
    about = {"bench": "hysteresis", "device": "vteam", "swept": "voltage", "waveform": "sine", "period": 1.0}
    return described_table(columns, **about, amplitude=1.0)


@pytest.fixture(scope="module")
def junctions():
    return [iv(MTJ.preset(name), np.linspace(-1, 1, 21)) for name in ("ikeda2010", "kang2017")]


def test_two_tables_share_axes(junctions):
    axes = Figure().subplots(1, 3)
    for name, table in zip(("Ikeda", "Kang"), junctions, strict=True):
        assert plot(table, ax=axes, label=name) == list(axes)
    names = [text.get_text() for text in axes[0].get_legend().get_texts()]
    assert names == ["Ikeda, parallel", "Ikeda, antiparallel", "Kang, parallel", "Kang, antiparallel"]
    colours = [to_hex(line.get_color()) for line in axes[0].lines]
    assert len(set(colours)) == 4
    # The same unit as at first: the second junction's hundred thousand ohm are 100 kilohm.
    assert [one.get_ylabel() for one in axes] == ["Current (µA)", "Resistance (kΩ)", "TMR (%)"]
    shown = np.asarray(axes[1].lines[2].get_ydata())
    np.testing.assert_allclose(shown, junctions[1]["resistance"][junctions[1]["state"] == "parallel"] / 1e3)


def test_a_junction_shows_its_current_and_current_density(junctions):
    """An I-V curve is the current against the voltage; the axis on the right is the current over the area."""
    table = junctions[0]
    left = plot(table).axes[0]
    up = table[table["state"] == "antiparallel"]
    np.testing.assert_allclose(left.lines[1].get_xdata(), up["voltage"])
    np.testing.assert_allclose(left.lines[1].get_ydata(), 1e6 * up["current"])
    (second,) = left.child_axes
    assert second.get_ylabel() == "Current density (MA/cm²)"
    area = MTJ.preset("ikeda2010").area
    assert second._functions[0](100.0) == pytest.approx(100e-6 / area * 1e-10)


def test_a_constant_resistance_is_a_number():
    """A panel of R(V) / R(0) = 1 would say nothing: its value stands beside the curve."""
    (axes,) = plot(iv(VTEAM(resistance_on=50.0, resistance_off=1e3))).axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["on, 50 Ω", "off, 1 kΩ"]
    assert axes.get_ylabel() == "|I| (mA)" and axes.get_yscale() == "log"


def test_what_is_drawn_later_keeps_the_unit_of_the_axes():
    left, right = plot(loop(2e-3)).axes
    assert left.get_ylabel() == "Current (mA)"
    plot(loop(2e-6), ax=[left, right], label="small")
    assert left.get_ylabel() == "Current (mA)"
    assert np.nanmax(np.abs(left.lines[-1].get_ydata())) == pytest.approx(2e-3, rel=0.2)
    explicit = [to_hex(line.get_color()) for line in left.lines]
    assert len(set(explicit)) == 4, "colours that a figure names give way too"


def test_other_quantities_are_refused_and_leave_no_trace(junctions):
    axes = plot(junctions[0]).axes
    before = [len(one.lines) for one in axes]
    with pytest.raises(ParameterError, match=r"the axes show 'Voltage \(V\)', and the table has 'Voltage \(A\)'"):
        plot(loop(1e-3, "A"), ax=axes[:2])
    assert [len(one.lines) for one in axes] == before


def test_a_refused_table_changes_nothing(junctions):
    figure = Figure()
    given = [*figure.subplots(1, 3)]
    plot(junctions[0], ax=given, label="a")

    def shown():
        return [
            (
                axes.get_xlabel(), axes.get_ylabel(), axes.get_yscale(), axes.get_ylim(), len(axes.lines),
                [text.get_text() for text in axes.get_legend().get_texts()],
            )
            for axes in given
        ]  # fmt: skip

    before = shown()
    with pytest.raises(ParameterError, match="cannot share axes"):
        plot(iv(MTJ(), states={"up": {}, "down": {"initial_polar_angle": 2.0}}), ax=given)
    assert shown() == before
    plot(junctions[1], ax=given, label="b")


def test_the_number_of_axes_is_told(junctions):
    with pytest.raises(ParameterError, match="iv needs a sequence of 3 axes, or a SubFigure, and was given 1 axes"):
        plot(junctions[0], ax=Figure().subplots())
    with pytest.raises(ParameterError, match="one of them twice"):
        plot(junctions[0], ax=[Figure().subplots()] * 3)
    with pytest.raises(ParameterError, match="was given str"):
        plot(junctions[0], ax=["left", "right"])


def test_a_part_of_a_figure_gets_its_axes(junctions):
    upper, lower = Figure().subfigures(2, 1)
    for part, table in zip((upper, lower), junctions, strict=True):
        assert plot(table, ax=part) == part.axes and len(part.axes) == 3
    assert len(plot(junctions[0], ax=upper)[0].lines) == 4, "the axes that it has"


def test_a_figure_shows_itself_in_a_notebook(junctions):
    figure = plot(junctions[0])
    picture, size = figure._repr_png_()
    assert picture.startswith(b"\x89PNG") and size["width"] > size["height"] > 100
    # What IPython asks of an object before, it must not have: Matplotlib's own HTML is of windows.
    assert figure._repr_html_() is None


def test_colours_do_not_depend_on_the_style_in_which_a_figure_is_saved(junctions, tmp_path):
    colours = {to_hex(line.get_color()) for line in plot(loop(1e-3)).axes[0].lines}
    assert colours == {"#0072b2", "#d55e00"}
    assert save(plot(junctions[0]), tmp_path / "iv.png").stat().st_size > 10_000


def test_titles_are_words(junctions):
    assert plot(junctions[0]).get_suptitle().startswith("Perpendicular tunnel junction (Ikeda 2010), 27 °C\n")
    kim = MTJ.preset("kim2015-inplane-130x65")
    assert kim.title == "In-plane tunnel junction"
    assert kim.provenance.short_citation == "Kim 2015, inplane 130x65"
    assert MTJ.preset("garciaredondo2021").provenance.short_citation == "Garcia-Redondo 2021"
    assert MTJ.preset("kiselev2003-like").provenance.short_citation == "like Kiselev 2003"
    assert VTEAM().title == "VTEAM memristor"
    assert [words(name) for name in ("mtj-bit-cell", "p-bit", "axon-hillock")] == [
        "MTJ bit cell",
        "p-bit",
        "Axon hillock",
    ]


def test_the_last_cycle_is_drawn():
    table = hysteresis(LinearIonDrift.preset("joglekar2009-p1"), cycles=2, points=101)
    left, right = plot(table).axes
    assert right.lines[0].get_xdata()[0] == 0 and len(right.lines[0].get_xdata()) == 101
    voltage = left.lines[0].get_xdata()
    assert voltage[0] == pytest.approx(0, abs=1e-6) and voltage[-1] == pytest.approx(0, abs=1e-6), "it closes"
    assert "sine of 126 ms, no thermal noise" in left.get_title()


@pytest.mark.parametrize("name", sorted(models()))
@pytest.mark.parametrize("bench", [iv, noise])
def test_no_panel_of_a_static_figure_is_empty(name, bench):
    """Also where there is a single state, of which nothing is left to compare."""
    try:
        table = bench(models()[name]())
    except ParameterError:
        pytest.skip("it has nothing of the kind")
    axes = plot(table).axes
    assert all(part.lines for part in axes)
    assert bench is noise or (len(axes) == 1) == (drawing_of(table).in_words(table) is not None)


def test_the_command_line_says_what_a_picture_does_not(tmp_path):
    command = ("characterize", "auto-oscillator", "iv", "--plot", "x.png")
    assert "Ohmic within 1 % up to 1 V: rest 50" in synaspice(*command, cwd=tmp_path).stderr


def test_a_device_that_rests_has_one_panel():
    table = amplitude(MTJ.preset("faria2021"), current=[-3e-5, -4e-5])
    assert drawing_of(table).in_words(table) == "At rest from -30 µA to -40 µA: nothing oscillates."
    (axes,) = plot(table).axes
    assert "threshold" in axes.get_legend_handles_labels()[1]


@pytest.mark.parametrize(("values", "labels"), [((2.0, 6.0), ["2", "5"]), ((3.1, 5.9), ["4", "5"]), ((1.0, 1e4), None)])
def test_a_logarithmic_axis_of_less_than_a_decade_has_more_than_one_label(values, labels):
    axes = Figure().subplots()
    axes.semilogy([0.0, 1.0], values)
    axes.set_ylim(*values)
    axes.minorticks_off()
    label_logarithmic_axes(axes)
    low, high = values
    found = [tick.get_text() for tick in axes.get_yticklabels() if low <= tick.get_position()[1] <= high]
    assert found == labels if labels is not None else len(found) > 1 and "mathdefault" in found[0]
