# mypy: disable-error-code="override"

import os
import typing

import synaspice.devices.language.presets.preset

from .electrothermal import ElectrothermalMTJ as _ElectrothermalMTJ
from .mtj import MTJ as _MTJ
from .spin_orbit_torque import SpinOrbitTorqueMTJ as _SpinOrbitTorqueMTJ

class _MTJValues(typing.TypedDict, total=False):
    diameter: float | str
    width: float | str
    free_layer_thickness: float | str
    barrier_thickness: float | str
    saturation_magnetization: float | str
    damping: float | str
    gyromagnetic_ratio: float | str
    interfacial_anisotropy: float | str
    uniaxial_anisotropy: float | str
    anisotropy_polar_angle: float | str
    anisotropy_azimuth: float | str
    demagnetizing_factor_x: float | str
    demagnetizing_factor_y: float | str
    demagnetizing_factor_z: float | str
    vcma_coefficient: float | str
    field_x: float | str
    field_y: float | str
    field_z: float | str
    polarization_reference: float | str
    polarization_free: float | str
    asymmetry_reference: float | str
    asymmetry_free: float | str
    field_like_efficiency: float | str
    field_like_per_square_volt: float | str
    reference_polar_angle: float | str
    reference_azimuth: float | str
    resistance_area_product: float | str
    tmr: float | str
    tmr_half_voltage: float | str
    barrier_height: float | str
    barrier_asymmetry: float | str
    effective_mass: float | str
    ambient_temperature: float | str
    reference_temperature: float | str
    curie_temperature: float | str
    magnetization_exponent: float | str
    interfacial_exponent: float | str
    uniaxial_exponent: float | str
    polarization_decay: float | str
    hooge_parallel: float | str
    hooge_antiparallel: float | str
    initial_polar_angle: float | str
    initial_azimuth: float | str
    shape: typing.Literal["ellipse", "prism"]
    conduction: typing.Literal["roll-off", "brinkman", "simmons"]
    temperature_law: typing.Literal["none", "bloch"]
    torque: typing.Literal["slonczewski", "tunnelling", "constant-torkance"]

class MTJ(_MTJ):
    def __init__(self, **values: typing.Unpack[_MTJValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_MTJValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal[
            "borders2019-like",
            "faria2021",
            "garciaredondo2021",
            "hayakawa2021-like",
            "ikeda2010",
            "kang2017",
            "kim2015-crystalline",
            "kim2015-inplane",
            "kim2015-inplane-130x65",
            "kim2015-interface",
            "kiselev2003-like",
            "song2018",
            "taniguchi2013-like",
            "zhang2012",
            "zhang2020",
        ]
        | os.PathLike[str],
        **overrides: typing.Unpack[_MTJValues],
    ) -> typing.Self: ...

class _ElectrothermalMTJValues(_MTJValues, total=False):
    thermal_resistance: float | str
    thermal_capacitance: float | str
    initial_temperature_rise: float | str
    largest_temperature: float | str

class ElectrothermalMTJ(MTJ, _ElectrothermalMTJ):
    def __init__(self, **values: typing.Unpack[_ElectrothermalMTJValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_ElectrothermalMTJValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["sousa2006-like"] | os.PathLike[str],
        **overrides: typing.Unpack[_ElectrothermalMTJValues],
    ) -> typing.Self: ...

class _SpinOrbitTorqueMTJValues(_MTJValues, total=False):
    line_length: float | str
    line_width: float | str
    line_thickness: float | str
    line_resistivity: float | str
    spin_hall_angle: float | str
    field_like_ratio: float | str

class SpinOrbitTorqueMTJ(MTJ, _SpinOrbitTorqueMTJ):
    def __init__(self, **values: typing.Unpack[_SpinOrbitTorqueMTJValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_SpinOrbitTorqueMTJValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["lee2013-like", "liu2012-like"] | os.PathLike[str],
        **overrides: typing.Unpack[_SpinOrbitTorqueMTJValues],
    ) -> typing.Self: ...
