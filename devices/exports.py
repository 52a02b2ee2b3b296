"""The forms of a device for other simulators: what a :class:`~synaspice.devices.model.CompactModel` exports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from .errors import ParameterError

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
        transient_noise: float | None = None,
    ) -> str:
        """Return the device as a subcircuit that a netlist can include, or as a Verilog-A module.

        Parameters
        ----------
        dialect : str
            ``"ngspice"``, ``"xyce"``, ``"ltspice"``, ``"hspice"`` or ``"spectre"``; or ``"verilog-a"``, whose modules
            always have observables and noise.
        name : str, optional
            Name of the subcircuit; default: the model's.
        inputs : sequence of str
            Inputs of the model (external fields) to turn from parameters into pins.
        observables : bool
            Whether to add a node for every observable.
        noise : bool
            Whether to add sources for small-signal noise analyses (``.noise``), silent in all others.
        transient_noise : float, optional
            Time between the samples of the states' thermal noise in transients [s]; default: no noise. The temperature
            is the simulator's. Take it well below the time in which the states move, and steps no longer.

        Raises
        ------
        UnknownNameError
            If there is no such dialect or input.
        ParameterError
            If a name or a value cannot stand in a netlist, or the dialect has no noise in transients.
        """
        if dialect == "verilog-a":
            from .targets.veriloga import write_module

            if transient_noise is not None:
                raise ParameterError(
                    "a Verilog-A module has its noise in transients by itself, where the simulator has"
                )
            return write_module(self._device, name=name, inputs=inputs)
        from .targets.spice import write_subcircuit

        return str(
            write_subcircuit(
                self._device,
                dialect,
                name=name,
                inputs=inputs,
                observables=observables,
                noise=noise,
                transient_noise=transient_noise,
            )
        )

    def subcircuit(
        self,
        *,
        name: str | None = None,
        inputs: Sequence[str] = (),
        observables: bool = False,
        noise: bool = False,
        transient_noise: float | None = None,
        dialect: str = "ngspice",
    ) -> Subcircuit:
        """Return the device as a subcircuit object that a PySpice ``Circuit`` accepts.

        ``circuit.subcircuit(mtj.subcircuit())`` defines it, ``circuit.X("1", "mtj", "a", "b", ...)`` places it.
        The arguments are those of :meth:`netlist`.
        """
        from .targets.spice import write_subcircuit

        return write_subcircuit(
            self._device,
            dialect,
            name=name,
            inputs=inputs,
            observables=observables,
            noise=noise,
            transient_noise=transient_noise,
        )
