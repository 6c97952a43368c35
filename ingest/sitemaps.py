"""Sitemaps -> entries: XML and plain text, gzipped or not, and a walk through the sitemaps of an index."""

import gzip
import io
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from lxml import etree

from corpus.errors import IngestError, TooLarge, Unreadable
from corpus.urls import canonical
from ingest import metadata
from ingest.decode import decode
from ingest.links import address
from ingest.safe_xml import children, name_of, read_tree, text_of
from ingest.types import Outcome, Page

_GZIP = b"\x1f\x8b"
_OTHERS = {"html": "a web page", "rss": "a feed", "feed": "a feed", "rdf": "a feed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What a sitemap lists: pages, or other sitemaps by address.

    `left_out` is how many of them were beyond the limit; `note` is one line on what is damaged, if anything is.
    """

    entries: tuple[Page, ...] = ()
    sitemaps: tuple[str, ...] = ()
    left_out: int = 0
    note: str | None = None


def read_sitemap(body: bytes, *, source: str, most: int, most_bytes: int) -> Sitemap:
    """The first `most` pages, or sitemaps, that the sitemap found at the address `source` lists.

    Raises TooLarge for one that is, or unpacks to, more than `most_bytes`, Unreadable for what is no sitemap.
    """
    note = None
    if body.startswith(_GZIP):
        body, note = _unpacked(body, source, most_bytes)
    if len(body) > most_bytes:
        raise TooLarge(source, most_bytes)
    if body.startswith(_GZIP):
        raise Unreadable(
            source, "it is a gzip archive inside of another; unpack it, or give the address of the inner one"
        )
    text = decode(body, source)
    return _of_xml(body, source, most, note) if text.lstrip()[:1] == "<" else _of_lines(text, source, most, note)


def walk(
    start_url: str,
    read: Callable[[str], bytes],
    *,
    most: int,
    most_sitemaps: int,
    most_bytes: int,
    deepest: int = 5,
) -> Iterator[Page | Outcome]:
    """The pages of a sitemap and of all below it, breadth first, each once. `read` gives the bytes at an address.

    A sitemap that cannot be read is a failed outcome, and the walk goes on. If more than `most` pages,
    `most_sitemaps` sitemaps or `deepest` levels below the first are listed, a skipped outcome ends the walk.
    """
    waiting = deque([(start_url, 0)])
    sitemaps, pages = {canonical(start_url)}, set[str]()
    unread = False
    while waiting:
        url, depth = waiting.popleft()
        try:
            found = read_sitemap(read(url), source=url, most=max(most, most_sitemaps) + 1, most_bytes=most_bytes)
        except IngestError as error:
            yield Outcome(source=url, status="failed", error=str(error))
            continue
        if found.note:
            yield Outcome(source=url, status="failed", error=f"{url}: {found.note}")
        for page in found.entries:
            identity = canonical(page.url or "")
            if identity in pages:
                continue
            if len(pages) == most:
                reason = f"it lists more pages than the limit of {most}; the others were left out"
                yield Outcome(source=start_url, status="skipped", error=f"{start_url}: {reason}")
                return
            pages.add(identity)
            yield page
        for child in found.sitemaps:
            if canonical(child) in sitemaps:
                continue
            if depth == deepest or len(sitemaps) == most_sitemaps:
                unread = True
                break
            sitemaps.add(canonical(child))
            waiting.append((child, depth + 1))
    if unread:
        reason = f"not all of its sitemaps were read (at most {most_sitemaps}, {deepest} levels deep)"
        yield Outcome(source=start_url, status="skipped", error=f"{start_url}: {reason}")


def _unpacked(body: bytes, source: str, most_bytes: int) -> tuple[bytes, str | None]:
    """The bytes without gzip, never more than just above `most_bytes`, and one line if the archive is damaged."""
    parts: list[bytes] = []
    size = 0
    try:
        with gzip.open(io.BytesIO(body)) as archive:
            while size <= most_bytes and (part := archive.read(min(1 << 16, most_bytes + 1 - size))):
                parts.append(part)
                size += len(part)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        if not parts:
            raise Unreadable(source, "the gzip archive is damaged or cut off") from error
        return b"".join(parts), "the gzip archive is damaged or cut off; it was read as far as it can be"
    return b"".join(parts), None


def _of_lines(text: str, source: str, most: int, note: str | None) -> Sitemap:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    addresses = [line for line in lines if address(line, "")]
    if len(addresses) * 2 <= len(lines):
        raise Unreadable(source, "it is no sitemap: neither XML nor a list of addresses, one a line")
    entries, left_out = _first((Page(text="", url=line) for line in addresses), len(addresses), most)
    return Sitemap(entries=entries, left_out=left_out, note=note)


def _of_xml(body: bytes, source: str, most: int, note: str | None) -> Sitemap:
    root, damage = read_tree(body, source=source)
    kind = name_of(root).lower()
    if kind not in ("urlset", "sitemapindex"):
        raise Unreadable(source, f"it is {_OTHERS.get(kind, 'XML of another kind')}, not a sitemap")
    rows = list(children(root, "url", "sitemap"))
    entries, left_out = _first((_page(row, source) for row in rows), len(rows), most)
    if kind == "urlset":
        return Sitemap(entries=entries, left_out=left_out, note=note or damage)
    return Sitemap(sitemaps=tuple(page.url or "" for page in entries), left_out=left_out, note=note or damage)


def _page(row: "etree._Element", source: str) -> Page | None:
    """An entry. `lastmod` is no date of publication; only a news sitemap states one."""
    url = address(text_of(row, "loc"), source)
    if url is None:
        return None
    news = next(children(row, "news"), None)
    if news is None:
        return Page(text="", url=url)
    publication = next(children(news, "publication"), None)
    return Page(
        text="",
        url=url,
        title=metadata.name_of(text_of(news, "title")),
        published=metadata.partial_date(text_of(news, "publication_date")),
        language=None if publication is None else metadata.language_of(text_of(publication, "language")),
    )


def _first(pages: Iterable[Page | None], count: int, most: int) -> tuple[tuple[Page, ...], int]:
    """The first pages of different addresses, and how many of the `count` there are were not looked at."""
    found: dict[str, Page] = {}
    looked = 0
    for page in pages:
        if len(found) == most:
            break
        looked += 1
        if page is not None:
            found.setdefault(canonical(page.url or ""), page)
    return tuple(found.values()), count - looked
