"""Verdicts and content gaps: counted, nobody tracked."""

import pytest

from corpus.errors import Conflict, NotFound
from tests.fakes import Home


def test_verdicts_are_counted_and_of_pages_only_stored_ones_are_known(home: Home):
    disks = home.put("disks", "The disk was full.")
    clocks = home.put("clocks", "A leap second.", identity="https://example.org/clocks")
    give = home.corpus.feedback.give
    give(disks, "search", "useful", query="  Disk   FULL ")
    give(disks, "search", "useful", query="disk full")
    give(disks, "related", "not-useful", url="https://example.org/clocks?utm_source=x")
    give(disks, "related", "already-knew", url="https://intranet.example/ticket/secret-7")
    assert home.corpus.feedback.counts(disks) == {"useful": 2, "not-useful": 1, "already-knew": 1}
    assert {(one.query, one.page, one.count) for one in home.corpus.feedback.of(disks)} == {
        ("disk full", "", 2), ("", clocks, 1), ("", "", 1),
    }  # fmt: skip
    assert b"secret-7" not in home.corpus.db.path.read_bytes()
    assert [(one.query, one.verdict, one.count) for one in home.corpus.feedback.judgements()] == [
        ("disk full", "useful", 2)
    ]
    assert [(one.id, count) for one, count in home.corpus.feedback.popular(5)] == [(disks, 2)]
    with pytest.raises(NotFound):
        give("nowhere", "search", "useful")


def test_gaps_are_counted_by_their_words_and_closed(home: Home):
    gaps = home.corpus.gaps
    one = gaps.note("Certificate  expired", "told")
    gaps.note("certificate expired", "unhelpful")
    other = gaps.note("flying carpets", "empty")
    assert [(gap.words, gap.told, gap.unhelpful, gap.empty) for gap in gaps.page(limit=10)] == [
        ("certificate expired", 1, 1, 0),
        ("flying carpets", 0, 0, 1),
    ]
    answer = home.put("certificates", "A certificate expired.")
    assert gaps.close(one.id, "answered", answered_by=answer, by="Ada").answered_by == answer
    gaps.close(other.id, "dropped")
    assert gaps.page(limit=10) == []
    assert {gap.id for gap in gaps.page(closed=True, limit=10)} == {one.id, other.id}
    assert gaps.note("certificate expired", "told").state == "open"
    assert gaps.note("flying carpets", "told").state == "dropped"
    with pytest.raises(Conflict):
        gaps.close(one.id, "answered")
    with pytest.raises(NotFound):
        gaps.close(one.id, "answered", answered_by="nowhere")
    with pytest.raises(NotFound):
        gaps.close(99, "dropped")
