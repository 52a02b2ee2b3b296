"""How a stack of layers suggests to be measured: sweeps, fields and pulses from the fields that hold its layers."""

from __future__ import annotations

import dataclasses
import math

import numpy as np

from ...core.offers import offers
from ...core.oscillator_protocols import Resonance
from ...core.protocols import BackHopping, Spectrum, Statics, Stimulus, Sweep, Switching
from ...language.equations.constants import CONSTANTS, hbar, mu_0, q_e
from ...language.waveforms.shapes import DC, Pulse
from ...physics.macrospin import slow_triangle
from .layer import Spacer, StackLayer
from .stack import MagneticStack

#: A first layer with a lower barrier, in k_B T, is not pulsed: it leaves its states by itself.
LASTING = 20.0
#: Current density at which films of metals stop lasting, by electromigration and heat [A/m^2]; `assumed`, of its order.
LARGEST_DENSITY = 1e12


class MeasuredStack(MagneticStack, abstract=True):
    """A stack that a field or a current moves."""

    @property
    def _magnets(self) -> tuple[StackLayer, ...]:
        return tuple(getattr(self, name) for name in self.layers)

    @property
    def _spacers(self) -> tuple[Spacer, ...]:
        return tuple(getattr(self, name) for name in self.spacers)

    @property
    def easy_axis(self) -> str:
        """The axis along which the first layer rests by itself: x, y or z."""
        return self.first_layer.axes_by_pull()[-1]

    @property
    def first_layer(self) -> StackLayer:
        """The layer at the contact p, whose angle to the next one is read."""
        return self._magnets[0]

    def configuration(self, first: int) -> tuple[int, ...]:
        """Signs of the layers along the easy axis: the others as pinning and couplings want them among themselves.

        Parameters
        ----------
        first : int
            Sign of the first layer relative to the second.
        """
        easy = "xyz".index(self.easy_axis)
        others = self._magnets[1:]
        signs = [1]
        for spacer in self._spacers[1:]:
            signs.append(-signs[-1] if spacer.bilinear_exchange < 0 else signs[-1])
        pinned = sum(
            sign * layer.exchange_bias * layer.easy_axis[easy] for sign, layer in zip(signs, others, strict=True)
        )
        turn = -1 if pinned < 0 else 1
        return (first * turn, *(turn * sign for sign in signs))

    def oriented(self, signs: tuple[int, ...]) -> dict[str, float]:
        """Values of the initial angles with which the layers lie along the easy axis, with given signs."""
        found: dict[str, float] = {}
        for name, sign in zip(self.layers, signs, strict=True):
            polar, azimuth = {
                "x": (math.pi / 2, 0.0 if sign > 0 else math.pi),
                "y": (math.pi / 2, sign * math.pi / 2),
                "z": (0.0 if sign > 0 else math.pi, 0.0),
            }[self.easy_axis]
            found |= {f"{name}_initial_polar_angle": polar, f"{name}_initial_azimuth": azimuth}
        return found

    def reference_states(self) -> dict[str, dict[str, float]]:
        """First and second layer parallel and antiparallel, the others as their couplings want them."""
        return {
            "parallel": self.oriented(self.configuration(1)),
            "antiparallel": self.oriented(self.configuration(-1)),
        }

    @property
    def largest_field(self) -> float:
        """Field along the easy axis beyond which all layers are parallel, or more [A/m]."""
        moments = [CONSTANTS[mu_0][0] * layer.saturation_magnetization * layer.thickness for layer in self._magnets]
        held = [
            max(layer.anisotropy_field, 0.01 * layer.hard_axis_field) + abs(layer.exchange_bias) / moment
            for layer, moment in zip(self._magnets, moments, strict=True)
        ]
        coupled = 0.0
        for spacer, own, other in zip(self._spacers, moments, moments[1:], strict=False):
            strength = abs(spacer.bilinear_exchange) + 2 * abs(spacer.biquadratic_exchange)
            strength += math.hypot(spacer.dmi_x, spacer.dmi_y, spacer.dmi_z)
            coupled = max(coupled, strength * (1 / own + 1 / other))
        return float(coupled + max(held))

    @property
    def critical_current(self) -> float:
        """Current at which the antiparallel first layer turns unstable, the second at rest on the easy axis [A].

        Infinite if the second layer polarises no current.
        """
        layer, spacer, other = self.first_layer, self._spacers[0], self._magnets[1]
        efficiency = other.polarization / (2 * (1 - spacer.torque_asymmetry))
        per_ampere = CONSTANTS[hbar][0] / (
            CONSTANTS[mu_0][0] * CONSTANTS[q_e][0] * layer.saturation_magnetization * layer.volume
        )
        field = layer.damping * (layer.anisotropy_field + layer.hard_axis_field) / 2
        return field / (per_ampere * efficiency) if efficiency > 0 else math.inf

    @property
    def critical_voltage(self) -> float:
        """Voltage of :attr:`critical_current` across the antiparallel stack, at low bias [V]; at most 2 V."""
        antiparallel = self.replace(**self.reference_states()["antiparallel"])
        return min(float(self.critical_current * antiparallel.static(voltage=1e-3)["resistance"]), 2.0)

    @property
    def largest_voltage(self) -> float:
        """Voltage that sends :data:`LARGEST_DENSITY` through the stack with all layers parallel [V]."""
        return float(LARGEST_DENSITY * self.area * self.parallel_resistance)

    def suggested_statics(self) -> Statics:
        """The reference states, at voltages that the stack stands: a stack of metals alone has some femtoohm m^2."""
        statics = super().suggested_statics()
        return dataclasses.replace(statics, largest=min(statics.largest, float(f"{self.largest_voltage:.2g}")))

    def suggested_spectrum(self) -> Spectrum:
        """At 0.1 V, or half the voltage at which the antiparallel first layer turns unstable."""
        given = super().suggested_spectrum()
        return dataclasses.replace(given, voltage=min(given.voltage, float(f"{self.critical_voltage / 2:.2g}")))

    @property
    def is_memory(self) -> bool:
        """Whether the first layer stays where it is put, parallel and antiparallel to the second.

        An exchange that is stronger than its own anisotropy leaves it one of the two.
        """
        layer, spacer = self.first_layer, self._spacers[0]
        exchange = abs(spacer.bilinear_exchange) + 2 * abs(spacer.biquadratic_exchange)
        field = exchange / (CONSTANTS[mu_0][0] * layer.saturation_magnetization * layer.thickness)
        lasting = layer.thermal_stability >= LASTING and field < layer.anisotropy_field
        return bool(lasting and self.critical_current < math.inf)

    @offers(Sweep)
    def suggested_sweep(self, quantity: str | None = None) -> Sweep:
        """A triangle of the field along the easy axis, to a fifth beyond the one that makes all layers parallel.

        With a static field across of 1 % of the one that holds the first layer; of the voltage to three times the
        critical one.
        """
        chosen = f"field_{self.easy_axis}" if quantity in (None, "field") else quantity
        layer = self.first_layer
        hold = max(layer.anisotropy_field, 0.01 * layer.hard_axis_field)
        sweep = slow_triangle(super().suggested_sweep(chosen), self.reference_states()["antiparallel"])
        # Where the layers become parallel the mode in which they turn against each other is slow.
        slowest = max(magnet.precession_decay for magnet in self._magnets)
        sweep = dataclasses.replace(sweep, period=max(1e-7, 100 * slowest))
        across = f"field_{layer.axes_by_pull()[1]}"
        tilt = {} if chosen == across else {across: DC(self.values[across] + 0.01 * hold)}
        amplitude = 1.2 * self.largest_field
        if chosen not in self.input_declarations():
            by_current = chosen == "current"
            amplitude = 3 * (min(self.critical_current, 1e-2) if by_current else self.critical_voltage)
        return dataclasses.replace(sweep, amplitude=amplitude, agitation=tilt)

    @offers(Resonance)
    def suggested_resonance(self) -> Resonance:
        """Fields along the easy axis, from a fifth beyond the one that makes all layers parallel down to 0."""
        moments = {
            f"{name}_m": layer.saturation_magnetization * layer.thickness
            for name, layer in zip(self.layers, self._magnets, strict=True)
        }
        fields = 1.2 * self.largest_field * np.linspace(1.0, 0.0, 41)
        start = self.oriented((1,) * len(self.layers))
        return Resonance(self.easy_axis, tuple(fields.tolist()), start, moments)

    @offers(Switching, when=lambda stack: stack.is_memory)
    def suggested_switching(self) -> Switching:
        """Voltage pulses from antiparallel to parallel, of up to three times the critical voltage."""
        widths = tuple(float(f"{factor * self.first_layer.precession_decay:.1e}") for factor in (1.0, 2.0, 4.0))
        voltages = tuple((self.critical_voltage * np.linspace(0.25, 3.0, 12)).tolist())
        return Switching("voltage", voltages, widths, "antiparallel", "parallel")

    @offers(BackHopping, when=lambda stack: stack.is_memory)
    def suggested_back_hopping(self) -> BackHopping:
        """Pulses from antiparallel of up to ten times the critical voltage, ten times as long as a precession decays.

        A preset may name the largest voltage and the width (``drive``).
        """
        width = self.drive.get("width", float(f"{10 * self.first_layer.precession_decay:.1e}"))
        largest = self.drive.get("pulse", 10 * self.critical_voltage)
        voltages = tuple((largest * np.linspace(0.0, 1.0, 13)[1:]).tolist())
        easy = self.easy_axis
        reference = self.configuration(-1)[1]
        return BackHopping(
            voltages, width, "antiparallel", self.cosine(0), {f"{self.layers[1]}_m_{easy}": float(reference)}
        )

    def suggested_stimulus(self) -> Stimulus:
        """A voltage pulse of twice the critical one on layers that are tilted, each by another angle."""
        start = self.reference_states()["antiparallel"]
        for k, name in enumerate(self.layers):
            polar = f"{name}_initial_polar_angle"
            tilt = 0.1 + 0.05 * k
            start[polar] += tilt if start[polar] < 1 else -tilt
        volts = min(2 * self.critical_voltage, 1.0)
        drive = Pulse(0.0, volts, 5e-11, 2e-11, 2e-11, 3e-10)
        return Stimulus(drive, 5e-10, max_step=2.5e-13, overrides=start)
