"""Conductance errors in the terms of two simulators of analog crossbars: CrossSim and aihwkit."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import numpy as np

from ...language.errors import MissingDependencyError, ParameterError

if TYPE_CHECKING:
    from ...simulation.conductance_errors import ConductanceErrors


#: Targets between which one is looked for whose drift leads to a conductance.
TARGETS = 257
#: The classes for CrossSim, by name: it finds them among the subclasses of its own, which Python does not keep alive.
_MADE: dict[str, type[Any]] = {}


def crosssim_device(errors: ConductanceErrors, *, seed: int | None = None, name: str = "SynaspiceDevice") -> type[Any]:
    """Make a device class for CrossSim: errors of its normalised conductances.

    CrossSim finds the class by its name, ``params.xbar.device.programming_error.model = "SynaspiceDevice"``, and
    likewise for read noise and drift; it lives as long as the process, or until another of its name is made. Its
    largest conductance is 1 / ``device.Rmin``; ``device.time`` is the time since the first read. As CrossSim's own
    models do, it draws the read noise of a product anew each time.

    Parameters
    ----------
    errors : ConductanceErrors
        The statistics.
    seed : int, optional
        Seed of the errors; default: a random one.
    name : str
        Name of the class.

    Raises
    ------
    MissingDependencyError
        If CrossSim is not installed.
    """
    try:
        base = importlib.import_module("simulator.devices.idevice").EmptyDevice
    except ImportError:
        raise MissingDependencyError(
            "a CrossSim device needs CrossSim, which is not on PyPI: https://github.com/sandialabs/cross-sim"
        ) from None
    generator = np.random.default_rng(seed)

    def initialise(self: Any, *arguments: Any, **named: Any) -> None:
        base.__init__(self, *arguments, **named)
        self.largest = 1 / self.device_params.Rmin
        self.smallest = self.largest * self.Gmin_norm / self.Gmax_norm
        errors.checked([self.smallest, self.largest])

    def conductances(self: Any, normalised: Any) -> Any:
        span = (np.asarray(normalised, dtype=float) - self.Gmin_norm) / self.Grange_norm
        return self.smallest + (self.largest - self.smallest) * span

    def targets(self: Any, normalised: Any) -> Any:
        # CrossSim tries models out with a zero, which is below the smallest conductance.
        return np.clip(conductances(self, normalised), self.smallest, self.largest)

    def normalised(self: Any, conductance: Any, like: Any) -> Any:
        span = (conductance - self.smallest) / (self.largest - self.smallest)
        return np.asarray(np.maximum(self.Gmin_norm + self.Grange_norm * span, 0.0), dtype=np.asarray(like).dtype)

    def programming_error(self: Any, input_: Any) -> Any:
        return normalised(self, errors.draw_programmed(targets(self, input_), generator), input_)

    def drift_error(self: Any, input_: Any, time: float) -> Any:
        # CrossSim takes this for all errors at that time but those of the single reads.
        found = errors.sample(targets(self, input_), float(time), generator, read=False)
        return normalised(self, found, input_)

    def read_noise(self: Any, input_: Any) -> Any:
        # CrossSim tells no target here: the one that the mean drift takes to this conductance stands for it.
        present = np.maximum(conductances(self, input_), 0.0)
        targets_ = np.linspace(errors.smallest, errors.largest, TARGETS)
        target = np.interp(present, errors.drift(targets_, float(self.time)), targets_)
        return normalised(self, errors.draw_read(present, target, float(self.time), generator), input_)

    members = {"programming_error": programming_error, "drift_error": drift_error, "read_noise": read_noise}
    made = type(name, (base,), {"__init__": initialise, "__doc__": f"Errors of {errors.source}.", **members})
    _MADE[name] = made
    return made


def aihwkit_noise_model(errors: ConductanceErrors, g_converter: Any = None, *, seed: int | None = None) -> Any:
    """Make a noise model for aihwkit's inference, ``InferenceRPUConfig(noise_model=...)``.

    Parameters
    ----------
    errors : ConductanceErrors
        The statistics.
    g_converter : BaseConductanceConverter, optional
        Converter between weights and conductances in microsiemens; default: aihwkit's single pair, of the range of the
        statistics.
    seed : int, optional
        Seed of the errors; default: a random one.

    Raises
    ------
    MissingDependencyError
        If aihwkit is not installed.
    ParameterError
        If the converter's conductances go beyond the range of the statistics.
    """
    try:
        base = importlib.import_module("aihwkit.inference.noise.base").BaseNoiseModel
        converters = importlib.import_module("aihwkit.inference.converter.conductance")
    except ImportError as error:
        raise MissingDependencyError(f"a noise model for aihwkit needs it ({error}): pip install aihwkit") from None
    import torch

    converter = g_converter or converters.SinglePairConductanceConverter(
        g_max=1e6 * errors.largest, g_min=1e6 * errors.smallest
    )
    for end in ("g_min", "g_max"):
        if (limit := getattr(converter, end, None)) is not None:
            try:
                errors.checked(1e-6 * limit)
            except ParameterError as error:
                raise ParameterError(f"{end} of the converter: {error}") from None
    generator = np.random.default_rng(seed)

    def siemens(tensor: Any) -> Any:
        return 1e-6 * tensor.detach().cpu().double().numpy()

    def like(values: Any, tensor: Any, unit: float = 1e6) -> Any:
        return torch.as_tensor(unit * values).to(tensor)

    def apply_programming_noise_to_conductance(self: Any, g_target: Any) -> Any:
        return like(errors.draw_programmed(siemens(g_target), generator), g_target)

    def generate_drift_coefficients(self: Any, g_target: Any) -> Any:
        return like(errors.draw_exponents(siemens(g_target), generator), g_target, unit=1.0)

    def apply_drift_noise_to_conductance(self: Any, g_prog: Any, drift_noise_param: Any, t_inference: float) -> Any:
        programmed, exponents = siemens(g_prog), drift_noise_param.detach().cpu().double().numpy()
        drifted = errors.drift(programmed, t_inference, exponents)
        # aihwkit tells no target here: as in its own model, the programmed conductance stands for it.
        target = np.clip(programmed, errors.smallest, errors.largest)
        return like(errors.draw_read(drifted, target, t_inference, generator), g_prog)

    members = {
        function.__name__: function
        for function in (
            apply_programming_noise_to_conductance,
            generate_drift_coefficients,
            apply_drift_noise_to_conductance,
        )
    }
    return type("SynaspiceNoiseModel", (base,), {"__doc__": f"Errors of {errors.source}.", **members})(converter)
