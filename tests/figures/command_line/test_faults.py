"""Faults on the command line: one line on standard error, the right status, no traceback, nothing left over."""

from __future__ import annotations

import contextlib
import decimal
import errno
import importlib.metadata
import json
import os
import resource
import signal
import subprocess
import sys
import time
from email.message import Message
from pathlib import Path

import pyarrow as pa
import pytest
from shell import synaspice

from synaspice.devices.language.errors import CompilationError, OutputError, SimulationError
from synaspice.figures.command_line.commands import commands
from synaspice.figures.command_line.main import _goes_on

ROOT = Path(__file__).parents[3]
#: Of commands in processes of their own: lines are not folded.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "COLUMNS"}


@pytest.fixture
def failing(monkeypatch):
    """A command that raises an error."""

    def make(error):
        def fail(**values):
            raise error

        monkeypatch.setattr(commands().commands["formats"], "callback", fail)

    return make


def one_line(ended, status):
    assert ended.returncode == status, ended.stderr
    assert ended.stderr.startswith("synaspice: ") and ended.stderr.count("\n") == 1, ended.stderr
    return ended.stderr


UNEXPECTED = [
    ValueError("two\nlines"),
    OSError(errno.EIO, "Input/output error"),
    MemoryError(),
    RecursionError("maximum recursion depth exceeded"),
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    pa.ArrowInvalid("not a Parquet file"),
    pa.ArrowCapacityError("too long"),
    decimal.InvalidOperation("no number"),
    json.JSONDecodeError("Expecting value", "", 0),
    KeyError("units"),
]


@pytest.mark.parametrize("error", UNEXPECTED, ids=lambda error: type(error).__name__)
def test_an_unexpected_error_is_one_line_that_says_where_to_report_it(failing, error, monkeypatch):
    given = Message()
    given["Project-URL"] = "Homepage, https://example.org"
    given["Project-URL"] = "Bug tracker, https://example.org/bugs"
    monkeypatch.setattr(importlib.metadata, "metadata", lambda name: given)
    failing(error)
    said = one_line(synaspice("formats"), 1)
    assert f"synaspice: {type(error).__name__}" in said and "https://example.org/bugs" in said
    shown = synaspice("formats", SYNASPICE_TRACEBACK="1")
    assert shown.returncode == 1 and "Traceback" in shown.stderr and "in fail" in shown.stderr
    monkeypatch.undo()
    failing(error)
    said = one_line(synaspice("formats"), 1)
    assert "report it as synaspice's CONTRIBUTING.md says" in said and "SYNASPICE_TRACEBACK=1" in said
    assert "## Reporting an error" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_failed_runs_and_mistakes_have_their_statuses(failing):
    for error, status in [
        (CompilationError("the compiler failed"), 1),
        (SimulationError("it did not converge"), 1),
        (OutputError("cannot write 't.csv': no space left on device"), 1),
    ]:
        failing(error)
        assert str(error) in one_line(synaspice("formats"), status)
    failing(BrokenPipeError(errno.EPIPE, "Broken pipe"))
    ended = synaspice("formats")
    assert (ended.returncode, ended.stderr) == (1, "")


@pytest.mark.parametrize(
    "arguments",
    [
        ("characterize", "vteam", "iv", "--voltage", "0:1:3", "-o"),
        ("characterize", "vteam", "iv", "--voltage", "0:1:3", "--plot"),
        ("export", "vteam", "--force", "-o"),
        ("export", "axon-hillock", "vteam", "--force", "-o"),
        ("figure", "table.csv", "-o"),
    ],
    ids=["table", "plot", "export", "several", "figure"],
)
def test_outputs_that_cannot_be_files_are_mistakes_and_stay(arguments, tmp_path):
    ending = {"-o": ".csv", "--plot": ".png"}[arguments[-1]] if arguments[0] == "characterize" else ".svg"
    (tmp_path / f"folder{ending}").mkdir()
    (tmp_path / f"full{ending}").symlink_to("/dev/full")
    os.mkfifo(tmp_path / f"pipe{ending}")
    before = sorted(tmp_path.iterdir())
    for name in (f"folder{ending}", f"full{ending}", f"pipe{ending}", f"nowhere/t{ending}", "x" * 300 + ending):
        said = one_line(synaspice(*arguments, name, cwd=tmp_path), 2)
        assert "cannot write" in said and name in said
    assert sorted(tmp_path.iterdir()) == before


def test_a_full_disk_is_told_in_a_line_and_leaves_nothing(tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for arguments in (
        ("characterize", "vteam", "iv", "--voltage", "0:1:300", "-o", "t.csv"),
        ("characterize", "vteam", "iv", "--voltage", "0:1:300", "-o", "t.parquet"),
        ("characterize", "vteam", "iv", "--voltage", "0:1:3", "--plot", "t.png"),
        ("export", "vteam", "-o", "t.sub"),
    ):
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
        try:
            ended = synaspice(*arguments, cwd=tmp_path)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert f"cannot write '{arguments[-1]}': file too large" in one_line(ended, 1)
        assert not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="other file systems take only names in UTF-8")
def test_names_that_are_not_utf_8_are_names(tmp_path):
    name = os.fsdecode(b"\xff")
    for arguments in (
        ("export", "vteam", "-o", f"{name}.sub"),
        ("characterize", "vteam", "iv", "--voltage", "0:1:3", "-o", f"{name}.csv", "--plot", f"{name}.png"),
        ("characterize", "vteam", "iv", "--voltage", "0:1:3", "-o", f"{name}.parquet"),
        ("figure", f"{name}.parquet", "-o", f"{name}.pdf"),
        ("figure", f"{name}.csv", "-o", f"{name}.svg"),
    ):
        ended = synaspice(*arguments, cwd=tmp_path)
        assert ended.returncode == 0, ended.stderr
    assert b".include \xff.sub" in (tmp_path / f"{name}-test.cir").read_bytes().replace(b'"', b"").replace(b"'", b"")


@pytest.mark.parametrize(
    "content", [b"", b"x", b"# synaspice table", b"# synaspice table\n#\n# bench: {\n", b"\xff\xfe", b"PAR1" * 9]
)
def test_a_file_that_is_no_table_is_a_mistake(content, tmp_path):
    for ending in (".csv", ".parquet"):
        (tmp_path / f"t{ending}").write_bytes(content)
        assert f"t{ending}" in one_line(synaspice("figure", f"t{ending}", "-o", "x.png", cwd=tmp_path), 2)


def shell(line, **rest):
    """A line of the shell, in which $S is the command."""
    script = f"set -o pipefail\nS='{sys.executable} -m synaspice'\n{line}"
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=ENVIRONMENT, **rest)


def test_standard_output_that_cannot_be_written_is_a_failed_run():
    for line, said in {
        "$S devices >/dev/full": "synaspice: cannot write to standard output: no space left on device\n",
        "$S --version >&-": "synaspice: cannot write to standard output: bad file descriptor\n",
        "$S devices | true": "",  # a reader that is gone before the first line
        "$S --version >/dev/full 2>&-": "",
    }.items():
        ended = shell(line)
        assert (ended.returncode, ended.stderr) == (1, said), line


def test_what_is_not_printed_needs_no_output(tmp_path):
    """And the number of a closed stream is no file's: nothing else is written into it."""
    ended = shell("$S export vteam -o t.sub >&- 2>&- <&-", cwd=tmp_path)
    assert ended.returncode == 0
    assert (tmp_path / "t.sub").read_text() == synaspice("export", "vteam").stdout


#: What a command does when it is told to end: Python's code, and code that Python cannot end.
TASKS = {
    "python": "print('begun', flush=True)\nwhile True: pass",
    "deaf": """
import ctypes
libc = ctypes.CDLL(None)
libc.pthread_sigmask(0, (ctypes.c_ubyte * 128)(*[255] * 128), None)  # or it would wake up
print('begun', flush=True)
libc.sleep(60)
""",
}
PROGRAM = """
import sys
from pathlib import Path
from synaspice.figures.command_line import main
from synaspice.devices.core.files import write_whole
main._command = lambda: write_whole(Path("t.csv"), lambda path: exec(sys.argv[1]))
main.main()
"""


@contextlib.contextmanager
def started(command, **how):
    """A program that runs, and that does not outlive a test that fails."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": ENVIRONMENT}
    with subprocess.Popen(command, **pipes, **how) as run:
        try:
            yield run
        finally:
            run.kill()


@pytest.mark.parametrize(("number", "word"), [(signal.SIGINT, "interrupted"), (signal.SIGTERM, "terminated")])
@pytest.mark.parametrize("task", TASKS)
def test_a_signal_ends_a_command_within_two_seconds_with_a_line(number, word, task, tmp_path):
    command = [sys.executable, "-c", PROGRAM, TASKS[task], "--checkpoint"]
    with started(command, cwd=tmp_path) as run:
        assert run.stdout.readline() == b"begun\n" and list(tmp_path.iterdir())
        time.sleep(0.2)  # now it is in what it does
        sent = time.monotonic()
        run.send_signal(number)
        said = run.stderr.read().decode()
        assert run.wait() == 128 + number
        assert time.monotonic() - sent < 2.5  # two seconds, and what a busy machine adds
    kept = ": what was finished is kept, and the same command goes on from it"
    assert said == f"synaspice: {word}{kept if task == 'python' else ''}\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("command", "kept"),
    [
        ("gallery -o out", True),
        ("gallery -o out --figures-only", False),
        ("figure all -o systems", True),
        ("figure table.csv -o x.png", False),
        ("vary mtj iv --checkpoint work", True),
        ("characterize mtj iv", False),
    ],
)
def test_an_interrupted_command_says_that_it_goes_on_if_it_does(command, kept):
    assert _goes_on(command.split()) == kept


def test_an_error_that_a_signal_became_on_its_way_is_told_as_the_signal(tmp_path):
    """A module in C that is imported says that its initialization failed."""
    program = PROGRAM.replace('write_whole(Path("t.csv"), lambda path: exec(sys.argv[1]))', "exec(sys.argv[1], {})")
    task = """
import os, signal
try:
    os.kill(os.getpid(), signal.SIGTERM)
    while True: pass
except BaseException:
    raise ImportError("initialization failed")
"""
    ended = subprocess.run([sys.executable, "-c", program, task], capture_output=True, env=ENVIRONMENT)
    assert (ended.returncode, ended.stderr) == (128 + signal.SIGTERM, b"synaspice: terminated\n")


#: A process of somebody else's, which complains when the first one ends, and what waits for it.
FAMILY = """
import atexit, logging, multiprocessing
def begin():
    mine, its = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=listen, args=(mine, its), daemon=True)
    child.start()
    its.close()
    atexit.register(lambda: (mine.close(), child.join(), logging.error("it has ended")))
    print("begun", flush=True)
    while True: pass
def listen(mine, its):
    mine.close()
    try:
        its.recv()
    except EOFError:
        raise RuntimeError("nobody answers")
begin()
"""


def test_processes_of_others_end_with_a_command_that_is_ended_without_a_word(tmp_path):
    program = PROGRAM.replace('write_whole(Path("t.csv"), lambda path: exec(sys.argv[1]))', "exec(sys.argv[1], {})")
    command = [sys.executable, "-c", program, FAMILY]
    with started(command) as run:
        assert run.stdout.readline() == b"begun\n"
        run.send_signal(signal.SIGTERM)
        assert run.stderr.read() == b"synaspice: terminated\n"
        assert run.wait() == 128 + signal.SIGTERM


def test_ignored_signals_stay_ignored(tmp_path):
    """As under nohup, or in the background of a script."""
    ended = shell("trap '' HUP; $S --version & sleep 0.05; kill -HUP $!; wait $!", cwd=tmp_path)
    assert ended.returncode == 0 and ended.stdout.strip()


def test_the_command_is_there_before_anything_that_takes_time():
    code = "import synaspice.figures.command_line.main, sys; print(*{'typer', 'click', 'numpy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == ""
