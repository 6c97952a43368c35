"""Who sends a request: by bearer token, by the header of a trusted proxy, by the session of a browser."""

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.requests import cookie_parser
from starlette.types import Scope

from api import forms
from api.access import NOBODY, OWNER, READER, STRANGER, Person
from api.settings import Settings
from corpus.accounts import ROLES, Accounts, is_name
from corpus.errors import BadToken

_EXTENSIONS = ("chrome-extension://", "moz-extension://")


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks. `ambient`: their browser says so by itself, also when another site makes it ask.

    `flaw` is what is wrong with the token they showed.
    """

    person: Person
    ambient: bool = False
    flaw: str = ""


class Identity:
    """Tells who asks, for a server with these settings."""

    def __init__(self, accounts: Accounts, settings: Settings) -> None:
        self._accounts = accounts
        self._settings = settings

    def of(self, scope: Scope) -> Asker:
        """Who sends this request."""
        headers = Headers(scope=scope)
        if "authorization" in headers:
            return self._by_token(headers["authorization"])
        origin = extension(headers)
        if not origin:
            asker = self._by_proxy(scope, headers) or self._by_session(headers)
            if asker:
                return asker
        if is_open(self._settings, self._accounts, scope):
            trusted = not origin or origin in self._settings.extension_origins
            return Asker(OWNER if trusted else Person("", READER))
        return Asker(STRANGER if self._settings.public_read else NOBODY)

    def _by_token(self, authorization: str) -> Asker:
        scheme, _, text = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return Asker(NOBODY, flaw="send the token as `Authorization: Bearer lessonry_...`")
        try:
            token = self._accounts.admit(text.strip())
        except BadToken as error:
            return Asker(NOBODY, flaw=error.reason)
        return Asker(Person(token.name, token.granted))

    def _by_proxy(self, scope: Scope, headers: Headers) -> Asker | None:
        wanted = self._settings.proxy_header
        if not wanted or scope["peer"] not in self._settings.proxy_addresses:
            return None
        given = [value.encode("latin-1").decode("utf-8", "replace") for value in headers.getlist(wanted)]
        if len(given) != 1 or not is_name(given[0]):  # given twice: one of them is not the proxy's
            return None
        role = self._accounts.role(given[0]) or self._settings.proxy_role
        return Asker(Person(given[0], ROLES[role]), ambient=True)

    def _by_session(self, headers: Headers) -> Asker | None:
        secret = forms.secret_of(cookie_parser(headers.get("cookie", "")))
        token = self._accounts.session(secret) if secret else None
        return Asker(Person(token.name, token.granted), ambient=True) if token else None


def extension(headers: Headers) -> str:
    """The origin of the browser extension that sends this; empty if none does. No web page can claim it."""
    origin = headers.get("origin", "")
    return origin if origin.startswith(_EXTENSIONS) else ""


def is_loopback(host: str) -> bool:
    """True for names and addresses that only this machine can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_open(settings: Settings, accounts: Accounts, scope: Scope) -> bool:
    """Is this one person's own server, asked from their own machine, where nobody has to say who they are?"""
    ours = is_loopback(settings.host) and not settings.proxy_header and not accounts.closed()
    return ours and not _comes_from_elsewhere(scope)


def _comes_from_elsewhere(scope: Scope) -> bool:
    """Whether a proxy on this machine brings somebody else's request: under another name, or for another address."""
    name = urlsplit(f"//{Headers(scope=scope).get('host', '')}").hostname or ""  # the guard has read it before
    client = scope["client"][0] if scope.get("client") else ""
    return not is_loopback(name) or (client != scope["peer"] and not is_loopback(client))
