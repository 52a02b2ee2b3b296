"""Output files: regular ones alone, whole or not at all, and nothing left over."""

from __future__ import annotations

import errno
import os
import pickle
import resource
import socket
import time
from pathlib import Path

import pytest

from synaspice.devices import OutputError, ParameterError
from synaspice.devices.core import files
from synaspice.devices.core.files import discard_unfinished, output_file, write_together, write_whole
from synaspice.devices.language import errors
from synaspice.devices.language.errors import DuplicateNameError, SynaspiceError, UnknownNameError


def fill(path):
    path.write_text("whole")


@pytest.fixture
def untidied(monkeypatch):
    """As in a process that has not written anything yet."""
    monkeypatch.setattr(files, "_tidied", set())


def test_only_regular_files_are_replaced(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "device.csv").symlink_to("/dev/full")
    (tmp_path / "round.csv").symlink_to("round.csv")
    (tmp_path / "below.csv").write_text("a file")
    with socket.socket(socket.AF_UNIX) as server, pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)  # the name of a socket is short
        server.bind("socket.csv")
    for name, reason in {
        "folder.csv": "it is a folder",
        "pipe.csv": "it is a pipe, and only regular files",
        "socket.csv": "it is a socket",
        "device.csv": "it is a device",
        "round.csv": "symbolic links",
        "nowhere/t.csv": "there is no folder",
        "below.csv/t.csv": "not a directory|there is no folder",
        "x" * 300 + ".csv": "name too long",
    }.items():
        before = sorted(tmp_path.iterdir())
        with pytest.raises(ParameterError, match=f"cannot write .*{reason}"):
            write_whole(tmp_path / name, fill)
        assert sorted(tmp_path.iterdir()) == before
    with pytest.raises(ParameterError, match="/dev/null.*it is a device"):
        write_whole(Path("/dev/null"), fill)
    assert not Path("/dev/null").is_file()


@pytest.mark.skipif(os.access("/sys", os.W_OK), reason="needs a folder that cannot be written to")
def test_a_folder_that_cannot_be_written_to_is_a_mistake():
    with pytest.raises(ParameterError, match="the folder '/sys' cannot be written to"):
        write_whole(Path("/sys/t.csv"), fill)


def test_a_link_to_a_file_stays_and_the_file_is_replaced(tmp_path):
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "t.csv", tmp_path / "link.csv"
    link.symlink_to(target)
    for _ in range(2):  # at first it leads to nothing
        write_whole(link, fill)
        assert link.is_symlink() and target.read_text() == "whole"
        target.write_text("old")


def test_a_replaced_file_keeps_its_mode_and_a_new_one_gets_the_usual(tmp_path):
    target = tmp_path / "t.csv"
    write_whole(target, fill)
    plain = tmp_path / "plain"
    plain.touch()
    assert target.stat().st_mode == plain.stat().st_mode
    target.chmod(0o600)
    write_whole(target, fill)
    assert target.stat().st_mode & 0o777 == 0o600


def test_files_that_belong_together_appear_together(tmp_path):
    def fail(path):
        path.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    (tmp_path / "b").write_text("old")
    with pytest.raises(OutputError, match="cannot write .*b'?: no space left"):
        write_together({tmp_path / "a": fill, tmp_path / "b": fail})
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"b": "old"}
    with pytest.raises(ParameterError, match="b exists: --force replaces"):
        write_together({tmp_path / "a": fill, tmp_path / "b": fill}, replace=False)
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    write_together({tmp_path / "a": fill, tmp_path / "b": fill})
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "whole", "b": "whole"}


def test_a_full_disk_is_a_failed_run(tmp_path):
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, before[1]))
    try:
        with pytest.raises(OutputError, match="file too large"):
            write_whole(tmp_path / "t.csv", lambda path: path.write_bytes(bytes(2000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert not list(tmp_path.iterdir())


def test_what_killed_runs_left_is_removed_by_the_next_one(tmp_path, untidied):
    child = os.fork()
    if not child:
        try:
            write_whole(tmp_path / "t.csv", lambda path: os._exit(9))
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    (left,) = tmp_path.iterdir()
    place = files._place()
    folder = tmp_path / f".synaspice-{place}-{child}-00000000"
    folder.mkdir()
    (folder / "device.c").touch()
    kept = [
        tmp_path / f".synaspice-{place}-{os.getpid()}-00000000.csv",  # of a living process
        tmp_path / f".synaspice-{'0' * 8}-{child}-00000000.csv",  # of another machine
        tmp_path / ".synaspice-notes.csv",  # not of these
        tmp_path / ".hidden",
    ]
    old = tmp_path / f".synaspice-{'0' * 8}-{child}-11111111.csv"
    for path in (*kept, old):
        path.touch()
    os.utime(old, (0, time.time() - 2 * files.OLD))
    write_whole(tmp_path / "t.csv", fill)
    assert not left.exists() and not folder.exists() and not old.exists()
    assert sorted(tmp_path.iterdir()) == sorted([*kept, tmp_path / "t.csv"])


def test_a_process_that_is_ended_at_once_discards_what_is_not_complete(tmp_path):
    def interrupted(path):
        discard_unfinished()
        assert not list(tmp_path.iterdir())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "t.csv", interrupted)
    assert output_file(tmp_path / "t.csv") == tmp_path / "t.csv"


def test_errors_come_whole_out_of_another_process():
    made = [
        UnknownNameError("device", "mjt", ["mtj"], where="a file", hint="no"),
        DuplicateNameError("a", "b", "c", "d"),
    ]
    own = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, SynaspiceError)]
    made += [kind("words") for kind in own if kind not in {type(each) for each in made}]
    for error in made:
        other = pickle.loads(pickle.dumps(error))
        assert type(other) is type(error) and str(other) == str(error)
