"""A native device as a file: C against OSDI, compiled by the system's compiler."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ...language.errors import ParameterError
from ..formats import FORMATS, BinaryFormat, ExportOptions
from .c_compiler import compile_library
from .osdi import write_osdi

if TYPE_CHECKING:
    from ...core.base import DeviceModel


@dataclass(frozen=True, kw_only=True)
class NativeLibrary(BinaryFormat):
    """A shared library for simulators that load OSDI; with the noise of its states, as a Verilog-A module has it."""

    def write(self, device: DeviceModel, path: Path, options: ExportOptions, force: bool) -> Path:
        """Compile the device; see :meth:`CompactModel.compile_osdi`."""
        if options.long_steps:
            raise ParameterError("native devices have no long_steps: they take long steps as they are")
        return compile_library(
            write_osdi(device, name=options.name, inputs=options.inputs, noise=True), path, force=force
        )


FORMATS.register("osdi", NativeLibrary(name="OSDI"))
