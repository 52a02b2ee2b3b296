"""The documentation's pages of cells say what the declarations say, and show the schematic."""

import subprocess
import sys
from pathlib import Path

import pytest

from synaspice.circuits.cells.building.cell import CELLS

pytest.importorskip("schemdraw")

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "tools" / "cell_pages.py"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    subprocess.run([sys.executable, str(TOOL), str(folder / "cells")], check=True)
    return folder / "cells"


@pytest.mark.parametrize("name", list(CELLS))
def test_a_page_has_all_of_a_cell(pages, name):
    kind, text = CELLS[name], (pages / f"{name}.md").read_text()
    assert text.startswith(f"# {kind.title_in_words()}\n")
    for declared in (kind.ports(), kind.parameter_declarations(), kind.option_declarations(), kind.slots()):
        assert not [each for each in declared if f"| `{each}` |" not in text]
    for slot in kind.slots().values():
        assert not [model for model in slot.fitting() if f"`{model}`" not in text]
    assert f"(pictures/{name}.svg)" in text and "<svg" in (pages / "pictures" / f"{name}.svg").read_text()
    assert kind.doi in text and "```bibtex\n@misc{synaspice," in text
    assert text.count("```") % 2 == 0
    assert f"\n{name}\n" in (pages / "index.md").read_text()


def test_what_the_gallery_measured_is_on_the_page(tmp_path):
    """A table and a figure as ``synaspice gallery`` leaves them."""
    from synaspice.characterization import simulate, write_table
    from synaspice.circuits import Inverter

    gallery = tmp_path / "gallery"
    for folder in ("tables", "figures"):
        (gallery / folder).mkdir(parents=True)
    table = simulate(Inverter(), points=11)
    write_table(table, gallery / "tables" / "inverter-bench.parquet")
    (gallery / "figures" / "inverter-bench.png").write_bytes(b"a picture")
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); from pathlib import Path; import cell_pages; "
        "from synaspice.circuits import Inverter; "
        "print(cell_pages.benched('inverter', Inverter, Path(sys.argv[2]), Path(sys.argv[3])))"
    )
    command = [sys.executable, "-c", code, str(TOOL.parent), str(gallery), str(tmp_path)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert "![inverter-bench](pictures/inverter-bench.png)" in text
    assert (tmp_path / "pictures" / "inverter-bench.png").read_bytes() == b"a picture"
    assert f"With its defaults it works: {table.attrs['criterion']}." in text
    assert {cost["operation"] for cost in table.attrs["costs"]} <= {
        line.split(" | ")[0][2:] for line in text.splitlines()
    }
