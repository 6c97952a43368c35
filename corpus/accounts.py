"""People, and what lets them in: names with roles, tokens with scopes, sessions of browsers.

A token is `lessonry_`, its id, and a secret; the store knows the digest of the secret. What a token
may do is what both its scopes and the role of its person allow.
"""

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal, get_args

from corpus.clock import now, today
from corpus.database import Database
from corpus.errors import BadToken, Conflict, NotFound, StoreUnusable

Scope = Literal["read", "curate", "ingest", "admin"]
Role = Literal["reader", "curator", "admin"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
ROLES: Mapping[Role, frozenset[Scope]] = {
    "reader": frozenset({"read"}),
    "curator": frozenset({"read", "curate", "ingest"}),
    "admin": frozenset(SCOPES),
}
LONGEST_NAME = 100

_TOKEN = re.compile(r"lessonry_([0-9a-z]{8})_([0-9A-Za-z]{43})")
_LETTERS = string.digits + string.ascii_letters
_KNOWN = "SELECT t.id, t.name, p.role, t.scopes, t.created, t.expires, t.revoked, t.last_used"
_TOKENS = f"{_KNOWN} FROM tokens t JOIN people p ON p.name = t.name"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody, or a program, by name."""

    name: str
    role: Role
    added: str


@dataclass(frozen=True, slots=True)
class Token:
    """What is known of a token; the secret is not."""

    id: str
    name: str
    role: Role
    scopes: tuple[Scope, ...]
    created: str
    expires: str | None
    revoked: str | None
    last_used: str | None

    @property
    def granted(self) -> frozenset[Scope]:
        """What it allows: admin is all, and whoever may curate or take in may read."""
        named = frozenset(SCOPES) if "admin" in self.scopes else frozenset({*self.scopes, "read"})
        return named & ROLES[self.role]

    @property
    def flaw(self) -> str:
        """Why it lets nobody in; empty if it does."""
        if self.revoked:
            return f"this token was revoked on {self.revoked[:10]}; ask for a new one"
        if self.expires and self.expires <= now():
            return f"this token expired on {self.expires[:10]}; ask for a new one"
        return ""


def is_name(text: str) -> bool:
    """Is this a name for a person or a program: one line, not empty, not endless?"""
    return 0 < len(text) <= LONGEST_NAME and text.isprintable() and text == text.strip()


class Accounts:
    """The people, tokens and sessions of one database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def closed(self) -> bool:
        """Has a token been made? Then nobody comes in without one, whatever became of it."""
        with self._db.read() as db:
            return bool(db.execute("SELECT EXISTS (SELECT 1 FROM tokens)").fetchone()[0])

    def people(self) -> list[Account]:
        """Everybody, by name."""
        with self._db.read() as db:
            return [Account(*row) for row in db.execute("SELECT name, role, added FROM people ORDER BY name")]

    def role(self, name: str) -> Role | None:
        """The role of that name, None if nobody has it."""
        with self._db.read() as db:
            row = db.execute("SELECT role FROM people WHERE name = ?", [name]).fetchone()
        return row[0] if row else None

    def set_role(self, name: str, role: Role) -> Account:
        """Give a person a role; somebody new is added. It holds for the tokens they have, at once."""
        with self._db.write() as db:
            db.execute(
                "INSERT INTO people VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET role = excluded.role",
                [name, role, now()],
            )
            row = db.execute("SELECT name, role, added FROM people WHERE name = ?", [name]).fetchone()
            return Account(*row)

    def only_admin(self, name: str) -> bool:
        """Is this the one admin there is?"""
        return [one.name for one in self.people() if one.role == "admin"] == [name]

    def remove(self, name: str) -> None:
        """Remove a person with all their tokens and sessions; NotFound if there is none of that name."""
        with self._db.write() as db:
            if db.execute("DELETE FROM people WHERE name = ?", [name]).rowcount == 0:
                raise NotFound("person", name)

    def tokens(self) -> list[Token]:
        """All tokens, the newest first."""
        with self._db.read() as db:
            return [_token(row) for row in db.execute(f"{_TOKENS} ORDER BY t.created DESC, t.id")]

    def create_token(self, name: str, scopes: Iterable[Scope], expires: str | None = None) -> tuple[Token, str]:
        """A new token of a person, and the text of it, which is not kept.

        Somebody new gets the least role that has the scopes; Conflict if they go beyond a known one's role.
        """
        wanted = tuple(scope for scope in SCOPES if scope in set(scopes))
        least = next(role for role, allowed in ROLES.items() if allowed.issuperset(wanted))
        id = "".join(secrets.choice(string.digits + string.ascii_lowercase) for _ in range(8))
        secret = "".join(secrets.choice(_LETTERS) for _ in range(43))  # 256 bits
        with self._db.write() as db:
            role = self.role(name)
            if role is None:
                self.set_role(name, least)
            elif not ROLES[role].issuperset(wanted):
                raise Conflict(
                    f"{name} has the role {role}, which does not go so far; give the role {least} first"
                    f' (lessonry people set "{name}" {least})'
                )
            db.execute(
                "INSERT INTO tokens (id, name, digest, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?)",
                [id, name, _digest(secret), " ".join(wanted), now(), expires],
            )
        return self._get(id), f"lessonry_{id}_{secret}"

    def revoke(self, id: str) -> None:
        """Let a token let nobody in any more, from now on; NotFound if there is none of that id."""
        with self._db.write() as db:
            self._get(id)
            db.execute("UPDATE tokens SET revoked = ? WHERE id = ? AND revoked IS NULL", [now(), id])
            db.execute("DELETE FROM sessions WHERE token_id = ?", [id])

    def admit(self, text: str) -> Token:
        """The token of that text; BadToken says why if it lets nobody in."""
        parts = _TOKEN.fullmatch(text)
        with self._db.read() as db:
            row = parts and db.execute("SELECT digest FROM tokens WHERE id = ?", [parts[1]]).fetchone()
        if not parts or not row or not hmac.compare_digest(row[0], _digest(parts[2])):
            raise BadToken("this token is not known here; check that it was copied whole")
        return self._used(self._get(parts[1]))

    def open_session(self, token: Token, secret: str, expires: str) -> None:
        """Let the browser that holds this secret in as the token does, until then or until the token ends."""
        with self._db.write() as db:
            db.execute("DELETE FROM sessions WHERE expires <= ?", [now()])
            db.execute("INSERT INTO sessions VALUES (?, ?, ?)", [_digest(secret), token.id, expires])

    def session(self, secret: str) -> Token | None:
        """The token by which a browser was let in, None if it was not, or is no more."""
        with self._db.read() as db:
            query = f"{_TOKENS} JOIN sessions s ON s.token_id = t.id WHERE s.digest = ? AND s.expires > ?"
            row = db.execute(query, [_digest(secret), now()]).fetchone()
        token = row and _token(row)
        return self._used(token) if token and not token.flaw else None

    def close_session(self, secret: str) -> None:
        """Let the browser that holds this secret in no more."""
        with self._db.write() as db:
            db.execute("DELETE FROM sessions WHERE digest = ?", [_digest(secret)])

    def _get(self, id: str) -> Token:
        with self._db.read() as db:
            row = db.execute(f"{_TOKENS} WHERE t.id = ?", [id]).fetchone()
        if row is None:
            raise NotFound("token", id)
        return _token(row)

    def _used(self, token: Token) -> Token:
        if token.flaw:
            raise BadToken(token.flaw)
        if token.last_used != today():
            with suppress(StoreUnusable):  # a full disk locks nobody out
                with self._db.write() as db:
                    db.execute("UPDATE tokens SET last_used = ? WHERE id = ?", [today(), token.id])
        return token


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _token(row: Any) -> Token:
    id, name, role, scopes, *times = row
    return Token(id, name, role, tuple(scopes.split()), *times)
