"""Collections over HTTP: shapes, order, versions, histories, and what is refused."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Lessonry
from corpus.collection_state import Living, living
from tests.fakes import draft, opened, stored

URL = "http://127.0.0.1"


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> TestClient:
    """A client of a server without its worker."""
    return TestClient(create_app(lessonry), base_url=URL)


@pytest.fixture
def ids(lessonry: Lessonry) -> dict[str, str]:
    made = {name: stored(lessonry, name, f"The disk of {name}.") for name in "abcd"}
    lessonry.corpus.collections.create("Reader")
    for name in "abc":
        lessonry.corpus.collections.add("reader", made[name], f"why {name}")
    return made


def order(client: TestClient) -> str:
    return "".join(one["document"]["title"] for one in client.get("/v1/collections/reader").json()["items"])


def test_a_collection_from_its_making_to_its_return(client):
    made = client.post("/v1/collections", json={"title": "What Disks do", "description": "Words."})
    assert (made.status_code, made.headers["location"], made.headers["etag"]) == (
        201, "/v1/collections/what-disks-do", '"1"',
    )  # fmt: skip
    assert made.json()["items"] == []
    edit = {"title": "Disks", "visibility": "public", "curators": ["Ada", "Grace"], "sections": ["Cases", "Guides"]}
    edited = client.patch("/v1/collections/what-disks-do", json=edit)
    assert edited.headers["etag"] == '"2"'
    assert {name: edited.json()[name] for name in edit} == edit
    assert client.delete("/v1/collections/what-disks-do").status_code == 204
    assert client.get("/v1/collections/what-disks-do").status_code == 404
    told = client.get("/v1/collections/what-disks-do/history").json()["items"]
    assert [one["number"] for one in told] == [3, 2, 1]
    assert told[0]["what"] == "deleted the collection"
    back = client.post("/v1/collections/what-disks-do/history/2/restore")
    assert (back.status_code, back.json()["sections"], back.json()["version"]) == (200, ["Cases", "Guides"], 4)


def test_items_are_added_moved_noted_and_removed(client, ids):
    base = "/v1/collections/reader/items"
    added = client.post(base, json={"document_id": ids["d"], "note": "why d", "position": 1})
    assert (added.status_code, added.headers["etag"], added.json()["position"]) == (201, '"5"', 1)
    assert order(client) == "adbc"
    assert client.post(base, json={"document_id": ids["d"]}).status_code == 409
    moved = client.patch(f"{base}/{ids['c']}", json={"position": 0, "note": "first"})
    assert (moved.json()["position"], moved.json()["note"], order(client)) == (0, "first", "cadb")
    assert client.delete(f"{base}/{ids['a']}").status_code == 204
    assert order(client) == "cdb"
    whole = [{"document_id": ids["b"]}, {"document_id": ids["a"], "note": "again"}, {"document_id": ids["c"]}]
    put = client.put(base, json={"items": whole}).json()["items"]
    assert [(one["document"]["title"], one["note"]) for one in put] == [("b", "why b"), ("a", "again"), ("c", "first")]
    client.patch(f"{base}/{ids['c']}", json={"section": "Cases"})
    renamed = client.patch("/v1/collections/reader", json={"renamed": {"Cases": "Stories"}}).json()
    assert (renamed["sections"], renamed["items"][-1]["section"]) == (["Stories"], "Stories")


def test_a_change_of_what_was_changed_meanwhile_is_refused_with_the_present_version(client, ids):
    base = "/v1/collections/reader"
    seen = client.get(base).headers["etag"]
    assert client.patch(base, json={"title": "By Ada"}, headers={"If-Match": seen}).status_code == 200
    item = f"{base}/items/{ids['a']}"
    for method, path, body in (
        ("PATCH", base, {"title": "By Grace"}),
        ("DELETE", base, None),
        ("PUT", f"{base}/items", {"items": []}),
        ("POST", f"{base}/items", {"document_id": ids["d"]}),
        ("PATCH", item, {"note": "x"}),
        ("DELETE", item, None),
        ("POST", f"{base}/history/1/restore", None),
    ):
        for tag in (seen, '"nonsense"'):
            answer = client.request(method, path, json=body, headers={"If-Match": tag})
            assert (answer.status_code, answer.headers["content-type"]) == (412, "application/problem+json"), path
            assert (answer.json()["version"], answer.headers["etag"]) == (5, '"5"')
    found = client.get(base).json()
    assert (found["title"], found["size"], found["version"]) == ("By Ada", 3, 5)
    assert client.patch(item, json={"note": "x"}, headers={"If-Match": "*"}).status_code == 200


def test_an_item_that_is_removed_while_it_is_moved(client, ids):
    item = f"/v1/collections/reader/items/{ids['b']}"
    assert client.delete(item).status_code == 204
    answer = client.patch(item, json={"position": 0})
    assert (answer.status_code, order(client)) == (404, "ac")
    assert "no item of this collection" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("POST", "", {"title": ""}, 422, "title"),
        ("POST", "", {"title": "   "}, 422, "title"),
        ("POST", "", {"title": "x" * 301}, 422, "title"),
        ("POST", "", {"title": "Reader"}, 409, "reader"),
        ("POST", "", {"title": "a", "slug": "../etc"}, 422, "'etc' can"),
        ("POST", "", {"title": "a", "colour": "red"}, 422, "colour"),
        ("PATCH", "/reader", {"visibility": "nobody"}, 422, "visibility"),
        ("PATCH", "/reader", {"renamed": {"None": "x"}}, 404, "None"),
        ("PATCH", "/nothing", {"title": "a"}, 404, "nothing"),
        ("POST", "/reader/items", {"document_id": "nothing"}, 404, "nothing"),
        ("POST", "/reader/items", {"document_id": "a", "note": "x" * 1_000_000}, 422, "20000"),
        ("PUT", "/reader/items", {"items": [{"document_id": "nothing"}]}, 404, "nothing"),
        ("PUT", "/reader/items", {"items": [{"document_id": "a"}, {"document_id": "a"}]}, 422, "twice"),
        ("PATCH", "/reader/items/nothing", {"note": "x"}, 404, "nothing"),
        ("DELETE", "/reader/items/nothing", None, 404, "nothing"),
        ("GET", "/reader/items?cursor=x", None, 422, "cursor"),
        ("GET", "/nothing/history", None, 404, "nothing"),
        ("POST", "/reader/history/99/restore", None, 404, "99"),
    ],
)
def test_bad_changes_are_problems_that_name_the_thing(client, ids, method, path, body, status, says):
    answer = client.request(method, f"/v1/collections{path}", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert says in answer.json()["detail"]
    assert order(client) == "abc"


def test_a_long_collection_is_paged(lessonry, client):
    db = lessonry.corpus
    with db.db.write():
        ids = []
        for number in range(1205):
            one = draft(f"D{number}", "disk")
            db.documents.put(one, [])
            ids.append((one.id, ""))
        db.collections.create("Reader")
        db.collections.arrange("reader", ids)
    whole = client.get("/v1/collections/reader").json()
    assert (whole["size"], len(whole["items"])) == (1205, 1000)
    rest = client.get("/v1/collections/reader/items", params={"cursor": whole["next"], "limit": 1000}).json()
    assert rest["next"] is None
    assert [one["document"]["id"] for one in whole["items"] + rest["items"]] == [one for one, _ in ids]
    assert [one["position"] for one in rest["items"]] == list(range(1000, 1205))


def test_collections_and_histories_are_paged(lessonry, client):
    for number in range(5):
        lessonry.corpus.collections.create("Same title", slug=f"c{number}")
    seen, cursor = [], None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = client.get("/v1/collections", params=params).json()
        seen += [one["slug"] for one in page["items"]]
        if (cursor := page["next"]) is None:
            break
    assert seen == [f"c{number}" for number in range(5)]
    for number in range(4):
        client.patch("/v1/collections/c0", json={"title": f"T{number}"})
    first = client.get("/v1/collections/c0/history", params={"limit": 3}).json()
    second = client.get("/v1/collections/c0/history", params={"limit": 3, "cursor": first["next"]}).json()
    assert [one["number"] for one in first["items"] + second["items"]] == [5, 4, 3, 2, 1]
    assert second["next"] is None


def test_a_living_collection_is_reviewed(lessonry, client, ids):
    base = "/v1/collections/reader"
    assert client.post(f"{base}/review").status_code == 422
    living = {"query": "disk", "for": [], "against": [ids["a"]]}
    assert client.put(f"{base}/living", json=living).json()["living"] == living
    assert client.post(f"{base}/review").json() == {"found": 1, "waiting": 1}
    (one,) = client.get("/v1/review").json()["items"]
    assert client.get(f"{base}/review").json()["items"] == [one]
    assert (one["collection"], one["document"]["title"], one["reasons"][0]["words"]) == ("reader", "d", ["disk"])
    assert one["note"].startswith("Found by “disk”: The disk of d.")
    wrong = client.post(f"{base}/review/{ids['d']}", json={"verdict": "perhaps"})
    assert (wrong.status_code, "verdict" in wrong.json()["detail"]) == (422, True)
    said = client.post(f"{base}/review/{ids['d']}", json={"verdict": "refuse", "note": "not ours"})
    assert said.json() == {"document_id": ids["d"], "verdict": "refuse", "waiting": 0}
    assert client.post(f"{base}/review").json() == {"found": 0, "waiting": 0}
    assert client.post(f"{base}/review/{ids['d']}", json={"verdict": "accept"}).status_code == 404
    assert client.delete(f"{base}/living").json()["living"] is None


def test_a_server_looks_by_itself_when_documents_have_come_in(lessonry, ids):
    lessonry.corpus.collections.change("reader", living(Living("disk")))
    with TestClient(create_app(lessonry), base_url=URL) as served:
        for _ in range(500):
            if served.get("/v1/review").json()["items"]:
                break
            time.sleep(0.01)
        assert [one["document"]["title"] for one in served.get("/v1/review").json()["items"]] == ["d"]
