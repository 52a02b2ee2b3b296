# mypy: disable-error-code="override"

import os
import typing

import synaspice.devices.language.presets.preset

from .mott_switch import MottSwitch as _MottSwitch

class _MottSwitchValues(typing.TypedDict, total=False):
    resistance_prefactor: float | str
    activation_energy: float | str
    thickness: float | str
    relative_permittivity: float | str
    resistance_metallic: float | str
    transition_temperature: float | str
    transition_width: float | str
    hysteresis_width: float | str
    ambient_temperature: float | str
    thermal_resistance: float | str
    thermal_capacitance: float | str
    phase_time: float | str
    initial_temperature_rise: float | str
    initial_remembered_rise: float | str
    largest_temperature: float | str
    fano_factor: float | str
    telegraph_amplitude: float | str
    capture_time: float | str
    emission_time: float | str
    trap: float | str
    flicker: float | str
    conduction: typing.Literal["activated", "poole_frenkel"]

class MottSwitch(_MottSwitch):
    def __init__(self, **values: typing.Unpack[_MottSwitchValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_MottSwitchValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["kumar2017-like", "zhang2023"] | os.PathLike[str],
        **overrides: typing.Unpack[_MottSwitchValues],
    ) -> typing.Self: ...
