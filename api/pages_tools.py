"""The web pages for where the work happens: lessons for what is read elsewhere, and how to set up other tools."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from pydantic import ValidationError

from api import routes
from api.access import needs
from api.depends import Parts
from api.problems import STATUS
from api.rendering import page
from api.schemas_search import RelatedQuestion
from api.wiring import Lessonry
from corpus.errors import LessonryError

router = APIRouter()

_SELECTED = 4_000
"""Characters of a selection that go into an address."""
_BOOKMARKLET = (
    "(function(){{var e=encodeURIComponent;open({base!r}+'/related?url='+e(location.href)+'&title='+e(document.title)"
    "+'&text='+e(String(getSelection()).slice(0,{most})))}})()"
)


@router.get("/tools", dependencies=[needs("read")])
def tools(request: Request) -> Response:
    """How the browser, assistants, commits and pull requests come by lessons; each with what to copy."""
    base = str(request.base_url).rstrip("/")
    script = _BOOKMARKLET.format(base=base, most=_SELECTED)
    return page(request, "tools.html", base=base, bookmarklet=f"javascript:{quote(script, safe='()+=&?:/,.;!*')}")


@router.get("/related", dependencies=[needs("read")])
def related(
    request: Request,
    parts: Parts,
    url: Annotated[str, Query(max_length=4_000)] = "",
    title: Annotated[str, Query(max_length=4_000)] = "",
    text: Annotated[str, Query(max_length=40_000)] = "",
) -> Response:
    """Lessons for a page that is open elsewhere: what the bookmarklet opens. Nothing of it is kept."""
    return _related(request, parts, {"url": url, "title": title, "text": text})


@router.post("/related", dependencies=[needs("read")])
def related_to_text(
    request: Request,
    parts: Parts,
    text: Annotated[str, Form(max_length=400_000)] = "",
    title: Annotated[str, Form(max_length=4_000)] = "",
) -> Response:
    """Lessons for a text that is pasted. Nothing of it is kept."""
    return _related(request, parts, {"url": "", "title": title, "text": text})


def _related(request: Request, parts: Lessonry, given: dict[str, str]) -> Response:
    shown: dict[str, Any] = {"given": given, "answer": None, "notice": None}
    if not any(value.strip() for value in given.values()):
        return page(request, "related.html", **shown)
    limits = {"url": 2_000, "title": 1_000, "text": 400_000}
    try:
        asked = {name: value.strip()[: limits[name]] for name, value in given.items() if value.strip()}
        answer = routes.related(parts, RelatedQuestion(**asked, limit=8))
    except ValidationError:
        return page(request, "related.html", status=422, **shown | {"notice": "Give a title or a text."})
    except LessonryError as error:
        known = not (given["title"] or given["text"])
        notice = "This page is not known here: select a part of it, or paste its text." if known else str(error)
        return page(request, "related.html", status=STATUS[type(error)], **shown | {"notice": notice})
    return page(request, "related.html", **shown | {"answer": answer})
