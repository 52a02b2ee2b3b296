"""Warnings point at the line of the user that called the package, from however deep inside they come."""

from __future__ import annotations

import warnings

import joblib
import pytest

from synaspice.devices.language.errors import ValidityWarning, warn_user

CALLS = {
    "a static curve": "iv(MTJ(conduction='brinkman'), [0.0, 3.0])",
    "a trajectory": "MTJ(conduction='brinkman').simulate(3.0, 1e-12, points=2)",
    "shared work": "shared()",
}


def function_of_the_package():
    """A function of the package that a library calls back, as benches are that share their points."""
    scope = {"__name__": "synaspice.inside", "joblib": joblib, "warn_user": warn_user, "kind": ValidityWarning}
    exec("def shared(): joblib.Parallel()([joblib.delayed(warn_user)('too hot', kind)])", scope)
    return scope["shared"]


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_warning_points_at_the_users_line(call):
    code = f"from synaspice import MTJ, iv\n\n{call}"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        exec(compile(code, "users.py", "exec"), {"__name__": "users", "shared": function_of_the_package()})
    assert told
    assert {(warning.filename, warning.lineno) for warning in told} == {("users.py", 3)}
