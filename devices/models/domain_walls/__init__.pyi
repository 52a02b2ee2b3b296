# mypy: disable-error-code="override"

import os
import typing

import synaspice.devices.language.presets.preset

from .domain_wall import DomainWallMagnet as _DomainWallMagnet
from .domain_wall import DomainWallSynapse as _DomainWallSynapse
from .domain_wall_injector import DomainWallInjector as _DomainWallInjector

class _DomainWallMagnetValues(typing.TypedDict, total=False):
    length: float | str
    strip_width: float | str
    thickness: float | str
    heavy_metal_thickness: float | str
    saturation_magnetization: float | str
    exchange_stiffness: float | str
    effective_anisotropy: float | str
    wall_width: float | str
    transverse_anisotropy_field: float | str
    damping: float | str
    gyromagnetic_ratio: float | str
    polarization: float | str
    nonadiabaticity: float | str
    spin_hall_angle: float | str
    dmi: float | str
    pinning_energy: float | str
    pinning_period: float | str
    notch_energy: float | str
    notch_width: float | str
    notch_position: float | str
    end_field: float | str
    end_width: float | str
    field_x: float | str
    field_y: float | str
    field_z: float | str
    initial_state: float | str
    initial_angle: float | str
    resistance_area_product: float | str
    tmr: float | str
    tmr_half_voltage: float | str
    resistivity: float | str
    magnetoresistance: float | str
    width: typing.Literal["fixed", "relaxing"]
    domains: typing.Literal["up-down", "down-up"]
    readout: typing.Literal["strip", "junction"]

class DomainWallMagnet(_DomainWallMagnet):
    def __init__(self, **values: typing.Unpack[_DomainWallMagnetValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_DomainWallMagnetValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["emori2013-like", "thiaville2005-like", "vansteenkiste2014"] | os.PathLike[str],
        **overrides: typing.Unpack[_DomainWallMagnetValues],
    ) -> typing.Self: ...

class _DomainWallSynapseValues(typing.TypedDict, total=False):
    length: float | str
    strip_width: float | str
    thickness: float | str
    heavy_metal_thickness: float | str
    saturation_magnetization: float | str
    exchange_stiffness: float | str
    effective_anisotropy: float | str
    wall_width: float | str
    transverse_anisotropy_field: float | str
    damping: float | str
    gyromagnetic_ratio: float | str
    polarization: float | str
    nonadiabaticity: float | str
    spin_hall_angle: float | str
    dmi: float | str
    pinning_energy: float | str
    pinning_period: float | str
    notch_energy: float | str
    notch_width: float | str
    notch_position: float | str
    end_field: float | str
    end_width: float | str
    field_x: float | str
    field_y: float | str
    field_z: float | str
    initial_state: float | str
    initial_angle: float | str
    resistivity: float | str
    resistance_area_product: float | str
    tmr: float | str
    tmr_half_voltage: float | str
    width: typing.Literal["fixed", "relaxing"]
    domains: typing.Literal["up-down", "down-up"]

class DomainWallSynapse(_DomainWallSynapse):
    def __init__(self, **values: typing.Unpack[_DomainWallSynapseValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_DomainWallSynapseValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["edwards2024", "sengupta2016-like"] | os.PathLike[str],
        **overrides: typing.Unpack[_DomainWallSynapseValues],
    ) -> typing.Self: ...

class _DomainWallInjectorValues(typing.TypedDict, total=False):
    length: float | str
    strip_width: float | str
    thickness: float | str
    heavy_metal_thickness: float | str
    saturation_magnetization: float | str
    exchange_stiffness: float | str
    effective_anisotropy: float | str
    wall_width: float | str
    transverse_anisotropy_field: float | str
    damping: float | str
    gyromagnetic_ratio: float | str
    polarization: float | str
    nonadiabaticity: float | str
    spin_hall_angle: float | str
    dmi: float | str
    pinning_energy: float | str
    pinning_period: float | str
    notch_energy: float | str
    notch_width: float | str
    notch_position: float | str
    end_field: float | str
    end_width: float | str
    field_x: float | str
    field_y: float | str
    field_z: float | str
    initial_state: float | str
    initial_angle: float | str
    resistivity: float | str
    resistance_area_product: float | str
    contact_polarization: float | str
    mixing_ratio: float | str
    width: typing.Literal["fixed", "relaxing"]
    domains: typing.Literal["up-down", "down-up"]

class DomainWallInjector(_DomainWallInjector):
    def __init__(self, **values: typing.Unpack[_DomainWallInjectorValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_DomainWallInjectorValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["sharad2012-like"] | os.PathLike[str],
        **overrides: typing.Unpack[_DomainWallInjectorValues],
    ) -> typing.Self: ...
