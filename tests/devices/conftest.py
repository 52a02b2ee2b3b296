"""What holds for tests of devices: an approximate value has a relative error."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

SCALAR = type(pytest.approx(1.0))
_equals = SCALAR.__eq__


def _relatively(self, actual: object) -> bool:
    """Whether a value is the expected one within the relative error alone, unless an absolute one is given."""
    if self.abs is None and self.expected != 0:
        # pytest's own relative error, which it forgets where an absolute one is given
        relative = 1e-6 if self.rel is None else self.rel
        return bool(_equals(SCALAR(self.expected, relative, 0, self.nan_ok), actual))
    return bool(_equals(self, actual))


@pytest.fixture(scope="module", autouse=True)
def relative_errors() -> Iterator[None]:
    """Without pytest's absolute error of 1e-12, within which any noise density and most charges are the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SCALAR, "__eq__", _relatively)
        yield
