# mypy: disable-error-code="override"

import typing

import synaspice.devices.model

from .adapting_neuron import AdaptingNeuron as _AdaptingNeuron
from .mott_neuron import MottNeuron as _MottNeuron
from .neuron_chain import NeuronChain as _NeuronChain
from .neurons import AxonHillock as _AxonHillock
from .neurons import MemristorNeuron as _MemristorNeuron
from .neurons import MTJNeuron as _MTJNeuron
from .neurons import OscillatorNeuron as _OscillatorNeuron
from .neurons import PBit as _PBit

class _AdaptingNeuronValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    membrane_capacitance: float | str
    feedback_capacitance: float | str
    refractory_capacitance: float | str
    adaptation_capacitance: float | str
    amplifier_length: float | str
    reset_length: float | str
    mirror_width: float | str
    mirror_length: float | str
    pair_width: float | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class AdaptingNeuron(_AdaptingNeuron):
    def __init__(self, **values: typing.Unpack[_AdaptingNeuronValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_AdaptingNeuronValues]) -> typing.Self: ...

class _MottNeuronValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    capacitance: float | str
    load_resistance: float | str
    threshold_voltage: float | str
    activation_energy: float | str
    thermal_resistance: float | str
    thermal_time: float | str
    resistance_metallic: float | str
    detector_width: float | str
    switch: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class MottNeuron(_MottNeuron):
    def __init__(self, **values: typing.Unpack[_MottNeuronValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_MottNeuronValues]) -> typing.Self: ...

class _NeuronChainValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    neurons: float | str
    weight: float | str
    memristor: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class NeuronChain(_NeuronChain):
    def __init__(self, **values: typing.Unpack[_NeuronChainValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_NeuronChainValues]) -> typing.Self: ...

class _AxonHillockValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    membrane_capacitance: float | str
    feedback_capacitance: float | str
    reset_width: float | str
    reset_length: float | str
    amplifier_length: float | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class AxonHillock(_AxonHillock):
    def __init__(self, **values: typing.Unpack[_AxonHillockValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_AxonHillockValues]) -> typing.Self: ...

class _MemristorNeuronValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    capacitance: float | str
    load_resistance: float | str
    resistance_on: float | str
    resistance_off: float | str
    threshold_voltage: float | str
    hold_voltage: float | str
    switching_time: float | str
    memristor: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class MemristorNeuron(_MemristorNeuron):
    def __init__(self, **values: typing.Unpack[_MemristorNeuronValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_MemristorNeuronValues]) -> typing.Self: ...

class _OscillatorNeuronValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    frequency: float | str
    damping_rate: float | str
    threshold_current: float | str
    static_resistance: float | str
    resistance_swing: float | str
    coupling_capacitance: float | str
    bias_resistance: float | str
    envelope_capacitance: float | str
    envelope_resistance: float | str
    amplifier_width: float | str
    oscillator: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class OscillatorNeuron(_OscillatorNeuron):
    def __init__(self, **values: typing.Unpack[_OscillatorNeuronValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_OscillatorNeuronValues]) -> typing.Self: ...

class _MTJNeuronValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    diameter: float | str
    resistance_area_product: float | str
    noise_step: float | str
    junction: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class MTJNeuron(_MTJNeuron):
    def __init__(self, **values: typing.Unpack[_MTJNeuronValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_MTJNeuronValues]) -> typing.Self: ...

class _PBitValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    diameter: float | str
    resistance_area_product: float | str
    tmr: float | str
    nmos_width: float | str
    nmos_length: float | str
    noise_step: float | str
    junction: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class PBit(_PBit):
    def __init__(self, **values: typing.Unpack[_PBitValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_PBitValues]) -> typing.Self: ...
