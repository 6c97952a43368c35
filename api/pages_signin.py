"""The pages where people sign in with their token, and out again."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from fastapi.responses import RedirectResponse
from limits import parse
from limits.strategies import RateLimiter

from api import forms
from api.access import needs
from api.depends import Parts
from api.identity import is_open
from api.rendering import page
from corpus.clock import later
from corpus.errors import BadToken

router = APIRouter()

_DAYS = 30
"""A session lasts so long, and never longer than its token."""
_FAILURES = parse("10/5minutes")

Words = Annotated[str, Form(max_length=2000)]


@router.get("/signin")
def sign_in(request: Request, parts: Parts, next: str = "/") -> Response:
    """Where a token is given."""
    return _form(request, parts, next)


@router.post("/signin", dependencies=[Depends(forms.check)])
def signed_in(request: Request, parts: Parts, token: Words = "", next: Words = "/") -> Response:
    """Take the token: from here on the browser's cookie stands for it."""
    address = request.client.host if request.client else ""
    tries: RateLimiter = request.app.state.sign_ins
    if not tries.test(_FAILURES, address):
        return _form(request, parts, next, "Too many tries. Wait five minutes, then try again.", 429)
    accounts = parts.corpus.accounts
    try:
        found = accounts.admit(token.strip())
    except BadToken as error:
        tries.hit(_FAILURES, address)
        return _form(request, parts, next, f"{error.reason[0].upper()}{error.reason[1:]}.", 401)
    accounts.close_session(forms.secret_of(request.cookies))
    secret, seconds = forms.new_secret(), _DAYS * 86_400
    accounts.open_session(found, secret, later(seconds))
    response = RedirectResponse(forms.here(next), 303)
    forms.give_cookie(request, response, secret, seconds)
    return response


@router.post("/signout", dependencies=[needs("read")])
def sign_out(request: Request, parts: Parts) -> Response:
    """End the session of this browser."""
    parts.corpus.accounts.close_session(forms.secret_of(request.cookies))
    response = RedirectResponse("/signin", 303)
    response.delete_cookie(forms.COOKIE)
    return response


def _form(request: Request, parts: Parts, next: str, error: str = "", status: int = 200) -> Response:
    accounts = parts.corpus.accounts
    shown = {
        "open": is_open(parts.settings, accounts, request.scope), "closed": accounts.closed(),
        "proxied": bool(parts.settings.proxy_header),
    }  # fmt: skip
    response = page(request, "signin.html", status=status, error=error, next=forms.here(next), **shown)
    if status == 429:
        response.headers["Retry-After"] = "300"
    return response
