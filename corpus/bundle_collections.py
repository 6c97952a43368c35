"""The collections of a bundle, one YAML file each; what is empty is left out, so a file written by hand is short.

title, description
visibility: public          if it is
curators, sections          lists of names
living                      query, for and against (names of documents)
items                       [{document: <name>, note, section, added}]
refused                     [{document: <identity>, note, who, decided}]: what a living one was offered in vain
"""

from collections.abc import Collection as Container
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from corpus.bundle_fields import Fields
from corpus.clock import now
from corpus.collection_state import VISIBILITIES, Living, Place, State, settled
from corpus.errors import BadEdit, BundleError
from corpus.review_queue import Refusal
from corpus.store import Corpus


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says of a collection; documents go by their names in the bundle."""

    state: State
    refused: tuple[Refusal, ...]


def written(corpus: Corpus, slug: str) -> str:
    """The file of a collection."""
    state = corpus.collections.state(slug)
    told: dict[str, Any] = {"title": state.title, "description": state.description}
    if state.visibility != "members":
        told["visibility"] = state.visibility
    told.update(curators=list(state.curators), sections=list(state.sections), living=_living(corpus, state.living))
    told = {name: value for name, value in told.items() if value or name == "description"}
    told["items"] = [_item(place) for place in state.places]
    refused = [_filled({"document": one.identity, "note": one.note, "who": one.who, "decided": one.decided})
               for one in corpus.reviews.refused(slug)]  # fmt: skip
    if refused:
        told["refused"] = refused
    return str(yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=100))


def read(path: Path, text: str, names: Container[str]) -> Told:
    """The content of a file; `names` are the documents of the bundle. BundleError says what is wrong."""
    told = Fields.of_yaml(path, text)
    try:
        state = settled(_state(told))
    except BadEdit as error:
        raise BundleError(path, str(error)) from error
    _check_names(told, state, names)
    return Told(state, tuple(_refusal(one) for one in told.entries("refused")))


def store(corpus: Corpus, slug: str, told: Told, ids: Mapping[str, str]) -> bool:
    """Write a collection as the bundle has it; what it does not name stays behind. False if it stands so already."""
    if all(slug != one.slug for one in corpus.collections.all()):
        corpus.collections.create(told.state.title, slug=slug, description=told.state.description)
        before = State()
    else:
        before = corpus.collections.state(slug)
    changed = corpus.reviews.refuse(slug, list(told.refused))
    after = settled(_merged(before, _with_ids(told.state, ids)))
    corpus.collections.change(slug, lambda _: after, what="took it from a bundle")
    return changed or after != before


def _merged(before: State, told: State) -> State:
    """The bundle's word first; items, sections and curators that it does not name stay behind those it does."""
    held = {place.document_id: place for place in before.places}
    first = [
        replace(place, added=place.added or (held[i].added if (i := place.document_id) in held else now()))
        for place in told.places
    ]
    named = {place.document_id for place in first}
    return replace(
        told,
        curators=_union(told.curators, before.curators),
        sections=_union(told.sections, before.sections),
        living=told.living or before.living,
        places=(*first, *(place for place in before.places if place.document_id not in named)),
    )


def _state(told: Fields) -> State:
    living = told.within("living")
    return State(
        title=told.text("title") or "",
        description=told.text("description") or "",
        visibility=told.one_of("visibility", VISIBILITIES) or "members",
        curators=told.texts("curators"),
        sections=told.texts("sections"),
        living=_looked_for(living) if living else None,
        places=tuple(_place(one) for one in told.entries("items")),
    )


def _looked_for(told: Fields) -> Living:
    return Living(told.text("query") or "", told.texts("for"), told.texts("against"))


def _place(told: Fields) -> Place:
    document, note, section = (told.text(name) or "" for name in ("document", "note", "section"))
    return Place(document, note=note, section=section, added=told.time("added") or "")


def _with_ids(state: State, ids: Mapping[str, str]) -> State:
    """The names of the bundle's documents as their ids."""
    living = state.living
    return replace(
        state,
        living=living and Living(
            living.query, tuple(ids[one] for one in living.examples), tuple(ids[one] for one in living.against)
        ),
        places=tuple(replace(place, document_id=ids[place.document_id]) for place in state.places),
    )  # fmt: skip


def _check_names(told: Fields, state: State, names: Container[str]) -> None:
    named: set[str] = set()
    for number, place in enumerate(state.places, 1):
        if place.document_id not in names:
            raise told.wrong("items", f"name no document of this bundle as number {number}: {place.document_id!r:.80}")
        if place.document_id in named:
            raise told.wrong("items", f"name a document twice: {place.document_id!r:.80}")
        named.add(place.document_id)
    for name in (*state.living.examples, *state.living.against) if state.living else ():
        if name not in names:
            raise told.wrong("living", f"has an example that is no document of this bundle: {name!r:.80}")


def _item(place: Place) -> dict[str, str]:
    told = {"document": place.document_id, "note": place.note, "section": place.section, "added": place.added}
    return {name: value for name, value in told.items() if value or name == "note"}


def _living(corpus: Corpus, living: Living | None) -> dict[str, Any] | None:
    """What it looks out for; examples whose documents are gone cannot be told."""
    if living is None:
        return None
    there = corpus.documents.get_many([*living.examples, *living.against])
    examples, against = ([one for one in ids if one in there] for ids in (living.examples, living.against))
    return {"query": living.query, "for": examples, "against": against}


def _refusal(told: Fields) -> Refusal:
    identity = told.text("document")
    if identity is None:
        raise told.wrong("document", "is missing: a refusal tells the identity of what was refused")
    return Refusal(
        identity=identity, note=told.text("note") or "", who=told.text("who") or "",
        decided=told.time("decided") or now(),
    )  # fmt: skip


def _filled(told: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in told.items() if value}


def _union(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *second]))
