"""Changes of collections: every one can be undone, two curators never overwrite each other, words tell what was done."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.collection_history import difference, in_words, undone
from corpus.collection_state import (
    LONGEST_NOTE,
    Edit,
    Living,
    Place,
    State,
    added,
    changed,
    described,
    removed,
    sectioned,
    settled,
    stepped,
)
from corpus.errors import BadEdit, NotFound, Outdated
from tests.fakes import Home, draft, split

names = st.sampled_from(["", "Cases", "Guides"])
places = st.lists(
    st.builds(Place, st.sampled_from("abcdefgh"), st.sampled_from(["", "why"]), names),
    unique_by=lambda place: place.document_id,
)
living = st.one_of(st.none(), st.builds(Living, st.sampled_from(["", "disk"]), st.just(("a",)), st.just(())))
states = st.builds(
    State,
    title=st.sampled_from(["A", "B"]),
    curators=st.sampled_from([(), ("Ada", "Grace")]),
    sections=st.sampled_from([(), ("Cases", "Guides"), ("Guides", "Cases")]),
    living=living,
    places=places.map(tuple),
).map(settled)


@given(states, states)
def test_every_change_can_be_undone(before: State, after: State) -> None:
    assert undone(after, difference(before, after)) == before


def test_what_undoes_a_small_change_of_a_long_list_is_small() -> None:
    before = State(title="A", places=tuple(Place(f"d{number}") for number in range(5000)))
    after = changed("d4999", position=0)(before)
    assert difference(before, after) == {"fields": {}, "gone": ["d4999"], "put": [[4999, ["d4999", "", "", ""]]]}


def order(state: State) -> str:
    return " ".join(f"{place.section[:1]}{place.document_id}" for place in state.places)


def test_a_step_leads_past_the_neighbour_and_over_the_edge_of_a_section() -> None:
    state = settled(
        State(title="A", sections=("Cases", "Guides"), places=(Place("a"), Place("b", "", "Guides"), Place("c")))
    )
    assert order(state) == "a c Gb"
    for document_id, step, expected in (
        ("c", -1, "c a Gb"),
        ("a", 1, "c Ca Gb"),  # from none into the first section
        ("b", -1, "c Ca Cb"),
        ("b", -1, "c Cb Ca"),
        ("c", -1, "c Cb Ca"),  # nothing is above it
        ("a", 1, "c Cb Ga"),
        ("a", 1, "c Cb Ga"),  # nothing is below it
    ):
        state = settled(stepped(document_id, -1 if step < 0 else 1)(state))
        assert order(state) == expected


def test_sections_are_renamed_ordered_and_given_up_without_losing_items() -> None:
    state = State(title="A", sections=("Cases", "Guides"), places=(Place("a", "", "Cases"), Place("b", "", "Guides")))
    state = settled(sectioned(["Guides", "Stories"], {"Cases": "Stories"})(state))
    assert (state.sections, order(state)) == (("Guides", "Stories"), "Gb Sa")
    state = settled(sectioned(["Guides"], {})(state))
    assert (state.sections, order(state)) == (("Guides",), "a Gb")
    with pytest.raises(NotFound):
        sectioned(["x"], {"Cases": "x"})(state)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (changed("a", note="x" * (LONGEST_NOTE + 1)), "note: it has 20,001 characters, 20,000 is the most"),
        (described(title="  "), "title: give the collection a title"),
        (described(visibility="nobody"), "visibility: 'nobody' is none of members, public"),
        (described(sections=("x" * 121,)), "sections: it has 121"),
        (described(curators=tuple(map(str, range(101)))), "curators: 101 are too many"),
        (changed("a", position=-1), "position: the first place is 0"),
    ],
)
def test_what_cannot_stand_is_said_in_one_line(edit, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(BadEdit) as raised:
        settled(edit(State(title="A", places=(Place("a"),))))
    assert said in str(raised.value)


def test_words_tell_what_a_change_did() -> None:
    before = State(title="A", places=tuple(Place(one) for one in "abcd"))
    for after, said in (
        (changed("d", position=0)(before), "moved “D”"),
        (removed("b")(before), "removed “B”"),
        (added(Place("e", "why"))(before), "added “E”"),
        (changed("a", note="why")(before), "wrote a note on “A”"),
        (settled(changed("a", section="Cases")(before)), "set its sections: Cases; moved “A” to “Cases”"),
        (described(title="B", visibility="public")(before), "named it “B”; made it visible to everybody"),
        (replace(before, places=()), "removed “A”, “B”, “C” and 1 more"),
        (before, "changed nothing"),
    ):
        assert in_words(before, after, str.upper) == said


def told(home: Home) -> list[tuple[int, str, str]]:
    return [(one.number, one.who, one.what) for one in home.corpus.collections.history.of("reader", limit=50)]


def test_a_history_says_who_changed_what_and_leads_back(home: Home) -> None:
    ids = {name: home.put(name, "The valve.") for name in "abc"}
    collections = home.corpus.collections
    collections.create("Reader", who="Ada")
    for name in "abc":
        collections.add("reader", ids[name], f"why {name}", who="Ada")
    collections.change("reader", removed(ids["b"]), who="Grace")
    assert told(home)[:2] == [(5, "Grace", "removed “b”"), (4, "Ada", "added “c”")]
    back = collections.restore("reader", 4, who="Ada")
    assert (back.version, back.curators) == (6, ("Ada",))
    assert [(item.document.title, item.note) for item in collections.items("reader")] == [
        (name, f"why {name}") for name in "abc"
    ]
    collections.restore("reader", 5)
    assert [item.document.title for item in collections.items("reader")] == ["a", "c"]
    with pytest.raises(NotFound):
        collections.restore("reader", 99)


def test_a_deleted_collection_comes_back_whole(home: Home) -> None:
    collections = home.corpus.collections
    made = home.put("a", "The valve.")
    collections.create("Reader", description="Words")
    collections.add("reader", made, "why", section="Cases")
    state = collections.state("reader")
    number = collections.delete("reader", who="Ada")
    with pytest.raises(NotFound):
        collections.get("reader")
    collections.restore("reader", number)
    assert collections.state("reader") == state
    assert collections.get("reader").version == 4


def test_the_second_of_two_curators_overwrites_nothing(home: Home) -> None:
    collections = home.corpus.collections
    seen = collections.create("Reader").version
    collections.change("reader", described(title="By Ada"), version=seen)
    for act in (
        lambda: collections.change("reader", described(title="By Grace"), version=seen),
        lambda: collections.delete("reader", version=seen),
        lambda: collections.restore("reader", 1, version=seen),
        lambda: collections.add("reader", home.put("a", "The valve."), version=seen),
    ):
        with pytest.raises(Outdated) as raised:
            act()
        assert raised.value.version == 2
    assert collections.get("reader").title == "By Ada"


def test_what_goes_with_its_document_is_told_and_comes_back_with_it(home: Home) -> None:
    ids = {name: home.put(name, "The valve.") for name in "abcd"}
    collections = home.corpus.collections
    collections.create("Reader")
    for name in "abc":
        collections.add("reader", ids[name], f"why {name}", section="Cases")
    before = collections.get("reader").version
    home.corpus.documents.remove(ids["b"])
    assert collections.get("reader").version == before + 1
    assert told(home)[0][2] == "lost “b” with its document"
    collections.add("reader", ids["d"], section="Cases")
    assert [item.document.title for item in collections.items("reader")] == ["a", "c", "d"]
    home.put("b", "The valve.")
    collections.restore("reader", before)
    assert [(item.document.title, item.note) for item in collections.items("reader")] == [
        ("a", "why a"), ("b", "why b"), ("c", "why c"),
    ]  # fmt: skip


def test_a_document_that_takes_the_place_of_its_copy(home: Home) -> None:
    ids = {name: home.put(name, "The valve.") for name in "abc"}
    collections = home.corpus.collections
    collections.create("Reader")
    collections.add("reader", ids["a"])
    collections.add("reader", ids["b"], "why b")
    before = collections.get("reader").version
    home.corpus.aliases.join(ids["c"], ids["b"], "a copy")
    assert [(item.document.title, item.note) for item in collections.items("reader")] == [("a", ""), ("c", "why b")]
    assert told(home)[0] == (before + 1, "", "has “c” in the place of a copy")
    home.corpus.documents.put(draft("b", "The valve."), split("b", "The valve."))
    assert collections.get("reader").version == before + 1


@pytest.mark.parametrize(
    "edit",
    [
        described(title="Two\nlines"),
        described(curators=("Ann\x00",)),
        sectioned(["Cases\x1b[2J"], {}),
        changed("a", section="Two\u2028lines"),
    ],
)
def test_names_and_titles_are_one_line_and_what_stands_already_may_be_kept(edit: Edit) -> None:
    with pytest.raises(BadEdit, match="one line"):
        edit(State(title="Reader", places=(Place("a"),)))
    early = State(
        places=(Place("a"),), title="Two\nlines", curators=("Ann\x00",), sections=("Cases\x1b[2J", "Two\u2028lines")
    )
    assert described(description="new")(edit(early)).description == "new"
