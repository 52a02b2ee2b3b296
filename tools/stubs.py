"""Write the stubs from which packages load their public names on first use, or check that they are up to date.

A stub (``__init__.pyi`` beside ``__init__.py``) is where the public names of a package stand: ``lazy_loader`` reads it
when the package is imported, editors and type checkers read it too. Devices, cells and benches come from the
registries, so that a new one is a file of its own and nothing else by hand; all other names stand in the tables below.
"""

from __future__ import annotations

import sys
from pathlib import Path

from synaspice.characterization.bench import BENCHES
from synaspice.circuits.cells.cell import CELLS
from synaspice.devices.core.base import MODELS
from synaspice.devices.language import errors, waveforms

ROOT = Path(__file__).resolve().parent.parent
#: Public names beside those of the registries, by package: where they are defined.
NAMES = {
    "devices": {
        "CompactModel": "model",
        **{
            name: f"language.{module.__name__.rpartition('.')[2]}"
            for module in (errors, waveforms)
            for name, item in vars(module).items()
            if isinstance(item, type) and item.__module__ == module.__name__
        },
    },
    "circuits": {"Crossbar": "crossbars.crossbar"},
    "characterization": {
        "agreement": "benches.agreement",
        "costs": "cells.costs",
        "ensemble_statistics": "benches.ensembles",
        "lookup": "benches.lookup",
        "read_table": "tables",
        "simulate": "cells.bench",
        "splitting": "rare_events.splitting",
        "wire_resistance": "cells.wire_resistance",
        "write_table": "tables",
    },
    "figures": {"plot": "drawing", "save": "style"},
}
#: What ``from synaspice import ...`` leaves out, because few need it every day.
RARE = {"agreement", "ensemble_statistics", "lookup", "splitting", "wire_resistance", "costs", "simulate"}


def stubs() -> dict[str, str]:
    """Text of every stub, by its path in the checkout."""
    names = {package: dict(table) for package, table in NAMES.items()}
    for package, registry in (("devices", MODELS), ("circuits", CELLS)):
        for item in registry.own().values():
            names[package][item.__name__] = item.__module__.removeprefix(f"synaspice.{package}.")
    for bench in BENCHES.own().values():
        function = bench.function
        names["characterization"][function.__name__] = function.__module__.removeprefix("synaspice.characterization.")
    front = {"__version__": "devices.language.version"}
    for package in ("devices", "characterization", "figures"):
        front |= {name: f"{package}.{home}" for name, home in names[package].items() if name not in RARE}
    return {
        f"{folder}/__init__.pyi": "".join(
            f"from .{home} import {name} as {name}\n"
            for name, home in sorted(table.items(), key=lambda pair: (pair[1], pair[0].lower()))
        )
        for folder, table in {**names, "synaspice": front}.items()
    }


def main() -> int:
    """Write the stubs; with ``--check`` say which are out of date instead."""
    stale = [path for path, text in stubs().items() if not (ROOT / path).exists() or (ROOT / path).read_text() != text]
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path} is out of date: run 'make format'")
        return bool(stale)
    for path in stale:
        (ROOT / path).write_text(stubs()[path])
    return 0


if __name__ == "__main__":
    sys.exit(main())
