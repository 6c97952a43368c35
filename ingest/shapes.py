"""What is it that came back: a page, or a listing or container of many? Told by the bytes, then by type and name."""

import re
from typing import Literal

from corpus.errors import ExtractError
from ingest.decode import decode
from ingest.extract import format_of
from ingest.feeds import JSON_FEED
from ingest.lists import looks_like_list
from ingest.safe_xml import root_name

Shape = Literal["feed", "sitemap", "list", "zip", "gzip", "json", "table", "xml", "page"]

_SAMPLE = 20_000
"""Bytes from the start that tell the shape."""
_READ = 200_000
"""A list shows itself in so many bytes."""
_FEEDS = frozenset(("rss", "feed", "channel"))
_SITEMAPS = frozenset(("urlset", "sitemapindex"))
_HTML = frozenset(
    "html head body div p h1 h2 h3 h4 h5 h6 a ul ol li table section article main header nav img center br span details"
    " summary b i em strong blockquote pre hr picture form title meta link script style".split()
)
_OFFICE = re.compile(
    rb"PK\x01\x02.{24}(?:\x13\x00.{16}\[Content_Types\]\.xml|\x08\x00.{16}mimetype|\x15\x00.{16}META-INF/manifest\.xml)",
    re.DOTALL,
)
"""An entry of a ZIP's directory, told by the length of its name and the name itself."""
_JSON = re.compile(r"\{\s*(?:\"|\}\s*$)|\[\s*\]?\s*$|(?:\[\s*)+(?:\{\s*[\"}]|\"[^\"\n]*\"\s*,|-?\d[\d.eE+-]*\s*,)")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+$", re.IGNORECASE)
_BY_TYPE: dict[str, Shape] = {
    "text/csv": "table", "text/tab-separated-values": "table", "application/json": "json",
    "application/x-ndjson": "json", "application/jsonl": "json", "application/zip": "zip", "application/gzip": "gzip",
}  # fmt: skip
_BY_NAME: dict[str, Shape] = {
    "csv": "table", "tsv": "table", "json": "json", "jsonl": "json", "ndjson": "json", "zip": "zip", "gz": "gzip",
}  # fmt: skip


def shape_of(body: bytes, *, name: str, content_type: str | None) -> Shape:
    """What the bytes found under a file name, path or address are; "page" for whatever is a single document.

    "xml" is XML that is no page, feed or sitemap. Never fails: what cannot be read at all is a page that its
    reader will refuse.
    """
    if body.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "page" if _is_office(body) else "zip"
    if body.startswith(b"\x1f\x8b"):
        return "gzip"
    text = _text(body[:_SAMPLE], name)
    found = _by_text(text, body) or _by_label(text, name, content_type) or "page"
    return _page_or_list(body, name, content_type) if found == "page" else found


def _is_office(body: bytes) -> bool:
    """Told by the bytes of the directory at the end: zipfile would make an object of each of a million entries."""
    end = body.rfind(b"PK\5\6")
    size = int.from_bytes(body[end + 12 : end + 16], "little")
    return end >= 0 and _OFFICE.search(body, max(0, end - size), end) is not None


def _text(body: bytes, name: str) -> str:
    """The text, as far as it is one."""
    try:
        return decode(body, name).lstrip()
    except ExtractError:
        return ""


def _by_text(text: str, body: bytes) -> Shape | None:
    """What the text is beyond doubt; None if it may be prose."""
    if text.startswith("<"):
        return _by_root(text)
    if _JSON.match(text):
        return (
            "feed" if JSON_FEED.search(text) or JSON_FEED.search(body[-_SAMPLE:].decode(errors="replace")) else "json"
        )
    lines = [line.strip() for line in text.splitlines()[:50] if line.strip()]
    whole = lines[:-1] if len(body) > _SAMPLE else lines
    return "sitemap" if len(whole) > 1 and all(map(_ADDRESS.match, whole)) else None


def _by_root(text: str) -> Shape | None:
    root = (root_name(text) or "").lower()
    if root in _FEEDS or (root == "rdf" and re.search(r"purl\.org/(?:rss|net/rss)|netscape\.com/rdf", text)):
        return "feed"
    if root in _SITEMAPS:
        return "sitemap"
    if root in _HTML:
        return "page"
    return "xml" if root and text.startswith("<?xml") else None


def _by_label(text: str, name: str, content_type: str | None) -> Shape | None:
    kind = (content_type or "").split(";")[0].strip().lower()
    path = re.split(r"[?#]", name)[0] if "://" in name else name
    ending = path.rpartition(".")[2].lower()
    if text.startswith("<") and (kind in ("text/xml", "application/xml") or kind.endswith("+xml") or ending == "xml"):
        return "xml"
    return _BY_TYPE.get(kind) or _BY_NAME.get(ending)


def _page_or_list(body: bytes, name: str, content_type: str | None) -> Shape:
    try:
        found = format_of(body, name=name, content_type=content_type)
        if found not in ("html", "markdown"):
            return "page"
        text = decode(body[:_READ], name)
    except ExtractError:  # its reader says it better
        return "page"
    return "list" if looks_like_list(text, is_markdown=found == "markdown") else "page"
