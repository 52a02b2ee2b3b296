"""Noise of a device's current: its spectral density around a state."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...circuits.engine import ngspice
from ...devices.core.metadata import device_table
from ...devices.core.protocols import Spectrum
from ...devices.language.checks import positive
from ...devices.language.errors import MissingDependencyError, ParameterError
from ...devices.language.quantity import OFFSETS
from ...devices.language.waveforms import FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.noise import electrical_noise, noise_spectrum
from ...devices.simulation.noisy_trajectories import in_surroundings
from ..arguments import Choice, Engine, Native, Quantity, Range, Seed, States, Surroundings, Whole
from ..bench import bench
from ..engines import STATIC_OPTIONS, engine_attributes, files_of, form_of, probe_deck, uses_native
from .iv import chosen_states

METHODS = ("small-signal", "transient")
#: Segments that a transient is divided into for its spectrum, which is averaged over them.
SEGMENTS = 8
NO_NATIVE_NOISE = (
    "this ngspice does not ask native devices for their noise, as ngspice 39 to 41 do not unless 'make ngspice-osdi' "
    "built them; native=False measures with a subcircuit"
)


@bench(needs=(Spectrum,))
def noise(
    device: CompactModel,
    *,
    voltage: Annotated[float | None, Quantity("V", "voltage across the first branch; default: 0.1")] = None,
    states: States = None,
    frequency: Annotated[
        ArrayLike | None,
        Range(
            "Hz",
            "frequencies of the small-signal spectrum, for ngspice evenly spaced in the logarithm; default: 10 per "
            "decade from 1 kHz, or a decade below the slowest trap, to 100 GHz",
        ),
    ] = None,
    method: Annotated[str, Choice(METHODS, "linearised around the held state, or Welch's spectrum of trajectories")] = (
        "small-signal"
    ),
    duration: Annotated[float | None, Quantity("s", "length of a transient; default: 1000 time scales")] = None,
    points: Annotated[int, Whole("samples of a transient", 2)] = 65536,
    trajectories: Annotated[int, Whole("number of transients that are averaged", 1)] = 4,
    temperature: Surroundings = None,
    seed: Seed = None,
    engine: Engine = "numeric",
    native: Native = None,
) -> pd.DataFrame:
    """Measure the spectral density of the current's noise at a constant voltage.

    The current is that through the first branch; states and branches are noisy as the model declares. A transient
    needs the numeric engine.

    Returns
    -------
    pandas.DataFrame
        Columns ``state``, ``frequency`` [Hz], ``current_noise``: one-sided spectral density [A^2/Hz], and
        ``relative_noise``, the same over the square of the current [1/Hz].

    Raises
    ------
    ParameterError
        If the model declares no noise, or an argument makes no sense.
    UnknownNameError
        If a state, method or engine does not exist.
    MissingDependencyError
        If native devices are demanded and cannot be had.
    """
    device, kelvin = in_surroundings(device, temperature)
    positive("the temperature", kelvin, "K")
    own = uses_native(engine, native)
    if method == "transient" and engine != "numeric":
        raise ParameterError("transient noise needs the numeric engine: the netlist is silent in transients")
    suggested = device.protocol(Spectrum)
    voltage = suggested.voltage if voltage is None else voltage
    grid = np.sort(np.atleast_1d(np.asarray(suggested.frequencies if frequency is None else frequency, dtype=float)))
    if not np.all((grid > 0) & np.isfinite(grid)):
        raise ParameterError("frequencies must be positive and finite")
    branch = next(iter(device.branches().values()))
    parts = []
    further = suggested.further if states is None else {}
    for name, overrides in {**chosen_states(device, states), **further}.items():
        held = device.replace(**overrides)
        if method == "transient":
            length = 1000 * held.settling_time if duration is None else duration
            part = _transient(held, voltage, length, points, trajectories, kelvin, seed)
        elif engine == "numeric":
            spectrum = noise_spectrum(held, grid, {branch.name: voltage}, kelvin)
            part = pd.DataFrame({"frequency": grid, "current_noise": sum(spectrum.values())})
        else:
            part = _ngspice_spectrum(held, grid, voltage, kelvin, own)
            if own and not part["current_noise"].any():
                if native:
                    raise MissingDependencyError(NO_NATIVE_NOISE)
                own = False
                part = _ngspice_spectrum(held, grid, voltage, kelvin, own)
        current = float(held.static(**{branch.name: voltage})[branch.current])
        with np.errstate(divide="ignore", invalid="ignore"):
            part["relative_noise"] = part["current_noise"] / np.float64(current) ** 2
        part.insert(0, "state", name)
        parts.append(part)
    found = pd.concat(parts, ignore_index=True)
    relative = "spectral density over the square of the mean current"
    columns = {
        "state": (found["state"], "", "state in which the device is held"),
        "frequency": (found["frequency"], "Hz", "frequency"),
        "current_noise": (found["current_noise"], "A^2/Hz", "one-sided spectral density of the current's noise"),
        "relative_noise": (found["relative_noise"], "1/Hz", relative),
    }
    attributes = engine_attributes(engine, own) | {"bench": "noise", "temperature": kelvin, "seed": seed}
    return device_table(device, columns, **attributes, voltage=voltage, method=method)


def _ngspice_spectrum(
    device: CompactModel, grid: FloatArray, voltage: float, temperature: float, native: bool
) -> pd.DataFrame:
    """The spectrum from ngspice's noise analysis, the current read by a current-controlled voltage source."""
    ratios = np.diff(np.log(grid))
    if len(grid) > 1 and np.ptp(ratios) > 1e-9 * np.max(ratios):
        raise ParameterError("ngspice takes frequencies that are evenly spaced in the logarithm only")
    form = form_of(device, native, noise=True)
    lines = probe_deck(device, voltage, form)
    lines += ["H_read read 0 V_meter 1", f".temp {temperature - OFFSETS['K', 'degC']!r}"]
    decades = np.log10(grid[-1] / grid[0])
    per_decade = 1 if len(grid) == 1 else round((len(grid) - 1) / decades)
    if len(grid) > 1 and abs(per_decade * decades - (len(grid) - 1)) > 1e-6:
        raise ParameterError("ngspice takes a whole number of frequencies per decade")
    analysis = ngspice.Noise(float(grid[0]), float(grid[-1]), per_decade, output="v(read)", source="v_drive")
    result = ngspice.run("\n".join(lines), analysis, options=STATIC_OPTIONS, osdi=files_of(form))
    density = np.real(result["onoise_spectrum"].to_numpy()) ** 2
    return pd.DataFrame({"frequency": result["frequency"].to_numpy(), "current_noise": density})


def _transient(
    device: CompactModel,
    voltage: float,
    duration: float,
    points: int,
    trajectories: int,
    temperature: float,
    seed: int | None,
) -> pd.DataFrame:
    """Welch's spectrum of the current over noisy trajectories, the branch's own noise added to what the states do."""
    from scipy.signal import welch

    branch = next(iter(device.branches().values()))
    entropy = np.random.SeedSequence(seed)
    seed = int(entropy.generate_state(1)[0]) if seed is None else seed
    traces = device.simulate(
        voltage,
        duration,
        source=branch.name,
        temperature=temperature,
        trajectories=trajectories,
        seed=seed,
        points=points,
    )
    interval = duration / (points - 1)
    spectra = []
    groups = [traces] if trajectories == 1 else [part for _, part in traces.groupby("trajectory")]
    for trace, child in zip(groups, entropy.spawn(len(groups)), strict=True):
        generator = np.random.default_rng(child)
        quantities = {branch.name: trace[branch.name].to_numpy()}
        quantities |= {name: trace[name].to_numpy() for name in device.state_declarations()}
        white, flicker = electrical_noise(device, branch.name, quantities, temperature)
        current = trace[branch.current].to_numpy() + np.sqrt(white / (2 * interval)) * generator.standard_normal(points)
        current += np.sqrt(flicker) * pink_noise(points, interval, generator)
        frequency, density = welch(current, 1 / interval, nperseg=points // SEGMENTS, detrend="constant")
        spectra.append(density)
    # The first bins hold what is left of the mean.
    return pd.DataFrame({"frequency": frequency, "current_noise": np.mean(spectra, axis=0)}).iloc[2:-1]


def pink_noise(points: int, interval: float, generator: np.random.Generator) -> FloatArray:
    """Samples of a noise of one-sided density 1/f between one over the record's length and half the sampling rate.

    Parameters
    ----------
    points : int
        Number of samples.
    interval : float
        Time between them. [s]
    generator : numpy.random.Generator
        Source of random numbers.
    """
    frequency = np.fft.rfftfreq(points, interval)
    spectrum = np.zeros(len(frequency), dtype=complex)
    # A bin of width 1 / (points interval) and density S has the variance S / (points interval), of which an inverse
    # transform makes a cosine: |X|^2 = S points / (2 interval).
    amplitude = np.sqrt(points / (2 * interval) / frequency[1:]) / np.sqrt(2)
    spectrum[1:] = amplitude * (
        generator.standard_normal(len(amplitude)) + 1j * generator.standard_normal(len(amplitude))
    )
    return np.fft.irfft(spectrum, points)
