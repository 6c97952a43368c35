"""What is public of a home, as views that lie over its tables: whoever reads through them reaches nothing else.

A connection's temporary views come before the tables of the same names, whatever is asked through it; triggers
and foreign keys see the tables. What strangers write (feedback, gaps) goes to tables that no view lies over.
"""

from collections.abc import Iterable

from corpus.collection_state import VISIBILITIES, Visibility

_SAID = (
    "EXISTS (SELECT 1 FROM main.documents s INDEXED BY documents_said"
    " WHERE s.visibility IS NOT NULL AND s.id = {of} AND s.visibility %s 'public')"
)
_SHOWN: dict[Visibility, str] = {"public": f"NOT {_SAID % '<>'}", "members": _SAID % "="}
"""Is a document (an id) public? By what it is if nobody said."""
_OF_DOCUMENTS = (
    "document_tags", "document_technologies", "fetches", "mentions", "aliases", "fingerprints", "fingerprint_bands",
    "actions", "action_readings", "document_edits", "passages",
)  # fmt: skip
"""A row of these is about the document that it names."""
_MEMBERS_ONLY = ("collection_history", "removed_documents", "removals")
_MEMBERS_ONLY_BY_NUMBER = ("jobs", "collection_reviews")
"""These tell of documents in words, or of the work on them; some are read in the order of their rows."""
_SUCCESSOR = "iif({superseded_by}, superseded_by, NULL) AS superseded_by"

VIEWS = {
    "documents": "SELECT * FROM main.documents t WHERE {id}",
    **{name: f"SELECT * FROM main.{name} t WHERE {{document_id}}" for name in _OF_DOCUMENTS},
    **{name: f"SELECT * FROM main.{name} WHERE 0" for name in _MEMBERS_ONLY},
    **{name: f"SELECT rowid, * FROM main.{name} WHERE 0" for name in _MEMBERS_ONLY_BY_NUMBER},
    "lessons": f"SELECT document_id, state, {_SUCCESSOR}, owner, review_by, reviewed_at, reviewed_by"
    " FROM main.lessons t WHERE {document_id}",
    "lesson_states": f"SELECT id, document_id, state, {_SUCCESSOR}, at, by"
    " FROM main.lesson_states t WHERE {document_id}",
    "pairs": "SELECT * FROM main.pairs t WHERE EXISTS (SELECT 1 FROM documents d WHERE d.identity = t.one)"
    " AND EXISTS (SELECT 1 FROM documents d WHERE d.identity = t.other)",
    # What a living collection looks out for, examples and all, is its curators' business.
    "collections": "SELECT slug, title, description, visibility, curators, sections, NULL AS living, NULL AS looked,"
    " version, updated FROM main.collections WHERE visibility = 'public'",
    "collection_items": "SELECT * FROM main.collection_items t WHERE {document_id}"
    " AND slug IN (SELECT slug FROM collections)",
    # A source that brings what is not public is not named.
    "subscriptions": "SELECT * FROM main.subscriptions WHERE options ->> '$.visibility' IS NOT 'members'"
    " AND id NOT IN (SELECT subscription_id FROM main.subscription_items t WHERE NOT {document_id})",
    "subscription_items": "SELECT * FROM main.subscription_items"
    " WHERE subscription_id IN (SELECT id FROM subscriptions)",
    "refreshes": "SELECT * FROM main.refreshes WHERE subscription_id IN (SELECT id FROM subscriptions)",
    "factor_sentences": "SELECT * FROM main.factor_sentences t"
    " WHERE EXISTS (SELECT 1 FROM passages p WHERE p.id = t.passage_id)",
    # Words of documents that are not public are as unknown as those of documents that are gone.
    "passages_terms": "SELECT * FROM main.passages_terms t WHERE EXISTS (SELECT 1 FROM passages_words w"
    " JOIN passages p ON p.id = w.doc WHERE w.term = t.term)",
}
"""Name of a table -> what is public of it; a column in braces asks whether the document that it names is."""

OPEN = (
    "state", "tombstones", "passages_fts", "words", "vocabulary", "factor_list", "feedback", "gaps", "people",
    "tokens", "sessions",
)  # fmt: skip
"""Tables over which no view lies: they name no document, what they give is asked for by ids or words that the views
gave, or routes for members alone read them."""


def only_public(unsaid: Visibility) -> str:
    """Statements that lay the views over a connection. `unsaid`: what documents are of which nobody said anything."""
    words = "CREATE VIRTUAL TABLE temp.passages_words USING fts5vocab(main, passages_fts, instance);"
    shown = {column: _SHOWN[unsaid].format(of=f"t.{column}") for column in ("id", "document_id", "superseded_by")}
    views = (f"CREATE TEMP VIEW {name} AS {seen.format(**shown)};" for name, seen in VIEWS.items())
    return "\n".join((words, *views))


def narrowest(said: Iterable[Visibility | None]) -> Visibility | None:
    """What holds where several say who may see a document: whoever says members; None if nobody said anything.

    >>> narrowest([None, "public", "members"])
    'members'
    """
    heard = set(said)
    return next((one for one in VISIBILITIES if one in heard), None)
