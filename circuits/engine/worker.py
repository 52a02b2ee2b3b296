"""Runs one ngspice job in a process of its own, through PySpice's (or InSpice's) shared library; see ngspice.py.

Started as a script with a job file and a result folder: it imports nothing of the package, so that it starts fast
and so that nothing of the caller's program is in it. ngspice starts and runs in the result folder.

Sources of noise get their voltages from here, as external sources: joined by lines, where ngspice's own jump and so end
its steps, after which the next ones are short. Samples are the same for the same seed and source, however steps fall.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import sys
import zlib
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TextIO

import numpy as np

#: Samples of a source that are drawn at a time.
BLOCK = 4096


def main(job_file: str, folder: str) -> None:
    """Run the job; leave ``log.txt``, and ``vectors.npz`` with ``done.json`` if ngspice came to its end."""
    job = json.loads(Path(job_file).read_text(encoding="utf-8"))
    results = Path(folder)
    with (results / "log.txt").open("w", encoding="utf-8", buffering=1) as log:
        logging.disable(logging.CRITICAL)  # PySpice's opinions of versions and of what is an error
        shared = importlib.import_module(f"{job['package']}.Spice.NgSpice.Shared")
        noise = job["noise"] or {"sources": {}, "models": [], "emphasis": 0.0, "seed": 1}
        noises = _Noises(noise["sources"], noise["emphasis"])
        kind = _engine_class(shared.NgSpiceShared, job["library"], log, noises, shared.ffi.string)
        with without_start_files(folder):
            engine = kind.new_instance()
        os.chdir(folder)
        log.write("version " + " ".join(line for line in engine._stdout if "ngspice-" in line) + "\n")
        for file in job["osdi"]:
            log.write(f"command osdi {file}\n")
            engine.exec_command(f"osdi {file}")
        engine.load_lines(job["netlist"].splitlines())
        before = set(engine.plot_names)

        def seed(number: int) -> None:
            noises.begin(number)
            for model in noise["models"]:
                engine.exec_command(f"altermod {model} noise_seed = {number}")

        seed(noise["seed"])
        for command in job["commands"]:
            log.write(f"command {command}\n")
            if command.startswith("setseed "):
                seed(int(command.split()[1]))
            engine.exec_command(command)
        new = [name for name in engine.plot_names if name not in before]
        arrays: dict[str, Any] = {}
        order: list[list[str]] = []
        for plot in reversed(new):  # ngspice lists the newest first
            for name, vector in engine.plot(None, plot).items():
                arrays[f"{len(order)}"] = vector._data
                order.append([plot, name])
        np.savez(results / "vectors.npz", **arrays)
        (results / "done.json").write_text(json.dumps(order), encoding="utf-8")
        log.flush()
    # ngspice's own clean-up at exit is not needed, and has been seen to crash.
    sys.stdout.flush()
    os._exit(0)


class _Noises:
    """Voltages of sources of noise over time: samples of a normal distribution, joined by lines; zero at the beginning.

    Parameters
    ----------
    sources : mapping
        Time between two samples [s] and standard deviation [V] of every source, by its name.
    emphasis : float
        Of their high frequencies.
    """

    def __init__(self, sources: Mapping[str, tuple[float, float]], emphasis: float) -> None:
        self.sources = {name.encode(): (1 / interval, rms) for name, (interval, rms) in sources.items()}
        self.taps = np.array([-emphasis / 2, 1 + emphasis, -emphasis / 2])
        self.begin(1)

    def begin(self, seed: int) -> None:
        """Begin anew, with a seed; each source has samples of its own."""
        self.seed = seed
        self.samples: dict[bytes, array[float]] = {}
        self.drawn: dict[bytes, tuple[np.random.Generator, np.ndarray]] = {}

    def at(self, name: bytes, time: float) -> float:
        """Voltage of a source at a time."""
        if time <= 0.0:
            return 0.0
        rate, rms = self.sources[name]
        samples = self.samples.setdefault(name, array("d", [0.0]))
        place = time * rate
        number = int(place)
        while len(samples) < number + 2:
            samples.frombytes((rms * self._next(name)).tobytes())
        first = samples[number]
        return first + (samples[number + 1] - first) * (place - number)

    def _next(self, name: bytes) -> np.ndarray:
        """The next samples of a source, of unit density."""
        if name not in self.drawn:
            generator = np.random.default_rng([self.seed, zlib.crc32(name)])
            self.drawn[name] = generator, generator.standard_normal(2)
        generator, before = self.drawn[name]
        white = np.concatenate([before, generator.standard_normal(BLOCK)])
        self.drawn[name] = generator, white[-2:]
        return np.convolve(white, self.taps, "valid")


def _engine_class(base: Any, library: str, log: TextIO, noises: _Noises, text_of: Any) -> Any:
    """PySpice's shared library, made to leave the judgement of messages to us."""

    class Engine(base):
        """Writes every line of ngspice to the log as it comes, so that it survives a crash."""

        library_path = library  # PySpice takes LIBRARY_PATH for it; InSpice looks for a name like that

        def send_char(self, message: str, ngspice_id: int) -> int:
            log.write(message + "\n")
            # PySpice takes any line on stderr for a failure, among them the banner of ngspice 42 and 43.
            self._error_in_stderr = self._error_in_stdout = False
            return 0

        @staticmethod
        def _get_vsrc_data(voltage: Any, time: float, name: Any, ngspice_id: int, user_data: Any) -> int:
            try:
                voltage[0] = noises.at(text_of(name), time)
            except KeyError:
                log.write(f"stderr Error: no samples are known for the source {text_of(name).decode()}\n")
                voltage[0] = 0.0
            return 0

        @staticmethod
        def _exit(status: int, immediate: bool, quit_exit: bool, ngspice_id: int, user_data: Any) -> int:
            log.write(f"exit {status}\n")
            log.flush()
            os._exit(3)

        def load_lines(self, lines: list[str]) -> None:
            self.load_circuit("\n".join(lines))

    return Engine


@contextlib.contextmanager
def without_start_files(folder: str) -> Iterator[None]:
    """Let ngspice's library start where there is no ``.spiceinit`` or ``spice.rc``: here, nor in the user's home.

    Their lines are commands, which can start any program; ngspice looks in the current folder and in the home, and
    older releases know no switch against it. Both are put back afterwards: a netlist may name files by ``~``.
    """
    names, here = ("HOME", "USERPROFILE", "SPICE_USERINIT_DIR"), Path.cwd()
    before = {name: os.environ.get(name) for name in names}
    os.chdir(folder)
    os.environ.update(dict.fromkeys(names, folder))
    try:
        yield
    finally:
        os.chdir(here)
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


if __name__ == "__main__":
    main(*sys.argv[1:])
