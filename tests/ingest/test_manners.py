"""Manners: decided by eye with a clock that only sleeping moves, and proved by the log of real servers on loopback."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest

from corpus.errors import Unreachable
from ingest import manners
from ingest.fetch import Fetcher
from ingest.manners import Manners, host_of, next_try, origin_of, retry_after

A, B = "http://a.example/1", "http://b.example/1"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


class Clock:
    """Stands still but for sleeping."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def polite(clock: Clock) -> Manners:
    return Manners(2.0, clock=clock, sleep=clock.sleep)


def test_a_pause_lies_between_an_end_and_the_next_start(polite: Manners, clock: Clock) -> None:
    with polite.turn(A):
        clock.now += 10
    clock.now += 0.5
    with polite.turn(A):
        pass
    with polite.turn(B):
        pass
    clock.now += 5
    with polite.turn(A):
        pass
    assert clock.slept == [1.5]


def test_a_turn_that_fails_ends_like_any(polite: Manners, clock: Clock) -> None:
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), polite.turn(A):
            clock.now += 1 / 0
    assert clock.slept == [2]


@pytest.mark.parametrize(("asked", "waits"), [(None, [2]), (0.0, []), (0.5, [0.5]), (10, [10]), (86_400, [30])])
def test_what_a_host_asks_for_wins_both_ways(
    polite: Manners, clock: Clock, asked: float | None, waits: list[float]
) -> None:
    with polite.turn(A):  # its robots.txt, before anything is known
        pass
    with polite.turn(A, asked) as pause:
        assert pause == (waits or [0])[0]
    assert clock.slept == waits


def test_a_host_that_is_left_alone_fails_at_once_until_its_time(polite: Manners, clock: Clock) -> None:
    polite.leave_alone(host_of(A), 600, Unreachable(A, "busy", 600))
    clock.now += 100
    with pytest.raises(Unreachable, match=r"^https://a\.example/2: busy$") as error, polite.turn("https://a.example/2"):
        pass
    assert error.value.retry_after == 500
    with polite.turn(B):
        pass
    clock.now += 500
    with polite.turn(A):
        pass
    assert clock.slept == []


def test_an_origin_that_is_left_alone_is_one_of_two(polite: Manners) -> None:
    polite.leave_alone(origin_of(A), 60, Unreachable(A, "it cannot be connected to"))
    with pytest.raises(Unreachable) as error, polite.turn(A):
        pass
    assert error.value.retry_after is None
    with polite.turn(A.replace("http:", "https:")):
        pass


def test_a_bounded_number_of_hosts_is_remembered(
    polite: Manners, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manners, "_HOSTS", 3)
    for name in "abcda":
        with polite.turn(f"http://{name}.example/"):
            pass
    for name in "dcb":
        with polite.turn(f"http://{name}.example/"):
            pass
    assert clock.slept == [2]  # only of d; c, b and the first a were forgotten one after the other


@pytest.mark.parametrize(
    ("status", "asked", "waits"),
    [
        (429, None, [3, 6]), (503, None, [3, 6]), (429, 20.0, [20, 20]), (429, 60.0, [60, 60]), (429, 61.0, []),
        (503, 0.0, [1, 1]), (500, None, [3]), (502, None, [3]), (504, None, [3]), (manners.BROKEN, None, [3]),
        (403, None, []), (501, None, []), (304, None, []),
    ],
)  # fmt: skip
def test_who_is_asked_again_and_when(status: int, asked: float | None, waits: list[float]) -> None:
    assert [next_try(status, asked, tries) for tries in range(1, 5)] == (waits + 4 * [None])[:4]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), (" 5 ", 5), ("0", 0), ("99999999", 86_400), ("9" * 5000, 86_400), ("-1", None), ("1.5", None),
        ("Sun, 22 Nov 2026 08:02:00 GMT", 120), ("Sun, 22 Nov 2026 08:02:00 -0000", 120),
        ("Sun, 22 Nov 2026 07:00:00 GMT", 0), ("Sat, 01 Jan 2124 00:00:00 GMT", 86_400),
        ("Sun, 99 Nov 2026 08:02:00 GMT", None), ("soon", None), ("", None), ("٣", None), ("1 Jan 0001 00:00 +2359", 0),
    ],
)  # fmt: skip
def test_what_retry_after_means(value: str, seconds: float | None) -> None:
    assert retry_after(value, NOW) == seconds


def test_closing_ends_waiting_for_a_turn_and_for_a_pause() -> None:
    polite = Manners(3600)
    with polite.turn(A):
        pass
    taken = threading.Event()

    def take(url: str) -> str:
        taken.set()
        try:
            with polite.turn(url):
                return "had a turn"
        except Unreachable as error:
            return error.reason

    with ThreadPoolExecutor() as pool, polite.turn(B):
        waiting = [pool.submit(take, A), pool.submit(take, B)]
        taken.wait()
        polite.close()
        assert [future.result() for future in waiting] == 2 * ["the fetching was stopped"]


# --- the whole of it, against servers that write down what happens


class Log:
    """What servers saw: how many requests were in work at once, and when each began and ended."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.now: dict[str, int] = {}
        self.most: dict[str, int] = {}
        self.spans: dict[str, list[tuple[float, float]]] = {}
        self.paths: list[str] = []

    @contextlib.contextmanager
    def request(self, *names: str) -> Iterator[None]:
        with self.lock:
            for name in names:
                self.now[name] = self.now.get(name, 0) + 1
                self.most[name] = max(self.most.get(name, 0), self.now[name])
        began = time.monotonic()
        yield
        with self.lock:
            for name in names:
                self.now[name] -= 1
            self.spans.setdefault(names[0], []).append((began, time.monotonic()))


Leads = Callable[[str], str | None]
"""A path -> where it redirects to, if it does."""


@contextlib.contextmanager
def serving(address: str, log: Log, leads: Leads = lambda path: None) -> Iterator[str]:
    """A host on loopback; its log is written before the end of an answer goes out."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            log.paths.append(self.path)
            with log.request(address, "all"):
                to = leads(self.path)
                self.send_response(302 if to else 404 if self.path == "/robots.txt" else 200)
                self.send_header("Location" if to else "X-Nowhere", to or "")
                self.send_header("Content-Length", "2")
                self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer((address, 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield f"http://{address}:{server.server_port}"
    server.shutdown()
    server.server_close()


def polite_fetcher(pause: float) -> Fetcher:
    return Fetcher(user_agent="Lessonry/0.1 (test)", allow_private=True, pause=pause)


def test_many_threads_are_one_guest_with_a_pause() -> None:
    log = Log()
    with serving("127.0.0.1", log) as site, polite_fetcher(0.05) as fetcher, ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: fetcher.get(f"{site}/{number}").body, range(12)))
    assert found == 12 * [b"ok"]
    assert log.most == {"127.0.0.1": 1, "all": 1}
    spans = sorted(log.spans["127.0.0.1"])
    assert len(spans) == 13  # robots.txt once
    assert log.paths.count("/robots.txt") == 1
    assert all(start - end >= 0.05 for (_, end), (start, _) in pairwise(spans))


def test_many_hosts_are_visited_at_once() -> None:
    """Each host answers only when all of them have been asked."""
    log, together = Log(), threading.Barrier(4)

    def leads(path: str) -> None:
        if path != "/robots.txt":
            together.wait(timeout=20)

    with contextlib.ExitStack() as stack:
        sites = [stack.enter_context(serving(f"127.0.0.{number}", log, leads)) for number in range(1, 5)]
        fetcher = stack.enter_context(polite_fetcher(0.01))
        with ThreadPoolExecutor(4) as pool:
            assert [found.body for found in pool.map(lambda site: fetcher.get(f"{site}/a"), sites)] == 4 * [b"ok"]
    assert log.most["all"] == 4


def test_hosts_that_redirect_to_each_other_do_not_lock_each_other_out() -> None:
    log = Log()
    sites: list[str] = []

    def leads(path: str) -> str | None:
        return f"{sites[int(path[3])]}/end" if path.startswith("/to") else None

    with serving("127.0.0.1", log, leads) as first, serving("127.0.0.2", log, leads) as second:
        sites += [first, second]
        urls = [f"{first}/to1?{number}" for number in range(8)] + [f"{second}/to0?{number}" for number in range(8)]
        with polite_fetcher(0.001) as fetcher, ThreadPoolExecutor(8) as pool:
            ends = [found.final_url for found in pool.map(fetcher.get, urls)]
    assert ends == 8 * [f"{second}/end"] + 8 * [f"{first}/end"]
    assert (log.most["127.0.0.1"], log.most["127.0.0.2"]) == (1, 1)
