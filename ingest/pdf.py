"""PDF -> Page by pypdfium2: its lines with their places, its bookmarks and what its information says."""

import ctypes
import math
import re
import threading
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from corpus.errors import NothingToRead, Unreadable
from ingest import headed, metadata, pdf_layout
from ingest.pdf_layout import Line
from ingest.types import Page

if TYPE_CHECKING:
    from pypdfium2 import PdfDocument, PdfPage, PdfTextPage

MOST_PAGES = 5_000
MOST_CHARACTERS = 20_000_000
_MOST_LINKS = 2_000
_MOST_BOOKMARKS = 20_000
_PICTURES = "its pages are pictures; text recognition is not part of Lessonry"
_LOCK = threading.Lock()
"""PDFium is not thread-safe: one thread at a time, from opening to closing."""
_JUNK_TITLE = re.compile(
    r"(?:microsoft (?:word|powerpoint|excel|office).*|untitled.*"
    r"|(?:document|dokument|slide|presentation|title|print)\s*\d*"
    r"|.*\.(?:docx?|pdf|tex|dvi|ps|indd|qxd|pptx?|xlsx?|html?|rtf|odt|txt|md|pages)"
    r"|https?:.*|about:.*|[\W\d_]*|none|null|temp)",
    re.IGNORECASE,
)


def read_pdf(body: bytes, *, source: str) -> Page:
    """The text of a PDF in reading order, with headings where it has bookmarks or larger print.

    Raises Unreadable if it is damaged, locked or too large, NothingToRead if it holds no text.
    When a PDF was made is not when its text was published: that stays unknown here.
    """
    with _LOCK:
        document = _open(body, source)
        try:
            return _read(document, source)
        finally:
            document.close()


def _open(body: bytes, source: str) -> "PdfDocument":
    import pypdfium2

    try:
        return pypdfium2.PdfDocument(body)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == pypdfium2.raw.FPDF_ERR_PASSWORD
        reason = "it is locked with a password" if locked else "the PDF is damaged or cut off"
        raise Unreadable(source, reason) from error


def _read(document: "PdfDocument", source: str) -> Page:
    count = len(document)
    if count > MOST_PAGES:
        raise Unreadable(source, f"it has {count:,} pages; Lessonry reads up to {MOST_PAGES:,}")
    lines = _lines(document, source)
    if not lines:
        pictures = any(_has_picture(document, number) for number in range(min(count, 20)))
        raise NothingToRead(source, _PICTURES if pictures else "its pages are empty")
    lines = pdf_layout.without_furniture(lines, count)
    text = pdf_layout.headed_text(lines, _outline(document))
    info = document.get_metadata_dict()
    title = _title(info.get("Title", ""), lines)
    return Page(
        text=headed.without_title(text, title),
        title=title,
        tags=metadata.tags_of(info.get("Keywords")),
        language=metadata.language_of(_language(document)),
    )


def _lines(document: "PdfDocument", source: str) -> list[Line]:
    import pypdfium2

    lines: list[Line] = []
    characters = broken = 0
    for number in range(len(document)):
        try:
            page = document[number]
            try:
                found = list(_lines_of(page, number))
            finally:
                page.close()
        except pypdfium2.PdfiumError:
            broken += 1
            continue
        lines += pdf_layout.in_reading_order(found)
        characters += sum(len(line.text) for line in found)
        if characters > MOST_CHARACTERS:
            raise Unreadable(source, f"it has more than {MOST_CHARACTERS:,} characters")
    if broken == len(document):
        raise Unreadable(source, "the PDF is damaged or cut off")
    return lines


def _lines_of(page: "PdfPage", number: int) -> Iterator[Line]:
    links = list(islice(_links(page), _MOST_LINKS))
    textpage = page.get_textpage()
    try:
        start = 0
        for raw in _characters(textpage).split("\n"):
            text = headed.one_line(_readable(raw))
            if text:
                first = start + len(raw) - len(raw.lstrip())
                yield _line(textpage, number, text, first, start + len(raw.rstrip()) - 1, links)
            start += len(raw) + 1
    finally:
        textpage.close()


def _characters(textpage: "PdfTextPage") -> str:
    """All characters of a page, each at the place that PDFium counts it."""
    import pypdfium2.raw as pdfium

    count = textpage.count_chars()
    text = textpage.get_text_range() if count else ""
    if len(text) == count:
        return text
    codes = (pdfium.FPDFText_GetUnicode(textpage, at) for at in range(count))
    return "".join(chr(code) if 0 < code < 0x110000 else " " for code in codes)


def _readable(raw: str) -> str:
    """PDFium marks a hyphen at a line's end by U+0002 or U+FFFE and goes on with the next line."""
    # "over" + "loaded" was divided to fit the line; "eqiad-port" + "saturation" has hyphens of its own.
    raw = re.sub(r"(?<![^\s(])([^\W\d_]{2,})[\x02\ufffe]\s*(?=[a-zß-ÿ])", r"\1", raw)
    raw = re.sub(r"[\x02\ufffe]\s*", "-", raw)
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u00ad\u200b\ufeff\ud800-\udfff]", " ", raw)


def _line(
    textpage: "PdfTextPage", number: int, text: str, first: int, last: int, links: list[tuple[float, ...]]
) -> Line:
    import pypdfium2.raw as pdfium

    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(textpage, first, x, y)
    left, right = textpage.get_charbox(first)[0], textpage.get_charbox(last)[2]
    size = _size(textpage, first)
    linked = 0.0
    for link_left, bottom, link_right, top in links:
        if bottom - 1 <= y.value + 0.2 * size and y.value <= top:
            linked += max(0.0, min(right, link_right) - max(left, link_left))
    return Line(text, number, left, right, y.value, size, min(1.0, linked / max(right - left, 1.0)))


def _size(textpage: "PdfTextPage", at: int) -> float:
    """The size of print: what the font says, scaled as it is drawn, to half a point."""
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    scale = 1.0
    if pdfium.FPDFText_GetMatrix(textpage, at, matrix):
        scale = math.hypot(matrix.c, matrix.d) or 1.0
    drawn = float(pdfium.FPDFText_GetFontSize(textpage, at)) * scale
    return max(1.0, round(drawn * 2) / 2) if math.isfinite(drawn) else 1.0


def _links(page: "PdfPage") -> Iterator[tuple[float, ...]]:
    """Where the page's links stand: left, bottom, right, top."""
    import pypdfium2.raw as pdfium

    position, link, place = ctypes.c_int(0), pdfium.FPDF_LINK(), pdfium.FS_RECTF()
    while pdfium.FPDFLink_Enumerate(page, position, link):
        if pdfium.FPDFLink_GetAnnotRect(link, place):
            yield place.left, place.bottom, place.right, place.top


def _outline(document: "PdfDocument") -> dict[str, int]:
    found: dict[str, int] = {}
    for bookmark in islice(document.get_toc(), _MOST_BOOKMARKS):
        key = pdf_layout.key_of(bookmark.get_title() or "")
        if key:
            found.setdefault(key, min(bookmark.level + 1, 6))
    return found


def _title(stated: str, lines: list[Line]) -> str | None:
    """The stated title, unless a program made it up; else the largest print of the first page."""
    stated = headed.one_line(stated.replace("\x00", ""))
    levels = pdf_layout.measured(lines).levels
    first = [line for line in lines if line.page == lines[0].page and line.size in levels]
    largest = max((line.size for line in first), default=0.0)
    shown = headed.one_line(" ".join(line.text for line in first if line.size == largest))
    shown = shown if 3 <= len(shown) <= 200 and re.search(r"[^\W\d_]{2}", shown) else ""
    if not stated or _JUNK_TITLE.fullmatch(stated):
        return shown or None
    # A browser prints "Title - Site": where the page shows the title alone, that is it.
    heads = (stated[: match.start()] for match in re.finditer(r"\s+[-|–—:·]\s", stated))
    alone = (head for head in heads if shown and pdf_layout.key_of(head) == pdf_layout.key_of(shown))
    return next(alone, None) or metadata.name_of(stated)


def _language(document: "PdfDocument") -> str | None:
    import pypdfium2.raw as pdfium

    needed = pdfium.FPDFCatalog_GetLanguage(document, None, 0)
    if not 2 < needed < 200:
        return None
    buffer: Any = ctypes.create_string_buffer(needed)
    pdfium.FPDFCatalog_GetLanguage(document, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), needed)
    return bytes(buffer.raw).decode("utf-16-le", errors="ignore").rstrip("\x00")


def _has_picture(document: "PdfDocument", number: int) -> bool:
    import pypdfium2

    try:
        return any(True for _ in document[number].get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))
    except pypdfium2.PdfiumError:
        return False
