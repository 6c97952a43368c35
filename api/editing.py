"""A person changes a document: its fields and how it stands, with what was there before, so that it can be undone."""

from typing import Any

from api.schemas import DocumentEdit
from api.wiring import Lessonry
from corpus import lifecycle
from corpus.types import Document, with_summary


def edit(parts: Lessonry, document_id: str, change: DocumentEdit, by: str = "") -> int | None:
    """Set what a person gives; the number of the edit, None if all of it stands so already.

    Conflict and NotFound say why that cannot be; nothing is changed then.
    """
    return _set(parts, document_id, change.model_dump(include=change.model_fields_set), by)


def undo(parts: Lessonry, document_id: str, number: int, by: str = "") -> None:
    """Set back what an edit changed; NotFound if there is no such edit of the document."""
    _set(parts, document_id, parts.corpus.edits.before(document_id, number), by)


def _set(parts: Lessonry, document_id: str, given: dict[str, Any], by: str) -> int | None:
    documents = parts.corpus.documents
    document = documents.get(document_id)
    before = {name: _held(document, name) for name in given}
    changed = {name: value for name, value in given.items() if value != before[name]}
    if not changed:
        return None
    said = {name: changed.pop(name) for name in lifecycle.FIELDS if name in changed}
    text = with_summary(changed.get("summary", document.summary), document.text)
    passages = parts.split(changed.get("title", document.title), text) if changed else []
    with parts.corpus.db.write():
        if said:
            parts.corpus.lifecycle.say(document_id, said, by)
        if changed:
            documents.edit(document_id, changed, passages)
        return parts.corpus.edits.note(document_id, {name: before[name] for name in (*said, *changed)}, by)


def _held(document: Document, name: str) -> Any:
    if name == "tags":
        return list(document.tags)
    return getattr(document.standing if name in lifecycle.FIELDS else document, name)
