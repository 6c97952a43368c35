"""Aliases and pairs: one document at many addresses, split and joined by people, and nothing lost on the way."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.actions import ActionText
from corpus.bundle import read_bundle, write_bundle
from corpus.documents import as_draft
from corpus.errors import BundleError, Conflict, NotFound
from corpus.store import Corpus
from corpus.types import Draft, Fetch, Pair
from tests.fakes import Home, draft, split

TEXT = "The valve stuck open and nobody saw it."


def web(name: str, **fields: object) -> Draft:
    return draft(name, f"{TEXT} {name}", identity=f"https://example.com/{name}", **fields)


def stored(home: Home, *drafts: Draft) -> list[str]:
    for one in drafts:
        home.corpus.documents.put(one, split(one.title, one.text))
    return [one.id for one in drafts]


def identities(home: Home, document_id: str) -> list[str]:
    return [alias.identity for alias in home.corpus.aliases.of(document_id)]


def test_an_alias_finds_its_document(home: Home) -> None:
    (kept,) = stored(home, web("a"))
    copy = web("b")
    home.corpus.aliases.add(copy.identity, kept, "the same text, word for word", copy)
    home.corpus.aliases.add("https://example.com/c?x=1", kept, "it leads to this page")
    for key in (
        "https://example.com/b",
        "http://www.example.com/b/#top",
        "http://example.com/c?utm_source=y&x=1",
        copy.id,
    ):
        assert home.corpus.documents.find(key).id == kept
    assert home.corpus.aliases.document_of("http://example.com/b/") == kept
    assert home.corpus.aliases.document_of("https://example.com/a") is None
    (first, _) = home.corpus.aliases.of(kept)
    assert (first.identity, first.document_id, first.reason) == (copy.identity, kept, "the same text, word for word")


def test_aliases_are_listed_in_pages(home: Home) -> None:
    (kept,) = stored(home, web("a"))
    names = [f"https://example.com/{letter}" for letter in "bcdef"]
    for name in reversed(names):
        home.corpus.aliases.add(name, kept, "x")
    first = home.corpus.aliases.all(limit=3)
    assert [one.identity for one in first] == names[:3]
    assert [one.identity for one in home.corpus.aliases.all(limit=9, after=first[-1].identity)] == names[3:]


def test_an_identity_is_a_document_or_an_alias(home: Home) -> None:
    one, two = stored(home, web("a"), web("b"))
    aliases = home.corpus.aliases
    with pytest.raises(Conflict, match="a document of its own"):
        aliases.add("https://example.com/b", one, "x")
    with pytest.raises(NotFound):
        aliases.add("https://example.com/c", "nobody", "x")
    assert aliases.is_free("https://example.com/c")
    aliases.add("https://example.com/c", one, "x", web("c"))
    aliases.add("https://example.com/c", one, "y")  # said again: the reason is new, the copy stays
    assert not aliases.is_free("https://example.com/c")
    assert not aliases.is_free("https://example.com/b")
    with pytest.raises(Conflict, match=one):
        aliases.add("https://example.com/c", two, "x")
    assert [alias.reason for alias in aliases.of(one)] == ["y"]
    stored(home, web("c"))  # whoever stores a document there takes the alias off
    assert aliases.of(one) == []
    aliases.add("https://example.com/d", one, "x")
    aliases.drop("https://example.com/d")
    aliases.drop("https://example.com/d")
    assert aliases.is_free("https://example.com/d")


def test_aliases_go_with_their_document(home: Home) -> None:
    (kept,) = stored(home, web("a"))
    home.corpus.aliases.add("https://example.com/b", kept, "x")
    home.corpus.documents.remove(kept)
    assert home.corpus.aliases.all(limit=9) == []
    with pytest.raises(NotFound):
        home.corpus.documents.find("https://example.com/b")


def test_joining_hands_over_what_hung_on_the_other(home: Home) -> None:
    kept, other, third = stored(home, web("a"), web("b", tags=("x", "y"), published="2020"), web("c"))
    home.corpus.aliases.add("https://example.com/b2", other, "x")
    for title, places in (
        ("Only other", [(third, "3"), (other, "why b")]),
        ("Both", [(other, "why b"), (kept, "why a")]),
        ("Both, one note", [(kept, ""), (other, "why b")]),
        ("Same note", [(kept, "why"), (other, "why")]),
    ):
        home.corpus.collections.arrange(home.corpus.collections.create(title).slug, places)
    page = Fetch(
        "https://example.com/b", "", "https://example.com/b", None, None, None, b"d", other, "2020-01-01T00:00:00Z"
    )
    home.corpus.fetches.put(page)
    before = as_draft(home.corpus.documents.get(other))

    home.corpus.aliases.join(kept, other, "the same, said Ada")

    assert home.corpus.documents.ids() == sorted((kept, third))
    assert identities(home, kept) == ["https://example.com/b", "https://example.com/b2"]
    assert home.corpus.documents.find("https://example.com/b").id == kept
    assert home.corpus.documents.find(other).id == kept  # links to its id lead on
    held = {
        one.title: [(item.document.id, item.note) for item in home.corpus.collections.items(one.slug)]
        for one in home.corpus.collections.all()
    }
    assert held == {
        "Only other": [(third, "3"), (kept, "why b")],
        "Both": [(kept, "why a\nwhy b")],
        "Both, one note": [(kept, "why b")],
        "Same note": [(kept, "why")],
    }
    assert home.corpus.fetches.get("https://example.com/b") == replace(page, document_id=kept)
    assert home.corpus.documents.removed("https://example.com/b") is None
    assert home.corpus.aliases.decision("https://example.com/b", "https://example.com/a") == "joined"
    assert home.corpus.problems() == []

    assert home.corpus.aliases.split("http://www.example.com/b") == before
    assert identities(home, kept) == ["https://example.com/b2"]
    assert home.corpus.aliases.decision("https://example.com/a", "https://example.com/b") == "apart"
    assert home.corpus.fetches.get("https://example.com/b") is None
    stored(home, before)
    assert as_draft(home.corpus.documents.find("https://example.com/b")) == before


def test_joining_what_cannot_be_joined_changes_nothing(home: Home) -> None:
    one, two = stored(home, web("a"), web("b"))
    with pytest.raises(Conflict, match="itself"):
        home.corpus.aliases.join(one, one, "x")
    for pair in ((one, "nobody"), ("nobody", two)):
        with pytest.raises(NotFound):
            home.corpus.aliases.join(*pair, "x")
    assert home.corpus.documents.ids() == sorted((one, two))
    assert home.corpus.aliases.all(limit=9) == []
    assert home.corpus.aliases.pairs(undecided_only=False) == []


def test_a_chain_of_joins_ends_in_one_document(home: Home) -> None:
    one, two, three = stored(home, web("a"), web("b"), web("c"))
    home.corpus.aliases.join(two, three, "x")
    home.corpus.aliases.join(one, two, "x")
    assert identities(home, one) == ["https://example.com/b", "https://example.com/c"]
    assert home.corpus.documents.find(three).id == one
    assert home.corpus.aliases.split("https://example.com/c").title == "c"


def test_splitting_what_never_was_a_document(home: Home) -> None:
    (kept,) = stored(home, web("a"))
    home.corpus.aliases.add("https://example.com/old", kept, "it leads to this page")
    with pytest.raises(Conflict, match="never a document of its own"):
        home.corpus.aliases.split("https://example.com/old")
    assert identities(home, kept) == ["https://example.com/old"]
    for key in ("https://example.com/nowhere", "https://example.com/a"):
        with pytest.raises(NotFound, match="no alias"):
            home.corpus.aliases.split(key)


def test_pairs_wait_for_a_person(home: Home) -> None:
    stored(home, web("a"), web("b"), web("c"))
    a, b, c = (f"https://example.com/{letter}" for letter in "abc")
    aliases = home.corpus.aliases
    aliases.propose(b, a, "copy", "much the same", 0.7)
    aliases.propose(a, b, "copy", "much the same text", 0.8)
    aliases.propose(a, b, "same event", "both tell of 2020-05-01", 0.5)
    aliases.propose(c, b, "same event", "both tell of 2020-05-02", 0.9)
    aliases.propose(c, "https://example.com/missing", "copy", "x", 1.0)
    copy, one, two = (
        Pair(a, b, "copy", "much the same text", 0.8, None),
        Pair(a, b, "same event", "both tell of 2020-05-01", 0.5, None),
        Pair(b, c, "same event", "both tell of 2020-05-02", 0.9, None),
    )
    assert aliases.pairs() == [two, copy, one]
    assert aliases.pairs(limit=1) == [two]
    assert aliases.pairs("same event") == [two, one]
    assert aliases.pairs("same event", identity=a) == [one]

    aliases.decide(b, a, "copy", "apart")
    assert aliases.pairs() == [two, one]
    assert aliases.decision(a, b) == "apart"
    assert aliases.decision(a, b, "same event") is None
    aliases.propose(a, b, "copy", "again", 0.9)
    assert aliases.pairs("copy", undecided_only=False) == [replace(copy, decision="apart")]
    aliases.decide(a, b, "copy", None)
    assert aliases.pairs("copy") == [copy]
    with pytest.raises(NotFound):
        aliases.decide(a, c, "copy", "apart")


def test_pairs_outlast_a_document_and_follow_a_join(home: Home) -> None:
    one, two, three = stored(home, web("a"), web("b"), web("c"))
    a, b, c = (f"https://example.com/{letter}" for letter in "abc")
    aliases = home.corpus.aliases
    aliases.propose(b, c, "same event", "both tell of a flood", 0.6)
    aliases.propose(a, b, "same event", "both tell of a flood", 0.6)
    aliases.decide(b, c, "same event", "joined")
    home.corpus.documents.remove(three)
    assert aliases.pairs(undecided_only=False) == [Pair(a, b, "same event", "both tell of a flood", 0.6, None)]
    stored(home, web("c"))
    assert len(aliases.pairs(undecided_only=False)) == 2
    aliases.join(one, two, "x")
    assert aliases.pairs("same event", undecided_only=False) == [
        Pair(a, c, "same event", "both tell of a flood", 0.6, "joined")
    ]


def test_a_bundle_carries_them(home: Home, tmp_path: Path) -> None:
    one, two, three = stored(home, web("a"), web("b"), web("c"))
    home.corpus.aliases.join(one, two, "x")
    home.corpus.aliases.add(" odd\nname ", one, "x")
    write_bundle(home.corpus, tmp_path / "first")
    with Corpus(tmp_path / "other") as other:
        read_bundle(other, tmp_path / "first", split)
        assert [alias.identity for alias in other.aliases.of(one)] == [" odd\nname ", "https://example.com/b"]
        assert other.documents.find("http://example.com/b/").id == one
        again = read_bundle(other, tmp_path / "first", split)
        assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
        write_bundle(other, tmp_path / "second")
    for path in (tmp_path / "first").rglob("*.md"):
        assert path.read_bytes() == (tmp_path / "second" / path.relative_to(tmp_path / "first")).read_bytes()
    assert "aliases" not in (tmp_path / "first" / "documents" / f"{three}.md").read_text()


def test_a_bundle_takes_no_identity_from_what_is_there(home: Home, tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    file = tmp_path / "documents" / "a.md"
    file.write_text(
        "---\ntitle: A\nurl: https://a.org\naliases: ['http://www.example.com/b/', 'http://c.org/']\n---\n\nText.\n"
    )
    (kept,) = stored(home, web("b"))
    read_bundle(home.corpus, tmp_path, split)
    assert [alias.identity for alias in home.corpus.aliases.all(limit=9)] == ["https://c.org"]
    assert home.corpus.documents.find("https://example.com/b").id == kept
    file.write_text("---\ntitle: A\naliases: x\n---\n\nText.\n")
    with pytest.raises(BundleError, match="aliases"):
        read_bundle(home.corpus, tmp_path, split)


def test_what_people_said_of_a_copy_is_said_of_the_document_it_joins(home: Home) -> None:
    kept, other, newer, third = stored(home, web("a"), web("b"), web("c"), web("d"))
    corpus = home.corpus
    corpus.lifecycle.say(other, {"state": "superseded", "superseded_by": newer, "owner": "Ada"})
    corpus.lifecycle.say(third, {"state": "superseded", "superseded_by": other})
    for document_id in (kept, other):
        corpus.actions.read(document_id, [ActionText(text="Shut the valve."), ActionText(text="Ring the bell.")])
        corpus.feedback.give(document_id, "search", "useful", query="valve")
    corpus.actions.change(other, 1, {"state": "done"})
    corpus.actions.add(other, ActionText(text="Ask the crew."))
    corpus.feedback.give(other, "related", "not-useful")
    corpus.aliases.join(kept, other, "the same, said Ada")
    standing = corpus.documents.get(kept).standing
    assert (standing.state, standing.superseded_by, standing.owner) == ("superseded", newer, "Ada")
    assert corpus.documents.get(third).standing.superseded_by == kept
    assert [one.state for one in corpus.lifecycle.history(kept)] == ["superseded"]
    assert {one.text: one.state for one in corpus.actions.of(kept)} == {
        "Shut the valve.": "done", "Ring the bell.": "open", "Ask the crew.": "open",
    }  # fmt: skip
    corpus.actions.read(kept, [ActionText(text="Shut the valve."), ActionText(text="Ring the bell.")])
    assert len(corpus.actions.of(kept)) == 3
    counts = corpus.feedback.counts(kept)
    assert (counts["useful"], counts["not-useful"]) == (2, 1)


def test_a_document_that_joins_what_supersedes_it_is_superseded_no_more(home: Home) -> None:
    kept, other = stored(home, web("a"), web("b"))
    home.corpus.lifecycle.say(kept, {"state": "superseded", "superseded_by": other})
    home.corpus.lifecycle.say(other, {"state": "verified", "owner": "Ada"})
    home.corpus.aliases.join(kept, other, "the same")
    standing = home.corpus.documents.get(kept).standing
    assert (standing.state, standing.superseded_by, standing.owner) == ("verified", None, "Ada")


def test_what_people_said_of_the_document_goes_before_what_they_said_of_its_copy(home: Home) -> None:
    kept, other, third = stored(home, web("a"), web("b"), web("c"))
    corpus = home.corpus
    corpus.lifecycle.say(kept, {"state": "verified"})
    corpus.lifecycle.say(other, {"state": "superseded", "superseded_by": third, "owner": "Ada"})
    for page in ("a", "b"):
        corpus.feedback.give(third, "related", "useful", url=f"https://example.com/{page}")
    corpus.aliases.join(kept, other, "the same")
    standing = corpus.documents.get(kept).standing
    assert (standing.state, standing.superseded_by, standing.owner) == ("verified", None, "Ada")
    with corpus.db.read() as db:
        assert db.execute("SELECT document_id, page, count FROM feedback").fetchall() == [(third, kept, 2)]
