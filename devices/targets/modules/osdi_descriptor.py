"""The tables of a native device: its parameters with their ranges, its nodes, matrix entries and sources of noise."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ...language.declarations.declaration import ElectricalNoise, Telegraph
from ...language.quantities.quantity import format_si
from .native_equations import NativeEquations
from .osdi_samples import DEFAULTS, OF_MODEL

if TYPE_CHECKING:
    from ...core.base import DeviceModel

#: Versions of the interface; a file is of one: simulators of 0.3 take no other, and those of 0.4 want a size with it.
INTERFACES = (OLDEST, NEWER) = ("0.3", "0.4")
#: Fields of the descriptor that are the same in every device.
_FIELDS = {
    "num_nodes": "NODES",
    "num_terminals": "TERMINALS",
    "nodes": "nodes",
    "num_jacobian_entries": "ENTRIES",
    "jacobian_entries": "entries",
    "num_collapsible": "0",
    "collapsible": "no_pairs",
    "collapsed_offset": "offsetof(Instance, collapsed)",
    "noise_sources": "sources",
    "num_params": "PARAMETERS",
    "num_instance_params": "OF_INSTANCES",
    "num_opvars": "OPVARS",
    "param_opvar": "parameter",
    "node_mapping_offset": "offsetof(Instance, node)",
    "jacobian_ptr_resist_offset": "offsetof(Instance, to)",
    "bound_step_offset": "UINT32_MAX",
    "instance_size": "sizeof(Instance)",
    "model_size": "sizeof(Model)",
    "access": "access_value",
    "load_limit_rhs_resist": "load_nothing",
    "load_limit_rhs_react": "load_nothing",
    "given_flag_model": "given_in_model",
    "given_flag_instance": "given_in_instance",
    "num_resistive_jacobian_entries": "ENTRIES",
    "num_reactive_jacobian_entries": "STATES",
    "num_inputs": "UNKNOWNS",
    "inputs": "inputs",
    "unknown_nature": "no_natures",
    "residual_nature": "no_natures",
    "noise_source_type": "source_kinds",
    "load_noise_params": "load_noise_params",
}
#: Functions that have the names of their fields.
_FUNCTIONS = (
    *("setup_model", "setup_instance", "eval", "load_noise", "load_residual_resist", "load_residual_react"),
    *("load_spice_rhs_dc", "load_spice_rhs_tran", "load_jacobian_resist", "load_jacobian_react", "load_jacobian_tran"),
    *("write_jacobian_array_resist", "write_jacobian_array_react"),
    *("load_jacobian_with_offset_resist", "load_jacobian_with_offset_react"),
)

#: Densities as a power at 1 Hz and the exponent of the frequency that it is divided by.
_NOISE_PARAMETERS = """\
enum {{ SOURCES = {count} }};

static uint32_t source_kinds[] = {{{kinds}}}; /* 0: white, 1: flicker */

static void load_noise_params(void *inst, void *model, double *power, double *exponent)
{{
    load_noise(inst, model, 1.0, power);
    for (uint32_t i = 0; i < SOURCES; i++)
        exponent[i] = source_kinds[i];
}}
"""


def parameter_tables(device: DeviceModel, equations: NativeEquations, opvars: Sequence[str]) -> str:
    """Defaults and ranges of the parameters; names, descriptions and units of these and of the observables."""
    values = {**DEFAULTS, **device.values}
    lines = ["static const struct { double initial, low, high; bool binary; const char *text; } range[] = {"]
    lines.append('    {1.0, 1e-300, INFINITY, false, "above 0"},')
    for name, item in equations.parameters.items():
        low, high = map(_number, item.bounds)
        bounds = f"[{format_si(item.bounds[0], item.unit)}, {format_si(item.bounds[1], item.unit)}]"
        binary = "true" if isinstance(item, Telegraph) else "false"
        lines.append(f"    {{{_number(values[name])}, {low}, {high}, {binary}, {_quoted(bounds)}}},")
    lines += ["};", "", "static OsdiParamOpvar parameter[] = {"]
    lines.append('    {(char *[]){"$mfactor", "m"}, 1, "number of devices in parallel", "1", KIND_INSTANCE, 0},')
    for name, item in equations.parameters.items():
        kind = "KIND_MODEL" if name in OF_MODEL else "KIND_INSTANCE"
        lines.append(_described(name, item.description, item.unit, kind))
    currents = {b.current: b.description for b in device.branches().values()}
    for name in opvars:
        if name in currents:
            lines.append(_described(name, f"current of the {currents[name]}", "A", "KIND_OPVAR"))
        else:
            quantity = equations.module.declaration_of(name)
            lines.append(_described(name, quantity.description, quantity.unit, "KIND_OPVAR"))
    return "\n".join([*lines, "};", ""])


def descriptor(device: DeviceModel, equations: NativeEquations, name: str, interface: str) -> str:
    """Nodes, entries, sources of noise, and the descriptor that the simulator looks for."""
    number = {node: k for k, node in enumerate(equations.nodes)}
    stepping = equations.stepping
    charges = {} if stepping else {x: f"offsetof(Instance, charge[{k}])" for k, x in enumerate(equations.states)}
    lines = ["static OsdiNode nodes[] = {"]
    for node, k in number.items():
        offsets = f"offsetof(Instance, residual[{k}]), {charges.get(node, 'UINT32_MAX')}, UINT32_MAX, UINT32_MAX"
        lines.append(f'    {{"{node}", "V", "A", {offsets}, false}},')
    lines += ["};", "", "static OsdiJacobianEntry entries[] = {"]
    reactive = {entry: k for k, entry in enumerate(equations.own_entry.values())}
    for entry, ((row, column), added) in enumerate(equations.entries.items()):
        offset = f"offsetof(Instance, to_react[{reactive[entry]}])" if entry in reactive else "UINT32_MAX"
        kind = "ENTRY_RESIST"
        if entry in reactive:
            kind += " | ENTRY_REACT" if stepping else " | ENTRY_REACT | ENTRY_REACT_CONST"
        kind = kind if added else "ENTRY_RESIST | ENTRY_RESIST_CONST"
        lines.append(f"    {{{{{row}, {column}}}, {offset}, {kind}}},")
    lines += ["};", "", "static OsdiNoiseSource sources[] = {"]
    sources, kinds = [], []
    for source, part in equations.module.densities():
        item = device.declarations()[source]
        assert isinstance(item, ElectricalNoise)
        branch = equations.branches[item.branch]
        suffix = "" if part == "white" else f"_{part}"
        kinds.append("0" if part == "white" else "1")
        sources.append(f'    {{"{source}{suffix}", {{{number[branch.positive]}, {number[branch.negative]}}}}},')
    ends = {branch.current: branch for branch in equations.branches.values()}
    for process, current in equations.module.telegraphs():
        branch = ends[current]
        kinds.append("0")
        sources.append(f'    {{"{process}_{current}", {{{number[branch.positive]}, {number[branch.negative]}}}}},')
    sources += [f'    {{"{n}", {{{number[f"{n}_source"]}, UINT32_MAX}}}},' for n in equations.noises]
    kinds += ["0"] * len(equations.noises)
    lines += [
        *(sources or ['    {"", {0, 0}},']),
        "};",
        "",
        _NOISE_PARAMETERS.format(count=len(sources), kinds=", ".join(kinds) or "0"),
    ]
    lines += ["static OsdiNodePair no_pairs[1];"]
    pairs = [[str(node) for node, _ in ends] for ends in equations.columns[: len(equations.unknowns)]]
    written = ", ".join(f"{{{pair[0]}, {pair[1] if len(pair) > 1 else 'UINT32_MAX'}}}" for pair in pairs)
    lines += [f"static OsdiNodePair inputs[] = {{{written}}};", "static OsdiNatureRef no_natures[NODES];", ""]
    major, minor = interface.split(".")
    lines += [f"EXPORTED const uint32_t OSDI_VERSION_MAJOR = {major};"]
    lines += [f"EXPORTED const uint32_t OSDI_VERSION_MINOR = {minor};"]
    if interface != OLDEST:  # ngspice 44 and later take no file of 0.3 that says how large its descriptors are
        lines += ["EXPORTED const uint32_t OSDI_DESCRIPTOR_SIZE = sizeof(OsdiDescriptor);"]
    lines += ["EXPORTED const uint32_t OSDI_NUM_DESCRIPTORS = 1;", "EXPORTED OsdiDescriptor OSDI_DESCRIPTORS[1] = {{"]
    fields = {"name": f'"{name}"', "num_noise_src": str(len(sources))} | _FIELDS
    if stepping:
        fields["bound_step_offset"] = "offsetof(Instance, bound_step)"
    fields |= {function: function for function in _FUNCTIONS}
    lines += [f"    .{field} = {value}," for field, value in fields.items()]
    return "\n".join([*lines, "}};", ""])


def _number(value: float) -> str:
    return repr(float(value)) if abs(value) < float("inf") else "-INFINITY" if value < 0 else "INFINITY"


def _quoted(text: str) -> str:
    plain = text.replace("\\", "\\\\").replace('"', "'").replace("\N{MICRO SIGN}", "u")
    plain = plain.encode("ascii", "replace").decode()
    return f'"{plain}"'


def _described(name: str, description: str, unit: str, kind: str) -> str:
    return f'    {{(char *[]){{"{name}"}}, 0, {_quoted(description)}, {_quoted(unit)}, {kind}, 0}},'
