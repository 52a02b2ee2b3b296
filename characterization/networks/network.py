r"""Networks of devices of one model: oscillators, vortices, memristors, magnets, that drive each other.

.. math::

    \dot x_i = f(x_i, u_i; p_i), \qquad
    u_i(t) = u_i^\mathrm{ext}(t) + \sum_k \sum_j W^{(k)}_{ij}\, y^{(k)}_j(t - \tau_k)

with the equations and the noise that the model declares. The loop is generated from them and compiled, with the
couplings in it (:mod:`synaspice.devices.simulation.networks`).
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike
from scipy import sparse

from ...devices.core.protocols import Oscillation
from ...devices.core.processors import usual_threads
from ...devices.core.vectors import compiled
from ...devices.core.variability import Distribution, sample
from ...devices.language.array_checks import reals
from ...devices.language.checks import instance, known, mapping, names as check_names, positive, real, whole
from ...devices.language.errors import ParameterError, shown
from ...devices.language.memory import require_memory
from ...devices.language.waveforms import DC, FloatArray, Waveform
from ...devices.model import CompactModel
from ...devices.simulation.networks.march import March, Prepared
from ...devices.simulation.networks.source import write_network_kernel
from ...devices.simulation.networks.structure import DRIVE, NODE, Link, NetworkStructure, Port
from ...devices.simulation.newton import voltages_at_current
from ...devices.simulation.noisy_trajectories import checked_seed, require_steps, require_temperature
from ...devices.simulation.request import Request, driven_branch
from ...devices.simulation.reservoirs import usual_step
from ...devices.simulation.time_step import default_step
from .couplings import Coupling, Shared
from .network_netlist import NetlistWriter
from .network_run import NetworkRun, Recorder

#: Most devices in a block, and their number below which blocks are smaller.
BLOCK = 64
#: Least number of devices that are worth a row for each: parameters of a million of them.
LARGEST = 10**8

#: A drive of all devices: a number or waveform for all, one number for each, or a weight for each and a waveform.
Driven = Any


class Network:
    """Devices of one model, and what couples them.

    Parameters
    ----------
    device : CompactModel, or sequence of them
        The device, or one for each, of one model with the same options.
    size : int, optional
        How many; default: as many as devices.
    couplings : sequence of Coupling
        What couples them.
    source : str
        What drives the devices' branch: ``"voltage"``, ``"current"``, or the name of a branch or its current.
    capacitance : float or array_like, optional
        Capacitance beside each device, into whose node a current flows: the voltage of the branch is one more state,
        called ``node``, and the drive is the current. [F]
    parameters : mapping, optional
        Values of parameters, one for each device, by name.
    variability : mapping, optional
        Distributions of parameters, by name, from which each device is drawn.
    variability_seed : int
        Seed of these.

    Raises
    ------
    ParameterError
        If shapes do not fit, devices are of different models, or an output depends on the drive that it adds to.
    UnknownNameError
        If the model has no such parameter, output or input.
    """

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
            self.capacitance = self._each("capacitance", capacitance, "F")
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
        self.values = self._values(devices, mapping("parameters", parameters))
        self._check_couplings()

    def _each(self, name: str, values: Any, unit: str = "") -> FloatArray:
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
            each = self._each(name, values)
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

    def _check_couplings(self) -> None:
        inputs = list(self.device.input_declarations())
        for coupling in self.couplings:
            known(f"drive of {self.device.model_name()}", coupling.to, [DRIVE, *inputs])
            coupling.check_size(self.size)
            self._expression(coupling.output)
        write_network_kernel(self._structure({}, "rk4", False))

    def _expression(self, output: str | sp.Expr) -> sp.Expr:
        """An output as an expression in symbols of the model."""
        system, device = self.device.system, self.device
        branch = list(device.branches().values())[self.branch]
        states = [*map(str, system.states), *device.telegraph_declarations()]
        allowed = [*states, *map(str, system.observables), *device.values, *device.derived]
        allowed += [branch.name, branch.current, "voltage", "current"] + [NODE] * (self.capacitance is not None)
        whole_one = sp.Symbol(output, real=True) if isinstance(output, str) else output
        renamed = {}
        for symbol in whole_one.free_symbols:
            name = known(f"output of {device.model_name()}", str(symbol), allowed)
            name = {"voltage": branch.name, "current": branch.current}.get(name, name)
            renamed[symbol] = sp.Symbol(name, real=True)
        if not whole_one.free_symbols:
            raise ParameterError(f"an output must depend on the device, and {shown(output)} does not")
        return whole_one.xreplace(renamed)

    # --- how it is computed ---------------------------------------------------------------

    def _structure(self, drives: Mapping[str, Any], method: str, noise: bool) -> NetworkStructure:
        coupled = {coupling.to for coupling in self.couplings}
        ports = []
        for name in [DRIVE, *self.device.input_declarations()]:
            timed = _waveform(drives.get(name)) is not None
            if name == DRIVE or timed or name in coupled:
                ports.append(Port(name, timed, name in coupled))
        places = {port.name: k for k, port in enumerate(ports)}
        outputs: list[sp.Expr] = []
        links = []
        for coupling in self.couplings:
            expression = self._expression(coupling.output)
            if expression not in outputs:
                outputs.append(expression)
            place = outputs.index(expression)
            points = coupling.points if coupling.held else 1
            links.append(Link(coupling.form, place, places[coupling.to], coupling.held, points, coupling.delay > 0))
        varied = {name for name, values in self.values.items() if np.any(values != values[0])}
        for name, value in drives.items():
            constant = _constant(value)
            if np.ndim(constant):
                varied.add("its_drive" if name == DRIVE else name)
        if self.capacitance is not None and self.capacitance.ndim:
            varied.add("node_capacitance")
        for symbol, expression in self.device.system.derived.items():
            if varied & {str(a) for a in expression.free_symbols}:
                varied.add(str(symbol))
        block = next((size for size in (8, 16, 32) if self.size <= size), BLOCK)
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

    def _columns(
        self, names: Sequence[str], first: int, count: int, own: Mapping[str, Any]
    ) -> dict[str, FloatArray]:
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
        voltage = np.broadcast_to(self._each("node_voltage", node_voltage, "V"), self.size)
        for begin in range(0, self.size, 1 << 16):
            count = min(1 << 16, self.size - begin)
            columns = self._columns([*functions.parameter_names, *telegraphs], begin, count, {})
            rows = np.array([columns[name] for name in functions.parameter_names])
            with np.errstate(all="ignore"):
                states = functions.initial_array(rows)
            rows_of = [*states, *([voltage[begin : begin + count]] if self.capacitance is not None else [])]
            rows_of += [columns[name] for name in telegraphs]
            for k, row in enumerate(rows_of):
                found[k, begin : begin + count] = row
        return found

    def _step(self, duration: float, temperature: float) -> float:
        """The step that is taken if none is given [s]."""
        if self.capacitance is not None:
            raise ParameterError("give a time_step: with a capacitance, no step follows from the device alone")
        step = usual_step(self.device) if self.device.suits(Oscillation) else math.inf
        if temperature > 0 or not math.isfinite(step):
            request = Request.of(self.device, 0.0, duration, self.source, {})
            step = min(step, default_step(request))
        return step

    def run(
        self,
        duration: float,
        *,
        drive: Driven = 0.0,
        inputs: Mapping[str, Driven] | None = None,
        points: int = 1001,
        record: str | Sequence[str] = (),
        devices: Sequence[int] | None = None,
        phase: Sequence[str] | None = None,
        settling: float = 0.0,
        temperature: float = 0.0,
        time_step: float | None = None,
        seed: int | None = None,
        states: ArrayLike | None = None,
        number: int = 0,
        threads: int | None = None,
    ) -> NetworkRun:
        """Let the network go.

        Parameters
        ----------
        duration : float
            How long. [s]
        drive : float, array_like, Waveform, or (array_like, Waveform)
            Voltage [V] or current [A] of the driven branch: of all devices, of each, over time, or a weight for each
            and what is over time.
        inputs : mapping, optional
            Likewise of inputs, by name.
        points : int
            Evenly spaced times at which something is recorded, the first at 0.
        record : str or sequence of str
            States and observables that are recorded.
        devices : sequence of int, optional
            Numbers of the devices of which they are; default: all.
        phase : sequence of str, optional
            Two states that turn, of which phases are those of a point in the plane; default: the first two states of
            an oscillator.
        settling : float
            Time from which on frequencies are counted. [s]
        temperature : float
            Temperature of the noise [K]; 0 for none, which is the Runge-Kutta method of fourth order.
        time_step : float, optional
            Longest step [s]; default: a fortieth of the period of an oscillator, or shorter where its noise needs it.
            Without noise the relative error of a frequency is then some (2 pi / 40)^4 / 120 = 5e-6.
        seed : int, optional
            Seed of the noise.
        states : array_like, optional
            States to begin with, shape (states, devices); default: the devices' initial ones.
        number : int
            Number of the run: other random numbers for each, of one seed.
        threads : int, optional
            Threads that share a large network; default: one per core.

        Raises
        ------
        ParameterError
            If an argument makes no sense, or the results do not fit into memory.
        UnknownNameError
            If the model has no such input or quantity.
        SimulationError
            If a state leaves the finite numbers.
        """
        length = positive("duration", duration, "s")
        kelvin = require_temperature(self.device, temperature)
        samples = whole("points", points, 2)
        drives = {DRIVE: drive, **mapping("inputs", inputs)}
        for name in drives:
            known(f"input of {self.device.model_name()}", name, [DRIVE, *self.device.input_declarations()])
        drives = {name: self._driven(name, value) for name, value in drives.items()}
        step = positive("time_step", self._step(length, kelvin) if time_step is None else time_step, "s")
        if step * (1 - 1e-9) > length:
            raise ParameterError(f"time_step must not be above the duration, not {step:g} s")
        require_steps(length / step, step, self.size)
        stride = max(1, math.ceil(length / (samples - 1) / step * (1 - 1e-12)))
        steps = stride * (samples - 1)
        h = length / steps
        recorder = Recorder(self, samples, stride, h, record, devices, phase, settling, seed_of(seed), kelvin)
        rows = 3 * len(self.states) + 16 + 3 * len(self.values)
        require_memory(self.size, "devices", 8.0 * rows + 8.0 * self._history(h), "take")
        prepared = self._prepared(drives, recorder.seed, kelvin, h, steps, states, whole("number", number, 0))
        workers = usual_threads() if threads is None else whole("threads", threads, 1)
        return recorder.run(March(prepared, workers))

    def _history(self, step: float) -> float:
        """Numbers of each device that delays keep."""
        deepest = max((c.delay / step + c.points + 2 for c in self.couplings if c.held), default=0.0)
        return deepest * sum(c.held for c in self.couplings)

    def _driven(self, name: str, value: Any) -> Any:
        """A drive, checked: an array, a waveform, or a pair of both."""
        if isinstance(value, Waveform):
            return value
        if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], Waveform):
            return self._each(f"the weights of {name}", value[0]), value[1]
        return self._each(name, value)

    def _prepared(
        self, drives: dict[str, Any], seed: int, kelvin: float, step: float, steps: int, states: Any, number: int
    ) -> Prepared:
        structure = self._structure(drives, "heun" if kelvin > 0 else "rk4", kelvin > 0)
        constants = {name: _constant(value) for name, value in drives.items()}
        own = {name: value for name, value in constants.items() if name != DRIVE}
        extra = {
            "temperature": kelvin,
            "time_step": step,
            "its_drive": constants[DRIVE],
            "node_capacitance": 1.0 if self.capacitance is None else self.capacitance,
        }

        def columns(names: tuple[str, ...], first: int, count: int) -> FloatArray:
            found = self._columns(names, first, count, own)
            for name, value in extra.items():
                values = np.asarray(value)
                found[name] = np.broadcast_to(values[first : first + count] if values.ndim else values, count)
            return np.array([found[name] for name in names])

        base, gains, waves = {}, {}, {}
        for k, port in enumerate(structure.ports):
            value = constants.get(port.name, self.values.get(port.name, self.device.values.get(port.name, 0.0)))
            base[k] = value
            waveform = _waveform(drives.get(port.name))
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
        for begin in range(0, self.size, 1 << 16):
            some = slice(begin, min(begin + (1 << 16), self.size))
            columns = self._columns(functions.parameter_names, begin, some.stop - begin, own)
            rows = [columns[name] for name in functions.parameter_names]
            x = list(states[: len(functions.state_names), some])
            carried = np.broadcast_to(current, self.size)[some]
            none = [0.0] * len(self.device.branches())
            found[some] = voltages_at_current(functions, self.branch, carried, none, x, rows)
        return found

    def netlist(
        self, *, drive: Driven = 0.0, inputs: Mapping[str, Driven] | None = None, duration: float | None = None
    ) -> str:
        """The same network as a netlist for ngspice, without noise: devices, couplings, and what drives them.

        Nodes of the states of device k are ``<state>_k``, its terminals ``<terminal>_k``. Conductances between nodes
        with a capacitance are resistors, delays matched lines, all other couplings behavioural sources. A transient
        starts as :meth:`run` does with ``use_initial_conditions=True``.

        Parameters
        ----------
        drive, inputs
            As of :meth:`run`.
        duration : float, optional
            For how long waveforms are written [s]; needed if there are any.

        Raises
        ------
        ParameterError
            If there are too many devices, or an output is no quantity of nodes.
        """
        drives = {DRIVE: drive, **mapping("inputs", inputs)}
        drives = {name: self._driven(name, value) for name, value in drives.items()}
        if duration is None and any(_waveform(value) for value in drives.values()):
            raise ParameterError("waveforms are written for a time: give the duration")
        length = 1.0 if duration is None else positive("duration", duration, "s")
        return NetlistWriter(self, drives, length).text()

    def copies(self, count: int, *, parameters: Mapping[str, ArrayLike] | None = None) -> Network:
        """So many networks like this one, not coupled to each other, as one: device k of copy c is number c size + k.

        Parameters
        ----------
        count : int
            How many.
        parameters : mapping, optional
            Values of parameters, one for each device of all copies, by name.
        """
        number = whole("count", count, 1)
        couplings = []
        for c in self.couplings:
            matrix = sparse.block_diag([c.sparse_matrix(self.size)] * number, format="csr")
            couplings.append(Coupling(c.output, c.to, matrix, c.delay, c.each_stage, c.points))
        own: dict[str, Any] = {name: np.tile(values, number) for name, values in self.values.items()}
        capacitance = self.capacitance
        if capacitance is not None and capacitance.ndim:
            capacitance = np.tile(capacitance, number)
        return Network(
            self.device,
            self.size * number,
            couplings,
            source=self.source,
            capacitance=capacitance,
            parameters={**own, **mapping("parameters", parameters)},
        )


def seed_of(seed: int | None) -> int:
    """The seed, or one that was drawn."""
    return checked_seed(seed)


def _waveform(value: Any) -> tuple[Any, Waveform] | None:
    """Weights of a drive and its waveform, if it has one that changes."""
    if isinstance(value, tuple):
        return value[0], value[1]
    return (1.0, value) if isinstance(value, Waveform) and not isinstance(value, DC) else None


def _constant(value: Any) -> Any:
    """The constant part of a drive."""
    if isinstance(value, DC):
        return float(value(0.0))
    return 0.0 if isinstance(value, Waveform | tuple) else value
