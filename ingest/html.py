"""HTML -> Page: the main content by trafilatura, unless it loses too much beside a careful walk of our own."""

import re
import warnings
from dataclasses import replace

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning
from bs4.exceptions import ParserRejectedMarkup

from corpus import frontmatter
from corpus.errors import NothingToRead, Unreadable
from ingest import headed
from ingest.html_blocks import headed_text
from ingest.html_metadata import page_of
from ingest.types import Page

_NEVER_TEXT = "script style noscript template iframe object svg button select input nav".split()
_FURNITURE_ROLES = frozenset("navigation banner contentinfo search dialog alertdialog complementary".split())
_FURNITURE_NAMES = re.compile(
    r"(?:^|[\s_-])(?:cookies?|consent|gdpr|newsletter|subscribe|breadcrumbs?|share|sharing|social|related|recommended"
    r"|sidebar|skip-?(?:link|to|nav)?|pagination|pager|advert(?:isement)?s?|ads|promo|popup|modal|comments?|disqus|toc"
    r"|nav|navbar|navigation|menu|footer|headerlink|sr-only|visually-hidden|mw-editsection|noprint)(?:$|[\s_-])",
    re.IGNORECASE,
)
_MOST_SUSPECTS = 3_000
"""Weighing a part reads all of it: markup nested thousands of levels deep must not take for ever."""
_ENOUGH_OF_MAIN = 0.75
_ENOUGH_OF_BODY = 0.5
"""trafilatura's text stands if it has this share of the words of our own walk (which also keeps some furniture)."""


def read_html(text: str, *, source: str) -> Page:
    """The main content of an HTML page, with what the page says of itself.

    Raises NothingToRead if there is no text in it, Unreadable if no parser can make sense of it.
    """
    fields, text = frontmatter.parse(text)
    try:
        page = page_of(_soup(text), fields)
        content = _main_text(text)
    except (ParserRejectedMarkup, AssertionError) as error:
        raise Unreadable(source, "no HTML can be made out in it") from error
    content = headed.without_title(content, page.title)
    if not content:
        raise NothingToRead(source, "there is no text in it")
    return replace(page, text=content)


def _soup(text: str) -> BeautifulSoup:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(text, "lxml")


def _main_text(text: str) -> str:
    """trafilatura's choice, unless it lost too much of what our own, more careful choice holds."""
    tree, marked = _pruned(_soup(text))
    try:
        ours = headed_text(tree)
        theirs = _trafilatura(text)
    except RecursionError:
        return headed.tidy(headed.unheaded(tree.get_text("\n")))
    share = _ENOUGH_OF_MAIN if marked else _ENOUGH_OF_BODY
    return theirs if theirs and _holds(theirs, ours, share) else ours


def _holds(theirs: str, ours: str, share: float) -> bool:
    """True if no heading or listing is lost, and not too many words."""
    if len(theirs.split()) < share * len(ours.split()):
        return False
    lost = {title for _, title in headed.headings(ours)} - {title for _, title in headed.headings(theirs)}
    return len(lost) <= 1 and theirs.count("\n```") >= ours.count("\n```")


def _trafilatura(text: str) -> str:
    import trafilatura
    from lxml import etree

    try:
        found = trafilatura.bare_extraction(
            text, favor_recall=True, include_comments=False, include_formatting=True, include_tables=True
        )
    except Exception:  # heuristics over wild markup: whatever they trip over, our own walk stands
        return ""
    body = getattr(found, "body", None)
    if body is None:
        return ""
    tree = BeautifulSoup(etree.tostring(body, encoding="unicode"), "xml").find("body")
    return headed_text(tree) if isinstance(tree, Tag) else ""


def _pruned(soup: BeautifulSoup) -> tuple[Tag, bool]:
    """What is left without furniture, and whether the page itself marks it as its main content."""
    body = soup.body if isinstance(soup.body, Tag) else soup
    for tag in body.find_all(_NEVER_TEXT):
        tag.decompose()
    for tag in _furniture(body):
        tag.extract()
    left = len(body.get_text(strip=True))
    marked = body.find_all(["main", "article"]) + body.find_all(attrs={"role": "main"})
    marked += body.find_all(attrs={"itemprop": "articleBody"})
    best = max(marked, key=lambda tag: len(tag.get_text()), default=None)
    if best is not None and len(best.get_text(strip=True)) * 3 > left:
        return best, True
    return body, False


def _furniture(body: Tag) -> list[Tag]:
    """The outermost parts that are not content. What holds half of the text is content, whatever it is called."""
    whole = len(body.get_text())
    found: list[Tag] = []
    waiting = [body]
    weighed = 0
    while waiting:
        for tag in waiting.pop().children:
            if not isinstance(tag, Tag):
                continue
            suspect = weighed < _MOST_SUSPECTS and _is_furniture(tag)
            weighed += suspect
            if suspect and len(tag.get_text()) * 2 < whole:
                found.append(tag)
            else:
                waiting.append(tag)
    return found


def _is_furniture(tag: Tag) -> bool:
    if tag.name in ("html", "body", "main", "article"):
        return False
    if tag.has_attr("hidden") or tag.get("role") in _FURNITURE_ROLES:
        return True
    if tag.name in ("form", "header", "footer"):
        return not _holds_content(tag)
    if tag.name == "aside":
        return not _is_prose(tag)
    names = " ".join(str(name) for name in (tag.get("id") or "", *tag.get_attribute_list("class")[:8]))
    return bool(_FURNITURE_NAMES.search(names)) and not _is_prose(tag)


def _holds_content(tag: Tag) -> bool:
    """A header that titles an article, a form around a whole page."""
    if tag.name == "header":
        return tag.find("h1") is not None and tag.find_parent(["article", "main", "section"]) is not None
    return tag.find(["article", "main", "h1"]) is not None


def _is_prose(tag: Tag) -> bool:
    """Sentences rather than links: books put real content into asides."""
    paragraphs = sum(len(part.get_text(strip=True)) for part in tag.find_all(["p", "pre"]))
    linked = sum(len(part.get_text(strip=True)) for part in tag.find_all("a"))
    return paragraphs >= 200 and linked * 4 < paragraphs
