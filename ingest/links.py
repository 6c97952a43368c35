"""The links of an HTML page, for those who follow them: to other pages, and to the feeds that a page names."""

import re
from collections.abc import Iterable
from urllib.parse import urldefrag, urljoin, urlsplit

from lxml import etree

_MOST = 10_000
_LONGEST = 2_000
_HOST = re.compile(r"[\w.:-]+")
_FEEDS = frozenset(("application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"))


def address(href: object, base: str) -> str | None:
    """The absolute http(s) address that `href` means on the page at `base`; None for anything else.

    >>> address("../b c", "https://example.com/a/"), address("mailto:x@example.com", "https://example.com/")
    ('https://example.com/b%20c', None)
    """
    if not isinstance(href, str) or not href.strip() or len(href) > _LONGEST:
        return None
    try:
        joined = urljoin(base, "".join(href.strip().splitlines()).replace("\t", "").replace(" ", "%20"))
        parts = urlsplit(joined)
        _ = parts.port
    except ValueError:
        return None
    return joined if parts.scheme.lower() in ("http", "https") and _HOST.fullmatch(parts.hostname or "") else None


def links(html: str, base: str) -> list[str]:
    """The addresses that a page's anchors lead to, without fragments, each once, in order; at most 10,000.

    `base` is the page's own address; `<base href>` goes before it. What is marked `nofollow` is left out.
    """
    root = _tree(html)
    if root is None:
        return []
    start = _base(root, base)
    anchors = (tag for tag in root.iter("a") if "nofollow" not in (tag.get("rel") or "").lower().split())
    return _distinct(address(tag.get("href"), start) for tag in anchors)


def feed_links(html: str, base: str) -> list[str]:
    """The addresses of the feeds (RSS, Atom, JSON Feed) that a page names as its own, in order."""
    root = _tree(html)
    if root is None:
        return []
    start = _base(root, base)
    named = (tag for tag in root.iter("link") if "alternate" in (tag.get("rel") or "").lower().split())
    feeds = (tag for tag in named if (tag.get("type") or "").split(";")[0].strip().lower() in _FEEDS)
    return _distinct(address(tag.get("href"), start) for tag in feeds)


def _tree(html: str) -> "etree._Element | None":
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True)
    try:
        root: etree._Element | None = etree.fromstring(html.encode(errors="replace"), parser)
    except etree.XMLSyntaxError:  # not a single tag in it
        return None
    return root


def _base(root: "etree._Element", base: str) -> str:
    stated = next((tag.get("href") for tag in root.iter("base") if tag.get("href")), None)
    return address(stated, base) or base


def _distinct(addresses: Iterable[str | None]) -> list[str]:
    found: dict[str, None] = {}
    for one in addresses:
        if one and len(found) < _MOST:
            found[urldefrag(one).url] = None
    return list(found)
