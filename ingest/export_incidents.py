"""Incidents as JSON: those of PagerDuty, its post-mortem reports, and those of a Statuspage."""

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

_REPORT = {
    "Overview": ("overview", "summary", "executive_summary"),
    "What happened": ("what_happened", "incident_description", "description"),
    "Impact": ("impact", "customer_impact", "business_impact"),
    "Contributing factors": ("contributing_factors", "root_cause", "root_causes", "cause"),
    "Detection": ("detection",),
    "Resolution": ("resolution", "recovery"),
    "What went well": ("what_went_well", "went_well"),
    "What went wrong": ("what_went_wrong", "what_didnt_go_so_well", "went_poorly", "what_didnt_go_well"),
    "Lessons learned": ("lessons_learned", "learnings"),
}
"""Heading -> the names that reports give it. PagerDuty documents no form for them; these are its own headings."""
_LEAST_PARTS = 3
_PERSONS = ("user", "agent", "assignee", "acknowledger", "created_by", "owner", "author", "last_status_change_by")
_DEEPEST = 6


def is_pagerduty(record: Mapping[str, object]) -> bool:
    """True for an incident of PagerDuty."""
    return "incident_number" in record and bool(record.keys() & {"service", "html_url", "urgency", "escalation_policy"})


def is_report(record: Mapping[str, object]) -> bool:
    """True for a post-mortem report: a title, and at least three of the parts that such reports have."""
    parts = sum(1 for names in _REPORT.values() if any(isinstance(record.get(name), str | list) for name in names))
    extras = sum(1 for name in ("timeline", "timeline_entries", "action_items") if isinstance(record.get(name), list))
    return bool(word(record, "title", "name", "incident_title")) and parts + extras >= _LEAST_PARTS


def is_statuspage(record: Mapping[str, object]) -> bool:
    """True for an incident of a Statuspage."""
    return isinstance(record.get("incident_updates"), list)


def read_pagerduty(incidents: Sequence[object], *, source: str, most_items: int) -> list[Entry]:
    """The incidents of PagerDuty that say more than that there was one."""
    found = ((f"item {at}", partial(_pagerduty, incident)) for at, incident in enumerate(incidents, 1))
    return gathered(source, found, most_items)


def read_reports(reports: Sequence[object], *, source: str, most_items: int) -> list[Entry]:
    """Post-mortem reports."""
    return gathered(source, ((f"item {at}", partial(_report, part)) for at, part in enumerate(reports, 1)), most_items)


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
        tags=[word(inner(incident, "service"), "summary", "name"), *labels(incident, "tags")],
        people=_persons(incident),
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


def _persons(value: object, depth: int = 0) -> Iterator[str]:
    """Names and addresses of all persons who took part in it."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for part in value:
            yield from _persons(part, depth + 1)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            if isinstance(part, Mapping) and key in _PERSONS and "service" not in word(part, "type"):
                yield from (word(part, name) for name in ("name", "summary", "email"))
            elif isinstance(part, str) and key in ("owner", "author"):
                yield part
            yield from _persons(part, depth + 1)


# --- post-mortem reports


def _report(value: object, shown: str) -> Page:
    report = record_of(value, shown)
    parts = {title: _first_text(report, names) for title, names in _REPORT.items()}
    entries = [*records(report, "timeline"), *records(report, "timeline_entries")]
    return made(
        shown,
        joined(
            [
                *(section(title, text) for title, text in parts.items()),
                section("Timeline", "\n".join(_timeline(entries))),
                section("Action items", "\n".join(_actions(report.get("action_items")))),
            ]
        ),
        title=word(report, "title", "name", "incident_title"),
        id=word(report, "id"),
        kind="post-mortem",
        url=word(report, "html_url", "url"),
        published=day(report, "started_at", "incident_started_at", "starts_at", "date", "created_at"),
        tags=labels(report, "tags", "services", "affected_services"),
        people=_persons(report),
    )


def _first_text(report: Record, names: Sequence[str]) -> str:
    return next((text for name in names if (text := text_of(report.get(name)))), "")


def _timeline(entries: Sequence[Record]) -> Iterator[str]:
    for entry in entries:
        moment = word(entry, "created_at", "occurred_at", "timestamp", "time", "at")
        said = headed.one_line(plain(word(entry, "description", "content", "summary", "body", "text", "event")))
        if said:
            yield f"- {': '.join(part for part in (when(moment) or headed.one_line(moment), said) if part)}"


def _actions(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else []:
        said = word(item, "description", "title", "summary", "name", "action") if isinstance(item, Mapping) else item
        if isinstance(said, str) and said.strip():
            yield f"- {headed.one_line(plain(said))}"


# --- Statuspage


def _statuspage(page: Record, value: object, shown: str) -> Page:
    incident = record_of(value, shown)
    if not word(incident, "name"):
        raise Unreadable(shown, "it has no name")
    updates = [_update(part) for part in records(incident, "incident_updates")]
    affected = list(labels(incident, "components"))
    course = text_of([update for update in updates if update["body"]])
    told = section("Post-mortem", plain(word(incident, "postmortem_body")))
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
        tags=affected,
    )


def _update(update: Record) -> dict[str, str]:
    """An update as `cells.text_of` orders them. The time shown is the time that people state of it."""
    moment = word(update, "display_at", "created_at", "updated_at")
    return {
        "date": moment if when(moment) else "",
        "status": re.sub(r"[_\s]+", " ", word(update, "status")),
        "body": word(update, "body"),
    }
