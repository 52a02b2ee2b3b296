"""synaspice.devices: compact models of neuromorphic devices, each declared once."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .domain_wall import DomainWallMagnet as DomainWallMagnet
    from .domain_wall import DomainWallSynapse as DomainWallSynapse
    from .domain_wall_injector import DomainWallInjector as DomainWallInjector
    from .electrothermal import ElectrothermalMTJ as ElectrothermalMTJ
    from .errors import CompilationError as CompilationError
    from .errors import MissingDependencyError as MissingDependencyError
    from .errors import ParameterError as ParameterError
    from .errors import SimulationError as SimulationError
    from .errors import SynaspiceError as SynaspiceError
    from .errors import UnknownNameError as UnknownNameError
    from .errors import ValidityWarning as ValidityWarning
    from .memristors.linear_ion_drift import LinearIonDrift as LinearIonDrift
    from .memristors.pcm import PhaseChangeMemory as PhaseChangeMemory
    from .memristors.sky130_reram import Sky130RERAM as Sky130RERAM
    from .memristors.stanford_rram import StanfordRRAM as StanfordRRAM
    from .memristors.volatile import VolatileMemristor as VolatileMemristor
    from .memristors.vteam import VTEAM as VTEAM
    from .memristors.yakopcic import Yakopcic as Yakopcic
    from .model import CompactModel as CompactModel
    from .mtj import MTJ as MTJ
    from .neuron_magnet import NeuronMagnet as NeuronMagnet
    from .oscillator import AutoOscillator as AutoOscillator
    from .spin_magnet import SpinMagnet as SpinMagnet
    from .spin_orbit_torque import SpinOrbitTorqueMTJ as SpinOrbitTorqueMTJ
    from .vortex import VortexOscillator as VortexOscillator
    from .waveforms import DC as DC
    from .waveforms import PiecewiseLinear as PiecewiseLinear
    from .waveforms import Pulse as Pulse
    from .waveforms import Sine as Sine
    from .waveforms import Triangle as Triangle
    from .waveforms import Waveform as Waveform

__all__ = [
    "DC",
    "MTJ",
    "VTEAM",
    "AutoOscillator",
    "CompactModel",
    "CompilationError",
    "DomainWallInjector",
    "DomainWallMagnet",
    "DomainWallSynapse",
    "ElectrothermalMTJ",
    "LinearIonDrift",
    "MissingDependencyError",
    "NeuronMagnet",
    "ParameterError",
    "PhaseChangeMemory",
    "PiecewiseLinear",
    "Pulse",
    "SimulationError",
    "Sine",
    "Sky130RERAM",
    "SpinMagnet",
    "SpinOrbitTorqueMTJ",
    "StanfordRRAM",
    "SynaspiceError",
    "Triangle",
    "UnknownNameError",
    "ValidityWarning",
    "VolatileMemristor",
    "VortexOscillator",
    "Waveform",
    "Yakopcic",
]


def __getattr__(name: str) -> Any:
    """Import on first use: SymPy and SciPy take a while, and a command line should answer at once."""
    # Not "from . import catalog", which would ask this function for "catalog".
    catalog = importlib.import_module(".catalog", __name__)
    found = None if name.startswith("_") or name == "catalog" else catalog.public_names().get(name)
    if found is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return found


def __dir__() -> list[str]:
    return sorted(importlib.import_module(".catalog", __name__).public_names())
