r"""References of publications, and what BibTeX makes of them.

A reference is one line, as declarations and presets have it: authors by initials and surname, perhaps a title, the
journal with volume and page, the year in brackets, and a DOI. What such a line says is read from it, and a title that
it leaves out from :data:`~synaspice.devices.language.citations.titles.TITLES`; a line of another form, such
as that of a program, becomes an entry ``@misc`` that quotes it whole.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..version import __version__
from .titles import TITLES

#: One author: initials and a surname, with the comma after it; or "et al.".
_AUTHOR = re.compile(
    r"(?P<initials>(?:[^\W\d_][^\W\d_]?\.[ -]?)+)(?P<surname>[^\W\d_][^\s,.\d]*(?:\s(?!et al\.|\()[^\s,.\d]+){0,3})"
    r"(?P<role>\s+\(eds?\.\))?(?P<others>,?\s+et al\.)?(?:,\s+|(?<=al\.)\s+|$)"
)
#: Journal, volume and issue, page or article, year: the end of a reference.
_ARTICLE = re.compile(
    r"(?:^|,\s+)(?P<journal>[^,\d][^,]*?)\s+(?P<volume>\d+)(?:\s*\((?P<issue>\d+)\))?(?:,\s+(?P<pages>[A-Z]?\d[\w.-]*))?"
    r"\s+\((?P<year>\d{4})\)(?:,\s*(?P<more>arXiv:\S+))?$"
)
#: A preprint or a conference: what it is of, and the year.
_OTHER = re.compile(
    r"(?:^|,\s+)(?P<venue>[^,][^,]*?)(?:,\s+(?P<pages>[\d.]+))?\s+\((?P<year>\d{4})\)(?:,\s*(?P<more>arXiv:\S+))?$"
)
_YEAR = re.compile(r"\b(?:19|20)\d{2}\b")
_DOI = re.compile(r"doi:\s*(?P<doi>10\.\d{4,9}/[^\s;,]+)")
#: What LaTeX takes for commands.
_SPECIAL = str.maketrans({character: f"\\{character}" for character in "&%$#_"} | {"{": "", "}": "", "\\": ""})


@dataclass(frozen=True)
class Citation:
    """A publication, or a program, that is to be cited.

    Attributes
    ----------
    text : str
        The reference in one line, without its DOI.
    doi : str
        Its DOI; empty if there is none.
    known : tuple
        Fields of its BibTeX entry as pairs, where they are known and need not be read from the line; and its key.
    """

    text: str
    doi: str = ""
    known: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.text}, doi:{self.doi}" if self.doi else self.text

    @property
    def authors(self) -> tuple[str, ...]:
        """Names of the authors, surname first; ``others`` for those that the line leaves out."""
        return _parts(self.text)[0]

    @property
    def year(self) -> str:
        """Year of the publication; empty if the line has none."""
        years = _YEAR.findall(self.text)
        in_brackets = re.findall(r"\((\d{4})\)", self.text)
        return str((in_brackets or years or [""])[-1])

    @property
    def key(self) -> str:
        """Surname of the first author, or the first word, and the year: ``slavin2009``."""
        if self.known:
            return dict(self.known)["key"]
        authors = self.authors
        word = authors[0].partition(",")[0] if authors else self.text.split()[0]
        letters = re.sub(r"[\W_]", "", word).lower()
        return f"{letters or 'reference'}{self.year}"

    def fields(self) -> tuple[str, dict[str, str]]:
        """Kind of the BibTeX entry, and its fields as plain text."""
        if self.known:
            return "misc", {name: value for name, value in self.known if name != "key"}
        authors, title, venue = _parts(self.text)
        title = title or TITLES.get(self.doi.lower(), "")
        found: dict[str, str] = {}
        if not authors or venue is None:
            kind, found["note"] = "misc", self.text
            if authors:
                found["author"] = _joined(authors)
            if self.year:
                found["year"] = self.year
        else:
            article = venue.get("volume") is not None
            kind = "article" if article else "misc"
            found["author"] = _joined(authors)
            if title:
                found["title"] = title
            if article:
                found |= {name: venue[name] or "" for name in ("journal", "volume", "pages", "year") if venue[name]}
                if venue["issue"]:
                    found["number"] = venue["issue"]
            else:
                found |= {"howpublished": venue["venue"] or "", "year": venue["year"] or ""}
                if venue["pages"]:
                    found["pages"] = venue["pages"]
            if venue["more"]:
                found["eprint"] = venue["more"]
        if self.doi:
            found["doi"] = self.doi
        return kind, found

    def bibtex(self, key: str | None = None) -> str:
        """The entry in BibTeX.

        Parameters
        ----------
        key : str, optional
            Its key; default: :attr:`key`.
        """
        kind, fields = self.fields()
        lines = [
            # Titles keep their capitals.
            f"  {name} = {{{'{' + value.translate(_SPECIAL) + '}' if name == 'title' else _field(name, value)}}},"
            for name, value in fields.items()
        ]
        return "\n".join([f"@{kind}{{{self.key if key is None else key},", *lines, "}"])


#: The package itself; CITATION.cff says the same.
SOFTWARE = Citation(
    f"The synaspice authors, synaspice {__version__}, compact models of neuromorphic devices (2026)",
    known=(
        ("key", "synaspice"),
        ("author", "{The synaspice authors}"),
        ("title", "synaspice: compact models of neuromorphic devices"),
        ("note", f"version {__version__}"),
        ("year", "2026"),
    ),
)


def _field(name: str, value: str) -> str:
    # A DOI is an address and keeps its letters; an institution is one name.
    return value if name == "doi" or value.startswith("{") else value.translate(_SPECIAL)


def _joined(authors: tuple[str, ...]) -> str:
    return " and ".join(authors)


def _parts(text: str) -> tuple[tuple[str, ...], str, dict[str, str | None] | None]:
    """Authors, title, and what the end of a reference says of where it appeared; None if it is of no known form."""
    rest, authors = text, list[str]()
    while (match := _AUTHOR.match(rest)) is not None:
        authors.append(f"{match['surname'].strip()}, {match['initials'].strip()}")
        rest = rest[match.end() :]
        if match["others"]:
            authors.append("others")
            break
    if (venue := _ARTICLE.search(rest) or _OTHER.search(rest)) is None:
        return tuple(authors), "", None
    title = rest[: venue.start()].strip(' ",')
    # A year within what should be the title: the line tells of several publications.
    return tuple(authors), title, None if re.search(r"\(\d{4}\b|[;]", title) else venue.groupdict()


def bibliography(citations: Iterable[Citation]) -> str:
    """Entries in BibTeX, each once, with keys that differ.

    Parameters
    ----------
    citations : iterable of Citation
        What is cited. Of two with the same DOI the longer line, which has the title, is kept.
    """
    kept = unique(citations)
    taken: dict[str, int] = {}
    entries = []
    for citation in kept:
        count = taken[citation.key] = taken.get(citation.key, 0) + 1
        letter = "" if count == 1 else chr(ord("a") + count - 1)
        entries.append(citation.bibtex(citation.key + letter))
    return "\n\n".join(entries) + "\n" if entries else ""


def unique(citations: Iterable[Citation]) -> tuple[Citation, ...]:
    """Each publication once, in the order in which they come; the longer of two lines with one DOI."""
    everything = list(citations)
    with_doi = {citation.text for citation in everything if citation.doi}
    found: dict[str, Citation] = {}
    for citation in everything:
        if not citation.doi and citation.text in with_doi:
            continue
        name = citation.doi.lower() or citation.text
        if name not in found or len(citation.text) > len(found[name].text):
            found[name] = citation
    return tuple(found.values())


def citation(line: str) -> Citation:
    """A reference from a line such as :meth:`Citation.__str__` writes."""
    text, _, doi = line.partition(", doi:")
    return Citation(text, doi)


def citations_in(docstring: str | None) -> tuple[Citation, ...]:
    """Publications with a DOI in the section ``References`` of a docstring.

    Parameters
    ----------
    docstring : str, optional
        The docstring of a model, a bench or a module.
    """
    _, heading, section = inspect.cleandoc(docstring or "").partition("References\n----------\n")
    if not heading:
        return ()
    text = " ".join(re.split(r"\n\s*\n[^\n]+\n-{3,}\n", section)[0].split())
    found, begin = [], 0
    for match in _DOI.finditer(text):
        before = text[begin : match.start()].strip().rstrip(",").strip()
        # What stands between the last reference and this one: remarks in brackets, and the sign between them.
        before = re.sub(r"^(?:\([^()]*\)|:[^;.]*|[;.,]|\s|as remembered|and)+", "", before)
        before = before.rpartition("; ")[2].strip(" ,").replace('"', "")
        first = _AUTHOR.search(before)  # after words such as "the torque of"
        found.append(Citation(before[first.start() :] if first else before, match["doi"].rstrip(".:")))
        begin = match.end()
    return tuple(found)
