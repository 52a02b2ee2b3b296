"""The command that shows and clears the cache."""

from __future__ import annotations

from typer.testing import CliRunner

from synaspice.devices.core.cache import cache_contents, cache_folder
from synaspice.figures.command_line.commands import app


def test_the_cache_is_shown_and_cleared_and_nothing_else_is(monkeypatch, tmp_path):
    root = tmp_path / "cache"
    monkeypatch.setenv("SYNASPICE_CACHE", str(root))
    cache_folder.cache_clear()
    (cache_folder("kernels") / "one.py").write_bytes(b"x" * 1000)
    built = root / "ngspice-osdi"
    (built / "bin").mkdir(parents=True)
    (built / "bin" / "ngspice").write_bytes(b"z" * 500)
    (built / ".built-by-synaspice").write_text("./bin/ngspice\n./../mine.txt\n")
    foreign = [root / "mine.txt", root / "native" / "old" / "mine.c", built / "lib" / "mine.so"]
    for file in foreign:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("mine")
    assert cache_contents() == {"kernels": (1, 1000), "ngspice-osdi": (2, 504)}
    shown = CliRunner().invoke(app, ["cache"])
    assert shown.exit_code == 0 and str(root) in shown.stdout and "kernels" in shown.stdout
    assert "unused for 90 days" in shown.stdout
    assert (cache_folder("kernels") / "one.py").exists()
    assert CliRunner().invoke(app, ["cache", "--clear"]).exit_code == 0
    assert sorted(path for path in root.rglob("*") if path.is_file()) == sorted(foreign)
    for file in foreign:
        file.unlink()
    for folder in (built / "lib", built, root / "native" / "old"):
        folder.rmdir()
    (cache_folder("native") / "two.osdi").write_bytes(b"y")
    assert CliRunner().invoke(app, ["cache", "--clear"]).exit_code == 0
    assert not root.exists()
    assert "empty" in CliRunner().invoke(app, ["cache"]).stdout
    cache_folder.cache_clear()
