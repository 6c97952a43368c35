"""Alerts answered with lessons, and posted to a channel: once, to public addresses, in words that call nobody."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.alerts import read_alert
from api.app import create_app
from api.posting import Recent, message
from api.schemas_search import RelatedAnswer
from api.wiring import Lessonry
from corpus.errors import BadQuery
from tests.fakes import opened, stored

PAYLOADS = Path(__file__).parents[1] / "data" / "alerts"
SECRET = "T000-secret"


def payload(name: str) -> dict:
    return json.loads((PAYLOADS / f"{name}.json").read_text())


class Channel:
    """A webhook on loopback that keeps what is posted and answers with a status."""

    def __init__(self) -> None:
        self.posted: list[dict] = []
        self.status = 200
        channel = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                channel.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(channel.status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/{SECRET}"


@pytest.fixture
def channel() -> Iterator[Channel]:
    made = Channel()
    threading.Thread(target=made.server.serve_forever, args=(0.05,), daemon=True).start()
    yield made
    made.server.shutdown()
    made.server.server_close()


@contextmanager
def serving(home: Path, **settings: object) -> Iterator[tuple[Lessonry, TestClient]]:
    with opened(home, **settings) as lessonry:
        stored(
            lessonry,
            "Leap seconds <!channel>",
            "The clock took the leap second badly.",
            url="https://a.example/?a=1&b=2",
        )
        stored(lessonry, "Backups", "The disk was full and so was the backup.")
        with TestClient(create_app(lessonry), base_url="http://127.0.0.1") as client:
            yield lessonry, client


def titles(answer: dict) -> list[str]:
    return [one["document"]["title"] for one in answer["suggestions"]]


def test_what_fires_is_answered_with_lessons_and_what_is_resolved_is_not(tmp_path):
    with serving(tmp_path / "home") as (_, client):
        clock = client.post("/v1/alerts", json=payload("alertmanager")).json()
        disk = client.post("/v1/alerts", json=payload("pagerduty")).json()
        over = payload("alertmanager") | {"alerts": payload("alertmanager")["alerts"][1:]}
        resolved = payload("pagerduty")
        resolved["event"]["event_type"] = "incident.resolved"
        assert titles(clock) == ["Leap seconds <!channel>"]
        assert clock["suggestions"][0]["because"][0]["yours"] == "The clock of a:9100 jumped by a leap second."
        assert titles(disk) == ["Backups"]
        assert clock["posted"] is disk["posted"] is False
        for nothing in (over, resolved):
            assert client.post("/v1/alerts", json=nothing).json()["suggestions"] == []


def test_an_alert_is_posted_once_and_another_of_the_group_again(tmp_path, channel):
    with serving(tmp_path / "home", slack_webhook=channel.url, allow_private=True) as (_, client):
        sent = payload("alertmanager")
        assert [client.post("/v1/alerts", json=sent).json()["posted"] for _ in range(3)] == [True, False, False]
        sent["alerts"][0]["fingerprint"] = "another"
        assert client.post("/v1/alerts", json=sent).json()["posted"]
    text = channel.posted[0]["text"]
    assert text.startswith(
        "*Lessons for ClockSkew*\n• <https://a.example/?a=1&amp;b=2|Leap seconds &lt;!channel&gt;> ("
    )
    assert text.endswith("\n> The clock took the leap second badly.")
    assert len(channel.posted) == 2


@pytest.mark.parametrize("status", [500, 302])
def test_what_could_not_be_posted_is_an_error_without_the_secret_and_is_tried_again(tmp_path, channel, status):
    with serving(tmp_path / "home", slack_webhook=channel.url, allow_private=True) as (_, client):
        channel.status = status
        answer = client.post("/v1/alerts", json=payload("alertmanager"))
        assert answer.status_code == 502
        assert SECRET not in answer.text
        channel.status = 200
        assert client.post("/v1/alerts", json=payload("alertmanager")).json()["posted"]


def test_private_addresses_are_not_posted_to_unless_allowed(tmp_path, channel):
    with serving(tmp_path / "home", slack_webhook=channel.url) as (_, client):
        answer = client.post("/v1/alerts", json=payload("alertmanager"))
        assert answer.status_code == 422
        assert "allow_private" in answer.json()["detail"]
        assert SECRET not in answer.text
    assert channel.posted == []


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"version": "4"}, {"version": "3", "alerts": []}, {"event": []}, {"event": {"event_type": 1}}, {"alerts": "x"},
    ],
)  # fmt: skip
def test_other_shapes_are_refused_in_a_line(sent):
    with pytest.raises(BadQuery, match="neither a webhook of Alertmanager"):
        read_alert(sent)


@pytest.mark.parametrize(
    "alert",
    [None, [], "x", {"status": "firing"}, {"status": "firing", "labels": 1, "annotations": [], "fingerprint": {}}],
)
def test_strange_parts_of_an_alert_break_nothing(alert):
    found = read_alert({"version": "4", "alerts": [alert]})
    assert found.title == ""
    assert found.text == ""


def test_what_was_told_is_told_again_if_it_is_forgotten():
    recent = Recent()
    assert recent.claim(["a", "b"])
    assert not recent.claim(["a"])
    recent.forget(["a"])
    assert recent.claim(["a"])


def test_a_message_is_bounded(tmp_path):
    with serving(tmp_path / "home") as (_, client):
        answer = client.post("/v1/related", json={"text": "The clock took the leap second."}).json()
    answer["suggestions"] = answer["suggestions"] * 50
    assert len(message("x" * 10_000, RelatedAnswer.model_validate(answer))["text"]) <= 3_000
