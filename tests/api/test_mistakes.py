"""What pages say of a form that cannot be: plain words, no names of fields, no words of a command line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from api.app import create_app
from api.wiring import Lessonry
from tests.fakes import at_our_pages, opened

URL = "http://127.0.0.1"


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        made.corpus.collections.create("Reader")
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> TestClient:
    return at_our_pages(TestClient(create_app(lessonry), base_url=URL, headers={"accept": "text/html"}))


@pytest.mark.parametrize(
    ("to", "fields", "said"),
    [
        ("/settings/people", {"name": "Ann"}, "role: it is missing"),
        ("/settings/people", {"name": "Ann", "role": "boss"}, "role: choose 'reader', 'curator' or 'admin'"),
        ("/collections/reader", {"title": "New"}, "version: it is missing"),
        ("/collections/reader", {"title": "New", "version": "x"}, "version: give a whole number"),
        ("/add/file", {"file": "words"}, "choose a file first"),
        ("/sources", {"address": "nowhere"}, "give a whole address"),
        ("/sources", {"address": "https://example.org/", "kind": "zz"}, "kind: choose 'post-mortem'"),
        ("/sources", {"address": "https://example.org/", "every": "5s"}, "schedule '5s': give hourly, daily"),
        ("/gaps/tell", {"query": "valve " * 900}, "query: it has more than 1,000 characters"),
        ("/gaps/tell", {"query": " "}, "query: it is empty"),
    ],
)
def test_pages_say_in_plain_words_what_cannot_be(client, to, fields, said):
    answer = client.post(to, data=fields)
    text = " ".join(BeautifulSoup(answer.text, "html.parser").main.text.split())
    assert (answer.status_code, said in text) == (422, True), text
    assert not any(word in text for word in ("body.", "Field required", "UploadFile", "--", "Unprocessable")), text


def test_programs_are_told_where_it_is(client):
    answer = client.put("/v1/people/Ann", json={})
    assert (answer.status_code, answer.json()["detail"]) == (422, "body.role: Field required")
