"""A person changes a document: its fields and how it stands, with what was there before, so that it can be undone."""

import json
from collections.abc import Mapping
from typing import Any

from api.schemas import DocumentEdit
from api.wiring import Lessonry
from corpus import lifecycle
from corpus.errors import Conflict
from corpus.types import Document, with_summary

FORM = (
    "title", "kind", "organization", "published", "tags", "state", "superseded_by", "visibility", "owner", "review_by",
)  # fmt: skip
"""The fields of the form of a document's page."""
WAS = "was"
"""The field that says what the form was made from."""


def edit(parts: Lessonry, document_id: str, change: DocumentEdit, by: str = "") -> int | None:
    """Set what a person gives; the number of the edit, None if all of it stands so already.

    Conflict and NotFound say why that cannot be; nothing is changed then.
    """
    return _set(parts, document_id, change.model_dump(include=change.model_fields_set), by)


def undo(parts: Lessonry, document_id: str, number: int, by: str = "") -> None:
    """Set back what an edit changed; NotFound if there is no such edit of the document.

    Conflict if somebody changed any of it since: their edit is not undone with it.
    """
    with parts.corpus.db.write():
        before, left = parts.corpus.edits.around(document_id, number)
        document = parts.corpus.documents.get(document_id)
        since = [name for name, value in left.items() if _held(document, name) != value]
        if since:
            raise Conflict(f"{_spelled(since)} was changed again since; change it as it should be now")
        successor = before.get("superseded_by")
        if successor and successor not in parts.corpus.documents.get_many([successor]):
            before["superseded_by"] = None
        _set(parts, document_id, before, by, again=True)


def still_true(parts: Lessonry, document_id: str, by: str = "") -> int | None:
    """Somebody found a lesson true; the number of that as an edit. Conflict if another took its place and stands."""
    with parts.corpus.db.write():
        document = parts.corpus.documents.get(document_id)
        parts.corpus.lifecycle.still_true(document_id, by)
        return _noted(parts, document, by)


def as_typed(document: Document) -> dict[str, str]:
    """The fields of a document as its form has them."""
    held = {name: _held(document, name) for name in FORM}
    return {name: ", ".join(value) if name == "tags" else value or "" for name, value in held.items()}


def made_from(document: Document) -> str:
    """What a form of the document carries, so that it can be told what its person changed."""
    return json.dumps(as_typed(document), ensure_ascii=False)


def meant(form: Mapping[str, str]) -> dict[str, str]:
    """The fields of a form that its person changed; all of them where it does not say what it was made from."""
    was = _was(form)
    return {name: said for name, said in form.items() if name in FORM and said.strip() != was.get(name)}


def overtaken(document: Document, form: Mapping[str, str]) -> list[str]:
    """The fields that a person changed in a form, and somebody else to something else since the form was made."""
    was, now = _was(form), as_typed(document)
    return [name for name, said in meant(form).items() if now[name] not in (was.get(name, now[name]), said.strip())]


def _was(form: Mapping[str, str]) -> dict[str, str]:
    try:
        was = json.loads(form.get(WAS, "{}"))
    except (ValueError, RecursionError):
        return {}
    held = was.items() if isinstance(was, dict) else ()
    return {name: value for name, value in held if isinstance(value, str)}


def _set(parts: Lessonry, document_id: str, given: dict[str, Any], by: str, *, again: bool = False) -> int | None:
    documents = parts.corpus.documents
    document = documents.get(document_id)
    changed = {name: value for name, value in given.items() if value != _held(document, name)}
    if not changed:
        return None
    said = {name: changed.pop(name) for name in lifecycle.FIELDS if name in changed}
    text = with_summary(changed.get("summary", document.summary), document.text)
    passages = parts.split(changed.get("title", document.title), text) if changed else []
    with parts.corpus.db.write():
        if said:
            parts.corpus.lifecycle.say(document_id, said, by, again=again)
        if changed:
            documents.edit(document_id, changed, passages)
        return _noted(parts, document, by)


def _noted(parts: Lessonry, old: Document, by: str) -> int | None:
    """Keep what stood before, of all that is different now: a state that goes takes its successor with it."""
    new = parts.corpus.documents.get(old.id)
    fields = dict.fromkeys((*lifecycle.FIELDS, *DocumentEdit.model_fields))
    before = {name: _held(old, name) for name in fields if _held(new, name) != _held(old, name)}
    return parts.corpus.edits.note(old.id, before, by) if before else None


def _held(document: Document, name: str) -> Any:
    if name == "tags":
        return list(document.tags)
    return getattr(document.standing if name in lifecycle.FIELDS else document, name)


def _spelled(fields: list[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in fields)
