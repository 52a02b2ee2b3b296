r"""Networks of devices of one model: oscillators, vortices, memristors, magnets, that drive each other.

.. math::

    \dot x_i = f(x_i, u_i; p_i), \qquad
    u_i(t) = u_i^\mathrm{ext}(t) + \sum_k \sum_j W^{(k)}_{ij}\, y^{(k)}_j(t - \tau_k)

with the equations and the noise that the model declares. The loop is generated from them and compiled, with the
couplings in it (:mod:`synaspice.devices.simulation.networks`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse

from ...devices.core.oscillator_protocols import Oscillation
from ...devices.core.processors import usual_threads
from ...devices.language.checks import known, mapping, positive, whole
from ...devices.language.errors import ParameterError
from ...devices.language.memory import require_memory
from ...devices.simulation.ensembles.noisy_trajectories import checked_seed, require_steps, require_temperature
from ...devices.simulation.ensembles.time_step import check_step, default_step
from ...devices.simulation.networks.march import March
from ...devices.simulation.networks.structure import DRIVE
from ...devices.simulation.request import Request
from ...devices.simulation.reservoirs import usual_step
from .couplings import Coupling
from .declared import DeclaredNetwork, waveform_of
from .network_netlist import NetlistWriter
from .network_run import NetworkRun, Recorder
from .steps import check_step as check_coupled_step
from .steps import coupled_rate, own_rate, requests, resolved

#: A drive of all devices: a number or waveform for all, one number for each, or a weight for each and a waveform.
Driven = Any
#: Part of the time in which couplings turn a state that is taken as a step where devices alone do not move.
SHARE = 2 * math.pi / 40
#: Part of the devices' own rates that couplings may add before they shorten the step.
SLIGHT = 0.05


class Network(DeclaredNetwork):
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

    def _step(self, drives: Mapping[str, Any], duration: float, temperature: float, given: float | None) -> float:
        """The step that is given, checked, or one that resolves every device, its noise and the couplings [s]."""
        alone = requests(self, drives, duration)
        own, added = own_rate(self, alone), coupled_rate(self, alone)
        if given is not None:
            check_coupled_step(positive("time_step", given, "s"), own, added, temperature > 0)
            if temperature > 0:
                for request in alone:
                    check_step(request, given)
            return given
        if self.capacitance is not None:
            seen = max(own) + added
            advice = f"; {resolved(seen):.1g} s resolves turning and decay at the start" if seen > 0 else ""
            raise ParameterError(f"give a time_step: with a capacitance, no step follows from the device alone{advice}")
        steps = [usual_step(request.device) for request in alone if request.device.suits(Oscillation)]
        if temperature > 0 or not steps:
            steps += [default_step(Request.of(each.device, 0.0, duration, self.source, {})) for each in alone]
        step = min(steps)
        rate = own[0]
        if added <= SLIGHT * rate:
            return step
        return step * rate / (rate + added) if rate > 0 else min(step, SHARE / added)

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
            Longest step [s]; default: a fortieth of the period of the fastest oscillator, shorter where its noise
            needs it, and by as much as couplings may speed it up. Without noise the relative error of a frequency is
            then some (2 pi / 40)^4 / 120 = 5e-6. A step that is coarse for devices or couplings is warned of, and
            refused where no method is stable.
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
        drives = {name: self.driven(name, value) for name, value in drives.items()}
        step = self._step(drives, length, kelvin, time_step)
        if step * (1 - 1e-9) > length:
            raise ParameterError(f"time_step must not be above the duration, not {step:g} s")
        require_steps(length / step, step, self.size)
        stride = max(1, math.ceil(length / (samples - 1) / step * (1 - 1e-12)))
        steps = stride * (samples - 1)
        h = length / steps
        recorder = Recorder(
            self, samples, stride, h, record, devices, phase, settling, checked_seed(seed), kelvin, drives
        )
        rows = 3 * len(self.states) + 16 + 3 * len(self.values)
        for coupling in self.couplings:
            if coupling.form in ("dense", "single"):
                require_memory(float(self.size) ** 2, "couplings", 4.0 if coupling.form == "single" else 8.0, "take")
        self._require_history(h)
        require_memory(self.size, "devices", 8.0 * rows + 8.0 * self._history(h), "take")
        prepared = self.prepared(drives, recorder.seed, kelvin, h, steps, states, whole("number", number, 0))
        workers = usual_threads() if threads is None else whole("threads", threads, 1)
        return recorder.run(March(prepared, min(workers, math.ceil(self.size / prepared.structure.block))))

    def _history(self, step: float) -> float:
        """Numbers of each device that delays keep."""
        deepest = max((c.delay / step + c.points + 2 for c in self.couplings if c.held), default=0.0)
        return float(deepest * sum(c.held for c in self.couplings))

    def _require_history(self, step: float) -> None:
        """Refuse delays of so many time steps that what they keep has no room."""
        held = [coupling.delay for coupling in self.couplings if coupling.held]
        if held:
            require_memory(
                max(held) / step,
                f"time steps of the longest delay, {max(held):g} s, of {self.size} devices",
                8.0 * self.size * len(held),
                f"with a time_step of {step:.3g} s delay by",
            )

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
        drives = {name: self.driven(name, value) for name, value in drives.items()}
        if duration is None and any(waveform_of(value) for value in drives.values()):
            raise ParameterError("waveforms are written for a time: give the duration")
        length = 1.0 if duration is None else positive("duration", duration, "s")
        return NetlistWriter(self, drives, length).text()

    def with_parameters(self, **parameters: ArrayLike) -> Network:
        """The same with other values of parameters, one for each device or for all."""
        return Network(
            self.device,
            self.size,
            self.couplings,
            source=self.source,
            capacitance=self.capacitance,
            parameters={**self.values, **parameters},
        )

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
