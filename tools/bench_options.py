"""Write the page of the documentation on the benches and their options, from their signatures."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from synaspice.characterization.bench import BENCHES, bench_page

HEAD = """# Benches and their options

Each row is an argument of the bench's function and an option of `synaspice characterize DEVICE BENCH`.
"""


def main() -> None:
    """Write the page to the path that is given."""
    pages = [f"{bench_page(bench)}\n{_reference(bench.function)}" for bench in BENCHES.own().values()]
    Path(sys.argv[1]).write_text("\n".join([HEAD, *pages]), encoding="utf-8")


def _reference(function: Callable[..., Any]) -> str:
    """The directive for the function's docstring."""
    return f"```{{eval-rst}}\n.. autofunction:: {function.__module__}.{function.__qualname__}\n   :no-index:\n```\n"


if __name__ == "__main__":
    main()
