"""What ``synaspice export`` writes: a subcircuit or a library, and a deck beside it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ....circuits.cells.building.cell import CELLS
from ....circuits.cells.building.cmos import TECHNOLOGIES
from ....circuits.cells.building.netlists import Item
from ....circuits.cells.drawn.symbol_files import symbol_file
from ....circuits.engine.batch import transient_deck
from ....devices.catalog import models
from ....devices.core.files import check_outputs, write_together
from ....devices.core.protocols import Stimulus
from ....devices.language.checks import known
from ....devices.language.errors import ParameterError
from ....devices.language.registry import summary
from ....devices.language.waveforms.shapes import DC, Waveform
from ....devices.library import every_device, write_library
from ....devices.model import CompactModel
from ....devices.targets.formats import FORMATS, BinaryFormat, ExportOptions
from ....devices.targets.frameworks.framework import FRAMEWORKS
from ....devices.targets.spice.dialect import Dialect
from ....devices.targets.spice.vacask import VacaskNetlist
from ....devices.targets.symbols.files import EDITORS, Editor
from ..output import show


@dataclass(frozen=True)
class Order:
    """An order for an export.

    Attributes
    ----------
    device : CompactModel, optional
        The device; None for every device with every preset.
    dialect : str
        As of :meth:`CompactModel.netlist`; so are the others.
    name : str, optional
        Name of the subcircuit.
    inputs : tuple of str
        Inputs to make pins.
    options : Mapping
        ``observables``, ``noise`` and ``long_steps``.
    transient_noise : float, optional
        Time between samples of noise in transients. [s]
    editor : str, optional
        Editor of schematics for which a symbol is written beside it.
    """

    device: CompactModel | None
    dialect: str
    name: str | None
    inputs: tuple[str, ...]
    options: Mapping[str, bool]
    transient_noise: float | None
    editor: str | None = None

    def text(self) -> str:
        """The text of the exported file."""
        if self.device is None:
            return write_library(every_device(), self.dialect, progress=True, **self.options)
        return self.device.netlist(
            self.dialect, name=self.name, inputs=self.inputs, transient_noise=self.transient_noise, **self.options
        )

    def deck(self, include: str) -> str:
        """The text of a deck that drives the device, or the first one of the library."""
        name, device = (self.name, self.device) if self.device is not None else next(iter(every_device().items()))
        return device_deck(
            device,
            include,
            name=name,
            inputs=self.inputs,
            transient_noise=self.transient_noise,
            dialect=self.dialect,
            options=self.options,
        )


def device_deck(
    device: CompactModel,
    include: str,
    *,
    name: str | None,
    options: Mapping[str, bool],
    inputs: tuple[str, ...] = (),
    transient_noise: float | None = None,
    dialect: str = "ngspice",
) -> str:
    """The text of a deck that drives an exported device; the arguments are those of :class:`Order`."""
    form = FORMATS.find(dialect)
    if isinstance(form, VacaskNetlist):
        placed = form.form(device, ExportOptions(name, inputs, transient_noise=transient_noise, **options))
    else:
        placed = device.subcircuit(
            name=name, inputs=inputs, transient_noise=transient_noise, dialect=dialect, **options
        )
    stimulus = device.protocol(Stimulus)
    # Inputs that are not pins stay at their values; pins that the stimulus does not drive are held at theirs.
    driven: dict[str, Waveform] = {pin: DC(device.values[pin]) for pin in inputs}
    driven |= {k: v for k, v in stimulus.inputs.items() if k in inputs or k in device.branches()}
    drive = replace(stimulus, inputs=driven)
    return transient_deck(
        device,
        include,
        placed,
        drive,
        transient_noise=transient_noise,
        long_steps=options.get("long_steps", False),
    )


def list_formats() -> None:
    """Print the formats of devices and cells, and the technologies."""
    for title, names in (
        ("export --format", {name: form.name for name, form in FORMATS.items()}),
        ("export --symbol", {name: editor.name for name, editor in EDITORS.items()}),
        ("technologies of cells", {name: process.title for name, process in TECHNOLOGIES.items()}),
        ("device.to(...) in Python", {name: summary(function) for name, function in FRAMEWORKS.items()}),
    ):
        show(f"{title}:")
        for name, about in names.items():
            show(f"{name:12} {about}", "    ", 17 * " ")


def deliver(order: Order, output: Path | None, *, deck: bool, force: bool) -> list[Path]:
    """Write the ordered files, whole or not at all; without a file to standard output.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    ParameterError
        If a file exists and may not be replaced, or something cannot be exported.
    """
    form = FORMATS.find(order.dialect)
    if output is not None:
        check_outputs([output])  # before the work; whether files may be replaced is said of all of them
    if isinstance(form, BinaryFormat):
        return [_binary(form, order, output, force)]
    text = order.text()
    if output is None:
        return print_text(text)
    contents = {output: text}
    if deck and isinstance(form, Dialect):
        contents[deck_beside(output, order.dialect)] = order.deck(output.name)
    if order.editor is not None:
        if order.device is None or not isinstance(form, Dialect):
            raise ParameterError("--symbol is for the netlists of devices and cells that are named, not for --all")
        contents |= symbol_beside(output, order.device, order.editor, name=order.name, inputs=order.inputs)
    return write_files(contents, force)


def deck_beside(output: Path, dialect: str, item: str | None = None) -> Path:
    """File of the deck beside an exported file: no two dialects in one folder have the same.

    Parameters
    ----------
    output : Path
        The exported file.
    dialect : str
        Its dialect.
    item : str, optional
        What the deck is of, where there are several.
    """
    form = FORMATS.find(dialect)
    suffix = form.deck_suffix if isinstance(form, Dialect) else ".cir"
    others = [form for name, form in FORMATS.items() if isinstance(form, Dialect) and form.deck_suffix == suffix]
    mark = f"-{dialect}" if dialect != "ngspice" and len(others) > 1 else ""
    return output.with_name(f"{output.stem}{f'-{item}' if item else ''}-test{mark}{suffix}")


def editor_for(name: str, output: Path | None) -> Editor:
    """The editor of schematics of a name, for which a symbol is to be written.

    Raises
    ------
    UnknownNameError
        If there is none of that name.
    ParameterError
        If the netlist goes into no file, beside which the symbol could be.
    """
    found = EDITORS.find(name)
    if output is None:
        raise ParameterError(f"--symbol {name} writes a file beside the netlist: give its name with -o")
    return found


def symbol_beside(
    output: Path, item: Item, editor: str, *, name: str | None = None, inputs: Sequence[str] = ()
) -> dict[Path, str]:
    """The file of a symbol beside an exported file, named after its subcircuit, and its text."""
    text = symbol_file(item, editor, output.name, name=name, inputs=inputs)
    stem = name or item.model_name().replace("-", "_")
    return {output.with_name(stem + EDITORS[editor].suffix): text}


def print_text(text: str) -> list[Path]:
    """Print a netlist that goes into no file."""
    print(text, end="", file=sys.stdout)
    return []


def write_files(contents: Mapping[Path, str], force: bool) -> list[Path]:
    """Write texts to files: all of them whole, or none.

    Raises
    ------
    ParameterError
        If a file exists and may not be replaced, or cannot be a file.
    OutputError
        If they cannot be written, as to a full disk.
    """
    # A deck names the netlist: as the file system does, also where that is not UTF-8.
    written = {path: content.encode("utf-8", "surrogateescape") for path, content in contents.items()}
    writers = {path: functools.partial(Path.write_bytes, data=content) for path, content in written.items()}
    write_together(writers, replace=force)
    return list(contents)


def _binary(form: BinaryFormat, order: Order, output: Path | None, force: bool) -> Path:
    """Write a device in a format that is not text."""
    if order.device is None:
        raise ParameterError(f"--format {order.dialect} is of one device: give its name")
    if output is None:
        raise ParameterError(f"{form.name} is a binary file: give its name with -o")
    return form.write(order.device, output, ExportOptions(order.name, order.inputs, **order.options), force)


def is_cell(name: str) -> bool:
    """Whether a name is that of a cell.

    Raises
    ------
    UnknownNameError
        If it is neither that of a cell nor that of a device.
    """
    return known("device or cell", name, [*models(), *CELLS]) in CELLS
