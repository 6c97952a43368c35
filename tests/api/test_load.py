"""Too much at once: refused with the time to wait, and nothing else suffers."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.access import needs
from api.app import create_app
from api.settings import SettingsError, load
from search import related, searcher
from search.turns import Turns
from search.types import Query
from tests.fakes import opened, stored

URL = "http://127.0.0.1"
SEARCH = "/v1/search?q=disk"


def client_at(app: FastAPI, address: str) -> TestClient:
    return TestClient(app, base_url=URL, client=(address, 50_000), raise_server_exceptions=False)


@pytest.fixture
def limited(tmp_path: Path) -> Iterator[tuple[FastAPI, dict[str, dict[str, str]]]]:
    """Three requests an hour; tokens of two people, of whom Ann has two."""
    with opened(tmp_path / "home", rate_limit="3/hour", public_read=True) as lessonry:
        make = lessonry.corpus.accounts.create_token
        tokens = {
            "ann": make("Ann", ["read"])[1],
            "ann again": make("Ann", ["read"])[1],
            "bob": make("Bob", ["read"])[1],
        }
        yield create_app(lessonry), {name: {"Authorization": f"Bearer {one}"} for name, one in tokens.items()}


def test_one_address_too_often_is_asked_to_wait_and_others_are_answered(limited):
    app, _ = limited
    busy, other = client_at(app, "192.0.2.1"), client_at(app, "192.0.2.2")
    assert [busy.get(SEARCH).status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = busy.get(SEARCH)
    assert refused.headers["content-type"] == "application/problem+json"
    assert 1 <= int(refused.headers["retry-after"]) <= 3600
    assert "rate_limit" in refused.json()["detail"]
    assert other.get(SEARCH).status_code == 200
    for path in ("/healthz", "/readyz", "/static/app.css"):
        assert busy.get(path).status_code == 200


def test_a_person_is_counted_with_all_their_tokens_and_wherever_they_are(limited):
    app, tokens = limited
    asked = [("192.0.2.1", "ann"), ("192.0.2.2", "ann again"), ("192.0.2.3", "ann"), ("192.0.2.4", "ann again")]
    codes = [client_at(app, address).get(SEARCH, headers=tokens[name]).status_code for address, name in asked]
    assert codes == [200, 200, 200, 429]
    assert client_at(app, "192.0.2.1").get(SEARCH, headers=tokens["bob"]).status_code == 200


def test_guessing_tokens_is_counted_by_address(limited):
    app, tokens = limited
    guesser = client_at(app, "192.0.2.1")
    codes = [guesser.get(SEARCH, headers={"Authorization": f"Bearer guess{n}"}).status_code for n in range(4)]
    assert codes == [401, 401, 401, 429]
    assert guesser.get(SEARCH, headers=tokens["bob"]).status_code == 200  # who has one is not shut out with them


def test_nameless_requests_of_this_machine_are_not_counted(limited):
    app, _ = limited
    assert {client_at(app, "127.0.0.1").get(SEARCH).status_code for _ in range(6)} == {200}


def test_a_rate_that_is_none_is_refused():
    assert load(rate_limit="").rate_limit == ""
    with pytest.raises(SettingsError, match=r"rate_limit.*'often' is no rate"):
        load(rate_limit="often")


def test_more_at_once_than_there_is_room_for_is_asked_to_come_again(tmp_path):
    async def crowd(app: FastAPI) -> None:
        entered, door = asyncio.Semaphore(0), asyncio.Event()

        @app.get("/v1/waiting", dependencies=[needs("read")])
        async def waiting() -> None:
            entered.release()
            await door.wait()

        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL) as client:
            held = [asyncio.create_task(client.get("/v1/waiting")) for _ in range(2)]
            for _ in held:
                await entered.acquire()
            refused = await client.get(SEARCH)
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
            assert "max_requests" in refused.json()["detail"]
            later = [int((await client.get(SEARCH)).headers["retry-after"]) for _ in range(7)]
            assert later == [2, 2, 3, 3, 4, 4, 5]  # the larger the crowd, the later it is to come again
            assert (await client.get("/healthz")).status_code == 200
            door.set()
            assert [(await one).status_code for one in held] == [200, 200]
            assert (await client.get(SEARCH)).status_code == 200

    with opened(tmp_path / "home", max_requests=2) as lessonry:
        asyncio.run(crowd(create_app(lessonry)))


def test_a_body_that_never_arrives_gives_its_place_back(tmp_path):
    async def stalled() -> AsyncIterator[bytes]:
        yield b'{"title":'
        await asyncio.Event().wait()

    async def ask(app: FastAPI) -> None:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=URL) as client:
            json = {"content-type": "application/json"}
            answer = await client.post("/v1/documents", content=stalled(), headers=json)
            assert answer.status_code == 408
            assert "request_seconds" in answer.json()["detail"]
            assert (await client.get(SEARCH)).status_code == 200

    with opened(tmp_path / "home", max_requests=1, request_seconds=0.05) as lessonry:
        asyncio.run(ask(create_app(lessonry)))


def test_a_full_queue_takes_nothing_and_keeps_no_upload(tmp_path):
    with opened(tmp_path / "home", max_jobs=1) as lessonry:
        client = client_at(create_app(lessonry), "127.0.0.1")  # its worker is not started: the job waits
        one = {"title": "Disks", "text": "The disk was full."}
        assert client.post("/v1/documents", json=one).status_code == 202
        for refused in (
            client.post("/v1/documents", json=one),
            client.post("/v1/uploads", files={"file": ("a.txt", b"The disk was full.")}),
        ):
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "60")
            assert "max_jobs" in refused.json()["detail"]
        assert lessonry.corpus.jobs.waiting() == 1
        assert not list(lessonry.settings.home.glob("uploads/*"))


def test_a_long_job_indexes_on_its_way(tmp_path):
    """Queries that come meanwhile find by meaning what is stored already, and need not encode it."""
    rows = "\n".join(f'{{"id": "{n}", "title": "Disk {n}", "text": "The disk was full, time {n}."}}' for n in range(70))
    with opened(tmp_path / "home") as lessonry:
        app = create_app(lessonry)
        held: list[int] = []
        put = lessonry.corpus.documents.put

        def noting(*given: Any) -> Any:
            held.append(lessonry.indexer.index.manifest.count)
            return put(*given)

        lessonry.corpus.documents.put = noting  # type: ignore[method-assign]
        with client_at(app, "127.0.0.1") as client:
            job = client.post("/v1/uploads", files={"file": ("many.jsonl", rows.encode())}).json()["job"]
            while client.get(f"/v1/jobs/{job['id']}").json()["status"] != "done":
                time.sleep(0.05)
        assert held == [n - n % 16 for n in range(70)]


def test_no_more_searches_at_once_than_take_turns(tmp_path, monkeypatch):
    turns = Turns(2)
    monkeypatch.setattr(searcher, "TURNS", turns)
    monkeypatch.setattr(related, "TURNS", turns)
    with opened(tmp_path / "home") as lessonry:
        stored(lessonry, "Disk", "The disk was full.")
        now, most, lock, encode = 0, 0, threading.Lock(), lessonry.encoder.encode_query

        def slowly(text: str) -> Any:
            nonlocal now, most
            with lock:
                now += 1
                most = max(most, now)
            time.sleep(0.01)
            with lock:
                now -= 1
            return encode(text)

        monkeypatch.setattr(lessonry.encoder, "encode_query", slowly)
        with ThreadPoolExecutor(12) as pool:
            found = list(pool.map(lambda n: lessonry.searcher.search(Query(text=f"disk {n}")), range(24)))
        assert all(one.hits[0].document.title == "Disk" for one in found)
        assert most == 2


def test_what_is_done_for_later_makes_way_while_there_are_searches() -> None:
    turns, told, over = Turns(1), [], threading.Event()

    def later() -> None:
        turns.polite(lambda: told.append("done"))()
        turns.make_way(60)  # four minutes, but for the end of the search
        told.append("went on")
        over.set()

    with turns.one():
        turns.make_way(0)
        assert turns.polite(told.append) == told.append  # the search itself does not wait for its own end
        threading.Thread(target=later, daemon=True).start()
        while not told:
            time.sleep(0.001)
        assert not over.wait(0.05)
    assert over.wait(10)
    assert told == ["done", "went on"]


def test_a_long_job_stops_after_the_document_at_hand_and_is_finished_by_the_next_start(tmp_path):
    rows = "\n".join(f'{{"id": "{n}", "title": "Disk {n}", "text": "The disk was full, time {n}."}}' for n in range(70))
    with opened(tmp_path / "home") as lessonry:
        app, stored_at_all = create_app(lessonry), threading.Event()
        put, documents = lessonry.corpus.documents.put, lessonry.corpus.documents

        def slowly(*given: Any) -> Any:
            if documents.count() == 20:
                stored_at_all.set()
                time.sleep(0.2)  # a document that takes its time
            return put(*given)

        documents.put = slowly  # type: ignore[method-assign]
        with client_at(app, "127.0.0.1") as client:
            job = client.post("/v1/uploads", files={"file": ("many.jsonl", rows.encode())}).json()["job"]
            assert stored_at_all.wait(20)
        assert documents.count() == 21
        assert lessonry.corpus.jobs.get(job["id"]).status == "running"
        documents.put = put  # type: ignore[method-assign]
    with opened(tmp_path / "home") as lessonry, client_at(create_app(lessonry), "127.0.0.1") as client:
        while client.get(f"/v1/jobs/{job['id']}").json()["status"] == "running":
            time.sleep(0.05)
        assert client.get(f"/v1/jobs/{job['id']}").json()["status"] == "done"
        assert lessonry.corpus.documents.count() == 70
