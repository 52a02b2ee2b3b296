"""How SPICE dialects differ: a table of data, one entry per simulator.

Expressions are printed by :mod:`~synaspice.devices.targets.spice.expressions` and statements by
:mod:`~synaspice.devices.targets.spice.statements`, both from what stands here. Where the manuals are silent about a
case (a step at zero, a power of a negative number), the table takes a form about which they are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...language.equations.functions import EXP_LIMIT
from ...language.registry import Selection
from ..formats import FORMATS, ExportOptions
from .dialect import RESERVED, Dialect
from .subcircuit import write_subcircuit

if TYPE_CHECKING:
    from ...core.base import DeviceModel

_LIMITED = f"exp(min({{0}}, {EXP_LIMIT:g}))*(1 + max(({{0}}) - {EXP_LIMIT:g}, 0))"


@dataclass(frozen=True, kw_only=True)
class SpiceDialect(Dialect):
    """A dialect in which devices are written as subcircuits."""

    def text(self, device: DeviceModel, options: ExportOptions) -> str:
        """The device as a subcircuit."""
        return write_subcircuit(device, self, options).text


_STATEMENTS = {
    "open": ".subckt {name} {pins} params:",
    "default": "+ {name}={value}",
    "close": ".ends {name}",
    "parameter": ".param {name}={value}",
    "current": "B_{name} {p} {n} I={value}",
    "voltage": "B_{name} {p} {n} V={value}",
    "transconductance": "G_{name} {p} {n} {positive} {negative} {value}",
    "resistor": "R_{name} {p} {n} {value}",
    "capacitor": "C_{name} {p} {n} {value}",
    "charged_capacitor": "C_{name} {p} {n} {value} ic={initial}",
    "constant_current": "I_{name} {p} {n} {value}",
    "drawn_voltage": "V_{name} {p} {n} PWL({value})",
    "voltage_source": "V_{name} {p} {n} {value}",
    "current_source": "I_{name} {p} {n} {value}",
    "gain": "E_{name} {p} {n} {control} 0 {value}",
    "instance": "X{name} {nodes} {subcircuit}{values}",
    "transistor": "M{name} {nodes} {model} {values}",
    "bsim4": ".model {name} {kind} level=54 version=4.5",
}

_OPTIONS = {
    name: f".options {name}={{value}}" for name in ("reltol", "abstol", "vntol", "gmin", "chgtol", "cshunt", "method")
}

_SOURCES = {
    "DC": "DC {0}",
    "PULSE": "PULSE({0} {1} {2} {3} {4} {5} {6})",
    "SIN": "SIN({0} {1} {2} {3} {4} {5})",
    "PWL": "PWL({points})",
}

_DECK = {
    "title": "* {title}",
    "include": '.include "{file}"',
    "transient": ".tran {step} {duration} 0 {step}",
    "probe": "v({state})",
    "measure": ".measure tran final_{state} find v({state}) at={when}",
    "figure": ".meas {kind} {name} {how}",
    "formula": "param='{0}'",
    "end": ".end",
}

#: With the functions that every SPICE has.
_FUNCTIONS = {
    "ramp": "max({0}, 0)",
    "step": "(sgn({0}) + 1)/2",
    "ramp_power": "pow(max({0}, 0), {1})",
    "limexp": _LIMITED,
    "x_coth": "if(abs({0}) < 1e-3, 1 + ({0})*({0})/3, ({0})/tanh({0}))",
    "sign": "sgn({0})",
    "Abs": "abs({0})",
    "log": "ln({0})",
    "Min": "min({0}, {1})",
    "Max": "max({0}, {1})",
    "power": "pow({0}, {1})",
}

_COTH = "(abs({0}) < 1e-3 ? 1 + ({0})*({0})/3 : ({0})/tanh({0}))"

NGSPICE = SpiceDialect(
    name="ngspice",
    functions={
        **_FUNCTIONS,
        "ramp": "uramp({0})",
        "step": "u({0})",
        "ramp_power": "pow(uramp({0}), {1})",
        "limexp": f"exp(min({{0}}, {EXP_LIMIT:g}))*(1 + uramp(({{0}}) - {EXP_LIMIT:g}))",
        "x_coth": _COTH,
    },
    formula_functions={name: _FUNCTIONS[name] for name in ("ramp", "step", "ramp_power", "limexp")},
    temperature="(temper + 273.15)",
    statements={
        **_STATEMENTS,
        "flicker_model": ".model {name}_pink r kf=1 af=1",
        "flicker_resistor": "R_{name} {p} {n} {name}_pink 1",
        "probe_source": "V_{name} {p} {n} dc {value} ac 1",
        "meter": "H_{name} {p} {n} V_{source} 1",
        # Gaussian samples of unit variance, held; zero in static analyses. TRNOISE would join its samples by lines, and
        # ngspice has no way to repeat it: its generator does not heed the seed.
        "noisy_voltage": "V_{name} {p} {n} DC 0 TRRANDOM(2 {value} {start} {rms} 0)",
        # A source of no current from ground to ground, or of an infinite one where the parameter is out of its bounds:
        # ngspice names it and gives up. (Editors take the .endif of a conditional statement for the end of the
        # netlist.)
        "check": "I_{name}_is_out_of_bounds 0 0 {{1/({within}) - 1}}",
    },
    sources=_SOURCES,
    deck=_DECK,
    # The trapezoidal rule hands the rounding of huge capacitors' currents on from step to step, with alternating sign:
    # steps that begin with femtoseconds never grow. Gear's method forgets it.
    long_step_options={"method": "gear"},
    options={**_OPTIONS, "temp": ".options temp={value}", "trtol": ".options trtol={value}"},
    transient_noise="source",
    noise_advice="every instance has its own noise, and '.options seed=N' makes it the same every time",
)

XYCE = SpiceDialect(
    name="Xyce",
    functions=_FUNCTIONS,
    temperature="(TEMP + 273.15)",
    statements={
        **_STATEMENTS,
        "open": ".SUBCKT {name} {pins} PARAMS:",
        "close": ".ENDS {name}",
        "parameter": ".PARAM {name}={value}",
        "current": "B_{name} {p} {n} I={{{value}}}",
        "voltage": "B_{name} {p} {n} V={{{value}}}",
    },
    sources=_SOURCES,
    deck={
        **_DECK,
        "include": '.INCLUDE "{file}"',
        "transient": ".TRAN {step} {duration} 0 {step}",
        "print": ".PRINT TRAN{probes}",
        "measure": ".MEASURE TRAN final_{state} FIND V({state}) AT={when}",
        "figure": ".MEASURE {kind} {name} {how}",
        "formula": "EQN {{{0}}}",
        "printed": ".PRINT {kind}{nodes}",
        "end": ".END",
    },
    reserved=RESERVED | frozenset(["vt", "exp", "const"]),
    # Its tolerance of charges is that of all unknowns of the integration, and its abstol counts for voltages too.
    options={
        "temp": ".OPTIONS DEVICE TEMP={value}",
        "gmin": ".OPTIONS DEVICE GMIN={value}",
        "reltol": ".OPTIONS TIMEINT RELTOL={value}",
        "method": ".OPTIONS TIMEINT METHOD={value}",
    },
)

LTSPICE = SpiceDialect(
    name="LTspice",
    functions={**_FUNCTIONS, "ramp": "uramp({0})", "ramp_power": "pow(uramp({0}), {1})"},
    formula_functions={name: _FUNCTIONS[name] for name in ("ramp", "ramp_power")},
    temperature="(temp + 273.15)",
    statements={
        **_STATEMENTS,
        # White noise by a smooth curve through samples that are evenly distributed over one unit, of variance 1/12.
        "noisy_voltage": "B_{name} {p} {n} V=sqrt(12)*V(running)*white(time/{value} + {offset})",
        "bsim4": ".model {name} {kind} level=14 version=4.5",
    },
    options={**_OPTIONS, "temp": ".temp {value}", "trtol": ".options trtol={value}"},
    sources={**_SOURCES, "DC": "{0}", "SIN": "SINE({0} {1} {2} {3} {4} {5})"},
    deck={
        **_DECK,
        "transient": ".tran 0 {duration} 0 {step}",
        "measure": ".meas tran final_{state} find V({state}) at={when}",
        "formula": "param {0}",
    },
    reserved=RESERVED | frozenset(["k", "q", "boltz", "planck", "echarge", "kelvin"]),
    deck_suffix=".net",
    transient_noise="source",
    noise_advice="give every instance a noise_seed of its own (0, 1, 2, ...): instances with the same one shake alike",
)

HSPICE = SpiceDialect(
    name="HSPICE",
    # pow() would cut its exponent to an integer; pwr() takes the magnitude of its base.
    functions={
        **_FUNCTIONS,
        "ramp_power": "pwr(max({0}, 0), {1})",
        "x_coth": _COTH,
        "log": "log({0})",
        "power": "pwr({0}, {1})",
    },
    temperature="(temper + 273.15)",
    statements={
        **_STATEMENTS,
        "open": ".subckt {name} {pins}",
        "current": "GB_{name} {p} {n} CUR='{value}'",
        "voltage": "EB_{name} {p} {n} VOL='{value}'",
    },
    options={
        **{name: text.replace(".options", ".option") for name, text in _OPTIONS.items()},
        "temp": ".temp {value}",
        "trtol": ".option trtol={value}",
    },
    sources=_SOURCES,
    deck={
        **_DECK,
        "include": '.include "{file}"',
        "options": ".option parhier=local post=1 delmax={step}",
        "transient": ".tran {step} {duration}",
        "noisy_transient": ".tran {step} {duration}\n.trannoise v({first}) fmax={noise_frequency} seed=1",
    },
    formula="'{0}'",
    quoted_continuation=(" \\\\", "+ "),
    deck_suffix=".sp",
    transient_noise="analysis",
    noise_advice="ask for it with .trannoise; its fmax is half of the sampling rate",
    advice="Give your netlist '.option parhier=local', or its parameters hide those of the subcircuit.",
    renamed={"ground": "low"},  # a ground of a subcircuit would be the global one
)

SPECTRE = SpiceDialect(
    name="Spectre",
    functions={
        **_FUNCTIONS,
        "step": "(({0}) > 0 ? 1 : (({0}) < 0 ? 0 : 0.5))",
        "sign": "(({0}) > 0 ? 1 : (({0}) < 0 ? -1 : 0))",
        "x_coth": _COTH,
        "log": "log({0})",
    },
    temperature="(temp + 273.15)",
    statements={
        "open": "subckt {name} ({pins})",
        "default": "    parameters {name}={value}",
        "close": "ends {name}",
        "parameter": "parameters {name}={value}",
        "current": "B_{name} ({p} {n}) bsource i={value}",
        "voltage": "B_{name} ({p} {n}) bsource v={value}",
        "transconductance": "G_{name} ({p} {n} {positive} {negative}) vccs gm={value}",
        "resistor": "R_{name} ({p} {n}) resistor r={value}",
        "capacitor": "C_{name} ({p} {n}) capacitor c={value}",
        "charged_capacitor": "C_{name} ({p} {n}) capacitor c={value} ic={initial}",
        "constant_current": "I_{name} ({p} {n}) isource dc={value}",
        "drawn_voltage": "V_{name} ({p} {n}) vsource dc=0 type=pwl wave=[{value}]",
        "voltage_source": "V_{name} ({p} {n}) vsource {value}",
        "current_source": "I_{name} ({p} {n}) isource {value}",
        "gain": "E_{name} ({p} {n} {control} 0) vcvs gain={value}",
        "instance": "X{name} ({nodes}) {subcircuit}{values}",
        "check": 'check_{name} paramtest errorif=({beyond}) message="{name} must be {low} to {high}"',
        "flicker_model": "model {name}_pink resistor kf=1 af=1",
        "flicker_resistor": "R_{name} ({p} {n}) {name}_pink r=1",
        "transistor": "M{name} ({nodes}) {model} {values}",
        "bsim4": "model {name} bsim4 type={type} version=4.5",
    },
    options={
        "temp": "cell_temperature options temp={value}",
        "reltol": "cell_reltol options reltol={value}",
        "abstol": "cell_abstol options iabstol={value}",
        "vntol": "cell_vntol options vabstol={value}",
        "gmin": "cell_gmin options gmin={value}",
        "cshunt": "cell_cshunt options cmin={value}",
    },
    sources={
        "DC": "dc={0}",
        "PULSE": "type=pulse val0={0} val1={1} delay={2} rise={3} fall={4} width={5} period={6}",
        "SIN": "type=sine sinedc={0} ampl={1} freq={2} delay={3} damp={4} sinephase={5}",
        "PWL": "type=pwl wave=[{points}]",
    },
    deck={
        "title": "// {title}",
        "include": 'include "{file}"',
        "transient": "tran1 tran stop={duration} step={step} maxstep={step}",
        "noisy_transient": "tran1 tran stop={duration} step={step} maxstep={step} noisefmax={noise_frequency}",
        "probe": "{state}",
        "print": "save{probes}",
        # Sources, analysis and measurements of a cell's deck are in the other one of its two languages.
        "spice": "simulator lang=spice",
        "figure": ".measure {kind} {name} {how}",
        "formula": "param='{0}'",
    },
    formula="{0}",
    node="v({0})",
    drop="v({0},{1})",
    preamble=("simulator lang=spectre",),
    comment="// ",
    continuation=(" \\", "    "),
    reserved=RESERVED
    | frozenset(
        ["scale", "scalem", "scalefactor", "abs", "ac", "all", "dc", "else", "ends", "export", "for", "function", "if"]
    ),
    deck_suffix=".scs",
    transient_noise="analysis",
    noise_advice="ask for it with the parameter noisefmax of tran, half of the sampling rate",
)

for _dialect in (NGSPICE, XYCE, LTSPICE, HSPICE, SPECTRE):
    FORMATS.register(_dialect.name.lower(), _dialect)

#: The formats that are dialects of SPICE, by the name that is asked for.
DIALECTS = Selection("netlist dialect", FORMATS, SpiceDialect)
#: The formats that cells have, too: with VACASK, which has modules in place of behavioural subcircuits.
CELL_DIALECTS = Selection("netlist dialect", FORMATS, Dialect)  # type: ignore[type-abstract]
