"""The main job on everything: every device and preset characterised, plotted, exported and run in ngspice."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from tqdm import tqdm

from ..characterization import hysteresis, iv, write_table
from ..characterization.table import write_whole
from ..circuits.batch import MEASURED_AT, run_deck, transient_deck
from ..devices.catalog import models
from ..devices.errors import MissingDependencyError
from ..devices.model import CompactModel
from ..devices.waveforms import Pulse
from .characteristics import plot
from .style import save


@dataclass(frozen=True)
class Entry:
    """One device of the gallery."""

    model: str
    preset: str | None
    device: CompactModel

    @property
    def stem(self) -> str:
        """File name, without ending, for everything of this device."""
        return f"{self.model}-{self.preset or 'default'}"


@dataclass
class Outcome:
    """What became of one entry: a row of the summary, and what could not be done."""

    row: dict[str, Any]
    left_out: list[str] = field(default_factory=list)


def entries() -> list[Entry]:
    """Every device of the package with every preset; a device without presets with its defaults."""
    found = []
    for name, model in models().items():
        for preset in model.presets() or [None]:
            found.append(Entry(name, preset, model.preset(preset) if preset else model()))
    return found


def make_gallery(folder: Path, *, tables: bool = True, netlists: bool = True, processes: int = -1) -> pd.DataFrame:
    """Characterise every device and preset into a folder.

    Parameters
    ----------
    folder : Path
        Where ``tables``, ``figures`` and ``netlists`` go; figures go straight into it when nothing else is asked for.
    tables, netlists : bool
        Whether to keep the tables, and to export and run netlists.
    processes : int
        Number of processes; -1 for one per core.

    Returns
    -------
    pandas.DataFrame
        One row per device: resistances, and the final state of its exported netlist in ngspice against the numeric
        engine.
    """
    folders = {"tables": folder / "tables", "figures": folder / "figures", "netlists": folder / "netlists"}
    if not tables and not netlists:
        folders["figures"] = folder
    for kind, place in folders.items():
        if kind == "figures" or (kind == "tables" and tables) or (kind == "netlists" and netlists):
            place.mkdir(parents=True, exist_ok=True)
    todo = entries()
    start = time.perf_counter()
    run = joblib.Parallel(n_jobs=processes, return_as="generator_unordered")
    jobs = (joblib.delayed(_make_entry)(entry, folders, tables, netlists) for entry in todo)
    outcomes = list(tqdm(run(jobs), total=len(todo), desc="devices", unit="device", file=sys.stderr))
    for message in sorted({message for outcome in outcomes for message in outcome.left_out}):
        print(f"left out: {message}", file=sys.stderr)
    summary = pd.DataFrame([outcome.row for outcome in outcomes]).sort_values(["device", "preset"], ignore_index=True)
    if tables:
        write_whole(folder / "summary.csv", lambda path: summary.to_csv(path, index=False))
    print(f"{len(todo)} devices in {time.perf_counter() - start:.0f} s: {folder}", file=sys.stderr)
    return summary


def _make_entry(entry: Entry, folders: dict[str, Path], tables: bool, netlists: bool) -> Outcome:
    device, stem = entry.device, entry.stem
    curves = iv(device)
    # A memristor's first cycle depends on where it starts; the second is the loop. A junction starts on its loop.
    magnetic = "field_z" in device.input_declarations()
    measured = {"iv": curves, "hysteresis": hysteresis(device, cycles=1 if magnetic else 2)}
    if magnetic:
        measured["field-loop"] = hysteresis(device, quantity="field")
    for bench, table in measured.items():
        save(plot(table), folders["figures"] / f"{stem}-{bench}.png")
        if tables:
            write_table(table, folders["tables"] / f"{stem}-{bench}.csv")
            write_table(table, folders["tables"] / f"{stem}-{bench}.parquet")
    at_zero = curves[curves["voltage"] == 0].set_index("state")["resistance"]
    row: dict[str, Any] = {"device": entry.model, "preset": entry.preset or "default"}
    row |= {"low_resistance_ohm": at_zero.min(), "high_resistance_ohm": at_zero.max()}
    outcome = Outcome(row)
    if netlists:
        _make_netlist(entry, folders["netlists"], outcome)
    return outcome


def _make_netlist(entry: Entry, folder: Path, outcome: Outcome) -> None:
    """Export the device, and run it in the stand-alone ngspice on a pulse that moves its state."""
    device, drive = switching_pulse(entry.device)
    duration = 2 * (drive.delay + drive.rise + drive.width)
    netlist = folder / f"{entry.stem}.sub"
    write_whole(netlist, lambda path: path.write_text(device.netlist(), encoding="utf-8"))
    deck = folder / f"{entry.stem}-test.cir"
    text = transient_deck(device, netlist.name, drive, duration, duration / 4000)
    write_whole(deck, lambda path: path.write_text(text, encoding="utf-8"))
    try:
        measured = run_deck(deck)
    except MissingDependencyError as missing:
        outcome.left_out.append(f"running the exported netlists: {missing}")
        return
    final = device.simulate(drive, duration, times=[0.0, MEASURED_AT * duration]).iloc[-1]
    for name in device.state_declarations():
        outcome.row[f"{name}_ngspice"], outcome.row[f"{name}_numeric"] = measured[f"final_{name}"], final[name]


#: Voltage that a tunnel barrier of a nanometre survives for long enough to be measured. [V]
BREAKDOWN = 1.5


def switching_pulse(device: CompactModel) -> tuple[CompactModel, Pulse]:
    """A device ready to switch, and a voltage pulse that moves its state.

    The pulse has the amplitude of the device's suggested sweep, but no more than a barrier survives, and lasts two
    of its
    time scales.
    """
    sweep = device.suggested_sweep("voltage")
    amplitude = min(sweep.amplitude or 1.0, BREAKDOWN)
    scale = device.settling_time
    return device.replace(**sweep.overrides), Pulse(0.0, amplitude, scale / 10, scale / 100, scale / 100, 2 * scale)
