# mypy: disable-error-code="override"

import typing

import synaspice.devices.model

from .domain_wall_cells import DomainWallNeuron as _DomainWallNeuron
from .domain_wall_cells import DomainWallPair as _DomainWallPair
from .spin_neuron import FourInputSpinNeuron as _FourInputSpinNeuron
from .spin_neuron import SpinNeuron as _SpinNeuron
from .wall_cell import SpinOrbitWallCell as _SpinOrbitWallCell

class _DomainWallNeuronValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    leak_field: float | str
    threshold: float | str
    load_resistance: float | str
    bias_voltage: float | str
    read_capacitance: float | str
    pair_width: float | str
    mirror_width: float | str
    pair_length: float | str
    reset_width: float | str
    reset_capacitance: float | str
    reset_resistance: float | str
    noise_step: float | str
    junction: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class DomainWallNeuron(_DomainWallNeuron):
    def __init__(self, **values: typing.Unpack[_DomainWallNeuronValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_DomainWallNeuronValues]) -> typing.Self: ...

class _DomainWallPairValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    initial_weight: float | str
    noise_step: float | str
    strip: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class DomainWallPair(_DomainWallPair):
    def __init__(self, **values: typing.Unpack[_DomainWallPairValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_DomainWallPairValues]) -> typing.Self: ...

class _SpinOrbitWallCellValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    spin_hall_angle: float | str
    write_width: float | str
    read_width: float | str
    noise_step: float | str
    strip: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class SpinOrbitWallCell(_SpinOrbitWallCell):
    def __init__(self, **values: typing.Unpack[_SpinOrbitWallCellValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_SpinOrbitWallCellValues]) -> typing.Self: ...

class _FourInputSpinNeuronValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    noise_step: float | str
    preset_conductance: float | str
    reference_ratio: float | str
    latch_width: float | str
    drive_width: float | str
    state_1: float | str
    state_2: float | str
    state_3: float | str
    state_4: float | str
    state_5: float | str
    magnet: synaspice.devices.model.CompactModel | str
    synapse: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class FourInputSpinNeuron(_FourInputSpinNeuron):
    def __init__(self, **values: typing.Unpack[_FourInputSpinNeuronValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_FourInputSpinNeuronValues]) -> typing.Self: ...

class _SpinNeuronValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    noise_step: float | str
    preset_conductance: float | str
    reference_ratio: float | str
    latch_width: float | str
    drive_width: float | str
    state_1: float | str
    state_2: float | str
    state_3: float | str
    magnet: synaspice.devices.model.CompactModel | str
    synapse: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class SpinNeuron(_SpinNeuron):
    def __init__(self, **values: typing.Unpack[_SpinNeuronValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_SpinNeuronValues]) -> typing.Self: ...
