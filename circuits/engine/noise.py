"""Noise in transients of the engine: sources whose voltages the child process brings in, and native devices.

See :mod:`~synaspice.devices.targets.sampling` for the samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...devices.language.checks import instance
from ...devices.language.errors import ParameterError, shown
from ...devices.targets.sampling import EMPHASIS, STEPS_PER_SAMPLE
from ...devices.targets.spice.dialects import NGSPICE
from ...devices.targets.spice.statements import NOISE_START
from .analyses import Analysis, Transient

#: Statement of a source of noise, and what stands in its place where the voltage is brought in.
_STATEMENT = "noisy_voltage"
_EXTERNAL = "V_{name} {p} {n} EXTERNAL"
#: Netlists whose noises are brought in.
BROUGHT_IN = replace(NGSPICE, statements={**NGSPICE.statements, _STATEMENT: _EXTERNAL})


@dataclass(frozen=True)
class NoiseSource:
    """A voltage source whose samples are brought in, of the two-sided density ``rms**2 * interval`` [V^2/Hz].

    Attributes
    ----------
    name : str
        Its name in the netlist; of one in subcircuits with the path of their instances, ``x1.xmtj.v_noise``.
    interval : float
        Time between two samples. [s]
    rms : float
        Standard deviation of the samples. [V]
    """

    name: str
    interval: float
    rms: float = 1.0

    def within(self, instance: str) -> NoiseSource:
        """The same in a subcircuit that an instance ``X<instance>`` places."""
        return replace(self, name=f"x{instance}.{self.name}")

    @property
    def flat(self) -> str:
        """Its name in ngspice's flat circuit."""
        return (f"v.{self.name}" if "." in self.name else self.name).lower()


@dataclass(frozen=True)
class NoisyModel:
    """A native device with noise in transients.

    Attributes
    ----------
    name : str
        Of its ``.model`` line.
    interval : float
        Time between two samples. [s]
    """

    name: str
    interval: float

    def within(self, instance: str) -> NoisyModel:
        """The same in a subcircuit that an instance places: models are everybody's."""
        return self


#: What has noise in a circuit.
Noisy = NoiseSource | NoisyModel


def noise_line(node: str, interval: float, rms: float, *, external: bool) -> str:
    """The line of a source ``V_<node>`` of sampled noise between a node and ground.

    Parameters
    ----------
    node : str
        The node.
    interval : float
        Time between two samples. [s]
    rms : float
        Standard deviation of the samples. [V]
    external : bool
        Whether the voltage is brought in; otherwise ngspice draws the samples.
    """
    statement = (BROUGHT_IN if external else NGSPICE).statements[_STATEMENT]
    sampling = {"value": repr(interval), "start": repr(NOISE_START * interval), "rms": repr(rms)}
    return statement.format(name=node, p=node, n=0, **sampling)


def noises_of(value: Any) -> list[Noisy]:
    """The noises that were given.

    Raises
    ------
    ParameterError
        If they are no series of them.
    """
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        raise ParameterError(f"noise must be a list of noises of a circuit, not {shown(value)}")
    kinds = (NoiseSource, NoisyModel)
    return [instance("a noise of a circuit", each, kinds, "a NoiseSource or a NoisyModel") for each in value]


def between_samples(analysis: Analysis, noises: Iterable[Noisy]) -> Analysis:
    """An analysis whose steps in time are short enough for noises."""
    shortest = min((noise.interval for noise in noises), default=math.inf) / STEPS_PER_SAMPLE
    if not isinstance(analysis, Transient) or analysis.largest_step <= shortest:
        return analysis
    return replace(analysis, max_step=shortest)


def told(noises: Iterable[Noisy], seed: int) -> dict[str, Any]:
    """What the child process needs to know of noises, by their names in ngspice's flat circuit."""
    found = list(noises)
    sources = {noise.flat: (noise.interval, noise.rms) for noise in found if isinstance(noise, NoiseSource)}
    models = sorted({noise.name.lower() for noise in found if isinstance(noise, NoisyModel)})
    return {"sources": sources, "models": models, "emphasis": EMPHASIS, "seed": seed}
