"""A magnet that is symmetric about its axis: drift and diffusion of its polar angle, from the device's declaration."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ...devices.core.vectors import compiled, parameter_vector
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...devices.simulation.numerics.newton import voltages_at_current
from ...devices.simulation.operating_points.diffusion import coefficients, noise_follows_voltage
from ...devices.simulation.request import Request

#: Differences between azimuths, as a share of the largest value, above which a device is not axially symmetric.
ASYMMETRY = 1e-9
#: What a source imposes on a device: constant, or by the cosine of the polar angle.
Amplitude = float | Callable[[FloatArray], FloatArray]
_AZIMUTHS = np.array([0.3, 1.7, 2.9, 4.1, 5.6])


@dataclass(frozen=True)
class AxialMagnet:
    """A device whose only state is a direction that moves alike at all azimuths.

    Attributes
    ----------
    device : CompactModel
        The device.
    source : str
        Imposed quantity: ``"voltage"``, ``"current"``, or that of a branch by name.
    temperature : float, optional
        Temperature of the surroundings and of the noise [K]; default: that of the device.
    inputs : mapping
        Constant values of inputs, such as an external field along the axis.
    pole : int
        Pole from which the polar angle is counted: 1 for m_z = 1, -1 for m_z = -1.

    Raises
    ------
    ParameterError
        If the device is not such a one, or the temperature is not positive.
    """

    device: CompactModel
    source: str = "current"
    temperature: float | None = None
    inputs: Mapping[str, float] = field(default_factory=dict)
    pole: int = 1

    def __post_init__(self) -> None:
        device, name = self.device, self.device.model_name()
        if self.kelvin == 0:
            raise ParameterError("the Fokker-Planck equation needs a temperature above 0 K")
        system = device.system
        if len(system.spheres) != 1 or len(system.states) != 3 or device.telegraph_declarations():
            raise ParameterError(
                "the Fokker-Planck equation in one dimension is for a device whose only state is a direction; the"
                f" states of {name} are {', '.join([*device.state_declarations(), *device.telegraph_declarations()])}"
            )
        if self._by_current and noise_follows_voltage(device, 2):
            raise ParameterError(f"the noise of {name} depends on its voltage: impose the voltage, not the current")

    @functools.cached_property
    def _settled(self) -> tuple[CompactModel, float]:
        return in_surroundings(self.device, self.temperature)

    @property
    def kelvin(self) -> float:
        """Temperature of the surroundings and of the noise [K]."""
        return self._settled[1]

    @property
    def _request(self) -> Request:
        return Request.of(self._settled[0], 0.0, 1.0, self.source, self.inputs)

    @property
    def _by_current(self) -> bool:
        return self._request.by_current

    def drift_and_diffusion(self, polar: FloatArray, amplitude: Amplitude) -> tuple[FloatArray, FloatArray]:
        """Flux velocity w and diffusion D of the cosine of the polar angle from the pole [1/s].

        Parameters
        ----------
        polar : ndarray
            Polar angles from the pole, between 0 and pi exclusive. [rad]
        amplitude : float or callable
            Imposed voltage or current; or that as a function of the cosine of the polar angle from the z axis, of a
            source that the device's resistance loads. [V or A]

        Raises
        ------
        ParameterError
            If they depend on the azimuth.
        """
        device, request, functions = self._settled[0], self._request, compiled(self.device)
        theta = polar[..., np.newaxis]
        cosine, sine = self.pole * np.cos(theta), np.sin(theta)
        along = [np.cos(_AZIMUTHS), np.sin(_AZIMUTHS)]
        m = [*(sine * a for a in along), cosine + 0 * _AZIMUTHS]
        p = parameter_vector(device)
        names = functions.parameter_names
        for name, waveform in request.inputs.items():
            p[names.index(name)] = float(waveform(0.0))
        v: list[float | FloatArray] = [0.0] * len(self.device.branches())
        for other, waveform in request.voltages.items():
            v[other] = float(waveform(0.0))
        imposed = amplitude(m[2]) if callable(amplitude) else np.full(m[0].shape, amplitude)
        v[request.branch] = imposed
        if request.by_current:
            v[request.branch] = voltages_at_current(functions, request.branch, imposed, v, m, p)
        found = coefficients(device, 2, v, m, self.kelvin, p)
        tangent = [self.pole * cosine * a for a in along] + [-self.pole * sine + 0 * _AZIMUTHS]
        slope = sum(g * t for g, t in zip(found.gradient, tangent, strict=True)) / -(self.pole * sine)
        results = []
        for value in (found.rate + found.induced - slope, found.diffusion):
            if np.max(np.ptp(value, axis=-1)) > ASYMMETRY * np.max(np.abs(value)):
                raise ParameterError(
                    f"{self.device!r} is not symmetric about the z axis: fields, reference layer and easy axis must lie"
                    " along it, and the demagnetising factors along x and y be equal"
                )
            results.append(value.mean(axis=-1))
        return self.pole * results[0], results[1]


def from_reference_state(
    device: CompactModel, state: str, source: str, temperature: float, inputs: Mapping[str, float] | None = None
) -> AxialMagnet:
    """The magnet of a device, its pole that at which a reference state lies.

    Raises
    ------
    ParameterError
        If the state is at no pole, or the device is not axially symmetric.
    """
    start = device.replace(**device.reference_states()[state])
    magnet = AxialMagnet(device, source, temperature, dict(inputs or {}))
    cosine = float(compiled(device).initial(parameter_vector(start))[2])
    if abs(abs(cosine) - 1) > 1e-6:
        raise ParameterError(f"the state {state!r} of {device!r} does not lie on the z axis")
    return dataclasses.replace(magnet, pole=1 if cosine > 0 else -1)
