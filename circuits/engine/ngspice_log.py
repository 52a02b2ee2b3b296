"""What ngspice's log says: complaints, the line of the netlist that they are about, and how the process ended."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

_COMPLAINT = re.compile(
    r"\berror\b|fatal|aborted|undefined|unknown|too small|not found|can't find|could not find", re.I
)
_HARMLESS = re.compile(r"^(warning|note|using)\b|can't find (the )?init|spinit|\bno error|reference value", re.I)


def spoken_lines(log: Sequence[str]) -> list[str]:
    """Ngspice's own lines of the log, without their stream."""
    lines = [line.partition(" ")[2].strip() for line in log if line.startswith(("stdout ", "stderr "))]
    return [line for line in lines if line]


def complaints(log: Sequence[str]) -> list[str]:
    """Lines in which ngspice complains, each once."""
    spoken = spoken_lines(log)
    found: list[str] = []
    for k, line in enumerate(spoken):
        if _COMPLAINT.search(line) and not _HARMLESS.search(line):
            found.append(line)
            # The offending line, or the details, often follow on the next line.
            if line.endswith(":") and k + 1 < len(spoken):
                found.append(spoken[k + 1])
    return list(dict.fromkeys(found))


#: Types of models that are ngspice's own: with these an unknown parameter is no more than a warning of ngspice.
_OWN_TYPES = {"r", "c", "l", "d", "npn", "pnp", "nmos", "pmos", "njf", "pjf", "nmf", "pmf", "sw", "csw", "urc", "ltra"}


def unknown_to_native(log: Sequence[str]) -> list[str]:
    """Parameters on the ``.model`` lines of native devices that these do not have; ngspice goes on without them."""
    spoken = spoken_lines(log)
    return [
        f"{after} in {line}"
        for line, after in itertools.pairwise(spoken)
        if after.startswith("unrecognized parameter") and (words := line.lower().split())[0] == ".model"
        if len(words) > 2 and words[2].partition("(")[0] not in _OWN_TYPES
    ]


def last_words(log: Sequence[str]) -> list[str]:
    """The last lines of the log."""
    return spoken_lines(log)[-3:]


def netlist_line_of(messages: Sequence[str], lines: Sequence[str]) -> str | None:
    """The netlist line that a message names by number or quotes."""
    for message in messages:
        number = re.search(r"\bline (?:no\. |number )?(\d+)", message)
        if number and 0 < int(number.group(1)) <= len(lines):
            return f"{number.group(1)}: {lines[int(number.group(1)) - 1]}"
    lowered = {line.lower().strip(): k for k, line in enumerate(lines) if line.strip() not in ("*", ".end")}
    for message in messages:
        for line, k in lowered.items():
            if line in message.lower():
                return f"{k + 1}: {lines[k]}"
    return None


def how_it_ended(status: int, log: Sequence[str]) -> str:
    """How a process ended that did not answer."""
    asked = [line.split()[1] for line in log if line.startswith("exit ")]
    if asked:
        return f"ngspice ended its process, exit status {asked[0]}, before the analysis was done"
    if status < 0:
        return f"ngspice crashed: its process was ended by signal {-status}"
    return f"ngspice's process ended with status {status} before the analysis was done"
