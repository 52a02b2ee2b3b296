"""The circuit around a device: the sources of its branches, and where its terminals go."""

from __future__ import annotations

from collections.abc import Mapping

from ...devices.core.protocols import Compliance
from ...devices.language.waveforms.shapes import DC, Drive, as_waveform
from ...devices.model import CompactModel
from ...devices.targets.spice.dialects import NGSPICE
from ...devices.targets.spice.statements import Statements
from ...devices.targets.spice.subcircuit import Subcircuit
from ...devices.targets.spice.vacask import VacaskNetlist, VacaskStatements
from .native import NativeDevice

#: Least conductance of that element in the polarity that it does not limit, however small the limit of the other. [S]
FREE = 1.0
#: Voltage over a source's current limit at which it limits [V], and its slope beyond, over the current [1/V].
LIMIT_DROP, LIMIT_SLOPE = 1e-3, 1e-4
#: A device's form in a netlist; its text defines it, :func:`instance` places it.
Form = Subcircuit | NativeDevice


def nodes_of(device: CompactModel, suffix: str = "") -> dict[str, str]:
    """Circuit node of every terminal; of terminals that branches connect, the first negative one is ground."""
    nodes: dict[str, str] = {}
    for branch in device.branches().values():
        if branch.positive not in nodes and branch.negative not in nodes:
            nodes[branch.negative] = "0"
        for terminal in (branch.positive, branch.negative):
            nodes.setdefault(terminal, terminal + suffix)
    return nodes


def instance(device: CompactModel, form: Form, overrides: Mapping[str, float], suffix: str = "") -> str:
    """The line ``X1 pins name parameter=value ...`` of a device, or ``N1 ...`` of a native one."""
    nodes = nodes_of(device, suffix)
    for name in overrides:
        device.source_of(name)  # refuses names that are not parameters
    pins = [nodes.get(pin, pin + suffix) for pin in form.pins]
    label = suffix.removeprefix("_") or "1"
    if isinstance(form, NativeDevice):
        return form.instance(label, pins, **overrides)
    return "\n".join(statements_of(form).instance(label, pins, form.name, overrides))


def observable_vector(form: Form, name: str, suffix: str = "") -> str:
    """The simulator's name of an observable of the instance that :func:`instance` places."""
    label = suffix.removeprefix("_") or "1"
    return f"@n{label}[{name}]" if isinstance(form, NativeDevice) else f"v(x{label}.{name})"


def statements_of(form: Form) -> Statements:
    """How the netlist around a form is written."""
    dialect = form.dialect or NGSPICE
    return VacaskStatements(dialect) if isinstance(dialect, VacaskNetlist) else Statements(dialect)


def held_branches(device: CompactModel, form: Form, suffix: str = "") -> list[str]:
    """Sources ``V_rest_<branch>`` that hold the branches other than the first at 0 V."""
    nodes, others, write = nodes_of(device, suffix), list(device.branches().values())[1:], statements_of(form)
    return [
        line
        for b in others
        for line in write.voltage_source(f"rest_{b.name}{suffix}", nodes[b.positive], nodes[b.negative], DC(0.0), 1.0)
    ]


def biased(device: CompactModel, form: Form, drive: str, label: str, values: Mapping[str, float]) -> list[str]:
    """An instance whose first branch has the voltage of a node; ``V_meter<label>`` reads the branch's current.

    Parameters
    ----------
    device : CompactModel
        The device.
    form : Subcircuit or NativeDevice
        Its form.
    drive : str
        The node.
    label : str
        What its nodes and its name end in, beside those of other instances.
    values : Mapping
        Parameters of the instance.
    """
    branch, write = next(iter(device.branches().values())), statements_of(form)
    nodes, inner = nodes_of(device, f"_{label}"), f"driven{label}"
    # Only the drop across the branch counts: its negative end is ground, or at the same potential.
    return [
        *write.gain(f"drive{label}", inner, nodes[branch.negative], drive, 1.0),
        *write.voltage_source(f"meter{label}", inner, nodes[branch.positive], DC(0.0), 1.0),
        *held_branches(device, form, f"_{label}"),
        instance(device, form, values, f"_{label}"),
    ]


def driven_circuit(
    device: CompactModel,
    form: Form,
    drive: Drive,
    duration: float,
    *,
    source: str = "voltage",
    inputs: Mapping[str, Drive] | None = None,
    overrides: Mapping[str, float] | None = None,
    compliance: Compliance | None = None,
) -> list[str]:
    """The device as ``X1`` (or ``N1``) and a source on each branch and input; ``V_meter_<branch>`` reads its current.

    Parameters
    ----------
    device : CompactModel
        The device.
    form : Subcircuit or NativeDevice
        The device's form, with the inputs as pins.
    drive : float, array_like or Waveform
        Voltage [V] or current [A] of the driven branch.
    duration : float
        Length of the transient. [s]
    source : str
        The imposed quantity, as for :meth:`CompactModel.simulate`.
    inputs : Mapping, optional
        Drives of inputs and of other branches; branches without one are at 0 V.
    overrides : Mapping, optional
        Parameters of the instance.
    compliance : Compliance, optional
        How the source limits its current.

    Returns
    -------
    list of str
        Lines of a netlist.
    """
    branches, nodes = device.branches(), nodes_of(device)
    driven = next((b for b in branches.values() if source in (b.name, b.current)), next(iter(branches.values())))
    waveforms = {name: as_waveform(value, duration, name) for name, value in (inputs or {}).items()}
    write, lines = statements_of(form), []
    for name, branch in branches.items():
        low, high, inner = nodes[branch.negative], nodes[branch.positive], f"source_{name}"
        value = as_waveform(drive, duration) if branch is driven else waveforms.get(name, DC(0.0))
        by_current = branch is driven and source in ("current", branch.current)
        if by_current:
            lines += write.current_source(name, low, inner, value, duration)
        else:
            lines += write.voltage_source(name, inner, low, value, duration)
        if branch is driven and compliance is not None and compliance.is_limit:
            limited = f"limited_{name}"
            lines += write.current(
                "compliance", inner, limited, _limited_current(write.drop(inner, limited), compliance)
            )
            inner = limited
        lines += write.voltage_source(f"meter_{name}", inner, high, DC(0.0), duration)
    for name, declared in device.input_declarations().items():
        if name in waveforms:
            lines += write.voltage_source(name, f"{name}_si", "0", waveforms[name], duration)
            lines += write.gain(name, name, "0", f"{name}_si", 1 / declared.netlist_scale)
    return [*lines, instance(device, form, overrides or {})]


def _limited_current(drop: str, compliance: Compliance) -> str:
    """Current through the element in series that limits it: of a resistance that saturates over :data:`LIMIT_DROP`."""
    ohmic = f"{max(compliance.current / LIMIT_DROP, FREE)!r}*{drop}"
    saturated = f"{compliance.current!r}*tanh({drop}/{LIMIT_DROP!r}) + {compliance.current * LIMIT_SLOPE!r}*{drop}"
    if compliance.polarity == "both":
        return saturated
    sides = (saturated, ohmic) if compliance.polarity == "positive" else (ohmic, saturated)
    return f"{drop} > 0 ? {sides[0]} : {sides[1]}"


def wrapped(line: str, width: int = 1000) -> str:
    """Continue a long line: ngspice reads lines of limited length."""
    words, lines = line.split(" "), [""]
    for word in words:
        if len(lines[-1]) + len(word) > width:
            lines.append("+")
        lines[-1] += (" " if lines[-1] else "") + word
    return "\n".join(lines)
