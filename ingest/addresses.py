"""Which addresses may be fetched: public ones, over http and https, without credentials in them."""

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Iterable
from urllib.parse import SplitResult, urlsplit

from corpus.errors import Refused, Unreachable

Resolve = Callable[[str, int], list[str]]
"""Host and port -> IP addresses; raises OSError where there are none."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_BLANK = re.compile(r"[\x00-\x20\x7f\ud800-\udfff]")


def check_url(url: str) -> SplitResult:
    """The parts of an address that may be asked for; Refused for another scheme, credentials or nonsense."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Refused(url, "this is not a valid web address") from error
    if parts.scheme not in ("http", "https"):
        raise Refused(url, f"only http and https addresses are fetched, not {parts.scheme or 'this'}:")
    if "@" in parts.netloc:
        shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        raise Refused(shown, "addresses with a user name or password in them are not fetched")
    if not parts.hostname or _BLANK.search(url):
        raise Refused(url, "this is not a valid web address")
    return parts


def private_kind(address: str) -> str | None:
    """What sort of non-public address this is ("a loopback", "a private", ...), None for a public one.

    An IPv4 address inside an IPv6 one (mapped, 6to4, Teredo, NAT64) counts as what it leads to.

    >>> private_kind("::ffff:127.0.0.1")
    'a loopback'
    """
    ip = ipaddress.ip_address(address)
    for inner in _embedded(ip):
        found = private_kind(str(inner))
        if found:
            return found
    for kind in ("loopback", "link_local", "multicast", "unspecified", "private", "reserved"):
        if getattr(ip, f"is_{kind}"):
            article = "an" if kind[0] in "aeiou" else "a"
            return f"{article} {kind.replace('_', '-')}"
    return None if ip.is_global and not getattr(ip, "is_site_local", False) else "a non-public"


def is_private_name(host: str) -> bool:
    """Whether a host's name alone says that it is not public: a private IP address, or a name without a dot."""
    try:
        return private_kind(host) is not None
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal", ".lan"))


def _embedded(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterable[ipaddress.IPv4Address]:
    if isinstance(ip, ipaddress.IPv4Address):
        return []
    found = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
    if ip in _NAT64:
        found.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
    return [inner for inner in found if inner is not None]


def system_resolve(host: str, port: int) -> list[str]:
    """What the system's resolver says; it also reads decimal, octal and hexadecimal spellings of IPv4."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def checked_addresses(
    host: str, port: int, *, resolve: Resolve = system_resolve, allow_private: bool = False, seconds: float = 30.0
) -> list[str]:
    """The IP addresses of a host, all of them public; Refused if one is not, Unreachable if there are none."""
    addresses = _resolved(host, port, resolve, seconds)
    for address in [] if allow_private else addresses:
        kind = private_kind(address)
        if kind:
            named = "" if address == host else f" ({address})"
            raise Refused(host, f"{kind} address{named} is not fetched from (setting allow_private)")
    return addresses


def _resolved(host: str, port: int, resolve: Resolve, seconds: float) -> list[str]:
    """Resolve in a thread of its own: the system's resolver cannot be told how long it may take."""
    answer: queue.Queue[list[str] | OSError | UnicodeError] = queue.Queue(1)

    def ask() -> None:
        try:
            answer.put(resolve(host, port))
        except (OSError, UnicodeError) as error:
            answer.put(error)

    threading.Thread(target=ask, daemon=True, name="resolve").start()
    try:
        found = answer.get(timeout=max(seconds, 0.001))
    except queue.Empty:
        raise TimeoutError(host) from None
    if isinstance(found, BaseException):
        raise Unreachable(host, "there is no such host, or no network") from found
    if not found:
        raise Unreachable(host, "this host has no address")
    return found
