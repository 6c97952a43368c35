"""The readers that are compared: Lessonry's own, and the two libraries alone, each as its manual suggests."""

from collections.abc import Callable
from dataclasses import dataclass

import trafilatura
from bs4 import BeautifulSoup

from corpus.errors import ExtractError
from ingest.extract import extract


@dataclass(frozen=True)
class Read:
    """What a reader makes of a page. The libraries alone are judged by the text only."""

    text: str
    title: str | None = None
    organization: str | None = None
    published: str | None = None


def lessonry(body: bytes, name: str) -> Read:
    """Whatever the format; what cannot be read is no text."""
    try:
        page = extract(body, name=name)
    except ExtractError:
        return Read("")
    return Read(f"# {page.title}\n\n{page.text}", page.title, page.organization, page.published)


def library(html: bytes, name: str) -> Read:
    """trafilatura alone, without comments, and with its title where its text does not have it, as for ours."""
    found = trafilatura.bare_extraction(html, include_comments=False, with_metadata=True)
    if found is None:
        return Read("")
    text = found.text or ""
    return Read(text if (found.title or "") in text else f"{found.title}\n{text}", found.title)


def plain(html: bytes, name: str) -> Read:
    """beautifulsoup4's get_text alone."""
    return Read(BeautifulSoup(html, "lxml").get_text("\n"))


Reader = Callable[[bytes, str], Read]
READERS: dict[str, Reader] = {"lessonry": lessonry, "trafilatura": library, "get_text": plain}
