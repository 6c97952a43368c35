"""What people say of the documents of a bundle, a YAML file for each of which anything is said.

state, superseded_by (a name of the bundle), owner, review_by, reviewed_at, reviewed_by
history     [{state, superseded_by, at, by}], the latest first
actions     [{number, text, state, owner, due, found, edited, removed, changed, changed_by}]
feedback    [{context, verdict, day, count, query, page}]
"""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from corpus.actions import Action
from corpus.clock import now
from corpus.errors import BundleError, Conflict
from corpus.feedback import CONTEXTS, VERDICTS, Counted
from corpus.lifecycle import SAID, StateChange
from corpus.standing import ACTION_STATES, STATES, Standing
from corpus.store import Corpus

Told = Mapping[str, Any]


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
    """The content of a file, checked; BundleError says what is wrong."""
    try:
        told = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise BundleError(path, "it is not YAML") from error
    if not isinstance(told, dict):
        raise BundleError(path, "it has no fields")
    for name in ("history", "actions", "feedback"):
        entries = told.get(name) or []
        if not isinstance(entries, list) or not all(isinstance(one, dict) for one in entries):
            raise BundleError(path, f"its {name} is no list of entries")
    history, actions, feedback = (told.get(name) or [] for name in ("history", "actions", "feedback"))
    _check(path, "state", [told.get("state"), *(one.get("state") for one in history)], (*STATES, None))
    _check(path, "the state of an action", [one.get("state", "open") for one in actions], ACTION_STATES)
    _check(path, "a verdict", [one.get("verdict") for one in feedback], VERDICTS)
    _check(path, "the context of a verdict", [one.get("context") for one in feedback], CONTEXTS)
    if not all(one.get("text") for one in actions):
        raise BundleError(path, "an action has no text")
    return told


def store(corpus: Corpus, told: Mapping[Path, Told], ids: Mapping[str, str]) -> None:
    """Let the documents stand as the bundle says; `ids` leads from its names. BundleError names the file."""
    standings = {path: _standing(one, ids) for path, one in told.items() if _says(one)}
    histories = {path: _history(one, ids) for path, one in told.items()}
    stale = [
        path for path in standings if not corpus.lifecycle.stands(ids[path.stem], standings[path], histories[path])
    ]
    for path in stale:  # first, so that the old and the new together make no circle
        corpus.lifecycle.forget(ids[path.stem])
    for path in stale:
        try:
            corpus.lifecycle.restore(ids[path.stem], standings[path], histories[path])
        except Conflict as error:
            raise BundleError(path, str(error)) from error
    for path, one in told.items():
        document_id = ids[path.stem]
        if one.get("actions"):
            corpus.actions.restore(document_id, _actions(document_id, one["actions"]))
        corpus.feedback.restore(document_id, [_counted(said, ids) for said in one.get("feedback") or []])


def _says(told: Told) -> bool:
    return bool(told.get("history") or any(told.get(name) for name in SAID))


def _standing(told: Told, ids: Mapping[str, str]) -> Standing:
    said: dict[str, Any] = {name: _text(told.get(name)) for name in SAID}
    said["superseded_by"] = _mapped(said["superseded_by"], ids)
    return Standing(**said)


def _history(told: Told, ids: Mapping[str, str]) -> list[StateChange]:
    return [
        StateChange(
            one.get("state"), _mapped(_text(one.get("superseded_by")), ids), str(one.get("at") or now()),
            str(one.get("by") or ""),
        )
        for one in told.get("history") or []
    ]  # fmt: skip


def _actions(document_id: str, told: list[Told]) -> list[Action]:
    return [
        Action(
            document_id=document_id, number=int(one.get("number") or place), found=str(one.get("found") or ""),
            text=str(one["text"]), state=one.get("state", "open"), owner=_text(one.get("owner")),
            due=_text(one.get("due")), edited=bool(one.get("edited", "found" not in one)),
            removed=bool(one.get("removed", False)), changed=str(one.get("changed") or now()),
            changed_by=str(one.get("changed_by") or ""),
        )
        for place, one in enumerate(told, 1)
    ]  # fmt: skip


def _counted(told: Told, ids: Mapping[str, str]) -> Counted:
    page = _mapped(_text(told.get("page")), ids) or ""
    return Counted(
        told["context"], told["verdict"], str(told.get("day") or now()[:10]), str(told.get("query") or ""), page,
        int(told.get("count") or 1),
    )  # fmt: skip


def _mapped(name: str | None, ids: Mapping[str, str]) -> str | None:
    return name if name is None else ids.get(name, name)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _filled(fields: Told) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, "", [], False)}


def _check(path: Path, what: str, given: list[Any], allowed: tuple[Any, ...]) -> None:
    if wrong := [one for one in given if one not in allowed]:
        choices = ", ".join(str(one) for one in allowed if one)
        raise BundleError(path, f"{what} is {wrong[0]!r:.60}, not one of {choices}")
