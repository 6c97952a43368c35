"""A value of a table or of JSON -> text: HTML and entities undone, lists and updates flattened, damage cleaned."""

import html
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from bs4 import BeautifulSoup

from ingest.headed import heading, tidy
from ingest.html_blocks import headed_text
from ingest.metadata import partial_date

_TAG = re.compile(
    r"</?(?:p|br|div|span|ul|ol|li|h[1-6]|a|b|i|u|em|strong|font|table|tr|td|th|pre|code|sub|sup|blockquote|hr|img)"
    r"(?:\s+[\w:-]+\s*=[^<>]*)?\s*/?>",
    re.IGNORECASE,
)
_BLOCK = re.compile(r"<(?:p|div|ul|ol|li|h[1-6]|table|pre|blockquote)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[a-zA-Z]{2,8});")
_FENCE = re.compile(r"^\s*(?:```|~~~)", re.MULTILINE)
_LOST_APOSTROPHE = re.compile(r"(?<=[^\W_])\ufffd(?=(?:s|t|re|ve|ll|d|m)\b)")
_ODD_BLANKS = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\ufffd]")
_APOSTROPHE_LIKE = re.compile(r"[A-Za-z][^\x00-\x7f\W](?=[st]\b)")
_HIGH_LETTER = re.compile(r"[^\x00-\x7f\W]")

_DATE_KEYS = ("date", "created_at", "display_at", "published_at", "time", "timestamp", "at", "when", "updated_at")
_STATE_KEYS = ("status", "state", "title", "name")
_BODY_KEYS = ("content", "body", "text", "message", "description", "note", "details", "html")
_DEEPEST = 8


def mended(text: str, *, is_utf8: bool) -> str:
    """The text of a file; where its encoding is none that we know, unknown characters are marked and not guessed.

    In a text of Western Europe accented letters stand anywhere in words. If they mostly stand where English has
    its apostrophes (`NASAês`), the file was damaged by a wrong conversion before it came to us.
    """
    letters = 0 if is_utf8 else len(_HIGH_LETTER.findall(text))
    if letters < 5 or len(_APOSTROPHE_LIKE.findall(text)) < 0.4 * letters:
        return text
    return re.sub(r"[^\x00-\x7f]", "\ufffd", text)


def plain(text: str) -> str:
    """Text without HTML, entities, odd blanks and the marks of lost characters; paragraphs and fences kept."""
    if _TAG.search(text) and not _FENCE.search(text):
        text = _without_tags(text)
    elif _ENTITY.search(text):
        text = html.unescape(text)
    text = _ODD_BLANKS.sub(" ", _LOST_APOSTROPHE.sub("’", text))
    return tidy("\n".join(_lines(text)))


def _without_tags(text: str) -> str:
    """What a fragment of HTML says; where no tag makes blocks, the line breaks between the tags do."""
    if not _BLOCK.search(text):
        text = re.sub(r"\r?\n", "<br>", re.sub(r"\r?\n\s*\n", "<p>", text))
    try:
        return headed_text(BeautifulSoup(text, "lxml"))
    except (RecursionError, AssertionError):
        return _TAG.sub(" ", text)


def _lines(text: str) -> Iterable[str]:
    """Lines without the indentation that exports leave behind, code fences as they are."""
    inside = False
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if _FENCE.match(line):
            inside = not inside
        yield line.rstrip() if inside else re.sub(r"[ \t]{2,}", " ", line.strip())


def text_of(value: object, depth: int = 0) -> str:
    """Any value as headed text; lists of dated objects (the updates of a status page) as one section each."""
    if isinstance(value, str):
        return plain(value)
    if value is None or isinstance(value, bool) or depth > _DEEPEST:
        return ""
    if isinstance(value, list):
        return _joined(_entry(part, depth) for part in _in_time(value))
    if isinstance(value, Mapping):
        return _entry(value, depth)
    return str(value)


def _entry(value: object, depth: int) -> str:
    if not isinstance(value, Mapping):
        return text_of(value, depth + 1)
    body_key = next((key for key in _BODY_KEYS if value.get(key)), None)
    if body_key is None:
        return _joined(_section(str(key), text_of(part, depth + 1)) for key, part in value.items())
    said = (_moment(_first(value, _DATE_KEYS)), plain(str(_first(value, _STATE_KEYS) or "")))
    return _section(", ".join(part for part in said if part), text_of(value[body_key], depth + 1))


def _section(title: str, body: str) -> str:
    return f"{heading(2, title)}\n\n{body}" if title and body else body


def _joined(parts: Iterable[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def sections(parts: Mapping[str, object]) -> str:
    """Several columns as one headed text; a single one that says something needs no heading."""
    texts = {name: text_of(value) for name, value in parts.items()}
    said = {name: text for name, text in texts.items() if text}
    if len(said) < 2:
        return "".join(said.values())
    return _joined(_section(name, text) for name, text in said.items())


def earliest(value: object) -> str | None:
    """The date of the first of several dated objects, None if none of them says when."""
    parts = value if isinstance(value, list) else []
    dates = [partial_date(_first(part, _DATE_KEYS)) for part in parts if isinstance(part, Mapping)]
    return min((date for date in dates if date), default=None)


def _in_time(parts: list[object]) -> list[object]:
    """Oldest first, as it happened, if every part says when; else as it stands."""
    moments = [_time(_first(part, _DATE_KEYS)) if isinstance(part, Mapping) else None for part in parts]
    known = [moment for moment in moments if moment is not None]
    if len(known) < len(parts):
        return parts
    return [part for _, part in sorted(zip(known, parts, strict=True), key=lambda pair: pair[0])]


def _first(value: Mapping[object, object], keys: Iterable[str]) -> object:
    return next((value[key] for key in keys if value.get(key)), None)


def _time(value: object) -> datetime | None:
    """A moment in UTC; one that names no zone is taken for UTC (only the order matters then)."""
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
        if found is None or found.tzinfo is None:
            return found and found.replace(tzinfo=UTC)
        return found.astimezone(UTC)
    except (ValueError, OverflowError):  # the first and the last day there are have no other zone's time
        return None


def _moment(value: object) -> str:
    found = _time(value)
    if found is None or not isinstance(value, str):
        return " ".join(value.split()) if isinstance(value, str) else ""
    if len(value) <= 10:
        return found.strftime("%Y-%m-%d")
    named = datetime.fromisoformat(value).tzinfo is not None
    return found.strftime("%Y-%m-%d %H:%M") + (" UTC" if named else "")
