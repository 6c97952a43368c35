"""Who asks, and does the route let them? Asked before a body is read; what declares no scope is for nobody."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
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
        self._rules: list[_Rule] = []
        self._walk: Iterator[RouteContext] = iter(())

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
        rule = self._rule(scope) or _NOWHERE
        lacking = rule.needed - asker.person.scopes
        if asker.flaw or (lacking and not asker.person.name):
            return _stranger(request, asker, lacking)
        if lacking:
            return _too_little(request, asker, lacking)
        form_is_checked = rule.checks_forms and not forms.for_programs(request.url.path)
        if asker.ambient and request.method not in forms.SAFE and not form_is_checked and not forms.has_header(request):
            return Problem(403, "a browser that is signed in sends the token of its page as X-CSRF-Token")
        return None

    def _rule(self, scope: Scope) -> "_Rule | None":
        """What holds where a request leads. Routes are slow to look at: each is, when it is come to, once.

        What fits none may be new: all are looked at again.
        """
        known = next((rule for rule in self._rules if rule.fits(scope)), None)
        return known or self._found(scope) or self._found(scope, anew=True)

    def _found(self, scope: Scope, anew: bool = False) -> "_Rule | None":
        if anew:
            self._rules, self._walk = [], iter_route_contexts(scope["app"].routes)
        for route in self._walk:
            self._rules.append(_Rule.of(route))
            if self._rules[-1].fits(scope):
                return self._rules[-1]
        return None


@dataclass(frozen=True, slots=True)
class _Rule:
    """What a route needs. `checks_forms`: it looks for the token of a form itself (see `access.needs`)."""

    pattern: re.Pattern[str]
    methods: frozenset[str]
    needed: frozenset[str]
    checks_forms: bool

    @classmethod
    def of(cls, route: RouteContext) -> "_Rule":
        """Routes of ours declare what they need; other applications that are mounted are for readers."""
        if not isinstance(route.original_route, APIRoute):
            return cls(route.path_regex, frozenset(), READER, False)
        needed: frozenset[str] = scopes_of(route) or frozenset({"(none is declared)"})
        return cls(route.path_regex, frozenset(route.methods or ()), needed, True)

    def fits(self, scope: Scope) -> bool:
        """Does a request lead here?"""
        return (not self.methods or scope["method"] in self.methods) and bool(self.pattern.match(scope["path"]))


_NOWHERE = _Rule(re.compile(""), frozenset(), READER, False)
"""No address, or one that does not know the method: a reader is told so."""


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
