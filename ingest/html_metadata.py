"""What an HTML page says of itself: JSON-LD, Open Graph, meta tags, links. No content."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from bs4 import BeautifulSoup, Tag

from ingest import html_dates, metadata
from ingest.headed import one_line
from ingest.html_tree import opening
from ingest.types import Page

_MOST_HEADINGS = 100
_MOST_LINKED = 200
_ARTICLES = re.compile(r"Article$|Posting$|^Report$|^WebPage$|^CreativeWork$|^HowTo$|^LearningResource$")
_ORGANIZATIONS = re.compile(r"Organization$|^Corporation$|^GovernmentAgency$|Business$|^Project$")
_SITE_AFTER = re.compile(r"(?:.*\s)?[|·•—–»-]+\s+([^|·•—–»]{2,60})")
_SITE_BEFORE = re.compile(r"([^|·•—–»]{2,60}?)\s+[|·•—–»-]+\s+")
_NO_NAME = re.compile(
    r"(?:the |our )?(?:blog|home|home ?page|docs|documentation|wiki|news|status|articles?|posts?|(?:part|page) \d+"
    r"|[\W\d]+)",
    re.IGNORECASE,
)
_SEPARATORS = re.compile(r"^(.+?)\s*(?:\s[|·•–—»:-]+\s|\s?[|»]\s?|:\s)\s*((?:(?!\s[|·•–—»-]+\s).)+)$")


def page_of(soup: BeautifulSoup, body: BeautifulSoup, fields: Mapping[str, object]) -> Page:
    """The page without its text. `body` is the same page without its furniture.

    `fields` is front matter, for pages that a site generator has not built yet.
    """
    own = metadata.stated(fields, "")
    metas, articles, organizations = _metas(soup), *_linked_data(soup)
    articles = _about_this(articles, {_called(soup), metas.get("og:title"), *_first_headings(soup)})
    site = metadata.name_of(metas.get("og:site_name"))
    organization = own.organization or _organization(articles, organizations, metas)
    title = own.title or _title(soup, metas, articles, [name for name in (site, organization) if name])
    return replace(
        own,
        title=title,
        url=own.url or _address(soup, metas),
        organization=organization or _site_beside(title, _called(soup)),
        published=own.published or html_dates.published(metas, articles, body),
        tags=own.tags or _tags(soup, metas, articles),
        language=own.language or _language(soup, metas, articles),
    )


def _called(soup: BeautifulSoup) -> str | None:
    tag = soup.find("title")
    return one_line(tag.get_text()) if isinstance(tag, Tag) else None


def _metas(soup: BeautifulSoup) -> dict[str, str]:
    """Name (or property) -> content, the first of each name."""
    found: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        name = tag.get("property") or tag.get("name") or tag.get("itemprop") or tag.get("http-equiv")
        content = tag.get("content")
        if isinstance(name, str) and isinstance(content, str) and content.strip():
            found.setdefault(name.strip().lower(), one_line(content))
    return found


def _linked_data(soup: BeautifulSoup) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The articles and the organizations among the page's JSON-LD; broken JSON says nothing."""
    articles, organizations = [], []
    for tag in soup.find_all("script", type="application/ld+json"):
        try:
            nodes = list(_nodes(json.loads(tag.get_text(), strict=False)))
        except (ValueError, RecursionError):
            continue
        for node in nodes:
            kind = node.get("@type")
            names = [str(name) for name in (kind if isinstance(kind, list) else [kind])]
            if any(_ARTICLES.search(name) for name in names):
                articles.append(node)
            if any(_ORGANIZATIONS.search(name) for name in names):
                organizations.append(node)
    # An article says more about itself than the web page it stands on.
    articles.sort(key=lambda node: "WebPage" in str(node.get("@type")))
    return articles[:_MOST_LINKED], organizations[:_MOST_LINKED]


def _about_this(articles: list[dict[str, Any]], titles: set[str | None]) -> list[dict[str, Any]]:
    """Of several articles, those that bear the page's title: the others are what it points at."""
    if sum("WebPage" not in str(node.get("@type")) for node in articles) < 2:
        return articles
    return [node for node in articles if metadata.name_of(node.get("headline")) in titles]


def _nodes(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for part in value[:200]:
            yield from _nodes(part)
    elif isinstance(value, dict):
        yield value
        yield from _nodes(value.get("@graph"))


def _title(
    soup: BeautifulSoup, metas: Mapping[str, str], articles: list[dict[str, Any]], sites: list[str]
) -> str | None:
    headings = _first_headings(soup)
    headlines = [article.get("headline") for article in articles]
    named = _called(soup)
    for value in (metas.get("og:title"), *headlines, metas.get("citation_title"), *headings, named):
        title = metadata.name_of(value)
        if title and title not in sites:
            return _without_site(title, [*sites, *_repeated(title, named)], headings)
    return metadata.name_of(named)


def _first_headings(soup: BeautifulSoup) -> list[str]:
    """The first level-one heading, preferably outside of the page's header, where it may be a logo."""
    found = [tag for tag in soup.find_all("h1", limit=_MOST_HEADINGS) if any(map(one_line, opening(tag)))]
    content = [tag for tag in found if tag.find_parent(["nav", "footer"]) is None]
    inner = [tag for tag in content if tag.find_parent("header") is None or tag.find_parent(["article", "main"])]
    return [one_line("".join(opening(tag))).strip("¶#§ ") for tag in (inner or content)[:1]]


def _repeated(title: str, named: str | None) -> list[str]:
    """The ending that <title> adds to the title, which therefore is the site's."""
    if named and named != title and named.startswith(title):
        return [named[len(title) :].strip(" |·•–—»:-")]
    return []


def _without_site(title: str, sites: list[str], headings: list[str]) -> str:
    while match := _SEPARATORS.match(title):
        head, tail = match.groups()
        if tail.strip().casefold() not in {site.casefold() for site in sites} and head not in headings:
            break
        title = head
    return title


def _site_beside(title: str | None, named: str | None) -> str | None:
    """The site's name that <title> puts after (or before) the page's own title."""
    if not title or not named or title == named:
        return None
    if named.startswith(title):
        match = _SITE_AFTER.fullmatch(named[len(title) :][:200])
    else:
        match = _SITE_BEFORE.fullmatch(named.removesuffix(title)[:200]) if named.endswith(title) else None
    name = metadata.name_of(match[1]) if match else None
    return None if name is None or "." in name.strip(".") or _NO_NAME.fullmatch(name) else name


def _organization(
    articles: list[dict[str, Any]], organizations: list[dict[str, Any]], metas: Mapping[str, str]
) -> str | None:
    for article in articles:
        for key in ("publisher", "sourceOrganization", "author", "creator"):
            name = _organization_named(article.get(key), organizations, anyone=key == "publisher")
            if name:
                return name
    for key in ("og:site_name", "citation_publisher", "dc.publisher", "dcterms.publisher", "publisher"):
        name = metadata.name_of(metas.get(key))
        if name and "." not in name.strip("."):  # a domain is an address, not a name
            return name
    names = {name for node in organizations if (name := metadata.name_of(node))}
    return names.pop() if len(names) == 1 else metadata.name_of(metas.get("application-name"))


def _organization_named(value: object, organizations: list[dict[str, Any]], *, anyone: bool) -> str | None:
    """The name of an organization; a person's is none. `anyone`: a bare text is taken too."""
    for part in value[:_MOST_LINKED] if isinstance(value, list) else [value]:
        if isinstance(part, str) and anyone:
            return metadata.name_of(part)
        if not isinstance(part, dict):
            continue
        if "name" not in part and "@id" in part:
            part = next((node for node in organizations if node.get("@id") == part["@id"]), part)
        if _ORGANIZATIONS.search(str(part.get("@type"))) and metadata.name_of(part):
            return metadata.name_of(part)
    return None


def _tags(soup: BeautifulSoup, metas: Mapping[str, str], articles: list[dict[str, Any]]) -> tuple[str, ...]:
    tagged = [tag.get("content") for tag in soup.find_all("meta", property="article:tag")]
    return metadata.tags_of(
        *tagged, metas.get("keywords"), metas.get("news_keywords"), *(article.get("keywords") for article in articles)
    )


def _language(soup: BeautifulSoup, metas: Mapping[str, str], articles: list[dict[str, Any]]) -> str | None:
    root = soup.find("html")
    values = [root.get("lang") or root.get("xml:lang")] if isinstance(root, Tag) else []
    values += [metas.get("content-language"), metas.get("og:locale"), metas.get("dc.language")]
    values += [article.get("inLanguage") for article in articles]
    return next((found for value in values if (found := metadata.language_of(value))), None)


def _address(soup: BeautifulSoup, metas: Mapping[str, str]) -> str | None:
    for tag in soup.find_all("link"):
        if "canonical" in [str(name).lower() for name in tag.get_attribute_list("rel")]:
            found = metadata.page_address(tag.get("href"))
            if found:
                return found
    return metadata.page_address(metas.get("og:url"))
