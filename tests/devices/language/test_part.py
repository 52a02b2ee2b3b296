"""Parts: declarations that a model inherits, or holds once or twice under a prefix."""

from __future__ import annotations

import copy
import math
import pickle

import numpy as np
import pytest
from scipy.constants import mu_0

from synaspice.characterization import agreement
from synaspice.devices import MTJ, CompactModel, ParameterError, Pulse, SpinMagnet, UnknownNameError
from synaspice.devices.core.protocols import Stimulus
from synaspice.devices.language.declarations.declaration import Branch, Derived, Input, Parameter, State
from synaspice.devices.language.declarations.part import Component, Part
from synaspice.devices.language.declarations.placement import before
from synaspice.devices.physics.macrospin import Macrospin, MagnetLayer


class _OneLayer(CompactModel, MagnetLayer):
    """A single layer, for comparison: the component inherited."""

    voltage = Branch("p", "n", "voltage")

    @classmethod
    def equations(cls, s):
        return {**cls.magnet_equations(s), "current": s.voltage / 1000}


class _TwoLayers(CompactModel):
    """Two layers whose interlayer exchange -J m1 . m2 couples them, and whose angle is the resistance."""

    voltage = Branch("p", "n", "voltage")
    first = Part(MagnetLayer, "first_", "first layer")
    second = Part(MagnetLayer, "second_", "second layer")
    exchange = Parameter(0.0, "J/m^2", "interlayer exchange, positive favours parallel layers", (-1e-2, 1e-2))

    @classmethod
    def equations(cls, s):
        def field(own, other):
            return s.exchange / (mu_0 * own.saturation_magnetization * own.thickness) * other.m

        return {
            **cls.first.named(MagnetLayer.magnet_equations(s.first, field=field(s.first, s.second))),
            **cls.second.named(MagnetLayer.magnet_equations(s.second, field=field(s.second, s.first))),
            "current": s.voltage / 1000 * (1 + s.first.m.dot(s.second.m) / 4),
        }

    def suggested_stimulus(self):
        pulse = Pulse(0.0, 4e4, 1e-10, 5e-11, 5e-11, 4e-10)
        return Stimulus(0.01, 1e-9, inputs={"first_field_y": pulse, "second_field_y": pulse}, max_step=5e-13)


FREE = {f"demagnetizing_factor_{axis}": 0.0 for axis in "xyz"}
ONE = {"length": 80e-9, "damping": 0.02, "initial_azimuth": 0.2, "uniaxial_anisotropy": 2e4, "field_z": 3e4}
OTHER = {"thickness": 2e-9, "shape": "prism", "initial_polar_angle": 1.2, "field_x": -5e4}


def two(one, other, **more):
    """Two layers with the parameters of single ones."""
    return _TwoLayers(
        **{f"first_{name}": value for name, value in one.items()},
        **{f"second_{name}": value for name, value in other.items()},
        **more,
    )


def test_uncoupled_layers_are_single_ones():
    layers = two(ONE, OTHER)
    table = layers.simulate(0.0, 2e-9, points=101)
    for name, values in (("first", ONE), ("second", OTHER)):
        single = _OneLayer(**values)
        assert getattr(layers, name).thermal_stability == pytest.approx(single.thermal_stability, rel=1e-12)
        alone = single.simulate(0.0, 2e-9, points=101)
        for axis in "xyz":
            np.testing.assert_allclose(table[f"{name}_m_{axis}"], alone[f"m_{axis}"], atol=1e-5)
        assert np.ptp(alone["m_x"]) > 0.01, "they moved"


@pytest.mark.parametrize(("opening", "factor"), [(0.01, 1), (-0.01, 2)])
def test_coupled_layers_have_an_acoustic_and_an_optical_mode(opening, factor):
    """In phase with gamma_0 H, out of phase with gamma_0 (H + 2 J / mu_0 M_s t): H = J / mu_0 M_s t doubles twice."""
    layer = FREE | {"initial_polar_angle": 0.01, "damping": 1e-4}
    single = _OneLayer(**layer)
    field = 1e5
    exchange = field / 2 * mu_0 * single.saturation_magnetization * single.thickness
    azimuth = 0.0 if opening > 0 else math.pi
    layers = two(layer | {"field_z": field}, layer | {"field_z": field, "initial_azimuth": azimuth}, exchange=exchange)
    period = 2 * math.pi / (single.gamma_0 * field * factor)
    table = layers.simulate(0.0, period, points=3)
    x = table["first_m_x"].to_numpy()
    np.testing.assert_allclose(x, [0.01, -0.01, 0.01], atol=2e-5)
    np.testing.assert_allclose(table["second_m_x"], math.copysign(1, opening) * x, atol=2e-5)


def test_thermal_fields_of_the_layers_are_their_own():
    """Each layer has Boltzmann's tilt in a field, 2 k T / mu_0 M_s V H, and they do not follow each other."""
    layer = FREE | {"initial_polar_angle": 0.001, "damping": 0.5, "field_z": 1e6}
    layers = two(layer, layer | {"thickness": 6e-9})
    final = layers.ensemble(0.0, 3e-10, trajectories=4000, temperature=300.0, seed=1, time_step=1e-13).final()
    for name in ("first", "second"):
        moment = mu_0 * layers.values[f"{name}_saturation_magnetization"] * layers.derived[f"{name}_volume"]
        tilt = 2 * 1.380649e-23 * 300 / (moment * 1e6)
        assert np.mean(1 - final[f"{name}_m_z"] ** 2) == pytest.approx(tilt, rel=0.08)
    assert abs(np.corrcoef(final["first_m_x"], final["second_m_x"])[0, 1]) < 0.06


def test_coupled_layers_in_every_form():
    row = agreement(two(ONE, OTHER, exchange=2e-4)).iloc[0]
    assert row["static_difference"] < 1e-6
    assert row["state_difference_tight"] < 2e-3
    layers = two(ONE, OTHER, exchange=2e-4)
    text = layers.netlist("verilog-a")
    assert "second_damping" in text
    assert "second layer: Gilbert damping" in text
    assert "second_damping" in layers.netlist("ngspice")


def test_a_part_of_a_device_has_its_names_and_methods():
    layers = two(ONE, OTHER)
    assert isinstance(layers.second, Macrospin)
    assert (layers.first.damping, layers.second.damping) == (0.02, 0.01)
    assert layers.first_damping == 0.02
    assert layers.second.shape == "prism"
    assert layers.second.axes_by_pull() == SpinMagnet(**OTHER).axes_by_pull()
    assert layers.second.derived["pull_z"] == layers.derived["second_pull_z"]
    assert set(layers.second.values) == set(MagnetLayer.parameter_declarations())
    assert len(layers.second.values) == len(MagnetLayer.parameter_declarations())
    assert layers.second.demagnetizing_factors()[2] == layers.second_demagnetizing_factor_z, "computed default"
    assert layers.replace(second_length=2e-7).second.demagnetizing_factor_x < layers.second.demagnetizing_factor_x
    assert pickle.loads(pickle.dumps(MTJ())) == MTJ()
    assert copy.copy(layers) == layers
    with pytest.raises(UnknownNameError, match="first_damping"):
        _TwoLayers(first_dampin=0.1)
    with pytest.raises(ParameterError, match="second_damping = 2 is outside"):
        _TwoLayers(second_damping=2.0)
    with pytest.raises(AttributeError, match="does not change"):
        layers.second = layers.first


def test_models_that_inherit_share_the_declarations():
    shared = Macrospin.declarations()
    for model in (MTJ, SpinMagnet):
        assert set(shared) <= set(model.declarations())
        assert issubclass(model, Macrospin)
    assert MTJ.declarations()["thermal_field"] is SpinMagnet.declarations()["thermal_field"]


class _Leak(Component):
    """A state with bounds that an input moves."""

    leak_time = Parameter(lambda leak: 2 * leak.fill_time, "s", "decay time", (1e-12, 1.0))
    fill_time = Parameter(1e-9, "s", "time to fill", (1e-12, 1.0))
    drive = Input(1.0, "1", "drive", (-10.0, 10.0))
    start = Parameter(0.3, "1", "at t = 0")
    rate = Derived("1/s", "rate of filling")
    x = State("1", "filling", bounds=(0.0, 1.0), initial=lambda s: s.start)

    @classmethod
    def leak_equations(cls, s):
        return {"rate": 1 / s.fill_time, "dx/dt": s.drive * s.rate - s.x / s.leak_time}


class _Pair(Component):
    """A component that holds one itself."""

    inner = Part(_Leak, "inner_")

    @classmethod
    def pair_equations(cls, s):
        return cls.inner.named(_Leak.leak_equations(s.inner))


class _Nested(CompactModel):
    voltage = Branch("p", "n", "voltage")
    pair = Part(_Pair, "pair_")

    @classmethod
    def equations(cls, s):
        assert set(s.pair.inner) >= {"x", "drive", "temperature"}
        return {**cls.pair.named(_Pair.pair_equations(s.pair)), "current": s.voltage * s.pair.inner.x}


def test_parts_within_parts():
    device = _Nested(pair_inner_fill_time=2e-9)
    assert device.pair.inner.leak_time == device.pair_inner_leak_time == 4e-9
    final = device.simulate(1.0, 1e-9, inputs={"pair_inner_drive": 0.5}).iloc[-1]
    assert final["pair_inner_x"] == pytest.approx(1 - 0.7 * math.exp(-0.25), rel=1e-4)
    assert device.static(voltage=1.0, pair_inner_x=2.0)["current"] == 1.0, "seen at its bound"


class _FilledAndTurned(CompactModel):
    """A direction and, after it, a state with bounds."""

    voltage = Branch("p", "n", "voltage")
    layer = Part(MagnetLayer, "layer_")
    leak = Part(_Leak, "leak_")

    @classmethod
    def equations(cls, s):
        magnet = cls.layer.named(MagnetLayer.magnet_equations(s.layer))
        return {**magnet, **cls.leak.named(_Leak.leak_equations(s.leak)), "current": s.voltage}


def test_bounds_hold_in_noisy_trajectories_beside_a_direction():
    device = _FilledAndTurned(leak_drive=5.0)
    noisy = device.simulate(0.0, 5e-9, temperature=300.0, seed=1, time_step=5e-14)["leak_x"].iloc[-1]
    assert noisy == pytest.approx(device.simulate(0.0, 5e-9)["leak_x"].iloc[-1], abs=1e-4)
    assert 0.98 < noisy <= 1


def test_a_declaration_stands_before_an_inherited_one():
    class _Late(_Leak):
        with before("fill_time"):
            size = Parameter(1.0, "1", "size")
            height = Parameter(1.0, "1", "height")
        start = _Leak.start.but(default=0.5)
        last = Parameter(1.0, "1", "last")

    assert list(_Late.parameter_declarations()) == [
        *("leak_time", "size", "height", "fill_time", "drive", "start", "last")
    ]
    assert (_Late.start.default, _Leak.start.default) == (0.5, 0.3)
    assert _Late.start.unit == "1"


class _Shared(CompactModel):
    """Two parts with an input and a derived quantity in common."""

    voltage = Branch("p", "n", "voltage")
    drive = _Leak.drive.but(default=2.0)
    fill_time = Parameter(3e-9, "s", "time to fill of both", (1e-12, 1.0))
    rate = Derived("1/s", "rate of both")
    one = Part(_Leak, "one_", shared=("drive", "fill_time", "rate"))
    two = Part(_Leak, "two_", shared=("drive", "fill_time", "rate"))

    @classmethod
    def equations(cls, s):
        parts = {**cls.one.named(_Leak.leak_equations(s.one)), **cls.two.named(_Leak.leak_equations(s.two))}
        return {**parts, "current": s.voltage * s.one.drive}


def test_parts_share_what_the_model_declares():
    device = _Shared(two_start=0.1)
    assert [*_Shared.parameter_declarations()] == [
        "drive",
        "fill_time",
        "one_leak_time",
        "one_start",
        "two_leak_time",
        "two_start",
    ]
    assert set(device.one.values) == set(_Leak.parameter_declarations())
    assert device.one.fill_time == device.two.fill_time == device.fill_time
    assert device.one.rate == device.rate == pytest.approx(1 / 3e-9)
    assert device.replace(fill_time=1e-9).one_leak_time == 2e-9, "computed from what is shared"
    rates = device.static(voltage=0.5)
    assert rates["current"] == 1.0
    assert rates["done_x/dt"] == pytest.approx(2 / 3e-9 - 0.3 / 6e-9)
    assert rates["dtwo_x/dt"] == pytest.approx(2 / 3e-9 - 0.1 / 6e-9)
    final = device.simulate(0.0, 1e-9, inputs={"drive": 0.0}).iloc[-1]
    assert final["two_x"] == pytest.approx(0.1 * math.exp(-1 / 6), rel=1e-4)


def test_what_makes_no_sense_is_refused():
    with pytest.raises((TypeError, RuntimeError)) as unshared:

        class _Alone(CompactModel):
            one = Part(_Leak, "one_", shared=("drive",))

    assert "shares 'drive', which one of them" in str(unshared.value.__cause__ or unshared.value)

    class _Lost(_Leak):
        with before("nothing"):
            size = Parameter(1.0, "1", "size")

    with pytest.raises(TypeError, match="'size' is to stand before 'nothing'"):
        _Lost.declarations()
    # Python 3.11 wraps what a declaration raises when the class is made.
    with pytest.raises((TypeError, RuntimeError)) as raised:

        class _Twice(CompactModel):
            first = Part(_Leak, "one_")
            second = Part(_Leak, "one_")

    assert "one_" in str(raised.value.__cause__ or raised.value)
    with pytest.raises(UnknownNameError, match="damping"):
        _ = _TwoLayers.symbols({"first_damping": 1, "temperature": 300}).first.dampng
