"""Docstrings of public functions: a summary in one line, every argument, what is returned, and what is raised."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import textwrap

import pytest

from synaspice.characterization.bench import BENCHES

PARTS = ("devices", "circuits", "characterization", "figures")
#: Public functions by their full names.
FUNCTIONS = {
    f"{part}.{name}": item
    for part in PARTS
    for module in [importlib.import_module(f"synaspice.{part}")]
    for name in module.__all__
    if inspect.isfunction(item := getattr(module, name))
}


def complaints(function):
    """What the docstring of a function lacks."""
    doc = inspect.getdoc(function) or ""
    summary, *others = doc.splitlines() or [""]
    if not summary.endswith(".") or (others and others[0]):
        yield "a summary in one line"
    if function.__name__ not in {bench.function.__name__ for bench in BENCHES.values()}:  # those say it in annotations
        listed = doc.partition("Parameters\n")[2].partition("\n\n")[0]
        heads = re.findall(r"^(?:    )?([*\w]+(?:, [*\w]+)*)(?: : .*)?$", listed, re.MULTILINE)
        named = {name.strip("* ") for head in heads for name in head.split(",")}
        for name in inspect.signature(function).parameters:
            if name not in named:
                yield f"the argument {name}"
    if inspect.signature(function).return_annotation != "None" and not re.search("^(Returns|Yields)$", doc, re.M):
        yield "what is returned"
    raises = [n for n in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(function)))) if isinstance(n, ast.Raise)]
    if raises and not re.search("^Raises$", doc, re.M):
        yield "what is raised"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_says_what_it_takes_returns_and_raises(name):
    assert not list(complaints(FUNCTIONS[name]))


def test_what_a_docstring_lacks_is_found():
    def poor(voltage: float, time: float) -> float:
        """Do
        something.

        Parameters
        ----------
        voltage : float
            Voltage. [V]
        """
        raise ValueError

    found = list(complaints(poor))
    assert found == ["a summary in one line", "the argument time", "what is returned", "what is raised"]
