"""How a tunnel junction suggests to be measured: sweeps, pulses and currents from its figures of merit."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from ...core.offers import offers
from ...core.oscillator_protocols import Locking, Oscillation
from ...core.protocols import Drift, Dwelling, Spectrum, Stimulus, Sweep, Switching, Writing
from ...core.vectors import compiled, initial_state, parameter_vector
from ...language.declarations.declaration import Derived, Parameter
from ...language.declarations.placement import before
from ...language.equations.constants import CONSTANTS, k_B, mu_0
from ...language.errors import ParameterError
from ...language.waveforms.shapes import FloatArray, Pulse, Sine
from ...model import CompactModel
from ...physics.escape import Landscape
from ...physics.macrospin import Macrospin, slow_triangle
from ...simulation.numerics.newton import voltage_at_current, voltages_at_current

#: A junction with a lower barrier, in k_B T, leaves a state by itself within half a second: tau_0 exp(20) with 1 ns.
SUPERPARAMAGNETIC = 20.0
#: Parameters by which fields of the free layer follow the voltage.
BY_VOLTAGE = ("vcma_coefficient", "field_like_per_square_volt")
#: A junction with a lower barrier, in k_B T, has no states between which it jumps.
STATES = 2.0


class MeasuredJunction(CompactModel, Macrospin, abstract=True):
    """A macrospin under a reference layer, which a current or a voltage across it switches or makes oscillate."""

    symbol = "junction"

    with before("initial_polar_angle"):
        reference_polar_angle = Parameter(0.0, "rad", "polar angle of the reference layer", (0.0, math.pi))
        reference_azimuth = Parameter(0.0, "rad", "azimuth of the reference layer", (-math.pi, math.pi))

    with before("pull"):
        vcma_field_per_volt = Derived("A/(V*m)", "fall of the interfaces' anisotropy field per volt")
    critical_current_to_parallel = Derived(
        "A", "zero-temperature current at which the antiparallel state turns unstable, reference layer on the easy axis"
    )
    critical_current_to_antiparallel = Derived(
        "A", "zero-temperature current at which the parallel state turns unstable; negative"
    )

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The parallel and the antiparallel state."""
        polar, azimuth = self.reference_polar_angle, self.reference_azimuth
        opposite = azimuth + math.pi if azimuth <= 0 else azimuth - math.pi
        return {
            "parallel": {"initial_polar_angle": polar, "initial_azimuth": azimuth},
            "antiparallel": {"initial_polar_angle": math.pi - polar, "initial_azimuth": opposite},
        }

    @offers(Sweep, when=lambda junction: junction.is_memory)
    def suggested_sweep(self, quantity: str | None = None) -> Sweep:
        """A triangle to twice the largest current or field that switching can take, slow against a precession's decay.

        The current, or the field where the voltage takes the anisotropy away before the current switches.

        A macrospin at rest on its axis feels no torque, and without thermal agitation it would not switch when it
        should. Field sweeps start with a static field of 1 % of the anisotropy field across the easy axis; sweeps of
        current or voltage with one of 0.1 % that oscillates at the resonance.
        """
        _, middle, easy = self.axes_by_pull()
        # A round magnet has no preferred direction in its plane: a hundredth of its hard axis' field stands for one.
        to_hard = self.hard_axis_field
        hold = max(self.anisotropy_field, 0.01 * to_hard)
        wanted = quantity or self.drive.get("quantity") or ("field" if self.written_by_voltage else "current")
        chosen = f"field_{easy}" if wanted == "field" else wanted
        sweep = slow_triangle(super().suggested_sweep(chosen), self.reference_states()["antiparallel"])
        sweep = dataclasses.replace(sweep, period=max(1e-7, 50 * self.precession_decay))
        if chosen in self.input_declarations():
            return self.field_sweep(sweep, hold)
        across = f"field_{middle}"
        current = 2 * max(abs(self.critical_current_to_parallel), abs(self.critical_current_to_antiparallel))
        resonance = self.gamma_0 * math.sqrt(hold * to_hard) / (2 * math.pi)
        return dataclasses.replace(
            sweep,
            amplitude=current if chosen == "current" else voltage_at_current(self.replace(**sweep.overrides), current),
            agitation={across: Sine(self.values[across], 0.001 * hold, resonance)},
        )

    @property
    def is_memory(self) -> bool:
        """Whether the junction stays where it is put, and no field leaves it one state alone."""
        return bool(self.thermal_stability >= SUPERPARAMAGNETIC and self.bias_field <= self.anisotropy_field)

    @property
    def bias_field(self) -> float:
        """Strength of the constant external field [A/m]."""
        return math.hypot(self.field_x, self.field_y, self.field_z)

    def suggested_spectrum(self) -> Spectrum:
        """Where to look at the noise: at 0.1 V, or half the voltage at which the antiparallel state turns unstable.

        Where thermal agitation switches the junction, a voltage that moves its barriers by no more than about k_B T.
        """
        given = super().suggested_spectrum()
        critical = self.critical_current_to_parallel
        if not 0 < critical < math.inf:
            return given
        share = 0.5 / max(1.0, self.thermal_stability) if self.suits(Dwelling) else 0.5
        limit = voltage_at_current(self.replace(**self.reference_states()["antiparallel"]), critical)
        return dataclasses.replace(given, voltage=min(given.voltage, float(f"{share * limit:.2g}")))

    @offers(Dwelling, when=lambda junction: junction.thermal_stability < SUPERPARAMAGNETIC)
    def suggested_dwelling(self) -> Dwelling:
        """Escape between parallel and antiparallel, with all that the voltage does to the energy and the damping."""
        parallel, antiparallel = self.reference_states()
        return Dwelling("cosine", (parallel, antiparallel), self._escape)

    @offers(Drift, when=lambda junction: junction.thermal_stability < SUPERPARAMAGNETIC)
    def suggested_drift(self) -> Drift:
        r"""Relaxation of the average: the resistance of junctions that begin parallel, over their dwell times.

        Without a barrier, over the time in which agitation turns a free magnet,
        :math:`\mu_0 M_s V (1 + \alpha^2) / 2 \alpha \gamma_0 k_B T`, or in which the field of the hard axis does. At
        a tenth of the voltage at which their noise is measured. A memory is held where it is.
        """
        if not self.suits(Dwelling):
            return super().suggested_drift()
        voltage = 0.1 * self.suggested_spectrum().voltage
        states = self.reference_states()
        if self.thermal_stability < STATES:
            stiffness = self._moment / (CONSTANTS[k_B][0] * self.temperature)
            free = stiffness * (1 + self.damping**2) / (2 * self.damping * self.gamma_0)
            turned = 2 * math.sqrt(stiffness / self.hard_axis_field) / self.gamma_0 if self.hard_axis_field else free
            times = 4 * min(free, turned) * np.linspace(0.0, 1.0, 41)[1:]
            return Drift("resistance", tuple(times.tolist()), voltage, overrides=states["parallel"])
        rate = sum(self._escape(voltage, self.temperature, name)[0] for name in states)
        times = np.geomspace(1e-2, 10.0, 41) / rate
        return Drift("resistance", tuple(times.tolist()), voltage, overrides=states["parallel"])

    @property
    def _moment(self) -> float:
        """Magnetic moment times vacuum permeability [J/(A/m)]."""
        return float(CONSTANTS[mu_0][0] * self.derived["ambient_magnetization"] * self.volume)

    def _escape(self, drive: float, temperature: float, state: str, source: str = "voltage") -> tuple[float, float]:
        functions, parameters = compiled(self), parameter_vector(self)
        branches = len(functions.system.voltages)
        reference = np.array([self.derived[f"reference_layer_{axis}"] for axis in "xyz"])
        pull = np.array([self.derived[f"pull_{axis}"] for axis in "xyz"])
        field = np.array([self.values[f"field_{axis}"] for axis in "xyz"])
        by_current = source == "current"
        if by_current and any(self.values.get(name) for name in BY_VOLTAGE):
            raise ParameterError(
                "the energy of a layer whose fields follow the voltage has no closed form under a current: impose a "
                "voltage"
            )
        if not by_current:
            pull[2] -= self.vcma_field_per_volt * drive
            field = field + self.values["field_like_per_square_volt"] * drive**2 * reference
        cold = initial_state(self)[3:]  # of a junction that heats itself: its rise at the beginning

        def voltages(m: FloatArray) -> list[Any]:
            given: list[Any] = [drive, *[0.0] * (branches - 1)]
            if by_current:
                states = [*np.moveaxis(m, -1, 0), *cold]
                given[0] = voltages_at_current(functions, 0, np.full(m.shape[:-1], drive), given, states, parameters)
            return given

        def evaluated(m: FloatArray) -> Sequence[Any]:
            return functions.static_array(voltages(m), [*np.moveaxis(m, -1, 0), *cold], parameters)

        def rates(m: FloatArray) -> FloatArray:
            found = evaluated(m)[-len(cold) - 3 :][:3]
            return np.stack([np.broadcast_to(rate, m.shape[:-1]) for rate in found], axis=-1)

        if efficiency := self.values["field_like_efficiency"]:
            # The current is linear in the cosine, and so is the field along the reference layer that it makes.
            ends = np.array([reference, -reference])
            parallel, antiparallel = np.broadcast_to(evaluated(ends)[0], 2).tolist()
            if self.options.get("torque") == "constant-torkance":
                parallel = antiparallel = float(self.derived["parallel_conductance"]) * float(voltages(ends)[0])
            strength = efficiency * float(self.derived["torque_field_per_ampere"])
            field = field + strength * (parallel + antiparallel) / 2 * reference
            bent = strength * (parallel - antiparallel) / 2
            if bent and np.max(np.abs(reference)) < 1 - 1e-9:
                raise ParameterError(
                    "the field-like torque of a reference layer between the axes makes an energy of no closed form"
                )
            pull = pull + bent * np.round(reference**2)
        stiffness = self._moment / (CONSTANTS[k_B][0] * temperature)
        landscape = Landscape(pull, field, self.gamma_0, self.damping, stiffness, rates)
        return landscape.escape(reference if state == "parallel" else -reference)

    @offers(Oscillation, when=lambda junction: "currents" in junction.drive)
    def suggested_oscillation(self) -> Oscillation:
        """Currents around the one that destabilises the initial state, the external field included.

        A small precession about the field and the easy axis has the stiffnesses H + H_k and H + H_hard; with a
        reference layer along it the threshold is the critical current times their sum over that without field. If the
        preset names currents (``drive``), those.
        """
        hold, hard, field = self.anisotropy_field, self.hard_axis_field, self.bias_field
        frequency = self.gamma_0 * math.sqrt((hold + field) * (hard + field)) / (2 * math.pi)
        rate = self.damping * self.gamma_0 * ((hold + hard) / 2 + field)
        if "currents" in self.drive:
            first, last = self.drive["currents"]
            currents = tuple(np.linspace(first, last, 13).tolist())
        else:
            parallel = float(self.static()["cosine"]) > 0
            critical = self.critical_current_to_antiparallel if parallel else self.critical_current_to_parallel
            threshold = critical * ((hold + hard) / 2 + field) / ((hold + hard) / 2)
            currents = tuple(threshold * factor for factor in np.linspace(0.8, 2.0, 13).tolist())
        return Oscillation(currents, frequency, settling=25 / rate, linewidth=rate / math.pi)

    @offers(Locking, when=lambda junction: "currents" in junction.drive)
    def suggested_locking(self) -> Locking:
        """To an alternating part of the current, about the three-quarter of the suggested currents."""
        currents = self.suggested_oscillation().currents
        return Locking("current", currents[3 * len(currents) // 4])

    @property
    def written_by_voltage(self) -> bool:
        """Whether the voltage of the critical current would take the anisotropy away before the current switches."""
        voltage = voltage_at_current(self, self.critical_current_to_parallel)
        return bool(self.vcma_field_per_volt * voltage > self.anisotropy_field)

    @offers(Switching, when=lambda junction: junction.is_memory)
    def suggested_switching(self) -> Switching:
        r"""Pulses from antiparallel to parallel, shorter and longer than switching takes.

        Current pulses around the critical current, whose widths are once to four times the time in which a small
        precession decays; or, for a junction that is :attr:`written_by_voltage`, voltage pulses around
        :math:`V_c = H_k / (\partial H_k / \partial V)`, which takes the anisotropy away, in a field across the easy
        axis of :math:`H_k / 10`, for a quarter, half and once the period of the precession about it (Shiota et al.
        2012, doi:10.1038/nmat3172): after half a period the magnetisation is reversed, after a whole one it is back.
        A preset may name the voltage and the width of its publication's pulse (``drive``): then voltages and widths
        around those, in the junction's own field.
        """
        states = "antiparallel", "parallel"
        if "pulse" in self.drive:
            voltages = np.linspace(0.5, 1.1, 7) * self.drive["pulse"]
            widths = _rounded(factor * self.drive["width"] for factor in (0.5, 1.0, 1.5, 2.0))
            return Switching("voltage", tuple(voltages.tolist()), widths, *states)
        if not self.written_by_voltage:
            widths = _rounded(factor * self.precession_decay for factor in (1.0, 2.0, 4.0))
            currents = self.critical_current_to_parallel * np.linspace(0.25, 3.0, 12)
            return Switching("current", tuple(currents.tolist()), widths, *states)
        across = 0.1 * self.anisotropy_field
        period = 2 * math.pi / (self.gamma_0 * across)
        voltages = np.linspace(0.5, 1.5, 11) * self.anisotropy_field / self.vcma_field_per_volt
        widths = _rounded(factor * period for factor in (0.25, 0.5, 1.0))
        return Switching("voltage", tuple(voltages.tolist()), widths, *states, {"field_x": self.field_x + across})

    @offers(Writing)
    def suggested_writing(self) -> Writing:
        """Errors are measured by the cosine to the reference layer."""
        into = {name: self.derived[f"critical_current_to_{name}"] for name in self.reference_states()}
        return Writing("cosine", into)

    def suggested_stimulus(self) -> Stimulus:
        """A pulse of 6 ns that takes a tilted free layer from parallel to antiparallel.

        Of 4.5 times the critical current, or of twice the anisotropy field where the preset was measured in a field.
        """
        parallel = self.reference_states()["parallel"]
        in_plane = parallel["initial_polar_angle"] > 0.2
        tilted = parallel | {"initial_polar_angle": math.pi / 2 - 0.1 if in_plane else 0.1}
        quantity = self.suggested_sweep().quantity
        pulse = Pulse(0.0, 4.5 * self.critical_current_to_antiparallel, 1e-10, 5e-11, 5e-11, 6e-9)
        stimulus = Stimulus(pulse, 6e-9, "current", max_step=2.5e-13, overrides=tilted)
        if quantity not in self.input_declarations():
            return stimulus
        reversal = {quantity: dataclasses.replace(pulse, pulsed=-2 * self.anisotropy_field)}
        return dataclasses.replace(stimulus, drive=0.01, source="voltage", inputs=reversal)


def _rounded(values: Iterable[float]) -> tuple[float, ...]:
    """The values to two digits: widths that one would set a pulse generator to."""
    return tuple(float(f"{value:.1e}") for value in values)
