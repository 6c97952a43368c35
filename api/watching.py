"""What every request gets, the refused ones too: an id, a measure of its time, and a line in the log if wanted."""

import logging
import re
import time
import uuid
from typing import Protocol

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import REQUEST_ID, begin_request, request_id

_WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_UNKNOWN = "none"
_METHODS = frozenset("GET HEAD OPTIONS POST PUT PATCH DELETE".split())
"""Others are counted as one: who makes them up does not fill our memory."""

log = logging.getLogger("lessonry.requests")


class Seen(Protocol):
    """Told of each request that was answered."""

    def __call__(self, method: str, route: str, status: int, seconds: float) -> None: ...


class Watch:
    """ASGI middleware. It knows requests by their route templates, never by their addresses."""

    def __init__(self, app: ASGIApp, *, seen: Seen, log_requests: bool) -> None:
        self._app = app
        self._seen = seen
        if log_requests:
            log.setLevel(logging.INFO)
        self._log_requests = log_requests

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begin_request(_id_of(scope))
        start = time.perf_counter()
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id()
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", _UNKNOWN)
            method = scope["method"] if scope["method"] in _METHODS else _UNKNOWN
            self._tell(method, route, status, time.perf_counter() - start)

    def _tell(self, method: str, route: str, status: int, seconds: float) -> None:
        self._seen(method, route, status, seconds)
        if self._log_requests:
            told = {"method": method, "route": route, "status": status, "ms": round(seconds * 1000, 1)}
            log.info("%s %s %d in %.1f ms", *told.values(), extra={"fields": told})


def _id_of(scope: Scope) -> str:
    """As a proxy before us calls the request, if that can be a name; else a name of ours."""
    given = Headers(scope=scope).get(REQUEST_ID, "")
    return given if _WELL_FORMED.fullmatch(given) else uuid.uuid4().hex
