# mypy: disable-error-code="override"

import os
import typing

import synaspice.devices.language.presets.preset

from .auto_oscillator import AutoOscillator as _AutoOscillator
from .vortex import VortexOscillator as _VortexOscillator

class _AutoOscillatorValues(typing.TypedDict, total=False):
    frequency: float | str
    damping_rate: float | str
    nonlinear_frequency_shift: float | str
    nonlinear_damping: float | str
    threshold_current: float | str
    action: float | str
    static_resistance: float | str
    resistance_swing: float | str
    injection_efficiency: float | str
    injection: float | str
    fano_factor: float | str
    initial_power: float | str
    initial_phase: float | str

class AutoOscillator(_AutoOscillator):
    def __init__(self, **values: typing.Unpack[_AutoOscillatorValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_AutoOscillatorValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["kim2008-like", "slavin2009-like"] | os.PathLike[str],
        **overrides: typing.Unpack[_AutoOscillatorValues],
    ) -> typing.Self: ...

class _VortexOscillatorValues(typing.TypedDict, total=False):
    diameter: float | str
    thickness: float | str
    saturation_magnetization: float | str
    exchange_length: float | str
    damping: float | str
    gyromagnetic_ratio: float | str
    polarization: float | str
    perpendicular_field: float | str
    saturation_field: float | str
    reference_saturation_field: float | str
    nonlinear_stiffness: float | str
    nonlinear_damping: float | str
    largest_radius: float | str
    static_resistance: float | str
    resistance_swing: float | str
    swing_half_voltage: float | str
    fano_factor: float | str
    initial_radius: float | str
    initial_phase: float | str
    chirality: typing.Literal["none", "positive", "negative"]
    polarizer: typing.Literal["perpendicular", "tilted"]

class VortexOscillator(_VortexOscillator):
    def __init__(self, **values: typing.Unpack[_VortexOscillatorValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_VortexOscillatorValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["dussaux2012-like", "torrejon2017-like"] | os.PathLike[str],
        **overrides: typing.Unpack[_VortexOscillatorValues],
    ) -> typing.Self: ...
