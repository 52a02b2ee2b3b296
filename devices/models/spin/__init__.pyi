# mypy: disable-error-code="override"

import os
import typing

import synaspice.devices.language.presets.preset

from .neuron_magnet import NeuronMagnet as _NeuronMagnet
from .spin_magnet import SpinMagnet as _SpinMagnet

class _SpinMagnetValues(typing.TypedDict, total=False):
    length: float | str
    width: float | str
    thickness: float | str
    saturation_magnetization: float | str
    damping: float | str
    gyromagnetic_ratio: float | str
    uniaxial_anisotropy: float | str
    anisotropy_polar_angle: float | str
    anisotropy_azimuth: float | str
    demagnetizing_factor_x: float | str
    demagnetizing_factor_y: float | str
    demagnetizing_factor_z: float | str
    field_x: float | str
    field_y: float | str
    field_z: float | str
    interface_conductance: float | str
    polarization: float | str
    mixing_conductance_real: float | str
    mixing_conductance_imag: float | str
    ambient_temperature: float | str
    initial_polar_angle: float | str
    initial_azimuth: float | str
    shape: typing.Literal["ellipse", "prism"]

class SpinMagnet(_SpinMagnet):
    def __init__(self, **values: typing.Unpack[_SpinMagnetValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_SpinMagnetValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["kimura2006-like", "yang2008-like"] | os.PathLike[str],
        **overrides: typing.Unpack[_SpinMagnetValues],
    ) -> typing.Self: ...

class _NeuronMagnetValues(_SpinMagnetValues, total=False):
    resistance_area_product: float | str
    tmr: float | str
    tmr_half_voltage: float | str
    reference_polar_angle: float | str
    reference_azimuth: float | str

class NeuronMagnet(SpinMagnet, _NeuronMagnet):
    def __init__(self, **values: typing.Unpack[_NeuronMagnetValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_NeuronMagnetValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls, name: typing.Literal["sharad2012-like"] | os.PathLike[str], **overrides: typing.Unpack[_NeuronMagnetValues]
    ) -> typing.Self: ...
