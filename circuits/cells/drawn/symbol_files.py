"""Symbols of devices and cells for editors of schematics, with the netlists that belong to them."""

from __future__ import annotations

from collections.abc import Sequence

from ....devices.language.checks import instance
from ....devices.language.registry import summary
from ....devices.model import CompactModel
from ....devices.targets.spice.subcircuit import Subcircuit
from ....devices.targets.symbols.files import EDITORS, SymbolFile
from ....devices.targets.symbols.shapes import Symbol
from ....devices.targets.symbols.symbols import box_symbol, device_symbol, inverter_symbol
from ..building.cell import Cell
from ..building.netlists import Item
from ..building.subcircuits import CellCircuit


def symbol_file(item: Item, editor: str, netlist: str, *, name: str | None = None, inputs: Sequence[str] = ()) -> str:
    """Write the symbol of a device or cell for an editor of schematics.

    Its pins are those of the subcircuit, in its order; its attributes are the subcircuit's parameters, with their
    values. :func:`~synaspice.circuits.one_netlist`, or ``netlist`` of the device or cell, writes the subcircuit.

    Parameters
    ----------
    item : CompactModel or Cell
        The device or cell.
    editor : str
        ``"ltspice"`` (``.asy``), ``"kicad"`` (``.kicad_sym``, KiCad 7 or later) or ``"xschem"`` (``.sym``).
    netlist : str
        Name of the file in which the subcircuit is, which the symbol names.
    name : str, optional
        Name of the subcircuit; default: as of ``netlist``.
    inputs : sequence of str
        Inputs of a device that are pins.

    Returns
    -------
    str
        The text of the file.

    Raises
    ------
    UnknownNameError
        If there is no such editor or input.
    ParameterError
        If the name cannot be one, or the item is neither a device nor a cell.
    """
    form = EDITORS.find(editor)
    instance("the item", item, (CompactModel, Cell), "a device or a cell")
    instance("netlist", netlist, str, "the name of a file")
    circuit: CellCircuit | Subcircuit
    if isinstance(item, Cell):
        circuit = item.subcircuit(name=name)
        symbol = _cell_symbol(item, circuit)
    else:
        circuit = item.subcircuit(name=name, inputs=inputs)
        terminals = tuple(item.terminals())
        symbol = device_symbol(type(item).symbol, terminals, circuit.pins[len(terminals) :], circuit.name)
    values = {parameter: _value(item, parameter) for parameter in circuit.parameters}
    return form.write(SymbolFile(circuit.name, symbol, values, netlist, summary(type(item))))


def _cell_symbol(cell: Cell, circuit: CellCircuit) -> Symbol:
    if type(cell).symbol == "inverter":
        return inverter_symbol(supplied=True)
    return box_symbol({name: port.direction for name, port in cell.ports().items()}, circuit.name)


def _value(item: Item, parameter: str) -> float:
    if parameter in item.values:
        return float(item.values[parameter])
    if isinstance(item, Cell):
        slot = next(slot for slot in item.slots() if parameter.startswith(f"{slot}_"))
        return float(item.device_in(slot).values[parameter.removeprefix(f"{slot}_")])
    return float(getattr(item, parameter))
