"""What converters and amplifiers spend and take up, with the provenance of every figure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A published or assumed figure of a circuit.

    Attributes
    ----------
    value : float
        Its value.
    unit : str
        Its unit.
    provenance : str
        ``read``, ``second-hand``, ``derived`` or ``assumed``.
    source : str
        Where it comes from.
    """

    value: float
    unit: str
    provenance: str
    source: str


_SURVEY = (
    "B. Murmann, ADC Performance Survey 1997-2025, revision 2025-06-09, https://github.com/bmurmann/ADC-survey: median "
    "of the 30 single-channel successive-approximation converters of 65 nm and below with an SNDR of 30 to 70 dB"
)
#: Figures by name.
FIGURES = {
    "adc energy": Figure(
        21e-15, "J", "derived", f"{_SURVEY}, Walden's figure of merit at high input frequency; quartiles 4 and 41 fJ"
    ),
    "adc area": Figure(
        52e-12, "m^2", "derived", f"{_SURVEY}, area over 2^ENOB of the 28 that tell it; quartiles 31 and 72 um^2"
    ),
    "dac energy": Figure(
        0.41667e-12,
        "J",
        "second-hand",
        "converter of 1 bit, 32 nm, of A. Shafiee et al., Proc. ISCA 2016, 14, doi:10.1109/ISCA.2016.12, as quoted in "
        "isaac.py of the hwcomponents-library of the Accelergy project; that it takes so much for every bit is assumed",
    ),
    "dac area": Figure(1e-12, "m^2", "assumed", "round number for every bit"),
    "tia power": Figure(100e-6, "W", "assumed", "round number: 1 pJ in 10 ns"),
    "tia area": Figure(100e-12, "m^2", "assumed", "round number"),
    "cell capacitance": Figure(0.4e-15, "F", "assumed", "round number: 50 fF of a line of 128 cells"),
}
