"""The forms of a device for Python frameworks: what a :class:`~synaspice.devices.model.CompactModel` becomes there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, cast

from .optional import require

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from .conductance_errors import ConductanceErrors
    from .model import CompactModel
    from .targets.brian2_equations import BrianDevice
    from .targets.jax_functions import DeviceFunctions
    from .targets.reservoir import OscillatorReservoir
    from .targets.torch_module import DeviceModule


class Frameworks:
    """The generated forms that frameworks of Python take in; base of :class:`~synaspice.devices.model.CompactModel`.

    Frameworks are optional, and imported when they are asked for.
    """

    @property
    def _device(self) -> CompactModel:
        return cast("CompactModel", self)

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
        from .targets.torch_module import DeviceModule

        return DeviceModule(self._device, dtype, trainable)

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
        from .targets.jax_functions import make_functions

        return make_functions(self._device, dtype)

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
        from .targets.brian2_equations import write_equations

        return write_equations(self._device, source=source, variables=variables, temperature=temperature)

    def to_reservoirpy(
        self,
        units: int,
        *,
        bias: float,
        amplitude: float,
        node_time: float,
        mask: ArrayLike | None = None,
        observable: str | None = None,
        temperature: float = 0.0,
        time_step: float | None = None,
        seed: int = 0,
        name: str | None = None,
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
        mask : array_like, optional
            Mask of shape (units, inputs); default: ones and minus ones at random.
        observable : str, optional
            What is read at the end of each interval; default: ``envelope``. ``"voltage"``: the amplitude of the
            voltage over the interval, for devices without such an observable.
        temperature : float
            Temperature of the noise. [K]
        time_step : float, optional
            Step of the stochastic Heun scheme [s]; default: 1/40 of the model's time scale.
        seed : int
            Seed of mask and noise.
        name : str, optional
            Name of the node.

        Raises
        ------
        MissingDependencyError
            If reservoirpy is not installed.
        """
        require("reservoirpy", "to_reservoirpy()")
        from .targets.reservoir import OscillatorReservoir

        return OscillatorReservoir(
            self._device,
            units=units,
            bias=bias,
            amplitude=amplitude,
            node_time=node_time,
            mask=mask,
            observable=observable,
            temperature=temperature,
            time_step=time_step,
            seed=seed,
            name=name,
        )

    def conductance_errors(self) -> ConductanceErrors:
        """Return the errors of the device's conductance in a crossbar, as its model declares them.

        Programming error, read noise and drift, as functions of the conductance. For CrossSim and aihwkit there are
        adapters in :mod:`synaspice.devices.targets.crossbar_adapters`.

        Raises
        ------
        ParameterError
            If the model declares none; :func:`synaspice.devices.conductance_errors.measured_errors` measures them.
        """
        from .conductance_errors import errors_of

        return errors_of(self._device)
