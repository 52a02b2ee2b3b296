"""Ready-to-run decks, and the stand-alone ngspice program that runs them as a user would."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from ..devices.errors import MissingDependencyError
from ..devices.model import CompactModel
from ..devices.waveforms import Waveform
from .ngspice import NgspiceError


def transient_deck(device: CompactModel, include: str, waveform: Waveform, duration: float, max_step: float) -> str:
    """Write a deck that includes an exported subcircuit and drives it with a voltage.

    It measures every state at the end of the run, under the name ``final_<state>``.

    Parameters
    ----------
    device : CompactModel
        The device that was exported.
    include : str
        File name of its netlist, relative to the deck.
    waveform : Waveform
        Voltage across the device's first branch. [V]
    duration, max_step : float
        Length and largest step of the transient. [s]
    """
    branch = next(iter(device.branches().values()))
    subcircuit = device.subcircuit()
    nodes = {branch.positive: "drive", branch.negative: "0"}
    pins = " ".join(nodes.get(pin, pin) for pin in subcircuit.pins)
    measures = [f".measure tran final_{name} find v({name}) at={duration!r}" for name in device.state_declarations()]
    lines = [
        f"* {device.model_name()}: {device!r}",
        f".include {include}",
        f"V1 drive 0 {waveform.spice(duration)}",
        f"X1 {pins} {subcircuit.name}",
        f".tran {max_step!r} {duration!r} 0 {max_step!r}",
        *measures,
        ".end",
    ]
    return "\n".join(lines) + "\n"


def run_deck(deck: Path, time_limit: float = 120.0) -> dict[str, float]:
    """Run a deck with ``ngspice -b`` and return its measurements.

    Raises
    ------
    MissingDependencyError
        If there is no ngspice program.
    NgspiceError
        If it fails or does not finish in time.
    """
    program = shutil.which("ngspice")
    if program is None:
        raise MissingDependencyError("the ngspice program was not found; 'sudo apt-get install ngspice' installs it")
    try:
        ended = subprocess.run(
            [program, "-b", deck.name],
            cwd=deck.parent,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=time_limit,
        )
    except subprocess.TimeoutExpired:
        raise NgspiceError(f"ngspice -b {deck.name} did not finish within {time_limit:g} s") from None
    found = re.findall(r"^(\w+)\s*=\s*([-+.\deE]+)", ended.stdout, re.M)
    if ended.returncode != 0 or not found:
        raise NgspiceError(f"ngspice -b {deck.name} failed", (ended.stderr or ended.stdout).strip().splitlines()[-5:])
    return {name: float(value) for name, value in found}
