"""Write error rate of a junction over the width of a pulse, down to the smallest, by several methods."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...devices.core.distributions import wilson_interval
from ...devices.core.metadata import device_table
from ...devices.core.protocols import Switching, Writing
from ...devices.core.validity import warn_of_limits
from ...devices.language.array_checks import reals
from ...devices.language.checks import known, positive, real
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...devices.simulation.ensembles.plan import CHUNK
from ...devices.simulation.numerics.newton import voltage_at_current
from ...devices.simulation.numerics.threads import in_chunks
from ..arguments import (
    SWEPT,
    Checkpoint,
    Name,
    Names,
    Progress,
    Quantity,
    Range,
    Seed,
    Surroundings,
    Whole,
    reference_states,
)
from ..bench import bench
from ..rare_events.axial_magnet import AxialMagnet, from_reference_state
from ..rare_events.event import RareEvent, decay_time
from ..rare_events.fokker_planck import Estimate, still_there
from ..rare_events.splitting import splitting
from ..resumable import check_seed, compute_pieces, describe
from .pulses import PulseRequest, require_bearable

#: Overdrives and widths [s] of the pulses if none are given.
OVERDRIVES = (1.2, 1.5, 2.0, 3.0)
WIDTHS = tuple(n * 1e-9 for n in range(1, 21))
#: What a pulse can impose.
PULSED = ("current", "voltage")
#: The gallery's run: coarser, not otherwise different.
QUICK = {"overdrive": (1.5, 3.0), "trajectories": 1000, "walkers": 256, "replicas": 6, "seed": 1}


def butler_write_error(overdrive: float, time: ArrayLike, stability: float) -> FloatArray:
    r"""Write error rate of a perpendicular macrospin in closed form, for a current above the critical one.

    .. math::

        P = 1 - \exp\left[-\frac{\pi^2 \Delta}{4}\,\frac{i - 1}{i\,e^{2 (i - 1) \tau} - 1}\right], \qquad
        \tau = \frac{t}{t_D}, \quad t_D = \frac{1 + \alpha^2}{\alpha\gamma_0 H_k}

    It is the probability that the tilt, a thermal one that grows as a small one does, is not yet :math:`\pi/2`. Near
    the pole that is right: the rate of the decay is that of the Fokker-Planck equation, :math:`2 (i - 1)`, but for a
    term :math:`(3 - i) / \Delta (i - 1)`, by which the error rate falls faster for i < 3. At large angles the growth is
    another, which changes the prefactor: for large :math:`\Delta (i - 1)` the :math:`\pi^2 / 8` should be
    :math:`2^{(i-1)/(i+1)} [(i-1)/i]^{2/(i+1)}`. For long pulses the closed form is thus too large 1.07 times for i = 3,
    1.6 times for i = 2, and 2.6 times for i = 1.5, growing slowly with the width where i < 3. All this is for a torque
    that does not depend on the angle. That of tunnelling gets weaker on the way out of the antiparallel state, so that
    more pulses fail: with a TMR of 124 % and 43 k_B T the closed form is right within 10 % for i = 1.5 and finds 0.3 to
    0.7 of the errors for i = 2 and 3 down to 1e-12.

    Parameters
    ----------
    overdrive : float
        Current over the critical current, :math:`i > 1`. [-]
    time : array_like
        Width of the pulse over the decay time of a small precession, :math:`\tau`. [-]
    stability : float
        Thermal stability :math:`\Delta`, energy barrier over k_B T. [-]

    Raises
    ------
    ParameterError
        If the current is not above the critical one.

    References
    ----------
    W. H. Butler et al., IEEE Trans. Magn. 48, 4684 (2012), doi:10.1109/TMAG.2012.2209122, as remembered; with the
    solution of the Fokker-Planck equation for long pulses.
    """
    if not real("the overdrive", overdrive) > 1:
        raise ParameterError(f"the closed form is for currents above the critical one, not {overdrive:g} times it")
    tau = reals("the time", time, dimensions=None)
    # exp(-2 (i - 1) tau) rather than its inverse: no overflow.
    decay = np.exp(-2 * (overdrive - 1) * tau)
    return np.asarray(-np.expm1(-(math.pi**2) * stability / 4 * (overdrive - 1) * decay / (overdrive - decay)))


def butler_pulse_width(overdrive: ArrayLike, error: float, stability: float) -> FloatArray:
    r"""Width of a pulse with a given write error by :func:`butler_write_error`, over the decay of a precession.

    .. math:: \tau = \frac{1}{2 (i - 1)} \ln\left\{\frac1i \left[1 + \frac{\pi^2 \Delta (i - 1)}{-4 \ln(1 - P)}\right]
        \right\}

    Parameters
    ----------
    overdrive : array_like
        Currents over the critical one, all above 1. [-]
    error : float
        Write error rate :math:`P`, between 0 and 1. [-]
    stability : float
        Thermal stability :math:`\Delta`. [-]

    Raises
    ------
    ParameterError
        If a current is not above the critical one, or the error is no probability.
    """
    i = reals("the overdrive", overdrive, dimensions=None)
    if not np.all(i > 1):
        raise ParameterError("the closed form is for currents above the critical one")
    if not 0 < real("the error", error) < 1:
        raise ParameterError(f"an error rate lies between 0 and 1, not at {error:g}")
    tilt = math.pi**2 * positive("the stability", stability) * (i - 1) / (-4 * math.log1p(-error))
    return np.asarray(np.log((1 + tilt) / i) / (2 * (i - 1)))


@dataclass(frozen=True)
class Pulses:
    """Rectangular pulses of one amplitude: what every method is asked."""

    request: PulseRequest
    amplitude: float
    overdrive: float
    temperature: float
    relaxation: float | None
    seed: int
    trajectories: int
    walkers: int
    replicas: int

    @property
    def begin(self) -> CompactModel:
        """The device in its starting state."""
        return self.request.at(self.request.start)

    @property
    def widths(self) -> FloatArray:
        """Widths of the pulses [s]."""
        return np.array(self.request.widths)

    @property
    def error(self) -> RareEvent:
        """The event that the junction has not switched at the end of a pulse."""
        begin, coordinate = self.begin, self.request.device.protocol(Writing).coordinate
        return RareEvent(
            begin,
            self.amplitude,
            self.widths,
            coordinate,
            0.0,
            rising=bool(begin.static()[coordinate] > 0),
            source=self.request.quantity,
            inputs=self.request.inputs,
            relaxation=self.relaxation,
            temperature=self.temperature,
            seed=self.seed,
        )


def _magnet(pulses: Pulses) -> AxialMagnet:
    request = pulses.request
    return from_reference_state(request.device, request.start, request.quantity, pulses.temperature, request.inputs)


def _by_closed_form(pulses: Pulses) -> list[Estimate]:
    _magnet(pulses).drift_and_diffusion(np.array([1.0]), 0.0)  # refuses devices that are not symmetric
    device = pulses.request.device
    if pulses.request.inputs or any(device.values[name] for name in device.input_declarations()):
        raise ParameterError("the closed form is for a junction without external field")
    stability = device.derived["thermal_stability"]
    values = butler_write_error(pulses.overdrive, pulses.widths / decay_time(pulses.begin), stability)
    return [Estimate(value, value, value) for value in values.tolist()]


def _by_fokker_planck(pulses: Pulses) -> list[Estimate]:
    return still_there(_magnet(pulses), pulses.amplitude, pulses.widths)


def _by_ensemble(pulses: Pulses) -> list[Estimate]:
    number = pulses.trajectories
    task = pulses.error.task(number)
    failed = sum(in_chunks(range(number), task.count, size=CHUNK), np.zeros(len(pulses.widths), dtype=int))
    found = []
    for k in failed.tolist():
        found.append(Estimate(k / number, *wilson_interval(k, number)))
    return found


def _by_splitting(pulses: Pulses) -> list[Estimate]:
    table = splitting(pulses.error, walkers=pulses.walkers, replicas=pulses.replicas)
    return [Estimate(*row) for row in table[["probability", "lower", "upper"]].to_numpy().tolist()]


METHODS: dict[str, Callable[[Pulses], list[Estimate]]] = {
    "closed-form": _by_closed_form,
    "fokker-planck": _by_fokker_planck,
    "ensemble": _by_ensemble,
    "splitting": _by_splitting,
}


@bench(
    needs=(Switching, Writing),
    long=True,
    swept=lambda device, quantity: quantity or device.protocol(Switching).quantity,
    gallery=lambda device: {"write-error": QUICK},
)
def write_error(
    device: CompactModel,
    *,
    quantity: Annotated[
        str | None,
        Name("what the pulse imposes: current or voltage; default: the device's suggestion", choices=PULSED),
    ] = None,
    overdrive: Annotated[
        ArrayLike | None, Range("1", "amplitudes in units of the critical one; default: 1.2, 1.5, 2 and 3")
    ] = None,
    amplitude: Annotated[ArrayLike | None, Range(SWEPT, "amplitudes instead")] = None,
    width: Annotated[ArrayLike | None, Range("s", "widths of the pulses; default: 1 to 20 ns")] = None,
    methods: Annotated[
        str | Sequence[str] | None,
        Names("methods; default: all that suit the junction", choices=tuple(METHODS)),
    ] = None,
    start: Annotated[
        str | None, Name("reference state before the pulse; default: the device's suggestion", of=reference_states)
    ] = None,
    end: Annotated[
        str | None, Name("reference state of a written device; default: the device's suggestion", of=reference_states)
    ] = None,
    relaxation: Annotated[
        float | None, Quantity("s", "time in which trajectories come to equilibrium before the pulse")
    ] = None,
    trajectories: Annotated[int, Whole("plain trajectories per amplitude", 1)] = 10_000,
    walkers: Annotated[int, Whole("weighted trajectories in a replica of splitting", 2)] = 1024,
    replicas: Annotated[int, Whole("independent replicas of splitting", 2)] = 16,
    temperature: Surroundings = None,
    seed: Seed = None,
    checkpoint: Checkpoint = None,
    progress: Progress = False,
) -> pd.DataFrame:
    r"""Measure the write error rate over the width of a pulse, down to 1e-12, by several methods.

    That is the probability with which a rectangular pulse fails to switch a junction.

    The junction is in thermal equilibrium in one state; an error is a magnetisation that is on the same side of the
    equator at the end of the pulse. Methods are

    - ``fokker-planck``: the equation of the probability density
      (:mod:`synaspice.characterization.rare_events.fokker_planck`), for a junction that is symmetric about its axis;
      the interval is the error of the grid;
    - ``splitting``: weighted trajectories (:mod:`synaspice.characterization.rare_events.splitting`), for any junction;
      95 % confidence from independent replicas;
    - ``ensemble``: plain trajectories, down to one over their number; 95 % confidence (Wilson);
    - ``closed-form``: Butler's (:func:`butler_write_error`), for a symmetric junction without field above the critical
      current.

    Returns
    -------
    pandas.DataFrame
        Columns ``method``, ``width`` [s], the quantity, ``overdrive``, ``probability``, ``lower`` and ``upper``.

    Raises
    ------
    ParameterError
        If a number makes no sense, or a method does not suit the junction.
    UnknownNameError
        If a method, a reference state or the quantity does not exist.
    """
    device, kelvin = in_surroundings(device, temperature)
    suggested = device.protocol(Switching)
    chosen = known("quantity of a pulse", quantity or suggested.quantity, PULSED)
    request = PulseRequest.of(device, start, end, chosen, None if width is None else np.unique(width), WIDTHS)
    if kelvin == 0:
        raise ParameterError("without noise there are no write errors: give a temperature above 0 K")
    warn_of_limits(device)
    pairs = _amplitudes(request, amplitude, overdrive)
    require_bearable(request.at(request.start), chosen, [level for level, _ in pairs])
    root = np.random.SeedSequence(seed)
    pulses = [
        Pulses(
            request,
            level,
            ratio,
            kelvin,
            relaxation,
            int(child.generate_state(1)[0]),
            int(trajectories),
            int(walkers),
            int(replicas),
        )
        for (level, ratio), child in zip(pairs, root.spawn(len(pairs)), strict=True)
    ]
    names = _methods(methods, pulses[0])
    work = [
        (name, pulse)
        for name in names
        for pulse in pulses
        if name != "closed-form" or methods is not None or pulse.overdrive > 1
    ]
    check_seed(seed, checkpoint)
    description = describe(device, methods=names, pulses=pulses, bench="write-error")
    results = compute_pieces(
        _estimates,
        [{"method": name, "pulses": pulse} for name, pulse in work],
        description=description,
        checkpoint=checkpoint,
        progress="write errors" if progress else None,
    )
    rows = []
    for (name, pulse), result in zip(work, results, strict=True):
        for w, bounds in zip(request.widths, result["estimates"].tolist(), strict=True):
            rows.append([name, w, pulse.amplitude, pulse.overdrive, *bounds])
    found = pd.DataFrame(rows, columns=["method", "width", chosen, "overdrive", "probability", "lower", "upper"])
    bound = "bound of the probability: 95 % confidence, or error of the grid"
    columns = {
        "method": (found["method"], "1", "how the probability was found"),
        "width": (found["width"], "s", "width of the pulse"),
        chosen: (found[chosen], request.unit, "amplitude of the pulse"),
        "overdrive": (found["overdrive"], "1", "amplitude over the critical one"),
        "probability": (found["probability"], "1", "probability that the pulse does not switch"),
        "lower": (found["lower"], "1", f"lower {bound}"),
        "upper": (found["upper"], "1", f"upper {bound}"),
    }
    attributes: dict[str, Any] = {"engine": "numeric", "bench": "write-error", "temperature": kelvin, "seed": seed}
    attributes |= {"swept": chosen, "start": request.start, "end": request.end, "trajectories": trajectories}
    return device_table(device, columns, **attributes, walkers=walkers, replicas=replicas)


def _estimates(method: str, pulses: Pulses) -> dict[str, Any]:
    return {"estimates": [[found.value, found.lower, found.upper] for found in METHODS[method](pulses)]}


def critical_amplitude(request: PulseRequest) -> float:
    """Critical current to the end state of a request, or the voltage that drives it out of the start [A or V]."""
    critical = request.device.protocol(Writing).critical_currents.get(request.end, math.nan)
    if request.quantity == "voltage" and math.isfinite(critical):
        return voltage_at_current(request.at(request.start), critical)
    return critical


def _amplitudes(
    request: PulseRequest, amplitude: ArrayLike | None, overdrive: ArrayLike | None
) -> list[tuple[float, float]]:
    """Amplitudes, each also in units of the critical one."""
    if amplitude is not None and overdrive is not None:
        raise ParameterError("give either amplitudes or overdrives, not both")
    critical = critical_amplitude(request)
    if amplitude is None and not math.isfinite(critical):
        raise ParameterError(
            f"{request.device!r} has no finite critical current to the state {request.end!r}: give the amplitudes"
        )
    given = reals("overdrives", OVERDRIVES if overdrive is None else overdrive)
    values = reals("amplitudes", critical * given if amplitude is None else amplitude)
    return list(zip(values.tolist(), (values / critical).tolist(), strict=True))


def _methods(asked: str | Sequence[str] | None, pulses: Pulses) -> list[str]:
    """The methods asked for, or all that suit the device."""
    if asked is not None:
        names = [asked] if isinstance(asked, str) else list(asked)
        return [known("method", name, METHODS) for name in names]
    names = ["ensemble", "splitting"]
    try:
        _magnet(pulses).drift_and_diffusion(np.array([1.0]), pulses.amplitude)
    except ParameterError:
        return names
    names.insert(0, "fokker-planck")
    try:
        _by_closed_form(pulses)
    except ParameterError:
        return names
    return ["closed-form", *names]
