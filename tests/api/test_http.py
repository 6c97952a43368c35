"""The JSON interface: shapes of CONTRACT, problems, paging, jobs that survive a restart."""

import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Lessonry
from tests.fakes import draft, opened, stored

URL = "http://127.0.0.1"


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> Iterator[TestClient]:
    with TestClient(create_app(lessonry), base_url=URL, raise_server_exceptions=False) as made:
        yield made


def finished(client: TestClient, location: str) -> dict:
    """The job once it has ended; a test that waits longer than its job is worth fails by itself."""
    for _ in range(400):
        job = client.get(location).json()
        if job["status"] in ("done", "failed"):
            return job
        time.sleep(0.025)
    raise AssertionError(f"the job did not end: {job}")


def test_search_gives_the_best_document_first_with_marks_and_parts_that_add_up(lessonry, client):
    stored(lessonry, "Disks", "The disk was full. Nobody saw the alarm.", organization="Acme", tags=("storage",))
    stored(lessonry, "Clocks", "A leap second made the clock jump.", published="2012-06-30")
    answer = client.get("/v1/search", params={"q": "leap second", "explain": True}).json()
    assert answer["query"] == "leap second"
    assert answer["mode"] == "hybrid"
    assert answer["degraded"] is None
    first = answer["hits"][0]
    assert first["document"]["title"] == "Clocks"
    assert first["document"]["published"] == "2012-06-30"
    assert "<mark>leap</mark> <mark>second</mark>" in first["snippet"]
    keyword, semantic = first["explain"]["keyword"], first["explain"]["semantic"]
    parts = keyword["weight"] * keyword["normalised"] + semantic["weight"] * semantic["normalised"]
    assert first["score"] == pytest.approx(parts, abs=1e-5)
    assert set(keyword["terms"]) == {"leap", "second"}
    assert all(0 <= hit["score"] <= 1 for hit in answer["hits"])


def test_search_filters_and_counts_facets(lessonry, client):
    stored(lessonry, "A", "disk full", kind="lesson", organization="Acme", published="2019", tags=("storage",))
    stored(lessonry, "B", "disk full", kind="post-mortem", organization="Umbra", published="2021-05", tags=("storage",))
    every = client.get("/v1/search", params={"q": "disk"}).json()
    assert {one["value"]: one["count"] for one in every["facets"]["kind"]} == {"lesson": 1, "post-mortem": 1}
    assert every["facets"]["tag"] == [{"value": "storage", "count": 2}]
    for params, title in (
        ({"kind": "lesson"}, "A"),
        ({"organization": "umbra"}, "B"),
        ({"since": "2021"}, "B"),
        ({"until": "2019-12"}, "A"),
    ):
        hits = client.get("/v1/search", params={"q": "disk", **params}).json()["hits"]
        assert [hit["document"]["title"] for hit in hits] == [title], params


def test_cursors_lead_through_the_whole_list_and_belong_to_one_question(lessonry, client):
    for number in range(7):
        stored(lessonry, f"D{number}", "disk " + "full " * number)
    whole = [hit["document"]["id"] for hit in client.get("/v1/search", params={"q": "disk"}).json()["hits"]]
    seen, cursor = [], None
    while True:
        params = {"q": " disk\n" if cursor else "disk", "limit": 3, **({"cursor": cursor} if cursor else {})}
        page = client.get("/v1/search", params=params).json()
        seen += [hit["document"]["id"] for hit in page["hits"]]
        if (cursor := page["next"]) is None:
            break
        other = client.get("/v1/search", params={"q": "alarm", "cursor": cursor})
        assert other.status_code == 422
        assert "another question" in other.json()["detail"]
    assert seen == whole
    assert len(set(seen)) == 7


def test_documents_are_listed_newest_first_in_pages(lessonry, client):
    ids = {stored(lessonry, f"D{number}", "disk full") for number in range(5)}
    first = client.get("/v1/documents", params={"limit": 3}).json()
    second = client.get("/v1/documents", params={"limit": 3, "cursor": first["next"]}).json()
    assert second["next"] is None
    assert {one["id"] for one in first["items"] + second["items"]} == ids
    assert len(first["items"]) == 3


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/v1/search", 422, "q"),
        ("/v1/search?q=", 422, "empty"),
        ("/v1/search?q=%20%20", 422, "empty"),
        ("/v1/search?q=a&limit=0", 422, "limit"),
        ("/v1/search?q=a&limit=-1", 422, "limit"),
        ("/v1/search?q=a&limit=1000000000", 422, "limit"),
        ("/v1/search?q=a&since=yesterday", 422, "since"),
        ("/v1/search?q=a&since=2021-13", 422, "since"),
        ("/v1/search?q=a&mode=psychic", 422, "mode"),
        ("/v1/search?q=a&colour=red", 422, "colour"),
        ("/v1/search?q=a&cursor=nonsense", 422, "cursor"),
        ("/v1/search?q=" + "x" * 40_000, 422, "40000 characters"),
        ("/v1/documents/nothing", 404, "nothing"),
        ("/v1/documents/nothing/related", 404, "nothing"),
        ("/v1/jobs/nothing", 404, "nothing"),
        ("/v1/collections/nothing", 404, "nothing"),
        ("/v1/nowhere", 404, "/v1/nowhere"),
    ],
)
def test_bad_requests_are_problems_that_name_the_thing(client, path, status, says):
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["title"]
    assert says in problem["detail"]
    assert "\n" not in problem["detail"]


@pytest.mark.parametrize("query", ['" OR ( NEAR *', "the of and", "NOT", "a AND", "💥", "\x00", "((((", "col:umn ^2 *"])
def test_odd_queries_get_an_answer(lessonry, client, query):
    stored(lessonry, "A", "the disk of the crew and the alarm near column 2")
    answer = client.get(f"/v1/search?q={quote(query)}")
    assert answer.status_code == 200 or (answer.status_code == 422 and "empty" in answer.json()["detail"])


def test_wrong_methods_and_media_are_problems(client):
    for answer, status in (
        (client.put("/v1/search"), 405),
        (client.post("/v1/related", content=b"{", headers={"content-type": "application/json"}), 422),
        (client.post("/v1/related", json={}), 422),
        (client.post("/v1/related", content=b"text=a", headers={"content-type": "text/plain"}), 415),
        (client.post("/v1/uploads", json={"file": "a"}), 415),
        (client.post("/v1/documents", json={"title": "no text"}), 422),
        (client.post("/v1/documents", json={"url": "ftp://example.com/a"}), 422),
        (client.post("/v1/documents", json={"title": "T", "text": "x", "published": "2021-02-31x"}), 422),
    ):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_wrong_method_is_told_all_that_the_address_knows(client):
    refused = client.put("/v1/collections/storage")
    assert (refused.status_code, refused.headers["allow"]) == (405, "DELETE, GET, PATCH")


def test_a_title_in_any_script_leads_to_an_address(client):
    made = client.post("/v1/collections", json={"title": "障害 𩐟"})
    assert made.status_code == 201
    assert client.get(made.headers["location"]).json()["slug"] == made.json()["slug"] == "障害-𩐟"


def test_an_unexpected_error_is_a_problem_without_a_trace(lessonry, client):
    def broken(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    lessonry.corpus.documents.get = broken
    answer = client.get("/v1/documents/x")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "secret" not in answer.text


def test_a_text_becomes_a_document_and_the_same_text_stays_one(lessonry, client):
    new = {"title": "The valve", "text": "A valve stuck open.", "kind": "lesson", "tags": ["Valves"]}
    accepted = client.post("/v1/documents", json=new)
    assert accepted.status_code == 202
    location = accepted.headers["location"]
    assert location == f"/v1/jobs/{accepted.json()['job']['id']}"
    job = finished(client, location)
    assert job["result"]["added"] == 1
    document = client.get(f"/v1/documents/{job['result']['items'][0]['id']}").json()
    assert (document["title"], document["kind"], document["tags"]) == ("The valve", "lesson", ["valves"])
    again = finished(client, client.post("/v1/documents", json=new).headers["location"])
    assert again["result"]["unchanged"] == 1
    assert client.get("/v1/search", params={"q": "valve"}).json()["hits"][0]["document"]["id"] == document["id"]


def test_an_upload_becomes_documents(client):
    table = b"title,text\nOne,The first story\nTwo,The second story\n"
    accepted = client.post("/v1/uploads", files={"file": ("../../etc/stories.csv", table)})
    job = finished(client, accepted.headers["location"])
    assert (job["status"], job["result"]["added"]) == ("done", 2)
    assert {item["title"] for item in job["result"]["items"]} == {"One", "Two"}


def test_a_job_that_cannot_be_done_says_why(client):
    job = finished(client, client.post("/v1/documents", json={"url": "http://127.0.0.1:9/x"}).headers["location"])
    assert job["status"] == "failed"
    assert "loopback" in job["error"]
    job = finished(client, client.post("/v1/uploads", files={"file": ("a.md", b"")}).headers["location"])
    assert (job["status"], "empty" in job["error"]) == ("failed", True)


def test_a_job_survives_a_restart(tmp_path):
    with opened(tmp_path / "home") as first:
        app = create_app(first)  # never started: its process ends before the worker comes to it
        job = app.state.worker.take({"title": "Left over", "text": "The crew had left."})
        first.corpus.jobs.update(job.id, "running")
    with opened(tmp_path / "home") as second, TestClient(create_app(second), base_url=URL) as client:
        assert finished(client, f"/v1/jobs/{job.id}")["result"]["added"] == 1


def test_edits_win_over_the_source_and_deletion_is_at_once(lessonry, client):
    one = draft("Clocks", "A leap second made the clock jump.")
    lessonry.corpus.documents.put(one, lessonry.split(one.title, one.text))
    edited = client.patch(f"/v1/documents/{one.id}", json={"title": "Outage by clock", "published": "2012"}).json()
    assert (edited["title"], edited["published"]) == ("Outage by clock", "2012")
    assert client.get("/v1/search", params={"q": "outage"}).json()["hits"][0]["document"]["id"] == one.id
    longer = draft("Clocks", "A leap second made the clock jump. Twice.")
    lessonry.corpus.documents.put(longer, lessonry.split(longer.title, longer.text))
    assert client.get(f"/v1/documents/{one.id}").json()["title"] == "Outage by clock"
    assert client.delete(f"/v1/documents/{one.id}").status_code == 204
    assert client.get("/v1/search", params={"q": "leap second"}).json()["hits"] == []
    assert client.delete(f"/v1/documents/{one.id}").status_code == 404


@pytest.mark.parametrize("edit", [{"title": None}, {"title": ""}, {"kind": "poem"}, {"published": "soon"}, {"id": "x"}])
def test_edits_that_make_no_sense_are_refused(lessonry, client, edit):
    document_id = stored(lessonry, "Clocks", "leap second")
    assert client.patch(f"/v1/documents/{document_id}", json=edit).status_code == 422
    assert client.get(f"/v1/documents/{document_id}").json()["title"] == "Clocks"


def test_check_knows_an_address_in_any_spelling(lessonry, client):
    document_id = stored(
        lessonry, "Clocks", "leap second", identity="https://example.com/a", url="https://example.com/a"
    )
    for url in ("http://www.example.com/a/?utm_source=x#top", "https://web.archive.org/web/2020/http://example.com/a"):
        answer = client.get("/v1/check", params={"url": url}).json()
        assert (answer["known"], answer["document"]["id"]) == (True, document_id)
    assert client.get("/v1/check", params={"url": "https://example.com/b"}).json()["known"] is False


def test_related_gives_both_sentences_and_is_silent_about_nothing(lessonry, client):
    words = (
        "valve",
        "router",
        "disk",
        "queue",
        "typo",
        "backup",
        "alarm",
        "config",
        "deploy",
        "restore",
        "certificate",
    )
    for word in words:
        stored(lessonry, word.title(), f"It was about a {word} and nothing else.")
    clocks = stored(lessonry, "Clocks", "A leap second made the clock jump. The crew slept.")
    page = {"title": "Ticket", "text": "We saw the clock jump in a leap second. Please advise."}
    answer = client.post("/v1/related", json=page).json()
    first = answer["suggestions"][0]
    assert first["document"]["id"] == clocks
    because = first["because"][0]
    assert because["yours"] in page["text"]
    assert because["theirs"] == "A leap second made the clock jump."
    assert 0 <= because["score"] <= 1
    nothing = client.post("/v1/related", json={"text": "Whisk the eggs with sugar."}).json()
    assert nothing["suggestions"] == []
    own = client.get(f"/v1/documents/{clocks}/related").json()
    assert clocks not in [one["document"]["id"] for one in own["suggestions"]]


def test_related_by_an_unknown_address_alone_is_not_found(client):
    assert client.post("/v1/related", json={"url": "https://example.com/never"}).status_code == 404


def test_health_readiness_metrics_and_description(lessonry, client):
    stored(lessonry, "Clocks", "leap second")
    client.get("/v1/search", params={"q": "secretword"})
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready"
    assert ready["index"]["lag"] == 0
    metrics = client.get("/metrics").text
    assert 'route="/v1/search"' in metrics
    assert "secretword" not in metrics
    assert "lessonry_documents 1.0" in metrics
    paths = client.get("/openapi.json").json()["paths"]
    assert {"/v1/search", "/v1/related", "/v1/documents", "/v1/jobs/{job_id}", "/v1/check"} <= paths.keys()


def test_nothing_that_people_ask_or_read_is_logged(lessonry, client, caplog):
    caplog.set_level(0)
    client.get("/v1/search", params={"q": "xyzzysecret"})
    client.post("/v1/related", json={"text": "plughsecret on my page"})
    client.get("/v1/documents/xyzzysecret")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "asyncio"))]
    assert not [line for line in ours if "secret" in line]


def test_a_search_without_the_model_answers_by_keywords_and_says_so(lessonry, client):
    from corpus.errors import EncoderMissing

    stored(lessonry, "Clocks", "A leap second made the clock jump.")
    lessonry.encoder.broken = EncoderMissing("fake", "it is gone")
    answer = client.get("/v1/search", params={"q": "leap second"}).json()
    assert answer["hits"][0]["document"]["title"] == "Clocks"
    assert "keywords only" in answer["degraded"]


def test_guard_refuses_other_host_names_and_other_sites(lessonry, client):
    assert client.get("/v1/documents", headers={"host": "evil.example"}).status_code == 421
    body = {"title": "T", "text": "x"}
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert client.post("/v1/documents", json=body, headers=headers).status_code == 403
    assert client.post("/v1/documents", json=body, headers={"origin": URL}).status_code == 202
    answer = client.get("/v1/documents")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_off_loopback_nothing_is_written_and_reading_is_a_setting(tmp_path):
    for public_read, reads in ((False, 401), (True, 200)):
        with opened(tmp_path / str(reads), host="192.0.2.1", public_read=public_read) as lessonry:
            app = create_app(lessonry)
            with TestClient(app, base_url="http://192.0.2.1") as client:
                assert client.get("/v1/documents").status_code == reads
                assert client.get("/healthz").status_code == 200
                assert client.post("/v1/documents", json={"title": "T", "text": "x"}).status_code == 401


def test_a_body_over_the_limit_is_refused(tmp_path):
    with (
        opened(tmp_path / "home", max_bytes=1000) as lessonry,
        TestClient(create_app(lessonry), base_url=URL) as client,
    ):
        assert client.post("/v1/documents", json={"title": "T", "text": "x" * 2_000_000}).status_code == 413
        assert client.post("/v1/uploads", files={"file": ("a.txt", b"x" * 2000)}).status_code == 413


def test_collections_can_be_read(lessonry, client):
    document_id = stored(lessonry, "Clocks", "leap second")
    lessonry.corpus.collections.create("About time", description="Clocks.")
    lessonry.corpus.collections.add("about-time", document_id, "Read this first.")
    assert client.get("/v1/collections").json()["items"][0]["slug"] == "about-time"
    item = client.get("/v1/collections/about-time").json()["items"][0]
    assert (item["document"]["id"], item["note"]) == (document_id, "Read this first.")
    hits = client.get("/v1/search", params={"q": "leap", "collection": "about-time"}).json()["hits"]
    assert [hit["document"]["id"] for hit in hits] == [document_id]


@pytest.mark.parametrize("host", ["127.0.0.1[", "[::1", "[", "évil"])
def test_malformed_headers_are_refused_not_an_error(client, host):
    assert client.get("/healthz", headers={"host": host.encode()}).status_code == 421
    assert client.post("/v1/related", json={"text": "a"}, headers={"origin": "http://["}).status_code == 403


def test_head_is_answered_as_get_is(lessonry, client):
    stored(lessonry, "Clocks", "leap second")
    for path in ("/", "/v1/search?q=leap", "/healthz"):
        answer = client.head(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, client.get(path).headers["content-type"])


def test_a_body_that_does_not_tell_its_length_is_cut_off(tmp_path):
    def endless():
        for _ in range(40):
            yield b"x" * 100_000

    with (
        opened(tmp_path / "home", max_bytes=1000) as lessonry,
        TestClient(create_app(lessonry), base_url=URL) as client,
    ):
        answer = client.post("/v1/documents", content=endless(), headers={"content-type": "application/json"})
        assert answer.status_code == 413
        assert "max_bytes" in answer.json()["detail"]


@pytest.mark.parametrize(
    "url", ["http://[", "http://", "http://user:pw@example.com/", "javascript:alert(1)", "example.com"]
)
def test_addresses_are_checked_before_they_are_taken(client, url):
    answer = client.post("/v1/documents", json={"url": url, "title": "a", "text": "b"})
    assert answer.status_code == 422
    assert "address" in answer.json()["detail"]


def test_a_collection_that_is_not_there_is_not_found(client):
    for path in ("/v1/search?q=a&collection=nope", "/v1/documents?collection=nope"):
        assert client.get(path).status_code == 404


def test_an_upload_is_kept_no_longer_than_its_job(lessonry, client):
    for body in (b"# Good\n\nThe crew slept.", b""):
        finished(client, client.post("/v1/uploads", files={"file": ("a.md", body)}).headers["location"])
    client.app.state.worker.stop()
    assert list((lessonry.settings.home / "uploads").iterdir()) == []


def test_a_browser_gets_a_page_for_an_unknown_address_and_a_program_a_problem(client):
    page = client.get("/nowhere", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["content-type"].split(";")[0]) == (404, "text/html")
    problem = client.get("/nowhere")
    assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")


def test_the_language_of_queries_is_understood_over_http(lessonry, client):
    stored(lessonry, "A", "The disk was full.", kind="lesson", organization="Acme", tags=("storage",))
    stored(lessonry, "B", "The disk of the Kafka broker was full of dust.", published="2021-05")
    stored(lessonry, "C", "A full disk.", kind="guidance", published="2020")

    def found(q: str, **params: object) -> set[str]:
        answer = client.get("/v1/search", params={"q": q, "mode": "keyword", **params})
        assert answer.status_code == 200, answer.text
        assert answer.json()["query"] == q
        return {hit["document"]["title"] for hit in answer.json()["hits"]}

    assert found("disk") == {"A", "B", "C"}
    assert found('"disk was full"') == {"A"}
    assert found("disk -dust") == {"A", "C"}
    assert found("disk kind:lesson") == found("kind:lesson") == found("", kind="lesson") == {"A"}
    assert found("disk after:2020 before:2020-12") == {"C"}
    assert found("disk tech:kafka") == found("disk", technology="Kafka") == {"B"}
    assert found("disk kind:lesson", kind="guidance") == set()
    assert found("disk tag:storage", organization="acme") == {"A"}


def test_help_with_typing(lessonry, client):
    stored(lessonry, "The certificate nobody renewed", "The certificate expired.", organization="Acme", tags=("tls",))
    answer = client.get("/v1/suggest", params={"q": "cert"}).json()
    assert answer["did_you_mean"] is None
    document_id = client.get("/v1/search", params={"q": "certificate"}).json()["hits"][0]["document"]["id"]
    assert answer["completions"] == [
        {"text": "certificate", "kind": "word", "query": "certificate", "document_id": None},
        {"text": "The certificate nobody renewed", "kind": "title", "query": "The certificate nobody renewed", "document_id": document_id},
    ]  # fmt: skip
    assert (
        client.get("/v1/suggest", params={"q": "certifcate expired "}).json()["did_you_mean"] == "certificate expired "
    )
    assert client.get("/v1/search", params={"q": "certifcate"}).json()["did_you_mean"] == "certificate"
    assert client.get("/v1/search", params={"q": "knd:lesson x"}).json()["notes"] == [
        "there is no field 'knd:'; did you mean kind:? It was searched as words",
        "none of these words occurs; what is listed is merely nearest in meaning",
    ]
    assert client.get("/v1/search", params={"q": "org:Nobody"}).json()["notes"] == ["no document has org:Nobody"]
    assert client.get("/v1/suggest", params={"q": "kind:bu"}).json() == {"completions": [], "did_you_mean": None}
    assert client.get("/v1/suggest", params={"q": "a", "limit": 21}).status_code == 422
    assert client.get("/v1/suggest", params={"q": "x" * 1001}).status_code == 422


@pytest.mark.parametrize("question", ["disk -dust tag:storage", "tag:storage -dust"])
def test_pages_of_a_query_with_conditions_are_its_whole_list(lessonry, client, question):
    for number in range(23):
        stored(lessonry, f"D{number}", "disk " + "full " * (number % 5), tags=("storage",))
        stored(lessonry, f"E{number}", "disk dust", tags=("storage",))
    seen: list[str] = []
    params: dict[str, object] = {"q": question, "limit": 4}
    while True:
        page = client.get("/v1/search", params=params).json()
        seen += [hit["document"]["title"] for hit in page["hits"]]
        if page["next"] is None:
            break
        params["cursor"] = page["next"]
        assert client.get("/v1/search", params={**params, "q": question + " -more"}).status_code == 422
    assert len(seen) == len(set(seen)) == page["total"] == 23


@pytest.mark.parametrize(
    "q",
    [
        '"unbalanced', "(((]]]", "unknown:field", "tag:", ":::", "after:", "\x01\x02\x7f disk", "💥 disk 👩‍👩‍👧", "מסמך כונן", "شهادة منتهية",
        "证书过期", '"证书 过期" -磁盘', "term " * 3_999, " ".join(f"t{number}" for number in range(3_000)), "disk " + "-x" * 9_000,
        '" ' * 5_000, "-" * 15_000, "a:" * 9_000, "\u202edisk", "disk\u0000full", "%", "'; DROP TABLE documents; --", "* OR 1", "tag:\'x\'",
    ],
)  # fmt: skip
def test_bad_input_gets_an_answer(lessonry, client, q):
    stored(lessonry, "A", "the disk was full")
    for mode in ("hybrid", "keyword", "semantic"):
        answer = client.get("/v1/search", params={"q": q, "mode": mode, "explain": True})
        assert answer.status_code == 200, answer.text
    assert client.get("/v1/suggest", params={"q": q[:1000]}).status_code == 200
    assert client.get("/", params={"q": q}).status_code == 200


@pytest.mark.parametrize(
    ("q", "said"),
    [
        (" ".join(["ab"] * 10_000), "characters, 20000 is the most"),
        ("kind:bug disk", "kind:bug is none of post-mortem"),
        ("after:yesterday", "after:yesterday is no date"),
        ("disk before:2021-13-40", "before:2021-13-40 is no date"),
        ("-tag:x disk", "a field cannot be excluded"),
        ("tag:a " * 40, "32 is the most"),
        ("\x01\x02", "empty"),
    ],
)
def test_a_query_that_cannot_be_understood_is_a_clear_problem(client, q, said):
    answer = client.get("/v1/search", params={"q": q})
    assert answer.status_code == 422
    assert said in answer.json()["detail"]
