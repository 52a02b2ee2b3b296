r"""Device-to-device variability: samples of a device whose parameters are scattered.

A distribution says how a parameter's value :math:`p` follows from its nominal value :math:`p_0` and a standard normal
number :math:`z`, which is how correlated parameters are drawn too (a Gaussian copula):

.. math::

    \mathbf z = L\,\boldsymbol\zeta, \qquad L L^\mathsf T = \text{correlation matrix}, \qquad
    \zeta_k \sim \mathcal N(0, 1)

Cycle-to-cycle variability is another matter: noise of the device's own dynamics, which a model declares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

from ..core.base import DeviceModel
from ..language.checks import instance, known, mapping, positive, real, whole
from ..language.errors import ParameterError, shown
from ..language.waveforms.shapes import FloatArray

#: Draws after which a device is given up: the distribution then lies almost wholly outside the parameters' bounds.
MOST_DRAWS = 1000

Device = TypeVar("Device", bound=DeviceModel)


class Distribution(Protocol):
    """A distribution of a parameter."""

    def at(self, nominal: float, z: float) -> float:
        """Value of the parameter whose nominal value is given, at a standard normal number."""
        ...


@dataclass(frozen=True)
class Normal:
    """Normally distributed, p0 + sigma z, with the standard deviation in the parameter's unit or relative to p0.

    Attributes
    ----------
    standard_deviation : float
        Standard deviation, in the parameter's unit.
    relative : bool
        Whether it is relative to the nominal value.
    """

    standard_deviation: float
    relative: bool = False

    def __post_init__(self) -> None:
        _check_width("standard_deviation", self.standard_deviation)

    def at(self, nominal: float, z: float) -> float:
        """Value at a standard normal number."""
        return nominal + self.standard_deviation * z * (abs(nominal) if self.relative else 1.0)


@dataclass(frozen=True)
class LogNormal:
    """Log-normally distributed about the nominal value as median, p0 exp(sigma z).

    Attributes
    ----------
    standard_deviation : float
        Standard deviation of the logarithm, which for small ones is the relative one.
    """

    standard_deviation: float

    def __post_init__(self) -> None:
        _check_width("standard_deviation", self.standard_deviation)

    def at(self, nominal: float, z: float) -> float:
        """Value at a standard normal number."""
        return nominal * math.exp(self.standard_deviation * z)


@dataclass(frozen=True)
class Uniform:
    """Evenly distributed within a half-width about the nominal value.

    Attributes
    ----------
    half_width : float
        Half the width of the interval, in the parameter's unit.
    relative : bool
        Whether it is relative to the nominal value.
    """

    half_width: float
    relative: bool = False

    def __post_init__(self) -> None:
        _check_width("half_width", self.half_width)

    def at(self, nominal: float, z: float) -> float:
        """Value at a standard normal number, erf(z / sqrt 2) half-widths from the nominal value."""
        return nominal + self.half_width * math.erf(z / math.sqrt(2)) * (abs(nominal) if self.relative else 1.0)


@dataclass(frozen=True)
class Mismatch:
    r"""Normally distributed with a standard deviation that falls with the device's area, :math:`A / \sqrt{S}`.

    It is that of a single device, as it is for the transistors of this package; that of the difference of two is
    :math:`\sqrt 2` larger.

    Attributes
    ----------
    coefficient : float
        Pelgrom's coefficient A: the parameter's unit, or 1 if it is relative to the nominal value, times metre.
    area : float
        The area S. [m^2]
    relative : bool
        Whether the coefficient is relative to the nominal value.

    References
    ----------
    M. J. M. Pelgrom, A. C. J. Duinmaijer, A. P. G. Welbers, IEEE J. Solid-State Circuits 24, 1433 (1989),
    doi:10.1109/JSSC.1989.572629.
    """

    coefficient: float
    area: float
    relative: bool = False

    def __post_init__(self) -> None:
        _check_width("coefficient", self.coefficient)
        positive("the area", self.area, "m^2")

    def at(self, nominal: float, z: float) -> float:
        """Value at a standard normal number."""
        return Normal(self.coefficient / math.sqrt(self.area), self.relative).at(nominal, z)


def sample(
    device: Device,
    distributions: Mapping[str, Distribution],
    count: int,
    seed: int,
    *,
    correlation: Mapping[tuple[str, str], float] | None = None,
    first: int = 0,
) -> list[Device]:
    """Draw devices with scattered parameters.

    A device with a parameter outside its bounds, or that the model's own check refuses, is drawn again as a whole: the
    distributions are those given, cut off where there is no device, and no value piles up at a bound.

    Parameters
    ----------
    device : DeviceModel
        The nominal device.
    distributions : mapping
        A distribution for each parameter to scatter, by name. The others stay, or follow where their default is
        computed from those.
    count : int
        Number of devices.
    seed : int
        Seed; device k of a seed is the same however many there are.
    correlation : mapping, optional
        Correlation coefficients of pairs of those parameters, ``{("resistance_on", "resistance_off"): 0.8}``: of the
        normal numbers behind them. Default: independent.
    first : int
        Number of the first of the devices.

    Returns
    -------
    list of DeviceModel
        The devices.

    Raises
    ------
    ParameterError
        If the correlations are not a correlation matrix, or a thousand draws give no device.
    UnknownNameError
        If a name is not a parameter of the device.
    """
    number, seed = whole("count", count, 1), whole("seed", seed, 0, 2**64 - 1)
    names = list(mapping("distributions", distributions))
    for name in names:
        known(f"parameter of {device.model_name()}", name, device.values)
    factor = correlation_factor(names, correlation)
    return [_draw(device, distributions, factor, seed, index) for index in range(first, first + number)]


def _draw(
    device: Device, distributions: Mapping[str, Distribution], factor: FloatArray, seed: int, index: int
) -> Device:
    """Draw one device from the random stream of its index."""
    generator = np.random.Generator(np.random.Philox(key=np.array([seed, index], dtype=np.uint64)))
    refusal: Exception | None = None
    for _ in range(MOST_DRAWS):
        numbers = (factor @ generator.standard_normal(len(distributions))).tolist()
        scattered: dict[str, Any] = {
            name: distribution.at(device.values[name], z)
            for (name, distribution), z in zip(distributions.items(), numbers, strict=True)
        }
        try:
            return device.replace(**scattered)
        except ParameterError as error:
            refusal = error
    raise ParameterError(f"{MOST_DRAWS} draws gave no device that can be; of the last: {refusal}")


def correlation_factor(names: list[str], correlation: Mapping[tuple[str, str], float] | None) -> FloatArray:
    """Cholesky factor L of the correlation matrix of scattered parameters.

    Parameters
    ----------
    names : list of str
        The parameters.
    correlation : mapping, optional
        Correlation coefficients of pairs of them; default: independent.

    Returns
    -------
    ndarray
        The factor, of as many rows and columns as there are names.

    Raises
    ------
    ParameterError
        If they are no correlations, or contradict each other.
    UnknownNameError
        If a name is none of the parameters.
    """
    matrix = np.eye(len(names))
    pairs = instance(
        "correlation", {} if correlation is None else correlation, Mapping, "a mapping from pairs of names"
    )
    for pair, given in pairs.items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise ParameterError(f"a correlation is one of a pair of names, not of {shown(pair)}")
        for name in pair:
            known("scattered parameter", name, names)
        coefficient = real(f"the correlation of {pair}", given)
        first, second = map(names.index, pair)
        if first == second or not -1 <= coefficient <= 1:
            raise ParameterError(f"the correlation of {pair} must be a number from -1 to 1 of two different parameters")
        matrix[first, second] = matrix[second, first] = coefficient
    try:
        return np.asarray(np.linalg.cholesky(matrix), dtype=np.float64)
    except np.linalg.LinAlgError:
        raise ParameterError("the correlations contradict each other, or are complete: no correlation matrix") from None


def _check_width(name: str, value: float) -> None:
    if real(name, value) < 0:
        raise ParameterError(f"{name} must be finite and not negative, not {value!r}")
