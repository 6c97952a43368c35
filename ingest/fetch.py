"""Fetching one address: bounded in bytes, time and redirects, polite to robots.txt, only from public hosts.

Says nothing about what the bytes mean; that is extract's.
"""

import threading
import time
import zlib
from collections.abc import Iterable, Iterator
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
from ingest.addresses import Resolve, check_url, checked_addresses, system_resolve

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


class _Deadline(threading.local):
    """When the fetch that this thread is busy with has to be over."""

    ends: float = float("inf")

    def left(self) -> float:
        """Seconds that are left; TimeoutError when there are none."""
        left = self.ends - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is over")
        return left


class _TimedStream(httpcore.NetworkStream):
    """A stream each of whose reads and writes may take no longer than the whole fetch has left.

    The timeouts of httpx are for one read each: a server that sends a byte now and then would never meet them.
    """

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: object, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        secured = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left())  # type: ignore[arg-type]
        return _TimedStream(secured, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves a host once, checks what it resolves to, and connects to just that: nothing to rebind in between."""

    def __init__(
        self,
        *,
        allow_private: bool = False,
        resolve: Resolve = system_resolve,
        inner: httpcore.NetworkBackend | None = None,
        deadline: _Deadline | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._inner = inner or httpcore.SyncBackend()
        self.deadline = deadline or _Deadline()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Refused or Unreachable for the host, httpcore's errors for the connection."""
        try:
            addresses = checked_addresses(
                host, port, resolve=self._resolve, allow_private=self._allow_private,
                seconds=min(self.deadline.left(), timeout or float("inf")),
            )
        except TimeoutError as error:
            raise httpcore.ConnectTimeout(str(error)) from error
        for address in addresses[:-1]:
            try:
                return self._connect(address, port, local_address, socket_options)
            except httpcore.ConnectError:
                continue
        return self._connect(addresses[-1], port, local_address, socket_options)

    def _connect(
        self,
        address: str,
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.NetworkStream:
        stream = self._inner.connect_tcp(address, port, self.deadline.left(), local_address, socket_options)
        return _TimedStream(stream, self.deadline)


class CheckedTransport(httpx.HTTPTransport):
    """httpx over a CheckedBackend. Proxies of the environment are not used: they would do the resolving."""

    def __init__(self, backend: CheckedBackend) -> None:
        super().__init__()
        self.deadline = backend.deadline
        self._pool.close()
        # httpx hands no network backend through, so its pool is replaced by one that has ours.
        self._pool = httpcore.ConnectionPool(
            ssl_context=httpx.create_ssl_context(), network_backend=backend, max_connections=20, keepalive_expiry=5.0
        )


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
        self._deadline = used.deadline if isinstance(used, CheckedTransport) else _Deadline()
        self._robots: dict[str, tuple[float, Protego | str]] = {}
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
            here = urldefrag(urljoin(here, answer)).url
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
            known = self._read_robots(host, url)
            if len(self._robots) >= _ROBOTS_HOSTS:
                self._robots.clear()
            self._robots[host] = known
        rules = known[1]
        if isinstance(rules, str):
            raise Refused(url, rules)
        if not rules.can_fetch(url, self._agent.split("/")[0]):
            raise Refused(url, "robots.txt asks us not to")

    def _read_robots(self, host: str, url: str) -> tuple[float, Protego | str]:
        """(good until, the rules or why there are none)."""
        kept = time.monotonic() + _ROBOTS_KEPT
        try:
            found = self._follow(f"{host}/robots.txt", _ROBOTS_BYTES, robots=False, cut=True)
        except _BadStatus as error:
            if error.status < 500 and error.status != HTTPStatus.TOO_MANY_REQUESTS:
                return kept, Protego.parse("")
            reason = f"its robots.txt cannot be read ({error.reason}), so nothing is fetched from there; try later"
            return time.monotonic() + _ROBOTS_RETRY, reason
        except FetchError as error:  # the host itself does not answer: say that, not something about robots.txt
            raise type(error)(url, error.reason) from error  # type: ignore[arg-type]
        return kept, Protego.parse(found.body.decode("utf-8", "replace"))


class _BadStatus(Unreachable):
    """An answer that is an error. Reaches callers as the Unreachable that it is."""

    def __init__(self, url: str, status: int) -> None:
        phrase = HTTPStatus(status).phrase if status in HTTPStatus else ""
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
