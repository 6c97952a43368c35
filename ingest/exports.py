"""The files that other tools export, told by their shape: bytes -> their documents, or None for any other file."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from corpus.errors import IngestError
from ingest.archives import open_zip
from ingest.decode import decode
from ingest.export_confluence import read_confluence, space_root
from ingest.export_incidents import (
    is_pagerduty,
    is_statuspage,
    read_pagerduty,
    read_statuspage,
)
from ingest.export_issues import is_github, is_gitlab, read_github, read_gitlab
from ingest.export_jira import csv_columns, is_jira_xml, read_jira_csv, read_jira_xml
from ingest.export_parts import Entry, Record
from ingest.export_reports import is_report, read_reports
from ingest.export_slack import read_slack, slack_root

MOST_MEMBERS = 100_000
"""A ZIP with more files than this is refused; an export of a large wiki has some ten thousand."""
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_HEAD = 65_536
_LISTS = (
    "incidents incident issues items nodes postmortems postmortem_reports post_mortems post_mortem_reports"
    " post_incident_reviews postmortem postmortem_report post_mortem post_mortem_report post_incident_review"
    " reports report data repository".split()
)
_DEEPEST = 4
_LOOKED_AT = 20
Reader = Callable[..., list[Entry]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """What an export holds: pages, and outcomes for what could not be read. `format` is what a person calls it."""

    format: str
    entries: Sequence[Entry]


def read_export(body: bytes, *, source: str, most_bytes: int, most_items: int) -> Export | None:
    """The documents of an export; None if the bytes are no export that we know.

    An archive may unpack to `most_bytes`; behind `most_items` entries reading ends with a failed outcome.
    Raises Unreadable or TooLarge for an archive or an XML file that is an attack, or damaged as a whole.
    """
    start = body[:_HEAD].replace(b"\0", b"").removeprefix(b"\xef\xbb\xbf").lstrip(b"\xff\xfe \t\r\n")
    if body.startswith(_ZIP):
        return _of_zip(body, source, most_bytes, most_items)
    if start.startswith((b"{", b"[")):
        return _of_json(body, source, most_items)
    if start.startswith(b"<"):
        return _of_xml(body, source, most_items)
    return _of_csv(body, source, most_items) if b"issue key" in start.lower() else None


def _of_zip(body: bytes, source: str, most_bytes: int, most_items: int) -> Export | None:
    archive = open_zip(body, source=source, most_bytes=most_bytes, most_members=MOST_MEMBERS)
    root = slack_root(archive)
    if root is not None:
        return Export(format="Slack", entries=read_slack(archive, root, source=source, most_items=most_items))
    root = space_root(archive)
    if root is not None:
        return Export(format="Confluence", entries=read_confluence(archive, root, source=source, most_items=most_items))
    return None


def _of_csv(body: bytes, source: str, most_items: int) -> Export | None:
    text = decode(body, source, declared="utf-8")
    found = csv_columns(text)
    if found is None:
        return None
    return Export(format="Jira CSV", entries=read_jira_csv(text, *found, source=source, most_items=most_items))


def _of_xml(body: bytes, source: str, most_items: int) -> Export | None:
    try:
        text = decode(body, source)
    except IngestError:
        return None
    if not is_jira_xml(text):
        return None
    return Export(format="Jira XML", entries=read_jira_xml(text, source=source, most_items=most_items))


# --- JSON


def _of_json(body: bytes, source: str, most_items: int) -> Export | None:
    values = _values(body, source)
    lists = [part for value in values for part in _lists(value)]
    entries = [entry for _, inside in lists for entry in inside]
    if _are(is_statuspage, entries):
        paged = [(page, entry) for page, inside in lists for entry in inside]
        return Export(format="Statuspage", entries=read_statuspage(paged, source=source, most_items=most_items))
    for format, test, read in _FORMATS:
        if _are(test, entries):
            return Export(format=format, entries=read(entries, source=source, most_items=most_items))
    return None


_FORMATS: tuple[tuple[str, Callable[[Record], bool], Reader], ...] = (
    ("PagerDuty", is_pagerduty, read_pagerduty),
    ("GitHub issues", is_github, read_github),
    ("GitLab issues", is_gitlab, read_gitlab),
    ("Post-mortem reports", is_report, read_reports),
)


def _values(body: bytes, source: str) -> list[object]:
    """The JSON values of a file: one, or several after each other as `gh api --paginate` writes them.

    None of them for a file that is cut off or no JSON: what is wrong with it is told by who reads it as a table.
    """
    try:
        text = decode(body, source, declared="utf-8")
        return list(_one_by_one(text, json.JSONDecoder()))
    except (IngestError, RecursionError, ValueError):
        return []


def _one_by_one(text: str, decoder: json.JSONDecoder) -> Iterator[object]:
    blanks = re.compile(r"\s*")
    at = 0
    while (at := blanks.match(text, at).end()) < len(text):  # type: ignore[union-attr]  # it matches everywhere
        value, at = decoder.raw_decode(text, at)
        yield value


def _lists(value: object, depth: int = 0) -> Iterator[tuple[Record, Sequence[object]]]:
    """The lists of entries in a value, each with the `page` that stands beside it; a lone object is a list of one."""
    if isinstance(value, list):
        if value and depth < _DEEPEST and all(isinstance(part, list) or _wrapped(part) for part in value):
            for part in value:
                yield from _lists(part, depth + 1)
        else:
            yield {}, value
    elif isinstance(value, Mapping):
        page = value.get("page")
        inside = _wrapped(value)
        yield (page if isinstance(page, Mapping) else {}), [value] if inside is None else inside


def _wrapped(value: object, depth: int = 0) -> Sequence[object] | None:
    """The entries that an object wraps in one of the usual names; None for an object that is itself an entry."""
    if not isinstance(value, Mapping) or isinstance(value.get("title"), str) or is_report(value) or depth > _DEEPEST:
        return None
    for name in _LISTS:
        inside = value.get(name)
        if isinstance(inside, list) and (not inside or any(isinstance(part, Mapping) for part in inside)):
            return inside
        if isinstance(inside, Mapping):
            return _wrapped(inside, depth + 1) or [inside]
    return None


def _are(test: Callable[[Record], bool], entries: Sequence[object]) -> bool:
    """True if most of the first objects pass the test."""
    first = list(islice((entry for entry in entries if isinstance(entry, Mapping)), _LOOKED_AT))
    return bool(first) and 2 * sum(map(test, first)) > len(first)
