"""A design held against what was learned, section by section: command, HTTP, and ten designs with the real model."""

import json
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import checkpoints
from api.app import create_app
from api.checklists import annotations, checklist
from api.checkpoints import line_of, near_enough, parts_of
from api.schemas_checkpoints import CheckpointsAnswer
from api.wiring import Lessonry
from benchmarks.checkpoints import SETS, outcomes
from tests.fakes import opened, stored
from tests.search import starter

DESIGNS = Path(__file__).parents[1] / "data" / "designs"
DESIGN = """# Store

## Time

We trust that the clock
takes a **leap second** well.

## Disks

When the disk is full, the backup goes on.

## People

Ana and Tom share a room.

## Clocks again

The clock has a second hand.
"""


@pytest.fixture
def lessonry(tmp_path: Path) -> Iterator[Lessonry]:
    with opened(tmp_path / "home") as made:
        yield made


@pytest.fixture
def client(lessonry: Lessonry) -> Iterator[TestClient]:
    stored(lessonry, "Clocks", "The clock took the leap second badly.", kind="lesson", published="2012-06")
    stored(lessonry, "Disks", "The disk was full and so was the backup.", url="https://acme.example/(disk)")
    with TestClient(create_app(lessonry), base_url="http://127.0.0.1") as made:
        yield made


def checked(client: TestClient, text: str = DESIGN, **more: object) -> dict:
    answer = client.post("/v1/checkpoints", json={"text": text, "title": "Store", **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_each_lesson_is_told_once_where_it_is_nearest_with_its_line(client):
    answer = checked(client)
    told = [
        (s["heading"], [(one["document"]["title"], one["line"]) for one in s["lessons"]]) for s in answer["sections"]
    ]
    assert told == [("Time", [("Clocks", 5)]), ("Disks", [("Disks", 10)])]
    [because] = answer["sections"][0]["lessons"][0]["because"]
    assert because["theirs"] == "The clock took the leap second badly."
    assert answer["degraded"] is None


def test_nothing_is_stored_of_what_is_checked(client, lessonry):
    before = lessonry.corpus.changes.position()
    checked(client)
    assert lessonry.corpus.changes.position() == before


def test_the_checklist_escapes_what_others_wrote(client):
    answer = checked(client)
    first, second = answer["sections"][0]["lessons"][0], answer["sections"][1]["lessons"][0]
    first["document"]["title"] = "<b>Clocks</b>\n# [x](javascript:alert(1))"
    first["document"]["state"] = "verified"
    text = checklist(CheckpointsAnswer.model_validate(answer))
    assert r"- [ ] **\<b\>Clocks\</b\> \# \[x\](javascript:alert(1))** (lesson · 2012-06 · verified · id " in text
    assert f"**[{second['document']['title']}](https://acme.example/%28disk%29)**" in text
    assert "  - theirs: “The disk was full and so was the backup.”" in text
    assert "People" not in text


def test_annotations_escape_what_commands_are_made_of(client):
    answer = checked(client)
    lesson = answer["sections"][0]["lessons"][0]
    lesson["document"]["title"] = "100%: a,b\n::error::x"
    lesson["because"][0]["yours"] = "100 %\r\n::error::gone"
    first, second = annotations(CheckpointsAnswer.model_validate(answer), "docs/a,b.md").splitlines()
    assert first.startswith(
        "::notice file=docs/a%2Cb.md,line=5,title=100%25%3A a%2Cb %3A%3Aerror%3A%3Ax::lesson · 2012-06"
    )
    assert "%0AYours: “100 %25 ::error::gone”%0ATheirs: " in first
    assert second.endswith("%0Ahttps://acme.example/(disk)")


def test_a_document_about_nothing_gets_nothing(client):
    answer = checked(client, "# Garden\n\nBeans and peas.")
    assert answer["sections"] == []
    assert checklist(CheckpointsAnswer.model_validate(answer)) == ""


def test_what_is_nearer_to_paperwork_than_to_lessons_is_quiet(client):
    """To the encoder of the tests, paperwork is whatever has no word that it knows; longer sentences weigh more."""
    clock = "The clock took the leap second."
    [told] = checked(client, f"# Store\n\n## Time\n\n{clock} Ana has a big room.")["sections"]
    assert [one["document"]["title"] for one in told["lessons"]] == ["Clocks"]
    assert (
        checked(client, f"# Store\n\n## Time\n\n{clock} Ana and Tom have a big room that looks on a park.")["sections"]
        == []
    )


def test_the_more_parts_come_near_the_less_is_near_enough():
    """One of four must reach the floor of a page of four passages, two of four that of a page of two."""

    def floor(passages: float) -> float:
        return passages / 10

    assert near_enough([0.4], 4, floor) == 0.4
    assert near_enough([0.39], 4, floor) == math.inf
    assert near_enough([0.1, 0.3, 0.2], 4, floor) == 0.2
    assert near_enough([0.1, 0.15, 0.2, 0.1], 4, floor) == 0.1
    assert near_enough([], 4, floor) == math.inf


def test_bad_questions_are_problems(client):
    for body in ({}, {"text": ""}, {"text": "x", "limit": 0}, {"text": "x" * 400_001}):
        answer = client.post("/v1/checkpoints", json=body)
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"


def test_long_sections_are_split_and_many_are_joined():
    long = "\n\n".join(f"Paragraph {number}. " + "word " * 100 for number in range(20))
    parts = parts_of("T", f"# T\n\n## Long\n\n{long}")
    assert {part.heading for part in parts} == {"Long"}
    assert all(len(part.text) <= checkpoints._LONGEST for part in parts)
    assert "\n\n".join(part.text for part in parts).split() == long.split()
    many = "\n\n".join(f"## Heading {number}\n\nBody {number}." for number in range(1_000))
    joined = parts_of("", many)
    assert len(joined) <= checkpoints._MOST
    assert all(f"Body {number}." in "\n".join(part.text for part in joined) for number in range(1_000))


def test_a_sentence_is_found_again_however_it_was_written():
    assert line_of("a\n\nWe *trust*\nthe `clock`.", "We trust the clock.") == 3
    assert line_of("nothing of it", "We trust the clock.") is None
    assert line_of("x", "…") is None


def lessonry_command(home: Path, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [str(Path(sys.executable).with_name("lessonry")), "--home", str(home), "check", *arguments]
    return subprocess.run(command, input=given, capture_output=True, env=dict(os.environ))


def test_unusable_input_is_told_in_a_line(tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    for arguments in (["no.md"], [str(picture)], ["--json", "--github", "-"], ["--limit", "0", "-"]):
        done = lessonry_command(tmp_path / "home", *arguments)
        assert done.returncode == 2
        assert len(done.stderr.decode().splitlines()) == 1


@pytest.mark.slow
def test_designs_get_the_lessons_that_a_reviewer_would_raise(tmp_path):
    """Nothing for sections that have none; the held-out set was written before it was tried (docs/checkpoints.md)."""
    with starter.opened(tmp_path / "home") as (lessonry, _):
        found = {chosen: list(outcomes(lessonry, chosen)) for chosen in SETS}
        done = lessonry_command(tmp_path / "home", str(DESIGNS / "retention-job.md"), "--github")
    assert [len(of_set) for of_set in found.values()] == [10, 10]
    assert [one for of_set in found.values() for one in of_set if one.spoken] == []
    right = {chosen: [one.name for one in of_set if not one.missed] for chosen, of_set in found.items()}
    assert len(right["designs"]) >= 8, right
    assert len(right["designs_held_out"]) >= 7, right
    assert done.returncode == 0
    assert f"::notice file={DESIGNS / 'retention-job.md'},line=".encode() in done.stdout


@pytest.mark.slow
def test_standard_input_and_json(tmp_path):
    with starter.opened(tmp_path / "home"):
        pass
    design = (DESIGNS / "order-router-release.md").read_bytes()
    done = lessonry_command(tmp_path / "home", "-", "--json", given=design)
    answer = json.loads(done.stdout)
    assert answer["title"] == "Release of order router 8.2"
    spoken = [one["heading"] for one in answer["sections"]]
    assert {"The switch", "Clocks"} <= set(spoken)
    assert "Party" not in spoken
