# mypy: disable-error-code="override"

import os
import typing

import synaspice.devices.language.presets.preset

from .linear_ion_drift import LinearIonDrift as _LinearIonDrift
from .pcm import PhaseChangeMemory as _PhaseChangeMemory
from .sky130_reram import Sky130RERAM as _Sky130RERAM
from .stanford_rram import StanfordRRAM as _StanfordRRAM
from .volatile import VolatileMemristor as _VolatileMemristor
from .vteam import VTEAM as _VTEAM
from .yakopcic import Yakopcic as _Yakopcic

class _LinearIonDriftValues(typing.TypedDict, total=False):
    resistance_on: float | str
    resistance_off: float | str
    thickness: float | str
    mobility: float | str
    window_exponent: float | str
    window_scale: float | str
    initial_state: float | str
    fano_factor: float | str
    telegraph_amplitude: float | str
    capture_time: float | str
    emission_time: float | str
    trap: float | str
    flicker: float | str
    window: typing.Literal["none", "joglekar", "biolek", "prodromakis"]

class LinearIonDrift(_LinearIonDrift):
    def __init__(self, **values: typing.Unpack[_LinearIonDriftValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_LinearIonDriftValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal[
            "biolek2009", "biolek2009-joglekar", "joglekar2009-p1", "joglekar2009-p10", "prodromakis2011", "strukov2008"
        ]
        | os.PathLike[str],
        **overrides: typing.Unpack[_LinearIonDriftValues],
    ) -> typing.Self: ...

class _PhaseChangeMemoryValues(typing.TypedDict, total=False):
    conductance_max: float | str
    conductance_min: float | str
    programming_resistance: float | str
    threshold_voltage: float | str
    threshold_width: float | str
    ambient_temperature: float | str
    thermal_resistance: float | str
    crystallization_temperature: float | str
    crystallization_width: float | str
    crystallization_time: float | str
    melting_temperature: float | str
    melting_width: float | str
    melting_time: float | str
    drift_reset_time: float | str
    drift_time: float | str
    drift_slope: float | str
    drift_offset: float | str
    drift_smallest: float | str
    drift_largest: float | str
    spread_slope: float | str
    spread_offset: float | str
    spread_smallest: float | str
    spread_largest: float | str
    drift_deviation: float | str
    conductance_reference: float | str
    read_noise_amplitude: float | str
    read_noise_exponent: float | str
    read_noise_largest: float | str
    fano_factor: float | str
    telegraph_amplitude: float | str
    capture_time: float | str
    emission_time: float | str
    trap: float | str
    initial_state: float | str
    initial_age: float | str

class PhaseChangeMemory(_PhaseChangeMemory):
    def __init__(self, **values: typing.Unpack[_PhaseChangeMemoryValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_PhaseChangeMemoryValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["boybat2018", "joshi2020"] | os.PathLike[str],
        **overrides: typing.Unpack[_PhaseChangeMemoryValues],
    ) -> typing.Self: ...

class _Sky130RERAMValues(typing.TypedDict, total=False):
    oxide_thickness: float | str
    filament_maximum: float | str
    filament_minimum: float | str
    filament_reference: float | str
    current_scale: float | str
    voltage_scale: float | str
    generation_energy: float | str
    recombination_energy: float | str
    hopping_distance: float | str
    velocity: float | str
    enhancement: float | str
    enhancement_slope: float | str
    ambient_temperature: float | str
    thermal_capacitance: float | str
    thermal_time: float | str
    initial_state: float | str
    initial_temperature_rise: float | str
    largest_temperature: float | str
    fano_factor: float | str
    telegraph_amplitude: float | str
    capture_time: float | str
    emission_time: float | str
    trap: float | str
    flicker: float | str

class Sky130RERAM(_Sky130RERAM):
    def __init__(self, **values: typing.Unpack[_Sky130RERAMValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_Sky130RERAMValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls, name: typing.Literal["skywater2020"] | os.PathLike[str], **overrides: typing.Unpack[_Sky130RERAMValues]
    ) -> typing.Self: ...

class _VolatileMemristorValues(typing.TypedDict, total=False):
    resistance_on: float | str
    resistance_off: float | str
    threshold_voltage: float | str
    hold_voltage: float | str
    time_constant_on: float | str
    time_constant_off: float | str
    latch_time: float | str
    transition_width: float | str
    latch_diffusion: float | str
    initial_state: float | str
    initial_latch: float | str
    fano_factor: float | str
    telegraph_amplitude: float | str
    capture_time: float | str
    emission_time: float | str
    trap: float | str
    flicker: float | str

class VolatileMemristor(_VolatileMemristor):
    def __init__(self, **values: typing.Unpack[_VolatileMemristorValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_VolatileMemristorValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["maffezzoni2015", "patni2024"] | os.PathLike[str],
        **overrides: typing.Unpack[_VolatileMemristorValues],
    ) -> typing.Self: ...

class _VTEAMValues(typing.TypedDict, total=False):
    resistance_on: float | str
    resistance_off: float | str
    position_on: float | str
    position_off: float | str
    threshold_on: float | str
    threshold_off: float | str
    rate_on: float | str
    rate_off: float | str
    exponent_on: float | str
    exponent_off: float | str
    window_exponent: float | str
    window_scale: float | str
    window_position_on: float | str
    window_position_off: float | str
    window_width: float | str
    initial_state: float | str
    cycle_to_cycle: float | str
    fano_factor: float | str
    telegraph_amplitude: float | str
    capture_time: float | str
    emission_time: float | str
    trap: float | str
    flicker: float | str
    conduction: typing.Literal["linear", "exponential"]
    window: typing.Literal["none", "joglekar", "biolek", "prodromakis", "team"]

class VTEAM(_VTEAM):
    def __init__(self, **values: typing.Unpack[_VTEAMValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_VTEAMValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["kvatinsky2014", "kvatinsky2015-like", "taherinejad2019", "talati2016"] | os.PathLike[str],
        **overrides: typing.Unpack[_VTEAMValues],
    ) -> typing.Self: ...

class _StanfordRRAMValues(typing.TypedDict, total=False):
    ambient_temperature: float | str
    thickness: float | str
    barrier_height: float | str
    relative_permittivity: float | str
    current_scale: float | str
    gap_scale: float | str
    voltage_scale: float | str
    gap_minimum: float | str
    gap_maximum: float | str
    velocity: float | str
    activation_energy: float | str
    hopping_distance: float | str
    enhancement: float | str
    enhancement_reset: float | str
    enhancement_decay: float | str
    field_minimum: float | str
    field_width: float | str
    thermal_resistance: float | str
    retention_energy: float | str
    retention_rate: float | str
    initial_state: float | str
    largest_temperature: float | str
    fano_factor: float | str
    telegraph_amplitude: float | str
    capture_time: float | str
    emission_time: float | str
    trap: float | str
    flicker: float | str
    conduction: typing.Literal["hyperbolic_sine", "ohmic", "poole_frenkel", "schottky"]
    heating: typing.Literal["static", "none"]
    retention: typing.Literal["none", "arrhenius"]

class StanfordRRAM(_StanfordRRAM):
    def __init__(self, **values: typing.Unpack[_StanfordRRAMValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_StanfordRRAMValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["cantudo2025", "jiang2014"] | os.PathLike[str],
        **overrides: typing.Unpack[_StanfordRRAMValues],
    ) -> typing.Self: ...

class _YakopcicValues(typing.TypedDict, total=False):
    ambient_temperature: float | str
    thickness: float | str
    barrier_height: float | str
    relative_permittivity: float | str
    amplitude_positive: float | str
    amplitude_negative: float | str
    current_slope: float | str
    threshold_positive: float | str
    threshold_negative: float | str
    rate_positive: float | str
    rate_negative: float | str
    slowing_point_on: float | str
    slowing_point_off: float | str
    slowing_on: float | str
    slowing_off: float | str
    initial_state: float | str
    fano_factor: float | str
    telegraph_amplitude: float | str
    capture_time: float | str
    emission_time: float | str
    trap: float | str
    flicker: float | str
    conduction: typing.Literal["hyperbolic_sine", "ohmic", "poole_frenkel", "schottky"]
    polarity: typing.Literal["positive", "negative"]

class Yakopcic(_Yakopcic):
    def __init__(self, **values: typing.Unpack[_YakopcicValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_YakopcicValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal[
            "yakopcic2011-chalcogenide",
            "yakopcic2011-hp",
            "yakopcic2011-michigan",
            "yakopcic2013-chalcogenide",
            "yakopcic2013-nanosecond-like",
        ]
        | os.PathLike[str],
        **overrides: typing.Unpack[_YakopcicValues],
    ) -> typing.Self: ...
