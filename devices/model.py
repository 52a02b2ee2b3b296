"""CompactModel: a device declared once, from which every form of it is generated."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from .declaration import Derived, Symbols
from .errors import ParameterError, UnknownNameError
from .exports import Exports
from .frameworks import Frameworks
from .preset import Preset, find_preset, presets_of
from .provenance import COMPUTED, DEFAULT, GIVEN, summarise
from .suggestions import Suggestions
from .system import System, build_system

if TYPE_CHECKING:
    import pandas as pd

    from .ensemble import Ensemble
    from .variability import Distribution
    from .waveforms import Drive


class CompactModel(Suggestions, Exports, Frameworks):
    r"""A small differential-algebraic system that describes a device between its terminals.

    .. math::

        i = g(v, x; p), \qquad
        \frac{dx}{dt} = f(v, x; p) + B(v, x; p)\,\xi(t), \qquad
        y = h(v, x; p)

    with branch voltages :math:`v` and currents :math:`i`, states :math:`x`, parameters :math:`p`, white
    noise :math:`\xi` (Stratonovich) and observables :math:`y`. A subclass declares the quantities as class
    attributes (see :mod:`synaspice.devices.declaration`) and writes their expressions in
    :meth:`equations`; nothing else is needed for it to be simulated, exported and characterised.

    Parameters
    ----------
    **values : float or str
        Values of parameters (numbers in SI units, or strings such as ``"40n"`` or ``"40 nm"``) and of
        options; what is not given takes its default.

    Raises
    ------
    UnknownNameError
        If a name is no parameter of the model.
    ParameterError
        If a value is no number, has the wrong unit or lies outside its bounds.
    """

    #: Time in which the states typically move [s], or the name of a derived quantity that says so;
    #: targets that need quantities of order one measure time in it.
    time_scale: ClassVar[float | str] = 1e-9
    #: Where the equations were published, and its DOI.
    reference: ClassVar[str] = ""
    doi: ClassVar[str] = ""

    _registry: ClassVar[dict[str, type[CompactModel]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.__name__.startswith("_"):
            CompactModel._registry[cls.model_name()] = cls

    #: The preset that the device was made from, if it was.
    _preset: Preset | None = None

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        """Return the model's expressions, by name.

        Parameters
        ----------
        s : Symbols
            The declared quantities as SymPy symbols.

        Returns
        -------
        Mapping
            For every branch the expression of its current, under the current's name; for every state
            ``x`` its rate of change under ``"dx/dt"``; and an expression for every derived quantity, auxiliary,
            observable and noise density, under its name.
        """
        raise NotImplementedError

    # --- what is declared -------------------------------------------------------------------

    @classmethod
    def presets(cls) -> dict[str, Preset]:
        """The published parameter sets that come with the package, by name."""
        return presets_of(cls)

    @classmethod
    def preset(cls, name: str, **overrides: float | str) -> Self:
        """Make a device with a published parameter set.

        Parameters
        ----------
        name : str
            Name of the preset, first author and year.
        **overrides : float or str
            Values that replace the preset's.

        Raises
        ------
        UnknownNameError
            If there is no such preset.
        """
        preset = find_preset(cls, name)
        device = cls.__new__(cls)
        device._preset = preset
        device._settle({**preset.values, **overrides})
        return device

    def replace(self, **overrides: float | str) -> Self:
        """Return the same device with other values for some parameters; computed defaults follow."""
        device = type(self).__new__(type(self))
        device._preset = self._preset
        device._settle({**self._given, **overrides})
        return device

    # --- what this device is ----------------------------------------------------------------

    @property
    def provenance(self) -> Preset | None:
        """The preset that the device was made from."""
        return self._preset

    @property
    def provenance_summary(self) -> str:
        """One line on where its values come from: the share that was read of those of its preset, or of those given."""
        return summarise(map(self.grade_of, self._preset.values if self._preset else self._given))

    @property
    def structure(self) -> tuple[Any, tuple[tuple[str, str], ...]]:
        """The model and its options: devices of one structure share their equations and generated code."""
        return type(self), tuple(sorted(self.options.items()))

    @property
    def system(self) -> System:
        """The symbolic equations, for this device's options."""
        return build_system(*self.structure)

    @property
    def derived(self) -> Mapping[str, float]:
        """Value of every derived quantity, in SI units."""
        return MappingProxyType(self._derived)

    @functools.cached_property
    def _derived(self) -> dict[str, float]:
        from .targets.numeric import evaluate_derived

        return evaluate_derived(self)

    @property
    def settling_time(self) -> float:
        """Value of the model's time scale for this device [s]."""
        scale = type(self).time_scale
        return self.derived[scale] if isinstance(scale, str) else scale

    def parameters(self) -> pd.DataFrame:
        """Table of the parameters and derived quantities.

        Returns
        -------
        pandas.DataFrame
            Columns ``name, value, unit, description, provenance, source``. Choices are in :attr:`options`.
        """
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for name, parameter in self.parameter_declarations().items():
            rows.append({"name": name, "value": self.values[name], "unit": parameter.unit})
            rows[-1] |= {"description": parameter.description, "provenance": self.grade_of(name)}
            rows[-1]["source"] = self.source_of(name)
        derived = [item for item in self.declarations().values() if isinstance(item, Derived)]
        for item in derived:
            for name in item.components:
                rows.append({"name": name, "value": self.derived[name], "unit": item.unit})
                rows[-1] |= {
                    "description": item.description,
                    "provenance": COMPUTED,
                    "source": "equations of the model",
                }
        return pd.DataFrame(rows, columns=["name", "value", "unit", "description", "provenance", "source"])

    def source_of(self, name: str) -> str:
        """Where a parameter's value comes from: the preset's source, ``given``, ``computed ...`` or ``default``."""
        grade = self.grade_of(name)
        if self._preset is not None and grade == self._preset.grades.get(name):
            return self._preset.sources[name]
        return "computed from the other parameters" if grade == COMPUTED else grade

    def grade_of(self, name: str) -> str:
        """How sure a parameter's value is: a grade of the preset, ``given``, ``computed`` or ``default``.

        The grades are those of :data:`synaspice.devices.provenance.GRADES`.

        Raises
        ------
        UnknownNameError
            If the model has no parameter or option of that name.
        """
        if name not in self._values and name not in self._options:
            raise UnknownNameError(f"parameter of {self.model_name()}", name, [*self._values, *self._options])
        if self._preset is not None and self._given.get(name) == self._preset.values.get(name, object()):
            return self._preset.grades[name]
        if name in self._given:
            return GIVEN
        declared = self.parameter_declarations().get(name)
        return COMPUTED if declared and callable(declared.default) else DEFAULT

    def __repr__(self) -> str:
        preset = self._preset
        given = [f"{k}={v!r}" for k, v in self._given.items() if preset is None or v != preset.values.get(k)]
        if preset is None:
            return f"{type(self).__name__}({', '.join(given)})"
        return f"{type(self).__name__}.preset({', '.join([repr(preset.name), *given])})"

    # --- its generated forms ----------------------------------------------------------------

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
            If a name is no voltage, state or input of the model.
        """
        from .targets.numeric import evaluate_static

        return evaluate_static(self, quantities)

    def simulate(
        self,
        drive: Drive,
        duration: float,
        *,
        source: str = "voltage",
        inputs: Mapping[str, Drive] | None = None,
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
        points : int, optional
            Number of evenly spaced times to report, the first at 0 and the last at ``duration``. Default 1001; for
            several trajectories 1, the final state.
        times : array_like, optional
            The times to report instead. [s] Deterministic simulations only.
        temperature : float, optional
            Temperature of the noise. [K]
        trajectories : int
            Number of independent noisy trajectories; the table then has a column ``trajectory``.
        seed : int, optional
            Seed of the noise; trajectory k of a seed is the same however many there are, for the same ``time_step`` and
            the same ``points`` (between which lies a whole number of steps).
        time_step : float, optional
            Step of the stochastic scheme [s]; default 1/1000 of the model's time scale.
        method : str, optional
            SciPy integrator: ``DOP853``, ``RK45``, ``Radau``, ``BDF`` or ``LSODA``. Default: ``DOP853`` for a
            magnetisation; otherwise ``LSODA``, and ``Radau`` where that gives up.
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
        from .targets import noisy_trajectories, numeric, trajectory

        request = numeric.Request.of(self, drive, duration, source, inputs or {})
        if temperature is None:
            if trajectories != 1 or seed is not None or time_step is not None:
                raise ParameterError(
                    "trajectories, seed and time_step need a temperature: without it there is no noise"
                )
            return trajectory.integrate(request, points=points, times=times, method=method, rtol=rtol, atol=atol)
        if times is not None or method is not None:
            raise ParameterError("times and method belong to simulations without a temperature")
        return noisy_trajectories.integrate(
            request, points=points, temperature=temperature, trajectories=trajectories, seed=seed, time_step=time_step
        )

    def ensemble(
        self,
        drive: Drive,
        duration: float,
        *,
        source: str = "voltage",
        inputs: Mapping[str, Drive] | None = None,
        temperature: float = 300.0,
        trajectories: int = 10_000,
        seed: int | None = None,
        time_step: float | None = None,
        variability: Mapping[str, Distribution] | None = None,
        threads: int | None = None,
    ) -> Ensemble:
        """Prepare many noisy trajectories, of which statistics, first passages or traces can then be asked.

        They are those of :meth:`simulate` at a temperature: blocks of them advance together in vector instructions, in
        one thread per core.

        Parameters
        ----------
        drive, duration, source, inputs, temperature, seed, time_step
            As of :meth:`simulate`.
        trajectories : int
            Number of trajectories.
        variability : mapping, optional
            Distributions of parameters, by name: each trajectory is of another device; see
            :mod:`synaspice.devices.variability`.
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
        from .ensemble import make_ensemble

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
