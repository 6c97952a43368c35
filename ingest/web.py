"""An address -> its items: a page, or what a feed, a sitemap, a list page, a site or a file at that address holds."""

import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from corpus.errors import FetchError, Gone, IngestError, NothingToRead
from corpus.types import Fetch
from corpus.urls import canonical, unwrapped
from ingest.addresses import is_private_name
from ingest.apart import Apart
from ingest.contents import Contents
from ingest.decode import decode
from ingest.feeds import read_feed
from ingest.folders import not_a_document
from ingest.headed import headings
from ingest.links import links
from ingest.lists import read_list
from ingest.shapes import shape_of
from ingest.sitemaps import walk
from ingest.types import Bounds, Extract, Item, Items, Options, Outcome, Page, Unchanged, raises
from ingest.visits import Visit, Visits

_MADE_BY = 1
"""Raised when extraction changes so much that unchanged pages are worth reading again."""
_LISTINGS = ("feed", "sitemap", "gzip", "list")
_MOST_SITEMAPS = 500
_LONGEST_PATH = 12
"""Parts of a path: calendars and broken relative links make ever longer ones."""
_SHORT = 80
"""Words: a page with more of them says more than that there is none."""
_MISSING = re.compile(
    r"(?:error )?(?:404|410)(?:\W+(?:error|gone|(?:page |file )?not found))*(?:\W.{0,30})?"
    r"|(?:(?:sorry|oops)\W+)?(?:(?:the|this|that) )?(?:page|file|article|post|content|document)(?: you.{0,40})?"
    r" (?:was |could |can )?(?:not be|not|no longer|does not|doesn.t) (?:be )?(?:found|available|exists?)(?:\W.{0,60})?"
    r"|not found(?:\W.{0,60})?",
    re.IGNORECASE,
)
_MOST_VARIANTS = 30
"""Addresses of one path that differ in their parameters only: calendars again, and sorted tables."""


class Web:
    """Finds the items of addresses. What its pages say is read when an item is."""

    def __init__(self, visits: Visits, contents: Contents, extract: Extract, bounds: Bounds, apart: Apart) -> None:
        self._visits = visits
        self._apart = apart
        self._contents = contents
        self._extract = extract
        self._bounds = bounds

    def items(self, url: str, options: Options) -> Items:
        """All there is at an address. Nothing is fetched before the first item is wanted."""
        if options.form == "site":
            return Items(lambda counted: self._site(url, options, counted), 1, one_by_one=True)
        return Items(lambda counted: self._opened(url, options, counted), 1)

    def _opened(self, url: str, options: Options, counted: Items) -> Iterator[Item | Outcome]:
        try:
            visit = self._visits.visit(url, _made_with(options))
            found = None if visit.body is None else self._found(url, visit.body, visit.fetch, options)
        except IngestError as error:
            yield Item(source=url, identity=canonical(url), read=raises(error))
            return
        if found is None:
            yield self._item(url, Page(url=url, text=""), options, visit)
            return
        if not options.dry_run:
            self._visits.settle(visit, None, visit.body)
        yield from self._within(url, found, options, counted)

    def at(self, url: str, options: Options) -> Item:
        """The page at an address, whatever it holds."""
        return self._item("", Page(url=url, text=""), options)

    def listing(self, body: bytes, path: str, options: Options) -> Items | None:
        """The items that a feed, sitemap or list in a file names; None if the file is none of these."""
        looks = shape_of(body, name=path, content_type=None)
        shape = options.form or looks
        if shape not in _LISTINGS or self._contents.of_export(body, looks, name=path, identity=path, options=options):
            return None
        found = self._listed(body, path, None, shape, options)
        return Items(lambda counted: self._within(path, found, options, counted), 1)

    def _found(self, url: str, body: bytes, fetch: Fetch, options: Options) -> Iterable[Page | Item | Outcome] | None:
        """What a listing or a file of many documents holds; None for a page that is itself the document."""
        if not body.strip():
            raise NothingToRead(url, "the answer is empty")
        name, content_type = fetch.final_url, fetch.content_type
        shape = options.form or shape_of(body, name=name, content_type=content_type)
        if shape == "page":
            return None
        if shape in _LISTINGS:
            exported = None
            if shape == "feed" and options.form is None:  # an export of Jira is a feed by its looks
                exported = self._contents.of_export(body, shape, name=name, identity=canonical(url), options=options)
            return exported or self._listed(body, name, content_type, shape, options)
        return self._contents.items(
            body, name=name, identity=canonical(url), options=options, content_type=content_type
        )

    def _listed(
        self, body: bytes, name: str, content_type: str | None, shape: str, options: Options
    ) -> Iterable[Page | Outcome]:
        most = self._most(options)
        if shape == "feed":
            feed = self._apart(name, read_feed, body, source=name, content_type=content_type, most=most)
            return [*feed.entries, *_left_out(name, feed.left_out, most), *_damaged(name, feed.note)]
        if shape in ("sitemap", "gzip"):
            return walk(
                name,
                self._reader(name, body, options),
                most=most,
                most_sitemaps=_MOST_SITEMAPS,
                most_bytes=self._bounds.bytes,
            )
        text = decode(body, name)
        return self._apart(name, read_list, text, source=name, is_markdown=_is_markdown(name, content_type), most=most)

    def _reader(self, start: str, body: bytes, options: Options) -> Callable[[str], bytes]:
        """Reads the sitemaps that a sitemap names, each only if it changed."""

        def read(url: str) -> bytes:
            if url == start:
                return body
            visit = self._visits.visit(url, _made_with(options))
            if not options.dry_run:
                self._visits.settle(visit, None, visit.body)
            return visit.body or b""

        return read

    def _within(
        self, source: str, found: Iterable[Page | Item | Outcome], options: Options, counted: Items
    ) -> Iterator[Item | Outcome]:
        """The items of a listing that are wanted, and those that came from it before."""
        listed: set[str] = set()
        counted.total = 0
        for one in found:
            if isinstance(one, Page):
                if len(listed) >= self._most(options) or not _fits(one.url or "", options.match):
                    continue
                listed.add(canonical(one.url or ""))
                one = self._item(source, one, options)
            counted.total += 1
            yield one
        for url in options.again:
            if canonical(url) not in listed and _is_web(url):
                counted.total += 1
                yield self._item(source, Page(url=url, text=""), options)
        if counted.total == 0:
            yield Outcome(source=source, status="skipped", error=f"{source}: there is nothing in it")

    def _item(self, source: str, listed: Page, options: Options, visit: Visit | None = None) -> Item:
        """An entry as an item; with a visit, the source itself."""
        if listed.url is None:  # an entry of a feed that has no page, only a text
            name = f"{source}#{listed.id or listed.title or ''}"
            return Item(source=name, identity=canonical(source) + name.removeprefix(source), read=lambda: listed)
        at = _PageAt(self._visits, self._extract, listed.url, _made_with(options), visit)
        return Item(
            source=listed.url, identity=canonical(listed.url), read=at.read, anew=at.anew, settle=at.settle,
            listed=listed if visit is None else None, found_in=source if visit is None else "",
            host=urlsplit(listed.url).netloc,
        )  # fmt: skip

    # --- sites

    def _site(self, start: str, options: Options, counted: Items) -> Iterator[Item | Outcome]:
        """The pages below an address, the nearest first: those that a page links to are known when it was read."""
        prefix = urljoin(start, ".")
        waiting = deque([(start, 0)])
        seen = {canonical(start)}
        variants: dict[str, int] = {}
        yielded = 0
        while waiting and yielded < self._most(options):
            url, depth = waiting.popleft()
            counted.total, yielded = yielded + len(waiting) + 1, yielded + 1
            at = self._at(url, options)
            yield _of_site(at, url, start)
            for link in at.links if depth < options.depth else ():
                path = link.split("?")[0]
                variants[path] = variants.get(path, 0) + 1
                known = canonical(link) in seen or variants[path] > _MOST_VARIANTS
                if known or not _is_below(link, prefix) or not _fits(link, options.match):
                    continue
                seen.add(canonical(link))
                waiting.append((link, depth + 1))
        if waiting:
            yield from _left_out(start, len(waiting), self._most(options))
        for url in options.again:  # no page leads there any more
            if canonical(url) not in seen:
                yield _of_site(self._at(url, options), url, start)

    def _at(self, url: str, options: Options) -> "_PageAt":
        return _PageAt(self._visits, self._extract, url, _made_with(options), links_too=True)

    def _most(self, options: Options) -> int:
        return options.most or self._bounds.items


def _of_site(at: "_PageAt", url: str, start: str) -> Item:
    return Item(
        source=url, identity=canonical(url), read=at.read, anew=at.anew, settle=at.settle, found_in=start,
        listed=Page(url=url, text=""), host=urlsplit(url).netloc,
    )  # fmt: skip


class _PageAt:
    """The page at an address, as an item: read once, and remembered once it is stored."""

    def __init__(
        self, visits: Visits, extract: Extract, url: str, made_with: str, visit: Visit | None = None, *,
        links_too: bool = False,
    ) -> None:  # fmt: skip
        self._visits = visits
        self._extract = extract
        self._url = url
        self._made_with = made_with
        self._visit = visit
        self._links_too = links_too
        self.links: list[str] = []

    def read(self) -> Page | Unchanged:
        """Its page, or the word that it is as it was. Where it was found is its address, whatever it says."""
        return self._read(self._visit or self._visited(self._made_with))

    def anew(self) -> Page | Unchanged:
        """Its page, even if it is as it was."""
        anything = None if self._visit is None or self._visit.body is None else self._visit
        return self._read(anything or self._visited(""))

    def _read(self, visit: Visit) -> Page | Unchanged:
        self._visit = replace(visit, fetch=replace(visit.fetch, made_with=self._made_with))
        if self._links_too:
            self.links = self._links(visit)
        if visit.body is None:
            return Unchanged(visit.fetch.document_id or "", visit.fetch.final_url)
        if not visit.body.strip():
            raise NothingToRead(self._url, "the answer is empty")
        final_url = visit.fetch.final_url
        if _leads_home(self._url, final_url):
            raise Gone(self._url, "it leads to the front page of its site")
        page = self._extract(visit.body, name=final_url, content_type=visit.fetch.content_type)
        if is_missing(page):
            raise Gone(self._url, "the page says of itself that it is not there")
        return replace(page, url=final_url)

    def settle(self, document_id: str) -> None:
        """Remember the answer that became this document."""
        if self._visit is not None and self._visit.body is not None:
            kept = "\n".join(self.links).encode() if self._links_too else None
            self._visits.settle(self._visit, document_id, kept)

    def _visited(self, made_with: str) -> Visit:
        """The copy in a web archive, if that is what is linked to; the page itself if there is no copy."""
        original = unwrapped(self._url)
        if original != self._url and is_private_name(urlsplit(original).hostname or ""):
            return self._visits.visit(original, made_with)  # no public archive has it, or should hear of it
        try:
            return self._visits.visit(self._url, made_with)
        except FetchError:
            if original == self._url:
                raise
            return self._visits.visit(original, made_with)

    def _links(self, visit: Visit) -> list[str]:
        """Where a page of a site leads; kept, since an unchanged one is not fetched again."""
        if visit.body is None:
            return (self._visits.kept(self._url) or b"").decode().split("\n")
        name, content_type = visit.fetch.final_url, visit.fetch.content_type
        if shape_of(visit.body, name=name, content_type=content_type) not in ("page", "list"):
            return []
        return links(decode(visit.body, name), name)


def _made_with(options: Options) -> str:
    """What a document's text depends on beside its page."""
    return " ".join((str(_MADE_BY), *sorted(options.redact)))


def _leads_home(url: str, final_url: str) -> bool:
    """Whether a page of a site was sent to the site's front page, as is often done with pages that are no more."""
    asked, found = (urlsplit(address).path.strip("/") for address in (unwrapped(url), unwrapped(final_url)))
    return not found and len(asked) > 5 and not asked.startswith("index.")


def is_missing(page: Page) -> bool:
    """Whether a page that was answered as if all were well says that there is none."""
    named = [page.title or "", *(title for _, title in headings(page.text)[:1]), *page.text.splitlines()[:1]]
    return len(page.text.split()) < _SHORT and any(_MISSING.fullmatch(one.strip(" #.!")) for one in named)


def _left_out(source: str, number: int, most: int) -> Iterator[Outcome]:
    if number:
        said = f"{source}: {number} more items are left out; the first {most} are taken (--most, setting max_items)"
        yield Outcome(source=source, status="skipped", error=said)


def _damaged(source: str, note: str | None) -> Iterator[Outcome]:
    if note:
        yield Outcome(source=source, status="skipped", error=f"{source}: {note}")


def _is_markdown(name: str, content_type: str | None) -> bool:
    return "markdown" in (content_type or "") or bool(re.search(r"\.(?:md|markdown)$", urlsplit(name).path, re.I))


def _fits(url: str, patterns: tuple[str, ...]) -> bool:
    """Whether an address fits one of the patterns; one without wildcards is a part of it."""
    wild = (pattern if re.search(r"[*?\[]", pattern) else f"*{pattern}*" for pattern in patterns)
    return not patterns or any(fnmatchcase(url.lower(), pattern.lower()) for pattern in wild)


def _is_web(url: str) -> bool:
    return url.lower().startswith(("http://", "https://"))


def _is_below(url: str, prefix: str) -> bool:
    """Whether a page is part of a site, and looks like one that somebody wrote."""
    parts = urlsplit(url).path.strip("/").split("/")
    below = canonical(url).startswith(canonical(prefix)) and len(parts) <= _LONGEST_PATH
    return below and max(map(parts.count, parts)) <= 2 and not not_a_document(Path(parts[-1] or "index.html"))
