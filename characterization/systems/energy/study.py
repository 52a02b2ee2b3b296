"""The study of energy: what the article claims in watts, beside what systems of this package's devices would take."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ....circuits.cells.building.cell import CELLS
from ....circuits.cells.spin.decision import READ_TIME
from ....circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from ....devices.core.metadata import device_table
from ....devices.core.oscillator_protocols import Oscillation
from ....devices.core.protocols import Statics
from ....devices.language.checks import whole
from ....devices.language.errors import ParameterError
from ....devices.model import CompactModel
from ....devices.models.domain_walls.domain_wall_injector import DomainWallInjector
from ....devices.models.memristors.sky130_reram import Sky130RERAM
from ....devices.models.oscillators.vortex import VortexOscillator
from ....devices.models.spin.neuron_magnet import NeuronMagnet
from ...cells.bench import simulate
from ...cells.costs import PUBLISHED, cost_rows
from ...cells.periphery import energy_of_periphery
from ..hybrid.behavioural_neuron import NeuronEnergy, two_evaluations
from ..hybrid.spin_layer import EXTRA, STEPS, VOLTAGE
from ..keeping import Keeping, check_study
from . import accounts
from .accounts import Account

#: How numbers were got, from the surest to the least sure.
HOW = ("measured", "derived", "second-hand", "assumed")
#: Sizes: the digits of the hybrid network, the network trained in the loop, the perceptron; then the reservoir.
DIGITS, IN_THE_LOOP, PERCEPTRON = (64, 10), (100, 15, 15, 5), (784, 100, 10)
NODES, FRAMES, CLASSES = 400, 60, 10
#: Cells whose benches are run, where there is time.
BENCHES = ("axon-hillock", "memristor-neuron")


@dataclass(frozen=True)
class Entry:
    """A number of the comparison.

    Attributes
    ----------
    system : str
        Whose it is.
    quantity : str
        ``power`` [W], ``event`` [J], ``operation`` [J] or ``inference`` [J].
    devices, periphery : float
        The number, of devices and their cells, and of what is around them.
    how : str
        How that of the devices was got, one of :data:`HOW`; the values of a device's preset have their own provenance.
    source : str
        Where it comes from.
    ours : bool
        Whether it is of this package's devices.
    around : str
        How that of the periphery was got: the least sure of its parts; empty where there is none.
    """

    system: str
    quantity: str
    devices: float
    periphery: float
    how: str
    source: str
    ours: bool = True
    around: str = ""


@dataclass(frozen=True)
class Parts:
    """Devices that the systems are made of.

    Attributes
    ----------
    magnet, strip : CompactModel
        Of the spin neurons.
    oscillator : CompactModel
        Of the reservoir.
    memristor : CompactModel
        Of the crossbars.
    """

    magnet: NeuronMagnet = field(default_factory=lambda: NeuronMagnet.preset("sharad2012-like"))
    strip: DomainWallInjector = field(default_factory=lambda: DomainWallInjector.preset("sharad2012-like"))
    oscillator: CompactModel = field(default_factory=lambda: VortexOscillator.preset("torrejon2017-like"))
    memristor: CompactModel = field(default_factory=lambda: Sky130RERAM.preset("skywater2020"))

    @classmethod
    def of(cls, device: CompactModel) -> Parts:
        """The usual ones, but for the one in whose place a device can stand.

        Raises
        ------
        ParameterError
            If it can stand in the place of none.
        """
        usual = cls()
        if isinstance(device, NeuronMagnet):
            return replace(usual, magnet=device)
        if isinstance(device, DomainWallInjector):
            return replace(usual, strip=device)
        if device.suits(Oscillation):
            return replace(usual, oscillator=device)
        if device.suits(Statics):
            return replace(usual, memristor=device)
        raise ParameterError(f"none of the systems is made of a {device.model_name()}")

    def valve(self, inputs: int) -> LateralSpinValve:
        """The circuit of a spin neuron."""
        return LateralSpinValve(inputs=inputs, magnet=self.magnet, synapse=self.strip)


def published_entries() -> list[Entry]:
    """Numbers of the article and of publications, none of them read where it was published."""
    horowitz = "M. Horowitz, ISSCC 2014, 45 nm, 0.9 pJ + 3.7 pJ; second-hand, table 3 of PMC8934428"
    found = [
        Entry(
            "human brain",
            "power",
            20.0,
            0.0,
            "second-hand",
            '"oft-quoted 20 W": W. B. Levy, V. G. Calvert, PNAS 118, e2008173118 (2021), abstract',
            ours=False,
        ),
        Entry(
            "its cortical computation",
            "power",
            0.1,
            0.0,
            "second-hand",
            "the same abstract, of ATP; communication takes 3.5 W",
            ours=False,
        ),
        Entry(
            "IBM Watson, 90 servers",
            "power",
            9e4,
            0.0,
            "second-hand",
            "90 servers of some 1 kW: F. Jabr, Scientific American (18 July 2012), quoted in a blog",
            ours=False,
        ),
        Entry("MAC of 32-bit floats", "event", 4.6e-12, 0.0, "second-hand", horowitz, ours=False),
    ]
    quantities = {"power, typical": "power", "energy per synaptic event": "event", "energy per spike": "operation"}
    names = {"IBM TrueNorth, 28 nm, 1 million neurons": "IBM SyNAPSE (TrueNorth)"}
    for entry in PUBLISHED:
        if entry.quantity in quantities:
            how = "assumed" if entry.read_in.startswith("assumed") else "second-hand"
            source = f"{entry.source}; {entry.read_in}"
            name = names.get(entry.system, entry.system)
            found.append(Entry(name, quantities[entry.quantity], entry.value, 0.0, how, source, ours=False))
    return found


def study_energy(
    device: CompactModel,
    *,
    benches: tuple[str, ...] = BENCHES,
    seed: int = 0,
    checkpoint: Path | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Energies of systems and cells, periphery included, beside published ones, each with how it was got.

    Parameters
    ----------
    device : CompactModel
        Stands in the place of the spin neurons' magnet or strip, of the reservoir's oscillator, or of the crossbars'
        memristor, whichever it can be.
    benches : tuple of str
        Cells whose standard bench is run.
    seed : int
        Seed of the neuron's netlist.
    checkpoint : Path, optional
        Folder in which finished parts are kept.
    progress : bool
        Whether to show progress.

    Returns
    -------
    pandas.DataFrame
        A row per number: ``system``, ``quantity`` (``power`` [W]; ``event``, ``operation``, ``inference`` [J]),
        ``devices``, ``periphery`` and ``total`` in the ``unit``, ``how`` and ``periphery_how``, ``source``, ``ours``.

    Raises
    ------
    ParameterError
        If the device can stand in none of the places.
    """
    check_study(device, checkpoint=checkpoint, progress=progress)
    parts, seed = Parts.of(device), whole("seed", seed, 0, 2**32 - 1)
    keeping = Keeping(device, checkpoint, progress)
    (spent,) = keeping.compute(_neuron, [{"parts": parts, "seed": seed % 1000 + 1}], "neuron")
    energy = NeuronEnergy(*(float(spent[name]) for name in ("preset", "silent", "spike")))
    (swung,) = keeping.compute(_oscillator, [{"parts": parts}], "oscillator")
    measured = keeping.compute(_bench, [{"name": name} for name in benches], "benches")
    entries = [*published_entries(), *_of_systems(parts, energy, (float(swung["power"]), float(swung["node_time"])))]
    for name, row in zip(benches, measured, strict=True):
        entries.append(
            Entry(
                name.replace("-", " "),
                "operation",
                float(row["energy"]),
                float(row["periphery"]),
                "measured",
                f"a spike on the cell's bench, synaspice costs {name}, its median",
                around="assumed" if float(row["periphery"]) else "",
            )
        )
    return _table(device, entries, seed)


def _of_systems(parts: Parts, energy: NeuronEnergy, oscillator: tuple[float, float]) -> list[Entry]:
    mac = next(entry.devices for entry in published_entries() if entry.system.startswith("MAC"))
    valve = parts.valve(DIGITS[0] + EXTRA)
    cell = accounts.read_conductance(parts.memristor)
    spin = functools.partial(accounts.spin_layer_account, valve=valve, energy=energy)
    crossbar = functools.partial(accounts.crossbar_account, conductance=cell)
    digits = accounts.spin_layer_account(*DIGITS, valve, energy, evaluations=STEPS, analog=True)
    reservoir = accounts.reservoir_account(parts.oscillator, NODES, FRAMES, CLASSES, mac=mac, power=oscillator)
    loop_spin = accounts.network_account(IN_THE_LOOP, spin)
    loop_crossbar = accounts.network_account(IN_THE_LOOP, crossbar)
    perceptron = accounts.network_account(PERCEPTRON, crossbar)
    bench = "the neuron's netlist; half of the lines and neurons assumed to be active"
    read = (
        f"{1e6 * cell:.2g} uS a cell, mean of its states, {accounts.READ_VOLTAGE:g} V for {1e9 * accounts.READ:g} ns "
        "assumed; half of the rows assumed to be active"
    )
    orbit = f"power on the orbit, {FRAMES} frames assumed; readout of 32-bit floats counted as periphery"
    named: list[tuple[str, Account, str, str]] = [
        (f"spin neurons, digits, {STEPS} steps", digits, bench, "assumed"),
        (f"oscillator, {NODES} nodes, {FRAMES} frames", reservoir, orbit, "second-hand"),
        ("spin neurons, 100-15-15-5", loop_spin, bench, "assumed"),
        ("crossbar, 100-15-15-5", loop_crossbar, read, "assumed"),
        ("crossbar, 784-100-10", perceptron, read, "assumed"),
    ]
    line = VOLTAGE**2 * valve.charge_conductance * READ_TIME
    watts, node_time = oscillator
    decided = energy.preset + energy.spike
    entries = [
        Entry("spin neuron, a line that is on", "event", line, 0.0, "derived", "V^2 G t of its circuit"),
        Entry("crossbar, a cell", "event", cell * accounts.READ_VOLTAGE**2 * accounts.READ, 0.0, "derived", read),
        Entry(
            "spin neuron, a decision",
            "operation",
            decided,
            0.0,
            "measured",
            "preset and latch with a spike, its netlist",
        ),
        Entry(
            "oscillator, a virtual node",
            "operation",
            watts * node_time,
            energy_of_periphery({"DAC": 1, "ADC": 1}),
            "derived",
            "power on the orbit, for half a relaxation time",
            around="second-hand",
        ),
        Entry("oscillator", "power", watts, 0.0, "derived", "I V on its orbit, in the middle of its range"),
    ]
    for name, account, source, around in named:
        for quantity, over in (("inference", 1.0), ("event", account.events), ("power", account.duration)):
            values = account.devices / over, account.periphery / over
            entries.append(Entry(name, quantity, *values, "derived", source, around=around))
    return entries


def _neuron(parts: Parts, seed: int) -> dict[str, Any]:
    _, energy, _ = two_evaluations(parts.valve(3), seed=seed)
    return {"preset": energy.preset, "silent": energy.silent, "spike": energy.spike}


def _oscillator(parts: Parts) -> dict[str, Any]:
    power, node_time = accounts.oscillator_power(parts.oscillator)
    return {"power": power, "node_time": node_time}


def _bench(name: str) -> dict[str, Any]:
    """Median energy of the first operation that a cell's bench counts."""
    rows = cost_rows(simulate(CELLS.find(name)()), periphery=True)
    row = next((row for row in rows if row["range"] == "typical"), None)
    if row is None:
        return {"energy": math.nan, "periphery": math.nan}
    return {"energy": row["supply"] + row["inputs"], "periphery": row["periphery"]}


def _table(device: CompactModel, entries: list[Entry], seed: int) -> pd.DataFrame:
    columns = {
        "system": ([e.system for e in entries], "", "whose the number is"),
        "quantity": ([e.quantity for e in entries], "", "power, or energy of a synaptic event, operation or inference"),
        "devices": ([e.devices for e in entries], "unit", "of devices and their cells"),
        "periphery": ([e.periphery for e in entries], "unit", "of converters, drivers and amplifiers around them"),
        "total": ([e.devices + e.periphery for e in entries], "unit", "of both"),
        "unit": (["W" if e.quantity == "power" else "J" for e in entries], "", "unit of the numbers"),
        "how": ([e.how for e in entries], "", "how that of the devices was got"),
        "periphery_how": ([e.around for e in entries], "", "how that of the periphery was got: its least sure part"),
        "source": ([e.source for e in entries], "", "where it comes from"),
        "ours": ([e.ours for e in entries], "", "whether it is of this package's devices"),
    }
    return device_table(device, columns, system="energy", engine="ngspice", seed=seed)
