"""The forms of a device for other simulators: what a :class:`~synaspice.devices.model.CompactModel` exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from .model import CompactModel
    from .targets.spice import Subcircuit


class Exports:
    """The generated forms that other programs take in; base of :class:`~synaspice.devices.model.CompactModel`.

    Targets are imported when they are asked for.
    """

    @property
    def _device(self) -> CompactModel:
        return cast("CompactModel", self)

    def netlist(
        self,
        dialect: str = "ngspice",
        *,
        name: str | None = None,
        inputs: Sequence[str] = (),
        observables: bool = False,
        noise: bool = False,
    ) -> str:
        """Return the device as a subcircuit that a netlist can include, or as a Verilog-A module.

        Parameters
        ----------
        dialect : str
            ``"ngspice"``, or ``"verilog-a"``, whose modules always have observables and noise.
        name : str, optional
            Name of the subcircuit; default: the model's.
        inputs : sequence of str
            Inputs of the model (external fields) to turn from parameters into pins.
        observables : bool
            Whether to add a node for every observable.
        noise : bool
            Whether to add sources for small-signal noise analyses (``.noise``), silent in all others.
        """
        if dialect == "verilog-a":
            from .targets.veriloga import write_module

            return write_module(self._device, name=name, inputs=inputs)
        from .targets.spice import write_subcircuit

        return str(
            write_subcircuit(self._device, dialect, name=name, inputs=inputs, observables=observables, noise=noise)
        )

    def subcircuit(
        self, *, name: str | None = None, inputs: Sequence[str] = (), observables: bool = False, noise: bool = False
    ) -> Subcircuit:
        """Return the device as a subcircuit object that a PySpice ``Circuit`` accepts.

        ``circuit.subcircuit(mtj.subcircuit())`` defines it, ``circuit.X("1", "mtj", "a", "b", ...)`` places it.
        The arguments are those of :meth:`netlist`.
        """
        from .targets.spice import write_subcircuit

        return write_subcircuit(self._device, "ngspice", name=name, inputs=inputs, observables=observables, noise=noise)
