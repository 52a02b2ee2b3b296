"""The one door to VACASK: a netlist and an analysis in, a table out.

Every run is a process of its own with a time limit, in a temporary folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ....devices.core.scratch import scratch_folder
from ....devices.language.checks import flag, instance, mapping, names, positive
from ....devices.language.errors import ParameterError, SimulationError, shown
from ....devices.targets.spice.statements import check_vector
from ....devices.targets.spice.vacask import identifier
from ..analyses import ACSweep, Analysis, Noise
from ..process import TIME_LIMIT, current_folder, run_guarded
from .analyses import FLOW, added, commands
from .netlist_text import option_line, prepared
from .programs import find_vacask, version_of
from .raw_files import read_raw

if TYPE_CHECKING:
    import pandas as pd

#: Name of the analysis, of its output file, and of the netlist's file.
RUN, NETLIST, SETTINGS = "run", "circuit.sim", "settings.toml"
#: What VACASK prints before it reads the netlist: these lines are no messages.
_GREETING = re.compile(
    r"^(This is vacask|\(c\)|https?://|  (OpenMP|Cadnip)|Available CPUs|CPUs used|OpenBLAS CPUs|Simulating:"
    r"|Running analysis|  Elapsed time|\s*$)"
)


class VacaskError(SimulationError):
    """A run that VACASK did not carry to its end.

    Attributes
    ----------
    messages : tuple of str
        Messages of VACASK.
    """

    def __init__(self, summary: str, messages: Sequence[str] = ()) -> None:
        self.messages = tuple(messages)
        super().__init__("\n".join([summary, *(f"  vacask: {message}" for message in self.messages)]))


def run(
    circuit: object,
    analysis: Analysis,
    *,
    options: Mapping[str, float | str] | None = None,
    save: Iterable[str] = (),
    osdi: Iterable[str | Path] = (),
    control: bool = False,
    time_limit: float = TIME_LIMIT,
) -> pd.DataFrame:
    """Run one analysis of a circuit in VACASK.

    Parameters
    ----------
    circuit : str
        The netlist in VACASK's language, its first line the title, without a ``control`` section; anything whose
        ``str()`` is one. The ground is ``0``, and sources of the names ``vsource``, ``isource``, ``vcvs``, ... are
        there. Relative paths of files that it includes start from the current folder.
    analysis : Analysis
        The analysis: one of :mod:`synaspice.circuits.engine.analyses`, or of
        :mod:`synaspice.circuits.engine.vacask.analyses`.
    options : mapping, optional
        Simulator options, for example ``{"reltol": 1e-6}``.
    save : iterable of str, optional
        Vectors to keep, for example ``["v(out)", "i(v1)", "@n1[resistance]"]``; ``all`` are those of the analysis by
        default: nodes and currents of voltage sources.
    osdi : iterable of str or Path, optional
        Files of compiled devices to load before the circuit.
    control : bool
        Whether the netlist may load compiled files by itself, and write files. Compiled files are programs: this is
        for netlists that you trust.
    time_limit : float
        Wall-clock seconds after which the run is given up. [s]

    Returns
    -------
    pandas.DataFrame
        As of :func:`synaspice.circuits.engine.ngspice.run`: columns ``time``, ``frequency`` or ``sweep``, ``v(node)``
        [V], ``i(source)`` [A] and ``@device[observable]``, all in lower case; for a noise analysis ``onoise_spectrum``
        and ``inoise_spectrum``, the roots of the densities.

    Raises
    ------
    VacaskError
        If VACASK fails, is stopped at its time limit, or ends otherwise before its time; with its own message.
    MissingDependencyError
        If VACASK is not installed.
    ParameterError
        If the netlist loads files or has commands, a name or option is more than one word, or an argument is of another
        kind.
    """
    instance("analysis", analysis, Analysis)
    if isinstance(osdi, str | bytes) or not isinstance(osdi, Iterable):
        raise ParameterError(f"osdi must be a list of files, not {shown(osdi)}")
    files = [Path(instance("a file of compiled devices", file, (str, Path), "the name of a file")) for file in osdi]
    limit = positive("time_limit", time_limit, "s", infinite=True)
    kept = [check_vector(name) for name in names("save", save, empty=True)]
    program = find_vacask()
    title, *lines = prepared(str(circuit), current_folder(), flag("control", control))
    with scratch_folder() as folder:
        links = []
        for number, file in enumerate(dict.fromkeys(files)):
            links.append(f"device{number}.osdi")
            (folder / links[-1]).symlink_to(file.absolute())
        whole = [
            title,
            "ground 0",
            'include "builtins.inc"',
            *(f'load "{link}"' for link in links),
            *lines,
            *added(analysis),
        ]
        whole += ["control", "  abort always", *option_line(mapping("options", options))]
        whole += [
            *_saves(kept, analysis),
            *commands(analysis, RUN),
            "endc",
            "",
        ]
        (folder / NETLIST).write_text("\n".join(whole), encoding="utf-8")
        (folder / SETTINGS).touch()  # instead of the user's own, which may name other programs
        command = [str(program), "-qp", "-sp", "-n", "1", "-b", "1", "--tomlfile", SETTINGS, NETLIST]
        ended = run_guarded(command, folder, current_folder(), limit)
        if ended is None:
            raise VacaskError(f"VACASK did not finish '{analysis.command()}' within {limit:g} s and was stopped")
        said = [line.replace(f"{folder}/", "") for line in f"{ended.stdout}\n{ended.stderr}".splitlines()]
        messages = [line.rstrip() for line in said if not _GREETING.match(line)]
        output = folder / f"{RUN}.raw"
        if ended.returncode < 0:
            raise VacaskError(f"VACASK crashed: its process was ended by signal {-ended.returncode}", messages[-12:])
        if ended.returncode != 0 or not output.is_file():
            raise VacaskError(f"VACASK could not carry out '{analysis.command()}'", messages[:12])
        try:
            vectors = read_raw(output)
        except ValueError as error:
            raise VacaskError(f"VACASK's output cannot be read: {error}", messages[-12:]) from None
    return _table(vectors, analysis, version_of(program), messages)


def _saves(vectors: Sequence[str], analysis: Analysis) -> list[str]:
    """The line that saves vectors; a noise analysis has its own."""
    if not vectors or isinstance(analysis, Noise):
        return []
    # Small-signal analyses save phasors by other words than operating points.
    phasors = isinstance(analysis, ACSweep)
    words = [_directive(vector) for vector in vectors]
    return [f"  save {' '.join('d' + word if phasors and word != 'default' else word for word in words)}"]


def _directive(vector: str) -> str:
    """What saves a vector."""
    if vector == "all":
        return "default"
    if vector.startswith("@"):
        element, _, name = vector[1:].rstrip("]").partition("[")
        return f"p({identifier(element)},{name})"
    head, bracket, name = vector.rstrip(")").partition("(")
    if not bracket:
        return f"v({identifier(vector)})"
    if head not in ("v", "i") or "," in name:
        raise ParameterError(f"VACASK saves v(node), i(source) and @device[observable], not {shown(vector)}")
    return f"{head}({identifier(name)})"


def _table(vectors: Mapping[str, Any], analysis: Analysis, version: str, messages: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {}
    for name, data in vectors.items():
        if name == analysis.sweep_name:
            columns[name] = np.real(data)
        elif isinstance(analysis, Noise):
            columns[name] = data
        else:
            columns[_column(name)] = data
    if isinstance(analysis, Noise):
        output, gain = np.sqrt(np.real(columns["onoise"])), np.sqrt(np.real(columns["gain"]))
        with np.errstate(divide="ignore", invalid="ignore"):
            spectra = {"onoise_spectrum": output, "inoise_spectrum": output / gain}
        columns = {"frequency": columns["frequency"], **spectra}
    table = pd.DataFrame(columns)
    warnings = [line for line in messages if "warning" in line.lower()]
    table.attrs = {"engine": "vacask", "engine_version": version, "analysis": analysis.command(), "warnings": warnings}
    return table


def _column(vector: str) -> str:
    """VACASK's name of a vector as ngspice would have it."""
    if vector.endswith(FLOW):
        return f"i({vector[: -len(FLOW)]})".lower()
    element, point, name = vector.rpartition(".")
    return (f"@{element}[{name}]" if point else f"v({vector})").lower()
