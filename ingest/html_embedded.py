"""Pages that a script draws: their text is not in the body but in JSON that stands in the page."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from bs4 import BeautifulSoup, Tag
from markdown_it import MarkdownIt

from ingest.headed import one_line
from ingest.html_tree import parsed

_LEAST_WORDS = 40
_MOST_SCRIPT = 10_000_000
_MOST_STARTS = 20
_MOST_VALUES = 300_000
_ASSIGNED = re.compile(r"[\w\])$]\s*=\s*(?=[{\[])|\bJSON\.parse\(\s*(?=\")")
_HTML = re.compile(r"<(?:p|div|h[1-6]|ul|ol|pre|table|br|article|section|blockquote)\b[^<>]*>", re.IGNORECASE)
_MARKDOWN = re.compile(r"^#{1,6} \S|^```|^\S[^\n]{0,200}\n(?:={3,}|-{3,})\n|\]\(https?:", re.MULTILINE)
_TAG = re.compile(r"<[^<>]{1,2000}>")
_ASIDE = re.compile(
    r"comment|repl(?:y|ies)|related|recommend|teaser|popular|trending|cookie|consent|newsletter|privacy|terms|legal"
    r"|translation|messages|i18n|locale|footer|navigation|menu|advert",
    re.IGNORECASE,
)
"""Keys of values that are not what the page is about, however long."""
_TITLES = ("title", "headline", "heading", "name")
_TEXTS = frozenset("text html value content body code markdown paragraph caption".split())


@dataclass(frozen=True)
class _Found:
    """A text, how many words it has, and the title that stands beside it or above it."""

    text: str
    words: int
    title: str | None


def unfold(soup: BeautifulSoup, least: int) -> bool:
    """Puts the longest text of the page's JSON in the place of its body. True if there is one of `least` words."""
    found = [one for value in _values(soup) for one in _texts(value)]
    best = max(found, key=lambda one: one.words, default=None)
    if best is None or best.words < max(least, _LEAST_WORDS) or not isinstance(soup.body, Tag):
        return False
    heading = f"<h1>{html.escape(best.title)}</h1>" if best.title else ""
    drawn = parsed(f"<html><body><article>{heading}{_as_html(best.text)}</article></body></html>").body
    soup.body.replace_with(drawn or "")
    return True


def _values(soup: BeautifulSoup) -> Iterator[object]:
    """What JSON the page's scripts hold, as data or as the value of a variable; broken JSON says nothing."""
    for tag in soup.find_all("script")[:100]:
        text = tag.get_text()[:_MOST_SCRIPT]
        if "json" in str(tag.get("type") or "").lower():
            yield _decoded(text.strip())[0]
            continue
        yield from _assigned(text)


def _assigned(text: str) -> Iterator[object]:
    """The values of the variables that a script sets, and what it parses."""
    end = 0
    for match in islice(_ASSIGNED.finditer(text), _MOST_STARTS):
        if match.end() < end:  # inside of the value before
            continue
        value, end = _decoded(text, match.end())
        yield _decoded(value)[0] if isinstance(value, str) else value


def _decoded(text: str, start: int = 0) -> tuple[Any, int]:
    """The JSON value that begins there and its end; None if it is broken."""
    try:
        return json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError):
        return None, start


def _texts(value: object) -> Iterator[_Found]:
    """The texts in a value, at any depth: single ones, and those that lists hold in pieces."""
    waiting: list[tuple[object, str | None, int]] = [(value, None, 0)]
    seen = 0
    while waiting and seen < _MOST_VALUES:
        seen += 1
        part, title, age = waiting.pop()
        if isinstance(part, str):
            yield _Found(part, len(_TAG.sub(" ", part).split()), title)
        elif isinstance(part, Mapping):
            own = next((one_line(part[key]) for key in _TITLES if isinstance(part.get(key), str)), None)
            title, age = (own, 0) if own and len(own) <= 300 else (title if age < 3 else None, age + 1)
            waiting += [(inner, title, age) for key, inner in part.items() if not _ASIDE.search(str(key))]
        elif isinstance(part, list):
            if len(part) > 2 and all(isinstance(block, Mapping) for block in part):
                text = "".join(_block(block) for block in part)
                yield _Found(text, len(_TAG.sub(" ", text).split()), title)
            waiting += [(inner, title if age < 3 else None, age + 1) for inner in part]


def _block(block: Mapping[str, Any]) -> str:
    """A piece of a text as editors store it: a paragraph, unless its type says heading or code."""
    text = "".join(_leaves(block))
    kind = " ".join(str(block.get(key)) for key in ("type", "_type", "nodeType", "style", "name"))
    if re.search(r"code|preformatted", kind, re.IGNORECASE):
        return f"<pre>{html.escape(text)}</pre>" if text else ""
    if re.search(r"head(?:er|ing)|\bh[1-6]\b", kind, re.IGNORECASE):
        return f"<h2>{text}</h2>"
    return text if _HTML.match(text) else f"<p>{text}</p>" if text else ""


def _leaves(value: object, depth: int = 0) -> Iterator[str]:
    """The strings under the keys that hold text, in order."""
    for key, inner in value.items() if isinstance(value, Mapping) else ():
        if isinstance(inner, str) and key in _TEXTS:
            yield inner
        elif isinstance(inner, Mapping) and depth < 6:
            yield from _leaves(inner, depth + 1)
        elif isinstance(inner, list) and depth < 6:
            for part in inner:
                yield from _leaves(part, depth + 1)


def _as_html(text: str) -> str:
    if _HTML.search(text) and (text.lstrip().startswith("<") or "</p>" in text):
        return text
    if _MARKDOWN.search(text):
        return str(MarkdownIt("commonmark").enable("table").render(text))
    parts = re.split(r"\n\s*\n", html.escape(text, quote=False))
    return "".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in parts)
