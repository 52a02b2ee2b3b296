"""The forms of a device for other simulators: what a :class:`~synaspice.devices.model.CompactModel` exports."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
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

    def osdi_source(self, *, name: str | None = None, inputs: Sequence[str] = (), noise: bool = False) -> str:
        """Return the device in C, against the simulator interface OSDI 0.3.

        The text is the same for the same device; with the system's compiler it becomes a native device, see
        :meth:`compile_osdi`.

        Parameters
        ----------
        name : str, optional
            What a ``.model`` line calls it; default: the model's name.
        inputs : sequence of str
            Inputs of the model (external fields) to turn from parameters into terminals.
        noise : bool
            Whether noise analyses see the noise of the states (thermal fields), at the price of a node for each; that
            of the currents (shot, thermal, flicker) is always there.

        Raises
        ------
        UnknownNameError
            If there is no such input.
        ParameterError
            If the name cannot be one, or a parameter's name is reserved.
        """
        from .targets.osdi import write_osdi

        return write_osdi(self._device, name=name, inputs=inputs, noise=noise)

    def compile_osdi(
        self,
        path: str | Path,
        *,
        name: str | None = None,
        inputs: Sequence[str] = (),
        noise: bool = False,
        force: bool = False,
    ) -> Path:
        """Compile the device for simulators that load OSDI 0.3, such as ngspice >= 39 built with ``--enable-osdi``.

        The system's C compiler is called: the command in the environment variable ``CC``, else ``cc``, ``gcc`` or
        ``clang``. In ngspice, ``osdi FILE`` (``pre_osdi FILE`` in a ``.control`` section) loads the file, and
        ``N1 p n ... model parameter=value`` with ``.model model NAME`` places it. Every parameter may be given on
        either line.

        Parameters
        ----------
        path : str or Path
            The file, by custom ``*.osdi``.
        name, inputs, noise
            As of :meth:`osdi_source`.
        force : bool
            Whether to replace a file that is already there.

        Returns
        -------
        Path
            The file.

        Raises
        ------
        MissingDependencyError
            If there is no C compiler.
        CompilationError
            If it fails, with its own words.
        ParameterError
            If the file is there already, or something cannot be named so.
        """
        from .targets.c_compiler import compile_library

        return compile_library(self.osdi_source(name=name, inputs=inputs, noise=noise), path, force=force)
