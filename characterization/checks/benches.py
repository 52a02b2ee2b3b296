"""Checks of the benches that all kinds of devices have: curves, loops, noise, drift, velocity, switching."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pandas as pd
import scipy.constants as codata

from ...devices.models.domain_walls.domain_wall import DomainWallMagnet, DomainWallSynapse
from ...devices.models.junctions.mtj import MTJ
from ...devices.models.memristors.linear_ion_drift import LinearIonDrift
from ...devices.models.memristors.pcm import PhaseChangeMemory
from ...devices.models.memristors.stanford_rram import StanfordRRAM
from ...devices.models.memristors.vteam import VTEAM
from ...devices.physics import pcm_statistics
from ..benches.drift import drift
from ..benches.hysteresis import hysteresis
from ..benches.iv import iv
from ..benches.noise import noise
from ..benches.switching import switching
from ..benches.velocity import velocity
from ..benches.write_error import write_error
from .check import Values, check
from .forms import ROOM, brown_passage, rate_of
from .memristor_benches import AMPLITUDE, DRIFTING, START, strength

#: Boltzmann's constant. [eV/K]
BOLTZMANN = codata.k / codata.e

# --- static curves --------------------------------------------------------------------------------------

JUNCTION = MTJ.preset("ikeda2010")


@check("iv", "current of a junction in both states, −0.5 to 0.5 V", "A V / RA / (1 + TMR₀ / [1 + (V / V_h)²])",
       unit="A", within=1e-9)  # fmt: skip
def junction() -> Values:
    volts = np.linspace(-0.5, 0.5, 11)
    table = iv(JUNCTION, volts, states=["parallel", "antiparallel"])
    parallel = volts * JUNCTION.area / JUNCTION.resistance_area_product
    ratio = JUNCTION.tmr / (1 + (volts / JUNCTION.tmr_half_voltage) ** 2)
    return np.concatenate([parallel, parallel / (1 + ratio)]), table["current"]


@check("iv", "current of a linear memristor in three states", "V / [R_on x + R_off (1 − x)]", unit="A", within=1e-12)
def memristor() -> Values:
    volts, device = np.array([-0.3, 0.1, 0.3]), LinearIonDrift(initial_state=0.25)
    table = iv(device, volts)
    states = [values["initial_state"] for values in device.reference_states().values()]
    resistance = np.array([device.resistance_on * x + device.resistance_off * (1 - x) for x in states])
    return (volts / resistance[:, None]).ravel(), table["current"]


# --- loops ----------------------------------------------------------------------------------------------


@check("hysteresis", "current of a linear memristor along its loop", "V / R, R² = R₀² − b (1 − cos ωt)", unit="A",
       within="1e-6 of the largest")  # fmt: skip
def pinched() -> Values:
    frequency = 100.0
    table = hysteresis(DRIFTING, amplitude=AMPLITUDE, period=1 / frequency, waveform="sine", cycles=2, points=401)
    angle = 2 * math.pi * frequency * table["time"]
    current = AMPLITUDE * np.sin(angle) / np.sqrt(START**2 - strength(frequency) * (1 - np.cos(angle)))
    return current, table["current"], 1e-6 * current.abs().max()


# --- noise ----------------------------------------------------------------------------------------------


@check("noise", "noise of a memristor's current over seven decades", "Johnson and Nyquist 4kT / R, and flicker I² / f",
       unit="A^2/Hz", within=1e-6)  # fmt: skip
def johnson() -> Values:
    flicker, volts, frequency = 1e-7, 0.01, np.logspace(2, 9, 8)
    device = VTEAM(flicker=flicker)
    current = volts / device.resistance_on
    expected = 4 * codata.k * 350.0 / device.resistance_on + flicker * current**2 / frequency
    table = noise(device, voltage=volts, frequency=frequency, states=["on"], temperature=350.0)
    return expected, table["current_noise"]


P_BIT = MTJ.preset("borders2019-like").replace(hooge_parallel=0.0, hooge_antiparallel=0.0)


def brown_time(device: MTJ) -> float:
    """Dwell time of a round magnet without a torque [s]."""
    return brown_passage(device.thermal_stability) / rate_of(device)


@check("noise", "dwell time of a p-bit", "mean passage time of Brown's equation, by quadrature", unit="s", within=1e-3)
def dwelling() -> Values:
    found = noise(P_BIT, voltage=1e-5, frequency=[1.0], states=["parallel"]).attrs["dwell_times"]
    # A torque of 10 uV makes one of the two longer as it makes the other shorter.
    return brown_time(P_BIT), math.sqrt(math.prod(found.values()))


@check("noise", "noise of a p-bit over five decades", "Machlup's Lorentzian, and 4 k T G", unit="A^2/Hz", within=5e-3)
def telegraph() -> Values:
    volts, frequency = 1e-5, np.logspace(-1, 4, 6)
    first, second = (
        float(P_BIT.replace(**P_BIT.reference_states()[name]).static(voltage=volts)["current"])
        for name in ("parallel", "antiparallel")
    )
    tau = brown_time(P_BIT) / 2
    expected = (first - second) ** 2 * tau / (
        1 + (2 * math.pi * frequency * tau) ** 2
    ) + 4 * codata.k * ROOM * first / volts
    return expected, noise(P_BIT, voltage=volts, frequency=frequency, states=["parallel"])["current_noise"]


# --- drift ----------------------------------------------------------------------------------------------

TIMES = np.geomspace(1.0, 1e6, 13)


@check("drift", "exponent of a phase-change cell", "the declared one, 0.1", within=1e-6)
def exponent() -> Values:
    cell = PhaseChangeMemory.preset("boybat2018").at_conductance(20e-6)
    return 0.1, drift(cell, times=TIMES, devices=1, seed=1, read_noise=False).attrs["exponent"]


@functools.cache
def drifted() -> pd.DataFrame:
    """200 cells of 10 microsiemens."""
    cell = PhaseChangeMemory.preset("joshi2020").at_conductance(10e-6)
    return drift(cell, times=TIMES, devices=200, seed=1, read_noise=False)


@check("drift", "mean exponent of 200 cells of 10 µS", "Joshi et al. 2020", within="4 standard errors")
def mean_exponent() -> Values:
    spread = pcm_statistics.DRIFT_SPREAD(0.4)
    return pcm_statistics.DRIFT_MEAN(0.4), drifted().attrs["exponent_mean"], 4 * spread / math.sqrt(200)


@check("drift", "spread of their exponents", "Joshi et al. 2020", within="4 standard errors")
def spread_of_exponents() -> Values:
    spread = pcm_statistics.DRIFT_SPREAD(0.4)
    return spread, drifted().attrs["exponent_standard_deviation"], 4 * spread / math.sqrt(400)


@check(
    "drift", "barrier of a filament's retention, 350 to 473 K", "Arrhenius, the declared 1.2 eV", unit="eV", within=1e-4
)
def retention() -> Values:
    device = StanfordRRAM.preset("jiang2014", retention="arrhenius", retention_energy=1.2)
    kelvin = np.array([350.0, 400.0, 473.0])
    constants = [drift(device, quantity="x", temperature=at, devices=1).attrs["time_constant"] for at in kelvin]
    return 1.2, np.polyfit(1 / (BOLTZMANN * kelvin), np.log(constants), 1)[0]


@check("drift", "velocity of a wall that is read", "mobility times current", unit="m/s", within=2e-3)
def pushed() -> Values:
    wall = DomainWallMagnet.preset("thiaville2005-like", magnetoresistance=0.0)
    attrs = drift(wall, devices=1).attrs
    return wall.current_mobility * attrs["bias"] * wall.parallel_conductance, attrs["rate"]


@check("drift", "time constant of the average of 4000 p-bits", "Brown, √(π/Δ) e^Δ / 2A", unit="s", within=0.1)
def relaxation() -> Values:
    tau = brown_time(P_BIT) / 2
    table = drift(P_BIT, bias=1e-6, times=tau * np.linspace(0.05, 5.0, 40), devices=4000, seed=3)
    return tau, table.attrs["time_constant"]


# --- velocity -------------------------------------------------------------------------------------------


# A quarter of a run of 40 relaxation times leaves e^-10 of the transient, more near breakdown; whole turns are
# interpolated between 2001 points.
@check("velocity", "velocity of a wall in a field, below and beyond breakdown", "Schryer and Walker 1974", unit="m/s",
       within="0.3 % of the largest")  # fmt: skip
def walker() -> Values:
    device = DomainWallMagnet(damping=0.1)
    fields = np.array([0.0, 0.4, 0.9, 1.05, 1.3, 3.0]) * device.walker_field
    beyond = np.sqrt(np.maximum(fields**2 - device.walker_field**2, 0)) / (1 + device.damping**2)
    found = velocity(device, quantity="field", values=fields)["velocity"]
    return device.field_mobility * (fields - beyond), found, 3e-3 * device.field_mobility * device.walker_field


@check("velocity", "velocity of a wall under a current", "β u / α", unit="m/s", within=1e-3)
def carried() -> Values:
    device = DomainWallSynapse(damping=0.05, nonadiabaticity=0.02)
    currents = np.array([-0.5, 0.5]) * device.critical_current
    return 0.4 * device.drift_per_ampere * currents, velocity(device, values=currents)["velocity"]


@check("velocity", "mean velocity of 10 walls with noise at 30 K", "mobility times field", unit="m/s",
       within="4 standard errors")  # fmt: skip
def noisy() -> Values:
    device = DomainWallMagnet(damping=0.5)
    fields = np.array([0.0, 0.5]) * device.walker_field
    table = velocity(device, quantity="field", values=fields, temperature=30.0, trajectories=10, seed=1)
    return device.field_mobility * fields, table["velocity"], 4 * table["standard_error"]


# --- switching ------------------------------------------------------------------------------------------


@check("switching", "width from which on a pulse switches the linear drift", "D² (R_off − R_on) / 2 μ R_on V", unit="s",
       within="a step of the widths, 0.2 %")  # fmt: skip
def width() -> Values:
    device = LinearIonDrift.preset("strukov2008")
    on, off, volts = device.resistance_on, device.resistance_off, device.drive["amplitude"]
    expected = device.drift_time * (off**2 - off * on) / (2 * on * (off - on)) / volts
    widths = expected * np.linspace(0.97, 1.03, 31)
    table = switching(device, amplitude=[volts], width=widths, start="off", end="on", relaxation=0.0)
    return expected, table[table["probability"] == 1]["width"].min(), 2.1e-3 * expected


@check("switching", "share of 500 pulses that do not switch a junction, at twice the critical current",
       "Fokker-Planck equation", within="4 standard errors")  # fmt: skip
def errors() -> Values:
    drive = [2 * JUNCTION.critical_current_to_parallel]
    given: dict[str, Any] = {"quantity": "current", "amplitude": drive, "width": [3.5e-9]}
    failed = write_error(JUNCTION, methods="fokker-planck", **given)["probability"].to_numpy()
    given |= {"start": "antiparallel", "end": "parallel", "trajectories": 500, "seed": 1}
    found = 1 - switching(JUNCTION, **given)["probability"]
    return failed, found, 4 * np.sqrt(failed * (1 - failed) / 500)
