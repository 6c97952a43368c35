"""A collection as one value, and the changes that can be made to it. Pure: nothing is read or stored here."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, get_args

from corpus.errors import BadEdit, NotFound
from corpus.lines import line_flaw

Visibility = Literal["members", "public"]
VISIBILITIES: tuple[Visibility, ...] = get_args(Visibility)

LONGEST_NOTE = 20_000
LONGEST_TITLE = 300
_LONGEST_NAME = 120
_MOST_NAMES = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A document's place in a collection. `added` is when it came in."""

    document_id: str
    note: str = ""
    section: str = ""
    added: str = ""


@dataclass(frozen=True, slots=True)
class Living:
    """What a living collection looks out for: a saved search, and examples (ids) for and against."""

    query: str = ""
    examples: tuple[str, ...] = ()
    against: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """All that people say of a collection. Places stand in the order of the sections; those of none come first."""

    title: str = ""
    description: str = ""
    visibility: Visibility = "members"
    curators: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    living: Living | None = None
    places: tuple[Place, ...] = field(default=())

    def index(self, document_id: str) -> int:
        """Where a document stands; NotFound if it does not."""
        for number, place in enumerate(self.places):
            if place.document_id == document_id:
                return number
        raise NotFound("item of this collection", document_id)

    def has(self, document_id: str) -> bool:
        """Does a document stand in it?"""
        return any(place.document_id == document_id for place in self.places)


Edit = Callable[[State], State]


def settled(state: State) -> State:
    """The state with its places in the order of the sections; BadEdit says what cannot stand."""
    _check(state)
    named = dict.fromkeys([*state.sections, *(place.section for place in state.places if place.section)])
    order = {"": 0, **{name: number for number, name in enumerate(named, 1)}}
    places = sorted(state.places, key=lambda place: order[place.section])
    return replace(state, sections=tuple(named), places=tuple(places))


def added(place: Place, position: int | None = None) -> Edit:
    """Put a document in, at the end of its section or at a position of the whole list."""

    def edit(state: State) -> State:
        if position is None:
            return replace(state, places=(*state.places, place))
        return replace(state, places=_inserted(state.places, position, place))

    return edit


def removed(document_id: str) -> Edit:
    """Take a document out."""

    def edit(state: State) -> State:
        number = state.index(document_id)
        return replace(state, places=state.places[:number] + state.places[number + 1 :])

    return edit


def changed(
    document_id: str, *, note: str | None = None, section: str | None = None, position: int | None = None
) -> Edit:
    """Set the note of a place, or move it; to another section it moves at its end unless a position is given."""

    def edit(state: State) -> State:
        number = state.index(document_id)
        old = state.places[number]
        _new_lines("section", [section or ""], state.sections)
        new = replace(old, note=old.note if note is None else note, section=old.section if section is None else section)
        rest = state.places[:number] + state.places[number + 1 :]
        if position is not None:
            return replace(state, places=_inserted(rest, position, new))
        if new.section != old.section:
            return replace(state, places=(*rest, new))
        return replace(state, places=_inserted(rest, number, new))

    return edit


def stepped(document_id: str, step: Literal[-1, 1]) -> Edit:
    """Move a document by one: past its neighbour, or over the edge of its section into the next one."""

    def edit(state: State) -> State:
        number = state.index(document_id)
        place = state.places[number]
        other = number + step
        if 0 <= other < len(state.places) and state.places[other].section == place.section:
            return changed(document_id, position=other)(state)
        sections = ("", *state.sections)
        following = sections.index(place.section) + step
        if not 0 <= following < len(sections):
            return state
        return changed(document_id, section=sections[following], position=number)(state)

    return edit


def arranged(places: Sequence[Place]) -> Edit:
    """Put these first, in this order; places that are not named keep their order behind them."""

    def edit(state: State) -> State:
        held = {place.document_id: place for place in state.places}
        named = dict.fromkeys(place.document_id for place in places)
        first = [
            replace(place, added=held[place.document_id].added if place.document_id in held else place.added)
            for place in places
        ]
        rest = [place for place in state.places if place.document_id not in named]
        return replace(state, places=(*first, *rest))

    return edit


def described(**fields: object) -> Edit:
    """Set title, description, visibility or curators; what is None stays."""
    given: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}

    def edit(state: State) -> State:
        _new_lines("title", [given.get("title", "")], [state.title])
        _new_lines("curators", given.get("curators", ()), state.curators)
        return replace(state, **given)

    return edit


def living(wanted: Living) -> Edit:
    """Look out for more; BadEdit if neither a search nor an example nor an item says for what."""

    def edit(state: State) -> State:
        if not (wanted.query or wanted.examples or state.places):
            raise BadEdit("living: give a search or an example of what to look out for")
        return replace(state, living=wanted)

    return edit


def unliving(state: State) -> State:
    """Look out for nothing any more."""
    return replace(state, living=None)


def sectioned(sections: Sequence[str], renamed: Mapping[str, str]) -> Edit:
    """Rename sections, then set which there are, in order; places of those that are gone stand in none.

    BadEdit for a new name that is empty, or that another section has: two sections never become one unasked.
    """

    def edit(state: State) -> State:
        for name in renamed.keys() - set(state.sections):
            raise NotFound("section", name)
        called = [renamed.get(name, name).strip() for name in state.sections]
        for new in (renamed[name].strip() for name in renamed):
            if not new:
                raise BadEdit("sections: give the section a name")
            if called.count(new) > 1:
                raise BadEdit(f"sections: there is a section {new!r:.130} already; choose another name")
        wanted = tuple(dict.fromkeys(name.strip() for name in sections if name.strip()))
        _new_lines("sections", wanted, state.sections)
        names = {name: renamed.get(name, name).strip() for name in state.sections}
        places = [
            replace(place, section=names[place.section] if names.get(place.section) in wanted else "")
            for place in state.places
        ]
        return replace(state, sections=wanted, places=tuple(places))

    return edit


def _inserted(places: tuple[Place, ...], position: int, place: Place) -> tuple[Place, ...]:
    if position < 0:
        raise BadEdit("position: the first place is 0")
    return (*places[:position], place, *places[position:])


def _check(state: State) -> None:
    _bounded("title", state.title, LONGEST_TITLE)
    _bounded("description", state.description, LONGEST_NOTE)
    if not state.title.strip():
        raise BadEdit("title: give the collection a title")
    if state.visibility not in VISIBILITIES:
        raise BadEdit(f"visibility: {state.visibility!r:.40} is none of {', '.join(VISIBILITIES)}")
    for kind, names in (("curators", state.curators), ("sections", state.sections)):
        if len(names) > _MOST_NAMES:
            raise BadEdit(f"{kind}: {len(names)} are too many, {_MOST_NAMES} is the most")
        for name in names:
            _bounded(kind, name, _LONGEST_NAME)
    for place in state.places:
        _bounded("note", place.note, LONGEST_NOTE)
        _bounded("section", place.section, _LONGEST_NAME)


def _bounded(what: str, text: str, most: int) -> None:
    if len(text) > most:
        raise BadEdit(f"{what}: it has {len(text):,} characters, {most:,} is the most")


def _new_lines(what: str, texts: Iterable[str], known: Sequence[str]) -> None:
    """BadEdit for a new text that is not one line; what stands there already may stay."""
    for flaw in (line_flaw(text) for text in texts if text not in known):
        if flaw:
            raise BadEdit(f"{what}: {flaw}")
