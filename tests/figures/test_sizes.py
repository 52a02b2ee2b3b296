"""Title and size of a figure: panels that can be read, or a refusal that says what would do."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from shell import synaspice

from synaspice.characterization import iv, write_table
from synaspice.devices import MTJ
from synaspice.devices.language.errors import ParameterError
from synaspice.figures import plot, save
from synaspice.figures.sizes import NARROWEST, arrangement


@pytest.fixture(scope="module")
def table():
    return iv(MTJ(), np.linspace(-0.5, 0.5, 11))


def boxes(figure):
    """Left, bottom, width and height of the panels [in], as they are drawn."""
    figure.draw_without_rendering()
    size = figure.get_size_inches()
    return [np.concatenate([axes.get_position().min * size, axes.get_position().size * size]) for axes in figure.axes]


def test_panels_stand_side_by_side_where_there_is_room(table):
    figure = plot(table, figsize=(7.0, 2.5))
    assert tuple(figure.get_size_inches()) == (7.0, 2.5)
    found = boxes(figure)
    assert len({round(box[1], 3) for box in found}) == 1 and len({round(box[0], 1) for box in found}) == 3


def test_in_a_column_of_a_journal_panels_stand_one_above_the_other(table):
    """At 3.4 inches, three panels side by side would have an inch each."""
    found = boxes(plot(table, figsize=3.4))
    assert len({round(box[1], 1) for box in found}) == 3
    assert all(box[2] > 2.0 and box[3] > 1.2 for box in found)


def test_letters_keep_their_size(table):
    sizes = {plot(table, figsize=size).axes[0].xaxis.label.get_size() for size in (None, 3.4, (7.0, 3.0))}
    assert len(sizes) == 1


def test_what_cannot_be_read_is_refused_with_what_would_do(table):
    with pytest.raises(ParameterError, match=r"iv has 3 panels.* 3.4 x 2.6 in: give it 4.3 in of height") as refused:
        plot(table, figsize=(3.4, 2.6))
    assert "only the width" in str(refused.value)
    assert plot(table, figsize=(3.4, 4.3)).get_figheight() == 4.3
    with pytest.raises(ParameterError, match=f"{NARROWEST:g} in at least"):
        plot(table, figsize=1.0)
    for wrong in ((3.4, 0.0), (1.0, 2.0, 3.0), float("nan"), "wide"):
        with pytest.raises(ParameterError):
            plot(table, figsize=wrong)
    with pytest.raises(ParameterError, match="a figure of its own"):
        plot(table, ax=plot(table).axes, title="mine")


def test_waveforms_stand_above_what_follows_from_them_where_it_is_narrow():
    assert arrangement((7.0, 5.0), "a cell", 2, waves=4).beside
    narrow = arrangement(3.4, "a cell", 2, waves=4)
    assert not narrow.beside and narrow.height > arrangement(7.0, "a cell", 2, waves=4).height


def test_a_title_of_ones_own(table):
    assert plot(table, title="Pillar A7").get_suptitle() == "Pillar A7"
    assert plot(table, title="").get_suptitle() == ""


@pytest.mark.parametrize(
    ("title", "message"),
    [
        (r"$\foo$", r"no formula .* write \\\$ for a dollar sign"),
        ("a\0b", "no letters"),
        ("a \ud800", "no letters"),
        (5, "title must be a text, not 5"),
        (b"A7", "title must be a text"),
        ("word " * 300, "14 lines, and a figure of 7 x 2 in has room for 5"),
    ],
)
def test_a_title_that_cannot_be_drawn_is_refused_before_it_is_drawn(table, title, message):
    with pytest.raises(ParameterError, match=message):
        plot(table, title=title, figsize=(7.0, 2.0))


@pytest.mark.parametrize("title", [r"$\Delta$ = 40", "5 $ and _ % \\ ^ {", r"\$5 and \$6", "a\nb", "two\tcolumns"])
def test_a_title_of_any_letters_is_drawn(table, title, tmp_path):
    save(plot(table, title=title), tmp_path / "titled.svg")


def test_a_formula_of_a_title_stays_in_one_line(table):
    formula = r"$J_c = \alpha - \beta - \gamma + x + y$"
    found = plot(table, title=f"{'word ' * 9}{formula} {'word ' * 9}", figsize=3.4).get_suptitle().splitlines()
    assert len(found) > 1 and sum(formula in line for line in found) == 1


def test_a_name_in_the_legend_with_a_formula_that_cannot_be_drawn_is_refused(table):
    with pytest.raises(ParameterError, match="label: .*no formula"):
        plot(table, label=r"$\foo$")
    assert "300" in plot(table, label=300).axes[0].get_legend().get_texts()[0].get_text()


def test_a_title_of_a_preset_is_drawn_whatever_it_says(table, tmp_path):
    odd = table.copy()
    odd.attrs = {**table.attrs, "title": r"Device $\foo$ " + 400 * "word "}
    figure = plot(odd)
    save(figure, tmp_path / "titled.svg")
    assert r"\$\foo\$" in figure.get_suptitle() and figure.get_suptitle().endswith(" ...")


@pytest.mark.parametrize("size", [1e9, 1e308, (6.0, 1e5), 61.0])
def test_a_figure_beyond_any_poster_is_refused(table, size):
    with pytest.raises(ParameterError, match="figsize: a side of .* in is too long: 60 in at most"):
        plot(table, figsize=size)


def test_what_is_no_size_is_told_in_inches(table):
    with pytest.raises(ParameterError, match="figsize must be numbers in inches, not '8cm'"):
        plot(table, figsize="8cm")


def test_title_and_size_are_refused_before_anything_is_measured(tmp_path):
    for wrong, message in ((["--size", "1"], "--size: a figure 1 in wide"), (["--title", r"$\foo$"], "--title: ")):
        out = tmp_path / "iv.csv"
        refused = synaspice("characterize", "mtj", "iv", "-o", str(out), "--plot", str(tmp_path / "iv.png"), *wrong)
        assert refused.returncode == 2 and message in refused.stderr and not out.exists()


def test_title_and_size_on_the_command_line(table, tmp_path):
    given, out = tmp_path / "iv.csv", tmp_path / "iv.svg"
    write_table(table, given)
    done = synaspice("figure", str(given), "-o", str(out), "--size", "3.4", "--title", "Pillar A7")
    assert done.returncode == 0, done.stderr
    text = out.read_text()
    assert "Pillar A7" in text and f'width="{3.4 * 72:g}pt"' in text
    refused = synaspice("figure", str(given), "-o", str(out), "--size", "broad")
    assert refused.returncode == 2 and "--size takes inches" in refused.stderr
    for command in (["characterize", "mtj", "iv"], ["simulate", "inverter"], ["vary", "mtj", "iv"]):
        refused = synaspice(*command, "--size", "3.4")
        assert refused.returncode == 2 and "--plot" in refused.stderr


def test_no_bench_has_an_argument_of_the_name_of_an_option_of_the_figure():
    from synaspice.characterization.bench import BENCHES
    from synaspice.characterization.cells.bench import CELL_BENCHES

    for bench in [*BENCHES.values(), *CELL_BENCHES.values()]:
        assert not {"title", "size"} & set(bench.settings)


def test_labels_of_ticks_stand_apart_in_a_column():
    figure = plot(iv(MTJ.preset("garciaredondo2021")), figsize=3.4)
    figure.canvas.draw()
    for axes in figure.axes:
        boxes = [label.get_window_extent() for label in axes.get_xticklabels() if label.get_text()]
        assert all(one.x1 + 3 < other.x0 for one, other in itertools.pairwise(sorted(boxes, key=lambda box: box.x0)))
