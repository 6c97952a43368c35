"""How a lesson stands: its state as people gave it, its owner, its next review, and what is still to be done."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

State = Literal["draft", "reviewed", "verified", "superseded", "obsolete"]
STATES: tuple[State, ...] = get_args(State)
OUTDATED: tuple[State, ...] = ("superseded", "obsolete")

ActionState = Literal["open", "done", "dropped"]
ACTION_STATES: tuple[ActionState, ...] = get_args(ActionState)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What people say of a document, and how many of its action items are open, done and dropped.

    `state` is None as long as nobody said anything; `superseded_by` is the id of the document that took its place;
    `review_by` the day (YYYY-MM-DD) by which somebody should look whether it is still true.
    """

    state: State | None = None
    superseded_by: str | None = None
    owner: str | None = None
    review_by: str | None = None
    reviewed_at: str | None = None
    reviewed_by: str | None = None
    open: int = 0
    done: int = 0
    dropped: int = 0


UNSAID = Standing()


def standings(db: Any, ids: Sequence[str]) -> dict[str, Standing]:
    """How documents stand, by id; those of which nothing is said are left out."""
    asked = json.dumps(list(ids))
    inside = "document_id IN (SELECT value FROM json_each(?))"
    counted = f"SELECT document_id, state, count(*) FROM actions WHERE {inside} AND NOT removed GROUP BY 1, 2"
    fields: dict[str, dict[str, Any]] = {}
    for document_id, state, count in db.execute(counted, [asked]):
        fields.setdefault(document_id, {})[state] = count
    names = ("state", "superseded_by", "owner", "review_by", "reviewed_at", "reviewed_by")
    for document_id, *said in db.execute(
        f"SELECT document_id, {', '.join(names)} FROM lessons WHERE {inside}", [asked]
    ):
        fields.setdefault(document_id, {}).update(zip(names, said, strict=True))
    return {document_id: Standing(**known) for document_id, known in fields.items()}
