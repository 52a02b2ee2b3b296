"""A cell's declarations: ports, technology, corner, temperature; and parameters, as of a device."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from ....devices.language.checks import known
from ....devices.language.declarations.configured import Configured
from ....devices.language.declarations.declaration import Declared, Option, Parameter
from ....devices.language.errors import ParameterError, ValidityWarning, warn_user
from ....devices.language.quantities.units import OFFSETS
from ....devices.model import CompactModel
from ....devices.targets.spice.dialect import Dialect
from .cmos import CORNERS, TECHNOLOGIES, Technology
from .slots import Slot
from .subcircuits import CellCircuit
from .tolerances import Options

#: Voltages up to so many times the technology's nominal supply, with the usual tolerance of a supply, are in order.
OVERDRIVE = 1.1
ZERO_CELSIUS = OFFSETS["K", "degC"]
#: Forms of devices: subcircuits or native devices; or on benches native ones of those with noise in transients, where
#: they can be had, and subcircuits elsewhere.
FORMS = ("automatic", "subcircuit", "native")
#: Errors per decision for which cells and networks are made; with more a cell does not work.
DESIGN_ERROR_RATE = 1e-3


@dataclass
class Port(Declared):
    """A node by which a cell is connected; the attribute's name is the node's.

    Attributes
    ----------
    direction : str
        ``"input"``, ``"output"``, ``"inout"`` or ``"supply"``.
    description : str
        Its meaning.
    """

    direction: str
    description: str


class DeclaredCell(Configured):
    """Ports, parameters, surroundings of a circuit; base of :class:`~synaspice.circuits.cells.building.cell.Cell`."""

    #: What it is called in words, for figures; default: its name without hyphens.
    title: ClassVar[str] = ""
    #: Where the circuit was published, and its DOI.
    reference: ClassVar[str] = ""
    doi: ClassVar[str] = ""
    #: What it looks like in a schematic: ``"inverter"``, or a box.
    symbol: ClassVar[str] = ""
    #: Tolerances that ngspice needs to be right about it, for example ``{"chgtol": 1e-19}``; default: its own.
    tolerances: ClassVar[Options] = {}

    for_authors: ClassVar[frozenset[str]] = Configured.for_authors | {
        "build",
        "branches",
        "terminals",
        "recorded",
        "variables",
        "devices_told",
        "symbol",
    }

    technology = Option("generic", TECHNOLOGIES, "process of the transistors")
    corner = Option("typical", CORNERS, "corner of the transistors")
    devices = Option("automatic", FORMS, "form of the devices in it")
    temperature = Parameter(300.15, "K", "temperature of the circuit", (233.0, 399.0))
    supply_voltage = Parameter(
        lambda cell: cell.process.supply_voltage, "V", "supply; the technology's nominal one if not given", (0.1, 5.0)
    )

    @classmethod
    @functools.cache
    def ports(cls) -> dict[str, Port]:
        """The ports by name, in the order of the subcircuit's pins."""
        return {name: item for name, item in cls.declarations().items() if isinstance(item, Port)}

    @classmethod
    @functools.cache
    def slots(cls) -> dict[str, Slot]:
        """The places for devices by name."""
        return {name: item for name, item in cls.declarations().items() if isinstance(item, Slot)}

    def __init__(self, **values: float | str | CompactModel) -> None:
        self._settle(values)

    def _settle(self, given: Mapping[str, Any]) -> None:
        name, slots = self.model_name(), self.slots()
        self._placed: dict[str, CompactModel] = {}
        self._changes: dict[str, dict[str, Any]] = {slot: {} for slot in slots}
        self._standing: dict[str, CompactModel] = {}
        everything = [*self.parameter_declarations(), *self.option_declarations(), *slots]
        rest: dict[str, Any] = {}
        for key, value in given.items():
            slot, dot, parameter = key.partition(".")
            if key in slots:
                self._placed[key] = slots[key].check(value, name)
            elif dot and slot in slots:
                slots[slot].check_change(parameter, name, own=slot not in given)
                self._changes[slot][parameter] = value
            else:
                rest[known(f"parameter or device of {name}", key, everything)] = value
        for slot, device in self._placed.items():
            for key in slots[slot].parameters:
                if key in rest:
                    raise ParameterError(
                        f"{key} is of the own {slot} of {name}, in whose place {device.model_name()} stands: "
                        f"set {slot}.NAME instead"
                    )
        self._unused = frozenset(key for slot in self._placed for key in slots[slot].parameters)
        super()._settle(rest)
        for slot in slots:
            self.device_in(slot)  # which checks the values together
        self._given = dict(given)

    @property
    def placed(self) -> Mapping[str, CompactModel]:
        """The devices that stand in slots in place of the cell's own, by the slot."""
        return {slot: self.device_in(slot) for slot in self._placed}

    def is_other(self, slot: str) -> bool:
        """Whether the device in a slot is not the cell's own as it comes."""
        return slot in self._placed or bool(self._changes[slot])

    def device_in(self, slot: str) -> CompactModel:
        """The device that stands in a slot."""
        if slot not in self._standing:
            declared, device = self.slots()[slot], self._placed.get(slot)
            made = declared.own(self) if device is None else device
            changes = {**self._changes[slot], **{name: value(self) for name, value in declared.sets.items()}}
            self._standing[slot] = made.replace(**changes) if changes else made
        return self._standing[slot]

    def variables(self) -> dict[str, tuple[Parameter, float]]:
        """What can be scattered and swept, with its value: parameters, and those of the devices as ``SLOT.NAME``."""
        found = {name: (item, self.values[name]) for name, item in self.settable_declarations().items()}
        for slot, declared in self.slots().items():
            device, own = self.device_in(slot), slot not in self._placed
            taken = {name for sets in declared.parameters.values() for name in sets} if own else set()
            taken |= {*declared.sets}
            for name, item in device.parameter_declarations().items():
                if name not in taken:
                    found[f"{slot}.{name}"] = (item, device.values[name])
        return found

    @property
    def devices_told(self) -> dict[str, dict[str, Any]]:
        """The devices in the slots in plain values: model, preset and parameters, by the slot."""
        told = {}
        for slot in self.slots():
            device = self.device_in(slot)
            preset = device.provenance.name if device.provenance else None
            values = {**device.options, **device.values}
            told[slot] = {"model": device.model_name(), "preset": preset, "parameters": values}
        return told

    def __eq__(self, other: object) -> bool:
        same = super().__eq__(other)
        if same is not True or not isinstance(other, DeclaredCell):
            return same
        return all(self.device_in(slot) == other.device_in(slot) for slot in self.slots())

    def __hash__(self) -> int:
        return hash((super().__hash__(), *(self.device_in(slot) for slot in self.slots())))

    @classmethod
    def title_in_words(cls) -> str:
        """What the cell is called in words."""
        return cls.title or cls.model_name().replace("-", " ").capitalize()

    @property
    def process(self) -> Technology:
        """The technology."""
        return TECHNOLOGIES[self.technology]

    @property
    def celsius(self) -> float:
        """The temperature in degrees Celsius, as SPICE counts it."""
        return self.temperature - ZERO_CELSIUS

    @property
    def simulator_options(self) -> dict[str, float | str]:
        """Options with which ngspice gives the cell's answers: its temperature and its tolerances."""
        return {"temp": self.celsius, **self.tolerances}

    @property
    def surroundings(self) -> dict[str, Any]:
        """Technology, corner, temperature and supply: a cell within this one shares them."""
        return {
            "technology": self.technology,
            "corner": self.corner,
            "devices": self.devices,
            "temperature": self.temperature,
            "supply_voltage": self.supply_voltage,
        }

    def check_voltages(self, voltages: Mapping[str, Any]) -> None:
        """Refuse voltages that the supply of no cell may have; warn of those that its transistors do not stand.

        Parameters
        ----------
        voltages : Mapping
            Voltages at which it is run, a number or several, by what they are; that of the supply is looked at as well.

        Raises
        ------
        ParameterError
            If one lies beyond the largest supply that a cell may have.
        """
        _, most = self.parameter_declarations()["supply_voltage"].bounds
        process = self.process
        for name, values in {"supply_voltage": self.supply_voltage, **voltages}.items():
            largest = max(np.ravel(values).tolist(), key=abs, default=0.0)
            if abs(largest) > most:
                raise ParameterError(f"{name} = {largest:g} V lies beyond {most:g} V, the largest supply of a cell")
            if abs(largest) > OVERDRIVE * process.supply_voltage:
                warn_user(
                    f"{self.model_name()}: {name} = {largest:g} V lies beyond the supply of {process.name}, "
                    f"{process.supply_voltage:g} V, by more than {100 * (OVERDRIVE - 1):.0f} %: transistors do not "
                    "stand that for long, and their models were not made for it",
                    ValidityWarning,
                )

    def recorded(self) -> list[Any]:
        """What the circuit is made of, number by number, without a netlist."""
        raise NotImplementedError

    def subcircuit(
        self,
        *,
        name: str | None = None,
        meters: bool = False,
        mismatch: int | np.random.Generator | None = None,
        for_bench: bool = False,
        dialect: str | Dialect = "ngspice",
    ) -> CellCircuit:
        """Return the cell as a subcircuit; see :meth:`synaspice.circuits.cells.building.cell.Cell.subcircuit`."""
        raise NotImplementedError
