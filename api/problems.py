"""Errors as RFC 9457 problems: one table from error classes to status codes, for every route.

`detail` is the error's own line, which names the thing and the mend.
"""

import errno
import logging
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import iter_route_contexts
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from api.forms import StaleForm
from api.logs import REQUEST_ID, request_id
from api.mistakes import in_words
from api.rendering import error_page, page
from api.settings import SettingsError
from corpus import errors
from corpus.mending import NO_HANDLES

log = logging.getLogger(__name__)

STATUS: dict[type[errors.LessonryError], int] = {
    errors.LessonryError: 500,
    errors.CorpusError: 500,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Outdated: 412,
    errors.BadEdit: 422,
    errors.QueueFull: 503,
    errors.SchemaTooNew: 503,
    errors.StoreUnusable: 503,
    errors.BundleError: 422,
    errors.BadToken: 401,
    errors.IngestError: 422,
    errors.FetchError: 502,
    errors.Refused: 422,
    errors.TooLarge: 413,
    errors.Gone: 502,
    errors.Unreachable: 502,
    errors.ExtractError: 422,
    errors.UnsupportedType: 415,
    errors.NothingToRead: 422,
    errors.Unreadable: 422,
    errors.SourceError: 422,
    errors.SearchError: 500,
    errors.BadQuery: 422,
    errors.EncoderMissing: 503,
    errors.IndexDamaged: 503,
    errors.PackUnusable: 503,
    SettingsError: 500,
    StaleForm: 403,
}
"""Every class of errors has its line; a test walks the tree."""


class Problem(JSONResponse):
    """An `application/problem+json` response."""

    media_type = "application/problem+json"

    def __init__(self, status: int, detail: str, *, headers: dict[str, str] | None = None, **more: Any) -> None:
        title = HTTPStatus(status).phrase
        body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
        super().__init__(body, status, headers)


class ProblemShape(BaseModel):
    """What went wrong (RFC 9457): `detail` names the thing and the mend."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str


ANSWERS: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "A problem: what went wrong, and what to do about it.",
        "content": {Problem.media_type: {"schema": ProblemShape.model_json_schema()}},
    }
}
"""So that the description of the interface says what every operation may answer besides."""


def install(app: FastAPI) -> None:
    """Answer every error of `app` with a problem."""
    app.add_exception_handler(errors.LessonryError, known)
    app.add_exception_handler(StaleForm, _stale)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def known(request: Request, error: Exception) -> Response:
    """The answer to an error that a person can mend."""
    status = next(STATUS[cls] for cls in type(error).__mro__ if cls in STATUS)
    if isinstance(error, errors.Outdated):
        return answer(request, status, str(error), headers={"ETag": f'"{error.version}"'}, version=error.version)
    later = {"Retry-After": "60"} if isinstance(error, errors.QueueFull) else None
    return answer(request, status, str(error), headers=later)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [
        {"where": ".".join(str(part) for part in one["loc"]), "what": one["msg"].removeprefix("Value error, ")}
        for one in error.errors()
    ]
    if _wants_page(request):
        return answer(request, 422, in_words(error.errors()))
    return answer(request, 422, f"{found[0]['where']}: {found[0]['what']}", errors=found)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = str(error.detail)
    if detail == HTTPStatus(error.status_code).phrase:
        detail = f"{request.method} {request.url.path}: {detail.lower()}"
    headers = dict(error.headers or {})
    if error.status_code == 405:  # the router tells the methods of the first route that fits the path, not of them all
        headers["Allow"] = ", ".join(_methods(request))
    return answer(request, error.status_code, detail, headers=headers)


def _methods(request: Request) -> list[str]:
    """What the address of a request can be asked with."""
    fitting = (
        route for route in iter_route_contexts(request.app.routes) if route.path_regex.match(request.scope["path"])
    )
    return sorted({method for route in fitting for method in route.methods or ()})


async def _unexpected(request: Request, error: Exception) -> Response:
    if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE):
        log.error("%s", NO_HANDLES)
        return answer(request, 503, NO_HANDLES, headers={"Retry-After": "10"})
    log.exception("unexpected error in %s %s", request.method, _template(request))
    detail = f"an unexpected error, in the server's log under {request_id()}; nothing that was stored is lost"
    return answer(request, 500, detail, headers={REQUEST_ID: request_id()})


async def _stale(request: Request, error: Exception) -> Response:
    """What was typed is shown again, in a form that is fresh."""
    assert isinstance(error, StaleForm)
    if "text/html" not in request.headers.get("accept", ""):
        return await known(request, error)
    return page(request, "stale.html", status=403, typed=error.typed)


def answer(
    request: Request, status: int, detail: str, *, headers: dict[str, str] | None = None, **more: Any
) -> Response:
    """A page for a person at a browser, a problem for everybody else."""
    if _wants_page(request):
        heading = "That cannot be" if status == 422 else HTTPStatus(status).phrase
        shown = error_page(request, status, heading, detail)
        shown.headers.update({} if headers is None else headers)
        return shown
    return Problem(status, detail, headers=headers, **more)


def _wants_page(request: Request) -> bool:
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1")


def _template(request: Request) -> str:
    """The route that was asked for, never the address: that may hold what people look for."""
    return str(getattr(request.scope.get("route"), "path", "an unknown address"))
