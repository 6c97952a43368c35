"""Issues of GitHub (REST, search, `gh issue list --json`) and GitLab (REST, project export) as JSON."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from corpus.errors import NothingToRead, Unreadable
from ingest.export_parts import (
    Entry,
    Record,
    comment,
    day,
    gathered,
    inner,
    joined,
    kind_labelled,
    labels,
    made,
    markdown,
    mentioned,
    record_of,
    records,
    word,
)
from ingest.people import one_person
from ingest.types import Page

_ISSUE_ADDRESS = re.compile(r"https?://[^/\s]+/.+/(?:issues|pull|merge_requests|work_items)/\d+")


def is_github(record: Mapping[str, object]) -> bool:
    """True for an issue of GitHub, as its REST interface or its command line tool writes it."""
    return {"number", "title", "body"} <= record.keys() and bool(
        record.keys() & {"html_url", "url", "created_at", "createdAt", "labels", "state", "author", "user"}
    )


def is_gitlab(record: Mapping[str, object]) -> bool:
    """True for an issue of GitLab."""
    return {"iid", "title", "description"} <= record.keys()


def read_github(issues: Sequence[object], *, source: str, most_items: int) -> list[Entry]:
    """The issues of a list of GitHub's; pull requests in it are skipped."""
    return gathered(source, ((f"item {at}", partial(_github, issue)) for at, issue in enumerate(issues, 1)), most_items)


def read_gitlab(issues: Sequence[object], *, source: str, most_items: int) -> list[Entry]:
    """The issues of a list of GitLab's."""
    return gathered(source, ((f"item {at}", partial(_gitlab, issue)) for at, issue in enumerate(issues, 1)), most_items)


def _github(value: object, shown: str) -> Page:
    issue = record_of(value, shown)
    if issue.get("pull_request"):
        raise NothingToRead(shown, "it is a pull request and no issue")
    return _issue(
        issue,
        word(issue, "body"),
        records(issue, "comments"),
        number=word(issue, "number"),
        tags=labels(issue, "labels"),
        shown=shown,
    )


def _gitlab(value: object, shown: str) -> Page:
    issue = record_of(value, shown)
    notes = [note for note in records(issue, "notes") if note.get("system") is not True]
    return _issue(
        issue, word(issue, "description"), notes, number=word(issue, "iid"), tags=labels(issue, "labels"), shown=shown
    )


def _issue(
    issue: Record, body: str, comments: Sequence[Record], *, number: str, tags: Iterator[str], shown: str
) -> Page:
    if not number or not word(issue, "title"):
        raise Unreadable(shown, "it has no number or no title")
    marks = list(tags)
    types = (word(issue, "type"), word(issue, "issue_type"), word(inner(issue, "type"), "name"))
    comments = [part for part in comments if not _is_bot(_author(part)) and part.get("isMinimized") is not True]
    address = next((url for key in ("html_url", "web_url", "url") if _ISSUE_ADDRESS.match(url := word(issue, key))), "")
    return made(
        shown,
        joined([markdown(body, shown), *(_comment(part, shown) for part in comments)]),
        title=word(issue, "title"),
        id=number,
        kind=kind_labelled([*marks, *types]),
        url=address,
        published=day(issue, "created_at", "createdAt"),
        updated=day(issue, "updated_at", "updatedAt"),
        tags=marks,
        people=_people(issue, body, comments),
    )


def _comment(part: Record, shown: str) -> str:
    author = _author(part)
    name = word(author, "login", "username") or word(author, "name")
    return comment(name, day(part, "created_at", "createdAt"), markdown(_said(part), shown))


def _said(part: Record) -> str:
    return word(part, "body", "note")


def _author(record: Record) -> Record:
    return inner(record, "author") or inner(record, "user")


def _is_bot(author: Record) -> bool:
    return word(author, "type") == "Bot" or author.get("is_bot") is True or word(author, "login").endswith("[bot]")


def _people(issue: Record, body: str, comments: Sequence[Record]) -> Iterator[str]:
    everybody = [_author(issue), *map(_author, comments), inner(issue, "assignee"), *records(issue, "assignees")]
    for person in everybody:
        yield one_person(*(word(person, key) for key in ("name", "login", "username", "email")))
    for text in (body, *map(_said, comments)):
        yield from mentioned(text)
