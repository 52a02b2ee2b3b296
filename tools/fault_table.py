"""What becomes of runs that are ended at random moments and resumed, as a table: benches, samples, and systems.

For each resumable bench, samples of a device and of a cell (a system of the article by one process alone), way of
computing (one process, two, a Dask cluster of two) and signal: whether the table is the same to the last bit after the
run was ended and started again, how long the end took, how long other processes of it were there after that, and what
was left: processes after ten seconds, hidden files after the resumed run, and tracebacks.

    python tools/fault_table.py --moments 10
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import random
import re
import shlex
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import joblib

from synaspice.characterization.bench import BENCHES
from synaspice.devices.core.files import PREFIX
from synaspice.figures.command_line.main import main as synaspice

#: Small work of several pieces for each resumable bench, for samples, and for a system: the arguments of ``synaspice
#: characterize``, ``synaspice vary``, ``synaspice sweep`` or ``synaspice figure``.
CASES = {
    "switching": "mtj switching --preset ikeda2010 --seed 1 --amplitude=-100u:100u:6 --width 1n --relaxation 0.2n "
    "--trajectories 20",
    "write-error": "mtj write-error --preset ikeda2010 --seed 1 --overdrive 2,3 --width 2n --trajectories 200 "
    "--methods closed-form,fokker-planck,ensemble",
    "switching-map": "mtj switching-map --preset ikeda2010 --seed 1 --current=-1e-4:1e-4:3 --width 1n,2n "
    "--temperature 300 --trajectories 20",
    "write-error-map": "mtj write-error-map --preset ikeda2010 --current 5e-5:1e-4:4 --width 2n,4n",
    "pulse-shape": "mtj pulse-shape --preset ikeda2010 --width 2n --edge 0,1n --seed 1",
    "precessional-switching": "mtj precessional-switching --preset kang2017 --width 0.2n:0.8n:4 --trajectories 20 "
    "--seed 1",
    "back-switching": "mtj back-switching --preset ikeda2010 --voltage 1,1.5 --trajectories 20 --seed 1",
    "velocity": "domain-wall-magnet velocity --preset thiaville2005-like --values 0:2e-4:4",
    "back-hopping": "three-layer-stack back-hopping --preset abert2018-like --seed 1 --voltage 0.3:0.9:4 --width 2n "
    "--trajectories 10",
    "amplitude": "auto-oscillator amplitude --preset slavin2009-like --current 3e-3:4e-3:4",
    "depinning": "domain-wall-magnet depinning --set pinning_energy=3e-20 --quantity field "
    "--values 3e4:9e4:4 --width 1n --trajectories 10 --seed 1",
    "creep": "domain-wall-magnet creep --set pinning_energy=3e-20 --quantity field --values 3e4:9e4:4 --duration 1n "
    "--trajectories 4 --seed 1",
    "step-programming": "vteam step-programming --set cycle_to_cycle=0.05 --set rate_on=-1 --set rate_off=1 "
    "--set exponent_on=1 --cells 4 --temperature 300 --seed 1",
}
VARY_CASES = {
    "vary": "mtj switching --preset ikeda2010 --seed 1 --vary 'tmr=normal 5%' --samples 6 --amplitude 50u,100u "
    "--width 1n --relaxation 0.2n --trajectories 20 --merit 'mean probability'",
    "vary-cell": "p-bit --seed 1 --vary 'diameter=normal 2%' --samples 4 --inputs 0.4,0.5 --duration 4n",
    "sweep": "inverter --sweep supply_voltage=0.8:1.1:4 --sweep corner=slow,fast --points 11",
}
SYSTEM_CASES = {"waveforms": "waveforms --quick --seed 1 --device auto-oscillator"}
MODES = ("serial", "jobs", "dask")
SIGNALS = ("SIGKILL", "SIGTERM", "SIGINT")
#: Variable by which the processes of a run are found.
MARK = "SYNASPICE_FAULT_TABLE"
#: Time in which processes of a run that has ended may still end. [s]
GRACE = 10.0
#: Longest time of a run. [s]
LONGEST = 300.0


@dataclass(frozen=True)
class Trial:
    """A run that was ended, and resumed.

    Attributes
    ----------
    status : int
        Exit status of the ended run, or less the signal.
    ending : float
        Time from the signal to its end. [s]
    alone : float
        Time from its end to that of the last of its other processes. [s]
    processes : int
        Processes of it that were there :data:`GRACE` later.
    files : int
        Incomplete files after the resumed run.
    tracebacks : int
        Tracebacks on its standard error.
    same : bool
        Whether the table is that of a run that was not ended.
    """

    status: int
    ending: float
    alone: float
    processes: int
    files: int
    tracebacks: int
    same: bool


def cases() -> dict[str, list[str]]:
    """Arguments for every resumable bench, and for samples; a bench that has none here is an error."""
    resumable = {name for name, bench in BENCHES.items() if bench.resumable}
    if resumable != set(CASES):
        raise SystemExit(
            f"give small work, in CASES, for exactly the resumable benches: {', '.join(sorted(resumable))}"
        )
    return {name: shlex.split(text) for name, text in (CASES | VARY_CASES).items()}


def measuring(arguments: list[str]) -> list[str]:
    """The command that measures a case without keeping anything."""
    if "--sweep" in arguments:
        return ["sweep", *arguments]
    return ["vary" if "--vary" in arguments else "characterize", *arguments]


def into(arguments: list[str], folder: Path) -> tuple[list[str], Path]:
    """The command that keeps its pieces and writes its table into a folder, and the table."""
    if arguments[0] in SYSTEM_CASES:  # pieces of systems are kept anyway
        return ["figure", *arguments, "-o", str(folder / "systems")], folder / "systems" / f"{arguments[0]}.csv"
    table = folder / "table.csv"
    return [*measuring(arguments), "--checkpoint", str(folder / "kept"), "-o", str(table)], table


def run(command: list[str], mode: str = "serial", ready: Callable[[], object] = lambda: None) -> int:
    """Exit status of the command line in this process, which says when it begins."""
    sys.argv = ["synaspice", *command, *(["--jobs", "2"] if mode == "jobs" else [])]
    try:
        if mode == "dask":
            from distributed import Client, LocalCluster

            cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
            with cluster, Client(cluster), joblib.parallel_config(backend="dask"):
                ready()
                try:
                    synaspice()
                finally:  # how long the cluster takes to close is not the command's
                    signal.signal(signal.SIGINT, signal.SIG_IGN)
        else:
            ready()
            synaspice()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0


def begin(command: list[str], mode: str, folder: Path) -> int:
    """Number of a new process that has begun a command; what it prints goes into files of the folder."""
    ready, tell = os.pipe()
    child = os.fork()  # so that what takes long, imports and compiled kernels, is there
    if child:
        os.close(tell)
        os.read(ready, 1)
        os.close(ready)
        return child
    status = 70
    try:
        vars(sys.modules["__main__"]).pop("__file__", None)  # a command's processes do not import this file first
        os.environ[MARK] = folder.name
        os.environ["TMPDIR"] = os.environ["JOBLIB_TEMP_FOLDER"] = str(folder)
        tempfile.tempdir = None
        for number, name in ((1, "out"), (2, "err")):
            opened = os.open(folder / name, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
            os.dup2(opened, number)
        for name in SIGNALS[1:]:  # a shell's background job has them ignored
            signal.signal(getattr(signal, name), signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.stdout, sys.stderr = open(1, "w"), open(2, "w")  # noqa: SIM115
        status = run(command, mode, lambda: os.close(tell))
    except BaseException:
        traceback.print_exc(file=sys.stderr)
    finally:
        # What a process does when it ends, but for what belongs to the one that it comes from.
        joblib.externals.loky.process_executor._python_exit()
        sys.stderr.flush()
        os._exit(status)


def ended(child: int, longest: float = LONGEST) -> int:
    """Wait for a process, and return its status, or less the signal that ended it."""
    until = time.monotonic() + longest
    while True:
        number, status = os.waitpid(child, os.WNOHANG)
        if number:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
            until = float("inf")
        time.sleep(0.01)


def marked(mark: str) -> Iterator[int]:
    """Processes of a run, other than the first one."""
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (place / "environ").read_bytes().split(b"\0"):
                yield int(place.name)
        except OSError:
            continue


def trial(arguments: list[str], mode: str, number: int, moment: float | Callable[[], bool], whole: bytes) -> Trial:
    """End a run by a signal, resume it, and compare.

    Parameters
    ----------
    arguments : list of str
        What is measured.
    mode : str
        How it is computed.
    number : int
        The signal.
    moment : float or callable
        When: seconds after the beginning, or a function that tells whether it is time.
    whole : bytes
        The table of a run that was not ended.
    """
    folder = Path(tempfile.mkdtemp(prefix="fault-table-"))
    try:
        command, table = into(arguments, folder)
        child = begin(command, mode, folder)
        start = time.monotonic()
        while time.monotonic() - start < (moment if isinstance(moment, float) else LONGEST):
            if not isinstance(moment, float) and moment():
                break
            time.sleep(0.01)
        os.kill(child, number)
        sent = time.monotonic()
        status = ended(child)
        ending = time.monotonic() - sent
        gone = time.monotonic()
        while (left := [*marked(folder.name)]) and time.monotonic() < gone + GRACE:
            time.sleep(0.05)
        alone = time.monotonic() - gone
        for process in left:
            os.kill(process, signal.SIGKILL)
        said = (folder / "err").read_text(errors="replace")
        resumed = ended(begin(command, "serial", folder))
        hidden = [path for path in folder.rglob("*") if path.name.startswith(PREFIX)]
        same = resumed == 0 and table.read_bytes() == whole
        return Trial(status, ending, alone, len(left), len(hidden), len(re.findall("Traceback", said)), same)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def whole_run(arguments: list[str], mode: str) -> tuple[bytes, float]:
    """Table of a run that is not ended, and the time that it takes."""
    folder = Path(tempfile.mkdtemp(prefix="fault-table-"))
    try:
        command, table = into(arguments, folder)
        child = begin(command, mode, folder)
        start = time.monotonic()
        status = ended(child)
        if status:
            raise SystemExit(f"{' '.join(arguments)} failed: {(folder / 'err').read_text()}")
        return table.read_bytes(), time.monotonic() - start
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    every = [*CASES, *VARY_CASES, *SYSTEM_CASES]
    parser.add_argument("--moments", type=int, default=10, help="random moments for each row")
    parser.add_argument("--seed", type=int, default=1, help="seed of the moments")
    parser.add_argument("--benches", nargs="*", default=every, choices=every)
    parser.add_argument("--modes", nargs="*", default=list(MODES), choices=MODES)
    parser.add_argument("--signals", nargs="*", default=list(SIGNALS), choices=SIGNALS)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    modes = [mode for mode in asked.modes if mode != "dask" or importlib.util.find_spec("distributed")]
    heads = ("bench", "mode", "signal", "same", "end (s)", "alone (s)", "processes", "files", "tracebacks", "statuses")
    form = "{:12} {:7} {:8} {:>7} {:>8} {:>10} {:>10} {:>6} {:>11}  {}"
    print(form.format(*heads), flush=True)
    worst = True
    systems = {name: text.split() for name, text in SYSTEM_CASES.items()}
    for bench, arguments in (cases() | systems).items():
        if bench not in asked.benches:
            continue
        with tempfile.TemporaryDirectory() as warm:  # loads what all runs need
            run(into(arguments, Path(warm))[0])
        whole, _ = whole_run(arguments, "serial")
        for mode in ["serial"] if bench in SYSTEM_CASES else modes:
            table, lasting = whole_run(arguments, mode)
            for name in asked.signals:
                moments = [chance.uniform(0.05, lasting) for _ in range(asked.moments)]
                trials = [trial(arguments, mode, getattr(signal, name), moment, whole) for moment in moments]
                same = sum(each.same for each in trials)
                longest = [f"{max(getattr(each, kind) for each in trials):.2f}" for kind in ("ending", "alone")]
                rows = (bench, mode, name, f"{same}/{len(trials)}", *longest)
                left = [sum(getattr(each, kind) for each in trials) for kind in ("processes", "files", "tracebacks")]
                statuses = ", ".join(sorted({str(each.status) for each in trials}))
                print(form.format(*rows, *left, statuses), flush=True)
                worst &= same == len(trials) and not any(left) and table == whole
    sys.exit(not worst)


if __name__ == "__main__":
    main()
