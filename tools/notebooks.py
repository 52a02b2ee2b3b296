"""Write the notebooks that go with the pages "ten minutes for ...", or check that they are those of the pages.

A block of Python is a cell of code, one of shell commands a cell that calls the program; all between them is text.
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
PAGES = [DOCS / "start" / f"{reader}.md" for reader in ("physicist", "designer", "learning")]
FOLDER = ROOT / "examples" / "notebooks"
#: Where pages of the documentation lie, seen from a notebook.
LINKS = re.compile(r"\]\((?!http)([\w./-]+\.md)\)")


def notebook(text: str) -> dict[str, Any]:
    """The notebook of a page."""
    parts = re.split(r"^```(\w+)\n(.*?)^```\n", text, flags=re.M | re.S)
    cells = [_text(parts[0])]
    for language, code, rest in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        lines = code.rstrip("\n")
        source = lines if language == "python" else "\n".join(f"!{line}" for line in lines.splitlines())
        cells += [{"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": [], "source": source}]
        cells += [_text(rest)] if rest.strip() else []
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
        cell["source"] = cell["source"].splitlines(keepends=True)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5}


def _text(part: str) -> dict[str, Any]:
    def seen(link: re.Match[str]) -> str:
        there = (PAGES[0].parent / link[1]).resolve()
        return f"]({os.path.relpath(there, FOLDER)})"

    source = LINKS.sub(seen, part.strip("\n"))
    return {"cell_type": "markdown", "metadata": {}, "source": source}


def main() -> int:
    """Write them; with ``--check`` tell which differ."""
    texts = {FOLDER / f"{page.stem}.ipynb": notebook(page.read_text(encoding="utf-8")) for page in PAGES}
    written = {path: json.dumps(made, indent=1, ensure_ascii=False) + "\n" for path, made in texts.items()}
    if "--check" in sys.argv:
        old = [path.name for path, text in written.items() if not path.exists() or path.read_text("utf-8") != text]
        if old:
            print(f"run python tools/notebooks.py: not those of their pages: {', '.join(old)}", file=sys.stderr)
        return 1 if old else 0
    FOLDER.mkdir(exist_ok=True)
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
