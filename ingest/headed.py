"""The small change of headed text: headings, fences, table rows, and a title not said twice."""

import re
from collections.abc import Iterable

_HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(```|~~~)")
_LOOKS_LIKE_HEADING = re.compile(r"^(#{1,6}\s)", re.MULTILINE)


def heading(level: int, text: str) -> str:
    """A heading line of the given level, one to six."""
    return f"{'#' * min(max(level, 1), 6)} {one_line(text)}"


def fenced(code: str) -> str:
    """Code between fences, its lines as they are."""
    lines = [line.rstrip() for line in code.expandtabs(4).strip("\n").splitlines()]
    return "\n".join(["```", *lines, "```"])


def row(cells: Iterable[str]) -> str:
    """One line of a table; an empty text if all cells are."""
    texts = [one_line(cell) for cell in cells]
    return " | ".join(texts).rstrip(" |") if any(texts) else ""


def one_line(text: str) -> str:
    """The text with all runs of blanks and line ends as one blank."""
    return " ".join(text.split())


def unheaded(text: str) -> str:
    """Prose whose lines may start with `#` without being headings."""
    return _LOOKS_LIKE_HEADING.sub(r" \1", text)


def tidy(text: str) -> str:
    """No blanks at line ends, never two blank lines in a row, none at the ends."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n")


def headings(text: str) -> list[tuple[int, str]]:
    """(level, text) of the headings, in order; `#` inside code fences is none."""
    found: list[tuple[int, str]] = []
    inside = False
    for line in text.splitlines():
        if _FENCE.match(line):
            inside = not inside
        match = None if inside else _HEADING.match(line)
        if match:
            found.append((len(match[1]), match[2]))
    return found


def sections(text: str) -> list[tuple[int, str, str]]:
    """(level, heading, what stands under it) in order; level 0 and no heading for what comes before the first."""
    found: list[tuple[int, str, list[str]]] = [(0, "", [])]
    inside = False
    for line in text.splitlines():
        if _FENCE.match(line):
            inside = not inside
        match = None if inside else _HEADING.match(line)
        if match:
            found.append((len(match[1]), match[2], []))
        else:
            found[-1][2].append(line)
    return [(level, title, "\n".join(lines)) for level, title, lines in found]


def without_title(text: str, title: str | None) -> str:
    """The text without the heading it starts with, if that says the title again."""
    first, _, rest = text.partition("\n")
    match = _HEADING.match(first)
    if match is None or title is None or _same(match[2]) != _same(title):
        return text
    return rest.strip("\n") or text


def _same(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
