"""The command that shows and clears the cache."""

from __future__ import annotations

from typer.testing import CliRunner

from synaspice.devices.core.cache import cache_contents, cache_folder
from synaspice.figures.command_line.main import app


def test_the_cache_is_shown_and_cleared_and_nothing_else_is(monkeypatch, tmp_path):
    monkeypatch.setenv("SYNASPICE_CACHE", str(tmp_path / "cache"))
    cache_folder.cache_clear()
    (cache_folder("kernels") / "one.py").write_bytes(b"x" * 1000)
    foreign = tmp_path / "cache" / "mine.txt"
    foreign.write_text("mine")
    assert cache_contents() == {"kernels": (1, 1000)}
    shown = CliRunner().invoke(app, ["cache"])
    assert shown.exit_code == 0 and str(tmp_path / "cache") in shown.stdout and "kernels" in shown.stdout
    assert "unused for 90 days" in shown.stdout
    assert (cache_folder("kernels") / "one.py").exists()
    assert CliRunner().invoke(app, ["cache", "--clear"]).exit_code == 0
    assert list((tmp_path / "cache").iterdir()) == [foreign] and foreign.read_text() == "mine"
    foreign.unlink()
    (cache_folder("native") / "two.osdi").write_bytes(b"y")
    assert CliRunner().invoke(app, ["cache", "--clear"]).exit_code == 0
    assert not (tmp_path / "cache").exists()
    assert "empty" in CliRunner().invoke(app, ["cache"]).stdout
    cache_folder.cache_clear()
