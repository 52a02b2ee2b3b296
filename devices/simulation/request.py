"""Requests for simulations: which device, driven by which waveform, for how long."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..core.base import DeviceModel
from ..core.protocols import Compliance
from ..core.system import build_system
from ..language.array_checks import reals
from ..language.checks import known, mapping, positive, whole
from ..language.errors import ParameterError
from ..language.memory import require_memory, table_size
from ..language.waveforms.shapes import DC, Drive, FloatArray, Waveform, as_waveform

#: Currents of a source that limits none. [A]
NO_LIMITS = (-math.inf, math.inf)


def row_size(device: DeviceModel) -> float:
    """Memory that a row of a device's table takes while it is made [byte]."""
    return _row_size(*device.structure)


@functools.lru_cache(maxsize=256)
def _row_size(device: Any, options: tuple[tuple[str, str], ...]) -> float:
    terminals, states = 2 * len(device.branches()), len(device.state_declarations())
    return table_size(
        1 + terminals + states + len(build_system(device, options).observables) + len(device.input_declarations())
    )


def driven_branch(device: DeviceModel, source: str) -> tuple[int, bool]:
    """Number of the branch that a source drives, and whether it imposes the current.

    Raises
    ------
    UnknownNameError
        If there is no such source.
    """
    model: Any = type(device)
    sources = _sources(model)
    return sources[known("source", source, sources)]


@functools.lru_cache(maxsize=256)
def _sources(model: Any) -> dict[str, tuple[int, bool]]:
    branches = enumerate(model.branches().values())
    sources = {name: (k, by) for k, b in branches for name, by in ((b.name, False), (b.current, True))}
    return sources | {"voltage": (0, False), "current": (0, True)}


@dataclass(frozen=True)
class Request:
    """A checked simulation request: the driven quantity, its waveform, and for how long."""

    device: DeviceModel
    waveform: Waveform
    duration: float
    branch: int
    by_current: bool
    inputs: Mapping[str, Waveform]
    #: Voltages of branches other than the driven one, by the branch's number; those not named are at 0 V.
    voltages: Mapping[int, Waveform]
    #: Smallest and largest current that a voltage source lets through. [A]
    limits: tuple[float, float] = NO_LIMITS

    @classmethod
    def of(
        cls,
        device: DeviceModel,
        drive: Drive,
        duration: float,
        source: str,
        inputs: Mapping[str, Drive] | None,
        compliance: float | Compliance | None = None,
    ) -> Request:
        """Check the arguments of :meth:`DeviceModel.simulate` and put them into one form."""
        length = positive("the duration", duration, "s")
        inputs = mapping("inputs", inputs)
        branch, by_current = driven_branch(device, source)
        others = {name: k for k, name in enumerate(device.branches()) if k != branch}
        allowed = [*device.input_declarations(), *others]
        for name in inputs:
            known(f"input of {device.model_name()}", name, allowed)
        waveforms = {name: as_waveform(value, length, name) for name, value in inputs.items()}
        fields = {name: waveform for name, waveform in waveforms.items() if name not in others}
        voltages = {others[name]: waveform for name, waveform in waveforms.items() if name in others}
        if compliance is not None and not isinstance(compliance, Compliance):
            compliance = Compliance(compliance)
        limits = NO_LIMITS if compliance is None else compliance.limits
        if by_current and limits != NO_LIMITS:
            raise ParameterError("a compliance limits the current of a voltage source, not that of a current source")
        return cls(device, as_waveform(drive, length), length, branch, by_current, fields, voltages, limits)

    def held(self) -> Request:
        """The same with every drive held at the value that it begins with."""
        return replace(
            self,
            waveform=_constant(self.waveform),
            inputs={name: _constant(waveform) for name, waveform in self.inputs.items()},
            voltages={branch: _constant(waveform) for branch, waveform in self.voltages.items()},
        )

    @property
    def limited(self) -> bool:
        """Whether the source limits its current."""
        return self.limits != NO_LIMITS

    def waveforms(self) -> list[Waveform]:
        """The drive, the driven inputs and the voltages of the other branches."""
        return [self.waveform, *self.inputs.values(), *self.voltages.values()]

    def drives_at(self, times: FloatArray) -> dict[str, FloatArray]:
        """Values of the driven inputs at the given times."""
        return {name: waveform(times) for name, waveform in self.inputs.items()}

    def voltages_at(self, times: FloatArray) -> dict[str, FloatArray]:
        """Voltages of the other branches at the given times."""
        names = list(self.device.branches())
        return {names[branch]: waveform(times) for branch, waveform in self.voltages.items()}

    def reporting_times(self, points: int | None, times: Sequence[float] | FloatArray | None) -> FloatArray:
        """The times to report: those given, or evenly spaced ones."""
        if times is None:
            number = whole("points", 1001 if points is None else points, 2)
            require_memory(number, "points", row_size(self.device))
            # As NumPy's linspace has them, without what that looks at first.
            even: FloatArray = np.arange(number, dtype=np.float64) * (self.duration / (number - 1))
            even[-1] = self.duration
            return even
        if points is not None:
            raise ParameterError("give either points or times, not both")
        chosen = reals("times", times, "s")
        inside = chosen[0] >= 0 and chosen[-1] <= self.duration
        if not inside or not np.all(np.diff(chosen) > 0):
            raise ParameterError(f"times must increase and lie between 0 and the duration of {self.duration:g} s")
        return chosen


def _constant(waveform: Waveform) -> DC:
    return DC(float(waveform(0.0)))
