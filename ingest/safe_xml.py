"""XML of strangers -> a tree of elements: no entities of its own, nothing fetched; damage mended as far as it goes."""

import re
from collections.abc import Iterator
from html import unescape

from lxml import etree

from corpus.errors import Unreadable
from ingest.decode import decode

_SKIPPED = (("<?", "?>"), ("<!--", "-->"))
_DOCTYPE = re.compile(r"<!DOCTYPE(?:[^\[\]\"'<>]|\"[^\"]*\"|'[^']*')*+(?P<end>[\[>]|\Z)?", re.IGNORECASE)
_ROOT = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_LOOSE = re.compile(r"<!\[CDATA\[|\]\]>|&(?!#?\w{1,31};)|&(?!(?:amp|lt|gt|quot|apos);)[A-Za-z]\w{1,30};")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w:.-]{1,40})", re.IGNORECASE)


def root_name(text: str) -> str | None:
    """The name of the first element without its prefix, "!DOCTYPE html" as "html"; None where no markup begins."""
    place = _after_prolog(text)
    match = _DOCTYPE.match(text, place)
    if match:
        return "html" if re.match(r"<!DOCTYPE\s+html\b", text[place : place + 50], re.IGNORECASE) else _named(match[0])
    first = _ROOT.match(text, place)
    return first[1] if first else None


def read_tree(body: bytes, *, source: str, content_type: str | None = None) -> tuple["etree._Element", str | None]:
    """The root element, and one line on what is damaged (None: nothing).

    Raises Unreadable for a DOCTYPE that declares anything and for what is no XML at all, and what `decode` raises.
    """
    declared = _CHARSET.search(content_type or "")
    text = _bare(decode(body, source, declared=declared[1] if declared else None), source)
    try:
        return _parsed(text, recover=False), None
    except etree.XMLSyntaxError as error:
        line = error.lineno
    try:
        root = _parsed(_mended(text), recover=True)
    except etree.XMLSyntaxError:
        root = None
    if root is None:
        raise Unreadable(source, "no XML can be made out in it")
    return root, f"the XML is damaged in line {line}; it was read as far as it can be"


def name_of(element: "etree._Element") -> str:
    """The element's name without its namespace; an empty text for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: "etree._Element", *names: str) -> Iterator["etree._Element"]:
    """The children of these names, whatever their namespace."""
    return (child for child in element if name_of(child) in names)


def text_of(element: "etree._Element", name: str) -> str | None:
    """The text of the first child of this name, on one line; None if it says nothing."""
    found = next(children(element, name), None)
    return " ".join("".join(map(str, found.itertext())).split()) or None if found is not None else None


def _bare(text: str, source: str) -> str:
    """The text without its declaration and DOCTYPE."""
    place = _after_prolog(text)
    match = _DOCTYPE.match(text, place)
    if match is None:
        return text[place:]
    if match["end"] != ">":
        raise Unreadable(source, "its DOCTYPE declares entities, which is not read for safety")
    return text[match.end() :]


def _after_prolog(text: str) -> int:
    """Where the text goes on after blanks, declarations and comments."""
    place = 0
    while True:
        while text[place : place + 1].isspace():
            place += 1
        end = next((ends for starts, ends in _SKIPPED if text.startswith(starts, place)), None)
        stop = text.find(end, place) if end else -1
        if end is None or stop < 0:
            return place
        place = stop + len(end)


def _named(doctype: str) -> str | None:
    match = re.match(r"<!DOCTYPE\s+(?:[\w.-]+:)?([\w.-]+)", doctype, re.IGNORECASE)
    return match[1] if match else None


def _parsed(text: str, *, recover: bool) -> "etree._Element":
    parser = etree.XMLParser(
        recover=recover, resolve_entities=False, no_network=True, load_dtd=False, encoding="utf-8", remove_pis=True
    )
    return etree.fromstring(text.encode(errors="replace"), parser)


def _mended(text: str) -> str:
    """What breaks XML most often, set right outside of CDATA: a bare `&`, and the entities of HTML."""
    inside = False

    def mend(match: re.Match[str]) -> str:
        nonlocal inside
        if match[0][0] != "&":
            inside = match[0] != "]]>"
            return match[0]
        if inside:
            return match[0]
        known = unescape(match[0])
        return "&amp;" + match[0][1:] if known == match[0] else known

    return _LOOSE.sub(mend, text)
