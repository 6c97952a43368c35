"""The life of a lesson over HTTP: states, action items, learning moments, feedback, content gaps."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Lessonry
from corpus.bundle import read_bundle, write_bundle
from tests.fakes import opened, stored

URL = "http://127.0.0.1"
SCRIPT = "<script>alert(1)</script>"


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> Iterator[TestClient]:
    with TestClient(create_app(lessonry), base_url=URL, raise_server_exceptions=False) as made:
        yield made


@pytest.fixture
def document(lessonry: Lessonry) -> str:
    return stored(lessonry, "Disks", "The disk was full. Nobody saw the alarm.")


def test_state_owner_and_review_are_set_by_patch_and_shown_in_every_list(lessonry, client, document):
    new = stored(lessonry, "Newer", "The disk was full. Delete old logs.")
    edit = {"state": "verified", "owner": "Ada", "review_by": "2031-01-31", "tags": ["storage"]}
    answer = client.patch(f"/v1/documents/{document}", json=edit).json()
    assert {name: answer[name] for name in edit} == edit
    assert answer["reviewed_at"]
    answer = client.patch(f"/v1/documents/{document}", json={"superseded_by": new}).json()
    assert (answer["state"], answer["superseded_by"], answer["owner"]) == ("superseded", new, "Ada")
    hits = client.get("/v1/search", params={"q": "disk full"}).json()["hits"]
    shown = {hit["document"]["id"]: hit["document"] for hit in hits}
    assert (shown[document]["state"], shown[document]["superseded_by"]) == ("superseded", new)
    assert (shown[new]["state"], shown[new]["actions"]) == (None, {"open": 0, "done": 0, "dropped": 0})
    history = client.get(f"/v1/documents/{document}/states").json()["items"]
    assert [one["state"] for one in history] == ["superseded", "verified"]
    cleared = client.patch(f"/v1/documents/{document}", json={"state": None, "owner": None, "review_by": None}).json()
    assert [cleared[name] for name in ("state", "superseded_by", "owner", "review_by")] == [None] * 4


def test_states_that_cannot_be_are_refused_and_nothing_changes(lessonry, client, document):
    other = stored(lessonry, "Other", "The disk was full.")
    client.patch(f"/v1/documents/{other}", json={"superseded_by": document})
    for edit, status, words in (
        ({"superseded_by": other, "title": "Changed"}, 409, "circle"),
        ({"superseded_by": document}, 409, "its own place"),
        ({"superseded_by": "nowhere"}, 409, "nowhere"),
        ({"state": "superseded"}, 409, "which document"),
        ({"state": "finished"}, 422, "state"),
        ({"review_by": "soon"}, 422, "YYYY-MM-DD"),
        ({"review_by": "2025"}, 422, "YYYY-MM-DD"),
        ({"owner": "x" * 1_000_000}, 422, "owner"),
    ):
        answer = client.patch(f"/v1/documents/{document}", json=edit)
        assert answer.status_code == status, edit
        assert answer.headers["content-type"] == "application/problem+json"
        assert words in answer.json()["detail"]
    found = client.get(f"/v1/documents/{document}").json()
    assert (found["title"], found["state"]) == ("Disks", None)


def test_still_true_lists_what_is_due_and_one_call_settles_it(client, document):
    client.patch(f"/v1/documents/{document}", json={"state": "reviewed", "review_by": "2020-01-01"})
    queue = client.get("/v1/still-true").json()
    assert [(one["document"]["id"], one["why"], one["since"]) for one in queue["items"]] == [
        (document, "review due", "2020-01-01")
    ]
    answer = client.post(f"/v1/documents/{document}/still-true").json()
    assert (answer["state"], answer["review_by"] > "2026-01-01") == ("reviewed", True)
    assert client.get("/v1/still-true").json() == {"items": [], "next": None}


def test_action_items_are_written_changed_and_taken_away(client, document):
    made = client.post(f"/v1/documents/{document}/actions", json={"text": f" Add an alarm {SCRIPT}", "due": "2027-01"})
    assert made.status_code == 201
    assert made.headers["location"] == f"/v1/documents/{document}/actions/1"
    assert made.json()["text"] == f"Add an alarm {SCRIPT}"
    done = client.patch(f"/v1/documents/{document}/actions/1", json={"state": "done", "owner": "Ada"}).json()
    assert (done["state"], done["owner"], done["due"]) == ("done", "Ada", "2027-01")
    listed = client.get("/v1/actions", params={"state": "done"}).json()["items"]
    assert [(one["number"], one["document"]["title"], one["document"]["actions"]["done"]) for one in listed] == [
        (1, "Disks", 1)
    ]
    assert client.get("/v1/actions", params={"state": "open"}).json() == {"items": [], "next": None}
    assert client.delete(f"/v1/documents/{document}/actions/1").status_code == 204
    assert client.get(f"/v1/documents/{document}/actions").json() == {"items": [], "next": None}
    for method, path, body, status in (
        ("post", f"/v1/documents/{document}/actions", {"text": "  "}, 422),
        ("post", f"/v1/documents/{document}/actions", {"text": "x" * 1_000_000}, 422),
        ("post", "/v1/documents/nowhere/actions", {"text": "x"}, 404),
        ("patch", f"/v1/documents/{document}/actions/1", {"state": "done"}, 404),
        ("patch", f"/v1/documents/{document}/actions/0", {"state": "done"}, 404),
    ):
        assert client.request(method, path, json=body).status_code == status, (method, path)


def test_action_items_are_paged(client, lessonry):
    for name in "abc":
        document = stored(lessonry, name, "The disk was full.")
        client.post(f"/v1/documents/{document}/actions", json={"text": f"For {name}"})
    seen, cursor = [], None
    while True:
        page = client.get("/v1/actions", params={"limit": 2, **({"cursor": cursor} if cursor else {})}).json()
        seen += [one["text"] for one in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == ["For a", "For b", "For c"]
    assert client.get("/v1/actions", params={"cursor": "nonsense"}).status_code == 422


def test_a_learning_moment_is_found_and_suggested_at_once(client, lessonry):
    old = stored(lessonry, "Routers", "The router lost its config after a restart of the crew's valve.")
    said = {
        "happened": "The router lost its config.",
        "learned": "Keep the config of the router in a backup. It costs nothing.",
        "audience": "whoever owns a router",
    }
    made = client.post("/v1/moments", json=said)
    assert made.status_code == 201
    moment = made.json()
    assert (moment["title"], moment["kind"], moment["state"]) == (
        "Keep the config of the router in a backup", "lesson", "draft",
    )  # fmt: skip
    assert made.headers["location"] == f"/v1/documents/{moment['id']}"
    hits = client.get("/v1/search", params={"q": "router config backup"}).json()["hits"]
    assert hits[0]["document"]["id"] == moment["id"]
    related = client.get(f"/v1/documents/{old}/related").json()["suggestions"]
    assert [one["document"]["state"] for one in related] == ["draft"]
    headings = [line for line in moment["text"].splitlines() if line.startswith("#")]
    assert headings == ["## What happened", "## What we learned", "## Who could use it"]


def test_a_learning_moment_needs_what_was_learned_and_an_address_of_its_own(client, lessonry):
    stored(lessonry, "Known", "The disk was full.", identity="https://example.org/known")
    for said, status in (
        ({"happened": "x", "learned": " "}, 422),
        ({"happened": "x", "learned": "y" * 1_000_000}, 422),
        ({"happened": "x", "learned": "y", "url": "javascript:alert(1)"}, 422),
        ({"happened": "x", "learned": "y", "url": "https://example.org/known"}, 409),
    ):
        assert client.post("/v1/moments", json=said).status_code == status, said
    made = client.post("/v1/moments", json={"happened": "x", "learned": "y", "url": "https://example.org/new"}).json()
    assert client.get("/v1/check", params={"url": "https://example.org/new"}).json()["document"]["id"] == made["id"]


def test_feedback_is_counted_without_the_person(client, document):
    verdict = {"document_id": document, "context": "search", "verdict": "useful", "query": "Full disks"}
    answer = client.post("/v1/feedback", json=verdict)
    assert answer.status_code == 201
    assert answer.json()["counts"] == {"useful": 1, "not-useful": 0, "already-knew": 0}
    client.post("/v1/feedback", json={**verdict, "verdict": "not-useful", "context": "collection"})
    assert client.get(f"/v1/documents/{document}").json()["feedback"]["not-useful"] == 1
    assert [(gap["query"], gap["unhelpful"]) for gap in client.get("/v1/gaps").json()["items"]] == [("Full disks", 1)]
    for change, status in (
        ({"document_id": "nowhere"}, 404),
        ({"verdict": "great"}, 422),
        ({"context": "mail"}, 422),
        ({"person": "Ada"}, 422),
        ({"query": "x" * 1_000_000}, 422),
    ):
        assert client.post("/v1/feedback", json={**verdict, **change}).status_code == status, change


def test_gaps_are_told_listed_and_closed(client, document):
    gap = client.post("/v1/gaps", json={"query": f"flying carpets {SCRIPT}"}).json()
    assert (gap["told"], gap["state"]) == (1, "open")
    closed = client.patch(f"/v1/gaps/{gap['id']}", json={"state": "answered", "answered_by": document}).json()
    assert (closed["state"], closed["answered_by"]) == ("answered", document)
    assert client.get("/v1/gaps").json()["items"] == []
    assert [one["id"] for one in client.get("/v1/gaps", params={"closed": True}).json()["items"]] == [gap["id"]]
    assert client.patch(f"/v1/gaps/{gap['id']}", json={"state": "answered"}).status_code == 409
    assert client.patch("/v1/gaps/99", json={"state": "dropped"}).status_code == 404
    assert client.post("/v1/gaps", json={"query": " "}).status_code == 422


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        ({"title": " "}, "title"),
        ({"title": "Two\nlines"}, "title"),
        ({"title": "Nul\x00"}, "title"),
        ({"owner": "Ada\nDie"}, "owner"),
        ({"owner": "Ada\x00"}, "owner"),
        ({"organization": "Acme\x1b[2J"}, "organization"),
        ({"tags": ["a\nb"]}, "tags"),
        ({"published": "0000"}, "published"),
        ({"published": "2026-02-30"}, "published"),
        ({"review_by": "20260101"}, "review_by"),
        ({"review_by": "2026-W01"}, "review_by"),
        ({"review_by": "2026-02-30"}, "review_by"),
    ],
)
def test_lines_are_lines_and_dates_stand_in_the_calendar(lessonry, client, document, edit, named):
    before = client.get(f"/v1/documents/{document}").json()
    answer = client.patch(f"/v1/documents/{document}", json=edit)
    assert (answer.status_code, named in answer.json()["detail"]) == (422, True)
    assert client.get(f"/v1/documents/{document}").json() == before


@pytest.mark.parametrize("item", [{"due": "2026-02-30"}, {"owner": "Ada\nDie"}, {"owner": " "}])
def test_an_action_item_has_a_day_of_the_calendar_and_an_owner_of_one_line(client, document, item):
    assert client.post(f"/v1/documents/{document}/actions", json={"text": "Rotate", **item}).status_code == 422
    assert client.post(f"/v1/documents/{document}/actions", json={"text": "Rotate"}).status_code == 201
    assert client.patch(f"/v1/documents/{document}/actions/1", json=item).status_code == 422


def test_a_date_that_is_stored_already_is_read_exported_and_taken_in_again(lessonry, client, tmp_path):
    early = stored(lessonry, "Early", "The disk was full.", published="2026-02-30")
    assert client.get(f"/v1/documents/{early}").json()["published"] == "2026-02-30"
    assert client.get(f"/documents/{early}").status_code == 200
    write_bundle(lessonry.corpus, tmp_path / "bundle")
    with opened(tmp_path / "other") as other:
        read_bundle(other.corpus, tmp_path / "bundle", other.split)
        assert other.corpus.documents.get(early).published == "2026-02-30"
