"""Tricky addresses and chains of redirects: none reaches a listener on this machine, which counts connections."""

import contextlib
import socket
import threading
from collections.abc import Iterator

import httpcore
import pytest

from corpus.errors import FetchError
from ingest.connect import CheckedBackend, CheckedTransport
from ingest.fetch import Fetcher, Limits

PUBLIC = "93.184.216.34"
LOOPBACK = [
    "127.0.0.1", "127.1", "127.0.1", "127.255.255.254", "127.0.0.2", "localhost", "LOCALHOST", "localhost.",
    "localhost.localdomain", "a.localhost", "ip6-localhost", "0.0.0.0", "0", "0x0", "00.0.0.0",
    "2130706433", "0x7f000001", "0X7F000001", "017700000001", "0177.0.0.1", "0177.0.0.01", "0x7f.0.0.1", "0x7f.1",
    "127.0x0.1", "127.0.0.0x1", "127.000.000.001", "[::1]", "[0:0:0:0:0:0:0:1]", "[::0001]", "[::]", "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::7f00:1]", "[64:ff9b::127.0.0.1]",
    "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:0001::1]", "[2001:0:53aa:64c:0:0:80ff:fffe]", "[::1%25lo]",
    "[fe80::1]", "[fe80::1%25lo]", "127.0.0.1.", "127。0。0。1", "１２７.0.0.1", "①②⑦.0.0.1", "127.0.0.1%00.example.com",
    "127.0.0.1%2eexample.com", "%31%32%37.0.0.1", "127.0.0.1\\@example.com", "example.com@127.0.0.1",
    "example.com:80@127.0.0.1", "127.0.0.1#@example.com", "127.0.0.1?@example.com",
]  # fmt: skip
"""Spellings of this machine; what follows is put behind them: the port of the listener."""
INSIDE = [
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.0.1", "192.168.255.255", "100.64.0.1",
    "169.254.169.254", "169.254.0.1", "0xa9fea9fe", "2852039166", "0251.0376.0251.0376", "[::ffff:169.254.169.254]",
    "[fd00:ec2::254]", "[fec0::1]", "[fc00::1]", "[64:ff9b:1::a00:1]", "198.18.0.1", "192.0.0.8", "192.0.2.1", "224.0.0.1",
    "240.0.0.1", "255.255.255.255", "[ff02::1]", "[100::1]", "[2001:db8::1]",
]  # fmt: skip
SCHEMES = [
    "file:///etc/passwd", "FILE:/etc/passwd", "gopher://127.0.0.1:{port}/_x", "ftp://127.0.0.1:{port}/",
    "dict://127.0.0.1:{port}/", "ldap://127.0.0.1:{port}/", "jar:http://127.0.0.1:{port}/!/", "data:text/html,x",
    "javascript:alert(1)", "unix:/var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/", "//127.0.0.1:{port}/",
    "http:127.0.0.1:{port}/", "http:/127.0.0.1:{port}/", "http:\\\\127.0.0.1:{port}\\", "http://127.0.0.1:{port}\r\nHost: x/",
    "\thttp://127.0.0.1:{port}/", "http://me:secret@127.0.0.1:{port}/", "https://127.0.0.1:{port}/", "ws://127.0.0.1:{port}/",
]  # fmt: skip
STATUSES = (301, 302, 303, 307, 308)


class Listener:
    """Counts who connects, at every address of this machine, and answers as a secret would."""

    def __init__(self) -> None:
        self.connections = 0
        self._sockets = [socket.create_server(("0.0.0.0", 0))]
        self.port = self._sockets[0].getsockname()[1]
        if socket.has_ipv6:
            with contextlib.suppress(OSError):  # a machine whose kernel has none
                self._sockets.append(socket.create_server(("::1", self.port), family=socket.AF_INET6))
        for one in self._sockets:
            threading.Thread(target=self._listen, args=[one], daemon=True).start()

    def _listen(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listening.accept()
                self.connections += 1
                with contextlib.suppress(OSError), connection:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")

    def close(self) -> None:
        for one in self._sockets:
            one.close()


class Network(httpcore.SyncBackend):
    """The real network, except that the public address answers with the redirects of a test."""

    def __init__(self, *answers: bytes) -> None:
        super().__init__()
        self._answers = list(answers)

    def connect_tcp(self, host, port, *args, **named):
        if host == PUBLIC:
            if not self._answers:
                raise httpcore.ConnectError("the public host is silent")
            return httpcore.MockStream([self._answers.pop(0)])
        return super().connect_tcp(host, port, *args, **named)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    made = Listener()
    yield made
    made.close()


def resolve(host: str, port: int) -> list[str]:
    """Names under example.com are public, rebind.example.com at the first time only; the system knows the rest."""
    if host == "mixed.example.com":
        return [PUBLIC, "127.0.0.1"]
    if host.endswith("example.com"):
        return [PUBLIC]
    return list(dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))


def asked(url: str, *answers: bytes, resolving=resolve) -> None:
    backend = CheckedBackend(resolve=resolving, inner=Network(*answers))
    limits = Limits(seconds=3)
    transport = CheckedTransport(backend)
    with Fetcher(
        limits, user_agent="Lessonry (test)", transport=transport, respect_robots=False, sleep=lambda seconds: None
    ) as one:
        with pytest.raises(FetchError) as caught:
            one.get(url)
    assert "secret" not in str(caught.value)


def redirect(status: int, to: str) -> bytes:
    head = f"HTTP/1.1 {status} Moved\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    return head.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("host", [*LOOPBACK, *INSIDE])
def test_an_address_of_the_inside_is_not_connected_to(listener, host):
    asked(f"http://{host}:{listener.port}/")
    assert listener.connections == 0


@pytest.mark.parametrize("url", SCHEMES)
def test_another_scheme_or_a_crooked_address_is_not_followed(listener, url):
    asked(url.format(port=listener.port))
    assert listener.connections == 0


@pytest.mark.parametrize("host", [host for host in [*LOOPBACK, *INSIDE] if "@" not in host and host.isascii()])
def test_a_redirect_to_the_inside_is_not_followed(listener, host):
    status = STATUSES[len(host) % len(STATUSES)]
    asked("http://www.example.com/", redirect(status, f"http://{host}:{listener.port}/"))
    assert listener.connections == 0


@pytest.mark.parametrize("hops", [2, 3, 4, 5])
def test_a_long_way_to_the_inside_is_not_followed(listener, hops):
    way = [redirect(302, f"http://hop{number}.example.com/") for number in range(hops - 1)]
    asked("http://www.example.com/", *way, redirect(307, f"http://127.0.0.1:{listener.port}/"))
    assert listener.connections == 0


@pytest.mark.parametrize("url", SCHEMES)
def test_a_redirect_to_another_scheme_is_not_followed(listener, url):
    target = url.format(port=listener.port).replace("\r\n", "")
    answers = [redirect(302, target), redirect(404, "/")]  # what is relative leads to the public host itself
    asked("http://www.example.com/", *answers, redirect(404, "/"))
    assert listener.connections == 0


def test_one_inner_address_among_public_ones_is_enough(listener):
    asked(f"http://mixed.example.com:{listener.port}/")
    assert listener.connections == 0


def test_a_name_that_turns_inward_after_the_check(listener):
    """It is resolved once a connection, and the connection goes to what was checked."""
    turns = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    asked(
        f"http://rebind.example.com:{listener.port}/",
        redirect(302, f"http://rebind.example.com:{listener.port}/again"),
        resolving=lambda host, port: next(turns),
    )
    assert listener.connections == 0


def test_the_listener_counts(listener):
    """Last: the same listener is reached where that is allowed, so that the zeros above mean something."""
    backend = CheckedBackend(allow_private=True)
    with Fetcher(user_agent="Lessonry (test)", transport=CheckedTransport(backend), respect_robots=False) as one:
        assert one.get(f"http://127.0.0.1:{listener.port}/").body == b"secret"
    assert listener.connections == 1
