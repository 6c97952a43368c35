"""Of several servers of one home one takes in and keeps up; when it ends, another does."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.duty import Duty
from api.wiring import Lessonry
from tests.fakes import opened

URL = "http://127.0.0.1"


class Noted:
    """A task that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def start(self) -> None:
        self.told.append("start")

    def stop(self) -> None:
        self.told.append("stop")


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path) as made:
        yield made


def eventually(true: Callable[[], bool]) -> bool:
    ends = time.monotonic() + 20
    while not true() and time.monotonic() < ends:
        time.sleep(0.02)
    return true()


def test_one_does_it_until_it_ends_then_another(lessonry: Lessonry) -> None:
    tasks = [Noted(), Noted()]
    duties = [Duty(lessonry, [task]) for task in tasks]
    duties[0].start()
    assert eventually(lambda: tasks[0].told == ["start"])
    duties[1].start()
    time.sleep(0.2)
    assert tasks[1].told == []
    duties[0].stop()
    assert tasks[0].told == ["start", "stop"]
    assert eventually(lambda: tasks[1].told == ["start"])
    duties[1].stop()
    assert tasks[1].told == ["start", "stop"]


def test_one_that_never_had_the_duty_ends_at_once(lessonry: Lessonry) -> None:
    first, second = Duty(lessonry, [Noted()]), Duty(lessonry, [task := Noted()])
    first.start()
    second.start()
    second.stop()
    first.stop()
    assert task.told in ([], ["start", "stop"])
    assert not [one for one in threading.enumerate() if one.name == "lessonry-duty"]


def test_a_home_that_cannot_be_written_to_is_said_once_and_tried_again(
    lessonry: Lessonry, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.duty._LOOK_SECONDS", 0.01)
    locks = lessonry.settings.home / "locks"
    locks.parent.mkdir(exist_ok=True)
    locks.write_text("in the way")
    duty = Duty(lessonry, [task := Noted()])
    with caplog.at_level(logging.WARNING):
        duty.start()
        assert eventually(lambda: bool(caplog.records))
        time.sleep(0.2)
    assert ["in the background" in record.getMessage() for record in caplog.records] == [True]
    locks.unlink()
    assert eventually(lambda: task.told == ["start"])
    duty.stop()


def test_what_one_server_is_sent_another_takes_in(tmp_path: Path) -> None:
    with opened(tmp_path) as first, opened(tmp_path) as second:
        with TestClient(create_app(first), base_url=URL) as one, TestClient(create_app(second), base_url=URL) as other:
            for client in (one, other):
                body = {"title": f"Leap {client is one}", "text": "A leap second and the clock."}
                where = client.post("/v1/documents", json=body).headers["location"]
                assert eventually(lambda where=where: other.get(where).json()["status"] == "done")
            for client in (one, other):
                hits = client.get("/v1/search", params={"q": "leap"}).json()["hits"]
                assert {hit["document"]["title"] for hit in hits} == {"Leap True", "Leap False"}
