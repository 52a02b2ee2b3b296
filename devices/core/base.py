"""The base of every compact model: a declaration with values, its equations, and what it suggests to be measured.

Targets and the numeric engine know this base; what a user does with a device is added by
:class:`~synaspice.devices.model.CompactModel`.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from ..language.configured import Configured
from ..language.declaration import Derived, Symbols
from ..language.errors import ParameterError, UnknownNameError
from ..language.preset import Preset, find_preset, presets_of
from ..language.registry import Registry
from ..language.waveforms import Sine, Triangle
from .compiled import compiled_for, evaluate_derived
from .protocols import Drift, Stimulus, Sweep
from .system import System, build_system

if TYPE_CHECKING:
    import pandas as pd


#: The compact models, by name.
MODELS: Registry[type[DeviceModel]] = Registry("device", ("synaspice.devices.models",), "synaspice.devices")


class DeviceModel(Configured):
    """Declared quantities, equations and values of a device; base of :class:`~synaspice.devices.model.CompactModel`.

    A subclass declares quantities as class attributes (see :mod:`synaspice.devices.language.declaration`), writes
    their expressions in :meth:`equations`, and overrides the suggestions whose defaults do not do for it.
    """

    #: Time in which the states typically move [s], or the name of a derived quantity that says so;
    #: targets that need quantities of order one measure time in it.
    time_scale: ClassVar[float | str] = 1e-9
    #: Where the equations were published, and its DOI.
    reference: ClassVar[str] = ""
    doi: ClassVar[str] = ""

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract and not cls.__name__.startswith("_"):
            MODELS.register(cls.model_name(), cls)

    #: The benches that make sense for the device; see :mod:`synaspice.characterization`.
    benches: ClassVar[tuple[str, ...]] = ("iv", "hysteresis")
    #: The quantities whose loops are worth looking at; None is the one that :meth:`suggested_sweep` chooses.
    loops: ClassVar[tuple[str | None, ...]] = (None,)
    for_authors: ClassVar[frozenset[str]] = Configured.for_authors | {
        *("equations", "structure", "system", "time_scale", "benches", "loops", "default_sweep")
    }
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
        return presets_of(cls.model_name())

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
        preset = find_preset(cls.model_name(), name)
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
        return evaluate_derived(compiled_for(*self.structure), self._values)

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
            Columns ``name, value, unit, description, source``. Choices are in :attr:`options`.
        """
        import pandas as pd

        rows: list[dict[str, Any]] = []
        for name, parameter in self.parameter_declarations().items():
            rows.append({"name": name, "value": self.values[name], "unit": parameter.unit})
            rows[-1] |= {"description": parameter.description, "source": self.source_of(name)}
        derived = [item for item in self.declarations().values() if isinstance(item, Derived)]
        for item in derived:
            for name in item.components:
                rows.append({"name": name, "value": self.derived[name], "unit": item.unit})
                rows[-1] |= {"description": item.description, "source": "derived"}
        return pd.DataFrame(rows, columns=["name", "value", "unit", "description", "source"])

    def source_of(self, name: str) -> str:
        """Where a parameter's value comes from: the preset's source, ``given``, ``computed ...`` or ``default``."""
        if name not in self._values and name not in self._options:
            raise UnknownNameError(f"parameter of {self.model_name()}", name, [*self._values, *self._options])
        if self._preset is not None and self._given.get(name) == self._preset.values.get(name, object()):
            return self._preset.sources[name]
        if name in self._given:
            return "given"
        declared = self.parameter_declarations().get(name)
        return "computed from the other parameters" if declared and callable(declared.default) else "default"

    def __repr__(self) -> str:
        preset = self._preset
        given = [f"{k}={v!r}" for k, v in self._given.items() if preset is None or v != preset.values.get(k)]
        if preset is None:
            return f"{type(self).__name__}({', '.join(given)})"
        return f"{type(self).__name__}.preset({', '.join([repr(preset.name), *given])})"

    # --- how it suggests to be measured -----------------------------------------------------

    def reference_states(self) -> dict[str, dict[str, float]]:
        """Named states in which the device is characterised, as values for its initial-state parameters."""
        return {"initial": {}}

    def suitable_benches(self) -> tuple[str, ...]:
        """The benches that make sense for this device: those of its model, unless its parameters say otherwise.

        After them those that its preset names.
        """
        return (*self.benches, *(self.provenance.benches if self.provenance else ()))

    def suggested_sweep(self, quantity: str | None = None) -> Sweep:
        """How to sweep a quantity through a hysteresis loop: the voltage as the preset's publication did.

        If there is none, by :meth:`default_sweep`.

        Raises
        ------
        UnknownNameError
            If the model has no such quantity.
        """
        branches = self.branches().values()
        known = ["voltage", "current", *self.input_declarations(), *(n for b in branches for n in (b.name, b.current))]
        chosen = quantity or "voltage"
        if chosen not in known:
            raise UnknownNameError(f"quantity to sweep for {self.model_name()}", chosen, known)
        if chosen != "voltage":
            return Sweep(chosen)
        drive = self.provenance.drive if self.provenance else {}
        if "amplitude" not in drive:
            return self.default_sweep()
        return Sweep(chosen, drive["amplitude"], 1 / drive["frequency"], drive["kind"])

    def default_sweep(self) -> Sweep:
        """The sweep of the voltage of a device whose preset names none: by default of unknown amplitude."""
        return Sweep("voltage")

    def suggested_stimulus(self) -> Stimulus:
        """How to move the states from end to end: by default one cycle of the suggested voltage sweep."""
        sweep = self.suggested_sweep("voltage")
        if sweep.amplitude is None or sweep.period is None:
            raise ParameterError(f"{self.model_name()} suggests no drive: neither the preset nor the model has one")
        triangle = sweep.waveform == "triangle"
        drive = Triangle(sweep.amplitude, sweep.period) if triangle else Sine(0.0, sweep.amplitude, 1 / sweep.period)
        return Stimulus(drive, sweep.period, max_step=sweep.max_step, overrides=sweep.overrides)

    def suggested_drift(self) -> Drift:
        """Which quantity to watch drift, and when: by default the first observable or state, over four decades."""
        quantity = str(next(iter([*self.system.observables, *self.system.states])))
        return Drift(quantity, tuple(self.settling_time * np.geomspace(1e-2, 1e2, 25)), origin=self.settling_time)

    def drift_samples(self, count: int, generator: np.random.Generator) -> list[Self]:
        """Devices whose drift is to be compared, as their preparation makes them: by default all alike."""
        return [self] * count

    def with_read_noise(self, values: np.ndarray, times: np.ndarray, generator: np.random.Generator) -> np.ndarray:
        """What reads of the drifting quantity's values at the given times [s] give: by default the values."""
        return values
