"""Lines with places on pages -> headed text: reading order, page furniture, headings, paragraphs. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest import headed

_PAGE_NUMBER = re.compile(r"(?:page\s|p\.\s)?[-–—\s]{0,3}(?:\d{1,4}|[ivxl]{1,6})[-–—\s]{0,3}", re.IGNORECASE)
_PAGE_OF = re.compile(r"(?:page\s*)?\d{1,4}\s*(?:of|/)\s*\d{1,4}|page\s+\d{1,4}", re.IGNORECASE)
_ITEM = re.compile(
    r"[•◦▪●○■‣–—*+-]\s|\(?\d{1,3}[.)]\s|[a-z]\)\s|\[?~?\d{1,2}:\d\d|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b|Status:|Q:|A:"
)
_BULLET = re.compile(r"^[•◦▪●○■‣\uf0b7\uf0a7]\s*")
_CONTENTS = re.compile(r"^(?:(?:table of )?contents|inhalt)\b.{0,10}$", re.IGNORECASE)
_NUMBERED = re.compile(r"^\d+(?:\.\d+)*\.?\s+|\s*(?:[.…]\s?){3,}\s*\d*$|\s+\d{1,4}$")
_LARGER = 1.12
_MENU_SIZE = 8
"""So many linked lines in small print on one page are the menus of a printed web page."""
_MOST_BLOCKS = 400


@dataclass(frozen=True, slots=True)
class Line:
    """A line of print. `y` is its baseline, growing upwards; `linked` the share of its width that is a link."""

    text: str
    page: int
    left: float
    right: float
    y: float
    size: float
    linked: float = 0.0

    def beside(self, other: "Line") -> bool:
        return self.page == other.page and abs(self.y - other.y) < 0.3 * self.size and self.left >= other.right - 1


@dataclass(frozen=True, slots=True)
class Layout:
    """What all lines of a document have in common."""

    body: float
    """The size of most of its print."""
    gap: float
    """The usual distance between the baselines of its lines."""
    levels: Mapping[float, int]
    """Sizes of headings -> their level."""


def in_reading_order(lines: Sequence[Line]) -> list[Line]:
    """The lines of one page as they are read.

    The order they are drawn in is trusted, but for blocks that stand entirely above an earlier
    drawn block of the same column: these come first. So columns stay apart, and what is drawn
    last (a title) or first (a footer) still goes where it stands.
    """
    blocks: list[list[Line]] = []
    for line in lines:
        last = blocks[-1][-1] if blocks else None
        if last is None or _begins_block(last, line):
            blocks.append([])
        blocks[-1].append(line)
    if len(blocks) > _MOST_BLOCKS:
        return list(lines)
    ordered: list[list[Line]] = []
    for block in blocks:
        place = next((at for at, other in enumerate(ordered) if _goes_before(block, other)), len(ordered))
        ordered.insert(place, block)
    return [line for block in ordered for line in block]


def _begins_block(last: Line, line: Line) -> bool:
    """The drawing has jumped: upwards, back to the left on the same line, or far down."""
    if line.right <= last.left and abs(line.y - last.y) <= 0.5 * line.size:
        return True
    return line.y > last.y + 0.5 * line.size or last.y - line.y > 3 * max(line.size, last.size)


def _goes_before(block: Sequence[Line], other: Sequence[Line]) -> bool:
    above = min(line.y for line in block) > max(line.y for line in other) + 1
    left, right = min(line.left for line in block), max(line.right for line in block)
    return above and left < max(line.right for line in other) and right > min(line.left for line in other)


def measured(lines: Iterable[Line]) -> Layout:
    """The sizes and distances most of the text has."""
    sizes: Counter[float] = Counter()
    gaps: Counter[float] = Counter()
    before: Line | None = None
    for line in lines:
        sizes[line.size] += len(line.text)
        if before and before.page == line.page and 0 < before.y - line.y < 4 * line.size and before.size == line.size:
            gaps[round(before.y - line.y, 1)] += 1
        before = line
    body = max(sizes, key=lambda size: (sizes[size], size), default=10.0)
    larger = sorted((size for size in sizes if size >= body * _LARGER), reverse=True)
    gap = max(gaps, key=lambda gap: (gaps[gap], -gap), default=body * 1.2)
    return Layout(body, gap, {size: min(level, 4) for level, size in enumerate(larger, 1)})


def without_furniture(lines: Sequence[Line], pages: int) -> list[Line]:
    """The lines without running heads and feet, page numbers, and the menus of a printed web page."""
    kept = _without_running_lines(lines, pages)
    kept = _without_menus(kept, measured(kept)) or kept
    return kept or list(lines)


def _edges(lines: Sequence[Line]) -> list[Line]:
    """The top three and the bottom three lines of each page."""
    found: list[Line] = []
    for _, page in groupby(sorted(lines, key=lambda line: (line.page, line.y)), key=lambda line: line.page):
        standing = list(page)
        found += standing if len(standing) <= 6 else standing[:3] + standing[-3:]
    return found


def _without_running_lines(lines: Sequence[Line], pages: int) -> list[Line]:
    edges = _edges(lines)
    seen: dict[str, set[int]] = defaultdict(set)
    for line in edges:
        seen[re.sub(r"\d+", "#", line.text)].add(line.page)
    running = {text for text, on in seen.items() if pages >= 3 and len(on) * 2 > pages}
    dropped = {
        id(line)
        for line in edges
        if re.sub(r"\d+", "#", line.text) in running
        or (pages >= 2 and _PAGE_OF.fullmatch(line.text))
        or (pages >= 4 and _PAGE_NUMBER.fullmatch(line.text) and len(seen["#"]) * 2 > pages)
    }
    return [line for line in lines if id(line) not in dropped]


def _without_menus(lines: Sequence[Line], layout: Layout) -> list[Line]:
    """Drop the navigation around the text: links in small print, and what small print leads over to them.

    On a page with menus the small print above its title and below its last line of text is the
    site's as well (banners, terms of use).
    """
    small = [line.size < 0.97 * layout.body for line in lines]
    menu = [_is_menu(line) and is_small for line, is_small in zip(lines, small, strict=True)]
    per_page = Counter(line.page for line, is_menu in zip(lines, menu, strict=True) if is_menu)
    if max(per_page.values(), default=0) < _MENU_SIZE:
        return list(lines)
    top = max(lines, key=lambda line: (line.size, -line.page)) if layout.levels else lines[0]
    text = [line for line, is_small in zip(lines, small, strict=True) if not is_small]
    last = min((line for line in text if line.page == text[-1].page), key=lambda line: line.y)
    kept: list[Line] = []
    for at, line in enumerate(lines):
        leads = len(line.text.split()) <= 5 and at + 1 < len(lines) and menu[at + 1]
        outside = (line.page == top.page and line.y > top.y) or (line.page, -line.y) > (last.page, -last.y)
        if not (menu[at] or (small[at] and (leads or outside))):
            kept.append(line)
    return kept


def _is_menu(line: Line) -> bool:
    reference = re.match(r"\[?\d+\]|\^", line.text) or "://" in line.text
    return line.linked >= 0.5 and not reference and len(line.text) <= 120


def headed_text(lines: Sequence[Line], outline: Mapping[str, int]) -> str:
    """Lines in reading order as paragraphs with headings.

    `outline` maps the document's bookmarks to their depth (from 1): a line that says just that is a heading.
    """
    layout = measured(lines)
    lines = _without_contents(lines, outline)
    edge = _right_edges(lines)
    text = ""
    before: Line | None = None
    level_before = 0
    for line in lines:
        level = _level(line, layout, outline)
        said = _BULLET.sub("- ", line.text)
        if level and before and level == level_before and before.size == line.size and _follows(before, line, 1.6):
            text += f" {said}"  # a heading over several lines
        elif level:
            text += f"\n\n{headed.heading(level, said)}"
        else:
            text = _continued(text, before if not level_before else None, line, said, edge, layout)
        before, level_before = line, level
    return headed.tidy(text)


def _level(line: Line, layout: Layout, outline: Mapping[str, int]) -> int:
    if not re.search(r"[^\W\d_]{2}", line.text) or len(line.text) > 150:
        return 0
    named = outline.get(key_of(line.text), 0)
    if named and line.size >= layout.body * 0.97:
        return named
    if line.text.endswith((".", ",", ";")) and len(line.text.split()) > 6:
        return 0
    return layout.levels.get(line.size, 0)


def key_of(title: str) -> str:
    """What counts when a bookmark is compared with a line: letters and digits."""
    return re.sub(r"[\W_]+", "", title).casefold()


def _follows(before: Line, line: Line, spacing: float) -> bool:
    return before.page == line.page and 0 < before.y - line.y <= spacing * line.size


def _without_contents(lines: Sequence[Line], outline: Mapping[str, int]) -> list[Line]:
    """Drop a table of contents: after "Contents", the lines that only repeat bookmarks."""
    kept: list[Line] = []
    inside = False
    for at, line in enumerate(lines):
        opens = _CONTENTS.match(line.text) is not None and at + 1 < len(lines)
        inside = _is_entry(lines[at + 1].text, outline) if opens else inside and _is_entry(line.text, outline)
        if not inside:
            kept.append(line)
    return kept


def _is_entry(text: str, outline: Mapping[str, int]) -> bool:
    """A bookmark with its number before it, or dots and a page after it."""
    bare = _NUMBERED.sub("", text)
    return bare != text and key_of(_NUMBERED.sub("", bare)) in outline


def _right_edges(lines: Sequence[Line]) -> dict[tuple[int, int], float]:
    """(page, column) -> how far its lines reach; columns are told apart by where their lines start."""
    edges: dict[tuple[int, int], float] = defaultdict(float)
    for line in lines:
        key = (line.page, int(line.left // 150))
        edges[key] = max(edges[key], line.right)
    return edges


def _continued(
    text: str, before: Line | None, line: Line, said: str, edge: Mapping[tuple[int, int], float], layout: Layout
) -> str:
    """The text with one more line of prose: in the same paragraph, on a line of its own, or in a new paragraph."""
    if not said.startswith("- "):
        said = headed.unheaded(said)
    if before is None:
        return f"{text}\n\n{said}"
    if line.beside(before):
        return f"{text} {said}"
    width = (line.right - line.left) / max(len(line.text), 1) * (len(line.text.split(" ")[0]) + 1)
    reach = edge[(before.page, int(before.left // 150))]
    full = before.right + width > reach - 0.01 * reach
    near = before.page != line.page or 0 < before.y - line.y <= 1.25 * max(layout.gap, 1.1 * line.size)
    indented = before.page == line.page and line.left - before.left > 1.2 * line.size
    if full and near and not indented and not _ITEM.match(said) and before.size == line.size:
        return _joined(text, said)
    if before.page != line.page and re.match(r"[a-z]", said) and not text.endswith((".", "!", "?", ":")):
        return _joined(text, said)
    close = near and before.page == line.page and before.right > 0.85 * reach and not _ITEM.match(said)
    return f"{text}\n{said}" if close else f"{text}\n\n{said}"


def _joined(text: str, said: str) -> str:
    """One line with the next; a word divided at the line's end is put together again."""
    if re.search(r"[^\W\d_]-$", text) and said[:1].isalpha():
        # "over-" + "loaded" is a divided word, "Share-" + "Alike" and "e-" + "mail" are not.
        return text[:-1] + said if said[:1].islower() and re.search(r"[^\W\d_]{2}-$", text) else text + said
    if re.search(r"[/_]$", text) and not text.endswith(" /"):
        return text + said
    return f"{text} {said}"
