"""Who asks, and what they may do. A route declares the scope it needs; `admission` asks for it."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.routing import RouteContext
from fastapi.security import HTTPBearer

from api import forms
from corpus.accounts import SCOPES, Scope
from corpus.collection_state import Visibility

READER: frozenset[Scope] = frozenset({"read"})


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. `name` is what histories say; it is empty for the one person of an open server, and for strangers.

    `sees` is what they are shown: for members everything, for strangers what is public.
    """

    name: str
    scopes: frozenset[Scope]
    sees: Visibility = "members"


_BEARER = HTTPBearer(
    auto_error=False, scheme_name="token", description="A token that `lessonry token create` or POST /v1/tokens made."
)
"""So that the description of the interface says which scope an operation needs."""

OWNER = Person("", frozenset(SCOPES))
STRANGER = Person("", READER, sees="public")
NOBODY = Person("", frozenset(), sees="public")


def the_person(request: Request) -> Person:
    """Who sends this request, as the guard has found out."""
    person: Person = getattr(request.state, "person", NOBODY)
    return person


async def _asking(request: Request) -> Person:
    return the_person(request)  # not in a thread of its own, as a plain function would be asked


Who = Annotated[Person, Depends(_asking)]


def needs(scope: Scope) -> Any:
    """A dependency of a route: it is for those who have this scope. Forms that are sent to it are checked."""

    async def check(request: Request, _: Annotated[Any, Security(_BEARER, scopes=[scope])]) -> None:
        await forms.check(request)

    check.scope = scope  # type: ignore[attr-defined]  # the guard reads it off the route
    return Depends(check)


def scopes_of(route: RouteContext) -> frozenset[Scope]:
    """What a route declares to need; empty if it declares nothing."""
    declared = (getattr(one.dependency, "scope", None) for one in getattr(route, "dependencies", None) or ())
    return frozenset(scope for scope in declared if scope)
