"""Who asks, and what they may do."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal, get_args

from fastapi import Depends, Request

Scope = Literal["read", "curate", "ingest", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. `name` is what histories say; it is empty for the one person of an open server."""

    name: str
    scopes: frozenset[Scope]


OWNER = Person("", frozenset(SCOPES))


def the_person(request: Request) -> Person:
    """Who sends this request, as the guard has found out."""
    person: Person = getattr(request.state, "person", OWNER)
    return person


Who = Annotated[Person, Depends(the_person)]


def needs(scope: Scope) -> Any:
    """A dependency of a route: it is for those who have this scope."""

    def check(person: Who) -> None:
        del person  # every request is the owner's until tokens can be made

    check.scope = scope  # type: ignore[attr-defined]  # a test reads it off the routes
    return Depends(check)
