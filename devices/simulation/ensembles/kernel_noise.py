"""Python source of the part of an ensemble's kernel that makes the noise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ..numerics.philox import NORMALS, WORDS

#: Steps whose noise is made at a time, for a block of one trajectory and for wider ones: multiples of NORMALS.
STEPS_ALONE, STEPS_TOGETHER = 252, 6
#: Sub-counters of the generator: four of these words are one counter.
NOISE, JUMPS = 0, 1 << 24


def loop(head: str, body: Iterable[str]) -> list[str]:
    """A loop, or another statement with a body."""
    return [head, *("    " + line for line in body)]


def words(step: str, purpose: int) -> str:
    """Four random words for a step (or group of steps) and a purpose."""
    counter = f"np.uint32({step}), np.uint32({purpose}) ^ (np.uint32(({step}) >> 32) << np.uint32(25))"
    return f"a, b, c, d = philox({counter}, low[j], high[j], key_low, key_high)"


def telegraph_jumps(count: int, at: Callable[[str], str], step: str, number: str) -> list[str]:
    """Jumps of telegraph processes at the end of a step, with the exact probability.

    Parameters
    ----------
    count : int
        How many processes there are: their states are the rows ``g_k``, their rates upward and downward ``r_2k`` and
        ``r_2k+1``.
    at : callable
        From the name of a row to the text of its element.
    step, number : str
        Texts of the length of the step and of its number.
    """
    lines = []
    for k in range(count):
        if k % 4 == 0:
            lines.append(words(number, JUMPS + k // 4))
        state, up, down = at(f"g_{k}"), at(f"r_{2 * k}"), at(f"r_{2 * k + 1}")
        lines += [
            f"up, down, occupied = {up}, {down}, {state}",
            "away = down if occupied > 0.5 else up",
            f"probability = -expm1(-(up + down)*{step})*away/(up + down)",
            f"jumped = away > 0.0 and uniform({'abcd'[k % 4]}) < probability",
            f"{state} = 1.0 - occupied if jumped else occupied",
        ]
    return lines


@dataclass(frozen=True)
class Noise:
    """Normal deviates of a kernel.

    Attributes
    ----------
    noises : int
        Deviates that a trajectory needs in a step.
    block : int
        Trajectories in a block.
    """

    noises: int
    block: int

    @property
    def window(self) -> int:
        """Steps whose noise is made at a time."""
        return STEPS_ALONE if self.block == 1 else STEPS_TOGETHER

    @property
    def together(self) -> int:
        """Steps that share counters: as many as leave none of the deviates over that a counter makes."""
        return NORMALS // math.gcd(self.noises, NORMALS)

    @property
    def calls(self) -> int:
        """Counters of steps that go together."""
        return self.noises // math.gcd(self.noises, NORMALS)

    @property
    def words(self) -> int:
        """Random words that are made at a time."""
        return WORDS * self.calls * (self.window // self.together if self.block == 1 else self.block)

    def filling(self) -> list[str]:
        """Loop that makes the deviates of some steps."""
        if not self.noises:
            return ["pass"]
        noises, block, together = self.noises, self.block, self.together
        size, groups = together * noises * block, self.window // together
        # Vector instructions over trajectories or, where there are no neighbours, over steps.
        alone = block == 1
        index, row = ("i", groups) if alone else ("j", block)
        over = f"for {index} in range({'end - begin' if alone else 'B'}):"
        made: list[str] = ["g = begin + i"] if alone else []
        drawn: list[str] = []
        for call in range(self.calls):
            places = [f"words[{(WORDS * call + word) * row} + {index}]" for word in range(WORDS)]
            made += [
                words("g", NOISE + call),
                *(f"{place} = {name}" for place, name in zip(places, "abcd", strict=True)),
            ]
            normals = [f"n_{k}" for k in range(NORMALS)]
            drawn.append(f"{', '.join(normals)} = six_normals({', '.join(places)})")
            for k, normal in enumerate(normals):
                step, noise = divmod(NORMALS * call + k, noises)
                place = noise * together + step if alone else step * noises + noise
                drawn.append(f"now[{place * row} + {index}] = {normal}")
        # Words first, which are made in other lanes than the deviates.
        body = [*loop(over, made), *loop(over, drawn)]
        if alone:
            return ["now = z[begin - start:]", "j = 0", *body]
        window = f"now = z[(begin - start + i)*{size}:(begin - start + i + 1)*{size}]"
        return loop("for i in range(end - begin):", ["g = begin + i", window, *body])
