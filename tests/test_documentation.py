"""The tool behind ``make docs`` keeps what has not changed and makes the rest again; failures end what needs them."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.append(str(ROOT / "tools"))

import documentation  # noqa: E402
from documentation import Step  # noqa: E402

#: A command that copies a file, adds a line, and counts how often it ran.
COPY = """
import pathlib, sys
source, target = map(pathlib.Path, sys.argv[1:])
target.write_text(source.read_text() + "more")
with open(target.name + ".count", "a") as count:
    count.write("x")
"""


@pytest.fixture
def steps(tmp_path, monkeypatch):
    """Two steps in a folder, of which the second needs what the first makes."""
    monkeypatch.setattr(documentation, "ROOT", tmp_path)
    monkeypatch.setattr(documentation, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(documentation, "environment", lambda: "here")
    (tmp_path / "kept").mkdir()
    (tmp_path / "copy.py").write_text(COPY)
    (tmp_path / "source").write_text("text")
    (tmp_path / "devices").mkdir()
    found = {
        "first": Step(("python", "copy.py", "source", "one"), ("one",), ("source",)),
        "second": Step(("python", "copy.py", "one", "two"), ("two",), needs=("first",), stale=("cache",)),
    }
    monkeypatch.setattr(documentation, "STEPS", found)
    return tmp_path


def made(folder, *names, force=False):
    """Names of the steps that were made, and of those that failed or were left out."""
    record = documentation.Record(folder / "kept" / "finished.json")
    spent = documentation.make(names or documentation.STEPS, record, force=force)
    done = {name for name, each in spent.items() if not each.kept and not each.status}
    return done, set(documentation.STEPS) - {name for name, each in spent.items() if not each.status}


def test_what_has_not_changed_is_kept(steps):
    assert made(steps) == ({"first", "second"}, set())
    assert (steps / "two").read_text() == "textmoremore"
    assert made(steps) == (set(), set())
    assert made(steps, force=True) == ({"first", "second"}, set())
    assert (steps / "one.count").read_text() == "xx"


@pytest.mark.parametrize(
    ("file", "again"),
    [
        ("source", {"first", "second"}),
        ("one", {"first"}),  # somebody wrote into what was made: it becomes what it was
        ("two", {"second"}),
        ("devices/law.py", {"first", "second"}),
    ],
)
def test_what_has_changed_is_made_again(steps, file, again):
    made(steps)
    (steps / file).write_text("other")
    assert made(steps) == (again, set())
    assert made(steps) == (set(), set())


def test_what_is_not_there_is_made_again(steps):
    made(steps)
    (steps / "two").unlink()
    assert made(steps, "second") == ({"second"}, set())


def test_a_failure_ends_what_needs_it_and_is_tried_again(steps, capsys):
    (steps / "source").unlink()
    assert made(steps) == (set(), {"first", "second"})
    told = capsys.readouterr().out
    assert "first        FAILED, status 1" in told and "second       left out" in told
    assert "FileNotFoundError" in (steps / "kept" / "first.log").read_text()
    (steps / "source").write_text("text")
    assert made(steps) == ({"first", "second"}, set())


def test_results_of_other_code_are_removed_and_others_stay(steps):
    (steps / "cache").mkdir()
    made(steps)
    (steps / "cache").mkdir()
    (steps / "source").write_text("other")
    made(steps)
    assert (steps / "cache").is_dir()
    (steps / "devices" / "law.py").write_text("law")
    made(steps)
    assert not (steps / "cache").exists()


def test_processors_time_is_told(steps):
    (steps / "copy.py").write_text("import pathlib\nsum(range(10**7))\npathlib.Path('one').write_text('x')")
    record = documentation.Record(steps / "kept" / "finished.json")
    assert documentation.make(["first"], record, force=False)["first"].processor > 0


def test_every_step_runs_a_tool_that_is_there_and_comes_after_what_it_needs():
    seen = set()
    for name, step in documentation.STEPS.items():
        assert set(step.needs) <= seen
        assert all((ROOT / word).is_file() for word in step.command if word.startswith("tools/"))
        seen.add(name)
    assert documentation.with_needs(["devices"]) == ["pictures", "agreement", "devices"]
