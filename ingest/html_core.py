"""A second opinion on where the content of a page begins and ends: trafilatura's, as a witness and not as the text.

Its choice of paragraphs is good, but it loses headings, listings and links among them. So the part that holds
what it chose is kept as a whole, and only boxes at the edges of which it took nothing are left out.
"""

import re
from collections import Counter
from collections.abc import Iterable

from bs4 import NavigableString, Tag

from ingest.html_tree import cut

_BOXES = frozenset("body div section article main aside header footer form table tbody tr td center".split())
_RUN = 3
_ENOUGH = 0.5
"""The witness is heard if it took this share of the words. With less it has not understood the page."""
_NEARLY_ALL = 0.95
_MOST_TAGS = 20_000
_MOST_NESTED = 400_000
"""trafilatura takes a time that grows with the square of a page's paragraphs, and it reads a part again for each that
it is nested in: it is not asked about pages with more tags, or more pairs of a tag and one around it."""


def core(tree: Tag) -> Tag:
    """The part of `tree` that holds what the witness took of it; boxes at its edges that do not are cut off."""
    taken = set() if _is_large(tree) else _taken(tree)
    words, held = _weigh(tree, taken)
    if not held[id(tree)] or held[id(tree)] < _ENOUGH * words[id(tree)]:
        return tree
    inner = _innermost(tree, held)
    _trim(inner, held)
    return inner


def _is_large(tree: Tag) -> bool:
    tags = tree.find_all(True, limit=_MOST_TAGS)
    return len(tags) == _MOST_TAGS or sum(1 for tag in tags for _ in tag.parents) > _MOST_NESTED


def _taken(tree: Tag) -> set[tuple[str, ...]]:
    """The runs of words that trafilatura takes from the tree."""
    import trafilatura

    try:
        found = trafilatura.extract(f"<html><body>{tree}</body></html>", favor_recall=True, include_comments=False)
    except Exception:  # heuristics over wild markup: whatever they trip over, there is no second opinion
        return set()
    return {run for line in (found or "").splitlines() for run in _runs(line)}


def _runs(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    short = [tuple(words)] if 0 < len(words) < _RUN else []
    return [*short, *zip(*(words[start:] for start in range(_RUN)), strict=False)]


def _weigh(tree: Tag, taken: set[tuple[str, ...]]) -> tuple[Counter[int], Counter[int]]:
    """By the identity of each tag: how many runs of words it holds, and how many of them the witness took."""
    words: Counter[int] = Counter()
    held: Counter[int] = Counter()
    for tag in reversed([tree, *tree.find_all(True)]):  # what is inside comes before what holds it
        for node in tag.children:
            if isinstance(node, Tag):
                words[id(tag)] += words[id(node)]
                held[id(tag)] += held[id(node)]
            elif isinstance(node, NavigableString):
                runs = _runs(node)
                words[id(tag)] += len(runs)
                held[id(tag)] += sum(run in taken for run in runs)
    return words, held


def _innermost(tree: Tag, held: Counter[int]) -> Tag:
    """Down from box to box, as long as one of them holds nearly all of what was taken, and every listing."""
    least = _NEARLY_ALL * held[id(tree)]
    while True:
        inner = max(_boxes(tree.children), key=lambda tag: held[id(tag)], default=None)
        if inner is None or held[id(inner)] < least:
            return tree
        if any(part is not inner and (part.name == "pre" or part.find("pre")) for part in _tags(tree)):
            return tree
        tree = inner


def _boxes(nodes: Iterable[object]) -> list[Tag]:
    return [node for node in nodes if isinstance(node, Tag) and node.name in _BOXES]


def _tags(tree: Tag) -> list[Tag]:
    return [node for node in tree.children if isinstance(node, Tag)]


def _trim(tree: Tag, held: Counter[int]) -> None:
    """Cuts off the boxes before the first and after the last part of which something was taken."""
    while True:
        parts = _tags(tree)
        kept = [place for place, part in enumerate(parts) if held[id(part)]]
        if not kept:
            return
        outside = []
        for part in _boxes([*parts[: kept[0]], *parts[kept[-1] + 1 :]]):
            if part.find(["h1", "pre", "code", "table"]) is None:
                outside.append(part)
        cut(outside)
        last = parts[kept[-1]]
        if last.name not in _BOXES:
            return
        tree = last
