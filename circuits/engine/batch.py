"""Ready-to-run decks, and the stand-alone ngspice program that runs them as a user would."""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path
from typing import Any

from ...devices.core.protocols import Stimulus
from ...devices.core.scratch import scratch_folder
from ...devices.language.errors import MissingDependencyError
from ...devices.model import CompactModel
from ...devices.targets.spice.dialects import NGSPICE
from ...devices.targets.spice.statements import check_file_name, one_line
from ...devices.targets.spice.subcircuit import Subcircuit
from .decks import driven_circuit
from .netlist_text import prepared
from .ngspice import NgspiceError
from .process import TIME_LIMIT, run_guarded
from .vacask.analyses import FIRST_STEP

#: Fraction of the run at which a deck measures: at the very end ngspice's rounding can put the time outside.
MEASURED_AT = 0.999


def transient_deck(
    device: CompactModel,
    include: str,
    subcircuit: Subcircuit,
    stimulus: Stimulus,
    *,
    transient_noise: float | None = None,
    long_steps: bool = False,
) -> str:
    """Write a deck that includes an exported subcircuit and drives it, in the subcircuit's dialect.

    It measures every state near the end of the run (``MEASURED_AT``), under the name ``final_<state>``, where the
    dialect has a statement for that.

    Parameters
    ----------
    device : CompactModel
        The device that was exported.
    include : str
        File name of its netlist, relative to the deck.
    subcircuit : Subcircuit
        The exported subcircuit, with the stimulus' inputs as pins.
    stimulus : Stimulus
        The drive.
    transient_noise : float, optional
        Time between the samples of the noise that the subcircuit was exported with. [s]
    long_steps : bool
        Whether the subcircuit was exported for long steps.

    Raises
    ------
    ParameterError
        If the file name cannot stand in a netlist.
    """
    spoken = subcircuit.dialect or NGSPICE
    duration, states = stimulus.duration, device.state_declarations()
    step = min(stimulus.max_step or duration / 4000, transient_noise or math.inf)
    parts: dict[str, Any] = {
        "title": one_line(f"{device.model_name()}: {device!r}"),
        "file": check_file_name(include),
        "step": repr(step),
        "first_step": repr(FIRST_STEP * step),
        "duration": repr(duration),
        "when": repr(MEASURED_AT * duration),
        "probes": "".join(" " + spoken.deck.get("probe", "").format(state=name) for name in states),
        "noise_frequency": repr(0.5 / transient_noise) if transient_noise else "",
        "first": next(iter(states), ""),
    }
    noisy = transient_noise is not None and "noisy_transient" in spoken.deck
    case: dict[str, Any] = {"source": stimulus.source, "inputs": stimulus.inputs, "overrides": stimulus.overrides}

    def written(*names: str) -> list[str]:
        return [spoken.deck[name].format(**parts) for name in names if name in spoken.deck]

    lines = [
        *written("title"),
        *spoken.preamble,
        *written("options"),
        *([spoken.long_step_statement] if long_steps else []),
        *written("include"),
        *driven_circuit(device, subcircuit, stimulus.drive, duration, **case),
        *written("noisy_transient" if noisy else "transient", "print"),
    ]
    if "measure" in spoken.deck:
        lines += [spoken.deck["measure"].format(**parts, state=name) for name in states]
    return "\n".join([*lines, *written("end")]) + "\n"


def run_deck(deck: Path, time_limit: float = TIME_LIMIT, *, control: bool = False) -> dict[str, float]:
    """Run a deck with ``ngspice -b`` and return its measurements.

    ngspice runs in a temporary folder, without start-up files; relative paths start from the folder of the deck.

    Parameters
    ----------
    deck : Path
        The file.
    time_limit : float
        Wall-clock time after which the run is given up. [s]
    control : bool
        Whether to run the commands of the deck; as of :func:`synaspice.circuits.engine.ngspice.run`.

    Raises
    ------
    MissingDependencyError
        If there is no ngspice program.
    NgspiceError
        If it fails or does not finish in time.
    ParameterError
        If the deck has commands without ``control=True``.
    """
    program = shutil.which("ngspice")
    if program is None:
        raise MissingDependencyError("the ngspice program was not found; 'sudo apt-get install ngspice' installs it")
    inputs = deck.absolute().parent
    lines = prepared(deck.read_text(encoding="utf-8", errors="surrogateescape").split("\n"), inputs, control)
    with scratch_folder() as folder:
        copy = folder / "deck.cir"
        copy.write_text("\n".join(lines) + "\n", encoding="utf-8", errors="surrogateescape")
        ended = run_guarded([str(Path(program).absolute()), "-n", "-b", str(copy)], folder, inputs, time_limit)
    if ended is None:
        raise NgspiceError(f"ngspice -b {deck.name} did not finish within {time_limit:g} s")
    found = re.findall(r"^(\w+)\s*=\s*([-+.\deE]+)", ended.stdout, re.M)
    output = f"{ended.stderr}\n{ended.stdout}".splitlines()
    failures = [line.strip() for line in output if re.search(r"\berror\b|failed|aborted", line, re.I)]
    if ended.returncode != 0 or failures or not found:
        raise NgspiceError(f"ngspice -b {deck.name} failed", failures or [line for line in output if line.strip()][-5:])
    return {name: float(value) for name, value in found}
