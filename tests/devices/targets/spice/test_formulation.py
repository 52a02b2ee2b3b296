"""How equations become elements of a netlist."""

from __future__ import annotations

import re

import pytest
import sympy as sp

from synaspice.devices.catalog import models
from synaspice.devices.targets.spice.formulation import Formulation

A, B, K, C = (sp.Symbol(name, real=True) for name in "abkc")


def formulation(positive=True):
    value = {K: 2.0, C: 3.0}
    return Formulation({A, B}, {A, B}, lambda e, volts: float(e.subs({**value, **volts})), lambda e: positive)


def whole(parts, nodes):
    """What the parts add up to."""
    total = parts.constant + sum(factor * node for node, factor in parts.linear.items()) + parts.rest
    for node, expression in reversed(nodes.items()):
        total = total.subs(node, expression)
    return sp.expand(total / parts.conductance)


def test_linear_and_constant_terms_are_taken_apart_and_nothing_is_lost():
    form = formulation()
    expression = K * (A + C * (B + 2)) + A * (C + B)
    parts = form.parts(expression, "x")
    assert parts.constant == 2 * C * K
    assert parts.linear == {A: K + C, B: K * C}
    assert parts.rest == A * B
    assert whole(parts, form.nodes) == sp.expand(expression)


def test_a_factor_becomes_the_conductance_only_if_it_is_positive():
    expression = K * A * B + C * A
    eased = formulation().parts(expression, "x", free=True)
    assert eased.rest == A * B and eased.conductance == 1 / K and eased.linear == {A: C / K}
    kept = formulation(positive=False).parts(expression, "x", free=True)
    assert kept.rest == K * A * B and kept.conductance == 1


def test_currents_stay_so_small_that_their_rounding_is_below_the_current_tolerance():
    """A common factor as the conductance is a current that is larger by it: of 1e6 A the rounding is beyond 1e-12 A."""
    form = formulation()
    form.value = lambda e, volts: float(e.subs({K: 1e-5, C: 3.0, **volts}))
    kept = form.parts(K * A * B + C * A, "x", free=True)
    assert kept.rest == K * A * B and kept.conductance == 1


def test_factors_become_nodes_and_the_inside_of_functions_does_not():
    form = formulation()
    expression = A**2 * (K * A + C * B) + sp.sqrt(1 + A**2 * (K * A + C * B) ** 2)
    parts = form.parts(expression, "x")
    (node,) = form.nodes
    assert form.nodes[node] == K * A + C * B
    (root,) = (e for e in parts.rest.atoms(sp.Pow) if e.exp == sp.Rational(1, 2))
    assert root.free_symbols == {A, B, K, C}, "the root is of the equations' own voltages"
    assert whole(parts, form.nodes) == sp.expand(expression)


@pytest.mark.parametrize("name", sorted(models()))
def test_no_source_computes_at_every_step_what_parameters_alone_decide(name):
    """Factors of parameters alone stand in lines of their own, which ngspice computes once."""
    lines = models()[name]().netlist("ngspice").replace("\n+ ", " ").splitlines()
    computed = {line.split("=")[0].removeprefix(".param ") for line in lines if line.startswith(".param ")}
    fixed = {*models()[name].parameter_declarations(), *computed}
    for line in lines:
        if line.startswith("B_"):
            quotients = re.findall(r"(?<![\w(])(\w+)/(\w+)(?![\w(])", line.partition("=")[2])
            assert not [pair for pair in quotients if {*pair} <= fixed], line
