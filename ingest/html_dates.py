"""When a page says that it was published. Never wrong, rather unknown: what disagrees says nothing."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from bs4 import BeautifulSoup, NavigableString, PageElement, Tag

from ingest import metadata
from ingest.headed import one_line
from ingest.html_tree import opening

_STRUCTURED = ("article:published_time", "og:article:published_time", "article:published")
_NAMES = (
    "datepublished", "citation_publication_date", "citation_date",
    "dcterms.issued", "dc.date.issued", "dcterms.date", "dc.date", "dc.date.created",
    "dcterms.created", "publication_date", "publish-date", "publish_date", "pubdate", "parsely-pub-date",
    "sailthru.date", "date",
)  # fmt: skip
_MARKED = re.compile(r"datePublished|\bpublished\b|entry-date|dt-published")
_CHANGED = re.compile(r"modified|updated", re.IGNORECASE)
_MONTH = r"(?:[A-Z][a-z]+,?\s+)?[A-Z][a-z]{2,8}\.?"
_LABELLED = re.compile(
    r"(?:first |originally )?(?:published|posted)(?: by [^\d|·•]{2,60}?)?(?: on|:)?\s+"
    rf"({_MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)?\s+{_MONTH},?\s+\d{{4}}|\d{{4}}-\d\d-\d\d)"
    r"(?:$|\s*[|·•—–,(]|\s+(?:by|in|at)\b|[T\s]\d)",
    re.IGNORECASE,
)
_AFTER_TITLE = 500
_BEFORE_TITLE = 200
_MOST_NODES = 2_000
"""A page's own date stands beside its title, within so many characters; further down are those of other things."""


def published(metas: Mapping[str, str], articles: list[dict[str, Any]], body: BeautifulSoup) -> str | None:
    """The day (or month, or year) of publication; None if the page states none, or more than one.

    What is meant for machines (JSON-LD, Open Graph) goes before all else. `body` is without furniture.
    """
    linked = _dates(article.get("datePublished") for article in articles)
    graph = _dates(metas.get(name) for name in _STRUCTURED)
    if linked or graph:
        return _agreed([*linked, *graph], days=1)  # one may be in the writer's time and the other in UTC
    return _agreed([*_dates(metas.get(name) for name in _NAMES), *_dates(_beside_title(body))])


def _dates(values: Iterable[object]) -> list[str]:
    return [found for value in values if (found := metadata.partial_date(value))]


def _agreed(dates: list[str], days: int = 0) -> str | None:
    """The most precise of dates that are the same, or the first of those that are `days` apart at most."""
    if not dates:
        return None
    best = max(dates, key=len)
    return best if all(best.startswith(other) or _apart(best, other) <= days for other in dates) else None


def _apart(one: str, other: str) -> float:
    if len(one) != len(other) or len(one) != len("2021-05-03"):
        return float("inf")
    return abs((date.fromisoformat(one) - date.fromisoformat(other)).days)


def _beside_title(body: BeautifulSoup) -> Iterator[str]:
    """The dates near the page's heading that are marked or called its publication."""
    heading = body.find("h1")
    if heading is None:
        yield from _marked(_within(body.descendants, _AFTER_TITLE))
    else:
        yield from _marked(_within(heading.next_elements, _AFTER_TITLE))
        yield from _marked(_within(heading.previous_elements, _BEFORE_TITLE))


def _within(nodes: Iterable[PageElement], most: int) -> Iterator[PageElement]:
    for node in islice(nodes, _MOST_NODES):
        if isinstance(node, NavigableString):
            most -= len(node.strip())
        if most < 0:
            return
        yield node


def _marked(nodes: Iterable[PageElement]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, Tag) and node.name == "time" and _is_published(node):
            yield str(node.get("datetime") or "".join(opening(node)))
        elif isinstance(node, NavigableString) and re.match(
            r"\s*(?:first |originally )?(?:published|posted)\b", node, re.I
        ):
            label = _LABELLED.match(one_line(" ".join(opening(node.parent))[:300]) if node.parent else "")
            if label:
                yield label[1]


def _is_published(tag: Tag) -> bool:
    names = " ".join(str(name) for name in (tag.get("itemprop") or "", *tag.get_attribute_list("class")[:8]))
    if tag.has_attr("pubdate"):
        return True
    return bool(_MARKED.search(names)) and (
        not _CHANGED.search(names) or re.search(r"\bpublished\b", names) is not None
    )
