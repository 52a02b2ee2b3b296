"""The cache: who may write it, what becomes of damaged and of old files, and two processes that start at once."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import time
import warnings
from pathlib import Path

import pytest

from synaspice.circuits.engine import native
from synaspice.devices import VTEAM
from synaspice.devices.core import cache
from synaspice.devices.language.errors import CacheWarning
from synaspice.devices.simulation.machine.kept import load_program
from synaspice.devices.simulation.machine.kinds import F64
from synaspice.devices.simulation.machine.program import Entry
from synaspice.devices.simulation.machine.texts import text_of

DAY = 86400.0
unix = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="owners and modes of Unix")


def twice(x):
    return 2.0 * x


ENTRIES = {"twice": Entry((F64,), F64)}


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A cache of its own, which is not there yet."""
    monkeypatch.setenv("SYNASPICE_CACHE", str(tmp_path / "cache"))
    cached = (cache.cache_folder, cache._tell, native.compiled_native)
    for function in cached:
        function.cache_clear()
    yield tmp_path / "cache"
    for function in cached:
        function.cache_clear()


# --- who may write it -----------------------------------------------------------------------------


@unix
def test_the_cache_is_made_for_its_user_alone(root):
    before = os.umask(0)
    try:
        folder = cache.cache_folder("kernels")
    finally:
        os.umask(before)
    assert folder.is_relative_to(root) and folder.parent == root / "kernels"
    assert {path.stat().st_mode & 0o777 for path in (root, folder.parent, folder)} == {0o700}


@unix
@pytest.mark.parametrize("part", ["", "kernels", "{}", "{}/deep", "{}/deep/file.py"])
def test_a_cache_that_others_can_write_is_not_used(part, root):
    folder = cache.cache_folder("kernels")
    (folder / "deep").mkdir()
    (folder / "deep" / "file.py").touch()
    for path in (root, *root.rglob("*")):  # nothing is closed any more
        path.chmod(0o755)
    assert cache.why_unused() is None
    (root / part.format(f"kernels/{folder.name}")).chmod(0o775)
    cache.cache_folder.cache_clear()
    with pytest.warns(CacheWarning, match="the cache is not used: .* can be written by others .*chmod") as told:
        folders = [cache.cache_folder("kernels"), cache.cache_folder("native")]
    assert len(told) == 1
    assert not folders[0].is_relative_to(root) and folders[0].parent.stat().st_mode & 0o777 == 0o700
    assert folders[1].is_relative_to(root) is bool(part)  # of another kind it is fine
    assert "can be written by others" in cache.why_unused()


@unix
def test_the_users_own_mask_does_no_harm(root):
    """With a mask of 002 what others make in it can be written by the group, which cannot get there."""
    folder = cache.cache_folder("kernels")
    (folder / "other").mkdir()
    (folder / "other").chmod(0o775)
    cache.cache_folder.cache_clear()
    assert cache.cache_folder("kernels") == folder


@unix
def test_a_cache_of_another_user_is_not_used(root, monkeypatch):
    root.mkdir()
    if os.geteuid() == 0:
        os.chown(root, 4242, -1)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: 4242)
    with pytest.warns(CacheWarning, match="belongs to another user"):
        assert not cache.cache_folder("native").is_relative_to(root)


def test_the_temporary_folder_in_its_place_is_one_and_goes_with_the_process(root):
    root.write_text("a file where the folder should be")
    text = (
        "from synaspice.devices.core.cache import cache_folder\n"
        "print(cache_folder('kernels'), cache_folder('native'), sep='\\n')"
    )
    ended = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, check=True)
    folders = [Path(line) for line in ended.stdout.split("\n")[:2]]
    assert folders[0].parent == folders[1].parent and not folders[0].parent.exists()
    assert ended.stderr.count("the cache is not used") == 1


# --- damaged files --------------------------------------------------------------------------------


def test_a_native_device_that_was_cut_short_is_compiled_again(root, monkeypatch):
    compiled = []

    def compile_osdi(device, path, **options):
        compiled.append(path)
        Path(path).write_bytes(b"machine code " * 100)
        return Path(path)

    monkeypatch.setattr(VTEAM, "compile_osdi", compile_osdi)

    def made():
        native.compiled_native.cache_clear()
        return native.native_device(VTEAM()).file

    file = made()
    assert made() == file and len(compiled) == 1
    for content in (b"", b"machine code " * 50, b"machine code " * 99 + b"Machine code "):
        file.write_bytes(content)
        before = len(compiled)
        assert made() == file and len(compiled) == before + 1
        assert file.read_bytes() == b"machine code " * 100
    assert list(file.parent.glob("vteam*")) == [file]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks, which need no imports of their own")
@pytest.mark.filterwarnings("ignore:.*multi-threaded:DeprecationWarning")
def test_processes_that_start_at_once_on_an_empty_cache_do_not_disturb_each_other(root, capfd):
    fork = multiprocessing.get_context("fork")
    together = fork.Barrier(3)

    def start():
        together.wait()
        program = load_program(
            "twice", "its text", lambda unit: unit.write(text_of(twice, F64), [F64], name="twice"), ENTRIES
        )
        sys.exit(0 if program["twice"](2.0) == 4.0 else 7)

    processes = [fork.Process(target=start) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0, 0, 0], capfd.readouterr().err
    assert not list(root.rglob("*.tmp"))
    assert len(list(cache.cache_folder("kernels").glob("twice*"))) == 1


# --- old files ------------------------------------------------------------------------------------


def aged(path, days, tagged=False):
    """A file, or a folder with one, that was used so many days ago; with the tag of our folders."""
    file = path if path.suffix in (".o", ".tmp") else path / "file.py"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("old")
    tag = [path / cache._TAG] if tagged else []
    for one in tag:
        one.write_text(cache._TAG_TEXT if tagged is True else tagged)
    for one in {file, path, *tag}:
        os.utime(one, (time.time() - days * DAY,) * 2)
    return path


def test_what_was_not_used_for_long_is_removed_once_a_day(root):
    folder = cache.cache_folder("kernels")
    old, young = cache.UNUSED_DAYS + 1, cache.UNUSED_DAYS - 1
    other_old, other_young = cache.OTHER_RELEASE_DAYS + 1, cache.OTHER_RELEASE_DAYS - 1
    built = aged(root / "ngspice-osdi" / "lib", 1000)
    gone = [
        aged(folder / "mtj_1.o", old),
        aged(folder / "whatever", old),
        aged(folder.parent / "0.0.9-llvm-0.1", other_old, tagged=True),
    ]
    stay = [
        aged(folder / "mtj_2.o", young),
        aged(folder / "young", young),
        aged(folder.parent / "0.0.8-llvm-0.1", other_young, tagged=True),
        aged(folder.parent / "thesis", 1000),  # not ours
        aged(folder.parent / "other", 1000, tagged="# Cache of another program"),
        built,
    ]

    def started():
        cache.cache_folder.cache_clear()
        cache.cache_folder("kernels")

    started()
    assert all(path.exists() for path in gone)  # it looked today
    os.utime(folder / cache._SWEPT, (time.time() - 1.1 * DAY,) * 2)
    started()
    assert not any(path.exists() for path in gone)
    assert all(path.exists() for path in stay)


def test_what_is_used_counts_as_young(tmp_path):
    file = aged(tmp_path / "a.o", 50)
    cache.mark_used(file, tmp_path / "nothing")
    assert time.time() - file.stat().st_mtime < 60
    young = file.stat().st_mtime_ns
    cache.mark_used(file)
    assert file.stat().st_mtime_ns == young


def test_a_cache_that_is_in_order_says_nothing(root):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert cache.why_unused() is None
        cache.cache_folder("native")
        assert cache.why_unused() is None
