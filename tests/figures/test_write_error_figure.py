"""The figure of write errors compares methods only where there are several."""

from __future__ import annotations

import pytest

from synaspice.characterization.bench import BENCHES
from synaspice.devices import MTJ
from synaspice.figures import plot


@pytest.mark.parametrize(("methods", "panels"), [(["fokker-planck"], 1), (["fokker-planck", "closed-form"], 2)])
def test_one_method_has_no_panel_of_ratios(methods, panels):
    widths = [2e-9, 5e-9, 8e-9]
    table = BENCHES["write-error"](MTJ.preset("ikeda2010"), overdrive=[2.0, 3.0], width=widths, methods=methods)
    figure = plot(table)
    assert len(figure.get_axes()) == panels
    assert all(any(len(line.get_xdata()) > 1 for line in axes.get_lines()) for axes in figure.get_axes())
