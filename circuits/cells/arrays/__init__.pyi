# mypy: disable-error-code="override"

import typing

import synaspice.devices.model

from .classifier import CrossbarClassifier as _CrossbarClassifier

class _CrossbarClassifierValues(typing.TypedDict, total=False):
    temperature: float | str
    supply_voltage: float | str
    resistance_on: float | str
    resistance_off: float | str
    threshold: float | str
    switching_time: float | str
    access_width: float | str
    clamp_voltage: float | str
    clamp_width: float | str
    mirror_width: float | str
    mirror_length: float | str
    follower_width: float | str
    current_width: float | str
    current_length: float | str
    common_resistance: float | str
    membrane_capacitance: float | str
    weight_1_1: float | str
    weight_1_2: float | str
    weight_1_3: float | str
    weight_2_1: float | str
    weight_2_2: float | str
    weight_2_3: float | str
    weight_3_1: float | str
    weight_3_2: float | str
    weight_3_3: float | str
    weight_4_1: float | str
    weight_4_2: float | str
    weight_4_3: float | str
    memristor: synaspice.devices.model.CompactModel | str
    switch: synaspice.devices.model.CompactModel | str
    technology: str
    corner: typing.Literal["typical", "slow", "fast"]
    devices: typing.Literal["automatic", "subcircuit", "native"]

class CrossbarClassifier(_CrossbarClassifier):
    def __init__(self, **values: typing.Unpack[_CrossbarClassifierValues]) -> None: ...
    def replace(self, **overrides: typing.Unpack[_CrossbarClassifierValues]) -> typing.Self: ...
