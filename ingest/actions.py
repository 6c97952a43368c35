"""Action items in the text of a post-mortem: lists and tables under headings such as "Action items"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from corpus.actions import ActionText
from corpus.standing import ActionState
from corpus.store import Corpus
from corpus.types import Document, is_partial_date
from ingest.headed import sections

_MOST, _LONGEST = 100, 500
_READ = 2_000
"""Characters of an item that are looked at."""
_BEFORE = (
    "our|the|proposed|planned|future|immediate|short|long|medium|term|remaining|open|completed|list|of|incident|further|and"
    "|post-?mortem|outage|summary"
)
_PROMISES = (
    r"action(?:s|ables?|[\s-]items?)?(?: (?:items|points|plan|list|needed|to be taken))?|to-?dos?(?: items| list)?",
    r"follow[\s-]?ups?(?: (?:items|actions|tasks|work))?|remediations?(?: (?:items|actions|plan|steps|tasks))?",
    r"(?:corrective|preventa?tive|remedial)(?:,? (?:and|&|/)? ?(?:corrective|preventa?tive))? (?:actions?|measures?)",
    r"next steps|prevention",
)
_NAMED = re.compile(rf"(?:(?:{_BEFORE})[\s-]+)*(?:{'|'.join(_PROMISES)})\b.{{0,40}}", re.IGNORECASE)
_OTHERWISE = re.compile(
    r"\b(?:lessons?|timeline|actions? taken|what (?:went|happened)|root cause|should i|trigger)\b", re.IGNORECASE
)
_SURE = re.compile(
    r"\b(?:actions?[\s-]items?|actionables?|(?:corrective|preventa?tive) (?:actions?|measures?))\b", re.IGNORECASE
)
"""Under these headings a plain paragraph is an item too, if there is no list."""
_ENTRY = re.compile(r"^(?P<indent>\s*)(?:[-*+•◦‣]|\d{1,2}[.)])\s+(?P<said>\S.*)$")
_BOX = re.compile(r"^\\?\[(?P<mark>[ xX✓✔]?)\\?\]\s*")
_SIGN = re.compile(r"^(?P<sign>✅|✔️?|☑️?|❌|🚫|☐|⬜️?|⏳|🟢|🔴|🟡)\s*")
_SIGNS: dict[str, ActionState] = {"✅": "done", "✔": "done", "☑": "done", "❌": "dropped", "🚫": "dropped"}
_STATES: dict[ActionState, str] = {
    "open": r"to-?do|open|in progress|on-?going|needs discussion|pending|planned|unresolved|not started|started"
    r"|in review|not done|stalled|assigned",
    "dropped": r"declined|dropped|won'?t ?(?:do|fix)|rejected|cancell?ed|abandoned|invalid|not planned|obsolete",
    "done": r"done|complete|completed|fixed|resolved|finished|closed|implemented|deployed|merged|shipped",
}
"""What a state is called; the first that is found counts, so that "not done" is open."""
_ANY_STATE = "|".join(_STATES.values())
_SAID_FIRST = re.compile(
    rf"^(?:\*\*|__)?[\[({{]*(?:status\s*:\s*)?(?:{_ANY_STATE})[\])}}]*(?:\*\*|__)?\s*[:–—-]+\s*(?=\S)", re.IGNORECASE
)
_SAID_LAST = re.compile(
    r"(?:\s*[-–—:.]+\s*(?:status\s*:\s*)?(?-i:DONE|TODO|WONTFIX|Done)"
    rf"|\s*[\[({{]+(?:status\s*:\s*)?(?:{_ANY_STATE})[\])}}]+)(?:\*\*)?[.!]?$",
    re.IGNORECASE,
)
_STATUS = re.compile(rf"^(?:status\s*:\s*(?:{_ANY_STATE})\b\W*|(?-i:DONE|TODO|Done)\s+(?=(?-i:[A-Z])))", re.IGNORECASE)
_OWNER = re.compile(
    r"\s*[\[(]?\b(?:owner|assignee|assigned to|responsible|owned by)\s*:?\s+"
    r"(?P<owner>@?[^\s,;()\[\]|.][^,;()\[\]|.]{0,60})[\])]?",
    re.IGNORECASE,
)
_DUE = re.compile(
    r"[\s,;]*[\[(]?\b(?:due(?: date)?|deadline|eta|target(?: date)?|by)\s*:?\s+"
    r"(?P<due>\d{4}(?:-\d\d(?:-\d\d)?)?)\b[\])]?",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\W*(?:none|n/?a|tbd|tba|todo|nothing|no action(?: items| required)?)\W*(?:at this time\W*)?", re.IGNORECASE
)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^)\s]*\)")
_BARE_LINK = re.compile(r"(?:https?://\S+\s*)+")
_NO_ITEM = re.compile(
    r"(?:category|categories|see also|notes?|for example|e\.g)\b\s*:|see (?:the|also|here)\b|add the #"
    r"|explicit next steps to prevent|create a list of action items",
    re.IGNORECASE,
)
"""What introduces a list, and what a form says that was not filled in."""
_COLUMNS = {
    "text": r"(?:action(?: items?)?s?|items?|tasks?|description|what|todo|follow[- ]?ups?|remediation|title|summary)",
    "state": r"(?:status|state|done\??|progress|completed\??)",
    "owner": r"(?:owners?|assignees?|who|responsible|assigned(?: to)?|team|person|dri|poc)",
    "due": r"(?:due(?: date)?|deadline|eta|when|target(?: date)?|date)",
}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line of a list: how deep it stands and what it says."""

    indent: int
    said: str


def find_actions(text: str) -> list[ActionText]:
    """The action items of a headed text, each once, in its order."""
    found: dict[str, ActionText] = {}
    within: int | None = None  # the level of the heading that promised action items
    sure, state = False, None
    for level, title, body in sections(text):
        if within is None or level <= within:
            promised = _NAMED.fullmatch(title.strip(" *_:")) is not None and not _OTHERWISE.search(title)
            within, sure = (level, bool(_SURE.search(title))) if promised else (None, False)
        if within is None or _OTHERWISE.search(title):
            continue
        state = _state_in(title)
        for item in _items(body, sure):
            item = item if state is None or item.state != "open" else replace(item, state=state)
            found.setdefault(item.text, item)
    return list(found.values())[:_MOST]


def read_actions(corpus: Corpus, ids: Sequence[str] | None = None) -> None:
    """Keep the action items of these documents, or of all whose text was not looked through yet."""
    for document in corpus.documents.get_many(corpus.actions.unread() if ids is None else ids).values():
        corpus.actions.read(document.id, actions_of(document))


def actions_of(document: Document) -> list[ActionText]:
    """What a post-mortem says is to be done; lessons and guidance tell what one should do anyway."""
    return find_actions(document.text) if document.kind == "post-mortem" else []


def _items(body: str, sure: bool) -> Iterator[ActionText]:
    rows = [line for line in body.splitlines() if " | " in line]
    if len(rows) > 1 and (columns := _columns(rows[0])):
        yield from _rows(rows[1:], columns)
        return
    entries = list(_entries(body))
    if entries:
        top = min(entry.indent for entry in entries)
        said = [entry.said for entry in entries if entry.indent == top]
    else:
        said = [" ".join(paragraph.split()) for paragraph in body.split("\n\n")] if sure else []
        said = [one for one in said if len(one) <= _LONGEST and not one.startswith(("```", ">"))]
    for one in said:
        item = _item(one)
        if item is not None:
            yield item


def _entries(body: str) -> Iterator[_Entry]:
    """The lines of lists, each with the lines that go on with it."""
    held: _Entry | None = None
    for line in body.splitlines():
        match = _ENTRY.match(line)
        if match:
            if held:
                yield held
            held = _Entry(len(match["indent"].expandtabs(4)), match["said"])
        elif held and line.strip() and line[:1].isspace():
            held = replace(held, said=f"{held.said} {line.strip()}")
        elif held and not line.strip():
            yield held
            held = None
    if held:
        yield held


def _columns(header: str) -> dict[str, int]:
    """Which column is which; nothing if none says what is to be done."""
    cells = [cell.strip(" *_").lower() for cell in header.strip("| ").split("|")]
    found: dict[str, int] = {}
    for name, pattern in _COLUMNS.items():
        for place, cell in enumerate(cells):
            if re.fullmatch(pattern, cell) and place not in found.values():
                found.setdefault(name, place)
    return found if "text" in found else {}


def _rows(rows: Sequence[str], columns: dict[str, int]) -> Iterator[ActionText]:
    for row in rows:
        cells = [cell.strip() for cell in row.strip().strip("|").split("|")]
        if not row.strip("|-: \t"):
            continue
        told = {name: cells[place] for name, place in columns.items() if place < len(cells)}
        item = _item(told.get("text", ""))
        if item is None:
            continue
        due = told.get("due", "")
        yield replace(
            item,
            state=_state_in(told.get("state", "")) or item.state,
            owner=_plain(told.get("owner", "")) or item.owner,
            due=due if is_partial_date(due) else item.due,
        )


def _item(said: str) -> ActionText | None:
    """One item with its state, owner and due date taken out of its words; None if it is none."""
    state: ActionState | None = None
    said = said[:_READ]
    if box := _BOX.match(said):
        state, said = ("done" if box["mark"].strip() else "open"), said[box.end() :]
    if sign := _SIGN.match(said):
        state, said = _SIGNS.get(sign["sign"][0], state or "open"), said[sign.end() :]
    if struck := re.fullmatch(r"~~(.+)~~", said.strip()):
        state, said = state or "dropped", struck[1]
    for pattern in (_STATUS, _SAID_FIRST, _SAID_LAST):
        if match := pattern.search(said):
            state, said = _state_in(match[0]) or state, (said[: match.start()] + said[match.end() :])
    owner, said = _taken(_OWNER, "owner", said)
    due, said = _taken(_DUE, "due", said)
    text = _plain(said)
    if len(text.split()) < 2 or text.endswith(":"):
        return None
    if _NOTHING.fullmatch(text) or _BARE_LINK.fullmatch(text) or _NO_ITEM.match(text):
        return None
    if len(text) > _LONGEST:
        text = text[: _LONGEST - 1].rsplit(" ", 1)[0] + "…"
    return ActionText(text=text, state=state or "open", owner=owner, due=due if due and is_partial_date(due) else None)


def _taken(pattern: re.Pattern[str], name: str, said: str) -> tuple[str | None, str]:
    """What a text says of an owner or a date, and the text without it."""
    match = pattern.search(said)
    if match is None:
        return None, said
    return _plain(match[name]) or None, (said[: match.start()] + said[match.end() :])


def _state_in(text: str) -> ActionState | None:
    """The state that a status, a heading or a mark names."""
    if text[:1] in _SIGNS:
        return _SIGNS[text[:1]]
    for state, words in _STATES.items():
        if re.search(rf"\b(?:{words})\b", text, re.IGNORECASE):
            return state
    return None


def _plain(text: str) -> str:
    """Without the signs of Markdown, on one line."""
    return " ".join(_LINK.sub(r"\1", text).replace("**", "").replace("__", "").split()).strip(" -–—")
