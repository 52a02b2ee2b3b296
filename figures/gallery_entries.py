"""What the gallery shows: devices with their presets, cells, and a crossbar; and how each is measured."""

from __future__ import annotations

import contextlib
import importlib
import warnings
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..characterization.bench import Bench, suitable_benches
from ..characterization.cells.arrays.settling import crossbar_settling
from ..characterization.cells.bench import CELL_BENCHES, CellBench, bench_of_cell, names_of_cell
from ..characterization.cells.wire_resistance import wire_resistance
from ..circuits.cells.building.cell import CELLS, Cell
from ..circuits.crossbars.crossbar import Crossbar
from ..circuits.crossbars.crosspoints.crossings import Conductances
from ..devices.catalog import models
from ..devices.core.metadata import device_title
from ..devices.language.checks import known
from ..devices.language.errors import SynaspiceWarning, warn_user
from ..devices.language.registry import OWN
from ..devices.model import CompactModel

#: Cells of the crossbar of the gallery: number of lines, range of the conductances [S], and voltage [V].
LINES, CONDUCTANCES, READ = (32, 32), (2e-6, 5e-5), 0.2
#: Benches that take longest: they begin first, so that processes end together.
FIRST = ("amplitude", "write-error", "switching", "hysteresis")


@contextlib.contextmanager
def warnings_of(what: str) -> Iterator[None]:
    """Within it, the package's warnings say of what they are: several devices are measured at a time."""
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        yield
    for warning in found:
        if issubclass(warning.category, SynaspiceWarning):
            warn_user(f"{what}: {warning.message}", warning.category)
        else:
            warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)


@dataclass(frozen=True)
class Entry(ABC):
    """One thing of the gallery.

    Attributes
    ----------
    model : str
        Name of the device or cell.
    preset : str, optional
        Name of the device's preset.
    seed : int, optional
        Seed of benches that take one; default: their own.
    """

    model: str
    preset: str | None = None
    seed: int | None = None

    @property
    def stem(self) -> str:
        """File name, without ending, for everything of this thing."""
        return self.model

    @property
    def names(self) -> frozenset[str]:
        """By which it is asked for: its model, and with its preset as other commands name it."""
        return frozenset({self.model, f"{self.model}:{self.preset}"} if self.preset else {self.model})

    @property
    def thing(self) -> CompactModel | Cell | None:
        """The device or cell; None of what has no parameters."""
        return None

    @property
    @abstractmethod
    def family(self) -> str:
        """Under which heading it stands."""

    @property
    @abstractmethod
    def title(self) -> str:
        """Its name in words."""

    @property
    def description(self) -> str:
        """What it is, in a line."""
        return ""

    @property
    def source(self) -> tuple[str, str]:
        """Its publication, and the DOI of that."""
        return "", ""

    @abstractmethod
    def runs(self) -> Mapping[str, Mapping[str, Any]]:
        """What is measured: arguments, by the name of the files."""

    @abstractmethod
    def measure(self, name: str) -> pd.DataFrame:
        """Do one of the runs."""


@dataclass(frozen=True)
class DeviceEntry(Entry):
    """A device with one of its presets, or with its defaults."""

    @property
    def thing(self) -> CompactModel:
        return self.device

    @property
    def device(self) -> CompactModel:
        """The device."""
        model = models()[self.model]
        return model.preset(self.preset) if self.preset else model()

    @property
    def stem(self) -> str:
        return f"{self.model}-{self.preset or 'default'}"

    @property
    def family(self) -> str:
        package = models()[self.model].__module__.rpartition(".")[0]
        if not package.startswith(OWN):
            return "Devices of other packages"
        text = (importlib.import_module(package).__doc__ or "").partition("\n")[0]
        return text.partition(":")[0].rstrip(".")

    @property
    def title(self) -> str:
        return device_title(self.device)

    @property
    def description(self) -> str:
        preset = self.device.provenance
        return f"{preset.title}. Values: {self.device.provenance_summary}." if preset else ""

    @property
    def source(self) -> tuple[str, str]:
        preset = self.device.provenance
        return (preset.reference, preset.doi) if preset else (self.device.reference, self.device.doi)

    def _benches(self) -> dict[str, tuple[Any, Mapping[str, Any]]]:
        device = self.device
        return {
            name: (bench, seeded(bench, arguments, self.seed))
            for bench in suitable_benches(device).values()
            for name, arguments in bench.gallery(device).items()
        }

    def runs(self) -> Mapping[str, Mapping[str, Any]]:
        return {name: arguments for name, (_, arguments) in self._benches().items()}

    def measure(self, name: str) -> pd.DataFrame:
        bench, arguments = self._benches()[name]
        table: pd.DataFrame = bench(self.device, **arguments)
        return table


@dataclass(frozen=True)
class CellEntry(Entry):
    """A cell with its defaults, on its standard bench."""

    @property
    def thing(self) -> Cell:
        return CELLS[self.model]()

    @property
    def family(self) -> str:
        return "Cells of devices and transistors"

    @property
    def title(self) -> str:
        return CELLS[self.model].title_in_words()

    @property
    def description(self) -> str:
        return (CELLS[self.model].__doc__ or "").partition("\n")[0].partition("; see :")[0].rstrip(".") + "."

    @property
    def source(self) -> tuple[str, str]:
        return CELLS[self.model].reference, CELLS[self.model].doi

    def runs(self) -> Mapping[str, Mapping[str, Any]]:
        return {"bench": seeded(bench_of_cell(CELLS[self.model]), {}, self.seed)}

    def measure(self, name: str) -> pd.DataFrame:
        cell = CELLS[self.model]
        return bench_of_cell(cell)(cell(), **self.runs()[name])


@dataclass(frozen=True)
class CrossbarEntry(Entry):
    """A crossbar of resistors: what the resistance of its wires does."""

    model: str = "crossbar"

    @property
    def family(self) -> str:
        return "Crossbars"

    @property
    def title(self) -> str:
        return f"Crossbar of {LINES[0]} × {LINES[1]} cells"

    @property
    def description(self) -> str:
        low, high = (1e6 * edge for edge in CONDUCTANCES)
        return f"Ohmic cells of {low:g} µS to {high:g} µS at random, all word lines at {READ:g} V."

    def runs(self) -> Mapping[str, Mapping[str, Any]]:
        return {"wire-resistance": {}, "crossbar-settling": {}}

    def measure(self, name: str) -> pd.DataFrame:
        if name == "crossbar-settling":
            return crossbar_settling((4, 8, 16, 32))
        conductances = np.random.default_rng(1).uniform(*CONDUCTANCES, LINES)
        return wire_resistance(Crossbar(Conductances(conductances)), np.full(LINES[0], READ), np.geomspace(0.1, 30, 8))


def seeded(bench: Bench | CellBench, arguments: Mapping[str, Any], seed: int | None) -> dict[str, Any]:
    """Arguments of a bench, with another seed if one is given and it takes one."""
    return {**arguments, **({"seed": seed} if seed is not None and "seed" in bench.settings else {})}


def entries(only: Iterable[str] = (), *, all_cells: bool = False, seed: int | None = None) -> list[Entry]:
    """What the gallery shows, in its order.

    Parameters
    ----------
    only : iterable of str
        Names of devices, cells, or of devices with a preset (``mtj:ikeda2010``); nothing for everything.
    all_cells : bool
        Whether cells whose benches take long belong to everything.
    seed : int, optional
        Seed of benches that take one; default: their own.

    Raises
    ------
    UnknownNameError
        If there is nothing of a name.
    """
    found: list[Entry] = []
    for name, model in models().items():
        found += [DeviceEntry(name, preset, seed) for preset in model.presets() or [None]]
    found.append(CrossbarEntry())
    found += [CellEntry(name, seed=seed) for name in CELLS if _has_bench(name)]
    wanted = set(only)
    for name in wanted:
        known("device, cell or DEVICE:PRESET", name, sorted({n for entry in found for n in entry.names}))
    if wanted:
        return [entry for entry in found if wanted & entry.names]
    return [entry for entry in found if all_cells or not is_long(entry)]


def is_long(entry: Entry) -> bool:
    """Whether an entry is shown only if it is asked for."""
    return isinstance(entry, CellEntry) and bench_of_cell(CELLS[entry.model]).long


def _has_bench(name: str) -> bool:
    return any(base in CELL_BENCHES for base in names_of_cell(CELLS[name]))
