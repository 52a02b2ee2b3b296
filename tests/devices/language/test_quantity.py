"""Numbers with SPICE suffixes and units, and how values are written for people."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from synaspice.devices import ParameterError
from synaspice.devices.language.quantities.quantity import SUFFIXES, format_si, parse_quantity, si_prefix


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("1.5", "1", 1.5),
        (" -2e-3 ", "V", -2e-3),
        (".5", "V", 0.5),
        ("5.", "V", 5.0),
        ("40n", "m", 40e-9),
        ("40 nm", "m", 40e-9),
        ("40nm", "m", 40e-9),
        ("1.2k", "ohm", 1.2e3),
        ("1.2kohm", "ohm", 1.2e3),
        ("1.2 kΩ", "ohm", 1.2e3),
        ("1.2 kOhm", "ohm", 1.2e3),
        ("18 ohm", "ohm", 18.0),
        ("1e6 A/m", "A/m", 1e6),
        ("80 kA/m", "A/m", 80e3),
        ("3meg", "ohm", 3e6),
        ("3MEG", "ohm", 3e6),
        ("3 Megohm", "ohm", 3e6),
        ("1M", "ohm", 1e-3),
        ("1m", "ohm", 1e-3),
        ("300K", "K", 300.0),
        ("85 degC", "K", 358.15),
        ("-40°C", "K", 233.15),
        ("85", "K", 85.0),
        ("300 K", "K", 300.0),
        ("2 kK", "K", 2000.0),
        ("2K", "ohm", 2000.0),
        ("5 m", "m", 5.0),
        ("5 mm", "m", 5e-3),
        ("40 µm", "m", 40e-6),
        ("90°", "deg", 90.0),
        ("3 m²", "m^2", 3.0),
        ("1600 nm^2", "m^2", 1.6e-15),
        ("1600nm²", "m^2", 1.6e-15),
        ("5 mm^2", "m^2", 5e-6),
        ("4n", "m^2", 4e-9),
        ("3 nm^2/(V*s)", "m^2/(V*s)", 3e-18),
        ("-inf", "V", -math.inf),
    ],
)
def test_numbers_are_read_as_spice_does_with_the_unit_that_may_follow(text, unit, value):
    assert parse_quantity(text, unit) == pytest.approx(value, rel=1e-15)


def test_both_characters_for_micro_are_read():
    # MICRO SIGN and GREEK SMALL LETTER MU look the same; keyboards and documents produce either.
    assert parse_quantity("40 \u03bcm", "m") == parse_quantity("40 \u00b5m", "m") == pytest.approx(40e-6, rel=1e-15)


# The suffixes of SPICE3, and their powers of ten; "mil" (25.4e-6) is left out.
EXPONENTS = {"t": 12, "g": 9, "meg": 6, "k": 3, "m": -3, "u": -6, "n": -9, "p": -12, "f": -15, "a": -18}


def test_the_suffixes_are_those_of_spice_and_the_sign_for_micro():
    assert {suffix for suffix in SUFFIXES if suffix.isascii()} == EXPONENTS.keys()


@pytest.mark.parametrize("suffix", EXPONENTS)
@given(mantissa=st.decimals(-1000, 1000, places=3))
def test_every_suffix_in_either_case_is_its_power_of_ten(suffix, mantissa):
    # To the last bit, so that a device made with "50n" equals one made with 50e-9.
    number = float(f"{mantissa}e{EXPONENTS[suffix]}")
    assert parse_quantity(f"{mantissa}{suffix}", "ohm") == number
    assert parse_quantity(f"{mantissa} {suffix.upper()}ohm", "ohm") == number


@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_a_plain_number_is_read_exactly(number):
    assert parse_quantity(repr(number)) == number


@pytest.mark.parametrize(
    ("text", "unit", "complaint"),
    [
        ("40 ns", "m", "'ns'.*unit 'm'"),
        ("0.1 V", "1", "'V'.*number without unit"),
        ("1 ohmm", "ohm", "'ohmm'.*unit 'ohm'"),
        ("5 kV%", "1", "'kV%'"),
        ("1_000", "1", "'_000'"),
        ("0x10", "1", "'x10'"),
        ("1 2", "1", "'2'"),
        ("2 A", "V", "'A'.*unit 'V'"),
        ("5 T", "m", "'T'.*unit 'm'"),
        ("5 MA/cm2", "A/m^2", "'MA/cm2'.*unit"),
        ("5 C", "K", "'C'.*unit 'K'"),
        ("500 Oe", "V", "'Oe'.*unit 'V'"),
        ("2A", "V", "'A'.*unit 'V'"),
        ("1T", "V/m", "'T'.*unit 'V/m'"),
        ("1A", "A/m", "'A'.*unit 'A/m'"),
        ("2F", "s", "'F'.*unit 's'"),
        ("2 K", "ohm", "'K'.*unit 'ohm'"),
    ],
)
def test_another_unit_is_refused_and_named(text, unit, complaint):
    with pytest.raises(ParameterError, match=complaint):
        parse_quantity(text, unit)


@pytest.mark.parametrize("text", ["1e400", "-1e400", "1e999999999n", "1e308k", "9" * 400])
def test_a_number_beyond_the_largest_one_is_refused(text):
    with pytest.raises(ParameterError, match="is beyond the largest number"):
        parse_quantity(text, "m")


def test_a_number_below_the_smallest_one_is_zero_and_a_suffix_may_bring_it_back():
    assert parse_quantity("1e-999999999p", "m") == 0.0
    assert parse_quantity("1e-330t", "m") == pytest.approx(1e-318, rel=1e-3)
    assert parse_quantity("1e310p", "m") == pytest.approx(1e298, rel=1e-15)


def test_a_random_text_is_a_finite_quantity_or_refused():
    generator = random.Random(1)
    numbers = 0
    for _ in range(5000):
        digits = "".join(generator.choices("0123456789.eE+-", k=generator.randrange(1, 14)))
        text = digits + generator.choice(["", "n", "k", "meg", " nm", "V", "".join(generator.choices("nmkKVA°µ", k=2))])
        try:
            assert math.isfinite(parse_quantity(text, "m"))
            numbers += 1
        except ParameterError as error:
            assert "\n" not in str(error)
    assert numbers > 100


@pytest.mark.parametrize("text", ["nan", "9" * 2000, "", " ", "nm", "n", "e5", "--1", "ohm 5", "__import__('os')"])
def test_what_is_no_number_is_refused_with_an_example(text):
    with pytest.raises(ParameterError, match="is not a number.*expected for example"):
        parse_quantity(text, "m")


UNITS = st.sampled_from(
    ["m", "s", "V", "A", "ohm", "K", "T", "F", "S", "Hz", "J", "A/m", "J/m^2", "m^2", "rad", "1", ""]
)
MAGNITUDES = st.builds(
    lambda exponent, mantissa: mantissa * 10.0**exponent, st.integers(-20, 14), st.floats(1, 9.99999)
)


@given(value=MAGNITUDES, sign=st.sampled_from([-1, 1]), unit=UNITS)
def test_a_formatted_value_reads_back_within_its_digits(value, sign, unit):
    text = format_si(sign * value, unit)
    # Six significant digits: at most half a unit of the sixth, 5e-6 of a mantissa of 1.
    assert parse_quantity(text, unit or "1") == pytest.approx(sign * value, rel=5.001e-6)


@given(value=MAGNITUDES)
def test_a_prefix_leaves_one_to_three_digits_before_the_point(value):
    assume(1e-18 <= value < 1e15)
    factor, _ = si_prefix(value, "ohm")
    assert 1 - 1e-9 <= value / factor < 1000


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (40e-9, "m", "40 nm"),
        (1200.0, "ohm", "1.2 kohm"),
        (0.0, "V", "0 V"),
        (80e3, "A/m", "80 kA/m"),
        (2e-15, "m^2", "2e-15 m^2"),
        (1.5, "rad", "1.5 rad"),
        (1e-3, "rad", "0.001 rad"),
        (0.02, "1", "0.02"),
        (-3e-6, "A", "-3 µA"),
        (math.inf, "m", "inf m"),
    ],
)
def test_values_are_written_for_people(value, unit, text):
    assert format_si(value, unit) == text
