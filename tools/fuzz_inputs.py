"""Words, numbers and bytes that nobody expects, for ``tools/fuzz_cases.py``."""

from __future__ import annotations

from random import Random
from typing import Any

#: A command that would leave a trace in the home of the cases.
PWN = "touch ~/pwned"
#: Texts in which somebody might hide a command.
SLY = (f"$({PWN})", f"`{PWN}`", f"; {PWN}", f"__import__('os').system('{PWN}')", f"| {PWN}")
#: Texts that are no number, or one that nobody expects.
ODD = ("", " ", "nan", "inf", "-inf", "1e400", "-1e400", "1e-400", "1e999999999n", "1e-999999999p", "0", "-0", "-1")
ODD += ("1.5", "1e3", "0x10", "1_000", "١٢", "½", "1,2", ",", ":", "1:2:3", "0:1:1e9", "0:1:99999999999", "1:2:0")
ODD += ("9" * 400, "9" * 5000, "-" * 50, "1" + "e" * 50, "%s%n", "{0}", "é\u202e", "\ud83d\ude00", "\n", "\t1", "None")
ODD += ("True", "1j", "1 V", "1 furlong", "abc", "../x", "a/b", "=", "a=b", "--", "-h", "1e308", "-1e308", "5e-324")
#: Letters of quantities.
LETTERS = "0123456789.eE+-nupkmMGTfaKVAohsdegC °µΩ²/^*_inf\u00a0,:"
#: Sizes that a bench takes with which it is quick, and such as no machine has room for.
SMALL = {
    **{"points": ("20", "8", "2"), "trajectories": ("2", "1"), "devices": ("2", "1"), "walkers": ("4",)},
    **{"replicas": ("2",), "cycles": ("1",), "spikes": ("1",), "trials": ("1",)},
}
HUGE = ("1000000000", "1000000000000", "99999999999999999999", str(2**63 - 1), str(2**64))


def damaged(random: Random, content: bytes) -> bytes:
    """Bytes with some of them changed, lost, doubled or replaced."""
    found = bytearray(content)
    for _ in range(random.choice((1, 1, 1, 1, 2, 5))):
        if not found:
            break
        at = random.randrange(len(found))
        length = random.choice((1, 1, 1, 2, 4, 16, 128))
        match random.randrange(7):
            case 0:
                found[at] = random.randrange(256)
            case 1:
                del found[at : at + length]
            case 2:
                found[at:at] = bytes(random.randrange(256) for _ in range(length))
            case 3:
                del found[at:]
            case 4:
                found[at:at] = found[at : at + length] * random.choice((1, 2, 50))
            case 5:
                found[at : at + length] = random.choice((*ODD, *SLY)).encode("utf-8", "replace")
            case 6:
                lines = found.split(b"\n")
                one, other = random.randrange(len(lines)), random.randrange(len(lines))
                lines[one] = lines[other] if random.random() < 0.5 else b""
                found = bytearray(b"\n".join(lines))
    return bytes(found)


def quantity_text(random: Random) -> str:
    """A text that may be a quantity."""
    if random.random() < 0.2:
        return random.choice((*ODD, *SLY))
    number = random.choice(
        ("1", "-2.5", ".5", "7.", "1e3", f"{random.gauss(0, 1e3)!r}", "1e" + "9" * random.randrange(12))
    )
    number = number if random.random() < 0.6 else "".join(random.choices(LETTERS, k=random.randrange(12)))
    return number + random.choice(("", " ", "\t")) + random.choice(
        ("", "n", "meg", "K", "M", "V", "nm", "kohm", "degC", "A/m", "°C", "f", "".join(random.choices(LETTERS, k=3)))
    )  # fmt: skip


def misspelt(random: Random, name: str) -> str:
    """A name, or one like it, or none at all."""
    chance = random.random()
    if chance < 0.97:
        return name
    if chance < 0.99 and name:
        at = random.randrange(len(name))
        return name[:at] + random.choice(("", "x", "-", name[at].upper())) + name[at + 1 :]
    return random.choice((*ODD, *SLY)) if name.startswith("-") is False else f"--{random.choice(SLY)}"


def anything(random: Random) -> Any:
    """A value of any type: of an argument that wants another one."""
    import numpy as np

    values = (
        None,
        True,
        0,
        -1,
        10**400,
        1.5,
        float("nan"),
        float("inf"),
        1j,
        "1",
        "",
        b"1",
        [],
        [1, "a"],
        [[1], [1, 2]],
    )
    values += (
        [float("nan")],
        {},
        {"a": 1},
        {1},
        object,
        np.array([True]),
        np.array(1.0),
        np.zeros((2, 2, 2)),
        range(3),
    )
    values += (np.array(["a"]), np.array([None]), np.array([1j]), 1e308, -1e308, 5e-324, 1e-12, 1.0, (0.0, 1.0))
    return random.choice(values)
