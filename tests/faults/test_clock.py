"""The clock jumps: forward for a moment, as a machine that wakes with a wrong one, and back again."""

import datetime
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from api.load import Tries
from api.wiring import Lessonry
from corpus.accounts import BadToken
from corpus.clock import later, now
from tests.fakes import opened, stored
from tests.faults.doors import TEXTS, ended, fill, finds, served, whole

YEARS = 30 * 365 * 86_400


class Clock:
    """What `corpus.clock` reads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = 0
        shown = SimpleNamespace(now=lambda zone: datetime.datetime.now(zone) + datetime.timedelta(seconds=self.ahead))
        monkeypatch.setattr("corpus.clock.datetime", shown)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    fill(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def lessonry(home: Path) -> Iterator[Lessonry]:
    with opened(home) as made:
        yield made


def test_a_token_ends_by_the_clock_and_its_maker_is_not_locked_out_for_good(lessonry: Lessonry, clock: Clock) -> None:
    accounts = lessonry.corpus.accounts
    _, secret = accounts.create_token("Ada", ["read"], expires=later(86_400))
    assert accounts.admit(secret).name == "Ada"
    clock.ahead = YEARS
    with pytest.raises(BadToken, match="expired"):
        accounts.admit(secret)
    clock.ahead = 0
    assert accounts.admit(secret).name == "Ada"
    clock.ahead = -YEARS
    assert accounts.admit(secret).last_used is not None


@pytest.mark.parametrize("jump", [YEARS, -YEARS])
def test_jobs_of_another_time_are_done_and_found(home: Path, clock: Clock, jump: int) -> None:
    jobs = []
    for ahead, title in ((0, "Router"), (jump, "Crew"), (0, "Alarm")):
        clock.ahead = ahead
        with opened(home) as lessonry, served(lessonry) as client:
            client.app.state.worker.stop()  # type: ignore[attr-defined]
            body = {"title": title, "text": f"The {title.lower()}."}
            jobs.append(client.post("/v1/documents", json=body).json()["job"])
    with opened(home) as lessonry, served(lessonry) as client:
        assert [ended(client, job)["status"] for job in jobs] == ["done"] * 3
        for title in ("Router", "Crew", "Alarm", "Valve"):
            finds(client, title.lower(), title)
    whole(home, [*TEXTS, "Router", "Crew", "Alarm"])


@pytest.mark.parametrize("jump", [YEARS, -YEARS])
def test_what_is_written_at_another_time_is_in_the_next_answer(lessonry: Lessonry, clock: Clock, jump: int) -> None:
    """An index is told what is new by the number of the write, never by the clock."""
    with served(lessonry) as client:
        finds(client, "valve", "Valve")
        clock.ahead = jump
        stored(lessonry, "Router", "The router.")
        finds(client, "router", "Router")
        clock.ahead = 0
        changed = stored(lessonry, "Router", "The router and the crew.")
        finds(client, "crew", "Router")
        assert lessonry.corpus.documents.get(changed).text == "The router and the crew."


def test_lessons_are_due_by_the_day_it_is_now(lessonry: Lessonry, clock: Clock) -> None:
    lifecycle = lessonry.corpus.lifecycle
    valve = stored(lessonry, "Valve", TEXTS["Valve"])
    lifecycle.say(valve, {"state": "verified", "review_by": later(86_400)[:10]})
    assert lifecycle.in_doubt(limit=9) == []
    clock.ahead = YEARS
    assert [one.document.id for one in lifecycle.in_doubt(limit=9)] == [valve]
    clock.ahead = 0
    assert lifecycle.in_doubt(limit=9) == []
    clock.ahead = -YEARS
    assert lifecycle.in_doubt(limit=9) == []


def test_a_source_refreshed_while_the_clock_was_ahead_is_refreshed_again(lessonry: Lessonry, clock: Clock) -> None:
    subscriptions = lessonry.corpus.subscriptions
    source = subscriptions.add("https://example.org/feed", {}, every=86_400)
    clock.ahead = YEARS
    subscriptions.end(subscriptions.begin(source.id), {}, error=None, failures=0, wait=86_400)
    assert subscriptions.due() == []
    clock.ahead = 0
    assert [one.id for one in subscriptions.due()] == [source.id]
    subscriptions.end(subscriptions.begin(source.id), {}, error=None, failures=0, wait=86_400)
    assert subscriptions.due() == []
    assert now() < subscriptions.get(source.id).due <= later(86_400)


def test_a_clock_that_is_put_back_locks_nobody_out(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = MovingWindowRateLimiter(Tries())
    rate = parse("3/minute")
    assert [tries.hit(rate, "ada") for _ in range(4)] == [True, True, True, False]
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() - 86_400)
    assert tries.test(rate, "ada")
    assert [tries.hit(rate, "ada") for _ in range(4)] == [True, True, True, False]
    monkeypatch.setattr("time.time", real)
    assert tries.hit(rate, "ada")
