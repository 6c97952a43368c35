"""Action items: what a post-mortem says is to be done, and how far that is. People's word on them wins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from corpus.clock import now
from corpus.database import Database
from corpus.documents import Documents
from corpus.errors import NotFound
from corpus.standing import ActionState
from corpus.types import Document

EDITABLE = ("text", "state", "owner", "due")

_COLUMNS = "document_id, number, found, text, state, owner, due, edited, removed, changed, changed_by"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionText:
    """An action item as a text has it. `due` is as precise as it is stated there."""

    text: str
    state: ActionState = "open"
    owner: str | None = None
    due: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A stored action item; `number` tells it from others of its document and is never given to another.

    `found` is its text in the document, empty if a person wrote it; `edited`: a person changed something of it.
    """

    document_id: str
    number: int
    found: str
    text: str
    state: ActionState
    owner: str | None
    due: str | None
    edited: bool
    removed: bool
    changed: str
    changed_by: str


class Actions:
    """The action items of one database."""

    def __init__(self, db: Database, documents: Documents) -> None:
        self._db = db
        self._documents = documents

    def of(self, document_id: str) -> list[Action]:
        """The action items of a document, in its order; NotFound if there is no such document."""
        return [one for one in self.all_of(document_id) if not one.removed]

    def all_of(self, document_id: str) -> list[Action]:
        """Those too that a person removed."""
        self._documents.get(document_id)
        query = f"SELECT {_COLUMNS} FROM actions WHERE document_id = ? ORDER BY number"
        with self._db.read() as db:
            return [_action(row) for row in db.execute(query, [document_id])]

    def get(self, document_id: str, number: int) -> Action:
        """One action item; NotFound if there is none of that number."""
        for one in self.of(document_id):
            if one.number == number:
                return one
        raise NotFound("action item", f"{document_id}/{number}")

    def page(
        self, state: ActionState | None, *, limit: int, after: tuple[str, int] | None = None
    ) -> list[tuple[Action, Document]]:
        """Action items of all documents with their documents, by document; `after` is (document id, number)."""
        where, values = "NOT removed AND (document_id, number) > (?, ?)", list(after or ("", -1))
        if state is not None:
            where, values = f"{where} AND state = ?", [*values, state]
        with self._db.read() as db:
            query = f"SELECT {_COLUMNS} FROM actions WHERE {where} ORDER BY document_id, number LIMIT ?"
            found = [_action(row) for row in db.execute(query, [*values, limit])]
        documents = self._documents.get_many([one.document_id for one in found])
        return [(one, documents[one.document_id]) for one in found if one.document_id in documents]

    def add(self, document_id: str, item: ActionText, by: str = "") -> Action:
        """An action item that a person writes; NotFound if there is no such document."""
        self._documents.get(document_id)
        with self._db.write() as db:
            number = self._insert(db, document_id, "", item, edited=True, by=by)
        return self.get(document_id, number)

    def change(self, document_id: str, number: int, fields: Mapping[str, Any], by: str = "") -> Action:
        """Set EDITABLE fields by hand; they win over what the text says from now on. NotFound if there is none."""
        new = {**{name: getattr(self.get(document_id, number), name) for name in EDITABLE}, **fields}
        with self._db.write() as db:
            db.execute(
                "UPDATE actions SET text = ?, state = ?, owner = ?, due = ?, edited = 1, changed = ?, changed_by = ?"
                " WHERE document_id = ? AND number = ?",
                [*(new[name] for name in EDITABLE), now(), by, document_id, number],
            )
        return self.get(document_id, number)

    def remove(self, document_id: str, number: int, by: str = "") -> None:
        """Take an action item away; a refresh does not bring it back. NotFound if there is none."""
        self.get(document_id, number)
        with self._db.write() as db:
            db.execute(
                "UPDATE actions SET removed = 1, edited = 1, changed = ?, changed_by = ?"
                " WHERE document_id = ? AND number = ?",
                [now(), by, document_id, number],
            )

    def unread(self) -> list[str]:
        """Ids of documents whose text was not looked through for action items yet."""
        with self._db.read() as db:
            query = "SELECT id FROM documents EXCEPT SELECT document_id FROM action_readings"
            return [row[0] for row in db.execute(query)]

    def read(self, document_id: str, items: Sequence[ActionText]) -> None:
        """Keep what was found in a document's text. Items are known again by their text; people's word stays."""
        with self._db.write() as db:
            held = {one.found: one for one in self.all_of(document_id) if one.found}
            said = {item.text: item for item in items}
            for text, item in said.items():
                if text not in held:
                    self._insert(db, document_id, text, item, edited=False, by="")
                elif not held[text].edited:
                    db.execute(
                        "UPDATE actions SET state = ?, owner = ?, due = ? WHERE document_id = ? AND number = ?",
                        [item.state, item.owner, item.due, document_id, held[text].number],
                    )
            for one in held.values():
                if one.found not in said and not one.edited:
                    db.execute("DELETE FROM actions WHERE document_id = ? AND number = ?", [document_id, one.number])
            db.execute("INSERT OR IGNORE INTO action_readings VALUES (?)", [document_id])

    def restore(self, document_id: str, actions: Sequence[Action]) -> bool:
        """Let a document have these action items, as an export holds them; False if it has them already."""
        if self.all_of(document_id) == list(actions):
            return False
        with self._db.write() as db:
            db.execute("DELETE FROM actions WHERE document_id = ?", [document_id])
            for one in actions:
                values = [getattr(one, name) for name in _COLUMNS.split(", ")]
                db.execute(f"INSERT INTO actions ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)
            db.execute("INSERT OR IGNORE INTO action_readings VALUES (?)", [document_id])
        return True

    def _insert(self, db: Any, document_id: str, found: str, item: ActionText, *, edited: bool, by: str) -> int:
        query = "SELECT coalesce(max(number), 0) + 1 FROM actions WHERE document_id = ?"
        number = int(db.execute(query, [document_id]).fetchone()[0])
        db.execute(
            f"INSERT INTO actions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?)",
            [document_id, number, found, item.text, item.state, item.owner, item.due, edited, now(), by],
        )
        return number


def _action(row: Any) -> Action:
    fields = dict(zip(_COLUMNS.split(", "), row, strict=True))
    return Action(**{**fields, "edited": bool(fields["edited"]), "removed": bool(fields["removed"])})
