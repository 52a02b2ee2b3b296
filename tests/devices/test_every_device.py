"""What every device of the package has in common, whatever it is: all of them are found and tried."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import MEMORIES, devices

from synaspice.characterization.bench import suitable_benches
from synaspice.devices import ParameterError, UnknownNameError
from synaspice.devices.catalog import models

PACKAGE = {name: model for name, model in models().items() if model.__module__.startswith("synaspice.")}
every_device = pytest.mark.parametrize("name", PACKAGE)


@pytest.mark.parametrize("model", [model for model in PACKAGE.values() if model not in MEMORIES])
@settings(max_examples=75, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(data=st.data())
def test_static_curves_are_finite_everywhere(model, data):
    """Random parameters within their bounds: finite, and no warning (warnings are errors in this test suite).

    For the others the same, in any state, stands in test_properties.py.
    """
    device = data.draw(devices(model))
    voltages = np.concatenate([np.linspace(-2, 2, 9), [1e-12, -1e-300]])
    branch = next(iter(device.branches().values()))
    table = device.static(**{branch.name: voltages})
    for name, values in table.items():
        assert np.all(np.isfinite(values)), name
    assert np.all(table[branch.current] * voltages >= 0), "the branch is passive"
    assert table[branch.current][4] == 0


@every_device
def test_bad_values_are_refused_by_name(name):
    model = PACKAGE[name]
    for parameter, declared in model.parameter_declarations().items():
        with pytest.raises(ParameterError, match=parameter):
            model(**{parameter: math.nan})
        low, high = declared.bounds
        if math.isfinite(high):
            with pytest.raises(ParameterError, match=f"{parameter}.*outside its bounds"):
                model(**{parameter: high + max(1.0, abs(high))})
        if math.isfinite(low):
            with pytest.raises(ParameterError, match=f"{parameter}.*outside its bounds"):
                model(**{parameter: low - max(1.0, abs(low))})
        with pytest.raises(ParameterError, match=parameter):
            model(**{parameter: "3 parsec"})
    with pytest.raises(UnknownNameError, match="diametre"):
        model(diametre=1.0)
    with pytest.raises(UnknownNameError, match="nobody1900"):
        model.preset("nobody1900")


@every_device
def test_every_option_is_described_and_every_choice_can_be_simulated(name):
    model = PACKAGE[name]
    for option, declared in model.option_declarations().items():
        assert declared.description
        for choice in declared.choices:
            device = model(**{option: choice})
            assert device.netlist()
            branch = next(iter(device.branches().values()))
            assert np.all(np.isfinite(device.static(**{branch.name: 0.1})[branch.current]))


@every_device
def test_everything_is_described_and_has_a_bench(name):
    model = PACKAGE[name]
    assert model.__doc__ and ".. math::" in model.__doc__ and "References" in model.__doc__
    assert model.reference and model.doi
    assert suitable_benches(model())
    assert all(parameter.description and parameter.unit for parameter in model.parameter_declarations().values())


def test_there_are_thirty_presets_and_each_says_where_it_comes_from():
    found = [preset for model in PACKAGE.values() for preset in model.presets().values()]
    assert len(found) >= 30
    for preset in found:
        assert preset.title and preset.reference and all(preset.sources.values())
