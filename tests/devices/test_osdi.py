"""Native devices: every preset through the system's compiler and osdi-py, against the numeric target."""

from __future__ import annotations

import numpy as np
import pytest
from module_reference import PRESETS, TOLERANCE, expected, point_of, scales_of

from synaspice.devices.catalog import models
from synaspice.devices.targets.numeric import compiled

osdi = pytest.importorskip("osdi_py", reason="osdi-py loads native devices")

MOVING = osdi.ANALYSIS_TRAN | osdi.CALC_RESIST_RESIDUAL | osdi.CALC_RESIST_JACOBIAN | osdi.CALC_REACT_RESIDUAL
HELD = osdi.ANALYSIS_DC | osdi.ANALYSIS_STATIC | osdi.CALC_RESIST_RESIDUAL | osdi.CALC_RESIST_JACOBIAN
SMALL_SIGNAL = osdi.ANALYSIS_AC | osdi.ANALYSIS_STATIC | osdi.CALC_RESIST_JACOBIAN | osdi.CALC_REACT_JACOBIAN


class Native:
    """A compiled device with the values of another as its instance's parameters."""

    def __init__(self, file, device, temperature=300.0, **own):
        self.library = osdi.OsdiLibrary(str(file))
        self.nodes = self.library.get_nodes()
        self.numbers = {entry["name"]: k for k, entry in enumerate(self.library.get_params())}
        self.model = self.library.create_model()
        self.model.process_params()
        self.instance = self.model.create_instance()
        values = {name: value for name, value in device.values.items() if name in self.numbers}
        for name, value in (values | own).items():
            self.instance.set_real_param(self.numbers[name], value)
        self.instance.process_params(temperature, self.library.num_terminals)
        self.instance.init_node_mapping(list(range(self.library.num_terminals)))

    def evaluate(self, voltages, flags=MOVING):
        """Residuals and charges by node, and the Jacobian by pair of nodes."""
        self.instance.eval([voltages.get(node, 0.0) for node in self.nodes], flags, 0.0)
        zeros = [0.0] * len(self.nodes)
        residuals = dict(zip(self.nodes, self.instance.load_residual_resist(zeros), strict=True))
        charges = dict(zip(self.nodes, self.instance.load_residual_react(zeros), strict=True))
        # osdi-py calls the equation's node the column
        pairs = [(self.nodes[e["col"]], self.nodes[e["row"]]) for e in self.library.get_jacobian_entries()]
        return residuals, charges, dict(zip(pairs, self.instance.write_jacobian_array_resist(), strict=True))


def node_voltages(device, voltages, states):
    """Potentials that put the voltages on the branches and the scaled states on their nodes."""
    result, names = {}, [str(x) for x in compiled(device).system.states]
    for _ in device.branches():  # one end after the other: branches may be declared in any order
        for branch, voltage in zip(device.branches().values(), voltages, strict=True):
            if branch.negative not in result and branch.positive not in result:
                result[branch.negative] = 0.0
            if branch.positive not in result:
                result[branch.positive] = result[branch.negative] + float(voltage)
            elif branch.negative not in result:
                result[branch.negative] = result[branch.positive] - float(voltage)
    drops = [result[b.positive] - result[b.negative] for b in device.branches().values()]
    return result | dict(zip(names, states / scales_of(device), strict=True)), drops


@pytest.fixture(scope="module")
def generic(tmp_path_factory):
    """Compiled once for each structure, with its default parameters: the values go through the interface."""
    folder, made = tmp_path_factory.mktemp("osdi"), {}

    def find(device):
        if device.structure not in made:
            plain = type(device)(**device.options)
            made[device.structure] = plain.compile_osdi(folder / f"{len(made)}.osdi")
        return made[device.structure]

    return find


@pytest.mark.parametrize(("model", "preset"), PRESETS)
def test_residuals_and_jacobian_are_those_of_the_numeric_target(model, preset, generic):
    device = models()[model].preset(preset)
    native, generator = Native(generic(device), device), np.random.default_rng(7)
    names = [str(x) for x in compiled(device).system.states]
    for _ in range(3):
        voltages, states = point_of(device, generator)
        potentials, drops = node_voltages(device, voltages, states)
        residuals, jacobian = expected(device, drops, states)
        found, charges, entries = native.evaluate(potentials)
        largest = max(abs(residuals[x]) for x in names)
        for node, value in residuals.items():
            size = largest if node in names else max(abs(v) for k, v in residuals.items() if k not in names)
            assert found[node] == pytest.approx(value, rel=0, abs=TOLERANCE * size)
        for name, state, scale in zip(names, states, scales_of(device), strict=True):
            assert charges[name] == pytest.approx(device.settling_time * state / scale, rel=1e-14)
        rows = {row: max(abs(v) for (r, _), v in jacobian.items() if r == row) for row, _ in jacobian}
        for entry, value in jacobian.items():
            assert entries.get(entry, 0.0) == pytest.approx(value, rel=0, abs=TOLERANCE * rows[entry[0]])
