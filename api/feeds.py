"""A collection as Atom (RFC 4287, paged by RFC 5005) and as JSON Feed 1.1; all collections as OPML.

What came in last comes first, with the curator's note as content. Ids do not depend on the host.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5
from xml.etree import ElementTree

from api.notes import rendered
from api.rendering import day, web_address
from corpus.types import Collection, CollectionItem, Document

_ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that cannot stand in XML."""
_ANONYMOUS = "the curators"


@dataclass(frozen=True, slots=True)
class Feed:
    """A page of a collection as a feed; `base` is where this server is, `next` the query string of the next page."""

    collection: Collection
    items: Sequence[CollectionItem]
    base: str
    query: str = ""
    next: str = ""

    @property
    def page(self) -> str:
        """Where people read the collection."""
        return f"{self.base}/collections/{quote(self.collection.slug)}"

    def address(self, form: str, query: str) -> str:
        """Where the feed is."""
        return f"{self.base}/v1/collections/{quote(self.collection.slug)}/feed.{form}{query and '?' + query}"

    def link(self, document: Document) -> str:
        """Where people read a document."""
        return f"{self.base}/documents/{document.id}"


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    found = feed.collection
    root = ElementTree.Element("feed", xmlns=_ATOM)
    _text(root, "id", _urn(found.slug))
    _text(root, "title", found.title)
    _text(root, "subtitle", found.description)
    _text(root, "updated", found.updated)
    for name in found.curators or (_ANONYMOUS,):
        _text(ElementTree.SubElement(root, "author"), "name", name)
    _link(root, "alternate", feed.page, "text/html")
    _link(root, "self", feed.address("atom", feed.query), "application/atom+xml")
    _link(root, "first", feed.address("atom", ""), "application/atom+xml")
    if feed.next:
        _link(root, "next", feed.address("atom", feed.next), "application/atom+xml")
    _text(root, "generator", "Lessonry")
    for item in feed.items:
        _entry(ElementTree.SubElement(root, "entry"), feed, item)
    return _bytes(root)


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed."""
    found = feed.collection
    told: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": found.title,
        "home_page_url": feed.page,
        "feed_url": feed.address("json", feed.query),
        "description": found.description or None,
        "next_url": feed.address("json", feed.next) if feed.next else None,
        "authors": [{"name": name} for name in found.curators] or None,
        "items": [_json_item(feed, item) for item in feed.items],
    }
    return (json.dumps(_filled(told), ensure_ascii=False, indent=2) + "\n").encode()


def opml(collections: Iterable[Collection], base: str) -> bytes:
    """All collections, for a feed reader to subscribe to at once."""
    root = ElementTree.Element("opml", version="2.0")
    _text(ElementTree.SubElement(root, "head"), "title", "Collections of Lessonry")
    body = ElementTree.SubElement(root, "body")
    for one in collections:
        feed = Feed(one, (), base)
        title = _NO_XML.sub("", one.title)
        ElementTree.SubElement(
            body, "outline", type="rss", text=title, title=title, xmlUrl=feed.address("atom", ""), htmlUrl=feed.page
        )
    return _bytes(root)


def _entry(entry: ElementTree.Element, feed: Feed, item: CollectionItem) -> None:
    document = item.document
    _text(entry, "id", _urn(f"{feed.collection.slug}/{document.id}"))
    _text(entry, "title", document.title or document.id)
    _text(entry, "updated", item.added or feed.collection.updated)
    _link(entry, "alternate", feed.link(document), "text/html")
    if source := web_address(document.url):
        _link(entry, "via", source)
    for tag in document.tags:
        ElementTree.SubElement(entry, "category", term=_NO_XML.sub("", tag))
    _text(entry, "summary", _facts(document))
    content = _text(entry, "content", _content(item))
    if content is not None:
        content.set("type", "html")


def _json_item(feed: Feed, item: CollectionItem) -> dict[str, Any]:
    document = item.document
    return _filled(
        {
            "id": _urn(f"{feed.collection.slug}/{document.id}"),
            "url": feed.link(document),
            "external_url": web_address(document.url),
            "title": document.title,
            "summary": _facts(document),
            "content_html": _content(item) or f"<p>{rendered(_facts(document))}</p>",
            "date_published": item.added or feed.collection.updated,
            "tags": list(document.tags) or None,
            "language": document.language,
        }
    )


def _content(item: CollectionItem) -> str:
    """The curator's note, under the name of the section if there is one."""
    section = rendered(f"**{item.section}**") if item.section else ""
    return f"{section}{rendered(item.note)}"


def _facts(document: Document) -> str:
    published = day(document.published) if document.published else None
    return " · ".join(part for part in (document.kind, document.organization, published) if part)


def _urn(name: str) -> str:
    return uuid5(NAMESPACE_URL, f"lessonry:collections/{name}").urn


def _text(parent: ElementTree.Element, name: str, text: str) -> ElementTree.Element | None:
    """An element with a text; none where the text is empty."""
    if not text:
        return None
    child = ElementTree.SubElement(parent, name)
    child.text = _NO_XML.sub("", text)
    return child


def _link(parent: ElementTree.Element, rel: str, href: str, kind: str = "") -> None:
    ElementTree.SubElement(
        parent, "link", {"rel": rel, "href": _NO_XML.sub("", href), **({"type": kind} if kind else {})}
    )


def _filled(told: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in told.items() if value is not None}


def _bytes(root: ElementTree.Element) -> bytes:
    ElementTree.indent(root)
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text
