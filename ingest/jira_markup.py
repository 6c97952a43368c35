"""Jira's wiki markup -> headed text, line by line."""

import re
from collections.abc import Iterator

from ingest import headed

_LISTING = re.compile(r"\{(code|noformat)(?::[^{}\n]{0,200})?\}")
_BLOCK_TAG = re.compile(
    r"\{(?:quote|panel|color|info|note|tip|warning|expand|anchor|toc|section|column|center)(?::[^{}\n]{0,200})?\}"
)
_HEADING = re.compile(r"\s*h([1-6])\.\s+(.*)")
_BULLET = re.compile(r"\s*([*#-]{1,6})\s+(?=\S)")
_RULE = re.compile(r"\s*-{4,5}\s*")
_IMAGE = re.compile(r"(?<![\w!])!(?=\S)[^!\n|]{1,200}\.\w{2,5}(?:\|[^!\n]{0,200})?!")
_MENTION = re.compile(r"\[~([^\[\]\n|]{1,100})\]")
_NAMED_LINK = re.compile(r"\[([^\[\]\n|~^][^\[\]\n|]{0,300})\|[^\[\]\n]{1,2000}\]")
_BARE_LINK = re.compile(r"\[((?:https?|ftp|mailto):[^\[\]\n|\s]{1,2000})\]")
_FILE_LINK = re.compile(r"\[\^([^\[\]\n|]{1,200})\]")
_MONOSPACE = re.compile(r"\{\{(.{1,300}?)\}\}")
_EMPHASIS = re.compile(r"(?<![\w*_])([*_])(?=[^\s*_])([^\n*_]{1,300}?)(?<=\S)\1(?![\w*_])")
_ESCAPED = re.compile(r"\\([{}\[\]!*_|~^-])")


def read_jira_markup(text: str) -> str:
    """The text of a description or a comment: headings as `#` lines, code fenced, tables as `a | b`, users as `@name`.

    Account ids, pictures and colours are not text. Half a listing stays a listing to the end.
    """
    return headed.tidy("\n".join(_blocks(text.replace("\r\n", "\n").replace("\xa0", " "))))


def mentions(text: str) -> Iterator[str]:
    """The user names that the text mentions."""
    return (match[1] for match in _MENTION.finditer(text) if not match[1].startswith("accountid:"))


def _blocks(text: str) -> Iterator[str]:
    start, opened = 0, ""
    for match in _LISTING.finditer(text):
        if not opened:
            yield _prose(text[start : match.start()])
            start, opened = match.end(), match[1]
        elif match[1] == opened:
            yield f"\n{headed.fenced(text[start : match.start()])}\n"
            start, opened = match.end(), ""
    rest = text[start:]
    yield f"\n{headed.fenced(rest)}" if opened and rest.strip() else _prose(rest)


def _prose(text: str) -> str:
    return "\n".join(_line(line) for line in _BLOCK_TAG.sub("", text).replace("\\\\", "\n").split("\n"))


def _line(line: str) -> str:
    found = _HEADING.match(line)
    if found:
        title = _inline(found[2])
        return f"\n{headed.heading(int(found[1]), title)}\n" if title.strip() else ""
    if _RULE.fullmatch(line):
        return ""
    if line.lstrip().startswith("|"):
        return headed.unheaded(headed.row(_inline(line).replace("||", "|").strip().strip("|").split("|")))
    bullet = _BULLET.match(line)
    if bullet:
        return f"{'  ' * (len(bullet[1]) - 1)}- {_inline(line[bullet.end() :])}"
    return headed.unheaded(_inline(line.removeprefix("bq. ")).strip())


def _inline(text: str) -> str:
    text = _IMAGE.sub("", text)
    text = _MENTION.sub(lambda match: "@somebody" if match[1].startswith("accountid:") else f"@{match[1]}", text)
    text = _FILE_LINK.sub(r"\1", _BARE_LINK.sub(r"\1", _NAMED_LINK.sub(r"\1", text)))
    text = _EMPHASIS.sub(r"\2", _MONOSPACE.sub(r"`\1`", text))
    return _ESCAPED.sub(r"\1", text)
