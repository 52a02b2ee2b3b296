"""Magnetic tunnel junction: a macrospin free layer, its torques, and the conductance of the barrier."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
import sympy as sp

from .constants import mu_0
from .declaration import (
    Auxiliary,
    Branch,
    Derived,
    ElectricalNoise,
    Noise,
    Observable,
    Option,
    Parameter,
    State,
    Symbols,
)
from .junction_pulses import precession_decay, switching_pulses, written_by_voltage
from .macrospin import (
    SHAPES,
    axes_by_pull,
    cross_section,
    demagnetizing_parameters,
    easy_axis_parameters,
    effective_field,
    field_inputs,
    field_sweep,
    figures_of_merit,
    slow_triangle,
)
from .magnetism import (
    damped_rotation,
    direction,
    slonczewski_efficiency,
    spin_torque_field,
    thermal_field_density,
)
from .model import CompactModel
from .suggestions import Oscillation, Stimulus, Sweep, Switching
from .targets.numeric import voltage_at_current
from .temperature_laws import check_material, material
from .tunnelling import barrier_noise, check_barrier, chord_conductance, relative_conductance, tunnelling_decay
from .waveforms import Pulse, Sine

#: A junction with a lower barrier, in k_B T, leaves a state by itself within half a second: tau_0 exp(20) with 1 ns.
SUPERPARAMAGNETIC = 20.0


def _computed_width(junction: MTJ) -> float:
    return junction.diameter


class MTJ(CompactModel):
    r"""Magnetic tunnel junction with a macrospin free layer.

    The magnetisation of the free layer, a unit vector :math:`\mathbf m`, follows the
    Landau-Lifshitz-Gilbert equation with the Slonczewski torque of the current,

    .. math::

        \dot{\mathbf m} &= -\gamma_0\, \mathbf m \times \mathbf H_\mathrm{eff} + \alpha\, \mathbf m \times
        \dot{\mathbf m}
            + \gamma_0 \beta \left[\epsilon\, \mathbf m \times (\mathbf p \times \mathbf m)
            - \epsilon'\, \mathbf m \times \mathbf p\right], \qquad
        \beta = \frac{\hbar J}{\mu_0 e M_s t} \\
        \mathbf H_\mathrm{eff} &= \mathbf H + \frac{2 K_u}{\mu_0 M_s} (\mathbf m \cdot \mathbf u)\, \mathbf u
            + \frac{2 (K_i - \xi V / t_b)}{\mu_0 M_s t}\, m_z \hat{\mathbf z} - M_s \mathsf N \mathbf m

    with :math:`\gamma_0 = \gamma\mu_0` and :math:`\epsilon(\mathbf m \cdot \mathbf p)` from
    :func:`~synaspice.devices.magnetism.slonczewski_efficiency`. The conductance interpolates between the parallel and
    the antiparallel state, with a tunnel magnetoresistance that falls with bias,

    .. math::

        I = G_P \frac{2 + T + T \cos\theta}{2 (1 + T)} F(V)\, V, \qquad
        T(V) = \frac{T_0}{1 + (V / V_h)^2}, \qquad G_P = \frac{A}{RA}

    where :math:`F = 1` (``conduction="roll-off"``) or the law of Brinkman or Simmons for the parallel state; see
    :mod:`synaspice.devices.tunnelling`. With ``temperature_law="bloch"`` magnetisation, anisotropy, polarisation and
    TMR, which are given at the reference temperature, are those of the ambient temperature,

    .. math::

        M_s \propto 1 - (T/T_C)^n, \quad K \propto M_s^k, \quad P \propto 1 - a T^{3/2}, \quad
        \mathrm{TMR} = \frac{2 P^2}{1 - P^2}

    The current's noise is thermal and shot noise with their crossover, and flicker noise of Hooge's form,

    .. math:: S_I = 2 e I \coth\frac{eV}{2 k_B T} + \frac{\alpha_H(\theta)\, I^2}{A f}

    A positive current flows from ``p`` (the free layer's contact) to ``n`` (the reference layer's): electrons come from
    the reference layer and favour the parallel state. Valid for single-domain layers, below about 100 nm; larger
    ones switch through domains.

    References
    ----------
    J. C. Slonczewski, J. Magn. Magn. Mater. 159, L1 (1996), doi:10.1016/0304-8853(96)00062-5; the torque in the
    general form of J. Xiao, A. Zangwill, M. D. Stiles, Phys. Rev. B 70, 172405 (2004),
    doi:10.1103/PhysRevB.70.172405, as in OOMMF's Oxs_SpinXferEvolve.
    """

    reference = "J. Xiao, A. Zangwill, M. D. Stiles, Phys. Rev. B 70, 172405 (2004)"
    doi = "10.1103/PhysRevB.70.172405"
    time_scale = 1e-9
    benches: ClassVar[tuple[str, ...]] = ("iv", "hysteresis", "noise", "switching", "amplitude")
    loops = (None, "field")

    voltage = Branch("p", "n", "voltage from the free layer's to the reference layer's contact")

    shape = Option("ellipse", tuple(SHAPES), "cross-section of the pillar, for area and demagnetising factors")
    diameter = Parameter(40e-9, "m", "diameter, or full axis along x", (2e-9, 1e-5))
    width = Parameter(_computed_width, "m", "full axis along y; the diameter if not given", (2e-9, 1e-5))
    free_layer_thickness = Parameter(1.3e-9, "m", "thickness of the free layer", (1e-10, 1e-7))
    barrier_thickness = Parameter(1e-9, "m", "thickness of the tunnel barrier", (3e-10, 5e-9))

    saturation_magnetization = Parameter(1.0e6, "A/m", "saturation magnetisation of the free layer", (1e4, 3e6))
    damping = Parameter(0.02, "1", "Gilbert damping", (1e-4, 1.0))
    gyromagnetic_ratio = Parameter(1.76085963e11, "rad/(s*T)", "gyromagnetic ratio", (1e10, 1e12))
    interfacial_anisotropy = Parameter(
        1.0e-3, "J/m^2", "interfacial anisotropy of the free layer, all its interfaces together", (-5e-3, 5e-3)
    )
    uniaxial_anisotropy = Parameter(0.0, "J/m^3", "uniaxial anisotropy of the free layer's volume", (-5e6, 5e6))
    anisotropy_polar_angle, anisotropy_azimuth = easy_axis_parameters()
    demagnetizing_factor_x, demagnetizing_factor_y, demagnetizing_factor_z = demagnetizing_parameters(
        "diameter", "width", "free_layer_thickness"
    )
    vcma_coefficient = Parameter(
        0.0, "J/(V*m)", "fall of the interfacial anisotropy per electric field, for positive voltage", (-1e-11, 1e-11)
    )

    field_x, field_y, field_z = field_inputs()

    polarization_reference = Parameter(0.6, "1", "spin polarisation of the reference layer", (0.01, 1.0))
    polarization_free = Parameter(
        0.6, "1", "spin polarisation of the free layer, of effect only if Lambda > 1", (0.0, 1.0)
    )
    asymmetry_reference = Parameter(1.0, "1", "Slonczewski's Lambda of the reference layer", (1.0, 10.0))
    asymmetry_free = Parameter(1.0, "1", "Slonczewski's Lambda of the free layer", (1.0, 10.0))
    field_like_efficiency = Parameter(0.0, "1", "efficiency of the field-like torque, OOMMF's eps'", (-1.0, 1.0))
    reference_polar_angle = Parameter(0.0, "rad", "polar angle of the reference layer", (0.0, math.pi))
    reference_azimuth = Parameter(0.0, "rad", "azimuth of the reference layer", (-math.pi, math.pi))

    resistance_area_product = Parameter(
        10e-12, "ohm*m^2", "resistance times area, parallel state, low bias", (1e-14, 1e-6)
    )
    tmr = Parameter(1.0, "1", "tunnel magnetoresistance ratio at zero bias", (0.0, 20.0))
    tmr_half_voltage = Parameter(0.5, "V", "voltage at which the tunnel magnetoresistance is halved", (0.01, 100.0))
    conduction = Option("roll-off", ("roll-off", "brinkman", "simmons"), "current of the parallel state over voltage")
    barrier_height = Parameter(1.0, "V", "mean height of the barrier over the electron charge", (0.05, 10.0))
    barrier_asymmetry = Parameter(0.0, "V", "difference of the barrier's height between its sides", (-5.0, 5.0))
    effective_mass = Parameter(1.0, "1", "effective mass in the barrier, in electron masses", (0.05, 2.0))

    temperature_law = Option("none", ("none", "bloch"), "how magnetisation, anisotropy and TMR depend on temperature")
    ambient_temperature = Parameter(300.0, "K", "temperature of the device in the temperature laws", (1.0, 1000.0))
    reference_temperature = Parameter(300.0, "K", "temperature at which the parameters are given", (1.0, 1000.0))
    curie_temperature = Parameter(1120.0, "K", "Curie temperature of the free layer", (100.0, 2000.0))
    magnetization_exponent = Parameter(1.5, "1", "exponent of the magnetisation's fall; Bloch's is 3/2", (0.5, 5.0))
    anisotropy_exponent = Parameter(3.0, "1", "exponent of the magnetisation in the anisotropies", (0.0, 12.0))
    polarization_decay = Parameter(2e-5, "K^-1.5", "fall of the polarisation, a of 1 - a T^1.5", (0.0, 1e-4))
    hooge_parallel = Parameter(0.0, "m^2", "Hooge parameter of the parallel state, S_V A f / V^2", (0.0, 1e-12))
    hooge_antiparallel = Parameter(0.0, "m^2", "Hooge parameter of the antiparallel state", (0.0, 1e-12))

    initial_polar_angle = Parameter(0.0, "rad", "polar angle of the magnetisation at t = 0", (0.0, math.pi))
    initial_azimuth = Parameter(0.0, "rad", "azimuth of the magnetisation at t = 0", (-math.pi, math.pi))

    area = Derived("m^2", "area of the cross-section")
    volume = Derived("m^3", "volume of the free layer")
    tunnelling_decay = Derived("1", "decay of the tunnelling probability across the barrier")
    ambient_magnetization = Derived("A/m", "saturation magnetisation at the ambient temperature")
    ambient_anisotropy_ratio = Derived("1", "anisotropy at the ambient temperature over its given value")
    ambient_polarization_ratio = Derived("1", "polarisation at the ambient temperature over its given value")
    ambient_tmr = Derived("1", "tunnel magnetoresistance ratio at the ambient temperature and zero bias")
    parallel_conductance = Derived("S", "conductance of the parallel state")
    parallel_resistance = Derived("ohm", "resistance of the parallel state")
    antiparallel_resistance = Derived("ohm", "resistance of the antiparallel state at zero bias")
    reference_layer = Derived("1", "direction of the reference layer", vector=True)
    easy_axis = Derived("1", "direction of the uniaxial anisotropy", vector=True)
    gamma_0 = Derived("m/(A*s)", "gyromagnetic ratio times vacuum permeability")
    uniaxial_field = Derived("A/m", "anisotropy field of the volume")
    interfacial_field = Derived("A/m", "anisotropy field of the interfaces at zero bias")
    vcma_field_per_volt = Derived("A/(V*m)", "fall of the interfaces' anisotropy field per volt")
    torque_field_per_ampere = Derived("1/m", "field scale of the spin-transfer torque per current")
    pull = Derived("A/m", "field that pulls the magnetisation towards an axis; differences matter", vector=True)
    anisotropy_field = Derived("A/m", "field that holds the magnetisation on its easy axis against the next easier one")
    hard_axis_field = Derived("A/m", "field that holds the magnetisation on its easy axis against the hardest one")
    thermal_stability = Derived("1", "energy barrier of the macrospin over k_B T at 300 K")
    critical_current_to_parallel = Derived(
        "A", "zero-temperature current at which the antiparallel state turns unstable, reference layer on the easy axis"
    )
    critical_current_to_antiparallel = Derived(
        "A", "zero-temperature current at which the parallel state turns unstable; negative"
    )

    m = State(
        "1",
        "magnetisation of the free layer",
        vector=True,
        unit_sphere=True,
        initial=lambda s: direction(s.initial_polar_angle, s.initial_azimuth),
    )
    cosine = Auxiliary("1", "cosine of the angle between free and reference layer", report=True)
    relative_conductance = Auxiliary("1", "conductance in units of the parallel state's")
    torque_efficiency = Auxiliary("1", "efficiency of the spin-transfer torque")
    torque_frequency = Auxiliary("rad/s", "field scale of the spin-transfer torque, times gamma_0", scale=1e9)
    precession = Auxiliary("rad/s", "effective field, torques included, times gamma_0", vector=True, scale=1e9)
    rotation = Auxiliary("rad/s", "angular velocity of the magnetisation", vector=True, scale=1e9)
    thermal_field = Noise("A/m", "thermal field", vector=True)
    barrier_noise = ElectricalNoise("voltage", "thermal, shot and flicker noise of the barrier")
    resistance = Observable("ohm", "resistance")

    @classmethod
    def temperature_rise_of(cls, s: Symbols) -> Any:
        """How much hotter than its surroundings the device is [K]; a device that heats itself says so here."""
        return sp.S.Zero

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        p = s.reference_layer
        ambient = material(s, s.ambient_temperature)
        rise = cls.temperature_rise_of(s)
        # What self-heating does to the quantities that are derived at the ambient temperature.
        magnetic = anisotropic = polarized = sp.S.One
        tmr = s.ambient_tmr
        if rise != 0 and s.temperature_law != "none":
            hot = material(s, s.ambient_temperature + rise)
            magnetic = hot.magnetization / s.ambient_magnetization
            anisotropic = hot.anisotropy / s.ambient_anisotropy_ratio
            polarized, tmr = hot.polarization / s.ambient_polarization_ratio, hot.tmr
        m_s = s.ambient_magnetization

        def efficiency(cosine: Any) -> Any:
            return slonczewski_efficiency(
                cosine, s.polarization_reference, s.asymmetry_reference, s.polarization_free, s.asymmetry_free
            )

        bias = (s.voltage / s.tmr_half_voltage) ** 2
        chord = chord_conductance(s)
        conductance = s.parallel_conductance * s.relative_conductance * chord
        current = conductance * s.voltage
        hot_electrons = s.temperature + rise

        interfacial_field = s.interfacial_field * anisotropic - s.vcma_field_per_volt * s.voltage
        field = effective_field(s, s.uniaxial_field * anisotropic / magnetic, m_s * magnetic)
        field += sp.Matrix([0, 0, interfacial_field / magnetic * s.m[2]])
        torque = s.torque_frequency * (s.torque_efficiency * s.m.cross(p) + s.field_like_efficiency * p)

        # Figures of merit. A current has to overcome the damping of an elliptic precession about the easy axis,
        # whose mean stiffness is that against both other axes.
        critical = s.damping * (s.anisotropy_field + s.hard_axis_field) / (2 * s.torque_field_per_ampere)
        return {
            "area": cross_section(s.shape, s.diameter, s.width),
            "volume": s.area * s.free_layer_thickness,
            "parallel_conductance": s.area / s.resistance_area_product,
            "parallel_resistance": 1 / s.parallel_conductance,
            "antiparallel_resistance": s.parallel_resistance * (1 + s.ambient_tmr),
            "reference_layer": direction(s.reference_polar_angle, s.reference_azimuth),
            "easy_axis": direction(s.anisotropy_polar_angle, s.anisotropy_azimuth),
            "gamma_0": s.gyromagnetic_ratio * mu_0,
            "tunnelling_decay": tunnelling_decay(s.barrier_height, s.barrier_thickness, s.effective_mass),
            "ambient_magnetization": ambient.magnetization,
            "ambient_anisotropy_ratio": ambient.anisotropy,
            "ambient_polarization_ratio": ambient.polarization,
            "ambient_tmr": ambient.tmr,
            "uniaxial_field": 2 * s.uniaxial_anisotropy * s.ambient_anisotropy_ratio / (mu_0 * m_s),
            "interfacial_field": 2
            * s.interfacial_anisotropy
            * s.ambient_anisotropy_ratio
            / (mu_0 * m_s * s.free_layer_thickness),
            "vcma_field_per_volt": 2 * s.vcma_coefficient / (mu_0 * m_s * s.free_layer_thickness * s.barrier_thickness),
            "torque_field_per_ampere": spin_torque_field(1, m_s, s.volume) * s.ambient_polarization_ratio,
            **figures_of_merit(s, m_s, s.interfacial_field),
            "critical_current_to_parallel": critical / efficiency(-1),
            "critical_current_to_antiparallel": -critical / efficiency(1),
            "cosine": s.m.dot(p),
            "relative_conductance": relative_conductance(s.cosine, bias, tmr),
            "current": current,
            "torque_efficiency": efficiency(s.cosine),
            "torque_frequency": s.gamma_0 * s.torque_field_per_ampere * polarized / magnetic * current,
            "precession": s.gamma_0 * field + torque,
            "rotation": damped_rotation(s.m, s.precession, s.damping),
            "dm/dt": s.rotation.cross(s.m),
            "thermal_field": sp.ones(3, 1)
            * thermal_field_density(s.damping, hot_electrons, s.gyromagnetic_ratio, m_s * magnetic, s.volume),
            "barrier_noise": barrier_noise(s, conductance, hot_electrons),
            "resistance": 1 / conductance,
        }

    def check(self) -> None:
        check_barrier(self)
        check_material(self)

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The parallel and the antiparallel state."""
        polar, azimuth = self.reference_polar_angle, self.reference_azimuth
        opposite = azimuth + math.pi if azimuth <= 0 else azimuth - math.pi
        return {
            "parallel": {"initial_polar_angle": polar, "initial_azimuth": azimuth},
            "antiparallel": {"initial_polar_angle": math.pi - polar, "initial_azimuth": opposite},
        }

    def suggested_sweep(self, quantity: str | None = None) -> Sweep:
        """A triangle to twice the largest current or field that switching can take, slow against a precession's decay.

        The current, or the field where the voltage takes the anisotropy away before the current switches.

        A macrospin at rest on its axis feels no torque, and without thermal agitation it would not switch when it
        should. Field sweeps start with a static field of 1 % of the anisotropy field across the easy axis; sweeps of
        current or voltage with one of 0.1 % that oscillates at the resonance.
        """
        _, middle, easy = axes_by_pull(self)
        # A round magnet has no preferred direction in its plane: a hundredth of its hard axis' field stands for one.
        to_hard = self.hard_axis_field
        hold = max(self.anisotropy_field, 0.01 * to_hard)
        wanted = quantity or (self.provenance.drive.get("quantity") if self.provenance else None)
        wanted = wanted or ("field" if written_by_voltage(self) else "current")
        chosen = f"field_{easy}" if wanted == "field" else wanted
        sweep = slow_triangle(super().suggested_sweep(chosen), self.reference_states()["antiparallel"])
        sweep = dataclasses.replace(sweep, period=max(1e-7, 50 * precession_decay(self)))
        if chosen in self.input_declarations():
            return field_sweep(self, sweep, hold)
        across = f"field_{middle}"
        current = 2 * max(abs(self.critical_current_to_parallel), abs(self.critical_current_to_antiparallel))
        resonance = self.gamma_0 * math.sqrt(hold * to_hard) / (2 * math.pi)
        return dataclasses.replace(
            sweep,
            amplitude=current if chosen == "current" else voltage_at_current(self.replace(**sweep.overrides), current),
            agitation={across: Sine(self.values[across], 0.001 * hold, resonance)},
        )

    def suitable_benches(self) -> tuple[str, ...]:
        """All of the model's that suit the junction.

        The oscillator's only for a preset that names the currents to oscillate with; those of a memory only for a
        junction that stays where it is put, in no field that leaves it one state alone.
        """
        oscillates = self.provenance is not None and "currents" in self.provenance.drive
        unfit = set() if oscillates else {"amplitude"}
        if self.thermal_stability < SUPERPARAMAGNETIC or self.bias_field > self.anisotropy_field:
            unfit |= {"hysteresis", "switching"}
        return tuple(name for name in super().suitable_benches() if name not in unfit)

    @property
    def bias_field(self) -> float:
        """Strength of the constant external field [A/m]."""
        return math.hypot(self.field_x, self.field_y, self.field_z)

    def suggested_oscillation(self) -> Oscillation:
        """Currents around the one that destabilises the initial state, the external field included.

        A small precession about the field and the easy axis has the stiffnesses H + H_k and H + H_hard; with a
        reference layer along it the threshold is the critical current times their sum over that without field. If the
        preset names currents (``drive``), those.
        """
        hold, hard, field = self.anisotropy_field, self.hard_axis_field, self.bias_field
        frequency = self.gamma_0 * math.sqrt((hold + field) * (hard + field)) / (2 * math.pi)
        rate = self.damping * self.gamma_0 * ((hold + hard) / 2 + field)
        drive = self.provenance.drive if self.provenance else {}
        if "currents" in drive:
            first, last = drive["currents"]
            currents = tuple(np.linspace(first, last, 13).tolist())
        else:
            parallel = float(self.static()["cosine"]) > 0
            critical = self.critical_current_to_antiparallel if parallel else self.critical_current_to_parallel
            threshold = critical * ((hold + hard) / 2 + field) / ((hold + hard) / 2)
            currents = tuple(threshold * factor for factor in np.linspace(0.8, 2.0, 13).tolist())
        return Oscillation(currents, frequency, settling=25 / rate, linewidth=rate / math.pi)

    def suggested_switching(self) -> Switching:
        """From antiparallel to parallel, by current pulses around the critical one, or else by the voltage alone."""
        return switching_pulses(self)

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
