"""The JSON shapes of people and tokens. What a command, a form or a request says about a token is checked here."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from api.access import Person
from api.schemas import Shape
from corpus.accounts import LONGEST_NAME, SCOPES, Account, Role, Scope, Token, is_name
from corpus.clock import later, today
from corpus.types import is_day

_DAYS = re.compile(r"([1-9]\d{0,3})d")


def _name(text: str) -> str:
    name = text.strip()
    if not is_name(name) or name in (".", ".."):  # an address that ends with these leads elsewhere
        raise ValueError(f"a name is one line of 1 to {LONGEST_NAME} characters, and not only dots")
    return name


def _end(text: str) -> str:
    if days := _DAYS.fullmatch(text):
        return later(int(days[1]) * 86_400)
    if not is_day(text) or text <= today():
        raise ValueError("give a number of days such as 90d, or a day that is to come such as 2031-12-31")
    return f"{text}T00:00:00Z"


Name = Annotated[str, AfterValidator(_name)]
End = Annotated[str, AfterValidator(_end), Field(examples=["90d", "2031-12-31"])]


class NewToken(Shape):
    """A token to be made: whose it is, what it may do, and until when (`90d`, a day, or left out)."""

    name: Name
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=len(SCOPES))]
    expires: End | None = None


class TokenShape(Shape):
    """A token. `granted` is what it may do: its scopes, as far as the role of its person allows them."""

    id: str
    name: str
    scopes: list[Scope]
    granted: list[Scope]
    created: str
    expires: str | None
    revoked: str | None
    last_used: str | None

    @classmethod
    def of(cls, token: Token) -> "TokenShape":
        """The shape of a token."""
        return cls(
            id=token.id, name=token.name, scopes=list(token.scopes), granted=in_order(token.granted),
            created=token.created, expires=token.expires, revoked=token.revoked, last_used=token.last_used,
        )  # fmt: skip


class MadeToken(TokenShape):
    """A token just made, and the text of it, which is shown this once."""

    token: str


class TokenList(Shape):
    """All tokens, the newest first."""

    items: list[TokenShape]
    next: str | None = None


class PersonShape(Shape):
    """Somebody, or a program, and their role."""

    name: str
    role: Role
    added: str

    @classmethod
    def of(cls, account: Account) -> "PersonShape":
        """The shape of an account."""
        return cls(name=account.name, role=account.role, added=account.added)


class PersonList(Shape):
    """Everybody, by name."""

    items: list[PersonShape]
    next: str | None = None


class RoleEdit(Shape):
    """The role a person is to have."""

    role: Role


class WhoAmI(Shape):
    """Who asks, what they may do, and whether the server is open. On an open server the name is empty."""

    name: str
    scopes: list[Scope]
    open: bool

    @classmethod
    def of(cls, person: Person, open: bool) -> "WhoAmI":
        """The shape of a person."""
        return cls(name=person.name, scopes=in_order(person.scopes), open=open)


def in_order(scopes: frozenset[Scope]) -> list[Scope]:
    """The scopes from the narrowest to the widest."""
    return [scope for scope in SCOPES if scope in scopes]
