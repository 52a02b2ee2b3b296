# mypy: disable-error-code="override"

import typing

import synaspice.devices.model

from .junction_cell import MTJBitCell as _MTJBitCell
from .memristor_cells import MemristorBitCell as _MemristorBitCell
from .memristor_cells import TransmissionGateBitCell as _TransmissionGateBitCell
from .spin_orbit_cell import SpinOrbitBitCell as _SpinOrbitBitCell

class _SpinOrbitBitCellValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    diameter: float | str
    width: float | str
    spin_hall_angle: float | str
    resistance_area_product: float | str
    noise_step: float | str
    write_width: float | str
    read_width: float | str
    junction: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class SpinOrbitBitCell(_SpinOrbitBitCell):
    def __init__(self, **values: typing.Unpack[_SpinOrbitBitCellValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_SpinOrbitBitCellValues]) -> typing.Self: ...

class _MTJBitCellValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    diameter: float | str
    resistance_area_product: float | str
    access_width: float | str
    initial_polar_angle: float | str
    noise_step: float | str
    junction: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class MTJBitCell(_MTJBitCell):
    def __init__(self, **values: typing.Unpack[_MTJBitCellValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_MTJBitCellValues]) -> typing.Self: ...

class _MemristorBitCellValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    resistance_on: float | str
    resistance_off: float | str
    threshold: float | str
    switching_time: float | str
    access_width: float | str
    word_voltage: float | str
    memristor: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]
    state: typing.Literal["on", "off"]

class MemristorBitCell(_MemristorBitCell):
    def __init__(self, **values: typing.Unpack[_MemristorBitCellValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_MemristorBitCellValues]) -> typing.Self: ...

class _TransmissionGateBitCellValues(_MemristorBitCellValues, total=False):
    complement_width: float | str

class TransmissionGateBitCell(MemristorBitCell, _TransmissionGateBitCell):
    def __init__(self, **values: typing.Unpack[_TransmissionGateBitCellValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_TransmissionGateBitCellValues]) -> typing.Self: ...
