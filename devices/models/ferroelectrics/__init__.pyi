# mypy: disable-error-code="override"

import os
import typing

import synaspice.devices.language.presets.preset

from .ferroelectric_tunnel_junction import FerroelectricTunnelJunction as _FerroelectricTunnelJunction

class _FerroelectricTunnelJunctionValues(typing.TypedDict, total=False):
    attempt_time: float | str
    activation_voltage_on: float | str
    activation_voltage_off: float | str
    switching_barrier: float | str
    action_distance: float | str
    built_in_field: float | str
    ferroelectric_thickness: float | str
    ambient_temperature: float | str
    barrier_height_on: float | str
    barrier_height_off: float | str
    barrier_asymmetry_on: float | str
    barrier_asymmetry_off: float | str
    barrier_thickness: float | str
    effective_mass: float | str
    resistance_on: float | str
    resistance_off: float | str
    initial_state: float | str
    fano_factor: float | str
    telegraph_amplitude: float | str
    capture_time: float | str
    emission_time: float | str
    trap: float | str
    flicker: float | str
    kinetics: typing.Literal["merz", "barrier"]
    conduction: typing.Literal["ohmic", "brinkman"]

class FerroelectricTunnelJunction(_FerroelectricTunnelJunction):
    def __init__(self, **values: typing.Unpack[_FerroelectricTunnelJunctionValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_FerroelectricTunnelJunctionValues]) -> typing.Self: ...
    @classmethod
    def presets(cls) -> dict[typing.Any, synaspice.devices.language.presets.preset.Preset]: ...
    @classmethod
    def preset(
        cls,
        name: typing.Literal["chanthbouala2012-like", "fehlings2024-like"] | os.PathLike[str],
        **overrides: typing.Unpack[_FerroelectricTunnelJunctionValues],
    ) -> typing.Self: ...
