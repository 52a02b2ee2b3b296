"""The one door to ngspice: a netlist and an analysis in, a table out.

Every run happens in a child process with a time limit, through PySpice's shared-library interface: a netlist that
makes ngspice fail, hang or end its process costs an exception and no more.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...devices.core.processors import usual_threads
from ...devices.core.scratch import scratch_folder
from ...devices.language.checks import flag, instance, mapping, names, positive
from ...devices.language.errors import ParameterError, SimulationError, ValidityWarning, shown, warn_user
from ...devices.targets.spice.statements import check_vector
from .analyses import ACSweep, Analysis, DCSweep, Noise, OperatingPoint, Transient
from .library import find_library, require_pyspice
from .netlist_text import check_change, option_line, prepared
from .ngspice_log import complaints, how_it_ended, last_words, netlist_line_of, spoken_lines, unknown_to_native
from .noise import Noisy, between_samples, noises_of, told
from .osdi_library import find_osdi_library
from .process import TIME_LIMIT, Ended, Job, current_folder, work

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "ACSweep",
    "Analysis",
    "DCSweep",
    "NgspiceError",
    "Noise",
    "OperatingPoint",
    "Transient",
    "find_library",
    "run",
    "run_series",
]


#: Characters of a command, beside its name: PySpice refuses those that ngspice would cut at 1023.
LONGEST_COMMAND = 1000
#: Warning where a state may not be the initial one of its device.
MOVED = (
    "ngspice found the operating point by a transient of its own, in which the states of devices move: they may start "
    "elsewhere; looser tolerances (reltol 1e-6 or more), or a larger resistance in series, let it converge without"
)


class NgspiceError(SimulationError):
    """A run that ngspice did not carry to its end.

    Attributes
    ----------
    messages : tuple of str
        Messages of ngspice.
    netlist_line : str or None
        The line of the netlist that it complained about, where it named one.
    """

    def __init__(self, summary: str, messages: Sequence[str] = (), netlist_line: str | None = None) -> None:
        self.messages = tuple(messages)
        self.netlist_line = netlist_line
        parts = [summary, *(f"  ngspice: {message}" for message in self.messages)]
        if netlist_line:
            parts.append(f"  netlist line: {netlist_line}")
        super().__init__("\n".join(parts))


def run(
    circuit: object,
    analysis: Analysis,
    *,
    options: Mapping[str, float | str] | None = None,
    save: Iterable[str] = (),
    osdi: Iterable[str | Path] = (),
    noise: Iterable[Noisy] = (),
    control: bool = False,
    time_limit: float = TIME_LIMIT,
) -> pd.DataFrame:
    """Run one analysis of a circuit in ngspice.

    Parameters
    ----------
    circuit : str or PySpice Circuit
        The netlist, its first line the title; anything whose ``str()`` is one. Relative paths of files that it
        includes start from the current folder; ngspice itself runs in a temporary one.
    analysis : Analysis
        The analysis.
    options : mapping, optional
        Simulator options, for example ``{"reltol": 1e-6}``.
    save : iterable of str, optional
        Vectors to keep, for example ``["v(out)", "i(v1)"]``; default all.
    osdi : iterable of str or Path, optional
        Files of native devices to load before the circuit; the ngspice is then one that can, see
        :func:`synaspice.circuits.engine.osdi_library.find_osdi_library`.
    noise : iterable of NoiseSource and NoisyModel
        The netlist's external sources and native devices that are noisy in transients, see
        :mod:`synaspice.circuits.engine.noise`; the option ``seed``, a whole number, makes another noise. Steps are no
        longer than half of the time between two samples.
    control : bool
        Whether to run the commands of the netlist, in ``.control`` sections and lines that begin with ``*#``. Commands
        can start any program: this is for netlists that you trust. Files that they write go with the temporary folder
        unless their path is absolute.
    time_limit : float
        Wall-clock seconds after which the run is given up. [s]

    Returns
    -------
    pandas.DataFrame
        Columns ``time``, ``frequency`` or ``sweep``, and ``v(node)`` [V] and ``i(source)`` [A]; for a noise analysis
        the spectra as ngspice names them, with the integrated values in ``attrs["totals"]``. ``attrs`` also has the
        ngspice version and its warnings.

    Raises
    ------
    NgspiceError
        If ngspice fails, hangs or ends its process; with its own message and the netlist line.
    MissingDependencyError
        If ngspice's shared library or PySpice is not installed, or there are native devices and no ngspice for them.
    ParameterError
        If the netlist has commands without ``control=True``, a name or option is more than one word, or an argument is
        of another kind.
    """
    noise = noises_of(noise)
    analysis = between_samples(instance("analysis", analysis, Analysis), noise)
    deck = _Deck(circuit, options, save, osdi, noise, control, time_limit)
    ((vectors, log),) = deck.carry_out([[analysis.command()]])
    return _table(vectors, analysis, log)


def run_series(
    circuit: object,
    runs: Sequence[tuple[Sequence[str], Analysis]],
    *,
    options: Mapping[str, float | str] | None = None,
    save: Iterable[str] = (),
    osdi: Iterable[str | Path] = (),
    noise: Iterable[Noisy] = (),
    control: bool = False,
    time_limit: float = TIME_LIMIT,
    processes: int | None = None,
) -> list[pd.DataFrame]:
    """Run several analyses of a circuit with changes between them, in processes that read the netlist once.

    Parameters
    ----------
    circuit : str or PySpice Circuit
        As of :func:`run`.
    runs : sequence of pairs
        For every run the ngspice commands that come before it, such as ``["alter v1 dc = 0.3"]``, and the analysis;
        what they change stays changed. They are of ``alter``, ``altermod`` and ``setseed``.
    options, save, osdi, noise, control, time_limit
        As of :func:`run`; the time is that of all runs. ``setseed`` seeds the noise, too.
    processes : int, optional
        Number of processes that share out the runs; default: one for each processor that is to be used, if the steps
        of the runs are worth it.

    Returns
    -------
    list of pandas.DataFrame
        The table of every run.

    Raises
    ------
    NgspiceError, MissingDependencyError
        As :func:`run`.
    ParameterError
        If there is a noise analysis among them, or none at all; if a command is another one; and as :func:`run`.
    """
    if not instance("runs", runs, Sequence) or any(_is_noise(each) for each in runs):
        raise ParameterError("a series takes one analysis or more, and no noise analyses: call run for each of those")
    noise = noises_of(noise)
    changed = [[check_change(change) for change in changes] for changes, _ in runs]
    analyses = [between_samples(analysis, noise) for _, analysis in runs]
    parts = _shared_out(analyses, processes)
    # What was changed before stays changed.
    series = [
        [
            *itertools.chain(*changed[: part.start]),
            *(command for k in part for command in (*changed[k], analyses[k].command())),
        ]
        for part in parts
    ]
    deck = _Deck(circuit, options, save, osdi, noise, control, time_limit)
    tables = []
    for part, (vectors, log) in zip(parts, deck.carry_out(series), strict=True):
        plots: dict[str, dict[tuple[str, ...], Any]] = {}
        for (plot, name), data in vectors.items():
            plots.setdefault(plot, {})[plot, name] = data
        if len(plots) != len(part):
            raise NgspiceError(f"ngspice carried out {len(plots)} of {len(part)} runs", last_words(log))
        tables += [_table(found, analyses[k], log) for found, k in zip(plots.values(), part, strict=True)]
    return tables


def _is_noise(run: object) -> bool:
    """Whether what is run, after commands that change something, is a noise analysis."""
    if not isinstance(run, Sequence) or len(run) != 2 or not isinstance(run[1], Analysis):
        raise ParameterError(f"runs must be pairs of commands and an analysis, not {shown(run)}")
    names("the commands before a run", run[0], empty=True)
    return isinstance(run[1], Noise)


#: Steps of transients, by their largest step, that are worth a process: some tenths of a second.
WORTH = 4000


def _shared_out(analyses: Sequence[Analysis], processes: int | None) -> list[range]:
    """The runs of every process, which follow each other, with about as many steps in each."""
    steps = np.cumsum([analysis.steps for analysis in analyses])
    if processes is None:
        processes = int(min(usual_threads(), steps[-1] // WORTH)) if steps[-1] >= 2 * WORTH else 1
    bounds = np.searchsorted(steps, steps[-1] * np.arange(1, processes) / processes, side="right") if steps[-1] else []
    ends = sorted({0, *(int(bound) for bound in bounds), len(analyses)})
    return [range(*pair) for pair in itertools.pairwise(ends)]


@dataclass
class _Deck:
    """A circuit with all that its runs need; see :func:`run`."""

    circuit: object
    options: Mapping[str, float | str] | None
    save: Iterable[str]
    osdi: Iterable[str | Path]
    noise: Sequence[Noisy]
    control: bool
    time_limit: float

    def carry_out(self, series: Sequence[Sequence[str]]) -> list[tuple[dict[tuple[str, ...], Any], list[str]]]:
        """Run commands in a child process for each series; the vectors of all their plots, in order, and the logs."""
        if isinstance(self.osdi, str | bytes) or not isinstance(self.osdi, Iterable):
            raise ParameterError(f"osdi must be a list of files, not {shown(self.osdi)}")
        files = [
            str(instance("a file of native devices", file, (str, Path), "the name of a file")) for file in self.osdi
        ]
        time_limit = positive("time_limit", self.time_limit, "s", infinite=True)
        library = find_osdi_library() if files else find_library()
        require_pyspice()
        options = mapping("options", self.options)
        lines = prepared(_lines(str(self.circuit), options), current_folder(), flag("control", self.control))
        kept = [check_vector(name) for name in names("save", self.save, empty=True)]
        # By default two threads share out the transistors of a circuit at every iteration, and wait for each other:
        # with three transistors on two busy cores a run took 24 s where it takes 0.25 s on one thread.
        first = ["set num_threads=1", *(f"save {some}" for some in _groups(kept))]
        noise = told(self.noise, int(options.get("seed", 1))) if self.noise else None
        with contextlib.ExitStack() as scratch:
            jobs = [
                # ngspice holds the circuit in lower case, and not every command folds the names it is given.
                Job(
                    scratch.enter_context(scratch_folder()),
                    lines,
                    [command.lower() for command in (*first, *commands)],
                    files,
                    noise,
                )
                for commands in series
            ]
            ended = work(jobs, library, time_limit)
            found = [(self._vectors(job, status), job.log()) for job, status in zip(jobs, ended, strict=True)]
        held = files or any(" hold_" in words for words in lines)
        if held and any("Transient op finished" in words for _, log in found for words in log):
            warn_user(MOVED, ValidityWarning)
        return found

    def _vectors(self, job: Job, ended: Ended) -> dict[tuple[str, ...], Any]:
        """The vectors of a job that has ended; an NgspiceError if it has not come to its end."""
        log, last = job.log(), job.commands[-1]
        failures = [*complaints(log), *(unknown_to_native(log) if job.osdi else [])]
        if ended is None:
            late = f"ngspice did not finish '{last}' within {self.time_limit:g} s and was stopped"
            raise NgspiceError(late, failures)
        status, stderr = ended
        line = netlist_line_of(failures, job.lines)
        if not (job.folder / "done.json").exists():
            raise NgspiceError(how_it_ended(status, log), failures or stderr.strip().splitlines()[-3:], line)
        order = json.loads((job.folder / "done.json").read_text(encoding="utf-8"))
        with np.load(job.folder / "vectors.npz") as arrays:
            vectors = {tuple(key): arrays[str(k)] for k, key in enumerate(order)}
        if failures or not vectors:
            raise NgspiceError(f"ngspice could not carry out '{last}'", failures or last_words(log), line)
        return vectors


def _groups(words: Sequence[str]) -> list[str]:
    """Words in lines that a command may have."""
    whole = " ".join(words)
    return textwrap.wrap(whole, LONGEST_COMMAND, break_long_words=False, break_on_hyphens=False)


def _lines(text: str, options: Mapping[str, float | str]) -> list[str]:
    """The netlist as lines: blank lines kept as comments, so that line numbers stay, options added, one ``.end``."""
    lines = text.splitlines() or ["* empty"]
    if not lines[0].strip():
        lines[0] = "* untitled"
    lines = [line if line.strip() else "*" for line in lines if line.strip().lower() != ".end"]
    if options:
        lines.append(option_line(options))
    return [*lines, ".end"]


def _column(vector: str) -> str:
    if vector.endswith("#branch"):
        return f"i({vector[: -len('#branch')]})"
    return vector if "(" in vector or vector.startswith("@") else f"v({vector})"


def _table(vectors: Mapping[tuple[str, ...], Any], analysis: Analysis, log: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    spectra = {name: data for (plot, name), data in vectors.items() if not plot.startswith("noise2")}
    totals = {name: float(np.real(data[0])) for (plot, name), data in vectors.items() if plot.startswith("noise2")}
    if isinstance(analysis, Noise):
        totals |= {name: float(np.real(data[0])) for (_, name), data in vectors.items() if "total" in name}
        spectra = {name: data for name, data in spectra.items() if "total" not in name}
    columns: dict[str, Any] = {}
    for name, data in spectra.items():
        if name == analysis.sweep_name or name.endswith("-sweep"):
            columns[analysis.sweep_name] = np.real(data)
        else:
            columns[name if isinstance(analysis, Noise) else _column(name)] = data
    first = [name for name in columns if name == analysis.sweep_name]
    table = pd.DataFrame({name: columns[name] for name in [*first, *(n for n in columns if n not in first)]})
    version = next((m.group(1) for line in log if (m := re.search(r"ngspice-(\d+)", line))), "unknown")
    warnings = list(dict.fromkeys(line for line in spoken_lines(log) if line.lower().startswith("warning")))
    table.attrs = {"engine": "ngspice", "engine_version": version, "analysis": analysis.command(), "warnings": warnings}
    if totals:
        table.attrs["totals"] = totals
    return table
