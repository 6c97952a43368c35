"""reStructuredText and plain text -> Page."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from corpus import frontmatter
from corpus.errors import NothingToRead
from ingest import headed, metadata
from ingest.types import Page

if TYPE_CHECKING:
    from docutils import nodes

_ROLE = re.compile(r":[\w:.+-]{1,40}:`([^`<]{1,500}?)(?:\s*<[^`>]{0,500}>)?`")
_LONGEST_LINE = 5_000
"""docutils' patterns take for ever on longer ones; no person writes them."""
_SETTINGS: dict[str, Any] = {
    "file_insertion_enabled": False,
    "raw_enabled": False,
    "_disable_config": True,
    "report_level": 5,
    "halt_level": 5,
    "warning_stream": "",
    "syntax_highlight": "none",
    "smart_quotes": False,
}


def read_plain(text: str, *, source: str) -> Page:
    """The page of a plain text, which says nothing of itself but may have front matter.

    Raises NothingToRead if there is no text.
    """
    fields, body = frontmatter.parse(text)
    content = headed.tidy(body)
    if not re.search(r"\w", content):
        raise NothingToRead(source, "there is no text in it")
    return metadata.stated(fields, content)


def read_rst(text: str, *, source: str) -> Page:
    """The page of a reStructuredText; files that it wants to include are not read.

    Raises NothingToRead if there is no text. What docutils cannot make sense of stays as it is.
    """
    plain = read_plain(text, source=source)
    tree = _tree(plain.text)
    if tree is None:
        return plain
    try:
        writer = _Writer()
        writer.visit(tree)
    except RecursionError:
        return plain
    content = headed.tidy("\n\n".join(writer.blocks))
    if len(re.findall(r"\w+", content)) * 3 < len(re.findall(r"\w+", plain.text)):
        return plain  # most of it stood in directives that docutils alone does not know
    title = plain.title or writer.title
    page = metadata.stated(writer.fields, headed.without_title(content, title))
    return replace(
        page,
        title=title,
        kind=plain.kind or page.kind,
        url=plain.url or page.url,
        organization=plain.organization or page.organization,
        published=plain.published or page.published,
        tags=plain.tags or page.tags,
        language=plain.language or page.language,
        id=plain.id or page.id,
    )


def _tree(text: str) -> "nodes.document | None":
    if any(len(line) > _LONGEST_LINE for line in text.splitlines()):
        return None
    from docutils.core import publish_doctree

    text = _ROLE.sub(r"\1", text)
    try:
        tree: nodes.document = publish_doctree(text, settings_overrides=_SETTINGS)
    except Exception:  # docutils raises what its parsers trip over; the text itself can still be read
        return None
    return tree


class _Writer:
    """Walks a document tree and collects blocks of headed text, the title and the fields."""

    def __init__(self) -> None:
        self.blocks: list[str] = []
        self.fields: dict[str, object] = {}
        self.title: str | None = None
        self.depth = 0
        self.prefix = ""

    def visit(self, node: "nodes.Node") -> None:
        name = type(node).__name__
        handle = getattr(self, f"on_{name}", None)
        if handle is not None:
            handle(node)
        elif name in _PARAGRAPHS:
            self.add(node.astext())
        elif name not in _UNSEEN:
            for child in node.children:
                self.visit(child)

    def add(self, text: str) -> None:
        if text.strip():
            self.blocks.append(self.prefix + headed.unheaded(text.strip()))
            self.prefix = " " * len(self.prefix)

    def on_title(self, node: "nodes.Node") -> None:
        if type(node.parent).__name__ == "document":
            self.title = metadata.name_of(node.astext())
        if type(node.parent).__name__ in ("document", "section"):
            self.blocks.append(headed.heading(self.depth + 1, node.astext()))
        else:
            self.add(node.astext())

    def on_subtitle(self, node: "nodes.Node") -> None:
        self.blocks.append(headed.heading(2, node.astext()))

    def on_section(self, node: "nodes.Node") -> None:
        self.depth += 1
        for child in node.children:
            self.visit(child)
        self.depth -= 1

    def on_literal_block(self, node: "nodes.Node") -> None:
        self.blocks.append(headed.fenced(node.astext()))

    def on_doctest_block(self, node: "nodes.Node") -> None:
        self.on_literal_block(node)

    def on_list_item(self, node: "nodes.Node") -> None:
        outer = self.prefix
        self.prefix = f"{' ' * len(outer)}- "
        for child in node.children:
            self.visit(child)
        self.prefix = " " * len(outer)

    def on_row(self, node: "nodes.Node") -> None:
        line = headed.row(entry.astext() for entry in node.children)
        joins = self.blocks and " | " in self.blocks[-1] and not self.blocks[-1].startswith(("#", "`"))
        if joins and line:
            self.blocks[-1] += f"\n{line}"
        else:
            self.add(line)

    def on_docinfo(self, node: "nodes.Node") -> None:
        for child in node.children:
            if type(child).__name__ == "field":
                self.on_field(child)
            else:
                self.fields.setdefault(type(child).__name__.lower(), child.astext())

    def on_field(self, node: "nodes.Node") -> None:
        """A field at the document's start says something of it; elsewhere it is text."""
        name, value = (child.astext().strip() for child in (list(node.children) * 2)[:2])
        if self.blocks and self.title is None and len(self.blocks) > 1:
            self.add(f"{name}: {value}")
        else:
            self.fields.setdefault(name.lower(), value)


_UNSEEN = ("comment", "system_message", "substitution_definition", "target", "pending", "raw", "topic", "meta")
_PARAGRAPHS = ("paragraph", "term", "line", "caption", "attribution", "rubric", "math_block")
