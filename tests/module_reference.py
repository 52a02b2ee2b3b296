"""What a module of a device must compute, from the numeric target: for the tests of Verilog-A and of native devices."""

from __future__ import annotations

import numpy as np

from synaspice.devices.catalog import models
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector
from synaspice.devices.targets.scaled import SPHERE_STIFFNESS, STATE_CAPACITANCE, STATE_OFFSET, lasting, unit_in_seconds

PRESETS = [(name, preset, {}) for name, model in models().items() for preset in model.presets()]
#: OpenVAF (openvaf-py 0.1.5; openvaf-r stops with an error of LLVM) loses the charge of one node of a junction with
#: constant torkance, the barrier of Simmons and the temperature law at once; native devices are compiled otherwise.
TORQUES = [
    (name, None, {"torque": torque, "field_like_per_square_volt": 4e4, "field_like_efficiency": 0.1, **more})
    for name, torque, more in (
        ("mtj", "tunnelling", {"conduction": "brinkman", "vcma_coefficient": 3e-14}),
        ("mtj", "constant-torkance", {"conduction": "brinkman", "temperature_law": "bloch"}),
        ("electrothermal-mtj", "tunnelling", {}),
        ("electrothermal-mtj", "constant-torkance", {"uniaxial_anisotropy": 1e4}),
    )
]


def made(model, preset, values):
    """The device of a case."""
    return models()[model].preset(preset, **values) if preset else models()[model](**values)


def combined_options(name, model):
    """The choices that neither the default of a model has, nor a preset, nor one of the torques, in a few devices.

    Choices of different options stand together: a module is generated and compiled for each device, which is all
    that takes time here, and the expressions of a choice are wrong in any company if they are.
    """
    tried = [made(*case).options for case in (*PRESETS, *TORQUES) if case[0] == name]
    untried = {
        option: [x for x in declared.choices if x != declared.default and all(x != one[option] for one in tried)]
        for option, declared in model.option_declarations().items()
    }
    for k in range(max(map(len, untried.values()), default=0)):
        yield {option: choices[k] for option, choices in untried.items() if k < len(choices)}


OPTIONS = [(name, None, options) for name, model in models().items() for options in combined_options(name, model)]
CASES = [*PRESETS, *OPTIONS, *TORQUES]
#: The same operations in another order: some hundred roundings.
TOLERANCE = 1e-13


def scales_of(device):
    declared = device.state_declarations()
    return np.array([declared[str(x)].scale for x in compiled(device).system.states])


def native_weights(device):
    """Capacitor of every state of a native device [F], and its voltage over the state's [V]."""
    patient = list(map(str, lasting(compiled(device).system)))
    return {
        str(x): (STATE_CAPACITANCE, STATE_OFFSET) if str(x) in patient else (unit_in_seconds(device), 0.0)
        for x in compiled(device).system.states
    }


def point_of(device, generator):
    """Random voltages and states: within bounds, on spheres, near the initial values."""
    system, declared = compiled(device).system, device.state_declarations()
    states = np.array(initial_state(device))
    for k, x in enumerate(system.states):
        state = declared[str(x)]
        states[k] = (
            generator.uniform(*state.bounds) if state.bounds else states[k] + 0.1 * state.scale * generator.normal()
        )
    for sphere in system.spheres:
        rows = [system.states.index(x) for x in sphere]
        states[rows] = generator.normal(size=3)
        states[rows] /= np.linalg.norm(states[rows])
    return generator.uniform(-0.5, 0.5, len(system.voltages)), states


def expected(device, voltages, states):
    """Residuals and Jacobian of the numeric target, in the module's units."""
    functions, scales, unit = compiled(device), scales_of(device), unit_in_seconds(device)
    n, b = len(states), len(voltages)
    arguments = list(voltages), list(states), parameter_vector(device)
    flat = np.array(functions.currents(*arguments))
    currents, by_voltage, by_state = flat[:b], flat[b : b + b * b].reshape(b, b), flat[b + b * b :].reshape(b, n)
    rates = np.array(functions.rates(*arguments)) * unit / scales
    flat = np.array(functions.jacobian(*arguments))
    slopes = flat[: n * n].reshape(n, n) * unit * scales / scales[:, None]
    reach = flat[n * n :].reshape(n, b) * unit / scales[:, None]
    for sphere in functions.system.spheres:  # d/dm of kappa (1 - m.m) m where m.m = 1
        rows = [functions.system.states.index(x) for x in sphere]
        slopes[np.ix_(rows, rows)] -= 2 * SPHERE_STIFFNESS * np.outer(states[rows], states[rows])
    residuals, jacobian = {}, {}

    def add(table, key, value):
        table[key] = table.get(key, 0.0) + value

    ends = [((branch.positive, 1), (branch.negative, -1)) for branch in device.branches().values()]
    names = [str(x) for x in functions.system.states]
    for k in range(b):
        for row, one in ends[k]:
            add(residuals, row, one * currents[k])
            for j in range(b):
                for column, other in ends[j]:
                    add(jacobian, (row, column), one * other * by_voltage[k, j])
            for j, name in enumerate(names):
                add(jacobian, (row, name), one * by_state[k, j] * scales[j])
    for k, row in enumerate(names):
        add(residuals, row, -rates[k])
        for j in range(b):
            for column, other in ends[j]:
                add(jacobian, (row, column), -other * reach[k, j])
        for j, column in enumerate(names):
            add(jacobian, (row, column), -slopes[k, j])
    return residuals, jacobian
