"""Incidents as JSON: those of PagerDuty, and those of a Statuspage."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from corpus.errors import NothingToRead, Unreadable
from ingest import headed
from ingest.cells import plain, text_of
from ingest.export_parts import (
    Entry,
    Record,
    comment,
    day,
    everybody,
    gathered,
    inner,
    joined,
    labels,
    made,
    record_of,
    records,
    section,
    when,
    word,
)
from ingest.types import Page


def is_pagerduty(record: Mapping[str, object]) -> bool:
    """True for an incident of PagerDuty."""
    return "incident_number" in record and bool(record.keys() & {"service", "html_url", "urgency", "escalation_policy"})


def is_statuspage(record: Mapping[str, object]) -> bool:
    """True for an incident of a Statuspage."""
    return isinstance(record.get("incident_updates"), list)


def read_pagerduty(incidents: Sequence[object], *, source: str, most_items: int) -> list[Entry]:
    """The incidents of PagerDuty that say more than that there was one."""
    found = ((f"item {at}", partial(_pagerduty, incident)) for at, incident in enumerate(incidents, 1))
    return gathered(source, found, most_items)


def read_statuspage(incidents: Sequence[tuple[Record, object]], *, source: str, most_items: int) -> list[Entry]:
    """The incidents of a Statuspage, each with the page that it stands on (or an empty object)."""
    found = ((f"item {at}", partial(_statuspage, page, value)) for at, (page, value) in enumerate(incidents, 1))
    return gathered(source, found, most_items)


# --- PagerDuty


def _pagerduty(value: object, shown: str) -> Page:
    incident = record_of(value, shown)
    title = word(incident, "title", "summary")
    if not title:
        raise Unreadable(shown, "it has no title")
    told = word(incident, "description")
    parts = [
        plain(told) if told != title else "",
        section("Details", text_of(inner(incident, "body").get("details"))),
        section("Course", "\n".join(_log(incident))),
        *(_note(note) for note in records(incident, "notes")),
        section("Resolution", plain(word(incident, "resolve_reason", "resolution"))),
    ]
    if not any(parts):
        raise NothingToRead(shown, "nothing is told of it but its title")
    return made(
        shown,
        joined([_facts(incident), *parts]),
        title=title,
        id=word(incident, "id", "incident_number"),
        kind="post-mortem",
        url=word(incident, "html_url"),
        published=day(incident, "created_at"),
        updated=day(incident, "updated_at"),
        tags=[word(inner(incident, "service"), "summary", "name"), *labels(incident, "tags")],
        people=everybody(incident),
    )


def _facts(incident: Record) -> str:
    facts = {
        "Service": word(inner(incident, "service"), "summary", "name"),
        "Urgency": word(incident, "urgency"),
        "Priority": word(inner(incident, "priority"), "summary", "name"),
        "Opened": when(incident.get("created_at")),
        "Resolved": when(incident.get("resolved_at")),
    }
    return _lines(facts)


def _lines(facts: Mapping[str, str]) -> str:
    return "\n".join(f"{name}: {headed.one_line(fact)}" for name, fact in facts.items() if fact not in ("", "none"))


def _log(incident: Record) -> Iterator[str]:
    """What happened to the incident, oldest first, a line each."""
    entries = [*records(incident, "log_entries"), *records(incident, "timeline")]
    for entry in sorted(entries, key=lambda entry: when(entry.get("created_at"))):
        said = plain(word(entry, "summary", "description")) or plain(word(inner(entry, "channel"), "summary"))
        told = headed.one_line(said)
        note = headed.one_line(plain(word(entry, "note") or word(inner(entry, "channel"), "content")))
        line = ": ".join(part for part in (when(entry.get("created_at")), told, note) if part)
        if told or note:
            yield f"- {line}"


def _note(note: Record) -> str:
    author = inner(note, "user")
    return comment(word(author, "summary", "name"), when(note.get("created_at")), plain(word(note, "content", "body")))


# --- Statuspage


def _statuspage(page: Record, value: object, shown: str) -> Page:
    incident = record_of(value, shown)
    if not word(incident, "name"):
        raise Unreadable(shown, "it has no name")
    post_mortem = plain(word(incident, "postmortem_body"))
    updates = [_update(part) for part in records(incident, "incident_updates")]
    affected = list(labels(incident, "components"))
    course = text_of([update for update in updates if update["body"] and not _repeats(update, post_mortem)])
    told = section("Post-mortem", post_mortem)
    facts = {"Impact": word(incident, "impact"), "Affected": ", ".join(affected)}
    return made(
        shown,
        joined([_lines(facts) if course else "", course, told]),
        title=word(incident, "name"),
        id=word(incident, "id"),
        kind=None if word(incident, "impact") == "maintenance" else "post-mortem",
        url=word(incident, "shortlink"),
        organization=page.get("name"),
        published=day(incident, "started_at", "created_at")
        or min((date for update in updates if (date := day(update, "date"))), default=None),
        updated=day(incident, "updated_at"),
        tags=affected,
    )


def _repeats(update: Record, post_mortem: str) -> bool:
    """True for the update that only publishes the post-mortem."""
    return word(update, "status") == "postmortem" and plain(word(update, "body")).split() == post_mortem.split()


def _update(update: Record) -> dict[str, str]:
    """An update as `cells.text_of` orders them. The time shown is the time that people state of it."""
    moment = word(update, "display_at", "created_at", "updated_at")
    return {
        "date": moment if when(moment) else "",
        "status": re.sub(r"[_\s]+", " ", word(update, "status")),
        "body": word(update, "body"),
    }
