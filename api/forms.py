"""Forms come from our own pages: one cookie a browser, and in each form a token that only such a page can know.

The cookie holds a random secret. Signed in, the secret is the session's; the form's token is a digest of it.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence

from fastapi import Request, Response

from corpus.errors import LessonryError

COOKIE = "lessonry"
FIELD = "csrf"
HEADER = "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_UNSHOWN = frozenset({FIELD, "token"})
"""Fields that no page shows again: what a form is known by, and what lets somebody in."""
NOTHING: Mapping[str, str] = {}
"""A form that nobody filled in yet."""
_PROGRAMS = ("/v1", "/metrics", "/openapi.json", "/mcp")

_HERE = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")
"""A place on this site. Browsers read `//host` and `/\\host` as another one, and leave control characters out."""
_SECRET = re.compile(r"[\w-]{43}")


class StaleForm(LessonryError):
    """A form without the token of this browser: it was opened before a sign-in, or lay open for too long."""

    def __init__(self, typed: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__("this form is too old: go back, reload the page, and send it again")
        self.typed = tuple(typed)


def below(path: str, places: Sequence[str]) -> bool:
    """Is this address one of these places, or under one?"""
    return any(path == place or path.startswith(f"{place}/") for place in places)


def for_programs(path: str) -> bool:
    """Programs are told by a status what is wrong, and send no forms."""
    return below(path, _PROGRAMS)


def secret_of(cookies: Mapping[str, str]) -> str:
    """What the browser's cookie holds; empty if there is none, or one that is not ours."""
    held = cookies.get(COOKIE, "")
    return held if _SECRET.fullmatch(held) else ""


def new_secret() -> str:
    """A secret for a cookie: 256 bits."""
    return secrets.token_urlsafe(32)


def csrf(request: Request) -> str:
    """The token for the forms of the page that is being made. A browser without a cookie gets one with the page."""
    if not hasattr(request.state, "browser"):
        request.state.browser = secret_of(request.cookies) or new_secret()
    return _token(request.state.browser)


def give_cookie(request: Request, response: Response, secret: str = "", seconds: int | None = None) -> None:
    """Set the browser's cookie: to the secret of a session, or to the one that the page's forms were made with."""
    value = secret or getattr(request.state, "browser", "")
    if value and value != request.cookies.get(COOKIE):
        response.set_cookie(
            COOKIE, value, max_age=seconds, httponly=True, samesite="lax", secure=request.url.scheme == "https"
        )


def here(next: str) -> str:
    """An address to go on to, if it is one of ours; else the start."""
    return next if _HERE.fullmatch(next) else "/"


def has_header(request: Request) -> bool:
    """Does a script's request carry the token of its page?"""
    return _fits(request.headers.get(HEADER, ""), request.cookies)


async def check(request: Request) -> None:
    """StaleForm if something is sent to one of our pages without the token; what was typed is known from here on."""
    if request.method in SAFE or for_programs(request.url.path):
        return
    form = await request.form()
    said = tuple((name, text) for name, text in form.multi_items() if name not in _UNSHOWN and isinstance(text, str))
    given = form.get(FIELD)
    if not (has_header(request) or (isinstance(given, str) and _fits(given, request.cookies))):
        raise StaleForm(said)
    request.state.typed = said


def typed(request: Request) -> tuple[tuple[str, str], ...]:
    """The fields of the form that was sent; a page that refuses it shows them again, so that nothing typed is lost."""
    return getattr(request.state, "typed", ())


def _fits(given: str, cookies: Mapping[str, str]) -> bool:
    secret = secret_of(cookies)
    return bool(secret) and hmac.compare_digest(given.encode(), _token(secret).encode())


def _token(secret: str) -> str:
    return hashlib.sha256(f"form:{secret}".encode()).hexdigest()
