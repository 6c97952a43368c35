"""Exports of Jira: CSV with all fields, and XML (an RSS of issues)."""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from lxml import etree

from corpus.errors import Unreadable
from ingest.export_parts import (
    Entry,
    Found,
    comment,
    gathered,
    html_fragment,
    html_text,
    joined,
    kind_labelled,
    made,
    section,
    word,
)
from ingest.jira_markup import mentions, read_jira_markup
from ingest.metadata import kind_named, partial_date
from ingest.people import one_person
from ingest.types import Page

_LONGEST_FIELD = 16_000_000
_TELLING = re.compile(
    r"root.?cause|\bimpact\b|lessons?\b|mitigation|resolution\b|time ?line|work.?around|contributing|remediation"
    r"|corrective|preventi(?:ve|on)|detection|post.?mortem|what happened|follow.?up",
    re.IGNORECASE,
)
"""Names of custom fields whose texts are worth reading; most others hold ranks, sprints and flags."""
_LEAST_TELLING = 20
_COMMENT = re.compile(r"\s*([^;\n]{6,40});([^;\n]{0,200});")
_CLOCK = re.compile(r"[T ]\s*\d{1,2}:\d\d.*$", re.DOTALL)
_NAMED_MONTH = re.compile(r"(\d{1,2})[/ .-]([A-Za-z]{3,9})\.?[/ .-](\d{2}|\d{4})")
_NUMBERS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{2})")
_REMARK = re.compile(r"<!--(?:(?!-->).)*(?:-->|\Z)", re.DOTALL)
_LONGEST_PROLOG, _FIRST_ITEM = 65_536, 500_000
_FORBIDDEN = re.compile(r"&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\d|3[01]));", re.IGNORECASE)
"""References to characters that XML may not hold; Jira writes them where people pasted them."""


def jira_date(value: object) -> str | None:
    """A date in the spellings of Jira; None where day and month may be either.

    >>> jira_date("14/Jul/25 3:42 PM"), jira_date("6/21/2025 16:14"), jira_date("03/04/21 10:22")
    ('2025-07-14', '2025-06-21', None)
    """
    text = _CLOCK.sub("", value.strip()[:60]).strip() if isinstance(value, str) else ""
    named = _NAMED_MONTH.fullmatch(text)
    if named:
        return partial_date(f"{named[1]} {named[2]} {_century(named[3])}")
    numbers = _NUMBERS.fullmatch(text)
    return _of_numbers(*numbers.groups()) if numbers else partial_date(text)


def _century(year: str) -> str:
    return f"20{year}" if len(year) == 2 else year


def _of_numbers(one: str, two: str, three: str) -> str | None:
    """The only date that the calendar allows for three short numbers in any of the usual orders."""
    orders = ((three, two, one), (three, one, two), (one, two, three))
    dates = (partial_date(f"20{int(year):02}-{int(month):02}-{int(day):02}") for year, month, day in orders)
    found = {date for date in dates if date}
    return found.pop() if len(found) == 1 else None


# --- CSV


def csv_columns(text: str) -> tuple[str, Sequence[str]] | None:
    """The delimiter and the columns of a Jira CSV; None if the first line is no header of one."""
    first = text[:100_000].lstrip("\n").split("\n", 1)[0]
    for mark in ",;|\t^":
        columns = [" ".join(column.split()).lower() for column in next(csv.reader([first], delimiter=mark), [])]
        if "issue key" in columns and "summary" in columns:
            return mark, columns
    return None


def read_jira_csv(text: str, delimiter: str, columns: Sequence[str], *, source: str, most_items: int) -> list[Entry]:
    """The issues of a CSV export. A row without all its fields is cut off, and is a failure of its own."""
    return gathered(source, _rows(text, delimiter, columns), most_items)


def _rows(text: str, delimiter: str, columns: Sequence[str]) -> Iterator[Found]:
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.reader(io.StringIO(text.lstrip("\n"), newline=""), delimiter=delimiter)
    number = 0
    try:
        next(reader)
        for number, fields in enumerate(reader, 1):
            if fields:
                yield f"row {number}", partial(_row_page, columns, fields)
    except csv.Error as error:
        yield f"row {number + 1}", partial(_broken, f"it cannot be read ({error}), nor can what follows")


def _broken(reason: str, shown: str) -> Page:
    raise Unreadable(shown, reason)


def _row_page(columns: Sequence[str], fields: Sequence[str], shown: str) -> Page:
    if len(fields) != len(columns):
        cut = "; it is cut off, or a quotation mark is never closed" if len(fields) < len(columns) else ""
        raise Unreadable(shown, f"it has {len(fields)} fields, the header has {len(columns)}{cut}")
    row: Mapping[str, list[str]] = defaultdict(list)
    for column, field in zip(columns, fields, strict=True):
        if field.strip():
            row[column].append(field.strip())
    return _csv_issue(dict(row), shown)


def _csv_issue(row: Mapping[str, list[str]], shown: str) -> Page:
    first = {column: values[0] for column, values in row.items()}
    key = word(first, "issue key")
    if not key:
        raise Unreadable(shown, "it has no issue key")
    comments = [_comment(text) for text in (*row.get("comment", ()), *row.get("comments", ()))]
    customs = [(name, text) for name, values in row.items() for text in values if _is_telling(name, text)]
    texts = [word(first, "description"), *(text for _, _, text in comments), *(text for _, text in customs)]
    return made(
        shown,
        joined(
            [
                read_jira_markup(word(first, "description")),
                *(section(_custom_name(name), read_jira_markup(text)) for name, text in customs),
                *(comment(author, day, read_jira_markup(text)) for day, author, text in comments),
            ]
        ),
        title=word(first, "summary"),
        id=key,
        kind=kind_named(word(first, "issue type")) or kind_labelled(row.get("labels", ())),
        published=jira_date(word(first, "created")) or jira_date(word(first, "resolved")),
        updated=jira_date(word(first, "updated")),
        tags=[*_several(row, "labels", "component/s", "components"), *row.get("project name", ())[:1]],
        people=[
            *(one_person(*_several(row, role, f"{role} id")) for role in ("reporter", "assignee", "creator")),
            *(author for _, author, _ in comments),
            *(name for text in texts for name in mentions(text)),
        ],
    )


def _several(row: Mapping[str, list[str]], *columns: str) -> list[str]:
    return [value for column in columns for value in row.get(column, ())]


def _is_telling(name: str, text: str) -> bool:
    return name.startswith("custom field") and len(text) >= _LEAST_TELLING and bool(_TELLING.search(name))


def _custom_name(name: str) -> str:
    bare = name.removeprefix("custom field").strip().removeprefix("(").removesuffix(")")
    return bare[:1].upper() + bare[1:]


def _comment(text: str) -> tuple[str | None, str, str]:
    """When, by whom and what. A text that does not start with time and author is all comment."""
    found = _COMMENT.match(text)
    if found is None or not re.search(r"\d", found[1]):
        return None, "", text
    return jira_date(found[1]), found[2].strip(), text[found.end() :]


# --- XML


def is_jira_xml(text: str) -> bool:
    """True for an RSS whose items have keys; any other is a feed. Also for one that declares entities."""
    prolog = _prolog(text)
    return prolog is not None and ("<!ENTITY" in prolog or re.search(r"<key[ >]", text[:_FIRST_ITEM]) is not None)


def read_jira_xml(text: str, *, source: str, most_items: int) -> list[Entry]:
    """The issues of an XML export. Raises Unreadable if it declares a document type: entities can be a bomb."""
    if re.search(r"<!DOCTYPE|<!ENTITY", _prolog(text) or ""):
        raise Unreadable(source, "the XML declares a document type or entities, which are not read")
    return gathered(source, _items(_FORBIDDEN.sub("", text)), most_items)


def _prolog(text: str) -> str | None:
    """What stands before the root, without comments; None if the root is no RSS."""
    head = _REMARK.sub("", text[:_LONGEST_PROLOG])
    root = re.search(r"<([A-Za-z][\w:.-]*)", head)
    return head[: root.start()] if root and root[1] == "rss" else None


def _items(text: str) -> Iterator[Found]:
    number = 0
    stream = io.BytesIO(text.encode("utf-8", errors="replace"))
    found = etree.iterparse(stream, tag="item", encoding="utf-8", resolve_entities=False, no_network=True)
    try:
        for number, (_, item) in enumerate(found, 1):
            yield f"issue {number}", partial(_xml_issue, item)
            item.clear()
    except etree.XMLSyntaxError:
        reason = "the XML is damaged or cut off here; what follows is not read"
        yield f"issue {number + 1}", partial(_broken, reason)


def _xml_issue(item: "etree._Element", shown: str) -> Page:
    key = _said(item, "key")
    if not key:
        raise Unreadable(shown, "it has no issue key")
    comments = item.findall("comments/comment")
    customs = [(_said(field, "customfieldname"), _values(field)) for field in item.findall("customfields/customfield")]
    people = [*item.findall("reporter"), *item.findall("assignee")]
    marks = [part.text or "" for part in item.findall("labels/label")]
    return made(
        shown,
        joined(
            [
                _html(_said(item, "description")),
                *(section(name, _html(text)) for name, text in customs if _is_telling(f"custom field {name}", text)),
                *(comment(part.get("author") or "", _created(part), _html(part.text or "")) for part in comments),
            ]
        ),
        title=_said(item, "summary") or re.sub(r"^\[[^\]]{1,40}\]\s*", "", _said(item, "title")),
        id=key,
        kind=kind_named(_said(item, "type")) or kind_labelled(marks),
        url=_said(item, "link"),
        published=jira_date(_without_weekday(_said(item, "created"))),
        updated=jira_date(_without_weekday(_said(item, "updated"))),
        tags=[
            *marks,
            *(part.text or "" for part in item.findall("component")),
            _said(item, "project"),
        ],
        people=[
            *(one_person(part.text or "", part.get("username") or "") for part in people),
            *(part.get("author") or "" for part in comments),
            *_users(_said(item, "description")),
            *(name for part in comments for name in _users(part.text or "")),
        ],
    )


def _said(element: "etree._Element", tag: str) -> str:
    return (element.findtext(tag) or "").strip()


def _values(field: "etree._Element") -> str:
    return "<br>".join(part.text or "" for part in field.findall("customfieldvalues/customfieldvalue"))


def _created(part: "etree._Element") -> str | None:
    return jira_date(_without_weekday(part.get("created") or ""))


def _without_weekday(text: str) -> str:
    return re.sub(r"^[^\W\d]{2,5}\.?,\s*", "", text)


def _html(text: str) -> str:
    return html_text(html_fragment(text)) if text.strip() else ""


def _users(text: str) -> Iterator[str]:
    """The users that a description mentions."""
    if "user-hover" not in text:
        return
    for tag in html_fragment(text).select("a.user-hover"):
        yield one_person(tag.get_text(" "), *(str(name) for name in tag.get_attribute_list("rel") if name))


__all__ = ["csv_columns", "is_jira_xml", "jira_date", "read_jira_csv", "read_jira_xml"]
