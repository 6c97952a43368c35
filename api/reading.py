"""A document's text -> safe HTML to be read, with an anchor where each of its passages begins.

The text is the author's Markdown or what was extracted from a page: raw HTML in it is shown, not
obeyed, images become their description, and links lead only to the web.
"""

import html
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from api.schemas import PassageShape

_LONG = 300_000
"""Characters. In longer texts only headings, paragraphs and code are told apart, to be quick."""
_TELLING = 24
"""Characters without blanks from which a line says well enough where it stands."""
_COMPARED = 80
_FENCE = re.compile(r"\s*(```|~~~)")
_NO_PROSE = re.compile(r"\s*([-*+•|>#]|\d{1,9}[.)]\s)|    |\t")
"""How a block begins that is not a paragraph: list, table, quotation, heading, code."""
_ANCHORED = frozenset({"paragraph_open", "list_item_open", "tr_open", "fence", "code_block"})

_TAGS = set(
    "a blockquote br code div em h2 h3 h4 h5 h6 hr li ol p pre span strong table tbody td th thead tr ul".split()
)
_ATTRIBUTES = {tag: {"id"} for tag in ("h2", "h3", "h4", "h5", "h6", "li", "p", "code", "span", "tr")} | {
    "a": {"href", "title"},
    "ol": {"start"},
}
_CLASSES = {"div": {"passage", "passages"}, "span": {"anchor"}}


@dataclass(frozen=True, slots=True)
class Heading:
    """A line of the table of contents; `level` begins at 2."""

    level: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A text ready to be read: safe HTML, and its headings in order."""

    html: str
    contents: list[Heading]


@dataclass(slots=True)
class _Block:
    """A paragraph, list, table, heading: what stands between two blank lines, with the passages that begin in it."""

    tokens: list[Token]
    passages: list[int] = field(default_factory=list)
    unplaced: list[int] = field(default_factory=list)
    """Passages that begin where another one does already; their anchors go before the block."""

    @property
    def is_heading(self) -> bool:
        return self.tokens[0].type == "heading_open"


def read(title: str, text: str, passages: Sequence[PassageShape]) -> Reading:
    """Render a document's text. Its headings come out one level below the page's own."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    lines, placed = _parted(lines, _starts(lines, passages))
    parser = _markdown() if len(text) <= _LONG else _plain()
    blocks = _blocks(parser.parse("\n".join(lines)))
    if blocks and blocks[0].is_heading and blocks[0].tokens[1].content.strip() == title.strip():
        del blocks[0]
    contents = _set_headings(blocks)
    for passage_id, line in placed.items():
        _place(blocks, passage_id, line)
    return Reading(_clean("".join(_grouped(blocks, parser))), contents)


def _markdown() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    return _without_images(parser.disable(["lheading", "reference", "html_block", "html_inline"]))


def _plain() -> MarkdownIt:
    return MarkdownIt("zero").enable(["heading", "fence"])


def _without_images(parser: MarkdownIt) -> MarkdownIt:
    def alt(renderer: Any, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        words = tokens[place].content.strip()
        return f"<em>[{html.escape(words)}]</em>" if words else ""

    parser.add_render_rule("image", alt)
    return parser


def _blocks(tokens: Sequence[Token]) -> list[_Block]:
    """The tokens of each block at the top level."""
    blocks: list[_Block] = []
    depth = 0
    for token in tokens:
        if depth == 0:
            blocks.append(_Block([]))
        blocks[-1].tokens.append(token)
        depth += token.nesting
    return blocks


def _set_headings(blocks: Sequence[_Block]) -> list[Heading]:
    """Give headings their anchors, and levels that begin below the page's title."""
    headings = [block for block in blocks if block.is_heading]
    top = min((int(block.tokens[0].tag[1]) for block in headings), default=1)
    contents = []
    for number, block in enumerate(headings, 1):
        level = min(6, int(block.tokens[0].tag[1]) - top + 2)
        block.tokens[0].tag = block.tokens[-1].tag = f"h{level}"
        block.tokens[0].attrs["id"] = f"s{number}"
        contents.append(Heading(level, _spoken(block.tokens[1]), f"s{number}"))
    return contents


def _spoken(inline: Token) -> str:
    return "".join(child.content for child in inline.children or ()) or inline.content


def _starts(lines: Sequence[str], passages: Sequence[PassageShape]) -> dict[int, tuple[int, int]]:
    """passage id -> the line and column in which it begins. Blanks do not count: passages fill their lines anew."""
    squeezed = ["".join(line.split()) for line in lines]
    ends = list(accumulate(map(len, squeezed)))
    whole = "".join(squeezed)
    found: dict[int, tuple[int, int]] = {}
    place = -1
    for passage in passages:
        here = _find(whole, passage.text, place + 1)
        if here >= 0:
            place = here
            line = bisect_right(ends, here)
            found[passage.id] = line, _column(lines[line], here - ends[line] + len(squeezed[line]))
    return found


def _column(line: str, number: int) -> int:
    """The column of the character before which `number` others stand, blanks not counted."""
    places = (place for place, char in enumerate(line) if not char.isspace())
    return next(islice(places, number, None), 0)


def _parted(lines: Sequence[str], starts: Mapping[int, tuple[int, int]]) -> tuple[list[str], dict[int, int]]:
    """The lines with a new paragraph where a passage begins inside one; passage id -> its line."""
    cuts: dict[int, list[tuple[int, int]]] = {}
    for passage_id, (place, column) in starts.items():
        cuts.setdefault(place, []).append((column, passage_id))
    parted: list[str] = []
    placed: dict[int, int] = {}
    for number, (line, prose) in enumerate(zip(lines, _prose(lines), strict=True)):
        done = 0
        for column, passage_id in cuts.get(number, ()):
            before = line[done:column]
            if prose and (before.strip() or (parted and parted[-1].strip())):
                parted += [before, ""] if before.strip() else [""]
                done = column
            placed[passage_id] = len(parted)
        parted.append(line[done:])
    return parted, placed


def _prose(lines: Sequence[str]) -> Iterator[bool]:
    """For each line whether it belongs to a plain paragraph, which may be parted."""
    prose = fenced = False
    above = ""
    for line in lines:
        fence = _FENCE.match(line) is not None
        begins = not above.strip() or not prose
        prose = bool(line.strip()) and not (fenced or fence) and not (begins and _NO_PROSE.match(line))
        fenced ^= fence
        above = line
        yield prose


def _find(whole: str, text: str, start: int) -> int:
    """Where a passage begins: where its first line stands that says enough to be known again."""
    lines = ["".join(line.split())[:_COMPARED] for line in text.split("\n")]
    for line in sorted(filter(None, lines), key=lambda line: len(line) < _TELLING):
        here = whole.find(line, start)
        if here >= 0:
            return here
    return -1


def _place(blocks: Sequence[_Block], passage_id: int, line: int) -> None:
    """Set the anchor on the smallest element in which the line stands."""
    number = bisect_right(blocks, line, key=lambda block: _span(block.tokens[0])[0]) - 1
    if number < 0:
        return
    block = blocks[number]
    block.passages.append(passage_id)
    around = [
        token
        for token in block.tokens
        if token.type in _ANCHORED and not token.hidden and _span(token)[0] <= line < _span(token)[1]
    ]
    if around and "id" not in around[-1].attrs:
        around[-1].attrs["id"] = f"p{passage_id}"
    else:
        block.unplaced.append(passage_id)


def _span(token: Token) -> tuple[int, int]:
    """The lines of a token: the first one, and the first one after it."""
    return (token.map[0], token.map[1]) if token.map else (0, 0)


def _grouped(blocks: Sequence[_Block], parser: MarkdownIt) -> Iterator[str]:
    """HTML of the blocks, those of one passage with its headings inside one element, to be seen as a whole."""
    groups: list[list[_Block]] = []
    for number, block in enumerate(blocks):
        if not groups or (_begins(blocks, number) and not blocks[number - 1].is_heading):
            groups.append([])
        groups[-1].append(block)
    for group in groups:
        inner = "".join(_html(block, parser) for block in group)
        begun = sum(len(block.passages) for block in group)
        yield f'<div class="{"passage" if begun == 1 else "passages"}">{inner}</div>' if begun else inner


def _begins(blocks: Sequence[_Block], number: int) -> bool:
    """Does a passage begin in this block, or under the headings of which it is the first?"""
    for block in islice(blocks, number, None):
        if block.passages or not block.is_heading:
            return bool(block.passages)
    return False


def _html(block: _Block, parser: MarkdownIt) -> str:
    anchors = "".join(f'<span class="anchor" id="p{passage_id}"></span>' for passage_id in block.unplaced)
    return anchors + str(parser.renderer.render(block.tokens, parser.options, {}))


def _clean(text: str) -> str:
    return nh3.clean(
        text,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )
