"""Counts of a list of documents by field, each without the field's own filter: alternatives stay in sight."""

from dataclasses import replace

from corpus.documents import Documents
from corpus.types import Filter

MOST_COUNTED = 100_000
"""A list of more documents than this gets no counts: they would take seconds."""

_OWN: dict[str, dict[str, object]] = {
    "kind": {"kind": ()},
    "organization": {"organization": ()},
    "tag": {"tag": ()},
    "technology": {"technology": ()},
    "year": {"since": None, "until": None},
}
"""What of a filter each field's counts go without."""

Facets = dict[str, list[tuple[str, int]]]


def facets_within(documents: Documents, wanted: Filter) -> Facets:
    """Counts of each field over the documents inside the filter, the field's own part of it left out."""
    counts = _counted(documents, wanted)
    for name, own in _OWN.items():
        wider = _without(wanted, own)
        if counts and wider != wanted:
            counts |= _counted(documents, wider, only=[name])
    return counts


def _counted(documents: Documents, wanted: Filter, only: list[str] | None = None) -> Facets:
    return documents.facets(wanted=wanted, only=only or ()) if documents.count(wanted) <= MOST_COUNTED else {}


def _without(wanted: Filter, own: dict[str, object]) -> Filter:
    also = wanted.also and _without(wanted.also, own)
    return replace(wanted, **own, also=also or None)  # type: ignore[arg-type]
