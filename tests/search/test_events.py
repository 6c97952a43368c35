"""Two reports of one event are told from two matters of one day."""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from corpus.bundle import read_bundle
from corpus.store import Corpus
from corpus.types import Document
from search.events import days, names, same_event
from tests.fakes import split

STARTER = Path(__file__).parents[2] / "corpus" / "starter"

KERNEL = """
## What happened

A leap second was inserted at the end of 30 June 2012. Programs such as Java and MySQL waited in a loop on a
`futex` and the kernel's `clock_was_set` was never called. Many hosts of Cassandra were slow.
"""
AIRLINE = """
On June 30, 2012 our booking stood still for two hours. Every host that runs Cassandra spun at full load. We
saw the same `futex` call over and over, and then found that `clock_was_set` had not been called by Linux.
"""


def report(name: str, text: str, **fields: object) -> Document:
    made = Document(
        id=name,
        identity=f"https://{name}.example/report",
        title=name,
        text=text,
        kind="post-mortem",
        url=None,
        organization=None,
        published=None,
        tags=(),
        language=None,
        source="",
        added="",
        changed="",
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def rare(_: str) -> int:
    return 2


@pytest.mark.parametrize(
    "text",
    [
        "on 2012-06-30T23:59:60Z",
        "on 2012/06/30.",
        "June 30, 2012",
        "June 30th 2012",
        "Jun. 30, 2012",
        "Saturday, 30 June 2012",
        "the 30th of June, 2012",
        "30 Jun 2012",
    ],
)
def test_days_are_read(text: str) -> None:
    assert days(report("a", text)) == {date(2012, 6, 30)}


@pytest.mark.parametrize(
    "text", ["2012-13-01", "2012-06-31", "June 31, 2012", "June 2012", "1.2012-06-301", "10.0.2012/06/3", "June 30"]
)
def test_what_is_no_day_is_not_read(text: str) -> None:
    assert days(report("a", text)) == set()


def test_a_day_of_publication_counts_and_a_chronicle_names_no_day() -> None:
    assert days(report("a", "", published="2012-06-30")) == {date(2012, 6, 30)}
    assert days(report("a", "", published="2012-06")) == set()
    chronicle = "\n".join(f"2012-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 29))
    assert days(report("a", chronicle, published="2013-01-01")) == {date(2013, 1, 1)}


def test_names_are_written_large_within_a_sentence_or_are_technical() -> None:
    text = (
        "# Root Cause\n\nRestart of the Kafka broker. The broker on db2 runs MySQL; clock_was_set failed.\n"
        "Then Monday came. An Outage of ours, an outage of theirs. See https://Example.com/Path and `futex` in UTC."
    )
    assert names(report("a", text)) == {"kafka", "db2", "mysql", "clock_was_set", "futex"}


def test_two_reports_of_one_outage() -> None:
    one, other = report("kernel", KERNEL), report("airline", AIRLINE)
    assert same_event(one, other, rare) == "both tell of 2012-06-30 and of cassandra, clock_was_set, futex"
    assert same_event(other, one, rare) == same_event(one, other, rare)


def test_names_that_everybody_uses_tell_nothing() -> None:
    assert same_event(report("kernel", KERNEL), report("airline", AIRLINE), lambda _: 300) is None


def test_the_rarest_names_are_told() -> None:
    frequency = {"futex": 2, "clock_was_set": 3, "cassandra": 9}
    told = same_event(report("kernel", KERNEL), report("airline", AIRLINE), lambda name: frequency.get(name, 50))
    assert told == "both tell of 2012-06-30 and of futex, clock_was_set, cassandra"


@pytest.mark.parametrize(
    "fields",
    [
        {"organization": "Kernel"},
        {"identity": "https://kernel.example/another"},
        {"kind": "guidance"},
        {"kind": "lesson"},
        {"text": AIRLINE.replace("June 30, 2012", "June 29, 2012")},
        {"text": "On June 30, 2012 a truck hit the pole that fed our Cassandra hall."},
    ],
)
def test_one_house_another_kind_another_day_another_matter(fields: dict[str, object]) -> None:
    one = report("kernel", KERNEL, organization="kernel" if "organization" in fields else None)
    assert same_event(one, replace(report("airline", AIRLINE), **fields), rare) is None  # type: ignore[arg-type]


def test_published_close_together_takes_more_names() -> None:
    one, other = (report(name, text.replace("2012", "")) for name, text in (("kernel", KERNEL), ("airline", AIRLINE)))
    one = replace(one, published="2012-07-01")
    near, far = replace(other, published="2012-07-15"), replace(other, published="2012-07-16")
    assert same_event(one, near, rare) is None
    more = "\nIt was Hadoop on Debian, said Ada."
    one, near, far = (replace(document, text=document.text + more) for document in (one, near, far))
    assert same_event(one, near, rare) == "published close together, both tell of ada, cassandra, clock_was_set"
    assert same_event(one, far, rare) is None
    assert same_event(one, replace(near, published="2019-07-01"), rare) is None


def test_a_report_that_points_at_the_other() -> None:
    cause = report("cloud", "It broke on 18 November 2025.", organization="Cloudy")
    link = report("victim", "On 2025-11-18 we were down. See [theirs](http://www.cloud.example/report/).")
    named = report("victim", "On 2025-11-18 we were down because of Cloudy. As Cloudy came back, so did we.")
    assert same_event(cause, link, lambda _: 300) == "both tell of 2025-11-18, and one of them links to the other"
    assert same_event(named, cause, lambda _: 300) == (
        "both tell of 2025-11-18, and one of them tells of Cloudy, whose report the other is"
    )
    in_passing = report("victim", "On 2025-11-18 a disk filled. We host at Cloudy.")
    another_day = replace(named, text=named.text.replace("18", "19"))
    assert [same_event(cause, one, lambda _: 300) for one in (in_passing, another_day)] == [None, None]


def test_the_starter_tells_of_no_event_twice(tmp_path: Path) -> None:
    with Corpus(tmp_path / "home") as corpus:
        read_bundle(corpus, STARTER, split)
        documents = corpus.documents.page(limit=999)
    frequency = Counter(word for one in documents for word in set(one.text.lower().split()))
    found = [
        (one.title, other.title)
        for place, one in enumerate(documents)
        for other in documents[:place]
        if same_event(one, other, lambda name: frequency[name])
    ]
    assert found == []


def test_hostile_texts_end() -> None:
    for text in ("June 1, " * 50_000, "`" * 100_000, "a:" * 100_000, "https://x.org/ " * 6_000, "A " * 100_000):
        assert (
            same_event(report("a", text, published="2020-01-01"), report("b", text, published="2020-01-01"), rare)
            is None
        )
