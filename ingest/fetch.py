"""Fetching one address: bounded in bytes, time and redirects, polite to robots.txt, only from public hosts.

Says nothing about what the bytes mean; that is extract's.
"""

import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Self
from urllib.parse import urldefrag, urljoin, urlsplit

import httpcore
import httpx
from protego import Protego

from corpus.errors import FetchError, Refused, TooLarge, Unreachable
from ingest.addresses import check_url
from ingest.connect import CheckedBackend, CheckedTransport, Deadline

_PHRASES = {int(status): status.phrase for status in HTTPStatus}
_REDIRECTS = (301, 302, 303, 307, 308)
_ROBOTS_BYTES = 512_000
_ROBOTS_KEPT = 3600.0
_ROBOTS_RETRY = 60.0
_ROBOTS_HOSTS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one address may cost. `seconds` is for the whole of it, redirects and robots.txt included."""

    max_bytes: int = 50_000_000
    seconds: float = 30.0
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """An answer. `final_url` is where the redirects led; `body` is decompressed."""

    url: str
    final_url: str
    content_type: str | None
    body: bytes


class Fetcher:
    """Gets addresses. Keeps connections and robots.txt; close it, or use it in a `with`."""

    def __init__(
        self,
        limits: Limits = Limits(),
        *,
        user_agent: str,
        allow_private: bool = False,
        transport: httpx.BaseTransport | None = None,
        respect_robots: bool = True,
    ) -> None:
        self.limits = limits
        self._agent = user_agent
        self._respect_robots = respect_robots
        used = transport or CheckedTransport(CheckedBackend(allow_private=allow_private))
        self._deadline = used.deadline if isinstance(used, CheckedTransport) else Deadline()
        self._robots: dict[str, tuple[float, Protego | FetchError]] = {}
        # Only gzip: its decoder can be told how much it may give, so that a small answer cannot fill the memory.
        headers = {"User-Agent": user_agent, "Accept-Encoding": "gzip"}
        self._client = httpx.Client(transport=used, headers=headers, trust_env=False, timeout=limits.seconds)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def get(self, url: str) -> Fetched:
        """The answer to GET. Refused, TooLarge or Unreachable, each with one clear line, if there is none."""
        self._deadline.ends = time.monotonic() + self.limits.seconds
        try:
            return self._follow(url, self.limits.max_bytes, robots=self._respect_robots)
        finally:
            self._deadline.ends = float("inf")

    def _follow(self, url: str, most: int, *, robots: bool, cut: bool = False) -> Fetched:
        here = urldefrag(url).url
        for _ in range(self.limits.redirects + 1):
            check_url(here)
            if robots:
                self._ask_robots(here)
            answer = self._once(here, most, cut=cut)
            if isinstance(answer, Fetched):
                return Fetched(url=url, final_url=here, content_type=answer.content_type, body=answer.body)
            try:
                here = urldefrag(urljoin(here, answer)).url
            except ValueError as error:
                raise Unreachable(url, "redirects to what is no address") from error
        raise Unreachable(url, f"redirects more than {self.limits.redirects} times")

    def _once(self, url: str, most: int, *, cut: bool) -> Fetched | str:
        """The answer, or the address it redirects to."""
        with self._mendable(url), self._client.stream("GET", url) as response:
            location = response.headers.get("location")
            if response.status_code in _REDIRECTS and location:
                return str(location)
            if not response.is_success:
                raise _BadStatus(url, response.status_code)
            body = b"".join(self._pieces(url, response, most, cut=cut))
            kind = response.headers.get("content-type")
            return Fetched(url=url, final_url=url, content_type=kind, body=body)

    def _pieces(self, url: str, response: httpx.Response, most: int, *, cut: bool) -> Iterator[bytes]:
        """The decompressed body, never more than `most` bytes of it."""
        declared = response.headers.get("content-length", "")
        if not cut and declared.isdecimal() and int(declared) > most:
            raise TooLarge(url, most)
        decode = _Decoder(url, response.headers.get("content-encoding", ""))
        size = 0
        for raw in response.iter_raw():
            self._deadline.left()
            piece = decode(raw, most - size + 1)
            size += len(piece)
            if size > most:
                if cut:
                    yield piece[: most - size]
                    return
                raise TooLarge(url, most)
            yield piece
        decode.end()

    @contextmanager
    def _mendable(self, url: str) -> Iterator[None]:
        """What may go wrong on the network as one clear line about the address that was asked for."""
        try:
            yield
        except (Refused, Unreachable) as error:  # of the host, from CheckedBackend: name the whole address
            if error.url == url:
                raise
            raise type(error)(url, error.reason) from error
        except (httpx.TimeoutException, httpcore.TimeoutException) as error:
            raise Unreachable(url, f"no answer within {self.limits.seconds:g} s") from error
        except httpx.InvalidURL as error:
            raise Refused(url, "this is not a valid web address") from error
        except (httpx.TransportError, httpx.StreamError) as error:
            raise Unreachable(url, _reason(error)) from error

    def _ask_robots(self, url: str) -> None:
        """Refused if the host's robots.txt asks us not to fetch the address, or cannot be read (RFC 9309)."""
        parts = urlsplit(url)
        host = f"{parts.scheme}://{parts.netloc}"
        known = self._robots.get(host)
        if known is None or known[0] < time.monotonic():
            known = self._read_robots(host)
            if len(self._robots) >= _ROBOTS_HOSTS:
                self._robots.clear()
            self._robots[host] = known
        rules = known[1]
        if isinstance(rules, FetchError):
            raise type(rules)(url, rules.reason)
        if not rules.can_fetch(url, self._agent.split("/")[0]):
            raise Refused(url, "robots.txt asks us not to")

    def _read_robots(self, host: str) -> tuple[float, Protego | FetchError]:
        """(good until, the rules or why nothing is fetched from this host)."""
        try:
            found = self._follow(f"{host}/robots.txt", _ROBOTS_BYTES, robots=False, cut=True)
        except _BadStatus as error:
            if error.status < 500 and error.status != HTTPStatus.TOO_MANY_REQUESTS:
                return time.monotonic() + _ROBOTS_KEPT, Protego.parse("")
            reason = f"its robots.txt cannot be read ({error.reason}), so nothing is fetched from there; try later"
            return time.monotonic() + _ROBOTS_RETRY, Refused(host, reason)
        except (Refused, Unreachable) as error:  # the host itself is refused or silent: nothing about robots.txt
            return time.monotonic() + _ROBOTS_RETRY, error
        return time.monotonic() + _ROBOTS_KEPT, Protego.parse(found.body.decode("utf-8", "replace"))


class _BadStatus(Unreachable):
    """An answer that is an error. Reaches callers as the Unreachable that it is."""

    def __init__(self, url: str, status: int) -> None:
        phrase = _PHRASES.get(status, "")
        super().__init__(url, f"the server answers {status} {phrase}".rstrip())
        self.status = status


class _Decoder:
    """Undoes a content encoding, a bounded piece at a time."""

    def __init__(self, url: str, encoding: str) -> None:
        self._url = url
        name = encoding.strip().lower()
        if name not in ("", "identity", "gzip", "x-gzip", "deflate"):
            raise Unreachable(url, f"the answer is compressed as {name!r}, which was not asked for")
        self._zlib = None if name in ("", "identity") else zlib.decompressobj(zlib.MAX_WBITS | 32)

    def __call__(self, raw: bytes, most: int) -> bytes:
        """At most `most` bytes; more than the caller wants means that it stops."""
        if self._zlib is None:
            return raw
        try:
            return self._zlib.decompress(raw, most)
        except zlib.error as error:
            raise Unreachable(self._url, "the answer is damaged (its compression cannot be undone)") from error

    def end(self) -> None:
        """Unreachable if the compressed answer was cut off."""
        if self._zlib is not None and not self._zlib.eof:
            raise Unreachable(self._url, "the answer was cut off")


def _reason(error: Exception) -> str:
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text:
        return "its TLS certificate is not valid"
    if isinstance(error, httpx.ConnectError):
        return "it cannot be connected to" + (f" ({text.partition('] ')[2] or text})" if text else "")
    if isinstance(error, httpx.RemoteProtocolError):
        return "the answer was cut off or is not HTTP"
    return f"the connection broke off ({text or type(error).__name__})"
