"""Confluence's export of a space as HTML: a ZIP of pages with an index."""

import re
from collections.abc import Iterator
from functools import partial
from pathlib import PurePosixPath

from bs4 import BeautifulSoup, Tag

from corpus.errors import Unreadable
from ingest.archives import Archive
from ingest.decode import decode
from ingest.export_parts import Entry, Found, gathered, html_fragment, html_text, made
from ingest.headed import one_line, without_title
from ingest.metadata import partial_date
from ingest.people import one_person
from ingest.types import Page

_MARKS = (b"confluence", b'id="main-header"', b"pagesection", b"aui-page-panel", b"styles/site.css")
_NOT_PAGES = frozenset(("attachments", "images", "styles", "plugins", "download", "thumbnails", "__MACOSX"))
_FURNITURE = ".toc-macro, .page-metadata, script, style, .confluence-information-macro-icon, .hidden, .expand-icon"
_PAGE_ID = re.compile(r"(?:^|_)(\d{1,20})$")
_DATE = re.compile(
    r"[^\W\d_]{3,10}\.? \d{1,2}, \d{4}|\d{1,2}\.? [^\W\d_]{3,10}\.?,? \d{4}|\d{4}-\d\d-\d\d|\d{1,2}[/.]\d{1,2}[/.]\d{4}"
)
_CHANGED = re.compile(
    r"\b(?:last )?(?:modified|changed|updated|edited)\b|\bzuletzt\b|\bge[aä]ndert\b|\bmodifi|\bmis à jour|更新",
    re.IGNORECASE,
)
_BY = re.compile(r"\bby\s+(.{2,100}?)\s*(?:,|\s+on\s+\S|$)")


def space_root(archive: Archive) -> str | None:
    """The folder of a space's export ("" or "SPACE/"); None if the archive is none."""
    names = set(archive.names())
    indexes = [name for name in names if PurePosixPath(name).name == "index.html" and name.count("/") <= 2]
    for name in sorted(indexes, key=len):
        root = name.removesuffix("index.html")
        if any(_is_page(other, root) for other in names) and _is_index(archive, name):
            return root
    return None


def read_confluence(archive: Archive, root: str, *, source: str, most_items: int) -> list[Entry]:
    """The pages of a space. Attachments and the index are none, comments on pages are left out."""
    return gathered(source, _pages(archive, root), most_items)


def _is_index(archive: Archive, name: str) -> bool:
    head = (archive.get(name) or b"").lower()
    return sum(1 for mark in _MARKS if mark in head) >= 2


def _is_page(name: str, root: str) -> bool:
    path = PurePosixPath(name[len(root) :])
    if not name.startswith(root) or path.suffix.lower() not in (".html", ".htm") or path.name == "index.html":
        return False
    return not any(part in _NOT_PAGES or part.startswith(".") for part in path.parts)


def _pages(archive: Archive, root: str) -> Iterator[Found]:
    for name in archive.names():
        if _is_page(name, root):
            yield name, partial(_page, archive, name)


def _page(archive: Archive, name: str, shown: str) -> Page:
    soup = html_fragment(decode(archive.read(name), shown))
    content = soup.find(id="main-content") or soup.find(class_="wiki-content")
    if not isinstance(content, Tag):
        raise Unreadable(shown, "it has no content that is marked as a Confluence page's")
    space, title = _space(soup), _said(soup, "#title-text") or _said(soup, "title")
    title = title.removeprefix(f"{space} : ").strip() if space else title
    metadata = _said(soup, ".page-metadata")
    mentioned = content.select("a.confluence-userlink")
    people = [
        *_people(soup, metadata),
        *(one_person(tag.get_text(" "), str(tag.get("data-username") or "")) for tag in mentioned),
    ]
    for tag in content.select(_FURNITURE):
        tag.decompose()
    created, changed = _halves(soup, metadata)
    return made(
        shown,
        without_title(html_text(content), title),
        title=title,
        id=_id(soup, PurePosixPath(name).stem),
        published=_date(created),
        updated=_date(changed),
        tags=[*(tag.get_text() for tag in soup.select(".label-list .aui-label, .labels-content .aui-label")), space],
        people=people,
    )


def _said(soup: BeautifulSoup, selector: str) -> str:
    tag = soup.select_one(selector)
    return one_line(tag.get_text(" ")) if tag else ""


def _space(soup: BeautifulSoup) -> str:
    """The space's name, which the trail of every page starts with."""
    return _said(soup, "#breadcrumbs li a, #breadcrumb-section li a")


def _id(soup: BeautifulSoup, stem: str) -> str:
    found = _PAGE_ID.search(stem)
    if found:
        return found[1]
    tag = soup.select_one("meta[name='ajs-page-id']")
    return str(tag.get("content") or stem) if tag else stem


def _halves(soup: BeautifulSoup, metadata: str) -> tuple[str, str]:
    """What "created by A on ..., last modified by B on ..." says of the beginning, and of the last change.

    Where the words are of a language that we do not know, the one who made the change tells where it begins.
    """
    editor = _said(soup, ".page-metadata .editor")
    found = _CHANGED.search(metadata)
    at = found.start() if found else metadata.rfind(editor) if editor else len(metadata)
    return metadata[:at], metadata[at:]


def _date(text: str) -> str | None:
    return next((date for match in _DATE.finditer(text) if (date := partial_date(match[0]))), None)


def _people(soup: BeautifulSoup, metadata: str) -> Iterator[str]:
    spans = soup.select(".page-metadata .author, .page-metadata .editor")
    if spans:
        yield from (_without_state(tag.get_text(" ")) for tag in spans)
    else:
        yield from (_without_state(match[1]) for match in _BY.finditer(metadata))


def _without_state(name: str) -> str:
    return re.sub(r"\s*\((?:Unlicensed|Deactivated|Inactive)\)", "", one_line(name), flags=re.IGNORECASE)
