"""What stands before every request: from where it may come, and how much it may bring; then `admission` asks who.

A web page of somebody else must not reach a server on this machine: other host names and writes from
other sites are refused, browser extensions excepted.
"""

import asyncio
from typing import Any
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api import cross_origin
from api.admission import OPEN, Admission
from api.forms import SAFE, below
from api.identity import Identity, extension, is_loopback
from api.load import InWork, Rate
from api.problems import Problem
from api.settings import Settings
from corpus.accounts import Accounts

_FORM_OVERHEAD = 1_000_000
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none';"
    " form-action 'self'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, accounts: Accounts, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._loopback = is_loopback(settings.host)
        self._admission = Admission(Identity(accounts, settings))
        self._rate = Rate(settings)
        self._in_work = InWork(settings)
        self._most = settings.max_bytes + _FORM_OVERHEAD
        self._behind_proxy: Any = ProxyHeadersMiddleware(
            self._handle,  # type: ignore[arg-type]  # uvicorn has types of its own for ASGI
            trusted_hosts=settings.proxy_addresses,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] == "websocket":  # there are none, so nothing asks who opens one
            await send({"type": "websocket.close", "code": 1008})
            return
        scope["peer"] = scope["client"][0] if scope.get("client") else ""
        await self._behind_proxy(scope, receive, send)

    async def _handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] == "HEAD":  # the server leaves the body of the answer out
            scope = {**scope, "method": "GET"}
        headers = Headers(scope=scope)
        body = _Body(receive, self._most, self._settings.request_seconds)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                answer = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    answer.setdefault(name, value)
                if not below(scope["path"], OPEN):  # what depends on who asks is kept by no cache on the way
                    answer.setdefault("Cache-Control", "private, no-cache")
                cross_origin.allow(extension(headers), scope["path"], answer)
            await send(message)

        async def answered(message: Message) -> None:
            """The app's answer; to a body that was cut off ours instead, once."""
            if not body.cut_off:
                await guarded(message)
            elif message["type"] == "http.response.start":
                await (self._too_large() if body.too_large else self._too_slow())(scope, receive, guarded)

        refused = self._refusal(scope, headers)
        if refused is None and below(scope["path"], OPEN):  # whoever watches is answered under any load
            await self._app(scope, body.receive, answered)
        elif refused is not None or (refused := self._in_work.refusal()) is not None:
            await refused(scope, receive, guarded)
        else:
            with self._in_work.one():
                refused = await self._admission.refusal(scope)
                refused = self._rate.refusal(scope) or refused  # who guesses tokens is counted too
                if refused is not None:
                    await refused(scope, receive, guarded)
                else:
                    await self._app(scope, body.receive, answered)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """What is refused whoever asks."""
        writes = scope["method"] not in SAFE
        if not self._our_name(headers.get("host", "")):
            return Problem(421, "this server does not answer to that name; open it by http://127.0.0.1 (setting hosts)")
        if extension(headers) and cross_origin.is_preflight(scope, headers):
            return cross_origin.preflight(headers)
        if writes and not extension(headers) and _cross_site(headers):
            return Problem(403, "a page of another site may not write here")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._most:
            return self._too_large()
        if writes and length != "0" and scope["path"].startswith("/v1"):
            wanted = "multipart/form-data" if scope["path"] == "/v1/uploads" else "application/json"
            if headers.get("content-type", "").split(";")[0].strip().lower() != wanted:
                return Problem(415, f"send the body as {wanted}")
        return None

    def _our_name(self, host: str) -> bool:
        name = _parts(f"//{host}").hostname or ""
        anything = not self._loopback and not self._settings.hosts
        return anything or name in self._settings.hosts or is_loopback(name)

    def _too_large(self) -> Problem:
        return Problem(413, f"the request is larger than {self._most / 1e6:.0f} MB (setting max_bytes)")

    def _too_slow(self) -> Problem:
        seconds = self._settings.request_seconds
        return Problem(408, f"the request did not arrive within {seconds:g} s (setting request_seconds)")


class _Body:
    """A request's body, cut off where it goes on beyond the limit without having told its length, or for too long."""

    def __init__(self, receive: Receive, most: int, seconds: float) -> None:
        self._receive = receive
        self._left = most
        self._seconds = seconds
        self._ends: float | None = None
        self._whole = False
        self._too_slow = False

    @property
    def too_large(self) -> bool:
        """Was it cut off for its size?"""
        return self._left < 0

    @property
    def cut_off(self) -> bool:
        """Was it cut off?"""
        return self.too_large or self._too_slow

    async def receive(self) -> Message:
        """The next piece; a disconnection once a limit is passed. After the last piece there is time."""
        if self._ends is None:
            self._ends = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(None if self._whole else self._ends):
                message = await self._receive()
        except TimeoutError:
            self._too_slow = True
            return {"type": "http.disconnect"}
        self._whole = not message.get("more_body", False)
        self._left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.too_large else message


def _cross_site(headers: Headers) -> bool:
    """True if a browser says that another site's page sent this."""
    if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
        return True
    origin = headers.get("origin")
    return origin is not None and _parts(origin).netloc != headers.get("host")


def _parts(address: str) -> SplitResult:
    """The parts of an address; none of it counts if it is malformed."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", "", "", "")
