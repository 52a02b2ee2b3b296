"""What a network is: its devices, their parameters and states, and its couplings, in the form of a kernel."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike

from ...devices.core.variability import Distribution, sample
from ...devices.core.vectors import compiled
from ...devices.language.array_checks import reals
from ...devices.language.checks import instance, known, mapping, whole
from ...devices.language.errors import ParameterError, shown
from ...devices.language.waveforms.shapes import DC, FloatArray, Waveform
from ...devices.model import CompactModel
from ...devices.simulation.networks.march import Prepared
from ...devices.simulation.networks.source import write_network_kernel
from ...devices.simulation.networks.structure import DRIVE, NODE, Link, NetworkStructure, Port
from ...devices.simulation.numerics.newton import voltages_at_current
from ...devices.simulation.request import driven_branch
from .couplings import Coupling

#: Devices in a block, and the smaller blocks for fewer.
BLOCK, SMALL = 64, (8, 16, 32)
#: Most devices of a network.
LARGEST = 10**8
#: Devices of a network all of which are looked at beforehand.
FEW = 16
#: Devices whose parameters are made at a time.
AT_A_TIME = 1 << 16


class DeclaredNetwork:
    """Devices and couplings of :class:`~synaspice.characterization.Network`, checked."""

    def __init__(
        self,
        device: CompactModel | Sequence[CompactModel],
        size: int | None = None,
        couplings: Sequence[Coupling] = (),
        *,
        source: str = "current",
        capacitance: ArrayLike | None = None,
        parameters: Mapping[str, ArrayLike] | None = None,
        variability: Mapping[str, Distribution] | None = None,
        variability_seed: int = 0,
    ) -> None:
        devices = [device] if isinstance(device, CompactModel) else device
        if not isinstance(devices, list | tuple) or not devices:
            raise ParameterError(f"device must be a device or a list of them, not {shown(device)}")
        for each in devices:
            if instance("device", each, CompactModel, "a device").structure != devices[0].structure:
                raise ParameterError("the devices of a network must be of one model with the same options")
        self.device: CompactModel = devices[0]
        self.size = whole("size", len(devices) if size is None else size, 1, LARGEST)
        if len(devices) not in (1, self.size):
            raise ParameterError(f"there must be one device or one for each of {self.size}, not {len(devices)}")
        self.branch, self.by_current = driven_branch(self.device, source)
        self.source = source
        self.capacitance: FloatArray | None = None
        if capacitance is not None:
            self.capacitance = self.each("capacitance", capacitance, "F")
            if np.any(self.capacitance <= 0):
                raise ParameterError("the capacitance must be positive")
            if not self.by_current:
                raise ParameterError('a capacitance is for devices that are driven by a current: source="current"')
        if not isinstance(couplings, list | tuple):
            raise ParameterError(f"couplings must be a list of Coupling, not {shown(couplings)}")
        self.couplings = tuple(instance("a coupling", coupling, Coupling) for coupling in couplings)
        scattered = mapping("variability", variability)
        if scattered:
            if len(devices) > 1:
                raise ParameterError("variability is for devices that are alike otherwise: give one device")
            devices = sample(self.device, scattered, self.size, whole("variability_seed", variability_seed, 0))
        self._norms: dict[Coupling, float] = {}
        self.values = self._values(devices, mapping("parameters", parameters))
        self.extremes()  # refuses values that do not go together
        self._check_couplings()

    def each(self, name: str, values: Any, unit: str = "") -> FloatArray:
        """A number for all or one for each device."""
        found = reals(name, values, unit, dimensions=None)
        if found.ndim > 1 or (found.ndim and len(found) != self.size):
            raise ParameterError(f"{name} must be one for all or one for each of {self.size}, not {found.shape}")
        return found

    def _values(self, devices: Sequence[CompactModel], given: Mapping[str, Any]) -> dict[str, FloatArray]:
        """Declared parameters that differ from device to device."""
        found: dict[str, FloatArray] = {}
        if len(devices) > 1:
            for name in self.device.values:
                values = np.array([each.values[name] for each in devices], dtype=float)
                if np.any(values != values[0]):
                    found[name] = values
        for name, values in given.items():
            known(f"parameter of {self.device.model_name()}", name, self.device.values)
            each = self.each(name, values)
            found[name] = np.array(np.broadcast_to(each, self.size))
            for extreme in {float(each.min()), float(each.max())}:  # within bounds, and one that the model accepts
                made = self.device.replace(**{name: extreme})
                moved = [k for k, v in made.values.items() if k not in given and v != self.device.values[k]]
                if moved and moved != [name]:
                    raise ParameterError(
                        f"{', '.join(moved)} of {self.device.model_name()} follows from {name}: give it for each "
                        "device as well, or a list of devices"
                    )
        return found

    def extremes(self) -> list[CompactModel]:
        """All devices of a small network; of a large one those with a least or largest value of a parameter.

        Raises
        ------
        ParameterError
            If the values of one do not go together.
        """
        varied = {name: values for name, values in self.values.items() if np.any(values != values[0])}
        if self.size <= FEW:
            places = set(range(self.size)) if varied else {0}
        else:
            places = {int(place) for values in varied.values() for place in (values.argmin(), values.argmax())} or {0}
        found = []
        for place in sorted(places):
            own = {name: float(values[place]) for name, values in self.values.items()}
            try:
                found.append(self.device.replace(**own) if own else self.device)
            except ParameterError as error:
                raise ParameterError(f"device {place} of the network: {error}") from None
        return found

    def norm_of(self, coupling: Coupling, norm: Callable[[Coupling, int], float]) -> float:
        """Norm of a coupling's matrix, which runs of the network share."""
        if coupling not in self._norms:
            self._norms[coupling] = norm(coupling, self.size)
        return self._norms[coupling]

    def description(self) -> dict[str, Any]:
        """All that a run of the network depends on, but for how it is driven: plain values and digests of arrays."""
        arrays = {"capacitance": self.capacitance, **self.values}
        found: dict[str, Any] = {"source": self.source, "size": self.size}
        found |= {name: None if value is None else _digest(value) for name, value in arrays.items()}
        found["couplings"] = [
            [str(c.output), c.to, c.form, _digest(*c.arrays(self.size)), c.delay, c.each_stage, c.points]
            for c in self.couplings
        ]
        return found

    def _check_couplings(self) -> None:
        inputs = list(self.device.input_declarations())
        for coupling in self.couplings:
            known(f"drive of {self.device.model_name()}", coupling.to, [DRIVE, *inputs])
            coupling.check_size(self.size)
            self.expression(coupling.output)
        write_network_kernel(self._structure({}, "rk4", False))

    def expression(self, output: str | sp.Expr) -> sp.Expr:
        """An output as an expression in symbols of the model."""
        system, device = self.device.system, self.device
        branch = list(device.branches().values())[self.branch]
        states = [*map(str, system.states), *device.telegraph_declarations()]
        allowed = [*states, *map(str, system.observables), *device.values, *device.derived]
        allowed += [branch.name, branch.current, "voltage", "current"] + [NODE] * (self.capacitance is not None)
        whole_one = sp.Symbol(output, real=True) if isinstance(output, str) else output
        renamed = {}
        for symbol in whole_one.free_symbols:
            if str(symbol) == NODE and self.capacitance is None:
                raise ParameterError("an output is the voltage of the node: give the network a capacitance")
            name = known(f"output of {device.model_name()}", str(symbol), list(dict.fromkeys(allowed)))
            name = {"voltage": branch.name, "current": branch.current}.get(name, name)
            renamed[symbol] = sp.Symbol(name, real=True)
        if not whole_one.free_symbols:
            raise ParameterError(f"an output must depend on the device, and {shown(output)} does not")
        return whole_one.xreplace(renamed)

    def _structure(self, drives: Mapping[str, Any], method: str, noise: bool) -> NetworkStructure:
        coupled = {coupling.to for coupling in self.couplings}
        ports = []
        for name in [DRIVE, *self.device.input_declarations()]:
            timed = waveform_of(drives.get(name)) is not None
            if name == DRIVE or timed or name in coupled:
                ports.append(Port(name, timed, name in coupled))
        places = {port.name: k for k, port in enumerate(ports)}
        outputs: list[sp.Expr] = []
        links = []
        for coupling in self.couplings:
            expression = self.expression(coupling.output)
            if expression not in outputs:
                outputs.append(expression)
            place = outputs.index(expression)
            points = coupling.points if coupling.held else 1
            links.append(Link(coupling.form, place, places[coupling.to], coupling.held, points, coupling.delay > 0))
        varied = {name for name, values in self.values.items() if np.any(values != values[0])}
        for name, value in drives.items():
            constant = constant_of(value)
            if np.ndim(constant):
                varied.add("its_drive" if name == DRIVE else name)
        if self.capacitance is not None and self.capacitance.ndim:
            varied.add("node_capacitance")
        for symbol, expression in self.device.system.derived.items():
            if varied & {str(a) for a in expression.free_symbols}:
                varied.add(str(symbol))
        block = next((size for size in SMALL if self.size <= size), BLOCK)
        return NetworkStructure(
            *self.device.structure,
            branch=self.branch,
            by_current=self.by_current,
            node=self.capacitance is not None,
            ports=tuple(ports),
            outputs=tuple(outputs),
            links=tuple(links),
            varied=frozenset(varied),
            block=block,
            method=method,
            noise=noise,
        )

    def columns(self, names: Sequence[str], first: int, count: int, own: Mapping[str, Any]) -> dict[str, FloatArray]:
        """Rows of parameters of some devices, by name."""
        found = {name: np.asarray(float(value)) for name, value in self.device.values.items()}
        for name, value in {**self.values, **own}.items():
            values = np.asarray(value)
            found[name] = values[first : first + count] if values.ndim else values
        functions = compiled(self.device)
        declared = [found[name] for name in self.device.values]
        with np.errstate(all="ignore"):
            derived = functions.derived_array(np.array([np.broadcast_to(row, count) for row in declared]))
        found |= {str(s): np.asarray(v, dtype=float) for s, v in zip(self.device.system.derived, derived, strict=True)}
        return {name: np.broadcast_to(found.get(name, 0.0), count) for name in names}

    @functools.cached_property
    def states(self) -> list[str]:
        """Names of the states, with the voltage of the node and telegraph processes."""
        node = [NODE] if self.capacitance is not None else []
        return [*map(str, self.device.system.states), *node, *self.device.telegraph_declarations()]

    def initial(self, node_voltage: ArrayLike = 0.0) -> FloatArray:
        """States at the beginning, shape (states, devices).

        Parameters
        ----------
        node_voltage : float or array_like
            Voltage of the nodes, of a network with a capacitance. [V]
        """
        functions = compiled(self.device)
        telegraphs = list(self.device.telegraph_declarations())
        found = np.empty((len(self.states), self.size))
        voltage = np.broadcast_to(self.each("node_voltage", node_voltage, "V"), self.size)
        for begin in range(0, self.size, AT_A_TIME):
            count = min(AT_A_TIME, self.size - begin)
            columns = self.columns([*functions.parameter_names, *telegraphs], begin, count, {})
            rows = np.array([columns[name] for name in functions.parameter_names])
            with np.errstate(all="ignore"):
                states = functions.initial_array(rows)
            rows_of = [*states, *([voltage[begin : begin + count]] if self.capacitance is not None else [])]
            rows_of += [columns[name] for name in telegraphs]
            for k, row in enumerate(rows_of):
                found[k, begin : begin + count] = row
        return found

    def driven(self, name: str, value: Any) -> Any:
        """A drive, checked: an array, a waveform, or a pair of both."""
        if isinstance(value, Waveform):
            return value
        if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], Waveform):
            return self.each(f"the weights of {name}", value[0]), value[1]
        return self.each(name, value)

    def prepared(
        self, drives: dict[str, Any], seed: int, kelvin: float, step: float, steps: int, states: Any, number: int
    ) -> Prepared:
        structure = self._structure(drives, "heun" if kelvin > 0 else "rk4", kelvin > 0)
        constants = {name: constant_of(value) for name, value in drives.items()}
        own = {name: value for name, value in constants.items() if name != DRIVE}
        extra = {
            "temperature": kelvin,
            "time_step": step,
            "its_drive": constants[DRIVE],
            "node_capacitance": 1.0 if self.capacitance is None else self.capacitance,
        }

        def columns(names: tuple[str, ...], first: int, count: int) -> FloatArray:
            found = self.columns(names, first, count, own)
            for name, value in extra.items():
                values = np.asarray(value)
                found[name] = np.broadcast_to(values[first : first + count] if values.ndim else values, count)
            return np.array([found[name] for name in names])

        base: dict[int, Any] = {}
        gains: dict[int, Any] = {}
        waves: dict[int, Any] = {}
        for k, port in enumerate(structure.ports):
            value = constants.get(port.name, self.values.get(port.name, self.device.values.get(port.name, 0.0)))
            base[k] = value
            waveform = waveform_of(drives.get(port.name))
            if waveform is not None:
                gains[k], waves[k] = waveform
        start = self.initial() if states is None else reals("states", states, dimensions=2)
        if start.shape != (len(self.states), self.size):
            raise ParameterError(f"states must have the shape {(len(self.states), self.size)}, not {start.shape}")
        matrices = [c.matrix.of(self.size) if c.form == "shared" else c.matrix for c in self.couplings]
        delays = [c.delay for c in self.couplings]
        first = number * self.size

        def voltages() -> FloatArray:
            return self._voltages(base[0] if 0 not in waves else base[0] + gains[0] * float(waves[0](0.0)), start, own)

        return Prepared(
            structure, self.size, columns, start, base, gains, waves, matrices, delays, voltages, step, seed, first,
            steps,
        )  # fmt: skip

    def _voltages(self, current: Any, states: FloatArray, own: Mapping[str, Any]) -> FloatArray:
        """Voltages of the driven branch at which devices carry currents in their states [V]."""
        functions, found = compiled(self.device), np.empty(self.size)
        for begin in range(0, self.size, AT_A_TIME):
            some = slice(begin, min(begin + (AT_A_TIME), self.size))
            columns = self.columns(functions.parameter_names, begin, some.stop - begin, own)
            rows = [columns[name] for name in functions.parameter_names]
            x = list(states[: len(functions.state_names), some])
            carried = np.broadcast_to(current, self.size)[some]
            none = [0.0] * len(self.device.branches())
            found[some] = voltages_at_current(functions, self.branch, carried, none, x, rows)
        return found


def _digest(*arrays: Any) -> str:
    """Hash of arrays."""
    found = hashlib.sha256()
    for array in arrays:
        found.update(repr((array.dtype.str, array.shape)).encode())
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


def waveform_of(value: Any) -> tuple[Any, Waveform] | None:
    """Weights of a drive and its waveform, if it has one that changes."""
    if isinstance(value, tuple):
        return value[0], value[1]
    return (1.0, value) if isinstance(value, Waveform) and not isinstance(value, DC) else None


def constant_of(value: Any) -> Any:
    """The constant part of a drive."""
    if isinstance(value, DC):
        return float(value(0.0))
    return 0.0 if isinstance(value, Waveform | tuple) else value
