"""How to cite a document: BibTeX, CSL-JSON, and JSON-LD and citation meta tags for machines that read its page."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from markupsafe import Markup

from api.rendering import web_address

_BIBTEX = str.maketrans({
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
})  # fmt: skip
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


class Citable(Protocol):
    """What a citation tells of a document."""

    @property
    def id(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def url(self) -> str | None: ...
    @property
    def organization(self) -> str | None: ...
    @property
    def published(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class MetaTag:
    """A `<meta>` of the head of a page."""

    name: str
    content: str


def bibtex(documents: Iterable[Citable]) -> str:
    """The documents as BibTeX entries, in their order; the id is the key."""
    return "\n".join(_entry(document) for document in documents)


def csl_json(documents: Iterable[Citable]) -> str:
    """The documents as a list in CSL-JSON, in their order."""
    return json.dumps([_csl(document) for document in documents], ensure_ascii=False, indent=2) + "\n"


def meta_tags(document: Citable) -> list[MetaTag]:
    """The tags by which reference managers and scholarly search know a page (Highwire Press)."""
    said = {
        "citation_title": document.title,
        "citation_author": document.organization,
        "citation_publication_date": document.published and document.published.replace("-", "/"),
        "citation_public_url": web_address(document.url),
        "citation_technical_report_institution": document.organization,
    }
    return [MetaTag(name, content) for name, content in said.items() if content]


def linked_data(document: Any) -> Markup:
    """The document as JSON-LD (schema.org); safe inside a script element."""
    organization = document.organization and {"@type": "Organization", "name": document.organization}
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": document.title,
        "identifier": document.id,
        "author": organization,
        "sourceOrganization": organization,
        "datePublished": document.published,
        "dateModified": document.updated,
        "inLanguage": document.language,
        "keywords": document.tags or None,
        "url": web_address(document.url),
    }
    text = json.dumps({name: value for name, value in data.items() if value}, ensure_ascii=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return Markup(text)


def _entry(document: Citable) -> str:
    year, month, _ = _date(document)
    fields = {
        "title": "{" + _escaped(document.title) + "}",  # the second pair of braces keeps capitals
        "author": document.organization and "{" + _escaped(document.organization) + "}",
        "year": year,
        "month": month and _MONTHS[int(month) - 1],
        "url": (web_address(document.url) or "").translate({ord(char): f"%{ord(char):02X}" for char in "{}\\"}) or None,
    }
    lines = [
        f"  {name} = {value if name == 'month' else '{' + value + '}'}," for name, value in fields.items() if value
    ]
    return "\n".join([f"@misc{{{document.id},", *lines, "}", ""])


def _csl(document: Citable) -> dict[str, Any]:
    issued = [int(part) for part in _date(document) if part]
    said = {
        "id": document.id,
        "type": "report",
        "title": document.title,
        "author": document.organization and [{"literal": document.organization}],
        "publisher": document.organization,
        "issued": issued and {"date-parts": [issued]},
        "URL": web_address(document.url),
    }
    return {name: value for name, value in said.items() if value}


def _date(document: Citable) -> tuple[str, str, str]:
    """Year, month and day, each empty where it is not known."""
    year, month, day = (*(document.published or "").split("-"), "", "", "")[:3]
    return year, month, day


def _escaped(text: str) -> str:
    return re.sub(r"\s+", " ", text).translate(_BIBTEX)
