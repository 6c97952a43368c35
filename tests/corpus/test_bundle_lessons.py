"""What people say of documents comes back from a bundle: states, histories, action items, verdicts."""

from pathlib import Path

import pytest

from corpus.actions import ActionText
from corpus.bundle import bring_back, put_aside, read_bundle, write_bundle
from corpus.collection_state import Place, added
from corpus.errors import BundleError, NotFound
from tests.fakes import Home, split


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def said(home: Home, key: str) -> list[object]:
    corpus = home.corpus
    return [
        corpus.documents.get(key).standing, corpus.lifecycle.history(key), corpus.actions.all_of(key),
        corpus.feedback.of(key),
    ]  # fmt: skip


@pytest.fixture
def stocked(home: Home) -> tuple[Home, list[str]]:
    a, b, c = ids = [home.put(name, "The disk was full.") for name in ("a", "b", "c")]
    say = home.corpus.lifecycle.say
    say(c, {"state": "verified", "owner": "null", "review_by": "2030-01-01"}, "Ben: # [x]")
    say(a, {"superseded_by": b}, "Ada")
    actions = home.corpus.actions
    actions.read(a, [ActionText(text="Add an 'alarm' \u2028 <b>", owner="@ada", due="2027"), ActionText(text="Buy")])
    actions.change(a, 1, {"state": "done"}, "Ada")
    actions.remove(a, 2)
    home.corpus.feedback.give(b, "search", "useful", query="disk: full")
    home.corpus.feedback.give(b, "related", "already-knew", url=a)
    return home, ids


def test_export_import_export_gives_equal_bytes_and_equal_words(stocked, tmp_path: Path):
    home, ids = stocked
    write_bundle(home.corpus, tmp_path / "one")
    with Home(tmp_path / "other") as other:
        for _ in range(2):
            read_bundle(other.corpus, tmp_path / "one", split)
            write_bundle(other.corpus, tmp_path / "two")
            assert files(tmp_path / "two") == files(tmp_path / "one")
        assert [said(other, key) for key in ids] == [said(home, key) for key in ids]


def test_a_succession_that_would_meet_its_own_end_here_is_refused(stocked, tmp_path: Path):
    home, (a, b, _) = stocked
    write_bundle(home.corpus, tmp_path / "one")
    home.corpus.lifecycle.say(a, {"state": None})
    home.corpus.lifecycle.say(b, {"superseded_by": a})
    with pytest.raises(BundleError, match="circle"):
        read_bundle(home.corpus, tmp_path / "one", split)
    assert home.corpus.documents.get(b).standing.superseded_by == a


def test_what_is_gone_of_an_earlier_export_is_removed(stocked, tmp_path: Path):
    home, (a, _, c) = stocked
    folder = tmp_path / "one"
    write_bundle(home.corpus, folder)
    home.corpus.documents.remove(c)
    write_bundle(home.corpus, folder)
    assert sorted(path.stem for path in (folder / "lessons").iterdir()) == sorted([a, stocked[1][1]])


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("state: finished", "finished"),
        ("state: superseded\nsuperseded_by: nowhere", "nowhere"),
        ("state: superseded\nsuperseded_by: {a}", "its own place"),
        ("actions: [{{text: x, state: later}}]", "later"),
        ("actions: [{{state: open}}]", "text is missing"),
        ("actions: 7", "actions"),
        ("feedback: [{{verdict: great, context: search}}]", "great"),
        ("- a\n- b", "no YAML of fields"),
        ("state: [", "no YAML of fields"),
        ("state: !!int ''", "no YAML of fields"),
        ("state: " + "[" * 5_000, "no YAML of fields"),
        ("owner: a\nowner: b", "no YAML of fields"),
        ("owner: &x a\nreviewed_by: *x", "no YAML of fields"),
        ('owner: "\\ud800"', "owner has a character that is none"),
        ("owner: [a]", "owner is no text"),
        ("review_by: tomorrow", "review_by is 'tomorrow'"),
        ("review_by: 2021-13-45", "review_by is '2021-13-45'"),
        ("state: draft\nsuperseded_by: {a}", "superseded only"),
        ("actions: [{{text: x, number: y}}]", "number 1 of its actions: number is 'y'"),
        ("actions: [{{text: x, number: .inf}}]", "number is inf"),
        ("actions: [{{text: x, number: 99999999999999999999}}]", "number is 9999"),
        ("actions: [{{text: x, number: 1}}, {{text: y, number: 1}}]", "a number twice"),
        ("actions: [{{text: x, due: soon}}]", "due is 'soon'"),
        ("feedback: [{{verdict: useful, context: search, count: many}}]", "count is 'many'"),
        ("feedback: [{{verdict: useful, context: search, count: -3}}]", "count is -3"),
        ("feedback: [{{verdict: useful}}]", "context is missing"),
    ],
)
def test_a_broken_file_is_named_and_nothing_is_imported(stocked, tmp_path: Path, text: str, words: str):
    home, (a, *_) = stocked
    write_bundle(home.corpus, tmp_path / "one")
    (tmp_path / "one" / "lessons" / f"{a}.yaml").write_text(text.format(a=a))
    with Home(tmp_path / "other") as other:
        with pytest.raises(BundleError, match=words) as raised:
            read_bundle(other.corpus, tmp_path / "one", split)
        assert f"{a}.yaml" in str(raised.value)
        assert other.corpus.documents.count() == 0


def test_a_file_about_no_document_is_refused(stocked, tmp_path: Path):
    home, _ = stocked
    folder = tmp_path / "one"
    write_bundle(home.corpus, folder)
    (folder / "lessons" / "nobody.yaml").write_text("state: draft")
    with pytest.raises(BundleError, match="no document"):
        read_bundle(home.corpus, folder, split)


def places(home, slug: str) -> list[Place]:
    return list(home.corpus.collections.state(slug).places)


def test_a_removed_document_is_brought_back_with_all_that_was_said(stocked):
    home, (a, *_) = stocked
    collections = home.corpus.collections
    for slug in ("read-first", "gone-meanwhile"):
        collections.create(slug)
        for place, one in enumerate(home.corpus.documents.ids(), 1):
            collections.change(
                slug,
                added(
                    Place(
                        one, note=f"why {one}", section="Now" if one == a else "", added=f"2020-01-0{place}T00:00:00Z"
                    ),
                    0,
                ),
            )
    before = (home.corpus.documents.get(a), said(home, a), places(home, "read-first"))
    put_aside(home.corpus, a)
    collections.delete("gone-meanwhile")
    with pytest.raises(NotFound):
        home.corpus.documents.get(a)
    assert a not in [one.document_id for one in places(home, "read-first")]
    bring_back(home.corpus, a, split)
    assert (home.corpus.documents.get(a), said(home, a), places(home, "read-first")) == before
    with pytest.raises(NotFound):
        bring_back(home.corpus, "nowhere", split)
