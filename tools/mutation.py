"""Mutation testing of the laws in ``devices/physics``: change the source in one place, and see whether a test fails.

    python tools/mutation.py [MODULE ...] [--share 0.5] [--seed 1] [--explained] [--list]

A change that no test notices survives. Survivors that make no difference are explained in ``tools/mutation.toml``; any
other is printed, and makes the exit status 1. The tests run in a copy of the package, in processes forked from one that
has imported what the laws stand on, so that most changes take a second or two.

What is changed: ``+`` and ``-``, ``*`` and ``/``, powers to products; comparisons to their contrary; ``and`` and
``or``; signs and ``not`` left out; whole numbers by 1, other numbers by a quarter; functions to their neighbours (sine
and cosine, minimum and maximum). Messages, annotations and docstrings are left alone.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import os
import random
import resource
import shutil
import sys
import tempfile
import time
import tomllib
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = "devices/physics"
EXPLAINED = ROOT / "tools" / "mutation.toml"
#: Seconds of processor time after which a changed law counts as noticed: it does not end.
PATIENCE = 60
#: What a marker keeps out: statistics, and simulators that take a copy of their own.
FAST = "not slow and not ngspice and not native and not vacask"

OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.FloorDiv: ast.Div,
    ast.MatMult: ast.Mult,
}
COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE,
    ast.LtE: ast.Gt,
    ast.Gt: ast.LtE,
    ast.GtE: ast.Lt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
NEIGHBOURS = {"sin": "cos", "sinh": "cosh", "min": "max", "minimum": "maximum", "argmin": "argmax", "any": "all"}
NEIGHBOURS |= {other: name for name, other in NEIGHBOURS.items()}


@dataclass(frozen=True)
class Mutant:
    """One change of a module.

    Attributes
    ----------
    module : str
        Name of the module.
    place : str
        Function or class in which the change is; empty at the top.
    line : int
        Its line.
    change : str
        Expression before and after it, and the number of the same change in that place from the second on.
    source : str
        The module with it.
    """

    module: str
    place: str
    line: int
    change: str
    source: str

    @property
    def name(self) -> tuple[str, str, str]:
        """By which it is explained: a line's number changes too often."""
        return self.module, self.place, self.change


def changed(node: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of an expression."""
    other = copy.deepcopy(node)
    match other:
        case ast.BinOp(op=op) if type(op) in OPERATORS:
            other.op = OPERATORS[type(op)]()
            yield other
        case ast.AugAssign(op=op) if type(op) in OPERATORS:
            other.op = OPERATORS[type(op)]()
            yield other
        case ast.Compare(ops=[op, *others]):
            other.ops = [COMPARISONS[type(op)](), *others]
            yield other
        case ast.BoolOp(op=op):
            other.op = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield other
        case ast.UnaryOp(op=ast.USub() | ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=bool(value)):
            yield ast.copy_location(ast.Constant(not value), node)
        case ast.Constant(value=int(value)):
            yield ast.copy_location(ast.Constant(value + 1), node)
        case ast.Constant(value=float(value)):
            yield ast.copy_location(ast.Constant(1.25 * value if value else 1.0), node)
        case ast.Name(id=name) if name in NEIGHBOURS:
            yield ast.copy_location(ast.Name(NEIGHBOURS[name], ast.Load()), node)
        case ast.Attribute(attr=name) if name in NEIGHBOURS:
            other.attr = NEIGHBOURS[name]
            yield other


#: Fields that are no part of what a function computes.
UNTOUCHED = {"annotation", "returns", "decorator_list", "bases", "exc"}


def expressions(node: ast.AST, place: str = "") -> Iterator[tuple[str, ast.AST, str, int | None, ast.AST]]:
    """Where something may be changed: function, parent, its field, index in the field if it is a list, and node."""
    for field, value in ast.iter_fields(node):
        if field in UNTOUCHED:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if not isinstance(child, ast.AST) or isinstance(child, ast.JoinedStr):
                continue
            inner = place
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{place}.{child.name}".strip(".")
            yield inner, node, field, index, child
            yield from expressions(child, inner)


def mutants(file: Path) -> list[Mutant]:
    """All changes of a module, in the order of its lines."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found, seen = list[Mutant](), Counter[tuple[str, str]]()
    for place, parent, field, index, child in list(expressions(tree)):
        for other in changed(child):
            _put(parent, field, index, other)
            change = f"{_text(child)} -> {_text(other)}"
            seen[place, change] += 1
            if (again := seen[place, change]) > 1:
                change += f" #{again}"
            found.append(Mutant(file.stem, place, getattr(child, "lineno", 0), change, ast.unparse(tree)))
        _put(parent, field, index, child)
    return found


def _put(parent: ast.AST, field: str, index: int | None, node: ast.AST) -> None:
    if index is None:
        setattr(parent, field, node)
    else:
        getattr(parent, field)[index] = node


def _text(node: ast.AST) -> str:
    return ast.unparse(node)


def explained() -> dict[tuple[str, str, str], str]:
    """Survivors that make no difference, and why."""
    entries = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["equivalent"]
    return {(entry["module"], entry["place"], change): entry["why"] for entry in entries for change in entry["changes"]}


def tests_of(module: str) -> list[str]:
    """Files of tests that belong to a module, those first that fail soonest."""
    return list(tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["tests"][module])


def lay_out(work: Path) -> Path:
    """The package as it is installed, and its tests, in a folder of their own; the folder of the laws in it."""
    package = work / "lib" / "synaspice"
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "synaspice", package, ignore=skipped)
    for part in ("devices", "circuits", "characterization", "figures"):
        shutil.copytree(ROOT / part, package / part, ignore=skipped)
    for part in ("tests", "docs", "tools", "benchmarks", "examples"):
        shutil.copytree(ROOT / part, work / part, ignore=skipped)
    for name in ("setup.cfg", "README.md", "CONTRIBUTING.md", "pyproject.toml"):
        shutil.copy(ROOT / name, work / name)
    sys.path.insert(0, str(work / "lib"))
    sys.meta_path[:] = [finder for finder in sys.meta_path if "Editable" not in getattr(finder, "__name__", "")]
    os.environ["SYNASPICE_CACHE"] = str(work / "cache")
    os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
    sys.dont_write_bytecode = True
    os.chdir(work)
    return package / FOLDER


def preload(package: Path) -> None:
    """Import what the laws stand on, so that each changed one need not."""
    for name in ("pytest", "hypothesis", "sympy", "pandas", "scipy.integrate", "scipy.special"):
        importlib.import_module(name)
    for room in ("language", "core", "simulation"):
        for file in sorted((package.parent / room).rglob("*.py")):
            parts = file.relative_to(package.parent.parent).with_suffix("").parts
            importlib.import_module(".".join(("synaspice", *parts)).removesuffix(".__init__"))
    for name in ("ngspice", "osdi_library", "vacask.programs"):  # for the tests' set-up
        importlib.import_module(f"synaspice.circuits.engine.{name}")
    hypothesis = sys.modules["hypothesis"]
    hypothesis.settings.register_profile("mutation", derandomize=True, deadline=None)
    hypothesis.settings.load_profile("mutation")
    reached = [name for name in sys.modules if name.startswith("synaspice.devices.physics.")]
    assert not reached, reached


def first_failure(tests: list[str]) -> int:
    """Status of pytest: of the laws' own tests first, which need no simulator, then of the others."""
    pytest = importlib.import_module("pytest")
    plain = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", FAST]
    own = [file for file in tests if file.startswith(f"tests/{FOLDER}/")]
    others = [file for file in tests if file not in own]
    status = int(pytest.main([*plain, *own])) if own else 0
    return status or (int(pytest.main([*plain, *others])) if others else 0)


def noticed(tests: list[str]) -> bool:
    """Whether one of the tests fails now, in a process of its own."""
    sys.stdout.flush()
    if (child := os.fork()) == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (PATIENCE, PATIENCE + 5))
        silent = os.open("last-run.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        try:
            status = first_failure(tests)
        except BaseException:
            traceback.print_exc()
            status = 3
        finally:  # never back into what the parent does, which ends with the folder
            os._exit(status)
    return os.waitpid(child, 0)[1] != 0


def survivors(chosen: list[Mutant], folder: Path) -> list[Mutant]:
    """Those that no test notices; each is told when it is found."""
    found = []
    for number, mutant in enumerate(chosen, 1):
        file = folder / f"{mutant.module}.py"
        original = file.read_text(encoding="utf-8")
        file.write_text(mutant.source, encoding="utf-8")
        began = time.monotonic()
        try:
            if not noticed(tests_of(mutant.module)):
                found.append(mutant)
                took = time.monotonic() - began
                print(f"{mutant.module}.py:{mutant.line} {mutant.place}: {mutant.change}  ({took:.0f} s)", flush=True)
        finally:
            file.write_text(original, encoding="utf-8")
        if sys.stderr.isatty():
            print(f"\r{number} of {len(chosen)}, {len(found)} survived ", end="", file=sys.stderr, flush=True)
    return found


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("modules", nargs="*", help="modules of devices/physics; default: all that have tests")
    parser.add_argument("--share", type=float, default=1.0, help="share of the changes that are tried, drawn at random")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    parser.add_argument("--explained", action="store_true", help="try those that are explained: all must survive")
    parser.add_argument("--list", action="store_true", help="name the changes, and try none")
    arguments = parser.parse_args()
    known, counts = explained(), list[str]()
    draw = random.Random(arguments.seed)
    left = 0
    with tempfile.TemporaryDirectory(prefix="mutation-") as work:
        modules = arguments.modules or list(tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["tests"])
        plan = {module: mutants(ROOT / FOLDER / f"{module}.py") for module in modules}
        if arguments.list:
            for module, every in plan.items():
                print(f"{module}: {len(every)}", *(f"  {m.line} {m.place}: {m.change}" for m in every), sep="\n")
            return 0
        folder = lay_out(Path(work))
        preload(folder)
        for module, every in plan.items():
            if noticed(tests_of(module)):
                said = Path("last-run.txt").read_text(encoding="utf-8")
                raise SystemExit(f"{said}\nthe tests of {module} fail without any change")
            wanted = [mutant for mutant in every if (mutant.name in known) == arguments.explained]
            chosen = [mutant for mutant in wanted if draw.random() < arguments.share]
            began = os.times()
            alive = survivors(chosen, folder)
            ended = os.times()
            cpu = ended.children_user - began.children_user + ended.children_system - began.children_system
            left += len(chosen) - len(alive) if arguments.explained else len(alive)
            same = sum(mutant.name in known for mutant in every)
            counts.append(f"| `{module}` | {len(every)} | {same} | {len(chosen)} | {len(alive)} | {cpu:.0f} |")
            print(counts[-1], flush=True)
    print("| module | changes | explained | tried | survived | CPU seconds |", "|---|---|---|---|---|---|", sep="\n")
    print(*counts, sep="\n")
    return int(left > 0)


if __name__ == "__main__":
    sys.exit(main())
