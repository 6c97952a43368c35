"""What people say of the documents of a bundle, a YAML file for each of which anything is said.

state, superseded_by (a name of the bundle), owner, review_by, reviewed_at, reviewed_by
history     [{state, superseded_by, at, by}], the latest first
actions     [{number, text, state, owner, due, found, edited, removed, changed, changed_by}]
feedback    [{context, verdict, day, count, query, page}]
"""

from collections.abc import Callable, Container, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml

from corpus.actions import Action
from corpus.bundle_fields import Fields
from corpus.clock import now
from corpus.errors import Conflict
from corpus.feedback import CONTEXTS, VERDICTS, Counted
from corpus.lifecycle import SAID, StateChange
from corpus.standing import ACTION_STATES, STATES, UNSAID, Standing
from corpus.store import Corpus

_Said = TypeVar("_Said", Standing, StateChange)


@dataclass(frozen=True, slots=True)
class Told:
    """What a file says of a document; other documents go by their names in the bundle."""

    fields: Fields
    standing: Standing
    history: tuple[StateChange, ...]
    actions: tuple[Action, ...]
    feedback: tuple[Counted, ...]

    def with_successors(self, found: Callable[[list[str]], Container[str]]) -> "Told":
        """The same without a successor that there is not; its state stays."""
        successor = self.standing.superseded_by
        if successor is None or successor in found([successor]):
            return self
        return replace(self, standing=replace(self.standing, superseded_by=None))


def written(corpus: Corpus, document_id: str) -> str:
    """The file of a document; empty if nothing is said of it."""
    standing = corpus.documents.get(document_id).standing
    told: dict[str, Any] = {name: getattr(standing, name) for name in SAID}
    told["history"] = [_filled(asdict(one)) for one in corpus.lifecycle.history(document_id)]
    told["actions"] = [
        _filled({name: value for name, value in asdict(one).items() if name != "document_id"})
        for one in corpus.actions.all_of(document_id)
    ]
    told["feedback"] = [_filled(asdict(one)) for one in corpus.feedback.of(document_id)]
    told = _filled(told)
    return str(yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=100)) if told else ""


def read(path: Path, text: str) -> Told:
    """The content of a file; BundleError says what is wrong."""
    told = Fields.of_yaml(path, text)
    return Told(
        told,
        _standing(told),
        tuple(_change(one) for one in told.entries("history")),
        _actions(told),
        tuple(_counted(one) for one in told.entries("feedback")),
    )


def store(corpus: Corpus, told: Mapping[str, Told], ids: Mapping[str, str]) -> None:
    """Let the documents, told of by name, stand as the bundle says; `ids` leads from its names to theirs."""
    known = _known(ids)
    standings = {name: _mapped(one.standing, known) for name, one in told.items() if _says(one)}
    histories = {name: [_mapped(change, known) for change in one.history] for name, one in told.items()}
    stale = [name for name, one in standings.items() if not corpus.lifecycle.stands(ids[name], one, histories[name])]
    for name in stale:  # first, so that the old and the new together make no circle
        corpus.lifecycle.forget(ids[name])
    for name in stale:
        try:
            corpus.lifecycle.restore(ids[name], standings[name], histories[name])
        except Conflict as error:
            raise told[name].fields.wrong("state", f"cannot be: {error}") from error
    for name, one in told.items():
        if one.actions:
            corpus.actions.restore(ids[name], [replace(action, document_id=ids[name]) for action in one.actions])
        corpus.feedback.restore(ids[name], [replace(said, page=known(said.page) or "") for said in one.feedback])


def _says(told: Told) -> bool:
    return bool(told.history) or told.standing != UNSAID


def _standing(told: Fields) -> Standing:
    state, successor = told.one_of("state", STATES), told.text("superseded_by")
    if successor and state != "superseded":
        raise told.wrong("superseded_by", "goes with the state superseded only")
    return Standing(
        state=state, superseded_by=successor, owner=told.text("owner"), review_by=told.time("review_by"),
        reviewed_at=told.time("reviewed_at"), reviewed_by=told.text("reviewed_by"),
    )  # fmt: skip


def _change(told: Fields) -> StateChange:
    return StateChange(
        told.one_of("state", STATES), told.text("superseded_by"), told.time("at") or now(), told.text("by") or ""
    )


def _actions(told: Fields) -> tuple[Action, ...]:
    actions = [_action(one, place) for place, one in enumerate(told.entries("actions"), 1)]
    if len({one.number for one in actions}) < len(actions):
        raise told.wrong("actions", "have a number twice")
    return tuple(actions)


def _action(told: Fields, place: int) -> Action:
    text = told.text("text")
    if not text:
        raise told.wrong("text", "is missing: an action says what is to be done")
    edited = told.flag("edited")
    return Action(
        document_id="", number=told.number("number") or place, found=told.text("found") or "", text=text,
        state=told.one_of("state", ACTION_STATES) or "open", owner=told.text("owner"), due=told.partial_date("due"),
        edited="found" not in told if edited is None else edited, removed=bool(told.flag("removed")),
        changed=told.time("changed") or now(), changed_by=told.text("changed_by") or "",
    )  # fmt: skip


def _counted(told: Fields) -> Counted:
    context, verdict = told.one_of("context", CONTEXTS), told.one_of("verdict", VERDICTS)
    if context is None or verdict is None:
        raise told.wrong("context" if context is None else "verdict", "is missing")
    return Counted(
        context, verdict, told.time("day") or now()[:10], told.text("query") or "", told.text("page") or "",
        told.number("count") or 1,
    )  # fmt: skip


def _known(ids: Mapping[str, str]) -> Callable[[str | None], str | None]:
    return lambda name: None if name is None else ids.get(name, name)


def _mapped(said: _Said, known: Callable[[str | None], str | None]) -> _Said:
    return replace(said, superseded_by=known(said.superseded_by))


def _filled(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], False)}
