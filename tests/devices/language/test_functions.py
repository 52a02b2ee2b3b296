"""Every function of a declaration means the same in every form that is generated; a forgotten one shows here."""

from __future__ import annotations

import ast
import inspect
import math
import re
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from frameworks import framework

from synaspice.characterization.engines import trajectory
from synaspice.devices.core import codegen
from synaspice.devices.language.declarations.declaration import (
    Branch,
    ElectricalNoise,
    Noise,
    Observable,
    Parameter,
    State,
)
from synaspice.devices.language.equations import functions
from synaspice.devices.language.waveforms.shapes import PiecewiseLinear
from synaspice.devices.model import CompactModel
from synaspice.devices.simulation.ensembles import kernel_source
from synaspice.devices.simulation.integrators.machine_code import MachineCode
from synaspice.devices.simulation.numerics import vectormath
from synaspice.devices.targets.modules.c_expressions import FUNCTIONS as C_FUNCTIONS
from synaspice.devices.targets.spice.dialects import DIALECTS

DEVICES = Path(inspect.getfile(CompactModel)).parent
#: What each function of ``language/equations/functions.py`` is, in plain arithmetic.
OWN = {
    "ramp": lambda x: max(x, 0.0),
    "step": lambda x: 0.5 + 0.5 * ((x > 0) - (x < 0)),
    "ramp_power": lambda x, a: max(x, 0.0) ** a,
    "limexp": lambda x: math.exp(x) if x < 80 else math.exp(80) * (x - 79),
    "x_coth": lambda x: x / math.tanh(x) if x else 1.0,
}
#: SymPy's functions that the namespaces have beside them.
STANDARD = {
    name: {"abs": abs, "sign": lambda x: math.copysign(1.0, x)}.get(name) or getattr(math, name)
    for name in codegen.SCALAR_NAMESPACE
    if name != "pi" and name not in OWN
}
SYMPY = {name: getattr(sp, {"abs": "Abs"}.get(name, name)) for name in STANDARD}
SYMPY |= {name: getattr(functions, name) for name in OWN}
#: Two arguments where a function has them: a fixed second one.
SECOND = {"ramp_power": 1.5, "atan2": 0.7}
#: SymPy's functions are taken where all are defined; the package's own on both sides of zero, beside their kinks.
VOLTAGES = np.linspace(0.1, 0.9, 16)


def argument(name, voltage):
    return 4 * (voltage - 0.5) if name in OWN else voltage


def value(name, voltage):
    function = OWN.get(name) or STANDARD[name]
    return function(argument(name, voltage), *([SECOND[name]] if name in SECOND else []))


def expression(name, voltage):
    return SYMPY[name](argument(name, voltage), *([SECOND[name]] if name in SECOND else []))


def differentiable(name):
    try:
        expression(name, sp.Symbol("v", real=True)).diff(sp.Symbol("v", real=True))
    except NotImplementedError:
        return False
    return True


STATES = [name for name in SYMPY if differentiable(name)]


def device_of(names):
    """A device with an observable for each function, and a state that integrates it if it has a derivative.

    What has none is in the density of a noise.
    """
    states = [name for name in names if name in STATES]

    def equations(cls, s):
        rates = {f"ds_{name}/dt": expression(name, s.voltage) for name in states}
        values = {f"o_{name}": expression(name, s.voltage) for name in names}
        density = functions.x_coth(4 * (s.voltage - 0.5))
        noise = {"shake": density, "dnoisy/dt": s.shake, "shot": (1e-24 * density, 0)}
        return {"current": s.conductance * s.voltage, **rates, **values, **noise}

    declared = {
        "time_scale": 1.0,
        "voltage": Branch("p", "n", "voltage"),
        "conductance": Parameter(1e-6, "S", "conductance"),
        **{f"s_{name}": State("1", f"integral of {name}") for name in states},
        "noisy": State("1", "integral of the noise"),
        "shake": Noise("1", "noise whose density is x_coth"),
        "shot": ElectricalNoise("voltage", "noise whose density is x_coth"),
        **{f"o_{name}": Observable("1", name) for name in names},
        "equations": classmethod(equations),
    }
    # known to nobody else
    return type("Everything", (CompactModel,), declared, abstract=True)()


@pytest.fixture(scope="module")
def device():
    return device_of(SYMPY)


def expected(name):
    return np.array([value(name, v) for v in VOLTAGES.tolist()])


def test_every_function_of_the_language_is_compared_here():
    declared = {
        name
        for name, item in vars(functions).items()
        if isinstance(item, type) and issubclass(item, sp.Function) and item.__module__ == functions.__name__
    }
    assert declared == set(OWN)


def test_every_printer_and_every_namespace_is_compared_here():
    """Classes and tables that say how functions are printed or evaluated; each has a test below."""
    printers, namespaces = set(), set()
    for file in DEVICES.rglob("*.py"):
        where = file.relative_to(DEVICES).with_suffix("").as_posix()
        for node in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and any("Printer" in ast.unparse(base) for base in node.bases):
                printers.add(where)
            if isinstance(node, ast.AnnAssign) and "NAMESPACE" in ast.unparse(node.target):
                namespaces.add(where)
    assert printers == {
        "core/codegen",  # numeric, PyTorch and JAX
        "simulation/expressions/hoisting",
        "targets/frameworks/brian2_equations",
        "targets/modules/c_expressions",  # native devices and Verilog-A
        "targets/spice/expressions",
    }
    assert namespaces == {"core/codegen", "targets/frameworks/jax_functions", "targets/frameworks/torch_module"}


@pytest.mark.parametrize("name", SYMPY)
def test_scalars_and_arrays(name, device):
    scalars = codegen.SCALAR_NAMESPACE[name]
    extra = [SECOND[name]] if name in SECOND else []
    points = [*argument(name, VOLTAGES).tolist(), *([0.0, 79.9, 80.0, 90.0, -90.0] if name in OWN else [])]
    right = [(OWN.get(name) or STANDARD[name])(x, *extra) for x in points]
    assert [scalars(x, *extra) for x in points] == pytest.approx(right, rel=1e-13)
    assert codegen.ARRAY_NAMESPACE[name](np.array(points), *extra) == pytest.approx(right, rel=1e-13)
    assert device.static(voltage=VOLTAGES)[f"o_{name}"] == pytest.approx(expected(name), rel=1e-13)


def test_the_kernel_of_ensembles(device):
    known = {*kernel_source.VECTOR_FUNCTIONS, *kernel_source.LIBRARY_FUNCTIONS, "abs"}
    assert set(SYMPY) <= known
    assert all(hasattr(vectormath, name) for name in kernel_source.VECTOR_FUNCTIONS)
    for voltage in (0.2, 0.85):
        run = device.ensemble(voltage, 0.5, trajectories=4000, seed=1, time_step=0.05)
        final = run.final()
        for name in STATES:
            assert final[f"s_{name}"].to_numpy() == pytest.approx(0.5 * value(name, voltage), rel=1e-12, abs=1e-15), (
                name
            )
        # variance of the integral of a white noise of two-sided density S over T: S T; its relative error (2/N)^1/2
        assert final["noisy"].var() == pytest.approx(0.5 * value("x_coth", voltage), rel=4 * math.sqrt(2 / 4000))


def test_pytorch(device):
    torch = framework("torch")
    found = device.to_torch().static(voltage=torch.tensor(VOLTAGES))
    for name in SYMPY:
        assert found[f"o_{name}"].detach().numpy() == pytest.approx(expected(name), rel=1e-12), name


def test_jax(device):
    jax = framework("jax")
    jax.config.update("jax_enable_x64", True)
    made = device.to_jax()
    found = made.static(made.parameters, voltage=VOLTAGES)
    for name in SYMPY:
        assert np.asarray(found[f"o_{name}"]) == pytest.approx(expected(name), rel=1e-12), name


def test_brian(device):
    framework("brian2")
    from synaspice.devices.targets.frameworks import brian2_equations

    assert set(brian2_equations._C) == set(OWN)
    group = device.to_brian2().group(len(VOLTAGES))
    group.voltage = VOLTAGES * brian2_equations.brian2.volt
    for name in SYMPY:
        assert np.asarray(getattr(group, f"o_{name}")) == pytest.approx(expected(name), rel=1e-12), name


def test_c_knows_every_function():
    assert set(OWN) - {"limexp"} | {"limited_exp"} <= set(C_FUNCTIONS)


def compare_in_ngspice(names, native):
    sweep = PiecewiseLinear([0.0, 1.0], [0.1, 0.9])
    device = device_of(names)
    table = trajectory(device, sweep, 1.0, source="voltage", inputs={}, points=801, engine="ngspice", native=native)
    for name in names:
        found = np.interp(VOLTAGES, table["voltage"], table[f"o_{name}"])
        # linear between the points of ngspice, a thousandth of a volt apart: (1e-3)^2 |f"| / 8, at most 1.3e-5 for log
        assert found == pytest.approx(expected(name), rel=3e-5, abs=3e-5), name


@pytest.mark.ngspice
def test_ngspice():
    compare_in_ngspice(list(SYMPY), native=False)


@pytest.mark.native
@pytest.mark.parametrize("names", [list(OWN), list(STANDARD)[:8], list(STANDARD)[8:]], ids=["own", "some", "others"])
def test_native_devices(names):  # ngspice takes twenty nodes of one
    compare_in_ngspice(names, native=True)


def test_verilog_a(device, tmp_path):
    openvaf = pytest.importorskip("openvaf_py")
    file = tmp_path / "module.va"
    file.write_text(device.netlist("verilog-a"), encoding="utf-8")
    (module,) = openvaf.compile_va(str(file))
    declared = device.state_declarations()
    for voltage in VOLTAGES.tolist():
        given = {"V(p,n)": voltage, "$temperature": 300.0, "mfactor": 1.0} | {f"V({name})": 0.0 for name in declared}
        residuals, _ = module.run_init_eval(given)
        names = [entry["node_name"] for entry in module.get_dae_system()["residuals"]]
        by_node = dict(zip(names, residuals, strict=True))
        for name in STATES:
            assert by_node[f"s_{name}"][0] == pytest.approx(-value(name, voltage), rel=1e-13, abs=1e-15), name


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_dialect_prints_a_function_that_it_does_not_have(dialect, device):
    table = DIALECTS[dialect].functions
    assert set(OWN) <= set(table)
    text = device.netlist(dialect, observables=True, noise=True)
    templates = " ".join([*table.values(), *DIALECTS[dialect].formula_functions.values()])
    for name in [*OWN, "Abs", "Min", "Max"]:
        assert f"{name}(" in templates or not re.search(rf"\b{name}\(", text), name


@pytest.mark.parametrize("name", SYMPY)
def test_machine_code(name):
    x = sp.Symbol("x", real=True)
    code = MachineCode(codegen.function_source("value", {"v": [], "x": [x], "p": []}, [expression(name, x)]))
    for voltage in VOLTAGES.tolist():
        assert code([[], [voltage], []], 1)[0] == pytest.approx(value(name, voltage), rel=1e-14)
