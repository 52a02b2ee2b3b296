"""Cells: parametrised circuits of devices and transistors with named ports."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from ....devices.language.checks import flag, whole
from ....devices.language.errors import ParameterError
from ....devices.language.registry import Registry
from ....devices.targets.spice.dialect import Dialect
from ....devices.targets.spice.dialects import CELL_DIALECTS, NGSPICE
from ....devices.targets.spice.statements import check_name
from ....devices.targets.spice.vacask import VACASK, word
from .assembly import Assembly
from .declared import DeclaredCell
from .exposed import exposed_parameters, plain, traced_copy
from .subcircuits import CellCircuit

#: The cells, by name.
CELLS: Registry[type[Cell]] = Registry(
    "cell",
    ("synaspice.circuits.cells",),
    "synaspice.cells",
    lambda item: isinstance(item, type) and issubclass(item, Cell),
    lambda cell: cell.model_name(),
)


class Cell(DeclaredCell):
    """A circuit with parameters, ports, a technology, a corner and a temperature.

    A subclass declares its ports and parameters as class attributes and writes its circuit in :meth:`build`; it is then
    found, listed and exported. Its standard bench is registered by the decorator ``cell_bench`` of
    :mod:`synaspice.characterization.cells.bench`, its figure by ``draws`` of :mod:`synaspice.figures.drawing`.

    Parameters
    ----------
    **values : float or str
        Parameters and options by name, as for a device.

    Raises
    ------
    UnknownNameError
        If a name is not a parameter of the cell, or there is no such technology or corner.
    ParameterError
        If a value is not a number, has the wrong unit or lies outside its bounds.
    """

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract and not cls.__name__.startswith("_"):
            CELLS.register(cls.model_name(), cls)

    #: Seed of the random threshold shifts that all circuits of this cell have.
    _mismatch: int | None = None

    def with_mismatch(self, seed: int | None) -> Self:
        """The same cell on a chip of its own: its transistors have random threshold shifts, on every bench.

        Parameters
        ----------
        seed : int or None
            Seed of the shifts, as ``mismatch`` of :meth:`subcircuit`, which comes first where it is given; None for
            nominal transistors. The same seed gives the same standard normal numbers in every corner, at every
            temperature and in every technology.

        Raises
        ------
        ParameterError
            If the seed is no whole number.
        """
        other = self.replace()
        other._mismatch = None if seed is None else whole("mismatch", seed, 0)
        return other

    @property
    def chip(self) -> int | None:
        """The seed of :meth:`with_mismatch`; None for nominal transistors."""
        return self._mismatch

    def replace(self, **overrides: float | str) -> Self:
        """Return the same with other values for some parameters; computed defaults follow, the chip stays."""
        other = super().replace(**overrides)
        other._mismatch = self._mismatch
        return other

    def __eq__(self, other: object) -> bool:
        same = super().__eq__(other)
        return self._mismatch == other._mismatch if same is True and isinstance(other, Cell) else same

    def __hash__(self) -> int:
        return hash((super().__hash__(), self._mismatch))

    def build(self, assembly: Assembly) -> None:
        """Put the elements of the cell together; the ports are nodes of the same names."""
        raise NotImplementedError

    def recorded(self) -> list[Any]:
        """What the circuit is made of, number by number, without a netlist."""
        assembly = Assembly(self, self.model_name().replace("-", "_"), dry=True)
        self.build(assembly)
        return assembly.record

    def subcircuit(
        self,
        *,
        name: str | None = None,
        meters: bool = False,
        mismatch: int | np.random.Generator | None = None,
        for_bench: bool = False,
        dialect: str | Dialect = "ngspice",
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
            Seed of the transistors' random threshold shifts; default: that of :meth:`with_mismatch`, or none.
        for_bench : bool
            Whether it is for :func:`synaspice.circuits.engine.ngspice.run`, which has to be given its ``files`` and
            ``noises``: with ``devices="automatic"`` devices with noise in transients are native ones where ngspice
            loads them and there is a C compiler; else the noise comes from external sources.
        dialect : str
            ``"ngspice"``, ``"xyce"``, ``"ltspice"``, ``"hspice"``, ``"spectre"`` or ``"vacask"``; ammeters and
            benches are for ngspice.

        Raises
        ------
        MissingDependencyError
            If the technology belongs to a package that is not installed.
        ParameterError
            If the name cannot be one, or the circuit cannot be built in this technology.
        """
        mismatch = self._mismatch if mismatch is None else mismatch
        random = mismatch if isinstance(mismatch, np.random.Generator) else None
        if random is None and mismatch is not None:
            random = np.random.default_rng(whole("mismatch", mismatch, 0))
        chosen = check_name(self.model_name().replace("-", "_") if name is None else name, "subcircuit")
        metered, benched = flag("meters", meters), flag("for_bench", for_bench)
        form = dialect if isinstance(dialect, Dialect) else CELL_DIALECTS.find(dialect)
        if form.name != NGSPICE.name and (metered or benched):
            raise ParameterError(f"ammeters and benches are for ngspice, not for {form.name}")
        if form.name == VACASK.name:
            word(chosen, "subcircuit")
        cell: Cell = self
        if not metered and not benched:  # a netlist for people: with formulas in place of numbers
            cell = traced_copy(self, exposed_parameters(plain(self)))  # type: ignore[assignment]
        assembly = Assembly(cell, chosen, metered, random, benched, dialect=form)
        cell.build(assembly)
        return assembly.circuit()

    def netlist(
        self,
        dialect: str = "ngspice",
        *,
        name: str | None = None,
        mismatch: int | np.random.Generator | None = None,
    ) -> str:
        """Return the cell as text that a netlist can include: model cards, devices, and the cell itself.

        Parameters
        ----------
        dialect, name, mismatch
            As of :meth:`subcircuit`.

        Raises
        ------
        UnknownNameError, ParameterError, MissingDependencyError
            As :meth:`subcircuit`; also if the technology's models, or parts of the cell, are for ngspice alone.
        """
        return self.subcircuit(name=name, mismatch=mismatch, dialect=dialect).text
