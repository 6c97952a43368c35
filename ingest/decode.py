"""Bytes -> text: byte order mark, what is declared, UTF-8, and only then a guess. Binary files are refused."""

import codecs
import re

from corpus.errors import NothingToRead, UnsupportedType

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([\w:.-]{1,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s{0,20}<\?xml[^>]{0,100}?encoding\s{0,5}=\s{0,5}[\"']([\w:.-]{1,40})", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SAMPLE = 20_000
"""Guessing an encoding looks at no more bytes than this: it is slow."""


def decode(body: bytes, source: str, *, declared: str | None = None) -> str:
    """The text of `body`, line ends as `\\n`, control characters taken out.

    `declared` is a character set that a content type names; a wrong one does no harm.
    Raises NothingToRead for no bytes at all, UnsupportedType for a binary file.
    """
    if not body.strip():
        raise NothingToRead(source, "it is empty")
    text = _decoded(body, declared)
    controls = len(_CONTROL.findall(text))
    if controls > 2 + len(text) // 100:
        raise UnsupportedType(source, "a binary file")
    text = _CONTROL.sub("", text.removeprefix("\ufeff"))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(body: bytes, declared: str | None) -> str:
    for mark, encoding in _MARKS:
        if body.startswith(mark):
            return body.decode(encoding, errors="replace")
    for name in (declared, *_declarations(body), "utf-8"):
        text = _strictly(body, name)
        if text is not None:
            return text
    text = body.decode("utf-8", errors="replace")
    damaged = text.count("\ufffd")
    beyond_ascii = sum(1 for character in text if character > "\x7f") - damaged
    # Letters that came out right in UTF-8 are no accident: a few bad bytes are damage, not another encoding.
    return text if beyond_ascii > damaged else _guessed(body)


def _declarations(body: bytes) -> list[str]:
    found = (pattern.search(body[:4096]) for pattern in (_XML, _META))
    return [match[1].decode("ascii", errors="ignore") for match in found if match]


def _strictly(body: bytes, name: str | None) -> str | None:
    if not name:
        return None
    try:
        encoding = codecs.lookup(name).name
        if encoding.startswith("utf-16") or encoding.startswith("utf-32"):
            return None  # without a mark: what could be read to find the declaration was no UTF-16
        if encoding in ("iso8859-1", "ascii"):
            encoding = "cp1252"  # as browsers do
        return body.decode(encoding)
    except (LookupError, ValueError):  # ValueError: e.g. "\0" in the name, and every UnicodeError
        return None


def _guessed(body: bytes) -> str:
    from charset_normalizer import from_bytes

    first = next((index for index, byte in enumerate(body) if byte > 0x7F), 0)
    start = max(0, first - _SAMPLE // 4)
    best = from_bytes(body[start : start + _SAMPLE]).best()
    # Short texts are guessed wildly (Cyrillic for one accent): without a clear answer, what Windows wrote.
    clear = best is not None and len(body) > 400 and best.encoding not in ("utf_16", "utf_32", "ascii")
    return body.decode(best.encoding if best is not None and clear else "cp1252", errors="replace")
