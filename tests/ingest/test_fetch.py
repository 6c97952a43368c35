"""Fetching: against real servers on loopback, and refusals that need no network at all."""

import contextlib
import gzip
import os
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import brotli
import httpcore
import httpx
import pytest

from corpus.errors import FetchError, Gone, Refused, TooLarge, Unreachable
from ingest.addresses import private_kind
from ingest.connect import CheckedBackend, CheckedTransport
from ingest.encodings import Decoder
from ingest.fetch import Fetched, Fetcher, Limits, NotModified, Validators

AGENT = "Lessonry/0.1 (test)"
Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A server on loopback whose pages are functions; it remembers what was asked of it."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {"/robots.txt": says(404)}
        self.asked: list[str] = []
        self.heads: list[Message] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.asked.append(self.path)
                site.heads.append(self.headers)
                with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                    site.pages.get(self.path, says(404))(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self.thread.start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server.server_port}{path}"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def says(status: int, body: bytes = b"", **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def endlessly(piece: bytes, pause: float) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.end_headers()
        for _ in range(10_000):
            handler.wfile.write(piece)
            time.sleep(pause)

    return answer


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    yield site
    site.close()


@pytest.fixture
def slept() -> list[float]:
    """How long the fetcher wanted to sleep; it never does."""
    return []


@pytest.fixture
def fetcher(slept: list[float]) -> Iterator[Fetcher]:
    limits = Limits(max_bytes=100_000, seconds=5)
    with Fetcher(limits, user_agent=AGENT, allow_private=True, sleep=slept.append) as fetcher:
        yield fetcher


def in_turn(*answers: Answer) -> Answer:
    """One answer after the other, the last one from then on."""
    left = list(answers)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def test_a_page_comes_with_its_type_and_final_address(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = says(302, Location="/b?x=1#part")
    site.pages["/b?x=1"] = says(200, b"<p>hello", Content_Type="text/html; charset=utf-8")
    found = fetcher.get(site.url("/a#top"))
    assert (found.url, found.final_url) == (site.url("/a#top"), site.url("/b?x=1"))
    assert (found.content_type, found.body) == ("text/html; charset=utf-8", b"<p>hello")
    assert {head["User-Agent"] for head in site.heads} == {AGENT}


def test_an_encoding_is_undone(site: Site, fetcher: Fetcher) -> None:
    text = os.urandom(30_000) + b"text" * 15_000
    for encoding, pack in PACK.items():
        site.pages["/z"] = says(200, pack(text), Content_Encoding=encoding)
        assert fetcher.get(site.url("/z")).body == text
    assert site.heads[0]["Accept-Encoding"] == "gzip, br"


def test_an_encoding_is_undone_however_it_is_cut() -> None:
    text = os.urandom(3000) + b"text" * 50_000
    for encoding, pack in PACK.items():
        for step in (1, 7, 1000):
            packed, decoder = pack(text), Decoder("http://a.example/", encoding)
            raws = (packed[start : start + step] for start in range(0, len(packed), step))
            assert b"".join(piece for raw in raws for piece in decoder.pieces(raw)) == text
            decoder.end()


@pytest.mark.parametrize(
    ("status", "line"),
    [(404, "404 Not Found"), (403, "403 Forbidden"), (500, "500 Internal Server Error"), (799, "799")],
)
def test_an_error_status_is_one_clear_line(site: Site, fetcher: Fetcher, status: int, line: str) -> None:
    site.pages["/a"] = says(status)
    with pytest.raises(Unreachable) as error:
        fetcher.get(site.url("/a"))
    assert str(error.value) == f"{site.url('/a')}: the server answers {line}"


@pytest.mark.parametrize(("status", "gone"), [(404, True), (410, True), (403, False), (503, False)])
def test_a_page_that_is_gone_is_told_apart(site: Site, fetcher: Fetcher, status: int, gone: bool) -> None:
    site.pages["/a"] = says(status)
    with pytest.raises(Unreachable) as error:
        fetcher.get(site.url("/a"))
    assert isinstance(error.value, Gone) == gone


def test_a_redirect_to_what_is_no_address(site: Site, fetcher: Fetcher) -> None:
    site.pages["/bad"] = says(302, Location="http://[bad")
    with pytest.raises(Unreachable, match="redirects to what is no address"):
        fetcher.get(site.url("/bad"))


def test_a_redirect_loop_ends(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = says(301, Location="/b")
    site.pages["/b"] = says(301, Location="/a")
    with pytest.raises(Unreachable, match="redirects more than 5 times"):
        fetcher.get(site.url("/a"))
    assert len(site.asked) == 1 + 6


@pytest.mark.parametrize("to", ["ftp://example.com/x", "file:///etc/passwd", "http://me:secret@example.com/"])
def test_a_redirect_is_checked_like_an_address(site: Site, fetcher: Fetcher, to: str) -> None:
    site.pages["/a"] = says(302, Location=to)
    with pytest.raises(Refused) as error:
        fetcher.get(site.url("/a"))
    assert "secret" not in str(error.value)


def test_a_declared_size_over_the_limit_is_not_read(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = says(200, b"x", Content_Length="100001")
    with pytest.raises(TooLarge, match="max_bytes"):
        fetcher.get(site.url("/a"))


def test_an_endless_body_stops_at_the_size_limit(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = endlessly(b"x" * 50_000, 0)
    with pytest.raises(TooLarge):
        fetcher.get(site.url("/a"))


PACK = {"gzip": gzip.compress, "deflate": zlib.compress, "br": brotli.compress}


@pytest.mark.parametrize("encoding", PACK)
def test_a_bomb_stops_at_the_decompressed_size(site: Site, fetcher: Fetcher, encoding: str) -> None:
    packed = PACK[encoding](b"\0" * 30_000_000)
    assert len(packed) < 100_000
    site.pages["/a"] = says(200, packed, Content_Encoding=encoding)
    with pytest.raises(TooLarge):
        fetcher.get(site.url("/a"))


@pytest.mark.parametrize("encoding", PACK)
def test_a_bomb_is_unpacked_in_small_pieces(encoding: str) -> None:
    pieces = Decoder("http://a.example/", encoding).pieces(PACK[encoding](b"\0" * 3_000_000))
    sizes = [len(piece) for piece in pieces]
    assert max(sizes) <= 100_000
    assert sum(sizes) == 3_000_000


@pytest.mark.parametrize(
    ("encoding", "body", "line"),
    [
        ("zstd", b"..", "compressed as 'zstd'"),
        ("gzip, br", brotli.compress(gzip.compress(b"text", mtime=0)), "compressed as 'gzip, br'"),
        ("br", b"not brotli", "damaged"),
        ("br", brotli.compress(b"text") + b"more", "damaged"),
        ("br", brotli.compress(os.urandom(5000))[:-12], "cut off"),
        ("br", b"", "cut off"),
        ("gzip", b"not gzip", "damaged"),
        ("gzip", gzip.compress(b"text" * 1000, mtime=0)[:-12], "cut off"),
    ],
)
def test_a_compression_that_cannot_be_undone(
    site: Site, fetcher: Fetcher, encoding: str, body: bytes, line: str
) -> None:
    site.pages["/a"] = says(200, body, Content_Encoding=encoding)
    with pytest.raises(Unreachable, match=line):
        fetcher.get(site.url("/a"))


def test_a_body_that_ends_too_early(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = says(200, b"half", Content_Length="8")
    with pytest.raises(Unreachable, match="cut off"):
        fetcher.get(site.url("/a"))


def slow_head(handler: BaseHTTPRequestHandler) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(100):
        handler.wfile.write(b"X-%d: y\r\n" % number)
        time.sleep(0.05)


@pytest.mark.parametrize("answer", [endlessly(b"x", 0.05), lambda handler: time.sleep(2), slow_head])
def test_the_whole_request_is_bounded_in_time(site: Site, answer: Answer) -> None:
    site.pages["/a"] = answer
    with Fetcher(Limits(seconds=0.5), user_agent=AGENT, allow_private=True) as fetcher:
        start = time.monotonic()
        with pytest.raises(Unreachable, match=r"no answer within 0\.5 s"):
            fetcher.get(site.url("/a"))
        assert time.monotonic() - start < 1.5


def test_a_slow_resolver_is_bounded_in_time() -> None:
    def resolve(host: str, port: int) -> list[str]:
        time.sleep(3)
        return ["127.0.0.1"]

    transport = CheckedTransport(CheckedBackend(resolve=resolve))
    with Fetcher(Limits(seconds=0.3), user_agent=AGENT, transport=transport) as fetcher:
        start = time.monotonic()
        with pytest.raises(Unreachable, match=r"no answer within 0\.3 s"):
            fetcher.get("http://slow.example/")
        assert time.monotonic() - start < 1.5


def test_a_closed_port_and_a_missing_host(fetcher: Fetcher) -> None:
    with pytest.raises(Unreachable, match="cannot be connected to"):
        fetcher.get("http://127.0.0.1:9/")
    with pytest.raises(Unreachable, match=r"^http://nowhere\.invalid/a: there is no such host, or no network$"):
        fetcher.get("http://nowhere.invalid/a")


# --- what has not changed

KNOWN = Validators(etag='W/"7"', last_modified="Sun, 22 Nov 2026 08:00:00 GMT")


def conditions(site: Site) -> list[tuple[str | None, str | None]]:
    """What each request but those for robots.txt came with."""
    asked = zip(site.asked, site.heads, strict=True)
    return [(head["If-None-Match"], head["If-Modified-Since"]) for path, head in asked if path != "/robots.txt"]


def test_validators_come_with_an_answer_and_go_back(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = says(200, b"a", ETag=KNOWN.etag or "", Last_Modified=KNOWN.last_modified or "")
    found = fetcher.get(site.url("/a"))
    assert (found.etag, found.last_modified) == (KNOWN.etag, KNOWN.last_modified)
    site.pages["/a"] = says(304)
    assert fetcher.get_if_changed(site.url("/a"), KNOWN) == NotModified(site.url("/a"))
    site.pages["/a"] = says(200, b"new")
    changed = fetcher.get_if_changed(site.url("/a"), KNOWN)
    assert isinstance(changed, Fetched)
    assert (changed.body, changed.etag, changed.last_modified) == (b"new", None, None)
    assert conditions(site) == [(None, None)] + 2 * [(KNOWN.etag, KNOWN.last_modified)]


@pytest.mark.parametrize("etag", ['"' + "x" * 600 + '"', '"\xe9"', '"\t"', ""])
def test_a_validator_that_cannot_be_sent_back_is_none(site: Site, fetcher: Fetcher, etag: str) -> None:
    site.pages["/a"] = says(200, b"a", ETag=etag)
    assert fetcher.get(site.url("/a")).etag is None
    fetcher.get_if_changed(site.url("/a"), Validators(etag=f"{etag}\r\nX: y"))
    assert conditions(site) == 2 * [(None, None)]


def test_conditions_stay_with_their_host(site: Site, fetcher: Fetcher) -> None:
    other = Site()
    other.pages["/c"] = says(200, b"c")
    site.pages |= {"/a": says(302, Location="/b"), "/b": says(302, Location=other.url("/c"))}
    found = fetcher.get_if_changed(site.url("/a"), KNOWN)
    other.close()
    assert isinstance(found, Fetched)
    assert found.final_url == other.url("/c")
    assert conditions(site) == 2 * [(KNOWN.etag, KNOWN.last_modified)]
    assert conditions(other) == [(None, None)]


def test_a_304_that_nobody_asked_for(site: Site, fetcher: Fetcher) -> None:
    site.pages["/a"] = says(304)
    for get in (fetcher.get, lambda url: fetcher.get_if_changed(url, Validators())):
        with pytest.raises(Unreachable, match="the server answers 304 Not Modified"):
            get(site.url("/a"))


# --- servers that ask for patience


@pytest.mark.parametrize(
    ("status", "asked", "waits"),
    [(429, "7", [7, 7]), (503, "60", [60, 60]), (503, None, [3, 6]), (429, "soon", [3, 6]), (429, "0", [1, 1]),
     (500, None, [3]), (502, "50", [3]), (504, None, [3]), (403, "7", [])],
)  # fmt: skip
def test_a_failing_server_is_asked_again_politely(
    site: Site, fetcher: Fetcher, slept: list[float], status: int, asked: str | None, waits: list[float]
) -> None:
    failing = says(status, Retry_After=asked) if asked else says(status)
    site.pages["/a"] = in_turn(*[failing] * len(waits), says(200 if waits else status, b"a"))
    if waits:
        assert fetcher.get(site.url("/a")).body == b"a"
    else:
        with pytest.raises(Unreachable):
            fetcher.get(site.url("/a"))
    assert slept == waits


@pytest.mark.parametrize(("status", "tries"), [(503, 3), (500, 2), (403, 1)])
def test_a_server_that_goes_on_failing_is_given_up(site: Site, fetcher: Fetcher, status: int, tries: int) -> None:
    site.pages["/a"] = says(status)
    with pytest.raises(Unreachable, match=f"the server answers {status}") as error:
        fetcher.get(site.url("/a"))
    assert error.value.retry_after is None
    assert site.asked == ["/robots.txt"] + ["/a"] * tries


def test_a_connection_that_breaks_is_tried_once_more(site: Site, fetcher: Fetcher, slept: list[float]) -> None:
    site.pages["/a"] = in_turn(says(200, b"half", Content_Length="8"), says(200, b"whole"))
    assert fetcher.get(site.url("/a")).body == b"whole"
    assert slept == [3]


@pytest.mark.parametrize("asked", ["3600", "Fri, 01 Jan 2100 00:00:00 GMT", "9" * 5000])
def test_a_host_that_names_a_later_time_is_left_alone(
    site: Site, fetcher: Fetcher, slept: list[float], asked: str
) -> None:
    site.pages |= {"/a": says(429, Retry_After=asked), "/b": says(200, b"b")}
    for path in ("/a", "/b"):
        line = rf"{path}: the server asks to come back (?:on [\d-]+ )?at \d\d:\d\d UTC \(429 Too Many Requests\)$"
        with pytest.raises(Unreachable, match=line) as error:
            fetcher.get(site.url(path))
        assert error.value.retry_after == pytest.approx(3600 if asked == "3600" else 86_400, abs=60)
    assert site.asked == ["/robots.txt", "/a"]
    assert slept == []


def test_patience_has_an_end(site: Site, fetcher: Fetcher, slept: list[float]) -> None:
    """However many redirects have us wait, it is two minutes at most for one address."""
    site.pages |= {
        "/a": in_turn(says(503, Retry_After="50"), says(302, Location="/b")),
        "/b": says(503, Retry_After="50"),
    }
    with pytest.raises(Unreachable, match="asks to come back"):
        fetcher.get(site.url("/a"))
    assert slept == [50, 50]


def test_waiting_is_not_fetching(site: Site) -> None:
    """The time for an address is time on the network: pauses and patience are not of it."""
    site.pages["/a"] = in_turn(says(503, Retry_After="9"), says(200, b"a"))
    with Fetcher(
        Limits(seconds=0.5), user_agent=AGENT, allow_private=True, pause=5, sleep=lambda seconds: time.sleep(0.6)
    ) as fetcher:
        assert fetcher.get(site.url("/a")).body == b"a"


def test_a_dead_host_is_not_tried_with_each_address() -> None:
    inner = Inner()
    backend = CheckedBackend(resolve=lambda host, port: asked.append(host) or [], inner=inner)
    asked: list[str] = []
    with Fetcher(user_agent=AGENT, transport=CheckedTransport(backend), respect_robots=False) as fetcher:
        for path in ("/a", "/b"):
            with pytest.raises(Unreachable, match=f"^http://dead.example{path}: this host has no address$"):
                fetcher.get(f"http://dead.example{path}")
        with pytest.raises(Unreachable):
            fetcher.get("https://dead.example/")
    assert asked == ["dead.example", "dead.example"]


# --- robots.txt


def test_robots_txt_is_read_once_and_obeyed(site: Site, fetcher: Fetcher) -> None:
    site.pages |= {
        "/robots.txt": says(200, b"User-agent: *\nAllow: /\n\nUser-agent: lessonry\nDisallow: /private\n"),
        "/a": says(200, b"a"),
        "/private": says(200, b"p"),
        "/way": says(302, Location="/private"),
    }
    assert fetcher.get(site.url("/a")).body == b"a"
    for path in ("/private", "/way"):
        with pytest.raises(Refused, match=r"/private: robots\.txt asks us not to"):
            fetcher.get(site.url(path))
    assert site.asked == ["/robots.txt", "/a", "/way"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_robots_txt_that_fails_forbids(site: Site, fetcher: Fetcher, status: int) -> None:
    site.pages |= {"/robots.txt": says(status), "/a": says(200, b"a")}
    with pytest.raises(Refused, match=f"robots.txt cannot be read .*{status}"):
        fetcher.get(site.url("/a"))


def test_a_robots_txt_that_asks_for_patience_gets_it(site: Site, fetcher: Fetcher, slept: list[float]) -> None:
    site.pages |= {"/robots.txt": in_turn(says(503, Retry_After="9"), says(404)), "/a": says(200, b"a")}
    assert fetcher.get(site.url("/a")).body == b"a"
    assert slept == [9]


@pytest.mark.parametrize(("asked", "waits"), [("7", 7), ("900", 30), ("never", 20)])
def test_the_pause_that_a_host_asks_for_wins(site: Site, asked: str, waits: float) -> None:
    slept: list[float] = []
    site.pages["/robots.txt"] = says(200, f"User-agent: *\nCrawl-delay: {asked}\n".encode())
    site.pages["/a"] = in_turn(says(302, Location="/b"))
    site.pages["/b"] = says(200, b"b")
    with Fetcher(user_agent=AGENT, allow_private=True, pause=20, sleep=slept.append) as fetcher:
        fetcher.get(site.url("/a"))
    assert len(slept) == 2
    assert all(waits - 5 < wait <= waits for wait in slept)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_robots_txt_that_is_not_there_allows(site: Site, fetcher: Fetcher, status: int) -> None:
    site.pages |= {"/robots.txt": says(status), "/a": says(200, b"a")}
    assert fetcher.get(site.url("/a")).body == b"a"


def test_a_silent_host_is_asked_once_for_its_robots_txt(site: Site) -> None:
    site.pages["/robots.txt"] = lambda handler: time.sleep(1)
    with Fetcher(Limits(seconds=0.3), user_agent=AGENT, allow_private=True) as fetcher:
        for path in ("/a", "/b", "/c"):
            with pytest.raises(Unreachable, match=f"{path}: no answer within 0.3 s"):
                fetcher.get(site.url(path))
    assert site.asked == ["/robots.txt"]


def test_a_huge_robots_txt_is_read_as_far_as_the_limit(site: Site, fetcher: Fetcher) -> None:
    rules = b"User-agent: *\nDisallow: /a\n" + b"# x\n" * 200_000
    site.pages |= {"/robots.txt": says(200, rules), "/b": says(200, b"b")}
    with pytest.raises(Refused):
        fetcher.get(site.url("/a"))
    assert fetcher.get(site.url("/b")).body == b"b"


def test_robots_txt_can_be_left_alone(site: Site) -> None:
    site.pages |= {"/robots.txt": says(200, b"User-agent: *\nDisallow: /\n"), "/a": says(200, b"a")}
    with Fetcher(user_agent=AGENT, allow_private=True, respect_robots=False) as fetcher:
        assert fetcher.get(site.url("/a")).body == b"a"


# --- private addresses: nothing of this needs a network


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://127.1/",
        "http://10.0.0.1/",
        "http://192.168.1.1:8080/",
        "http://100.64.0.1/",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0/",
        "http://224.0.0.1/",
        "http://255.255.255.255/",
        "http://2130706433/",
        "http://0x7f.1/",
        "http://localhost/",
        "https://[::1]/",
        "http://[::]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:a00:1]/",
        "http://[fe80::1]/",
        "http://[fc00::1]/",
        "http://[ff02::1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
    ],
)
def test_addresses_that_are_not_public_are_refused(url: str) -> None:
    with Fetcher(Limits(seconds=5), user_agent=AGENT) as fetcher, pytest.raises(Refused, match="allow_private"):
        fetcher.get(url)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::6810:85e5", "2002:808:808::"])
def test_public_addresses_are_public(address: str) -> None:
    assert private_kind(address) is None


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/", "file:///etc/passwd", "gopher://x/", "http://", "http:///a", "http://a:b@example.com/",
     "http://[", "http://exa mple.com/", "http://example.com:99999/", "http://0177.0.0.1/",
     "http://example.com/\r\nX: y", "//example.com"],
)  # fmt: skip
def test_addresses_that_are_none_are_refused(url: str) -> None:
    with Fetcher(user_agent=AGENT) as fetcher, pytest.raises(Refused):
        fetcher.get(url)


class Inner(httpcore.NetworkBackend):
    """Instead of the network: notes where it is connected to, and gives one answer a connection."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.connected: list[str] = []

    def connect_tcp(self, host: str, port: int, *_: object, **__: object) -> httpcore.NetworkStream:
        self.connected.append(host)
        return httpcore.MockStream([self.answers.pop(0)])


CLOSE = b"Content-Length: 0\r\nConnection: close\r\n\r\n"


def through(inner: Inner, *found: list[str]) -> Fetcher:
    """A Fetcher whose resolver gives one of `found` a call."""
    replies = iter(found)
    backend = CheckedBackend(resolve=lambda host, port: next(replies), inner=inner)
    return Fetcher(user_agent=AGENT, transport=CheckedTransport(backend), respect_robots=False)


def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    """A name that turns private after the check gains nothing: it is resolved once a connection."""
    inner = Inner(b"HTTP/1.1 200 OK\r\n" + CLOSE)
    with through(inner, ["93.184.216.34"], ["127.0.0.1"]) as fetcher:
        assert fetcher.get("http://rebind.example/").body == b""
        assert inner.connected == ["93.184.216.34"]
        with pytest.raises(Refused, match=r"^http://rebind\.example/: a loopback address \(127\.0\.0\.1\)"):
            fetcher.get("http://rebind.example/")
    assert inner.connected == ["93.184.216.34"]


def test_one_private_address_among_public_ones_is_enough() -> None:
    with through(Inner(), ["93.184.216.34", "10.0.0.7"]) as fetcher, pytest.raises(Refused, match="private"):
        fetcher.get("http://mixed.example/")


def test_a_redirect_to_a_private_address_is_refused() -> None:
    inner = Inner(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:8000/admin\r\n" + CLOSE)
    with through(inner, ["93.184.216.34"], ["127.0.0.1"]) as fetcher:
        with pytest.raises(Refused, match=r"127\.0\.0\.1:8000/admin: a loopback"):
            fetcher.get("http://public.example/")
    assert inner.connected == ["93.184.216.34"]


def test_a_private_host_is_refused_before_its_robots_txt() -> None:
    inner = Inner()
    backend = CheckedBackend(resolve=lambda host, port: ["10.1.1.1"], inner=inner)
    with Fetcher(user_agent=AGENT, transport=CheckedTransport(backend)) as fetcher:
        with pytest.raises(Refused, match=r"^http://inside\.example/page: a private address"):
            fetcher.get("http://inside.example/page")
    assert inner.connected == []


def test_the_network_can_be_replaced_by_a_function() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=httpx.ByteStream(b"hi")))
    with Fetcher(user_agent=AGENT, transport=transport) as fetcher:
        assert fetcher.get("https://example.com/").body == b"hi"


def test_a_certificate_that_is_not_valid_is_told() -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed (_ssl.c:1006)")

    with Fetcher(user_agent=AGENT, transport=httpx.MockTransport(fail)) as other:
        with pytest.raises(FetchError, match="its TLS certificate is not valid"):
            other.get("https://example.com/")
