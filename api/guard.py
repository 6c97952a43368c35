"""What stands before every request: who may come in, from where, and how much they may bring.

Without tokens, a server on a loopback address is one person's own and is open; a web page of
somebody else must still not reach it (other host names, writes from other sites). On any other
address nothing is written, and reading needs the setting `public_read`.
"""

import ipaddress
from urllib.parse import SplitResult, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import Problem

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ALWAYS_OPEN = frozenset({"/healthz", "/readyz"})
_FORM_OVERHEAD = 1_000_000
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none';"
    " form-action 'self'; object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def is_loopback(host: str) -> bool:
    """True for names and addresses that only this machine can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class Guard:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, loopback: bool, public_read: bool, max_bytes: int) -> None:
        self._app = app
        self._loopback = loopback
        self._public_read = public_read
        self._most = max_bytes + _FORM_OVERHEAD

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, self._most)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        async def answered(message: Message) -> None:
            """The app's answer; to a body that was cut off at the limit ours instead, once."""
            if not body.too_large:
                await guarded(message)
            elif message["type"] == "http.response.start":
                await self._too_large()(scope, receive, guarded)

        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, guarded)
        elif scope["method"] == "HEAD":  # the server leaves the body of the answer out
            await self._app({**scope, "method": "GET"}, body.receive, answered)
        else:
            await self._app(scope, body.receive, answered)

    def _refusal(self, scope: Scope) -> Problem | None:
        headers = Headers(scope=scope)
        writes = scope["method"] not in _SAFE
        if self._loopback:
            if not _local_name(headers.get("host", "")):
                return Problem(421, "this server answers to localhost only; open it by http://127.0.0.1")
            if writes and _cross_site(headers):
                return Problem(403, "a page of another site may not write here")
        elif scope["path"] not in _ALWAYS_OPEN:
            if writes:
                return Problem(403, "on an address that is not loopback, writing needs a token, and none is made")
            if not self._public_read:
                return Problem(403, "on an address that is not loopback, reading needs the setting public_read")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > self._most:
            return self._too_large()
        if writes and length != "0" and scope["path"].startswith("/v1"):
            wanted = "multipart/form-data" if scope["path"] == "/v1/uploads" else "application/json"
            if headers.get("content-type", "").split(";")[0].strip().lower() != wanted:
                return Problem(415, f"send the body as {wanted}")
        return None

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


def _local_name(host: str) -> bool:
    return is_loopback(_parts(f"//{host}").hostname or "")


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
