"""HTML -> a tree whose depth is bounded, so that a walk up or down from any part of it is a short one."""

import warnings
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from bs4 import (
    BeautifulSoup,
    CData,
    MarkupResemblesLocatorWarning,
    NavigableString,
    PageElement,
    Tag,
    XMLParsedAsHTMLWarning,
)

_DEEPEST = 100
"""Tags in tags. Real pages have thirty; what is nested deeper is an accident or an attack."""
_OPENING = 2_000
"""So many nodes of a part are looked at for its first words."""
_FEW = 20


def parsed(text: str) -> BeautifulSoup:
    """The tree of a page, or of a part of one. ParserRejectedMarkup or AssertionError for what is no HTML."""
    with warnings.catch_warnings():
        for unasked in (XMLParsedAsHTMLWarning, MarkupResemblesLocatorWarning):
            warnings.simplefilter("ignore", unasked)
        return _Shallow(text, "lxml")


def is_text(node: PageElement) -> bool:
    """True for text that is shown, which comments and declarations are not."""
    return type(node) in (NavigableString, CData)


def opening(tag: Tag) -> Iterator[str]:
    """The first texts in a part; it reads only the beginning of a large one."""
    return (str(node) for node in islice(tag.descendants, _OPENING) if is_text(node))


def cut(tags: Iterable[Tag]) -> None:
    """Takes parts out of their tree, in a time that does not grow with the square of their number."""
    gone: dict[int, list[Tag]] = {}
    for tag in tags:
        gone.setdefault(id(tag.parent), []).append(tag)
    for siblings in gone.values():
        parent = siblings[0].parent
        if parent is None or len(siblings) < _FEW:
            for tag in siblings:
                tag.extract()
            continue
        left_out = {id(tag) for tag in siblings}
        kept = [node for node in parent.contents if id(node) not in left_out]
        parent.clear()  # one after the other would look for its place among all siblings
        parent.extend(kept)


class _Shallow(BeautifulSoup):
    """Below the deepest level a tag stands after the one that it was nested in, and not inside of it."""

    def reset(self) -> None:
        super().reset()
        self._level = 0
        self._lowest = 0

    def handle_starttag(self, *args: Any, **kwargs: Any) -> Tag | None:
        self._level += 1
        if self._level > _DEEPEST and self._lowest:
            self.endData()
            self.popTag()  # type: ignore[no-untyped-call]
        if self._level >= _DEEPEST:
            self._lowest = self._level
        started: Tag | None = super().handle_starttag(*args, **kwargs)
        return started

    def handle_endtag(self, *args: Any, **kwargs: Any) -> None:
        if self._level < _DEEPEST or self._level == self._lowest:
            super().handle_endtag(*args, **kwargs)
            self._lowest = 0
        else:  # it was ended when the one inside of it began
            self.endData()
        self._level -= 1
