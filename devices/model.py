"""CompactModel: a device declared once, from which every form of it is generated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .language.errors import ParameterError
from .language.optional import require
from .simulation.simulated import SimulatedModel

if TYPE_CHECKING:
    from .targets.frameworks.brian2_equations import BrianDevice
    from .targets.frameworks.jax_functions import DeviceFunctions
    from .targets.frameworks.reservoir import OscillatorReservoir
    from .targets.frameworks.torch_module import DeviceModule
    from .targets.spice.subcircuit import Subcircuit


class CompactModel(SimulatedModel, abstract=True):
    r"""A small differential-algebraic system that describes a device between its terminals.

    .. math::

        i = g(v, x; p), \qquad
        \frac{dx}{dt} = f(v, x; p) + B(v, x; p)\,\xi(t), \qquad
        y = h(v, x; p)

    with branch voltages :math:`v` and currents :math:`i`, states :math:`x`, parameters :math:`p`, white
    noise :math:`\xi` (Stratonovich) and observables :math:`y`. A subclass declares the quantities as class
    attributes (see :mod:`synaspice.devices.language.declaration`) and writes their expressions in
    :meth:`equations`; nothing else is needed for it to be simulated, exported and characterised.

    Parameters
    ----------
    **values : float or str
        Values of parameters (numbers in SI units, or strings such as ``"40n"`` or ``"40 nm"``) and of
        options; what is not given takes its default.

    Raises
    ------
    UnknownNameError
        If a name is no parameter of the model.
    ParameterError
        If a value is no number, has the wrong unit or lies outside its bounds.
    """

    # --- its forms for other simulators -----------------------------------------------------

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
            from .targets.modules.verilog_a import write_module

            if transient_noise is not None:
                raise ParameterError(
                    "a Verilog-A module has its noise in transients by itself, where the simulator has"
                )
            return write_module(self, name=name, inputs=inputs)
        from .targets.spice.subcircuit import write_subcircuit

        return str(
            write_subcircuit(
                self,
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
        from .targets.spice.subcircuit import write_subcircuit

        return write_subcircuit(
            self,
            dialect,
            name=name,
            inputs=inputs,
            observables=observables,
            noise=noise,
            transient_noise=transient_noise,
        )

    def osdi_source(
        self, *, name: str | None = None, inputs: Sequence[str] = (), noise: bool = False, interface: str = "0.3"
    ) -> str:
        """Return the device in C, against the simulator interface OSDI.

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
        interface : str
            Version of OSDI: ``"0.3"``, which every ngspice from 39 on with OSDI loads, or ``"0.4"``, for VACASK and
            other simulators that take nothing older (ngspice from 44 on takes both).

        Raises
        ------
        UnknownNameError
            If there is no such input or version.
        ParameterError
            If the name cannot be one, or a parameter's name is reserved.
        """
        from .targets.modules.osdi import write_osdi

        return write_osdi(self, name=name, inputs=inputs, noise=noise, interface=interface)

    def compile_osdi(
        self,
        path: str | Path,
        *,
        name: str | None = None,
        inputs: Sequence[str] = (),
        noise: bool = False,
        interface: str = "0.3",
        force: bool = False,
    ) -> Path:
        """Compile the device for simulators that load OSDI, such as ngspice >= 39 built with ``--enable-osdi``.

        The system's C compiler is called: the command in the environment variable ``CC``, else ``cc``, ``gcc`` or
        ``clang``. In ngspice, ``osdi FILE`` (``pre_osdi FILE`` in a ``.control`` section) loads the file, and
        ``N1 p n ... model parameter=value`` with ``.model model NAME`` places it. Every parameter may be given on
        either line.

        Parameters
        ----------
        path : str or Path
            The file, by custom ``*.osdi``.
        name, inputs, noise, interface
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
        from .targets.modules.c_compiler import compile_library

        source = self.osdi_source(name=name, inputs=inputs, noise=noise, interface=interface)
        return compile_library(source, path, force=force)

    # --- its forms for Python frameworks ----------------------------------------------------

    def to_torch(self, *, trainable: Iterable[str] = (), dtype: Any = None) -> DeviceModule:
        """Return the device as a ``torch.nn.Module``: batched, and differentiable through static curves and time.

        ``module.static(voltage=...)`` evaluates currents, observables and rates; ``module(drive, duration)`` computes
        trajectories.

        Parameters
        ----------
        trainable : iterable of str
            Parameters that an optimiser shall change: the module holds them as ``nn.Parameter``, relative to the
            device's values. Parameters that are computed from others unless given stay as they are.
        dtype : torch.dtype, optional
            Type of the numbers; default: ``torch.float64``. Single precision overflows or underflows in some models.

        Raises
        ------
        MissingDependencyError
            If PyTorch is not installed.
        UnknownNameError
            If a name is no parameter of the device.
        """
        require("torch", "to_torch()")
        from .targets.frameworks.torch_module import DeviceModule

        return DeviceModule(self, dtype, trainable)

    def to_jax(self, *, dtype: str = "float64") -> DeviceFunctions:
        """Return the device as pure JAX functions of a tree of parameters, for ``jit``, ``vmap`` and ``grad``.

        ``f.static(f.parameters, voltage=...)`` evaluates currents, observables and rates,
        ``f.simulate(f.parameters, drive, duration)`` computes trajectories.

        Parameters
        ----------
        dtype : str
            ``"float64"``, which JAX must be set to compute in (``jax.config.update("jax_enable_x64", True)``), or
            ``"float32"``, which overflows or underflows in some models.

        Raises
        ------
        MissingDependencyError
            If JAX is not installed.
        ParameterError
            If JAX is not set to double precision.
        """
        require("jax", "to_jax()")
        from .targets.frameworks.jax_functions import make_functions

        return make_functions(self, dtype)

    def to_brian2(
        self, *, source: str = "voltage", variables: Iterable[str] = (), temperature: float | None = None
    ) -> BrianDevice:
        """Return the device as equations with units that a ``NeuronGroup`` or ``Synapses`` of Brian 2 takes.

        Parameters
        ----------
        source : str
            What drives the device: ``"voltage"``, or ``"current"`` where the current is linear in the voltage; or the
            name of a branch's voltage or current. It is a parameter of each neuron, to be set, linked, or defined by
            the user's own equations.
        variables : iterable of str
            Parameters and inputs of the device that are to be parameters of each neuron too, not constants.
        temperature : float, optional
            Temperature of the noise [K]; default: no noise.

        Raises
        ------
        MissingDependencyError
            If Brian 2 is not installed, or does not work with the installed NumPy.
        ParameterError
            If a name or unit of the device cannot be one in Brian.
        """
        require("brian2", "to_brian2()")
        from .targets.frameworks.brian2_equations import write_equations

        return write_equations(self, source=source, variables=variables, temperature=temperature)

    def to_reservoirpy(
        self,
        units: int,
        *,
        bias: float,
        amplitude: float,
        node_time: float,
        **settings: Any,
    ) -> OscillatorReservoir:
        """Return an oscillator as a node of reservoirpy: a reservoir of virtual nodes, multiplexed in time.

        Parameters
        ----------
        units : int
            Number of virtual nodes.
        bias, amplitude : float
            DC current, and current per masked input. [A]
        node_time : float
            Time for which each virtual node's current is held [s]; shorter than the relaxation of the amplitude, so
            that it couples them.
        **settings
            Further arguments of :class:`~synaspice.devices.targets.frameworks.reservoir.OscillatorReservoir`: ``mask``,
            ``observable``, ``temperature``, ``time_step``, ``seed`` and ``name``.

        Raises
        ------
        MissingDependencyError
            If reservoirpy is not installed.
        """
        require("reservoirpy", "to_reservoirpy()")
        from .targets.frameworks.reservoir import OscillatorReservoir

        return OscillatorReservoir(self, units=units, bias=bias, amplitude=amplitude, node_time=node_time, **settings)
