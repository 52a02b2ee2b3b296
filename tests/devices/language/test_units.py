"""Units of the field, and how they become SI units."""

from __future__ import annotations

import math
import warnings

import pytest
import scipy.constants as codata
from hypothesis import given
from hypothesis import strategies as st

from synaspice.devices import MTJ, ConversionWarning, ParameterError
from synaspice.devices.catalog import models
from synaspice.devices.language.quantities.quantity import parse_quantity
from synaspice.devices.language.quantities.units import SI_UNITS, conversion, si_unit, size_of

#: Written value, SI unit, and the same in it: from the definitions (NIST SP 811, appendix B; eV of CODATA).
TABLE = [
    ("1 Oe", "A/m", 79.57747154594767),
    ("-2.5 kOe", "A/m", -198943.6788648692),
    ("800 emu/cc", "A/m", 8e5),
    ("1 emu/cm3", "A/m", 1e3),
    ("10 Ω·µm²", "ohm*m^2", 1e-11),
    ("10 ohm*um2", "ohm*m^2", 1e-11),
    ("20 uohm*cm", "ohm*m", 2e-7),
    ("5 %", "1", 0.05),
    ("90 deg", "rad", math.pi / 2),
    ("90°", "rad", math.pi / 2),
    ("60 fJ/(V·m)", "J/(V*m)", 60e-15),
    ("60 fJ/V/m", "J/(V*m)", 60e-15),
    ("1.2 mJ/m²", "J/m^2", 1.2e-3),
    ("1.2 erg/cm2", "J/m^2", 1.2e-3),
    ("1 erg/cc", "J/m^3", 0.1),
    ("2.5 h", "s", 9000.0),
    ("1 eV", "J", codata.e),
    ("25 °C", "K", 298.15),
    ("3 V/nm", "V/m", 3e9),
]


@pytest.mark.parametrize(("text", "unit", "value"), TABLE)
def test_units_of_the_field_are_read_as_they_are_defined(text, unit, value):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert parse_quantity(text, unit) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(("text", "tesla"), [("100 mT", 0.1), ("1T", 1.0), ("1 kG", 0.1), ("500 uT", 5e-4)])
def test_a_flux_density_for_a_field_is_that_of_vacuum_and_says_so(text, tesla):
    with pytest.warns(ConversionWarning, match=r"flux density.*H = B / mu_0"):
        assert parse_quantity(text, "A/m") == pytest.approx(tesla / codata.mu_0, rel=1e-12)


def test_an_oersted_is_the_field_of_a_gauss():
    assert conversion("Oe", "A/m").factor == pytest.approx(conversion("G", "A/m").factor, rel=1e-9)
    assert not conversion("Oe", "A/m").by_law and conversion("G", "A/m").by_law


def test_a_device_takes_them():
    device = MTJ(resistance_area_product="10 Ω·µm²", tmr="120 %", vcma_coefficient="60 fJ/(V·m)", field_z="100 Oe")
    assert device.resistance_area_product == pytest.approx(1e-11)
    assert device.tmr == pytest.approx(1.2) and device.field_z == pytest.approx(7957.747)
    assert MTJ(saturation_magnetization="1000 emu/cc").saturation_magnetization == pytest.approx(1e6)


@pytest.mark.parametrize("unit", ["furlong", "V/", "/V", "(V", "V)", "V**m", "mmm", "kOe^", "1_0", "$", "V//m"])
def test_what_is_no_unit_is_refused(unit):
    with pytest.raises(ParameterError, match="unit"):
        size_of(unit)


@pytest.mark.parametrize(("text", "unit"), [("mT", "T*m"), ("Oe", "V"), ("emu", "A/m"), ("deg", "1"), ("Hz", "rad/s")])
def test_another_quantity_is_refused(text, unit):
    with pytest.raises(ParameterError, match="another quantity"):
        conversion(text, unit)


def test_every_unit_of_a_declaration_is_understood():
    for model in models().values():
        for declared in model.declarations().values():
            if getattr(declared, "unit", None) is not None:
                assert size_of(declared.unit)[0] == 1.0, declared.unit


@given(first=st.sampled_from(SI_UNITS), second=st.sampled_from(SI_UNITS))
def test_products_multiply_and_quotients_cancel(first, second):
    dimensions = size_of(f"({first})*({second})/({second})")[1]
    assert dimensions == pytest.approx(size_of(first)[1])
    assert size_of(f"({first})/({first})") == (1.0, pytest.approx((0,) * 6))


def test_the_si_unit_of_a_unit():
    named = {"mV": "V", "Oe": "A/m", "emu/cc": "A/m", "mT": "T", "%": "1", "uA": "A", "degC": "K", "GHz": "Hz"}
    assert {unit: si_unit(unit) for unit in named} == named
    assert size_of(si_unit("kg*m^3"))[1] == size_of("kg*m^3")[1]
