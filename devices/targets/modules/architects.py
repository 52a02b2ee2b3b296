"""What programs of architects read of a device: NVSim, NeuroSim, aihwkit, CrossSim."""

from __future__ import annotations

import importlib
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from ...language.errors import ParameterError
from ..formats import FORMATS, ExportOptions, Format

if TYPE_CHECKING:
    from ...core.base import DeviceModel


@dataclass(frozen=True, kw_only=True)
class Measured(Format):
    """Numbers of a device as its benches measure them, in the words of another program.

    Attributes
    ----------
    function : tuple of str
        Module and name of the function that measures and writes them. Benches stand above devices: it is imported when
        it is called.
    """

    function: tuple[str, str]

    def text(self, device: DeviceModel, options: ExportOptions) -> str:
        """The device as measured.

        Raises
        ------
        ParameterError
            If an option is given, for they are of netlists, or the device is not what the program knows.
        """
        usual = ExportOptions()
        for field in fields(ExportOptions):
            if getattr(options, field.name) != getattr(usual, field.name):
                raise ParameterError(f"{self.name} has no {field.name}: that is of netlists")
        module, name = self.function
        return str(getattr(importlib.import_module(module), name)(device))


_ROOM = f"{__name__.partition('.')[0]}.characterization.architects"
FORMATS.register(
    "nvsim-cell", Measured(name="a cell of NVSim", plural="cells", function=(f"{_ROOM}.nvsim", "nvsim_cell"))
)
FORMATS.register(
    "neurosim",
    Measured(name="a synapse of NeuroSim", plural="synapses", function=(f"{_ROOM}.neurosim", "neurosim_synapse")),
)
FORMATS.register(
    "aihwkit",
    Measured(
        name="a resistive device of aihwkit",
        comment="# ",
        plural="modules",
        function=(f"{_ROOM}.aihwkit", "aihwkit_device"),
    ),
)
FORMATS.register(
    "crosssim",
    Measured(
        name="a device of CrossSim", comment="# ", plural="modules", function=(f"{_ROOM}.crosssim", "crosssim_device")
    ),
)
