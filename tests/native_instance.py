"""A compiled native device in tests: evaluated by osdi-py, or by our own reader where there is no release of it."""

from __future__ import annotations

import osdi_interface
from module_reference import scales_of

from synaspice.devices.core.vectors import compiled

try:
    import osdi_py as osdi
except ImportError:
    osdi = osdi_interface

MOVING = osdi.ANALYSIS_TRAN | osdi.CALC_RESIST_RESIDUAL | osdi.CALC_RESIST_JACOBIAN | osdi.CALC_REACT_RESIDUAL
HELD = osdi.ANALYSIS_DC | osdi.ANALYSIS_STATIC | osdi.CALC_RESIST_RESIDUAL | osdi.CALC_RESIST_JACOBIAN
SMALL_SIGNAL = osdi.ANALYSIS_AC | osdi.ANALYSIS_STATIC | osdi.CALC_RESIST_JACOBIAN | osdi.CALC_REACT_JACOBIAN


class Native:
    """A compiled device with the values of another as its instance's parameters."""

    def __init__(self, file, device, temperature=300.0, reader=osdi, **own):
        self.library = reader.OsdiLibrary(str(file))
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

    def evaluate(self, voltages, flags=MOVING, time=0.0):
        """Residuals and charges by node, and the Jacobian by pair of nodes."""
        self.instance.eval([voltages.get(node, 0.0) for node in self.nodes], flags, time)
        zeros = [0.0] * len(self.nodes)
        residuals = dict(zip(self.nodes, self.instance.load_residual_resist(zeros), strict=True))
        charges = dict(zip(self.nodes, self.instance.load_residual_react(zeros), strict=True))
        # osdi-py calls the equation's node the column
        pairs = [(self.nodes[e["col"]], self.nodes[e["row"]]) for e in self.library.get_jacobian_entries()]
        return residuals, charges, dict(zip(pairs, self.instance.write_jacobian_array_resist(), strict=True))


def turning(device):
    """Whether a device integrates its states itself in a transient: residuals have its rates in small signals alone."""
    return bool(compiled(device).system.spheres)


def moving_flags(device):
    """Of an evaluation whose residuals are the rates of the states."""
    return SMALL_SIGNAL | osdi.CALC_RESIST_RESIDUAL if turning(device) else MOVING


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
