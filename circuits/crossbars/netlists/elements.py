"""How simulators spell the elements of a crossbar, and run it: ngspice and VACASK, each with two forms of devices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from ....devices.language.errors import MissingDependencyError, SynaspiceError
from ....devices.model import CompactModel
from ....devices.targets.modules.c_compiler import find_compiler
from ....devices.targets.spice.subcircuit import Subcircuit
from ...engine import ngspice
from ...engine.analyses import Analysis
from ...engine.native import NativeDevice, native_device, why_not_native
from ...engine.process import TIME_LIMIT
from ...engine.vacask import simulator as vacask
from ...engine.vacask.devices import vacask_device
from ...engine.vacask.programs import why_no_vacask
from ..crosspoints.access import OPTIONS

if TYPE_CHECKING:
    import pandas as pd

#: A device as it stands in a netlist.
Placed = Subcircuit | NativeDevice


@dataclass(frozen=True)
class Simulator:
    """A simulator with one form of devices.

    Attributes
    ----------
    native : bool
        Whether devices are the C, compiled by the system's compiler, rather than a netlist of equations.
    """

    native: bool
    name: ClassVar[str] = ""
    #: Its netlist's lines before all elements.
    head: ClassVar[tuple[str, ...]] = ()
    #: Whether it has the transistors of technologies.
    has_transistors: ClassVar[bool] = False

    def why_not(self) -> str | None:
        """The reason why it cannot run devices here; None if it can."""
        raise NotImplementedError

    def source(self, name: str, node: str, voltage: float, rise_time: float | None) -> str:
        """A source from ground, or one that rises from 0 V at t = 0."""
        raise NotImplementedError

    def resistor(self, name: str, a: str, b: str, resistance: float) -> str:
        """A resistor [ohm]."""
        raise NotImplementedError

    def capacitor(self, name: str, a: str, b: str, capacitance: float) -> str:
        """A capacitor [F]."""
        raise NotImplementedError

    def device(self, device: CompactModel, name: str) -> Placed:
        """A device, compiled where it is to be."""
        raise NotImplementedError

    def instance(self, placed: Placed, name: str, pins: Sequence[str], values: Mapping[str, float]) -> str:
        """The line of an instance of a device."""
        raise NotImplementedError

    def run(
        self,
        netlist: str,
        analysis: Analysis,
        files: Iterable[Path],
        save: Sequence[str] = (),
        time_limit: float = TIME_LIMIT,
    ) -> pd.DataFrame:
        """Run a netlist that needs some compiled files."""
        raise NotImplementedError


@dataclass(frozen=True)
class Ngspice(Simulator):
    """ngspice: native devices, or subcircuits."""

    name: ClassVar[str] = "ngspice"
    has_transistors: ClassVar[bool] = True
    options: ClassVar[Mapping[str, float]] = OPTIONS
    #: In transients: charges of attofarads at microvolts count.
    over_time: ClassVar[Mapping[str, float]] = {"reltol": 1e-5, "abstol": 1e-15, "vntol": 1e-10, "chgtol": 1e-22}

    def why_not(self) -> str | None:
        return why_not_native() if self.native else None

    def source(self, name: str, node: str, voltage: float, rise_time: float | None) -> str:
        value = repr(voltage) if rise_time is None else f"PWL(0 0 {rise_time!r} {voltage!r})"
        return f"V_{name} {node} 0 {value}"

    def resistor(self, name: str, a: str, b: str, resistance: float) -> str:
        return f"R_{name} {a} {b} {resistance!r}"

    def capacitor(self, name: str, a: str, b: str, capacitance: float) -> str:
        return f"C_{name} {a} {b} {capacitance!r}"

    def device(self, device: CompactModel, name: str) -> Placed:
        return native_device(device, name=name) if self.native else device.subcircuit(name=name)

    def instance(self, placed: Placed, name: str, pins: Sequence[str], values: Mapping[str, float]) -> str:
        own = [f"{parameter}={value!r}" for parameter, value in values.items()]
        return " ".join([f"{'N' if self.native else 'X'}_{name}", *pins, placed.name, *own])

    def run(
        self,
        netlist: str,
        analysis: Analysis,
        files: Iterable[Path],
        save: Sequence[str] = (),
        time_limit: float = TIME_LIMIT,
    ) -> pd.DataFrame:
        options = self.over_time if analysis.steps else self.options
        osdi = dict.fromkeys(files)
        return ngspice.run(netlist, analysis, options=options, osdi=osdi, save=save, time_limit=time_limit)


@dataclass(frozen=True)
class Vacask(Simulator):
    """VACASK: native devices, or Verilog-A modules."""

    name: ClassVar[str] = "VACASK"
    head: ClassVar[tuple[str, ...]] = (
        'load "resistor.osdi"',
        'load "capacitor.osdi"',
        "model resistor resistor",
        "model capacitor capacitor",
    )
    #: As of ngspice; its own check of residuals does not let the equations of states pass.
    options: ClassVar[Mapping[str, float]] = {**OPTIONS, "nr_residualcheck": 0}
    over_time: ClassVar[Mapping[str, float]] = {
        "reltol": 1e-5, "abstol": 1e-15, "vntol": 1e-10, "nr_residualcheck": 0,
    }  # fmt: skip

    def why_not(self) -> str | None:
        reason = why_no_vacask()
        if reason is None and self.native:
            try:
                find_compiler()
            except SynaspiceError as error:
                reason = str(error)
        return reason

    def source(self, name: str, node: str, voltage: float, rise_time: float | None) -> str:
        value = f"dc={voltage!r}"
        if rise_time is not None:
            value = f'type="pwl" wave=[0, 0, {rise_time!r}, {voltage!r}]'
        return f"V_{name} ({node} 0) vsource {value}"

    def resistor(self, name: str, a: str, b: str, resistance: float) -> str:
        return f"R_{name} ({a} {b}) resistor r={resistance!r}"

    def capacitor(self, name: str, a: str, b: str, capacitance: float) -> str:
        return f"C_{name} ({a} {b}) capacitor c={capacitance!r}"

    def device(self, device: CompactModel, name: str) -> Placed:
        return vacask_device(device, name=name, native=self.native, noise=False)

    def instance(self, placed: Placed, name: str, pins: Sequence[str], values: Mapping[str, float]) -> str:
        assert isinstance(placed, NativeDevice)
        return placed.instance(f"_{name}", pins, **values)

    def run(
        self,
        netlist: str,
        analysis: Analysis,
        files: Iterable[Path],
        save: Sequence[str] = (),
        time_limit: float = TIME_LIMIT,
    ) -> pd.DataFrame:
        options = self.over_time if analysis.steps else self.options
        osdi = dict.fromkeys(files)
        return vacask.run(netlist, analysis, options=options, osdi=osdi, save=save, time_limit=time_limit)


#: The simulators by the words for them: without a word for the form, with native devices where this machine can.
SIMULATORS: Mapping[str, tuple[Simulator, ...]] = {
    "netlist": (Ngspice(native=True), Ngspice(native=False)),
    "native": (Ngspice(native=True),),
    "subcircuits": (Ngspice(native=False),),
    "vacask": (Vacask(native=True), Vacask(native=False)),
}


def chosen_simulator(method: str, devices: bool) -> Simulator:
    """The simulator for a method, of :data:`SIMULATORS`, and whether the crossbar has devices that it is to run.

    Raises
    ------
    MissingDependencyError
        If this machine cannot run it.
    """
    *before, last = SIMULATORS[method]
    for simulator in before:
        if simulator.why_not() is None:
            return simulator
    reason = last.why_not() if devices or not last.has_transistors else None
    if reason:
        raise MissingDependencyError(reason)
    return last
