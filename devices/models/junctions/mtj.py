"""Magnetic tunnel junction: a macrospin free layer, its torques, and the conductance of the barrier."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import sympy as sp

from ...core.offers import offers
from ...core.oscillator_protocols import Rectifying
from ...core.protocols import Spectrum, Statics
from ...language.declarations.declaration import (
    Auxiliary,
    Branch,
    Derived,
    ElectricalNoise,
    Observable,
    Option,
    Parameter,
    Symbols,
)
from ...language.declarations.placement import before
from ...language.equations.constants import mu_0
from ...language.quantities.quantity import format_si
from ...physics.magnetism import direction, spin_torque_field
from ...physics.temperature_laws import check_material, material
from ...physics.tunnel_torque import LAWS, TunnelTorque, check_torque, critical_current
from ...physics.tunnelling import (
    barrier_noise,
    check_barrier,
    chord_conductance,
    conduction_holds,
    relative_conductance,
    tunnelling_decay,
)
from .measured import MeasuredJunction

#: Field across the easy axis in which the precession is heard, over that which turns the layer there.
FIELD_ACROSS = 0.2
#: Largest perpendicular layer that reverses as a whole [m]; see :meth:`MTJ.limits`.
LARGEST_COHERENT = 44e-9
#: Field in a barrier beyond which there is no junction, assumed: several times that at which MgO breaks down. [V/m]
HIGHEST_FIELD = 1e10


def _computed_width(junction: MTJ) -> float:
    return junction.diameter


class MTJ(MeasuredJunction):
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

    with :math:`\gamma_0 = \gamma\mu_0`. The efficiency :math:`\epsilon(\mathbf m \cdot \mathbf p)` is by option
    ``torque`` that of tunnelling, :math:`P_r / 2 (1 + P_r P_f \cos\theta)` with :math:`P_r P_f` of the TMR (the
    default), or that of :func:`~synaspice.devices.physics.magnetism.slonczewski_efficiency` with given asymmetries, as
    of a metallic spin valve; or the torque per voltage is constant
    (:mod:`synaspice.devices.physics.tunnel_torque`). The first and the last switch from antiparallel to parallel with a
    current smaller by :math:`1 + \mathrm{TMR}` than back, as measured. A field along the reference layer in proportion
    to :math:`V^2` is the field-like torque of symmetric barriers (Sankey et al., Kubota et al.).

    The conductance interpolates between the parallel and the antiparallel state, with a tunnel magnetoresistance that
    falls with bias,

    .. math::

        I = G_P \frac{2 + T + T \cos\theta}{2 (1 + T)} F(V)\, V, \qquad
        T(V) = \frac{T_0}{1 + (V / V_h)^2}, \qquad G_P = \frac{A}{RA}

    where :math:`F = 1` (``conduction="roll-off"``) or the law of Brinkman or Simmons for the parallel state; see
    :mod:`synaspice.devices.physics.tunnelling`. With ``temperature_law="bloch"`` magnetisation, anisotropy,
    polarisation and TMR, which are given at the reference temperature, are those of the ambient temperature,

    .. math::

        M_s \propto 1 - (T/T_C)^n, \quad K_i \propto M_s^{k_i}, \quad K_u \propto M_s^{k_u}, \quad
        P \propto 1 - a T^{3/2}, \quad \mathrm{TMR} = \frac{2 P^2}{1 - P^2}

    The current's noise is thermal and shot noise with their crossover, and flicker noise of Hooge's form,

    .. math:: S_I = 2 e I \coth\frac{eV}{2 k_B T} + \frac{\alpha_H(\theta)\, I^2}{A f}

    A positive current flows from ``p`` (the free layer's contact) to ``n`` (the reference layer's): electrons come from
    the reference layer and favour the parallel state. Valid for single-domain layers, below about 100 nm; larger
    ones switch through domains.

    References
    ----------
    J. C. Slonczewski, J. Magn. Magn. Mater. 159, L1 (1996), doi:10.1016/0304-8853(96)00062-5; the torque in the
    general form of J. Xiao, A. Zangwill, M. D. Stiles, Phys. Rev. B 70, 172405 (2004),
    doi:10.1103/PhysRevB.70.172405, as in OOMMF's Oxs_SpinXferEvolve; tunnelling: J. C. Slonczewski, Phys. Rev. B 71,
    024411 (2005), doi:10.1103/PhysRevB.71.024411; field-like torque: J. C. Sankey et al., Nat. Phys. 4, 67 (2008),
    doi:10.1038/nphys783, H. Kubota et al., Nat. Phys. 4, 37 (2008), doi:10.1038/nphys784.
    """

    reference = "J. Xiao, A. Zangwill, M. D. Stiles, Phys. Rev. B 70, 172405 (2004)"
    doi = "10.1103/PhysRevB.70.172405"
    label = "tunnel junction"
    time_scale = 1e-9
    loops = (None, "field")

    voltage = Branch("p", "n", "voltage from the free layer's to the reference layer's contact")

    extent = ("diameter", "width", "free_layer_thickness")

    torque = Option("tunnelling", LAWS, "angular and voltage dependence of the spin-transfer torque")
    shape = MeasuredJunction.shape.but(description="cross-section of the pillar, for area and demagnetising factors")
    with before("saturation_magnetization"):
        diameter = Parameter(40e-9, "m", "diameter, or full axis along x", (2e-9, 1e-5))
        width = Parameter(_computed_width, "m", "full axis along y; the diameter if not given", (2e-9, 1e-5))
        free_layer_thickness = Parameter(1.3e-9, "m", "thickness of the free layer", (1e-10, 1e-7))
        barrier_thickness = Parameter(1e-9, "m", "thickness of the tunnel barrier", (3e-10, 5e-9))

    saturation_magnetization = MeasuredJunction.saturation_magnetization.but(
        default=1.0e6, description="saturation magnetisation of the free layer"
    )
    damping = MeasuredJunction.damping.but(default=0.02)
    with before("uniaxial_anisotropy"):
        interfacial_anisotropy = Parameter(
            1.0e-3, "J/m^2", "interfacial anisotropy of the free layer, all its interfaces together", (-5e-3, 5e-3)
        )
    uniaxial_anisotropy = MeasuredJunction.uniaxial_anisotropy.but(
        description="uniaxial anisotropy of the free layer's volume"
    )
    with before("field_x"):
        vcma_coefficient = Parameter(
            0.0,
            "J/(V*m)",
            "fall of the interfacial anisotropy per electric field, for positive voltage",
            (-1e-11, 1e-11),
        )

    with before("reference_polar_angle"):
        polarization_reference = Parameter(0.6, "1", "spin polarisation of the reference layer", (0.01, 1.0))
        polarization_free = Parameter(
            0.6, "1", "spin polarisation of the free layer, of effect only if Lambda > 1", (0.0, 1.0)
        )
        asymmetry_reference = Parameter(1.0, "1", "Lambda of the reference layer, of torque slonczewski", (1.0, 10.0))
        asymmetry_free = Parameter(1.0, "1", "Lambda of the free layer, of torque slonczewski", (1.0, 10.0))
        field_like_efficiency = Parameter(0.0, "1", "efficiency of the field-like torque, OOMMF's eps'", (-1.0, 1.0))
        field_like_per_square_volt = Parameter(
            0.0, "A/(V^2*m)", "field along the reference layer per square of the voltage", (-1e7, 1e7)
        )
    with before("initial_polar_angle"):
        resistance_area_product = Parameter(
            10e-12, "ohm*m^2", "resistance times area, parallel state, low bias", (1e-14, 1e-6)
        )
        tmr = Parameter(1.0, "1", "tunnel magnetoresistance ratio at zero bias", (0.0, 20.0))
        tmr_half_voltage = Parameter(0.5, "V", "voltage at which the tunnel magnetoresistance is halved", (0.01, 100.0))
        conduction = Option(
            "roll-off", ("roll-off", "brinkman", "simmons"), "current of the parallel state over voltage"
        )
        barrier_height = Parameter(1.0, "V", "mean height of the barrier over the electron charge", (0.05, 10.0))
        barrier_asymmetry = Parameter(0.0, "V", "difference of the barrier's height between its sides", (-5.0, 5.0))
        effective_mass = Parameter(1.0, "1", "effective mass in the barrier, in electron masses", (0.05, 2.0))

        temperature_law = Option(
            "none", ("none", "bloch"), "how magnetisation, anisotropy and TMR depend on temperature"
        )
        ambient_temperature = Parameter(300.0, "K", "temperature of the surroundings", (1.0, 1000.0))
        reference_temperature = Parameter(300.0, "K", "temperature at which the parameters are given", (1.0, 1000.0))
        curie_temperature = Parameter(1120.0, "K", "Curie temperature of the free layer", (100.0, 2000.0))
        magnetization_exponent = Parameter(1.5, "1", "exponent of the magnetisation's fall; Bloch's is 3/2", (0.5, 5.0))
        interfacial_exponent = Parameter(
            2.2, "1", "exponent of the magnetisation in the interfacial anisotropy", (0.0, 12.0)
        )
        uniaxial_exponent = Parameter(
            3.0, "1", "exponent of the magnetisation in the uniaxial anisotropy of the volume", (0.0, 12.0)
        )
        polarization_decay = Parameter(2e-5, "K^-1.5", "fall of the polarisation, a of 1 - a T^1.5", (0.0, 1e-4))
        hooge_parallel = Parameter(0.0, "m^2", "Hooge parameter of the parallel state, S_V A f / V^2", (0.0, 1e-12))
        hooge_antiparallel = Parameter(0.0, "m^2", "Hooge parameter of the antiparallel state", (0.0, 1e-12))
    initial_polar_angle = MeasuredJunction.initial_polar_angle.but(default=0.0)

    volume = MeasuredJunction.volume.but(description="volume of the free layer")
    with before("easy_axis"):
        tunnelling_decay = Derived("1", "decay of the tunnelling probability across the barrier")
        ambient_magnetization = Derived("A/m", "saturation magnetisation at the ambient temperature")
        ambient_interfacial_ratio = Derived(
            "1", "interfacial anisotropy at the ambient temperature over its given value"
        )
        ambient_uniaxial_ratio = Derived("1", "uniaxial anisotropy at the ambient temperature over its given value")
        ambient_polarization_ratio = Derived("1", "polarisation at the ambient temperature over its given value")
        ambient_tmr = Derived("1", "tunnel magnetoresistance ratio at the ambient temperature and zero bias")
        parallel_conductance = Derived("S", "conductance of the parallel state")
        parallel_resistance = Derived("ohm", "resistance of the parallel state")
        antiparallel_resistance = Derived("ohm", "resistance of the antiparallel state at zero bias")
        reference_layer = Derived("1", "direction of the reference layer", vector=True)
    with before("vcma_field_per_volt"):
        interfacial_field = Derived("A/m", "anisotropy field of the interfaces at zero bias")
    with before("pull"):
        torque_field_per_ampere = Derived("1/m", "field scale of the spin-transfer torque per current")

    m = MeasuredJunction.m.but(description="magnetisation of the free layer")
    with before("precession"):
        cosine = Auxiliary("1", "cosine of the angle between free and reference layer", report=True)
        relative_conductance = Auxiliary("1", "conductance in units of the parallel state's")
        torque_efficiency = Auxiliary("1", "efficiency of the spin-transfer torque")
        torque_frequency = Auxiliary("rad/s", "field scale of the spin-transfer torque, times gamma_0", scale=1e9)
    barrier_noise = ElectricalNoise("voltage", "thermal, shot and flicker noise of the barrier")
    resistance = Observable("ohm", "resistance")
    valid = Observable("1", "1 while the law of conduction holds, at voltages up to the height of the barrier")

    @classmethod
    def temperature_rise_of(cls, s: Symbols) -> Any:
        """How much hotter than its surroundings the device is [K]; a device that heats itself says so here."""
        return sp.S.Zero

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        p = s.reference_layer
        ambient = material(s, s.ambient_temperature)
        rise = cls.temperature_rise_of(s)
        # Effects of self-heating on the quantities that are derived at the ambient temperature.
        magnetic = interfacial = uniaxial = polarized = sp.S.One
        tmr = s.ambient_tmr
        if rise != 0 and s.temperature_law != "none":
            hot = material(s, s.ambient_temperature + rise)
            magnetic = hot.magnetization / s.ambient_magnetization
            interfacial = hot.interfacial / s.ambient_interfacial_ratio
            uniaxial = hot.uniaxial / s.ambient_uniaxial_ratio
            polarized, tmr = hot.polarization / s.ambient_polarization_ratio, hot.tmr
        m_s = s.ambient_magnetization
        bias = (s.voltage / s.tmr_half_voltage) ** 2
        chord = chord_conductance(s, s.voltage)
        conductance = s.parallel_conductance * s.relative_conductance * chord
        current = conductance * s.voltage
        torque = TunnelTorque.of(s, current, polarized, tmr)
        hot_electrons = s.temperature + rise

        interfacial_field = s.interfacial_field * interfacial - s.vcma_field_per_volt * s.voltage
        magnet = cls.magnet_equations(
            s,
            field=sp.Matrix([0, 0, interfacial_field / magnetic * s.m[2]]),
            torque=s.torque_frequency * (s.torque_efficiency * s.m.cross(p) + s.field_like_efficiency * p)
            + s.gamma_0 * s.field_like_per_square_volt * s.voltage**2 * p,
            magnetization=m_s,
            anisotropy=s.ambient_uniaxial_ratio,
            perpendicular_field=s.interfacial_field,
            heated=(magnetic, uniaxial),
            temperature=hot_electrons,
            ambient=s.ambient_temperature,
        )
        critical = cls.critical_field(s) / s.torque_field_per_ampere
        return {
            **magnet,
            "parallel_conductance": s.area / s.resistance_area_product,
            "parallel_resistance": 1 / s.parallel_conductance,
            "antiparallel_resistance": s.parallel_resistance * (1 + s.ambient_tmr),
            "reference_layer": direction(s.reference_polar_angle, s.reference_azimuth),
            "tunnelling_decay": tunnelling_decay(s.barrier_height, s.barrier_thickness, s.effective_mass),
            "ambient_magnetization": ambient.magnetization,
            "ambient_interfacial_ratio": ambient.interfacial,
            "ambient_uniaxial_ratio": ambient.uniaxial,
            "ambient_polarization_ratio": ambient.polarization,
            "ambient_tmr": ambient.tmr,
            "interfacial_field": 2
            * s.interfacial_anisotropy
            * s.ambient_interfacial_ratio
            / (mu_0 * m_s * s.free_layer_thickness),
            "vcma_field_per_volt": 2 * s.vcma_coefficient / (mu_0 * m_s * s.free_layer_thickness * s.barrier_thickness),
            "torque_field_per_ampere": spin_torque_field(1, m_s, s.volume) * s.ambient_polarization_ratio,
            "critical_current_to_parallel": critical_current(s, -1, critical),
            "critical_current_to_antiparallel": critical_current(s, 1, -critical),
            "cosine": s.m.dot(p),
            "relative_conductance": relative_conductance(s.cosine, bias, tmr),
            "current": current,
            "torque_efficiency": torque.efficiency,
            "torque_frequency": s.gamma_0 * s.torque_field_per_ampere / magnetic * torque.current,
            "barrier_noise": barrier_noise(s, conductance, hot_electrons),
            "resistance": 1 / conductance,
            "valid": conduction_holds(s, s.voltage),
        }

    def check(self) -> None:
        check_material(self)
        check_barrier(self)
        check_torque(self)

    @property
    def perpendicular(self) -> bool:
        """Whether the free layer's easy axis is z; otherwise it lies in the plane."""
        return bool(self.derived["pull_z"] == max(self.derived[f"pull_{axis}"] for axis in "xyz"))

    @property
    def title(self) -> str:
        """What the junction is: the axis of its free layer, and its kind."""
        return f"{'Perpendicular' if self.perpendicular else 'In-plane'} {self.label}"

    @property
    def highest_voltage(self) -> float:
        """Voltage at :data:`HIGHEST_FIELD` in the barrier [V]."""
        return HIGHEST_FIELD * float(self.values["barrier_thickness"])

    def limits(self) -> tuple[str, ...]:
        """A perpendicular layer that is larger than the domain which nucleates its reversal is less stable than told.

        The thermal stability of perpendicular CoFeB/MgO junctions was found to be the same from 44 to 76 nm, where that
        of a macrospin grows with the area.

        References
        ----------
        H. Sato et al., Appl. Phys. Lett. 99, 042501 (2011), doi:10.1063/1.3617429.
        """
        size = math.sqrt(self.diameter * self.values["width"])
        if not self.perpendicular or size <= LARGEST_COHERENT:
            return ()
        return (
            f"perpendicular layers of more than {format_si(LARGEST_COHERENT, 'm')} reverse by nucleation of a domain "
            f"(Sato et al. 2011): of {format_si(size, 'm')} this one is less stable than the macrospin's "
            f"{self.thermal_stability:.0f} k_B T",
        )

    def suggested_statics(self) -> Statics:
        """The reference states, at voltages for which the law of conduction holds."""
        statics = super().suggested_statics()
        if self.options["conduction"] == "roll-off":
            return statics
        return dataclasses.replace(statics, largest=min(statics.largest, self.barrier_height))

    def suggested_spectrum(self) -> Spectrum:
        """In the reference states, and where the precession is heard: at rest in a field across the easy axis.

        The resistance of a junction along its axis does not change, to first order, with the direction of its layer.
        The field is :data:`FIELD_ACROSS` of that which turns the layer from its easy axis.
        """
        return dataclasses.replace(super().suggested_spectrum(), further=self._tilted_state())

    @offers(Rectifying, when=lambda junction: junction._reference_off_axis() or bool(junction._tilted_state()))
    def suggested_rectification(self) -> Rectifying:
        """As the junction is, or in a field across where its reference layer lies along the magnetisation at rest."""
        return Rectifying({} if self._reference_off_axis() else next(iter(self._tilted_state().values()), {}))

    def _reference_off_axis(self) -> bool:
        """Whether the reference layer lies at an angle to the easy axis."""
        return abs(self.derived[f"reference_layer_{self.axes_by_pull()[-1]}"]) < 1 - 1e-6

    def _tilted_state(self) -> dict[str, dict[str, float]]:
        """The parallel state in a field across, at its rest without current; none if the reference is off the axis."""
        _, middle, easy = self.axes_by_pull()
        reference = dict(zip("xyz", self.reference_layer, strict=True))
        if not self.is_memory or self.bias_field or abs(reference[easy]) < 1 - 1e-6:
            return {}
        direction = dict.fromkeys("xyz", 0.0)
        direction[easy] = math.copysign(math.sqrt(1 - FIELD_ACROSS**2), reference[easy])
        direction[middle] = FIELD_ACROSS
        angles = {
            "initial_polar_angle": math.acos(direction["z"]),
            "initial_azimuth": math.atan2(direction["y"], direction["x"]),
        }
        return {"parallel, field across": angles | {f"field_{middle}": FIELD_ACROSS * self.anisotropy_field}}
