"""What is cited for what was used."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from pybtex.database import parse_string

from synaspice.characterization import citations, iv, linewidth, read_table, simulate, write_table
from synaspice.characterization.bench import BENCHES
from synaspice.characterization.citing import citations_of_cell, citations_of_function
from synaspice.circuits import Inverter, MemristorBitCell, PBit
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.devices import MTJ, AutoOscillator
from synaspice.devices.core.base import MODELS
from synaspice.devices.core.citing import citations_of
from synaspice.devices.language.citations.citation import unique
from synaspice.devices.language.citations.titles import TITLES
from synaspice.devices.language.errors import ParameterError


def dois(text):
    return {entry.fields.get("doi") for entry in parse_string(text, "bibtex").entries.values()} - {None}


def test_a_device_brings_its_model_and_its_preset():
    text = citations(MTJ.preset("ikeda2010"))
    assert text.startswith("@misc{")
    assert "synaspice" in text.partition("\n}")[0]
    assert {"10.1038/nmat2804", MTJ.doi} <= dois(text)
    assert "10.1038/nmat2804" not in dois(citations(MTJ))


def test_a_bench_and_its_tables_bring_the_method(tmp_path):
    device = AutoOscillator()
    slavin = AutoOscillator.doi
    assert slavin in dois(citations(linewidth))
    table = iv(MTJ.preset("ikeda2010"), np.array([0.0, 0.1]))
    expected = dois(citations(MTJ.preset("ikeda2010"))) | dois(citations(iv))
    for suffix in (".csv", ".parquet"):
        path = write_table(table, tmp_path / f"table{suffix}")
        assert dois(citations(read_table(path))) == expected
    assert dois(citations(device, table)) == expected | dois(citations(device))


def test_a_cell_brings_its_publication_and_those_of_its_devices():
    assert PBit.doi in dois(citations(PBit))
    junction = MTJ.preset("hayakawa2021-like")
    assert dois(citations(PBit(junction=junction))) == dois(citations(PBit, junction))


@pytest.mark.ngspice
def test_the_table_of_a_cell_can_be_cited():
    cell = Inverter()
    assert dois(citations(simulate(cell))) == dois(citations(cell))
    table = simulate(MemristorBitCell())
    assert dois(citations(table)) == dois(citations(MemristorBitCell())) != set()


@pytest.mark.parametrize("thing", [3, "mtj", pd.DataFrame({"a": [1]}), None])
def test_what_cannot_be_cited(thing):
    with pytest.raises(ParameterError, match="cited"):
        citations(thing)


#: Publications whose title was read nowhere: nobody may invent it.
UNTITLED = {
    "10.1016/s0304-8853(97)01014-7",
    "10.1038/nphys784",
    "10.1063/1.5042452",
    "10.1103/physrevlett.102.177602",
    "10.1103/physrevlett.99.247208",
    "10.1109/tmag.2009.2024325",
    "10.1002/adma.202306818",
    "10.1038/nmat2748",
    "10.1038/nmat3510",
    "10.1039/c5ra19300a",
    "10.1063/1.1659141",
    "10.1063/1.3660229",
    "10.1063/1.4939913",
    "10.1103/physrev.95.690",
    "10.1103/physrevlett.94.246802",
    "10.3389/fnins.2011.00073",
    "10.1209/0295-5075/100/57002",
}


def test_every_article_with_a_doi_has_a_title_if_one_was_read():
    """Of all models, presets, benches and cells; of two lines with one DOI the one that tells more."""
    models = [citations_of(model, preset) for model, preset in every_preset()]
    cells = [citations_of_cell(CELLS[name]) for name in CELLS]
    benches = [citations_of_function(BENCHES[name].function) for name in BENCHES]
    found = unique(each for some in (*models, *cells, *benches) for each in some)
    entries = {each.doi.lower(): each.fields() for each in found if each.doi}
    untitled = {doi for doi, (kind, fields) in entries.items() if kind == "article" and "title" not in fields}
    assert untitled == UNTITLED
    assert not UNTITLED & {*TITLES}
    assert {*TITLES} <= {*entries}, "a title of what nothing cites"


def every_preset():
    for name in MODELS:
        model = MODELS[name]
        yield model, None
        yield from ((model, model.preset(preset).provenance) for preset in model.presets())


def test_what_was_used_in_a_process():
    code = """
from synaspice.characterization import citations
from synaspice.devices import MTJ, VTEAM
first = citations()
MTJ.preset("ikeda2010").netlist("ngspice")
second = citations()
VTEAM().simulate(0.1, 1e-9, points=2)
print(first.count("@"), "nmat2804" in first, "nmat2804" in second, VTEAM.doi in second, VTEAM.doi in citations())
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["1", "False", "True", "False", "True"]
