"""DOCX -> Page by python-docx: headings by their styles, lists, tables, and the core properties."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from corpus.errors import NothingToRead, Unreadable
from ingest import headed, metadata
from ingest.types import Page

if TYPE_CHECKING:
    from docx.document import Document

MOST_BYTES = 200_000_000
"""A DOCX that unpacks to more than this is refused: it is a bomb, or nothing to read."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = frozenset((f"{_W}del", f"{_W}moveFrom", f"{_W}txbxContent", f"{_W}instrText", f"{_W}pPr", f"{_W}rPr"))
_JUNK_TITLE = re.compile(
    r"(?:word document|document|dokument|untitled|title|template)\s*\d*|.*\.(?:docx?|dotx?|rtf|odt)", re.IGNORECASE
)
_CODE_STYLE = re.compile(r"code|source|preformatted|verbatim|listing", re.IGNORECASE)


def read_docx(body: bytes, *, source: str) -> Page:
    """The text of a Word document. When its file was made is not when its text was published.

    Raises Unreadable if it is damaged or unpacks to too much, NothingToRead if it holds no text.
    """
    document = _open(body, source)
    try:
        text, first = _Writer(document).read()
        properties = document.core_properties
        stated, keywords, language = properties.title, properties.keywords, properties.language
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise Unreadable(source, "the DOCX is damaged: parts of it are missing") from error
    title = metadata.name_of(stated) if stated and not _JUNK_TITLE.fullmatch(stated.strip()) else None
    title = title or metadata.name_of(first)
    content = headed.without_title(headed.tidy(text), title)
    if not re.search(r"\w", content):
        raise NothingToRead(source, "there is no text in it")
    return Page(text=content, title=title, tags=metadata.tags_of(keywords), language=metadata.language_of(language))


def _open(body: bytes, source: str) -> "Document":
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
    except Exception as error:  # zipfile raises struct.error, ValueError, NotImplementedError ... for damaged ones
        raise Unreadable(source, "the DOCX is damaged or cut off") from error
    if size > MOST_BYTES:
        raise Unreadable(source, f"it unpacks to more than {MOST_BYTES // 1_000_000} MB")
    import docx

    try:
        return docx.Document(io.BytesIO(body))
    except Exception as error:  # whatever zipfile, zlib, lxml and python-docx meet in a damaged file
        raise Unreadable(source, "the DOCX is damaged or cut off") from error


class _Writer:
    """Walks the body in order; python-docx names the styles, the text is read from the XML."""

    def __init__(self, document: "Document") -> None:
        self.document = document
        self.names = {style.style_id: style.name or "" for style in document.styles}
        self.blocks: list[str] = []
        self.code: list[str] = []
        self.first: str | None = None

    def read(self) -> tuple[str, str | None]:
        """The headed text, and the title that a style marks."""
        for element in _blocks(self.document.element.body):
            if element.tag == f"{_W}p":
                self.paragraph(element)
            else:
                self.close()
                self.table(element)
        self.close()
        return "".join(self.blocks), self.first

    def paragraph(self, element: Any) -> None:
        style = self.style(element)
        text = "".join(_text(element)).strip("\n")
        if _CODE_STYLE.search(style):
            self.code.append(text)
            return
        self.close()
        text = "\n".join(headed.one_line(line) for line in text.splitlines() if line.strip())
        heading = re.fullmatch(r"heading (\d)", style.lower())
        if not text or style.lower().startswith("toc"):
            return
        if heading or style.lower() == "title":
            level = int(heading[1]) if heading else 1
            if self.first is None and level == 1 and (not heading or not self.blocks):
                self.first = headed.one_line(text)
            self.blocks.append(f"\n\n{headed.heading(level, text)}\n\n")
        elif style.lower().startswith("list") or element.find(f"{_W}pPr/{_W}numPr") is not None:
            self.blocks.append(f"\n{self.indent(element)}- {text}")
        else:
            self.blocks.append(f"\n\n{headed.unheaded(text)}\n\n")

    def style(self, element: Any) -> str:
        node = element.find(f"{_W}pPr/{_W}pStyle")
        return self.names.get(node.get(f"{_W}val"), "") if node is not None else ""

    def indent(self, element: Any) -> str:
        level = element.find(f"{_W}pPr/{_W}numPr/{_W}ilvl")
        value = level.get(f"{_W}val") if level is not None else None
        return "  " * min(int(value), 8) if value and value.isdigit() else ""

    def table(self, element: Any) -> None:
        rows = []
        for line in element.iter(f"{_W}tr"):
            cells = [" ".join("".join(_text(part)) for part in _blocks(cell)) for cell in line.findall(f"{_W}tc")]
            rows.append(headed.row(cells))
        self.blocks.append("\n\n" + headed.unheaded("\n".join(row for row in rows if row)) + "\n\n")

    def close(self) -> None:
        """End the listing that is open, if there is one."""
        if any(line.strip() for line in self.code):
            self.blocks.append(f"\n\n{headed.fenced(chr(10).join(self.code))}\n\n")
        self.code.clear()


def _blocks(element: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, those in content controls and insertions too."""
    for child in element:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED:
            yield from _blocks(child)


def _text(element: Any) -> Iterator[str]:
    """The text of a paragraph: what was deleted is not in it, what was inserted is."""
    for child in element:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag == f"{_W}tab":
            yield "\t"
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield "\n"
        elif child.tag == f"{_W}noBreakHyphen":
            yield "-"
        elif isinstance(child.tag, str) and child.tag not in _SKIPPED and not child.tag.endswith("}Fallback"):
            yield from _text(child)
