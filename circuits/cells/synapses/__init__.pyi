# mypy: disable-error-code="override"

import typing

import synaspice.devices.model

from .spike_synapse import SpikeSynapse as _SpikeSynapse
from .synapses import DifferentialSynapse as _DifferentialSynapse
from .synapses import STDPSynapse as _STDPSynapse
from .triplet_synapse import TripletSTDPSynapse as _TripletSTDPSynapse

class _SpikeSynapseValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    weight: float | str
    packet_capacitance: float | str
    holding_capacitance: float | str
    mirror_width: float | str
    mirror_length: float | str
    switch_width: float | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class SpikeSynapse(_SpikeSynapse):
    def __init__(self, **values: typing.Unpack[_SpikeSynapseValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_SpikeSynapseValues]) -> typing.Self: ...

class _DifferentialSynapseValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    resistance_on: float | str
    resistance_off: float | str
    threshold: float | str
    switching_time: float | str
    access_width: float | str
    weight: float | str
    memristor: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class DifferentialSynapse(_DifferentialSynapse):
    def __init__(self, **values: typing.Unpack[_DifferentialSynapseValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_DifferentialSynapseValues]) -> typing.Self: ...

class _STDPSynapseValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    resistance_on: float | str
    resistance_off: float | str
    threshold: float | str
    switching_time: float | str
    access_width: float | str
    initial_state: float | str
    memristor: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class STDPSynapse(_STDPSynapse):
    def __init__(self, **values: typing.Unpack[_STDPSynapseValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_STDPSynapseValues]) -> typing.Self: ...

class _TripletSTDPSynapseValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    resistance_on: float | str
    resistance_off: float | str
    threshold: float | str
    switching_time: float | str
    access_width: float | str
    initial_state: float | str
    pre_time: float | str
    slow_pre_time: float | str
    post_time: float | str
    slow_post_time: float | str
    trace_capacitance: float | str
    product_capacitance: float | str
    fill_width: float | str
    switch_width: float | str
    memristor: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class TripletSTDPSynapse(_TripletSTDPSynapse):
    def __init__(self, **values: typing.Unpack[_TripletSTDPSynapseValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_TripletSTDPSynapseValues]) -> typing.Self: ...
