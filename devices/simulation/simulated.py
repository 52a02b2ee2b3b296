"""The numeric engine as methods of a device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..core.base import DeviceModel
from ..core.offers import offers
from ..core.protocols import Compliance, Switching
from ..language.array_checks import reals
from ..language.checks import whole
from ..language.errors import ParameterError

if TYPE_CHECKING:
    import pandas as pd

    from ..core.variability import Distribution
    from ..language.waveforms.shapes import Drive
    from .conductance_errors import ConductanceErrors
    from .ensembles.ensemble import Ensemble


class SimulatedModel(DeviceModel, abstract=True):
    """A device that can be simulated; base of :class:`~synaspice.devices.model.CompactModel`."""

    @offers(Switching, when=False)
    def suggested_switching(self) -> Switching:
        """Pulses with which to measure switching: by default voltages around the amplitude of the suggested sweep."""
        from .pulses import voltage_pulses

        return voltage_pulses(self)

    def static(self, **quantities: Any) -> dict[str, np.ndarray]:
        """Evaluate currents, observables and rates at given voltages and states, vectorised.

        Parameters
        ----------
        **quantities : array_like
            Branch voltages [V] (default 0), states (default: the initial state) and inputs such as external fields,
            by name;
            they are broadcast against each other.

        Returns
        -------
        dict of ndarray
            Currents [A] and ``d<current>/d<voltage>`` [S] of every branch, every observable, and the rate
            ``d<state>/dt`` of every state.

        Raises
        ------
        UnknownNameError
            If a name is not a voltage, state or input of the model.
        ParameterError
            If values are not finite numbers, or their shapes do not fit each other.
        """
        from .operating_points.static import evaluate_static

        given = {name: reals(name, value, dimensions=None, empty=True) for name, value in quantities.items()}
        return evaluate_static(self, given)

    def simulate(
        self,
        drive: Drive,
        duration: float,
        *,
        source: str = "voltage",
        inputs: Mapping[str, Drive] | None = None,
        compliance: float | Compliance | None = None,
        points: int | None = None,
        times: Sequence[float] | np.ndarray | None = None,
        temperature: float | None = None,
        trajectories: int = 1,
        seed: int | None = None,
        time_step: float | None = None,
        method: str | None = None,
        rtol: float = 1e-9,
        atol: float = 1e-12,
    ) -> pd.DataFrame:
        """Compute the response of the device to a drive, from its initial state.

        Without a temperature the equations are integrated to tolerance; with one, white noise is included
        and the stochastic Heun scheme (Stratonovich) takes fixed steps.

        Parameters
        ----------
        drive : float, array_like or Waveform
            Voltage [V] or current [A] over time. An array is taken as samples that are evenly spaced over the
            duration and joined by straight lines.
        duration : float
            Length of the simulation. [s]
        source : str
            ``"voltage"`` or ``"current"``: which of them is imposed; or the name of a branch voltage or
            current of a device with more than one branch.
        inputs : mapping, optional
            Drives for the inputs of the model, such as ``{"field_z": Triangle(...)}``, and voltages of branches other
            than the driven one, which are at 0 V otherwise.
        compliance : float or Compliance, optional
            Largest current that a voltage source lets through [A]: beyond it the source imposes that current, and the
            table has the column ``source_voltage``. Deterministic simulations only.
        points : int, optional
            Number of evenly spaced times to report, the first at 0 and the last at ``duration``. Default 1001; for
            several trajectories 1, the final state.
        times : array_like, optional
            The times to report instead. [s] Deterministic simulations only.
        temperature : float, optional
            Temperature of the surroundings and of the noise: with it there is noise. A device that was given another
            ``ambient_temperature`` is refused, others follow. [K]
        trajectories : int
            Number of independent noisy trajectories; the table then has a column ``trajectory``.
        seed : int, optional
            Seed of the noise; trajectory k of a seed is the same however many there are, for the same ``time_step`` and
            the same ``points`` (between which lies a whole number of steps).
        time_step : float, optional
            Step of the stochastic scheme [s]; default: 1/1000 of the model's time scale, or shorter where the device's
            precession needs it; see :mod:`synaspice.devices.simulation.ensembles.time_step`.
        method : str, optional
            SciPy integrator: ``DOP853``, ``RK45``, ``Radau``, ``BDF`` or ``LSODA``. Default: a loop in machine code,
            explicit of order 8 for states without bounds, and linearly implicit of order 5
            for the others, with SciPy's ``Radau`` where that gives up.
        rtol, atol : float
            Relative and absolute error per step of the deterministic integration; states are measured in
            their scale.

        Returns
        -------
        pandas.DataFrame
            Columns ``time``, voltages, currents, inputs, states and observables; ``attrs`` has their units.

        Raises
        ------
        ParameterError
            If the duration is not positive, or an argument does not fit the model.
        SimulationError
            If the integrator fails.
        """
        from .ensembles import noisy_trajectories
        from .request import Request
        from .trajectories import trajectory

        device, kelvin = (self, None) if temperature is None else noisy_trajectories.in_surroundings(self, temperature)
        request = Request.of(device, drive, duration, source, inputs, compliance)
        if kelvin is None:
            if whole("trajectories", trajectories, 1) != 1 or seed is not None or time_step is not None:
                raise ParameterError(
                    "trajectories, seed and time_step need a temperature: without it there is no noise"
                )
            return trajectory.integrate(request, points=points, times=times, method=method, rtol=rtol, atol=atol)
        if times is not None or method is not None:
            raise ParameterError("times and method belong to simulations without a temperature")
        if request.limited:
            raise ParameterError(
                "a compliance belongs to simulations without a temperature; an infinite one limits nothing"
            )
        return noisy_trajectories.integrate(
            request, points=points, temperature=kelvin, trajectories=trajectories, seed=seed, time_step=time_step
        )

    def ensemble(
        self,
        drive: Drive,
        duration: float,
        *,
        source: str = "voltage",
        inputs: Mapping[str, Drive] | None = None,
        temperature: float | None = None,
        trajectories: int = 10_000,
        seed: int | None = None,
        time_step: float | None = None,
        variability: Mapping[str, Distribution] | None = None,
        threads: int | None = None,
    ) -> Ensemble:
        """Prepare many noisy trajectories, for statistics, first passages or traces.

        They are those of :meth:`simulate` at a temperature: blocks of them advance together in vector instructions, in
        one thread per core.

        Parameters
        ----------
        drive, duration, source, inputs, seed, time_step
            As of :meth:`simulate`.
        temperature : float, optional
            Temperature of the surroundings and of the noise [K]; default: that of the device.
        trajectories : int
            Number of trajectories.
        variability : mapping, optional
            Distributions of parameters, by name: each trajectory is of another device; see
            :mod:`synaspice.devices.core.variability`.
        threads : int, optional
            Number of threads; default: one per core.

        Returns
        -------
        Ensemble
            With methods ``final``, ``traces``, ``statistics``, ``first_passage``, ``survival`` and ``part``.

        Raises
        ------
        ParameterError
            If an argument does not fit the model.
        """
        from .ensembles.ensemble import make_ensemble

        return make_ensemble(
            self,
            drive,
            duration,
            source=source,
            inputs=inputs,
            temperature=temperature,
            trajectories=trajectories,
            seed=seed,
            time_step=time_step,
            variability=variability,
            threads=threads,
        )

    def conductance_errors(self) -> ConductanceErrors:
        """Return the errors of the device's conductance in a crossbar, as its model declares them.

        Programming error, read noise and drift, as functions of the conductance. For CrossSim and aihwkit there are
        adapters in :mod:`synaspice.devices.targets.frameworks.crossbar_adapters`.

        Raises
        ------
        ParameterError
            If the model declares none; :func:`synaspice.devices.simulation.conductance_errors.measured_errors`
            measures them.
        """
        from .conductance_errors import errors_of

        return errors_of(self)
