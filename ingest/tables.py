"""CSV, JSON and JSONL -> one item a row. What cannot be read of a row is that row's failure, not the file's end."""

import csv
import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from corpus.errors import SourceError
from ingest.cells import mended
from ingest.columns import Columns, find_columns, has_text, one_line, page_of
from ingest.decode import decode
from ingest.types import Item, Outcome, Page

TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson")
_LONGEST_FIELD = 16_000_000
_MOST_BROKEN = 1000
_CONTAINERS = (
    "items", "data", "results", "incidents", "documents", "docs", "lessons", "entries", "rows", "records", "posts",
    "articles", "issues", "hits", "values", "postmortems", "advisories", "reports",
)  # fmt: skip
Record = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One record and where it stands ("row 7"), or why it cannot be read."""

    place: str
    record: Record | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The rows of a file. `single` is set for a JSON file that is one document."""

    columns: Sequence[str]
    rows: Sequence[Row]
    single: bool = False


def table_items(
    body: bytes, *, source: str, identity: str, suffix: str, wanted: Mapping[str, str]
) -> list[Item | Outcome]:
    """An item a row, a failed outcome for each row that is broken.

    `suffix` (".csv", ".json", ...) says what the file is, `wanted` maps our fields to its columns. The items'
    identities are the file's with the row's id (or title) behind a `#`; the row's address is its page's `url`.
    Raises SourceError for a file that is cut off or has no such columns, NothingToRead for an empty one.
    """
    table = _read(body, source, suffix, wanted)
    if not any(row.record for row in table.rows):
        broken = next((f" ({row.place}: {row.error})" for row in table.rows if row.error), "")
        raise SourceError(source, f"there are no rows in it{broken}")
    columns = find_columns(source, table.columns, wanted)
    return [_item(row, source, identity, columns, single=table.single) for row in table.rows]


def _item(row: Row, source: str, identity: str, columns: Columns, *, single: bool) -> Item | Outcome:
    shown = source if single else f"{source}, {row.place}"
    if row.record is None:
        return Outcome(source=shown, status="failed", error=f"{shown}: {row.error}")
    key = "" if single else f"#{_key(row.record, columns)}"
    return Item(source=shown, identity=f"{identity}{key}", read=partial(_page, shown, row.record, columns))


def _page(source: str, record: Record, columns: Columns) -> Page:
    return page_of(source, record, columns)


def _key(record: Record, columns: Columns) -> str:
    """The row's id, else its title, else a digest of it: where it stands in the file is no lasting name."""
    for column in (*columns["id"], *columns["title"]):
        named = one_line(record.get(column))
        if named:
            return named
    said = json.dumps(record, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _read(body: bytes, source: str, suffix: str, wanted: Mapping[str, str]) -> Table:
    text = mended(decode(body, source, declared="utf-8"), is_utf8=_is_utf8(body))
    if suffix in (".csv", ".tsv"):
        return _read_csv(text, source)
    if suffix in (".jsonl", ".ndjson"):
        return _of_rows(list(_json_lines(text)))
    return _read_json(text, source, wanted)


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return body.startswith((b"\xff\xfe", b"\xfe\xff"))
    return True


def _of_rows(rows: list[Row]) -> Table:
    """A table whose columns are all the keys that occur, in the order in which they do."""
    return Table(columns=list(dict.fromkeys(key for row in rows for key in row.record or ())), rows=rows)


# --- CSV


def _read_csv(text: str, source: str) -> Table:
    lines = [f"{line}\n" for line in text.rstrip("\n").split("\n")]
    csv.field_size_limit(_LONGEST_FIELD)
    found = _csv_records(lines, _delimiter(text))
    header = next(found)
    if isinstance(header[1], str):
        raise SourceError(source, f"its first line cannot be read as columns: {header[1]}")
    names = _unique(header[1])
    rows = [_csv_row(names, place, fields) for place, fields in found if fields]
    return Table(columns=[name for name in names if name], rows=rows)


def _delimiter(text: str) -> str:
    """The one of , ; tab | that cuts the first records into most columns, the same number each time."""

    def columns(mark: str) -> int:
        try:
            sample = csv.reader(io.StringIO(text[:100_000], newline=""), delimiter=mark)
            widths = [len(record) for _, record in zip(range(20), sample, strict=False) if record]
        except csv.Error:
            return 0
        steady = [width for width in widths[:-1] or widths if width == widths[0]]
        return widths[0] * len(steady) if widths and widths[0] > 1 else 0

    return max(",;\t|", key=columns)


def _unique(fields: Sequence[str]) -> list[str]:
    """Names of columns, repeated ones numbered, nameless ones empty."""
    names: list[str] = []
    seen: Counter[str] = Counter()
    for field in fields:
        name = " ".join(field.split())
        seen[name] += 1
        names.append(f"{name} ({seen[name]})" if name and seen[name] > 1 else name)
    return names


def _csv_records(lines: Sequence[str], delimiter: str) -> Iterator[tuple[str, list[str] | str]]:
    """(place, fields or why there are none). After a broken record reading goes on in the line behind its first."""
    start = row = broken = 0
    while start < len(lines) and broken < _MOST_BROKEN:
        reader = csv.reader(iter(lines[start:]), delimiter=delimiter)
        before = start
        try:
            for fields in reader:
                row += 1
                end = start + reader.line_num
                if end == len(lines) and end - before > 1 and _is_unclosed(lines[before:], delimiter):
                    raise csv.Error("a quotation mark is never closed")
                yield f"row {row}", fields
                before = end
            return
        except csv.Error as error:
            broken += 1
            yield f"row {row} (line {before + 1})", str(error)
            start = before + 1
    if start < len(lines):
        yield f"line {start + 1}", f"more than {_MOST_BROKEN} rows are broken; the rest is not read"


def _is_unclosed(lines: Sequence[str], delimiter: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _csv_row(names: Sequence[str], place: str, fields: list[str] | str) -> Row:
    if isinstance(fields, str):
        return Row(place=place, error=fields)
    if any(field.strip() for field in fields[len(names) :]):
        return Row(place=place, error=f"it has {len(fields)} fields, the header has {len(names)}")
    record = {name: field for name, field in zip(names, fields, strict=False) if name}
    return Row(place=place, record=record if any(field.strip() for field in fields) else {})


# --- JSON


def _read_json(text: str, source: str, wanted: Mapping[str, str]) -> Table:
    try:
        found = json.loads(text)
    except json.JSONDecodeError as error:
        rows = list(_json_lines(text)) if error.msg == "Extra data" else []
        if any(row.record for row in rows):  # JSONL by another name
            return _of_rows(rows)
        raise SourceError(source, _fault(error)) from error
    except (RecursionError, ValueError) as error:
        raise SourceError(source, "the JSON cannot be read: it is nested too deeply or has absurd numbers") from error
    if isinstance(found, Mapping):
        rows_of = _container(found, wanted)
        if rows_of is None:
            return Table(columns=list(found), rows=[Row(place="", record=found)], single=True)
        found = found[rows_of]
    if not isinstance(found, list):
        raise SourceError(source, "the JSON is no object and no list of objects")
    return _of_rows([_json_row(f"item {number}", value) for number, value in enumerate(found, 1)])


def _fault(error: json.JSONDecodeError) -> str:
    rest = error.doc[error.pos :].strip()
    whole = error.doc.rstrip()
    cut = not rest or error.msg.startswith("Unterminated") or (len(rest) < 8 and not re.search(r"[\]}\"]$", whole))
    if cut:
        return f"the JSON ends too early (line {whole.count(chr(10)) + 1})"
    return f"this is not JSON: {error.msg[:1].lower()}{error.msg[1:]} (line {error.lineno})"


def _container(found: Mapping[str, Any], wanted: Mapping[str, str]) -> str | None:
    """The key under which an object holds its rows; None if the object is itself a document."""
    lists = [key for key, value in found.items() if isinstance(value, list) and value and isinstance(value[0], Mapping)]
    named = [key for key in lists if key.lower() in _CONTAINERS]
    mapped = wanted.get("text", "").split("+")[0]
    if mapped:
        return None if mapped in found else next((key for key in lists if mapped in found[key][0]), None)
    if len(named) == 1:
        return named[0]
    return lists[0] if len(lists) == 1 and not has_text(list(found)) else None


def _json_lines(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield _json_row(f"line {number}", json.loads(line))
        except json.JSONDecodeError as error:
            yield Row(place=f"line {number}", error=_fault(error).removesuffix(" (line 1)"))
        except (RecursionError, ValueError):
            yield Row(place=f"line {number}", error="it is nested too deeply or has absurd numbers")


def _json_row(place: str, value: object) -> Row:
    if isinstance(value, Mapping):
        return Row(place=place, record=value)
    return Row(place=place, error="it is not an object")
