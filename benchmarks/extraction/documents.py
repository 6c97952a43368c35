"""Markdown -> a document whose text is known. By markdown-it-py alone, so that no reader of ours grades itself."""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from corpus import frontmatter

_FOLDERS = ("company-postmortems", "guidance", "rust-blog-incidents", "curl-advisories")
_TEMPLATED = re.compile(r"\{%|\{\{|<%|^:::|^!!!", re.MULTILINE)
_MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True)
class Known:
    """A document and what is to be found of it. `tokens` are its body's, without the heading that is its title."""

    name: str
    title: str
    markdown: str
    tokens: Sequence[Token]
    html: str
    text: str
    headings: tuple[str, ...]
    code: tuple[str, ...]
    rows: tuple[str, ...]


def known(name: str, source: str) -> Known:
    """The document of a Markdown file. Its raw HTML is left out, of the page as of the known text."""
    fields, body = frontmatter.parse(source)
    stream = _without_html(_MARKDOWN.parse(body))
    title = str(fields.get("title") or "")
    if stream and stream[0].type == "heading_open" and (stream[0].tag == "h1" or plain(stream[1]) == title):
        title = title or plain(stream[1])
        stream = stream[3:]
    return Known(
        name=name,
        title=" ".join((title or name.replace("-", " ")).split()),
        markdown=body,
        tokens=stream,
        html=rendered(stream),
        text="\n".join(_texts(stream)),
        headings=tuple(_after(stream, "heading_open")),
        code=tuple(
            line for token in stream if token.type in ("fence", "code_block") for line in token.content.split("\n")
        ),
        rows=tuple(_rows(stream)),
    )


def rendered(tokens: Sequence[Token]) -> str:
    """The tokens as HTML."""
    return str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))


def groups(tokens: Iterable[Token]) -> Iterator[list[Token]]:
    """The tokens of each block that stands in no other."""
    group: list[Token] = []
    for token in tokens:
        group.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield group
            group = []


def sample(data: Path, count: int) -> list[Known]:
    """Documents of all kinds under `data`, the same ones in every run; stubs and unfilled templates are none."""
    found: list[Known] = []
    for folder in _FOLDERS:
        paths = sorted((data / folder).rglob("*.md"))
        random.Random(folder).shuffle(paths)
        kept = (_usable(path) for path in paths)
        found += [one for one, _ in zip((one for one in kept if one), range(-(-count // len(_FOLDERS))), strict=False)]
    return found


def _usable(path: Path) -> Known | None:
    source = path.read_text("utf-8", errors="replace")
    if not 1_500 <= len(source) <= 40_000 or _TEMPLATED.search(source):
        return None
    one = known(path.stem, source)
    return one if len(one.text) >= 1_000 and len(one.title) <= 150 else None


def _without_html(stream: Iterable[Token]) -> list[Token]:
    kept = [token for token in stream if token.type != "html_block"]
    for token in kept:
        if token.children:
            token.children = [child for child in token.children if child.type != "html_inline"]
    return kept


def _texts(stream: Iterable[Token]) -> Iterator[str]:
    for token in stream:
        if token.type == "inline":
            yield plain(token)
        elif token.type in ("fence", "code_block"):
            yield token.content


def plain(token: Token) -> str:
    """The words of a line of prose: pictures have none."""
    blanks = {"softbreak": " ", "hardbreak": "\n"}
    return "".join(
        child.content if child.type in ("text", "code_inline", "text_special") else blanks.get(child.type, "")
        for child in token.children or ()
    )


def _after(stream: Sequence[Token], opening: str) -> Iterator[str]:
    for token, content in pairwise(stream):
        if token.type == opening and plain(content).strip():
            yield plain(content)


def _rows(stream: Sequence[Token]) -> Iterator[str]:
    """The rows of tables, their cells one after another, without the bars that a reader may put between them."""
    cells: list[str] = []
    for token, content in pairwise(stream):
        if token.type in ("td_open", "th_open"):
            cells.append(plain(content))
        elif token.type == "tr_close":
            yield " ".join(cells)
            cells = []
