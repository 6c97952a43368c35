"""The page for those who look after the server: the settings in force, people, and tokens."""

import re
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from api import routes_people
from api.access import Who, needs
from api.depends import Parts
from api.identity import is_open
from api.problems import STATUS
from api.rendering import page
from api.schemas_people import Name, NewToken, RoleEdit
from api.settings import Settings
from api.wiring import Lessonry
from corpus.accounts import ROLES, SCOPES, Role
from corpus.errors import Conflict, LessonryError

router = APIRouter(prefix="/settings", dependencies=[needs("admin")])

_SECRET = re.compile(r"(^|_)(key|password|secret|token|webhook)$")
_PASSWORD = re.compile(r"(?<=://)[^/@\s]+@")

Words = Annotated[str, Form(max_length=300)]


@router.get("")
def settings(request: Request, parts: Parts) -> Response:
    """All of it."""
    return _page(request, parts)


@router.post("/tokens")
def make_token(
    request: Request, parts: Parts, name: Words = "", scope: Annotated[list[str] | None, Form()] = None,
    expires: Words = "",
) -> Response:  # fmt: skip
    """Make a token; this page is the only one that shows it."""
    given = {"name": name, "scopes": scope or [], "expires": expires or None}
    try:
        new = NewToken.model_validate(given)
        made, text = parts.corpus.accounts.create_token(new.name, new.scopes, new.expires)
    except ValidationError as error:
        said = "choose what it may do" if not scope else error.errors()[0]["msg"].removeprefix("Value error, ")
        return _page(request, parts, status=422, error=said, given=given)
    except LessonryError as error:
        return _page(request, parts, status=STATUS[type(error)], error=str(error), given=given)
    response = _page(request, parts, made=made, text=text)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.post("/tokens/revoke")
def revoke_token(parts: Parts, id: Words = "") -> Response:
    """Revoke a token."""
    parts.corpus.accounts.revoke(id)
    return RedirectResponse("/settings#tokens", 303)


@router.post("/people")
def set_role(
    request: Request, parts: Parts, person: Who, name: Annotated[Name, Form()], role: Annotated[Role, Form()]
) -> Response:
    """Give a person a role."""
    try:
        routes_people.set_role(parts, person, name, RoleEdit(role=role))
    except Conflict as error:
        return _page(request, parts, status=409, refused=str(error))
    return RedirectResponse("/settings#people", 303)


@router.post("/people/remove")
def remove_person(request: Request, parts: Parts, person: Who, name: Words = "") -> Response:
    """Remove a person who has no token any more; who removes herself is signed out."""
    role = parts.corpus.accounts.role(name)
    try:
        routes_people.remove_person(parts, person, name)
    except Conflict as error:
        return _page(request, parts, status=409, refused=str(error))
    if name == person.name:
        return RedirectResponse("/signin", 303)
    return _page(request, parts, removed={"name": name, "role": role})


def _page(request: Request, parts: Lessonry, *, status: int = 200, **more: Any) -> Response:
    accounts = parts.corpus.accounts
    tokens = accounts.tokens()
    shown = {"error": "", "given": {}, "made": None, "text": "", "removed": None, "refused": "", **more}
    return page(
        request, "settings.html", status=status, settings=_in_force(parts.settings), roles=ROLES, scopes=SCOPES,
        people=accounts.people(), tokens=tokens, open=is_open(parts.settings, accounts, request.scope),
        in_use={token.name for token in tokens if not token.flaw}, **shown,
    )  # fmt: skip


def _in_force(settings: Settings) -> list[tuple[str, str, str, str]]:
    """(name, value, where it comes from, what it does) of each setting; secrets are not shown."""
    return [
        (name, _shown(name, getattr(settings, name)), settings.origin(name), field.description or "")
        for name, field in type(settings).model_fields.items()
    ]


def _shown(name: str, value: object) -> str:
    if value and _SECRET.search(name):
        return "••••••••"
    if isinstance(value, bool):
        return "yes" if value else "no"
    words = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return _PASSWORD.sub("••••@", words)
