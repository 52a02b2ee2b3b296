"""The base of every compact model: a declaration with values, its equations, and suggested measurements.

Targets and the numeric engine know this base; the methods for users are added by
:class:`~synaspice.devices.model.CompactModel`.
"""

from __future__ import annotations

import functools
import math
import os
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from ..language.checks import instance, known, positive
from ..language.declarations.configured import Configured
from ..language.declarations.declaration import Derived, Symbols
from ..language.errors import ParameterError, with_article
from ..language.presets.preset import Preset
from ..language.presets.preset_folders import find_preset, presets_of
from ..language.presets.provenance import COMPUTED, DEFAULT, GIVEN, summarise
from ..language.registry import Registry
from ..language.waveforms.shapes import Sine, Triangle
from .compiled import compiled_for, evaluate_derived
from .offers import Kind, Offer, offers, offers_of
from .protocols import Compliance, Drift, Spectrum, Statics, Stimulus, Sweep
from .system import System, build_system

if TYPE_CHECKING:
    import pandas as pd


#: Observable by which a model tells whether it holds: 1 where it does, 0 where it does not.
VALID = "valid"
#: Name of the parameter that is the temperature of the surroundings, of models whose material depends on it.
AMBIENT = "ambient_temperature"
#: Temperature of the surroundings of a model without that parameter, if nothing else is said. [K]
ROOM_TEMPERATURE = 300.0

#: The compact models, by name.
MODELS: Registry[type[DeviceModel]] = Registry(
    "device",
    ("synaspice.devices.models",),
    "synaspice.devices",
    lambda item: isinstance(item, type) and issubclass(item, DeviceModel),
    lambda model: model.model_name(),
)


class DeviceModel(Configured):
    """Declared quantities, equations and values of a device; base of :class:`~synaspice.devices.model.CompactModel`.

    A subclass declares quantities as class attributes (see :mod:`synaspice.devices.language.declarations.declaration`),
    writes their expressions in :meth:`equations`, and overrides the suggestions whose defaults do not do for it.
    """

    #: Time in which the states typically move [s], or the name of a derived quantity that says so;
    #: targets that need quantities of order one measure time in it.
    time_scale: ClassVar[float | str] = 1e-9
    #: Whether its rates outdo by far what the states do once they have settled, so that explicit steps stay short.
    stiff: ClassVar[bool] = False
    #: Where the equations were published, and its DOI.
    reference: ClassVar[str] = ""
    doi: ClassVar[str] = ""
    #: What the model is, in the few words of a figure's title; default: its name.
    label: ClassVar[str] = ""
    #: What it looks like in a schematic, one of :mod:`synaspice.devices.targets.symbols`; default: a box.
    symbol: ClassVar[str] = ""

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not abstract and not cls.__name__.startswith("_"):
            MODELS.register(cls.model_name(), cls)

    #: Protocols that a base class offers and that tell nothing about devices of this model.
    unsuited: ClassVar[tuple[type, ...]] = ()
    #: The quantities whose loops are worth looking at; None is the one that :meth:`suggested_sweep` chooses.
    loops: ClassVar[tuple[str | None, ...]] = (None,)
    for_authors: ClassVar[frozenset[str]] = Configured.for_authors | {
        *("structure", "system", "time_scale", "stiff", "benches", "loops", "label", "symbol"),
        *("default_sweep", "unsuited", "imposed_quantities"),
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

    # --- declarations -----------------------------------------------------------------------

    @classmethod
    def presets(cls) -> dict[str, Preset]:
        """The published parameter sets that come with the package, and with others that are installed, by name."""
        return presets_of(cls)

    @classmethod
    def preset(cls, name: str | os.PathLike[str], **overrides: float | str) -> Self:
        """Make a device with a published parameter set.

        Parameters
        ----------
        name : str or Path
            Name of the preset, first author and year; or a file of your own, which ends in ``.toml``.
        **overrides : float or str
            Values that replace the preset's.

        Raises
        ------
        UnknownNameError
            If there is no such preset, or the file sets something that is not a parameter of the model.
        ParameterError
            If the file is not there, is not a preset, or belongs to another model.
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

    def at(self, temperature: float) -> Self:
        """Return the device in surroundings of a temperature: that of its material is that of its noise.

        Parameters
        ----------
        temperature : float
            Temperature of the surroundings; a model without ``ambient_temperature`` stays as it is. [K]

        Raises
        ------
        ParameterError
            If it is no temperature, or not the ``ambient_temperature`` that was given; that of a preset gives way.
        """
        positive("the temperature", temperature, "K")
        if AMBIENT not in self.values or math.isclose(self.values[AMBIENT], temperature, rel_tol=1e-12):
            return self
        preset = self._preset.values if self._preset is not None else {}
        if AMBIENT in self._given and self._given[AMBIENT] != preset.get(AMBIENT):
            raise ParameterError(
                f"the temperature is {temperature:g} K, but the device was given "
                f"{AMBIENT} = {self.values[AMBIENT]:g} K: there is one temperature, give it once"
            )
        return self.replace(**{AMBIENT: temperature})

    @property
    def temperature(self) -> float:
        """Temperature of the surroundings [K]: of the material, and of the noise unless another one is asked for."""
        return self.values.get(AMBIENT, ROOM_TEMPERATURE)

    # --- this device ------------------------------------------------------------------------

    @property
    def title(self) -> str:
        """What the device is, in the few words of a figure's title."""
        return self.label or self.model_name().replace("-", " ").capitalize()

    @property
    def provenance(self) -> Preset | None:
        """The preset that the device was made from."""
        return self._preset

    @functools.cached_property
    def provenance_summary(self) -> str:
        """One line on where its values come from: the share that was read of those of its preset, or of those given."""
        return summarise(map(self.grade_of, self._preset.values if self._preset else self._given))

    @property
    def drive(self) -> Mapping[str, Any]:
        """How the preset's publication drove the device; empty if it does not say, or there is no preset."""
        return self.provenance.drive if self.provenance else {}

    @functools.cached_property
    def structure(self) -> tuple[Any, tuple[tuple[str, str], ...]]:
        """The model and its options: devices of one structure share their equations and generated code."""
        return type(self), tuple(sorted(self.options.items()))

    @property
    def system(self) -> System:
        """The equations in SymPy, for this device's options: for formats and benches, and not shown by ``dir``."""
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
                rows[-1] |= {"description": item.description, "provenance": COMPUTED}
                rows[-1]["source"] = "equations of the model"
        return pd.DataFrame(rows, columns=["name", "value", "unit", "description", "provenance", "source"])

    def source_of(self, name: str) -> str:
        """Where a parameter's value comes from: the preset's source, ``given``, ``computed ...`` or ``default``."""
        grade = self.grade_of(name)
        if self._preset is not None and grade == self._preset.grades.get(name):
            return self._preset.sources[name]
        return "computed from the other parameters" if grade == COMPUTED else grade

    def grade_of(self, name: str) -> str:
        """How sure a parameter's value is: a grade of the preset, ``given``, ``computed`` or ``default``.

        The grades are those of :data:`synaspice.devices.language.presets.provenance.GRADES`.

        Raises
        ------
        UnknownNameError
            If the model has no parameter or option of that name.
        """
        known(f"parameter of {self.model_name()}", name, [*self._values, *self._options])
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

    # --- how it suggests to be measured -----------------------------------------------------

    def reference_states(self) -> dict[str, dict[str, float]]:
        """Named states in which the device is characterised, as values for its initial-state parameters."""
        return {"initial": {}}

    @classmethod
    @functools.cache
    def offered(cls) -> dict[type, Offer]:
        """The protocols that the model offers; see :func:`~synaspice.devices.core.offers.offers`."""
        return offers_of(cls)

    def protocol(self, kind: type[Kind], quantity: str | None = None) -> Kind:
        """How the device suggests to be driven or measured, by the type of the protocol.

        Parameters
        ----------
        kind : type
            The protocol, such as :class:`~synaspice.devices.core.protocols.Switching`.
        quantity : str, optional
            For which quantity, where the device has the protocol for several; default: the one that suits it.

        Raises
        ------
        ParameterError
            If the model does not offer the protocol, or this device cannot follow it.
        UnknownNameError
            If the device does not have it for that quantity.
        """
        instance("the protocol", kind, type, "a type of protocol, such as Sweep")
        offer = self.offered().get(kind)
        if offer is None:
            there = ", ".join(sorted(other.__name__ for other in self.offered()))
            raise ParameterError(f"{self.model_name()} offers no {kind.__name__}: it offers {there}")
        instance("the quantity", quantity, (str, type(None)), "a name")
        if quantity is not None and not offer.takes_quantity:
            raise ParameterError(f"{self.model_name()} offers {kind.__name__} for one quantity only")
        found = getattr(self, offer.method)(*(() if quantity is None else (quantity,)))
        if not isinstance(found, kind):
            raise TypeError(
                f"{type(self).__name__}.{offer.method} returned {found!r}, which is not {with_article(kind.__name__)}"
            )
        return found

    def suits(self, kind: type) -> bool:
        """Whether the device offers a protocol, and measuring it so tells something about it."""
        offer = self.offered().get(kind)
        return offer is not None and kind not in self.unsuited and offer.suits(self)

    def limits(self) -> tuple[str, ...]:
        """What about the device itself lies beyond the range in which its model holds: sentences, by default none."""
        return ()

    @property
    def highest_voltage(self) -> float:
        """Voltage across the first branch beyond which there is no such device [V]: by default there is none."""
        return math.inf

    @property
    def compliance(self) -> Compliance:
        """How sources limit their current when the device is measured: as the preset says; by default not at all."""
        return Compliance(self.drive.get("compliance", math.inf))

    @offers(Statics)
    def suggested_statics(self) -> Statics:
        """In which states to look at static curves: in the reference states.

        A limit of the current is that of both polarities: a device that is held in its state is not reset.
        """
        return Statics(self.reference_states(), replace(self.compliance, polarity="both"))

    @offers(Spectrum, when=lambda device: device.is_noisy)
    def suggested_spectrum(self) -> Spectrum:
        """Where to look at the noise: at 0.1 V, from 1 kHz or a decade below the slowest trap to 100 GHz."""
        if not self.is_noisy:
            raise ParameterError(f"{self.model_name()} declares no noise")
        traps = [effect for effects in self.system.telegraph_noises.values() for effect in effects]
        corners = [corner for trap in traps if (corner := trap.corner({**self.values, **self.derived}))]
        first = min(3, *(math.floor(math.log10(corner)) - 1 for corner in corners)) if corners else 3
        return Spectrum(0.1, tuple(np.logspace(first, 11, 10 * (11 - first) + 1).tolist()))

    @property
    def is_noisy(self) -> bool:
        """Whether the model declares noise of its states or its branches."""
        return bool(self.system.noises or self.system.electrical_noises)

    @classmethod
    def imposed_quantities(cls) -> tuple[str, ...]:
        """What a source can impose: voltage or current of the first branch, or those of any branch by their names."""
        own = (name for branch in cls.branches().values() for name in (branch.name, branch.current))
        return tuple(dict.fromkeys(["voltage", "current", *own]))

    @offers(Sweep)
    def suggested_sweep(self, quantity: str | None = None) -> Sweep:
        """How to sweep a quantity through a hysteresis loop: the voltage as the preset's publication did.

        If there is none, by :meth:`default_sweep`.

        Raises
        ------
        UnknownNameError
            If the model has no such quantity.
        """
        chosen = quantity or "voltage"
        choices = [*self.imposed_quantities(), *self.input_declarations()]
        known(f"quantity to sweep for {self.model_name()}", chosen, choices)
        if chosen != "voltage":
            return Sweep(chosen)
        if "amplitude" not in self.drive:
            return replace(self.default_sweep(), compliance=self.compliance)
        period = 1 / self.drive["frequency"]
        return Sweep(chosen, self.drive["amplitude"], period, self.drive["kind"], compliance=self.compliance)

    def default_sweep(self) -> Sweep:
        """The sweep of the voltage of a device whose preset names none: by default of unknown amplitude."""
        return Sweep("voltage")

    @offers(Stimulus)
    def suggested_stimulus(self) -> Stimulus:
        """How to move the states from end to end: by default one cycle of the suggested voltage sweep."""
        sweep = self.suggested_sweep("voltage")
        if sweep.amplitude is None or sweep.period is None:
            raise ParameterError(f"{self.model_name()} suggests no drive: neither the preset nor the model has one")
        triangle = sweep.waveform == "triangle"
        drive = Triangle(sweep.amplitude, sweep.period) if triangle else Sine(0.0, sweep.amplitude, 1 / sweep.period)
        return Stimulus(drive, sweep.period, max_step=sweep.max_step, overrides=sweep.overrides)

    @offers(Drift, when=False)
    def suggested_drift(self) -> Drift:
        """Which quantity to watch drift, and when: by default the first observable or state, over four decades."""
        measured = [name for name in map(str, self.system.observables) if name != VALID]
        quantity = next(iter([*measured, *self.state_declarations()]))
        return Drift(quantity, tuple(self.settling_time * np.geomspace(1e-2, 1e2, 25)), origin=self.settling_time)
