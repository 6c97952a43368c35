"""What curators write -> safe HTML: paragraphs, lists, emphasis, links to the web; anything else is shown as it is."""

from functools import cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

_TAGS = {"p", "br", "em", "strong", "code", "ul", "ol", "li", "a", "blockquote"}


def rendered(note: str) -> Markup:
    """A note as it is shown."""
    clean = nh3.clean(
        _markdown().render(note),
        tags=_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel="noopener noreferrer nofollow",
    )
    return Markup(clean.strip())


@cache
def _markdown() -> MarkdownIt:
    parts = ["newline", "emphasis", "backticks", "link", "autolink", "list", "blockquote", "escape"]
    return MarkdownIt("zero", {"breaks": True}).enable(parts)
