"""Weight changes by pairs and triplets of spikes: the triplet rule of spike-timing-dependent plasticity."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

from ..language.array_checks import reals
from ..language.checks import flag, positive, real, whole
from ..language.errors import ParameterError

#: Orders of the spikes of a triplet.
TRIPLETS = ("pre-post-pre", "post-pre-post")


@dataclass(frozen=True, kw_only=True)
class TripletRule:
    r"""Triplet rule of spike-timing-dependent plasticity, additive and without bounds.

    .. math::

        \dot r_1 = -r_1/\tau_+, \quad \dot r_2 = -r_2/\tau_x, \quad \dot o_1 = -o_1/\tau_-, \quad
        \dot o_2 = -o_2/\tau_y \\
        \Delta w = -o_1 \left(A_2^- + A_3^-\,r_2\right) \text{ at a presynaptic spike}, \qquad
        \Delta w = +r_1 \left(A_2^+ + A_3^+\,o_2\right) \text{ at a postsynaptic one}

    with the traces just before the spike, which then sets its own two, r or o, to 1 (nearest spikes), or raises them by
    1 (all spikes).

    Attributes
    ----------
    pair_potentiation, triplet_potentiation, pair_depression, triplet_depression : float
        Amplitudes :math:`A_2^+, A_3^+, A_2^-, A_3^-`. [1]
    pre_time, slow_pre_time, post_time, slow_post_time : float
        Time constants :math:`\tau_+, \tau_x, \tau_-, \tau_y`. [s]
    nearest : bool
        Whether a spike sees the nearest ones before it, or all.

    References
    ----------
    J.-P. Pfister, W. Gerstner, J. Neurosci. 26, 9673 (2006), doi:10.1523/JNEUROSCI.1425-06.2006.
    """

    pair_potentiation: float
    triplet_potentiation: float
    pair_depression: float
    triplet_depression: float
    pre_time: float
    slow_pre_time: float
    post_time: float
    slow_post_time: float
    nearest: bool = True

    def __post_init__(self) -> None:
        for name in ("pair_potentiation", "triplet_potentiation", "pair_depression", "triplet_depression"):
            if real(name, getattr(self, name)) < 0:
                raise ParameterError(f"{name} must not be negative: its sign is in the rule")
        for name in ("pre_time", "slow_pre_time", "post_time", "slow_post_time"):
            positive(name, getattr(self, name), "s")
        flag("nearest", self.nearest)

    def scaled(self, *, time: float = 1.0, size: float = 1.0) -> Self:
        """The same rule in another unit of time, and with other sizes of all changes."""
        times = ("pre_time", "slow_pre_time", "post_time", "slow_post_time")
        sizes = ("pair_potentiation", "triplet_potentiation", "pair_depression", "triplet_depression")
        changes = {name: time * getattr(self, name) for name in times}
        return replace(self, **changes, **{name: size * getattr(self, name) for name in sizes})

    def change(self, pre: Sequence[float], post: Sequence[float]) -> float:
        """Weight change by two trains of spikes, spike by spike [1].

        Parameters
        ----------
        pre, post : sequence of float
            Times of the pre- and of the postsynaptic spikes, none at the same time as one of the other side. [s]

        Raises
        ------
        ParameterError
            If a time is no finite number, or two spikes coincide: the rule does not say which comes first.
        """
        times = {True: reals("pre", pre, "s", empty=True), False: reals("post", post, "s", empty=True)}
        spikes = sorted((time, before) for before, side in times.items() for time in side.tolist())
        r1 = r2 = o1 = o2 = total = 0.0
        last = -math.inf
        for time, before in spikes:
            passed = time - last
            if passed == 0:
                raise ParameterError(f"two spikes at {time:g} s: the triplet rule needs one to be the first")
            r1, r2 = r1 * math.exp(-passed / self.pre_time), r2 * math.exp(-passed / self.slow_pre_time)
            o1, o2 = o1 * math.exp(-passed / self.post_time), o2 * math.exp(-passed / self.slow_post_time)
            if before:
                total -= o1 * (self.pair_depression + self.triplet_depression * r2)
                r1, r2 = (1.0, 1.0) if self.nearest else (r1 + 1, r2 + 1)
            else:
                total += r1 * (self.pair_potentiation + self.triplet_potentiation * o2)
                o1, o2 = (1.0, 1.0) if self.nearest else (o1 + 1, o2 + 1)
            last = time
        return total

    def _potentiation(self, after_pre: float, seen: float) -> float:
        return math.exp(-after_pre / self.pre_time) * (self.pair_potentiation + self.triplet_potentiation * seen)

    def _depression(self, after_post: float, seen: float) -> float:
        return math.exp(-after_post / self.post_time) * (self.pair_depression + self.triplet_depression * seen)

    def of_pairs(self, delay: float, interval: float, number: int) -> float:
        r"""Weight change by pairs of spikes at a steady rate, nearest spikes, in closed form [1].

        .. math::

            0 < \Delta t < T: \quad \Delta w = e^{-\Delta t/\tau_+} \left[N A_2^+ + (N - 1) A_3^+ e^{-T/\tau_y}\right]
            - (N - 1)\, e^{-(T - \Delta t)/\tau_-} \left[A_2^- + A_3^- e^{-T/\tau_x}\right]

        and, with the postsynaptic spike first, :math:`-T < \Delta t < 0`, the same with the sides exchanged.

        Parameters
        ----------
        delay : float
            Postsynaptic less presynaptic time of a pair, :math:`\Delta t`, shorter than the interval. [s]
        interval : float
            Time from pair to pair, T. [s]
        number : int
            Number of pairs, N.

        Raises
        ------
        ParameterError
            If the delay is none or longer than the interval, or all spikes count.
        """
        if not self.nearest:
            raise ParameterError("the closed form is of nearest spikes: 'change' sums over all of them")
        if not 0 < abs(real("delay", delay)) < positive("interval", interval, "s"):
            raise ParameterError(f"delay = {delay:g} s must lie within the interval of {interval:g} s, and not be zero")
        gap, rest, count = abs(delay), interval - abs(delay), whole("number", number, 1)
        slow_pre, slow_post = math.exp(-interval / self.slow_pre_time), math.exp(-interval / self.slow_post_time)
        if delay > 0:
            up = self._potentiation(gap, 0.0) + (count - 1) * self._potentiation(gap, slow_post)
            return up - (count - 1) * self._depression(rest, slow_pre)
        down = self._depression(gap, 0.0) + (count - 1) * self._depression(gap, slow_pre)
        return (count - 1) * self._potentiation(rest, slow_post) - down

    def of_triplet(self, order: str, first: float, second: float) -> float:
        r"""Weight change by three spikes that come alone, in closed form [1].

        .. math::

            \text{pre-post-pre}: \quad \Delta w = A_2^+ e^{-t_1/\tau_+} - e^{-t_2/\tau_-}
            \left[A_2^- + A_3^- e^{-(t_1 + t_2)/\tau_x}\right] \\
            \text{post-pre-post}: \quad \Delta w = e^{-t_2/\tau_+} \left[A_2^+ + A_3^+ e^{-(t_1 + t_2)/\tau_y}\right]
            - A_2^- e^{-t_1/\tau_-}

        Parameters
        ----------
        order : str
            ``"pre-post-pre"`` or ``"post-pre-post"``.
        first, second : float
            Times from the first spike to the second, and from there to the third, :math:`t_1, t_2`. [s]

        Raises
        ------
        ParameterError
            If there is no such order, or a time is not positive.
        """
        positive("first", first, "s")
        positive("second", second, "s")
        if order == "pre-post-pre":
            seen = math.exp(-(first + second) / self.slow_pre_time)
            return self._potentiation(first, 0.0) - self._depression(second, seen)
        if order == "post-pre-post":
            seen = math.exp(-(first + second) / self.slow_post_time)
            return self._potentiation(second, seen) - self._depression(first, 0.0)
        raise ParameterError(f"the order of a triplet is one of {', '.join(TRIPLETS)}, not {order!r}")


#: The fit to pairs in visual cortex in which all spikes count, minimal model. Second-hand: tables 3 and 4 of the paper
#: as a public implementation of the rule (in Rust) prints them; the slow presynaptic time has no effect.
VISUAL_CORTEX_ALL = TripletRule(
    pair_potentiation=0.0,
    triplet_potentiation=6.5e-3,
    pair_depression=7.1e-3,
    triplet_depression=0.0,
    pre_time=16.8e-3,
    slow_pre_time=101e-3,
    post_time=33.7e-3,
    slow_post_time=114e-3,
    nearest=False,
)
#: The fit to the same in which the nearest spikes count, full model. The four times are second-hand, from the same
#: place; the amplitudes are assumed, as remembered from the paper's table.
VISUAL_CORTEX = TripletRule(
    pair_potentiation=8.8e-11,
    triplet_potentiation=5.3e-2,
    pair_depression=6.6e-3,
    triplet_depression=3.1e-3,
    pre_time=16.8e-3,
    slow_pre_time=714e-3,
    post_time=33.7e-3,
    slow_post_time=40e-3,
)
#: The fit to pairs, triplets and quadruplets in hippocampal cultures, nearest spikes, full model; all second-hand, from
#: the same place.
HIPPOCAMPUS = TripletRule(
    pair_potentiation=4.6e-3,
    triplet_potentiation=9.1e-3,
    pair_depression=3e-3,
    triplet_depression=7.5e-9,
    pre_time=16.8e-3,
    slow_pre_time=575e-3,
    post_time=33.7e-3,
    slow_post_time=47e-3,
)
