# mypy: disable-error-code="override"

import os
import typing

import synaspice.devices.language.presets.preset

from .stacks import ThreeLayerStack as _ThreeLayerStack
from .stacks import TwoLayerStack as _TwoLayerStack

class _ThreeLayerStackValues(typing.TypedDict, total=False):
    length: float | str
    width: float | str
    field_x: float | str
    field_y: float | str
    field_z: float | str
    half_voltage: float | str
    polarizer_polarization: float | str
    polarizer_polar_angle: float | str
    polarizer_azimuth: float | str
    ambient_temperature: float | str
    first_thickness: float | str
    first_saturation_magnetization: float | str
    first_damping: float | str
    first_gyromagnetic_ratio: float | str
    first_uniaxial_anisotropy: float | str
    first_second_order_anisotropy: float | str
    first_interfacial_anisotropy: float | str
    first_exchange_bias: float | str
    first_anisotropy_polar_angle: float | str
    first_anisotropy_azimuth: float | str
    first_demagnetizing_factor_x: float | str
    first_demagnetizing_factor_y: float | str
    first_demagnetizing_factor_z: float | str
    first_polarization: float | str
    first_initial_polar_angle: float | str
    first_initial_azimuth: float | str
    spacer_thickness: float | str
    spacer_bilinear_exchange: float | str
    spacer_biquadratic_exchange: float | str
    spacer_dmi_x: float | str
    spacer_dmi_y: float | str
    spacer_dmi_z: float | str
    spacer_exchange_per_square_volt: float | str
    spacer_resistance_area_product: float | str
    spacer_magnetoresistance: float | str
    spacer_torque_asymmetry: float | str
    second_thickness: float | str
    second_saturation_magnetization: float | str
    second_damping: float | str
    second_gyromagnetic_ratio: float | str
    second_uniaxial_anisotropy: float | str
    second_second_order_anisotropy: float | str
    second_interfacial_anisotropy: float | str
    second_exchange_bias: float | str
    second_anisotropy_polar_angle: float | str
    second_anisotropy_azimuth: float | str
    second_demagnetizing_factor_x: float | str
    second_demagnetizing_factor_y: float | str
    second_demagnetizing_factor_z: float | str
    second_polarization: float | str
    second_initial_polar_angle: float | str
    second_initial_azimuth: float | str
    second_spacer_thickness: float | str
    second_spacer_bilinear_exchange: float | str
    second_spacer_biquadratic_exchange: float | str
    second_spacer_dmi_x: float | str
    second_spacer_dmi_y: float | str
    second_spacer_dmi_z: float | str
    second_spacer_exchange_per_square_volt: float | str
    second_spacer_resistance_area_product: float | str
    second_spacer_magnetoresistance: float | str
    second_spacer_torque_asymmetry: float | str
    third_thickness: float | str
    third_saturation_magnetization: float | str
    third_damping: float | str
    third_gyromagnetic_ratio: float | str
    third_uniaxial_anisotropy: float | str
    third_second_order_anisotropy: float | str
    third_interfacial_anisotropy: float | str
    third_exchange_bias: float | str
    third_anisotropy_polar_angle: float | str
    third_anisotropy_azimuth: float | str
    third_demagnetizing_factor_x: float | str
    third_demagnetizing_factor_y: float | str
    third_demagnetizing_factor_z: float | str
    third_polarization: float | str
    third_initial_polar_angle: float | str
    third_initial_azimuth: float | str
    stray_12_x: float | str
    stray_12_y: float | str
    stray_12_z: float | str
    stray_23_x: float | str
    stray_23_y: float | str
    stray_23_z: float | str
    stray_13_x: float | str
    stray_13_y: float | str
    stray_13_z: float | str
    shape: typing.Literal["ellipse", "prism"]
    stray_fields: typing.Literal["layers", "none"]
    spacer_kind: typing.Literal["tunnel", "metal"]
    second_spacer_kind: typing.Literal["tunnel", "metal"]

class ThreeLayerStack(_ThreeLayerStack):
    def __init__(self, **values: typing.Unpack[_ThreeLayerStackValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_ThreeLayerStackValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["abert2018-like"] | os.PathLike[str],
        **overrides: typing.Unpack[_ThreeLayerStackValues],
    ) -> typing.Self: ...

class _TwoLayerStackValues(typing.TypedDict, total=False):
    length: float | str
    width: float | str
    field_x: float | str
    field_y: float | str
    field_z: float | str
    half_voltage: float | str
    polarizer_polarization: float | str
    polarizer_polar_angle: float | str
    polarizer_azimuth: float | str
    ambient_temperature: float | str
    first_thickness: float | str
    first_saturation_magnetization: float | str
    first_damping: float | str
    first_gyromagnetic_ratio: float | str
    first_uniaxial_anisotropy: float | str
    first_second_order_anisotropy: float | str
    first_interfacial_anisotropy: float | str
    first_exchange_bias: float | str
    first_anisotropy_polar_angle: float | str
    first_anisotropy_azimuth: float | str
    first_demagnetizing_factor_x: float | str
    first_demagnetizing_factor_y: float | str
    first_demagnetizing_factor_z: float | str
    first_polarization: float | str
    first_initial_polar_angle: float | str
    first_initial_azimuth: float | str
    spacer_thickness: float | str
    spacer_bilinear_exchange: float | str
    spacer_biquadratic_exchange: float | str
    spacer_dmi_x: float | str
    spacer_dmi_y: float | str
    spacer_dmi_z: float | str
    spacer_exchange_per_square_volt: float | str
    spacer_resistance_area_product: float | str
    spacer_magnetoresistance: float | str
    spacer_torque_asymmetry: float | str
    second_thickness: float | str
    second_saturation_magnetization: float | str
    second_damping: float | str
    second_gyromagnetic_ratio: float | str
    second_uniaxial_anisotropy: float | str
    second_second_order_anisotropy: float | str
    second_interfacial_anisotropy: float | str
    second_exchange_bias: float | str
    second_anisotropy_polar_angle: float | str
    second_anisotropy_azimuth: float | str
    second_demagnetizing_factor_x: float | str
    second_demagnetizing_factor_y: float | str
    second_demagnetizing_factor_z: float | str
    second_polarization: float | str
    second_initial_polar_angle: float | str
    second_initial_azimuth: float | str
    stray_12_x: float | str
    stray_12_y: float | str
    stray_12_z: float | str
    shape: typing.Literal["ellipse", "prism"]
    stray_fields: typing.Literal["layers", "none"]
    spacer_kind: typing.Literal["tunnel", "metal"]

class TwoLayerStack(_TwoLayerStack):
    def __init__(self, **values: typing.Unpack[_TwoLayerStackValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_TwoLayerStackValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["mojsiejuk2023", "mouhoub2022-like"] | os.PathLike[str],
        **overrides: typing.Unpack[_TwoLayerStackValues],
    ) -> typing.Self: ...
