"""What reads bytes that a stranger wrote. Each target takes any bytes, and fails if anything but a refusal comes of them.

A refusal is an error of ours that names what is wrong; what was read has to keep the promises that are checked here.
"""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from api.alerts import read_alert
from corpus import bundle_collections, bundle_documents, bundle_lessons, passages
from corpus.errors import BadQuery, BundleError, IngestError
from corpus.frontmatter import dump, mapping, parse
from corpus.fulltext import marked, terms_in
from corpus.types import is_partial_date
from corpus.urls import canonical
from ingest.actions import find_actions
from ingest.drafts import to_draft
from ingest.exports import read_export
from ingest.extract import extract
from ingest.feeds import read_feed
from ingest.jira_markup import read_jira_markup
from ingest.links import feed_links, links
from ingest.lists import looks_like_list, read_list
from ingest.redaction import Redaction
from ingest.shapes import shape_of
from ingest.sitemaps import read_sitemap
from ingest.tables import table_items
from ingest.types import Item, Page
from search import query_language

SOURCE = "https://fuzz.example/a"
EVERYTHING = ("secrets", "ips", "phones", "emails", "people")
MOST_BYTES, MOST_ITEMS = 1_000_000, 100


def _document(ending: str) -> Callable[[bytes], None]:
    def read(body: bytes) -> None:
        with suppress(IngestError):
            page = extract(body, name=f"a{ending}")
            _can_be_stored(page)
            for one in passages.split(page.text, title=page.title or "", measure=_lengths, limit=64):
                assert one.text.strip()

    return read


def _lengths(texts: Sequence[str]) -> list[int]:
    return [len(text.split()) for text in texts]


def _is_text(*texts: str) -> None:
    """It can be stored, and sent."""
    for text in texts:
        text.encode("utf-8")
        assert "\0" not in text


def _can_be_stored(page: Page) -> None:
    """What becomes of a page is text, and dates that the calendar has."""
    draft = to_draft(page, Item(source="a", identity="a", read=lambda: page))
    _is_text(*(value for value in asdict(draft).values() if isinstance(value, str)), *draft.tags)
    assert all(is_partial_date(day) for day in (draft.published, draft.updated) if day)


def _shape(body: bytes) -> None:
    for name in ("a", "a.json", "a.xml"):
        with suppress(IngestError):
            shape_of(body, name=name, content_type=None)


def _export(body: bytes) -> None:
    with suppress(IngestError):
        found = read_export(body, source="export", most_bytes=MOST_BYTES, most_items=MOST_ITEMS)
        for entry in found.entries if found else []:
            if isinstance(entry, Page):
                _can_be_stored(entry)


def _feed(body: bytes) -> None:
    with suppress(IngestError):
        entries = read_feed(body, source=SOURCE, most=MOST_ITEMS).entries
        assert len(entries) <= MOST_ITEMS
        for entry in entries:
            _can_be_stored(entry)


def _sitemap(body: bytes) -> None:
    with suppress(IngestError):
        entries = read_sitemap(body, source=SOURCE, most=MOST_ITEMS, most_bytes=MOST_BYTES).entries
        assert len(entries) <= MOST_ITEMS
        assert all((entry.url or "").startswith(("http://", "https://")) for entry in entries)


def _table(body: bytes) -> None:
    for suffix in (".csv", ".json", ".jsonl"):
        with suppress(IngestError):
            for one in table_items(body, source="a", identity="a", suffix=suffix, wanted={}):
                with suppress(IngestError):
                    _can_be_stored(one.read() if isinstance(one, Item) else Page(text=""))


def _list(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    for is_markdown in (True, False):
        looks_like_list(text, is_markdown=is_markdown)
        assert len(read_list(text, source=SOURCE, is_markdown=is_markdown, most=MOST_ITEMS)) <= MOST_ITEMS
    for found in (*links(text, SOURCE), *feed_links(text, SOURCE)):
        assert found.startswith(("http://", "https://"))


def _query(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    query_language.conditions(text)
    with suppress(BadQuery):
        _is_text(query_language.parse(text).words)


def _address(body: bytes) -> None:
    once = canonical(body.decode("utf-8", "replace"))
    assert canonical(once) == once


def _front_matter(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    parse(text)
    fields = mapping(text)
    if fields and all(isinstance(value, str) for value in fields.values()):
        assert parse(dump(fields, "The text."))[1].strip() == "The text."


def _bundle(body: bytes) -> None:
    text, path = body.decode("utf-8", "replace"), Path("a.md")
    with suppress(BundleError):
        bundle_documents.read(path, text)
    with suppress(BundleError):
        bundle_lessons.read(path, text)
    with suppress(BundleError):
        bundle_collections.read(path, text, ())


def _alert(body: bytes) -> None:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return
    if isinstance(sent, dict):
        with suppress(BadQuery):
            read_alert(sent)


def _text(body: bytes) -> None:
    text = body.decode("utf-8", "replace")
    _is_text(read_jira_markup(text).replace("\0", ""))
    find_actions(text)
    terms_in(text, ["disk"])
    marked(text)
    Redaction.of(Page(text=text), EVERYTHING)(text)


TARGETS: dict[str, Callable[[bytes], None]] = {
    **{f"document{ending}": _document(ending) for ending in (".html", ".md", ".rst", ".txt", ".erb", ".pdf", ".docx")},
    "shape": _shape,
    "export": _export,
    "feed": _feed,
    "sitemap": _sitemap,
    "table": _table,
    "list": _list,
    "query": _query,
    "address": _address,
    "front_matter": _front_matter,
    "bundle": _bundle,
    "alert": _alert,
    "text": _text,
}
