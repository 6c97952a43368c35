"""What stands before every request: from where it may come, and how much it may bring; then `admission` asks who.

A web page of somebody else must not reach a server on this machine: other host names and writes from
other sites are refused, browser extensions excepted.
"""

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
        body = _Body(receive, self._most)

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
            """The app's answer; to a body that was cut off at the limit ours instead, once."""
            if not body.too_large:
                await guarded(message)
            elif message["type"] == "http.response.start":
                await self._too_large()(scope, receive, guarded)

        refused = self._refusal(scope, headers) or await self._admission.refusal(scope)
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


class _Body:
    """A request's body, cut off where it goes on beyond the limit without having told its length."""

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive = receive
        self._left = most

    @property
    def too_large(self) -> bool:
        """Was it cut off?"""
        return self._left < 0

    async def receive(self) -> Message:
        """The next piece; a disconnection once the limit is passed."""
        message = await self._receive()
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
