"""A strict reader of the Spectre netlists that the package writes: every statement must be one of Spectre's grammar.

It stands in for a parser of that language, which nothing that can be installed here brings. Written from the forms in
Cadence's reference (subckt, parameters, bsource, resistor, capacitor, vsource, isource, vcvs, model), it turns a
netlist into ngspice's language, where its numbers can be compared.
"""

from __future__ import annotations

import re
from itertools import pairwise

_NAME = r"[A-Za-z_]\w*"
_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?"
#: Of Spectre's expressions: the functions, and the operators in the order in which a regular expression tries them.
FUNCTIONS = {"abs", "cos", "exp", "log", "max", "min", "pow", "sin", "sinh", "sqrt", "tanh"}
_TOKEN = re.compile(rf"\s*(?:({_NUMBER})|({_NAME})|(\*\*|[-+*/(),?:<>]))", re.I)


def check_expression(text: str, known: set[str]) -> str:
    """Parse an expression by recursive descent; return it in ngspice's spelling."""
    tokens = []
    position = 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        assert match, f"no token of an expression: {text[position : position + 20]!r}"
        tokens.append(match.group().strip())
        position = match.end()
    tokens.append("")
    out: list[str] = []

    def take(expected: str | None = None) -> str:
        token = tokens.pop(0)
        assert expected is None or token == expected, f"{expected!r} expected, not {token!r}: {text}"
        out.append(token)
        return token

    def ternary() -> None:
        comparison()
        if tokens[0] == "?":
            take()
            ternary()
            take(":")
            ternary()

    def comparison() -> None:
        total()
        if tokens[0] in ("<", ">"):
            take()
            total()

    def total() -> None:
        product()
        while tokens[0] in ("+", "-"):
            take()
            product()

    def product() -> None:
        signed()
        while tokens[0] in ("*", "/"):
            take()
            signed()

    def signed() -> None:
        if tokens[0] in ("+", "-"):
            take()
        atom()

    def atom() -> None:
        token = take()
        if token == "(":
            ternary()
            take(")")
        elif re.fullmatch(_NAME, token) and tokens[0] == "(":
            assert token == "v" or token in FUNCTIONS, f"{token!r} is not a function of Spectre"
            if token == "log":
                out[-1] = "ln"
            take("(")
            for k in range(3):
                if k and tokens[0] != ",":
                    break
                if k:
                    take(",")
                take() if token == "v" else ternary()
            take(")")
        elif re.fullmatch(_NAME, token):
            assert token in known, f"{token!r} is not a parameter that was defined before: {text}"
            if token == "temp":
                out[-1] = "temper"
        else:
            assert re.fullmatch(_NUMBER, token, re.I), f"unexpected {token!r}: {text}"

    ternary()
    assert tokens == [""], f"{tokens[0]!r} is left over: {text}"
    return "".join(f" {t} " if t in ("?", ":", "<", ">") else t for t in out)


def to_ngspice(text: str) -> str:
    """Read a Spectre netlist and write it in ngspice's language; anything that is not understood fails."""
    logical = re.sub(r" \\\n *", " ", text).splitlines()
    lines: list[str] = []
    known: set[str] = set()
    state = "outside"
    interface: list[str] = []
    for line in logical:
        line = line.strip()
        if not line or line.startswith("//"):
            continue
        if line == "simulator lang=spectre":
            assert state == "outside"
        elif match := re.fullmatch(rf"subckt ({_NAME}) \(((?:{_NAME} ?)+)\)", line):
            assert state == "outside"
            state, known = "inside", {"temp"}
            interface = [f".subckt {match[1]} {match[2]} params:"]
            lines.append("")
        elif match := re.fullmatch(rf"parameters ({_NAME})=(.+)", line):
            value = check_expression(match[2], known)
            known.add(match[1])
            if re.fullmatch(rf"-?{_NUMBER}", match[2]) and interface:
                interface.append(f"+ {match[1]}={match[2]}")
            else:
                lines += interface
                interface = []
                lines.append(f".param {match[1]}={{{value}}}")
        elif match := re.fullmatch(r"check_\w+ paramtest errorif=\((.+)\) message=\"[^\"]+\"", line):
            check_expression(match[1], known)
        elif match := re.fullmatch(rf"ends ({_NAME})", line):
            lines.append(f".ends {match[1]}")
            state = "outside"
        elif match := re.fullmatch(r"(B_\w+) \((\w+) (\w+)\) bsource ([iv])=(.+)", line):
            lines += [*interface, f"{match[1]} {match[2]} {match[3]} {match[4]}={check_expression(match[5], known)}"]
            interface = []
        elif match := re.fullmatch(r"(G_\w+) \((\w+) (\w+) (\w+) (\w+)\) vccs gm=(.+)", line):
            lines += [*interface, f"{' '.join(match.groups()[:5])} {{{check_expression(match[6], known)}}}"]
            interface = []
        elif match := re.fullmatch(r"(I_\w+) \((\w+) (\w+)\) isource dc=(.+)", line):
            lines += [*interface, f"{' '.join(match.groups()[:3])} {{{check_expression(match[4], known)}}}"]
            interface = []
        elif match := re.fullmatch(rf"(R_\w+) \((\w+) (\w+)\) resistor r=({_NUMBER})", line):
            lines += [*interface, f"{match[1]} {match[2]} {match[3]} {match[4]}"]
            interface = []
        elif match := re.fullmatch(rf"model ({_NAME}) resistor kf=({_NUMBER}) af=({_NUMBER})", line):
            lines += [*interface, f".model {match[1]} R kf={match[2]} af={match[3]}"]
            interface = []
        elif match := re.fullmatch(rf"(R_\w+) \((\w+) (\w+)\) ({_NAME}) r=({_NUMBER})", line):
            lines += [*interface, f"{match[1]} {match[2]} {match[3]} {match[5]} {match[4]}"]
            interface = []
        elif match := re.fullmatch(rf"(C_\w+) \((\w+) (\w+)\) capacitor c=({_NUMBER}|{_NAME})(?: ic=({_NAME}))?", line):
            assert all(name in known or re.match(r"\d", name) for name in match.groups()[3:] if name)
            initial = f" ic={{{match[5]}}}" if match[5] else ""
            lines += [*interface, f"{match[1]} {match[2]} {match[3]} {{{match[4]}}}{initial}"]
            interface = []
        elif match := re.fullmatch(r"(V_\w+) \((\w+) (\w+)\) vsource dc=0 type=pwl wave=\[(0 0(?: \S+ \S+)+)\]", line):
            assert all(later > earlier for earlier, later in pairwise(map(float, match[4].split()[::2])))
            lines.append(f"{match[1]} {match[2]} {match[3]} PWL({match[4]})")
        elif match := re.fullmatch(r"([RC]_\w+) \((\w+) (\w+)\) (?:resistor r|capacitor c)=(\(.+\)|[\w.+-]+)", line):
            lines += [*interface, f"{' '.join(match.groups()[:3])} {{{check_expression(match[4], known)}}}"]
            interface = []
        elif match := re.fullmatch(rf"([MX]\w+) \(((?:\w+ ?)+)\) ({_NAME})((?: {_NAME}=.+)?)", line):
            pairs = re.findall(rf" ({_NAME})=((?:(?! {_NAME}=).)+)", match[4])
            assert match[1].startswith("X") or len(match[2].split()) == 4
            values = " ".join(f"{name}={{{check_expression(value, known)}}}" for name, value in pairs)
            lines += [*interface, f"{match[1]} {match[2]} {match[3]} {values}".rstrip()]
            interface = []
        elif match := re.fullmatch(rf"model ({_NAME}) bsim4 type=([np]) version=4.5((?: {_NAME}=-?{_NUMBER})+)", line):
            lines.append(f".model {match[1]} {match[2]}mos level=54 version=4.5{match[3]}")
        elif re.fullmatch(rf"cell_\w+ options (temp|reltol|iabstol|vabstol|gmin|cmin)={_NUMBER}", line):
            assert state == "outside"
        else:
            raise AssertionError(f"no statement of Spectre: {line}")
    assert state == "outside"
    return "\n".join(lines) + "\n"
