"""Who changed what in a collection, and when; and what leads back to how it was."""

import json
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from corpus.clock import now
from corpus.collection_state import Living, Place, State
from corpus.database import Database
from corpus.errors import NotFound

_FIELDS = ("title", "description", "visibility", "curators", "sections", "living")
_MOST_TOLD = 3

Undo = Mapping[str, Any]
"""What makes the state before a change of the one after it: fields, ids that go, and places with their index."""


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a collection; `number` is the version that it led to."""

    number: int
    at: str
    who: str
    what: str


class CollectionHistory:
    """The histories of all collections of one database, deleted ones too."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def of(self, slug: str, *, limit: int, before: int | None = None) -> list[Change]:
        """The latest changes, or the latest before that number; NotFound if there never was such a collection."""
        with self._db.read() as db:
            query = "SELECT number, at, who, what FROM collection_history WHERE slug = ? AND number < ?"
            bound = 1 << 60 if before is None else before
            rows = db.execute(f"{query} ORDER BY number DESC LIMIT ?", [slug, bound, limit]).fetchall()
        if not rows and before is None:
            raise NotFound("collection", slug)
        return [Change(*row) for row in rows]

    def newest(self, slug: str) -> int:
        """The number of the latest change; 0 where there never was such a collection."""
        with self._db.read() as db:
            found = db.execute("SELECT max(number) FROM collection_history WHERE slug = ?", [slug]).fetchone()[0]
        return found or 0

    def record(self, slug: str, change: Change, undo: Undo) -> None:
        """Remember a change."""
        row = [slug, change.number, change.at, change.who, change.what, json.dumps(undo, ensure_ascii=False)]
        with self._db.write() as db:
            db.execute("INSERT INTO collection_history VALUES (?, ?, ?, ?, ?, ?)", row)

    def state(self, slug: str, number: int, present: State) -> State:
        """How it was after that change; NotFound if there was none of that number."""
        with self._db.read() as db:
            query = "SELECT number, undo FROM collection_history WHERE slug = ? AND number >= ? ORDER BY number DESC"
            rows = db.execute(query, [slug, number]).fetchall()
        if not rows or rows[-1][0] != number:
            raise NotFound(f"state of collection {slug!r}", str(number))
        state = present
        for _, undo in rows[:-1]:
            state = undone(state, json.loads(undo))
        return state


def change_of(number: int, who: str, what: str) -> Change:
    """A change that is made now."""
    return Change(number, now(), who, what)


def difference(before: State, after: State) -> Undo:
    """What leads from `after` back to `before`; small where little has changed."""
    kept = _kept(before.places, after.places)
    fields = {name: value for name in _FIELDS if (value := getattr(before, name)) != getattr(after, name)}
    if before.living is not None and "living" in fields:
        fields["living"] = [before.living.query, before.living.examples, before.living.against]
    return {
        "fields": fields,
        "gone": [place.document_id for place in after.places if place not in kept],
        "put": [
            [number, [place.document_id, place.note, place.section, place.added]]
            for number, place in enumerate(before.places)
            if place not in kept
        ],
    }


def undone(after: State, undo: Undo) -> State:
    """The state before a change."""
    put = [(number, Place(*place)) for number, place in undo.get("put", ())]
    gone = {*undo.get("gone", ()), *(place.document_id for _, place in put)}
    places = [place for place in after.places if place.document_id not in gone]
    for number, place in put:
        places.insert(number, place)
    fields = {name: _value(name, value) for name, value in undo.get("fields", {}).items()}
    return replace(after, places=tuple(places), **fields)


def _value(name: str, value: Any) -> Any:
    if name == "living":
        return None if value is None else Living(value[0], tuple(value[1]), tuple(value[2]))
    return tuple(value) if isinstance(value, list) else value


def _kept(before: Sequence[Place], after: Sequence[Place]) -> set[Place]:
    """The most places that stand in both, unchanged and in the same order (a longest increasing subsequence)."""
    where = {place: number for number, place in enumerate(before)}
    numbers = [where[place] for place in after if place in where]
    ends: list[int] = []  # the smallest number on which a sequence of each length ends
    previous: dict[int, int | None] = {}
    for number in numbers:
        length = bisect_left(ends, number)
        previous[number] = ends[length - 1] if length else None
        ends[length : length + 1] = [number]
    kept: set[Place] = set()
    number_or_none = ends[-1] if ends else None
    while number_or_none is not None:
        kept.add(before[number_or_none])
        number_or_none = previous[number_or_none]
    return kept


def in_words(before: State, after: State, title_of: Callable[[str], str]) -> str:
    """What a change did, as people say it."""
    old = {place.document_id: place for place in before.places}
    new = {place.document_id: place for place in after.places}
    moved = [i for i in _order_changed(before, after) if old[i].section == new[i].section]
    said = [
        *_fields_in_words(before, after),
        *_named("added", [i for i in new if i not in old], title_of),
        *_named("removed", [i for i in old if i not in new], title_of),
        *_named("moved", moved, title_of),
        *_named("wrote a note on", [i for i in new if i in old and new[i].note != old[i].note], title_of),
        *_resectioned([new[i] for i in new if i in old and new[i].section != old[i].section], title_of),
    ]
    return "; ".join(said) or "changed nothing"


def _order_changed(before: State, after: State) -> list[str]:
    """The fewest ids that have to move to make one order of the other."""
    first = [Place(place.document_id) for place in before.places]
    second = [Place(place.document_id) for place in after.places]
    kept, there = _kept(first, second), set(first)
    return [place.document_id for place in second if place in there and place not in kept]


def _fields_in_words(before: State, after: State) -> list[str]:
    said = []
    if after.title != before.title:
        said.append(f"named it “{after.title}”")
    if after.description != before.description:
        said.append("wrote the description anew")
    if after.visibility != before.visibility:
        said.append(f"made it visible to {'everybody' if after.visibility == 'public' else 'members only'}")
    if after.curators != before.curators:
        said.append(f"set its curators: {', '.join(after.curators) or 'nobody'}")
    if after.sections != before.sections:
        said.append(f"set its sections: {', '.join(after.sections) or 'none'}")
    if after.living != before.living:
        said.append("set what it looks out for" if after.living else "looks out for nothing any more")
    return said


def _named(verb: str, ids: Sequence[str], title_of: Callable[[str], str]) -> list[str]:
    if not ids:
        return []
    names = ", ".join(f"“{title_of(one)}”" for one in ids[:_MOST_TOLD])
    more = len(ids) - _MOST_TOLD
    return [f"{verb} {names}" + (f" and {more} more" if more > 0 else "")]


def _resectioned(places: Sequence[Place], title_of: Callable[[str], str]) -> list[str]:
    sections = dict.fromkeys(place.section for place in places)
    return [
        f"{told} {f'to “{name}”' if name else 'out of its section'}"
        for name in sections
        for told in _named("moved", [place.document_id for place in places if place.section == name], title_of)
    ]
