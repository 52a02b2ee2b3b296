"""What a device is: values that cannot be changed, copies, equality, derived quantities and provenance."""

from __future__ import annotations

import copy
import json
import math
import pickle

import numpy as np
import pytest

from synaspice.devices import MTJ, VTEAM, LinearIonDrift, ParameterError, UnknownNameError

DEVICES = [
    MTJ(),
    MTJ(diameter="50n", shape="prism", damping=0.1),
    MTJ.preset("ikeda2010"),
    MTJ.preset("kim2015-inplane", damping=0.01, tmr=np.float64(0.7)),
    VTEAM(window="biolek", position_off=4e-9),
    LinearIonDrift(),
]
every_device = pytest.mark.parametrize("device", DEVICES, ids=repr)


@every_device
def test_its_values_cannot_be_changed(device):
    device = device.replace()
    name = next(iter(device.values))
    for mapping in (device.values, device.options, device.derived):
        with pytest.raises(TypeError, match="does not support item assignment"):
            mapping[name] = 1.0
    with pytest.raises(AttributeError, match="a device does not change"):
        setattr(device, name, 1.0)
    assert getattr(device, name) == device.values[name]


@every_device
def test_attributes_read_values_options_and_derived_quantities(device):
    for name, value in [*device.values.items(), *device.options.items()]:
        assert getattr(device, name) == value
    for name in device.derived:
        if name in type(device).declarations():
            assert getattr(device, name) == device.derived[name]


@every_device
def test_repr_evaluates_to_an_equal_device(device):
    again = eval(repr(device), {"MTJ": MTJ, "VTEAM": VTEAM, "LinearIonDrift": LinearIonDrift})
    assert again == device
    assert again.provenance == device.provenance


@every_device
def test_it_survives_pickling_and_copying(device):
    for again in (pickle.loads(pickle.dumps(device)), copy.deepcopy(device), copy.copy(device)):
        assert again == device
        assert hash(again) == hash(device)
        assert repr(again) == repr(device)
        assert again.provenance == device.provenance
        assert again.replace() == device
        assert again.derived == device.derived


def test_devices_are_equal_by_value():
    assert MTJ(damping=0.02) == MTJ() == MTJ(damping="20m")
    assert hash(MTJ(damping=0.02)) == hash(MTJ())
    assert MTJ(damping=0.03) != MTJ()
    assert MTJ(shape="prism") != MTJ(shape="ellipse", **MTJ(shape="prism").values)
    assert VTEAM() != LinearIonDrift()
    assert MTJ() != 1


def test_replace_changes_a_value_and_leaves_the_original():
    device = MTJ.preset("ikeda2010")
    other = device.replace(damping=0.5, shape="prism")
    assert (other.damping, other.shape) == (0.5, "prism")
    assert (device.damping, device.shape) == (0.027, "ellipse")
    assert other.provenance is device.provenance
    assert other.tmr == device.tmr
    with pytest.raises(ParameterError, match="damping"):
        device.replace(damping=-1)


def test_computed_defaults_follow_replace_unless_given():
    wide = MTJ(diameter=40e-9).replace(diameter=80e-9)
    assert wide.width == 80e-9
    assert wide == MTJ(diameter=80e-9)
    assert wide.demagnetizing_factor_z > MTJ(diameter=40e-9).demagnetizing_factor_z
    fixed = MTJ(diameter=40e-9, width=30e-9, demagnetizing_factor_z=0.9).replace(diameter=80e-9)
    assert (fixed.width, fixed.demagnetizing_factor_z) == (30e-9, 0.9)
    assert fixed.demagnetizing_factor_x == MTJ(diameter=80e-9, width=30e-9).demagnetizing_factor_x


def test_derived_quantities_follow_from_the_parameters():
    device = MTJ(diameter=40e-9, free_layer_thickness=1e-9, resistance_area_product=10e-12, tmr=1.5)
    area = math.pi * 400e-18
    assert device.area == pytest.approx(area, rel=1e-14)
    assert device.volume == pytest.approx(area * 1e-9, rel=1e-14)
    assert device.parallel_resistance == pytest.approx(1e-11 / area, rel=1e-14)
    assert device.antiparallel_resistance == pytest.approx(2.5e-11 / area, rel=1e-14)
    assert device.reference_layer == pytest.approx((0, 0, 1))
    assert MTJ(shape="prism", width=20e-9).area == pytest.approx(800e-18, rel=1e-14)


def test_a_torque_that_vanishes_is_an_infinite_critical_current_and_no_error():
    # Lambda_r^2 = 4, Lambda_f = 1: the torque vanishes in the parallel state if 8 P_r = 3 P_f.
    device = MTJ(torque="slonczewski", asymmetry_reference=2.0, polarization_reference=0.375, polarization_free=1.0)
    assert math.isinf(device.critical_current_to_antiparallel)
    assert math.isfinite(device.critical_current_to_parallel)
    assert len(device.parameters()) > 30


def test_provenance_says_where_each_value_is_from():
    device = MTJ.preset("ikeda2010", tmr=0.5)
    preset = MTJ.presets()["ikeda2010"]
    assert device.provenance == preset
    assert device.source_of("damping") == preset.sources["damping"]
    assert device.source_of("shape") == preset.sources["shape"]
    assert device.source_of("tmr") == "given"
    assert device.source_of("uniaxial_anisotropy") == "default"
    assert device.source_of("width").startswith("computed")
    assert device.replace(damping=0.5).source_of("damping") == "given"
    assert device.replace(width=50e-9).source_of("width") == "given"
    assert MTJ().provenance is None
    assert MTJ(damping=0.1).source_of("damping") == "given"


def test_the_source_of_an_unknown_name_is_an_error():
    with pytest.raises(UnknownNameError, match="dampin"):
        MTJ().source_of("dampin")


@every_device
def test_the_table_of_parameters_is_complete(device):
    table = device.parameters()
    assert list(table.columns) == ["name", "value", "unit", "description", "provenance", "source"]
    assert list(table["name"]) == [*device.values, *device.derived]
    assert dict(zip(table["name"], table["value"], strict=True)) == {**device.values, **device.derived}
    assert table["name"].is_unique
    assert not table.isna().any(axis=None)
    for column in ("unit", "description", "source"):
        assert table[column].str.len().gt(0).all()


def test_attributes_of_a_table_are_plain_values():
    table = MTJ.preset("ikeda2010").simulate(
        0.1, 1e-11, temperature=np.int64(300), seed=np.int64(3), time_step=np.float32(1e-12), points=2
    )
    assert json.loads(json.dumps(table.attrs)) == table.attrs
    assert table.attrs["preset"] == "ikeda2010"
    assert table.attrs["seed"] == 3
