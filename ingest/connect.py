"""How Fetcher connects: to the very address that was checked, and for no longer than the whole fetch has left."""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache

import httpcore
import httpx

from ingest.addresses import Resolve, checked_addresses, system_resolve


class Deadline(threading.local):
    """When the fetch that this thread is busy with has to be over. Time runs only while it is on the network.

    `budget` is how many seconds of that it has left.
    """

    budget: float = float("inf")
    ends: float = float("inf")

    @contextmanager
    def running(self) -> Iterator[None]:
        """What is done in here takes from the budget."""
        began = time.monotonic()
        self.ends = began + self.budget
        try:
            yield
        finally:
            self.budget -= time.monotonic() - began
            self.ends = float("inf")

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

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
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
        deadline: Deadline | None = None,
    ) -> None:
        self._allow_private = allow_private
        self._resolve = resolve
        self._inner = inner or httpcore.SyncBackend()
        self.deadline = deadline or Deadline()

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
                host,
                port,
                resolve=self._resolve,
                allow_private=self._allow_private,
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
        super().__init__(verify=_trusted())
        self.deadline = backend.deadline
        self._pool.close()
        # httpx hands no network backend through, so its pool is replaced by one that has ours.
        self._pool = httpcore.ConnectionPool(
            ssl_context=_trusted(), network_backend=backend, max_connections=20, keepalive_expiry=5.0
        )


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed. To read them takes as long as a search."""
    return httpx.create_ssl_context()
