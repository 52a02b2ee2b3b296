"""What devices offer to benches: by type, declared on the class, and open to protocols of other people."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from synaspice.devices import (
    MTJ,
    VTEAM,
    AutoOscillator,
    CompactModel,
    ParameterError,
    PhaseChangeMemory,
    UnknownNameError,
)
from synaspice.devices.core.offers import offers
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.devices.core.protocols import Drift, Statics, Sweep, Switching, Writing
from synaspice.devices.language.declarations.declaration import Branch, Parameter


@dataclass(frozen=True)
class Retention:
    """A protocol that this package does not know."""

    temperature: float


class _Base(CompactModel):
    """A resistor that offers its retention."""

    voltage = Branch("p", "n", "voltage")
    resistance = Parameter(1.0, "ohm", "resistance", (0.1, 10.0))

    @classmethod
    def equations(cls, s):
        return {"current": s.voltage / s.resistance}

    @offers(Retention, when=lambda device: device.resistance > 1)
    def retention(self) -> Retention:
        return Retention(300.0)


class _Hot(_Base):
    """Overrides the method without marking it again."""

    unsuited = (Sweep,)

    def retention(self) -> Retention:
        return Retention(400.0)


class _Wrong(_Base):
    """Returns something else than what it promises."""

    def retention(self):
        return 300.0


def test_a_protocol_of_other_people_is_offered_inherited_and_conditional():
    assert _Base().protocol(Retention) == Retention(300.0)
    assert _Hot().protocol(Retention) == Retention(400.0)
    assert not _Base().suits(Retention) and _Base(resistance=2.0).suits(Retention)
    assert _Base().suits(Sweep) and not _Hot().suits(Sweep), "what is unsuited is not suggested"
    assert _Hot().protocol(Sweep).quantity == "voltage", "but answered when asked"
    assert not VTEAM().suits(Retention)


def test_what_is_not_offered_is_refused_by_name():
    with pytest.raises(ParameterError, match=r"vteam offers no Retention: it offers Drift, Spectrum, Statics"):
        VTEAM().protocol(Retention)
    with pytest.raises(ParameterError, match="Oscillation for one quantity only"):
        AutoOscillator().protocol(Oscillation, "current")
    with pytest.raises(UnknownNameError, match="quantity to sweep"):
        VTEAM().protocol(Sweep, "field_z")
    with pytest.raises(TypeError, match=r"_Wrong.retention returned 300.0, which is not a Retention"):
        _Wrong().protocol(Retention)


def test_a_protocol_is_that_of_the_device_at_hand():
    junction = MTJ.preset("ikeda2010")
    assert junction.protocol(Sweep, "field").quantity == "field_z"
    assert junction.protocol(Switching).quantity == "current"
    assert set(junction.protocol(Writing).critical_currents) == {"parallel", "antiparallel"}
    assert list(junction.protocol(Statics).states) == ["parallel", "antiparallel"]
    assert junction.suits(Switching) and not junction.suits(Oscillation)
    assert not MTJ.preset("faria2021").suits(Switching), "a p-bit forgets what it is written"
    assert MTJ.preset("kiselev2003-like").suits(Oscillation)


def test_a_drift_brings_its_sample_and_its_reads():
    assert VTEAM().protocol(Drift).sample is None
    assert PhaseChangeMemory.preset("joshi2020").protocol(Drift).sample is not None
