"""Feeds -> entries: RSS and Atom by feedparser, JSON Feed by a few lines of our own."""

import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from bs4.exceptions import ParserRejectedMarkup
from lxml import etree

from corpus.errors import Unreadable
from corpus.urls import canonical
from ingest import headed, metadata
from ingest.decode import decode
from ingest.html import main_part
from ingest.html_blocks import headed_text
from ingest.links import address
from ingest.safe_xml import children, name_of, read_tree, text_of
from ingest.types import Page

JSON_FEED = re.compile(r"\"version\"\s*:\s*\"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\\?/version")
_MOST_PEOPLE = 12
_LONGEST_SUMMARY = 600
_LONGEST_TITLE = 2_000
_LEAST_WORDS = 5
"""An entry without an address is a document if its text has so many words."""
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+")
_NO_FEED = "it is {}, not a feed; give the address of the feed itself"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a feed lists, newest first or as it has it.

    `left_out` is how many entries were beyond the limit; `note` is one line on what is damaged or no document.
    """

    entries: tuple[Page, ...]
    title: str | None = None
    left_out: int = 0
    note: str | None = None


def read_feed(
    body: bytes, *, source: str, content_type: str | None = None, most: int, today: date | None = None
) -> Listing:
    """The first `most` entries of the feed found at the address `source`.

    Raises Unreadable for what is no feed or not safe to read, UnsupportedType for a binary file, NothingToRead for
    no bytes. `today` is the day after which no entry can have been published.
    """
    today = today or datetime.now(UTC).date()
    if body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _json_feed(decode(body, source), source, most, today)
    return _xml_feed(body, source, content_type, most, today)


def _xml_feed(body: bytes, source: str, content_type: str | None, most: int, today: date) -> Listing:
    import feedparser

    root, note = read_tree(body, source=source, content_type=content_type)
    if name_of(root).lower() not in ("rss", "rdf", "feed", "channel"):
        found = "a web page" if name_of(root).lower() == "html" else "XML of another kind"
        raise Unreadable(source, _NO_FEED.format(found))
    left_out = _trim(root, most)
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": _base(root, source)}
    try:
        feed = feedparser.parse(
            io.BytesIO(etree.tostring(root, encoding="utf-8")),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:  # feedparser raises KeyError and others where a tag stands in an odd place
        raise Unreadable(source, "it is a feed, but damaged: tags stand where they cannot") from error
    pages, lost = _documents(_entry(entry, feed, today) for entry in feed.entries)
    title = _plain(feed.feed.get("title_detail"))
    notes = "; ".join(part for part in (note, lost) if part)
    return Listing(entries=pages, title=metadata.name_of(title), left_out=left_out, note=notes or None)


def _trim(root: "etree._Element", most: int) -> int:
    """Take out the entries beyond the first ones, and links that are none; how many were taken out."""
    places = [root, *children(root, "channel")]
    entries = [entry for place in places for entry in children(place, "item", "entry")]
    for entry in entries[most:]:
        parent = entry.getparent()
        if parent is not None:
            parent.remove(entry)
    for entry in entries[:most]:
        for identifier in children(entry, "guid", "id"):  # feedparser takes any identifier for a link
            if not re.match(r"\s*https?://", identifier.text or ""):
                identifier.set("isPermaLink", "false")
    return max(0, len(entries) - most)


def _base(root: "etree._Element", source: str) -> str:
    """What relative links are relative to, where no xml:base says otherwise: the site that the feed is of."""
    channel = next(children(root, "channel"), root)
    stated = next(
        (link.get("href") for link in children(channel, "link") if link.get("rel") in (None, "alternate")), None
    )
    return address(stated or text_of(channel, "link"), source) or source


def _entry(entry: Mapping[str, Any], feed: Any, today: date) -> Page:
    identifier = metadata.name_of(entry.get("id")) or str(entry.get("id") or "").strip()[:200] or None
    contents = [_text(part) for part in entry.get("content", ())[:4]]
    summary = _text(entry.get("summary_detail"))
    text = max(contents, key=len, default="") or summary
    people = entry.get("authors") or (feed.feed.get("authors") if feed.version.startswith("atom") else None) or ()
    tags = [tag.get("label") or tag.get("term") for tag in entry.get("tags", ())]
    languages = [part.get("language") for part in (*entry.get("content", ()), entry.get("title_detail") or {})]
    dates = [entry.get("published"), entry.get("updated") if feed.version in ("rss10", "rss090") else None]
    return Page(
        text=text,
        title=metadata.name_of(_plain(entry.get("title_detail"))),
        url=address(entry.get("feedburner_origlink") or entry.get("link"), ""),
        id=identifier,
        summary=_summary(summary, text),
        published=_published(dates, today),
        tags=metadata.tags_of(tags),
        language=_first_language([*languages, feed.feed.get("language")]),
        people=_people(author.get("name") for author in people),
    )


def _json_feed(text: str, source: str, most: int, today: date) -> Listing:
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(source, "it is damaged JSON, no feed") from error
    if not isinstance(feed, dict) or "jsonfeed.org/version" not in str(feed.get("version")):
        raise Unreadable(source, _NO_FEED.format("JSON of another kind"))
    items = feed.get("items")
    items = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    base = address(feed.get("home_page_url"), source) or source
    pages, lost = _documents(_item(item, feed, base, today) for item in items[:most])
    title = metadata.name_of(feed.get("title"))
    return Listing(entries=pages, title=title, left_out=max(0, len(items) - most), note=lost)


def _item(item: Mapping[str, Any], feed: Mapping[str, Any], base: str, today: date) -> Page:
    html, plain, summary = (
        value if isinstance(value := item.get(key), str) else "" for key in ("content_html", "content_text", "summary")
    )
    text = _headed(html) or headed.tidy(headed.unheaded(plain)) or headed.tidy(headed.unheaded(summary))
    return Page(
        text=text,
        title=metadata.name_of(item.get("title")),
        url=address(item.get("url"), base) or address(item.get("external_url"), base) or address(item.get("id"), ""),
        id=str(item["id"])[:200] if isinstance(item.get("id"), str | int) else None,
        summary=_summary(summary, text),
        published=_published([item.get("date_published")], today),
        tags=metadata.tags_of(item.get("tags")),
        language=_first_language([item.get("language"), feed.get("language")]),
        people=_people(_names(item) or _names(feed)),
    )


def _names(stated: Mapping[str, Any]) -> list[object]:
    """The authors of a JSON feed or of one of its items; version 1.0 knows only one."""
    authors = stated.get("authors")
    authors = authors if isinstance(authors, list) and authors else [stated.get("author")]
    return [author.get("name") for author in authors if isinstance(author, dict)]


def _documents(pages: Iterable[Page]) -> tuple[tuple[Page, ...], str | None]:
    """The pages that can be read or fetched, and one line on how many are neither.

    Of each address (or identifier, where there is none) it is the first page.
    """
    found: dict[str, Page] = {}
    lost = 0
    for page in pages:
        if page.url or len(_WORD.findall(page.text)) >= _LEAST_WORDS:
            found.setdefault(canonical(page.url) if page.url else f"{page.id}\n{'' if page.id else page.text}", page)
        else:
            lost += 1
    return tuple(found.values()), _neither(lost) if lost else None


def _neither(count: int) -> str:
    return f"{count} entr{'y has' if count == 1 else 'ies have'} neither an address nor a text"


def _text(detail: Mapping[str, Any] | None) -> str:
    """Headed text of what feedparser calls a detail: a value with its type."""
    kind, value = (detail.get("type") or "", detail.get("value") or "") if detail else ("", "")
    if kind == "text/plain":
        return headed.tidy(headed.unheaded(value))
    return _headed(value) if kind.startswith("text/") or kind.endswith("html+xml") else ""


def _headed(html: str) -> str:
    try:
        tree = main_part(html)
        return headed_text(tree)
    except RecursionError:
        return headed.tidy(headed.unheaded(tree.get_text("\n")))
    except (ParserRejectedMarkup, AssertionError):  # no HTML can be made out in it
        return ""


def _plain(detail: Mapping[str, Any] | None) -> str:
    """A title on one line, without its markup."""
    short = {**detail, "value": (detail.get("value") or "")[:_LONGEST_TITLE]} if detail else None
    return headed.one_line(_text(short)).lstrip("#- ")


def _summary(summary: str, text: str) -> str | None:
    """The summary on one line, unless it only says the text's beginning again."""
    line = headed.one_line(summary)
    start = re.sub(r"\W*(?:\[?(?:…|\.\.\.|&hellip;)\]?|read more|continue reading)?\W*$", "", line, flags=re.IGNORECASE)
    if not start or len(line) > _LONGEST_SUMMARY or headed.one_line(text).startswith(start):
        return None
    return line


def _published(values: Iterable[object], today: date) -> str | None:
    """The first date stated, unless it is to come."""
    found = next((day for value in values if (day := metadata.partial_date(value, today=today))), None)
    return found if found and found <= today.isoformat() else None


def _first_language(values: Iterable[object]) -> str | None:
    return next((found for value in values if (found := metadata.language_of(value))), None)


def _people(names: Iterable[object]) -> tuple[str, ...]:
    found = (metadata.name_of(name) for name in names)
    return tuple(dict.fromkeys(name for name in found if name and "@" not in name))[:_MOST_PEOPLE]
