"""Arguments of the wrong kind give errors of this package, whatever the function, and before any work is done."""

from __future__ import annotations

import itertools

from bad_values import calls

#: Each so many calls one is made: a number that has no divisor in common with that of the bad values.
THIN = 7


def test_no_bad_value_ends_in_an_error_that_is_not_ours(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    faults, made = [], 0
    for call in itertools.islice(calls(lambda model: model.__name__ == "VTEAM"), 0, None, THIN):
        made += 1
        if (fault := call.fault()) is not None:
            faults.append(f"{call.name}: {fault}")
    assert made > 1000 and not faults, "\n".join(faults)
