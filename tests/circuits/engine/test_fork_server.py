"""Runs are forked from a server, which is this program's alone, and whose end costs one run at most (Linux)."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from synaspice.circuits.engine import children
from synaspice.circuits.engine.process import run_guarded, run_together
from synaspice.devices.language.errors import MissingDependencyError
from tests.circuits.engine.test_guard import is_running, wait_for

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each run starts an interpreter")


def said(folder, words="os.getppid()", limit=30.0):
    """What a job prints."""
    script = folder / "job.py"
    script.write_text(f"import os, sys\nprint({words})\n")
    ended = run_guarded([str(script)], folder, folder, limit)
    assert ended is not None and ended.returncode == 0, ended
    return ended.stdout.strip()


def server_of_this_program():
    assert children._server is not None
    return children._server.process.pid


def test_jobs_have_the_environment_of_the_moment_and_none_of_the_server(tmp_path, monkeypatch):
    monkeypatch.setenv("SYNASPICE_TEST", "one")
    assert said(tmp_path, "os.environ['SYNASPICE_TEST'], 'numpy' in sys.modules") == "one True"
    monkeypatch.setenv("SYNASPICE_TEST", "two\nlines, \udce9")
    assert said(tmp_path, "ascii(os.environ['SYNASPICE_TEST'])") == r"'two\nlines, \udce9'"
    monkeypatch.delenv("SYNASPICE_TEST")
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert said(tmp_path, "[n for n in os.environ if n in ('SYNASPICE_TEST', 'OPENBLAS_NUM_THREADS')]") == "[]"


def test_jobs_hold_no_files_of_the_server_or_of_each_other(tmp_path):
    script = tmp_path / "job.py"
    script.write_text("import os, time\ntime.sleep(0.3)\nprint(sorted(map(int, os.listdir('/proc/self/fd'))))\n")
    for ended in run_together([([str(script)], tmp_path)] * 3, tmp_path, 30.0):
        # standard streams, the guard's pipe of signals, the list itself
        assert len(ended.stdout.split(",")) <= 6, ended.stdout


def test_much_is_printed_to_both_streams(tmp_path):
    script = tmp_path / "job.py"
    script.write_text("import sys\nfor _ in range(20000):\n    print('x' * 40)\n    print('é' * 9, file=sys.stderr)\n")
    ended = run_guarded([str(script)], tmp_path, tmp_path, 60.0)
    assert len(ended.stdout) == 20000 * 41 and ended.stderr == ("é" * 9 + "\n") * 20000


def test_a_server_that_was_killed_is_followed_by_another(tmp_path):
    said(tmp_path)
    first = server_of_this_program()
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: not is_running(first))
    said(tmp_path)
    assert server_of_this_program() != first


def test_a_run_whose_server_is_killed_is_told_and_leaves_nothing(tmp_path):
    said(tmp_path)
    job = tmp_path / "endless.py"
    job.write_text("import os, sys, time\nopen('there', 'w').write(str(os.getpid()))\ntime.sleep(100)\n")
    folder = tmp_path / "of-the-run"
    folder.mkdir()
    job.write_text(job.read_text().replace("'there'", repr(str(tmp_path / "there"))))
    ended = []
    run = threading.Thread(target=lambda: ended.append(run_guarded([str(job)], folder, folder, 60.0)))
    run.start()
    number = wait_for(lambda: int((tmp_path / "there").read_text()))
    os.kill(server_of_this_program(), signal.SIGKILL)
    run.join(30.0)
    assert ended[0].returncode == -signal.SIGKILL
    wait_for(lambda: not is_running(number))


def test_threads_run_at_the_same_time_each_with_its_own_result(tmp_path):
    found = {}

    def run(number):
        folder = tmp_path / str(number)
        folder.mkdir()
        found[number] = said(folder, str(number))

    threads = [threading.Thread(target=run, args=(k,)) for k in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60.0)
    assert found == {k: str(k) for k in range(12)}


def forked(folder, results):
    results.put((said(Path(folder)), server_of_this_program()))


def test_a_fork_of_this_program_has_a_server_of_its_own(tmp_path):
    said(tmp_path)
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    fork = context.Process(target=forked, args=(str(tmp_path), results))
    fork.start()
    _, other = results.get(timeout=60.0)
    fork.join(30.0)
    assert other != server_of_this_program() and is_running(server_of_this_program())
    wait_for(lambda: not is_running(other))
    said(tmp_path)


def test_a_server_that_begins_where_signals_are_blocked_hears_its_own(tmp_path):
    children._close()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD, signal.SIGTERM})
    try:
        begun = time.monotonic()
        said(tmp_path, limit=20.0)
        assert time.monotonic() - begun < 15.0
        assert said(tmp_path, "__import__('signal').pthread_sigmask(0, [])") == "set()"
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        children._close()


@pytest.mark.parametrize("end", ["", "os.kill(os.getpid(), 9)", "os._exit(3)"])
def test_the_server_ends_with_its_program(end, tmp_path):
    text = f"""
import os, sys
from pathlib import Path
from synaspice.circuits.engine import children
from synaspice.circuits.engine.process import run_guarded
folder = Path({str(tmp_path)!r})
(folder / "job.py").write_text("pass")
run_guarded([str(folder / "job.py")], folder, folder, 30.0)
print(children._server.process.pid, flush=True)
{end}
"""
    ended = subprocess.run([sys.executable, "-W", "error", "-c", text], capture_output=True, text=True)
    assert not ended.stderr
    wait_for(lambda: not is_running(int(ended.stdout)))


def test_elsewhere_each_run_starts_an_interpreter(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "_forks", lambda: False)
    assert said(tmp_path, "'numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS']") == "False 1"
    script = tmp_path / "endless.py"
    script.write_text("import time\ntime.sleep(100)\n")
    assert run_guarded([str(script)], tmp_path, tmp_path, 0.5) is None


@pytest.mark.parametrize("forks", [True, False])
@pytest.mark.parametrize("program", [None, ""])
def test_a_program_that_does_not_know_its_interpreter_is_told_what_to_set(forks, program, tmp_path, monkeypatch):
    """As Python within another program."""
    children._close()
    monkeypatch.setattr(children, "_forks", lambda: forks)
    monkeypatch.setattr(sys, "executable", program)
    with pytest.raises(MissingDependencyError, match=r"sys\.executable"):
        said(tmp_path)
