"""Which bytes are an export and which are not: told by their shape, never by a name, and never the end of a run."""

import json
import random
from contextlib import suppress

import pytest

from corpus.errors import IngestError
from ingest.exports import read_export
from ingest.types import Outcome, Page


def read(body: bytes) -> object:
    return read_export(body, source="x", most_bytes=10_000_000, most_items=100)


@pytest.mark.parametrize(
    "value",
    [
        {"name": "Slow", "impact": "minor", "updates": [{"content": "x", "status": "resolved", "date": "2020-01-01T00:00:00Z"}]},
        [{"title": "A", "text": "B"}], {"incidents": []}, {"incidents": [{"title": "t", "description": "d"}]},
        {"lessons": [{"title": "A", "lesson": "B"}]}, {"issues": [{"key": "A-1", "fields": {}}]}, [], {}, [1, 2], [[]], [None],
        {"title": "A", "body": "B", "url": "https://x.example/a", "labels": ["a"]},
        {"data": {"data": {"data": {}}}}, {"incidents": {}},
    ],
)  # fmt: skip
def test_other_json_is_none(value: object) -> None:
    assert read(json.dumps(value).encode()) is None


@pytest.mark.parametrize(
    "body",
    [b"", b" ", b"\0\0\0", b"hello", b"# A page\n\ntext", b"<html><p>x</p></html>", b"%PDF-1.7", b"[", b'{"a": ', b"[1] x",
     b"[" * 100_000, b"{\"a\":" * 100_000, b"[" + b"9" * 10_000 + b"]", b"\xff\xfe[", b"<", b"<rss", b"<rss><key>", b"\x89PNG\r\n"],
    ids=str,
)  # fmt: skip
def test_other_bytes_are_none(body: bytes) -> None:
    found = read(body)
    if body == b"<rss><key>":
        assert found is not None
        assert [entry.status for entry in found.entries] == ["failed"]  # type: ignore[attr-defined]
    else:
        assert found is None


def test_a_cut_list_is_left_to_the_reader_of_tables() -> None:
    """It says where the JSON ends too early."""
    whole = json.dumps([{"number": 1, "title": "t", "body": "b", "labels": []}] * 5).encode()
    assert read(whole) is not None
    assert read(whole[:-20]) is None


def test_a_table_of_lessons_stays_a_table() -> None:
    header = '"","LessonId","Submitter1","Title","Abstract","Lesson","Organization","LessonDate","Categories","url"'
    assert (
        read(f'{header}\n"1",9501,"Bell, M","Issue key","a","b","KSC",2014-06-06,"c","https://x.example/1"\n'.encode())
        is None
    )


def test_any_damage_ends_in_entries_or_in_an_error_that_a_person_can_read() -> None:
    whole = [
        json.dumps([{"number": 1, "title": "t", "body": "b `@x`", "labels": [{"name": "l"}], "comments": [{"body": "c"}]}] * 3),
        json.dumps({"page": {"name": "P"}, "incidents": [{"name": "n", "incident_updates": [{"body": "b"}]}]}),
        "Issue key,Summary,Description,Comment\nA-1,t,h1. x,1/Jan/21 1:00;a;b\n" * 3,
        "<rss><channel>" + "<item><key>A-1</key><summary>s</summary><description>&lt;p&gt;d</description></item>" * 3 + "</channel></rss>",
    ]  # fmt: skip
    chance = random.Random(5)
    for text in whole:
        for _ in range(300):
            changed = bytearray(text.encode())
            for _ in range(chance.randint(1, 5)):
                changed[chance.randrange(len(changed))] = chance.randrange(256)
            with suppress(IngestError):  # anything else is a bug
                found = read_export(bytes(changed), source="x", most_bytes=10_000, most_items=10)
                assert all(isinstance(entry, Page | Outcome) for entry in (found.entries if found else ()))
