"""The main job, on two devices of it."""

from __future__ import annotations

import pandas as pd
import pytest

from synaspice.figures import gallery


@pytest.mark.ngspice
@pytest.mark.slow
def test_a_gallery_has_tables_figures_netlists_and_their_results(tmp_path, monkeypatch, capsys):
    chosen = [e for e in gallery.entries() if (e.model, e.preset) in {("vteam", "talati2016"), ("mtj", "song2018")}]
    monkeypatch.setattr(gallery, "entries", lambda: chosen)
    summary = gallery.make_gallery(tmp_path, processes=1)
    assert len(summary) == len(chosen) == 2
    for stem in ("vteam-talati2016", "mtj-song2018"):
        for name in ("figures/{}-iv.png", "tables/{}-hysteresis.csv", "tables/{}-iv.parquet", "netlists/{}.sub"):
            assert (tmp_path / name.format(stem)).stat().st_size > 100
    assert (tmp_path / "figures" / "mtj-song2018-field-loop.png").exists()
    # ngspice's last state is the numeric engine's, at the accuracy of its default tolerances
    states = [name.removesuffix("_ngspice") for name in summary.columns if name.endswith("_ngspice")]
    for name in states:
        both = summary[[f"{name}_ngspice", f"{name}_numeric"]].dropna()
        assert (both.iloc[:, 0] - both.iloc[:, 1]).abs().max() < 2e-2
    assert len(pd.read_csv(tmp_path / "summary.csv")) == 2
    assert "2 devices in" in capsys.readouterr().err


def test_only_figures_go_straight_into_the_folder(tmp_path, monkeypatch):
    chosen = [e for e in gallery.entries() if e.preset == "strukov2008"]
    monkeypatch.setattr(gallery, "entries", lambda: chosen)
    gallery.make_gallery(tmp_path, tables=False, netlists=False, processes=1)
    assert {path.suffix for path in tmp_path.iterdir()} == {".png"}
