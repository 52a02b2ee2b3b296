"""Some hundred cases of ``make fuzz``: no traceback, no other exit status, nothing outside the folder, nothing run."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

from synaspice.devices.core.cache import cache_root

TOOLS = Path(__file__).parents[1] / "tools"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process for each case is forked")


@pytest.fixture(scope="module")
def fuzz():
    """The tool, as a module."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNASPICE_FUZZ_CACHE", str(cache_root()))
        for name in ("fuzz_inputs", "fuzz_commands", "fuzz_netlists", "fuzz_cases", "fuzz"):
            spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
            made[name] = importlib.util.module_from_spec(spec)
            patch.setitem(sys.modules, name, made[name])
            spec.loader.exec_module(made[name])
        yield made["fuzz"]


COUNTS = {"quantities": 500, "tables": 6, "pieces": 2, "declarations": 10, "commands": 6, "runs": 6}


@pytest.mark.parametrize("kind", COUNTS)
def test_random_input_is_answered_or_refused(fuzz, kind):
    lines = []
    failed = fuzz.fuzz({kind: COUNTS[kind]}, seed=20, tell=lines.append)
    assert not failed, "\n".join(lines)
    assert lines[-1].startswith(f"{kind}: {COUNTS[kind]} cases")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["crash"], "ZeroDivisionError: division by zero"),
        (["unexpected"], "synaspice: KeyError: 'units'; "),
        (["leave"], "open of "),
        (["start"], "started 'true' by subprocess.Popen"),
        (["touch"], "executed its input"),
        (["status"], "exit status 3"),
    ],
)
def test_what_must_not_be_is_found(fuzz, words, complaint, tmp_path):
    folder = tmp_path / "cases" / "case"
    folder.mkdir(parents=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SYNASPICE_CACHE", str(tmp_path / "cache"))
        outcome = fuzz.run_case(fuzz.Case("own", words, call=misbehave), folder)
    assert outcome.fault().startswith(complaint)


def misbehave(how: str) -> None:
    """Do one of the things for which the tool looks."""
    match how:
        case "crash":
            print(1 / 0)
        case "unexpected":
            from synaspice.figures.command_line import main

            sys.exit(main._status_of(KeyError("units")))
        case "leave":
            Path("../outside").write_text("x", "utf-8")
        case "start":
            import subprocess

            subprocess.run(["true"], check=True)
        case "touch":
            Path("pwned").touch()
        case "status":
            sys.exit(3)
