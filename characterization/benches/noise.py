"""Noise of a device's current: its spectral density around a state."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...circuits.engine import ngspice
from ...circuits.engine.decks import statements_of
from ...devices.core.metadata import device_table
from ...devices.core.protocols import Dwelling, Spectrum
from ...devices.language.array_checks import reals
from ...devices.language.checks import positive
from ...devices.language.errors import MissingDependencyError, ParameterError
from ...devices.language.quantities.units import OFFSETS
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.dwelling import dwell_times
from ...devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...devices.simulation.operating_points.noise import electrical_noise, noise_spectrum
from ...devices.simulation.orbits.orbit import PeriodicOrbit
from ..arguments import Choice, Engine, Native, Quantity, Range, Seed, States, Surroundings, Whole
from ..bench import bench
from ..engines import STATIC_OPTIONS, engine_attributes, form_of, probe_deck, run_netlist, uses_native
from ..working_points import WorkingPoint, working_points

METHODS = ("auto", "small-signal", "orbit", "transient")
#: A transient from a state that does not last begins after so many times in which deviations grow or decay by e.
GROWTHS = 20.0
#: Samples of a transient, and number of transients, if nothing else is asked for.
SAMPLES, TRANSIENTS = 65536, 4
#: Segments that a transient is divided into for its spectrum, which is averaged over them.
SEGMENTS = 8
#: Start of the name of an orbit, before that of the state from which it is reached.
ORBIT = "orbit from "
#: Parts of the noise on an orbit.
PARTS = {
    "phase_noise": "the lines, widened by the diffusion of the phase",
    "amplitude_noise": "deviations that decay, and their correlation to the phase",
    "electrical_noise": "the branch's own noise",
}
NO_ORBIT = "the noise about an orbit needs the numeric engine"
NO_TRANSIENT = "transient noise needs the numeric engine: the netlist is silent in transients"
NO_NATIVE_NOISE = (
    "this ngspice does not ask native devices for their noise, as ngspice 39 to 41 do not unless 'make ngspice-osdi' "
    "built them; native=False measures with a subcircuit"
)


@bench(needs=(Spectrum,))
def noise(
    device: CompactModel,
    *,
    voltage: Annotated[
        float | None, Quantity("V", "voltage across the first branch; default: the device's suggestion, at most 0.1")
    ] = None,
    states: States = None,
    frequency: Annotated[
        ArrayLike | None,
        Range(
            "Hz",
            "frequencies of the small-signal spectrum, for simulators evenly spaced in the logarithm; default: the "
            "device's suggestion, and for the numeric engine more across the line of every resonance and from below "
            "the corner of its jumps",
        ),
    ] = None,
    method: Annotated[
        str,
        Choice(
            METHODS,
            "linearised about a state that lasts, or about a periodic orbit, Welch's spectrum of trajectories, or what "
            "suits",
        ),
    ] = "auto",
    duration: Annotated[
        float | None, Quantity("s", "length of a transient; default: 1000 time scales", positive=True)
    ] = None,
    points: Annotated[int | None, Whole(f"samples of a transient; default: {SAMPLES}", 2)] = None,
    trajectories: Annotated[
        int | None, Whole(f"number of transients that are averaged; default: {TRANSIENTS}", 1)
    ] = None,
    temperature: Surroundings = None,
    seed: Seed = None,
    engine: Engine = "numeric",
    native: Native = None,
) -> pd.DataFrame:
    r"""Measure the spectral density of the current's noise at a constant voltage.

    The current is that through the first branch; states and branches are noisy as the model declares. The small-signal
    noise is that of fluctuations about the rest to which the states come under the voltage: about a state that does not
    last there is none. Where the states go round a stable orbit instead, as those of an oscillator above its threshold,
    weak noise has the spectrum of :meth:`~synaspice.devices.PeriodicOrbit.spectrum`: lines of the width
    :math:`2\pi k^2 f_0^2 c` that hold the power of the harmonics, the noise of the amplitude beside them, and that of
    the branch itself. By default all other states are measured by noisy transients: an oscillator near its threshold,
    whose phase is lost nearly as fast as its amplitude returns, and a magnet whose barrier is below k_B T. Orbits and
    transients need the numeric engine. Reference states that lead to another one are left out, unless they are
    asked for.

    A junction that thermal agitation switches by itself has telegraph noise beside that of its states, from its dwell
    times (:mod:`synaspice.devices.simulation.dwelling`).

    Returns
    -------
    pandas.DataFrame
        Columns ``state``, ``frequency`` [Hz], ``current_noise``: one-sided spectral density [A^2/Hz],
        ``relative_noise``, the same over the square of the mean current [1/Hz], and the ``method``. With an orbit also
        its parts ``phase_noise``, ``amplitude_noise`` and ``electrical_noise`` [A^2/Hz], NaN in other states. ``attrs``
        has the mean ``dwell_times`` [s] of a device that jumps, and the frequency of each orbit's first line,
        ``carriers`` [Hz].

    Raises
    ------
    ParameterError
        If the model declares no noise, a state does not last and the method is ``small-signal``, it goes round no
        stable orbit or noise is not weak there and the method is ``orbit``, or an argument makes no sense, such as the
        length of transients where no state is measured by them.
    UnknownNameError
        If a state, method or engine does not exist.
    MissingDependencyError
        If native devices are demanded and cannot be had.
    """
    device, kelvin = in_surroundings(device, temperature)
    positive("the temperature", kelvin, "K")
    own = uses_native(engine, native)
    if method == "transient" and engine != "numeric":
        raise ParameterError(NO_TRANSIENT)
    transients = {"duration": duration, "points": points, "trajectories": trajectories}
    suggested = device.protocol(Spectrum)
    voltage = suggested.voltage if voltage is None else voltage
    grid = np.sort(reals("frequencies", suggested.frequencies if frequency is None else frequency, "Hz"))
    if not np.all(grid > 0):
        raise ParameterError("frequencies must be positive and finite")
    branch = next(iter(device.branches().values()))
    dwell = dwell_times(device, voltage, kelvin, seed) if device.suits(Dwelling) else None
    parts = []
    fleeting = [] if dwell is None or dwell.wanders else [name for name in dwell.times if not dwell.holds(name)]
    further = [] if states is not None else working_points(device, suggested.further, voltage)
    there = [*working_points(device, states, voltage), *further]
    # Thermal agitation takes a fleeting state to the other one at once.
    kept = [point for point in there if states is not None or point.name not in fleeting]
    wanders = dwell is not None and dwell.wanders
    unused = [name for name, value in transients.items() if value is not None]
    orbits: dict[str, PeriodicOrbit] = {}
    measured: list[tuple[WorkingPoint, str]] = []
    for point in kept:
        way = method
        if method == "auto":
            way = "small-signal" if point.linear and not wanders else "transient"
        if method == "orbit" or (way == "transient" and method == "auto" and not (wanders or unused)):
            orbit, complaint = point.orbit(kelvin) if engine == "numeric" else (None, NO_ORBIT)
            if orbit is not None and states is None and any(orbit.same(other) for other in orbits.values()):
                continue  # by another way
            if orbit is not None:
                way, orbits[point.name] = "orbit", orbit
            elif method == "orbit":
                raise ParameterError(complaint)
        measured.append((point, way))
    if unused and "transient" not in [way for _, way in measured]:
        raise ParameterError(
            f"{', '.join(unused)}: of transients, and no state is measured by them; method='transient' "
            "(--method transient) measures by transients"
        )
    carriers: dict[str, float] = {}
    for point, chosen in measured:
        if chosen == "transient":
            if frequency is not None:
                raise ParameterError(
                    "transients have the frequencies of their record (duration, points): leave frequency out"
                )
            if engine != "numeric":
                raise ParameterError(NO_TRANSIENT if point.linear else f"{point.refusal()} of the numeric engine")
            length = 1000 * point.held.settling_time if duration is None else duration
            part = _transient(point, length, points or SAMPLES, trajectories or TRANSIENTS, kelvin, seed)
        elif chosen == "orbit":
            part, carriers[ORBIT + point.name] = _orbit_spectrum(orbits[point.name], grid, frequency is None, kelvin)
        elif not point.linear:
            raise ParameterError(point.refusal())
        elif engine == "numeric":
            own_grid = grid
            if frequency is None:
                own_grid = np.concatenate([grid, point.lines(grid), [] if dwell is None else dwell.below(grid)])
                own_grid = np.unique(own_grid)
            spectrum = noise_spectrum(point.held, own_grid, {branch.name: voltage}, kelvin, point.states)
            part = pd.DataFrame({"frequency": own_grid, "current_noise": sum(spectrum.values())})
        else:
            held = point.resting()
            part = _netlist_spectrum(held, grid, voltage, kelvin, engine, own)
            if own and not part["current_noise"].any():
                if native:
                    raise MissingDependencyError(NO_NATIVE_NOISE)
                own = False
                part = _netlist_spectrum(held, grid, voltage, kelvin, engine, own)
        if chosen == "small-signal" and dwell is not None:
            part["current_noise"] += dwell.spectrum(part["frequency"].to_numpy(), _jump(device, voltage))
        if chosen == "orbit":
            current = float(np.mean(orbits[point.name].values(branch.current)))
        else:
            current = float(point.held.static(**{branch.name: voltage}, **point.states)[branch.current])
        with np.errstate(divide="ignore", invalid="ignore"):
            part["relative_noise"] = part["current_noise"] / np.float64(current) ** 2
        part["method"] = chosen
        part.insert(0, "state", ORBIT + point.name if chosen == "orbit" else point.name)
        parts.append(part)
    whole = pd.concat(parts, ignore_index=True)
    relative = "spectral density over the square of the mean current"
    columns = {
        "state": (whole["state"], "", "state in which the device is held"),
        "frequency": (whole["frequency"], "Hz", "frequency"),
        "current_noise": (whole["current_noise"], "A^2/Hz", "one-sided spectral density of the current's noise"),
        "relative_noise": (whole["relative_noise"], "1/Hz", relative),
        "method": (whole["method"], "", "how it was measured"),
    }
    if orbits:
        columns |= {name: (whole[name], "A^2/Hz", f"part of it on an orbit: {what}") for name, what in PARTS.items()}
    attributes = engine_attributes(engine, own) | {"bench": "noise", "temperature": kelvin, "seed": seed}
    attributes |= {"dwell_times": None if dwell is None else dwell.times, "carriers": carriers or None}
    used = ", ".join(dict.fromkeys(whole["method"]))
    return device_table(device, columns, **attributes, voltage=voltage, method=used)


def _jump(device: CompactModel, voltage: float) -> float:
    """Difference of the current between the two states of a device that jumps [A]."""
    branch = next(iter(device.branches().values()))
    references = device.reference_states()
    currents = [
        float(device.replace(**references[name]).static(**{branch.name: voltage})[branch.current])
        for name in device.protocol(Dwelling).states
    ]
    return currents[0] - currents[1]


def _orbit_spectrum(
    orbit: PeriodicOrbit, grid: FloatArray, finer: bool, temperature: float
) -> tuple[pd.DataFrame, float]:
    """The spectrum about an orbit, if wanted with more frequencies across its lines; and that of the first line."""
    noisy = orbit.noisy(temperature)
    if finer:
        current = orbit.values(next(iter(orbit.device.branches().values())).current)
        grid = np.unique(np.concatenate([grid, noisy.lines(grid, current)]))
    table = orbit.spectrum(grid, temperature)
    part = pd.DataFrame({"frequency": grid, "current_noise": table["noise"], **{name: table[name] for name in PARTS}})
    return part, float(noisy.frequency)


def _netlist_spectrum(
    device: CompactModel, grid: FloatArray, voltage: float, temperature: float, engine: str, native: bool
) -> pd.DataFrame:
    """The spectrum from a simulator's noise analysis, the current read by a current-controlled voltage source."""
    ratios = np.diff(np.log(grid))
    if len(grid) > 1 and np.ptp(ratios) > 1e-9 * np.max(ratios):
        raise ParameterError(f"{engine} takes frequencies that are evenly spaced in the logarithm only")
    form = form_of(device, engine, native, noise=True)
    lines = probe_deck(device, voltage, form)
    # A node of a name that no terminal has: devices with a pin "read" had it between two sources.
    lines += statements_of(form).meter("sensed", "sensed_current", "0", "meter")
    decades = np.log10(grid[-1] / grid[0])
    per_decade = 1 if len(grid) == 1 else round((len(grid) - 1) / decades)
    if len(grid) > 1 and abs(per_decade * decades - (len(grid) - 1)) > 1e-6:
        raise ParameterError(f"{engine} takes a whole number of frequencies per decade")
    analysis = ngspice.Noise(float(grid[0]), float(grid[-1]), per_decade, output="v(sensed_current)", source="v_drive")
    options = {**STATIC_OPTIONS, "temp": temperature - OFFSETS["K", "degC"]}
    result = run_netlist(engine, lines, form, analysis, options)
    density = np.real(result["onoise_spectrum"].to_numpy()) ** 2
    return pd.DataFrame({"frequency": result["frequency"].to_numpy(), "current_noise": density})


def _transient(
    point: WorkingPoint,
    duration: float,
    points: int,
    trajectories: int,
    temperature: float,
    seed: int | None,
) -> pd.DataFrame:
    """Welch's spectrum of the current over noisy trajectories, the branch's own noise added to that of the states."""
    from scipy.signal import welch

    device = point.held
    branch = next(iter(device.branches().values()))
    entropy = np.random.SeedSequence(seed)
    seed = int(entropy.generate_state(1)[0]) if seed is None else seed
    interval = duration / (points - 1)
    # A state that does not last is left first, at most for as long as is measured.
    pace = np.min(np.abs(point.rest.eigenvalues.real[point.rest.eigenvalues.real != 0]), initial=np.inf)
    settling = 0.0 if point.rest.lasts else min(duration, GROWTHS / pace if np.isfinite(pace) else duration)
    before = int(np.ceil(settling / interval))
    traces = device.simulate(
        point.voltage,
        (points - 1 + before) * interval,
        source=branch.name,
        temperature=temperature,
        trajectories=trajectories,
        seed=seed,
        points=points + before,
    )
    spectra = []
    groups = [traces] if trajectories == 1 else [part for _, part in traces.groupby("trajectory")]
    for whole_trace, child in zip(groups, entropy.spawn(len(groups)), strict=True):
        trace = whole_trace.iloc[before:]
        generator = np.random.default_rng(child)
        quantities = {branch.name: trace[branch.name].to_numpy()}
        quantities |= {name: trace[name].to_numpy() for name in device.state_declarations()}
        white, flicker = electrical_noise(device, branch.name, quantities, temperature)
        current = trace[branch.current].to_numpy() + np.sqrt(white / (2 * interval)) * generator.standard_normal(points)
        current += np.sqrt(flicker) * pink_noise(points, interval, generator)
        frequency, density = welch(current, 1 / interval, nperseg=points // SEGMENTS, detrend="constant")
        spectra.append(density)
    # The first bins hold the rest of the mean.
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
