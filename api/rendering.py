"""Templates -> HTML, and how dates, addresses and scores are put into words."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import Request
from fastapi.responses import HTMLResponse, StreamingResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api import forms
from api.access import the_person
from api.notes import rendered
from api.schemas_search import HitShape
from api.settings import VERSION

_HERE = Path(__file__).parent
_PAUSE = "\f"
_FRESH = {"Cache-Control": "private, no-cache"}
_LIST_SIGN = re.compile(r"(^|\n)\s*[-*+]\s+")
_HEADING_LINE = re.compile(r"^([A-Z][^\n.!?;:,…(){}=|<>&]{2,80})\n+(?=[^\s•])", re.MULTILINE)
"""A short line without a sentence's end: the heading of a section that was joined to the one before it."""
_CODE_SIGNS = re.compile(r"`((?:[^`<>]|<mark>[^`<>]*</mark>)+)`")


@dataclass(frozen=True, slots=True)
class Why:
    """How a hit came by its score: `words` and `meaning` add up to it (all three in 0..1).

    `exact` and the shares of the words `matched` add up to `words`.
    """

    score: float
    words: float
    meaning: float
    words_share: float | None
    meaning_share: float | None
    words_weight: float
    meaning_weight: float
    bm25: float | None
    cosine: float | None
    exact: float
    terms: list[str]
    matched: list[dict[str, Any]]
    lowered: float | None


def why(hit: HitShape) -> Why:
    """The explanation of a hit, ready to be shown."""
    keyword = (hit.explain and hit.explain.keyword) or {}
    semantic = (hit.explain and hit.explain.semantic) or {}
    return Why(
        score=hit.score,
        words=keyword.get("weight", 0.0) * (keyword.get("normalised") or 0.0),
        meaning=semantic.get("weight", 0.0) * (semantic.get("normalised") or 0.0),
        words_share=keyword.get("normalised"),
        meaning_share=semantic.get("normalised"),
        words_weight=keyword.get("weight", 0.0),
        meaning_weight=semantic.get("weight", 0.0),
        bm25=keyword.get("bm25"),
        cosine=semantic.get("cosine"),
        exact=keyword.get("exact_points", 0.0),
        terms=list(keyword.get("terms", ())),
        matched=sorted(keyword.get("words", ()), key=lambda word: -word["share"]),
        lowered=hit.explain.lowered if hit.explain else None,
    )


def day(partial: str) -> str:
    """A partial date in words: 2024, May 2024, 17 May 2024. What is no date stays as it is."""
    try:
        parts = [int(part) for part in partial.split("-")]
        year, month, number = (*parts, 1, 1)[:3]
        whole = date(year, month, number)
    except (ValueError, TypeError):
        return partial
    return [f"{whole:%Y}", f"{whole:%B %Y}", f"{whole.day} {whole:%B %Y}"][len(parts) - 1]


def moment(time: str) -> str:
    """A UTC time in words: 17 May 2024, 09:30 UTC."""
    try:
        at = datetime.fromisoformat(time)
    except ValueError:
        return time
    return f"{at.day} {at:%B %Y, %H:%M} UTC"


def tidy(snippet: str) -> Markup:
    """A snippet (escaped HTML with marks) without the signs of Markdown: lists, code, emphasis, headings."""
    text = _LIST_SIGN.sub(r"\1• ", str(snippet).replace("```", ""))
    text = _HEADING_LINE.sub(r'<span class="where">\1</span> ', text)
    return Markup(_CODE_SIGNS.sub(r"<code>\1</code>", text).replace("**", ""))


def web_address(url: str | None) -> str | None:
    """The address if a browser may be sent there: http and https only."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def site(url: str) -> str:
    """The host of an address, as people say it."""
    return urlsplit(url).netloc.removeprefix("www.")


@cache
def static(name: str) -> str:
    """The address of a static file, another one when its content is another."""
    digest = hashlib.sha256((_HERE / "static" / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def page(request: Request, template: str, *, status: int = 200, **context: Any) -> HTMLResponse:
    """A template as a response."""
    text = _environment().get_template(template).render(**_common(request), **context)
    response = HTMLResponse(text, status, headers=_FRESH)
    forms.give_cookie(request, response)
    return response


def streamed(request: Request, template: str, *, status: int = 200, **context: Any) -> StreamingResponse:
    """A page that is sent in parts: what stands before a `{{ pause }}` is read while the rest is made."""
    pieces = _environment().get_template(template).generate(**_common(request), pause=_PAUSE, **context)
    response = StreamingResponse(_parts(pieces), status, headers=_FRESH, media_type="text/html; charset=utf-8")
    forms.give_cookie(request, response)
    return response


def _common(request: Request) -> dict[str, Any]:
    """What every page knows: where it is, who looks at it, and the token of its forms."""
    return {"path": request.url.path, "person": the_person(request), "csrf": forms.csrf(request)}


def _parts(pieces: Iterable[str]) -> Iterator[str]:
    held: list[str] = []
    for piece in pieces:
        if piece == _PAUSE:
            yield "".join(held)
            held.clear()
        else:
            held.append(piece)
    yield "".join(held)


def error_page(request: Request, status: int, title: str, detail: str) -> HTMLResponse:
    """A friendly page for what went wrong. What was typed into the form stands on it, to be mended and sent again."""
    return page(request, "error.html", status=status, heading=title, detail=detail, typed=forms.typed(request))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters.update(day=day, moment=moment, tidy=tidy, web_address=web_address, site=site, noted=rendered)
    environment.filters["number"] = "{:,}".format
    environment.globals.update(static=static, why=why, version=VERSION)
    return environment
