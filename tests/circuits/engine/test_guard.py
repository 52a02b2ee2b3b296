"""A run of ngspice ends with its caller, however that ends, and its folder goes with it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from synaspice.circuits.engine.ngspice import NgspiceError, OperatingPoint, run
from synaspice.circuits.engine.process import run_guarded
from synaspice.devices.core import scratch
from synaspice.devices.language.errors import ParameterError

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes of Unix")

#: A job that starts another one, says the numbers of both, and does not end.
ENDLESS = """
import os, subprocess, sys, time
other = subprocess.Popen(["sleep", "100"])
print(os.getpid(), other.pid, os.getppid(), file=open(sys.argv[1], "w"), flush=True)
time.sleep(100)
"""


def processes(folder):
    """The numbers of the job, of what it started and of its guard."""
    return wait_for(lambda: [int(word) for word in (folder / "numbers").read_text().split()] or None)


def wait_for(look, limit=10.0):
    end = time.monotonic() + limit
    while time.monotonic() < end:
        try:
            found = look()
        except OSError:
            found = None
        if found:
            return found
        time.sleep(0.02)
    raise AssertionError("did not come")


def is_running(process):
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return os.path.isdir("/proc/self") is False and scratch.is_alive(process)


@pytest.fixture
def job(tmp_path):
    script = tmp_path / "endless.py"
    script.write_text(ENDLESS)
    return [str(script), str(tmp_path / "numbers")]


CALLER = """
import sys
from pathlib import Path
from synaspice.circuits.engine.process import run_guarded
from synaspice.devices.core.scratch import scratch_folder
with scratch_folder() as folder:
    Path(sys.argv[1]).write_text(str(folder))
    run_guarded(sys.argv[2:], folder, folder, 60.0)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_caller_that_is_ended_leaves_nothing_behind(number, job, tmp_path):
    caller = subprocess.Popen([sys.executable, "-c", CALLER, str(tmp_path / "folder"), *job], stderr=subprocess.PIPE)
    running = processes(tmp_path)
    folder = Path((tmp_path / "folder").read_text())
    assert folder.is_dir() and all(map(is_running, running))
    caller.send_signal(number)
    caller.communicate()
    wait_for(lambda: not any(map(is_running, running)), 30.0)
    wait_for(lambda: not folder.exists(), 30.0)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help")
def test_a_guard_that_is_killed_takes_its_job_with_it(job, tmp_path):
    caller = subprocess.Popen([sys.executable, "-c", CALLER, str(tmp_path / "folder"), *job])
    own, other, guard = processes(tmp_path)
    os.kill(guard, signal.SIGKILL)
    wait_for(lambda: not is_running(own), 30.0)
    os.kill(other, signal.SIGKILL)  # which nobody is left to end
    caller.communicate()


def test_the_time_limit_ends_the_job_and_all_that_it_started(job, tmp_path):
    assert run_guarded(job, tmp_path, tmp_path, 0.7) is None
    assert (tmp_path / "stopped").exists()
    wait_for(lambda: not any(map(is_running, processes(tmp_path))), 2.0)


def test_a_job_that_ends_leaves_nothing_running(tmp_path):
    script = tmp_path / "short.py"
    script.write_text(ENDLESS.replace("time.sleep(100)\n", "print('done')"))
    ended = run_guarded([str(script), str(tmp_path / "numbers")], tmp_path, tmp_path, 10.0)
    assert ended.returncode == 0 and ended.stdout == "done\n"
    wait_for(lambda: not any(map(is_running, processes(tmp_path))), 2.0)


@pytest.mark.parametrize(("words", "status"), [("os._exit(7)", 7), ("os.kill(os.getpid(), 11)", -11), ("1/0", 1)])
def test_the_end_of_a_job_is_told_as_it_was(words, status, tmp_path):
    script = tmp_path / "ends.py"
    script.write_text(f"import os\n{words}\n")
    assert run_guarded([str(script)], tmp_path, tmp_path, 10.0).returncode == status


@pytest.mark.ngspice
def test_a_run_leaves_no_folder_also_if_it_fails(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))
    with pytest.raises(NgspiceError, match="could not carry out 'op'"):
        run("* t\nV1 a 0 1\nD1 a 0 nomodel\n", OperatingPoint())
    with pytest.raises(NgspiceError, match="did not finish"):
        run("* t\nV1 a 0 1\n.control\nwhile 1\nend\n.endc\n", OperatingPoint(), control=True, time_limit=1.0)
    assert not list(tmp_path.iterdir())


@pytest.mark.ngspice
def test_the_folder_for_temporary_files_may_be_relative(tmp_path, monkeypatch):
    """As with TMPDIR=. in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(scratch.tempfile, "tempdir", ".")
    assert run("* t\nV1 a 0 1\nR1 a 0 1\n", OperatingPoint())["v(a)"][0] == 1.0
    assert not list(tmp_path.iterdir())


@pytest.mark.ngspice
def test_a_current_folder_that_is_gone_is_told(tmp_path, monkeypatch):
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    with pytest.raises(ParameterError, match="the current folder has been removed: change into another"):
        run("* t\nV1 a 0 1\nR1 a 0 1\n", OperatingPoint())


def test_folders_of_processes_that_are_gone_are_removed_and_no_others(tmp_path, monkeypatch):
    monkeypatch.setattr(scratch.tempfile, "tempdir", str(tmp_path))
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    with scratch.scratch_folder() as mine:
        assert mine.stat().st_mode & 0o777 == 0o700
        left = tmp_path / f"{scratch._prefix()}{gone.pid}-abc"
        left.mkdir()
        (left / "log.txt").write_text("half")
        elsewhere = tmp_path / f"synaspice-00000000-{gone.pid}-abc"  # of another machine
        elsewhere.mkdir()
        link = tmp_path / f"{scratch._prefix()}{gone.pid}-link"
        link.symlink_to(elsewhere)
        assert scratch.remove_abandoned() == [left]
        assert mine.is_dir() and elsewhere.is_dir() and link.is_symlink() and not left.exists()
    assert not mine.exists()


@pytest.mark.ngspice
def test_a_time_limit_may_be_longer_than_clocks_can_wait():
    found = run("* a source\nV1 a 0 1\nR1 a 0 1", OperatingPoint(), time_limit=1e300)
    assert found["v(a)"].item() == pytest.approx(1.0)
