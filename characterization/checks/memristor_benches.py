"""Checks of the benches of memristors and walls: soft bounds, passage times, pinched loops, disturbance, pinning."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import scipy.constants as codata

from ...devices.core.protocols import Sweep
from ...devices.language.declarations.declaration import Branch, Option, Parameter, State, Symbols
from ...devices.language.equations.functions import ramp
from ...devices.model import CompactModel
from ...devices.models.domain_walls.domain_wall import DomainWallMagnet, DomainWallSynapse
from ...devices.models.memristors.linear_ion_drift import LinearIonDrift
from ...devices.models.memristors.pcm import PhaseChangeMemory
from ...devices.models.memristors.stanford_rram import StanfordRRAM
from ...devices.models.memristors.vteam import VTEAM
from ..benches.memristors.cycles import cycles
from ..benches.memristors.half_select import half_select
from ..benches.memristors.loop_area import loop_area
from ..benches.memristors.potentiation import potentiation
from ..benches.memristors.state_retention import state_retention
from ..benches.memristors.step_programming import step_programming
from ..benches.walls.creep import creep
from ..benches.walls.depinning import depinning
from .check import Values, check
from .forms import ROOM, energy_per_field, wall_escapes, wall_way


class Synapse(CompactModel, abstract=True):
    r"""A synapse whose state moves in proportion to the voltage, freely or towards soft bounds.

    .. math:: \dot x = k v (1 - x), \quad v > 0; \qquad \dot x = k v x, \quad v < 0
    """

    time_scale = 1e-6
    voltage = Branch("p", "n", "voltage")
    bounds_kind = Option("soft", ("soft", "hard"), "how the state comes to its ends")
    rate = Parameter(1e4, "1/(V*s)", "rate k", (1.0, 1e9))
    forgetting = Parameter(0.0, "1/s", "rate of forgetting", (0.0, 1e9))
    initial_state = Parameter(0.0, "1", "state at t = 0", (0.0, 1.0))
    x = State("1", "state", bounds=(0.0, 1.0), initial=lambda s: s.initial_state)

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        """Equations of the device."""
        up, down = ramp(s.voltage), ramp(-s.voltage)
        soft = s.rate * (up * (1 - s.x) - down * s.x)
        moved = soft if s.bounds_kind == "soft" else s.rate * s.voltage
        return {"current": (1e-6 + 9e-6 * s.x) * s.voltage, "dx/dt": moved - s.forgetting * s.x}

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The two ends."""
        return {"off": {"initial_state": self.initial_state}, "on": {"initial_state": 1.0}}

    def default_sweep(self) -> Sweep:
        """A volt for some time scales."""
        return Sweep("voltage", 1.0, 1e-4)


# --- potentiation ---------------------------------------------------------------------------------------


@functools.cache
def pulsed() -> pd.DataFrame:
    """50 pulses of 1 / 50 of the time of soft bounds, up and down."""
    return potentiation(Synapse(), width=2e-6, pulses=50)


@check("potentiation", "A of soft bounds, up and down", "1 / k v w pulses", within=1e-4)
def curvature() -> Values:
    return np.full(2, 50.0), [pulsed().attrs[f"a_{name}"] for name in ("potentiation", "depression")]


@check("potentiation", "conductance after each pulse", "G₀ + ΔG (1 − exp(−k v w P))", unit="S", within=1e-6)
def conductance() -> Values:
    table = pulsed()
    expected = 1e-6 + 9e-6 * (1 - np.exp(-np.arange(51) / 50))
    return expected, table[table["direction"] == "potentiation"]["conductance"]


@check("potentiation", "levels that reads with 2 % noise tell apart", "geometric sequence of z (σ + σ')",
       within="one step of the pulses")  # fmt: skip
def levels() -> Values:
    z = 2.3263478740408408  # of 1 %
    ratio = (1 + 0.02 * z) / (1 - 0.02 * z)
    device = Synapse(bounds_kind="hard", initial_state=0.1)
    found = potentiation(device, width=1e-6, pulses=1000, amplitude=0.08, read_noise=0.02).attrs["levels"]
    return 1 + math.floor(math.log(9.1 / 1.9) / math.log(ratio)), found, 1


@functools.cache
def wall_written() -> tuple[DomainWallSynapse, pd.DataFrame]:
    """Twelve pulses up and down on a domain wall without pinning, well below breakdown."""
    device = DomainWallSynapse(damping=0.1, nonadiabaticity=0.1)
    return device, potentiation(device, pulses=12)


# What the ends' repulsion and the inertia leave of the straight line.
@check("potentiation", "steps of the conductance by a domain wall", "charge of a pulse × mobility / length", unit="S",
       within=1e-3)  # fmt: skip
def wall_step() -> Values:
    device, table = wall_written()
    up = table[table["direction"] == "potentiation"]["conductance"]
    charge = table.attrs["amplitudes"][0] / device.strip_resistance * table.attrs["widths"][0]
    drift = (
        device.gyromagnetic_ratio * codata.hbar * device.polarization / (2 * codata.e * device.saturation_magnetization)
    )
    mobility = drift / (device.thickness * device.strip_width)
    bias = (table.attrs["read_voltage"] / device.tmr_half_voltage) ** 2
    parallel = device.length * device.strip_width / device.resistance_area_product
    span = parallel * (1 - (1 + bias) / (1 + bias + device.tmr))
    return np.full(12, span * mobility * charge / device.length), np.diff(up)


@check("potentiation", "NeuroSim's label of that domain wall, up and down", "a straight line: 0", within=0.0,
       absolute=True)  # fmt: skip
def wall_label() -> Values:
    _, table = wall_written()
    return np.zeros(2), [table.attrs[f"nonlinearity_{name}"] for name in ("potentiation", "depression")]


# --- cycles ---------------------------------------------------------------------------------------------

C, CYCLES = 0.05, 200
NOISY = VTEAM(rate_on=-1.0, rate_off=1.0, exponent_on=1.0, exponent_off=1.0, cycle_to_cycle=C)


@functools.cache
def passages() -> tuple[np.ndarray, float]:
    """Passage times tau of 200 cycles, the integral of the drift to the switching voltage; and the way a."""
    table = cycles(NOISY, number=CYCLES, seed=1)
    amplitude, period, threshold = table.attrs["amplitude"], table.attrs["period"], NOISY.threshold_off

    def drifted(volts: np.ndarray | float) -> np.ndarray:
        angle = np.arcsin(np.asarray(volts) / amplitude)
        swept = -amplitude / threshold * np.cos(angle) - angle
        return np.asarray(NOISY.rate_off / NOISY.travel * period / (2 * math.pi) * swept)

    tau = drifted(table["voltage_reset"].to_numpy()) - drifted(threshold)
    low, high = table["resistance_low"].median(), table["resistance_high"].median()
    way = (math.sqrt(low * high) - NOISY.resistance_on) / (NOISY.resistance_off - NOISY.resistance_on)
    return tau, way


# The state starts within c^2 of its wall, which holds it there as long.
@check(
    "cycles", "mean passage time of 200 cycles, of x = τ + c W(τ) first at a", "a", within="4 standard errors, and c²"
)
def mean_passage() -> Values:
    tau, way = passages()
    return way, np.mean(tau), 4 * C * math.sqrt(way / CYCLES) + C**2


@check("cycles", "its spread", "c √a, inverse Gaussian", within="4 standard errors")
def spread_of_passage() -> Values:
    tau, way = passages()
    return C * math.sqrt(way), np.std(tau), 4 / math.sqrt(2 * CYCLES) * C * math.sqrt(way)


# --- areas ----------------------------------------------------------------------------------------------

DRIFTING = LinearIonDrift(resistance_on=100.0, resistance_off=1000.0, initial_state=0.5)
START, AMPLITUDE = 550.0, 1.0
CLOSED = "linear drift, closed form"


def strength(frequency: float) -> float:
    """B of R^2 = R_0^2 - b (1 - cos w t)."""
    rate = DRIFTING.mobility * DRIFTING.resistance_on / DRIFTING.thickness**2
    swing = DRIFTING.resistance_off - DRIFTING.resistance_on
    return 2 * AMPLITUDE * rate / (2 * math.pi * frequency) * swing


def lobe(frequency: float) -> float:
    """V^2 times the integral of u / sqrt(a + b u) from -1 to 1, a = R_0^2 - b."""
    b = strength(frequency)
    a = START**2 - b

    def primitive(u: float) -> float:
        s = math.sqrt(a + b * u)
        return 2 / b**2 * (s**3 / 3 - a * s)

    return AMPLITUDE**2 * abs(primitive(1.0) - primitive(-1.0))


@check("loop-area", "areas of both lobes at 50, 100, 300 Hz", CLOSED, unit="W", within=1e-6)
def lobes() -> Values:
    frequencies = [50.0, 100.0, 300.0]
    table = loop_area(DRIFTING, frequency=frequencies, amplitude=AMPLITUDE, cycles=1)
    found = np.concatenate([table["area_positive"], table["area_negative"]])
    return [lobe(frequency) for frequency in frequencies] * 2, found


@check("loop-area", "exponent of the area over the frequency, 1 to 100 kHz", "−1", within=2e-3)
def exponent() -> Values:
    table = loop_area(DRIFTING, frequency=np.geomspace(1e3, 1e5, 5), amplitude=AMPLITUDE, cycles=1)
    return -1.0, table.attrs["exponent"]


# --- disturbance ----------------------------------------------------------------------------------------

LINEAR = {"exponent_on": 1.0, "exponent_off": 1.0}
#: Thresholds below half of the writes.
SOFT = VTEAM(threshold_on=-0.1, threshold_off=0.1, rate_on=-1e-3, rate_off=1e-3, **LINEAR)
WRITE, WRITTEN = 0.4, 1e-8


def at_a_tenth(device: VTEAM | LinearIonDrift) -> float:
    """Resistance whose conductance is a tenth of the way from the lowest to the highest [ohm]."""
    low, high = 1 / device.resistance_off, 1 / device.resistance_on
    return 1 / (low + 0.1 * (high - low))


@functools.cache
def moved() -> float:
    """Way of VTEAM's state from its high resistance to a tenth of the conductance, over all of it."""
    return (SOFT.resistance_off - at_a_tenth(SOFT)) / (SOFT.resistance_off - SOFT.resistance_on)


@functools.cache
def disturbed() -> list[dict[str, float]]:
    """The half-selected cell in its low state, and that in the V/3 scheme."""
    told = half_select(SOFT, amplitude=-WRITE, width=WRITTEN).attrs["disturbed"]
    return [next(one for one in told if (one["scheme"], one["state"]) == (name, "low")) for name in ("half", "third")]


@check("half-select", "pulses to a tenth of the way, VTEAM with linear rates, V/2 and V/3", "Δx D / k (v / v_on − 1) w",
       within=1e-3)  # fmt: skip
def linear_rate() -> Values:
    beyond = WRITE / (0.1 * np.array([2.0, 3.0])) - 1
    return moved() * SOFT.travel / (1e-3 * beyond * WRITTEN), [one["pulses"] for one in disturbed()]


@check("half-select", "voltage that a million pulses bear", "v_on (1 + Δx D / k w 10⁶)", unit="V", within=1e-5)
def borne() -> Values:
    expected = -0.1 * (1 + moved() * SOFT.travel / (1e-3 * WRITTEN * 1e6))
    return np.full(2, expected), [one["largest_voltage"] for one in disturbed()]


@check("half-select", "pulses to a tenth of the way, linear ion drift, V/2", "R² in closed form",
       within=1e-3)  # fmt: skip
def ion_drift() -> Values:
    device = LinearIonDrift()
    on, off = device.resistance_on, device.resistance_off
    slope = 2 * device.mobility * on * (off - on) / device.thickness**2
    found = half_select(device, amplitude=1.0, width=1e-3, scheme=["half"]).attrs["disturbed"][0]
    return (off**2 - at_a_tenth(device) ** 2) / (slope * 0.5 * 1e-3), found["pulses"]


# --- write and verify -----------------------------------------------------------------------------------


@functools.cache
def stepped() -> tuple[list[int], list[float], pd.DataFrame]:
    """Pulses to the middle within 3 %, and the error left, of two steps: by an arithmetic series, and the table."""
    device, width, first, steps = VTEAM(rate_on=-1.0, rate_off=1.0, **LINEAR), 2e-11, 0.25, [0.001, 0.005]
    low, high = 1 / device.resistance_off, 1 / device.resistance_on
    numbers, errors = [], []
    for step in steps:
        sizes = first + step * np.arange(300)
        x = np.maximum(1 - np.cumsum(width / device.travel * (sizes / abs(device.threshold_on) - 1)), 0.0)
        conductance = 1 / (device.resistance_on + x * (device.resistance_off - device.resistance_on))
        off = (conductance - (low + high) / 2) / (high - low)
        last = int(np.argmax(np.abs(off) <= 0.03))
        numbers.append(last + 1)
        errors.append(float(off[last]))
    return numbers, errors, step_programming(device, step=steps, first=first, width=width, tolerance=0.03)


SERIES = "sum of an arithmetic series"


@check(
    "step-programming", "pulses to the middle within 3 %, VTEAM with linear rates", SERIES, within=0.0, absolute=True
)
def pulses() -> Values:
    numbers, _, table = stepped()
    return numbers, table["pulses"]


@check("step-programming", "error that is left, over the range", SERIES, within=1e-5, absolute=True)
def left() -> Values:
    _, errors, table = stepped()
    return errors, table["bias"]


# --- retention ------------------------------------------------------------------------------------------

FILAMENT = StanfordRRAM(retention="arrhenius", heating="none")
KELVINS = np.array([350.0, 400.0, 450.0])


@functools.cache
def lost() -> dict[Any, Any]:
    """What a filament that dissolves has lost."""
    return state_retention(FILAMENT, temperature=KELVINS, time=np.geomspace(1e-3, 1e10, 400)).attrs


def decays_to_half() -> float:
    """Decays of x until the gap is wider by g_0 ln 2, which halves the conductance."""
    return -math.log(1 - FILAMENT.gap_scale * math.log(2) / FILAMENT.gap_range)


@check("state-retention", "barrier of a filament that dissolves", "the declared one", unit="eV", within=1e-3)
def barrier() -> Values:
    return FILAMENT.retention_energy, lost()["barrier"]


@check("state-retention", "time to half of its conductance, 350 to 450 K", "exp(E / k_B T) / ν × decays to g₀ ln 2",
       unit="s", within=5e-3)  # fmt: skip
def half_life() -> Values:
    decay = np.exp(FILAMENT.retention_energy * codata.e / (codata.k * KELVINS)) / FILAMENT.retention_rate
    return decay * decays_to_half(), [one["time"] for one in lost()["lost"]]


@check("state-retention", "its ten-year temperature", "E / k_B ln(ν t / decays)", unit="K", within=1e-3)
def ten_years() -> Values:
    times = 10 * 365.25 * 86400 * FILAMENT.retention_rate / decays_to_half()
    return FILAMENT.retention_energy * codata.e / (codata.k * math.log(times)), lost()["ten_year_temperature"]


# The clipped line in ln G of the model's declaration, at the conductance after RESET.
@check("state-retention", "exponent of the drift after RESET, phase-change memory, 300 and 350 K",
       "the declared law of ν over ln G", within=1e-3)  # fmt: skip
def drift() -> Values:
    cell = PhaseChangeMemory(initial_state=0.0)
    line = cell.drift_slope * math.log(cell.conductance_min / cell.conductance_reference) + cell.drift_offset
    law = min(max(line, cell.drift_smallest), cell.drift_largest)
    found = state_retention(cell, temperature=[300.0, 350.0]).attrs["lost"]
    return np.full(2, law), [one["exponent"] for one in found]


# --- pinned walls ---------------------------------------------------------------------------------------

HEIGHT, PERIOD, PULSE = 8 * codata.k * ROOM, 30e-9, 5e-9
#: A wall whose angle is stiff and damped: it slides over its sites, and does not swing through them for long.
WALL = DomainWallMagnet(
    damping=0.5, nonadiabaticity=2.0, pinning_energy=HEIGHT, pinning_period=PERIOD, length=600e-9, strip_width=20e-9,
    transverse_anisotropy_field=5e5, initial_state=0.5,
)  # fmt: skip
#: Field of the potential's steepest slope [A/m], the drives over it, and the rates of escapes under them [1/s].
FIELD = math.pi * HEIGHT / PERIOD / energy_per_field(WALL)
SHARES = np.array([0.1, 0.3])
ESCAPES = [wall_escapes(WALL, share) for share in SHARES]
TILTED, LANGER = "V₀ sin²(πq / p) − Fq", "Kramers and Langer"


@functools.cache
def freed() -> pd.DataFrame:
    """Pulses on a pinned wall."""
    return depinning(WALL, quantity="field", values=SHARES * FIELD, width=[PULSE], trajectories=500, seed=1)


@check("depinning", "field that leaves no site", "steepest slope of the pinning potential", unit="A/m", within=1e-4)
def no_site() -> Values:
    return FIELD, freed().attrs["depinning"]


@check("depinning", "barrier over k_B T at 0.1 and 0.3 of it", TILTED, within=1e-3)
def wall_barrier() -> Values:
    return [wall_way(WALL, share)[1] / (codata.k * ROOM) for share in SHARES], freed()["barrier"]


@check("depinning", "its closed form of the probability in 5 ns", LANGER, within=5e-3)
def closed_probability() -> Values:
    return [-math.expm1(-sum(rates) * PULSE) for rates in ESCAPES], freed()["kramers"]


@check("depinning", "share of 500 walls that leave in 5 ns, 6.8 and 4.6 k_B T", LANGER, within="4 standard errors")
def share_freed() -> Values:
    expected = np.array([-math.expm1(-sum(rates) * PULSE) for rates in ESCAPES])
    return expected, freed()["probability"], 4 * np.sqrt(expected * (1 - expected) / 500)


@functools.cache
def crept() -> pd.DataFrame:
    """Walls that go from site to site."""
    return creep(WALL, quantity="field", values=SHARES * FIELD, duration=8e-8, trajectories=100, seed=1)


@check("creep", "velocity of hopping walls, 6.8 and 4.6 k_B T", f"{LANGER}: (Γ₊ − Γ₋) p", unit="m/s",
       within="4 standard errors")  # fmt: skip
def hopping() -> Values:
    expected = [PERIOD * (ahead - back) for ahead, back in ESCAPES]
    return expected, crept()["velocity"], 4 * crept()["standard_error"]


@check("creep", "d ln ΔE / d ln H at 0.1 and 0.3 of the depinning field", TILTED, within=1e-3)
def barrier_exponent() -> Values:
    expected = []
    for share in SHARES:
        way, barrier = wall_way(WALL, share)
        expected.append(-share * math.pi * HEIGHT / PERIOD * way / barrier)
    return expected, crept()["exponent"]
