"""Cells: parametrised circuits of devices and transistors with named ports."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from ..devices.configured import Configured
from ..devices.declaration import Declared, Option, Parameter
from ..devices.targets.statements import check_name
from .cmos import CORNERS, TECHNOLOGIES, find_technology

if TYPE_CHECKING:
    from .assembly import Assembly, CellCircuit
    from .cmos import Technology

ZERO_CELSIUS = 273.15


@dataclass
class Port(Declared):
    """A node by which a cell is connected; the attribute's name is the node's.

    Attributes
    ----------
    direction : str
        ``"input"``, ``"output"``, ``"inout"`` or ``"supply"``.
    description : str
        What it carries.
    """

    direction: str
    description: str


class Cell(Configured):
    """A circuit with parameters, ports, a technology, a corner and a temperature.

    A subclass declares its ports and parameters as class attributes and writes its circuit in :meth:`build`; it is then
    found, listed and exported. Its standard bench is a function ``bench_<cell>`` in the module of
    :mod:`synaspice.characterization` that is called as the module in which the cell stands, its figure a function
    ``draw_<cell>`` in that of :mod:`synaspice.figures`.

    Parameters
    ----------
    **values : float or str
        Parameters and options by name, as for a device.

    Raises
    ------
    UnknownNameError
        If a name is no parameter of the cell, or there is no such technology or corner.
    ParameterError
        If a value is no number, has the wrong unit or lies outside its bounds.
    """

    #: Where the circuit was published, and its DOI.
    reference: ClassVar[str] = ""
    doi: ClassVar[str] = ""

    _registry: ClassVar[dict[str, type[Cell]]] = {}

    technology = Option("generic", tuple(TECHNOLOGIES), "process of the transistors")
    corner = Option("typical", CORNERS, "corner of the transistors")
    temperature = Parameter(300.15, "K", "temperature of the circuit", (233.0, 399.0))
    supply_voltage = Parameter(
        lambda cell: cell.process.supply_voltage, "V", "supply; the technology's nominal one if not given", (0.1, 5.0)
    )

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.__name__.startswith("_"):
            Cell._registry[cls.model_name()] = cls

    def build(self, assembly: Assembly) -> None:
        """Put the elements of the cell together; the ports are nodes of the same names."""
        raise NotImplementedError

    @classmethod
    @functools.cache
    def ports(cls) -> dict[str, Port]:
        """The ports by name, in the order of the subcircuit's pins."""
        return {name: item for name, item in cls.declarations().items() if isinstance(item, Port)}

    @property
    def process(self) -> Technology:
        """The technology."""
        return find_technology(self.technology)

    @property
    def celsius(self) -> float:
        """The temperature in degrees Celsius, as SPICE counts it."""
        return self.temperature - ZERO_CELSIUS

    @property
    def surroundings(self) -> dict[str, Any]:
        """Technology, corner, temperature and supply: what a cell within this one shares with it."""
        return {
            "technology": self.technology,
            "corner": self.corner,
            "temperature": self.temperature,
            "supply_voltage": self.supply_voltage,
        }

    def subcircuit(
        self, *, name: str | None = None, meters: bool = False, mismatch: int | np.random.Generator | None = None
    ) -> CellCircuit:
        """Return the cell as a subcircuit with all that it needs, an object that a PySpice ``Circuit`` accepts.

        Parameters
        ----------
        name : str, optional
            Name of the subcircuit; default: the cell's. Cells with different parameters need different names to
            stand in one netlist; the subcircuits of their devices are named after them.
        meters : bool
            Whether to put an ammeter (a source of 0 V) into the terminals of every device, from which the energy of
            each can be told.
        mismatch : int or numpy.random.Generator, optional
            Seed of the transistors' random threshold shifts; default: none.

        Raises
        ------
        MissingDependencyError
            If the technology belongs to a package that is not installed.
        ParameterError
            If the name cannot be one, or the circuit cannot be built in this technology.
        """
        from .assembly import Assembly

        chosen = check_name(name or self.model_name().replace("-", "_"), "subcircuit")
        assembly = Assembly(self, chosen, meters, None if mismatch is None else np.random.default_rng(mismatch))
        self.build(assembly)
        return assembly.circuit()

    def netlist(self, *, name: str | None = None, mismatch: int | np.random.Generator | None = None) -> str:
        """Return the cell as text that a netlist can include: model cards, devices, and the cell itself."""
        return self.subcircuit(name=name, mismatch=mismatch).text
