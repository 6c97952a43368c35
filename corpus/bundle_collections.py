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
from dataclasses import replace
from pathlib import Path
from typing import Any

import yaml

from corpus.clock import now
from corpus.collection_state import VISIBILITIES, Living, Place, State, settled
from corpus.errors import BadEdit, BundleError
from corpus.review_queue import Refusal
from corpus.store import Corpus


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


def read(path: Path, text: str, names: Container[str]) -> Mapping[str, Any]:
    """The content of a file, checked; `names` are the documents of the bundle. BundleError says what is wrong."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BundleError(path, "it is not YAML") from error
    if not isinstance(content, dict) or not content.get("title"):
        raise BundleError(path, "it has no title")
    for name in ("items", "refused", "curators", "sections"):
        if not isinstance(content.get(name) or [], list):
            raise BundleError(path, f"its {name} are no list")
    if content.get("visibility", "members") not in VISIBILITIES:
        raise BundleError(path, f"its visibility is none of {', '.join(VISIBILITIES)}")
    _check_items(path, content.get("items") or [], names)
    _check_living(path, content.get("living") or {}, names)
    if not all(isinstance(one, dict) and one.get("document") for one in content.get("refused") or []):
        raise BundleError(path, "a refused document has no identity")
    try:
        settled(_state(content, {}))
    except BadEdit as error:
        raise BundleError(path, str(error)) from error
    return content


def store(corpus: Corpus, slug: str, content: Mapping[str, Any], ids: Mapping[str, str]) -> bool:
    """Write a collection as the bundle has it; what it does not name stays behind. False if it stands so already."""
    told = _state(content, ids)
    if all(slug != one.slug for one in corpus.collections.all()):
        corpus.collections.create(told.title, slug=slug, description=told.description)
        before = State()
    else:
        before = corpus.collections.state(slug)
    changed = corpus.reviews.refuse(slug, [Refusal(**_refusal(one)) for one in content.get("refused") or []])
    after = settled(_merged(before, told))
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


def _state(content: Mapping[str, Any], ids: Mapping[str, str]) -> State:
    living = content.get("living")
    return State(
        title=str(content["title"]),
        description=_text(content.get("description")),
        visibility=content.get("visibility", "members"),
        curators=_texts(content.get("curators")),
        sections=_texts(content.get("sections")),
        living=None if not living else Living(
            _text(living.get("query")),
            tuple(ids.get(one, one) for one in _texts(living.get("for"))),
            tuple(ids.get(one, one) for one in _texts(living.get("against"))),
        ),
        places=tuple(
            Place(ids.get(name := str(one["document"]), name), _text(one.get("note")), _text(one.get("section")),
                  _text(one.get("added")))
            for one in content.get("items") or []
        ),
    )  # fmt: skip


def _check_items(path: Path, items: Sequence[Any], names: Container[str]) -> None:
    named: set[str] = set()
    for item in items:
        name = str(item.get("document")) if isinstance(item, dict) else ""
        if name not in names or name in named:
            reason = "an item is named twice" if name in named else "an item names no document of this bundle"
            raise BundleError(path, f"{reason}: {item!r:.80}")
        named.add(name)


def _check_living(path: Path, living: Any, names: Container[str]) -> None:
    if not isinstance(living, dict):
        raise BundleError(path, "its living is no mapping of query, for and against")
    for name in (*_texts(living.get("for")), *_texts(living.get("against"))):
        if name not in names:
            raise BundleError(path, f"an example is no document of this bundle: {name!r:.80}")


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


def _refusal(one: Mapping[str, Any]) -> dict[str, str]:
    told = {name: _text(one.get(name)) for name in ("note", "who", "decided")}
    return {**told, "identity": str(one["document"]), "decided": told["decided"] or now()}


def _filled(told: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in told.items() if value}


def _union(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *second]))


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(str(value) for value in values or ()) if isinstance(values, list) else ()
