"""Known answers of the benches of memories and walls, expected and found: the table of docs/memristor-benches.md.

``python benchmarks/memory_benches.py`` prints it in Markdown.
"""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
import pandas as pd

from synaspice.characterization import (
    creep,
    depinning,
    fit_endurance,
    fit_retention,
    half_select,
    potentiation,
    state_retention,
    step_programming,
)
from synaspice.characterization.cells.errors.arrhenius import BOLTZMANN
from synaspice.devices import (
    VTEAM,
    DomainWallMagnet,
    DomainWallSynapse,
    LinearIonDrift,
    PhaseChangeMemory,
    StanfordRRAM,
)
from synaspice.devices.language.constants import CONSTANTS, q_e

#: Bench, what of it, expected, found, and within what they agree.
Row = tuple[str, str, float, float, str]
ROOM, ELECTRON = 300.0, CONSTANTS[q_e][0]
LINEAR = {"rate_on": -1.0, "rate_off": 1.0, "exponent_on": 1.0, "exponent_off": 1.0}


def half_selected() -> Iterator[Row]:
    """Linear rates beyond a threshold, and linear drift."""
    device = VTEAM(threshold_on=-0.1, threshold_off=0.1, **LINEAR | {"rate_on": -1e-3, "rate_off": 1e-3})
    found = half_select(device, amplitude=-0.4, width=1e-8).attrs["disturbed"][0]
    on, off = device.resistance_on, device.resistance_off
    x = (1 / (1 / off + 0.1 * (1 / on - 1 / off)) - on) / (off - on)
    yield "half-select", "VTEAM, V/2: pulses to a tenth", (1 - x) * device.travel / 1e-11, found["pulses"], "0.1 %"
    drift = LinearIonDrift()
    found = half_select(drift, amplitude=1.0, width=1e-3).attrs["disturbed"][0]
    on, off = drift.resistance_on, drift.resistance_off
    slope = 2 * drift.mobility * on * (off - on) / drift.thickness**2
    wanted = 1 / (1 / off + 0.1 * (1 / on - 1 / off))
    pulses = (off**2 - wanted**2) / (slope * 0.5e-3)
    yield "half-select", "linear ion drift, V/2: pulses to a tenth", pulses, found["pulses"], "0.1 %"


def stepped() -> Iterator[Row]:
    """Linear rates: the sum of an arithmetic series."""
    device, width, first, step = VTEAM(**LINEAR), 2e-11, 0.25, 0.005
    sizes = first + step * np.arange(300)
    x = 1 - np.cumsum(width / device.travel * (sizes / 0.2 - 1))
    low, high = 1 / device.resistance_off, 1 / device.resistance_on
    conductance = 1 / (device.resistance_on + np.maximum(x, 0) * (device.resistance_off - device.resistance_on))
    off = (conductance - (low + high) / 2) / (high - low)
    number = int(np.argmax(np.abs(off) <= 0.03))
    row = step_programming(device, step=[step], first=first, width=width, tolerance=0.03).iloc[0]
    yield "step-programming", "VTEAM: pulses", number + 1, row["pulses"], "exact"
    yield "step-programming", "VTEAM: error over the range", float(off[number]), row["bias"], "1e-5"


def retained() -> Iterator[Row]:
    """A filament that dissolves, and a drift."""
    device = StanfordRRAM(retention="arrhenius", heating="none")
    kelvins, times = [350.0, 400.0, 450.0], np.geomspace(1e-3, 1e10, 400)
    found = state_retention(device, temperature=kelvins, time=times).attrs
    yield "state-retention", "filament: barrier (eV)", device.retention_energy, found["barrier"], "0.1 %"
    share = -math.log(1 - device.gap_scale * math.log(2) / device.gap_range)
    time_constant = math.exp(device.retention_energy * ELECTRON / (BOLTZMANN * 400.0)) / device.retention_rate
    lost = found["lost"][1]["time"]
    yield "state-retention", "filament: half the conductance at 400 K (s)", share * time_constant, lost, "0.5 %"
    cell = PhaseChangeMemory(initial_state=0.0)
    exponent = float(cell.static(log_age=0.0)["drift_exponent"])
    found = state_retention(cell, temperature=[300.0, 350.0]).attrs
    yield "state-retention", "phase change, RESET: drift exponent", exponent, found["lost"][1]["exponent"], "0.1 %"


def pinned() -> Iterator[Row]:
    """A wall in a periodic potential."""
    height, period = 8 * BOLTZMANN * ROOM, 30e-9
    wall = DomainWallMagnet(
        damping=0.5, nonadiabaticity=2.0, pinning_energy=height, pinning_period=period, length=600e-9,
        strip_width=20e-9, transverse_anisotropy_field=5e5,
    )  # fmt: skip
    field = math.pi * height / period / wall.energy_per_field
    table = depinning(
        wall, quantity="field", values=[0.1 * field, 0.3 * field], width=[5e-9], trajectories=1000, seed=1
    )
    yield "depinning", "field that leaves no site (A/m)", field, table.attrs["depinning"], "0.01 %"
    site = period / (2 * math.pi) * math.asin(0.3)
    saddle = period / 2 - site
    way = math.sin(math.pi * saddle / period) ** 2 - math.sin(math.pi * site / period) ** 2
    barrier = 8 * (way - 0.3 * math.pi / period * (saddle - site))
    yield "depinning", "barrier at 0.3 of it (k_B T)", barrier, table["barrier"].iloc[1], "0.1 %"
    for row in table.to_dict("records"):
        what = f"probability in 5 ns, barrier {row['barrier']:.1f} k_B T"
        yield "depinning", what, row["kramers"], row["probability"], f"{row['lower']:.3f} to {row['upper']:.3f}"
    for row in creep(wall, quantity="field", values=[0.3 * field, 0.5 * field], seed=1).to_dict("records"):
        what = f"velocity (m/s), barrier {row['barrier']:.1f} k_B T"
        yield "creep", what, row["hopping"], row["velocity"], f"± {row['standard_error']:.2g}"


def written() -> Iterator[Row]:
    """A wall that the charge of a pulse moves."""
    device = DomainWallSynapse(damping=0.1, nonadiabaticity=0.1)
    table = potentiation(device, pulses=12)
    up = table[table["direction"] == "potentiation"]["conductance"].to_numpy()
    charge = table.attrs["amplitudes"][0] / device.strip_resistance * table.attrs["widths"][0]
    bias = (table.attrs["read_voltage"] / device.tmr_half_voltage) ** 2
    span = device.parallel_conductance * (1 - (1 + bias) / (1 + bias + device.tmr))
    step = span * device.current_mobility * charge / device.length
    yield "potentiation", "domain wall: step of a pulse (S)", step, float(np.diff(up).mean()), "0.1 %"
    label = table.attrs["nonlinearity_potentiation"]
    yield "potentiation", "domain wall: NeuroSim's label", 0.0, label, "exact"


def measured() -> Iterator[Row]:
    """Cells drawn from the laws that are fitted."""
    random = np.random.default_rng(2)
    cycle, rows = np.unique(np.geomspace(1, 100_000, 150).astype(int)), []
    for cell in range(40):
        low = 1e4 * np.exp(0.1 * random.standard_normal() + 0.05 * random.standard_normal(len(cycle))) * cycle**0.03
        high = 1e6 * np.exp(0.3 * random.standard_normal() + 0.2 * random.standard_normal(len(cycle))) * cycle**-0.08
        high = np.where(cycle >= 6e4 * random.weibull(2.0), 1.2 * low, high)
        each = {"device": cell, "cycle": cycle, "resistance_low": low, "resistance_high": high}
        rows.append(pd.DataFrame(each))
    found = fit_endurance(pd.concat(rows)).attrs
    law, weibull = found["laws"]["resistance_high"], found["weibull"]
    yield "fit_endurance", "exponent of the high resistance", -0.08, law["slope"], f"± {law['slope_error']:.2g}"
    yield "fit_endurance", "spread over cells", 0.3, law["spread"], f"± {0.3 / math.sqrt(78):.2g}"
    yield "fit_endurance", "Weibull's shape, censored", 2.0, weibull["shape"], f"± {weibull['shape_error']:.2g}"
    yield "fit_endurance", "Weibull's scale (cycles)", 6e4, weibull["scale"], f"± {weibull['scale_error']:.2g}"
    random, times, parts = np.random.default_rng(1), np.geomspace(10.0, 1e5, 9), []
    for kelvin in (400.0, 425.0, 450.0):
        gone = 1e-10 * np.exp(1.2 * ELECTRON / (BOLTZMANN * kelvin)) * random.weibull(1.3, 100)
        resistance = 3e4 * np.exp(random.normal(0, 0.1, (100, 1))) * times ** random.normal(0.02, 0.004, (100, 1))
        resistance[times >= gone[:, None]] = 5e6
        cells = np.repeat([f"{kelvin:g}-{k}" for k in range(100)], 9)
        each = {"temperature": kelvin, "time": np.tile(times, 100), "cell": cells, "resistance": resistance.ravel()}
        parts.append(pd.DataFrame(each))
    found = fit_retention(pd.concat(parts), (1e4, 1e6)).attrs
    drift = found["drift"][0]
    yield "fit_retention", "barrier (eV)", 1.2, found["barrier"], f"± {found['barrier_error']:.2g}"
    shape = found["weibull"]
    yield "fit_retention", "Weibull's shape", 1.3, shape["shape"], f"± {shape['shape_error']:.2g}"
    yield "fit_retention", "exponent of the drift at 400 K", 0.02, drift["exponent"], f"± {drift['exponent_error']:.2g}"


ANSWERS: tuple[Callable[[], Iterator[Row]], ...] = (half_selected, stepped, retained, pinned, written, measured)


def main() -> None:
    """Print the table."""
    print("| | | expected | found | within |\n| --- | --- | --- | --- | --- |")
    for answers in ANSWERS:
        begun = time.process_time()
        for bench, what, expected, found, within in answers():
            print(f"| `{bench}` | {what} | {expected:.5g} | {found:.5g} | {within} |", flush=True)
        print(f"{answers.__name__}: {time.process_time() - begun:.1f} s of processor time", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
