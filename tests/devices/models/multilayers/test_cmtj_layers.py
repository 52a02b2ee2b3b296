"""Coupled layers against another code: cmtj 1.15.0 (J. Mojsiejuk et al., npj Comput. Mater. 9, 54 (2023)).

What has to be known about cmtj's layers to compare them with :class:`~synaspice.devices.TwoLayerStack`, beside what
stands in ``junctions/test_cmtj.py``:

- Its RK4 holds the neighbours of a layer as they were at the beginning of the step. With a coupling it is therefore
  of first order; Heun's method moves all layers together, and is of second.
- E = -J1 m1.m2 - J2 (m1.m2)^2, as here; the anisotropy of second order is -K2 (m.u)^4: K1 and K2 of here are
  K1 + 2 K2 and -K2 there.
- A dipole tensor is that of neighbours alone, and is multiplied with the layer's own magnetisation in place of the
  neighbour's; layers of equal magnetisation are right.
- The field of the interlayer DMI has the same sign on both layers, which no energy has; it is not compared in
  trajectories but in the Smit-Beljers solver, which has the energy -D.(m1 x m2), as here.
- The Smit-Beljers solver takes Ks and Kv in J/m^3, and finds roots to 0.01 GHz.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from peers import peer

from synaspice.characterization import fmr
from synaspice.devices import ThreeLayerStack, TwoLayerStack

cmtj = peer("cmtj")
models = peer("cmtj.models")
PhysicalConstants = peer("_cmtj.constants").PhysicalConstants

DURATION, ROWS = 1e-9, 20


@pytest.fixture(autouse=True)
def _constants():
    """The constants that both codes share; cmtj's own come back afterwards, whatever happens."""
    PhysicalConstants.set_magnetic_permeability(codata.mu_0)
    PhysicalConstants.set_gyromagnetic_ratio(TwoLayerStack().first.gamma_0)
    PhysicalConstants.set_hbar(codata.hbar)
    PhysicalConstants.set_elementary_charge(codata.e)
    yield
    PhysicalConstants.resetToDefaults()


def vector(values):
    return cmtj.CVector(*map(float, values))


def cmtj_layers(stack, step, duration=DURATION, rows=ROWS, solver="Heun"):
    """m(t) of all layers of the same stack without a current, by steps of one of cmtj's methods."""
    start = stack.simulate(0.0, 1e-15, points=2).iloc[0]
    layers = []
    for name in stack.layers:
        part = getattr(stack, name)
        demagnetizing = np.diag([part.values[f"demagnetizing_factor_{axis}"] for axis in "xyz"])
        layer = cmtj.Layer(
            id=name,
            mag=vector(start[[f"{name}_m_{axis}" for axis in "xyz"]]),
            anis=vector(part.easy_axis),
            Ms=codata.mu_0 * part.saturation_magnetization,
            thickness=part.thickness,
            cellSurface=stack.area,
            demagTensor=[vector(row) for row in demagnetizing],
            damping=part.damping,
        )
        layers.append(layer)
    for k, (own, other) in enumerate(zip(stack.layers, stack.layers[1:], strict=False)):
        factor = np.diag([stack.values[f"stray_{k + 1}{k + 2}_{axis}"] for axis in "xyz"])
        ratio = getattr(stack, own).thickness / getattr(stack, other).thickness
        layers[k].setTopDipoleTensor([vector(row) for row in factor])
        layers[k + 1].setBottomDipoleTensor([vector(row) for row in ratio * factor])
    device = cmtj.Junction(layers)
    for name in stack.layers:
        part = getattr(stack, name)
        k1, k2 = part.uniaxial_anisotropy, part.second_order_anisotropy
        device.setLayerAnisotropyDriver(name, cmtj.constantDriver(k1 + 2 * k2))
        device.setLayerSecondOrderAnisotropyDriver(name, cmtj.constantDriver(-k2))
        field = [stack.values[f"field_{axis}"] for axis in "xyz"]
        device.setLayerExternalFieldDriver(name, cmtj.AxialDriver(*field))
    for k, name in enumerate(stack.spacers):
        spacer, pair = getattr(stack, name), stack.layers[k : k + 2]
        device.setIECDriver(*pair, cmtj.constantDriver(spacer.bilinear_exchange))
        device.setQuadIECDriver(*pair, cmtj.constantDriver(spacer.biquadratic_exchange))
    steps = round(duration / step)
    device.runSimulation(
        (steps + 0.5) * step, step, (steps // rows + 0.5) * step, False, False, getattr(cmtj.SolverMode, solver)
    )
    log = device.getLog()
    times = np.array(log["time"]) + step
    return times, {f"{name}_m_{a}": np.array(log[f"{name}_m{a}"]) for name in stack.layers for a in "xyz"}


def coupled(model):
    """A stack of unlike layers with all that cmtj has right, whose layers move."""
    values = {"length": 120e-9, "width": 70e-9, "field_x": 2e4, "field_y": 1.5e4, "field_z": 3e4}
    for k, name in enumerate(model.layers):
        values |= {
            f"{name}_thickness": (2e-9, 3e-9, 1.5e-9)[k],
            f"{name}_saturation_magnetization": 9e5,
            f"{name}_damping": (0.02, 0.03, 0.01)[k],
            f"{name}_uniaxial_anisotropy": (2e4, 3e4, -1e4)[k],
            f"{name}_second_order_anisotropy": (1e4, -5e3, 2e4)[k],
            f"{name}_anisotropy_polar_angle": (1.4, 0.3, 1.5)[k],
            f"{name}_initial_polar_angle": (1.2, 1.9, 1.4)[k],
            f"{name}_initial_azimuth": (0.3, 2.6, -0.5)[k],
        }
    for k, name in enumerate(model.spacers):
        values |= {f"{name}_bilinear_exchange": (-2e-4, 1.5e-4)[k], f"{name}_biquadratic_exchange": (-5e-5, 3e-5)[k]}
    if model is ThreeLayerStack:  # of which cmtj knows neighbours only
        values |= {f"stray_13_{axis}": 0.0 for axis in "xyz"}
    return model(**values)


def errors_of_cmtj(stack, step, duration=DURATION, solver="Heun"):
    """Differences of all states of all layers over a trajectory."""
    times, theirs = cmtj_layers(stack, step, duration, solver=solver)
    inside = times <= duration
    ours = stack.simulate(0.0, duration, times=times[inside], rtol=1e-11, atol=1e-13)
    assert all(np.ptp(ours[name]) > 0.05 for name in theirs), "they move"
    return np.array([ours[name].to_numpy() - theirs[name][inside] for name in theirs])


@pytest.mark.parametrize("model", [TwoLayerStack, ThreeLayerStack])
def test_trajectories_of_coupled_layers_are_those_of_cmtj(model):
    """To 1e-3 at steps of 0.05 ps of Heun's method, whose error is of second order; extrapolated to none 1e-4."""
    coarse, fine = (errors_of_cmtj(coupled(model), step) for step in (1e-13, 0.5e-13))
    assert np.max(np.abs(fine)) < 1e-3
    np.testing.assert_allclose((4 * fine - coarse) / 3, 0.0, atol=1e-4)


def test_the_runge_kutta_method_of_cmtj_is_of_first_order_for_coupled_layers():
    """What the comparison above has to know: half the step, half the error."""
    stack = coupled(TwoLayerStack)
    coarse, fine = (np.max(np.abs(errors_of_cmtj(stack, step, 2e-10, "RK4"))) for step in (1e-13, 0.5e-13))
    assert coarse / fine == pytest.approx(2.0, rel=0.1)


def solver_of(stack, field, angle):
    """The Smit-Beljers solver for the same stack, in a field in the plane."""
    layers = []
    for k, name in enumerate(stack.layers):
        part = getattr(stack, name)
        layers.append(
            models.LayerSB(
                _id=k,
                thickness=part.thickness,
                Kv=models.VectorObj(math.pi / 2, part.anisotropy_azimuth, part.uniaxial_anisotropy),
                Ks=part.interfacial_anisotropy / part.thickness,
                Ms=part.saturation_magnetization,
            )
        )
    parts = [getattr(stack, name) for name in stack.spacers]
    return models.Solver(
        layers,
        J1=[part.bilinear_exchange for part in parts],
        J2=[part.biquadratic_exchange for part in parts],
        ilD=[models.VectorObj.from_cartesian(part.dmi_x, part.dmi_y, part.dmi_z) for part in parts],
        H=models.VectorObj(math.pi / 2, angle, field),
    )


@pytest.mark.parametrize("field", [4e4, 2.5e5])
def test_modes_are_those_of_cmtj(field):
    """Equilibrium to 1e-3 rad; frequencies to its grid of 10 MHz, 1e-3 of 10 GHz.

    Of three layers benchmarks/stacks.py tells the difference: cmtj takes a minute for them.
    """
    model = TwoLayerStack
    values = {"stray_fields": "none"}
    start = []
    for k, name in enumerate(model.layers):
        azimuth = (0.9, -0.8, 0.9)[k]
        values |= {f"{name}_demagnetizing_factor_{axis}": float(axis == "z") for axis in "xyz"}
        values |= {
            f"{name}_gyromagnetic_ratio": 1.76e11,
            f"{name}_thickness": (2e-9, 3e-9, 2.5e-9)[k],
            f"{name}_saturation_magnetization": (9e5, 1.1e6, 1e6)[k],
            f"{name}_damping": 5e-3,
            f"{name}_interfacial_anisotropy": (2e-4, 1e-4, 3e-4)[k],
            f"{name}_uniaxial_anisotropy": (5e3, 8e3, 2e3)[k],
            f"{name}_anisotropy_polar_angle": math.pi / 2,
            f"{name}_anisotropy_azimuth": (0.1, 0.3, -0.2)[k],
            f"{name}_initial_azimuth": azimuth,
        }
        start += [math.pi / 2, azimuth]
    for k, name in enumerate(model.spacers):
        values |= {f"{name}_bilinear_exchange": (-3e-4, -2e-4)[k], f"{name}_biquadratic_exchange": (-4e-5, 1e-5)[k]}
        values |= {f"{name}_dmi_z": (5e-5, -3e-5)[k]}
    stack = model(**values, field_y=field * math.sin(0.2))
    angles, frequencies = solver_of(stack, field, 0.2).solve(init_position=start, perturbation=1e-6)
    rows = fmr(stack, field=field * math.cos(0.2), axis="x")
    for k, name in enumerate(model.layers):
        first = rows.iloc[0]
        turned = math.atan2(first[f"{name}_m_y"], first[f"{name}_m_x"]) - angles[2 * k + 1]
        assert math.remainder(turned, 2 * math.pi) == pytest.approx(0.0, abs=1e-3)
    np.testing.assert_allclose(1e9 * np.sort(frequencies), rows["frequency"], rtol=1e-3, atol=1.1e7)
