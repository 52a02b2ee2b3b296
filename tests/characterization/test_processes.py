"""Processes that compute end with the one that started them, and their end is told in a line."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import joblib
import pytest
from fault_trials import fault_table
from piecework import die_once, hears_interrupts, leave_the_range, square

from synaspice.characterization.processes import in_processes
from synaspice.characterization.resumable import compute_pieces
from synaspice.devices import SimulationError, ValidityWarning
from synaspice.devices.simulation.numerics import threads

PROGRAM = """
import time, joblib
from synaspice.characterization.processes import in_processes
with joblib.parallel_config(n_jobs=2):
    for _ in in_processes(time.sleep, [(0.0,), (0.0,), (100.0,), (100.0,)]):
        print("begun", flush=True)
"""


def test_no_process_outlives_the_one_that_started_it():
    mark = f"test-{os.getpid()}"
    environment = os.environ | {fault_table.MARK: mark}
    with subprocess.Popen([sys.executable, "-c", PROGRAM], env=environment, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        run.stdout.readline()
        assert len([*fault_table.marked(mark)]) > 2
        run.send_signal(signal.SIGKILL)
        run.wait()
        killed = time.monotonic()
        while left := [*fault_table.marked(mark)]:
            if time.monotonic() > killed + 8:  # two seconds, on a machine that has nothing else to do
                for process in left:
                    os.kill(process, signal.SIGKILL)
                pytest.fail(f"{len(left)} processes are left")
            time.sleep(0.02)


def test_processes_hear_no_interrupts_and_a_killed_one_is_told_and_the_work_can_be_resumed(tmp_path):
    with joblib.parallel_config(n_jobs=2):
        assert set(in_processes(hears_interrupts, [()] * 4)) == {(False, False)}
    assert hears_interrupts() == (True, True)
    pieces = [{"number": float(k), "once": str(tmp_path / "once")} for k in range(4)]
    with (
        joblib.parallel_config(n_jobs=2),
        pytest.raises(SimulationError, match=r"was killed.*is kept in '.*f'; run it again with the same checkpoint"),
    ):
        list(compute_pieces(die_once, pieces, description={}, checkpoint=tmp_path / "f"))
    found = compute_pieces(die_once, pieces, description={}, checkpoint=tmp_path / "f")
    assert [float(result["square"]) for result in found] == [0, 1, 4, 9]


def test_who_stops_taking_results_is_not_warned_and_leaves_nothing_running():
    with joblib.parallel_config("threading", n_jobs=2):
        results = in_processes(square, [(float(k),) for k in range(50)])
        assert next(results)["square"] == 0
        results.close()


def test_work_is_given_up_at_once_where_no_program_lists_processes():
    """Joblib asks pgrep for them, which small systems do not have, unless psutil is installed."""
    program = PROGRAM.replace('print("begun", flush=True)', 'raise SystemExit("given up")')
    run = subprocess.run(
        [sys.executable, "-c", program], env=os.environ | {"PATH": ""}, capture_output=True, text=True, timeout=60
    )
    assert (run.stdout, run.stderr, run.returncode) == ("", "given up\n", 1)


@pytest.mark.parametrize("processes", [1, 2])
def test_warnings_of_other_processes_are_those_of_this_one(processes):
    with pytest.warns(ValidityWarning, match="7 is out of range"):
        assert list(in_processes(leave_the_range, [(7,), (7,)], processes=processes)) == [7, 7]


def test_threads_of_an_ensemble_stop_when_nobody_wants_the_rest():
    def task(first, count):
        while first:
            threads.heed_stop()
            time.sleep(0.001)
        return first

    begun = time.monotonic()
    results = threads.in_chunks(range(8), task, size=1, threads=2)
    assert next(results) == 0
    results.close()
    assert time.monotonic() - begun < 5


def test_the_fault_table_covers_every_resumable_bench_and_finds_the_same_table(tmp_path, monkeypatch):
    """One row of it: killed after the first of four pieces, and resumed."""
    arguments = fault_table.cases()["velocity"]
    assert fault_table.run([*fault_table.measuring(arguments), "-o", str(tmp_path / "whole.csv")]) == 0
    whole = (tmp_path / "whole.csv").read_bytes()
    made: list[Path] = []
    make = fault_table.tempfile.mkdtemp
    monkeypatch.setattr(
        fault_table.tempfile, "mkdtemp", lambda **rest: made.append(Path(make(**rest))) or str(made[-1])
    )
    found = fault_table.trial(
        arguments, "serial", signal.SIGKILL, lambda: any((made[-1] / "kept").glob("piece*")), whole
    )
    left = (found.processes, found.files, found.tracebacks)
    assert (found.status, left, found.same) == (-signal.SIGKILL, (0, 0, 0), True)
