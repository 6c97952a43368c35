"""Markdown text -> its code and its prose, line by line. HTML comments, scripts and styles are left out here."""

import re
from collections.abc import Iterator
from typing import Literal

Segment = tuple[Literal["prose", "code", "pre"], str]

_FENCE = re.compile(r"^(?P<indent>[ \t]*(?:>[ \t]?)*(?:[-*+]|\d{1,3}[.)])?[ \t]*)(?P<mark>`{3,}|~{3,})(?P<rest>[^`]*)$")
_LIST_ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)])\s")
_ADMONITION = re.compile(r"^\s*(?:!!!|\?\?\?\+?)\s*[\w -]*(?:\"(?P<title>[^\"]*)\")?\s*$")
_HIGHLIGHT = re.compile(r"^\s*\{%-?\s*(?P<end>end)?(?:highlight|raw)\b[^%]*%\}\s*$")
_LONGEST = 1_000
"""The end of a comment, a script or a listing in HTML is looked for in so many lines."""
_DROPPED = (
    ("<!--", "-->"),
    ("<script", "</script>"),
    ("<style", "</style>"),
    ("{% comment %}", "{% endcomment %}"),
)


def segments(text: str) -> Iterator[Segment]:
    """The pieces of a text in order. Code keeps its lines and is closed by a fence if it was opened by one."""
    lines = _without_dropped(text).splitlines()
    held: list[str] = []
    at = 0
    while at < len(lines):
        end = _code_end(lines, at)
        opened = re.match(r"^\s*<pre\b", lines[at], re.IGNORECASE)
        if opened and end is None:
            stop = next((i for i in range(at, min(at + _LONGEST, len(lines))) if "</pre" in lines[i].lower()), None)
            if stop is not None:
                yield "prose", "\n".join(_undented(held))
                held = []
                yield "pre", "\n".join(lines[at : stop + 1])
                at = stop + 1
                continue
        if end is None:
            held.append(lines[at])
            at += 1
            continue
        yield "prose", "\n".join(_undented(held))
        held = []
        yield "code", _code(lines[at:end])
        at = end
    yield "prose", "\n".join(_undented(held))


def _code_end(lines: list[str], at: int) -> int | None:
    """The line after the code that starts here; None if none does."""
    opened = _FENCE.match(lines[at]) if _may_be_fence(lines[at]) else None
    if opened:
        mark = opened["mark"]
        for end in range(at + 1, len(lines)):
            stripped = lines[end].strip(" \t>")
            if stripped.startswith(mark) and not stripped.strip(mark[0]):
                return end + 1
        return len(lines)
    if "{%" in lines[at] and _HIGHLIGHT.match(lines[at]) and not lines[at].strip().startswith("{% end"):
        reach = range(at + 1, min(at + _LONGEST, len(lines)))
        ends = (end for end in reach if (match := _HIGHLIGHT.match(lines[end])) and match["end"])
        last = next(ends, None)
        return None if last is None else last + 1
    return _indented_end(lines, at)


def _may_be_fence(line: str) -> bool:
    """Cheap, and so asked first: the pattern itself is slow on lines that begin with a thousand blanks."""
    return "```" in line or "~~~" in line


def _indented_end(lines: list[str], at: int) -> int | None:
    """Code told by its indentation: after a blank line, and not inside of a list or an admonition."""
    if not lines[at].startswith(("    ", "\t")) or not lines[at].strip() or (at and lines[at - 1].strip()):
        return None
    for above in range(at - 1, max(-1, at - 200), -1):
        line = lines[above]
        if line.strip() and not line.startswith(("  ", "\t")):
            if _LIST_ITEM.match(line) or _ADMONITION.match(line) or re.match(r"\[\^", line):
                return None
            break
        if _LIST_ITEM.match(line):
            return None
    end = at
    while end < len(lines) and (not lines[end].strip() or lines[end].startswith(("    ", "\t"))):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return end


def _code(lines: list[str]) -> str:
    """The code with its fences; a fence opened by a list item or a site generator's tag becomes a plain one."""
    if _HIGHLIGHT.match(lines[0]):
        return "\n".join(["```", *lines[1:-1], "```"])
    opened = _FENCE.match(lines[0])
    if opened is None:
        return "\n".join(lines)
    closed = len(lines) > 1 and lines[-1].strip(" \t>").strip(opened["mark"][0]) == ""
    inner = lines[1:-1] if closed and lines[-1].strip(" \t>") else lines[1:]
    prefix = opened["indent"].strip(" \t>")
    item = [f"{opened['indent'].rstrip()}"] if prefix else []
    return "\n".join([*item, f"```{opened['rest'].strip().split(' ')[0]}", *inner, "```"])


def _undented(lines: list[str]) -> list[str]:
    """Admonitions (`!!! note "Title"`) as their title and their text, not indented."""
    kept: list[str] = []
    inside = False
    for line in lines:
        match = _ADMONITION.match(line)
        if match:
            inside = True
            kept += [match["title"] or "", ""]
        elif inside and (not line.strip() or line.startswith(("    ", "\t"))):
            kept.append(line.removeprefix("\t") if line.startswith("\t") else line[4:])
        else:
            inside = False
            kept.append(line)
    return kept


def _without_dropped(text: str) -> str:
    """Comments, scripts and styles cut out, but not inside of code; what is never closed stays."""
    lines = text.split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        end = _code_end(lines, at)
        if end is not None:
            kept += lines[at:end]
            at = end
            continue
        line = lines[at]
        start = next((pair for pair in _DROPPED if pair[0] in line and _outside_code(line, pair[0])), None)
        stop = None if start is None else _closing(lines, at, start)
        if start is None or stop is None:
            kept.append(line)
            at += 1
            continue
        before = line[: line.index(start[0])]
        rest = lines[stop][(line.index(start[0]) if stop == at else 0) :]
        lines[stop] = before + rest[rest.lower().index(start[1]) + len(start[1]) :]
        at = stop
        if not lines[stop].strip():
            kept.append("")
            at += 1
    return "\n".join(kept)


def _closing(lines: list[str], at: int, pair: tuple[str, str]) -> int | None:
    first = lines[at][lines[at].index(pair[0]) :]
    if pair[1] in first.lower():
        return at
    return next((i for i in range(at + 1, min(at + _LONGEST, len(lines))) if pair[1] in lines[i].lower()), None)


def _outside_code(line: str, mark: str) -> bool:
    return line[: line.index(mark)].count("`") % 2 == 0
