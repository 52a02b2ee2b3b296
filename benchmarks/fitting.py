"""Fits of data made from one preset that start from another: how often the first is found, for each family of models.

``python benchmarks/fitting.py [repetitions] [family ...]`` prints a table in Markdown, as
docs/guides/characterise/fitting.md has it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from synaspice.characterization.fitting.recovery import recovery
from synaspice.devices import (
    MTJ,
    VTEAM,
    AutoOscillator,
    CompactModel,
    LinearIonDrift,
    PhaseChangeMemory,
    Sky130RERAM,
    StanfordRRAM,
    Yakopcic,
)
from synaspice.devices.core.protocols import Sweep
from synaspice.devices.language.waveforms.shapes import Sine

VOLTAGES = np.linspace(-0.4, 0.4, 41)


def states(device: CompactModel, voltages: np.ndarray) -> pd.DataFrame:
    """Static curves in all reference states."""
    names = list(device.reference_states())
    return pd.DataFrame({"state": np.repeat(names, len(voltages)), "voltage": np.tile(voltages, len(names))})


def loop(device: CompactModel, points: int = 201, times: float = 1.0) -> pd.DataFrame:
    """One cycle of the device's suggested sweep."""
    sweep = device.protocol(Sweep)
    period = times * float(sweep.period or 0.0)
    time = np.linspace(0.0, period, points)
    return pd.DataFrame({"time": time, "voltage": Sine(0.0, float(sweep.amplitude or 0.0), 1 / period)(time)})


def mtj() -> dict[str, Any]:
    device = MTJ.preset("ikeda2010")
    free = ["resistance_area_product", "tmr", "tmr_half_voltage"]
    start = MTJ.preset("kim2015-interface")
    return {"device": device, "start": start, "free": free, "rows": states(device, VOLTAGES), "bench": "iv"}


def stanford() -> dict[str, Any]:
    device, start = StanfordRRAM.preset("jiang2014"), StanfordRRAM.preset("cantudo2025")
    rows = states(device, 3 * VOLTAGES)
    return {"device": device, "start": start, "free": ["current_scale", "voltage_scale"], "rows": rows, "bench": "iv"}


def sky130() -> dict[str, Any]:
    device = Sky130RERAM.preset("skywater2020")
    rows = states(device, VOLTAGES)
    return {"device": device, "start": Sky130RERAM(current_scale=3e-5, voltage_scale=0.3)} | {
        **{"free": ["current_scale", "voltage_scale"], "rows": rows, "bench": "iv"}
    }


def vteam() -> dict[str, Any]:
    device = VTEAM.preset("kvatinsky2014")
    start = device.replace(resistance_on=100.0, resistance_off=2500.0, rate_on=-20.0)
    free = ["resistance_on", "resistance_off", "rate_on"]
    found = {"device": device, "start": start, "free": free, "rows": loop(device, 401), "bench": "hysteresis"}
    # The way on is over within a few points: from one start some fits end beside the best one.
    return found | {"starts": 4}


def yakopcic() -> dict[str, Any]:
    device, start = Yakopcic.preset("yakopcic2013-chalcogenide"), Yakopcic.preset("yakopcic2011-chalcogenide")
    free = ["amplitude_positive", "amplitude_negative", "rate_positive", "rate_negative"]
    start = start.replace(rate_positive=6000.0, rate_negative=3000.0)  # the two presets have the same rates
    return {"device": device, "start": start, "free": free, "rows": loop(device), "bench": "hysteresis"}


def linear_ion_drift() -> dict[str, Any]:
    device, start = LinearIonDrift.preset("strukov2008"), LinearIonDrift.preset("prodromakis2011")
    start = start.replace(resistance_off=2.5e4, mobility=3e-14)  # the two presets share these values
    free = ["resistance_off", "mobility"]
    return {"device": device, "start": start, "free": free, "rows": loop(device), "bench": "hysteresis"}


def phase_change_memory() -> dict[str, Any]:
    device, start = PhaseChangeMemory.preset("joshi2020"), PhaseChangeMemory.preset("boybat2018")
    rows = pd.DataFrame({"time": np.geomspace(1.0, 1e5, 40)})
    # At the largest conductance the exponent is the smallest one; the two presets have the same largest conductance.
    start = start.replace(conductance_max=2e-5)
    return {"device": device, "start": start, "free": ["conductance_max", "drift_smallest"], "rows": rows} | {
        **{"bench": "drift", "observed": ["conductance"], "noise": 0.002}
    }


def auto_oscillator() -> dict[str, Any]:
    device, start = AutoOscillator.preset("slavin2009-like"), AutoOscillator.preset("kim2008-like")
    rows = pd.DataFrame({"current": np.linspace(1.15, 2.0, 6) * device.threshold_current})
    free = ["nonlinear_frequency_shift", "nonlinear_damping", "resistance_swing"]
    return {"device": device, "start": start, "free": free, "rows": rows, "bench": "amplitude"} | {
        **{"observed": ["amplitude", "frequency"], "noise": 0.002}
    }


def switching_probability() -> dict[str, Any]:
    """Shares of a thousand pulses that switch: the noise is binomial."""
    device, start = MTJ.preset("ikeda2010"), MTJ.preset("kim2015-interface")
    threshold = float(device.derived["critical_current_to_parallel"])
    pulses = [(i * threshold, width) for width in (3e-9, 6e-9) for i in (1.6, 2.2, 3.0)]
    rows = pd.DataFrame(pulses, columns=["current", "width"])
    # The interface of the other preset would not hold this one's thicker layer perpendicular.
    start = device.replace(damping=start.damping, interfacial_anisotropy=0.98 * device.interfacial_anisotropy)
    return {"device": device, "start": start, "free": ["damping", "interfacial_anisotropy"], "rows": rows} | {
        **{"bench": "switching", "observed": ["probability"], "trials": 1000}
    }


def field_loop() -> dict[str, Any]:
    """The mean of many loops in a field along the axis."""
    device, other = MTJ.preset("ikeda2010"), MTJ.preset("kim2015-interface")
    up = np.linspace(-7e4, 7e4, 36)
    rows = pd.DataFrame({"field_z": np.concatenate([up, up[-2::-1]])})
    anisotropy = 0.98 * device.interfacial_anisotropy
    start = other.replace(interfacial_anisotropy=anisotropy)
    free = ["resistance_area_product", "tmr", "interfacial_anisotropy"]
    return {"device": device, "start": start, "free": free, "rows": rows, "bench": "hysteresis"} | {
        **{"observed": ["resistance"], "noise": 0.01}
    }


CASES: dict[str, Callable[[], dict[str, Any]]] = {
    case.__name__: case
    for case in (
        *(mtj, stanford, sky130, vteam, yakopcic, linear_ion_drift, phase_change_memory, auto_oscillator),
        *(switching_probability, field_loop),
    )
}


def main() -> None:
    """Print the table."""
    repetitions = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    print(
        "| family | data | parameter | true | start | mean ± standard deviation | stated error | within two | "
        "linear theory |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name in sys.argv[2:] or CASES:
        begun = time.perf_counter()
        case = {"observed": ["current"], "noise": 0.01} | CASES[name]()
        table = recovery(**case, repetitions=repetitions)
        for row in table.to_dict("records"):
            numbers = f"{row['true']:.4g} | {row['start']:.4g} | {row['mean']:.5g} ± {row['standard_deviation']:.2g}"
            print(
                f"| {name} | {case['bench']} | {row['parameter']} | {numbers} | {row['standard_error']:.2g} | "
                f"{row['within_two']:.2f} | {row['within_two_linear']:.2f} |",
                flush=True,
            )
        print(f"{name}: {time.perf_counter() - begun:.0f} s", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
