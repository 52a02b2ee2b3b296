"""The main job on everything: every device and preset characterised, plotted, exported and run in ngspice."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import joblib
import pandas as pd
from tqdm import tqdm

from ..characterization.bench import suitable_benches
from ..characterization.tables import write_table, write_whole
from ..circuits.engine.batch import MEASURED_AT, run_deck, transient_deck
from ..devices.catalog import models
from ..devices.core.protocols import Stimulus
from ..devices.language.errors import MissingDependencyError
from ..devices.model import CompactModel
from .drawing import plot
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
    """Result of one entry: a row of the summary, and the failures."""

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
        One row per device: resistances, and the final states (in units of their scales) of its exported netlist in
        ngspice against those of the numeric engine.
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


def measurements(device: CompactModel) -> Iterator[tuple[str, pd.DataFrame]]:
    """Tables of all benches that suit a device, each with the name of its files."""
    for bench in suitable_benches(device).values():
        for name, arguments in bench.gallery(device).items():
            yield name, bench(device, **arguments)


def _make_entry(entry: Entry, folders: dict[str, Path], tables: bool, netlists: bool) -> Outcome:
    outcome = Outcome({"device": entry.model, "preset": entry.preset or "default"})
    for name, table in measurements(entry.device):
        save(plot(table), folders["figures"] / f"{entry.stem}-{name}.png")
        if tables:
            write_table(table, folders["tables"] / f"{entry.stem}-{name}.csv")
            write_table(table, folders["tables"] / f"{entry.stem}-{name}.parquet")
        if name == "iv":
            at_zero = table[table["voltage"] == 0]["resistance"]
            outcome.row |= {"low_resistance_ohm": at_zero.min(), "high_resistance_ohm": at_zero.max()}
    if netlists:
        _make_netlist(entry, folders["netlists"], outcome)
    return outcome


def _make_netlist(entry: Entry, folder: Path, outcome: Outcome) -> None:
    """Export the device, and run it in the stand-alone ngspice on a drive that moves its states."""
    device, stimulus = entry.device, entry.device.protocol(Stimulus)
    inputs = [name for name in stimulus.inputs if name in device.input_declarations()]
    subcircuit = device.subcircuit(inputs=inputs)
    netlist, deck = folder / f"{entry.stem}.sub", folder / f"{entry.stem}-test.cir"
    write_whole(netlist, lambda path: path.write_text(str(subcircuit), encoding="utf-8"))
    text = transient_deck(device, netlist.name, subcircuit, stimulus)
    write_whole(deck, lambda path: path.write_text(text, encoding="utf-8"))
    try:
        measured = run_deck(deck)
    except MissingDependencyError as missing:
        outcome.left_out.append(f"running the exported netlists: {missing}")
        return
    case: dict[str, Any] = {"source": stimulus.source, "inputs": stimulus.inputs}
    times = [0.0, MEASURED_AT * stimulus.duration]
    final = (
        device.replace(**stimulus.overrides).simulate(stimulus.drive, stimulus.duration, times=times, **case).iloc[-1]
    )
    states = device.state_declarations()
    outcome.row |= {
        "states": " ".join(states),
        "ngspice": " ".join(f"{measured[f'final_{name}']:.6g}" for name in states),
        "numeric": " ".join(f"{final[name] / state.scale:.6g}" for name, state in states.items()),
        "difference": max(abs(measured[f"final_{name}"] - final[name] / state.scale) for name, state in states.items()),
    }
