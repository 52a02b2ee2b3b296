"""CompactModel: a device declared once, from which every form of it is generated."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .simulation.simulated import SimulatedModel
from .targets.formats import FORMATS, ExportOptions
from .targets.frameworks.exports import brian2, jax, reservoirpy, torch
from .targets.frameworks.framework import FRAMEWORKS
from .targets.notebook import page_of

if TYPE_CHECKING:
    from .targets.spice.subcircuit import Subcircuit


class CompactModel(SimulatedModel, abstract=True):
    r"""A small differential-algebraic system that describes a device between its terminals.

    .. math::

        i = g(v, x; p), \qquad
        \frac{dx}{dt} = f(v, x; p) + B(v, x; p)\,\xi(t), \qquad
        y = h(v, x; p)

    with branch voltages :math:`v` and currents :math:`i`, states :math:`x`, parameters :math:`p`, white
    noise :math:`\xi` (Stratonovich) and observables :math:`y`. A subclass declares the quantities as class
    attributes (see :mod:`synaspice.devices.language.declarations.declaration`) and writes their expressions in
    :meth:`equations`; nothing else is needed for it to be simulated, exported and characterised.

    Parameters
    ----------
    **values : float or str
        Values of parameters (numbers in SI units, or strings such as ``"40n"`` or ``"40 nm"``) and of
        options; those that are not given take their defaults.

    Raises
    ------
    UnknownNameError
        If a name is not a parameter of the model.
    ParameterError
        If a value is not a number, has the wrong unit or lies outside its bounds.
    """

    def _repr_html_(self) -> str:
        """The device as a notebook shows it."""
        return page_of(self)

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
        long_steps: bool = False,
    ) -> str:
        """Return the device as text: a subcircuit that a netlist can include, or a Verilog-A module.

        Parameters
        ----------
        dialect : str
            ``"ngspice"``, ``"xyce"``, ``"ltspice"``, ``"hspice"`` or ``"spectre"``; or ``"verilog-a"``, whose modules
            always have observables and noise; or another of :data:`synaspice.devices.targets.formats.FORMATS`.
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
        long_steps : bool
            For transients of minutes to years in ngspice with ``.options method=gear``; otherwise it takes steps of
            seconds at most. Other formats refuse it; see
            :class:`~synaspice.devices.targets.formats.ExportOptions`.

        Raises
        ------
        UnknownNameError
            If there is no such format or input.
        ParameterError
            If a name or a value cannot stand in a netlist, or the format has no noise in transients or no
            long steps.
        """
        options = ExportOptions(name, inputs, observables, noise, transient_noise, long_steps)
        return FORMATS.find(dialect).text(self, options)

    def subcircuit(
        self,
        *,
        name: str | None = None,
        inputs: Sequence[str] = (),
        observables: bool = False,
        noise: bool = False,
        transient_noise: float | None = None,
        long_steps: bool = False,
        dialect: str = "ngspice",
    ) -> Subcircuit:
        """Return the device as a subcircuit object that a PySpice ``Circuit`` accepts.

        ``circuit.subcircuit(mtj.subcircuit())`` defines it, ``circuit.X("1", "mtj", "a", "b", ...)`` places it.
        The arguments are those of :meth:`netlist`.
        """
        from .targets.spice.dialects import DIALECTS
        from .targets.spice.subcircuit import write_subcircuit

        options = ExportOptions(name, inputs, observables, noise, transient_noise, long_steps)
        return write_subcircuit(self, DIALECTS.find(dialect), options)

    def osdi_source(
        self,
        *,
        name: str | None = None,
        inputs: Sequence[str] = (),
        noise: bool = False,
        transient_noise: bool = False,
        interface: str = "0.3",
    ) -> str:
        """Return the device in C, against the simulator interface OSDI.

        The text is the same for the same device; with the system's compiler it becomes a native device, see
        :meth:`compile_osdi`.

        Parameters
        ----------
        name : str, optional
            Its name on a ``.model`` line; default: the model's name.
        inputs : sequence of str
            Inputs of the model (external fields) to turn from parameters into terminals.
        noise : bool
            Whether noise analyses see the noise of the states (thermal fields), at the price of a node for each; that
            of the currents (shot, thermal, flicker) is always there.
        transient_noise : bool
            Whether transients have the noise of the states, at the simulator's temperature: the device then has the
            parameters ``noise_interval``, the time between two samples, and ``noise_seed``. Every instance has its own
            noise. Steps must not be longer than half of the interval.
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

        return write_osdi(
            self, name=name, inputs=inputs, noise=noise, transient_noise=transient_noise, interface=interface
        )

    def compile_osdi(
        self,
        path: str | Path,
        *,
        name: str | None = None,
        inputs: Sequence[str] = (),
        noise: bool = False,
        transient_noise: bool = False,
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
        name, inputs, noise, transient_noise, interface
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

        source = self.osdi_source(
            name=name, inputs=inputs, noise=noise, transient_noise=transient_noise, interface=interface
        )
        return compile_library(source, path, force=force)

    # --- its forms for Python frameworks ----------------------------------------------------

    def to(self, framework: str, *arguments: Any, **options: Any) -> Any:
        """Return the device in the form of a Python framework.

        Parameters
        ----------
        framework : str
            ``"torch"``, ``"jax"``, ``"brian2"``, ``"reservoirpy"``, ``"crosssim"`` or ``"aihwkit"``; or another of
            :data:`synaspice.devices.targets.frameworks.framework.FRAMEWORKS`.
        *arguments, **options
            As of the framework's function: :meth:`to_torch`, :meth:`to_jax`, ...

        Raises
        ------
        UnknownNameError
            If there is no such framework.
        MissingDependencyError
            If it is not installed.
        """
        return FRAMEWORKS.find(framework)(self, *arguments, **options)

    # Declared where they register; as methods, editors and type checkers know their arguments.
    to_torch = torch.to_torch
    to_jax = jax.to_jax
    to_brian2 = brian2.to_brian2
    to_reservoirpy = reservoirpy.to_reservoirpy
