"""Post-mortem reports as JSON: the parts that such reports have, and whatever else they tell."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from ingest import headed
from ingest.cells import plain
from ingest.export_parts import (
    Entry,
    Record,
    day,
    everybody,
    gathered,
    inner,
    is_role,
    joined,
    labels,
    made,
    record_of,
    records,
    section,
    when,
    word,
)
from ingest.kinds import guess_kind
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
_EXTRAS = ("timeline", "timeline_entries", "action_items")
_TITLES = ("title", "name", "incident_title", "heading", "label")
_LEAST_PARTS = 3
_BOOKKEEPING = re.compile(
    r"id|uid|uuid|type|self|key|slug|status|state|version|date|tags|created|updated|incidents?|services?|teams?"
    r"|(?:.*_)?(?:href|url|uri)|.*_(?:at|ids?|type|status|state|code|count|number|by|date|services)"
)
"""Keys of what only tools need, or of what has its own place in a page."""
_BODIES = ("content", "body", "text", "message", "description", "value", "details")
_MOMENTS = ("occurred_at", "timestamp", "time", "at")
_DEEPEST = 6


def is_report(record: Mapping[str, object]) -> bool:
    """True for a report: it has three of the parts that post-mortems have, or says that it is one and has any.

    One in sections that somebody is responsible for is a report too, though of what it may not say.
    """
    if _is_post_mortem(record):
        return True
    return isinstance(record.get("sections"), list | Mapping) and "created_at" in record and any(map(is_role, record))


def _is_post_mortem(record: Record) -> bool:
    given = {name for name, part in record.items() if isinstance(part, str | list)}
    titles = (*inner(record, "sections"), *(word(part, *_TITLES) for part in records(record, "sections")))
    given |= {re.sub(r"\W+", "_", title.strip().lower()) for title in titles}
    parts = sum(1 for names in _REPORT.values() if given.intersection(names))
    parts += sum(1 for name in _EXTRAS if isinstance(record.get(name), list))
    named = guess_kind(re.sub(r"[\W_]+", " ", word(record, "type")), []) == "post-mortem"
    if named and not record.keys() & {"text", "body", "content"}:  # a row of a table may say it too
        return parts > 0 or "sections" in record
    return parts >= _LEAST_PARTS


def read_reports(reports: Sequence[object], *, source: str, most_items: int) -> list[Entry]:
    """Post-mortem reports."""
    return gathered(source, ((f"item {at}", partial(_report, part)) for at, part in enumerate(reports, 1)), most_items)


def _report(value: object, shown: str) -> Page:
    report = record_of(value, shown)
    entries = [*records(report, "timeline"), *records(report, "timeline_entries")]
    return made(
        shown,
        joined(
            [
                *_parts(report),
                section("Timeline", "\n".join(_timeline(entries))),
                section("Action items", "\n".join(_actions(report.get("action_items")))),
            ]
        ),
        title=word(report, *_TITLES) or word(inner(report, "incident"), "title", "summary"),
        id=word(report, "id"),
        kind="post-mortem" if _is_post_mortem(report) else None,
        url=word(report, "html_url", "url"),
        published=day(report, "started_at", "incident_started_at", "starts_at", "date", "created_at"),
        updated=day(report, "updated_at"),
        tags=labels(report, "tags", "services", "affected_services"),
        people=everybody(report),
    )


def _parts(report: Record) -> Iterator[str]:
    """The parts that reports have, in their order, and then whatever else it tells."""
    told = {key: text for key, part in report.items() if not _is_aside(key) and (text := _told(part))}
    for title, names in _REPORT.items():
        name = next((name for name in names if name in told), "")
        yield section(title, told.pop(name, ""))
    yield told.pop("sections", "")
    for key, text in told.items():
        if key not in (*_TITLES, *_EXTRAS):
            yield _named(key, report[key], text)


def _told(value: object, depth: int = 0) -> str:
    """What a value of any form says: texts under the names of their keys, without what only tools need."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, list) and depth <= _DEEPEST:
        return joined(_told(part, depth + 1) for part in value)
    if not isinstance(value, Mapping) or depth > _DEEPEST or word(value, "type").endswith("_reference"):
        return ""
    inside = ((key, part) for key, part in value.items() if key not in _TITLES and not _is_aside(key))
    text = joined(_named(key, part, _told(part, depth + 1)) for key, part in inside)
    title = word(value, *_TITLES)
    above = title or when(word(value, *_MOMENTS))
    return section(above, text) if above and text else text or title


def _named(key: str, value: object, text: str) -> str:
    """A text under the name of its key; a single word is a mark for tools."""
    if key in _BODIES:
        return text
    is_mark = isinstance(value, str) and len(text.split()) < 2
    return "" if is_mark else section(f"{key[:1].upper()}{key[1:]}".replace("_", " "), text)


def _is_aside(key: str) -> bool:
    return is_role(key) or _BOOKKEEPING.fullmatch(key.lower()) is not None


def _timeline(entries: Sequence[Record]) -> Iterator[str]:
    for entry in entries:
        moment = word(entry, "created_at", *_MOMENTS)
        said = headed.one_line(plain(word(entry, "description", "content", "summary", "body", "text", "event")))
        if said:
            yield f"- {': '.join(part for part in (when(moment) or headed.one_line(moment), said) if part)}"


def _actions(value: object) -> Iterator[str]:
    for item in value if isinstance(value, list) else []:
        said = word(item, "description", "title", "summary", "name", "action") if isinstance(item, Mapping) else item
        if isinstance(said, str) and said.strip():
            yield f"- {headed.one_line(plain(said))}"
