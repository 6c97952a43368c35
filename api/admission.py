"""Who asks, and does the route let them? Asked before a body is read; what declares no scope is for nobody."""

from urllib.parse import quote

from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Match
from starlette.types import Scope

from api import forms, problems
from api.access import READER, scopes_of
from api.identity import Asker, Identity
from api.problems import Problem
from api.rendering import error_page
from corpus.accounts import SCOPES
from corpus.errors import LessonryError

OPEN = ("/healthz", "/readyz", "/signin", "/opensearch.xml", "/favicon.ico", "/static")
"""What anybody may ask for, and what lies below. All else needs a scope."""


class Admission:
    """Lets a request in, or says what is lacking."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity

    async def refusal(self, scope: Scope) -> Response | None:
        """The answer to those who may not come in; None to the others, whose person is then known."""
        if forms.below(scope["path"], OPEN):
            return None
        request = Request(scope)
        try:
            asker = await run_in_threadpool(self._identity.of, scope)
        except LessonryError as error:
            return await problems.known(request, error)
        request.state.person = asker.person
        route = _route(scope)
        lacking = _needed(route) - asker.person.scopes
        if asker.flaw or (lacking and not asker.person.name):
            return _stranger(request, asker, lacking)
        if lacking:
            return _too_little(request, asker, lacking)
        if asker.ambient and not _form_is_checked(request, route) and not forms.has_header(request):
            return Problem(403, "a browser that is signed in sends the token of its page as X-CSRF-Token")
        return None


def _route(scope: Scope) -> RouteContext | None:
    """Where a request leads; None if nowhere, or not by this method."""
    for route in iter_route_contexts(scope["app"].routes):
        if route.matches(scope)[0] is Match.FULL:
            return route
    return None


def _ours(route: RouteContext | None) -> bool:
    return route is not None and isinstance(route.original_route, APIRoute)


def _needed(route: RouteContext | None) -> frozenset[str]:
    """The scopes of a route of ours; other applications that are mounted, and what is nowhere, are for readers."""
    if route is None or not _ours(route):
        return READER
    return scopes_of(route) or frozenset({"(none is declared)"})


def _form_is_checked(request: Request, route: RouteContext | None) -> bool:
    """Nothing is changed, or the route looks for the token in the form (see `access.needs`)."""
    return request.method in forms.SAFE or (_ours(route) and not forms.for_programs(request.url.path))


def _stranger(request: Request, asker: Asker, lacking: frozenset[str]) -> Response:
    """For people: the page where they sign in. For programs: what to send."""
    if not asker.flaw and not forms.for_programs(request.url.path):
        if request.method in forms.SAFE:
            back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
            return RedirectResponse(f"/signin?next={quote(back, safe='/')}", 303)
        again = "Sign in in another tab, come back to this one and send the form again."
        return error_page(request, 401, "You are not signed in", again)
    challenge = 'Bearer realm="lessonry"'
    if asker.flaw:
        challenge += f', error="invalid_token", error_description="{asker.flaw}"'
    wanted = " and ".join(sorted(lacking))
    detail = asker.flaw or f"this needs a token with the scope {wanted}, sent as `Authorization: Bearer lessonry_...`"
    return Problem(401, detail, headers={"WWW-Authenticate": challenge})


def _too_little(request: Request, asker: Asker, lacking: frozenset[str]) -> Response:
    wanted = " and ".join(sorted(lacking))
    held = ", ".join(scope for scope in SCOPES if scope in asker.person.scopes)
    challenge = f'Bearer realm="lessonry", error="insufficient_scope", scope="{wanted}"'
    return problems.answer(
        request, 403, f"this needs the scope {wanted}; yours: {held or 'none'}", headers={"WWW-Authenticate": challenge}
    )
