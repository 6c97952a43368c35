"""HTML -> Page: what is left of a page without its furniture, or what its scripts would draw."""

from dataclasses import replace

from bs4 import Tag
from bs4.exceptions import ParserRejectedMarkup

from corpus import frontmatter
from corpus.errors import NothingToRead, Unreadable
from ingest import headed
from ingest.html_blocks import headed_text
from ingest.html_core import core
from ingest.html_embedded import unfold
from ingest.html_furniture import pruned
from ingest.html_metadata import page_of
from ingest.html_tree import parsed
from ingest.types import Page

_ALMOST_NOTHING = 100
"""A body with fewer words than this may be drawn by a script: the text is looked for in the page's JSON."""


def read_html(text: str, *, source: str) -> Page:
    """The main content of an HTML page, with what the page says of itself.

    Raises NothingToRead if there is no text in it, Unreadable if no parser can make sense of it.
    """
    fields, text = frontmatter.parse(text)
    try:
        soup, bare = parsed(text), parsed(text)
        part, _ = pruned(bare)
        words = len(part.get_text(" ").split())
        if words < _ALMOST_NOTHING and unfold(soup, least=3 * words):
            bare = parsed(str(soup))
            part, _ = pruned(bare)
        page = page_of(soup, bare, fields)
        content = _below_title(headed_text(core(part)), page.title)
    except (ParserRejectedMarkup, AssertionError) as error:
        raise Unreadable(source, "no HTML can be made out in it") from error
    if not content:
        raise NothingToRead(source, "there is no text in it")
    return replace(page, text=content)


def _below_title(text: str, title: str | None) -> str:
    """The text after the heading that is its title: what stands above it (rubrics, menus) is none of it."""
    lines = text.split("\n")
    for place, line in enumerate(lines[: len(lines) // 2 + 1]):
        if line.startswith("# "):
            below = headed.without_title("\n".join(lines[place:]), title)
            return text if below.startswith(line) else below
    return text


def main_part(text: str) -> Tag:
    """The tree of a page's main content, links and all, without its furniture; for a part of a page, all of it.

    Raises Unreadable's causes as BeautifulSoup does (ParserRejectedMarkup) for what is no HTML.
    """
    return pruned(parsed(text))[0]
