"""A tree of tags -> its items: list items, rows, paragraphs and cards, each with its words, links and heading."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urldefrag

from bs4 import NavigableString, PageElement, Tag
from bs4.element import PreformattedString

from ingest.headed import one_line
from ingest.html_spans import Spans
from ingest.links import address

_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_SILENT = frozenset("script style noscript template svg math head title iframe object nav".split())
_ITEMS = frozenset("li tr dt dd".split())
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form"
    " header hr legend main ol p pre section summary table tbody td tfoot th thead tr ul li".split()
)
_LAYOUT = ["table", "h1", "h2", "h3", "pre", "article"]


@dataclass(frozen=True, slots=True)
class Link:
    """A link to another page: its words, its address, and what else it says (the teaser of a card that is all link)."""

    text: str
    url: str
    more: str = ""


@dataclass(slots=True)
class Part:
    """What stands together. `strong`: an item by its markup, so that all of its links belong to it.

    `section` is the nearest heading above, `above` are the title of the page and all headings that it stands under,
    outermost first; `outer` is the item that this one is nested in.
    """

    tag: Tag
    strong: bool
    section: str | None
    above: tuple[str, ...] = ()
    outer: "Part | None" = None
    pieces: list[str | Link] = field(default_factory=list)

    @property
    def links(self) -> list[Link]:
        return [piece for piece in self.pieces if isinstance(piece, Link)]

    @property
    def text(self) -> str:
        return words_of(self.pieces)


def words_of(pieces: list[str | Link]) -> str:
    """Pieces as one line of text; links are just their words."""
    parts = (piece if isinstance(piece, str) else f"{piece.text} {piece.more}".rstrip() for piece in pieces)
    return one_line("".join(parts))


def parts_of(tree: Tag, base: str) -> list[Part]:
    """The parts of a page's main content, in order; `base` is its address. RecursionError for absurdly deep trees.

    Anchors that lead nowhere else (within the page, `mailto:`) are words, those without words are nothing.
    """
    title = [tree, *tree.parents][-1].find("title")
    reader = _Reader(base, one_line(title.get_text()) if isinstance(title, Tag) else "", Spans(tree))
    reader.visit(tree.children, reader.opened(tree, strong=False, outer=None))
    return [part for part in reader.parts if part.text]


class _Reader:
    """Walks the tree; every block begins a part, and ends it."""

    def __init__(self, base: str, title: str, spans: Spans) -> None:
        self.base = base
        self.spans = spans
        self.parts: list[Part] = []
        self.section: str | None = None
        self.above = [(0, title)]
        self.titled = False

    def opened(self, tag: Tag, *, strong: bool, outer: Part | None) -> Part:
        self.parts.append(Part(tag, strong, self.section, tuple(text for _, text in self.above), outer))
        return self.parts[-1]

    def visit(self, nodes: Iterable[PageElement], part: Part) -> None:
        for node in nodes:
            if isinstance(node, Tag):
                self.tag(node, part)
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                part.pieces.append(str(node))

    def tag(self, tag: Tag, part: Part) -> None:
        if tag.name in _SILENT:
            return
        if tag.name == "a" and (link := self.link(tag)):
            holder = self.opened(tag, strong=True, outer=None) if link.more and not part.strong else part
            holder.pieces.append(link)
        elif tag.name in _HEADINGS:
            self.heading(tag, part)
        elif self.is_item(tag):
            self.visit(tag.children, self.opened(tag, strong=True, outer=part if part.strong else None))
        elif tag.name in _BLOCKS and not part.strong:
            self.visit(tag.children, self.opened(tag, strong=False, outer=None))
        elif tag.name in _BLOCKS or tag.name == "br":
            part.pieces.append(" | " if tag.name in ("td", "th") and part.pieces else " ")
            self.visit(tag.children, part)
            part.pieces.append(" ")
        else:
            self.visit(tag.children, part)

    def heading(self, tag: Tag, part: Part) -> None:
        """A heading inside of an item belongs to it; one that leads elsewhere is an item; others head what follows."""
        if part.strong:
            self.visit(tag.children, part)
            part.pieces.append(". ")
            return
        text = one_line(tag.get_text()).strip("¶#§ ")
        if any(self.link(anchor) for anchor in tag.find_all("a")):
            self.visit(tag.children, self.opened(tag, strong=True, outer=None))
        elif tag.name == "h1" and not self.titled:
            self.titled = True
            self.section = None
            self.above = [(0, text)]
        elif text:
            self.section = text
            level = int(tag.name[1])
            self.above = [*((over, known) for over, known in self.above if over < level), (level, text)]

    def link(self, tag: Tag) -> Link | None:
        """The link of an anchor, if it has words and leads to another page. A whole card is named by its heading."""
        url = address(tag.get("href"), self.base)
        if url is None or not self.spans.chars(tag):
            return None
        head = tag.find(list(_HEADINGS)) if self.spans.count(tag, *_HEADINGS) else None
        whole = one_line(tag.get_text(" " if head else ""))
        if not re.search(r"\w", whole) or (urldefrag(url).fragment and _same(url, self.base)):
            return None
        if not isinstance(head, Tag):
            return Link(whole, url)
        name = one_line(head.get_text())
        return Link(name, url, whole.replace(name, "", 1).strip())

    def is_item(self, tag: Tag) -> bool:
        if tag.name == "article":
            return self.spans.count(tag, *_HEADINGS) < 2
        return tag.name in _ITEMS and (tag.name != "tr" or not self.spans.count(tag, *_LAYOUT))


def _same(url: str, base: str) -> bool:
    return urldefrag(url).url == urldefrag(base).url
