# mypy: disable-error-code="override"

import typing

from .logic import Inverter as _Inverter
from .readout import LatchComparator as _LatchComparator
from .readout import SenseAmplifier as _SenseAmplifier

class _InverterValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    nmos_width: float | str
    pmos_width: float | str
    length: float | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class Inverter(_Inverter):
    def __init__(self, **values: typing.Unpack[_InverterValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_InverterValues]) -> typing.Self: ...

class _LatchComparatorValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    input_width: float | str
    latch_width: float | str
    tail_width: float | str
    smallest_difference: float | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class LatchComparator(_LatchComparator):
    def __init__(self, **values: typing.Unpack[_LatchComparatorValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_LatchComparatorValues]) -> typing.Self: ...

class _SenseAmplifierValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    nmos_width: float | str
    pmos_width: float | str
    smallest_ratio: float | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class SenseAmplifier(_SenseAmplifier):
    def __init__(self, **values: typing.Unpack[_SenseAmplifierValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_SenseAmplifierValues]) -> typing.Self: ...
