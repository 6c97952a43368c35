"""What each part of a tree holds, counted once for all of them: asking costs the same for the page as for a word."""

from bisect import bisect_left
from collections.abc import Iterator
from itertools import accumulate

from bs4 import PageElement, Tag

from ingest.html_tree import is_text


class Spans:
    """A part of the tree is a span of its nodes in order, so what it holds is the difference of two running totals.

    Knows the tags under `tree` as it is now: make another after anything was taken out of it.
    """

    def __init__(self, tree: Tag) -> None:
        self._ends: dict[int, tuple[int, int]] = {}
        self._places: dict[str, list[int]] = {}
        self._tags: dict[str, list[Tag]] = {}
        chars, dense = self._read(tree)
        self._chars = list(accumulate(chars, initial=0))
        self._dense = list(accumulate(dense, initial=0))
        self._prose = self._running("p", "pre")
        self._linked = self._running("a")

    def _read(self, tree: Tag) -> tuple[list[int], list[int]]:
        """The lengths of all texts in order, as they are and without the blanks at their ends; 0 for tags."""
        chars, dense = [0], [0]
        open_tags: list[tuple[Tag, int, Iterator[PageElement]]] = [(tree, 0, iter(tree.contents))]
        while open_tags:
            tag, start, children = open_tags[-1]
            node = next(children, None)
            if node is None:
                self._ends[id(tag)] = (start + 1, len(chars))
                open_tags.pop()
                continue
            text = str(node) if is_text(node) else ""
            if isinstance(node, Tag):
                self._places.setdefault(node.name, []).append(len(chars))
                self._tags.setdefault(node.name, []).append(node)
                open_tags.append((node, len(chars), iter(node.contents)))
            chars.append(len(text))
            dense.append(len(text.strip()))
        return chars, dense

    def _running(self, *names: str) -> tuple[list[int], list[int]]:
        """Where the tags with these names stand, and the running total of the text in them."""
        found = sorted((place, self.dense(tag)) for name in names for place, tag in self._named(name))
        return [place for place, _ in found], list(accumulate((size for _, size in found), initial=0))

    def _named(self, name: str) -> Iterator[tuple[int, Tag]]:
        return zip(self._places.get(name, ()), self._tags.get(name, ()), strict=True)

    def chars(self, tag: Tag) -> int:
        """The characters of the text in the tag."""
        start, end = self._ends[id(tag)]
        return self._chars[end] - self._chars[start]

    def dense(self, tag: Tag) -> int:
        """The characters of the text in the tag, without blanks around each piece of it."""
        start, end = self._ends[id(tag)]
        return self._dense[end] - self._dense[start]

    def prose(self, tag: Tag) -> int:
        """The characters in the paragraphs and listings in the tag; what is nested counts as often."""
        return self._total(tag, *self._prose)

    def linked(self, tag: Tag) -> int:
        """The characters in the anchors in the tag."""
        return self._total(tag, *self._linked)

    def _total(self, tag: Tag, places: list[int], totals: list[int]) -> int:
        start, end = self._ends[id(tag)]
        return totals[bisect_left(places, end)] - totals[bisect_left(places, start)]

    def count(self, tag: Tag, *names: str) -> int:
        """How many tags with one of the names are in the tag."""
        start, end = self._ends[id(tag)]
        every = (self._places.get(name, ()) for name in names)
        return sum(bisect_left(places, end) - bisect_left(places, start) for places in every)

    def first(self, tag: Tag, *names: str, most: int) -> list[Tag]:
        """The first tags with one of the names in the tag, in order."""
        return self._next(*self._ends[id(tag)], names, most)

    def following(self, tag: Tag, name: str, most: int) -> list[Tag]:
        """The next tags of that name in the tag and after it."""
        return self._next(self._ends[id(tag)][0], len(self._chars), (name,), most)

    def _next(self, start: int, end: int, names: tuple[str, ...], most: int) -> list[Tag]:
        found: list[tuple[int, Tag]] = []
        for name in names:
            places = self._places.get(name, [])
            begin = bisect_left(places, start)
            stop = min(bisect_left(places, end), begin + most)
            found += zip(places[begin:stop], self._tags.get(name, [])[begin:stop], strict=True)
        return [tag for _, tag in sorted(found, key=lambda pair: pair[0])[:most]]
