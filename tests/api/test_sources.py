"""Sources over HTTP and on their page: followed, paused, refreshed, removed and brought back."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from api.app import create_app
from api.pages_sources import brought, span, standing
from api.wiring import Lessonry
from corpus.errors import NotFound
from tests.fakes import opened

FEED = "https://example.org/feed.xml"


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> TestClient:
    """The worker is not started: nothing is fetched."""
    return TestClient(create_app(lessonry), base_url="http://127.0.0.1")


def soup(client: TestClient, path: str = "/sources") -> BeautifulSoup:
    return BeautifulSoup(client.get(path).text, "lxml")


def send(client: TestClient, path: str, **fields: str) -> BeautifulSoup:
    token = soup(client).select_one('meta[name="csrf"]')["content"]
    answer = client.post(path, data={"csrf": token, **fields})
    return BeautifulSoup(answer.text, "lxml")


def test_a_source_lives_over_http(client):
    made = client.post("/v1/sources", json={"address": FEED, "every": "6h", "kind": "lesson"})
    assert made.status_code == 201
    source = made.json()
    assert (source["address"], source["every_seconds"], source["options"]) == (FEED, 21600, {"kind": "lesson"})
    where = made.headers["location"]
    assert client.get(where).json() == source
    assert client.patch(where, json={"paused": True, "every": "weekly"}).json()["paused"] is True
    assert client.get("/v1/sources").json()["items"][0]["every_seconds"] == 604800
    job = client.post(f"{where}/refresh")
    assert job.status_code == 202
    assert client.post(f"{where}/refresh").json() == job.json()  # one waits already
    assert client.delete(where).status_code == 204
    assert client.get(where).status_code == 404
    assert client.get("/v1/sources").json()["items"] == []


@pytest.mark.parametrize(
    "given",
    [
        {"address": "/etc/passwd"},
        {"address": "ftp://example.org/feed"},
        {"address": FEED, "every": "1m"},
        {"address": FEED, "kind": "novel"},
        {},
    ],
)
def test_what_cannot_be_a_source_is_refused(client, lessonry, given):
    assert client.post("/v1/sources", json=given).status_code in (400, 422)
    assert lessonry.corpus.subscriptions.all() == []


def test_the_page_follows_pauses_and_removes_with_undo(client, lessonry):
    assert "No sources yet" in soup(client).get_text()
    page = send(client, "/sources", address=FEED, every="weekly", kind="")
    row = page.select_one(".rows > li").get_text(" ", strip=True)
    assert "not refreshed yet" in row
    assert "every week" in row
    [source] = lessonry.corpus.subscriptions.all()
    assert "paused" in send(client, f"/sources/{source.id}/pause").select_one(".badge").get_text()
    assert "Resume" in soup(client).select_one(".rows").get_text()
    assert "not refreshed yet" in send(client, f"/sources/{source.id}/resume").select_one(".badge").get_text()
    page = send(client, f"/sources/{source.id}/remove")
    assert lessonry.corpus.subscriptions.all() == []
    undo = page.select_one(".notice.done form")["action"]
    send(client, undo)
    assert lessonry.corpus.subscriptions.all() == [source]


def test_a_mistake_is_told_beside_what_was_typed(client):
    page = send(client, "/sources", address="example.org", every="weekly")
    assert page.select_one("#address")["value"] == "example.org"
    assert "http://" in page.select_one("#address-error").get_text()
    assert page.select_one("#every option[selected]").get_text() == "weekly"


def test_refresh_now_leads_to_its_job(client, lessonry):
    source = lessonry.corpus.subscriptions.add(FEED, {}, every=86400)
    page = send(client, f"/sources/{source.id}/refresh")
    assert page.select_one("h1").get_text() == FEED
    assert FEED in soup(client, "/jobs").select_one("[data-jobs=open]").get_text()


def test_a_removal_keeps_the_log_and_lasts(lessonry):
    subscriptions = lessonry.corpus.subscriptions
    source = subscriptions.add(FEED, {"kind": "lesson"}, every=86400)
    subscriptions.end(subscriptions.begin(source.id), {"seen": 3}, error=None, failures=0, wait=60)
    subscriptions.remove(source.id)
    assert subscriptions.due() == []
    with pytest.raises(NotFound):
        subscriptions.get(FEED)
    assert subscriptions.bring_back(source.id).options == {"kind": "lesson"}
    assert [one.counts for one in subscriptions.log(source.id)] == [{"seen": 3}]
    with pytest.raises(NotFound):
        subscriptions.bring_back("none")


def test_words():
    assert [span(n) for n in (86_400, 21_600, 1_209_600, 300, 301)] == [
        "every day", "every 6 hours", "every 2 weeks", "every 5 minutes", "every 301 seconds",
    ]  # fmt: skip
    told = {"paused": False, "failures": 0, "last_success": "2026-01-01", "seen": 1200, "added": 2, "changed": 0}
    told |= {"gone": 0, "skipped": 0, "failed": 1}
    assert brought(told) == "1,200 seen: 2 new, 1 failed"
    assert standing(told) == ("well", "good")
    assert standing({**told, "failures": 3}) == ("failed 3 times in a row", "bad")
    assert standing({**told, "paused": True}) == ("paused", "")
