"""What strangers see where anyone may read: every GET there is, asked with and without a token for what is secret."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient

from api.access import READER, scopes_of
from api.app import create_app
from api.server import shown_to_strangers
from api.wiring import Lessonry
from corpus.actions import ActionText
from corpus.collection_state import Living, described, living
from corpus.public import OPEN, VIEWS
from corpus.review_queue import Reason
from search import pack_format
from search.pack_matching import Pack
from tests.fakes import at_our_pages, opened, stored

HOST = "192.0.2.1"
URL = f"http://{HOST}"
WORD, TITLE, ADDRESS = "zzwhisper", "The zzquiet outage", "https://zzhouse.example/report"
TEXT = (
    f"The certificate expired and {WORD} stopped the valve of Kafka. Every router of the crew was full.\n\n"
    "The deploy of a config had filled the queue."
)
QUIET = {"/add", "/docs", "/help", "/metrics", "/moment", "/tools", "/v1/whoami"}
"""These tell of no document."""
BY_WORDS = {"/", "/documents", "/patterns"}
"""Pages that read their question themselves."""
OPEN_TEXT = "The certificate expired and the valve was full. The deploy of a config had filled the queue of the router."


class World:
    """A home where anyone may read, with a lesson and a list for members only that touch whatever they can touch."""

    def __init__(self, lessonry: Lessonry) -> None:
        corpus = lessonry.corpus
        self.lessonry = lessonry
        self.open = stored(lessonry, "An open lesson", OPEN_TEXT, published="2020-05", url="https://open.example/a")
        self.old = stored(lessonry, "An old lesson", "The clock of the disk was wrong.", published="2019")
        self.hidden = stored(
            lessonry, TITLE, TEXT, published="0987-03", url=ADDRESS, organization="Zzhouse", tags=("zztag",),
            summary="The zzsummary of it.", visibility="members", source=ADDRESS,
        )  # fmt: skip
        corpus.aliases.add("https://zzmirror.example/", self.hidden, "a redirect leads there")
        corpus.aliases.propose("test:An open lesson", f"test:{TITLE}", "same event", "both name zzplace", 0.9)
        corpus.lifecycle.say(self.old, {"state": "superseded", "superseded_by": self.hidden}, "Ann")
        corpus.lifecycle.say(self.hidden, {"owner": "zzowner", "state": "reviewed"}, "Ann")
        corpus.actions.add(self.hidden, ActionText(text="Renew zzaction"), "Ann")
        corpus.feedback.give(self.hidden, "search", "useful")
        corpus.collections.create("Open list", who="Ann")
        corpus.collections.add("open-list", self.hidden, "The zznote says why.")
        corpus.collections.add("open-list", self.open, "Read this.")
        corpus.collections.change("open-list", living(Living("zzquery", (self.hidden,))))
        corpus.collections.change("open-list", described(visibility="public"))
        corpus.collections.create("Zzlist of members", slug="zzlist")
        corpus.collections.add("zzlist", self.open, "The zznote says why.")
        self.job = corpus.jobs.create({"title": TITLE, "text": TEXT}).id
        corpus.collections.create("Zzlist that waits", slug="waiting")
        corpus.reviews.offer("waiting", corpus.documents.get(self.hidden), [Reason(by="search", theirs=WORD)])
        item = {"source": TITLE, "status": "added", "id": self.hidden, "title": TITLE, "error": None}
        corpus.jobs.update(self.job, "done", result={"items": [item]})
        self.source = corpus.subscriptions.add("https://zzfeed.example/", {}, every=86_400).id
        corpus.subscriptions.note_item(self.source, ADDRESS, self.hidden)
        corpus.gaps.note("zzgap", "told")
        self.token = corpus.accounts.create_token("Ann", ["read"])[1]
        self.secrets = (
            WORD, "zzquiet", "zzhouse", "zztag", "zzsummary", "zzmirror", "zzplace", "zzowner", "zzaction", "zznote",
            "zzquery", "zzlist", "zzfeed", self.hidden, self.job, self.source, "0987", "kafka",
        )  # fmt: skip

    def values(self, name: str) -> list[str]:
        """What stands in a path in the place of a parameter: what is open, and what is not."""
        return {
            "document_id": [self.open, self.old, self.hidden],
            "slug": ["open-list", "zzlist", "waiting", "expired-certificate", "none-such"],
            "factor": ["expired certificate"],
            "number": ["1"],
            "gap_id": ["1"],
            "job_id": [self.job],
            "source_id": [self.source],
            "path": ["app.css"],
        }[name]

    def asked(self, name: str) -> list[str]:
        """What is asked for by a parameter of that name: never a secret whole, so that no echo of it counts."""
        return {
            "q": ["zzwhispe", "the certificate expired", "zzq", "an old lesson", "tag:zzta", "kind:post-mortem"],
            "url": ["https://open.example/a", ADDRESS],
            "text": [OPEN_TEXT],
            "factor": ["expired certificate"],
            "by": ["factor", "technology"],
            "undo": ["1", "3"],
            "explain": ["true"],
        }.get(name, [])


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, TestClient, World]]:
    folder = tmp_path_factory.mktemp("home")
    with opened(folder, host=HOST, public_read=True, models=folder / "models") as lessonry:
        made = World(lessonry)
        app = create_app(lessonry)
        with TestClient(app, base_url=URL, follow_redirects=False) as client:
            yield app, client, made


def requests(app: FastAPI, world: World) -> Iterator[tuple[str, str]]:
    """(route, address) of every GET for readers, each with all that can stand in its path and in its question."""
    for route in iter_route_contexts(app.routes):
        path = route.path or ""
        reading = isinstance(route.original_route, APIRoute) and scopes_of(route) == READER
        if "GET" not in (route.methods or ()) or not reading or path in QUIET:
            continue
        for filled in filled_in(path, world):
            yield path, filled
            shapes = [(one.field_info.annotation, one.alias) for one in route.original_route.dependant.query_params]
            names = {name for shape, alias in shapes for name in getattr(shape, "model_fields", [alias])}
            names |= {"q"} if path in BY_WORDS else set()
            for name, value in ((each, one) for each in sorted(names) for one in world.asked(each)):
                also = {"q": "valve"} if name != "q" and "q" in names else {}
                yield path, f"{filled}?{urlencode({**also, name: value})}"


def filled_in(path: str, world: World) -> list[str]:
    names = re.findall(r"\{(\w+)(?::\w+)?\}", path)
    paths = [path]
    for name in names:
        paths = [re.sub(rf"\{{{name}(:\w+)?\}}", quote(value), one) for one in paths for value in world.values(name)]
    return paths


def told(answer: Any, world: World, address: str) -> set[str]:
    """The secrets that an answer tells, beside those that the question named."""
    packed = str(pack_format.read(answer.content)) if answer.content.startswith(pack_format.MAGIC) else ""
    text = (answer.text + str(answer.headers) + packed).lower()
    return {secret for secret in world.secrets if secret in text and secret not in address.lower()}


def test_no_answer_to_a_stranger_tells_what_is_for_members_and_members_are_told(world):
    app, client, made = world
    telling: dict[str, set[str]] = {}
    for route, address in requests(app, made):
        stranger = client.get(address)
        assert stranger.status_code < 500, address
        assert told(stranger, made, address) == set(), address
        assert "private" in stranger.headers["cache-control"], address
        member = client.get(address, headers={"authorization": f"Bearer {made.token}"})
        telling.setdefault(route, set()).update(told(member, made, address))
    found = {secret for secrets in telling.values() for secret in secrets}
    assert found == set(made.secrets)
    assert [route for route, secrets in telling.items() if not secrets] == []


def test_what_is_hidden_is_not_found_by_strangers(world):
    _, client, made = world
    for address in (
        f"/documents/{made.hidden}", f"/documents/{made.hidden}.bib", f"/v1/documents/{made.hidden}",
        f"/v1/documents/{made.hidden}/related", f"/v1/documents/{made.hidden}/actions", "/collections/zzlist",
        "/v1/collections/zzlist", "/v1/collections/zzlist/feed.atom", "/v1/collections/zzlist.csv",
        f"/v1/jobs/{made.job}", f"/v1/sources/{made.source}",
    ):  # fmt: skip
        assert client.get(address).status_code == 404, address
        assert client.get(address, headers={"authorization": f"Bearer {made.token}"}).status_code == 200, address


def asked_for(client: TestClient, made: World, method: str, address: str, **sent: Any) -> tuple[Any, Any]:
    """The answers to a stranger and to a member."""
    mine = {**sent.pop("headers", {})}
    return (
        client.request(method, address, headers=mine, **sent),
        client.request(method, address, headers={**mine, "authorization": f"Bearer {made.token}"}, **sent),
    )


def test_what_is_asked_by_post_is_answered_alike(world):
    _, client, made = world
    call = {"name": "search_lessons", "arguments": {"query": "the certificate expired"}}
    alert = {"version": "4", "status": "firing", "groupKey": "a", "alerts": [{
        "status": "firing", "fingerprint": "1", "labels": {"alertname": "Expiry"},
        "annotations": {"summary": OPEN_TEXT},
    }]}  # fmt: skip
    for address, sent in {
        "/v1/related": {"text": OPEN_TEXT, "title": "A page"},
        "/v1/alerts": alert,
        "/v1/checkpoints": {"text": f"# Plan\n\n{OPEN_TEXT}"},
        "/mcp": {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call},
    }.items():
        accept = {"accept": "application/json, text/event-stream"}
        stranger, member = asked_for(client, made, "POST", address, json=sent, headers=accept)
        assert (stranger.status_code, member.status_code) == (200, 200), (address, stranger.text)
        assert told(stranger, made, "") == set(), address
        assert made.hidden in told(member, made, ""), address
    for document_id, codes in ((made.open, [201, 201]), (made.hidden, [404, 201])):
        verdict = {"document_id": document_id, "context": "search", "verdict": "useful"}
        assert [one.status_code for one in asked_for(client, made, "POST", "/v1/feedback", json=verdict)] == codes


def test_there_are_two_packs_with_names_of_their_own(world):
    _, client, made = world
    stranger, member = asked_for(client, made, "GET", "/v1/pack")
    assert {one["title"] for one in Pack(stranger.content).lessons} == {"An open lesson", "An old lesson"}
    assert {one["title"] for one in Pack(member.content).lessons} == {"An open lesson", "An old lesson", TITLE}
    assert stranger.headers["etag"] != member.headers["etag"]
    known = {"if-none-match": member.headers["etag"]}
    assert [one.status_code for one in asked_for(client, made, "GET", "/v1/pack", headers=known)] == [200, 304]


def test_pages_of_results_are_full_and_their_counts_are_of_what_is_seen(tmp_path):
    with opened(tmp_path / "home", host=HOST, public_read=True) as lessonry:
        for number in range(40):
            whose = "public" if number % 4 == 3 else "members"
            stored(lessonry, f"Lesson {number}", "The router of the crew was full.", visibility=whose)
        with TestClient(create_app(lessonry), base_url=URL) as client:
            first = client.get("/v1/search?q=router&limit=6").json()
            rest = client.get(f"/v1/search?q=router&limit=6&cursor={first['next']}").json()
            assert (len(first["hits"]), len(rest["hits"]), first["total"], rest["next"]) == (6, 4, 10, None)
            assert first["facets"]["kind"] == [{"value": "post-mortem", "count": 10}]
            near = client.post("/v1/related", json={"text": "The router was full.", "limit": 8}).json()
            assert len(near["suggestions"]) == 8


@pytest.mark.parametrize(("default", "seen"), [("public", {"Said public", "Unsaid"}), ("members", {"Said public"})])
def test_a_setting_says_who_sees_what_nobody_said_anything_of(tmp_path, default, seen):
    with opened(tmp_path / "home", host=HOST, public_read=True, default_visibility=default) as lessonry:
        three_lessons(lessonry)
        with TestClient(create_app(lessonry), base_url=URL) as client:
            assert titles(client) == seen


def test_an_open_server_and_whoever_is_signed_in_see_everything(tmp_path):
    with opened(tmp_path / "home", default_visibility="members") as lessonry:
        three_lessons(lessonry)
        with TestClient(create_app(lessonry), base_url="http://127.0.0.1") as client:
            assert titles(client) == {"Said public", "Unsaid", "Said members"}
            token = lessonry.corpus.accounts.create_token("Ann", ["read"])[1]
            assert client.get("/v1/documents").status_code == 401
            assert titles(client, token) == {"Said public", "Unsaid", "Said members"}


def test_what_becomes_members_only_is_gone_for_strangers_at_once(tmp_path):
    with opened(tmp_path / "home", host=HOST, public_read=True) as lessonry:
        one = stored(lessonry, "A lesson", "The valve was full.")
        curator = lessonry.corpus.accounts.create_token("Ann", ["curate"])[1]
        with TestClient(create_app(lessonry), base_url=URL) as client:
            assert client.get("/v1/search?q=valve").json()["total"] == 1
            headers = {"authorization": f"Bearer {curator}"}
            for said, codes in (("members", 404), ("public", 200), (None, 200)):
                answer = client.patch(f"/v1/documents/{one}", json={"visibility": said}, headers=headers)
                assert (answer.status_code, answer.json()["visibility"]) == (200, said)
                assert client.get(f"/v1/documents/{one}").status_code == codes
                assert client.get("/v1/search?q=valve").json()["total"] == (codes == 200)
            assert client.patch(f"/v1/documents/{one}", json={"visibility": "all"}, headers=headers).status_code == 422


def test_a_curator_says_it_on_the_page_of_a_lesson(tmp_path):
    with opened(tmp_path / "home") as lessonry:
        one = stored(lessonry, "A lesson", "The valve was full.")
        with TestClient(create_app(lessonry), base_url="http://127.0.0.1") as client:
            at_our_pages(client)
            for said in ("members", "public", ""):
                answer = client.post(f"/documents/{one}/edit", data={"visibility": said}, follow_redirects=False)
                assert answer.status_code == 303
                assert lessonry.corpus.documents.get(one).visibility == (said or None)
                shown = client.get(f"/documents/{one}").text
                assert f'<option value="{said}" selected>' in shown if said else "For members only" not in shown
                assert ("For members only" in shown) == (said == "members")


def test_a_job_and_a_source_say_who_may_see_what_they_bring(tmp_path):
    with opened(tmp_path / "home", allow_private=True) as lessonry:
        with TestClient(create_app(lessonry), base_url="http://127.0.0.1") as client:
            new = {"title": "A lesson", "text": "The valve was full.", "visibility": "members"}
            job = client.post("/v1/documents", json=new).json()["job"]["id"]
            while (found := client.get(f"/v1/jobs/{job}").json())["status"] in ("queued", "running"):
                pass
            (item,) = found["result"]["items"]
            assert client.get(f"/v1/documents/{item['id']}").json()["visibility"] == "members"
            source = {"address": "http://127.0.0.1:9/feed", "visibility": "members"}
            assert client.post("/v1/sources", json=source).json()["options"]["visibility"] == "members"
            assert lessonry.public.corpus.subscriptions.all() == []


def test_a_server_says_how_much_anyone_may_read(world):
    _, _, made = world
    assert shown_to_strangers(made.lessonry).startswith("anyone may read 2 of 3 documents and 1 of 3 collections;")


def three_lessons(lessonry: Lessonry) -> None:
    stored(lessonry, "Said public", "The valve was full.", visibility="public")
    stored(lessonry, "Unsaid", "The valve was expired.")
    stored(lessonry, "Said members", "The valve was restored.", visibility="members")


def titles(client: TestClient, token: str = "") -> set[str]:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return {one["title"] for one in client.get("/v1/documents", headers=headers).json()["items"]}


def test_every_table_is_either_seen_through_a_view_or_said_to_be_open(world):
    _, _, made = world
    with made.lessonry.corpus.db.read() as db:
        tables = {name for name in db.table_names() if not name.startswith(("passages_fts_", "sqlite_", "_sqlite"))}
    assert tables == VIEWS.keys() | set(OPEN)
    assert not VIEWS.keys() & set(OPEN)
