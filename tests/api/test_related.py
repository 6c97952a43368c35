"""Related lessons through the doors: HTTP and the command line; and that any text gets an answer or a clear problem."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import cli
from api.app import create_app
from api.wiring import Lessonry
from search import encoders
from tests.fakes import FakeEncoder, opened, stored

LESSONS = {
    "Renewal": "A certificate had expired. The alarm said nothing.",
    "Register": "Each certificate has an owner. A certificate without an owner is removed.",
    "Clocks": "The leap second sent the clock backwards.",
    "Crew": "The crew did not trust the valve. The clock was right.",
}
ODD = {
    "quotes and brackets": '"certificate (((]]] "expired',
    "a field that is none": "colour:red certificate expired",
    "a date that is none": "after:2021-13-40 certificate expired",
    "10,000 terms": "certificate expired " + " ".join(f"term{number}" for number in range(10_000)),
    "control characters": "certificate\x01\x02\x7f expired\x00",
    "emoji": "certificate 💥👩‍👩‍👧 expired",
    "right to left": "\u202emsgid\u202c certificate תעודה expired شهادة",
    "Chinese": "证书 certificate 过期 expired",
    "one word": "certificate",
    "code": "```\nif certificate.expired:\n    raise Expired(certificate)\n```",
    "a long page": "The certificate expired. " * 4_000,
}


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        for title, text in LESSONS.items():
            stored(made, title, text)
        made.corpus.collections.create("Certificates", slug="certificates")
        made.corpus.collections.add("certificates", made.corpus.documents.find("test:Renewal").id)
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> Iterator[TestClient]:
    with TestClient(create_app(lessonry), base_url="http://127.0.0.1", raise_server_exceptions=False) as made:
        yield made


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_any_text_gets_an_answer(client: TestClient, text: str) -> None:
    answer = client.post("/v1/related", json={"text": text})
    assert answer.status_code == 200, answer.text
    suggested = [one["document"]["title"] for one in answer.json()["suggestions"]]
    assert suggested[0] in {"Renewal", "Register"}
    assert not {"Clocks", "Crew"} & set(suggested)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD.keys())
def test_any_text_gets_an_answer_on_the_command_line(
    lessonry: Lessonry, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """From a file, where a text may have any characters; one with zero bytes is no text, and that is said."""
    (tmp_path / "page.txt").write_text(text)
    code, out, err = called(["related", "--file", tmp_path / "page.txt", "--json"], tmp_path, monkeypatch, capsys)
    if "\0" in text:
        assert (code, "binary" in err) == (2, True)
        return
    assert code == 0, err
    assert json.loads(out)["suggestions"][0]["document"]["title"] in {"Renewal", "Register"}


def test_a_question_that_is_none_is_a_clear_problem(client: TestClient) -> None:
    for body in ({}, {"text": ""}, {"text": "a", "limit": 51}, {"text": "a", "limit": 0}, {"texts": "a"}, {"text": 5}):
        answer = client.post("/v1/related", json=body)
        assert answer.status_code == 422, body
        assert answer.headers["content-type"] == "application/problem+json"
    assert client.post("/v1/related", json={"document_id": "nothing"}).status_code == 404


def test_more_like_a_collection_and_unlike_a_document(lessonry: Lessonry, client: TestClient) -> None:
    first = client.get("/v1/collections/certificates/suggestions").json()["suggestions"]
    assert [one["document"]["title"] for one in first] == ["Register"]
    assert first[0]["because"][0]["yours"] in LESSONS["Renewal"]
    assert first[0]["because"][0]["theirs"] in LESSONS["Register"]
    against = {"against": lessonry.corpus.documents.find("test:Register").id}
    assert client.get("/v1/collections/certificates/suggestions", params=against).json()["suggestions"] == []
    assert client.get("/v1/collections/nothing/suggestions").status_code == 404
    assert client.get("/v1/collections/certificates/suggestions", params={"against": "none"}).status_code == 404
    assert client.get("/v1/collections/certificates/suggestions", params={"limit": 0}).status_code == 422


def test_more_like_a_collection_on_the_command_line(
    lessonry: Lessonry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        return called(["related", *words], tmp_path, monkeypatch, capsys)

    code, out, _ = run("--collection", "certificates", "--json")
    assert (code, [one["document"]["title"] for one in json.loads(out)["suggestions"]]) == (0, ["Register"])
    assert "Register" in run("--collection", "certificates")[1]
    code, out, _ = run("--collection", "certificates", "--against", "test:Register", "--json")
    assert (code, json.loads(out)["suggestions"]) == (0, [])
    assert run("--collection", "nothing")[0] == 1
    assert run("--against", "test:Register", "--text", "a")[0] == 2
    assert run("--collection", "certificates", "--text", "a")[0] == 2


def called(
    words: list[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str, str]:
    """How a call of the command line ends: its code, what it prints, and what it says."""
    monkeypatch.setattr(encoders, "open_encoder", lambda name, models, download=False, device="cpu": FakeEncoder())
    monkeypatch.setattr("sys.argv", ["lessonry", "--home", str(tmp_path / "home"), *map(str, words)])
    capsys.readouterr()
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0), *capsys.readouterr()
