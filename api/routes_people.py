"""/v1: who asks, people with their roles, and tokens."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from api.access import Person, Who, needs
from api.depends import Parts
from api.identity import is_open
from api.schemas_people import (
    MadeToken,
    Name,
    NewToken,
    PersonList,
    PersonShape,
    RoleEdit,
    TokenList,
    TokenShape,
    WhoAmI,
)
from api.wiring import Lessonry
from corpus.accounts import LONGEST_NAME
from corpus.errors import Conflict

router = APIRouter(prefix="/v1")

TokenId = Annotated[str, Path(max_length=64)]
Named = Annotated[Name, Path(max_length=LONGEST_NAME)]


@router.get("/whoami", dependencies=[needs("read")])
def who_am_i(request: Request, parts: Parts, person: Who) -> WhoAmI:
    """Who asks, and what they may do."""
    return WhoAmI.of(person, is_open(parts.settings, parts.corpus.accounts, request.scope))


@router.get("/tokens", dependencies=[needs("admin")])
def list_tokens(parts: Parts) -> TokenList:
    """All tokens, without their text, the newest first."""
    return TokenList(items=[TokenShape.of(one) for one in parts.corpus.accounts.tokens()])


@router.post("/tokens", status_code=201, dependencies=[needs("admin")])
def make_token(parts: Parts, response: Response, new: NewToken) -> MadeToken:
    """Make a token. Its text is in this answer and nowhere else; the first token closes an open server."""
    token, text = parts.corpus.accounts.create_token(new.name, new.scopes, new.expires)
    response.headers["Cache-Control"] = "no-store"
    return MadeToken(**TokenShape.of(token).model_dump(), token=text)


@router.delete("/tokens/{token_id}", status_code=204, dependencies=[needs("admin")])
def revoke_token(parts: Parts, token_id: TokenId) -> None:
    """Revoke a token; it and its sessions let nobody in from now on."""
    parts.corpus.accounts.revoke(token_id)


@router.get("/people", dependencies=[needs("admin")])
def list_people(parts: Parts) -> PersonList:
    """Everybody, by name."""
    return PersonList(items=[PersonShape.of(one) for one in parts.corpus.accounts.people()])


@router.put("/people/{name:path}", dependencies=[needs("admin")])
def set_role(parts: Parts, person: Who, name: Named, edit: RoleEdit) -> PersonShape:
    """Give a person a role; somebody new is added. It holds for the tokens they have, at once."""
    if edit.role != "admin":
        _check_another_admin(parts, person, name)
    return PersonShape.of(parts.corpus.accounts.set_role(name, edit.role))


@router.delete("/people/{name:path}", status_code=204, dependencies=[needs("admin")])
def remove_person(parts: Parts, person: Who, name: Named) -> None:
    """Remove a person with all their tokens. A server on loopback without any token is open."""
    _check_another_admin(parts, person, name)
    parts.corpus.accounts.remove(name)


def _check_another_admin(parts: Lessonry, person: Person, name: str) -> None:
    """Conflict if the one admin there is would shut herself out, and everybody else with her."""
    if name == person.name and parts.corpus.accounts.only_admin(name):
        raise Conflict(f"{name} is the only admin here: give somebody else the role admin first")
