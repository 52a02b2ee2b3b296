"""The one door to ngspice: a netlist and an analysis in, a table out.

Every run happens in a child process with a time limit, through PySpice's shared-library interface: a netlist that
makes ngspice fail, hang or end its process costs an exception and no more.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...devices.core.scratch import scratch_folder
from ...devices.language.checks import flag, instance, mapping, names, positive
from ...devices.language.errors import ParameterError, SimulationError, ValidityWarning, shown, warn_user
from ...devices.targets.spice.statements import check_vector
from .analyses import ACSweep, Analysis, DCSweep, Noise, OperatingPoint, Transient
from .library import find_library, require_pyspice
from .netlist_text import check_change, option_line, prepared
from .osdi_library import find_osdi_library
from .process import work

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
    control: bool = False,
    time_limit: float = 120.0,
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
    command = instance("analysis", analysis, Analysis).command()
    vectors, log = _carry_out(circuit, [command], options, save, osdi, control, time_limit)
    return _table(vectors, analysis, log)


def run_series(
    circuit: object,
    runs: Sequence[tuple[Sequence[str], Analysis]],
    *,
    options: Mapping[str, float | str] | None = None,
    save: Iterable[str] = (),
    osdi: Iterable[str | Path] = (),
    control: bool = False,
    time_limit: float = 300.0,
) -> list[pd.DataFrame]:
    """Run several analyses of a circuit in one process, which reads the netlist once, with changes between them.

    Parameters
    ----------
    circuit : str or PySpice Circuit
        As of :func:`run`.
    runs : sequence of pairs
        For every run the ngspice commands that come before it, such as ``["alter v1 dc = 0.3"]``, and the analysis;
        what they change stays changed. They are of ``alter``, ``altermod`` and ``setseed``.
    options, save, osdi, control, time_limit
        As of :func:`run`; the time is that of all runs.

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
    commands = [c for changes, analysis in runs for c in (*map(check_change, changes), analysis.command())]
    vectors, log = _carry_out(circuit, commands, options, save, osdi, control, time_limit)
    plots: dict[str, dict[tuple[str, ...], Any]] = {}
    for (plot, name), data in vectors.items():
        plots.setdefault(plot, {})[plot, name] = data
    if len(plots) != len(runs):
        raise NgspiceError(f"ngspice carried out {len(plots)} of {len(runs)} runs", _last_words(log))
    return [_table(found, analysis, log) for found, (_, analysis) in zip(plots.values(), runs, strict=True)]


def _is_noise(run: object) -> bool:
    """Whether what is run, after commands that change something, is a noise analysis."""
    if not isinstance(run, Sequence) or len(run) != 2 or not isinstance(run[1], Analysis):
        raise ParameterError(f"runs must be pairs of commands and an analysis, not {shown(run)}")
    names("the commands before a run", run[0], empty=True)
    return isinstance(run[1], Noise)


def _carry_out(
    circuit: object,
    analyses: Sequence[str],
    options: Mapping[str, float | str] | None,
    save: Iterable[str],
    osdi: Iterable[str | Path],
    control: bool,
    time_limit: float,
) -> tuple[dict[tuple[str, ...], Any], list[str]]:
    """Run commands on a circuit in a child process; the vectors of all their plots, in order, and the log."""
    if isinstance(osdi, str | bytes) or not isinstance(osdi, Iterable):
        raise ParameterError(f"osdi must be a list of files, not {shown(osdi)}")
    files = [str(instance("a file of native devices", file, (str, Path), "the name of a file")) for file in osdi]
    time_limit = positive("time_limit", time_limit, "s", infinite=True)
    if files:
        library = find_osdi_library()
    else:
        library = find_library()
    require_pyspice()
    lines = prepared(_deck(str(circuit), mapping("options", options)), Path.cwd(), flag("control", control))
    kept = [check_vector(name) for name in names("save", save, empty=True)]
    # ngspice holds the circuit in lower case, and not every command folds the names it is given.
    commands = [command.lower() for command in [*([f"save {' '.join(kept)}"] if kept else []), *analyses]]
    # By default two threads share out the transistors of a circuit at every iteration, and wait for each other: with
    # three transistors on two busy cores a run took 24 s where it takes 0.25 s on one thread.
    commands.insert(0, "set num_threads=1")
    with scratch_folder() as folder:
        ended, log = work(folder, library, lines, commands, files, time_limit)
        failures = [*_complaints(log), *(_unknown_to_native(log) if files else [])]
        if ended is None:
            raise NgspiceError(
                f"ngspice did not finish '{commands[-1]}' within {time_limit:g} s and was stopped", failures
            )
        status, stderr = ended
        line = _netlist_line(failures, lines)
        if not (folder / "done.json").exists():
            raise NgspiceError(_how_it_ended(status, log), failures or stderr.strip().splitlines()[-3:], line)
        order = json.loads((folder / "done.json").read_text(encoding="utf-8"))
        with np.load(folder / "vectors.npz") as arrays:
            vectors = {tuple(key): arrays[str(k)] for k, key in enumerate(order)}
        if failures or not vectors:
            raise NgspiceError(f"ngspice could not carry out '{commands[-1]}'", failures or _last_words(log), line)
    if any("Transient op finished" in words for words in log) and (files or any(" hold_" in words for words in lines)):
        warn_user(MOVED, ValidityWarning)
    return vectors, log


def _deck(text: str, options: Mapping[str, float | str]) -> list[str]:
    """The netlist as lines: blank lines kept as comments, so that line numbers stay, options added, one ``.end``."""
    lines = text.splitlines() or ["* empty"]
    if not lines[0].strip():
        lines[0] = "* untitled"
    lines = [line if line.strip() else "*" for line in lines if line.strip().lower() != ".end"]
    if options:
        lines.append(option_line(options))
    return [*lines, ".end"]


_COMPLAINT = re.compile(
    r"\berror\b|fatal|aborted|undefined|unknown|too small|not found|can't find|could not find", re.I
)
_HARMLESS = re.compile(r"^(warning|note|using)\b|can't find (the )?init|spinit|\bno error|reference value", re.I)


def _spoken(log: Sequence[str]) -> list[str]:
    """Ngspice's own lines of the log, without their stream."""
    lines = [line.partition(" ")[2].strip() for line in log if line.startswith(("stdout ", "stderr "))]
    return [line for line in lines if line]


def _complaints(log: Sequence[str]) -> list[str]:
    spoken = _spoken(log)
    found: list[str] = []
    for k, line in enumerate(spoken):
        if _COMPLAINT.search(line) and not _HARMLESS.search(line):
            found.append(line)
            # The offending line, or the details, often follow on the next line.
            if line.endswith(":") and k + 1 < len(spoken):
                found.append(spoken[k + 1])
    return list(dict.fromkeys(found))


#: Types of models that are ngspice's own: with these an unknown parameter is no more than a warning of ngspice.
_OWN_TYPES = {"r", "c", "l", "d", "npn", "pnp", "nmos", "pmos", "njf", "pjf", "nmf", "pmf", "sw", "csw", "urc", "ltra"}


def _unknown_to_native(log: Sequence[str]) -> list[str]:
    """Parameters on the ``.model`` lines of native devices that these do not have; ngspice goes on without them."""
    spoken = _spoken(log)
    return [
        f"{after} in {line}"
        for line, after in itertools.pairwise(spoken)
        if after.startswith("unrecognized parameter") and (words := line.lower().split())[0] == ".model"
        if len(words) > 2 and words[2].partition("(")[0] not in _OWN_TYPES
    ]


def _last_words(log: Sequence[str]) -> list[str]:
    return _spoken(log)[-3:]


def _netlist_line(messages: Sequence[str], lines: Sequence[str]) -> str | None:
    """The netlist line that a message names by number or quotes."""
    for message in messages:
        number = re.search(r"\bline (?:no\. |number )?(\d+)", message)
        if number and 0 < int(number.group(1)) <= len(lines):
            return f"{number.group(1)}: {lines[int(number.group(1)) - 1]}"
    lowered = {line.lower().strip(): k for k, line in enumerate(lines) if line.strip() not in ("*", ".end")}
    for message in messages:
        for line, k in lowered.items():
            if line in message.lower():
                return f"{k + 1}: {lines[k]}"
    return None


def _how_it_ended(status: int, log: Sequence[str]) -> str:
    asked = [line.split()[1] for line in log if line.startswith("exit ")]
    if asked:
        return f"ngspice ended its process, exit status {asked[0]}, before the analysis was done"
    if status < 0:
        return f"ngspice crashed: its process was ended by signal {-status}"
    return f"ngspice's process ended with status {status} before the analysis was done"


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
    warnings = list(dict.fromkeys(line for line in _spoken(log) if line.lower().startswith("warning")))
    table.attrs = {"engine": "ngspice", "engine_version": version, "analysis": analysis.command(), "warnings": warnings}
    if totals:
        table.attrs["totals"] = totals
    return table
