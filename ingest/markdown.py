"""Markdown -> Page: the text as it is, without front matter, link targets, comments and the tags of site generators."""

import html
import re
from dataclasses import replace

from corpus import frontmatter
from corpus.errors import NothingToRead
from ingest import headed, metadata
from ingest.markdown_scan import segments
from ingest.types import Page

_HTML_TAGS = (
    "a abbr address article aside audio b blockquote body br button caption center cite code col colgroup dd del"
    " details div dl dt em embed figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe"
    " img input ins kbd label li link main map mark meta nav object ol option p path picture pre q s samp script"
    " section select small source span strike strong style sub summary sup svg table tbody td textarea tfoot th"
    " thead time title tr tt u ul var video wbr"
)
_ANY_TAG = "|".join(_HTML_TAGS.split())
_QUOTED = r"\"[^\"<>]{0,2000}\"|'[^'<>]{0,2000}'"
_TAG = re.compile(rf"</?(?:{_ANY_TAG})\b(?:[^<>\"']|{_QUOTED}){{0,2000}}/?>", re.IGNORECASE)
_IMG = re.compile(r"<img\b[^<>]{0,2000}?\balt=\"([^\"<>]{0,500})\"[^<>]{0,2000}>", re.IGNORECASE)
_HEAD = re.compile(r"<h([1-6])\b[^<>]{0,500}>(.{1,500}?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
_CODE = re.compile(r"(?<!`)(`{1,3})(?!`)((?:(?!\n[ \t]*\n)[^\x00]){1,1000}?)(?<!`)\1(?!`)")
_LIQUID = re.compile(r"\{%-?\s*\w[^\n]{0,500}?%\}|\{\{[<%].{0,500}?[>%]\}\}")
_OUTPUT = re.compile(r"\{\{[^{}]{0,500}\}\}")
_ERB = re.compile(r"<%.{0,500}?%>", re.DOTALL)
_ATTRIBUTES = re.compile(r"(?<![ \t])[ \t]*\{:?\s?[#.:][^{}\n]{0,200}\}")
_TARGET = r"\(\s*(?:<[^<>\n]{0,2000}>|(?:[^()\n]|\([^()\n]{0,500}\)){0,2000})(?:\n\s*\"[^\"]{0,300}\")?\)"
_IMAGE = re.compile(rf"!\[([^\[\]]{{0,1000}})\](?:{_TARGET}|\[[^\[\]\n]{{0,200}}\])")
_LINK = re.compile(rf"(?<!!)\[((?:[^\[\]]|\[[^\[\]]{{0,200}}\]){{0,1000}})\]{_TARGET}")
_REFERENCE = re.compile(r"\[([^\[\]]{1,1000})\]\s?\[([^\[\]\n]{0,200})\]")
_DEFINITION = re.compile(r"^ {0,3}\[(?!\^)([^\[\]\n]{1,200})\]:[ \t]*\S+(?:[ \t]+[\"'(][^\n]*)?[ \t]*$", re.MULTILINE)
_AUTOLINK = re.compile(r"<((?:https?|ftp|mailto):[^\s<>]{1,2000})>")
_SETEXT = re.compile(
    r"(?:(?<=\n\n)|\A) {0,3}(?![-=*+][ \t]|[=>|#\s]|\d+[.)]\s|-{3})([^\n]{1,200})\n {0,3}(={2,}|-{3,})[ \t]*(?=\n|\Z)"
)
_HEADING = re.compile(r"^(#{1,6})[ \t]*(.*)$", re.MULTILINE)
_SECTION = re.compile(
    r"(?:(?:issue |incident |executive )?summary|overview|introduction|background|timeline|(?:table of )?contents"
    r"|about|meta ?data|title:?)$",
    re.IGNORECASE,
)
_EMPHASIS = re.compile(r"[*`]{1,3}|\b_(?=\S)|(?<=\S)_\b")


def read_markdown(text: str, *, source: str, embedded: bool = False) -> Page:
    """The page of a Markdown text. `embedded`: it holds Ruby (`<% %>`), as `.md.erb` files do.

    The title is the front matter's, else the first heading of level one. Raises NothingToRead if
    no text is left.
    """
    fields, body = frontmatter.parse(text)
    content = headed.tidy(_plain(body, generated=bool(fields), embedded=embedded))
    page = metadata.stated(fields, content)
    title = page.title or _first_title(content)
    content = headed.without_title(content, title)
    if not re.search(r"\w", content):
        raise NothingToRead(source, "there is no text in it")
    return replace(page, title=title, text=content)


def _plain(text: str, *, generated: bool, embedded: bool) -> str:
    """The text with its markup taken off outside of code."""
    defined = {match[1].casefold() for match in _DEFINITION.finditer(text)}
    parts = []
    for kind, part in segments(text):
        if kind == "code":
            parts.append(part)
        elif kind == "pre":
            parts.append(headed.fenced(html.unescape(_TAG.sub("", part))))
        else:
            parts.append(_prose(part, defined, generated=generated, embedded=embedded))
    return "\n".join(parts)


def _prose(text: str, defined: set[str], *, generated: bool, embedded: bool) -> str:
    if embedded:
        text = _ERB.sub("", text)
    code: list[str] = []

    def put_by(match: re.Match[str]) -> str:
        code.append(match[0])
        return f"\x00{len(code) - 1}\x00"

    text = _CODE.sub(put_by, text)
    text = _LIQUID.sub("", text)
    if generated:
        text = _OUTPUT.sub("", text)
    text = _without_links(text, defined)
    text = _IMG.sub(r"\1", text)
    text = _HEAD.sub(lambda match: f"\n\n{headed.heading(int(match[1]), match[2])}\n\n", text)
    text = re.sub(r"<br\s*/?>(?![^\n|]*\|)", "\n", text)
    text = html.unescape(_TAG.sub("", text)).replace("\xa0", " ")
    text = _ATTRIBUTES.sub("", text)
    text = _SETEXT.sub(lambda match: headed.heading(1 if match[2][0] == "=" else 2, match[1]), text)
    text = _HEADING.sub(_cleaned_heading, text)
    return re.sub(r"\x00(\d+)\x00", lambda match: code[int(match[1])], text)


def _without_links(text: str, defined: set[str]) -> str:
    """`[text](target)` and `[text][name]` -> text, images -> what they show in words."""
    text = _IMAGE.sub(r"\1", text)
    text = _LINK.sub(r"\1", text)

    def named(match: re.Match[str]) -> str:
        name = (match[2] or match[1]).casefold()
        return match[1] if name in defined else match[0]

    text = _DEFINITION.sub("", _REFERENCE.sub(named, text))
    shortcut = re.compile(r"\[([^\[\]\n]{1,200})\](?![\[(:])")
    text = shortcut.sub(lambda match: match[1] if match[1].casefold() in defined else match[0], text)
    return _AUTOLINK.sub(lambda match: match[1].removeprefix("mailto:"), text)


def _cleaned_heading(match: re.Match[str]) -> str:
    """One form for headings, none for those that a site generator would have filled. `#123` is no heading."""
    title = match[2].rstrip(" \t")
    bare = title.rstrip("#")
    if not bare or bare[-1] in " \t":  # closing marks; the `#` of `C#` stays
        title = bare.rstrip(" \t")
    if not title:
        return ""
    if not match[0][len(match[1]) :][:1].isspace():
        return match[0]
    return headed.heading(len(match[1]), title)


def _first_title(text: str) -> str | None:
    """The first heading of level one, if it is the text's title and not just its first section."""
    found = headed.headings(text)
    top = [title for level, title in found if level == 1]
    if not top or (found[0][0] != 1 and len(top) > 1):
        return None
    title = _EMPHASIS.sub("", top[0]).strip()
    return None if len(top) > 1 and _SECTION.match(title) else metadata.name_of(title)
