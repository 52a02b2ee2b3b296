"""References become BibTeX that BibTeX's own readers understand."""

import re
from pathlib import Path

import pytest
import yaml
from pybtex.database import parse_string

from synaspice.devices.core.base import MODELS
from synaspice.devices.core.citing import citations_of
from synaspice.devices.language.citations.citation import (
    SOFTWARE,
    Citation,
    bibliography,
    citation,
    citations_in,
    unique,
)

IKEDA = Citation(
    "S. Ikeda et al., A perpendicular-anisotropy CoFeB-MgO magnetic tunnel junction, Nature Materials 9, 721 (2010)",
    "10.1038/nmat2804",
)


def entries(text):
    return parse_string(text, "bibtex").entries


def test_an_article_is_taken_apart():
    (entry,) = entries(bibliography([IKEDA])).values()
    assert entry.type == "article"
    assert {name: entry.fields[name] for name in ("journal", "volume", "pages", "year", "doi")} == {
        "journal": "Nature Materials",
        "volume": "9",
        "pages": "721",
        "year": "2010",
        "doi": "10.1038/nmat2804",
    }
    assert entry.fields["title"] == "{A perpendicular-anisotropy CoFeB-MgO magnetic tunnel junction}"
    assert [str(person) for person in entry.persons["author"]] == ["Ikeda, S.", "others"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("J. C. Slonczewski, J. Magn. Magn. Mater. 159, L1 (1996)", ("article", 1, "159", "L1")),
        ("F. Abreu Araujo, C. Chopin, S. de Wergifosse, Sci. Rep. 12, 10605 (2022)", ("article", 3, "12", "10605")),
        ("P. Maffezzoni, L. Daniel, On oxides, IEEE Trans. Magn. 62(9), 2207 (2015)", ("article", 2, "62", "2207")),
        ("A. J. Edwards, K. Doleh, Kinematic model of walls, arXiv:2406.00225 (2024)", ("misc", 2, None, None)),
        ("SkyWater PDK Authors, sky130_fd_pr_reram, 50 % of {all} & more (2020)", ("misc", 0, None, None)),
        ("A. Cantudo, Verilog-A code (2025), after D. Maldonado, J. Appl. Phys. 130 (2021)", ("misc", 1, None, None)),
    ],
)
def test_forms_of_references(text, expected):
    (entry,) = entries(Citation(text, "10.1000/x_y").bibtex() + "\n").values()
    kind, authors, volume, pages = expected
    assert entry.type == kind
    assert len(entry.persons.get("author", [])) == authors
    assert (entry.fields.get("volume"), entry.fields.get("pages")) == (volume, pages)
    assert entry.fields["doi"] == "10.1000/x_y"
    if "note" in entry.fields:
        assert entry.fields["note"].replace("\\", "") == re.sub("[{}]", "", text)


def test_surnames_of_several_words_are_one_name():
    person = entries(Citation("F. Abreu Araujo, Sci. Rep. 12, 1 (2022)").bibtex())["abreuaraujo2022"].persons["author"][
        0
    ]
    assert (person.last_names, person.first_names) == (["Abreu", "Araujo"], ["F."])


def test_each_publication_once_with_its_own_key():
    short = Citation("S. Ikeda et al., Nature Materials 9, 721 (2010)", "10.1038/NMAT2804")
    other = Citation("S. Ikeda, IEEE Trans. Magn. 46, 1 (2010)")
    assert unique([short, IKEDA, other, other]) == (IKEDA, other)
    assert list(entries(bibliography([short, IKEDA, other]))) == ["ikeda2010", "ikeda2010b"]


def test_references_of_a_docstring():
    text = """Something.

    References
    ----------
    uniformisation: A. Jensen, Scand. Actuar. J. 1953, 87, doi:10.1000/a.1 (as remembered); J. A. Acebron et al., "The
    Kuramoto model: A simple paradigm", Rev. Mod. Phys. 77, 137 (2005), doi:10.1103/RevModPhys.77.137.
    """
    first, second = citations_in(text)
    assert (first.text, first.doi) == ("A. Jensen, Scand. Actuar. J. 1953, 87", "10.1000/a.1")
    assert second.fields()[1]["title"] == "The Kuramoto model: A simple paradigm"
    assert second.doi == "10.1103/RevModPhys.77.137"
    assert citations_in("No section.") == citations_in(None) == ()


def test_every_model_and_preset_can_be_cited():
    cited = 0
    for model in MODELS.values():
        for preset in (None, *model.presets().values()):
            found = citations_of(model, preset)
            read = entries(bibliography(found))
            assert len(read) == len(found) > 0 or not model.reference
            dois = {entry.fields.get("doi") for entry in read.values()}
            assert {each.doi for each in (preset, model) if each and each.doi} <= dois
            for entry in read.values():
                assert entry.fields["year"].isdigit()
                assert entry.type == "article" or entry.fields.get("note") or entry.fields.get("howpublished")
            cited += len(found)
    assert cited > 100


def test_a_line_is_read_back():
    assert citation(str(IKEDA)) == IKEDA
    assert citation("No DOI (2020)") == Citation("No DOI (2020)")


def test_the_package_is_cited_as_its_citation_file_says():
    file = Path(__file__).parents[3] / "CITATION.cff"
    said = yaml.safe_load(file.read_text())
    entry = entries(SOFTWARE.bibtex())["synaspice"]
    assert [str(person) for person in entry.persons["author"]] == ["{" + said["authors"][0]["name"] + "}"]
    assert (entry.fields["note"], said["title"]) == (f"version {said['version']}", SOFTWARE.key)
    assert f"{said['title']} {said['version']}" in SOFTWARE.text
