"""Write the stubs from which packages load their public names on first use, or check that they are up to date.

A stub (``__init__.pyi`` beside ``__init__.py``) is where the public names of a package stand: ``lazy_loader`` reads it
when the package is imported, editors and type checkers read it too. Devices, cells and benches come from the
registries, so that a new one is a file of its own and nothing else by hand; all other names stand in the tables below.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Public names beside those of the registries, by package: where they are defined.
NAMES = {
    "devices": {
        "CompactModel": "model",
        "DrivenOrbit": "simulation.orbits.driven_orbit",
        "held_response": "simulation.reservoirs",
        "random_mask": "simulation.reservoirs",
        "reservoir_states": "simulation.reservoirs",
        "OrbitBranch": "simulation.orbits.continuation",
        "PeriodicOrbit": "simulation.orbits.orbit",
        "follow_orbits": "simulation.orbits.continuation",
        "periodic_orbit": "simulation.orbits.search",
        "simulate_many": "simulation.trajectories.batch",
    },
    "circuits": {
        "Crossbar": "crossbars.crossbar",
        "WeightCells": "crossbars.weights.weight_cells",
        "convert_to_noisy": "crossbars.weights.conversion",
        "one_netlist": "cells.building.netlists",
        "symbol_file": "cells.drawn.symbol_files",
    },
    "characterization": {
        "BitEnergy": "networks.energies",
        "Coupling": "networks.couplings",
        "Network": "networks.network",
        "NetworkRun": "networks.network_run",
        "network_ensemble": "networks.repeated",
        "Shared": "networks.couplings",
        "PBitNetwork": "networks.p_bits",
        "RareEvent": "rare_events.event",
        "TwoStateThermal": "slow_time.two_states",
        "state_probability": "slow_time.telegraph",
        "telegraph_trace": "slow_time.telegraph",
        "agreement": "studies.agreement",
        "cell_deck": "cells.decks",
        "citations": "citing",
        "costs": "cells.costs",
        "crossbar_settling": "cells.arrays.settling",
        "ensemble_statistics": "studies.ensembles",
        "Fit": "fitting.result",
        "fit": "fitting.fit",
        "fit_endurance": "aging.endurance",
        "fit_retention": "aging.retention",
        "figures_of_merit": "statistics.merit",
        "fit_population": "fitting.populations",
        "lookup": "studies.lookup",
        "read_measured": "measured.reading",
        "read_table": "tables",
        "reliability": "cells.reliability",
        "simulate": "cells.bench",
        "sobol_indices": "statistics.sensitivity",
        "splitting": "rare_events.splitting",
        "study_hybrid": "systems.hybrid.study",
        "study_digits": "systems.spoken_digits.study",
        "study_vowels": "systems.vowels.study",
        "study_in_the_loop": "systems.training.study",
        "study_quantisation": "systems.quantisation.study",
        "study_waveforms": "systems.waveforms.study",
        "summary": "merit.summary",
        "sweep": "sweeps.sweep",
        "sample_statistics": "statistics.summary",
        "train_readout": "systems.linear_readout",
        "vary": "statistics.vary",
        "wire_resistance": "cells.wire_resistance",
        "write_table": "tables",
        "yields": "sweeps.yields",
    },
    "figures": {
        "explore": "explorer.page",
        "make_report": "report",
        "make_systems": "making",
        "plot": "drawing",
        "save": "style",
        "schematic": "schematics.drawing",
    },
}
#: What ``from synaspice import ...`` leaves out, because few need it every day.
RARE = {
    "RareEvent",
    "TwoStateThermal",
    "state_probability",
    "telegraph_trace",
    "Fit",
    "fit_endurance",
    "fit_population",
    "fit_retention",
    "figures_of_merit",
    "sobol_indices",
    "sample_statistics",
    "agreement",
    "cell_deck",
    "ensemble_statistics",
    "lookup",
    "splitting",
    "wire_resistance",
    "crossbar_settling",
    "costs",
    "reliability",
    "simulate",
    "OrbitBranch",
    "follow_orbits",
    "held_response",
    "random_mask",
    "study_hybrid",
    "study_digits",
    "study_vowels",
    "study_in_the_loop",
    "study_quantisation",
    "study_waveforms",
    "train_readout",
    "make_systems",
    "schematic",
    "symbol_file",
    "yields",
}


def stubs() -> dict[str, str]:
    """Text of every stub, by its path in the checkout."""
    for file in ROOT.glob("[!.]*/**/__init__.py"):  # a package whose stub is missing could not be imported
        if "attach_stub" in file.read_text() and not file.with_suffix(".pyi").exists():
            file.with_suffix(".pyi").touch()
    from typed_classes import home, typed_stubs

    from synaspice.characterization.bench import BENCHES
    from synaspice.circuits.cells.building.cell import CELLS
    from synaspice.devices.core.base import MODELS
    from synaspice.devices.language import errors
    from synaspice.devices.language.waveforms import shapes as waveforms

    names = {package: dict(table) for package, table in NAMES.items()}
    for module in (errors, waveforms):
        for name, item in vars(module).items():
            if isinstance(item, type) and item.__module__ == module.__name__:
                names["devices"][name] = module.__name__.removeprefix("synaspice.devices.")
    classes = {"devices": MODELS.own().values(), "circuits": CELLS.own().values()}
    for package, items in classes.items():
        names[package] |= {item.__name__: home(item) for item in items}
    for bench in BENCHES.own().values():
        function = bench.function
        names["characterization"][function.__name__] = function.__module__.removeprefix("synaspice.characterization.")
    front = {"__version__": "devices.language.version"}
    for package in ("devices", "characterization", "figures"):
        front |= {name: f"{package}.{home}" for name, home in names[package].items() if name not in RARE}
    lists = {
        f"{folder}/__init__.pyi": "".join(
            f"from .{home} import {name} as {name}\n"
            for name, home in sorted(table.items(), key=lambda pair: (pair[1], *_order(pair[0])))
        )
        for folder, table in {**names, "synaspice": front}.items()
    }
    lists["synaspice/__init__.pyi"] += "".join(f"from . import {package} as {package}\n" for package in sorted(names))
    texts = lists | typed_stubs(item for items in classes.values() for item in items)
    return {path: _formatted(text, path) for path, text in texts.items()}


def _formatted(text: str, path: str) -> str:
    for command in (["check", "--fix-only", "--quiet"], ["format"]):
        ruff = [sys.executable, "-m", "ruff", *command, "--stdin-filename", path, "-"]
        text = subprocess.run(ruff, input=text, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    return text


def _order(name: str) -> tuple[bool, bool, str]:
    """As the formatter has it: constants, classes, others."""
    return not name.isupper(), name[0].islower(), name.lower()


def main() -> int:
    """Write the stubs; with ``--check`` say which are out of date instead."""
    texts = stubs()
    stale = [path for path, text in texts.items() if not (ROOT / path).exists() or (ROOT / path).read_text() != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path} is out of date: run 'make format'")
        return bool(stale)
    for path in stale:
        (ROOT / path).write_text(texts[path])
    return 0


if __name__ == "__main__":
    sys.exit(main())
