"""Lists of links with a word on each (a page of post-mortems, the index of a blog) -> entries."""

import html
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import takewhile

from bs4.exceptions import ParserRejectedMarkup

from corpus import frontmatter
from corpus.types import Kind
from corpus.urls import canonical
from ingest import metadata
from ingest.headed import one_line
from ingest.html import main_part
from ingest.kinds import guess_kind
from ingest.list_items import Link, Part, parts_of, words_of
from ingest.types import Page

_FEWEST = 10
_LONGEST_TITLE = 100
_LONGEST_SUMMARY = 1_000
_ASIDE = re.compile(r"(?:contribut|licen[cs]e|credits?\b|acknowledg|(?:table of )?contents$|navigation|footer)", re.I)
_FURNITURE = re.compile(
    r"(?:edit(?: this page)?(?: on \w+)?|improve this page|view (?:source|history)|permalink|back to top|home"
    r"|about(?: us)?|contact(?: us)?|privacy(?: policy)?|terms(?: of \w+)?|log ?in|sign (?:in|up)|register|subscribe"
    r"|rss(?: feed)?|share|tweet|next(?: page)?|prev(?:ious)?(?: page)?|older(?: posts)?|newer(?: posts)?"
    r"|comments?|\d+ comments?|reply|\d{1,3}|@\S+)$",
    re.IGNORECASE,
)
_EMPTY = re.compile(
    r"(?:here|this|link|more|details|read (?:more|on)|continue reading|learn more|https?://\S+)\W*$", re.I
)
_WEAK = re.compile(
    r"(?:\S+(?: \S+)?|(?:the )?(?:full |official )?(?:post-?mortem|incident) (?:report|review|analysis))$", re.I
)
_JOINED = re.compile(r"[\s,;&/|()\[\]–—-]*(?:and|also|or|see(?: also)?)?[\s,;&/|()\[\]–—-]*$", re.IGNORECASE)
_SENTENCE = re.compile(r"\s*(?:[.:;|–—-]+\s+(?=\S)|[.:;,)|\s]*(?=[A-Z0-9\"'“‘`]))")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9\"'“‘`(])")
_BEFORE_NAMES = re.compile(r"(?:how|why|what|when|where|who|the|a|an|on|in|my|our|your|from|to|some|more)\b", re.I)
_NAME = re.compile(r"(?:[A-Z0-9][^\s]*|of|and|for|the|&|/)(?:\s+(?:[A-Z0-9][^\s]*|of|and|for|the|&|/)){0,3}$")
_BARE_URL = re.compile(r"(?<![(<\[\"'=\]`/\w])https?://[^\s<>()\[\]\"'`|]{1,2000}[^\s<>()\[\]\"'`|.,;:!?*_]")
_FOOTNOTE = re.compile(r"^ {0,3}\[\^[^\]\n]{1,100}\]:.*(?:\n(?: {4}|\t).*)*", re.MULTILINE)
_FOOTNOTE_MARK = re.compile(r"\[\^[^\]\s]{1,100}\](?!\()")
_MANY = re.compile(r"\b(?:post-?mortems|incidents|outages)\b", re.IGNORECASE)
_ABOUT_THEM = re.compile(r"^(?:\w+ing|how|why|what)\b|\b(?:about|after|before|during|for|from|on|to|lists)\b", re.I)
"""What stands before "incidents" where the links are not incidents: "Learning from incidents"."""
_EDGES = " \t|,;:.–—-•*·()[]"


@dataclass
class _Item:
    """A part with links. `more` is what other parts without links add to it."""

    part: Part
    links: list[Link]
    more: list[str] = field(default_factory=list)

    @cached_property
    def before(self) -> str:
        """The words before the first link."""
        pieces = self.part.pieces
        return words_of(pieces[: pieces.index(self.links[0])]).strip(_EDGES)

    @cached_property
    def rest(self) -> str:
        """The words after the first link, and after those that stand beside it."""
        pieces = self.part.pieces[self.part.pieces.index(self.links[0]) + 1 :]
        beside = list(takewhile(_joins, pieces))
        return one_line(" ".join((self.links[0].more, words_of(pieces[len(beside) :]))))

    @cached_property
    def label(self) -> str | None:
        """The words of the first link, if they only name who or what the sentence after them is about."""
        name = self.links[0].text
        short = len(name.split()) <= (5 if _NAME.match(name) else 3) and not _BEFORE_NAMES.match(name)
        told = len(self.rest.split()) >= 4 and _SENTENCE.match(self.rest)
        return name if short and told and not self.before and not _EMPTY.match(name) else None

    @cached_property
    def summary(self) -> str | None:
        """What the list says: after the link, if that is a sentence of its own, else all of the item."""
        alone = not self.before and (not self.rest or _SENTENCE.match(self.rest) or self.rest[0] in "–—-:|(")
        own = self.rest.lstrip(_EDGES.replace("(", "")) if alone else self.part.text
        text = one_line(" ".join((own, *self.more))).strip(" |,;–—-•*·")
        return _shortened(text, _LONGEST_SUMMARY) if len(text.split()) > 1 else None

    @cached_property
    def unlinked(self) -> str:
        """The words without those of links that say little."""
        kept = [piece for piece in self.part.pieces if isinstance(piece, str) or not _WEAK.match(piece.text)]
        return words_of(kept).strip(_EDGES)


def read_list(body_text: str, *, source: str, is_markdown: bool, most: int) -> list[Page]:
    """The first `most` documents that a list links to, each with what the list says of it; none for no list.

    `source` is the list's own address. An entry's `text` is empty; its `tags` are the heading it stands under, its
    `kind` is known where the list or the heading says post-mortems. What a list says of one page in several places
    is one entry.
    """
    items = _items(_parts(body_text, source, is_markdown))
    labels = Counter(item.part.section for item in items if item.label)
    sizes = Counter(item.part.section for item in items)
    found: dict[str, Page] = {}
    for item in items:
        # One short link before a sentence may be anything; where most are, they are names.
        for page in _pages(item, named=labels[item.part.section] * 2 >= sizes[item.part.section]):
            address = canonical(page.url or "")
            if address in found:
                found[address] = _with_more(found[address], page)
            elif len(found) < most:
                found[address] = page
    return list(found.values())


def _with_more(page: Page, again: Page) -> Page:
    """An entry with what the list says of its page in another place."""
    said = [page.summary or "", again.summary or ""]
    summary = page.summary if said[1] in said[0] else one_line(" ".join(said))
    return replace(
        page,
        summary=_shortened(summary, _LONGEST_SUMMARY) if summary else None,
        tags=tuple(dict.fromkeys((*page.tags, *again.tags))),
        kind=page.kind or again.kind,
        organization=page.organization or again.organization,
    )


def looks_like_list(body_text: str, *, is_markdown: bool) -> bool:
    """True if two thirds of the words of a page's main content are those of ten or more items about their links."""
    if len(re.findall(r"<a\s|\]\(|\]:|https?://", body_text, re.IGNORECASE)) < _FEWEST:
        return False
    parts = _parts(body_text, "https://list.invalid/list/page", is_markdown)
    items = [item for item in _items(parts) if _is_about(item)]
    addresses = {link.url for item in items for link in item.links[:1]}
    told = sum(_count(item.part) + sum(len(text.split()) for text in item.more) for item in items)
    return len(addresses) >= _FEWEST and told * 3 > 2 * sum(map(_count, parts))


def _parts(body_text: str, source: str, is_markdown: bool) -> list[Part]:
    page = _rendered(body_text) if is_markdown else body_text
    try:
        parts = parts_of(main_part(page), source)
    except (ParserRejectedMarkup, AssertionError, RecursionError):  # nothing that a person wrote as a list
        return []
    return [part for part in parts if not (part.section and _ASIDE.match(part.section))]


def _rendered(text: str) -> str:
    from markdown_it import MarkdownIt

    fields, body = frontmatter.parse(text)
    body = _FOOTNOTE_MARK.sub("", _FOOTNOTE.sub("", body))
    body = _BARE_URL.sub(lambda match: f"<{match[0]}>", body)
    rendered = str(MarkdownIt("commonmark").enable("table").render(body))
    title = fields.get("title")
    return f"<title>{html.escape(title)}</title>{rendered}" if isinstance(title, str) else rendered


def _items(parts: Sequence[Part]) -> list[_Item]:
    items: list[_Item] = []
    by_part: dict[int, _Item] = {}
    for part in parts:
        links = [link for link in part.links if not _FURNITURE.match(link.text)]
        if links and (part.strong or _leads(part, links)):
            items.append(_Item(part, links))
            by_part[id(part)] = items[-1]
        elif not links:
            owner = by_part.get(id(part.outer)) or (items[-1] if items and _follows(part, items[-1].part) else None)
            if owner:
                owner.more.append(part.text)
    return items


def _leads(part: Part, links: Sequence[Link]) -> bool:
    """True for a paragraph that is about its link: it begins with it, or has few other words."""
    before = words_of(part.pieces[: part.pieces.index(links[0])])
    if not re.search(r"[A-Za-z]", before) or (before[-1] in ":–—-" and len(before.split()) <= 6):
        return True
    return sum(len(link.text.split()) for link in links) * 2 >= _count(part)


def _follows(part: Part, item: Part) -> bool:
    """True for the text under a heading or a term that is a link."""
    sibling = item.tag.find_next_sibling()
    return item.tag.name in ("h1", "h2", "h3", "h4", "h5", "h6", "dt") and sibling is part.tag


def _is_about(item: _Item) -> bool:
    linked = sum(len(link.text.split()) for link in item.links)
    return len(item.before.split()) <= 3 or linked * 3 >= _count(item.part)


def _count(part: Part) -> int:
    return len(part.text.split())


def _pages(item: _Item, *, named: bool) -> Iterator[Page]:
    section = (item.part.section or "").lower()
    kind = _kind(item.part.above)
    for number, link in enumerate(item.links):
        if number and not metadata.page_address(link.url):
            continue  # a site named in passing; one that an item begins with is what it is about
        yield Page(
            text="",
            title=_title(item, link),
            kind=kind,
            url=link.url,
            summary=item.summary,
            tags=(section,) if 0 < len(section) <= 60 else (),
            organization=_organization(item.label) if named and item.label and not number else None,
        )


def _kind(above: Sequence[str]) -> Kind | None:
    """Post-mortems where the nearest heading (at last the list's title) that says what its entries are says so."""
    for heading in reversed(above):
        many, named = _MANY.search(heading), guess_kind(heading, [])
        if named in ("guidance", "lesson") or (many and _ABOUT_THEM.search(heading[: many.start()])):
            return None
        if many:
            return "post-mortem"
    return None


def _title(item: _Item, link: Link) -> str:
    """The link's words; where they say little, with the name or the sentence that they belong to."""
    first = link is item.links[0]
    empty = _EMPTY.match(link.text) is not None
    if item.label and (first or empty):
        return f"{item.label}: {_first_sentence(item.summary or '')}"
    if not _WEAK.match(link.text):
        return _shortened(link.text, _LONGEST_TITLE)
    words = link.text.strip(_EDGES)
    lead = item.label or (item.before.replace(" | ", ", ") if 0 < len(item.before.split()) <= 6 else None)
    if lead:
        return lead if empty else f"{lead}: {words}"
    whole = first and not item.before
    said = item.part.text if whole else item.unlinked
    if len(said.split()) < 4:
        return words
    return _first_sentence(said) if whole or empty else f"{_first_sentence(said)} ({words})"


def _joins(piece: str | Link) -> bool:
    """True for what stands between the links at an item's beginning, and for these links."""
    return isinstance(piece, Link) or (len(line := one_line(piece)) < 40 and _JOINED.match(line) is not None)


def _organization(label: str) -> str | None:
    """The label as the name of an organization, without the year that tells its entries apart."""
    name = re.sub(r"\s+(?:19|20)\d\d$", "", label)
    return name if _NAME.match(name) and not _BEFORE_NAMES.match(name) else None


def _first_sentence(text: str) -> str:
    sentences = _SENTENCE_END.split(text)
    first = sentences[0]
    if len(first) < 20 and len(sentences) > 1:
        first = f"{first} {sentences[1]}"
    return _shortened(first.rstrip(" ."), _LONGEST_TITLE)


def _shortened(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    return text[:most].rpartition(" ")[0].rstrip(_EDGES) + "…"
