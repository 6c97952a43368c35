"""What a document is given of a copy that joins it: nothing that stands about the copy is lost when it goes."""

from typing import Any

_STATEMENTS = (
    # What one of them keeps to members, both do.
    "UPDATE documents SET visibility = 'members', edits = json_set(edits, '$.visibility', 'members')"
    " WHERE id = :kept AND 'members' = (SELECT visibility FROM documents WHERE id = :other)",
    # Where it was found.
    *(
        f"UPDATE OR IGNORE {table} SET document_id = :kept WHERE document_id = :other"
        for table in ("aliases", "fetches", "subscription_items", "mentions")
    ),
    # Places in collections: where both stand, the kept one has both notes.
    "UPDATE collection_items AS mine SET note = trim(mine.note || char(10) || theirs.note, char(10))"
    " FROM collection_items AS theirs WHERE mine.document_id = :kept AND theirs.document_id = :other"
    " AND theirs.slug = mine.slug AND theirs.note <> mine.note",
    "UPDATE OR IGNORE collection_items SET document_id = :kept WHERE document_id = :other",
    # How it stands: the kept one's own word goes first, and neither is superseded by the other any more.
    "UPDATE lessons SET state = NULL, superseded_by = NULL"
    " WHERE (document_id, superseded_by) IN (VALUES (:kept, :other), (:other, :kept))",
    "INSERT INTO lessons SELECT :kept, state, superseded_by, owner, review_by, reviewed_at, reviewed_by"
    " FROM lessons WHERE document_id = :other ON CONFLICT DO UPDATE SET"
    " superseded_by = CASE WHEN state IS NULL THEN excluded.superseded_by ELSE superseded_by END,"
    " state = coalesce(state, excluded.state), owner = coalesce(owner, excluded.owner),"
    " review_by = coalesce(review_by, excluded.review_by), reviewed_at = coalesce(reviewed_at, excluded.reviewed_at),"
    " reviewed_by = coalesce(reviewed_by, excluded.reviewed_by)",
    "UPDATE lessons SET superseded_by = :kept WHERE superseded_by = :other",
    "UPDATE lesson_states SET document_id = :kept WHERE document_id = :other",
    # Action items: a person's word on the same item, and on items that only the other one has.
    "UPDATE actions AS mine SET (text, state, owner, due, edited, removed, changed, changed_by) ="
    " (theirs.text, theirs.state, theirs.owner, theirs.due, 1, theirs.removed, theirs.changed, theirs.changed_by)"
    " FROM actions AS theirs WHERE mine.document_id = :kept AND theirs.document_id = :other AND mine.found <> ''"
    " AND mine.found = theirs.found AND theirs.edited AND NOT mine.edited",
    "UPDATE actions SET document_id = :kept, found = '', number = number + (SELECT max(number) FROM actions"
    " WHERE document_id IN (:kept, :other)) WHERE document_id = :other AND edited"
    " AND (found = '' OR found NOT IN (SELECT found FROM actions WHERE document_id = :kept))",
    # Verdicts are counts, and add up: on it, and on what was suggested beside it.
    "INSERT INTO feedback SELECT :kept, context, verdict, day, query, page, count FROM feedback"
    " WHERE document_id = :other ON CONFLICT DO UPDATE SET count = count + excluded.count",
    "INSERT INTO feedback SELECT document_id, context, verdict, day, query, :kept, count FROM feedback"
    " WHERE page = :other ON CONFLICT DO UPDATE SET count = count + excluded.count",
    "DELETE FROM feedback WHERE page = :other",
    "UPDATE gaps SET answered_by = :kept WHERE answered_by = :other",
)


def hand_over(db: Any, *, kept: str, other: str) -> None:
    """Let the kept document (an id) have what there is about the other, within a transaction of the caller."""
    for statement in _STATEMENTS:
        db.execute(statement, {"kept": kept, "other": other})
