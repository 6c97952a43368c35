"""A tree of tags -> headed text. Speaks HTML's tags and those of trafilatura's trees; knows no page furniture."""

from collections.abc import Iterable, Iterator

from bs4 import NavigableString, PageElement, Tag
from bs4.element import PreformattedString

from ingest import headed

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
_SILENT = frozenset(("script", "style", "noscript", "template", "svg", "math", "head", "title", "iframe", "object"))
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption figure "
    "footer form header hgroup hr html legend main nav ol p quote section summary tbody tfoot thead ul list "
    "noscript td th tr cell row option".split()
)
_CONTAINERS = frozenset("body div main code figure section article".split())
_LINES = frozenset("p div li item tr".split())
_UNSEEN = _SILENT - {"head", "title"}
_BREAK = "\x00"


def headed_text(tree: Tag) -> str:
    """The text under `tree`: headings as `#` lines, code fenced, rows of tables as `a | b`, list items as `- a`.

    Link targets, bold and italics are not text. Raises RecursionError for absurdly deep trees.
    """
    writer = _Writer()
    writer.visit(tree.children)
    writer.close()
    return headed.tidy("".join(writer.pieces))


class _Writer:
    """Walks the tree and collects blocks; `inline` holds the text of the block not closed yet."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.inline: list[str] = []
        self.prefix = ""
        self.depth = 0

    def visit(self, nodes: Iterable[PageElement]) -> None:
        for node in nodes:
            if isinstance(node, Tag):
                self.tag(node)
            elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
                self.inline.append(str(node))

    def tag(self, tag: Tag) -> None:
        name = tag.name
        if name in _HEADINGS or (name == "head" and tag.get("rend")):
            self.head(tag)
        elif name in _SILENT:
            return
        elif name == "pre" or (name == "code" and self.stands_alone(tag)) or _is_listing(tag):
            self.block(headed.fenced(_lines_of(tag)))
        elif name == "table":
            self.table(tag)
        elif name in ("li", "item"):
            self.item(tag)
        elif name in ("br", "lb"):
            self.inline.append(_BREAK)
        elif name in ("ul", "ol", "list"):
            self.listing(tag)
        elif name in _BLOCKS:
            self.close()
            self.visit(tag.children)
            self.close()
        else:
            self.visit(tag.children)

    def head(self, tag: Tag) -> None:
        level = _HEADINGS.get(tag.name) or _HEADINGS.get(str(tag.get("rend")), 2)
        text = headed.one_line(" ".join(_lines_of(tag).split()).strip("¶#§ "))
        if text:
            self.block(headed.heading(level, text))

    def item(self, tag: Tag) -> None:
        self.close()
        self.prefix = "  " * max(0, self.depth - 1) + "- "
        self.visit(tag.children)
        self.close()
        self.prefix = ""

    def listing(self, tag: Tag) -> None:
        self.close()
        self.depth += 1
        self.visit(tag.children)
        self.close()
        self.depth -= 1
        if self.depth == 0:
            self.pieces.append("\n\n")

    def table(self, tag: Tag) -> None:
        if tag.find(["table", "h1", "h2", "h3", "pre", "article"]):  # a table for the layout, not for data
            self.close()
            self.visit(tag.children)
            self.close()
            return
        caption = tag.find("caption")
        rows = [
            headed.row(_lines_of(cell) for cell in _outermost(line, "td", "th", "cell"))
            for line in _outermost(tag, "tr", "row")
        ]
        lines = [headed.one_line(_lines_of(caption))] if isinstance(caption, Tag) else []
        self.block(headed.unheaded("\n".join(line for line in (*lines, *rows) if line)))

    def block(self, text: str) -> None:
        self.close()
        if text:
            self.pieces.append(f"\n\n{self.prefix if not text.startswith(('#', '`')) else ''}{text}\n\n")

    def close(self) -> None:
        """End the open block, if it has text."""
        lines = [headed.one_line(line) for line in "".join(self.inline).split(_BREAK)]
        text = "\n".join(lines).strip("\n")
        self.inline.clear()
        if not text:
            return
        if self.prefix:
            self.pieces.append(f"\n{self.prefix}{text}")
            self.prefix = "  " * self.depth
        else:
            self.pieces.append(f"\n\n{headed.unheaded(text)}\n\n")

    def stands_alone(self, tag: Tag) -> bool:
        """Code that is a block of its own: several lines, or nothing but it where blocks stand."""
        parent = tag.parent.name if tag.parent else ""
        alone = parent in _CONTAINERS and not "".join(self.inline).strip()
        follows = tag.next_sibling
        return "\n" in tag.get_text().strip() or (
            alone and not (isinstance(follows, NavigableString) and follows.strip())
        )


def _is_listing(tag: Tag) -> bool:
    # How trafilatura hands on a bare <pre>: a quote with line ends in it and no paragraphs.
    return tag.name == "quote" and tag.find(True) is None and "\n" in tag.get_text().strip()


def _outermost(tree: Tag, *names: str) -> Iterator[Tag]:
    """The tags with these names that stand in no other such tag."""
    waiting: list[PageElement] = [*reversed(tree.contents)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Tag) and node.name in names:
            yield node
        elif isinstance(node, Tag):
            waiting += reversed(node.contents)


def _lines_of(tag: Tag) -> str:
    parts: list[str] = []
    for node in tag.descendants:
        if isinstance(node, Tag):
            starts = node.name in _LINES and bool(parts) and not parts[-1].endswith("\n")
            if starts or node.name in ("br", "lb"):
                parts.append("\n")
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            parts.append("" if node.parent is not None and node.parent.name in _UNSEEN else str(node))
    return "".join(parts)
