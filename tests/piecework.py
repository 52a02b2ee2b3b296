"""A piece of work that other processes can import, wherever a package called ``tests`` may be installed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from synaspice.devices import ParameterError, ValidityWarning
from synaspice.devices.language.errors import warn_user


def square(number):
    if number < 0:
        raise ParameterError("a negative number")
    return {"square": number**2, "list": [number, -number]}


def die_once(number, once):
    """The square; of a 2, the process is killed, but only once."""
    if number == 2 and not Path(once).exists():
        Path(once).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return square(number)


def hears_interrupts():
    """Whether Ctrl-C reaches this process, at all and as an exception."""
    return signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, []), signal.getsignal(
        signal.SIGINT
    ) is not signal.SIG_IGN


def leave_the_range(number):
    """A work that warns, in whatever process it is done."""
    warn_user(f"{number} is out of range", ValidityWarning)
    return number
