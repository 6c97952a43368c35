"""How lessons stand: who said so, what took their place, and which to look at again."""

import pytest

from corpus.clock import later
from corpus.errors import Conflict, NotFound
from corpus.standing import Standing
from tests.fakes import Home


def test_what_people_say_stays_when_the_source_is_read_again(home: Home):
    document = home.put("disks", "The disk was full.")
    assert home.corpus.documents.get(document).standing == Standing()
    home.corpus.lifecycle.say(document, {"state": "draft", "owner": "Ada"}, "Ben")
    home.put("disks", "The disk was full again.")
    standing = home.corpus.documents.get(document).standing
    assert (standing.state, standing.owner, standing.reviewed_at) == ("draft", "Ada", None)


def test_a_review_is_dated_and_signed_and_all_of_it_is_history(home: Home):
    document = home.put("disks", "The disk was full.")
    home.corpus.lifecycle.say(document, {"state": "draft"}, "Ada")
    standing = home.corpus.lifecycle.say(document, {"state": "verified", "review_by": "2030-01-31"}, "Ben")
    assert standing.reviewed_by == "Ben"
    assert standing.reviewed_at
    assert [(one.state, one.by) for one in home.corpus.lifecycle.history(document)] == [
        ("verified", "Ben"),
        ("draft", "Ada"),
    ]
    assert home.corpus.lifecycle.say(document, {"state": None}, "Ben").state is None


def test_a_successor_means_superseded_and_is_told_both_ways(home: Home):
    old = home.put("old", "The disk was full.")
    new = home.put("new", "The disk was full.", identity="https://example.org/new")
    assert home.corpus.lifecycle.say(old, {"superseded_by": "https://example.org/new"}).state == "superseded"
    assert home.corpus.documents.get(old).standing.superseded_by == new
    assert [one.id for one in home.corpus.lifecycle.replaced_by(new)] == [old]
    assert home.corpus.lifecycle.outdated([old, new]) == {old: new}
    home.corpus.lifecycle.say(old, {"state": "reviewed"})
    assert home.corpus.lifecycle.outdated([old, new]) == {}
    assert home.corpus.documents.get(old).standing.superseded_by is None


def test_no_document_takes_its_own_place_not_by_way_of_others_either(home: Home):
    a, b, c = (home.put(name, "The disk was full.") for name in "abc")
    home.corpus.lifecycle.say(a, {"superseded_by": b})
    home.corpus.lifecycle.say(b, {"superseded_by": c})
    for document, said, words in (
        (c, {"superseded_by": a}, "circle"),
        (b, {"superseded_by": a}, "circle"),
        (a, {"superseded_by": a}, "its own place"),
        (a, {"superseded_by": "nowhere"}, "no document 'nowhere'"),
        (c, {"state": "superseded"}, "which document"),
        (c, {"state": "verified", "superseded_by": a}, "not verified"),
    ):
        with pytest.raises(Conflict, match=words):
            home.corpus.lifecycle.say(document, said)
    assert home.corpus.documents.get(c).standing == Standing()
    with pytest.raises(NotFound):
        home.corpus.lifecycle.say("nowhere", {"state": "draft"})


def test_lessons_are_looked_at_again_for_a_reason(home: Home):
    say = home.corpus.lifecycle.say
    fine, due, gone, chained, middle, last, old = (
        home.put(name, "The disk was full.") for name in ("fine", "due", "gone", "chained", "middle", "last", "old")
    )
    say(fine, {"state": "verified", "review_by": later(1_000_000)[:10]})
    say(due, {"state": "verified", "review_by": "2020-05-01"})
    home.corpus.documents.mark_gone(gone, "2021-01-01")
    say(chained, {"superseded_by": middle})
    say(middle, {"superseded_by": last})
    say(last, {"state": "obsolete"})
    say(old, {"state": "verified"})
    with home.corpus.db.write() as db:
        db.execute("UPDATE lessons SET reviewed_at = '2019-01-01T00:00:00Z' WHERE document_id = ?", [old])
    found = {one.document.id: one.doubt for one in home.corpus.lifecycle.in_doubt(limit=10)}
    assert found == {
        due: "review due",
        gone: "page gone",
        chained: "successor outdated",
        middle: "successor outdated",
        old: "verified long ago",
    }
    for document in (due, gone, old):
        home.corpus.lifecycle.still_true(document, "Ada")
    say(middle, {"state": "reviewed"})
    assert [one.document.id for one in home.corpus.lifecycle.in_doubt(limit=10)] == []
    assert home.corpus.documents.get(due).standing.state == "verified"
    assert home.corpus.documents.get(gone).standing.review_by > later(300 * 86400)[:10]


def test_a_successor_that_is_removed_leaves_a_question(home: Home):
    old, new = home.put("old", "The disk was full."), home.put("new", "The disk was full.")
    home.corpus.lifecycle.say(old, {"superseded_by": new})
    home.corpus.documents.remove(new)
    assert home.corpus.documents.get(old).standing.state == "superseded"
    assert [one.doubt for one in home.corpus.lifecycle.in_doubt(limit=10)] == ["successor gone"]
