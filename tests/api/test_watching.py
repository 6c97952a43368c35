"""What a server tells of itself: /metrics, /readyz, its log, and the id of each request."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import logs
from api.access import needs
from api.app import create_app
from api.wiring import Lessonry
from corpus.errors import EncoderMissing, StoreUnusable
from search.encoders import MissingEncoder
from tests.fakes import draft, opened, stored

TEXTS = {"Clocks": "A leap second made the clock jump.", "Valve": "The valve stuck open and the crew left."}


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home", allow_private=True, backup_hours=1) as lessonry:
        yield lessonry


def asked(lessonry: Lessonry) -> TestClient:
    """Its app, whose worker is not started: nothing happens but what a test asks for."""
    return TestClient(create_app(lessonry), base_url="http://127.0.0.1", raise_server_exceptions=False)


def measures(client: TestClient) -> dict[str, float]:
    """The samples of /metrics by their names and labels."""
    lines = [line for line in client.get("/metrics").text.splitlines() if not line.startswith("#")]
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_the_index_the_jobs_and_the_age_of_the_backup_are_told(lessonry):
    client = asked(lessonry)
    told = measures(client)
    assert told["lessonry_index_generation"] == 0
    assert "lessonry_backup_age_seconds" not in told
    stored(lessonry, "Clocks", TEXTS["Clocks"])
    lessonry.indexer.rebuild()
    client.post("/v1/documents", json={"title": "Valve", "text": TEXTS["Valve"]})
    lessonry.settings.backups.mkdir()
    (lessonry.settings.backups / "lessonry-2020-01-01T000000Z.db").touch()
    told = measures(client)
    assert told["lessonry_index_generation"] == 1
    assert told["lessonry_index_vectors"] == 1
    assert (told['lessonry_jobs{status="queued"}'], told['lessonry_jobs{status="done"}']) == (1, 0)
    assert told["lessonry_backup_age_seconds"] > 5 * 365 * 86_400
    put(lessonry, "Disk", "The disk was full.")
    assert measures(client)["lessonry_index_lag"] >= 1


def test_silence_is_told_from_suggestions(lessonry):
    for title, text in TEXTS.items():
        stored(lessonry, title, text)
    client = asked(lessonry)
    client.post("/v1/related", json={"title": "Ticket", "text": "We saw the clock jump in a leap second."})
    for _ in range(2):
        client.post("/v1/related", json={"text": "Whisk the eggs with sugar."})
    told = measures(client)
    assert told['lessonry_related_total{answer="suggested"}'] == 1
    assert told['lessonry_related_total{answer="silent"}'] == 2
    assert told['lessonry_related_total{answer="degraded"}'] == 0


def test_fetches_are_told_by_outcome(lessonry):
    client = asked(lessonry)
    for address in ("http://127.0.0.1:1/", "ftp://example.org/"):
        with pytest.raises(Exception, match=address):
            lessonry.fetcher.get(address)
    told = measures(client)
    assert (
        told['lessonry_fetches_total{outcome="unreachable"}'] + told['lessonry_fetches_total{outcome="refused"}'] == 2
    )
    assert told['lessonry_fetches_total{outcome="refused"}'] >= 1
    assert told['lessonry_fetches_total{outcome="fetched"}'] == 0


def test_refused_requests_are_measured_and_methods_are_not_made_up(lessonry):
    client = asked(lessonry)
    client.get("/v1/search?q=x", headers={"host": "elsewhere.example"})
    client.request("MADEUP", "/v1/search")
    told = {name for name in measures(client) if name.startswith("lessonry_request_duration_seconds_count")}
    assert any('route="none",status="421"' in name for name in told)
    assert any('method="none"' in name for name in told)
    assert not [name for name in told if "MADEUP" in name]


def put(lessonry: Lessonry, name: str, text: str) -> None:
    """Store a document that is not indexed yet."""
    one = draft(name, text)
    lessonry.corpus.documents.put(one, lessonry.split(one.title, one.text))


def ready(client: TestClient) -> tuple[int, str, str | None]:
    answer = client.get("/readyz")
    told = answer.json()
    return answer.status_code, " ".join(told["why"]), told["degraded"]


def test_an_empty_home_and_a_whole_one_are_ready(lessonry):
    client = asked(lessonry)
    assert ready(client) == (200, "", None)
    stored(lessonry, "Clocks", TEXTS["Clocks"])
    assert ready(client) == (200, "", None)


def test_without_an_index_or_far_behind_it_is_not_ready_and_a_little_behind_it_says_so(lessonry):
    client = asked(lessonry)
    put(lessonry, "first", "The first disk.")
    status, why, _ = ready(client)
    assert (status, "no index: 1 of 1 passages" in why) == (503, True)
    for number in range(20):
        stored(lessonry, f"stored {number}", f"The disk number {number}.")
    assert ready(client) == (200, "", None)
    put(lessonry, "one", "A new disk.")
    status, why, degraded = ready(client)
    assert (status, why) == (200, "")
    assert "1 of 22 passages are not in the index yet" in (degraded or "")
    for number in range(4):
        put(lessonry, f"more {number}", f"Another disk {number}.")
    status, why, _ = ready(client)
    assert (status, "the index is behind: 5 of 26" in why) == (503, True)
    assert client.get("/v1/search", params={"q": "disk"}).status_code == 200


def test_without_the_model_it_is_not_ready(lessonry):
    lessonry.__dict__["encoder"] = MissingEncoder(EncoderMissing("wished", "it is not on this machine"))
    status, why, _ = ready(asked(lessonry))
    assert status == 503
    assert "the model is missing" in why
    assert "wished" in why


def test_a_home_that_cannot_be_written_to_is_not_ready(lessonry, monkeypatch):
    def full(**_: object) -> None:
        raise OSError(28, "No space left on device")

    client = asked(lessonry)
    monkeypatch.setattr("tempfile.TemporaryFile", full)
    status, why, _ = ready(client)
    assert status == 503
    assert "the disk is full; make room" in why
    assert str(lessonry.settings.home) not in why


def test_a_store_that_cannot_be_read_is_a_problem(lessonry, monkeypatch):
    def damaged() -> None:
        raise StoreUnusable(Path("lessonry.db"), "it is damaged")

    client = asked(lessonry)
    monkeypatch.setattr(lessonry.corpus.changes, "position", damaged)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")


@pytest.mark.parametrize("given", ["3f2504e0-4f89-41d3", "a" * 64, "trace_1.2-3x"])
def test_a_well_formed_request_id_is_kept(lessonry, given):
    assert asked(lessonry).get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "two words here", "<script>alert</script>", '"},{"level'])
def test_another_is_replaced(lessonry, given):
    answers = [asked(lessonry).get("/healthz", headers={"X-Request-ID": given}) for _ in range(2)]
    ids = {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 2
    assert all(len(one) == 32 and one.isalnum() for one in ids)


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The logging of the process is put back in the end."""
    root, level = logging.getLogger(), logging.getLogger().level
    handlers = root.handlers[:]
    for handler in handlers:
        root.removeHandler(handler)
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    logging.getLogger("lessonry.requests").setLevel(logging.NOTSET)


@pytest.mark.usefixtures("written")
def test_the_log_tells_requests_and_errors_by_id_and_nothing_of_their_words(tmp_path, capsys):
    with opened(tmp_path / "home", log_format="json", log_requests=True) as lessonry:
        app = create_app(lessonry)
        breaks(app)
        logs.to_stderr("json")
        client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
        client.get("/v1/search", params={"q": "xyzzysecret"}, headers={"X-Request-ID": "search-1"})
        broken = client.get("/v1/breaks/xyzzysecret", headers={"X-Request-ID": "broken-1"})
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    ours = [line for line in lines if line["logger"].startswith(("lessonry", "api"))]
    [search] = [line for line in ours if line["request_id"] == "search-1"]
    assert search.items() >= {"method": "GET", "route": "/v1/search", "status": 200, "level": "info"}.items()
    error = next(line for line in ours if line["level"] == "error")
    assert error["request_id"] == "broken-1"
    assert "ZeroDivisionError" in error["exception"]
    assert broken.status_code == 500
    assert "broken-1" in broken.json()["detail"]
    assert broken.headers["x-request-id"] == "broken-1"
    assert "secret" not in json.dumps(ours)


@pytest.mark.usefixtures("written")
def test_text_lines_have_the_id_too_and_requests_are_quiet_unless_wanted(lessonry, capsys):
    app = create_app(lessonry)
    breaks(app)
    logs.to_stderr("text")
    client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
    client.get("/v1/search", params={"q": "disk"})
    assert "/v1/search" not in capsys.readouterr().err
    client.get("/v1/breaks/one", headers={"X-Request-ID": "broken-2"})
    assert "ERROR api.problems [broken-2]: unexpected error in GET /v1/breaks/{name}" in capsys.readouterr().err


def breaks(app: FastAPI) -> None:
    """A route with a bug."""

    @app.get("/v1/breaks/{name}", dependencies=[needs("read")])
    def breaks(name: str) -> float:
        return 1 / 0
