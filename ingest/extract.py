"""Bytes -> Page: tells the format by content type, name and the bytes themselves, and hands over to its reader."""

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from corpus.errors import ExtractError, Unreadable, UnsupportedType
from ingest import headed, metadata
from ingest.decode import decode
from ingest.docx import read_docx
from ingest.html import read_html
from ingest.kinds import guess_kind
from ingest.markdown import read_markdown
from ingest.markup import read_plain, read_rst
from ingest.pdf import read_pdf
from ingest.types import Page

Format = Literal["html", "markdown", "erb", "rst", "text", "pdf", "docx"]

ENDINGS: dict[str, Format] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown", ".mdown": "markdown",
    ".mkd": "markdown", ".mdx": "markdown", ".qmd": "markdown", ".erb": "erb", ".rst": "rst", ".rest": "rst",
    ".txt": "text", ".text": "text", ".log": "text", ".adoc": "text", ".org": "text", ".pdf": "pdf", ".docx": "docx",
}  # fmt: skip
"""File name endings that Lessonry reads as documents."""
_TYPES: dict[str, Format] = {
    "text/html": "html", "application/xhtml+xml": "html", "text/markdown": "markdown", "text/x-markdown": "markdown",
    "text/x-rst": "rst", "text/prs.fallenstein.rst": "rst", "application/pdf": "pdf", "application/x-pdf": "pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
}  # fmt: skip
_OTHER_ENDINGS = {
    ".json": "JSON", ".jsonl": "JSON", ".csv": "CSV", ".tsv": "a table", ".xml": "XML", ".doc": "an old Word document",
    ".rtf": "RTF", ".odt": "an OpenDocument text", ".xlsx": "a spreadsheet", ".xls": "a spreadsheet",
    ".pptx": "a presentation", ".ppt": "a presentation", ".epub": "an EPUB", ".zip": "a ZIP archive",
}  # fmt: skip
_SIGNATURES = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\x7fELF", "a program"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"{\\rtf", "RTF"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LOOKS_LIKE_HTML = re.compile(
    rb"\s{0,1000}(?:<!--.{0,2000}?-->\s{0,1000})?(?:<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>])", re.I | re.S
)
_LOOKS_LIKE_MARKDOWN = re.compile(rb"(?:\xef\xbb\xbf)?\s{0,100}(?:#{1,6} \S|---\s*\n|\+\+\+\s*\n)")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]{1,40})", re.IGNORECASE)


def extract(body: bytes, *, name: str, content_type: str | None = None) -> Page:
    """What the document in `body` says: its headed text, and what it states of itself.

    `name` is a file name, path or address; its ending tells the format where the content type
    does not, and a date in it is the last resort for `published`.
    Raises UnsupportedType, NothingToRead or Unreadable, each with `source=name`; nothing else.
    """
    page = _read(body, format_of(body, name=name, content_type=content_type), name, content_type)
    headings = [title for _, title in headed.headings(page.text)]
    return replace(
        page,
        published=page.published or metadata.date_in_name(name),
        kind=guess_kind(page.title, headings, page.tags, page.kind),
    )


def format_of(body: bytes, *, name: str, content_type: str | None = None) -> Format:
    """Which reader the bytes are for. Raises UnsupportedType, or Unreadable for what is locked."""
    found = _by_bytes(body, name)
    if found:
        return found
    kind = (content_type or "").split(";")[0].strip().lower()
    ending = _ending(name)
    by_type, by_name = _TYPES.get(kind), ENDINGS.get(ending)
    # Servers know HTML from the rest; for all else they say text/plain or nothing, and the name tells more.
    if by_type in ("html", "markdown", "rst"):
        return by_type
    if by_name in ("markdown", "erb", "rst", "text", "html"):
        return "html" if by_name == "markdown" and _LOOKS_LIKE_HTML.match(body) else by_name
    if by_type or by_name:
        wanted = "PDF" if "pdf" in (by_type, by_name) else "DOCX"
        raise Unreadable(name, f"it should be a {wanted}, but it does not look like one: damaged or cut off")
    if _LOOKS_LIKE_HTML.match(body):
        return "html"
    if kind in ("application/json", "text/csv", "application/xml", "text/xml") or kind.endswith("+json"):
        raise UnsupportedType(name, kind)
    if kind.startswith(("image/", "audio/", "video/", "font/")) or ending in _OTHER_ENDINGS:
        raise UnsupportedType(name, _OTHER_ENDINGS.get(ending, kind))
    return "markdown" if _LOOKS_LIKE_MARKDOWN.match(body) else "text"


def _by_bytes(body: bytes, name: str) -> Format | None:
    """The format that the bytes themselves give away."""
    if b"%PDF-" in body[:1024]:
        return "pdf"
    if body.startswith(_OLE):
        if b"E\x00n\x00c\x00r\x00y\x00p\x00t\x00" in body:
            raise Unreadable(name, "it is locked with a password")
        raise UnsupportedType(name, "an old Office document")
    if body.startswith(b"PK\x03\x04"):
        return _zipped(body, name)
    for signature, found in _SIGNATURES:
        if body.startswith(signature):
            raise UnsupportedType(name, found)
    return None


def _zipped(body: bytes, name: str) -> Format:
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = set(archive.namelist())
    except Exception:  # damaged: its name tells what it should have been, and the reader says what is wrong
        entries = {"word/document.xml"} if _ending(name) == ".docx" else set()
    if "word/document.xml" in entries or (_ending(name) == ".docx" and "[Content_Types].xml" in entries):
        return "docx"
    raise UnsupportedType(name, _OTHER_ENDINGS.get(_ending(name), "a ZIP archive"))


def _ending(name: str) -> str:
    path = name.split("?")[0].split("#")[0] if "://" in name else name
    match = re.search(r"\.\w{1,10}$", path.rstrip("/"))
    return match[0].lower() if match else ""


def _read(body: bytes, found: Format, name: str, content_type: str | None) -> Page:
    if found == "pdf":
        return read_pdf(body, source=name)
    if found == "docx":
        return read_docx(body, source=name)
    declared = _CHARSET.search(content_type or "")
    text = decode(body, name, declared=declared[1] if declared else None)
    if found == "erb":
        inner = ENDINGS.get(_ending(name[: -len(".erb")]), "markdown")
        return read_html(text, source=name) if inner == "html" else read_markdown(text, source=name, embedded=True)
    readers: dict[str, Callable[..., Page]] = {"html": read_html, "markdown": read_markdown, "rst": read_rst}
    return readers.get(found, read_plain)(text, source=name)


__all__ = ["ENDINGS", "ExtractError", "extract", "format_of"]
