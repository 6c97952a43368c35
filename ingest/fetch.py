"""Fetching one address: bounded in bytes, time and redirects, with good manners, only from public hosts.

Says nothing about what the bytes mean; that is extract's.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urldefrag, urljoin

import httpcore
import httpx

from corpus.errors import FetchError, Gone, Refused, TooLarge, Unreachable
from corpus.tally import Tally
from ingest.addresses import check_url
from ingest.connect import CheckedBackend, CheckedTransport, Deadline
from ingest.encodings import ACCEPTED, Decoder
from ingest.manners import BROKEN, Manners, host_of, next_try, origin_of, retry_after
from ingest.robots import Robots

_PHRASES = {int(status): status.phrase for status in HTTPStatus}
_REDIRECTS = (301, 302, 303, 307, 308)
_GONE = (404, 410)
_BUSY = (429, 503)
_FAULTS = {TooLarge: "too large", Gone: "gone", Unreachable: "unreachable", Refused: "refused", FetchError: "failed"}
"""How an address that gave nothing is counted; the first that fits."""
_ROBOTS_BYTES = 512_000
_DEAD = 60.0
_PATIENCE = 120.0
_VALIDATOR = re.compile(r"[\x20-\x7e]{1,512}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one address may cost. `seconds` is for the whole of it, redirects and robots.txt included.

    Only time on the network counts, not waiting for one's turn at a host or because a host asks for it.
    """

    max_bytes: int = 50_000_000
    seconds: float = 30.0
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server stated with an earlier answer, so that it can tell whether there is a newer one."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer. `final_url` is where the redirects led; `body` is decompressed; the validators are as stated."""

    url: str
    final_url: str
    content_type: str | None
    body: bytes
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class NotModified:
    """The word of a server that nothing has changed; `final_url` is where the redirects led."""

    final_url: str


class Fetcher:
    """Gets addresses, for any number of threads. Keeps connections and robots.txt; close it, or use it in a `with`.

    `pause` is in seconds, between two requests to one host; see Manners. `sleep` is for tests.
    """

    def __init__(
        self,
        limits: Limits = Limits(),
        *,
        user_agent: str,
        allow_private: bool = False,
        transport: httpx.BaseTransport | None = None,
        respect_robots: bool = True,
        pause: float = 0.0,
        sleep: Callable[[float], object] | None = None,
    ) -> None:
        self.limits = limits
        self.outcomes = Tally(["fetched", "unchanged", *_FAULTS.values()])
        self._respect_robots = respect_robots
        used = transport or CheckedTransport(CheckedBackend(allow_private=allow_private))
        self._deadline = used.deadline if isinstance(used, CheckedTransport) else Deadline()
        self._manners = Manners(pause, sleep=sleep)
        self._robots = Robots(user_agent, self._read_robots)
        headers = {"User-Agent": user_agent, "Accept-Encoding": ACCEPTED}
        self._client = httpx.Client(transport=used, headers=headers, trust_env=False, timeout=limits.seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections; threads that wait for their turn get Unreachable."""
        self._manners.close()
        self._client.close()

    def get(self, url: str) -> Fetched:
        """The answer to GET. Refused, TooLarge, Gone or Unreachable, each with one clear line, if there is none."""
        return self._visit(url, {})

    def get_if_changed(self, url: str, known: Validators) -> Fetched | NotModified:
        """As `get`, but NotModified if nothing has changed since the server stated these validators."""
        stated = {"If-None-Match": _stated(known.etag), "If-Modified-Since": _stated(known.last_modified)}
        try:
            return self._visit(url, {name: value for name, value in stated.items() if value})
        except _NothingNew as answer:
            return NotModified(str(answer))

    def post_json(self, url: str, value: object) -> None:
        """Send JSON; the answer is not read and leads nowhere. Refused or Unreachable name the host only.

        Such an address is a secret: who knows it may post.
        """
        try:
            check_url(url)
        except Refused as error:
            raise Refused("the address to post to", error.reason) from None
        host = origin_of(url)
        self._deadline.budget = self.limits.seconds
        with self._deadline.running(), self._mendable(host), self._client.stream("POST", url, json=value) as response:
            if not response.is_success:
                raise Unreachable(host, f"the server answers {_named(response.status_code)}")

    def _visit(self, url: str, conditions: dict[str, str]) -> Fetched:
        self._deadline.budget = self.limits.seconds
        wish = _Wish(url=url, most=self.limits.max_bytes, robots=self._respect_robots, conditions=conditions)
        try:
            fetched = self._follow(wish)
        except _NothingNew:
            self.outcomes.add("unchanged")
            raise
        except FetchError as error:
            self.outcomes.add(next(name for fault, name in _FAULTS.items() if isinstance(error, fault)))
            raise
        self.outcomes.add("fetched")
        return fetched

    def _follow(self, wish: "_Wish") -> Fetched:
        check_url(wish.url)
        here = urldefrag(wish.url).url
        for _ in range(self.limits.redirects + 1):
            check_url(here)
            if wish.robots:
                self._robots.check(here)
            answer = self._once(here, wish)
            if isinstance(answer, Fetched):
                return replace(answer, url=wish.url)
            try:
                here = urldefrag(urljoin(here, answer)).url
            except ValueError as error:
                raise Unreachable(wish.url, "redirects to what is no address") from error
        raise Unreachable(wish.url, f"redirects more than {self.limits.redirects} times")

    def _once(self, url: str, wish: "_Wish") -> Fetched | str:
        """The answer, or the address it redirects to, in one turn at the host: it may have to be asked again."""
        with self._manners.turn(url, self._robots.pause(url)) as pause:
            tries = 0
            while True:
                tries += 1
                try:
                    with self._deadline.running():
                        return self._ask(url, wish)
                except _Failed as error:
                    wait = next_try(error.status, error.retry_after, tries)
                    if wait is None or wait > wish.patience:
                        raise self._given_up(url, error) from error.__cause__
                wish.patience -= wait
                self._manners.wait(url, max(wait, pause))

    def _given_up(self, url: str, error: "_Failed") -> Unreachable:
        """What to say in the end. A host that said when to come back is left alone until then."""
        if error.retry_after is None:
            return error
        back = datetime.now(UTC) + timedelta(seconds=error.retry_after, minutes=1)  # its minute has begun by then
        day = "" if back.date() == datetime.now(UTC).date() else f"on {back:%Y-%m-%d} "
        line = f"the server asks to come back {day}at {back:%H:%M} UTC ({_named(error.status)})"
        told = Unreachable(url, line, error.retry_after)
        self._manners.leave_alone(host_of(url), error.retry_after, told)
        return told

    def _ask(self, url: str, wish: "_Wish") -> Fetched | str:
        conditions = wish.conditions if host_of(url) == host_of(wish.url) else {}
        with self._mendable(url), self._client.stream("GET", url, headers=conditions) as response:
            location = response.headers.get("location")
            if response.status_code in _REDIRECTS and location:
                return str(location)
            if response.status_code == HTTPStatus.NOT_MODIFIED and conditions:
                raise _NothingNew(url)
            if not response.is_success:
                raise _bad_status(url, response)
            return Fetched(
                url=url,
                final_url=url,
                content_type=response.headers.get("content-type"),
                body=b"".join(self._pieces(url, response, wish)),
                etag=_stated(response.headers.get("etag")),
                last_modified=_stated(response.headers.get("last-modified")),
            )

    def _pieces(self, url: str, response: httpx.Response, wish: "_Wish") -> Iterator[bytes]:
        """The decompressed body, never more than is wished for."""
        declared = response.headers.get("content-length", "")
        if not wish.cut and declared.isdecimal() and int(declared) > wish.most:
            raise TooLarge(url, wish.most)
        decoder = Decoder(url, response.headers.get("content-encoding", ""))
        left = wish.most
        for raw in response.iter_raw():
            self._deadline.left()
            for piece in decoder.pieces(raw):
                if len(piece) > left and not wish.cut:
                    raise TooLarge(url, wish.most)
                yield piece[:left]
                left -= len(piece)
                if left < 0:
                    return
        decoder.end()

    @contextmanager
    def _mendable(self, url: str) -> Iterator[None]:
        """What may go wrong on the network as one clear line about the address that was asked for."""
        try:
            yield
        except Refused as error:  # of the host, from CheckedBackend: name the whole address
            raise Refused(url, error.reason) from error
        except Unreachable as error:
            raise (error if error.url == url else self._dead(url, error.reason)) from error.__cause__
        except (httpx.TimeoutException, httpcore.TimeoutException) as error:
            raise Unreachable(url, f"no answer within {self.limits.seconds:g} s") from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise Refused(url, "this is not a valid web address") from error
        except httpx.ConnectError as error:
            raise self._dead(url, _reason(error)) from error
        except (httpx.NetworkError, httpx.RemoteProtocolError) as error:
            raise _Failed(url, _reason(error), BROKEN) from error
        except (httpx.TransportError, httpx.StreamError) as error:
            raise Unreachable(url, _reason(error)) from error

    def _dead(self, url: str, reason: str) -> Unreachable:
        """Nothing can be had from this host: it is not tried again with each of its addresses."""
        error = Unreachable(url, reason)
        self._manners.leave_alone(origin_of(url), _DEAD, error)
        return error

    def _read_robots(self, url: str) -> bytes:
        """What Robots wants to know. An error of ours (4xx) means that there are no rules, one of theirs forbids."""
        try:
            return self._follow(_Wish(url=url, most=_ROBOTS_BYTES, cut=True)).body
        except Gone:
            return b""
        except _Failed as error:
            if error.status == BROKEN:
                raise
            if error.status < 500 and error.status != HTTPStatus.TOO_MANY_REQUESTS:
                return b""
            reason = f"its robots.txt cannot be read ({error.reason}), so nothing is fetched from there; try later"
            raise Refused(url, reason) from error


@dataclass(slots=True, kw_only=True)
class _Wish:
    """What is wanted of an address. `cut`: what is larger is cut off; `conditions`: headers for its own host only;
    `patience`: for how many more seconds servers may have us wait."""

    url: str
    most: int
    cut: bool = False
    robots: bool = False
    conditions: dict[str, str] = field(default_factory=dict)
    patience: float = _PATIENCE


class _NothingNew(Exception):
    """The answer that a condition asks for, and the address that gave it."""


class _Failed(Unreachable):
    """No answer for now, by the status (or BROKEN). Reaches callers as the Unreachable that it is."""

    def __init__(self, url: str, reason: str, status: int, retry_after: float | None = None) -> None:
        super().__init__(url, reason, retry_after)
        self.status = status


def _bad_status(url: str, response: httpx.Response) -> Unreachable:
    status = response.status_code
    reason = f"the server answers {_named(status)}"
    if status in _GONE:
        return Gone(url, reason)
    asked = response.headers.get("retry-after", "") if status in _BUSY else ""
    return _Failed(url, reason, status, retry_after(asked, datetime.now(UTC)))


def _named(status: int) -> str:
    return f"{status} {_PHRASES.get(status, '')}".rstrip()


def _stated(validator: str | None) -> str | None:
    """A validator that can be kept and sent back: short, and of printable characters."""
    return validator if validator and _VALIDATOR.fullmatch(validator) else None


def _reason(error: Exception) -> str:
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return "its TLS certificate is not valid"
    if isinstance(error, httpx.ConnectError):
        return "it cannot be connected to" + (f" ({text.partition('] ')[2] or text})" if text else "")
    if isinstance(error, httpx.RemoteProtocolError):
        return "the answer was cut off or is not HTTP"
    return f"the connection broke off ({text or type(error).__name__})"
