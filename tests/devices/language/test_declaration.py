"""Declaring a model and making devices of it: what is checked, what is said, and what a device remembers."""

from __future__ import annotations

import dataclasses
import math
import re
from typing import ClassVar

import numpy as np
import pytest

from synaspice.devices import DC, MTJ, VTEAM, CompactModel, LinearIonDrift, ParameterError, UnknownNameError
from synaspice.devices.core.base import MODELS
from synaspice.devices.language.declarations.declaration import (
    Auxiliary,
    Branch,
    Derived,
    Input,
    Noise,
    Observable,
    Option,
    Parameter,
    State,
)

# --- declaring a model ----------------------------------------------------------------------------
# Names of test models start with an underscore: those are not registered as devices.


class _Relaxation(CompactModel):
    """A conductance that relaxes to one set by the voltage and an input; every kind of declaration once."""

    voltage = Branch("p", "n", "voltage")
    law = Option("linear", ("linear", "cubic"), "how the voltage acts")
    conductance = Parameter(1e-3, "S", "conductance at x = 1", (1e-9, 1.0))
    time_constant = Parameter(1e-9, "s", "relaxation time", (1e-15, 1.0))
    slow_time = Parameter(lambda device: 10 * device.time_constant, "s", "ten relaxation times unless given")
    bias = Input(0.0, "1", "shift of the target", (-10.0, 10.0))
    start = Parameter(0.0, "1", "state at t = 0")
    rate = Derived("1/s", "inverse of the relaxation time")
    x = State("1", "relaxing state", initial=lambda s: s.start)
    target = Auxiliary("1", "where the state goes")
    agitation = Noise("1", "noise on the rate")
    resistance = Observable("ohm", "resistance")

    changes: ClassVar[dict] = {}

    @classmethod
    def equations(cls, s):
        expressions = {
            "rate": 1 / s.time_constant,
            "target": s.bias + (s.voltage if s.law == "linear" else s.voltage**3),
            "current": s.conductance * s.voltage / (1 + s.x**2),
            "dx/dt": s.rate * (s.target - s.x + s.agitation),
            "agitation": s.temperature * 1e-12,
            "resistance": (1 + s.x**2) / s.conductance,
        }
        changed = expressions | {name: change(s) for name, change in cls.changes.items() if change is not None}
        return {name: expression for name, expression in changed.items() if cls.changes.get(name, True) is not None}


def changed_model(**changes):
    return type("_Changed", (_Relaxation,), {"changes": changes})


def test_a_declared_model_simulates_as_its_equations_say():
    device = _Relaxation(start=2.0, bias=0.5)
    table = device.simulate(1.0, 3e-9, points=31)
    exact = 1.5 + 0.5 * np.exp(-table["time"] / 1e-9)
    # The integrator's relative tolerance of 1e-9 per step, over some tens of steps.
    np.testing.assert_allclose(table["x"], exact, rtol=1e-7)
    np.testing.assert_allclose(table["current"], 1e-3 / (1 + exact**2), rtol=1e-7)
    np.testing.assert_allclose(table["resistance"], (1 + exact**2) * 1e3, rtol=1e-7)


@pytest.mark.parametrize("name", ["rate", "target", "current", "dx/dt", "agitation", "resistance"])
def test_an_expression_that_is_missing_is_named(name):
    with pytest.raises(TypeError, match=rf"_Changed.equations\(\) gives no expression for '{name}'"):
        changed_model(**{name: None})().static(voltage=1.0)


def test_an_expression_for_an_undeclared_name_is_named():
    with pytest.raises(TypeError, match=r"undeclared names: \['colour'\]"):
        changed_model(colour=lambda s: s.x)().static(voltage=1.0)


def test_an_unknown_symbol_in_the_equations_is_named_with_its_nearest():
    with pytest.raises(UnknownNameError, match="'conductanse'.*did you mean 'conductance'"):
        changed_model(current=lambda s: s.conductanse * s.voltage)().static(voltage=1.0)


@pytest.mark.parametrize(
    ("name", "expression", "culprit"),
    [
        ("rate", lambda s: s.x, "rate refers to x"),
        ("rate", lambda s: s.voltage, "rate refers to voltage"),
        ("current", lambda s: s.agitation * s.voltage, "current refers to agitation"),
        ("resistance", lambda s: s.agitation, "resistance refers to agitation"),
        ("target", lambda s: s.resistance, "target refers to resistance"),
        ("dx/dt", lambda s: s.resistance, "x refers to resistance"),
    ],
)
def test_a_reference_to_what_is_not_known_there_is_refused(name, expression, culprit):
    with pytest.raises(TypeError, match=f"the expression for {culprit}, not defined before it"):
        changed_model(**{name: expression})().static(voltage=1.0)


def test_a_derived_quantity_cannot_depend_on_what_a_drive_varies():
    # It is computed once for the device, so that it would keep the input's value at rest during a drive.
    model = changed_model(rate=lambda s: (1 + s.bias) / s.time_constant)
    with pytest.raises(TypeError, match="rate refers to bias"):
        model().simulate(0.0, 1e-9, inputs={"bias": 1.0})


class _Vector(CompactModel):
    voltage = Branch("p", "n", "voltage")
    h = State("1", "a vector", vector=True, initial=lambda s: (1, 0, 0))
    width: ClassVar[int] = 3

    @classmethod
    def equations(cls, s):
        return {"current": s.voltage, "dh/dt": list(-s.h)[: cls.width]}


def test_a_vector_is_integrated_by_component():
    last = _Vector().simulate(0.0, 1.0, points=2).iloc[-1]
    assert last["h_x"] == pytest.approx(math.exp(-1), rel=1e-8)
    assert last["h_y"] == last["h_z"] == 0


def test_a_vector_with_too_few_components_is_named():
    short = type("_Short", (_Vector,), {"width": 2})
    with pytest.raises(TypeError, match="dh/dt"):
        short().static(voltage=0.0)


def test_models_of_the_package_are_registered_and_test_models_are_not():
    assert {"mtj", "vteam", "linear-ion-drift"} <= set(MODELS)
    assert not [name for name in MODELS if name.startswith("_")]


def test_declarations_are_found_on_the_class():
    assert MTJ.damping.unit == "1"
    assert MTJ.damping.name == "damping"
    assert MTJ.terminals() == ("p", "n")
    assert list(MTJ.input_declarations()) == ["field_x", "field_y", "field_z"]
    assert list(MTJ.state_declarations()) == ["m_x", "m_y", "m_z"]
    assert list(VTEAM.option_declarations()) == ["conduction", "window"]
    assert [LinearIonDrift.model_name(), MTJ.model_name(), VTEAM.model_name()] == ["linear-ion-drift", "mtj", "vteam"]


# --- making a device ------------------------------------------------------------------------------


def test_values_are_numbers_or_text_with_suffix_and_unit():
    assert MTJ(diameter="50n") == MTJ(diameter="50 nm") == MTJ(diameter=50e-9) == MTJ(diameter=np.float64(5e-8))


def test_an_unknown_parameter_gets_the_nearest_name_and_the_list():
    with pytest.raises(UnknownNameError, match=r"parameter of mtj 'Dampin'; did you mean 'damping'\?.*known: .*tmr"):
        MTJ(Dampin=0.1)
    with pytest.raises(UnknownNameError, match="did you mean 'threshold_on'"):
        VTEAM().replace(treshold_on=-1)


def test_an_unknown_preset_lists_those_there_are():
    with pytest.raises(UnknownNameError, match=r"preset of mtj 'ikeda'; did you mean 'ikeda2010'\?.*zhang2020"):
        MTJ.preset("ikeda")
    with pytest.raises(UnknownNameError, match="preset of .*none.* .known: none"):
        type("_None", (_Relaxation,), {}).preset("anyone1999")


def test_a_value_out_of_bounds_names_parameter_unit_bounds_and_value():
    with pytest.raises(ParameterError, match=r"diameter = 0\.001 m is outside its bounds \[2 nm, 10 µm\]"):
        MTJ(diameter=1e-3)
    with pytest.raises(ParameterError, match=r"threshold_on = 1 V .*\[-100 V, -1 µV\] \(threshold v_on"):
        VTEAM(threshold_on=1.0)


@pytest.mark.parametrize("value", [-1e300, 1e300, math.inf, None, "x", "1 kg"])
def test_a_pure_number_is_told_without_a_unit(value):
    """Its unit is ``1``, which read as another number."""
    for parameter in (p for p in MTJ.parameter_declarations().values() if p.unit == "1"):
        with pytest.raises(ParameterError) as refused:
            parameter.check(value)
        assert not re.search(r"[\d'f] 1 |'1'", str(refused.value))


def test_zero_has_no_sign():
    assert math.copysign(1.0, MTJ(field_x=-0.0).field_x) == math.copysign(1.0, MTJ(field_x="-0").field_x) == 1.0


@pytest.mark.parametrize("model", [MTJ, VTEAM, LinearIonDrift])
def test_every_parameter_takes_its_bounds_and_nothing_beyond(model):
    for name, parameter in model.parameter_declarations().items():
        for bound, outward in zip(parameter.bounds, (-math.inf, math.inf), strict=True):
            assert parameter.check(bound) == bound
            if math.isfinite(bound):
                with pytest.raises(ParameterError, match=f"^{name} = "):
                    parameter.check(math.nextafter(bound, outward))


@pytest.mark.parametrize(
    ("value", "complaint"),
    [
        (math.nan, "damping.*nan"),
        ("nan", "damping.*nan"),
        ("0.1 V", "damping: '0.1 V' ends in 'V'"),
        ("much", "damping: 'much' is not a number"),
        (None, "damping: expected a number, not None"),
        ([0.1, 0.2], "damping: expected a number"),
        (np.array([0.1, 0.2]), "damping: expected a number"),
        (1j, "damping: expected a number"),
        ({}, "damping: expected a number"),
    ],
)
def test_what_is_no_value_is_refused_by_name(value, complaint):
    with pytest.raises(ParameterError, match=complaint):
        MTJ(damping=value)


@pytest.mark.parametrize("value", ["circle", "", "Ellipse", 3, None, ["ellipse"]])
def test_an_unknown_choice_lists_the_choices(value):
    with pytest.raises(UnknownNameError, match="choice for shape .*known: ellipse, prism"):
        MTJ(shape=value)


def test_conditions_between_parameters_are_checked():
    with pytest.raises(ParameterError, match="position_off = 1e-09 m must lie .*above position_on = 2e-09 m"):
        VTEAM(position_on="2n", position_off="1n")


def test_a_computed_default_uses_those_declared_before_it():
    assert _Relaxation(time_constant=2e-9).slow_time == pytest.approx(2e-8)
    assert _Relaxation(time_constant=2e-9, slow_time=1.0).slow_time == 1.0


# --- asking for a simulation ----------------------------------------------------------------------


@pytest.mark.parametrize("duration", [0, -1e-9, math.nan, math.inf, "1 ns", None, [1e-9]])
def test_a_duration_that_is_none_is_refused(duration):
    with pytest.raises(ParameterError, match="duration must be"):
        VTEAM().simulate(0.1, duration)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"seed": 1}, "need a temperature"),
        ({"trajectories": 2}, "need a temperature"),
        ({"time_step": 1e-12}, "need a temperature"),
        ({"temperature": 300, "times": [0]}, "times and method belong to simulations without"),
        ({"temperature": 300, "method": "LSODA"}, "times and method belong to simulations without"),
        ({"points": 3, "times": [0, 1e-12]}, "either points or times, not both"),
        ({"points": 1}, "points must be at least 2, not 1"),
        ({"points": -5}, "points must be at least 2"),
        ({"points": 2.5}, "points"),
        ({"times": []}, "times must be at least one number"),
        ({"times": [0, 1]}, "times must increase and lie between 0 and the duration"),
        ({"times": [-1e-12, 0]}, "times must increase and lie between 0"),
        ({"times": [0, 0]}, "times must increase"),
        ({"times": [0, math.nan, 1e-10]}, "times must be finite"),
        ({"times": "now"}, "times"),
        ({"temperature": -1}, "temperature must be finite and not negative"),
        ({"temperature": math.nan}, "temperature = nan is not finite"),
        ({"temperature": "hot"}, "temperature"),
        ({"rtol": -1e-9}, "rtol"),
        ({"atol": -1.0}, "atol"),
        ({"inputs": {"field_z": math.nan}}, "field_z must be finite"),
    ],
)
def test_arguments_of_a_simulation_that_make_no_sense_are_refused(arguments, complaint):
    with pytest.raises(ParameterError, match=complaint):
        MTJ().simulate(0.1, 1e-10, **arguments)


@dataclasses.dataclass(frozen=True)
class _Patience(DC):
    """A constant that is not asked for ever: an integrator that never ends fails the test instead of hanging it."""

    asked: list = dataclasses.field(default_factory=list, compare=False)

    def scalar(self):
        def value(time):
            self.asked.append(time)
            assert len(self.asked) < 10_000, "the integrator does not come to an end"
            return self.value

        return value


@pytest.mark.parametrize("name", ["rtol", "atol"])
def test_a_tolerance_that_is_nan_is_refused(name):
    with pytest.raises(ParameterError, match=name):
        MTJ(initial_polar_angle=0.1).simulate(_Patience(0.1), 1e-10, **{name: math.nan})


def test_unknown_sources_inputs_methods_and_quantities_list_the_known_ones():
    device = MTJ()
    with pytest.raises(UnknownNameError, match=r"source 'volt'; did you mean 'voltage'\? \(known: current, voltage\)"):
        device.simulate(0.1, 1e-10, source="volt")
    with pytest.raises(UnknownNameError, match="input of mtj 'field'.*field_x, field_y, field_z"):
        device.simulate(0.1, 1e-10, inputs={"field": 1.0})
    with pytest.raises(UnknownNameError, match="integration method 'euler'.*DOP853, LSODA"):
        device.simulate(0.1, 1e-10, method="euler")
    with pytest.raises(UnknownNameError, match="voltage, state or input of mtj 'volts'.*did you mean 'voltage'"):
        device.static(volts=1.0)
    with pytest.raises(UnknownNameError, match="input of vteam 'field_z' .known: none"):
        VTEAM().simulate(0.1, 1e-10, inputs={"field_z": 1.0})
